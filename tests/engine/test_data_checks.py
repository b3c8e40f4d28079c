# SPDX-License-Identifier: GPL-2.0-or-later
"""Data quality over the fabric, and quotas down the tree."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from checks_county import box, county, layer, naive_fabric
from pianqu.checks.data import check_fabric_data
from pianqu.checks.noise import Noise
from pianqu.checks.quota_tree import check_quota_sizes, check_quota_tree

UNIT = box(0, 0, 1000, 1000)


def run(made, rule, fabric=None, noise=None):
    found = check_fabric_data(made, fabric or naive_fabric(made), noise)
    return found[found["rule"] == rule].reset_index(drop=True)


def pairs(rows, other=None):
    table = pd.DataFrame({"feature": [row[0] for row in rows]})
    if other:
        table["other"] = other
    table["geometry"] = [row[1] for row in rows]
    return table.assign(area_m2=[row[1].area for row in rows])


def test_good_data_has_no_finding():
    made = county([UNIT], landuse=[(UNIT, "0101")], plan=[(UNIT, "01")], farmland=[(UNIT, {})])
    assert len(check_fabric_data(made, naive_fabric(made))) == 0


def test_every_unknown_or_empty_code_is_named():
    plan = [(box(0, 0), "9999"), (box(100, 0), ""), (box(200, 0, 800, 1000), "01")]
    made = county([UNIT], landuse=[(UNIT, "0101")], plan=plan)
    found = run(made, "data.code")
    assert found["subject_id"].tolist() == ["p0", "p1"]
    assert (found["severity"] == "error").all() and found["area_m2"].tolist() == [1e4, 1e4]
    assert "9999" in found["message"][0] and "landuse-2023" in found["message"][0]
    assert "没有用地代码" in found["message"][1]


def test_a_feature_without_geometry_still_has_its_code_reported():
    made = county([UNIT], plan=[(UNIT, "01"), (None, "9999")])
    found = run(made, "data.code")
    assert np.isnan(found["area_m2"][0]) and found["level"][0] == "county"


def test_gaps_are_told_per_unit_and_layer_without_slivers():
    made = county(
        [box(0, 0), box(100, 0), box(200, 0)],
        landuse=[(box(0, 0, 300, 100), "0101")],
        plan=[(box(0, 0, 60, 100), "01"), (box(100.1, 0, 199.9, 100), "01")],
    )
    noise = Noise(1.0, 0.2)
    found = run(made, "data.gap", noise=noise)
    assert found[["unit", "object_layer", "area_m2", "severity"]].values.tolist() == [
        ["v0", "plan", 4_000.0, "warning"]
    ]
    assert noise.dropped["data.gap"]["count"] == 1


def test_overlaps_name_both_features_and_drop_noise():
    made = county([UNIT], landuse=[(UNIT, "0101"), (box(0, 0), "0301"), (box(500, 0), "0301")])
    fabric = naive_fabric(made)
    fabric.overlaps["landuse"] = pairs([(1, box(0, 0)), (2, box(500, 0, 0.1, 100))], [0, 0])
    found = run(made, "data.overlap", fabric)
    assert found[["subject_id", "object_id", "area_m2", "severity"]].values.tolist() == [
        ["l1", "l0", 1e4, "warning"]
    ]


def test_overlapping_units_are_told_too():
    made = county([box(0, 0), box(50, 0)], landuse=[(box(0, 0, 150, 100), "0101")])
    fabric = naive_fabric(made)
    fabric.overlaps["units"] = pairs([(1, box(50, 0, 50, 100))], [0])
    found = run(made, "data.overlap", fabric)
    assert found[["subject_layer", "subject_id", "unit"]].values.tolist() == [["units", "v1", "v1"]]


def test_land_outside_every_unit_is_information():
    made = county([UNIT], redline=[(box(950, 0), {}), (box(2000, 0), {})])
    fabric = naive_fabric(made)
    fabric.outside["redline"] = pairs([(0, box(1000, 0, 50, 100)), (1, box(2000, 0))])
    found = run(made, "data.outside", fabric).set_index("subject_id")
    assert found.loc["r0", ["unit", "area_m2", "severity"]].tolist() == ["v0", 5_000.0, "info"]
    assert found.loc["r1", "level"] == "county"


def test_land_beyond_chosen_clusters_is_no_finding():
    made = county([UNIT], redline=[(box(950, 0), {})])
    made.tree = type(made.tree)(made.tree.finest, made.tree.feature_unit, ("cluster", "village"))
    fabric = naive_fabric(made)
    fabric.outside["redline"] = pairs([(0, box(1000, 0, 50, 100))])
    assert len(run(made, "data.outside", fabric)) == 0


@pytest.mark.parametrize("value", [-0.1, 1.0, 8.37])
def test_a_coefficient_that_cannot_be_is_told(value):
    made = county([UNIT], landuse=[(UNIT, {"code": "0101", "deduction": value})])
    found = run(made, "data.deduction")
    assert found[["subject_id", "severity", "value"]].values.tolist() == [["l0", "error", value]]


@pytest.mark.parametrize(
    ("values", "said"),
    [((12.5, 8.0), True), ((12.5, 0.0), True), ((12.5, 0.08), False), ((1.5, 120.0), False)],
)
def test_coefficients_that_look_like_percent_are_told_as_such(values, said):
    halves = box(0, 0, 500, 1000), box(500, 0, 500, 1000)
    base = [(half, {"code": "0101", "deduction": v}) for half, v in zip(halves, values)]
    messages = run(county([UNIT], landuse=base), "data.deduction")["message"]
    assert len(messages) and all(("百分数" in text) == said for text in messages)


def test_codes_that_no_rule_covers_are_summed_per_zone():
    plan = [(box(0, 0), "06"), (box(100, 0), "06"), (box(200, 0), "0703"), (box(300, 0), "???")]
    made = county([UNIT], plan=plan, redline=[(UNIT, {})])
    found = run(made, "data.no_rule")
    assert found[["subject_id", "object_id", "area_m2", "severity"]].values.tolist() == [
        ["06", "redline", 2e4, "warning"]
    ]


def test_layers_that_are_not_in_the_fabric_do_no_harm():
    made = county(
        [UNIT], landuse=[(UNIT, "0101")], reserve=layer("reserve", [(UNIT, {"deduction": 2})])
    )
    assert run(made, "data.deduction")["level"].tolist() == ["county"]


VILLAGES = [("v0", "t0", "c0"), ("v1", "t0", "c0"), ("v2", "t1", "c0")]


def quotas(*rows):
    made = county([box(i * 100, 0) for i in range(3)], VILLAGES, quotas=rows)
    return check_quota_tree(made)


def test_quotas_that_add_up_are_fine():
    assert len(quotas(("cluster", "c0", "farmland", 10.0), ("town", "t0", "farmland", 6.0),
                      ("town", "t1", "farmland", 4.0))) == 0  # fmt: skip


@pytest.mark.parametrize(
    ("indicator", "below", "severity"),
    [
        ("farmland", 3.0, "error"),
        ("farmland", 5.0, "info"),
        ("construction", 5.0, "error"),
        ("construction", 3.0, "info"),
    ],
    ids=["not passed down", "more than asked", "more than there is", "kept back"],
)
def test_a_difference_is_an_error_only_on_the_unsafe_side(indicator, below, severity):
    found = quotas(("cluster", "c0", indicator, 10.0), ("town", "t0", indicator, 6.0),
                   ("town", "t1", indicator, below))  # fmt: skip
    got = found.iloc[0]
    assert (got.rule, got.severity, got.level, got.unit) == (
        "data.quotas",
        severity,
        "cluster",
        "c0",
    )
    assert (got.value, got.limit, got.excess) == (6.0 + below, 10.0, 1.0)
    assert "1.00" in got.message and got.geometry.area == 30_000


def test_half_a_hundredth_for_each_summand_is_rounding():
    rows = [("cluster", "c0", "farmland", 10.0), ("town", "t0", "farmland", 6.0)]
    assert len(quotas(*rows, ("town", "t1", "farmland", 3.99))) == 0
    assert len(quotas(*rows, ("town", "t1", "farmland", 3.98))) == 1


def test_the_standard_says_to_what_quotas_are_rounded():
    rows = [("cluster", "c0", "farmland", 10.0), ("town", "t0", "farmland", 6.0),
            ("town", "t1", "farmland", 3.8)]  # fmt: skip
    made = county([box(i * 100, 0) for i in range(3)], VILLAGES, quotas=rows)
    assert len(check_quota_tree(made)) == 1
    coarse = {**made.standard.tolerances, "quota_sum_ha": 0.2}
    made.standard = dataclasses.replace(made.standard, tolerances=coarse)
    assert len(check_quota_tree(made)) == 0


def test_with_a_child_missing_only_an_excess_is_certain():
    assert len(quotas(("cluster", "c0", "farmland", 10.0), ("town", "t0", "farmland", 6.0))) == 0
    assert (
        len(quotas(("cluster", "c0", "construction", 10.0), ("town", "t0", "construction", 6.0)))
        == 0
    )
    assert (
        len(quotas(("cluster", "c0", "construction", 5.0), ("town", "t0", "construction", 6.0)))
        == 1
    )


def test_a_level_without_quotas_is_passed_over():
    villages = [("village", f"v{i}", "farmland", 1.0 + i) for i in range(3)]
    found = quotas(("county", "510799", "farmland", 10.0), *villages)
    assert found[["level", "value"]].values.tolist() == [["county", 6.0]]


def test_a_quota_larger_than_its_unit_may_be_in_mu():
    rows = [
        ("village", "v0", "farmland", 1.0),
        ("village", "v1", "farmland", 15.0),
        ("county", "510799", "construction", 3.01),
        ("county", "510799", "redline", 3.0),
    ]
    made = county([box(i * 100, 0) for i in range(3)], VILLAGES, quotas=rows)
    found = check_quota_sizes(made, naive_fabric(made))
    told = found[["rule", "severity", "unit", "object_id", "value", "limit"]].values.tolist()
    assert told == [
        ["data.quotas", "warning", "510799", "construction", 3.01, 3.0],
        ["data.quotas", "warning", "v1", "farmland", 15.0, 1.0],
    ]
    assert "15.00 公顷大于单元面积 1.00 公顷，是否为亩？" in found["message"][1]


def test_a_county_that_is_its_own_cluster_is_told_of_a_large_quota_once():
    rows = [(level, "510799", "farmland", 9.0) for level in ("county", "cluster")]
    made = county([box(0, 0)], [("v0", "t0", "510799")], quotas=rows)
    assert check_quota_sizes(made, naive_fabric(made))["level"].tolist() == ["county"]
