# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of a table as the text that a sheet holds.

A county has fifty thousand findings of thirty columns. An object for each cell takes longer than
all the checks together, so rows are put together column by column, each text and each look once.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from .labels import text

_LONGEST = 32_767  # characters of a cell
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_AT_ONCE = 4_000  # rows held in memory as text
Style = Callable[..., int]  # the number of a look in the workbook


@dataclass(frozen=True)
class Column:
    """How a column looks, and what it shows of a text: other words, and a look of their own."""

    look: Mapping[str, Any] = field(default_factory=dict)
    show: Callable[[Any], tuple[str, Mapping[str, Any]]] | None = None


def rows(columns: Sequence[Column], values: Sequence[list[Any]], style: Style) -> Iterator[bytes]:
    """Write the rows under the heading, some thousands at a time; `values` are by column."""
    makers = [_Maker(column, style) for column in columns]
    letters = [get_column_letter(place) for place in range(1, len(columns) + 1)]
    for start in range(0, len(values[0]) if values else 0, _AT_ONCE):
        parts = [part[start : start + _AT_ONCE] for part in values]
        numbers = range(start + 2, start + 2 + len(parts[0]))
        cells = [
            [f'<c r="{letter}{n}"{end}' for n, end in zip(numbers, make.ends(part))]
            for letter, make, part in zip(letters, makers, parts)
        ]
        lines = [f'<row r="{n}">{"".join(row)}</row>' for n, row in zip(numbers, zip(*cells))]
        yield "".join(lines).encode("utf-8")


class _Maker:
    """Makes the cells of one column, but for their place."""

    def __init__(self, column: Column, style: Style) -> None:
        self.column, self.style = column, style
        self.number = f' s="{style(**column.look)}"><v>'
        self.empty = f' s="{style(**column.look)}"/>'
        self.known: dict[str, str] = {}

    def ends(self, values: Sequence[Any]) -> Iterator[str]:
        """Give each cell from its style on: numbers are numbers, everything else is text."""
        known, counted = self.known, self.column.show is None
        for value in values:
            if type(value) is str:
                if value not in known:
                    known[value] = self._text(value)
                yield known[value]
            elif counted and isinstance(value, (int, float)) and not isinstance(value, bool):
                yield self._figure(value)
            else:
                yield self._text(value)

    def _figure(self, value: float) -> str:
        """Make a cell of a number; what is none, or endless, leaves it empty."""
        if not math.isfinite(value):
            return self.empty
        plain = int(value) if isinstance(value, int) else float(value)  # numpy's repr names types
        return f"{self.number}{plain!r}</v></c>"

    def _text(self, value: Any) -> str:
        """Make a cell of text."""
        shown, own = self.column.show(value) if self.column.show else (text(value), {})
        shown = clean(shown)
        style = self.style(**{**self.column.look, **own, "prefix": is_formula(shown)})
        if not shown:
            return f' s="{style}"/>'
        keep = ' xml:space="preserve"' if shown != shown.strip() else ""
        inner = escape(shown, {"\r": "&#13;"})
        return f' s="{style}" t="inlineStr"><is><t{keep}>{inner}</t></is></c>'


def clean(value: str) -> str:
    """Take out what a workbook can't hold: control characters, and the end of endless text."""
    value = _ILLEGAL.sub("", value)
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


def is_formula(value: str) -> bool:
    """Tell whether Excel would take a text for a formula."""
    return value.startswith(_FORMULA)
