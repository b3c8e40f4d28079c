# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import io
import re
import time
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
import report_made
from openpyxl.utils import get_column_letter
from pianqu.layers.words import speaking
from pianqu.reports import rows
from pianqu.reports.cells import Book
from pianqu.reports.geopackage import moment
from pianqu.reports.workbook import write_table, write_workbook

EVIL = ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")', "\r=1"]


@pytest.fixture(scope="module")
def results():
    made = report_made.results()
    made.findings.loc[range(len(EVIL)), "message"] = EVIL
    made.findings["message"] = made.findings["message"].astype(object)
    made.findings.loc[len(EVIL), "message"] = "bell\x07 and nul\x00 and \ud800 end"
    made.findings.loc[len(EVIL) + 1, "message"] = "长" * 40_000
    return made


@pytest.fixture(scope="module")
def path(results, tmp_path_factory):
    return write_workbook(results, tmp_path_factory.mktemp("xlsx") / "report.xlsx")


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def columns(sheet):
    heads = [cell.value for cell in sheet[1]]
    rows = list(sheet.iter_rows(min_row=2))
    return {head: [row[place] for row in rows] for place, head in enumerate(heads)}


def test_sheets_are_named_in_chinese_by_default(book):
    assert book.sheetnames == [
        "总览", "指标", "问题清单", "问题图斑", "负面清单",
        "用地结构", "用地转移", "耕地台账", "数据来源",
    ]  # fmt: skip


def test_sheets_are_named_in_english_on_wish(results, tmp_path):
    with speaking("en"):
        path = write_workbook(results, tmp_path / "report.xlsx")
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    assert names[:4] == ["Summary", "Quotas", "Problem list", "Findings"]


def test_attribute_text_is_never_a_formula(book, path):
    cells = columns(book["问题图斑"])["问题描述"]
    seen = [
        cell for cell in cells if str(cell.value).lstrip("\t\r\n").startswith(("=", "+", "-", "@"))
    ]
    assert len(seen) == len(EVIL)
    for cell in seen:
        assert cell.data_type == "s" and cell.quotePrefix
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if "worksheets/sheet" in name]
        assert not any(b"<f>" in archive.read(name) for name in sheets)


def test_control_characters_go_and_endless_text_is_cut(book):
    messages = [cell.value for cell in columns(book["问题图斑"])["问题描述"]]
    assert "bell and nul and  end" in messages
    longest = max(messages, key=len)
    assert len(longest) == 32_767 and longest.endswith("…")


def test_numbers_are_numbers_with_two_decimals(book, results):
    cells = columns(book["指标"])["控制数（公顷）"]
    assert [cell.value for cell in cells if cell.value is not None] == [
        value for value in results.indicators["quota_ha"] if value == value
    ]
    assert {cell.number_format for cell in cells} == {"#,##0.00"}


def test_codes_stay_text(book):
    assert {cell.data_type for cell in columns(book["指标"])["单元代码"]} == {"s"}


def test_outcomes_bear_a_sign_and_a_colour(book):
    cells = columns(book["指标"])["结论"]
    looks = {(cell.value, cell.fill.fgColor.rgb) for cell in cells}
    assert {value for value, _ in looks} == {"✓ 达标", "△ 临界", "✗ 不达标", "○ 未检查"}
    assert len({colour for _, colour in looks}) == 4


def test_sheets_can_be_read_and_printed(book):
    for name in book.sheetnames[1:-1]:
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        head = sheet["A1"]
        assert head.font.bold and head.alignment.wrap_text and head.fill.fill_type == "solid"


def test_every_row_of_every_table_is_there(book, results):
    assert book["指标"].max_row == len(results.indicators) + 1
    assert book["问题图斑"].max_row == len(results.findings) + 1
    assert book["用地转移"].max_row == len(results.transfers) + 1


def test_a_table_longer_than_a_sheet_goes_on_in_the_next():
    made = Book()
    write_table(made, "transfers", pd.DataFrame({"unit": list("abcde")}), rows=2)
    made.book.save(io.BytesIO())
    assert made.book.sheetnames == ["用地转移", "用地转移续2", "用地转移续3"]


def written(folder, frame, **options):
    made = Book()
    write_table(made, "transfers", frame, **options)
    made.save(folder / "t.xlsx", moment("2026-01-02T03:04:05Z"))
    return openpyxl.load_workbook(folder / "t.xlsx").worksheets


def test_rows_written_in_several_goes_stand_one_below_the_other(monkeypatch, tmp_path):
    monkeypatch.setattr(rows, "_AT_ONCE", 3)
    parts = written(tmp_path, pd.DataFrame({"unit": list("abcdefghij")}), rows=7)
    seen = [[cell.value for cell in sheet["A"][1:]] for sheet in parts]
    assert seen == [list("abcdefg"), list("hij")]
    assert [cell.row for cell in parts[0]["A"]] == list(range(1, 9))


