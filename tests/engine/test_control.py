# SPDX-License-Identifier: GPL-2.0-or-later
"""Control lines: each verdict, existing and new, who is named and how much it is."""

from __future__ import annotations

import pytest
import shapely
from checks_county import box, county, layer, naive_fabric
from pianqu.checks.control import check_control_lines, unchecked_zones
from pianqu.layers.findings import COLUMNS
from pianqu.layers.words import speaking

UNIT = box(0, 0, 1000, 1000)
ALL = [(UNIT, {})]


def run(made):
    return check_control_lines(made, naive_fabric(made))


def one(made):
    found, _ = run(made)
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("base", "plan", "verdict", "change", "severity"),
    [
        ("0101", "0703", "forbid", "new", "error"),
        ("0702", "0703", "forbid", "existing", "warning"),
        ("0101", "1202", "conditional", "new", "warning"),
        ("1003", "1202", "conditional", "existing", "info"),
        ("0301", "0201", "forbid", "existing", "warning"),
    ],
    ids=["new house", "old house", "new road", "old road", "orchard that was a wood"],
)
def test_verdict_and_change_make_the_severity(base, plan, verdict, change, severity):
    got = one(county([UNIT], landuse=[(UNIT, base)], plan=[(box(0, 0), plan)], farmland=ALL))
    assert (got.rule, got.verdict, got.change, got.severity) == (
        "control.farmland", verdict, change, severity,
    )  # fmt: skip
    assert got.area_m2 == got.value == got.excess == 10_000 and got.unit_of_measure == "m2"
    assert got.remedy and "依据" in got.message


def test_what_is_allowed_makes_no_finding():
    made = county([UNIT], landuse=[(UNIT, "0101")], plan=[(UNIT, "01")], farmland=ALL, redline=ALL)
    found, dropped = run(made)
    assert len(found) == 0 and tuple(found.columns[:-1]) == COLUMNS and dropped == {}


def test_a_longer_code_has_its_own_verdict():
    plan = [(box(0, 0), "0802"), (box(100, 0), "0601"), (box(200, 0), "060102")]
    made = county([UNIT], plan=plan, farmland=ALL)
    found, _ = run(made)
    assert dict(zip(found["subject_id"], found["verdict"])) == {
        "p0": "forbid", "p1": "forbid", "p2": "conditional",
    }  # fmt: skip


def test_a_finding_names_parcel_zone_and_place():
    made = county(
        [box(0, 0), box(100, 0)], [("v0", "t0", "c0"), ("v1", "t0", "c1")],
        plan=[(box(70, 0), "0703")], redline=ALL,
    )  # fmt: skip
    got = one(made)
    assert (got.level, got.unit, got.unit_name, got.cluster) == ("village", "v1", "村v1", "c1")
    assert (got.subject_layer, got.subject_id) == ("plan", "p0")
    assert got.subject_label.startswith("0703 ") and len(got.subject_label) > 5
    assert (got.object_layer, got.object_id) == ("redline", "r0")
    assert got.area_m2 == 10_000 and got.geometry.geom_type == "MultiPolygon"
    assert "p0" in got.message and "村v1" in got.message and "10000.00" in got.message


def test_one_parcel_has_one_finding_for_what_stood_and_one_for_what_is_new():
    base = [(box(0, 0, 30, 100), "0702"), (box(30, 0, 970, 1000), "0101")]
    made = county([UNIT], landuse=base, plan=[(box(0, 0), "0703")], farmland=ALL)
    found, _ = run(made)
    assert dict(zip(found["change"], found["area_m2"])) == {"existing": 3_000.0, "new": 7_000.0}
    assert found["id"].is_unique


def test_all_pieces_of_a_parcel_under_one_rule_are_one_finding():
    zones = [(box(0, 0, 20, 100), {}), (box(50, 0, 40, 100), {}), (box(95, 0, 5, 100), {})]
    got = one(county([UNIT], plan=[(box(0, 0), "0703")], farmland=zones))
    assert got.area_m2 == 6_500 and got.object_id == "f1,f0,f2"
    assert len(got.geometry.geoms) == 3


def test_at_most_five_zone_features_are_named():
    zones = [(box(i * 10, 0, 5 + i / 10, 100), {}) for i in range(8)]
    got = one(county([UNIT], plan=[(box(0, 0), "0703")], farmland=zones))
    assert got.object_id == "f7,f6,f5,f4,f3…+3"


def test_overlapping_zone_polygons_count_once():
    zones = [(box(0, 0, 60, 100), {}), (box(40, 0, 60, 100), {})]
    assert one(county([UNIT], plan=[(box(0, 0), "0703")], farmland=zones)).area_m2 == 10_000


def test_touching_is_not_overlapping():
    made = county([UNIT], plan=[(box(0, 0), "0703")], farmland=[(box(100, 0), {})])
    found, dropped = run(made)
    assert len(found) == 0 and dropped == {}


