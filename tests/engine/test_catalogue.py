# SPDX-License-Identifier: GPL-2.0-or-later
"""The sector plans in a workbook: a row a plan, the same checks as the dossier's own list."""

from __future__ import annotations

import pytest
import yaml
from pianqu.layers.catalogue import HEADINGS
from pianqu.layers.dossier import content_of, dossier_from, read_dossier, write_dossier
from pianqu.layers.errors import InputError
from pianqu.layers.schema import LAYOUT_FIELDS, PROJECT_FIELDS
from pianqu.layers.sector_palette import PALETTE, colour_of
from sector_input import CRS, dossier, layer, patch, project, read, sheet

CHINESE = [
    "标识", "规划名称", "主管部门", "布局图文件", "图层", "项目编号字段", "项目名称字段",
    "用地代码字段", "开工年字段", "完工年字段", "宽度（米或字段）", "颜色", "项目库文件",
    "项目库表", "项目库字段：项目编号", "项目库字段：项目名称", "项目库字段：建设内容",
    "项目库字段：建设标准", "项目库字段：用地面积",
    "项目库字段：开工年", "项目库字段：完工年", "项目库字段：用地代码", "备注",
]  # fmt: skip
ENGLISH = [
    "id", "name", "department", "layout file", "layout layer", "project field", "name field",
    "use field", "start field", "end field", "width", "colour", "projects file", "projects sheet",
    "projects project field", "projects name field", "projects content field",
    "projects standard field", "projects area field", "projects start field",
    "projects end field", "projects use field", "remark",
]  # fmt: skip
ROW = [
    "transport", "交通运输专项规划", "交通运输局", "s.gpkg", "roads", "XMBH", "XMMC", "YDLB",
    "KSND", "JSND", 12, "#1F77B4", "p.xlsx", "交通", "编号", "名称", "内容", "标准", "面积", "起",
    "止", "用途", "草案",
]  # fmt: skip
ENTRY = {
    "id": "transport", "name": "交通运输专项规划", "department": "交通运输局", "colour": "#1f77b4",
    "layout": {
        "path": "s.gpkg", "layer": "roads", "width_m": 12.0,
        "fields": {"project": "XMBH", "name": "XMMC", "use": "YDLB", "start": "KSND",
                   "end": "JSND"},
    },
    "projects": {
        "path": "p.xlsx", "layer": "交通",
        "fields": {"project": "编号", "name": "名称", "content": "内容", "standard": "标准",
                   "area_ha": "面积", "start": "起", "end": "止", "use": "用途"},
    },
}  # fmt: skip
BARE = {
    "dossier": 1, "code": "510799", "crs": CRS,
    "layers": {"units": {"path": "county.gpkg", "fields": {"code": "XZQDM"}}},
}  # fmt: skip

pytestmark = pytest.mark.english


def listed(folder, rows, merge=(), **more):
    folder.mkdir(exist_ok=True, parents=True)
    entry = sheet(folder, rows, merge, file="plans.xlsx", title="目录")
    return dossier(folder, {**entry, **more})


def refusal(folder, rows) -> str:
    with pytest.raises(InputError) as caught:
        listed(folder, rows)
    return str(caught.value)


@pytest.mark.parametrize("head", [CHINESE, ENGLISH], ids=["chinese", "english"])
def test_a_row_says_all_that_an_entry_of_the_list_says(tmp_path, head):
    by_list = dossier(tmp_path, [ENTRY])
    assert listed(tmp_path, [head, ROW]).sectors == by_list.sectors
    assert listed(tmp_path, [head, ROW], layer="目录").sectors == by_list.sectors


def test_every_field_of_layout_and_list_has_headings():
    keys = {key for key, _ in HEADINGS.values()}
    assert {f"layout.fields.{one}" for one in LAYOUT_FIELDS} <= keys
    assert {f"projects.fields.{one}" for one in PROJECT_FIELDS} <= keys


def test_group_headings_over_the_columns_are_understood(tmp_path):
    rows = [
        ["专项规划目录", *[None] * 8],
        ["编号", "规划名称", "部门", "布局图", None, None, "项目库", None, None],
        [None, None, None, "文件", "图层", "项目编号字段", "文件", "工作表", "用地面积字段"],
        ["t", "交通", "交通局", "s.gpkg", "roads", "XMBH", "p.xlsx", "交通", "YDMJ"],
    ]
    merge = ("A1:I1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:I2")
    one = listed(tmp_path, rows, merge).sectors[0]
    assert (one.layout.layer, one.layout.fields) == ("roads", {"project": "XMBH"})
    assert (one.projects.layer, one.projects.fields) == ("交通", {"area_ha": "YDMJ"})


