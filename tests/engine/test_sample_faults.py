# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of the made county: each is in the data, and a run finds just the listed ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sample_county
import shapely
from pianqu.checks.run import compute

KINDS = {
    "control.farmland": 4, "control.redline": 2, "control.boundary": 2, "control.crossing": 3,
    "data.geometry": 1, "data.unusable": 1, "data.code": 1, "data.overlap": 1, "data.gap": 1,
    "data.outside": 1, "data.deduction": 1, "data.quotas": 1, "quota.farmland": 4,
    "quota.construction": 1, "quota.basic_farmland": 1,
}  # fmt: skip
PAIRED = ("control.crossing", "data.gap", "data.overlap", "data.quotas")


def keys(table: pd.DataFrame) -> pd.Series:
    """What makes a fault one and the same: rule, subject, new or not, and the other in a pair."""
    sector = table["rule"].str.startswith("sector.")
    other = table["object_layer"] + table["object_id"]
    pair = np.where(table["rule"].isin(PAIRED) | sector, other, "")
    pair = pair + np.where(sector, "|" + table["unit"], "")  # a demand has but its unit
    return (
        table["rule"]
        + "|"
        + table["subject_layer"]
        + "|"
        + table["subject_id"]
        + "|"
        + (table["change"] + "|" + pair)
    )


@pytest.fixture(scope="module")
def county():
    return sample_county.written(800, 3, True)


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_even_a_small_county_has_every_kind(seed):
    rules = sample_county.written(500, seed, True).faults["rule"].value_counts()
    for rule, least in KINDS.items():
        assert rules.get(rule, 0) >= least, rule


def test_larger_counties_have_more_of_each():
    rules = sample_county.written(3_000, 5, True).faults["rule"].value_counts()
    assert rules["control.farmland"] == 12
    assert rules["data.gap"] == 3


def test_named_features_are_in_the_layers(county):
    layer = {"landuse": "JQDLTB", "plan": "GHDLTB", "farmland": "YJJBNTTB", "redline": "STBHHX",
             "boundary": "CZKFBJ"}  # fmt: skip
    held = {role: set(county.layer(name)["BSM"]) for role, name in layer.items()}
    for fault in county.faults.itertuples():
        for role, who in (
            (fault.subject_layer, fault.subject_id),
            (fault.object_layer, fault.object_id),
        ):
            if role in held and who:
                assert who in held[role], fault.what


def test_planned_uses_stand_on_the_zone_they_break(county):
    plan = county.layer("GHDLTB").set_index("BSM")
    farm = county.layer("YJJBNTTB").set_index("BSM")
    rows = county.faults[county.faults["rule"] == "control.farmland"]
    for fault in rows.itertuples():
        one, two = plan.loc[fault.subject_id], farm.loc[fault.object_id]
        assert not one["GHDLBM"].startswith("01")
        shared = one.geometry.intersection(two.geometry).area
        assert shared == pytest.approx(float(fault.area_m2), rel=1e-4)


def test_exactly_one_parcel_ties_a_knot_and_one_line_has_no_area(county):
    base, red = county.layer("JQDLTB"), county.layer("STBHHX")
    knots = base.loc[~shapely.is_valid(base.geometry.to_numpy()), "BSM"].tolist()
    flat = red.loc[red.geometry.area == 0, "BSM"].tolist()
    listed = county.faults.set_index("rule")["subject_id"]
    assert knots == [listed["data.geometry"]]
    assert flat == [listed["data.unusable"]]


def test_gap_overlap_and_overhang_have_the_listed_areas(county):
    listed = county.faults.set_index("rule")
    units = shapely.union_all(county.layer("units").geometry.to_numpy())
    base = shapely.union_all(shapely.make_valid(county.layer("JQDLTB").geometry.to_numpy()))
    plan = county.layer("GHDLTB").set_index("BSM").geometry
    gap = shapely.difference(units, base).area
    assert gap == pytest.approx(float(listed.loc["data.gap", "area_m2"]), abs=1)
    one, two = (plan[listed.loc["data.overlap", name]] for name in ("subject_id", "object_id"))
    assert one.intersection(two).area == pytest.approx(
        float(listed.loc["data.overlap", "area_m2"]), rel=1e-4
    )
    out = plan[listed.loc["data.outside", "subject_id"]].difference(units).area
    assert out == pytest.approx(float(listed.loc["data.outside", "area_m2"]), rel=1e-4)


def test_one_clusters_quota_is_less_than_its_towns_have(county):
    quotas, units = county.quotas.set_index("unit"), county.layer("units")
    column = next(name for name in quotas.columns if name.startswith("村庄建设用地规模"))
    fault = county.faults.set_index("rule").loc["data.quotas"]
    towns = units.loc[units["PQDM"] == fault["unit"], "XZDM"].unique()
    assert quotas.loc[towns, column].sum() > quotas.loc[fault["unit"], column]


@pytest.mark.parametrize(("parcels", "seed"), [(500, 12), (900, 14), (1_500, 15)])
@pytest.mark.parametrize("farmland", ["dossier.yaml", "dossier_blocks.yaml"])
def test_a_county_without_faults_has_no_finding(parcels, seed, farmland):
    results = compute(sample_county.written(parcels, seed).folder / farmland)
    assert results.findings["message"].tolist() == []
    assert set(results.indicators["outcome"]) == {"passed"}


@pytest.mark.parametrize(("parcels", "seed"), [(500, 12), (800, 3), (2_000, 16)])
def test_a_run_finds_every_fault_and_nothing_else(parcels, seed):
    county = sample_county.written(parcels, seed, True)
    found = pd.DataFrame(compute(county.dossier).findings.drop(columns="geometry"))
    listed = pd.concat([county.faults, county.conflicts], ignore_index=True)
    found["key"], listed["key"] = keys(found), keys(listed)
    assert sorted(found["key"]) == sorted(listed["key"])
    both = listed.merge(found, on="key", suffixes=("", "_found"))
    for name in ("severity", "verdict", "level", "unit"):
        assert both[name].tolist() == both[f"{name}_found"].tolist()
    stated = pd.to_numeric(both["area_m2"])
    assert (stated - both["area_m2_found"]).abs().max() < 0.01
