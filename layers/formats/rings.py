# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons out of rings that nobody says are shells or holes: what lies inside what decides."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import shapely

_LEAST = 3


def nest(rings: Sequence[np.ndarray]) -> list[tuple[int, shapely.Polygon]]:
    """Make polygons of rings (n x 2): each with the number of the ring that is its shell.

    A ring inside an odd number of others is a hole of the smallest of them. Rings without three
    points are left out; other faults stay in the shapes, to be told where shapes are checked.
    """
    ends = np.cumsum([0, *(len(ring) for ring in rings)])
    points = np.concatenate([*rings]) if len(rings) else np.empty((0, 2))
    shells, shapes = nest_all(points, ends, np.zeros(len(rings), dtype=int))
    return list(zip(shells.tolist(), shapes))


def nest_all(
    points: np.ndarray, ends: np.ndarray, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Make polygons of many features' rings at once; gives shells' numbers and their polygons.

    Ring i is points[ends[i]:ends[i + 1]], closed or not, of feature group[i]; rings of different
    features do not see each other. In the order of the rings.
    """
    first, last = ends[:-1], ends[1:] - 1
    size = np.diff(ends)
    some = np.flatnonzero(size > 0)
    size[some] += (points[first[some]] != points[last[some]]).any(axis=1)
    kept = np.flatnonzero(size > _LEAST)
    lines = _linearrings(points, ends, kept)
    parts = shapely.polygons(lines)
    counts: np.ndarray = np.bincount(group[kept], minlength=1)
    alone = counts[group[kept]] == 1
    out, shells = parts.copy(), np.ones(len(kept), dtype=bool)
    rows = np.flatnonzero(~alone)
    parents = _parents(parts[rows], group[kept][rows])
    depth = np.zeros(len(rows), dtype=int)
    for index in np.argsort(-np.abs(shapely.area(parts[rows])), kind="stable").tolist():
        if parents[index] >= 0:
            depth[index] = depth[parents[index]] + 1
    holes: dict[int, list[int]] = {}
    for index in np.flatnonzero(depth % 2).tolist():
        shells[rows[index]] = False
        holes.setdefault(int(rows[parents[index]]), []).append(int(rows[index]))
    for shell, within in holes.items():
        out[shell] = shapely.Polygon(lines[shell], list(lines[within]))
    return kept[shells], out[shells]


def _linearrings(points: np.ndarray, ends: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Make closed rings of those that are kept."""
    if not len(kept):
        return np.empty(0, dtype=object)
    counts = np.diff(ends)
    taken = np.zeros(len(counts), dtype=bool)
    taken[kept] = True
    rows = np.repeat(taken, counts)
    place = np.repeat(np.arange(len(kept)), counts[kept])
    return np.asarray(shapely.linearrings(points[ends[0] : ends[-1]][rows], indices=place))


def shape_of_rings(rings: Sequence[np.ndarray]) -> shapely.Geometry | None:
    """Make a Polygon or MultiPolygon of rings by what lies inside what; None of none usable."""
    parts = [shape for _, shape in nest(rings)]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _parents(parts: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Give for each part the smallest larger one of its group that it lies in, -1 for none."""
    out = np.full(len(parts), -1)
    if len(parts) < 2:
        return out
    sound = np.where(shapely.is_valid(parts), parts, shapely.make_valid(parts))
    rank = np.empty(len(parts), dtype=int)
    order = np.argsort(-np.abs(shapely.area(parts)), kind="stable")
    rank[order] = np.arange(len(parts))
    inner, outer = shapely.STRtree(sound).query(sound)
    fit = (group[inner] == group[outer]) & (rank[outer] < rank[inner])
    inner, outer = inner[fit], outer[fit]
    lies = shapely.covers(sound[outer], sound[inner])
    held = np.zeros(len(parts), dtype=bool)
    held[inner[lies]] = True
    # A hole that crosses its shell by a hair still lies in it.
    astray = np.flatnonzero(~held[inner])
    spots = shapely.point_on_surface(sound[inner[astray]])
    lies[astray] = shapely.covers(sound[outer[astray]], spots)
    inner, outer = inner[lies], outer[lies]
    nearest = np.lexsort((rank[outer], inner))  # the smallest of each comes last
    out[inner[nearest]] = outer[nearest]
    return out


def northwest_rings(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take polygons apart into open rings that begin at their north-west corner.

    Shells run clockwise and come before their holes, which run against it. Gives all points
    (n x 2), where rings begin among them (and the end), and the number of each ring's shape.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    shell = np.r_[True, part[1:] != part[:-1]][: len(rings)]
    turned = shapely.is_ccw(rings) == shell
    rings[turned] = shapely.reverse(rings[turned])
    points, of = shapely.get_coordinates(rings, return_index=True)
    last = np.flatnonzero(np.r_[of[1:] != of[:-1], True][: len(of)])
    points, of = np.delete(points, last, axis=0), np.delete(of, last)  # the last repeats the first
    many = np.bincount(of, minlength=len(rings))
    ends = np.concatenate([[0], np.cumsum(many)])
    height = points[:, 1] - points[:, 0]
    top = np.maximum.reduceat(height, ends[:-1]) if len(rings) else height
    corner = np.flatnonzero(height == np.repeat(top, many))
    corner = corner[np.unique(of[corner], return_index=True)[1]]  # the first of those
    place = np.arange(len(points)) - np.repeat(ends[:-1], many)
    turn = np.repeat(corner - ends[:-1], many)
    order = np.repeat(ends[:-1], many) + (place + turn) % np.repeat(many, many)
    return points[order], ends, owner[part]
