# SPDX-License-Identifier: GPL-2.0-or-later
"""What must hold for any county: order, place and the file's order change no number."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle_shapes import first_wins, valid
from pianqu.checks.run import compute
from random_county import Wish, random_layers, write_county

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
FEW = settings(
    max_examples=3, deadline=None, derandomize=True, database=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking a county takes minutes and tells little
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
seeds = st.integers(0, 10_000)
sizes = st.integers(25, 60)


def numbers(results) -> dict[tuple[str, ...], float]:
    """Give every area of a run under a name that does not depend on the features' order."""
    out = {}
    for row in results.indicators.itertuples():
        out[("value", row.level, row.unit, row.indicator)] = row.plan_ha
        out[("base", row.level, row.unit, row.indicator)] = row.base_ha
    control = results.findings[results.findings["rule"].str.startswith("control.")]
    for row in control.itertuples():
        key = ("finding", row.rule, row.subject_id, row.object_id, row.change)
        out[key] = out.get(key, 0.0) + row.area_m2
    return out


def assert_same(one, other, m2=0.01):
    left, right = numbers(one), numbers(other)
    assert left.keys() == right.keys()
    for key, value in left.items():
        exact = key[0] != "finding"
        assert right[key] == pytest.approx(value, abs=0.0101 if exact else m2, nan_ok=True), key


@given(seed=seeds, size=sizes)
@FEW
def test_pieces_add_up_in_any_county(tmp_path, seed, size):
    wish = Wish(parcels=size, seed=seed, strange_codes=True)
    results = compute(write_county(tmp_path / str(seed), random_layers(wish, STANDARDS), wish))
    fabric = results.fabric
    sums = np.bincount(
        fabric.pieces["unit"], weights=fabric.pieces["gross_m2"], minlength=len(fabric.unit_m2)
    )
    assert sums == pytest.approx(fabric.unit_m2, rel=1e-9)
    assert (fabric.pieces["gross_m2"] > 0).all()


@given(seed=seeds, size=sizes)
@FEW
def test_the_order_of_features_that_do_not_overlap_changes_no_area(tmp_path, seed, size):
    wish = Wish(parcels=size, seed=seed)
    frames = disjoint(random_layers(wish, STANDARDS))
    turned = {role: frame.iloc[::-1].reset_index(drop=True) for role, frame in frames.items()}
    folder = tmp_path / str(seed)
    assert_same(
        compute(write_county(folder, frames, wish)),
        compute(write_county(folder, turned, wish, "turned")),
    )


def disjoint(frames):
    """Let no layer overlap itself, as far as rounding allows."""
    out = {}
    for role, frame in frames.items():
        shapes = first_wins(valid(frame.geometry.to_numpy()))
        frame = frame.set_geometry(shapes, crs=frame.crs)
        out[role] = frame[frame.area > 1.0].reset_index(drop=True)
    return out


@given(seed=seeds, size=sizes)
@FEW
def test_the_prefix_of_the_zone_changes_no_number(tmp_path, seed, size):
    wish = Wish(parcels=size, seed=seed)
    frames = random_layers(wish, STANDARDS)
    moved = replace(wish, crs="EPSG:4523", shift=(35e6, 0.0))
    folder = tmp_path / str(seed)
    assert_same(
        compute(write_county(folder, frames, wish)),
        compute(write_county(folder, frames, moved, "moved")),
    )


@given(seed=seeds, size=sizes, turn=st.randoms(use_true_random=False))
@FEW
def test_the_order_of_layers_in_the_dossier_changes_no_number(tmp_path, seed, size, turn):
    wish = Wish(parcels=size, seed=seed)
    path = write_county(tmp_path / str(seed), random_layers(wish, STANDARDS), wish)
    plain = compute(path)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    roles = list(content["layers"])
    turn.shuffle(roles)
    content["layers"] = {role: content["layers"][role] for role in roles}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert_same(plain, compute(path))


@given(seed=seeds, size=sizes)
@FEW
def test_a_feature_that_covers_a_whole_layer_a_second_time_changes_nothing(tmp_path, seed, size):
    wish = Wish(parcels=size, seed=seed)
    frames = random_layers(wish, STANDARDS)
    folder = tmp_path / str(seed)
    plain = compute(write_county(folder, frames, wish))
    again = frames["redline"]
    double = again.iloc[[*range(len(again)), 0]].reset_index(drop=True)
    double.loc[len(again), "BSM"] = "again"
    twice = compute(write_county(folder, {**frames, "redline": double}, wish, "twice"))
    assert_same(plain, twice)
    told = twice.findings[twice.findings["rule"] == "data.overlap"]
    assert "again" in {*told["subject_id"], *told["object_id"]}