def test_paths_are_relative_to_the_catalogue(tmp_path):
    sheet(tmp_path, [["id", "file"], ["t", "s.gpkg"]], file="plans.xlsx")
    (tmp_path / "sub").mkdir()
    (tmp_path / "plans.xlsx").rename(tmp_path / "sub" / "plans.xlsx")
    given = dossier_from({**BARE, "sectors": {"path": "sub/plans.xlsx"}}, tmp_path)
    assert given.sectors[0].layout.path == str(tmp_path / "sub" / "s.gpkg")
    assert str(tmp_path / "sub" / "plans.xlsx") in [one.path for one in given.sources]


def test_a_csv_in_the_encoding_of_a_chinese_spreadsheet_serves_too(tmp_path):
    text = "标识,部门,文件,图层,宽度\nt,交通局,s.gpkg,roads,KD\n,,,,\nu,水利局,s.gpkg,water,\n"
    (tmp_path / "plans.csv").write_bytes(text.encode("gb18030"))
    first, second = dossier(tmp_path, {"path": "plans.csv"}).sectors
    assert (first.id, first.department, first.width_m) == ("t", "交通局", "KD")
    assert (second.id, second.width_m, second.projects) == ("u", None, None)


def test_notes_blank_rows_and_merged_departments_are_no_plans(tmp_path):
    rows = [["id", "部门", "文件"], ["a", "农业局", "a.shp"], ["b", None, "b.shp"],
            [None, None, None], ["注：以上为一期", None, None]]  # fmt: skip
    sectors = listed(tmp_path, rows, ("B2:B3",)).sectors
    assert [(one.id, one.department) for one in sectors] == [("a", "农业局"), ("b", "农业局")]


def remarks(folder, rows):
    return listed(folder, rows).remarks


def test_a_heading_that_is_spelt_wrong_is_told_with_the_nearest(tmp_path):
    told = remarks(tmp_path, [["标识", "主管部们", "布局图文件"], ["t", "x", "s.gpkg"]])
    assert [severity for severity, _ in told] == ["warning"]
    said = told[0][1]
    assert "plans.xlsx/目录" in said and "row 1" in said
    assert "主管部们" in said and "主管部门" in said
    told = remarks(tmp_path, [["id", "departmnt", "layout file"], ["t", "x", "s.gpkg"]])
    assert "department" in told[0][1]


def test_numbers_of_rows_and_columns_of_no_concern_are_left_out(tmp_path):
    rows = [["序号", "标识", "文件", "联系电话", "审批状态", "备注"],
            [1, "a", "a.shp", "123", "已批", ""], [2, "b", "b.shp", "", "", "草案"]]  # fmt: skip
    given = listed(tmp_path, rows)
    assert [(one.id, one.layout.path.endswith("a.shp")) for one in given.sectors] == [
        ("a", True), ("b", False),
    ]  # fmt: skip
    assert [severity for severity, _ in given.remarks] == ["info", "info"]
    assert "联系电话" in given.remarks[0][1] and "审批状态" in given.remarks[1][1]


@pytest.mark.parametrize("total", [
    ["合计", "", "2 个规划", ""], ["", "合计", "", ""], ["", "总  计", "2", "40"],
    ["小计（个）", "", "", "2"],
])  # fmt: skip
def test_a_row_of_totals_is_no_plan(tmp_path, total):
    rows = [
        ["序号", "标识", "名称", "文件"],
        [1, "a", "甲", "a.shp"],
        [2, "b", "乙", "b.shp"],
        total,
    ]
    assert [one.id for one in listed(tmp_path, rows).sectors] == ["a", "b"]


def test_without_a_column_of_ids_the_names_serve(tmp_path):
    rows = [["序号", "规划名称", "布局图文件"], [1, "交通规划", "a.shp"], ["合计", "", ""]]
    given = listed(tmp_path, rows)
    assert [(one.id, one.name) for one in given.sectors] == [("交通规划", "交通规划")]
    assert given.remarks[0][0] == "info" and "id" in given.remarks[0][1]


def test_what_was_left_out_of_the_catalogue_is_a_finding(tmp_path):
    layer(tmp_path, "roads", [patch(0, 0)], XMBH=["A"], YDLB=["1202"])
    rows = [["标识", "文件", "图层", "电话"], ["t", "sectors.gpkg", "roads", "1"]]
    _, findings, _ = read(listed(tmp_path, rows))
    assert findings["rule"].tolist() == ["data.sector"]
    assert findings[["severity", "subject_layer"]].values.tolist() == [["info", "sectors"]]


def test_two_columns_of_one_meaning_are_refused(tmp_path):
    said = refusal(tmp_path, [["id", "文件", "布局图文件"], ["t", "a", "b"]])
    assert "布局图文件" in said and "layout.path" in said


