# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells of the workbook, and the file they end up in.

Attribute text comes from anywhere, so no cell is ever a formula: text is written as text, and what
Excel would take for a formula bears the mark that keeps it one (quotePrefix).
"""

from __future__ import annotations

import re
import zipfile
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from .labels import missing, text

_LONGEST = 32_767  # characters of a cell
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


class Book:
    """A workbook under work, with the cell styles it uses, each registered once."""

    def __init__(self) -> None:
        self.book = Workbook(write_only=True)
        sheet = self.book.create_sheet("styles")
        self._styles: dict[tuple[Any, ...], Any] = {}
        self._maker = sheet
        self.book.remove(sheet)

    def cell(self, sheet: Any, value: Any, **look: Any) -> WriteOnlyCell:
        """Make a cell: numbers are numbers, everything else is text, never a formula."""
        cell = WriteOnlyCell(sheet)
        prefix = False
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if not missing(value):
                cell.value = value
        else:
            shown = clean(text(value))
            prefix = shown.startswith(_FORMULA)
            if shown:
                cell.value = shown
                cell.data_type = "s"
        cell._style = self._style(prefix=prefix, **look)
        return cell

    def _style(self, **look: Any) -> Any:
        """Give the style array of a look; setting styles cell by cell would take seconds."""
        key = tuple(sorted(look.items()))
        if key not in self._styles:
            cell = WriteOnlyCell(self._maker)
            bold, size = look.get("bold", False), look.get("size", 10)
            cell.font = Font(name="等线", size=size, bold=bold, color=look.get("color"))
            cell.alignment = Alignment(
                horizontal=look.get("align"), vertical="center", wrap_text=look.get("wrap", False)
            )
            if look.get("fill"):
                cell.fill = PatternFill("solid", fgColor=look["fill"])
            if look.get("border", True):
                cell.border = _BOX
            cell.number_format = look.get("format", "General")
            style = copy(cell._style)
            style.quotePrefix = int(look["prefix"])
            self._styles[key] = style
        return self._styles[key]


def clean(value: str) -> str:
    """Take out what a workbook can't hold: control characters, and the end of endless text."""
    value = _ILLEGAL.sub("", value)
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


def settle(path: Path, stamp: datetime) -> None:
    """Rewrite the zip so that its entries' times, and openpyxl's own stamp, are the run's."""
    when = (max(stamp.year, 1980), stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
    with zipfile.ZipFile(path) as archive:
        parts = [(item.filename, archive.read(item)) for item in archive.infolist()]
    said = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            if name == "docProps/core.xml":
                # openpyxl sets `modified` to the clock when it saves.
                pattern = rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*"
                content = re.sub(pattern, rb"\g<1>" + said, content)
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, content)
