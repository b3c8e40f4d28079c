# SPDX-License-Identifier: GPL-2.0-or-later
"""Project lists of any shape, joined to their layouts by code."""

from __future__ import annotations

import datetime

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from sector_input import (
    HEAD,
    dossier,
    plan,
    project,
    read,
    rules,
    sheet,
    simple,
)

pytestmark = pytest.mark.english


def test_a_list_with_two_header_rows_merged_cells_and_full_width_digits(tmp_path):
    rows = [
        ["示例县交通运输专项规划项目库", None, None, None, None, None, None],
        ["序号", "项目编号", "项目名称", "用地（亩）", "建设时序", None, "备注"],
        [None, None, None, None, "开工", "竣工", None],
        ["一", "一、续建项目", None, None, None, None, None],
        [1, "JT-01", "环城路", "１５０", "２０２６年", "2028.6", "x"],
        [2, "JT-02", "客运站", "3公顷", datetime.datetime(2027, 3, 1), "2029-10", None],
        [None, None, None, None, None, None, None],
        ["合计", None, None, 195, None, None, None],
    ]
    merge = ("A1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:G3", "B4:G4")
    plans, findings, inputs = read(dossier(tmp_path, [plan(None, sheet(tmp_path, rows, merge))]))
    got = plans.projects[["project", "name", "listed_m2", "start", "end"]].values.tolist()
    assert got == [
        ["JT-01", "环城路", pytest.approx(100_000), 2026.0, 2028.0],
        ["JT-02", "客运站", pytest.approx(30_000), 2027.0, 2029.0],
    ]
    assert len(findings) == 0 and plans.missing == {}
    assert not plans.projects["in_layout"].any() and plans.projects["in_list"].all()
    assert list(plans.ground) == [None, None] and list(plans.projects["kind"]) == ["", ""]
    assert inputs[0]["role"] == "sector:t" and inputs[0]["used"] == 2
    assert inputs[0]["fields"]["start"] == "建设时序/开工"


@pytest.mark.parametrize("unit,hectares", [("公顷", 1), ("亩", 1 / 15), ("平方米", 1e-4), ("", 1)])
@pytest.mark.parametrize("place", ["heading", "title"])
def test_areas_are_in_the_unit_that_heading_or_title_states(tmp_path, unit, hectares, place):
    title = [[f"项目库（单位：{unit}）", ""]] if unit and place == "title" else []
    head = f"用地规模（{unit}）" if unit and place == "heading" else "用地规模"
    rows = [*title, ["项目代码", head], ["A", 30], ["B", "1,200.5"]]
    plans, _, _ = read(dossier(tmp_path, [plan(None, sheet(tmp_path, rows))]))
    expected = [30 * hectares * 1e4, 1200.5 * hectares * 1e4]
    assert list(plans.projects["listed_m2"]) == pytest.approx(expected)


def test_a_csv_and_a_table_in_a_container_serve_as_lists(tmp_path):
    text = "XMBH,XMMC,YDMJ,KSND,JSND\n0101,甲,1.5,2026,2027\n,,,,\n"
    (tmp_path / "list.csv").write_bytes(text.encode("gb18030"))
    table = gpd.pd.DataFrame({"XMBH": ["B"], "YDMJ": [2.5], "KSND": [2026], "JSND": [2030]})
    gpd.GeoDataFrame(table).to_file(tmp_path / "list.gpkg", layer="list", driver="GPKG")
    sectors = [
        {"id": "a", "projects": {"path": "list.csv"}},
        {"id": "b", "projects": {"path": "list.gpkg", "layer": "list"}},
    ]
    plans, findings, _ = read(dossier(tmp_path, sectors))
    assert list(plans.projects["project"]) == ["0101", "B"]
    assert list(findings["severity"]) == ["info", "info"]  # no heading states a unit of area
    assert list(plans.projects["listed_m2"]) == [15_000, 25_000]
    assert list(plans.projects["list_end"]) == [2027, 2030]
    assert list(plans.ids(np.array([0, 1]))) == ["a", "b"]