@pytest.mark.parametrize("row,words", [
    (["", "s.gpkg", "", ""], ("row 3", "id")),
    (["a", "s.gpkg", "", ""], ("id a",)),
    (["b", "s.gpkg", "red", ""], ("row 3.colour", "red", "#1f77b4")),
    (["b", "s.gpkg", "", -1], ("row 3.layout.width_m", "-1")),
    (["b", "", "", 3], ("row 3.layout.path",)),
])  # fmt: skip
def test_a_row_goes_through_the_checks_of_the_list(tmp_path, row, words):
    said = refusal(tmp_path, [["id", "文件", "颜色", "宽度"], ["a", "a.shp", "", ""], row])
    assert all(word in said for word in words) and "plans.xlsx" in said


def test_a_table_that_is_no_catalogue_is_refused_with_what_it_says(tmp_path):
    said = refusal(tmp_path, [["单位", "指标"], ["a", "b"]])
    assert "no header" in said and "单位" in said
    assert "lists no sector plan" in refusal(tmp_path, [["id", "文件"]])
    with pytest.raises(InputError, match=r"no\.xlsx"):
        dossier(tmp_path, {"path": "no.xlsx"})


def test_the_dossier_refuses_other_keys_beside_a_catalogue(tmp_path):
    with pytest.raises(InputError, match=r"sectors\.leyer.*layer"):
        listed(tmp_path, [["id", "文件"], ["a", "a.shp"]], leyer="目录")
    with pytest.raises(InputError, match=r"sectors\.path"):
        dossier(tmp_path, {"layer": "目录"})


def test_both_forms_are_written_as_they_were_read(tmp_path):
    (tmp_path / "copy").mkdir()
    by_table = listed(tmp_path, [CHINESE, ROW])
    by_list = dossier(tmp_path, [ENTRY, {"id": "none"}])
    for number, given in enumerate((by_table, by_list)):
        file = tmp_path / "copy" / f"{number}.yaml"
        write_dossier(given, file)
        again = read_dossier(file)
        assert again.sectors == given.sectors and again.catalogue == given.catalogue
        assert content_of(again, file.parent) == content_of(given, file.parent)
    table, entries = (
        yaml.safe_load((tmp_path / "copy" / f"{n}.yaml").read_text(encoding="utf-8"))["sectors"]
        for n in (0, 1)
    )
    assert table == {"path": "../plans.xlsx"}
    assert entries[0]["layout"]["path"] == "../s.gpkg" and entries[0]["colour"] == "#1f77b4"
    assert entries[1] == {"id": "none"}


def test_a_width_of_zero_stays_zero_and_is_no_width_left_out(tmp_path):
    entry = {"id": "t", "layout": {"path": "s.gpkg", "width_m": 0}}
    given = dossier(tmp_path, [entry])
    assert given.sectors[0].width_m == 0
    assert content_of(given, tmp_path)["sectors"][0]["layout"]["width_m"] == 0


@pytest.mark.parametrize("colour", ["#12345", "red", "1f77b4", "#1f77bg", "#1f77b400"])
def test_a_colour_that_is_none_is_refused(tmp_path, colour):
    with pytest.raises(InputError, match=r"sectors\[1\]\.colour"):
        dossier(tmp_path, [{"id": "t", "colour": colour}])


def test_plans_without_a_colour_take_the_palettes_by_their_order(tmp_path):
    sectors = [{"id": "a"}, {"id": "b", "colour": "#ABCDEF"}, {"id": "c", "colour": ""}]
    plans, _, _ = read(dossier(tmp_path, sectors))
    assert list(plans.sectors["colour"]) == [PALETTE[0], "#abcdef", PALETTE[2]]


def test_the_palettes_colours_all_differ():
    colours = [colour_of(number) for number in range(60)]
    assert len(set(colours)) == 60 and all(len(one) == 7 and one[0] == "#" for one in colours)
    rgb = [[int(one[i : i + 2], 16) for i in (1, 3, 5)] for one in PALETTE]
    nearest = min(
        sum((a - b) ** 2 for a, b in zip(one, other)) ** 0.5
        for i, one in enumerate(rgb) for other in rgb[:i]
    )  # fmt: skip
    assert nearest > 30


def test_plans_of_a_catalogue_are_read_like_those_of_the_list(tmp_path):
    layer(tmp_path, "roads", [patch(0, 0)], XMBH=["A"], XMMC=["路"], YDLB=["1202"])
    sheet(tmp_path, [["项目编号", "用地面积（公顷）"], ["A", 1]])
    rows = [["标识", "规划名称", "文件", "图层", "项目编号字段", "项目库文件", "项目库表"],
            ["t", "交通", "sectors.gpkg", "roads", "", "projects.xlsx", "项目库"]]  # fmt: skip
    plans, findings, inputs = read(listed(tmp_path, rows))
    one = project(plans, "A")
    assert (one["name"], one["use"], one["listed_m2"]) == ("路", "1202", 10_000)
    assert len(findings) == 0
    assert [entry["role"] for entry in inputs] == ["sectors", "sector:t", "sector:t"]
