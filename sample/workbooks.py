# SPDX-License-Identifier: GPL-2.0-or-later
"""Workbooks of a made county: plain formats, and the same bytes for the same content."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Mapping

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

EPOCH = (2020, 12, 31, 0, 0, 0)  # the survey's day


def new_book() -> Workbook:
    """Begin a workbook that does not tell who made it when."""
    book = Workbook()
    book.properties.creator = "pianqu"
    book.properties.created = book.properties.modified = datetime(*EPOCH)
    return book


def dress(sheet: Any, columns: int, pane: str, formats: Mapping[int, str], heads: int = 2) -> None:
    """Format a sheet: bold heads that stay, number formats by column, readable widths."""
    for row in sheet.iter_rows(max_row=heads):
        for cell in row:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for column, pattern in formats.items():
        for (cell,) in sheet.iter_rows(min_row=heads + 1, min_col=column, max_col=column):
            cell.number_format = pattern
    for number in range(1, columns + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 16
    sheet.freeze_panes = pane


def save_steadily(book: Workbook, path: Path) -> None:
    """Save a workbook with one fixed time on all its parts."""
    book.save(path)
    with zipfile.ZipFile(path) as book_file:
        parts = [(name, book_file.read(name)) for name in sorted(book_file.namelist())]
    stamp = f"{datetime(*EPOCH).isoformat()}Z".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book_file:
        for name, data in parts:
            if name == "docProps/core.xml":  # openpyxl writes the hour of saving
                head, _, rest = data.partition(b'<dcterms:modified xsi:type="dcterms:W3CDTF">')
                if rest:
                    data = head + b'<dcterms:modified xsi:type="dcterms:W3CDTF">' + stamp
                    data += rest[rest.index(b"</dcterms:modified>") :]
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            book_file.writestr(info, data)
