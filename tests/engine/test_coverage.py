# SPDX-License-Identifier: GPL-2.0-or-later
"""The quick proof never calls a layer disjoint that overlaps itself."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks.coverage import is_disjoint
from shapes import mosaic, naive, stars


def overlaps(shapes: np.ndarray) -> bool:
    return any(i < j for i, j in naive(shapes, shapes))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
def test_a_layer_called_disjoint_has_no_overlap(seed, count):
    shapes = stars(seed, count, 600)
    if is_disjoint(shapes):
        assert not overlaps(shapes)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.data())
def test_one_parcel_spoilt_anywhere_in_a_clean_layer_is_noticed(seed, data):
    shapes = mosaic(seed, 25)
    assert is_disjoint(shapes)
    row = data.draw(st.integers(0, len(shapes) - 1))
    spoilt = shapes.copy()
    how = data.draw(st.sampled_from(["grown", "moved", "twice", "stacked"]))
    if how == "grown":
        spoilt[row] = shapely.buffer(shapes[row], 0.5)
    elif how == "moved":
        spoilt[row] = shapely.transform(shapes[row], lambda xy: xy + [0.7, -0.5])
    elif how == "twice":
        spoilt = np.append(spoilt, shapes[row])
    else:
        spoilt = np.concatenate([spoilt, shapes])
    if how != "moved":  # a corner parcel may move away from all others
        assert overlaps(spoilt)
    assert not (is_disjoint(spoilt) and overlaps(spoilt))


@pytest.mark.parametrize("seed", range(5))
def test_holes_parts_and_gaps_do_not_disturb_the_proof(seed):
    shapes = mosaic(seed, 30)
    kept = np.delete(shapes, [3, 11])  # gaps
    parts = shapely.multipolygons([kept[0], kept[1]])
    lake = shapely.Point(*shapely.get_coordinates(shapely.point_on_surface(kept[2]))[0]).buffer(1)
    content = np.array([parts, kept[2].difference(lake), lake, *kept[3:]], dtype=object)
    touching = not shapely.is_valid(parts)
    if not touching:
        assert is_disjoint(content)


def test_an_island_inside_another_parcel_without_a_hole_is_noticed():
    assert not is_disjoint(np.array([shapely.box(0, 0, 10, 10), shapely.box(2, 2, 3, 3)]))


def test_crossing_lines_without_a_common_vertex_are_noticed():
    cross = np.array([shapely.box(0, 4, 10, 6), shapely.box(4, 0, 6, 10)])
    assert not is_disjoint(cross)


def test_few_and_missing_features_are_disjoint():
    assert is_disjoint(np.empty(0, dtype=object))
    assert is_disjoint(np.array([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)]))


def test_minus_zero_is_zero():
    a = shapely.Polygon([(-0.0, 0.0), (1, 0), (1, 1), (0, 1)])
    b = shapely.Polygon([(0.0, -0.0), (0, 1), (-1, 1), (-1, 0)])
    assert is_disjoint(np.array([a, b]))


def test_gaps_that_touch_at_corners_do_not_weigh_up_an_overlap():
    """GEOS's build_area fills such gaps: the sums then agreed though ground was covered twice."""
    cells = {(x, y) for x in range(4) for y in range(3)} - {(1, 1), (2, 2)}
    boxes = [shapely.box(x * 100, y * 100, x * 100 + 100, y * 100 + 100) for x, y in sorted(cells)]
    stacked = shapely.box(0, 0, 100, 200)  # over two cells, corner by corner
    content = np.array([*boxes, stacked], dtype=object)
    assert not is_disjoint(content)
    assert is_disjoint(np.array(boxes, dtype=object))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_patchwork_on_a_grid_called_disjoint_has_no_overlap(seed):
    rng = np.random.default_rng(seed)
    cells = [shapely.box(x, y, x + 1, y + 1) for x in range(5) for y in range(5)]
    some = [cell for cell in cells if rng.random() < 0.6]
    x, y = rng.integers(0, 4, 2)
    w, h = rng.integers(1, 3, 2)
    content = np.array([*some, shapely.box(x, y, x + w, y + h)], dtype=object)
    assert not (is_disjoint(content) and overlaps(content))
