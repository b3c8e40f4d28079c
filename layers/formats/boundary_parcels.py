# SPDX-License-Identifier: GPL-2.0-or-later
"""Parcels out of boundary-point text: points read in a dialect, parted into rings and parcels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ..words import say
from .boundary_dialects import Dialect
from .boundary_lines import parcel_values, point_of
from .boundary_text import Text, extracted

_LEAST = 3  # points before a ring can close
# How a cell is written that needs no second look (RE2); what is written otherwise gets one.
_LABEL = r"[A-Za-z\x{4e00}-\x{9fff}]{0,4}[-_]?[0-9]{0,9}[A-Za-z]?"
_NUMBER = r"[0-9]+\.?[0-9]*"
_CELLS = {
    "label": _LABEL, "-": r"[^.,]*", "ring": r"(?P<of>[0-9]+)", "parcel": r"(?P<of>[0-9]+)",
    "north": f"(?P<north>{_NUMBER})", "first": f"(?P<north>{_NUMBER})",
    "east": f"(?P<east>{_NUMBER})", "second": f"(?P<east>{_NUMBER})",
}  # fmt: skip


class Fault(NamedTuple):
    """What is wrong with a line: its parcel, the ring it stands in (-1 none), its number, words."""

    owner: int
    ring: int
    line: int
    text: str


@dataclass
class Parcels:
    """Parcels as written: the number of each one's line, that line's values, what is wrong.

    Ring i is points[ends[i]:ends[i + 1]] (n x 2, east and north) of parcel `owner[i]`; `number[i]`
    is its number as written. `at` are the points' lines.
    """

    lines: list[int] = field(default_factory=list)
    values: list[dict[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    points: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    ends: np.ndarray = field(default_factory=lambda: np.zeros(1, dtype=int))
    owner: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))
    number: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    at: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def open_points(self) -> np.ndarray:
        """Count each parcel's points, those that only close a ring left out."""
        many = np.diff(self.ends) - self.closed
        return np.bincount(self.owner, weights=many, minlength=len(self)).astype(int)

    @property
    def closed(self) -> np.ndarray:
        """Tell which rings end where they began."""
        first, last = self.points[self.ends[:-1]], self.points[self.ends[1:] - 1]
        return (first == last).all(axis=1) & (np.diff(self.ends) > 1)

    @property
    def rings(self) -> np.ndarray:
        """Count each parcel's rings."""
        return np.bincount(self.owner, minlength=len(self))


def parcels_of(text: Text, dialect: Dialect, turned: bool) -> Parcels:
    """Read the parcels in a dialect; `turned` says that the easting comes first.

    A line that is neither a parcel's nor a point's is a fault of its parcel. Where no line tells
    parcels apart, all rings are given as one.
    """
    out = Parcels()
    if not len(text):
        return out
    heads = np.flatnonzero(text.is_parcel)
    owner = np.cumsum(text.is_parcel) - 1
    if not text.is_parcel[0]:  # points before any parcel's line
        owner += 1
        out.lines, out.values = [int(text.numbers[0])], [{}]
    out.lines += text.numbers[heads].tolist()
    out.values += [parcel_values(text.line(row), dialect) for row in heads.tolist()]
    good, number, points = _points(text, dialect)
    out.points = points[good] if turned else points[good][:, ::-1]
    starts = _starts(owner[good], number[good], text.gap[good], out.points)
    out.ends = np.append(starts, len(out.points))
    out.owner, out.number = owner[good][starts], number[good][starts]
    out.at = text.numbers[good]
    before = np.cumsum(good)  # points up to each line
    for row in np.flatnonzero(~good & ~text.is_parcel).tolist():
        line = int(text.numbers[row])
        ring = int(np.searchsorted(starts, int(before[row]), "left")) - 1
        key = "txt_last" if row == len(text) - 1 else "txt_line"
        told = say(f"formats.{key}", line=line, text=text.shown(row))
        out.faults.append(Fault(int(owner[row]), max(ring, 0) if len(starts) else -1, line, told))
    return out


def _points(text: Text, dialect: Dialect) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read each line as a point: whether it is one, its ring's number, northing and easting."""
    good = np.zeros(len(text), dtype=bool)
    number = np.full(len(text), "", dtype=object)
    points = np.full((len(text), 2), np.nan)
    rows = np.flatnonzero(text.plain & ~text.is_parcel)
    if len(rows):
        rows, cells = extracted(text, rows, [_CELLS[name] for name in dialect.point])
        for name, values in cells.items():
            if name == "of":
                coded = values.dictionary_encode()
                words = np.array(coded.dictionary.to_pylist(), dtype=object)
                number[rows] = words[coded.indices.to_numpy()] if len(words) else ""
            else:
                points[rows, int(name == "east")] = values.cast(pa.float64()).to_numpy()
        good[rows] = True
    for row in np.flatnonzero(~good & ~text.is_parcel).tolist():
        found = point_of(text.line(row), dialect)
        if found is not None:
            good[row], number[row], points[row] = True, *found
    return good, number, points


def _starts(
    owner: np.ndarray, number: np.ndarray, gap: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """Find where rings begin: at another parcel or number, at a blank line, after one closes.

    A blank line parts rings only where they have no numbers.
    """
    if not len(points):
        return np.empty(0, dtype=int)
    new = np.ones(len(points), dtype=bool)
    new[1:] = (owner[1:] != owner[:-1]) | (number[1:] != number[:-1])
    new |= gap & (number == "")
    starts = np.flatnonzero(new)
    many = np.diff(np.append(starts, len(points)))
    place = np.arange(len(points)) - np.repeat(starts, many)
    back = (points == np.repeat(points[starts], many, axis=0)).all(axis=1) & (place >= _LEAST)
    back[np.append(starts[1:], len(points)) - 1] = False  # what ends there needs no new end
    run = np.repeat(np.arange(len(starts)), many)
    for index in np.unique(run[back]).tolist():
        new[_closings(points, int(starts[index]), int(starts[index] + many[index]))] = True
    return np.flatnonzero(new)


def _closings(points: np.ndarray, start: int, end: int) -> list[int]:
    """List where rings begin within a run of points, each ring after the one before has closed."""
    out = []
    run = list(map(tuple, points[start:end].tolist()))
    first = 0
    for place, point in enumerate(run[:-1]):
        if place - first >= _LEAST and point == run[first]:
            first = place + 1
            out.append(start + first)
    return out
