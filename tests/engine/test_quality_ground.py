# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlaps and covered ground found from unpaired edges, against pair-by-pair computations."""

from __future__ import annotations

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from jts_cases import CASES, array, on_a_grid
from pianqu.checks.overlay import CRUMB
from pianqu.checks.quality.edges import unpaired
from pianqu.checks.quality.ground import examine, united, unshared
from pianqu.checks.quality.shapes import doubles
from pianqu.layers.repair import from_wkb, usable
from shapes import mosaic, naive, stars


def by_pairs(shapes: np.ndarray) -> dict[tuple[int, int], float]:
    """Intersect each with each, as slowly as can be."""
    out = {}
    for j in range(len(shapes)):
        for i in range(j):
            area = shapely.intersection(shapes[i], shapes[j]).area
            if area > CRUMB:
                out[i, j] = area
    return out


def found_pairs(shapes: np.ndarray) -> dict[tuple[int, int], float]:
    ground = examine(shapes)
    return dict(zip(zip(ground.first.tolist(), ground.second.tolist()),
                    shapely.area(ground.shapes).tolist()))  # fmt: skip


def assert_same(shapes: np.ndarray) -> None:
    expected, found = by_pairs(shapes), found_pairs(shapes)
    assert found.keys() == expected.keys()
    for pair, area in expected.items():
        assert found[pair] == pytest.approx(area, rel=1e-9, abs=CRUMB)
    covered = examine(shapes).covered
    assert covered.area == pytest.approx(shapely.union_all(shapes).area, rel=1e-9, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
def test_strewn_polygons_overlap_as_they_do_pair_by_pair(seed, count):
    assert_same(stars(seed, count, 600))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.data())
def test_a_spoilt_coverage_overlaps_and_gapes_as_it_does_pair_by_pair(seed, data):
    shapes = mosaic(seed, 25)
    row = data.draw(st.integers(0, len(shapes) - 1))
    how = data.draw(st.sampled_from(["grown", "moved", "twice", "stacked", "merged", "gone"]))
    if how == "grown":
        shapes[row] = shapely.buffer(shapes[row], 0.5)
    elif how == "moved":
        shapes[row] = shapely.transform(shapes[row], lambda xy: xy + [0.7, -0.5])
    elif how == "twice":
        shapes = np.append(shapes, shapes[row])
    elif how == "stacked":
        shapes = np.concatenate([shapes, shapes])
    elif how == "merged":  # a parcel kept beside the parts it was split into
        shapes = np.append(shapes, shapely.union_all(shapes[: max(row, 2)]))
    else:
        shapes = np.delete(shapes, row)
    assert_same(shapes)


@pytest.mark.parametrize("seed", range(4))
def test_a_clean_coverage_leaves_its_outline_only(seed):
    shapes = mosaic(seed, 40)
    edges = unpaired(shapes)
    outline = shapely.union_all(shapes)
    rings = shapely.get_rings(shapely.get_parts(outline))
    assert shapely.length(edges.lines()).sum() == pytest.approx(shapely.length(rings).sum())
    assert shapely.coverage_is_valid(shapes)
    assert len(examine(shapes)) == 0


@pytest.mark.parametrize("seed", range(4))
def test_rings_may_turn_either_way(seed):
    shapes = mosaic(seed, 30)
    turned = shapes.copy()
    turned[::2] = shapely.reverse(shapes[::2])
    assert len(unpaired(turned)) == len(unpaired(shapes))
    assert len(examine(turned)) == 0


def test_missing_and_empty_shapes_are_passed_over():
    shapes = array(None, shapely.box(0, 0, 1, 1), shapely.Polygon(), shapely.box(0.5, 0, 2, 1))
    assert found_pairs(shapes) == {(1, 3): pytest.approx(0.5)}
    nothing = examine(array(None, shapely.Polygon()))
    assert len(nothing) == 0
    assert nothing.covered.area == 0


def test_stacked_blocks_on_common_borders_are_counted_whole():
    """A face whose middle lies on the border of two features can't be counted by one point."""
    one = array(shapely.box(0, 0, 5, 10), shapely.box(5, 0, 10, 10))
    two = array(shapely.box(0, 0, 10, 5), shapely.box(0, 5, 10, 10))
    assert_same(np.concatenate([one, two]))


def test_a_hole_filled_by_a_feature_is_no_overlap_and_an_unfilled_one_is_no_ground():
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    assert examine(array(ring)).covered.area == pytest.approx(96)
    both = examine(array(ring, shapely.box(4, 4, 6, 6)))
    assert len(both) == 0
    assert both.covered.area == pytest.approx(100)


@pytest.mark.parametrize("case", [pytest.param(one, id=one[0]) for one in CASES])
def test_the_suites_that_broke_engines_overlap_and_cover_as_they_should(case):
    _, a, b, expected = case
    ground = examine(array(a, b))
    area, unsure = on_a_grid(a, b)
    shared = shapely.area(ground.shapes).sum()
    if expected is not None:
        assert shared == pytest.approx(expected.area, rel=1e-6, abs=2 * CRUMB)
    else:
        assert shared == pytest.approx(area, abs=unsure)
    assert ground.covered.area == pytest.approx(a.area + b.area - area, rel=1e-6, abs=unsure)


