# SPDX-License-Identifier: GPL-2.0-or-later
"""The CRS doctor's round: layers held against each other, apart, or shifted like a web map."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Sequence

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from .crs_doctor import Diagnosis, Tagged, candidates, is_old, look_at
from .crs_zones import in_china, zone_of
from .gcj02 import from_gcj02, to_gcj02
from .words import say

if TYPE_CHECKING:
    from .model import County

_ANGLES = np.linspace(0, 2 * np.pi, 32, endpoint=False)
_DIRECTIONS = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_SAMPLE = 4000
_LEAST_M, _MOST_M = 20.0, 2000.0  # a constant shift that is no accident of drawing
_GCJ_M = (200.0, 900.0)
_STEADY = 0.2  # of the shift: how much it may differ from place to place
_LIKE_GCJ = 0.25  # of the shift: how near the predicted one it must be
DOUBTS = ("datum", "utm")  # of a tag, which the other layers may confirm
_BORDER_M = 1.0  # a layer's own outline lies on the units', but for the rounding of projections
_OUTSIDE, _MENDED = 0.02, 0.5  # share outside every unit that alarms; what a mend must leave of it


def tagged(role: str, label: str, crs: CRS | None, shapes: np.ndarray) -> Tagged:
    """Describe a layer for the doctor by its outermost points and a sample of the others."""
    shapes = shapes[np.isfinite(shapely.bounds(shapes)).all(axis=1)]
    points = _finite(shapes[:: max(1, len(shapes) // _SAMPLE)])
    points = points[:: max(1, len(points) // _SAMPLE)]
    return Tagged(role, label, crs, np.vstack([points, *_outermost(shapes)]))


def _finite(shapes: np.ndarray) -> np.ndarray:
    points = shapely.get_coordinates(shapes)
    return points[np.isfinite(points).all(axis=1)]


def _outermost(shapes: np.ndarray) -> list[np.ndarray]:
    """Give the farthest point in each direction, out of the shapes whose boxes reach as far.

    A box reaches at least as far as its shape, and its middle no farther.
    """
    boxes = shapely.bounds(shapes)
    low, high = boxes[:, :2], boxes[:, 2:]
    out = []
    for way in _DIRECTIONS if len(shapes) else ():
        middle = (low + high) @ way / 2
        reach = middle + (high - low) @ np.abs(way) / 2
        points = _finite(shapes[reach >= middle.max()])
        out += [points[np.argmax(points @ way)][None]] if len(points) else []
    return out


def diagnose(
    layers: Sequence[Tagged], target: CRS, land: np.ndarray | shapely.Geometry | None = None
) -> list[Diagnosis]:
    """Examine layers singly and against the first of them (the units).

    `land` is the ground of the first layer in the CRS `target`, one shape or several; with it the
    shift of web maps is seen also in layers that do not share its outline.
    """
    land = None if land is None else np.atleast_1d(land)
    out: list[Diagnosis] = []
    sound: list[tuple[Tagged, np.ndarray]] = []
    for layer in layers:
        found = look_at(layer, target)
        if found is not None:
            out.append(found)
        if (found is None or found.severity != "error") and len(layer.points):
            own = CRS(found.mend["crs"]) if found and found.kind == "untagged" else layer.crs
            moved = _carried(layer.points, own or target, target)
            if len(moved):
                sound.append((layer, moved))
    if not sound:
        return out
    first, base = sound[0]
    abroad = _abroad(first, base, target)
    out += [abroad] if abroad else []
    for layer, points in sound[1:]:
        before = next((one for one in out if one.role == layer.role and one.kind in DOUBTS), None)
        found = _against(layer, points, first, base, target, land)
        if before is not None:  # one sentence on a layer's tag, not two that contradict each other
            out.remove(before)
            if before.kind == "datum":
                found = _of_datum(found, layer, first) if found else before
            else:
                found = _of_utm(before, found, layer, points, first, base, target, land)
        out += [found] if found else []
    return out


def _of_datum(found: Diagnosis, layer: Tagged, first: Tagged) -> Diagnosis:
    """Say of a layer with an old datum that it lies elsewhere too: no tag alone mends that."""
    crs = _parsed(found.mend.get("crs", ""))
    key = "astray" if crs is None else "likely"
    message = say(f"doctor.datum_{key}", source=layer.label, other=first.label,
                  crs=layer.crs.name if layer.crs else "", km=found.value / 1000,
                  likely=crs.name if crs else "")  # fmt: skip
    return Diagnosis("datum", found.severity, layer.role, layer.label, message, {}, found.value,
                     say("doctor.datum_advice"))  # fmt: skip


def _of_utm(
    doubt: Diagnosis, found: Diagnosis | None, layer: Tagged, points: np.ndarray, first: Tagged,
    base: np.ndarray, target: CRS, land: np.ndarray | None,
) -> Diagnosis | None:  # fmt: skip
    """Find out by the other layer's ground whether a tag of UTM stands for a zone of ours.

    Where it is just as likely right the doubt stays; where it is the better reading there is none.
    """
    moved = _carried(layer.points, CRS(doubt.mend["crs"]), target)
    if not len(moved):
        return found or doubt
    step = max(1, len(points) // 1000)
    before, after = (
        float(_gap(_box(some), _box(base)) > 0) if land is None
        else _outside(some[::step], land, _BORDER_M)
        for some in (points, moved)
    )  # fmt: skip
    if before > _OUTSIDE and after < _MENDED * before:
        message = say("doctor.utm_astray", source=layer.label, other=first.label,
                      crs=layer.crs.name if layer.crs else "", likely=doubt.mend["crs"],
                      before=before, after=after)  # fmt: skip
        return replace(doubt, severity="error", message=message)
    right = before <= _OUTSIDE and after > before + _OUTSIDE
    return found if found or right else doubt


def examine(county: County) -> list[Diagnosis]:
    """Examine a county that was read; layers that could not be read told of it when they were."""
    target = CRS.from_user_input(county.dossier.crs)
    tags = {entry["role"]: entry for entry in county.inputs if "crs" in entry}
    layers = []
    for role, layer in [("units", county.units), *county.layers.items()]:
        entry = tags.get(role, {})
        crs = None if entry.get("crs_assumed") else _parsed(entry.get("crs", ""))
        seen = tagged(role, layer.source, None, layer.geometry)
        points = seen.points if crs is None else _carried(seen.points, target, crs)
        # What has no tag was told of in reading; here it stands where it was put.
        layers.append(Tagged(role, layer.source, crs or target, points))
    return [
        one for one in diagnose(layers, target, county.units.geometry) if one.kind != "untagged"
    ]


def _parsed(text: str) -> CRS | None:
    try:
        return CRS.from_user_input(text) if text else None
    except CRSError:
        return None


def _carried(points: np.ndarray, own: CRS, target: CRS) -> np.ndarray:
    """Bring points from one CRS to another; those without an image are left out."""
    if own == target:
        return points
    try:
        way = Transformer.from_crs(own, target, always_xy=True)
        x, y = way.transform(points[:, 0], points[:, 1])
    except ProjError:
        return points[:0]
    moved = np.column_stack([x, y])
    return moved[np.isfinite(moved).all(axis=1)]


def _abroad(layer: Tagged, points: np.ndarray, target: CRS) -> Diagnosis | None:
    """Tell where a layer in a Chinese CRS lies outside China: then the zone is wrong."""
    if zone_of(target) is None:
        return None
    middle = _carried(np.median(points, axis=0)[None], target, CRS(4490))
    if not len(middle) or in_china(float(middle[0][0]), float(middle[0][1])):
        return None
    message = say("doctor.abroad", source=layer.label, crs=target.name,
                  longitude=float(middle[0][0]), latitude=float(middle[0][1]))  # fmt: skip
    return Diagnosis("abroad", "error", layer.role, layer.label, message)


def _box(points: np.ndarray) -> np.ndarray:
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _gap(one: np.ndarray, other: np.ndarray) -> float:
    """Give the distance between two boxes, 0 where they meet."""
    away = np.maximum(0, np.maximum(one[:2] - other[2:], other[:2] - one[2:]))
    return float(np.hypot(away[0], away[1]))


def _against(
    layer: Tagged, points: np.ndarray, first: Tagged, base: np.ndarray, target: CRS,
    land: np.ndarray | None,
) -> Diagnosis | None:  # fmt: skip
    distance = _gap(_box(points), _box(base))
    if distance > 0:
        return _apart(layer, first, base, target, distance)
    if zone_of(target) is None:
        return None
    shift = constant_shift(points, base)
    expected = gcj_shift(base, target)
    if shift is not None:
        return _shifted(layer, first, shift, expected)
    if land is None or expected is None:
        return None
    spots = points[:: max(1, len(points) // 1000)]
    before = _outside(spots, land)
    if before > _OUTSIDE and _outside(spots - expected, land) < _MENDED * before:
        length = float(np.hypot(*expected))
        return _gcj(layer, first.label, length, {"shift": "gcj02"})
    return None


def _outside(points: np.ndarray, land: np.ndarray, slack: float = 0.0) -> float:
    """Give the share of points farther than `slack` metres from all of the shapes."""
    met = shapely.STRtree(land).query(shapely.points(points), "dwithin", slack)[0]
    return 1 - len(np.unique(met)) / len(points)


def _apart(
    layer: Tagged, first: Tagged, base: np.ndarray, target: CRS, distance: float
) -> Diagnosis:
    """Tell that layers don't meet, and which other zone would bring them together."""
    box = _box(base)
    others = candidates(layer.crs, target)
    if is_old(layer.crs):  # of an old datum no zone is a way out
        others = [("crs", target.name, target), *candidates(None, target)]
    for key, value, crs in others:
        moved = _carried(layer.points, crs, target)
        if len(moved) and _gap(_box(moved), box) == 0:
            message = say("doctor.zone_apart", source=layer.label, other=first.label,
                          km=distance / 1000, crs=value, name=crs.name)  # fmt: skip
            return Diagnosis(
                "zone", "error", layer.role, layer.label, message, {key: value}, distance
            )
    message = say("doctor.apart", source=layer.label, other=first.label, km=distance / 1000)
    return Diagnosis("apart", "error", layer.role, layer.label, message, {}, distance)


