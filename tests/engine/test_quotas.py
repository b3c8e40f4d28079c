# SPDX-License-Identifier: GPL-2.0-or-later
"""Quota tables as institutes keep them: headers, units of area, merged cells, encodings."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from input_county import VILLAGES
from pianqu.layers.dossier import Source, dossier_from
from pianqu.layers.errors import InputError
from pianqu.layers.notes import Notes
from pianqu.layers.quotas import read_quotas
from pianqu.layers.schema import UNIT_FIELDS
from pianqu.layers.standard import load_standard
from pianqu.layers.tables import _has_formulas, read_tables
from pianqu.layers.units import build_tree

TOWN, VILLAGE = "510799101", "510799101001"
DOSSIER = {
    "dossier": 1, "code": "510799", "crs": "EPSG:4544",
    "layers": {"units": {"path": "u.gpkg", "fields": {"code": "c"}}},
}  # fmt: skip

pytestmark = pytest.mark.english


@pytest.fixture(scope="module")
def standard():
    return load_standard("cn-2023")


@pytest.fixture
def quotas(tmp_path, standard):
    def _read(
        rows, name="q.xlsx", merge=(), encoding="utf-8", given=UNIT_FIELDS, more=(), **source
    ):
        path = tmp_path / name
        if name.endswith(".xlsx"):
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(row)
            for area in merge:
                book.active.merge_cells(area)
            book.save(path)
        else:
            text = "\r\n".join(",".join(str(cell) for cell in row) for row in rows)
            path.write_bytes(text.encode(encoding))
        return run(path, standard, tmp_path, given, more, **source)

    return _read


def run(path, standard, folder, given=UNIT_FIELDS, more=(), **source):
    units = pd.DataFrame([*VILLAGES, *more], columns=list(UNIT_FIELDS), dtype=object)
    tree, _ = build_tree(units, "510799", "示例县", given)
    notes = Notes(dossier_from(DOSSIER, folder), standard, "EPSG:4544")
    table = read_quotas(Source(str(path), **source), tree, standard, notes, "d.yaml")
    messages = [text for found in notes.tables for text in found["message"]]
    return table, messages


def values(table):
    return {(r.level, r.unit, r.indicator): r.quota_ha for r in table.itertuples()}


CONTRACT = [
    ["unit", "indicator", "quota_ha", "reserve_ha"],
    ["510799", "farmland", 400.5, None],
    [TOWN, "construction", 30, 1.5],
]


@pytest.mark.parametrize("name", ["q.xlsx", "q.csv"])
def test_the_contracts_columns_are_read(quotas, name):
    rows = [["" if cell is None else cell for cell in row] for row in CONTRACT]
    table, messages = quotas(rows, name)
    assert values(table) == {
        ("county", "510799", "farmland"): 400.5, ("town", TOWN, "construction"): 30,
    }  # fmt: skip
    assert table["reserve_ha"].iloc[1] == 1.5 and np.isnan(table["reserve_ha"].iloc[0])
    assert messages == [] and list(table.columns) == [
        "level", "unit", "indicator", "quota_ha", "reserve_ha",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_chinese_csv_is_read_in_any_encoding(quotas, encoding):
    rows = [
        ["单位", "指标", "指标值（公顷）"],
        ["青山镇", "耕地保有量", "１２.５"],
        ["示例县", "城乡建设用地规模", '"1,200"'],
    ]
    table, messages = quotas(rows, "q.csv", encoding=encoding)
    assert values(table) == {
        ("town", TOWN, "farmland"): 12.5, ("county", "510799", "construction"): 1200,
    }  # fmt: skip
    assert messages == []


@pytest.mark.parametrize(
    ("head", "hectares"),
    [("指标值（公顷）", 30.0), ("下达指标(亩)", 2.0), ("规划指标（万亩）", 20_000.0),
     ("控制数（公顷）", 30.0), ("任务数（亩）", 2.0),
     ("目标值(平方米)", 0.003), ("指标值（平方公里）", 3000.0), ("规划指标(ha)", 30.0)],
)  # fmt: skip
def test_the_headers_unit_of_area_counts(quotas, head, hectares):
    table, _ = quotas([["行政区", "指标名称", head], ["甲村", "耕地保有量", 30]])
    assert table["quota_ha"][0] == pytest.approx(hectares, rel=1e-12)


def test_titles_above_the_header_and_their_unit_of_area_count(quotas):
    rows = [
        ["示例县2035年规划指标分解表", None, None, None],
        [None, None, None, "单位：亩"],
        ["行政区代码", "行政区名称", "指标名称", "指标值"],
        [TOWN, "青山镇", "耕地保有量", 150],
    ]
    table, messages = quotas(rows, merge=["A1:D1"])
    assert values(table) == {("town", TOWN, "farmland"): 10.0} and messages == []


def test_a_wide_table_with_two_header_rows_is_read(quotas):
    rows = [
        ["单位", "耕地保有量", None, "城乡建设用地规模", None],
        [None, "下达指标（公顷）", "2020年现状", "下达指标（公顷）", "机动指标（公顷）"],
        ["东片区", 100, None, 20, 1],
        ["西片区", 110, 99, None, None],
    ]
    table, messages = quotas(rows, merge=["A1:A2", "B1:C1", "D1:E1"])
    assert values(table) == {
        ("cluster", "P1", "farmland"): 100, ("cluster", "P1", "construction"): 20,
        ("cluster", "P2", "farmland"): 110,
    }  # fmt: skip
    assert table["reserve_ha"].iloc[0] == 1 and messages == []


def test_a_group_heading_above_the_indicators_is_read(quotas):
    rows = [
        ["乡镇", "约束性指标（亩）", None],
        [None, "耕地保有量", "永久基本农田保护面积"],
        ["青山镇", 15, 30],
    ]
    for merge in (["A1:A2", "B1:C1"], []):
        table, messages = quotas(rows, merge=merge)
        assert values(table) == {
            ("town", TOWN, "farmland"): 1.0, ("town", TOWN, "basic_farmland"): 2.0,
        }  # fmt: skip
        assert messages == []


def test_a_unit_merged_over_its_rows_counts_for_each(quotas):
    rows = [["单位", "指标", "指标值（公顷）"], ["甲村", "farmland", 1], [None, "redline", 2]]
    for merge in (["A2:A3"], []):
        table, _ = quotas(rows, merge=merge)
        assert values(table) == {
            ("village", VILLAGE, "farmland"): 1, ("village", VILLAGE, "redline"): 2,
        }  # fmt: skip


def test_a_code_kept_as_a_number_is_found(quotas):
    table, messages = quotas([CONTRACT[0], [510799101.0, "farmland", 1, None]])
    assert values(table) == {("town", TOWN, "farmland"): 1} and messages == []


def test_a_code_of_two_levels_counts_for_both_unless_the_table_says(quotas):
    rows = [["unit", "indicator", "quota_ha", "level"], ["510799", "farmland", 5, ""]]
    table, _ = quotas(rows, given=("code", "name"))
    assert set(table["level"]) == {"county", "cluster"}
    rows[1][3] = "县"
    assert set(quotas(rows, given=("code", "name"))[0]["level"]) == {"county"}


def test_an_ambiguous_name_names_the_candidates(quotas):
    twin = ("510799102003", "甲村", "510799102", "绿水镇", "P2", "西片区")
    table, messages = quotas(
        [["单位", "指标", "指标值（公顷）"], ["甲村", "耕地保有量", 1]], more=[twin]
    )
    assert table.empty
    assert VILLAGE in messages[0] and "510799102003" in messages[0] and "row 2" in messages[0]


def test_a_code_settles_what_the_name_leaves_open(quotas):
    twin = ("510799102003", "甲村", "510799102", "绿水镇", "P2", "西片区")
    rows = [["代码", "名称", "指标", "指标值（公顷）"], ["510799102003", "甲村", "耕地保有量", 1]]
    assert values(quotas(rows, more=[twin])[0]) == {("village", "510799102003", "farmland"): 1}


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (["丁家村", "farmland", 1], ["row 3", "丁家村", "丁村"]),
        (["甲村", "farmlnd", 1], ["row 3", "farmlnd", "farmland"]),
        (["甲村", "farmland", "约20"], ["row 3", "约20"]),
        (["甲村", "farmland", -1], ["row 3", "-1"]),
        (["甲村", "farmland", "inf"], ["row 3", "inf"]),
        (["甲村", "farmland", "nan"], ["row 3", "nan"]),
        (["甲村", "farmland", "1e309"], ["row 3", "1e309"]),
        (["甲村", "farmland", "1_000"], ["row 3", "1_000"]),
        (["甲村", "farmland", "=B1*2"], ["row 3", "=B1*2"]),
        (["合计", "farmland", 9], ["row 3", "total"]),
    ],
)
def test_a_row_that_is_not_understood_is_told_and_left_out(quotas, row, named):
    table, messages = quotas([["单位", "指标", "指标值（公顷）"], ["乙村", "farmland", 1], row])
    assert len(table) == 1 and len(messages) == 1
    for word in ["q.xlsx/Sheet", *named]:
        assert word in messages[0]


@pytest.mark.parametrize("reserve", ["inf", "nan", -2, "-1%"])
def test_a_reserve_that_is_no_amount_takes_its_row_along(quotas, reserve):
    table, messages = quotas([CONTRACT[0], [TOWN, "farmland", 30, reserve]], name="q.csv")
    assert table.empty and len(messages) == 1 and str(reserve) in messages[0]


def test_a_code_and_a_name_at_odds_are_told_and_the_row_is_left_out(quotas):
    head = ["代码", "名称", "指标", "指标值（公顷）"]
    table, messages = quotas(
        [head, ["P1", "西片区", "farmland", 1], ["P2", "西片区", "farmland", 2]]
    )
    assert values(table) == {("cluster", "P2", "farmland"): 2}
    assert len(messages) == 1 and "row 2" in messages[0] and "different units" in messages[0]
    assert "P1" in messages[0] and "P2" in messages[0]


def test_a_decimal_comma_after_a_zero_is_no_thousand(quotas):
    rows = [["unit", "indicator", "quota_ha"], [TOWN, "farmland", "0,125"]]
    assert values(quotas(rows)[0]) == {("town", TOWN, "farmland"): 0.125}


@pytest.mark.parametrize("blank", [None, "-", "—", "/"])
def test_a_blank_quota_is_none(quotas, blank):
    head = ["单位", "耕地保有量（公顷）", "生态保护红线面积（公顷）"]
    table, messages = quotas([head, ["甲村", 1, blank]])
    assert values(table) == {("village", VILLAGE, "farmland"): 1} and messages == []


def test_rows_that_contradict_each_other_are_told_and_none_is_taken(quotas):
    rows = [["unit", "indicator", "quota_ha"], ["甲村", "farmland", 1], [VILLAGE, "耕地保有量", 2]]
    table, messages = quotas(rows)
    assert table.empty and "rows 2, 3" in messages[0]
    rows[2][2] = 1
    assert len(quotas(rows)[0]) == 1


def test_a_remark_under_the_table_is_no_row(quotas):
    rows = [
        ["unit", "indicator", "quota_ha"],
        ["甲村", "farmland", 1],
        [],
        [None, None, None, "注"],
    ]
    table, messages = quotas(rows)
    assert len(table) == 1 and messages == []


def test_a_table_without_a_header_says_what_it_found(quotas):
    with pytest.raises(InputError, match="项目"):
        quotas([["项目", "金额"], ["a", 1]])


def test_the_dossier_may_name_the_columns(quotas):
    rows = [["镇", "种类", "数"], ["青山镇", "耕地保有量", 7]]
    fields = {"unit": "镇", "indicator": "种类", "quota_ha": "数"}
    assert values(quotas(rows, fields=fields)[0]) == {("town", TOWN, "farmland"): 7}
    with pytest.raises(InputError, match=r"数量.*数"):
        quotas(rows, fields={**fields, "quota_ha": "数量"})


def test_the_sheet_with_the_quotas_is_found(tmp_path, standard):
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    for row in CONTRACT:
        book.create_sheet("指标") if "指标" not in book.sheetnames else None
        book["指标"].append(row)
    book.save(tmp_path / "q.xlsx")
    assert len(run(tmp_path / "q.xlsx", standard, tmp_path)[0]) == 2
    with pytest.raises(InputError, match="指标"):
        run(tmp_path / "q.xlsx", standard, tmp_path, layer="指标2")
    book.copy_worksheet(book["指标"])
    book.save(tmp_path / "q.xlsx")
    with pytest.raises(InputError, match=r"quotas\.layer"):
        run(tmp_path / "q.xlsx", standard, tmp_path)
    assert len(run(tmp_path / "q.xlsx", standard, tmp_path, layer="指标")[0]) == 2


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_table_in_a_container_is_read(tmp_path, standard):
    frame = pd.DataFrame(CONTRACT[1:], columns=CONTRACT[0])
    gpd.GeoDataFrame(frame, geometry=[None, None]).to_file(tmp_path / "c.gpkg", layer="quotas")
    table, messages = run(tmp_path / "c.gpkg", standard, tmp_path, layer="quotas")
    assert len(table) == 2 and messages == []


def test_a_missing_table_names_the_tables_there_are(tmp_path, standard):
    (tmp_path / "quotas.csv").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"quota\.xlsx.*quotas\.csv"):
        run(tmp_path / "quota.xlsx", standard, tmp_path)


def test_a_damaged_workbook_is_refused(tmp_path, standard):
    (tmp_path / "q.xlsx").write_bytes(b"PK nothing")
    with pytest.raises(InputError, match=r"q\.xlsx"):
        run(tmp_path / "q.xlsx", standard, tmp_path)


def test_an_old_workbook_wants_saving_anew(tmp_path, standard):
    (tmp_path / "q.xls").write_bytes(b"x")
    with pytest.raises(InputError, match="xlsx"):
        run(tmp_path / "q.xls", standard, tmp_path)


MU = 1 / 15


@pytest.mark.parametrize(
    "below",
    [
        ["（亩）", "（亩）", "（亩）"],
        ["亩", "亩", "亩"],
        ["面积（亩）", "保护面积（亩）", "规模（亩）"],
    ],
)
@pytest.mark.parametrize(
    "above",
    [
        ["耕地保有量", "永久基本农田保护面积", "城乡建设用地规模"],
        ["耕地保有量", "永久基本农田", "城乡建设用地"],
    ],
)
def test_a_unit_of_area_in_the_lower_heading_row_counts(quotas, above, below):
    rows = [
        ["指标分解表（2035年）"],
        ["行政区", *above],
        [None, *below],
        ["东片区", 3000, 1500, 300],
    ]
    table, messages = quotas(rows, merge=["A2:A3"])
    got = dict(zip(table["indicator"], table["quota_ha"]))
    wanted = {"farmland": 3000 * MU, "basic_farmland": 1500 * MU, "construction": 300 * MU}
    assert got == pytest.approx(wanted)
    assert messages == []


def test_a_column_of_numbers_under_no_indicators_name_is_told(quotas):
    rows = [["序号", "行政区", "耕地保有量（亩）", "生态管控地（亩）", "备注"],
            [1, "东片区", 3000, 70, 5]]  # fmt: skip
    table, (told,) = quotas(rows)
    assert table["indicator"].tolist() == ["farmland"]
    assert "生态管控地（亩）" in told
    assert "1 numbers" in told


@pytest.mark.parametrize("how", ["plain", "newline", "prefix", "elsewhere"])
def test_a_formula_without_a_value_is_found_however_it_is_written(how, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["unit", "quota"])
    book.active.append(["P1", "=1+1"])
    path = tmp_path / "q.xlsx"
    book.save(path)
    written = {"plain": b"<f>", "newline": b"<f\n>", "prefix": b"<x-y:f>", "elsewhere": b"<f>"}[how]
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "n.xlsx", "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"<f>", written)
            new.writestr(
                name.replace("worksheets", "pages") if how == "elsewhere" else name, content
            )
    assert _has_formulas(tmp_path / "n.xlsx")
    if how in ("plain", "newline"):
        (table,) = read_tables(Source(str(tmp_path / "n.xlsx")), "d.yaml")
        assert table.rows[1] == ["P1", "=1+1"]


def test_a_workbook_without_formulas_is_known_as_one(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["unit", "f", "<f>"])
    book.save(tmp_path / "q.xlsx")
    assert not _has_formulas(tmp_path / "q.xlsx")
