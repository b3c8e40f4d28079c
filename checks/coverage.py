# SPDX-License-Identifier: GPL-2.0-or-later
"""A quick proof that a layer of parcels does not overlap itself.

In a clean layer each edge inside is drawn twice, once by either neighbour, and the edges drawn once
bound the whole. If no edge is drawn more than twice, the edges drawn once bound the ground that an
odd number of polygons covers (each edge flips the count by one). Where that ground is as large as
all polygons together, none is covered twice: one comparison of two areas, instead of one question
for each pair of neighbours.
"""

from __future__ import annotations

import numpy as np
import shapely

from . import parallel

# A smaller part of the area than this is what adding up a county's parcels leaves of rounding.
_ROUNDING = 2e-13
# Putting lone edges together costs more than it saves where most of them are: scattered blocks.
_SHARE = 0.02
_FEW = 2000
_BATCH = 10_000
_TABLE = np.uint64((1 << 20) - 1)


def is_disjoint(shapes: np.ndarray) -> bool:
    """Prove that valid polygons do not overlap; False says only that the proof did not succeed."""
    present = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if len(present) < 2:
        return True
    parts = parallel.run(
        lambda part: _edges(present[part]), parallel.batches(len(present), size=_BATCH)
    )
    drawn = np.concatenate([part[0] for part in parts])
    lone = _drawn_once(drawn)
    if lone is None or len(lone) > max(_FEW, len(drawn) * _SHARE):
        return False
    edges = np.concatenate(_pick([part[1] for part in parts], lone))
    lines = shapely.linestrings(edges)
    try:
        ground = shapely.area(shapely.build_area(shapely.geometrycollections(lines)))
    except shapely.GEOSException:
        return False
    total = shapely.area(present).sum()
    return bool(abs(total - ground) < _ROUNDING * total)


def _pick(edges: list[tuple[np.ndarray, np.ndarray]], rows: np.ndarray) -> list[np.ndarray]:
    """Take rows of what would stand under each other: (points, first point of each edge)."""
    ends = np.cumsum([len(first) for _, first in edges])
    out = []
    for (points, first), end in zip(edges, ends):
        own = first[rows[(rows >= end - len(first)) & (rows < end)] - (end - len(first))]
        out.append(np.stack([points[own], points[own + 1]], axis=1))
    return out


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


def _drawn_once(drawn: np.ndarray) -> np.ndarray | None:
    """Find the rows of the numbers that stand once; None where one stands more than twice."""
    order = np.sort(drawn)
    again = order[1:] == order[:-1]
    if (again[1:] & again[:-1]).any():
        return None
    once = order[np.r_[True, ~again] & np.r_[~again, True]]
    table = np.zeros(int(_TABLE) + 1, dtype=bool)
    table[once & _TABLE] = True
    rows = np.flatnonzero(table[drawn & _TABLE])
    return rows[np.isin(drawn[rows], once)]
