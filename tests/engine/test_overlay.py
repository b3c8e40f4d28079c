# SPDX-License-Identifier: GPL-2.0-or-later
"""Two layers cut into each other, against plain pairwise intersections."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks import overlay, parallel, tiles
from pianqu.checks.partition import partition
from shapes import mosaic, naive, stars


def areas(cuts: overlay.Cut) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for i, j, shape in zip(cuts.left.tolist(), cuts.right.tolist(), cuts.shapes):
        found[i, j] = found.get((i, j), 0.0) + shape.area
    return found


def same_areas(found, expected):
    assert found.keys() == expected.keys()
    for pair, area in expected.items():
        assert found[pair] == pytest.approx(area, rel=1e-9, abs=1e-6), pair


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_areas_of_all_pairs_agree_with_pairwise_intersection(seed, overlapping):
    left = mosaic(seed)
    right = stars(seed + 1) if overlapping else mosaic(seed + 1, 25)
    same_areas(areas(overlay.cut(left, right, same=not overlapping)), naive(left, right))


def test_large_polygons_give_the_same_areas_when_they_are_cut_into_tiles(monkeypatch):
    left, right = mosaic(1, 80), mosaic(2, 6)
    right = shapely.segmentize(right, 1.0)
    expected = naive(left, right)
    for most in (16, 60, 10_000):
        monkeypatch.setattr(tiles.subdivide, "__defaults__", (most,))
        same_areas(areas(overlay.cut(left, right)), expected)
    monkeypatch.setattr(overlay, "_LARGE_LEFT", 8)
    same_areas(areas(overlay.cut(left, right)), expected)


def test_a_feature_wholly_inside_comes_back_as_itself_though_a_seam_crosses_it(monkeypatch):
    monkeypatch.setattr(tiles.subdivide, "__defaults__", (20,))
    zone = shapely.segmentize(shapely.box(0, 0, 1000, 1000), 10)
    left = np.array([shapely.box(480, 480, 530, 530), shapely.box(990, 10, 1010, 20)])
    cuts = overlay.cut(left, np.array([zone]))
    assert cuts.whole.tolist() == [True, False]
    assert shapely.equals_exact(cuts.shapes[0], left[0], 0)


def test_touching_is_not_overlapping_and_contained_is():
    left = np.array([shapely.box(0, 0, 10, 10)])
    right = np.array(
        [shapely.box(10, 0, 20, 10), shapely.box(10, 10, 20, 20), shapely.box(2, 2, 3, 3)]
    )
    assert areas(overlay.cut(left, right)) == {(0, 2): 1.0}


def test_lines_and_points_left_by_touching_are_dropped_from_a_mixed_result():
    # The two share a square and, elsewhere, only an edge.
    a = shapely.Polygon([(0, 0), (10, 0), (10, 10), (8, 10), (8, 5), (2, 5), (2, 10), (0, 10)])
    b = shapely.Polygon([(0, 10), (0, 12), (10, 12), (10, 8), (8, 8), (8, 10)])
    cuts = overlay.cut(np.array([a]), np.array([b]))
    assert shapely.get_type_id(cuts.shapes).tolist() == [shapely.GeometryType.POLYGON]
    assert cuts.plane.tolist() == [4.0]


def test_identical_features_are_settled_without_an_intersection(monkeypatch):
    left = mosaic(5)
    right = left[::-1].copy()
    monkeypatch.setattr(shapely, "intersection", None)
    cuts = overlay.cut(left, right)
    assert cuts.whole.all()
    assert (cuts.right == len(left) - 1 - np.arange(len(left))).all()


def test_a_duplicate_in_one_layer_is_matched_once():
    box = shapely.box(0, 0, 10, 10)
    cuts = overlay.cut(np.array([box]), np.array([box, box]))
    assert len(cuts.left) == 1


def test_missing_and_empty_features_take_no_part():
    left = np.array([None, shapely.Polygon(), shapely.box(0, 0, 2, 2)], dtype=object)
    right = np.array([shapely.box(1, 1, 3, 3), None], dtype=object)
    assert areas(overlay.cut(left, right)) == {(2, 0): 1.0}
    nothing = np.empty(0, dtype=object)
    for a, b in ((nothing, right), (left, nothing), (nothing, nothing)):
        assert len(overlay.cut(a, b).left) == 0


def test_a_pair_that_geos_gives_up_on_is_tried_again_and_never_passed_over():
    calls = []

    def brittle(a, b, grid_size=None):
        calls.append(grid_size)
        if isinstance(a, np.ndarray) or grid_size is None:
            raise shapely.GEOSException("TopologyException: side location conflict")
        return shapely.intersection(a, b)

    left, right = np.array([shapely.box(0, 0, 2, 2)]), np.array([shapely.box(1, 0, 3, 2)])
    assert shapely.area(parallel.safe(brittle, left, right)).tolist() == [2.0]
    assert calls == [None, None, 1e-4]

    def hopeless(a, b, grid_size=None):
        raise shapely.GEOSException("no")

    with pytest.raises(shapely.GEOSException):
        parallel.safe(hopeless, left, right)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_remainders_and_pieces_make_up_the_left_feature(seed):
    left, right = mosaic(seed, 30), partition(stars(seed, 25))[0]
    cuts = overlay.cut(left, right)
    rows, blades = overlay.remainders(shapely.area(left), cuts)
    rest = overlay.subtract(left[rows], [cuts.tiles[blade] for blade in blades])
    total = np.bincount(cuts.left, weights=cuts.plane, minlength=len(left))
    total[rows] += shapely.area(rest)
    touched = np.bincount(cuts.left, minlength=len(left)) > 0
    assert total[touched] == pytest.approx(shapely.area(left[touched]), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(8, 64))
def test_tiles_are_small_and_make_up_their_polygon(seed, most):
    shapes = shapely.segmentize(stars(seed, 6), 10.0)
    cut, rows = tiles.subdivide(shapes, most)
    assert (np.diff(rows) >= 0).all()
    assert (shapely.get_num_coordinates(cut) <= max(most, 8)).all()
    assert shapely.is_valid(cut).all()
    sums = np.bincount(rows, weights=shapely.area(cut), minlength=len(shapes))
    assert sums == pytest.approx(shapely.area(shapes), rel=1e-9)
    for row in range(len(shapes)):
        assert shapely.union_all(cut[rows == row]).symmetric_difference(shapes[row]).area < 1e-6


def test_a_polygon_whose_edges_run_along_the_cut_is_still_whole():
    comb = shapely.union_all(
        [shapely.box(0, 0, 1024, 8), *(shapely.box(x, 0, x + 8, 1024) for x in range(0, 1024, 16))]
    )
    cut, _ = tiles.subdivide(np.array([comb]), 32)
    assert shapely.area(cut).sum() == pytest.approx(comb.area, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_partition_covers_the_union_once_and_the_first_feature_wins(seed):
    shapes = stars(seed, 25)
    disjoint, found = partition(shapes)
    assert shapely.area(disjoint).sum() == pytest.approx(shapely.union_all(shapes).area, rel=1e-9)
    taken = shapely.Polygon()
    for before, after in zip(shapes, disjoint):
        assert after.symmetric_difference(before.difference(taken)).area < 1e-5
        taken = taken.union(before)
    pairs = {pair: area for pair, area in naive(shapes, shapes).items() if pair[0] < pair[1]}
    listed = zip(zip(found.first.tolist(), found.second.tolist()), shapely.area(found.shapes))
    same_areas(dict(listed), pairs)


def test_a_layer_without_overlaps_comes_back_untouched():
    shapes = mosaic(9)
    disjoint, found = partition(shapes)
    assert disjoint is shapes
    assert len(found) == 0


def test_a_duplicate_feature_keeps_no_ground():
    box = shapely.box(0, 0, 10, 10)
    disjoint, found = partition(np.array([box, None, box], dtype=object))
    assert disjoint[1] is None
    assert disjoint[2].is_empty
    assert shapely.area(found.shapes).tolist() == [100.0]


def test_batches_cover_everything_once():
    assert parallel.batches(0) == []
    parts = parallel.batches(10, size=3)
    assert np.concatenate([np.arange(10)[part] for part in parts]).tolist() == list(range(10))


def test_an_error_in_one_batch_reaches_the_caller():
    def work(part: slice) -> int:
        if part.start == 6:
            raise ValueError("batch 6")
        return part.start

    with pytest.raises(ValueError, match="batch 6"):
        parallel.run(work, parallel.batches(12, size=3))
