# SPDX-License-Identifier: GPL-2.0-or-later
"""Mending a coverage: what is mended, what is kept, and that every change is listed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from convert_made import SIDE, overlap_area, partition, shaken, well_spaced
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pianqu.convert.mending import Limits, mend

SQUARE = shapely.box(0, 0, SIDE, SIDE)
LISTED = 1e-6  # m2 that adding up may lose


def plane(shapes):
    return np.nan_to_num(shapely.area(np.asarray(shapes, dtype=object)))


def mended(shapes, tolerance=0.01, area=0.0, kin=None):
    shapes = np.array(shapes, dtype=object)
    return mend(shapes, Limits(tolerance, area), plane, lambda some: plane(some) < area, kin)


def left(result):
    return [shape for shape in result.shapes if shape is not None]


def whats(result):
    return result.changes["what"].tolist()


seeds = st.integers(0, 10**6)
slow = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(seeds, st.sampled_from([0.01, 0.1, 0.5]))
def test_a_shaken_coverage_becomes_whole_again(seed, tolerance):
    rng = np.random.default_rng(seed)
    cells = partition(rng, 14)
    assume(well_spaced(cells, 4 * tolerance))
    # Half of the parcels are drawn badly: no copy of a vertex is beyond the tolerance of another.
    given_shapes = [shaken(rng, cell, tolerance / 2) if rng.random() < 0.5 else cell
                    for cell in cells]  # fmt: skip
    assume(all(shape.is_valid for shape in given_shapes))
    result = mended(given_shapes, tolerance)
    assert shapely.coverage_is_valid(left(result))
    assert len(left(result)) == len(cells)
    assert shapely.is_valid(result.shapes).all()
    assert overlap_area(left(result)) < 1e-6
    for before, after in zip(given_shapes, result.shapes):
        assert shapely.hausdorff_distance(before, after) <= tolerance + 1e-9
    change = sum(shape.area for shape in left(result)) - sum(one.area for one in given_shapes)
    assert result.changes["change_m2"].sum() == pytest.approx(change, abs=LISTED)


@slow
@given(seeds, st.sampled_from([0.01, 0.3, 2.0]))
def test_any_soup_of_polygons_stays_valid_and_gains_no_overlap(seed, tolerance):
    rng = np.random.default_rng(seed)
    shapes = [shapely.Polygon(rng.uniform(0, 30, (6, 2)).round(2)).convex_hull for _ in range(9)]
    result = mended(shapes, tolerance)
    kept = left(result)
    assert shapely.is_valid(kept).all()
    moved = result.changes["moved_m2"].sum()
    assert abs(overlap_area(kept) - overlap_area(shapes)) <= 8 * moved + LISTED
    grown = shapely.union_all(kept).area - shapely.union_all(shapes).area
    assert abs(grown) <= moved + LISTED
    change = sum(shape.area for shape in kept) - sum(one.area for one in shapes)
    assert result.changes["change_m2"].sum() == pytest.approx(change, abs=LISTED)


@slow
@given(seeds, st.sampled_from([0.01, 0.3, 2.0]), st.sampled_from([0.0, 20.0]))
def test_a_second_run_finds_nothing(seed, tolerance, area):
    rng = np.random.default_rng(seed)
    shapes = [shaken(rng, cell, 1.5 * tolerance) for cell in partition(rng, 12)]
    shapes = [shape for shape in shapes if shape.is_valid]
    first = mended(shapes, tolerance, area)
    second = mended(left(first), tolerance, area)
    assert whats(second) == []
    assert [shapely.equals_exact(*pair) for pair in zip(left(first), second.shapes)] == [
        True for _ in left(first)]  # fmt: skip


@slow
@given(seeds)
def test_slivers_go_to_the_neighbour_with_the_longest_shared_edge(seed):
    rng = np.random.default_rng(seed)
    cells = partition(rng, 25)
    limit = float(np.quantile([cell.area for cell in cells], 0.3))
    result = mended(cells, 1e-4, limit)
    assert overlap_area(left(result)) < 1e-6
    assert shapely.union_all(left(result)).area == pytest.approx(SIDE * SIDE, abs=0.5)
    assert sum(one.area for one in left(result)) == pytest.approx(
        sum(one.area for one in cells), abs=1e-6)  # fmt: skip
    assert min(one.area for one in left(result)) >= limit or result.lone.any()
    large = [row for row, cell in enumerate(cells) if cell.area >= limit]
    assert not result.gone[large].any()
    # Where only one sliver stands among large neighbours its home is plain to see.
    for row in np.flatnonzero(result.gone):
        near = {other: cells[row].intersection(cells[other]).length
                for other in range(len(cells)) if other != row}  # fmt: skip
        if all(cells[other].area >= limit for other, edge in near.items() if edge > 0):
            line = result.changes[(result.changes["row"] == row)
                                  & (result.changes["what"] == "merged")].iloc[0]  # fmt: skip
            assert near[line["other"]] == pytest.approx(max(near.values()), abs=1e-6)


def test_slivers_stay_within_their_kin():
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 10.1, 10), shapely.box(10.1, 0, 12, 2)]
    free = mended(shapes, 0.001, 2.0)
    held = mended(shapes, 0.001, 2.0, kin=np.array([0, 1, 1]))
    assert free.changes.query("what == 'merged'")["other"].tolist() == [0]
    assert held.changes.query("what == 'merged'")["other"].tolist() == [2]


def test_a_sliver_without_a_neighbour_is_told_not_dropped():
    result = mended([shapely.box(0, 0, 10, 10), shapely.box(50, 50, 50.5, 50.5)], 0.001, 2.0)
    assert len(left(result)) == 2
    assert result.lone.tolist() == [False, True]


def test_a_chain_of_slivers_ends_in_one_parcel():
    shapes = [shapely.box(0, 0, 10, 10),
              *(shapely.box(10 + 0.1 * k, 0, 10.1 + 0.1 * k, 10) for k in range(5))]  # fmt: skip
    result = mended(shapes, 0.001, 2.0)
    assert [shape is not None for shape in result.shapes] == [True] + [False] * 5
    assert left(result)[0].area == pytest.approx(105)
    assert set(result.changes.query("what == 'merged'")["other"]) == {0}


def test_a_gap_and_an_overlap_wider_than_the_tolerance_are_left_and_told():
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10.5, 0, 20, 10), shapely.box(0, 9.5, 20, 20)]
    result = mended(shapes, 0.01)
    assert result.changes["moved_m2"].sum() == 0  # corners on a foreign edge became its vertices
    assert [shape.area for shape in left(result)] == [shape.area for shape in shapes]
    assert result.unmatched.tolist() == [True, True, True]


def test_a_parcel_thinner_than_the_tolerance_goes_and_is_listed():
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 10.005, 10),
              shapely.box(10.005, 0, 20, 10)]  # fmt: skip
    result = mended(shapes, 0.01)
    assert result.shapes[1] is None
    line = result.changes[result.changes["what"] == "collapsed"].iloc[0]
    assert line["row"] == 1
    assert line["before_m2"] == pytest.approx(0.05)
    assert shapely.union_all(left(result)).area == pytest.approx(200)
    assert overlap_area(left(result)) == 0


def test_invalid_shapes_are_made_valid_and_the_area_they_lost_is_listed():
    bowtie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    hole = shapely.Polygon([(20, 0), (40, 0), (40, 20), (20, 20)],
                           [[(30, 5), (45, 5), (45, 10), (30, 10)]])  # fmt: skip
    result = mended([bowtie, hole])
    assert shapely.is_valid(result.shapes).all()
    lines = result.changes.set_index("row")
    assert lines.loc[0, "before_m2"] == pytest.approx(0)
    assert lines.loc[0, "after_m2"] == pytest.approx(50)
    assert lines.loc[1, "after_m2"] == pytest.approx(result.shapes[1].area)
    assert (lines["reason"] != "").all()


def test_what_can_not_be_mended_is_told_by_reason():
    shapes = [shapely.box(0, 0, 10, 10), None, shapely.Polygon(), shapely.Point(1, 1)]
    result = mended(shapes)
    assert sorted(result.lost) == [1, 2, 3]
    assert not result.gone.any()


def test_repeated_points_go_without_moving_ground():
    shape = shapely.Polygon([(0, 0), (0, 0), (10, 0), (10, 10), (10, 10), (10, 10), (0, 10)])
    result = mended([shape])
    assert shapely.get_num_coordinates(result.shapes[0]) == 5
    line = result.changes.iloc[0]
    assert (line["what"], line["count"], line["moved_m2"]) == ("repeated", 3, 0)


def test_nothing_is_done_to_an_empty_layer():
    result = mended(np.empty(0, dtype=object))
    assert len(result.shapes) == len(result.changes) == 0