def test_columns_the_dossier_names_go_before_any_guess(tmp_path):
    rows = [["编号", "项目编号", "规划面积", "用地面积"], ["X", "A", 3, 5]]
    book = {**sheet(tmp_path, rows), "fields": {"project": "编号", "area_ha": "规划面积"}}
    plans, _, _ = read(dossier(tmp_path, [plan(None, book)]))
    assert list(plans.projects["project"]) == ["X"]
    assert list(plans.projects["listed_m2"]) == [30_000]


def test_list_and_layout_are_joined_by_code_and_each_says_its_own(tmp_path):
    layout = simple(tmp_path, ["A", "B"], XMMC=["图名", ""], KSND=["2026", ""], JSND=["2027", ""])
    rows = [HEAD, ["B", "乙", "建设", "二级", 2, 2030, 2031], ["A", "表名", "", "", 1, 2026, 2029],
            ["C", "丙", "", "", "-", "", ""]]  # fmt: skip
    plans, findings, _ = read(dossier(tmp_path, [plan(layout, sheet(tmp_path, rows))]))
    a, b, c = (project(plans, code) for code in "ABC")
    assert (a["name"], a["end"], a["list_end"], a["listed_m2"]) == ("图名", 2027, 2029, 10_000)
    assert (b["name"], b["content"], b["standard"], b["start"]) == ("乙", "建设", "二级", 2030)
    assert list(plans.plots["start"]) == [2026, 2030]
    assert c["in_list"] and not c["in_layout"] and np.isnan(c["listed_m2"])
    assert np.isnan(c["start"]) and plans.ground[2] is None
    assert len(findings) == 0


def test_a_code_twice_in_a_list_is_told_and_its_areas_are_not_added(tmp_path):
    rows = [HEAD, ["A", "甲", "", "", 1, 2026, 2027], ["B", "乙", "", "", 5, 2026, 2027],
            ["A", "甲二期", "", "", 2, 2028, 2029]]  # fmt: skip
    plans, findings, _ = read(dossier(tmp_path, [plan(None, sheet(tmp_path, rows))]))
    assert list(plans.projects["project"]) == ["A", "B"]
    assert project(plans, "A")["listed_m2"] == 10_000
    assert list(findings["rule"]) == ["data.sector"] and findings["severity"][0] == "warning"
    assert findings["subject_id"][0] == "A" and "2, 4" in findings["message"][0]
    assert plans.missing == {}


def test_what_can_not_be_read_in_a_row_is_told_and_the_rest_counts(tmp_path):
    rows = [
        HEAD,
        ["A", "甲", "", "", "约三亩", "近期", 2027],
        *[["", "无编号", "", "", 1, 2026, 2027]] * 2,
    ]
    plans, findings, _ = read(dossier(tmp_path, [plan(None, sheet(tmp_path, rows))]))
    assert list(findings["rule"]) == ["data.sector"] * 4
    assert set(findings["severity"]) == {"warning"}
    assert all("projects.xlsx/项目库" in one for one in findings["message"])
    a = project(plans, "A")
    assert np.isnan(a["listed_m2"]) and np.isnan(a["start"]) and a["end"] == 2027
    assert list(plans.projects["label"]) == ["甲", "无编号", "无编号"]


def test_a_years_text_in_a_layout_that_says_no_year_is_told_once_a_project(tmp_path):
    layout = simple(tmp_path, ["A", "A", "B"], KSND=["近期", "近期", "2026—2028"])
    plans, findings, _ = read(dossier(tmp_path, [plan(layout)]))
    assert list(findings["rule"]) == ["data.sector"] and findings["subject_id"][0] == "A"
    assert np.isnan(project(plans, "A")["start"])
    assert (project(plans, "B")["start"], project(plans, "B")["end"]) == (2026, 2028)


def test_codes_whose_parts_differ_are_not_joined(tmp_path):
    layout = simple(tmp_path, ["1-01", "2-1"])
    rows = [["项目编号", "用地面积"], ["10-1", 1], ["21", 2]]
    plans, _, _ = read(dossier(tmp_path, [plan(layout, sheet(tmp_path, rows))]))
    assert not (plans.projects["in_list"] & plans.projects["in_layout"]).any()


