# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain overlays for the oracle: each polygon with each, pair after pair."""

from __future__ import annotations

import numpy as np
import shapely

Shapes = np.ndarray


def polygonal(shapes: Shapes) -> Shapes:
    """Keep the polygons of each shape, without lines and points; a shape may become empty."""
    out = np.asarray(shapes, dtype=object).copy()
    for row in np.flatnonzero(~np.isin(shapely.get_type_id(out), (3, 6))):
        parts = [one for one in shapely.get_parts(out[row]) if one.geom_type == "Polygon"]
        out[row] = shapely.MultiPolygon(parts)
    return out


def valid(shapes: Shapes) -> Shapes:
    """Repair what is invalid."""
    bad = ~shapely.is_valid(shapes)
    out = np.array(shapes, dtype=object)
    out[bad] = polygonal(shapely.make_valid(out[bad], method="structure", keep_collapsed=False))
    return out


def shared(left: Shapes, right: Shapes) -> tuple[np.ndarray, np.ndarray, Shapes]:
    """Intersect each with each: row of left, row of right, the ground they share."""
    if not len(left) or not len(right):
        return np.empty(0, int), np.empty(0, int), np.empty(0, object)
    i, j = shapely.STRtree(right).query(left, predicate="intersects")
    cut = polygonal(shapely.intersection(left[i], right[j]))
    keep = shapely.area(cut) > 0
    return i[keep], j[keep], cut[keep]


def minus(left: Shapes, right: Shapes) -> Shapes:
    """Take all of right from each of left."""
    if not len(left) or not len(right):
        return left
    return cut_off(left, right, *shapely.STRtree(right).query(left, predicate="intersects"))


def cut_off(left: Shapes, right: Shapes, i: np.ndarray, j: np.ndarray) -> Shapes:
    """Take right[j] from left[i], pair after pair."""
    out = left.copy()
    for a, b in zip(i, j):
        out[a] = shapely.difference(out[a], right[b])
    return polygonal(out)


def first_wins(shapes: Shapes) -> Shapes:
    """Take from each feature what an earlier one already covers."""
    i, j = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    earlier = j < i
    return cut_off(shapes, shapes, i[earlier], j[earlier])
