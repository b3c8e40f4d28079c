# SPDX-License-Identifier: GPL-2.0-or-later
"""Every cell and every text of a small run's Chinese books and pages speaks Chinese."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
import sample_county
import yaml
from pianqu.checks.quality.run import check_data
from pianqu.checks.run import compute
from pianqu.layers.words import speaking
from pianqu.reports.data_results import write_data_results
from pianqu.reports.geopackage import write_geopackage
from pianqu.reports.html import write_html
from pianqu.reports.meeting import write_meeting
from pianqu.reports.runfile import write_run
from pianqu.reports.workbook import write_workbook

WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9_.:/-]*")
NOTHING = re.compile(r"\b(None|nan|NaN|NaT|True|False|null)\b|<NA>")
LONG = re.compile(r"\d\.\d{5,}")
# Columns whose business are ids: whoever filters or joins by them needs them as they are.
IDS = {"指标代号", "规则", "编号", "地类代号", "转出代号", "转入代号", "台账代号", "控制区代号",
       "规划标识", "专项规划甲", "专项规划乙"}  # fmt: skip
CODE = re.compile(r"[A-Z]{2}\d{4}")  # of projects
NAMES = re.compile(
    r"(EPSG:\d+|UTF-8|UTC|QGIS|[AB]\d?|cn-2023|[a-z_]+\.(gpkg|xlsx|json|yaml|csv)(/\w+)?|[A-Z]{4,}"
    r"|[0-9a-f]{16}|TDDC3D|xx|4xxx|51xx|Loowoo|(ATTR|CALC|CTRL|QUOTA|MERGE)-\d\d)"
)
LIBRARIES = {"geopandas", "geos", "numpy", "pandas", "pianqu", "pyogrio", "pyproj", "python",
             "shapely", "gdal", "numba", "sqlite"}  # fmt: skip
# The code table as the dossier calls it, and the dossier's own keys where it is told to name them.
KEYS = {"sandiao", "landuse-2023", "delivered.units", "delivered.farmland", "delivered.redline",
        "delivered.boundary"}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Check a faulty county in Chinese, and write every paper there is of it."""
    county = sample_county.written(500, 7, True)
    folder = tmp_path_factory.mktemp("papers")
    with speaking("zh"):
        results = compute(county.dossier)
        write_html(results, folder / "report.html")
        write_workbook(results, folder / "report.xlsx")
        write_geopackage(results, folder / "results.gpkg")
        write_run(results.run, folder / "run.json")
        for name in ("meeting", "data"):
            (folder / name).mkdir()
        write_meeting(folder, "", folder / "meeting")
        write_data_results(check_data(county.dossier), folder / "data")
    return folder, _own(county.dossier)


def _own(dossier: Path) -> set[str]:
    """Gather the words that the dossier itself brings: ids, layers, fields."""
    return set(WORD.findall(yaml.safe_dump(yaml.safe_load(dossier.read_text(encoding="utf-8")))))


def strangers(text: str, own: set[str]) -> list[str]:
    """List what a Chinese reader would not take for a name in a text."""
    words = [one.rstrip(".:/-") for one in WORD.findall(text)]
    return [
        one
        for one in words
        if not NAMES.fullmatch(one)
        and not CODE.fullmatch(one)
        and one not in KEYS | LIBRARIES
        and one not in own
    ]


BOOKS = ("report.xlsx", "meeting/meeting.xlsx", "data/findings.xlsx")


@pytest.mark.parametrize("name", BOOKS)
def test_no_cell_of_a_chinese_book_is_english_or_a_value_of_the_program(made, name):
    folder, own = made
    book = openpyxl.load_workbook(folder / name)
    told, seen = [], 0
    for sheet in book:
        source = sheet.title == "数据来源"  # names the dossier's layers and fields
        heads: dict[int, str] = {}
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            for place, value in enumerate(row):
                heads.setdefault(place, str(value))
                if value is None or type(value) in (int, float):
                    continue
                seen += 1
                if number and heads[place] in IDS:
                    continue
                text = str(value)
                bad = strangers(text, own if source else set())
                bad += NOTHING.findall(text) + LONG.findall(text)
                told += [(sheet.title, heads[place], text, bad)] if bad else []
    assert seen > 100
    assert told == []


@pytest.mark.parametrize("name", BOOKS)
def test_every_number_of_a_book_is_as_short_as_it_is_shown(made, name):
    folder, _ = made
    for sheet in openpyxl.load_workbook(folder / name):
        for row in sheet.iter_rows(values_only=True):
            for value in row:
                if isinstance(value, float):
                    assert round(value, 4) == value, (sheet.title, value)


class Texts(HTMLParser):
    """Gathers what a page shows: its texts and the titles of its figures."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped, self.found = 0, []

    def handle_starttag(self, tag, attrs):
        self.skipped += tag in ("style", "script")
        self.found += [value for name, value in attrs if name in ("title", "alt", "aria-label")]

    def handle_endtag(self, tag):
        self.skipped -= tag in ("style", "script")

    def handle_data(self, data):
        if not self.skipped and data.strip():
            self.found.append(data)


@pytest.mark.parametrize("name", ["report.html", "meeting/meeting.html"])
def test_no_text_of_a_chinese_page_is_english_or_a_value_of_the_program(made, name):
    folder, own = made
    page = Texts()
    page.feed((folder / name).read_text(encoding="utf-8"))
    source = own if name == "report.html" else set()  # its last part names layers and fields
    told = {
        text: bad
        for text in page.found
        for bad in [strangers(text, source) + NOTHING.findall(text) + LONG.findall(text)]
        if bad
    }
    assert len(page.found) > 100
    assert told == {}


def test_the_english_book_has_no_chinese_heading_and_no_chinese_word_of_ours(tmp_path):
    """Chinese stays where the data are Chinese: names, and what the law is called."""
    county = sample_county.written(500, 7, True)
    with speaking("en"):
        write_workbook(compute(county.dossier), tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    worded = ("Level", "Outcome", "Severity", "Verdict", "Status", "Unit of measure", "Direction",
              "Class name", "From class", "To class", "Kind of problem", "Land uses")  # fmt: skip
    for sheet in book:
        assert not re.search("[一-鿿]", sheet.title)
        rows = list(sheet.iter_rows(values_only=True))
        if sheet.title in ("Summary", "Provenance"):
            continue
        for place, head in enumerate(rows[0]):
            assert not re.search("[一-鿿]", str(head))
            if head in worded:
                shown = {str(row[place]) for row in rows[1:] if row[place] is not None}
                assert not [one for one in shown if re.search("[一-鿿]", one)], (sheet.title, head)


def test_what_is_left_of_a_project_and_its_use_are_told_in_words(made):
    folder, _ = made
    sheet = openpyxl.load_workbook(folder / "report.xlsx")["专项冲突"]
    rows = list(sheet.iter_rows(values_only=True))
    shown = {head: [row[place] for row in rows[1:]] for place, head in enumerate(rows[0])}
    assert {one for one in shown["本项目剩余是否够用"] if one} <= {"是", "否"}
    assert {one for one in shown["计量单位"] if one} <= {"平方米", "公顷", "米"}
    uses = [one for one in shown["本项目用途"] if one]
    assert uses and all(re.fullmatch(r"\d{2,6} [一-鿿（）]+", one) for one in uses)
    quotas = [one for one, row in zip(shown["对象标识"], rows[1:]) if "控制数" in row and one]
    assert set(quotas) <= {"城乡建设用地规模"}
