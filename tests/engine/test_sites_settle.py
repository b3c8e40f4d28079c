# SPDX-License-Identifier: GPL-2.0-or-later
"""A project that moves to a site suggested for it is in conflict with nothing there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks.sectors.run import check_sectors
from pianqu.checks.sectors.sites import SiteFinder
from pianqu.layers.county import load_county
from pianqu.layers.dossier import read_dossier
from pianqu.layers.standard import load_standard
from sample_county import written
from sector_scene import county, project
from shapely.geometry import box
from sites_county import county as random_county
from sites_county import plans as random_plans
from sites_county import random_layers, random_projects

SOME = settings(max_examples=15, deadline=None, derandomize=True, database=None)
NAMES = ("第一小学", "", "", "")


def cut_to(shape, wanted, area):
    """Take the western part of a shape that is as large as wanted."""
    west, south, east, north = shape.bounds
    low, high = west, east
    for _ in range(60):
        middle = (low + high) / 2
        part = shape.intersection(box(west, south, middle, north))
        low, high = (middle, high) if area(part) < wanted else (low, middle)
    return shape.intersection(box(west, south, high, north))


def moved(plans, row, shape):
    """Give the plans with one project laid out elsewhere, as one plot."""
    ground = plans.ground.copy()
    ground[row] = shape
    kept = (plans.plots["project"] != row).to_numpy()
    mine = plans.projects.iloc[row]
    plot = pd.DataFrame({"project": [row], "use": [mine["use"]],
                         "start": [mine["start"]], "end": [mine["end"]]})  # fmt: skip
    plots = pd.concat([plans.plots[kept], plot], ignore_index=True)
    shapes = np.append(plans.plot_shapes[kept], np.empty(1, dtype=object))
    shapes[-1] = shape
    return replace(plans, ground=ground, plots=plots, plot_shapes=shapes)


def met(found, plan, code):
    """Give the conflicts that a project is in, on either side."""
    table = found.conflicts
    subject = (table["subject_layer"] == plan) & (table["subject_id"] == code)
    other = (table["object_layer"] == plan) & (table["object_id"] == code)
    return table[subject | other]["message"].tolist()


def settle(some_county, plans, row, site, wanted, area):
    one = plans.projects.iloc[row]
    plan = plans.sectors["sector"].iloc[one["sector"]]
    there = moved(plans, row, cut_to(site, wanted, area))
    again = replace(some_county, plans=there)
    return met(check_sectors(again, plans=(plan,)), plan, one["project"])


@given(seed=st.integers(0, 10**6), wanted=st.floats(50, 20_000))
@SOME
def test_a_project_meets_no_conflict_on_any_site_of_any_county(seed, wanted):
    rng = np.random.default_rng(seed)
    units, towns, layers = random_layers(rng)
    made = random_county(units, towns, **layers)
    made.dossier.area, made.dossier.quotas = "planar", None
    for role in {"plan", "landuse"} & made.layers.keys():
        made.layers[role].data["settlement"] = ""
    placed = random_projects(rng)
    named = [(shape, use, {"name": str(rng.choice(NAMES))}) for shape, use in placed]
    plans = random_plans(named, sectors=("education",))
    rows = [row for row, shape in enumerate(plans.ground) if shape is not None]
    plans.plots = pd.DataFrame({"project": rows, "use": plans.projects["use"].iloc[rows].tolist(),
                                "start": np.nan, "end": np.nan})  # fmt: skip
    plans.plot_shapes = plans.ground[rows]
    finder = SiteFinder(made, plans, shapely.area)
    for row in range(0, len(plans.projects), 3):
        for site in finder.find(row, 2, wanted)["geometry"]:
            assert settle(made, plans, row, site, wanted, shapely.area) == []


@pytest.fixture(scope="module")
def sample():
    dossier = read_dossier(written(900, 5, True).dossier)
    found = load_county(dossier, load_standard(dossier.standard, dossier.base))
    return found, check_sectors(found)


@pytest.mark.parametrize("turn", range(4))
def test_a_project_of_the_sample_meets_no_conflict_on_its_site(sample, turn):
    made, found = sample
    from pianqu.checks.fabric import measure_of

    measure = measure_of(made)

    def area(shape):
        return float(measure(np.array([shape], dtype=object))[0])

    keys = list(zip(found.sites["sector"], found.sites["project"]))
    site = found.sites.iloc[turn * len(keys) // 4]
    sector = made.plans.sectors["sector"].tolist().index(site["sector"])
    own = made.plans.projects
    row = int(own.index[(own["sector"] == sector) & (own["project"] == site["project"])][0])
    finder = SiteFinder(made, made.plans, measure)
    own_faults = ("sector.projects", "sector.sequence")  # its list and its years go along
    told = settle(made, made.plans, row, site.geometry, finder.demand(row), area)
    before = found.conflicts[
        found.conflicts["rule"].isin(own_faults)
        & (found.conflicts["subject_id"] == site["project"])
        & (found.conflicts["object_layer"] == "")
    ]["message"].tolist()
    assert [one for one in told if one not in before] == []


def on(plan=(), reserve=(), **more):
    from checks_county import layer

    layers = {"plan": [(shape, code) for shape, code in plan]} if plan else {}
    if reserve:
        made = layer("reserve", [(shape, {}) for shape, _ in reserve])
        made.data["allowed"] = [allowed for _, allowed in reserve]
        layers["reserve"] = made
    return {**layers, **more}


def test_land_reserved_for_a_use_is_as_good_as_planned_for_it():
    given_layers = on([(box(0, 0, 1000, 1000), "0101")], [(box(0, 0, 100, 100), "08")])
    inside = project("a", "A1", "0804", box(0, 0, 100, 100))
    partly = project("a", "A2", "0804", box(50, 200, 150, 300))
    across = project("a", "A3", "0804", box(50, 0, 150, 100))
    other = project("a", "A4", "1001", box(0, 0, 100, 100))
    found = check_sectors(county(inside, partly, across, other, **given_layers), ("sector.plan",))
    got = dict(zip(found.conflicts["subject_id"], found.conflicts["area_m2"]))
    assert got == pytest.approx({"A2": 10_000.0, "A3": 5_000.0, "A4": 10_000.0})


def sites(case, row=0, **more):
    made = county(*case, **more)
    return SiteFinder(made, made.plans, shapely.area).find(row)


def test_no_site_lies_on_land_reserved_for_others():
    plan = [(box(0, 0, 400, 400), "0804")]
    found = sites([project("a", "A1", "0804", box(900, 900, 1000, 1000))],
                  **on(plan, [(box(0, 0, 200, 400), "12")]))  # fmt: skip
    assert found["geometry"].tolist() and shapely.union_all(found["geometry"]).bounds[0] >= 200


def test_no_site_lies_where_the_plan_says_something_else_too():
    plan = [(box(0, 0, 400, 400), "0804"), (box(0, 0, 400, 200), "0101")]
    found = sites([project("a", "A1", "0804", box(900, 900, 1000, 1000))], **on(plan))
    assert shapely.union_all(found["geometry"]).equals(box(0, 200, 400, 400))


def test_no_site_for_a_facility_lies_within_anothers_radius():
    plan = [(box(0, 0, 2000, 1000), "0803")]
    squares = [
        project("a", "A1", "0803", box(0, 0, 50, 50), name="东村文化广场"),
        project("a", "A2", "0803", box(600, 400, 650, 450), name="西村文化广场"),
        project("a", "A3", "0803", box(1900, 900, 1950, 950), name="北村文化广场"),
    ]
    found = sites(squares, row=2, **on(plan))
    centres = [shape.centroid for shape in (box(0, 0, 50, 50), box(600, 400, 650, 450))]
    assert len(found)
    for shape in found["geometry"]:
        assert min(shape.distance(centre) for centre in centres) >= 500
    free = project("a", "A3", "0803", box(1900, 900, 1950, 950), name="某项目")
    nearer = sites([*squares[:2], free], row=2, **on(plan))
    assert shapely.union_all(nearer["geometry"]).area > shapely.union_all(found["geometry"]).area
