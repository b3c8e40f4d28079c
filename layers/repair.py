# SPDX-License-Identifier: GPL-2.0-or-later
"""Geometries made usable: valid polygons out of what really arrives, and what that changed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Callable

import numpy as np
import pandas as pd
import shapely
from shapely import GeometryType

from .words import say

_POLYGONAL = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
# The first that gives a valid area is taken: GEOS's structure keeps what rings mean, but comes out
# empty or invalid where rings run over themselves; its linework knows only what lines enclose.
_WAYS: tuple[Callable[[shapely.Geometry], shapely.Geometry], ...] = (
    partial(shapely.make_valid, method="structure", keep_collapsed=False),
    partial(shapely.make_valid, method="linework"),
    partial(shapely.buffer, distance=0),
)
_CHUNK = 20_000  # below this a second thread costs more than it brings


@dataclass
class Repaired:
    """Valid polygons (None where there is none) and the two tables of what happened.

    `mended` has row, before_m2, after_m2, reason; `unusable` has row, reason. `marks` holds for
    the rows of `unusable` what a map can show of them: the original shape, or the fault's place.
    """

    shapes: np.ndarray
    mended: pd.DataFrame
    unusable: pd.DataFrame
    marks: np.ndarray


_NONE_MENDED = pd.DataFrame({"row": [], "before_m2": [], "after_m2": [], "reason": []})
_NONE_UNUSABLE = pd.DataFrame({"row": [], "reason": []})


def in_threads(work: Callable[[np.ndarray], np.ndarray], items: np.ndarray) -> np.ndarray:
    """Run an elementwise function over halves (quarters, ...) of an array, one a thread."""
    parts = min(os.cpu_count() or 1, 4, max(1, len(items) // _CHUNK))
    if parts == 1:
        return work(items)
    with ThreadPoolExecutor(parts) as pool:
        return np.concatenate(list(pool.map(work, np.array_split(items, parts))))


def from_wkb(wkb: np.ndarray) -> np.ndarray:
    """Read WKB in bulk; a record GEOS refuses (a ring that is not closed) becomes None."""
    try:
        return in_threads(shapely.from_wkb, wkb)
    except shapely.GEOSException:
        return shapely.from_wkb(wkb, on_invalid="ignore")


def usable(shapes: np.ndarray) -> Repaired:
    """Keep valid polygons as they are, repair the invalid, set the rest to None with a reason."""
    out = _without_empty_rings(np.array(shapes, dtype=object))
    kinds = shapely.get_type_id(out)
    polygonal = np.isin(kinds, _POLYGONAL)
    collection = kinds == GeometryType.GEOMETRYCOLLECTION
    empty = shapely.is_empty(out)
    valid = polygonal & ~empty
    valid[valid] = in_threads(shapely.is_valid, out[valid])
    reasons: dict[int, str] = {}
    for row in np.flatnonzero(kinds < 0).tolist():
        reasons[row] = say("layers.geometry_null")
    for row in np.flatnonzero((kinds >= 0) & empty).tolist():
        reasons[row] = say("layers.geometry_empty")
    for row in np.flatnonzero((kinds >= 0) & ~empty & ~polygonal & ~collection).tolist():
        reasons[row] = say("layers.geometry_kind", kind=out[row].geom_type)
    mended = []
    for row in np.flatnonzero(~valid & ~empty & (polygonal | collection)).tolist():
        fixed, entry = _mend(out[row])
        if fixed is None:
            reasons[row] = entry[2]
        else:
            mended.append((row, *entry))
            out[row] = fixed
    if not reasons and not mended:
        return Repaired(out, _NONE_MENDED, _NONE_UNUSABLE, shapes[:0])
    rows = np.array(sorted(reasons), dtype=int)
    marks = shapes[rows]
    out[rows] = None
    return Repaired(
        out,
        pd.DataFrame(mended, columns=["row", "before_m2", "after_m2", "reason"]),
        pd.DataFrame({"row": rows, "reason": [reasons[row] for row in rows]}),
        drawable(marks),
    )


def _without_empty_rings(shapes: np.ndarray) -> np.ndarray:
    """Drop holes without points: valid for GEOS, but its predicates crash the process on them."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    holed = np.flatnonzero(shapely.get_num_interior_rings(parts) > 0)
    rings, ring_of = shapely.get_rings(parts[holed], return_index=True)
    for row in np.unique(owner[holed[ring_of[shapely.is_empty(rings)]]]):
        whole = [
            shapely.Polygon(part.exterior, [ring for ring in part.interiors if not ring.is_empty])
            for part in shapely.get_parts(shapes[row])
        ]
        shapes[row] = whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole)
    return shapes


def _mend(shape: shapely.Geometry) -> tuple[shapely.Geometry | None, tuple[float, float, str]]:
    """Repair one polygon; gives the shape (None if hopeless) and area before, after, reason.

    The area before is the survey's: what the rings enclose by the shoelace, whatever their faults.
    """
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None, (0.0, 0.0, say("layers.geometry_infinite"))
    reason = _in_words(shapely.is_valid_reason(shape))
    before = float(abs(shapely.area(shape)))
    for way in _WAYS:
        try:
            fixed = polygons_of(way(shape))
        except shapely.GEOSException as error:
            reason = f"{reason} ({error})"
            continue
        if fixed is not None and shapely.is_valid(fixed) and shapely.area(fixed) > 0:
            return fixed, (before, float(shapely.area(fixed)), reason)
    return None, (before, 0.0, reason)


def polygons_of(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Keep the polygonal parts of a shape as one Polygon or MultiPolygon; None if there are none.

    Parts of a collection may overlap each other; they are united then.
    """
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) >= GeometryType.MULTIPOINT).any():
        parts = shapely.get_parts(parts)
    parts = parts[(shapely.get_type_id(parts) == GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    if not len(parts):
        return None
    if len(parts) == 1:
        return parts[0]
    whole = shapely.multipolygons(parts)
    return whole if shapely.is_valid(whole) else shapely.union_all(shapely.make_valid(parts))


def drawable(shapes: np.ndarray) -> np.ndarray:
    """Give shapes a map can show: without those whose coordinates are not numbers."""
    out = shapes.copy()
    for row, shape in enumerate(shapes):
        if shape is not None and not np.isfinite(shapely.get_coordinates(shape)).all():
            out[row] = None
    return out


_FAULTS = {
    "Self-intersection": "self_intersection",
    "Ring Self-intersection": "ring_self_intersection",
    "Hole lies outside shell": "hole_outside",
    "Nested shells": "nested_shells",
    "Nested holes": "nested_holes",
    "Holes are nested": "nested_holes",
    "Duplicate Rings": "duplicate_rings",
    "Interior is disconnected": "disconnected",
    "Too few points in geometry component": "few_points",
}


def _in_words(reason: str) -> str:
    """Say GEOS's reason ("Self-intersection[x y]") in the language in force, with the spot."""
    fault, _, spot = reason.partition("[")
    if fault not in _FAULTS:
        return reason
    words = say(f"layers.fault.{_FAULTS[fault]}")
    numbers = spot.rstrip("]").split()
    if len(numbers) != 2:
        return words
    return say("layers.fault.at", fault=words, x=float(numbers[0]), y=float(numbers[1]))
