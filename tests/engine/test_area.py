# SPDX-License-Identifier: GPL-2.0-or-later
"""The ellipsoidal area against published vectors, geodesics and the survey's own sum."""

from __future__ import annotations

import csv

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.area import area_measure


def star(rng: np.random.Generator, cx: float, cy: float, radius: float, corners: int = 40):
    angle = np.sort(rng.random(corners)) * 2 * np.pi
    length = radius * (0.5 + 0.5 * rng.random(corners))
    return shapely.Polygon(np.c_[cx + length * np.cos(angle), cy + length * np.sin(angle)])


def survey_area(polygon: shapely.Polygon, central: float = 105.0) -> float:
    """Sum the survey's trapezoids over a ring cut to 20 m (formula of TD/T 1055's annex)."""
    a, b = 6378137.0, 6356752.31414036
    e2 = 1 - (b / a) ** 2
    table = [(3 / 6, 30 / 80, 35 / 112, 630 / 2304), (1 / 6, 15 / 80, 21 / 112, 420 / 2304),
             (0, 3 / 80, 7 / 112, 180 / 2304), (0, 0, 1 / 112, 45 / 2304),
             (0, 0, 0, 5 / 2304)]  # fmt: skip
    powers = np.array([e2, e2**2, e2**3, e2**4])
    terms = [float(np.dot(row, powers)) for row in table]
    terms[0] += 1
    xy = shapely.get_coordinates(shapely.segmentize(polygon.exterior, 20.0))
    to_degrees = pyproj.Transformer.from_crs(4544, 4490, always_xy=True)
    lon, lat = np.radians(to_degrees.transform(xy[:, 0], xy[:, 1]))
    lon = lon - np.radians(central)
    mid, step = (lat[1:] + lat[:-1]) / 2, np.diff(lat)
    total = np.zeros(len(step))
    for k, (term, sign) in enumerate(zip(terms, (1, -1, 1, -1, 1))):
        n = 2 * k + 1
        total += sign * term * np.sin(n * step / 2) * np.cos(n * mid)
    return abs(float(np.sum(2 * b * b * (lon[1:] + lon[:-1]) / 2 * total)))


def geodesic_area(polygon: shapely.Polygon, crs: str, step: float) -> float:
    system = pyproj.CRS(crs)
    globe = system.ellipsoid
    geod = pyproj.Geod(a=globe.semi_major_metre, b=globe.semi_minor_metre)
    to_degrees = pyproj.Transformer.from_crs(system, system.geodetic_crs, always_xy=True)

    def ring(line: shapely.LinearRing) -> float:
        xy = shapely.get_coordinates(shapely.segmentize(line, step))
        return abs(geod.polygon_area_perimeter(*to_degrees.transform(xy[:, 0], xy[:, 1]))[0])

    return ring(polygon.exterior) - sum(ring(hole) for hole in polygon.interiors)


