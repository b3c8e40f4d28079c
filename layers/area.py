# SPDX-License-Identifier: GPL-2.0-or-later
"""Area on the ellipsoid of polygons drawn in a projected plane.

The survey's formula (图斑椭球面积, the parcel's area on the ellipsoid) sums trapezoids between each
edge and the meridian, after cutting edges to 70 m so that they are straight in the plane: in the
limit it is the integral of the plane's areal scale over the polygon. That integral is taken here
in closed form. With g(x, y) the square metres of ellipsoid under one square unit of plane and F its
antiderivative in x, Green's theorem gives the area of a ring as the contour integral of F dy, edge
by edge.

g is smooth: over a province a polynomial of a dozen terms holds it to 1e-13. It is fitted once to
the layer's extent from the projection itself, so every projected CRS is served by its own
ellipsoid, CGCS2000 Gauss-Krueger with and without zone prefix among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.polynomial import chebyshev

METHODS = ("ellipsoidal", "planar")
_NODES = 14
_NEGLIGIBLE = 2e-14
_MIN_HALF_M = 50_000.0
_LONG_EDGE = 0.05  # of the fitted half-width: beyond it two Gauss points are not enough
_SMALL = 1e-10  # relative error allowed to the shortcut for small polygons
_BEYOND = 1.001  # of the fitted half-width: there the polynomial says nothing any more
_CHUNK = 4096


@dataclass(frozen=True)
class AreaMeasure:
    """Measures polygons of one CRS within one extent; made by `area_measure`.

    `scale[i, j]` are the coefficients of u^i v^j of g, in square metres per square unit, with
    u = (x - cx) / half and v = (y - cy) / half; `curvature` bounds g's second derivatives.
    """

    cx: float
    cy: float
    half: float
    scale: np.ndarray
    curvature: float

    def __call__(self, geometries: np.ndarray) -> np.ndarray:
        """Measure Polygons and MultiPolygons, in m2; missing and empty ones are 0."""
        geometries = np.asarray(geometries, dtype=object)
        out = shapely.area(geometries)
        out[np.isnan(out)] = 0.0
        rows = np.flatnonzero(out)
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            out[part] = self._measure(geometries[part], out[part])
        return out

    def _measure(self, geometries: np.ndarray, plane: np.ndarray) -> np.ndarray:
        box = (shapely.bounds(geometries) - (self.cx, self.cy) * 2) / self.half
        stray = np.abs(box).max(axis=1) > _BEYOND
        if not stray.any():
            return self._within(geometries, plane)
        out = np.empty(len(geometries))
        spot = shapely.get_coordinates(shapely.centroid(geometries[stray]))
        out[stray] = plane[stray] * self.factor(spot)
        if not stray.all():
            out[~stray] = self._within(geometries[~stray], plane[~stray])
        return out

    def _within(self, geometries: np.ndarray, plane: np.ndarray) -> np.ndarray:
        box = shapely.bounds(geometries)
        spread = (box[:, 2] - box[:, 0]) ** 2 + (box[:, 3] - box[:, 1]) ** 2
        small = spread * self.curvature / 8 < _SMALL
        out = np.empty(len(geometries))
        if small.any():
            # About its centroid a polygon's first moments vanish: what is left is of second order.
            spot = shapely.get_coordinates(shapely.centroid(geometries[small]))
            out[small] = plane[small] * self.factor(spot)
        if not small.all():
            out[~small] = self._contour(geometries[~small])
        return out

    def factor(self, xy: np.ndarray) -> np.ndarray:
        """Give g at points: square metres of ellipsoid under a square unit of plane.

        Beyond the extent g is that of its edge.
        """
        u, v = np.clip((xy - (self.cx, self.cy)) / self.half, -1, 1).T
        return _horner(self.scale, u, v)

    def _contour(self, geometries: np.ndarray) -> np.ndarray:
        _, xy, (ring_ends, polygon_ends, part_ends) = shapely.to_ragged_array(
            np.append(geometries, shapely.MultiPolygon())
        )
        uv = (xy[:, :2] - (self.cx, self.cy)) / self.half
        rings = np.abs(self._rings(uv, ring_ends))
        shells = polygon_ends[:-1]
        signed = -rings
        signed[shells] = rings[shells]
        polygons = np.add.reduceat(signed, shells)
        first = part_ends[: len(geometries)]
        return np.add.reduceat(polygons, first)

    def _rings(self, uv: np.ndarray, ring_ends: np.ndarray) -> np.ndarray:
        """Integrate F dy round each ring of normalised coordinates."""
        start, step = uv[:-1], np.diff(uv, axis=0)
        edge = self._edges(start, step, 2)
        long = np.flatnonzero(np.abs(step).max(axis=1) > _LONG_EDGE)
        edge[long] = self._edges(start[long], step[long], 8)
        edge[ring_ends[1:-1] - 1] = 0.0  # from the end of one ring to the start of the next
        return np.add.reduceat(edge, ring_ends[:-1]) * self.half**2

    def _edges(self, start: np.ndarray, step: np.ndarray, points: int) -> np.ndarray:
        nodes, weights = _gauss(points)
        total = np.zeros(len(start))
        for t, weight in zip((nodes + 1) / 2, weights / 2):
            u = start[:, 0] + t * step[:, 0]
            v = start[:, 1] + t * step[:, 1]
            total += weight * _horner(self._primitive, u, v)
        return total * step[:, 1]

    @property
    def _primitive(self) -> np.ndarray:
        return _antiderivative(self)


class PlaneMeasure:
    """Measures in the plane of the CRS, in m2: what a dossier asks for with `area: planar`."""

    def __init__(self, metres: float) -> None:
        self._square = metres**2

    def __call__(self, geometries: np.ndarray) -> np.ndarray:
        """Measure Polygons and MultiPolygons, in m2; missing and empty ones are 0."""
        return np.nan_to_num(shapely.area(geometries)) * self._square


def area_measure(
    crs: str, bounds: tuple[float, float, float, float], method: str = "ellipsoidal"
) -> AreaMeasure | PlaneMeasure:
    """Prepare the measure of a CRS over `bounds` (xmin, ymin, xmax, ymax in its units).

    What lies beyond them is measured with the areal scale of their edge: near enough for a stray.
    Raises ValueError for an unknown method, and where the extent lies outside what the projection
    can undo (coordinates of another CRS).
    """
    if method not in METHODS:
        raise ValueError(f"area method {method!r} is none of {METHODS}")
    system = pyproj.CRS.from_user_input(crs)
    metres = 1.0 if system.is_geographic else system.axis_info[0].unit_conversion_factor
    if method == "planar":
        return PlaneMeasure(metres)
    cx, cy = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    half = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / 2 * 1.01
    least = 0.5 if system.is_geographic else _MIN_HALF_M / metres
    return _fit(system.to_wkt(), cx, cy, max(half, least))


@lru_cache(maxsize=16)
def _fit(wkt: str, cx: float, cy: float, half: float) -> AreaMeasure:
    for nodes in (_NODES, 2 * _NODES):
        coefficients = _scale_series(wkt, cx, cy, half, nodes)
        size = np.abs(coefficients) / abs(coefficients[0, 0])
        if max(size[-2:].max(), size[:, -2:].max()) < 1e-11:
            break
    else:
        raise ValueError(f"the areal scale has no series within {half:g} units of {cx:g}, {cy:g}")
    keep = size > _NEGLIGIBLE * nodes
    rows, columns = np.flatnonzero(keep.any(1)).max() + 1, np.flatnonzero(keep.any(0)).max() + 1
    scale = _to_powers((coefficients * keep)[:rows, :columns])
    return AreaMeasure(cx, cy, half, scale, _curvature(scale) / half**2)


def _scale_series(wkt: str, cx: float, cy: float, half: float, nodes: int) -> np.ndarray:
    """Fit g by a Chebyshev series: longitude and latitude are fitted, then differentiated."""
    system = pyproj.CRS.from_wkt(wkt)
    unproject = pyproj.Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
    knots = np.cos(np.pi * (np.arange(nodes) + 0.5) / nodes)
    u, v = np.meshgrid(knots, knots, indexing="ij")
    lon, lat = np.radians(unproject.transform(cx + half * u, cy + half * v))
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise ValueError(f"coordinates about {cx:g}, {cy:g} lie outside {system.name}")
    solve = np.linalg.inv(chebyshev.chebvander(knots, nodes - 1))

    def slopes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        series = solve @ (values - values.mean()) @ solve.T
        by_u, by_v = (chebyshev.chebder(series, axis=axis) / half for axis in (0, 1))
        return chebyshev.chebval2d(u, v, by_u), chebyshev.chebval2d(u, v, by_v)

    (lon_x, lon_y), (lat_x, lat_y) = slopes(lon), slopes(lat)
    ellipsoid = system.ellipsoid
    if ellipsoid is None:
        raise ValueError(f"{system.name} has no ellipsoid to measure on")
    a, b = ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre
    e2 = 1 - (b / a) ** 2
    # Square metres of ellipsoid under a square radian of longitude and latitude.
    density = a * a * (1 - e2) * np.cos(lat) / (1 - e2 * np.sin(lat) ** 2) ** 2
    return solve @ (np.abs(lon_x * lat_y - lon_y * lat_x) * density) @ solve.T


def _to_powers(series: np.ndarray) -> np.ndarray:
    rows = np.zeros_like(series)
    for j in range(series.shape[1]):
        column = chebyshev.cheb2poly(series[:, j])
        rows[: len(column), j] = column
    out = np.zeros_like(series)
    for i in range(series.shape[0]):
        row = chebyshev.cheb2poly(rows[i])
        out[i, : len(row)] = row
    return out


def _curvature(scale: np.ndarray) -> float:
    """Bound the second derivatives of g on the unit square, relative to g."""
    i, j = np.indices(scale.shape)
    weight = np.maximum(np.maximum(i * (i - 1), j * (j - 1)), 2 * i * j)
    return float((np.abs(scale) * weight).sum() / abs(scale[0, 0]))


@lru_cache(maxsize=4)
def _gauss(points: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(points)
    return nodes, weights


@lru_cache(maxsize=16)
def _primitive_of(scale: bytes, shape: tuple[int, int]) -> np.ndarray:
    table = np.frombuffer(scale).reshape(shape)
    out = np.zeros((shape[0] + 1, shape[1]))
    out[1:] = table / np.arange(1, shape[0] + 1)[:, None]
    return out


def _antiderivative(measure: AreaMeasure) -> np.ndarray:
    return _primitive_of(measure.scale.tobytes(), measure.scale.shape)


def _horner(table: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Evaluate sum table[i, j] u^i v^j."""
    total: np.ndarray | float = 0.0
    for row in table[::-1]:
        inner: np.ndarray | float = 0.0
        last = np.flatnonzero(row)
        for value in row[: last[-1] + 1][::-1] if len(last) else ():
            inner = inner * v + value
        total = total * u + inner
    return np.broadcast_to(total, u.shape)
