# SPDX-License-Identifier: GPL-2.0-or-later
"""Sites against brute force, and every suggested site laid over everything it must keep off."""

from __future__ import annotations

import math

import numpy as np
import oracle_sites
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks.fabric import measure_of
from shapes import stars
from sites_county import OUTSIDE, USES, county, finder, plain, plans, random_layers, random_projects

SOME = settings(max_examples=40, deadline=None, derandomize=True, database=None)


def square_layers(rng, size=1000):
    """Make the same of squares on a grid: edges and corners touch everywhere."""

    def squares(count, step):
        corners = rng.integers(0, size // step, (count, 2)) * step
        sides = rng.integers(1, 4, (count, 2)) * step
        return [shapely.box(*xy, *(xy + side)) for xy, side in zip(corners, sides)]

    units = [shapely.box(x, y, x + 250, y + 500) for x in range(0, 1000, 250) for y in (0, 500)]
    towns = [f"t{number}" for number in rng.integers(0, 3, len(units))]
    layers = {role: [(shape, {}) for shape in squares(count, 50)]
              for role, count in (("farmland", 6), ("redline", 2), ("boundary", 12))}  # fmt: skip
    cells = [shapely.box(x, y, x + 100, y + 100) for x in range(0, size, 100)
             for y in range(0, size, 100)]  # fmt: skip
    layers["plan"] = [(cell, str(rng.choice(["0804", "0701", "1207"]))) for cell in cells]
    layers["reserve"] = [(shape, str(rng.choice(["08", "0701,1207"]))) for shape in squares(3, 50)]
    projects = [(shape, str(rng.choice(USES))) for shape in squares(5, 50)]
    return units, towns, layers, projects


def compare(units, towns, layers, projects, wanted, planar=True):
    """Hold every project's sites against brute force, and lay each over all it must keep off."""
    some = plans(projects)
    one = county(units, towns, **layers)
    one.dossier.area = "planar" if planar else "ellipsoidal"
    measure = measure_of(one)
    search = finder(one, some, measure)
    total = 0
    for row, (ground, use) in enumerate(projects):
        case = plain(units, towns, some, use, OUTSIDE[use], **layers)
        found = search.find(row, area_m2=wanted)

        def area(shape):
            return measure(np.array([shape], dtype=object))[0]

        expected = oracle_sites.steady(case, use, wanted, ground, area=area)
        if expected is not None:
            oracle_sites.agree(found, expected)
        recheck(found, case, use, wanted)
        total += len(found)
    return total


def recheck(found, case, use, wanted):
    """Assert by an overlay of its own that each site is allowed, free and large enough."""
    meant = [shape for shape, code in case["plan"] if oracle_sites.same(code, use)]
    meant += [shape for shape, allowed in case["reserve"]
              if any(use.startswith(one) for one in allowed.split(","))]  # fmt: skip
    for site in found.itertuples():
        town = shapely.union_all(case["towns"][site.town])
        assert site.geometry.is_valid and site.geometry.geom_type == "Polygon"
        assert site.geometry.difference(town).area < 0.01
        assert site.geometry.difference(shapely.union_all(meant)).area < 0.01
        for shape in [*case["barred"], *case["grounds"]]:
            assert site.geometry.intersection(shape).area < 0.01
        if case["open"] is not None:
            assert site.geometry.difference(shapely.union_all(case["open"])).area < 0.01
        assert site.area_m2 >= wanted


@given(seed=st.integers(0, 10**6), wanted=st.floats(50, 60_000))
@SOME
def test_sites_of_any_county_are_those_of_brute_force(seed, wanted):
    rng = np.random.default_rng(seed)
    compare(*random_layers(rng), random_projects(rng), wanted)


@given(seed=st.integers(0, 10**6), wanted=st.sampled_from([100, 2500, 10_000, 20_000, 30_000]))
@SOME
def test_sites_on_a_grid_where_all_touches_are_those_of_brute_force(seed, wanted):
    compare(*square_layers(np.random.default_rng(seed)), wanted)


def test_the_random_counties_do_have_sites():
    rng = np.random.default_rng(1)
    assert sum(compare(*random_layers(rng), random_projects(rng), 3000.0) for _ in range(3)) > 20
    assert sum(compare(*square_layers(rng), 10_000.0) for _ in range(3)) > 15


def test_areas_are_measured_like_all_others():
    rng = np.random.default_rng(7)
    units, towns, layers = random_layers(rng)

    def moved(shape):
        return shape and shapely.affinity.translate(shape, 500_000, 3_400_000)

    units = [moved(shape) for shape in units]
    layers = {role: [(moved(one), more) for one, more in found] for role, found in layers.items()}
    projects = [(moved(shape), use) for shape, use in random_projects(rng)]
    assert compare(units, towns, layers, projects, 4000.0, planar=False) > 3


def test_what_one_search_learns_does_not_mislead_the_next():
    rng = np.random.default_rng(11)
    units, towns, layers = random_layers(rng)
    projects = random_projects(rng)
    some = plans(projects)
    search = finder(county(units, towns, **layers), some)
    for wanted in rng.permutation(np.geomspace(100, 50_000, 25)):
        for row in rng.permutation(len(projects))[:4]:
            ground, use = projects[row]
            case = plain(units, towns, some, use, OUTSIDE[use], **layers)
            expected = oracle_sites.sites(case, use, float(wanted), ground)
            oracle_sites.agree(search.find(int(row), area_m2=float(wanted)), expected)


@pytest.mark.parametrize("width", [0.5, 5.0, 40.0])
def test_what_is_opened_lies_in_the_polygon_and_is_wide_everywhere(width):
    from pianqu.checks.sectors.sites_shape import opened

    for shape in stars(3, 25):
        for found in opened(shape, width):
            assert found.difference(shape).area < 1e-6
            core = found.buffer(-width / 2 * 0.99)
            assert not core.is_empty
            assert math.isclose(found.area, found.intersection(core.buffer(1.5 * width)).area)


def test_brute_force_is_almost_always_a_steady_judge():
    rng = np.random.default_rng(3)
    units, towns, layers = random_layers(rng)
    projects = random_projects(rng)
    some = plans(projects)
    judged = [
        oracle_sites.steady(
            plain(units, towns, some, use, OUTSIDE[use], **layers), use, 1000.0, ground
        )
        for ground, use in projects
    ]
    assert sum(one is not None for one in judged) >= len(judged) - 1
