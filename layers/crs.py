# SPDX-License-Identifier: GPL-2.0-or-later
"""Coordinate systems: the dossier's own, whether two are the same, coordinates brought over."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Tuple

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from .errors import InputError

SAME_WITHIN_M = 1e-5  # two definitions whose coordinates differ by less are one CRS
Box = Tuple[float, float, float, float]
_PREFIX = 1_000_000.0  # a zone number stands in front of the easting: 35 500 000


def project_crs(text: str, file: str) -> CRS:
    """Read the dossier's CRS; InputError if it is unknown or not projected in metres."""
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        raise InputError("layers.bad_crs", file=file, crs=text) from None
    if not crs.is_projected:
        raise InputError("layers.crs_not_projected", file=file, crs=text)
    if any(abs(axis.unit_conversion_factor - 1) > 1e-12 for axis in crs.axis_info[:2]):
        raise InputError("layers.crs_not_metres", file=file, crs=text)
    return crs


@dataclass(frozen=True)
class Bridge:
    """The way from a layer's CRS to the dossier's: None where they are the same."""

    transformer: Transformer | None
    doubt: str = ""  # how PROJ lacks the datum shift: "" not, "near" decimetres, "far" metres

    def carry(self, shapes: np.ndarray) -> np.ndarray:
        """Bring geometries over; coordinates that have no image become infinite."""
        if self.transformer is None or not len(shapes):
            return shapes
        return shapely.transform(shapes, self._move)

    def _move(self, points: np.ndarray) -> np.ndarray:
        x, y = self.transformer.transform(points[:, 0], points[:, 1])  # type: ignore[union-attr]
        return np.column_stack([x, y])


def bridge(layer: CRS, target: CRS, box: Box | None) -> Bridge:
    """Find the way between two CRSs for the land in `box` (in the layer's coordinates).

    Definitions that put the box's points within 0.01 mm of where they were are the same CRS,
    however they are written (axis order, WKT dialect, authority).
    """
    if layer.equals(target, ignore_axis_order=True):
        return Bridge(None)
    try:
        transformer = Transformer.from_crs(layer, target, always_xy=True)
    except ProjError:
        raise InputError("layers.no_way", source=layer.name, target=target.name) from None
    if box is not None and _moves_nothing(transformer, box):
        return Bridge(None)
    return Bridge(transformer, _doubt(layer, target, box))


def _moves_nothing(transformer: Transformer, box: Box) -> bool:
    x, y = np.meshgrid(np.linspace(box[0], box[2], 5), np.linspace(box[1], box[3], 5))
    moved_x, moved_y = transformer.transform(x.ravel(), y.ravel())
    gap = np.hypot(moved_x - x.ravel(), moved_y - y.ravel())
    return bool(np.isfinite(gap).all() and gap.max() < SAME_WITHIN_M)


def _doubt(layer: CRS, target: CRS, box: Box | None) -> str:
    """Say how far off the way between two datums may be, for this land.

    Without a known shift PROJ takes the coordinates over. Between datums of the GRS80 family
    (CGCS2000, WGS 84) that costs decimetres, between others (Xian 1980, Beijing 1954) far more.
    """
    area = None
    if box is not None:
        to_degrees = Transformer.from_crs(layer, layer.geodetic_crs or layer, always_xy=True)
        bounds = to_degrees.transform_bounds(box[0], box[1], box[2], box[3])
        if np.isfinite(bounds).all() and abs(bounds[1]) <= 90 and abs(bounds[3]) <= 90:
            area = AreaOfInterest(*bounds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the lack of a grid is told by best_available
        group = TransformerGroup(layer, target, always_xy=True, area_of_interest=area)
    known = group.transformers and "ballpark" not in group.transformers[0].description.lower()
    if known and group.best_available:
        return ""
    axes = [crs.ellipsoid.semi_major_metre for crs in (layer, target) if crs.ellipsoid]
    return "near" if len(axes) == 2 and abs(axes[0] - axes[1]) < 1 else "far"


def check_coordinates(crs: CRS, box: np.ndarray, source: str) -> None:
    """Refuse coordinates that contradict the CRS they are said to be in.

    `box` is the median box of the features. Degrees in a projected CRS, metres in a geographic
    one, and an easting that has or lacks the zone number (4523 and 4544 differ only by that).
    """
    west, south, east, north = (float(value) for value in box)
    if not np.isfinite([west, south, east, north]).all():
        return
    name = ":".join(crs.to_authority() or (crs.name,))
    degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if crs.is_geographic:
        if max(abs(west), abs(east)) > 360 or max(abs(south), abs(north)) > 90:
            raise InputError("layers.metres_not_degrees", source=source, crs=name, x=west, y=south)
        return
    origin = _false_easting(crs)
    if origin is None:
        return
    if degrees and abs(origin) > 1000:
        raise InputError("layers.degrees_not_metres", source=source, crs=name, x=west, y=south)
    if abs(west - origin) > _PREFIX:
        remedy = _other_zone(crs, west, origin)
        raise InputError("layers.zone_prefix", source=source, crs=name, x=west, remedy=remedy)


def _false_easting(crs: CRS) -> float | None:
    """Give the false easting of a transverse Mercator CRS, None for other projections."""
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    east = [one.value for one in operation.params if one.name == "False easting"]
    return float(east[0]) if east else None


def _other_zone(crs: CRS, west: float, origin: float) -> str:
    """Name the CGCS2000 3-degree CRS with the same meridian whose false easting would fit."""
    zone = int(west // _PREFIX)
    if origin > _PREFIX and 0 < west < _PREFIX:
        zone = int(origin // _PREFIX)
        return f"EPSG:{4534 + zone - 25}" if 25 <= zone <= 45 else ""
    return f"EPSG:{4513 + zone - 25}" if 25 <= zone <= 45 else ""