def winding(ring: list[tuple[float, float]], x: float, y: float) -> int:
    """Count how often a ring runs round a point: plain arithmetic."""
    turns = 0
    for (x1, y1), (x2, y2) in zip(ring[:-1], ring[1:]):
        if (y1 <= y) != (y2 <= y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            turns += 1 if y2 > y1 else -1
    return turns


def enclosed(shape: shapely.Geometry) -> float:
    """Measure what shells run round and holes do not, face by face of the rings' linework."""
    parts = shapely.get_parts(shape)
    lines = [shapely.LineString(ring.coords) for part in parts
             for ring in (part.exterior, *part.interiors)]  # fmt: skip
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    total = 0.0
    for face in faces:
        x, y = face.point_on_surface().coords[0]
        inside = any(winding(list(part.exterior.coords), x, y) != 0
                     and all(winding(list(hole.coords), x, y) == 0 for hole in part.interiors)
                     for part in parts)  # fmt: skip
        total += face.area if inside else 0.0
    return total


def test_every_invalid_parcel_of_flanders_gets_the_area_its_rings_enclose(shared):
    path = shared / "data" / "geometry" / "geofileops" / "polygon-invalid.gpkg"
    raw = from_wkb(pyogrio.raw.read(path)[2])
    assert len(raw) == 70
    assert not shapely.is_valid(raw).any()
    fixed = usable(raw)
    reasons = dict(zip(fixed.unusable["row"], fixed.unusable["reason"]))
    for row, shape in enumerate(fixed.shapes):
        if shape is None:
            assert reasons[row]
        else:
            assert shape.area == pytest.approx(enclosed(raw[row]), rel=1e-6)
    assert len(reasons) + len(fixed.mended) == 70


def test_overlaps_and_gaps_of_the_land_use_of_bayreuth_are_those_of_shapely(shared):
    path = shared / "data" / "osm_bayreuth" / "bayreuth.gpkg"
    shapes = usable(from_wkb(pyogrio.raw.read(path, layer="landuse", columns=[])[2])).shapes
    shapes = shapes[~shapely.is_missing(shapes)]
    ground = examine(shapes)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = shapely.intersection(shapes[a[a < b]], shapes[b[a < b]])
    area = shapely.area(pairs)
    assert len(ground) == (area > CRUMB).sum() > 10
    assert shapely.area(ground.shapes).sum() == pytest.approx(area.sum(), rel=1e-9)
    frame = shapely.box(*shapely.total_bounds(shapes))
    gaps = frame.difference(ground.covered)
    alone = frame.difference(shapely.union_all(shapes))
    assert gaps.area == pytest.approx(alone.area, rel=1e-9)
    assert gaps.symmetric_difference(alone).area < 1e-3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.data())
def test_a_vertex_put_on_one_side_of_a_border_only_is_found(seed, data):
    shapes = mosaic(seed, 20)
    touching = [(i, j) for i in range(len(shapes)) for j in range(len(shapes)) if i != j and
                shapely.intersection(shapes[i], shapes[j]).length > 1]  # fmt: skip
    i, j = data.draw(st.sampled_from(touching))
    line = shapely.line_merge(shapely.intersection(shapes[i], shapes[j]))
    line = max(shapely.get_parts(line), key=shapely.length)
    ends = shapely.get_coordinates(line)[:2]
    spot = ends.mean(axis=0)
    xy = shapely.get_coordinates(shapely.get_exterior_ring(shapes[j]))
    at = [k for k in range(len(xy) - 1) if {tuple(xy[k]), tuple(xy[k + 1])} ==
          {tuple(one) for one in ends}]  # fmt: skip
    if not at or shapely.get_num_interior_rings(shapes[j]):
        return
    shapes[j] = shapely.Polygon(np.insert(xy, at[0] + 1, spot, axis=0))
    lacking, having, spots = unshared(unpaired(shapes), 0.001)
    assert (lacking == i).any()
    assert set(having.tolist()) == {j}
    assert np.abs(spots - spot).max() < 1e-6


def test_a_clean_coverage_lacks_no_vertex():
    for seed in range(3):
        assert not len(unshared(unpaired(mosaic(seed, 40)), 0.001)[0])


def test_doubles_are_found_wherever_their_rings_begin():
    a = shapely.box(0, 0, 10, 10)
    turned = shapely.Polygon([(10, 0), (0, 0), (0, 10), (10, 10)])
    other = shapely.box(0, 0, 10, 10.001)
    rows, first = doubles(array(a, other, turned, None, a))
    assert rows.tolist() == [2, 4]
    assert first.tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_the_union_in_parts_is_the_union(seed):
    shapes = stars(seed, 40, 600)
    assert united(shapes).area == pytest.approx(shapely.union_all(shapes).area, rel=1e-12)
    assert naive(shapes, shapes)
