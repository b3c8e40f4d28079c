# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables as rows of cells: a workbook's sheets, a CSV in any usual encoding, a GIS table."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl import Workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from .errors import InputError, unreadable
from .formats.arrival import given_encoding
from .formats.encodings import decode_text
from .opening import open_source
from .schema import listed, nearest_first
from .sources import Source
from .texts import clean_text
from .words import say

# What openpyxl and the libraries under it raise for a file that is damaged, one way or another.
_DAMAGED = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError,
    TypeError, AttributeError, IndexError, OverflowError, NotImplementedError, RuntimeError,
    EOFError, OSError, MemoryError,
)  # fmt: skip
_SHEETS = (".xlsx", ".xlsm")
_TEXTS = (".csv", ".tsv", ".txt")
_FORMULA = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s/>]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_NO_SHEETS = ("sharedstrings.xml", "styles.xml", "theme1.xml")


@dataclass(frozen=True)
class Table:
    """Cells row by row, merged ones filled; `name` is file and sheet; row 1 is `rows[0]`."""

    name: str
    rows: list[list[Any]]


def read_tables(source: Source, file: str) -> list[Table]:
    """Read the table a source names; of a workbook without `layer`, every sheet that is shown."""
    suffix = Path(source.path).suffix.lower()
    if source.is_connection or suffix not in (*_SHEETS, *_TEXTS, ".xls", ".et"):
        return [_container(source, file)]
    path = Path(source.path)
    if not path.is_file():
        names = sorted(one.name for one in path.parent.iterdir()) if path.parent.is_dir() else []
        alike = [one for one in names if Path(one).suffix.lower() in (*_SHEETS, *_TEXTS)]
        near = listed(nearest_first(path.name, alike or names))
        raise InputError("layers.no_such_source", file=file, path=source.path, files=near)
    if suffix in (".xls", ".et"):
        raise InputError("layers.old_workbook", source=path.name)
    if source.filter:
        raise InputError("layers.no_filter_here", source=path.name)
    return _workbook(source, path) if suffix in _SHEETS else [_text(source, path)]


def _text(source: Source, path: Path) -> Table:
    """Read a CSV in the encoding its text, or the dossier, tells; comma, semicolon or tab."""
    text = _decoded(path, given_encoding(source))
    head = text[:4096]
    delimiter = max(",;\t，", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = [list(row) for row in reader]
    except csv.Error as error:
        raise unreadable(path.name, error) from None
    return Table(path.name, rows)


def _decoded(path: Path, given: str) -> str:
    """Decode a table's text; InputError with the line where it is not in the encoding given."""
    raw = path.read_bytes()
    try:
        if given:
            raw.decode(given)
    except UnicodeDecodeError as error:
        place = say("layers.bad_encoding.line", line=raw.count(b"\n", 0, error.start) + 1)
        words = {"source": path.name, "place": place, "encoding": given}
        raise InputError("layers.bad_encoding", **words) from None
    return decode_text(raw, given)[0]


@lru_cache(maxsize=2)
def _loaded(path: Path, stamp: tuple[int, int]) -> tuple[Workbook, Workbook]:
    # One workbook often holds the lists of all sector plans; the stamp makes the cache forget a
    # file that was saved anew.
    values = openpyxl.load_workbook(path, data_only=True)
    if not _has_formulas(path):
        return values, values
    return values, openpyxl.load_workbook(path, data_only=False)


def _has_formulas(path: Path) -> bool:
    """Tell whether a cell of any sheet may hold a formula: only then it is worth reading twice.

    Sheets may lie in any folder, and in any encoding: what is not surely without one counts.
    """
    with zipfile.ZipFile(path) as file:
        names = [name for name in file.namelist() if name.lower().endswith(".xml")]
        sheets = [name for name in names if not name.lower().endswith(_NO_SHEETS)]
        contents = (file.read(name) for name in sheets)
        return any(one[:2] in _UTF16 or _FORMULA.search(one) is not None for one in contents)


def _workbook(source: Source, path: Path) -> list[Table]:
    facts = path.stat()
    try:
        values, formulas = _loaded(path, (facts.st_mtime_ns, facts.st_size))
    except _DAMAGED as error:
        raise unreadable(path.name, error) from None
    sheets = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"]
    if source.layer:
        sheets = [sheet for sheet in values.worksheets if sheet.title == source.layer]
    if not sheets:
        near = listed(nearest_first(source.layer, values.sheetnames))
        raise InputError("layers.no_layer", file=path.name, layer=source.layer, layers=near)
    return [
        Table(f"{path.name}/{sheet.title}", _cells(sheet, formulas[sheet.title]))
        for sheet in sheets
    ]


def _cells(sheet: Worksheet, formulas: Worksheet) -> list[list[Any]]:
    """Give a sheet's values; a formula that was never computed stays as its text, not a blank."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    for row, cells in enumerate(formulas.iter_rows(values_only=True)):
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and cell.startswith("=") and rows[row][column] is None:
                rows[row][column] = cell
    for area in sheet.merged_cells.ranges:
        value = rows[area.min_row - 1][area.min_col - 1]
        for row in range(area.min_row - 1, area.max_row):
            for column in range(area.min_col - 1, area.max_col):
                rows[row][column] = value
    return rows


def _container(source: Source, file: str) -> Table:
    opened = open_source(source, file, spatial=False)
    try:
        meta, _, _, data = opened.read(None, source.filter, spatial=False)
    except ValueError as error:
        raise InputError(
            "layers.bad_filter", source=opened.label, filter=source.filter,
            fields=listed(str(one) for one in opened.info["fields"]), reason=str(error),
        ) from None  # fmt: skip
    header: list[Any] = [str(name) for name in meta["fields"]]
    return Table(opened.label, [header, *(list(row) for row in zip(*data))])


def cell_text(cell: Any) -> str:
    """Give a cell as clean text: a code that Excel keeps as 510799.0 comes back as 510799."""
    return clean_text(cell)
