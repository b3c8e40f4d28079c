# SPDX-License-Identifier: GPL-2.0-or-later
"""Pieces of ground made one, and the narrow parts of ground taken away.

Nothing is snapped. A failed overlay is never an empty one: what GEOS can't do in full precision it
does on a grid of 0.1 mm, and what fails there too raises.
"""

from __future__ import annotations

import contextlib

import numpy as np
import shapely

from .. import overlay, parallel
from ..overlay import CRUMB

# Parcels that lie closer than this are neighbours: the gap is how they were drawn, not land.
HAIR_M = 1e-3
_ROUNDING = 1e-11  # share of an area that adding it up may be off by
_SHORT_M = 0.1  # hairlines of less length are not looked for, but where they are holes
# GEOS draws a buffer up to a hundredth of its distance off, shrinking and growing: without a little
# more a finely drawn border would not be reached again.
_REGROWN = 1.03
_MITRE = 2.0  # corners of 60 degrees and more are kept whole


def united(shapes: np.ndarray) -> shapely.Geometry:
    """Unite valid polygons, whether they touch or overlap; gives a Polygon or MultiPolygon.

    Polygons that only touch are united the quick way. That it may be believed is proven: its result
    is valid and as large as the polygons together, which it is not where any overlap.
    """
    if len(shapes) == 1:
        return shapes[0]
    with contextlib.suppress(shapely.GEOSException):  # it raises where polygons overlap
        quick, total = shapely.coverage_union_all(shapes), shapely.area(shapes).sum()
        if abs(shapely.area(quick) - total) <= _ROUNDING * total and shapely.is_valid(quick):
            return quick
    try:
        return shapely.union_all(shapes)
    except shapely.GEOSException:
        return shapely.union_all(shapes, grid_size=1e-4)


def joined(shapes: np.ndarray) -> shapely.Geometry:
    """Unite polygons and close the hairlines between neighbours that do not quite meet.

    Where there are none, which is the rule, no vertex is moved.
    """
    union = united(shapes)
    return closed(union) if len(shapes) > 1 else union


def closed(union: shapely.Geometry) -> shapely.Geometry:
    """Close the hairlines between neighbours in what unites them."""
    wider = shapely.buffer(union, HAIR_M / 2, join_style="mitre")
    shorter = shapely.length(union) - shapely.length(wider) > _SHORT_M
    if shorter or _holes(wider) < _holes(union):
        return shapely.buffer(wider, -HAIR_M / 2, join_style="mitre")
    return union


def _holes(shape: shapely.Geometry) -> int:
    return int(shapely.get_num_interior_rings(shapely.get_parts(shape)).sum())


def polygons(shape: shapely.Geometry) -> np.ndarray:
    """List the polygons of a shape, crumbs left out."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > CRUMB)]


def meet(one: shapely.Geometry, other: shapely.Geometry) -> shapely.Geometry:
    """Give the ground that two shapes share."""
    first = np.zeros(1, dtype=int)
    return overlay.shared(_array(one), _array(other), first, first)[0]


def less(shape: shapely.Geometry, cutters: np.ndarray) -> shapely.Geometry:
    """Take from a shape the ground of all cutters."""
    return parallel.safe(shapely.difference, _array(shape), _array(united(cutters)))[0]


def _array(shape: shapely.Geometry) -> np.ndarray:
    out = np.empty(1, dtype=object)
    out[0] = shape
    return out


def opened(part: shapely.Geometry, width: float, least: float = 0.0) -> np.ndarray:
    """Give what is left of a polygon without its parts narrower than `width`, polygon by polygon.

    The polygon is shrunk by half the width, and each core that this leaves is grown back by as
    much within the polygon. Corners stay corners (from 60 degrees up), so that a square is the
    square it was; what a corner reaches beyond a narrow wall is not part of it.
    What is smaller than `least` in the plane may be left out.
    """
    corners = {"join_style": "mitre", "mitre_limit": _MITRE}
    part = shapely.normalize(part)  # what GEOS simplifies hangs on where a ring begins
    cores = polygons(shapely.buffer(part, -width / 2, **corners))
    grown = shapely.buffer(cores, width / 2 * _REGROWN, **corners)
    large = shapely.area(grown) >= least
    cores, grown = cores[large], grown[large]
    back = parallel.safe(shapely.intersection, grown, np.full(len(grown), part, dtype=object))
    spots = shapely.point_on_surface(cores)
    found = [_holding(shape, spot) for shape, spot in zip(back, spots)]
    return np.array([shape for shape in found if shape is not None], dtype=object)


def _holding(shape: shapely.Geometry, spot: shapely.Geometry) -> shapely.Geometry | None:
    """Give the polygon of a shape that a point lies in."""
    parts = polygons(shape)
    here = np.flatnonzero(shapely.intersects(parts, spot))
    return parts[here[0]] if len(here) else None
