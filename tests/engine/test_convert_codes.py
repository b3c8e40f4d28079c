# SPDX-License-Identifier: GPL-2.0-or-later
"""Codes converted as the domain's tables say, in each mode; what is left is told."""

from __future__ import annotations

import csv

import numpy as np
import openpyxl
import pytest
from pianqu.convert.codes import convert, remarks, summary, told_apart
from pianqu.convert.rules import conversions, own_rules
from pianqu.layers.errors import InputError
from pianqu.layers.standard import load_standard
from pianqu.layers.words import speaking

SEVERAL_2020 = {"0204", "2202"}  # split in the guide of 2023; the domain's table has one target


@pytest.fixture(scope="module")
def standard():
    return load_standard("cn-2023")


@pytest.fixture(scope="module")
def ways(standard):
    return conversions(standard, "landuse-2023")


def naive(shared, name):
    with (shared / "domain" / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def texts(*values):
    return np.array(values, dtype=object)


def topmost(shared):
    parents = {row["code"]: row["parent"] for row in naive(shared, "landuse_2023.csv")}

    def up(code):
        return up(parents[code]) if parents[code] else code

    return up


@pytest.mark.parametrize("mode", ["open", "level1", "main", "all_level1"])
def test_every_survey_code_becomes_what_the_crosswalk_says(shared, ways, mode):
    rows = naive(shared, "crosswalk.csv")
    outcome = convert(ways["sandiao"], texts(*(row["sandiao_code"] for row in rows)), mode)
    up = topmost(shared)
    for row, to, how, name in zip(rows, outcome.to, outcome.how, outcome.names):
        usual, several = row["landuse2023_default"], row["relation"] == "1:n"
        expected = {
            "open": "" if several else usual, "main": usual,
            "level1": up(usual) if several else usual, "all_level1": up(usual),
        }[mode]  # fmt: skip
        assert to == expected, row
        if expected == usual:
            assert name == row["landuse2023_name"]
        assert (how == "open") == (mode == "open" and several)
        assert (name == "待细分") == (how == "open")


@pytest.mark.parametrize("mode", ["open", "main"])
def test_every_code_of_2020_becomes_what_its_table_says(shared, ways, mode):
    rows = naive(shared, "landuse_2020_to_2023.csv")
    outcome = convert(ways["landuse-2020"], texts(*(row["code_2020"] for row in rows)), mode)
    for row, to, name in zip(rows, outcome.to, outcome.names):
        if mode == "open" and row["code_2020"] in SEVERAL_2020:
            assert (to, name) == ("", "待细分")
        else:
            assert (to, name) == (row["code_2023"], row["name_2023"])


def test_what_changes_class_is_told_the_main_canal_above_all(shared, ways, standard):
    """A main canal (1107A) counts as agricultural and becomes 1311, which is construction."""
    rows = naive(shared, "crosswalk.csv")
    codes = texts(*(row["sandiao_code"] for row in rows))
    outcome = convert(ways["sandiao"], codes, "main")
    major = {row["code"]: row["major_class"] for row in naive(shared, "sandiao.csv")}
    three = {"cultivated": "农用地", "agricultural": "农用地", "construction": "建设用地",
             "unused": "未利用地"}  # fmt: skip
    for code, group in zip(codes, outcome.from_class):
        assert three[group] == major[code], code
    assert codes[outcome.changed].tolist() == ["1107A"]
    with speaking("zh"):
        told = remarks(outcome, np.full(len(codes), "", object), standard, "L", codes)
    line = told[told["kind"] == "class_changed"].iloc[0]
    assert (line["from_class"], line["to_class"]) == ("其他农用地", "建设用地")


def test_unconvertible_codes_are_listed_each_with_its_reason(ways, standard):
    codes = texts("0101", "", "05", "0205", "XYZ", "1006")
    outcome = convert(ways["landuse-2020"], codes, "main")
    names = np.full(len(codes), "", object)
    told = remarks(outcome, names, standard, "图斑", texts(*"ABCDEF"))
    kinds = dict(zip(told["row"], told["kind"]))
    assert kinds == {1: "empty", 3: "mixed", 4: "unknown", 5: "mixed"}
    assert outcome.to.tolist() == ["0101", "", "05", "", "", ""]
    survey = convert(ways["sandiao"], texts("01", "06"), "main")
    told = remarks(survey, texts("", ""), standard, "图斑", texts("a", "b"))
    assert told["kind"].tolist() == ["coarse", "coarse"]
    assert "a" in told["message"][0] and "图斑" in told["message"][0]


def test_spoiled_codes_are_given_back_and_told(ways):
    outcome = convert(ways["sandiao"], texts("101", "05h1", "1107a", "0101"), "main")
    assert outcome.to.tolist() == ["0101", "09", "1311", "0101"]
    assert outcome.mended == {"101": "0101", "05h1": "05H1", "1107a": "1107A"}


def test_a_code_of_another_meaning_in_2023_is_told_by_its_name(ways, standard):
    codes = texts("2302", "2302")
    outcome = convert(ways["landuse-2020"], codes, "main")
    told = remarks(outcome, texts("田坎", "后备耕地"), standard, "L", codes)
    assert told["row"].tolist() == [1]
    assert told["kind"].tolist() == ["name"]


def test_the_summary_counts_every_feature_once_with_its_hectares(ways):
    codes = texts("0101", "0101", "1006", "", "1107A")
    areas = np.array([10_000.0, 5_000.0, 2_500.0, np.nan, 100.0])
    table = summary(convert(ways["sandiao"], codes, "open"), areas).set_index("from_code")
    assert table["count"].sum() == 5
    assert table.loc["0101", "area_ha"] == pytest.approx(1.5)
    assert table.loc["1006", "candidates"] == "0601 060101 060102"
    assert table.loc["1006", "how"] == "open"
    assert table.loc["1107A", "class_changed"] == 1
    assert np.isnan(table.loc["", "area_ha"])


def table(tmp_path, text, name="own.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return str(path)


def test_the_users_table_goes_before_everything_and_may_ask_for_fields(tmp_path, ways):
    path = table(tmp_path, "原代码,新代码,TBXHDM,备注\n1202,060203,,\n1202,060201,01,温室\n"
                           "101,0103,,\n", encoding="gbk")  # fmt: skip
    rules, idle = own_rules(path, ways["sandiao"], ["DLBM", "TBXHDM"])
    assert idle == ["备注"]
    columns = {"TBXHDM": texts("01", "02", "")}
    outcome = convert(ways["sandiao"], texts("1202", "1202", "0101"), "open", rules, columns)
    assert outcome.to.tolist() == ["060201", "060203", "0103"]
    assert set(outcome.how) == {"table"}
    assert outcome.used == {2, 3, 4}


def test_the_users_table_may_be_a_workbook_that_ate_the_zeros(tmp_path, ways):
    book = openpyxl.Workbook()
    for row in (["from", "to"], [101, 102], ["1006", 60101]):
        book.active.append(row)
    book.save(tmp_path / "own.xlsx")
    rules, _ = own_rules(str(tmp_path / "own.xlsx"), ways["sandiao"], [])
    assert {(rule.code, rule.to) for rule in rules} == {("0101", "0102"), ("1006", "060101")}


@pytest.mark.parametrize("text, key, word", [
    ("from,to\n0101,9999\n", "convert.table_target", "9999"),
    ("from,to\n0101,0102\n0101,0103\n", "convert.table_twice", "0101"),
    ("from,to\n,0102\n", "convert.table_no_code", "2"),
    ("a,b\n1,2\n", "convert.table_column", "a"),
    ("\n", "convert.table_empty", "own.csv"),
])  # fmt: skip
def test_a_table_that_can_not_stand_is_refused_with_file_and_line(tmp_path, ways, text, key, word):
    with pytest.raises(InputError) as caught:
        own_rules(table(tmp_path, text), ways["sandiao"], [])
    assert caught.value.key == key
    assert "own.csv" in str(caught.value) and word in str(caught.value)


def test_the_edition_is_told_by_codes_then_by_names_else_asked(ways):
    none = texts("", "", "")
    assert told_apart(texts("0101", "05H1", "1203"), none, ways, "L") == "sandiao"
    assert told_apart(texts("0101", "0603", "1313"), none, ways, "L") == "landuse-2020"
    pair = texts("0101", "1101", "1101"), texts("水田", "河流水面", "河流水面")
    assert told_apart(*pair, ways, "L") == "sandiao"
    with pytest.raises(InputError, match="sandiao"):
        told_apart(texts("0101", "0102", "0103"), none, ways, "L")
    with pytest.raises(InputError, match="landuse-2023"):
        told_apart(texts("0101", "060201", "0205"), none, ways, "L")
    with pytest.raises(InputError):
        told_apart(texts("", "", ""), none, ways, "L")


def test_an_unknown_mode_names_those_there_are(ways):
    with pytest.raises(InputError, match="all_level1"):
        convert(ways["sandiao"], texts("0101"), "best")


def test_a_province_may_override_a_single_conversion(tmp_path):
    folder = tmp_path / "province"
    folder.mkdir()
    (folder / "standard.yaml").write_text("extends: cn-2023\n", encoding="utf-8")
    (folder / "conversions.csv").write_text(
        "from_table,code,to_table,to_code,relation\nsandiao,0810,landuse-2023,1402,1:1\n",
        encoding="utf-8")  # fmt: skip
    ways = conversions(load_standard(str(folder)), "landuse-2023")
    outcome = convert(ways["sandiao"], texts("0810", "0101"), "open")
    assert outcome.to.tolist() == ["1402", "0101"]


def test_a_conversion_into_an_unknown_code_names_file_and_line(tmp_path):
    folder = tmp_path / "province"
    folder.mkdir()
    (folder / "standard.yaml").write_text("extends: cn-2023\n", encoding="utf-8")
    (folder / "conversions.csv").write_text(
        "from_table,code,to_table,to_code,relation\nsandiao,0810,landuse-2023,1499,1:1\n",
        encoding="utf-8")  # fmt: skip
    with pytest.raises(InputError, match=r"conversions\.csv:2"):
        conversions(load_standard(str(folder)), "landuse-2023")
