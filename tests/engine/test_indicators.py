# SPDX-License-Identifier: GPL-2.0-or-later
"""Quotas against measured land: each outcome, each reason, and an oracle piece by piece."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from checks_county import CRS, box, county, layer, naive_fabric, table_fabric
from pianqu.checks.indicators import COLUMNS, check_quotas
from pianqu.checks.results import Results
from pianqu.layers import findings
from pianqu.layers.words import speaking

UNIT = box(0, 0, 1000, 1000)  # 100 ha


def run(made):
    return check_quotas(made, naive_fabric(made))


def row(table, indicator, level="village", unit="v0"):
    hit = table[(table.indicator == indicator) & (table.level == level) & (table.unit == unit)]
    assert len(hit) == 1
    return hit.iloc[0]


def planned(code_areas, quotas=(), whole=True, **more):
    """Make one village with planned strips of (code, ha); the rest is forest, or without a plan."""
    features, x = [], 0.0
    for code, hectares in code_areas:
        features.append((box(x, 0, hectares * 10, 1000), code))
        x += hectares * 10
    if whole and x < 1000:
        features.append((box(x, 0, 1000 - x, 1000), "03"))
    return county([UNIT], plan=features, quotas=quotas, **more)


def test_the_table_has_the_public_columns_and_a_row_for_every_unit_and_indicator():
    made = county(
        [box(0, 0), box(100, 0)], [("v0", "t0", "c0"), ("v1", "t1", "c0")], plan=[(box(0, 0), "01")]
    )
    table, _ = run(made)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == (1 + 1 + 2 + 2) * len(made.standard.indicators)
    assert not table.duplicated(["level", "unit", "indicator"]).any()
    assert row(table, "farmland", unit="v1").plan_ha == 0.0


@pytest.mark.parametrize(
    ("quota", "outcome", "margin"),
    [
        (40.0, "passed", 10.0),
        (49.5, "warning", 0.5),
        (50.0, "warning", 0.0),
        (50.01, "failed", -0.01),
    ],
)
def test_at_least_is_kept_narrowly_kept_or_broken(quota, outcome, margin):
    table, found = run(planned([("01", 50.0)], [("village", "v0", "farmland", quota)]))
    got = row(table, "farmland")
    assert (got.outcome, got.margin_ha, got.plan_ha, got.direction) == (outcome, margin, 50.0, ">=")
    assert len(found) == (outcome != "passed")


@pytest.mark.parametrize(
    ("quota", "outcome", "margin"),
    [(60.0, "passed", 10.0), (50.5, "warning", 0.5), (49.99, "failed", -0.01)],
)
def test_at_most_is_kept_narrowly_kept_or_broken(quota, outcome, margin):
    table, _ = run(planned([("0703", 50.0)], [("village", "v0", "construction_total", quota)]))
    got = row(table, "construction_total")
    assert (got.outcome, got.margin_ha) == (outcome, margin)


def test_exactly_the_margin_of_warning_still_passes():
    table, _ = run(planned([("0703", 49.0)], [("village", "v0", "construction_total", 50.0)]))
    assert row(table, "construction_total").outcome == "passed"


def test_a_quota_of_nothing_that_is_kept_passes():
    table, _ = run(planned([("01", 1.0)], [("village", "v0", "construction_total", 0.0)]))
    assert row(table, "construction_total").outcome == "passed"


def test_values_are_rounded_half_up_before_they_are_compared():
    table, _ = run(planned([("01", 50.005)], [("village", "v0", "farmland", 50.01)]))
    assert row(table, "farmland").plan_ha == 50.01
    assert row(table, "farmland").outcome == "warning"


def test_a_finding_says_who_how_much_and_what_to_do():
    _, found = run(planned([("01", 50.0)], [("county", "510799", "farmland", 50.5)]))
    one = found.iloc[0]
    assert (one.rule, one.severity, one.level, one.unit) == (
        "quota.farmland", "error", "county", "510799",
    )  # fmt: skip
    assert (one.value, one.limit, one.excess, one.unit_of_measure) == (50.0, 50.5, 0.5, "ha")
    assert one.subject_layer == "units" and one.subject_label == "示例县"
    assert "0.50" in one.message and one.geometry.area == UNIT.area


def test_a_countys_finding_covers_all_its_villages_as_one_valid_shape():
    units = [box(0, 0), box(100, 0), box(500, 0)]
    made = county(units, plan=[(box(0, 0), "01")], quotas=[("county", "510799", "farmland", 9.0)])
    _, found = run(made)
    assert found.geometry.iloc[0].is_valid and found.geometry.iloc[0].area == 30_000


def test_a_county_that_is_its_own_cluster_is_found_at_fault_once():
    def judged(*quotas):
        made = county([UNIT], [("v0", "t0", "510799")], plan=[(box(0, 0), "01")], quotas=quotas)
        table, found = run(made)
        counts = Results(made, naive_fabric(made), found, table).counts()
        return table, found["level"].tolist(), counts["failed"]

    both = [(level, "510799", "farmland", 9.0) for level in ("county", "cluster")]
    table, told, failed = judged(*both)
    assert set(table["level"]) >= {"county", "cluster"}
    assert (told, failed) == (["county"], 1)
    assert judged(both[1])[1:] == (["cluster"], 1)


def test_without_a_quota_there_is_a_value_but_no_verdict():
    table, found = run(planned([("01", 50.0)]))
    got = row(table, "farmland")
    assert (got.outcome, got.plan_ha) == ("not_checked", 50.0)
    assert math.isnan(got.quota_ha) and math.isnan(got.margin_ha) and got.reason
    assert len(found) == 0


def test_a_missing_layer_is_told_with_its_reason():
    quotas = [("village", "v0", "redline", 1.0), ("village", "v0", "boundary", 1.0)]
    table, _ = run(planned([("01", 5.0)], quotas, missing={"redline": "坏文件"}))
    assert row(table, "redline").outcome == "not_checked"
    assert row(table, "redline").reason == "坏文件"
    assert math.isnan(row(table, "redline").plan_ha)
    assert row(table, "boundary").reason.startswith("缺少图层")


def test_the_base_use_stands_in_where_no_plan_is_named():
    made = county(
        [UNIT],
        landuse=[(box(0, 0, 500, 1000), "0101")],
        quotas=[("village", "v0", "farmland", 40.0)],
    )
    got = row(run(made)[0], "farmland")
    assert (got.plan_ha, got.base_ha, got.outcome) == (50.0, 50.0, "passed")
    assert got.reason.startswith("按现状（未给出规划用地）")


def test_without_a_plan_only_cultivated_land_is_judged_by_the_base():
    asked = ("construction", "construction_total", "village_construction")
    made = county(
        [UNIT], landuse=[(box(0, 0, 500, 1000), "0702")], boundary=[(box(0, 0), {})],
        quotas=[("village", "v0", name, 10.0) for name in asked],
    )  # fmt: skip
    table, found = run(made)
    for name in asked:
        got = row(table, name)
        assert (got.outcome, got.reason) == ("not_checked", "未给出规划用地图层")
        assert math.isnan(got.plan_ha) and got.base_ha >= 49.0
    assert len(found) == 0


def test_a_failure_by_present_use_does_not_speak_of_a_plan():
    made = county([UNIT], landuse=[(UNIT, "0101")], quotas=[("village", "v0", "farmland", 200.0)])
    message = run(made)[1]["message"].iloc[0]
    assert "现状 100.00 公顷" in message and "规划 100.00" not in message


def test_the_reserve_is_told_in_the_reason_and_summed_in_the_message():
    def with_quota(quota):
        quotas = [("village", "v0", "construction", quota, 2.0)]
        return run(planned([("0703", 20.0)], quotas, boundary=[(box(0, 0), {})]))

    table, _ = with_quota(30.0)
    assert row(table, "construction").reason.startswith("含机动指标 2.00 公顷")
    table, found = with_quota(21.0)
    assert "含机动指标 2.00 公顷" in row(table, "construction").reason
    assert "规划 20.00 + 机动 2.00 = 22.00 公顷，超出" in found["message"].iloc[0]


def test_a_near_limit_is_not_remedied_as_if_the_quota_were_broken():
    made = planned([("01", 50.5)], [("village", "v0", "farmland", 50.0)])
    assert run(made)[1]["remedy"].tolist() == ["余量不足 2%，慎重安排后续占用"]


def test_a_pass_says_how_much_land_had_no_use_to_count():
    base = [(UNIT, "0101")]
    made = planned([("01", 50.0)], [("village", "v0", "farmland", 40.0)], whole=False, landuse=base)
    assert "50.00" in row(run(made)[0], "farmland").reason
    made = planned([("01", 100.0)], [("village", "v0", "farmland", 40.0)], landuse=base)
    assert row(run(made)[0], "farmland").reason == ""


@pytest.mark.parametrize(
    ("quota", "outcome"),
    [(60.0, "passed"), (59.99, "not_checked"), (50.2, "not_checked"), (49.0, "failed")],
)
def test_ground_without_a_use_could_break_what_may_not_be_exceeded(quota, outcome):
    """50 ha are built on and 10 ha are not covered: only a margin of 10 ha is sure."""
    quotas = [("village", "v0", "construction_total", quota)]
    table, found = run(planned([("0703", 50.0), ("03", 40.0)], quotas, whole=False))
    got = row(table, "construction_total")
    assert got.outcome == outcome
    assert ("10.00" in got.reason) and got.reason.count("10.00 公顷没有用地图斑覆盖") == 1
    assert len(found) == (outcome == "failed")


def test_uncovered_ground_is_doubted_in_each_unit_above_by_its_own_margin():
    made = county(
        [box(0, 0), box(100, 0)], [("v0", "t0", "c0"), ("v1", "t1", "c0")],
        plan=[(box(0, 0, 50, 100), "0703"), (box(100, 0), "0703")],
        quotas=[("village", "v0", "construction_total", 0.7),
                ("village", "v1", "construction_total", 2.0),
                ("town", "t0", "construction_total", 1.0),
                ("county", "510799", "construction_total", 1.9)],
    )  # fmt: skip
    table, _ = run(made)
    places = (("village", "v0"), ("village", "v1"), ("town", "t0"), ("county", "510799"))
    told = {unit: row(table, "construction_total", level, unit).outcome for level, unit in places}
    assert told == {"v0": "not_checked", "v1": "passed", "t0": "passed", "510799": "not_checked"}


def test_uncovered_ground_does_not_raise_what_must_be_reached():
    table, _ = run(planned([("01", 50.0)], [("village", "v0", "farmland", 40.0)], whole=False))
    assert row(table, "farmland").outcome == "passed"
    table, _ = run(planned([("01", 50.0)], [("village", "v0", "farmland", 60.0)], whole=False))
    assert row(table, "farmland").outcome == "failed"


def test_crumbs_and_slivers_between_parcels_leave_no_doubt():
    """A sliver of 0.1 m x 1 km is 100 m2: more than the margin, yet it is noise."""
    plan = [(box(0, 0, 500, 1000), "0703"), (box(500.1, 0, 499.9, 1000), "03")]
    made = county([UNIT], plan=plan, quotas=[("village", "v0", "construction_total", 50.0)])
    assert row(run(made)[0], "construction_total").outcome == "warning"


def test_base_use_in_place_of_a_plan_must_cover_its_units_too():
    quotas = [("village", "v0", "construction_total", 70.0)]
    made = county([UNIT], landuse=[(box(0, 0, 500, 1000), "0702")], quotas=quotas)
    one = replace(made.standard.indicator("construction_total"), base_fallback=True)
    made.standard = replace(made.standard, indicators=(one,))
    got = row(run(made)[0], "construction_total")
    assert (got.outcome, got.plan_ha) == ("not_checked", 50.0) and "50.00" in got.reason


def test_a_plan_that_was_named_but_not_read_is_not_replaced_by_the_base():
    made = county(
        [UNIT], landuse=[(UNIT, "0101")], quotas=[("village", "v0", "farmland", 40.0)],
        named=["plan"], missing={"plan": "打不开"},
    )  # fmt: skip
    got = row(run(made)[0], "farmland")
    assert (got.outcome, got.reason, got.base_ha) == ("not_checked", "打不开", 100.0)


def test_a_layer_not_read_whole_gives_no_verdict_and_names_the_first_features():
    unread = [f"图斑 {i}" for i in range(5)]
    made = county(
        [UNIT], farmland=layer("farmland", [(UNIT, {})], unread),
        quotas=[("village", "v0", "basic_farmland", 40.0)],
    )  # fmt: skip
    got = row(run(made)[0], "basic_farmland")
    assert got.outcome == "not_checked" and got.plan_ha == 100.0
    assert "5" in got.reason and "图斑 2" in got.reason and "图斑 3" not in got.reason


def test_unknown_codes_leave_no_verdict_but_a_certain_failure():
    quotas = [("village", "v0", "farmland", 1.0), ("village", "v0", "construction_total", 9.0)]
    table, _ = run(planned([("01", 5.0), ("0703", 10.0), ("9999", 3.0)], quotas))
    assert row(table, "farmland").outcome == "not_checked"
    assert row(table, "construction_total").outcome == "failed"


def test_land_of_unknown_code_can_not_undo_a_shortage_larger_than_itself():
    quotas = [("village", "v0", "farmland", 8.0)]
    assert row(run(planned([("01", 5.0), ("9999", 3.0)], quotas))[0], "farmland").outcome == (
        "not_checked"
    )
    assert row(run(planned([("01", 5.0), ("9999", 2.9)], quotas))[0], "farmland").outcome == (
        "failed"
    )


def test_unknown_codes_below_the_minimum_area_do_no_harm():
    quotas = [("village", "v0", "farmland", 1.0)]
    table, _ = run(planned([("01", 5.0), ("9999", 0.00005)], quotas))
    assert row(table, "farmland").outcome == "passed"


def test_unknown_codes_spoil_only_their_own_units():
    made = county(
        [box(0, 0), box(100, 0)], plan=[(box(0, 0), "01"), (box(100, 0), "?")],
        quotas=[("village", "v0", "farmland", 0.5), ("village", "v1", "farmland", 0.5)],
    )  # fmt: skip
    table, _ = run(made)
    assert [row(table, "farmland", unit=unit).outcome for unit in ("v0", "v1")] == [
        "passed", "not_checked",
    ]  # fmt: skip


def test_land_held_in_reserve_counts_against_construction_only():
    quotas = [("village", "v0", "construction", 12.0, 3.0), ("village", "v0", "farmland", 1.0, 3.0)]
    table, _ = run(planned([("0703", 10.0), ("01", 2.0)], quotas))
    assert row(table, "construction").plan_ha == 13.0
    assert row(table, "construction").outcome == "failed"
    assert row(table, "farmland").plan_ha == 2.0


def test_shared_uses_are_village_land_outside_the_boundary_only():
    made = planned([("0703", 10.0), ("0901", 20.0)], boundary=[(box(200, 0, 100, 1000), {})])
    assert row(run(made)[0], "village_construction").plan_ha == 20.0


def test_what_hangs_on_the_boundary_is_not_checked_without_it():
    quotas = [("village", "v0", "village_construction", 50.0)]
    assert (
        row(run(planned([("0703", 10.0)], quotas))[0], "village_construction").outcome == "passed"
    )
    table, _ = run(planned([("0703", 10.0), ("0901", 20.0)], quotas))
    got = row(table, "village_construction")
    assert got.outcome == "not_checked" and "城镇开发边界" in got.reason


def test_net_area_takes_the_layers_own_ridges_else_those_of_the_base_parcel():
    half = box(0, 0, 500, 1000), box(500, 0, 500, 1000)
    base = [
        (half[0], {"code": "0101", "deduction": 0.1}),
        (half[1], {"code": "0301", "deduction": 0.5}),
    ]
    plan = [(UNIT, {"code": "01"})]
    made = county([UNIT], landuse=base, plan=plan)
    assert row(run(made)[0], "farmland").plan_ha == 95.0  # forest bears no ridges
    made = county([UNIT], landuse=base, plan=[(UNIT, {"code": "01", "deduction": 0.2})])
    assert row(run(made)[0], "farmland").plan_ha == 80.0
    made = county([UNIT], landuse=base, plan=[(UNIT, {"code": "01", "deduction": 1.0})])
    assert row(run(made)[0], "farmland").plan_ha == 95.0  # out of [0, 1): not used


def netted(plan, quota, **layers):
    """Judge the net farmland of one village of 100 ha."""
    quotas = [("village", "v0", "farmland", quota)]
    made = county([UNIT], plan=[(UNIT, {"code": "01", **plan})], quotas=quotas, **layers)
    return row(run(made)[0], "farmland")


def base(deduction=0.1, code="0101", unread=()):
    return layer("landuse", [(UNIT, {"code": code, "deduction": deduction})], unread)


@pytest.mark.parametrize("value", [12.5, -0.1, 1.0])
def test_a_coefficient_that_cannot_be_leaves_no_verdict(value):
    got = netted({"deduction": value}, 50.0, landuse=base())
    assert (got.outcome, got.plan_ha) == ("not_checked", 90.0) and "扣除系数" in got.reason
    got = netted({}, 50.0, landuse=base(value))
    assert got.outcome == "not_checked" and "1000000.00" in got.reason


def test_a_wrong_coefficient_can_not_undo_a_failure_at_gross_area():
    assert netted({"deduction": 12.5}, 95.0, landuse=base()).outcome == "not_checked"
    assert netted({"deduction": 12.5}, 100.01, landuse=base()).outcome == "failed"


def test_a_coefficient_that_is_no_number_leaves_no_verdict():
    made = county(
        [UNIT], plan=[(UNIT, "01")], landuse=base(), quotas=[("village", "v0", "farmland", 50.0)]
    )
    made.findings = findings.make(
        {"rule": "data.deduction", "subject_layer": "plan", "subject_id": "p0"}, [None], CRS
    )
    assert row(run(made)[0], "farmland").outcome == "not_checked"


def test_a_base_parcel_of_unknown_code_puts_borrowed_coefficients_in_doubt():
    assert netted({}, 50.0, landuse=base(code="XX")).outcome == "not_checked"
    assert netted({"deduction": 0.2}, 50.0, landuse=base(code="XX")).outcome == "passed"
    assert netted({}, 100.01, landuse=base(code="XX")).outcome == "failed"


def test_a_base_not_read_whole_leaves_no_verdict_where_its_coefficient_is_used():
    got = netted({}, 50.0, landuse=base(unread=["图斑 7"]))
    assert got.outcome == "not_checked" and "图斑 7" in got.reason and "现状用地" in got.reason
    assert netted({"deduction": 0.2}, 50.0, landuse=base(unread=["图斑 7"])).outcome == "passed"


def test_a_wrong_coefficient_of_land_that_bears_no_crops_does_no_harm():
    assert netted({}, 50.0, landuse=base(1.5, "0301")).outcome == "passed"


def test_without_a_base_the_reason_says_that_no_ridge_was_deducted():
    got = netted({}, 50.0)
    assert got.outcome == "passed" and "100.00 公顷未扣除田坎" in got.reason
    assert netted({"deduction": 0.2}, 50.0).reason == ""


def test_doubt_about_ridges_concerns_net_indicators_only():
    made = planned([("0703", 50.0)], [("village", "v0", "construction_total", 60.0)],
                   landuse=base(code="XX"))  # fmt: skip
    assert row(run(made)[0], "construction_total").outcome == "passed"


def test_overlapping_zone_polygons_count_once():
    made = county([UNIT], redline=[(box(0, 0, 600, 1000), {}), (box(400, 0, 600, 1000), {})])
    assert row(run(made)[0], "redline").plan_ha == 100.0


def test_names_and_reasons_speak_the_language_in_force():
    with speaking("en"):
        got = row(run(planned([("01", 5.0)]))[0], "farmland")
    assert got["name"] == "Cultivated land retained" and got.reason.startswith("no quota given")


CODES = {
    "landuse": ["0101", "0103", "0301", "0702", "1003", "0404", "???"],
    "plan": ["01", "0101", "02", "0301", "0703", "0702", "0901", "1202", "15", "9999"],
}


def random_county(rng, units=4, features=12):
    layers = {}
    for role in ("landuse", "plan", "farmland", "redline", "boundary"):
        made = []
        for _ in range(features):
            values = {"deduction": rng.choice([np.nan, 0.0, 0.0837, 0.25, 1.0, -0.1])}
            if role in CODES:
                values["code"] = str(rng.choice(CODES[role]))
            made.append((box(0, 0), values))
        layers[role] = made
    villages = [(f"v{i}", f"t{i // 2}", f"c{i // 3}") for i in range(units)]
    return county([box(0, 0)] * units, villages, **layers)


def random_pieces(rng, units=4, features=12, count=300):
    table = {"unit": rng.integers(0, units, count)}
    for role in ("landuse", "plan", "farmland", "redline", "boundary"):
        table[role] = rng.integers(-1, features, count)
    return pd.DataFrame({**table, "gross_m2": np.round(rng.uniform(0.5, 5e4, count), 2)})


def oracle(made, pieces, role, indicator, units):
    """Sum in exact decimals, one piece at a time."""
    total = Decimal(0)
    base = made.layers["landuse"].data
    own = made.layers[role].data
    for piece in pieces.to_dict("records"):
        if piece["unit"] not in units or piece[role] < 0:
            continue
        if indicator.group:
            table = made.standard.code_table(made.layers[role].table)
            code = [own["code"][piece[role]]]
            if not table.in_group(indicator.group, code, [""], [piece["boundary"] >= 0])[0]:
                continue
        share = Decimal(1)
        if indicator.measure == "net":
            ridge = own["deduction"][piece[role]]
            if not 0 <= ridge < 1:
                under = piece["landuse"]
                code, ridge = (
                    (base["code"][under], base["deduction"][under]) if under >= 0 else ("", 0)
                )
                ridge = ridge if code.startswith("01") and 0 <= ridge < 1 else 0
            share -= Decimal(str(ridge))
        total += Decimal(str(piece["gross_m2"])) * share
    return float((total / 10_000).quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.mark.parametrize("seed", range(3))
def test_every_value_agrees_with_an_oracle_that_goes_piece_by_piece(seed):
    rng = np.random.default_rng(seed)
    made, pieces = random_county(rng), random_pieces(rng)
    table, _ = check_quotas(made, table_fabric(pieces, 4))
    tree = made.tree.finest
    for got in table.itertuples():
        column = "code" if got.level == "village" else got.level
        units = set(np.flatnonzero(tree[column] == got.unit))
        indicator = made.standard.indicator(got.indicator)
        role = indicator.source
        assert got.plan_ha == oracle(made, pieces, role, indicator, units)
        if role == "plan":
            assert got.base_ha == oracle(made, pieces, "landuse", indicator, units)
        else:
            assert math.isnan(got.base_ha)


def test_units_without_a_town_count_in_cluster_and_county_only():
    made = county(
        [box(0, 0), box(100, 0)],
        [("v0", "", "c0"), ("v1", "t1", "c0")],
        plan=[(box(0, 0, 200, 100), "01")],
    )
    table, _ = run(made)
    farmland = table[table.indicator == "farmland"].set_index(["level", "unit"])["plan_ha"]
    assert farmland.to_dict() == {
        ("county", "510799"): 2.0,
        ("cluster", "c0"): 2.0,
        ("town", "t1"): 1.0,
        ("village", "v0"): 1.0,
        ("village", "v1"): 1.0,
    }


def test_features_of_units_left_out_of_the_run_are_no_part_of_a_findings_shape():
    made = county([box(0, 0), box(100, 0)], plan=[(box(0, 0), "01")])
    made.quotas.loc[0] = ["village", "v0", "farmland", 9.0, np.nan]
    kept = made.tree.finest.iloc[:1]
    made.tree = type(made.tree)(kept, np.array([0, -1]), ("cluster", "town", "village"))
    fabric = naive_fabric(county([box(0, 0)], plan=[(box(0, 0), "01")]))
    table, found = check_quotas(made, fabric)
    assert "county" not in set(table.level)
    assert found.geometry.iloc[0].equals(box(0, 0))
