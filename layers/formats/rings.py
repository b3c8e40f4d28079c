# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons out of rings that nobody says are shells or holes: what lies inside what decides."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import shapely

_LEAST = 3


def closed(ring: np.ndarray) -> np.ndarray:
    """Give a ring of points (n x 2) that ends where it begins."""
    return ring if len(ring) and (ring[0] == ring[-1]).all() else np.vstack([ring, ring[:1]])


def nest(rings: Sequence[np.ndarray]) -> list[tuple[int, shapely.Polygon]]:
    """Make polygons of rings (n x 2): each with the number of the ring that is its shell.

    A ring inside an odd number of others is a hole of the smallest of them. Rings without three
    points are left out; other faults stay in the shapes, to be told where shapes are checked.
    """
    whole = [(i, closed(ring)) for i, ring in enumerate(rings) if len(ring)]
    whole = [(i, ring) for i, ring in whole if len(ring) > _LEAST]
    order = [i for i, _ in whole]
    parts = np.array([shapely.Polygon(ring) for _, ring in whole], dtype=object)
    if len(parts) == 1:
        return [(order[0], parts[0])]
    by_size: np.ndarray = np.argsort(-np.abs(shapely.area(parts)), kind="stable")
    parts, order = parts[by_size], [order[i] for i in by_size]
    parents = _parents(parts)
    depth: list[int] = []
    for parent in parents:
        depth.append(depth[parent] + 1 if parent >= 0 else 0)
    holes: dict[int, list[shapely.Geometry]] = {}
    for index, parent in enumerate(parents):
        if depth[index] % 2:
            holes.setdefault(parent, []).append(parts[index].exterior)
    shells = [i for i in range(len(parts)) if depth[i] % 2 == 0]
    out = [(order[i], shapely.Polygon(parts[i].exterior, holes.get(i, []))) for i in shells]
    return sorted(out, key=lambda one: one[0])


def shape_of_rings(rings: Sequence[np.ndarray]) -> shapely.Geometry | None:
    """Make a Polygon or MultiPolygon of rings by what lies inside what; None of none usable."""
    parts = [shape for _, shape in nest(rings)]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _parents(parts: np.ndarray) -> list[int]:
    """Give for each part, largest first, the smallest earlier one it lies in, -1 for none."""
    if not len(parts):
        return []
    sound = np.array([one if shapely.is_valid(one) else shapely.make_valid(one) for one in parts])
    inside = shapely.point_on_surface(sound)
    out = []
    for index in range(len(parts)):
        holders: np.ndarray = np.flatnonzero(shapely.covers(sound[:index], sound[index]))
        if index and not len(holders):  # a hole that crosses its shell by a hair still lies in it
            holders = np.flatnonzero(shapely.covers(sound[:index], inside[index]))
        out.append(int(holders[-1]) if len(holders) else -1)
    return out


def points_of(ring: shapely.Geometry) -> np.ndarray:
    """Give a ring's points without the last, which repeats the first."""
    return shapely.get_coordinates(ring)[:-1]


def from_northwest(ring: np.ndarray, clockwise: bool) -> np.ndarray:
    """Turn an open ring (n x 2, east and north) so that it begins at its north-west corner."""
    x, y = (ring - ring[0]).T
    area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    if (area < 0) != clockwise:
        ring = ring[::-1]
    return np.roll(ring, -int(np.argmax(ring[:, 1] - ring[:, 0])), axis=0)
