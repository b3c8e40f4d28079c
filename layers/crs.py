# SPDX-License-Identifier: GPL-2.0-or-later
"""Coordinate systems: the dossier's own, whether two are the same, coordinates brought over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from .errors import InputError

SAME_WITHIN_M = 1e-5  # two definitions whose coordinates differ by less are one CRS
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
    exact: bool = True  # False where PROJ knows no datum shift and takes the coordinates over

    def carry(self, shapes: np.ndarray) -> np.ndarray:
        """Bring geometries over; coordinates that have no image become infinite."""
        if self.transformer is None or not len(shapes):
            return shapes
        return shapely.transform(shapes, self._move)

    def _move(self, points: np.ndarray) -> np.ndarray:
        x, y = self.transformer.transform(points[:, 0], points[:, 1])  # type: ignore[union-attr]
        return np.column_stack([x, y])

    def back(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Bring a box in the dossier's CRS over to the layer's."""
        if self.transformer is None:
            return box
        return self.transformer.transform_bounds(*box, direction="INVERSE")


def bridge(layer: CRS, target: CRS, box: tuple[float, float, float, float] | None) -> Bridge:
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
    return Bridge(transformer, exact="ballpark" not in _operation(layer, target, box).lower())


def _moves_nothing(transformer: Transformer, box: tuple[float, float, float, float]) -> bool:
    x, y = np.meshgrid(np.linspace(box[0], box[2], 5), np.linspace(box[1], box[3], 5))
    moved_x, moved_y = transformer.transform(x.ravel(), y.ravel())
    gap = np.hypot(moved_x - x.ravel(), moved_y - y.ravel())
    return bool(np.isfinite(gap).all() and gap.max() < SAME_WITHIN_M)


def _operation(layer: CRS, target: CRS, box: tuple[float, ...] | None) -> str:
    """Describe the operation PROJ picks for this land."""
    area = None
    if box is not None:
        to_degrees = Transformer.from_crs(layer, layer.geodetic_crs or layer, always_xy=True)
        bounds = to_degrees.transform_bounds(*box)
        if np.isfinite(bounds).all() and abs(bounds[1]) <= 90 and abs(bounds[3]) <= 90:
            area = AreaOfInterest(*bounds)
    group = TransformerGroup(layer, target, always_xy=True, area_of_interest=area)
    return group.transformers[0].description if group.transformers else "ballpark"


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
    return next((p.value for p in operation.params if p.name == "False easting"), None)


def _other_zone(crs: CRS, west: float, origin: float) -> str:
    """Name the CGCS2000 3-degree CRS with the same meridian whose false easting would fit."""
    zone = int(west // _PREFIX)
    if origin > _PREFIX and 0 < west < _PREFIX:
        zone = int(origin // _PREFIX)
        return f"EPSG:{4534 + zone - 25}" if 25 <= zone <= 45 else ""
    return f"EPSG:{4513 + zone - 25}" if 25 <= zone <= 45 else ""
