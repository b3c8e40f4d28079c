# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole runs over random dirty counties against an oracle that knows no fabric."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import oracle_compare
import pytest
import shapely
from oracle import Oracle
from pianqu.checks.run import compute
from random_county import Wish, add_quotas, make_random_county

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
WISHES = (
    Wish(parcels=2000, seed=2),
    Wish(parcels=500, seed=11, strange_codes=True),
    Wish(parcels=900, seed=7, drop=("plan",), area="planar"),
    Wish(parcels=700, seed=3, drop=("boundary",), strange_codes=True),
    Wish(parcels=900, seed=5, crs="EPSG:4523", shift=(35e6, 0.0)),
)


def name_of(wish: Wish) -> str:
    return f"{wish.parcels}-{wish.seed}-{'-'.join(wish.drop) or 'all'}"


def run_of(wish: Wish, folder: Path):
    dossier = make_random_county(folder, wish, STANDARDS)
    first = Oracle(dossier, STANDARDS)
    values = {key: one["plan_ha"] for key, one in first.indicators.items()}
    add_quotas(dossier, values, wish.seed)
    oracle = Oracle(dossier, STANDARDS)
    return compute(dossier), oracle


@pytest.fixture(scope="module", params=WISHES, ids=name_of)
def case(request, tmp_path_factory):
    """Give results and oracle of one county; made once for all questions."""
    return run_of(request.param, tmp_path_factory.mktemp("county"))


def test_indicators_of_all_levels_are_the_oracles(case):
    assert oracle_compare.indicator_faults(*case) == []


def test_control_findings_are_the_oracles_to_a_hundredth_of_a_square_metre(case):
    assert oracle_compare.control_faults(*case) == []


def test_crossings_of_control_lines_are_the_oracles(case):
    assert oracle_compare.crossing_faults(*case) == []


def test_land_balance_is_the_oracles_but_for_rounding(case):
    assert oracle_compare.balance_faults(*case) == []


def test_transfers_are_the_oracles_but_for_rounding(case):
    assert oracle_compare.transfer_faults(*case) == []


def test_ledgers_are_the_oracles(case):
    assert oracle_compare.ledger_faults(*case) == []


def test_balance_adds_up_to_the_units(case):
    results, oracle = case
    for name in ("base_ha", "plan_ha"):
        sums = results.land_balance.groupby(["level", "unit"])[name].sum(min_count=1)
        for key, total in sums.dropna().items():
            assert total == pytest.approx(oracle.unit_m2[key] / 1e4, abs=0.011)


def test_pieces_make_up_the_units(case):
    fabric = case[0].fabric
    sums = np.bincount(
        fabric.pieces["unit"], weights=fabric.pieces["gross_m2"], minlength=len(fabric.unit_m2)
    )
    assert sums == pytest.approx(fabric.unit_m2, rel=1e-9)
    assert abs(fabric.residual_m2) <= 1e-9 * fabric.unit_m2.sum()


def test_each_unit_is_as_large_as_the_oracle_measures(case):
    results, oracle = case
    codes = results.county.tree.finest["code"]
    for code, area in zip(codes, results.fabric.unit_m2):
        assert area == pytest.approx(oracle.unit_m2[("village", code)], abs=0.01)


def test_each_piece_lies_in_its_unit_and_in_its_features(case):
    results, _ = case
    fabric, county = results.fabric, results.county
    rows = np.random.default_rng(0).choice(len(fabric.pieces), 600, replace=False)
    shapes = fabric.shapes(rows)
    pieces = fabric.pieces.iloc[rows]
    village = np.empty(len(county.tree.finest), dtype=object)
    for unit in range(len(village)):
        member = county.tree.feature_unit == unit
        village[unit] = shapely.union_all(county.units.geometry[member])
    assert out_of(shapes, village[pieces["unit"].to_numpy()]) == pytest.approx(0, abs=1e-3)
    for role, layer in county.layers.items():
        row = pieces[role].to_numpy()
        hit = row >= 0
        lost = out_of(shapes[hit], layer.geometry[row[hit]])
        assert lost == pytest.approx(0, abs=1e-3), role


def out_of(shapes: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """Measure what of each shape lies outside its whole."""
    return shapely.area(shapely.difference(shapes, wholes))


def test_shapes_of_findings_are_as_large_as_they_say(case):
    results, oracle = case
    rows = results.findings[results.findings["rule"].str.startswith("control.")]
    area = oracle.measure(rows.geometry.to_numpy())
    assert rows["area_m2"].to_numpy() == pytest.approx(area, abs=0.01)


def test_every_outcome_and_both_kinds_of_change_occur(case):
    results, _ = case
    assert set(results.indicators["outcome"]) == {"passed", "warning", "failed", "not_checked"}
    changes = set(results.findings["change"]) - {""}
    planned = "plan" in results.county.layers
    assert changes == ({"new", "existing"} if planned else {"existing"})


def test_a_zone_prefix_changes_no_number(tmp_path):
    wish = Wish(parcels=500, seed=21)
    plain, oracle = run_of(wish, tmp_path / "plain")
    moved, _ = run_of(replace(wish, crs="EPSG:4523", shift=(35e6, 0.0)), tmp_path / "moved")
    assert oracle_compare.faults(moved, oracle) == []
    names = ["level", "unit", "indicator", "plan_ha", "base_ha", "outcome"]
    assert moved.indicators[names].equals(plain.indicators[names])
