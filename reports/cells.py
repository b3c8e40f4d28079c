# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells of the workbook, and the file they end up in.

Attribute text comes from anywhere, so no cell is ever a formula: text is written as text, and what
Excel would take for a formula bears the mark that keeps it one (quotePrefix).
"""

from __future__ import annotations

import io
import re
import zipfile
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from .labels import missing, text
from .rows import Column, clean, is_formula, rows

_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


class Book:
    """A workbook under work, with the cell styles it uses, each registered once."""

    def __init__(self) -> None:
        self.book = Workbook(write_only=True)
        sheet = self.book.create_sheet("styles")
        self._styles: dict[tuple[Any, ...], Any] = {}
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._maker = sheet
        self._rows: dict[Any, list[bytes]] = {}
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
            prefix = is_formula(shown)
            if shown:
                cell.value = shown
                cell.data_type = "s"
        cell._style = self._style(prefix=prefix, **look)
        return cell

    def fill(self, sheet: Any, columns: Sequence[Column], values: Sequence[list[Any]]) -> None:
        """Give a sheet of one row, its heading, the rows of a table; `values` are by column."""
        # Made at once, since openpyxl has to know all looks when it saves.
        self._rows[sheet] = list(rows(columns, values, self._number))

    def save(self, path: Path, stamp: datetime) -> None:
        """Write the file; times of the zip's entries, and openpyxl's own, are the stamp."""
        draft = io.BytesIO()
        self.book.save(draft)
        added = {
            f"xl/worksheets/sheet{place}.xml": self._rows[sheet]
            for place, sheet in enumerate(self.book.worksheets, 1)
            if sheet in self._rows
        }
        when = (max(stamp.year, 1980), *stamp.timetuple()[1:6])
        with zipfile.ZipFile(draft) as source, zipfile.ZipFile(path, "w") as archive:
            for name in source.namelist():
                entry = zipfile.ZipInfo(name, when)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                content = source.read(name)
                if name == "docProps/core.xml":
                    content = _stamped(content, stamp)
                head, tail, rest = content.partition(b"</sheetData>")
                with archive.open(entry, "w") as part:
                    part.write(head)
                    part.writelines(added.get(name, ()))
                    part.write(tail + rest)

    def _number(self, **look: Any) -> int:
        """Give the number of a look in the file."""
        key = tuple(sorted(look.items()))
        if key not in self._numbers:
            cell = WriteOnlyCell(self._maker)
            cell._style = self._style(**{"prefix": False, **look})
            self._numbers[key] = int(cell.style_id)
        return self._numbers[key]

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


def _stamped(core: bytes, stamp: datetime) -> bytes:
    """Set the file's times, since openpyxl sets `modified` to the clock when it saves."""
    said = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + said, core)