def test_codes_that_differ_by_a_lost_zero_or_case_are_joined_and_told(tmp_path):
    layout = simple(tmp_path, ["0101", "JT—2", "X1"])
    rows = [["项目编号", "用地面积（公顷）"], [101, 1], ["jt-2", 2], ["x01", 3]]
    plans, findings, _ = read(dossier(tmp_path, [plan(layout, sheet(tmp_path, rows))]))
    both = plans.projects[plans.projects["in_list"] & plans.projects["in_layout"]]
    assert list(both["project"]) == ["0101", "JT—2"]
    assert len(plans.projects) == 4
    assert list(findings["severity"]) == ["warning"] * 2


def test_of_many_sheets_the_one_with_a_list_is_taken_and_of_two_lists_none(tmp_path):
    entry = sheet(tmp_path, [["说明", "x"], ["a", "b"]])
    book = openpyxl.load_workbook(tmp_path / entry["path"])
    page = book.create_sheet("交通")
    for row in (HEAD, ["A", "甲", "", "", 1, 2026, 2027]):
        page.append(row)
    book.save(tmp_path / entry["path"])
    plans, findings, _ = read(dossier(tmp_path, [plan(None, entry)]))
    assert list(plans.projects["project"]) == ["A"] and len(findings) == 0
    book.copy_worksheet(page)
    book.save(tmp_path / entry["path"])
    plans, _, _ = read(dossier(tmp_path, [plan(None, entry)]))
    assert "more than one project list" in plans.missing["t"] and plans.unread == {"t"}


def test_years_of_investment_in_the_header_and_footers_do_not_mislead(tmp_path):
    head = [
        "项目编号（必填）",
        "项目\n名称*",
        "用地面积\n（亩）",
        "分年度投资",
        None,
        "建设时序",
        None,
    ]
    rows = [
        head,
        [None, None, None, 2026, 2027, "起", "止"],
        ["A", "甲", 15, 100, 200, 2026, 2028],
        head,
        ["B", "乙", 30, 100, 200, 2027, 2029],
        ["小  计", None, 45, 200, 400, None, None],
        ["填表人：某某", None, None, None, None, None, None],
        ["注：面积以实测为准", *["注：面积以实测为准"] * 6],
    ]
    merge = ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1")
    plans, findings, _ = read(dossier(tmp_path, [plan(None, sheet(tmp_path, rows, merge))]))
    got = plans.projects[["project", "listed_m2", "start", "end"]].values.tolist()
    assert got == [["A", pytest.approx(1e4), 2026, 2028], ["B", pytest.approx(2e4), 2027, 2029]]
    assert len(findings) == 0


def test_sums_merged_into_the_codes_and_projects_called_like_one_are_told_apart(tmp_path):
    rows = [HEAD, ["A", "汇总水库", "", "", 1, 2026, 2027], ["B", "合计", "", "", 2, 2026, 2027],
            ["合计", "合计", "", "", 3, "", ""], ["", "总计：", "", "", 3, "", ""]]  # fmt: skip
    plans, _, _ = read(dossier(tmp_path, [plan(None, sheet(tmp_path, rows))]))
    assert list(plans.projects["project"]) == ["A", "B"]


DAMAGED = [b"", b"PK\x03\x04junk", b"\x00\xff" * 300, b"SQLite format 3\0x"]


@pytest.mark.parametrize("content", DAMAGED)
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.gpkg", "a.geojson", "a.dbf"])
def test_a_damaged_file_of_one_plan_is_told_and_the_next_is_read(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    sectors = [plan({"path": name}, {"path": name}), {"id": "u", "layout": simple(tmp_path, ["A"])}]
    plans, findings, _ = read(dossier(tmp_path, sectors))
    assert set(plans.missing) == {"t"} and plans.unread == {"t"}
    assert name in plans.missing["t"] and rules(findings) == ["data.sector"]
    assert list(plans.projects["project"]) == ["A"]
