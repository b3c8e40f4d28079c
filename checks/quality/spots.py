# SPDX-License-Identifier: GPL-2.0-or-later
"""The exact spots where a ring is at fault, so that a hand finds them on the map."""

from __future__ import annotations

import re

import numpy as np
import shapely

_SPOT = re.compile(r"\[(-?[\d.eE+]+) (-?[\d.eE+]+)\]")
MOST = 100  # spots of one feature: beyond that it is not a slip of the pen
_SEGMENTS = 20_000


def fault_spots(shape: shapely.Geometry | None) -> np.ndarray:
    """Give the points (n x 2) where a polygon is invalid, the one GEOS names first.

    Besides GEOS's first fault these are the places where rings cross or touch themselves or each
    other. Empty where the fault has no place, as in a shape without points.
    """
    nothing = np.empty((0, 2))
    if shape is None or shapely.is_empty(shape):
        return nothing
    xy = shapely.get_coordinates(shape)
    finite = np.isfinite(xy).all(axis=1)
    if not finite.all():
        return nothing
    told = _SPOT.search(shapely.is_valid_reason(shape))
    first = np.array([[float(told[1]), float(told[2])]]) if told else nothing
    rest = _crossings(shape)
    if len(first) and len(rest):
        rest = rest[np.hypot(*(rest - first[0]).T) > 1e-6]
    return np.vstack([first, rest])[:MOST]


def _crossings(shape: shapely.Geometry) -> np.ndarray:
    """Find where segments of a shape meet that are no neighbours in their ring."""
    start, end, ring, turn, size = _segments(shape)
    if not 0 < len(start) <= _SEGMENTS:
        return np.empty((0, 2))
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    a, b = shapely.STRtree(lines).query(lines, predicate="intersects")
    a, b = a[a < b], b[a < b]
    apart = np.abs(turn[a] - turn[b])
    beside = (ring[a] == ring[b]) & ((apart == 1) | (apart == size[a] - 1))
    # Neighbours meet in their common point; where they share more they run back on themselves.
    met = shapely.intersection(lines[a], lines[b])
    back = shapely.length(met) > 0
    points = shapely.get_coordinates(met[~beside | back])
    return np.unique(points.round(9), axis=0) if len(points) else np.empty((0, 2))


def _segments(shape: shapely.Geometry) -> tuple[np.ndarray, ...]:
    """Cut all rings into segments: starts, ends, ring, place in the ring, segments of the ring."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    xy, owner = shapely.get_coordinates(rings, return_index=True)
    same = owner[1:] == owner[:-1]
    real = same & (xy[1:] != xy[:-1]).any(axis=1)
    start, end, ring = xy[:-1][real], xy[1:][real], owner[:-1][real]
    size = np.bincount(ring, minlength=len(rings))[ring] if len(ring) else ring
    first = (
        np.r_[0, np.cumsum(np.bincount(ring, minlength=len(rings)))][ring] if len(ring) else ring
    )
    return start, end, ring, np.arange(len(ring)) - first, size


def as_points(spots: np.ndarray) -> shapely.MultiPoint | None:
    """Make a geometry of spots; None for none."""
    return shapely.MultiPoint(spots) if len(spots) else None
