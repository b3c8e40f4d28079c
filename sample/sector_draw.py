# SPDX-License-Identifier: GPL-2.0-or-later
"""Shapes of sector projects: parts of parcels, lines and points that stay inside them."""

from __future__ import annotations

from typing import Union

import numpy as np
import shapely

from .county import Made
from .shapes import DIGITS

INSET = 2.0  # metres from a parcel's edge: more than moved farmland is moved
_LEAST = 40.0  # m2: smaller places are not drawn in
_STEP, _TURN = 30.0, 0.5  # of a road's centre line: the longest step, least cosine of a turn
_PIECE, _GAP, _SHORT = 220.0, 4.0, 15.0  # metres: of road to a feature, between two, at least
_EXACT = 10.0**-DIGITS


def parts(shape: shapely.Geometry, many: int, inset: float = INSET) -> list[shapely.Geometry]:
    """Cut a parcel's inner part across its long axis to so many places, a metre apart."""
    inside = inner(shape, inset)
    if inside is None:
        return []
    gap = 1.0 / max(length(inside), 1.0)
    edges = np.linspace(0.0, 1.0 + gap, many + 1)
    cut = [strip(inside, low, high - gap) for low, high in zip(edges, edges[1:])]
    return [one for one in cut if one is not None]


def inner(shape: shapely.Geometry, inset: float = INSET) -> shapely.Geometry | None:
    """Give the largest part of a shape so far from its edge, None where too little is left."""
    return _largest(shapely.simplify(shapely.buffer(shape, -inset - 0.3, quad_segs=1), 0.3))


def strip(shape: shapely.Geometry, low: float, high: float) -> shapely.Geometry | None:
    """Cut the part of a shape between two shares of its long axis; None where too little."""
    start, along, reach = _axis(shape)
    across = np.array([-along[1], along[0]]) * reach
    ends = start + np.outer([low, high], along) * reach
    band = shapely.Polygon([ends[0] - across, ends[1] - across, ends[1] + across, ends[0] + across])
    return _largest(shapely.set_precision(shapely.intersection(shape, band), _EXACT))


def length(shape: shapely.Geometry) -> float:
    """Give the length of a shape's long axis."""
    return _axis(shape)[2]


def drawn(place: shapely.Geometry, form: str, width: float) -> shapely.Geometry | None:
    """Draw a feature in a place, None where the place is too narrow for its width."""
    if form == "polygon" or place.geom_type == "LineString":
        return place
    room = _largest(shapely.buffer(place, -width / 2 - 0.2, quad_segs=2), 1.0)
    if room is None:
        return None
    spot = shapely.get_coordinates(room.representative_point())[0]
    if form == "point":
        return shapely.Point(np.round(spot, DIGITS))
    _, along, reach = _axis(place)
    line = shapely.LineString([spot - along * reach, spot + along * reach])
    inside = shapely.get_parts(shapely.intersection(line, room))
    inside = inside[shapely.get_type_id(inside) == 1]
    longest = inside[int(np.argmax(shapely.length(inside)))] if len(inside) else None
    if longest is None or longest.length < _SHORT:
        return None
    return shapely.LineString(np.round(shapely.get_coordinates(longest), DIGITS))


def widened(shapes: np.ndarray, form: str, width: Union[float, np.ndarray]) -> np.ndarray:
    """Give the areas that features stand for: a line's whole width, a point's disk."""
    if form == "polygon":
        return shapes
    half = np.asarray(width, float) / 2
    if form == "point":
        return shapely.buffer(shapes, half)
    return shapely.buffer(shapes, half, cap_style="flat", join_style="mitre")


def road_lines(made: Made) -> dict[int, list[np.ndarray]]:
    """Give each road parcel the lines through its cells' sites, in the order of the road."""
    parcels, mesh = made.parcels, made.ground.mesh
    own = np.maximum(parcels.of_cell, 0)
    road = np.isin(parcels.code, ("1003", "1006")) & (made.plan_of >= 0)
    cells = np.flatnonzero((parcels.of_cell >= 0) & road[own])
    cells = cells[np.argsort(own[cells], kind="stable")]
    xy, parcel = mesh.sites[cells], own[cells]
    way = np.diff(xy, axis=0)
    step = np.hypot(*way.T)
    broken = (step > _STEP) | (np.diff(parcel) != 0)
    turn = (way[1:] * way[:-1]).sum(axis=1) / np.maximum(step[1:] * step[:-1], 1e-9)
    broken[1:] |= turn < _TURN
    ends = np.flatnonzero(broken) + 1
    out: dict[int, list[np.ndarray]] = {}
    for rows in np.split(np.arange(len(cells)), ends):
        if len(rows) > 1:
            out.setdefault(int(parcel[rows[0]]), []).append(xy[rows])
    return out


def road_pieces(shape: shapely.Geometry, lines: list[np.ndarray]) -> list[shapely.Geometry]:
    """Cut a road's centre lines to pieces well inside its parcel and clear of each other."""
    room = shapely.buffer(shape, -3.2, quad_segs=2)
    whole = shapely.get_parts(shapely.intersection(shapely.linestrings(lines[0]), room))
    found: list[shapely.Geometry] = []
    for line in whole[(shapely.get_type_id(whole) == 1) & (shapely.length(whole) > _SHORT)]:
        many = max(1, round(line.length / _PIECE))
        for at in range(many):
            low, high = (line.length * (at + end) / many for end in (0, 1))
            piece = shapely.ops.substring(line, low + _GAP / 2, high - _GAP / 2)
            found.append(shapely.LineString(np.round(shapely.get_coordinates(piece), DIGITS)))
    return found


def _largest(shape: shapely.Geometry, least: float = _LEAST) -> shapely.Geometry | None:
    pieces = shapely.get_parts(shape)
    pieces = pieces[shapely.get_type_id(pieces) == 3]
    if not len(pieces):
        return None
    best = pieces[int(np.argmax(shapely.area(pieces)))]
    return best if best.area >= least else None


def _axis(shape: shapely.Geometry) -> tuple[np.ndarray, np.ndarray, float]:
    """Give where a shape's long axis begins, its direction and its length."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    sides = np.diff(corners[:3], axis=0)
    size = np.hypot(*sides.T)
    along = sides[int(np.argmax(size))] / size.max()
    xy = shapely.get_coordinates(shape)
    t = xy @ along
    middle = corners[:4].mean(axis=0)
    return middle + along * (t.min() - middle @ along), along, float(t.max() - t.min())
