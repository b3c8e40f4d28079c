# SPDX-License-Identifier: GPL-2.0-or-later
"""Which vertices and edges lie near each other, against asking every pair."""

from __future__ import annotations

import numpy as np
import shapely
from convert_made import partition
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.convert.vertices import (
    edges_of,
    mismatched,
    near_places,
    places_on_edges,
    rings_of,
)

spots = st.lists(
    st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=2, max_size=40, unique=True
)


@settings(max_examples=150, deadline=None)
@given(spots, st.sampled_from([0.5, 1.0, 1.5, 3.0, 200.0]), st.sampled_from([0.0, 3.55e7]))
def test_near_places_are_those_that_asking_every_pair_gives(points, distance, east):
    xy = np.array(points, dtype=float) + (east, 0)
    found = {tuple(pair) for pair in near_places(xy, distance).tolist()}
    wanted = {
        (i, j) for i in range(len(xy)) for j in range(i + 1, len(xy))
        if np.hypot(*(xy[i] - xy[j])) <= distance
    }  # fmt: skip
    assert found == wanted


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.5, 3.0, 15.0]))
def test_places_on_edges_are_those_that_asking_every_pair_gives(seed, distance):
    rings = rings_of(np.array(partition(np.random.default_rng(seed), 8), dtype=object))
    edges = edges_of(rings)
    edge, place, along = places_on_edges(rings.xy, edges, distance)
    wanted = set()
    for row, (a, b) in enumerate(edges.tolist()):
        line = shapely.LineString(rings.xy[[a, b]])
        for spot in range(len(rings.xy)):
            point = shapely.Point(rings.xy[spot])
            foot = line.project(point) / line.length
            ends = [np.hypot(*(rings.xy[spot] - rings.xy[end])) for end in (a, b)]
            if (spot not in (a, b) and 1e-12 < foot < 1 - 1e-12
                    and line.distance(point) <= distance and max(ends) < line.length):  # fmt: skip
                wanted.add((row, spot))
    assert set(zip(edge.tolist(), place.tolist())) == wanted
    assert ((along > 0) & (along < 1)).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_taken_apart_and_built_again_polygons_are_the_same(seed):
    cells = partition(np.random.default_rng(seed), 10)
    ring = shapely.box(300, 300, 400, 400) - shapely.box(310, 310, 320, 320)
    shapes = np.array([*cells, ring, shapely.MultiPolygon([*cells[:1], ring])], dtype=object)
    for before, after in zip(shapes, rings_of(shapes).shapes()):
        assert shapely.equals_exact(shapely.MultiPolygon(shapely.get_parts(before)), after)


def test_only_polygons_with_an_edge_that_is_not_shared_are_mismatched():
    grid = [shapely.box(x, y, x + 1, y + 1) for x in range(3) for y in range(3)]
    marks = mismatched(np.array(grid, dtype=object))
    assert marks.tolist() == [True] * 4 + [False] + [True] * 4
    twice = np.array([grid[4], grid[4]], dtype=object)
    assert mismatched(twice).tolist() == [True, True]
