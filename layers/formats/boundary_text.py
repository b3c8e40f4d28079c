# SPDX-License-Identifier: GPL-2.0-or-later
"""Boundary-point text parted into header and lines, whole arrays at once.

A county's parcels have millions of lines. Those of plain characters are parted and read as arrays;
only what is left over (the header, parcels' lines, full-width marks) is looked at one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..texts import clean_text

_PARTS = re.compile(r"\s*[,，;；\t]\s*")
LOOKED_AT = 2000  # lines a dialect is told by
_SHOWN = 60  # characters of a line in a message
_PLAIN_PARTS = re.compile(r"[,;\t]")
_BLANKS = " \t\u3000\xa0\ufeff\x00"
_SECTION = re.compile(r"^[\[【](.+?)[\]】]$")
_PAIR = re.compile(r"^([^=＝:：,，]{1,20})\s*[=＝:：]\s*(.*)$")
# What can be neither header nor parcel, and means the same before and after tidying (RE2).
_PLAIN = r"^[0-9A-Za-z\p{Han}_.+\-,;\t ]*$"


@dataclass
class Line:
    """A line that is neither blank nor header: its number in the file and its cells."""

    number: int
    cells: list[str]

    @property
    def is_parcel(self) -> bool:
        """Tell whether it begins a parcel: such lines end with @."""
        return bool(self.cells) and self.cells[-1].endswith("@")


@dataclass
class Text:
    """A file taken apart: its header, and the lines of parcels and points.

    All arrays are as long as there are lines. `gap`: a blank line stands before it. `plain`: to
    part it is a matter of commas, semicolons, tabs and blanks.
    """

    header: dict[str, str]
    raw: pa.Array
    numbers: np.ndarray
    is_parcel: np.ndarray
    gap: np.ndarray
    plain: np.ndarray

    def __len__(self) -> int:
        return len(self.raw)

    def line(self, index: int) -> Line:
        """Give a line with its cells."""
        raw = self.raw[int(index)].as_py()
        return Line(int(self.numbers[index]), cells_of(raw))

    def shown(self, index: int) -> str:
        """Give a line as messages show it: not all of one that is long."""
        return ",".join(self.line(index).cells)[:_SHOWN]

    @cached_property
    def first(self) -> list[Line]:
        """Give the first lines with their cells."""
        return [self.line(index) for index in range(min(LOOKED_AT, len(self)))]

    def points(self, most: int) -> Text:
        """Give the first lines that begin no parcel, as a text without header."""
        rows = np.flatnonzero(~self.is_parcel)[:most]
        return Text({}, self.raw.take(pa.array(rows)), self.numbers[rows], self.is_parcel[rows],
                    self.gap[rows], self.plain[rows])  # fmt: skip


def take_apart(text: str) -> Text:
    """Split a text into its header and its lines; lines may end in any way."""
    lines = _split(text)
    plain = _truth(pc.match_substring_regex(lines, _PLAIN))
    blank = _truth(pc.equal(pc.ascii_trim(lines, " \t"), pa.scalar("", pa.large_string())))
    kept, parcel = plain & ~blank, np.zeros(len(lines), dtype=bool)
    header: dict[str, str] = {}
    inside = ""
    for at in np.flatnonzero(~plain).tolist():
        raw = lines[at].as_py()
        line = clean_text(raw).replace("＠", "@")
        if not line:
            blank[at] = True
            continue
        section = _SECTION.match(line)
        if section:
            inside = section.group(1)
            continue
        pair = _PAIR.match(line)
        if pair and not line.endswith("@") and "坐标" not in inside:
            header.setdefault(clean_text(pair.group(1)), clean_text(pair.group(2)))
            continue
        kept[at] = True
        parcel[at] = Line(0, cells_of(raw)).is_parcel
    rows = np.flatnonzero(kept)
    blanks = np.cumsum(blank)[rows]
    gap = np.diff(blanks, prepend=0) > 0
    return Text(header, lines.take(pa.array(rows)), rows + 1, parcel[rows], gap, plain[rows])


def _split(text: str) -> pa.Array:
    """Part a text at its line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # What stands for half a character in other encodings can't be text of UTF-8.
    whole = pa.array([text.encode("utf-8", "replace")], type=pa.large_binary())
    return pc.split_pattern(whole.cast(pa.large_string()), "\n").flatten()


def _truth(values: pa.Array) -> np.ndarray:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=bool)


def cells_of(raw: str) -> list[str]:
    """Part a line at its commas, else at its blanks; a full-width comma parts only where it must.

    Words keep their full-width marks then: 青山镇，甲地块 is one name.
    """
    raw = raw.strip(_BLANKS)
    if _PLAIN_PARTS.search(raw):
        return [cell.strip(_BLANKS) for cell in _PLAIN_PARTS.split(re.sub("＠$", "@", raw))]
    folded = clean_text(raw).replace("＠", "@")
    return _PARTS.split(folded) if _PARTS.search(folded) else folded.split()


def extracted(
    text: Text, rows: np.ndarray, patterns: Sequence[str]
) -> tuple[np.ndarray, dict[str, pa.Array]]:
    """Read plain lines by a pattern for each cell: rows that fit, and the cells that have a name.

    Patterns are RE2's; named groups (?P<x>...) come back as arrays of text under their names.
    """
    lines = text.raw.take(pa.array(rows))
    if pc.any(pc.match_substring_regex(lines, "[;\t ]")).as_py():
        parted = pc.match_substring_regex(lines, "[,;\t]")
        commas = pc.replace_substring_regex(lines, "[;\t]", ",")
        commas = pc.replace_substring_regex(commas, " *, *", ",")
        blanks = pc.replace_substring_regex(pc.ascii_trim(lines, " \t"), " +", ",")
        lines = pc.ascii_trim(pc.if_else(parted, commas, blanks), " \t")
    found = pc.extract_regex(lines, f"^{','.join(patterns)},?$")
    fits = _truth(found.is_valid())
    names = [one.name for one in found.type]
    return rows[fits], dict(zip(names, found.filter(pa.array(fits)).flatten()))
