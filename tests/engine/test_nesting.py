# SPDX-License-Identifier: GPL-2.0-or-later
"""Parcels settled by the edges they share with another layer, against comparing every pair."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks import nesting, overlay
from pianqu.checks.coverage import Borders
from shapes import mosaic, naive, stars

KINDS = ("blocks", "holed", "moved", "halves", "stars", "same", "mixed")


def other(kind: str, left: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make a layer drawn along the parcels' borders, in whole or in part."""
    group = rng.integers(0, 6, len(left))
    blocks = np.array([shapely.union_all(left[group == one]) for one in range(6)], dtype=object)
    if kind == "blocks":
        return blocks
    if kind == "holed":
        return np.array([shapely.union_all(left[group < 4])])
    if kind == "moved":
        return shapely.transform(blocks, lambda xy: xy + [0.4, -0.3])
    if kind == "halves":
        return shapely.intersection(blocks, shapely.box(-10, -10, 420.5, 2000))
    if kind == "stars":
        return stars(int(rng.integers(1e6)), 12)
    if kind == "same":
        return rng.permutation(left)[: len(left) // 2]
    away = shapely.transform(left[group == 0], lambda xy: xy + [0.8, 0.2])
    return np.concatenate([left[group == 1], away])


def numbers(cuts: overlay.Cut) -> list[tuple]:
    lines = zip(cuts.left, cuts.right, cuts.whole, cuts.plane, shapely.to_wkb(cuts.shapes))
    return sorted(lines, key=lambda line: (*line[:3], line[4]))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_pieces_are_those_of_comparing_every_pair_to_the_last_digit(kind, seed):
    rng = np.random.default_rng(seed)
    left = mosaic(seed, 70)
    left = left[~shapely.is_empty(left)]
    right = other(kind, left, rng)
    same = kind not in ("stars",)
    plain = overlay.cut(left, right, same)
    quick = overlay.cut(left, right, same, known=[Borders(left).numbers])
    assert numbers(quick) == numbers(plain)


def areas(cuts):
    found = {}
    for i, j, area in zip(cuts.left.tolist(), cuts.right.tolist(), cuts.plane.tolist()):
        found[i, j] = found.get((i, j), 0.0) + area
    return found


def test_many_parcels_in_their_blocks_agree_with_plain_intersection(monkeypatch):
    monkeypatch.setattr(nesting, "FEW", 10)
    left = mosaic(5, 200)
    right = other("blocks", left, np.random.default_rng(5))
    found = overlay.cut(left, right, same=False)
    assert areas(found) == pytest.approx(naive(left, right), rel=1e-9, abs=1e-6)
    assert found.whole.all()


def settled(left, right):
    tiles = np.asarray(right)
    rows = np.arange(len(left))
    return nesting.nested(left, rows, Borders(tiles), [Borders(left).numbers], tiles)


def test_parcels_of_blocks_are_settled_without_comparing_any_pair():
    left = mosaic(8, 90)
    right = other("blocks", left, np.random.default_rng(8))
    found = settled(left, right)
    assert len(found.calm) == len(left)
    assert sorted(found.rows.tolist()) == list(range(len(left)))
    for row, tile in zip(found.rows, found.tiles):
        assert shapely.covers(right[tile], left[row])


def test_parcels_near_a_strange_edge_are_left_to_be_compared():
    left = np.array([shapely.box(x, 0, x + 10, 10) for x in range(0, 100, 10)])
    zone = np.array([shapely.box(0, 0, 33, 10)])  # along borders, but not by corners
    found = settled(left, zone)
    assert not set(found.calm.tolist()) & {0, 1, 2, 3}


def test_a_parcel_of_parts_is_compared_part_by_part():
    parts = shapely.multipolygons([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)])
    left = np.array([parts, shapely.box(10, 0, 20, 10)])
    right = np.array([shapely.box(0, 0, 10, 10)])
    assert settled(left, right).calm.tolist() == [1]
    cuts = overlay.cut(left, right, known=[Borders(left).numbers])
    assert areas(cuts) == {(0, 0): 100.0}


def test_a_sliver_whose_inner_point_is_one_of_its_corners_is_compared():
    sliver = shapely.from_wkt(
        "POLYGON ((562739.2673101162 3437430.7936905334, 562756.6258617654 3437401.1061248453,"
        " 562727.7562494391 3437389.141603883, 562752.9767774558 3437399.593823772,"
        " 562752.9767774558 3437407.3469928815, 562739.2673101162 3437430.7936905334))"
    )
    assert shapely.distance(shapely.point_on_surface(sliver), sliver.boundary) == 0
    left = np.array([sliver])
    far = np.array([shapely.box(0, 0, 1, 1)])
    assert not len(settled(left, far).calm)


def test_boxes_surround_every_edge_that_is_not_known():
    shapes = stars(4, 15)
    known = Borders(shapes[:9]).numbers
    boxes = Borders(shapes).loose([known])
    tree = shapely.STRtree(shapely.box(*boxes.T))
    for star in shapes[9:]:
        for ring in (star.exterior, *star.interiors):
            corners = np.array(ring.coords)
            for a, b in zip(corners[:-1], corners[1:]):
                near = boxes[tree.query(shapely.LineString([a, b]))]
                low, high = np.minimum(a, b), np.maximum(a, b)
                assert ((near[:, :2] <= low) & (near[:, 2:] >= high)).all(axis=1).any()
    assert not len(Borders(shapes).loose([known, Borders(shapes).numbers]))
    assert not len(Borders(shapes[:0]).loose([known]))
