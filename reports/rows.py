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
_NARROW = re.compile("[^\u2010-\uffff]+")  # less than full width
_LINE, _HIGHEST = 15.0, 409.0  # points: of a line, and of the highest row there can be
_AT_ONCE = 4_000  # rows held in memory as text
Style = Callable[..., int]  # the number of a look in the workbook


@dataclass(frozen=True)
class Column:
    """How a column looks, and what it shows of a text: other words, and a look of their own."""

    look: Mapping[str, Any] = field(default_factory=dict)
    show: Callable[[Any], tuple[str, Mapping[str, Any]]] | None = None
    width: float = 0.0  # in characters, where text wraps: the row grows with it


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
        sizes = _sizes([make.lines(part) for make, part in zip(makers, parts)])
        lines = [
            f'<row r="{n}"{size}>{"".join(row)}</row>'
            for n, size, row in zip(numbers, sizes, zip(*cells))
        ]
        yield "".join(lines).encode("utf-8")


def _sizes(counts: Sequence[Sequence[int]]) -> Iterator[str]:
    """Give the height of each row as an attribute, from the lines of its cells, column by column.

    Without it programs that do not measure text when they open a file cut it or lay it over.
    """
    for most in map(max, zip(*counts)):
        yield f' ht="{min(_LINE * most, _HIGHEST):g}" customHeight="1"' if most > 1 else ""


def height(cells: Sequence[tuple[str, float]], size: int = 10) -> float:
    """Estimate the height in points of a row from its texts and the widths they wrap in.

    0 where a row is as high as any. `size` is that of the letters.
    """
    scale = size / 10
    most = max([wrapped(value, width / scale) for value, width in cells] + [1])
    return 0.0 if most == 1 and size == 10 else float(min(_LINE * scale * most, _HIGHEST))


def wrapped(value: str, width: float) -> int:
    """Estimate the lines of a text in a cell so many characters wide; ideographs count double."""
    room = max(width - 1.5, 2.0)  # less the margins, and what a line leaves free at its end
    parts = [len(part) + len(_NARROW.sub("", part)) for part in value.splitlines()]
    return sum(max(1, math.ceil(part / room)) for part in parts) or 1


class _Maker:
    """Makes the cells of one column, but for their place."""

    def __init__(self, column: Column, style: Style) -> None:
        self.column, self.style = column, style
        self.number = f' s="{style(**column.look)}"><v>'
        self.empty = f' s="{style(**column.look)}"/>'
        self.known: dict[str, str] = {}
        self.counted: dict[Any, int] = {}

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

    def lines(self, values: Sequence[Any]) -> list[int]:
        """Estimate the lines that each cell takes; one where text doesn't wrap."""
        if not self.column.width:
            return [1] * len(values)
        for value in set(map(text, values)).difference(self.counted):
            shown = self.column.show(value)[0] if self.column.show else value
            self.counted[value] = wrapped(clean(shown), self.column.width)
        return [self.counted[text(value)] for value in values]

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
