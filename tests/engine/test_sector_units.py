# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit of areas in a project list: read wherever it stands, told where it stands nowhere."""

from __future__ import annotations

import pytest
from pianqu.layers.catalogue import HEADINGS
from pianqu.layers.dossier import content_of
from pianqu.layers.errors import InputError
from pianqu.layers.headers import find_header, indicator_names
from pianqu.layers.standard import load_standard
from pianqu.layers.tables import Table
from sector_input import dossier, read, sheet

UNITS = {"亩": 1e4 / 15, "万亩": 1e8 / 15, "公顷": 1e4, "平方米": 1.0, "m2": 1.0, "㎡": 1.0,
         "平方公里": 1e6, "万平方米": 1e4, "hm²": 1e4}  # fmt: skip


def listed(folder, rows, merge=(), **more):
    plan = {"id": "t", "projects": {**sheet(folder, rows, merge), **more}}
    plans, findings, _ = read(dossier(folder, [plan]))
    return plans.projects.set_index("project")["listed_m2"].to_dict(), findings


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("form", ["{}", "（{}）", "单位：{}"])
def test_a_unit_that_stands_alone_in_the_second_heading_row_counts(tmp_path, unit, form):
    rows = [
        ["序号", "项目编号", "项目名称", "用地规模", "建设年限", None],
        [None, None, None, form.format(unit), "开工", "完工"],
        [1, "A", "甲", 30, 2026, 2027],
        [2, "B", "乙", 4.5, 2026, 2027],
    ]
    got, findings = listed(tmp_path, rows, ("A1:A2", "B1:B2", "C1:C2", "E1:F1"))
    assert got == pytest.approx({"A": 30 * UNITS[unit], "B": 4.5 * UNITS[unit]})
    assert not len(findings)


@pytest.mark.parametrize("unit", ["亩", "平方米"])
def test_a_row_of_units_alone_is_no_project_and_no_heading_is_lost(tmp_path, unit):
    rows = [
        ["项目编号", "项目名称", "用地规模", "总投资", "长度", "开工年份", "完工年份"],
        ["", "", unit, "万元", "公里", "年", "年"],
        ["A", "甲", 30, 500, 3, 2026, 2027],
    ]
    got, findings = listed(tmp_path, rows)
    assert got == pytest.approx({"A": 30 * UNITS[unit]}) and not len(findings)


@pytest.mark.parametrize("head", ["用地规模（亩）", "用地面积 亩", "用地面积/亩", "用地规模亩"])
def test_a_unit_beside_the_heading_counts_however_it_is_parted(tmp_path, head):
    got, findings = listed(tmp_path, [["项目编号", head], ["A", 30]])
    assert got == pytest.approx({"A": 20_000}) and not len(findings)


def test_a_unit_in_the_upper_row_counts(tmp_path):
    rows = [["项目编号", "用地（亩）", None], [None, "用地规模", "其中耕地"], ["A", 30, 1]]
    got, _ = listed(tmp_path, rows, ("A1:A2", "B1:C1"))
    assert got == pytest.approx({"A": 20_000})


def test_a_column_of_units_and_a_unit_in_a_cell_go_before_all(tmp_path):
    rows = [
        ["项目编号", "用地规模", "单位"],
        ["A", 30, "亩"],
        ["B", 2, "公顷"],
        ["C", "5000㎡", ""],
    ]
    got, findings = listed(tmp_path, rows, unit="平方公里")
    assert got == pytest.approx({"A": 20_000, "B": 20_000, "C": 5_000}) and not len(findings)


def test_a_list_without_any_unit_is_told_with_the_unit_taken(tmp_path):
    rows = [["项目编号", "用地规模"], ["A", 30], ["B", "2亩"], ["C", 1]]
    got, findings = listed(tmp_path, rows)
    assert got == pytest.approx({"A": 300_000, "B": 2e4 / 15, "C": 10_000})
    assert findings["rule"].tolist() == ["data.sector"] and findings["severity"][0] == "info"
    told = findings["message"][0]
    assert "公顷" in told and "用地规模" in told and "2 个" in told and "projects.unit" in told


def test_a_list_without_areas_has_no_unit_to_tell(tmp_path):
    assert not len(listed(tmp_path, [["项目编号", "用地规模"], ["A", ""]])[1])
    assert not len(listed(tmp_path, [["项目编号", "项目名称"], ["A", "甲"]])[1])


def test_the_dossier_gives_the_unit_and_a_heading_that_says_another_is_told(tmp_path):
    got, findings = listed(tmp_path, [["项目编号", "用地规模"], ["A", 30]], unit="亩")
    assert got == pytest.approx({"A": 20_000}) and not len(findings)
    got, findings = listed(tmp_path, [["项目编号", "用地规模（公顷）"], ["A", 30]], unit="亩")
    assert got == pytest.approx({"A": 20_000})
    assert findings["severity"].tolist() == ["warning"]
    assert "亩" in findings["message"][0] and "公顷" in findings["message"][0]


def test_an_unknown_unit_in_the_dossier_is_refused_and_a_known_one_written_back(tmp_path):
    with pytest.raises(InputError, match="顷"):
        dossier(tmp_path, [{"id": "t", "projects": {"path": "p.xlsx", "unit": "顷"}}])
    given = dossier(tmp_path, [{"id": "t", "projects": {"path": "p.xlsx", "unit": "亩"}}])
    assert content_of(given, tmp_path)["sectors"][0]["projects"]["unit"] == "亩"


def test_the_catalogue_has_a_column_for_it():
    assert HEADINGS["面积单位"][0] == HEADINGS["projectsunit"][0] == "projects.unit"


def test_quota_tables_read_a_row_of_units_too():
    indicators = indicator_names(load_standard("cn-2023").indicators)
    rows = [
        ["行政区代码", "耕地保有量", "城乡建设用地规模"],
        ["", "亩", "亩"],
        ["510799", 300, 150],
    ]
    header = find_header(Table("t", rows), indicators, {})
    assert header.start == 2
    factors = {column.factor for column in header.columns.values() if column.role == "quota"}
    assert factors == {1 / 15}
