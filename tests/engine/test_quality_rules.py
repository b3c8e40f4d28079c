# SPDX-License-Identifier: GPL-2.0-or-later
"""Each check of the standard's table: what it finds, and what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pianqu.checks.quality.structure import _longest
from quality_case import X0, Y0, asked, box, case_of, every

UNIT = [(box(0, 0, 1000, 1000), {"BSM": "u1", "XZQDM": "510799100200", "XZQMC": "清岭村",
                                 "YSDM": "1000600100"})]  # fmt: skip
PLACE = "510799100200" + "0" * 7


def parcel(shape=None, **values):
    """Make a parcel of the survey that is as it should be, but for what is given."""
    shape = shape or box(0, 0)
    area = round(shape.area, 2)
    share = values.get("KCXS", 0.1)
    taken = round(area * (share or 0), 2)
    plain = {
        "BSM": "510799200100000001", "YSDM": "2001010100", "TBBH": "1", "DLBM": "0101",
        "DLMC": "水田", "QSXZ": "30", "QSDWDM": PLACE, "QSDWMC": "清岭村", "ZLDWDM": PLACE,
        "ZLDWMC": "清岭村", "TBMJ": area, "KCDLBM": "1203", "KCXS": share, "KCMJ": taken,
        "TBDLMJ": round(area - taken, 2), "GDLX": "PD", "GDPDJB": "1", "CZCSXM": "", "SJNF": 2020,
        "MSSM": "00",
    }  # fmt: skip
    return shape, {**plain, **values}


def dry(**values):
    """Make a parcel without ridges: forest unless told otherwise."""
    values = {"DLBM": "0301", "DLMC": "乔木林地", "KCXS": None, "KCDLBM": "", "KCMJ": 0.0,
              "GDLX": "", "GDPDJB": "", **values}  # fmt: skip
    shape = values.pop("shape", None) or box(0, 0)
    area = round(shape.area, 2)
    return parcel(shape, **{"TBDLMJ": area, **values})


def landuse(*rows):
    return case_of(units=UNIT, landuse=list(rows))


def found(case, check, role="landuse"):
    table, outcome = asked(case, check, role)
    return table["message"].tolist(), outcome.outcome


CLEAN = ("field_needed", "field_type", "field_length", "value_needed", "value_known", "id_unique",
         "code_known", "code_name", "unit_code", "coefficient", "ridges", "settlement",
         "area_field", "sliver", "geometry", "unusable", "duplicate", "overlap", "vertex",
         "outside", "small_landuse_farm")  # fmt: skip


@pytest.mark.parametrize("check", CLEAN)
def test_a_parcel_as_it_should_be_passes(check):
    assert found(landuse(parcel(box(0, 0, 1000, 1000))), check) == ([], "passed")


@pytest.mark.parametrize(
    ("values", "check", "words"),
    [
        ({"KCMJ": 1000.02, "TBDLMJ": 8999.98}, "ridges", ("KCMJ", "1000.02", "1000.00")),
        ({"TBDLMJ": 9000.02}, "ridges", ("TBDLMJ", "9000.02", "9000.00")),
        ({"KCDLBM": "1202"}, "ridges", ("KCDLBM", "1202", "1203")),
        ({"KCDLBM": ""}, "ridges", ("KCDLBM", "1203")),
        ({"DLBM": "0301", "DLMC": "乔木林地"}, "ridges", ("0301", "耕地")),
        ({"KCXS": 1.2, "KCMJ": 12000.0, "TBDLMJ": -2000.0}, "coefficient", ("1.2",)),
        ({"DLMC": "旱地"}, "code_name", ("0101", "旱地", "水田")),
        ({"DLBM": "0199"}, "code_known", ("0199",)),
        ({"ZLDWDM": "51079910020000"}, "unit_code", ("ZLDWDM", "19")),
        ({"ZLDWDM": "5107991002O00000000"}, "unit_code", ("ZLDWDM", "19")),
        ({"QSDWDM": "511000100200" + "0" * 7}, "unit_code", ("QSDWDM", "不属于")),
        ({"ZLDWDM": ""}, "unit_code", ("ZLDWDM", "为空")),
        ({"TBBH": ""}, "value_needed", ("TBBH", "图斑编号")),
        ({"GDLX": "XX"}, "value_known", ("GDLX", "XX", "PD")),
        ({"CZCSXM": "207"}, "value_known", ("CZCSXM", "207")),
        ({"TBBH": "123456789"}, "field_length", ("TBBH", "8", "123456789")),
        ({"TBMJ": 1e14}, "field_length", ("TBMJ", "15,2")),
        ({"TBMJ": 10002.0}, "area_field", ("TBMJ", "10002.00", "10000.00")),
        ({"SJNF": "2020年"}, "field_type", ("SJNF", "文本", "整数")),
    ],
)
def test_a_fault_of_a_field_is_told_with_file_feature_and_values(values, check, words):
    messages, outcome = found(landuse(parcel(**values)), check)
    assert outcome in ("failed", "warning")
    assert len(messages) == 1
    for word in ("landuse.gpkg", *words) if check not in ("coefficient", "code_known") else words:
        assert word in messages[0], messages[0]


@pytest.mark.parametrize("off", [0.0, 0.01, -0.01])
def test_a_hundredth_of_a_square_metre_is_rounding(off):
    assert found(landuse(parcel(KCMJ=1000.0 + off, TBDLMJ=9000.0 - off)), "ridges")[0] == []


@pytest.mark.parametrize("field", ["TBMJ", "DLBM", "ZLDWDM"])
def test_a_mandatory_field_that_is_not_there_is_named(field):
    shape, values = parcel()
    del values[field]
    messages, outcome = found(landuse((shape, values)), "field_needed")
    assert outcome == "failed"
    assert [field in text for text in messages] == [True]


def test_a_renamed_layer_is_still_held_against_its_standard():
    case = landuse(parcel())
    case.arrivals.roles["landuse"].name = "三调图斑2020"
    case.arrivals.roles["landuse"].kinds.pop("TBDLMJ")
    messages, _ = found(case, "field_needed")
    assert len(messages) == 1 and "TBDLMJ" in messages[0]


def test_a_layer_that_no_table_knows_is_not_judged_by_one():
    case = case_of(units=UNIT, landuse=[(box(0, 0), {"ID": "1", "USE": "A"})])
    case.arrivals.roles["landuse"].name = "lucc"
    _, outcome = asked(case, "field_needed", "landuse")
    assert outcome.outcome == "not_applicable"
    assert "landuse.gpkg" in outcome.reason


def test_ids_borne_twice_and_missing_ones_are_told_apart():
    rows = [parcel(BSM="1"), parcel(BSM="2"), parcel(BSM="1"), parcel(BSM="")]
    messages, outcome = found(landuse(*rows), "id_unique")
    assert outcome == "failed"
    assert sum("2 个要素" in text for text in messages) == 1
    assert sum("为空" in text for text in messages) == 1


def plan(*codes):
    rows = [(box(i * 100, 0), {"BSM": str(i), "GHDLBM": code, "GHDLMC": name})
            for i, (code, name) in enumerate(codes)]  # fmt: skip
    return case_of(units=UNIT, plan=rows)


@pytest.mark.parametrize(
    "codes",
    [
        [("0205", "其他园地"), ("0603", "畜禽养殖设施建设用地")],
        [("060201", "种植设施用地"), ("1313", "其他公用设施用地")],
        [("2302", "后备耕地"), ("2302", "田坎")],
        [("0204", "油料园地"), ("0204", "其他园地")],
    ],
)
def test_mixed_editions_of_the_guide_are_an_error(codes):
    table, outcome = asked(plan(("01", "耕地"), *codes), "edition", "plan")
    assert outcome.outcome == "failed"
    assert "landuse-2020" in table["message"][0] and "landuse-2023" in table["message"][0]


def test_a_layer_of_2020_that_is_said_to_be_of_2023_is_told():
    table, _ = asked(plan(("0603", ""), ("1313", "")), "edition", "plan")
    assert "0603" in table["message"][0] and "landuse-2020" in table["message"][0]


@pytest.mark.parametrize(
    "codes", [[("01", "耕地"), ("0703", "")], [("0205", "其他园地"), ("060201", "")],
              [("0204", "油料园地")]],
)  # fmt: skip
def test_one_edition_is_no_error(codes):
    assert asked(plan(*codes), "edition", "plan")[1].outcome == "passed"


@pytest.mark.parametrize(
    ("code", "tag", "wrong"),
    [("0601", "203A", False), ("0702", "203A", True), ("1006", "203", True), ("0702", "203", False),
     ("1006", "201", True), ("0602", "204", False), ("0701", "204", True), ("09", "205", False)],
)  # fmt: skip
def test_settlement_tags_stand_on_their_uses_only(code, tag, wrong):
    messages, _ = found(landuse(dry(DLBM=code, CZCSXM=tag)), "settlement")
    assert bool(messages) == wrong
    assert all(code in text and tag in text for text in messages)


def test_a_house_without_a_settlement_tag_is_told_where_others_have_one():
    tagged = dry(DLBM="0702", CZCSXM="203", shape=box(100, 0))
    messages, outcome = found(landuse(dry(DLBM="0702"), tagged, dry()), "settlement_missing")
    assert outcome == "warning" and len(messages) == 1
    _, outcome = found(landuse(dry(DLBM="0702")), "settlement_missing")
    assert outcome == "not_checked"


def test_an_area_field_in_mu_is_told_once_with_its_unit():
    rows = [parcel(box(i * 100, 0, 100, 50 + 10 * i), TBMJ=round((50 + 10 * i) * 0.15, 4))
            for i in range(5)]  # fmt: skip
    messages, outcome = found(landuse(*rows), "area_field")
    assert outcome == "failed"
    assert len(messages) == 1 and "亩" in messages[0]


def units(control):
    return [(box(0, 0, 1000, 1000), {**UNIT[0][1], "JSMJ": control})]


@pytest.mark.parametrize(("control", "wrong"), [(10000.0, False), (10099.0, False), (10200.0, True),
                                                (9800.0, True)])  # fmt: skip
def test_parcels_must_add_up_to_the_control_area(control, wrong):
    case = case_of(units=units(control), landuse=[parcel()])
    table, _ = asked(case, "control_area", "landuse")
    assert bool(len(table)) == wrong
    if wrong:
        assert table[["unit", "value", "limit"]].values.tolist() == [
            ["510799100200", 10000.0, control]
        ]


@pytest.mark.parametrize(
    ("code", "side", "check", "wrong"),
    [("0101", 19.0, "small_landuse_farm", True), ("0101", 20.1, "small_landuse_farm", False),
     ("1202", 15.0, "small_landuse_facility", False), ("1202", 15.0, "small_landuse_farm", False),
     ("1202", 14.0, "small_landuse_facility", True), ("0702", 14.0, "small_landuse_construction",
                                                      True),
     ("1206", 24.0, "small_landuse_other", True), ("1206", 25.0, "small_landuse_other", False)],
)  # fmt: skip
def test_each_kind_of_land_has_its_least_parcel(code, side, check, wrong):
    messages, _ = found(landuse(dry(DLBM=code, shape=box(0, 0, side, side))), check)
    assert bool(messages) == wrong


@pytest.mark.parametrize(
    ("shape", "wrong"),
    [(box(0, 0, 3, 3), True), (box(0, 0, 4, 4), False), (box(0, 0, 0.3, 100), True),
     (box(0, 0, 0.7, 100), False),
     (shapely.MultiPolygon([box(0, 0), box(200, 0, 1, 1)]), True)],
)  # fmt: skip
def test_slivers_are_told_by_area_and_by_width_part_by_part(shape, wrong):
    messages, _ = found(landuse(parcel(shape)), "sliver")
    assert bool(messages) == wrong


def bow_tie(x=0.0):
    return shapely.Polygon([(X0 + x, Y0), (X0 + x + 10, Y0 + 10), (X0 + x + 10, Y0),
                            (X0 + x, Y0 + 10)])  # fmt: skip


def test_an_invalid_ring_is_told_with_its_exact_spot():
    case = landuse(parcel(bow_tie(), BSM="7"))
    table, outcome = asked(case, "geometry", "landuse")
    assert outcome.outcome == "warning"
    assert table["subject_id"].tolist() == ["7"]
    spot = case.spots["data.geometry", "landuse", "7", ""][0]
    assert shapely.get_coordinates(spot).tolist() == [[X0 + 5, Y0 + 5]]


def test_each_crossing_of_a_ring_is_a_spot_of_its_own():
    xy = [(0, 0), (40, 0), (40, 10), (30, -5), (20, 10), (10, -5), (0, 10)]
    ring = shapely.Polygon([(X0 + x, Y0 + y) for x, y in xy])
    case = landuse(parcel(ring, BSM="7"))
    table, _ = asked(case, "geometry", "landuse")
    spot = case.spots["data.geometry", "landuse", "7", ""][0]
    expected = [(10 * k + s, 0) for k in (1, 3) for s in (-10 / 3, 10 / 3)]
    got = sorted((x - X0, y - Y0) for x, y in shapely.get_coordinates(spot))
    assert np.allclose(got, sorted(expected), atol=1e-6)
    assert "4 处" in table["message"][0]


def test_a_shape_that_cannot_be_used_spoils_only_what_needs_it():
    flat = shapely.Polygon([(X0, Y0), (X0 + 1, Y0), (X0 + 2, Y0), (X0, Y0)])
    case = landuse(parcel(box(0, 0, 1000, 1000), BSM="1"), parcel(flat, BSM="2", DLMC="旱地"))
    assert asked(case, "unusable", "landuse")[1].outcome == "failed"
    assert found(case, "code_name")[1] == "failed"  # its attributes are sound
    overlap = asked(case, "overlap", "landuse")[1]
    assert overlap.outcome == "not_checked"
    assert "landuse.gpkg" in overlap.reason


def test_doubles_overlaps_gaps_and_land_outside_have_their_real_size():
    places = {"1": (0, 0, 500, 1000), "2": (490, 0, 400, 1000), "3": (0, 0, 500, 1000),
              "4": (950, 0, 100, 100)}  # fmt: skip
    rows = [parcel(box(*place), BSM=name) for name, place in places.items()]
    case = landuse(*rows)
    double, _ = asked(case, "duplicate", "landuse")
    assert double[["subject_id", "object_id"]].values.tolist() == [["3", "1"]]
    over, _ = asked(case, "overlap", "landuse")
    pairs = {(one.subject_id, one.object_id): one.area_m2 for one in over.itertuples()}
    assert pairs == {("2", "1"): 10_000, ("3", "1"): 500_000, ("3", "2"): 10_000}
    gap, _ = asked(case, "gap", "landuse")
    assert gap[["unit", "area_m2"]].values.tolist() == [["510799100200", 110_000 - 5_000]]
    assert gap.geometry[0].area == pytest.approx(105_000)
    out, outcome = asked(case, "outside", "landuse")
    assert out[["subject_id", "area_m2"]].values.tolist() == [["4", 5_000]]
    assert outcome.outcome == "passed" and outcome.count == 1  # information, as in a run


def test_a_vertex_on_one_side_only_is_told_once_with_its_spot():
    left = shapely.Polygon([(X0, Y0), (X0 + 100, Y0), (X0 + 100, Y0 + 40), (X0 + 100, Y0 + 100),
                            (X0, Y0 + 100)])  # fmt: skip
    case = landuse(parcel(left, BSM="1"), parcel(box(100, 0), BSM="2"))
    table, _ = asked(case, "vertex", "landuse")
    assert table[["subject_id", "object_id", "value"]].values.tolist() == [["2", "1", 1.0]]
    spot = case.spots["data.vertex", "landuse", "2", "1"][0]
    assert shapely.get_coordinates(spot).tolist() == [[X0 + 100, Y0 + 40]]


def test_a_hole_between_units_is_land_that_nobody_has():
    values = dict(UNIT[0][1])
    ring = box(0, 0, 1000, 1000).difference(box(400, 400, 50, 50))
    table, outcome = asked(case_of(units=[(ring, values)]), "uncovered", "units")
    assert outcome.outcome == "warning"
    assert table["area_m2"].tolist() == [2_500.0]


def test_a_line_that_differs_from_the_delivered_is_told_on_either_side():
    line = [(box(0, 0, 100, 100), {"BSM": "1"})]
    sent = [(box(10, 0, 100, 100), {"BSM": "1"})]
    case = case_of(units=UNIT, redline=line, delivered={"redline": sent})
    table, outcome = asked(case, "delivered", "redline")
    assert outcome.outcome == "failed"
    assert sorted(table[["object_id", "area_m2"]].values.tolist()) == [
        ["less", 1_000.0], ["more", 1_000.0]
    ]  # fmt: skip
    same = case_of(units=UNIT, redline=line, delivered={"redline": line})
    assert asked(same, "delivered", "redline")[1].outcome == "passed"
    none = case_of(units=UNIT, redline=line)
    assert asked(none, "delivered", "redline")[1].outcome == "not_applicable"


def test_beyond_the_number_told_one_by_one_the_rest_is_told_in_sum():
    rows = [dry(shape=box(i, 0, 1, 500), BSM="", DLBM="0301") for i in range(1002)]
    table, outcome = asked(landuse(*rows), "id_unique", "landuse")
    assert len(table) == 1001
    assert table["value"].max() == 2
    assert outcome.outcome == "failed"


def test_severity_and_limits_are_the_tables(tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "standard.yaml").write_text("id: ours\nextends: cn-2023\n", encoding="utf-8")
    (folder / "qa_rules.csv").write_text(
        "check,severity,absolute,drop\narea_field,info,5,\ncode_name,,,1\n", encoding="utf-8"
    )
    rows = [parcel(TBMJ=10004.0), parcel(box(100, 0), TBMJ=10006.0)]
    case = case_of(folder, units=UNIT, landuse=rows)
    table, outcome = asked(case, "area_field", "landuse")
    assert table["severity"].tolist() == ["info"]
    assert outcome.outcome == "passed"
    assert "code_name" not in {one.id for one in case.standard.quality.checks}


def test_a_whole_clean_county_has_no_finding_at_all():
    rows = [parcel(box(x * 100, y * 100), BSM=f"{x}-{y}") for x in range(10) for y in range(10)]
    table, outcomes = every(case_of(units=units(1_000_000.0), landuse=rows))
    expected = {"plan", "farmland", "redline", "boundary"}  # the dossier does not give them
    assert set(table["subject_layer"]) == expected
    assert set(table["rule"]) == {"data.layer"}
    assert {one.outcome for one in outcomes} <= {"passed", "not_applicable", "warning"}


@pytest.mark.parametrize("seed", range(3))
def test_land_outside_is_the_same_by_the_layers_ground_and_feature_by_feature(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    places = rng.integers(-50, 1000, (60, 2))
    sizes = rng.integers(1, 200, (60, 2))
    rows = [dry(shape=box(*place, *size), BSM=str(i)) for i, (place, size) in
            enumerate(zip(places.tolist(), sizes.tolist()))]  # fmt: skip
    by_ground = asked(landuse(*rows), "outside", "landuse")[0]
    case = landuse(*rows)
    monkeypatch.setattr(type(case), "covered", lambda *_: None)
    singly = asked(case, "outside", "landuse")[0]
    whole = UNIT[0][0]
    oracle = {str(i): row[0].difference(whole).area for i, row in enumerate(rows)}
    oracle = {name: area for name, area in oracle.items() if area > 0}
    for table in (by_ground, singly):
        told = dict(zip(table["subject_id"], table["area_m2"]))
        assert told == {name: pytest.approx(area) for name, area in oracle.items()
                        if name in told} and told  # fmt: skip
        # What is dropped is narrower or smaller than the county's noise, never land.
        assert all(area < 250 for name, area in oracle.items() if name not in told)
    assert by_ground["subject_id"].tolist() == singly["subject_id"].tolist()


@pytest.mark.parametrize(
    ("values", "longest", "count"),
    [(["123456789", "1234567890", "1234567890", "1", None, ""], "1234567890", 3),
     ([None, "", "12345678"], "", 0), ([None, None], "", 0)],
)  # fmt: skip
def test_the_longest_of_too_long_values_is_told_with_their_number(values, longest, count):
    spec = landuse(parcel()).standard.quality.field("DLTB", "landuse", "TBBH")
    assert (spec.kind, spec.length) == ("text", 8)
    assert _longest(np.array(values, dtype=object), spec) == (longest, count)
