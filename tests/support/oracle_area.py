# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle's ruler: the survey's trapezoid formula on densified rings, vertex by vertex."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS, Transformer

STEP_M = 20.0  # a chord of the edge in latitude and longitude is then off by microns


def survey_area(shapes: np.ndarray, crs: str, step: float = STEP_M) -> np.ndarray:
    """Measure polygons in m2 on the ellipsoid; lines and points count nothing, None is 0."""
    shapes = np.asarray(shapes, dtype=object)
    out = np.zeros(len(shapes))
    parts, owner = _polygons(shapes)
    if not len(parts):
        return out
    system = CRS.from_user_input(crs)
    rings, part = shapely.get_rings(parts, return_index=True)
    hole = np.r_[False, part[1:] == part[:-1]]
    area = _ring_areas(shapely.segmentize(rings, step), system)
    np.add.at(out, owner[part], np.where(hole, -area, area))
    return out


def plane_area(shapes: np.ndarray) -> np.ndarray:
    """Measure polygons in the plane."""
    return np.nan_to_num(shapely.area(np.asarray(shapes, dtype=object)))


def _polygons(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) >= 4).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    flat = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    return parts[flat], owner[flat]


def _ring_areas(rings: np.ndarray, system: CRS) -> np.ndarray:
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    to_degrees = Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
    lon, lat = np.radians(to_degrees.transform(xy[:, 0], xy[:, 1]))
    first = np.searchsorted(ring, np.arange(len(rings)))
    lon = lon - lon[first][ring]
    same = ring[1:] == ring[:-1]
    middle, rise, height = (lon[1:] + lon[:-1]) / 2, lat[1:] - lat[:-1], (lat[1:] + lat[:-1]) / 2
    strips = _trapezoids(middle, rise, height, system)
    return np.abs(np.bincount(ring[1:][same], weights=strips[same], minlength=len(rings)))


def _trapezoids(width: np.ndarray, rise: np.ndarray, middle: np.ndarray, system: CRS) -> np.ndarray:
    """Give the area between edges and the reference meridian, as the survey's rules print it."""
    a, b = system.ellipsoid.semi_major_metre, system.ellipsoid.semi_minor_metre
    e2 = 1 - (b / a) ** 2
    e4, e6, e8 = e2**2, e2**3, e2**4
    series = (
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        1 / 112 * e6 + 45 / 2304 * e8,
        5 / 2304 * e8,
    )
    total = np.zeros_like(width)
    for k, factor in enumerate(series):
        odd = 2 * k + 1
        total += (-1) ** k * factor * np.sin(odd * rise / 2) * np.cos(odd * middle)
    return 2 * b**2 * width * total
