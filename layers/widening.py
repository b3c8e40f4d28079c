# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines and points made areas: a road by its whole width, a tower by its diameter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely import GeometryType

from .sector_model import KINDS
from .words import say

_LINES = (GeometryType.LINESTRING, GeometryType.LINEARRING, GeometryType.MULTILINESTRING)
_POINTS = (GeometryType.POINT, GeometryType.MULTIPOINT)
_KIND_OF = np.array(["", *reversed(KINDS)], dtype=object)  # by dimension, none being -1


@dataclass
class Widened:
    """Areas in place of lines and points, and what could not be made one.

    `shapes` holds polygons as they came and what lines and points became; None where there was no
    width. `kinds` is one of KINDS for each feature as it was drawn, "" without geometry.
    `unusable` has row and reason.
    """

    shapes: np.ndarray
    kinds: np.ndarray
    unusable: pd.DataFrame


def widen(shapes: np.ndarray, widths: np.ndarray) -> Widened:
    """Make areas of lines and points; `widths` are metres, NaN where not given.

    A line becomes as wide as its width, with flat ends and mitred joins; a point a disk of that
    diameter. Polygons stay as they are, valid or not. A collection of both becomes their union.
    """
    out = np.array(shapes, dtype=object)
    kinds = shapely.get_type_id(out)
    dimension = shapely.get_dimensions(out)
    mixed = np.array([_is_mixed(shape) for shape in out], dtype=bool)
    thin = (np.isin(kinds, (*_LINES, *_POINTS)) | mixed) & ~shapely.is_empty(out)
    reasons: dict[int, str] = {}
    bad = thin & ~(np.isfinite(widths) & (widths > 0))
    for row in np.flatnonzero(bad).tolist():
        reasons[row] = _width_reason(float(widths[row]))
    for row in np.flatnonzero(thin & ~bad & ~_finite(out)).tolist():
        reasons[row] = say("layers.geometry_infinite")
    good = thin.copy()
    good[list(reasons)] = False
    lines, points = good & np.isin(kinds, _LINES), good & np.isin(kinds, _POINTS)
    out[lines] = _line_areas(out[lines], widths[lines])
    out[points] = shapely.buffer(out[points], widths[points] / 2)
    for row in np.flatnonzero(good & mixed).tolist():
        out[row] = _mixed_area(out[row], float(widths[row]))
    for row in np.flatnonzero(good & shapely.is_empty(out)).tolist():
        reasons[row] = say("layers.width_nothing")
    rows = sorted(reasons)
    out[rows] = None
    table = pd.DataFrame({"row": np.array(rows, dtype=int), "reason": [reasons[r] for r in rows]})
    return Widened(out, _KIND_OF[dimension + 1], table)


def _line_areas(lines: np.ndarray, widths: np.ndarray) -> np.ndarray:
    return shapely.buffer(lines, widths / 2, cap_style="flat", join_style="mitre")


def _is_mixed(shape: shapely.Geometry | None) -> bool:
    """Tell whether a shape is a collection that has lines or points in it."""
    if shape is None or shape.geom_type != "GeometryCollection":
        return False
    return bool((shapely.get_dimensions(_parts(shape)) < 2).any())


def _parts(shape: shapely.Geometry) -> np.ndarray:
    """Take a shape apart, collections in collections too; empty parts are left out."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) >= GeometryType.MULTIPOINT).any():
        parts = shapely.get_parts(parts)
    return parts[~shapely.is_empty(parts)]


def _mixed_area(shape: shapely.Geometry, width: float) -> shapely.Geometry:
    """Unite a collection's polygons with what its lines and points become.

    With an invalid polygon among them they stay a collection, which the repair then tells of.
    """
    parts = _parts(shape)
    kinds = shapely.get_type_id(parts)
    lines, points = np.isin(kinds, _LINES), np.isin(kinds, _POINTS)
    widths = np.full(len(parts), width)
    parts[lines] = _line_areas(parts[lines], widths[lines])
    parts[points] = shapely.buffer(parts[points], width / 2)
    if not shapely.is_valid(parts).all():
        return shapely.geometrycollections(parts)
    return shapely.union_all(parts)


def _finite(shapes: np.ndarray) -> np.ndarray:
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    out = np.ones(len(shapes), dtype=bool)
    out[owner[~np.isfinite(points).all(axis=1)]] = False
    return out


def _width_reason(width: float) -> str:
    if np.isnan(width):
        return say("layers.width_missing")
    return say("layers.width_wrong", width=f"{width:g}")
