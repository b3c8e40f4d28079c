# SPDX-License-Identifier: GPL-2.0-or-later
"""The mesh under the made county: bent edges never cross, whatever is joined to what."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.sample.bench_layers import SHIFT, bench_farmland
from pianqu.sample.fields import Field, choose, clusters
from pianqu.sample.shapes import components, make_mesh, polygons

ORIGIN = np.array([524_000.0, 3_440_000.0])


def scattered(seed: int, many: int = 300) -> np.ndarray:
    return np.round(np.random.default_rng(seed).uniform(0, 900, (many, 2)), 2) + ORIGIN


@given(st.integers(0, 10_000), st.integers(1, 12), st.floats(0.0, 1.5))
@settings(max_examples=15, deadline=None)
def test_any_labelling_of_any_sites_gives_a_valid_coverage(seed, kinds, rough):
    sites = np.unique(scattered(seed), axis=0)
    mesh = make_mesh(sites, np.random.default_rng(seed), rough)
    # cells near the hull have their corners far away
    inner = (np.abs(sites - ORIGIN - 450) < 300).all(axis=1) & ~mesh.hull()
    label = np.where(inner, np.random.default_rng(seed + 1).integers(0, kinds, len(sites)), -1)
    shapes, labels = polygons(mesh, label)
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    whole, _ = polygons(mesh, np.where(inner, 0, -1))
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(whole).sum(), rel=1e-12)
    assert set(labels) == set(label[inner])


def test_straight_edges_give_the_voronoi_cells():
    sites = scattered(4, 120)
    mesh = make_mesh(sites, np.random.default_rng(0), rough=0.0)
    inner = (np.abs(sites - ORIGIN - 450) < 300).all(axis=1) & ~mesh.hull()
    mine, label = polygons(mesh, np.where(inner, np.arange(len(sites)), -1))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(sites), ordered=True))
    assert np.allclose(shapely.area(mine), shapely.area(cells[label]), atol=0.05)


def test_a_ring_of_cells_keeps_its_hole():
    grid = np.stack(np.meshgrid(np.arange(7), np.arange(7)), -1).reshape(-1, 2) * 50.0
    sites = np.round(grid + np.random.default_rng(1).uniform(-12, 12, grid.shape), 2) + ORIGIN
    mesh = make_mesh(sites, np.random.default_rng(2))
    x, y = np.rint((sites - ORIGIN).T / 50)
    ring = np.maximum(np.abs(x - 3), np.abs(y - 3))
    shapes, labels = polygons(mesh, np.where(ring == 2, 5, np.where(ring < 2, 6, -1)))
    assert labels.tolist() == [5, 6]
    assert shapely.get_num_interior_rings(shapes).tolist() == [1, 0]
    assert shapely.area(shapely.intersection(*shapes)) == 0


def test_components_join_what_pairs_join():
    group = components(6, np.array([4, 1, 5]), np.array([1, 2, 3]))
    assert group.tolist() == [0, 1, 1, 3, 1, 3]


def test_a_field_has_the_slope_of_its_heights():
    field = Field(np.random.default_rng(3), 800.0, 3)
    xy = np.random.default_rng(4).uniform(-2_000, 2_000, (50, 2))
    step = 2.0
    ahead = (field(xy + [step, 0]) - field(xy - [step, 0])) / (2 * step)
    assert np.allclose(field.slope(xy)[:, 0], ahead, atol=2e-4)


def test_choices_take_the_shares_given():
    codes = choose(np.random.default_rng(1).normal(size=10_000), ("a", "b", "c"), (0.5, 0.3, 0.2))
    assert [(codes == code).mean().round(3) for code in "abc"] == [0.5, 0.3, 0.2]


def test_clusters_group_what_lies_together():
    xy = np.concatenate([np.random.default_rng(1).normal(at, 1, (20, 2)) for at in (0, 100, 200)])
    group = clusters(xy, 3)
    assert [len(set(group[i : i + 20])) for i in (0, 20, 40)] == [1, 1, 1]
    assert len(set(group)) == 3


def test_bench_farmland_comes_as_fields_half_of_them_moved_and_as_blocks():
    layers = bench_farmland(1_500, 2)
    fields = layers.parcels[[code.startswith("01") for code in layers.codes]]
    assert len(layers.singles) == len(fields)
    way = shapely.bounds(layers.singles)[:, :2] - shapely.bounds(fields)[:, :2]
    moved = np.abs(way).max(axis=1) > 0
    assert 0.4 < moved.mean() < 0.6
    assert np.allclose(way[moved], SHIFT, atol=2e-4)
    assert shapely.is_valid(layers.blocks).all()
    assert len(layers.blocks) < len(fields) / 5
    inside = shapely.covered_by(fields, shapely.union_all(layers.blocks))
    assert inside.all()
