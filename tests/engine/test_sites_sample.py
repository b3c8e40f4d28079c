# SPDX-License-Identifier: GPL-2.0-or-later
"""Sites in the sample county: brute force on projects drawn by lot, an overlay of every site."""

from __future__ import annotations

import numpy as np
import oracle_sites
import pytest
import sample_county
import shapely
from pianqu.checks.fabric import measure_of
from pianqu.checks.sectors.sites import SiteFinder, suggest
from pianqu.layers.county import load_county
from pianqu.layers.dossier import read_dossier
from pianqu.layers.errors import InputError
from pianqu.layers.standard import load_standard

COUNTY = {"parcels": 800, "seed": 3, "faults": True}


@pytest.fixture(scope="module")
def county():
    dossier = read_dossier(sample_county.written(**COUNTY).dossier)
    return load_county(dossier, load_standard(dossier.standard, dossier.base))


@pytest.fixture(scope="module")
def search(county):
    return SiteFinder(county, county.plans, measure_of(county))


@pytest.fixture(scope="module")
def land(county):
    """Give the county as the oracle's plain data, but for what hangs on the use."""
    layers = county.layers
    towns = county.tree.finest["town"].to_numpy(dtype=object)[county.tree.feature_unit]
    case = {"towns": {}, "plan": list(zip(layers["plan"].geometry, layers["plan"].data["code"]))}
    for town, shape in zip(towns, county.units.geometry):
        case["towns"].setdefault(town, []).append(shape)
    case["reserve"] = list(zip(layers["reserve"].geometry, layers["reserve"].data["allowed"]))
    case["barred"] = present(*(layers[role].geometry for role in ("farmland", "redline")))
    case["grounds"] = present(county.plans.ground)
    for name in ("plan", "reserve"):
        case[name] = [pair for pair in case[name] if pair[0] is not None]
    return case


def present(*arrays):
    return [shape for array in arrays for shape in array if shape is not None]


def of_use(county, land, use):
    verdict = county.standard.control_rules("outside_boundary").match([use])["verdict"][0]
    limited = verdict != "allow"
    return {**land, "open": present(county.layers["boundary"].geometry) if limited else None}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_brute_force_finds_no_better_and_no_nearer_site(county, search, land, seed):
    rng = np.random.default_rng(seed)
    projects = county.plans.projects
    fit = [row for row in range(len(projects)) if not search.reason(row)]
    measure = measure_of(county)
    for row in [row for row in rng.permutation(fit) if len(search.find(row))][:1]:
        use, ground = projects["use"][row], county.plans.ground[row]
        expected = oracle_sites.sites(
            of_use(county, land, use), use, search.demand(row), ground,
            area=lambda shape: measure(np.array([shape], dtype=object))[0],
        )  # fmt: skip
        assert expected
        oracle_sites.agree(search.find(row), expected)


def test_every_site_is_allowed_free_and_large_enough(county, search, land):
    projects = county.plans.projects
    found = search.table(range(len(projects)))
    assert len(found) > 150 and set(found["kind"]) == {"plan", "reserve"}
    row = {(plan, code): n for n, (plan, code) in enumerate(
        zip(county.plans.ids(np.arange(len(projects))), projects["project"]))}  # fmt: skip
    owner = [row[key] for key in zip(found["sector"], found["project"])]
    sites = found.geometry.to_numpy()
    assert (found["area_m2"].to_numpy() >= [search.demand(n) for n in owner]).all()
    for taken in (land["barred"], land["grounds"]):
        assert shared(sites, taken).max() < 0.01
    for use in set(projects["use"].iloc[owner]):
        own = np.array([projects["use"].iloc[n] == use for n in owner])
        case = of_use(county, land, use)
        meant = [shape for shape, code in case["plan"] if oracle_sites.same(code, use)]
        meant += [shape for shape, allowed in case["reserve"]
                  if any(use.startswith(one) for one in allowed.split(","))]  # fmt: skip
        limits = [meant] + ([case["open"]] if case["open"] is not None else [])
        for limit in limits:
            left = shapely.difference(sites[own], shapely.union_all(limit))
            assert shapely.area(left).max() < 0.01
    for town in set(found["town"]):
        own = (found["town"] == town).to_numpy()
        left = shapely.difference(sites[own], shapely.union_all(land["towns"][town]))
        assert shapely.area(left).max() < 0.01


def shared(sites, others):
    """Give the ground each site shares with any of others, pair by pair."""
    others = np.array(others, dtype=object)
    site, other = shapely.STRtree(others).query(sites)
    area = shapely.area(shapely.intersection(sites[site], others[other]))
    return np.bincount(site, area, len(sites))


def test_lines_get_no_sites(county, search):
    lines = np.flatnonzero(county.plans.projects["kind"] == "line")
    assert len(lines) and len(search.table(lines)) == 0


def test_the_engine_suggests_for_one_project(county, search):
    row = next(n for n in range(len(county.plans.projects)) if len(search.find(n)) == 3)
    plan, code = county.plans.ids(np.array([row]))[0], county.plans.projects["project"][row]
    heard = []
    path = sample_county.written(**COUNTY).dossier
    found = suggest(path, plan, code, progress=lambda stage, done, _="": heard.append(stage))
    expected = search.table([row])
    assert found["area_m2"].tolist() == expected["area_m2"].tolist()
    assert found["distance_m"].tolist() == expected["distance_m"].tolist()
    assert "read" in heard and heard[-1] == "sites"
    area = found["area_m2"].max() / 10_000
    larger = suggest(path, plan, code, area_ha=area + 0.01, count=1)
    assert len(larger) <= 1 and (larger["area_m2"] > area * 10_000).all()
    with pytest.raises(InputError, match=plan):
        suggest(path, plan + "x", code)
