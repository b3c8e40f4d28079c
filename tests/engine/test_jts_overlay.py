# SPDX-License-Identifier: GPL-2.0-or-later
"""The overlay on polygons that broke real geometry engines: the JTS and GEOS XML suites."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import shapely
from jts_cases import CASES, array, on_a_grid
from pianqu.checks.overlay import CRUMB, cut, remainders, subtract
from pianqu.checks.partition import partition
from pianqu.layers.repair import usable

pytestmark = pytest.mark.skipif(not CASES, reason="the JTS suites (../shared) are not here")
each = pytest.mark.parametrize(
    ("a", "b", "expected"), [pytest.param(*one[1:], id=one[0]) for one in CASES]
)


@each
def test_the_shared_ground_is_as_large_as_the_suite_says_or_as_snap_rounding_finds(a, b, expected):
    found = cut(array(a), array(b)).plane.sum()
    if expected is not None:
        assert found == pytest.approx(expected.area, rel=1e-6, abs=2 * CRUMB)
    else:
        area, unsure = on_a_grid(a, b)
        assert found == pytest.approx(area, abs=unsure)


@each
def test_what_is_shared_and_what_is_left_make_the_whole(a, b, expected):
    cuts = cut(array(a), array(b))
    rows, blades = remainders(shapely.area(array(a)), cuts)
    rest = subtract(array(a)[rows], [cuts.tiles[tiles] for tiles in blades])
    left = shapely.area(rest).sum() if cuts.plane.sum() else a.area
    assert cuts.plane.sum() + left == pytest.approx(a.area, rel=1e-9, abs=4 * CRUMB)


@each
def test_a_layer_of_both_is_made_disjoint_without_losing_ground(a, b, expected):
    out, overlaps = partition(array(a, b))
    area, unsure = on_a_grid(a, b)
    assert overlaps.shapes.size <= 1
    assert shapely.area(overlaps.shapes).sum() == pytest.approx(area, abs=unsure)
    assert shapely.area(out).sum() == pytest.approx(a.area + b.area - area, abs=unsure)


def test_the_suites_hold_polygon_cases():
    assert len(CASES) > 20
    assert sum(one[3] is not None for one in CASES) > 5


def test_a_hole_without_points_is_dropped_for_the_predicates_would_crash_on_it():
    odd = shapely.from_wkt("MULTIPOLYGON (((1 1, 1 5, 5 5, 5 1, 1 1), EMPTY))")
    fine = usable(array(odd))
    assert shapely.equals_exact(fine.shapes[0], shapely.box(1, 1, 5, 5), normalize=True)
    assert fine.mended.empty
    assert fine.unusable.empty


def test_a_parcel_that_slivers_only_touch_shares_no_ground_with_them():
    """GEOS 3.14 gives the whole parcel as the intersection (made data: tests/data)."""
    file = Path(__file__).resolve().parents[1] / "data" / "touching_slivers.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        pairs = [(row["slivers"], row["parcel"]) for row in csv.DictReader(stream)]
    assert len(pairs) == 2
    for slivers, parcel in (shapely.from_wkb(pair) for pair in pairs):
        parts = shapely.intersection(shapely.get_parts(slivers), parcel)
        assert shapely.area(parts).sum() < CRUMB
        assert cut(array(slivers), array(parcel)).plane.sum() < CRUMB
        assert cut(array(parcel), array(slivers)).plane.sum() < CRUMB
