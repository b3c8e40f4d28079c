# SPDX-License-Identifier: GPL-2.0-or-later
"""A quick proof that a layer of parcels does not overlap itself.

In a clean layer each edge inside is drawn twice, once by either neighbour, and the edges drawn once
bound the whole. If no edge is drawn more than twice, the edges drawn once part the plane into faces
that an odd or an even number of polygons covers. Where the odd ones are as large as all polygons
together, no ground is covered twice: one comparison of two areas, instead of one question for each
pair of neighbours.
"""

from __future__ import annotations

from typing import Iterator, Sequence

import numpy as np
import shapely

from . import parallel

# A smaller part of the area than this is what adding up a county's parcels leaves of rounding.
_ROUNDING = 2e-13
# Putting lone edges together costs more than it saves where most of them are: scattered blocks.
_SHARE = 0.02
_FEW = 30_000
_BATCH = 10_000
_RUN = 8
_SOME = 4000
_TABLE = np.uint64((1 << 23) - 1)


def is_disjoint(shapes: np.ndarray) -> bool:
    """Prove that valid polygons do not overlap; False says only that the proof did not succeed."""
    return Borders(shapes).disjoint()


class Borders:
    """The edges of a layer's rings, each with a number that does not depend on its direction."""

    def __init__(self, shapes: np.ndarray) -> None:
        self.shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        parts = parallel.run(
            lambda part: _edges(self.shapes[part]),
            parallel.batches(len(self.shapes), size=_BATCH),
        )
        self._parts = [part[1] for part in parts]
        self._drawn = np.concatenate([part[0] for part in parts] or [np.empty(0, np.uint64)])
        self.numbers: np.ndarray = np.sort(self._drawn)  # in order of size; those drawn twice too

    def disjoint(self) -> bool:
        """Prove that the polygons do not overlap; False says only that the proof failed."""
        if len(self.shapes) < 2:
            return True
        rows = self._drawn_once()
        if rows is None or len(rows) > max(_FEW, len(self._drawn) * _SHARE):
            return False
        edges = np.concatenate([np.stack(ends, axis=1) for ends in self._ends(rows)])
        ground = self._odd_ground(shapely.linestrings(edges))
        total = shapely.area(self.shapes).sum()
        return ground is not None and bool(abs(total - ground) < _ROUNDING * total)

    def _odd_ground(self, lines: np.ndarray) -> float | None:
        """Measure the ground that an odd number of polygons covers; None where that is not sure.

        Lone edges part the plane into faces: any other edge changes the count by two or not at all.
        So one point of each face tells whether its count is odd.
        """
        if not len(lines):
            return 0.0
        if not shapely.is_simple(shapely.multilinestrings(lines)):
            return None  # edges cross, or end on each other: the faces are not these
        faces = shapely.get_parts(shapely.polygonize(lines))
        tree = shapely.STRtree(self.shapes)
        count, doubtful = _cover_count(tree, shapely.point_on_surface(faces))
        for row in doubtful.tolist():  # its point lies on an edge inside: take one beside it
            near = self.shapes[tree.query(shapely.point_on_surface(faces[row]), "intersects")]
            ground = shapely.intersection(faces[row], near)
            points = shapely.point_on_surface(ground[shapely.area(ground) > 0])
            counts, unsure = _cover_count(tree, points)
            sure = np.delete(counts, unsure)
            if not len(sure):
                return None
            count[row] = sure[0]
        return float(shapely.area(faces)[count % 2 == 1].sum())

    def loose(self, known: Sequence[np.ndarray]) -> np.ndarray:
        """Give boxes around the edges that stand in none of the sorted numbers: (n, 4) floats.

        A box holds up to eight edges that follow each other.
        """
        boxes = []
        rows = self._rows(_unknown(self.numbers, known))
        for start, (a, b) in zip(self._runs(rows), self._ends(rows)):
            low = np.minimum.reduceat(np.minimum(a, b), start) if len(start) else a
            high = np.maximum.reduceat(np.maximum(a, b), start) if len(start) else a
            boxes.append(np.hstack([low, high]))
        return np.concatenate(boxes) if boxes else np.empty((0, 4))

    def strange(self, known: Sequence[np.ndarray]) -> float:
        """Estimate, from some of them, which share of the edges stands in none of the numbers."""
        some = self.numbers[:: max(1, len(self.numbers) // _SOME)]
        return len(_unknown(some, known)) / max(1, len(some))

    def _drawn_once(self) -> np.ndarray | None:
        """Find the edges drawn once; None where one is drawn more than twice."""
        again = self.numbers[1:] == self.numbers[:-1]
        if (again[1:] & again[:-1]).any():
            return None
        return self._rows(self.numbers[np.r_[True, ~again] & np.r_[~again, True]])

    def _rows(self, wanted: np.ndarray) -> np.ndarray:
        """Find the edges whose number is among the wanted ones, which are sorted."""
        if not len(wanted):
            return np.empty(0, dtype=int)
        if len(wanted) == len(self.numbers):
            return np.arange(len(self._drawn))
        table = np.zeros(int(_TABLE) + 1, dtype=bool)
        table[wanted & _TABLE] = True
        rows = np.flatnonzero(table[self._drawn & _TABLE])
        return rows[_among(self._drawn[rows], wanted)]

    def _own(self, rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give, part by part, the points and where among them the edges of these rows begin."""
        end = 0
        for points, first in self._parts:
            start, end = end, end + len(first)
            low, high = np.searchsorted(rows, [start, end])
            yield points, first[rows[low:high] - start]

    def _ends(self, rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give, part by part, the two ends of the edges of these rows."""
        for points, own in self._own(rows):
            yield points[own], points[own + 1]

    def _runs(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        """Give, part by part, where a run of at most eight edges that follow each other begins."""
        for _, own in self._own(rows):
            fresh = np.r_[True, np.diff(own) != 1][: len(own)]
            head = np.flatnonzero(fresh)
            place = np.arange(len(own)) - np.repeat(head, np.diff(np.r_[head, len(own)]))
            yield np.flatnonzero(place % _RUN == 0)


def _cover_count(tree: shapely.STRtree, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count the polygons over each point, and list the points that lie on an edge of one."""
    touched, within = (
        np.bincount(tree.query(points, predicate=how)[0], minlength=len(points))
        for how in ("intersects", "within")
    )
    return within, np.flatnonzero(touched != within)


def _unknown(values: np.ndarray, known: Sequence[np.ndarray]) -> np.ndarray:
    """Keep the values that stand in none of the sorted numbers."""
    for numbers in known:
        values = values[~_among(values, numbers)]
    return values


def _among(values: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Tell which values stand among sorted numbers."""
    if not len(numbers):
        return np.zeros(len(values), dtype=bool)
    place = np.minimum(np.searchsorted(numbers, values), len(numbers) - 1)
    return numbers[place] == values


def _edges(shapes: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Give the key of each edge of all rings, the points, and where among them each edge begins."""
    points, first, _ = ring_points(shapes)
    return keys(mixed(points), first), (points, first)


def ring_points(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the points of all rings, where among them each edge begins, and each edge's shape."""
    plain = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    plain &= shapely.get_num_interior_rings(shapes) == 0
    xy = [shapely.get_coordinates(shapes[plain])]
    counts = [shapely.get_num_coordinates(shapes[plain])]
    owner = [np.flatnonzero(plain)]
    if not plain.all():
        parts, of_part = shapely.get_parts(shapes[~plain], return_index=True)
        rings, of_ring = shapely.get_rings(parts, return_index=True)
        xy.append(shapely.get_coordinates(rings))
        counts.append(shapely.get_num_coordinates(rings))
        owner.append(np.flatnonzero(~plain)[of_part[of_ring]])
    points = np.concatenate(xy)
    many = np.concatenate(counts)
    owners = np.concatenate(owner)[many > 0]
    many = many[many > 0]  # an empty ring has no edge
    real = np.ones(len(points), dtype=bool)
    real[np.cumsum(many) - 1] = False
    first = np.flatnonzero(real)
    return points, first, np.repeat(owners, many - 1)


def keys(ends: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Give each edge a number that does not depend on its direction."""
    a, b = ends[first], ends[first + 1]
    return (a ^ b) * np.uint64(0x9E3779B97F4A7C15) + (a + b)


def mixed(points: np.ndarray) -> np.ndarray:
    """Give each point a number: equal points equal ones, others hardly ever."""
    bits = np.ascontiguousarray(points + 0.0).view(np.uint64)  # + 0.0: one zero, not two
    out = bits[:, 0] * np.uint64(0x9E3779B97F4A7C15)
    out ^= out >> np.uint64(29)
    out = (out + bits[:, 1]) * np.uint64(0xC2B2AE3D27D4EB4F)
    return out ^ (out >> np.uint64(32))