def constant_shift(points: np.ndarray, base: np.ndarray) -> np.ndarray | None:
    """Give the vector by which one outline is another moved, None where it is not.

    The reach of a shape in each direction grows, when it is moved, by the vector's part in that
    direction; what remains after the best vector shows whether it was only moved.
    """
    gain = (points @ _DIRECTIONS.T).max(axis=0) - (base @ _DIRECTIONS.T).max(axis=0)
    vector, *_ = np.linalg.lstsq(_DIRECTIONS, gain, rcond=None)
    length = float(np.hypot(*vector))
    rest = float(np.abs(gain - _DIRECTIONS @ vector).max())
    return vector if _LEAST_M <= length <= _MOST_M and rest <= _STEADY * length else None


def gcj_shift(points: np.ndarray, target: CRS) -> np.ndarray | None:
    """Give the shift of web maps in metres where some points lie; None outside China."""
    middle = np.median(points, axis=0)[None]
    degrees = _carried(middle, target, CRS(4490))
    if not len(degrees) or not in_china(float(degrees[0][0]), float(degrees[0][1])):
        return None
    moved = _carried(to_gcj02(degrees), CRS(4490), target)
    return (moved - middle)[0] if len(moved) else None


def _shifted(
    layer: Tagged, first: Tagged, shift: np.ndarray, expected: np.ndarray | None
) -> Diagnosis:
    length = float(np.hypot(*shift))
    if expected is not None and _GCJ_M[0] <= length <= _GCJ_M[1]:
        near = _LIKE_GCJ * length
        if np.hypot(*(shift - expected)) <= near:
            return _gcj(layer, first.label, length, {"shift": "gcj02"})
        if np.hypot(*(shift + expected)) <= near:
            return _gcj(first, layer.label, length, {"shift": "gcj02"})
    message = say("doctor.shifted", source=layer.label, other=first.label, metres=length,
                  east=float(shift[0]), north=float(shift[1]))  # fmt: skip
    return Diagnosis("shifted", "warning", layer.role, layer.label, message, {}, length)


def _gcj(layer: Tagged, other: str, length: float, mend: dict[str, str]) -> Diagnosis:
    message = say("doctor.gcj02", source=layer.label, other=other, metres=length)
    return Diagnosis("gcj02", "warning", layer.role, layer.label, message, mend, length)


def without_gcj02(shapes: np.ndarray, own: CRS) -> tuple[np.ndarray, CRS]:
    """Take the shift of web maps from shapes; they come out in degrees of CGCS2000."""
    degrees = CRS(4490)
    base = own if own.is_geographic else None
    way = None if base is not None else Transformer.from_crs(own, degrees, always_xy=True)

    def move(points: np.ndarray) -> np.ndarray:
        if way is not None:
            points = np.column_stack(way.transform(points[:, 0], points[:, 1]))
        return from_gcj02(points)

    return shapely.transform(shapes, move), degrees