def test_the_published_vectors_are_met_within_their_tolerance(shared):
    with (shared / "domain" / "ellipsoid_vectors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 6
    for row in rows:
        x, y = float(row["x0_easting"]), float(row["y0_northing"])
        box = shapely.box(x, y, x + float(row["width_m"]), y + float(row["height_m"]))
        found = area_measure(f"EPSG:{row['epsg']}", box.bounds)(np.array([box]))[0]
        expected, tolerance = float(row["area_m2_expected"]), float(row["tolerance_m2"])
        assert found == pytest.approx(expected, rel=0, abs=tolerance), row["note"]


def test_a_thousand_random_polygons_agree_with_geodesics_to_a_billionth():
    rng = np.random.default_rng(3)
    spots = zip(rng.uniform(3.7e5, 6.3e5, 1000), rng.uniform(3.3e6, 3.6e6, 1000))
    shapes = np.array([star(rng, x, y, rng.uniform(1200, 4000)) for x, y in spots])
    shapes = shapes[shapely.is_valid(shapes)]
    found = area_measure("EPSG:4544", tuple(shapely.total_bounds(shapes)))(shapes)
    expected = np.array([geodesic_area(shape, "EPSG:4544", 40.0) for shape in shapes])
    # GeographicLib itself is good to about 1e-4 m2 on shapes of this size.
    assert np.abs(found - expected).max() < 5e-3
    assert (np.abs(found / expected - 1) < 1e-9).all()


def test_small_parcels_agree_with_the_surveys_own_sum():
    rng = np.random.default_rng(4)
    for _ in range(50):
        shape = star(rng, rng.uniform(3.7e5, 6.3e5), rng.uniform(3.3e6, 3.6e6), 60)
        found = area_measure("EPSG:4544", shape.bounds)(np.array([shape]))[0]
        assert found == pytest.approx(
            survey_area(shape), rel=1e-9, abs=2e-4
        )  # the sum itself cancels to 1e-4 m2


@pytest.mark.parametrize(
    ("crs", "box"),
    [
        ("EPSG:2154", (700_000, 6_300_000, 720_000, 6_330_000)),  # Lambert 93, conic
        ("EPSG:3035", (4_300_000, 3_000_000, 4_320_000, 3_010_000)),  # Lambert, equal area
        ("EPSG:25832", (680_000, 5_500_000, 700_000, 5_540_000)),
        ("EPSG:4490", (104.0, 31.0, 104.2, 31.1)),  # degrees
    ],
)
def test_any_crs_is_measured_on_its_own_ellipsoid(crs, box):
    rng = np.random.default_rng(8)
    size = box[2] - box[0]
    shape = star(rng, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, size / 2.5)
    step = size / 2000
    found = area_measure(crs, shape.bounds)(np.array([shape]))[0]
    # A straight line of the plane is cut finely enough for a geodesic to follow it.
    assert found == pytest.approx(geodesic_area(shape, crs, step), rel=2e-8)


def test_feet_become_square_metres():
    box = shapely.box(980_000, 190_000, 990_000, 200_000)  # New York, US survey feet
    metres = 10_000 * 1200 / 3937
    plane = area_measure("EPSG:2263", box.bounds, "planar")(np.array([box]))[0]
    assert plane == pytest.approx(metres**2, rel=1e-12)
    round_ = area_measure("EPSG:2263", box.bounds)(np.array([box]))[0]
    assert round_ == pytest.approx(geodesic_area(box, "EPSG:2263", 200.0), rel=1e-8)


def test_the_zone_prefix_changes_nothing():
    rng = np.random.default_rng(5)
    shape = star(rng, 570_000, 3_440_000, 3000)
    with_prefix = shapely.transform(shape, lambda xy: xy + [35e6, 0])
    a = area_measure("EPSG:4544", shape.bounds)(np.array([shape]))[0]
    b = area_measure("EPSG:4523", with_prefix.bounds)(np.array([with_prefix]))[0]
    assert a == pytest.approx(b, rel=1e-12)


def test_holes_are_subtracted_and_parts_added():
    outer, hole = shapely.box(500_000, 3_400_000, 510_000, 3_410_000), None
    hole = shapely.box(503_000, 3_403_000, 505_000, 3_406_000)
    far = shapely.box(530_000, 3_400_000, 530_050, 3_400_050)
    shapes = np.array([outer.difference(hole), shapely.MultiPolygon([outer.difference(hole), far]),
                       outer, hole, far])  # fmt: skip
    found = area_measure("EPSG:4544", tuple(shapely.total_bounds(shapes)))(shapes)
    assert found[0] == pytest.approx(found[2] - found[3], rel=1e-12)
    assert found[1] == pytest.approx(found[0] + found[4], rel=1e-12)


def test_missing_and_empty_shapes_measure_nothing():
    shapes = np.array([None, shapely.Polygon(), shapely.box(500000, 3400000, 500100, 3400100)])
    found = area_measure("EPSG:4544", (500000, 3400000, 500100, 3400100))(shapes)
    assert found[:2].tolist() == [0, 0]
    assert found[2] > 9000


def test_a_ring_may_run_either_way():
    ring = [(500_000, 3_400_000), (540_000, 3_400_000), (540_000, 3_430_000)]
    shapes = np.array([shapely.Polygon(ring), shapely.Polygon(ring[::-1])])
    a, b = area_measure("EPSG:4544", tuple(shapely.total_bounds(shapes)))(shapes)
    assert a == b > 0


def test_what_the_projection_cannot_undo_is_refused():
    with pytest.raises(ValueError, match="lie outside"):
        area_measure("EPSG:4544", (3.55e9, 3.4e6, 3.551e9, 3.5e6))
    with pytest.raises(ValueError, match="area method"):
        area_measure("EPSG:4544", (0, 0, 1, 1), "geodesic")


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(3.8e5, 6.2e5),
    st.floats(20, 20_000),
    st.floats(0.1, 0.9),
)
def test_a_polygon_is_the_sum_of_its_halves(seed, x, radius, share):
    shape = star(np.random.default_rng(seed), x, 3.4e6, radius)
    if not shape.is_valid:
        return
    x0, y0, x1, y1 = shape.bounds
    cut = x0 + share * (x1 - x0)
    parts = [shape & shapely.box(x0, y0, cut, y1), shape & shapely.box(cut, y0, x1, y1)]
    measure = area_measure("EPSG:4544", shape.bounds)
    whole, left, right = measure(np.array([shape, *parts], dtype=object))
    assert left + right == pytest.approx(whole, rel=3e-10, abs=1e-7)


def test_a_stray_far_beyond_the_extent_is_measured_near_enough_and_harms_nobody():
    near = shapely.box(550_000, 3_440_000, 550_100, 3_440_100)
    strays = [shapely.box(35_550_000, 3_440_000, 35_550_100, 3_440_100),
              shapely.box(550_000, 9_900_000, 560_000, 9_910_000)]  # fmt: skip
    measure = area_measure("EPSG:4544", near.bounds)
    alone = measure(np.array([near]))[0]
    found = measure(np.array([near, *strays]))
    assert found[0] == alone
    assert found[1:] == pytest.approx(shapely.area(strays), rel=0.01)
