# SPDX-License-Identifier: GPL-2.0-or-later
"""The three lines crossing each other."""

from __future__ import annotations

import pytest
from checks_county import box, county, naive_fabric
from pianqu.checks.crossing import check_crossings

UNIT = box(0, 0, 1000, 1000)


def run(**layers):
    made = county([UNIT], **layers)
    return check_crossings(made, naive_fabric(made))


def test_each_pair_of_features_that_overlap_is_a_finding():
    found, _ = run(
        farmland=[(box(0, 0), {}), (box(100, 0), {})],
        redline=[(box(50, 0), {}), (box(500, 500), {})],
        boundary=[(box(140, 0), {})],
    )
    pairs = dict(zip(zip(found["subject_id"], found["object_id"]), found["area_m2"]))
    assert pairs == {
        ("f0", "r0"): 5_000, ("f1", "r0"): 5_000, ("f1", "b0"): 6_000, ("r0", "b0"): 1_000,
    }  # fmt: skip
    assert (found["rule"] == "control.crossing").all() and (found["severity"] == "error").all()
    assert set(zip(found["subject_layer"], found["object_layer"])) == {
        ("farmland", "redline"), ("farmland", "boundary"), ("redline", "boundary"),
    }  # fmt: skip


def test_contained_is_overlapping_and_touching_is_not():
    found, dropped = run(farmland=[(box(10, 10, 20, 20), {})], redline=[(box(0, 0), {})])
    assert found["area_m2"].tolist() == [400.0]
    found, dropped = run(farmland=[(box(100, 0), {})], redline=[(box(0, 0), {})])
    assert len(found) == 0 and dropped == {}


def test_a_shared_edge_that_misses_by_a_hair_is_noise():
    found, dropped = run(farmland=[(box(99.85, 0), {})], redline=[(box(0, 0), {})])
    assert len(found) == 0
    assert dropped["control.crossing"] == {"count": 1, "area_m2": pytest.approx(15.0)}


def test_a_line_that_is_absent_crosses_nothing():
    assert len(run(farmland=[(box(0, 0), {})])[0]) == 0
