# SPDX-License-Identifier: GPL-2.0-or-later
"""Rings of many polygons as numbers of vertices, and which vertices and edges lie near each other.

A coverage's neighbours share vertices: here each place is one number, so that to move it moves all
rings through it, and an edge is a pair of numbers, so that to compare edges needs no geometry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import GeometryType

_BATCH = 50_000  # edges asked about at a time: their boxes are large


@dataclass
class Rings:
    """Polygons taken apart: `xy` are the places, `number` the place of each ring's points.

    `starts` are where the rings begin among the points (and the end of the last), `polygon_starts`
    and `feature_starts` the same for polygons among rings and features among polygons. Rings are
    closed: the last point of each is its first.
    """

    xy: np.ndarray
    number: np.ndarray
    starts: np.ndarray
    polygon_starts: np.ndarray
    feature_starts: np.ndarray

    @property
    def first(self) -> np.ndarray:
        """Give the points at which an edge begins: all but the last of each ring."""
        out = np.ones(len(self.number), dtype=bool)
        out[self.starts[1:] - 1] = False
        return np.flatnonzero(out)

    def owner(self) -> np.ndarray:
        """Give the feature of each point."""
        rings = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        polygons = np.repeat(np.arange(len(self.polygon_starts) - 1), np.diff(self.polygon_starts))
        features = np.repeat(np.arange(len(self.feature_starts) - 1), np.diff(self.feature_starts))
        return features[polygons[rings]]

    def shapes(self) -> np.ndarray:
        """Build the features again, each a MultiPolygon; rings must have four points or more."""
        if not len(self.starts) - 1:
            return np.full(len(self.feature_starts) - 1, shapely.MultiPolygon(), dtype=object)
        offsets = (self.starts, self.polygon_starts, self.feature_starts)
        return shapely.from_ragged_array(
            GeometryType.MULTIPOLYGON, self.xy[self.number], offsets
        )  # fmt: skip


def rings_of(shapes: np.ndarray) -> Rings:
    """Take Polygons and MultiPolygons (flat, none missing) apart."""
    # One empty MultiPolygon makes sure that all come out as MultiPolygons.
    _, xy, offsets = shapely.to_ragged_array(np.append(shapes, shapely.MultiPolygon()))
    places, number = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
    starts, polygons, features = (np.asarray(one, dtype=np.int64) for one in offsets)
    places = np.column_stack([places.real, places.imag])
    return Rings(places, number.astype(np.int64), starts, polygons, features[:-1])


def edges_of(rings: Rings) -> np.ndarray:
    """Give each edge once, as a pair of places, the lower first."""
    first = rings.first
    a, b = rings.number[first], rings.number[first + 1]
    size = np.int64(max(len(rings.xy), 1))
    keys = np.unique(np.minimum(a, b) * size + np.maximum(a, b))
    edges = np.column_stack([keys // size, keys % size])
    return edges[edges[:, 0] != edges[:, 1]]


def near_places(xy: np.ndarray, distance: float) -> np.ndarray:
    """Find the pairs of places at most `distance` apart: rows (i, j), i < j."""
    if len(xy) < 2 or distance <= 0:
        return np.empty((0, 2), dtype=np.int64)
    column, row = _packed(xy[:, 0], distance), _packed(xy[:, 1], distance)
    wide = row.max() + 3
    keys = column * wide + row
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    found = [_matches(ranked, order, step) for step in (0, 1, wide - 1, wide, wide + 1)]
    pairs = np.concatenate(found)
    gap = xy[pairs[:, 0]] - xy[pairs[:, 1]]
    pairs = pairs[np.hypot(gap[:, 0], gap[:, 1]) <= distance]
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _packed(values: np.ndarray, size: float) -> np.ndarray:
    """Number the cells that hold anything: neighbours are 1 apart, all others 2."""
    cells, where = np.unique(np.floor(values / size), return_inverse=True)
    numbers = np.cumsum(np.minimum(np.diff(cells, prepend=cells[0] - 1), 2)).astype(np.int64)
    return numbers[where]


def _matches(ranked: np.ndarray, order: np.ndarray, step: int) -> np.ndarray:
    """Pair each place with those of the cell `step` further on; of its own cell with later ones."""
    wanted = ranked + step
    low = np.searchsorted(ranked, wanted)
    if step == 0:
        low = np.arange(1, len(ranked) + 1)
    rows = np.flatnonzero(
        (low < len(ranked)) & (ranked[np.minimum(low, len(ranked) - 1)] == wanted)
    )
    many = np.searchsorted(ranked, wanted[rows], "right") - low[rows]
    left = np.repeat(rows, many)
    right = np.repeat(low[rows], many) + counting(many)
    return np.column_stack([order[left], order[right]]).astype(np.int64)


def counting(many: np.ndarray) -> np.ndarray:
    """Count 0, 1, 2 ... anew for each of the numbers given."""
    ends = np.cumsum(many)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - many, many)


def places_on_edges(
    xy: np.ndarray, edges: np.ndarray, distance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the places of edges that lie within `distance` of another edge.

    Only those count from which either end is nearer than the ends are to each other: led through
    them an edge falls into shorter ones, so that this comes to an end. Gives edge (row of `edges`),
    place, and where along the edge (0 to 1) its foot lies.
    """
    if not len(edges):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    used = np.unique(edges)
    tree = shapely.STRtree(shapely.points(xy[used]))
    found = [
        _near(tree, used, xy, edges, slice(start, start + _BATCH), distance)
        for start in range(0, len(edges), _BATCH)
    ]
    edge, place, along = (np.concatenate(part) for part in zip(*found))
    return edge, place, along


def _near(
    tree: shapely.STRtree, used: np.ndarray, xy: np.ndarray, edges: np.ndarray, part: slice,
    distance: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    ends = xy[edges[part]]
    low, high = ends.min(axis=1) - distance, ends.max(axis=1) + distance
    edge, hit = tree.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))
    place = used[hit]
    start, step = ends[edge, 0], ends[edge, 1] - ends[edge, 0]
    reach = xy[place] - start
    length = np.einsum("ij,ij->i", step, step)
    along = np.einsum("ij,ij->i", reach, step) / length
    off = reach - along[:, None] * step
    near = (along > 0) & (along < 1) & (np.hypot(off[:, 0], off[:, 1]) <= distance)
    rest = reach - step
    near &= np.maximum((reach**2).sum(axis=1), (rest**2).sum(axis=1)) < length
    return edge[near] + part.start, place[near], along[near]


def mismatched(shapes: np.ndarray) -> np.ndarray:
    """Tell which polygons have an edge that is not drawn just once more, the other way round."""
    rings = rings_of(shapely.orient_polygons(shapes))
    first = rings.first
    a, b = rings.number[first], rings.number[first + 1]
    keys = np.minimum(a, b) * np.int64(max(len(rings.xy), 1)) + np.maximum(a, b)
    _, edge, count = np.unique(keys, return_inverse=True, return_counts=True)
    balance = np.bincount(edge, np.where(a < b, 1, -1))
    odd = (count[edge] != 2) | (balance[edge] != 0)
    out = np.zeros(len(shapes), dtype=bool)
    out[rings.owner()[first[odd]]] = True
    return out
