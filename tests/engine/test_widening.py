# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines and points become areas of the width that is stated."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.widening import widen
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    Point,
    Polygon,
    box,
)

EAST, NORTH = 500_000.0, 3_450_000.0
places = st.tuples(st.integers(0, 5000), st.integers(0, 5000))
widths = st.floats(0.5, 60)

pytestmark = pytest.mark.english


def at(pairs):
    return [(EAST + x, NORTH + y) for x, y in pairs]


def one(shape, width):
    return widen(np.array([shape], dtype=object), np.array([width]))


@settings(max_examples=60, deadline=None)
@given(places, places, widths)
def test_a_straight_line_is_as_long_as_it_was_and_as_wide_as_stated(start, end, width):
    line = LineString(at([start, end]))
    result = one(line, width)
    if start == end:
        assert result.shapes[0] is None and len(result.unusable) == 1
        return
    # Flat ends: nothing beyond them, so the area is length times width, and the ends' middles
    # lie on the outline.
    assert result.shapes[0].area == pytest.approx(line.length * width, rel=1e-9)
    for end_point in shapely.points(line.coords):
        assert result.shapes[0].boundary.distance(end_point) < 1e-6


@settings(max_examples=60, deadline=None)
@given(st.lists(places, min_size=2, max_size=7, unique=True), widths)
def test_a_bent_line_is_what_shapely_makes_with_flat_ends_and_mitred_joins(points, width):
    line = LineString(at(points))
    oracle = shapely.buffer(line, width / 2, cap_style="flat", join_style="mitre")
    result = one(line, width)
    assert shapely.equals_identical(result.shapes[0], oracle)
    assert shapely.is_valid(result.shapes[0]) and list(result.kinds) == ["line"]


@settings(max_examples=40, deadline=None)
@given(places, widths)
def test_a_points_width_is_its_diameter(place, width):
    point = Point(*at([place])[0])
    disk = one(point, width)
    assert list(disk.kinds) == ["point"]
    left, low, right, top = disk.shapes[0].bounds
    assert (right - left, top - low) == pytest.approx((width, width))
    assert disk.shapes[0].area == pytest.approx(math.pi * width**2 / 4, rel=0.01)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(places, places, widths), min_size=1, max_size=6))
def test_every_feature_has_its_own_width_and_order_stays(rows):
    lines = np.array([LineString(at([a, (b[0] + 6000, b[1])])) for a, b, _ in rows], dtype=object)
    wide = np.array([width for *_, width in rows])
    together = widen(lines, wide)
    for line, width, shape in zip(lines, wide, together.shapes):
        assert shapely.equals_identical(one(line, width).shapes[0], shape)


def test_polygons_stay_as_they_came_valid_or_not_without_a_width():
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    shapes = np.array([box(0, 0, 1, 1), bow, None, Polygon()], dtype=object)
    result = widen(shapes, np.full(4, np.nan))
    assert all(a is b for a, b in zip(result.shapes, shapes))
    assert list(result.kinds) == ["polygon", "polygon", "", "polygon"] and result.unusable.empty


def test_parts_of_a_multi_line_and_a_multi_point_count_once_where_they_overlap():
    cross = MultiLineString([[(0, 50), (100, 50)], [(50, 0), (50, 100)]])
    assert one(cross, 10).shapes[0].area == pytest.approx(2 * 1000 - 100)
    same = MultiPoint([(0, 0), (0, 0)])
    assert one(same, 8).shapes[0].equals(one(Point(0, 0), 8).shapes[0])


def test_a_closed_line_has_no_gap_where_it_closes():
    ring = LineString([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])
    area = one(ring, 10).shapes[0]
    assert area.area == pytest.approx(110**2 - 90**2)
    assert len(area.interiors) == 1


def test_a_collection_becomes_the_union_of_its_parts_whatever_they_are():
    parts = [box(0, 0, 10, 10), LineString([(5, 5), (25, 5)]), Point(40, 5)]
    nested = GeometryCollection([parts[0], GeometryCollection(parts[1:])])
    result = one(nested, 4)
    oracle = shapely.union_all([
        parts[0],
        shapely.buffer(parts[1], 2, cap_style="flat", join_style="mitre"),
        shapely.buffer(parts[2], 2),
    ])  # fmt: skip
    assert result.shapes[0].equals(oracle) and list(result.kinds) == ["polygon"]
    only_thin = one(GeometryCollection(parts[1:]), 4)
    assert list(only_thin.kinds) == ["line"]
    assert only_thin.shapes[0].area == pytest.approx(20 * 4 + shapely.buffer(parts[2], 2).area)


def test_a_collection_with_an_invalid_polygon_is_left_for_the_repair_to_tell():
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    result = one(GeometryCollection([bow, Point(50, 50)]), 4)
    assert result.shapes[0].geom_type == "GeometryCollection"
    assert not shapely.is_valid(result.shapes[0])


@pytest.mark.parametrize("width", [np.nan, 0.0, -3.0, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [LineString([(0, 0), (9, 9)]), Point(3, 3)])
def test_without_a_width_above_zero_a_line_or_point_is_unusable(shape, width):
    result = one(shape, width)
    assert result.shapes[0] is None
    assert list(result.unusable["row"]) == [0]
    assert "width" in result.unusable["reason"][0]


def test_coordinates_that_are_no_numbers_make_a_feature_unusable_and_stop_nobody_else():
    bad = LineString([(0, 0), (np.inf, 1)])
    good = LineString([(0, 0), (10, 0)])
    result = widen(np.array([bad, good], dtype=object), np.array([2.0, 2.0]))
    assert list(result.unusable["row"]) == [0] and result.shapes[1].area == pytest.approx(20)


def test_an_empty_layer_is_no_trouble():
    result = widen(np.empty(0, dtype=object), np.empty(0))
    assert len(result.shapes) == len(result.kinds) == len(result.unusable) == 0
