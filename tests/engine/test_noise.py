# SPDX-License-Identifier: GPL-2.0-or-later
"""Noise: what is too small or too thin is dropped, and told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from checks_county import FakeFabric
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks.noise import Noise, grouped, wide_enough


def fabric(boxes, units=None):
    shapes = np.array([shapely.box(*corners) for corners in boxes], dtype=object)
    table = pd.DataFrame({"unit": units or [0] * len(shapes), "gross_m2": shapely.area(shapes)})
    return FakeFabric(table, np.array([table["gross_m2"].sum()]), shapes)


@pytest.mark.parametrize(
    ("shape", "wide"),
    [
        (shapely.box(0, 0, 100, 0.19), False),
        (shapely.box(0, 0, 100, 0.21), True),
        (shapely.box(0, 0, 0.5, 0.5), True),
        (shapely.MultiPolygon([shapely.box(0, 0, 100, 0.1), shapely.box(0, 50, 1, 51)]), True),
        (shapely.box(0, 0, 10, 10).difference(shapely.box(0.05, 0.05, 9.95, 9.95)), False),
    ],
    ids=["thin", "just wide", "small square", "sliver with a square", "ring"],
)
def test_width_is_that_of_the_largest_circle_inside(shape, wide):
    assert wide_enough(np.array([shape], dtype=object), 0.2).tolist() == [wide]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=3, max_size=9))
def test_the_shortcut_never_keeps_what_a_buffer_would_drop(points):
    shape = shapely.MultiPoint(points).convex_hull
    if shape.geom_type != "Polygon" or shape.area < 1e-6:
        return
    quick = wide_enough(np.array([shape], dtype=object), 0.5)[0]
    assert quick == (not shapely.buffer(shape, -0.25, quad_segs=16).is_empty)


def test_groups_carry_area_shape_and_the_unit_with_most_of_them():
    made = fabric([(0, 0, 10, 10), (10, 0, 15, 10), (40, 0, 50, 10)], [0, 1, 1])
    keys = pd.DataFrame({"who": [7, 7, 3]})
    groups = grouped(np.arange(3), keys, made, Noise(1.0, 0.2), "rule")
    assert groups.keys["who"].tolist() == [3, 7]
    assert groups.area_m2.tolist() == [100.0, 150.0]
    assert groups.unit.tolist() == [1, 0]
    assert groups.shapes[1].equals(shapely.box(0, 0, 15, 10))
    assert groups.group.tolist() == [1, 1, 0]


def test_slivers_and_crumbs_are_dropped_and_counted_by_rule():
    made = fabric([(0, 0, 100, 0.1), (0, 50, 0.5, 51), (0, 100, 10, 110)])
    noise = Noise(1.0, 0.2)
    groups = grouped(
        np.arange(3), pd.DataFrame({"who": [0, 1, 2]}), made, noise, "control.farmland"
    )
    assert groups.keys["who"].tolist() == [2] and groups.group.tolist() == [-1, -1, 0]
    assert noise.dropped == {"control.farmland": {"count": 2, "area_m2": pytest.approx(10.5)}}


def test_thin_pieces_that_make_one_wide_shape_are_kept():
    made = fabric([(0, i * 0.1, 100, (i + 1) * 0.1) for i in range(5)])
    noise = Noise(1.0, 0.2)
    groups = grouped(np.arange(5), pd.DataFrame({"who": [0] * 5}), made, noise, "rule")
    assert len(groups.keys) == 1 and noise.dropped == {}


def test_pieces_that_do_not_fit_exactly_still_unite():
    made = fabric([(0, 0, 10, 10), (9.9999, 0, 20, 10)])
    groups = grouped(np.arange(2), pd.DataFrame({"who": [0, 0]}), made, Noise(1.0, 0.2), "rule")
    assert groups.shapes[0].is_valid and groups.shapes[0].area == pytest.approx(200)


def test_edges_without_a_common_vertex_unite_too():
    made = fabric([(0, 0, 10, 10), (10, 0, 20, 4), (10, 4, 20, 7), (10, 6.9, 20, 30)])
    groups = grouped(np.arange(4), pd.DataFrame({"a": [0] * 4}), made, Noise(1.0, 0.2), "rule")
    assert groups.shapes[0].is_valid and groups.shapes[0].area == pytest.approx(400)


def test_no_pieces_make_no_groups():
    made = fabric([(0, 0, 1, 1)])
    keys = pd.DataFrame({"who": np.empty(0, dtype=int)})
    groups = grouped(np.empty(0, dtype=int), keys, made, Noise(1.0, 0.2), "rule")
    assert len(groups.keys) == 0 and len(groups.shapes) == 0


def test_keeping_shapes_counts_the_rest():
    noise = Noise(5.0, 0.2)
    shapes = np.array([shapely.box(0, 0, 2, 2), shapely.box(0, 0, 3, 3)], dtype=object)
    assert noise.keep("data.overlap", shapes, np.array([4.0, 9.0])).tolist() == [False, True]
    assert noise.dropped == {"data.overlap": {"count": 1, "area_m2": 4.0}}
