# SPDX-License-Identifier: GPL-2.0-or-later
"""cn-2023 says what the domain's tables say."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from pianqu.layers.codes import CHANGE_GROUPS
from pianqu.layers.standard import load_standard
from standard_made import naive_range

SIZES = {"sandiao": 81, "landuse-2023": 175, "landuse-2020": 169, "gbt21010-2017": 85}
THREE = {"cultivated": "农用地", "agricultural": "农用地", "construction": "建设用地",
         "unused": "未利用地", "sea": "海域"}  # fmt: skip
BUILT = ("urban_rural_construction", "regional_infrastructure", "other_construction")


@pytest.fixture(scope="module")
def standard():
    return load_standard("cn-2023")


def domain(shared, name):
    with (shared / "domain" / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", SIZES)
def test_every_code_has_a_class_a_change_group_and_a_rule_code(standard, name):
    table = standard.code_table(name)
    codes = list(table.codes.index)
    assert len(codes) == SIZES[name]
    assert set(table.classes(codes)) <= {one.id for one in standard.classes}
    assert set(table.change_groups(codes)) <= set(CHANGE_GROUPS)
    assert standard.code_table("landuse-2023").known(table.rule_codes(codes)).all()
    assert all(table.label(code) for code in codes)
    assert (table.codes["name_en"] != "").all()


@pytest.mark.parametrize("name", SIZES)
def test_the_groups_part_all_land_and_the_parts_of_construction_make_it_up(standard, name):
    table = standard.code_table(name)
    codes = table.codes.index
    farm, built, waste = (
        table.in_group(group, codes) for group in ("agricultural", "construction", "unused")
    )
    sea = table.in_group("sea", codes) if "sea" in table.groups else np.zeros(len(codes), bool)
    assert (farm.astype(int) + built + waste + sea == 1).all()
    assert farm[table.in_group("cultivated", codes)].all()
    parts = [table.in_group(group, codes) for group in BUILT]
    assert (sum(part.astype(int) for part in parts) == built).all()


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("inside", [True, False, None])
def test_town_and_village_part_urban_and_rural_construction_wherever_it_lies(
    standard, name, inside
):
    table = standard.code_table(name)
    codes = table.codes.index
    where = None if inside is None else np.full(len(codes), inside)
    both = table.in_group("urban_rural_construction", codes, inside=where)
    town = table.in_group("urban_construction", codes, inside=where)
    village = table.in_group("village_construction", codes, inside=where)
    assert (town.astype(int) + village == both).all()


@pytest.mark.parametrize("name, file", [("landuse-2023", "landuse_2023.csv"),
                                        ("sandiao", "sandiao.csv"),
                                        ("gbt21010-2017", "gbt21010_2017.csv")])  # fmt: skip
def test_change_groups_agree_with_the_three_classes_of_the_domain(standard, shared, name, file):
    table = standard.code_table(name)
    for row in domain(shared, file):
        if row["major_class"] in THREE.values():
            group = table.change_groups([row["code"]])[0]
            assert THREE[group] == row["major_class"], row["code"]


def test_roles_within_construction_agree_with_the_domain(standard, shared):
    table = standard.code_table("landuse-2023")
    expected = {"区域基础设施": "regional_infrastructure", "其他建设用地": "other_construction",
                "城镇": "urban_construction", "村庄": "village_construction",
                "按位置": "urban_rural_construction"}  # fmt: skip
    for row in domain(shared, "landuse_2023.csv"):
        group = expected.get(row["construction_role"])
        if group:
            assert table.in_group(group, [row["code"]])[0], row["code"]


def test_the_survey_and_the_2020_edition_translate_as_the_crosswalks_do(standard, shared):
    for row in domain(shared, "crosswalk.csv"):
        found = standard.code_table("sandiao").rule_codes([row["sandiao_code"]])
        assert found[0] == row["landuse2023_default"]
    for row in domain(shared, "landuse_2020_to_2023.csv"):
        found = standard.code_table("landuse-2020").rule_codes([row["code_2020"]])
        assert found[0] == row["code_2023"]


def test_control_rules_hold_every_row_of_the_domain(standard, shared):
    zones = {"永久基本农田": "farmland", "生态保护红线-其他": "redline",
             "城镇开发边界外": "outside_boundary", "一般耕地": "cultivated"}  # fmt: skip
    for row in domain(shared, "control_rules.csv"):
        if row["zone"] in zones:
            rules = standard.control_rules(zones[row["zone"]])
            for prefix in naive_range(row["plan_codes"]):
                assert rules.rows.loc[prefix, "verdict"] == row["verdict"], (row, prefix)


def test_one_code_means_different_things_in_the_two_editions(standard):
    old, new = standard.code_table("landuse-2020"), standard.code_table("landuse-2023")
    trap = ["0204", "060102", "0602", "1311", "2303"]
    assert list(old.rule_codes(trap)) == ["0205", "1207", "060201", "1311", "060102"]
    assert list(new.rule_codes(trap)) == trap
    assert old.change_groups(["060102"])[0] == "construction"
    assert new.change_groups(["060102"])[0] == "agricultural"
    assert old.label("2302") == new.label("2303") == "田坎"


def test_a_main_canal_is_agricultural_but_ruled_as_a_hydraulic_structure(standard):
    survey = standard.code_table("sandiao")
    assert survey.change_groups(["1107A"])[0] == "agricultural"
    assert survey.rule_codes(["1107A"])[0] == "1311"


def test_codes_that_look_like_forest_are_wetland_in_the_survey(standard):
    survey = standard.code_table("sandiao")
    assert list(survey.classes(["0303", "0402", "1106"])) == ["wetland"] * 3
    assert list(survey.classes(["0301", "0401", "1101"])) == ["forest", "grassland", "water"]


def test_a_town_polygon_counts_whole_and_a_village_by_its_built_land(standard):
    survey = standard.code_table("sandiao")
    codes = ["0101", "0101", "0702", "1003", "0602", "0101", "1003", "0701"]
    tags = ["201", "203", "203A", "203", "204", "", None, "xyz"]
    found = survey.in_group("urban_rural_construction", codes, tags)
    assert list(found) == [True, False, True, True, False, False, False, True]
    assert list(survey.in_group("village_construction", codes, tags)) == [
        False, False, True, True, False, False, False, False,
    ]  # fmt: skip
    assert list(survey.in_group("regional_infrastructure", codes, tags)) == [False] * 6 + [
        True,
        False,
    ]
    assert (
        list(survey.in_group("other_construction", codes, tags))
        == [False] * 4 + [True] + [False] * 3
    )


def test_shared_uses_go_by_place_and_named_uses_do_not(standard):
    table = standard.code_table("landuse-2023")
    codes = ["0804", "0804", "0701", "0703", "2301", "2301"]
    inside = [True, False, False, True, True, False]
    town = table.in_group("urban_construction", codes, inside=inside)
    assert list(town) == [True, False, True, False, True, False]


def test_unknown_codes_are_known_to_be_unknown(standard):
    table = standard.code_table("landuse-2023")
    codes = np.array(["0101", "9", "", None, np.nan, "010199"], dtype=object)
    assert list(table.known(codes)) == [True] + [False] * 5
    assert list(table.classes(codes)) == ["cultivated"] + [""] * 5
    assert list(table.in_group("cultivated", codes)) == [True] + [False] * 5
    assert len(table.classes([])) == 0


def test_the_longest_prefix_wins_and_what_no_row_covers_stays_empty(standard):
    rules = standard.control_rules("farmland")
    found = rules.match(["060102", "060101", "0602", "0101", "0501", None, ""])
    assert list(found["verdict"]) == ["conditional", "forbid", "forbid", "allow", "", "", ""]
    assert list(found["prefix"]) == ["060102", "06", "06", "01", "", "", ""]
    assert found.loc[1, "basis"] == "自然资发〔2021〕166号"
    redline = standard.control_rules("redline").match(["0703", "0701", "0803", "090104", "0901"])
    assert list(redline["verdict"]) == [
        "conditional", "forbid", "conditional", "conditional", "forbid",
    ]  # fmt: skip


def test_no_rule_from_memory_is_stated_as_law(standard):
    for zone in standard.zones():
        rows = standard.control_rules(zone.id).rows
        weak = rows[rows["confidence"].isin(["low", "medium"])]
        assert weak["basis"].str.contains("缺省值").all(), zone.id


def test_indicators_stand_to_the_letter_of_the_contract(standard):
    lines = {
        (one.id, one.name_zh, one.direction, one.measure, one.source, one.group)
        for one in standard.indicators
    }
    assert lines == {
        ("farmland", "耕地保有量", ">=", "net", "plan", "cultivated"),
        ("basic_farmland", "永久基本农田保护面积", ">=", "net", "farmland", ""),
        ("redline", "生态保护红线面积", ">=", "gross", "redline", ""),
        ("construction", "城乡建设用地规模", "<=", "gross", "plan", "urban_rural_construction"),
        ("construction_total", "建设用地总规模", "<=", "gross", "plan", "construction"),
        ("village_construction", "村庄建设用地规模", "<=", "gross", "plan",
         "village_construction"),
        ("boundary", "城镇开发边界规模", "<=", "gross", "boundary", ""),
    }  # fmt: skip
    assert [one.id for one in standard.indicators if one.reserve] == ["construction"]


def test_each_indicator_rule_and_zone_has_names_in_both_languages(standard):
    ids = [f"quota.{one.id}" for one in standard.indicators]
    ids += ["control.farmland", "control.redline", "control.boundary", "control.crossing"]
    data = "geometry unusable code crs empty units gap overlap outside deduction no_rule quotas"
    ids += [f"data.{name}" for name in data.split()]
    ids += ["sector.control.farmland", "sector.overlap", "sector.reserve", "control.heritage"]
    for rule in map(standard.rule, ids):
        assert rule.name_zh and rule.name_en and rule.remedy_zh and rule.remedy_en
    assert [zone.role for zone in standard.zones()][:3] == ["farmland", "redline", "boundary"]
    assert {zone.id: zone.side for zone in standard.zones()}["outside_boundary"] == "outside"


def test_lookups_of_large_arrays_are_quick_because_only_unique_codes_are_looked_at(standard):
    table = standard.code_table("sandiao")
    codes = np.resize(np.array(table.codes.index, dtype=object), 100_000)
    tags = np.resize(np.array(["", "201", "203"], dtype=object), 100_000)
    whole = table.in_group("urban_construction", codes, tags, np.ones(100_000, bool))
    part = table.in_group("urban_construction", codes[:243], tags[:243], np.ones(243, bool))
    assert (whole[:243] == part).all() and whole[:99_873].sum() == part.sum() * 411


def test_every_use_of_land_has_a_verdict_outside_the_boundary(standard):
    table = standard.code_table("landuse-2023")
    land = table.codes.index[(table.codes["change_group"] != "sea").to_numpy()]
    found = standard.control_rules("outside_boundary").match(land).set_index(land)["verdict"]
    assert (found != "").all()
    assert found["0904"] == found["1001"] == "conditional"
    assert found["1002"] == found["0703"] == found["0101"] == "allow"
