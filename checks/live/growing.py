# SPDX-License-Identifier: GPL-2.0-or-later
"""Arrays that grow at the end, and an index of shapes that does."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import shapely


class Growing:
    """An array that is appended to; `array` is what is there, to be read and written in place."""

    def __init__(self, values: np.ndarray) -> None:
        self._room = np.array(values)
        self._count = len(self._room)

    def __len__(self) -> int:
        return self._count

    @property
    def array(self) -> np.ndarray:
        """Give the values; the view is stale after the next `append`."""
        return self._room[: self._count]

    def append(self, values: Sequence[object] | np.ndarray) -> None:
        """Add values at the end."""
        end = self._count + len(values)
        if end > len(self._room):
            size = (max(end, 2 * len(self._room), 64), *self._room.shape[1:])
            room = np.empty(size, dtype=self._room.dtype)
            room[: self._count] = self.array
            self._room = room
        self._room[self._count : end] = values
        self._count = end

    def cut(self, count: int) -> None:
        """Forget all but the first `count` values."""
        self._count = count


class Index:
    """Finds shapes by their boxes: a tree over the first ones, a scan of those added since.

    The scan is one comparison of arrays: it takes less time than the rest of an edit as long as
    there are fewer than `_MANY` new shapes; then the tree is built anew.
    """

    _MANY = 20_000

    def __init__(self, shapes: np.ndarray) -> None:
        self._shapes = Growing(shapes)
        self._grow_tree()

    def _grow_tree(self) -> None:
        self._tree = shapely.STRtree(self._shapes.array)
        self._start = len(self._shapes)
        self._boxes = Growing(np.empty((0, 4)))

    def append(self, shapes: np.ndarray) -> None:
        """Add shapes; None is never found."""
        self._shapes.append(shapes)
        self._boxes.append(shapely.bounds(shapes).reshape(-1, 4))
        if len(self._boxes) > self._MANY:
            self._grow_tree()

    def cut(self, count: int) -> None:
        """Forget all but the first `count` shapes; only shapes added since the tree was built."""
        self._shapes.cut(count)
        self._boxes.cut(count - self._start)

    def near(self, shapes: np.ndarray) -> np.ndarray:
        """List in rising order the shapes whose box meets the box of one of these."""
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        if not len(shapes):
            return np.empty(0, dtype=np.int64)
        old = np.unique(self._tree.query(shapes)[1])
        boxes = self._boxes.array
        fresh = np.zeros(len(boxes), dtype=bool)
        for west, south, east, north in shapely.bounds(shapes):
            fresh |= ((boxes[:, 0] <= east) & (boxes[:, 2] >= west)
                      & (boxes[:, 1] <= north) & (boxes[:, 3] >= south))  # fmt: skip
        return np.concatenate([old, np.flatnonzero(fresh) + self._start])

    def meeting(self, shapes: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """List the shapes, of `rows` or of all, whose interior meets that of one of these."""
        near = self.near(shapes) if rows is None else rows
        if not len(near):
            return near
        own = self._shapes.array[near]
        hit = np.zeros(len(near), dtype=bool)
        there = ~(shapely.is_missing(own) | shapely.is_empty(own))
        for shape in shapes:
            asked = np.flatnonzero(there & ~hit)
            if shape is None or shape.is_empty or not len(asked):
                continue
            shapely.prepare(shape)
            asked = asked[shapely.intersects(shape, own[asked])]
            hit[asked] = shapely.relate_pattern(own[asked], shape, "T********")
        return near[hit]
