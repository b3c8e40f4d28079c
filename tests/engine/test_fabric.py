# SPDX-License-Identifier: GPL-2.0-or-later
"""The fabric's promises: pieces are the units, once, whatever the layers are like."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks import nesting
from pianqu.checks.fabric import Fabric, build_fabric
from pianqu.layers.model import Layer
from shapes import mosaic, stars

X, Y = 520_000.0, 3_440_000.0


def moved(shapes: np.ndarray) -> np.ndarray:
    return shapely.transform(shapes, lambda xy: xy + [X, Y])


def layer(role: str, shapes: np.ndarray) -> Layer:
    ids = pd.DataFrame({"id": [str(k) for k in range(len(shapes))]})
    return Layer(role, role, shapes, ids)


def county(units, layers, area="planar", owner=None) -> SimpleNamespace:
    owner = np.arange(len(units)) if owner is None else np.array(owner)
    finest = pd.DataFrame({"code": [str(k) for k in range(owner.max() + 1)]})
    return SimpleNamespace(
        dossier=SimpleNamespace(crs="EPSG:4544", area=area),
        units=layer("units", units),
        tree=SimpleNamespace(finest=finest, feature_unit=owner),
        layers={role: layer(role, shapes) for role, shapes in layers.items()},
    )


def check_promises(fabric: Fabric, one: SimpleNamespace) -> np.ndarray:
    pieces = fabric.pieces
    shapes = fabric.shapes(np.arange(len(pieces)))
    assert abs(fabric.residual_m2) <= 1e-9 * fabric.unit_m2.sum() + 1e-3
    assert fabric.measure(shapes) == pytest.approx(
        pieces["gross_m2"].to_numpy(), rel=1e-6, abs=1e-5
    )
    sums = np.bincount(pieces["unit"], weights=pieces["gross_m2"], minlength=len(fabric.unit_m2))
    assert sums == pytest.approx(fabric.unit_m2, rel=1e-9)
    for role, content in one.layers.items():
        rows = np.flatnonzero(pieces[role] >= 0)
        features = content.geometry[pieces[role].to_numpy()[rows]]
        assert shapely.area(shapely.difference(shapes[rows], features)).max(initial=0) < 1e-5, role
        bare = np.flatnonzero(pieces[role] < 0)
        union = shapely.union_all(content.geometry)
        assert shapely.area(shapely.intersection(shapes[bare], union)).max(initial=0) < 1e-5, role
    return shapes


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["planar", "ellipsoidal"]))
def test_pieces_are_the_units_and_each_lies_in_its_features(seed, area):
    units = moved(mosaic(seed, 5))
    layers = {
        "landuse": moved(mosaic(seed + 1, 40, 990)),  # smaller than the units: gaps
        "plan": moved(mosaic(seed + 2, 40, 1010)),  # larger: land outside
        "farmland": moved(stars(seed + 3, 12)),  # overlaps itself
        "redline": moved(stars(seed + 4, 4)),
        "boundary": moved(stars(seed + 5, 2)),
    }
    one = county(units, layers, area)
    fabric = build_fabric(one)
    assert list(fabric.pieces)[:3] == ["unit", "landuse", "plan"]
    shapes = check_promises(fabric, one)
    total = shapely.union_all(shapes).area
    assert shapely.area(shapes).sum() == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize(
    "roles", [["plan"], ["landuse"], ["farmland"], ["redline", "farmland"], []]
)
def test_any_subset_of_layers_will_do(roles):
    content = {"plan": mosaic(1, 30), "landuse": mosaic(2, 30), "farmland": stars(3, 9),
               "redline": stars(4, 3)}  # fmt: skip
    one = county(moved(mosaic(0, 4)), {role: moved(content[role]) for role in roles})
    check_promises(build_fabric(one), one)


def test_the_order_of_layers_in_the_dossier_changes_no_number():
    content = {"redline": stars(4, 5), "farmland": stars(3, 9), "plan": mosaic(1, 30),
               "landuse": mosaic(2, 30)}  # fmt: skip
    layers = {role: moved(shapes) for role, shapes in content.items()}
    units = moved(mosaic(0, 4))
    keys = ["unit", *sorted(content)]
    tables = [
        build_fabric(county(units, dict(items))).pieces.groupby(keys)["gross_m2"].sum()
        for items in (layers.items(), reversed(layers.items()))
    ]
    pd.testing.assert_series_equal(*tables, rtol=1e-9, atol=1e-6)


def test_an_exclave_belongs_to_its_unit():
    boxes = moved(
        np.array(
            [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(50, 0, 60, 10)]
        )
    )
    fabric = build_fabric(county(boxes, {"plan": boxes.copy()}, owner=[0, 1, 0]))
    assert fabric.unit_m2.tolist() == pytest.approx([200, 100])
    assert fabric.pieces["unit"].tolist() == [0, 1, 0]


def test_a_unit_feature_without_a_unit_or_a_shape_is_left_out():
    boxes = moved(np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]))
    units = np.array([*boxes, None], dtype=object)
    one = county(units, {"plan": boxes}, owner=[0, -1, 0])
    assert build_fabric(one).unit_m2.tolist() == pytest.approx([100])


def test_gaps_overlaps_and_land_outside_are_told_with_their_shapes():
    units = moved(np.array([shapely.box(0, 0, 100, 100)]))
    landuse = moved(np.array([shapely.box(0, 0, 60, 100), shapely.box(50, 0, 90, 120)]))
    fabric = build_fabric(county(units, {"landuse": landuse}))
    pieces = fabric.pieces
    assert pieces[pieces["landuse"] < 0]["gross_m2"].sum() == pytest.approx(1000)
    overlap = fabric.overlaps["landuse"]
    assert overlap[["feature", "other"]].to_numpy().tolist() == [[1, 0]]
    assert overlap["area_m2"].tolist() == pytest.approx([1000])
    assert pieces[pieces["landuse"] == 0]["gross_m2"].sum() == pytest.approx(6000)
    outside = fabric.outside["landuse"]
    assert outside["feature"].tolist() == [1]
    # The part of the second beyond the county; the ground it lost to the first is not outside.
    assert outside["area_m2"].tolist() == pytest.approx([800])
    assert outside["geometry"][0].area == pytest.approx(800)


def test_a_feature_wholly_outside_is_told():
    units = moved(np.array([shapely.box(0, 0, 100, 100)]))
    far = moved(np.array([shapely.box(500, 0, 510, 10)]))
    fabric = build_fabric(county(units, {"plan": units.copy(), "redline": far}))
    assert fabric.outside["redline"]["area_m2"].tolist() == pytest.approx([100])
    assert (fabric.pieces["redline"] == -1).all()


def test_shapes_of_lazy_remainders_may_be_asked_for_twice_and_by_mask():
    units = moved(np.array([shapely.box(0, 0, 100, 100)]))
    zone = moved(np.array([shapely.box(20, 20, 40, 40)]))
    fabric = build_fabric(county(units, {"plan": units.copy(), "farmland": zone}))
    bare = fabric.pieces["farmland"].to_numpy() < 0
    first, again = fabric.shapes(bare), fabric.shapes(np.flatnonzero(bare))
    assert first[0].area == pytest.approx(9600)
    assert first[0] is again[0]


def test_progress_is_told_for_each_layer():
    heard = []
    units = moved(mosaic(0, 3))
    build_fabric(county(units, {"plan": moved(mosaic(1, 9))}), lambda *a: heard.append(a))
    assert {detail for _, _, detail in heard} == {"units", "plan"}
    fractions = [fraction for _, fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0 and fractions[-1] <= 1


def brittle(monkeypatch, wrong):
    """Let GEOS go wrong: each intersection result passes through `wrong`."""
    real = shapely.intersection

    def intersection(a, b, **more):
        return wrong(real(a, b, **more), a)

    monkeypatch.setattr(shapely, "intersection", intersection)


@pytest.mark.parametrize("role", ["landuse", "redline"])
def test_an_intersection_that_comes_out_empty_by_mistake_is_noticed(monkeypatch, role):
    units = moved(np.array([shapely.box(0, 0, 60, 100), shapely.box(60, 0, 100, 100)]))
    content = {"landuse": moved(np.array([shapely.box(0, 0, 100, 100)]))}
    if role == "redline":
        content["redline"] = moved(np.array([shapely.box(10, 10, 20, 130)]))
    one = county(units, content)
    assert not any(len(table) for table in build_fabric(one).amiss.values())

    def wrong(found, _):
        out = found.copy()
        out[0] = shapely.Polygon()
        return out

    brittle(monkeypatch, wrong)
    amiss = build_fabric(one).amiss
    assert amiss[role]["feature"].tolist() == [0]
    assert amiss[role]["area_m2"].abs().max() > 100


def test_an_intersection_that_comes_out_too_large_is_noticed(monkeypatch):
    units = moved(np.array([shapely.box(0, 0, 100, 100)]))
    content = {"plan": units.copy(), "redline": moved(np.array([shapely.box(50, 50, 90, 130)]))}
    one = county(units, content)
    brittle(monkeypatch, lambda found, _: shapely.buffer(found, 1.0, join_style="mitre"))
    assert len(build_fabric(one).amiss["redline"]) == 1


def test_a_sliver_too_thin_to_be_an_overlap_lends_no_border():
    """An old overlay leaves slivers of 1e-8 m; the plan drawn along one still cuts the parcel."""
    squares = [
        shapely.box(x, y, x + 50, y + 50) for x in range(0, 2000, 50) for y in range(0, 2000, 50)
    ]
    sliver = shapely.Polygon([(20, 0), (20, 50), (20 + 3e-8, 50), (20 + 3e-8, 0)])
    base = moved(np.array([*squares, sliver], dtype=object))
    halves = [shapely.box(0, 0, 20, 50), shapely.box(20, 0, 50, 50)]
    one = county(
        moved(np.array([shapely.box(0, 0, 2000, 2000)])),
        {"landuse": base, "plan": moved(np.array([*halves, *squares[1:]], dtype=object))},
    )
    assert len(base) > nesting.FEW
    fabric = build_fabric(one)
    area = fabric.pieces.groupby("plan")["gross_m2"].sum()
    assert area[0] == pytest.approx(1000, abs=0.01) and area[1] == pytest.approx(1500, abs=0.01)
    assert not len(fabric.amiss["plan"])


@pytest.mark.parametrize("seed", range(4))
def test_dirty_layers_on_a_grid_are_the_same_when_every_pair_is_compared(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    side = 40
    cells = [shapely.box(x, y, x + 1, y + 1) for x in range(side) for y in range(side)]
    group = rng.integers(0, 60, len(cells))
    blocks = [shapely.union_all(np.array(cells)[group == one]) for one in range(60)]
    dirty = [one for one in cells if rng.random() < 0.97]
    dirty += [shapely.box(x, y, x + 2, y + 1.5) for x, y in rng.integers(0, side - 2, (15, 2))]
    zones = [shapely.box(x, y, x + 5, y + 3) for x, y in rng.integers(0, side - 5, (12, 2))]
    layers = {
        "landuse": moved(scaled(dirty)),
        "plan": moved(scaled(cells[::-1])), "redline": moved(scaled(zones)),
        "farmland": moved(scaled(blocks[:30])),
    }  # fmt: skip
    units = moved(scaled(blocks[30:] + [shapely.union_all(np.array(blocks[:30]))]))
    quick = build_fabric(county(units, layers))
    monkeypatch.setattr(nesting, "nested", lambda *_: nesting.NOTHING)
    plain = build_fabric(county(units, layers))
    names = sorted(quick.pieces.columns)
    assert len(quick.pieces) == len(plain.pieces)
    order = [frame[names].sort_values(names).to_numpy() for frame in (quick.pieces, plain.pieces)]
    assert np.allclose(*order, rtol=0, atol=1e-6)


def scaled(shapes):
    return shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * 10)
