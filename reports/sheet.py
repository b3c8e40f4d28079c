# SPDX-License-Identifier: GPL-2.0-or-later
"""A sheet of mixed rows: lines of text over its whole width, headings, cells; ready to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from ..layers.words import say
from .labels import text
from .rows import height

if TYPE_CHECKING:
    from .cells import Book

HEAD: Mapping[str, Any] = {"bold": True, "fill": "DDE6EE", "align": "center", "wrap": True}


class Sheet:
    """A sheet under work that is written from top to bottom, each row as high as its text needs."""

    def __init__(self, made: Book, title: str, widths: Sequence[float]) -> None:
        self.made, self.widths, self.count = made, widths, 0
        self.sheet = made.book.create_sheet(title)
        for place, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(place)].width = width
        print_setup(self.sheet, title)

    def line(self, value: str, **look: Any) -> None:
        """Write a line of text over all columns."""
        look = {"wrap": True, "border": False, **look}
        self._append([(value, look)], [sum(self.widths)], look.get("size", 10))
        self._merge(1)

    def heading(self, words: Sequence[str]) -> None:
        """Write a row of headings."""
        self.row([(each, HEAD) for each in words])

    def row(
        self, cells: Sequence[tuple[Any, Mapping[str, Any]]], to_the_edge: bool = False
    ) -> None:
        """Write cells, each a value and its look; the last may reach to the edge of the sheet."""
        last = len(cells)
        widths = list(self.widths[:last])
        if to_the_edge:
            widths[-1] = sum(self.widths[last - 1 :])
            cells = [*cells, *[("", cells[-1][1])] * (len(self.widths) - last)]
        self._append(cells, widths)
        if to_the_edge:
            self._merge(last)

    def gap(self) -> None:
        """Leave a row free."""
        self._append([], [])

    def _append(
        self,
        cells: Sequence[tuple[Any, Mapping[str, Any]]],
        widths: Sequence[float],
        size: int = 10,
    ) -> None:
        self.count += 1
        wrapped = [
            (text(value), width) for (value, look), width in zip(cells, widths) if look.get("wrap")
        ]
        high = height(wrapped, size)
        if high:
            self.sheet.row_dimensions[self.count].height = high
        self.sheet.append([self.made.cell(self.sheet, value, **look) for value, look in cells])

    def _merge(self, first: int) -> None:
        if first < len(self.widths):
            self.sheet.merged_cells.add(
                CellRange(
                    min_row=self.count, max_row=self.count, min_col=first, max_col=len(self.widths)
                ).coord
            )


def print_setup(sheet: Any, title: str) -> None:
    """Print on A4, as wide as the page, heading on each page, page numbers at the foot."""
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.8, 0.8
    sheet.page_margins.header = sheet.page_margins.footer = 0.4
    sheet.oddHeader.center.text = title
    sheet.oddFooter.center.text = say("reports.sheet.page")