def test_every_kind_of_value_arrives_as_what_it_is(tmp_path):
    values = ["a<b>&\"c\"", "  led by spaces", "two\nlines", "back\rspace", "", None, True, 7,
              0.1 + 0.2, 1e-7, np.float64(2.5), float("nan"), float("inf"), 2**40]  # fmt: skip
    (sheet,) = written(tmp_path, pd.DataFrame({"unit": pd.Series(values, dtype=object)}))
    seen = [cell.value for cell in sheet["A"][1:]]
    assert seen == [*values[:4], None, None, "True", *values[7:11], None, None, 2**40]
    assert {cell.border.left.style for cell in sheet["A"][1:]} == {"thin"}


def test_fifty_thousand_findings_take_seconds_and_not_minutes(tmp_path):
    findings = report_made.results().findings.drop(columns="geometry")
    many = pd.concat([findings] * (50_000 // len(findings)), ignore_index=True)
    many["message"] = [f"{message} {row}" for row, message in enumerate(many["message"])]
    start = time.process_time()
    made = Book()
    write_table(made, "findings", many)
    made.save(tmp_path / "many.xlsx", moment(""))
    assert time.process_time() - start < 8  # cell objects took 18


def test_same_results_make_the_same_bytes_whatever_the_clock_says(results, path, tmp_path):
    time.sleep(2.1)  # a zip counts in steps of two seconds
    assert write_workbook(results, tmp_path / "r.xlsx").read_bytes() == path.read_bytes()


def test_the_summary_says_the_verdict_and_counts_the_clusters(book):
    text = "\n".join(str(cell.value) for row in book["总览"] for cell in row if cell.value)
    assert "不通过" in text and "柏梓片区" in text and "青堤片区" in text


def test_a_row_of_long_text_is_as_high_as_its_text_needs(tmp_path):
    frame = pd.DataFrame({"unit_name": ["短", "长" * 40, "x" * 40, "一\n二\n三"]})
    (sheet,) = written(tmp_path, frame)
    heights = [sheet.row_dimensions[row].height for row in range(2, 6)]
    width = sheet.column_dimensions["A"].width
    assert heights[0] is None and heights[3] == 45
    # A wide sign takes two columns' worth: forty of them need at least 80 / width lines.
    assert heights[1] >= 15 * 80 / width > heights[2] >= 15 * 40 / width


def test_no_row_is_higher_than_a_row_can_be(book):
    heights = [size.height or 0 for size in book["问题图斑"].row_dimensions.values()]
    assert max(heights) == 409


def test_cells_hold_what_they_show(results, tmp_path):
    changed = results.findings.assign(area_m2=1234.56789)
    made = dataclasses.replace(results, findings=changed)
    sheet = openpyxl.load_workbook(write_workbook(made, tmp_path / "r.xlsx"))["问题图斑"]
    assert {cell.value for cell in columns(sheet)["面积（平方米）"]} == {1234.57}


def test_findings_are_printed_as_far_as_one_can_read_them_and_grave_ones_first(book):
    sheet = book["问题图斑"]
    last = re.search(r":\$?([A-Z]+)", sheet.print_area)[1]
    letters = [get_column_letter(place) for place in range(1, 40)]
    printed = letters[: letters.index(last) + 1]
    assert sheet[f"{last}1"].value == "处理建议"
    assert sum(sheet.column_dimensions[letter].width for letter in printed) < 190
    seen = columns(sheet)
    rows_ = list(zip((c.value for c in seen["片区代码"]), (c.value[0] for c in seen["严重程度"])))
    assert rows_ == sorted(rows_, key=lambda row: (row[0], "■▲●".index(row[1])))


def test_a_default_of_our_own_is_no_legal_basis_in_the_workbook_either(book):
    heads = columns(book["负面清单"])
    assert "可信度" not in heads
    shown = {cell.value for cell in heads["依据"]}
    assert shown == {"基本农田保护条例", "待核（缺省规则，可编辑）"}


def test_sentences_of_the_summary_run_over_the_whole_sheet_and_wrap(book):
    sheet = book["总览"]
    lines = [row[0] for row in sheet if row[0].value and "按问题累计" in str(row[0].value)]
    assert lines and all(cell.alignment.wrap_text for cell in lines)
    merged = {merged.min_row for merged in sheet.merged_cells.ranges}
    assert {cell.row for cell in lines} <= merged
    text = [str(cell.value) for row in sheet for cell in row]
    assert "✗ 不通过" in text and "✗ 不达标" not in text