def test_a_sliver_is_dropped_and_counted():
    made = county([UNIT], plan=[(box(0, 0), "0703")], farmland=[(box(99.9, 0), {})])
    found, dropped = run(made)
    assert len(found) == 0
    assert dropped == {"control.farmland": {"count": 1, "area_m2": pytest.approx(10.0)}}


def test_outside_the_boundary_urban_uses_are_found():
    plan = [
        (box(0, 0), "0701"),
        (box(500, 0), "0701"),
        (box(700, 0), "0703"),
        (box(450, 200), "1001"),
    ]
    made = county([UNIT], plan=plan, boundary=[(box(0, 0, 500, 1000), {})])
    found, _ = run(made)
    found = found.set_index("subject_id")
    assert sorted(found.index) == ["p1", "p3"]
    assert found.loc["p3", "area_m2"] == 5_000
    assert (found["rule"] == "control.boundary").all() and (found["object_id"] == "").all()
    assert (found["object_layer"] == "boundary").all()


def test_without_a_layer_its_zone_is_told_as_unchecked():
    made = county([UNIT], plan=[(UNIT, "01")], redline=ALL, missing={"boundary": "没有给出"})
    reasons = unchecked_zones(made)
    assert set(reasons) == {"farmland", "outside_boundary"}
    assert reasons["outside_boundary"] == "没有给出" and "永久基本农田" in reasons["farmland"]


def test_a_zone_whose_layer_was_not_read_whole_is_told():
    made = county([UNIT], plan=[(UNIT, "01")], redline=layer("redline", ALL, ["图斑 7"]),
                  farmland=ALL, boundary=ALL)  # fmt: skip
    assert list(unchecked_zones(made)) == ["redline"]
    assert "图斑 7" in unchecked_zones(made)["redline"]


def test_a_code_that_no_rule_covers_leaves_its_zone_unchecked():
    made = county([UNIT], plan=[(box(0, 0), "06"), (box(200, 0), "01")], redline=ALL, farmland=ALL,
                  boundary=ALL)  # fmt: skip
    assert unchecked_zones(made) == {}
    reasons = unchecked_zones(made, naive_fabric(made))
    assert "redline" in reasons and "06" in reasons["redline"] and "10000.00" in reasons["redline"]


def test_without_a_use_to_hold_against_them_no_zone_is_checked():
    made = county([UNIT], redline=ALL)
    assert set(unchecked_zones(made)) == {"farmland", "redline", "outside_boundary"}
    assert len(run(made)[0]) == 0


def test_without_a_plan_the_present_use_is_an_existing_problem():
    got = one(county([UNIT], landuse=[(box(0, 0), "0702")], farmland=ALL))
    assert (got.subject_layer, got.change, got.severity) == ("landuse", "existing", "warning")


def test_without_a_base_nobody_is_accused_of_new_land():
    got = one(county([UNIT], plan=[(box(0, 0), "0703")], farmland=ALL))
    assert got.change == "new" and "新增占用" not in got.message
    assert "缺现状用地，未能区分新增与既有" in got.message


def test_messages_say_that_land_lies_outside_the_boundary_not_that_it_takes_it():
    base, plan = [(box(0, 0), "0101"), (box(100, 0), "0702")], [(box(0, 0, 200, 100), "0701")]
    found, _ = run(county([UNIT], landuse=base, plan=plan, boundary=[(box(500, 0), {})]))
    for change, words in (("new", "新增用地位于"), ("existing", "现状用地位于")):
        message = found.set_index("change")["message"][change]
        assert f"{words}城镇开发边界外，面积 10000.00 平方米" in message


def test_a_plan_that_could_not_be_read_is_not_replaced_by_the_present_use():
    made = county([UNIT], landuse=[(UNIT, "0702")], farmland=ALL, named=["plan"])
    assert len(run(made)[0]) == 0 and "farmland" in unchecked_zones(made)


def test_land_of_unknown_base_counts_as_new():
    made = county([UNIT], landuse=[(box(0, 0), "???")], plan=[(box(0, 0, 200, 100), "0703")],
                  farmland=ALL)  # fmt: skip
    assert one(made).change == "new"


def test_messages_and_labels_follow_the_language():
    made = county([UNIT], landuse=[(UNIT, "0101")], plan=[(box(0, 0), "0703")], farmland=ALL)
    with speaking("en"):
        got = one(made)
    assert "Permanent basic farmland" in got.message and "newly takes" in got.message


def test_the_same_input_gives_the_same_ids_in_any_order_of_features():
    plan = [(box(0, 0), {"code": "0703", "id": "A"}), (box(200, 0), {"code": "0703", "id": "B"})]
    first, _ = run(county([UNIT], plan=plan, farmland=ALL))
    again, _ = run(county([UNIT], plan=plan[::-1], farmland=ALL))
    assert first["id"].tolist() == again["id"].tolist()
    assert shapely.equals(first.geometry.values, again.geometry.values).all()
