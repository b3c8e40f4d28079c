# SPDX-License-Identifier: GPL-2.0-or-later
"""The edges of a layer of polygons that have no partner: where coverage changes.

Each ring is walked with its polygon on the left. Two neighbours that share an edge walk it in
opposite directions; an edge whose walks do not cancel out bounds ground that more, or fewer,
polygons cover than the ground beyond it. In a clean layer only the outline is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .. import parallel
from ..coverage import keys, mixed, ring_points

_BATCH = 10_000
_TABLE = np.uint64((1 << 24) - 1)  # a first sieve, before the search among the lone ones
_ONE = np.uint64(1)


@dataclass(frozen=True)
class Edges:
    """Edges without a partner: the row that draws each, its ends (n x 2), and how many there are.

    `drawn` counts the edges of the whole layer.
    """

    owner: np.ndarray
    start: np.ndarray
    end: np.ndarray
    drawn: int

    def __len__(self) -> int:
        return len(self.owner)

    def lines(self) -> np.ndarray:
        """Give each edge as a line, those drawn by several features once."""
        turn = (self.start[:, 0] > self.end[:, 0]) | (
            (self.start[:, 0] == self.end[:, 0]) & (self.start[:, 1] > self.end[:, 1])
        )
        one = np.where(turn[:, None], self.end, self.start)
        other = np.where(turn[:, None], self.start, self.end)
        both = np.unique(np.hstack([one, other]), axis=0)
        return np.asarray(shapely.linestrings(both.reshape(-1, 2, 2)))


def unpaired(shapes: np.ndarray) -> Edges:
    """Find the edges of valid polygons whose walks do not cancel out; None is passed over."""
    rows = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    parts = parallel.batches(len(rows), _BATCH)
    coded = parallel.run(lambda part: _coded(shapes[rows[part]]), parts)
    everything = np.concatenate(coded) if coded else np.empty(0, np.uint64)
    lone = _odd(everything)
    table = np.zeros(int(_TABLE) + 1, dtype=bool)
    table[(lone >> _ONE) & _TABLE] = True
    found = [
        _taken(shapes[rows[part]], own, lone, table, rows[part]) for part, own in zip(parts, coded)
    ]
    if not found:
        nothing = np.empty((0, 2))
        return Edges(np.empty(0, int), nothing, nothing, 0)
    owner, start, end = (np.concatenate(column) for column in zip(*found))
    return Edges(owner, start, end, len(everything))


def _walked(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walk all rings: points, where each edge begins among them, and the shape it belongs to."""
    return ring_points(shapely.orient_polygons(shapes))


def _coded(shapes: np.ndarray) -> np.ndarray:
    """Give each edge a number without direction, its last bit the direction."""
    points, first, _ = _walked(shapes)
    ends = mixed(points)
    code = keys(ends, first) & ~_ONE
    return code | (ends[first] < ends[first + 1]).astype(np.uint64)


def _odd(coded: np.ndarray) -> np.ndarray:
    """List the numbers (last bit 0) whose two directions are not equally many."""
    if not len(coded):
        return coded
    order = np.sort(coded)
    base = order & ~_ONE
    starts = np.flatnonzero(np.r_[True, base[1:] != base[:-1]])
    forward = np.add.reduceat((order & _ONE).astype(np.int64), starts)
    many = np.diff(np.r_[starts, len(order)])
    return base[starts[2 * forward != many]]


def _taken(
    shapes: np.ndarray, coded: np.ndarray, lone: np.ndarray, table: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take the lone edges of a batch: rows, starts, ends."""
    near = np.flatnonzero(table[(coded >> _ONE) & _TABLE])
    wanted = coded[near] & ~_ONE
    place = np.minimum(np.searchsorted(lone, wanted), max(len(lone) - 1, 0))
    own = near[lone[place] == wanted] if len(near) else near
    if not len(own):
        return rows[:0], np.empty((0, 2)), np.empty((0, 2))
    points, first, owner = _walked(shapes)
    return rows[owner[own]], points[first[own]], points[first[own] + 1]
