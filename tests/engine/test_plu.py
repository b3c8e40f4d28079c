# SPDX-License-Identifier: GPL-2.0-or-later
"""A real French plan under its own standard: a whole run against plain shapely."""

from __future__ import annotations

from pathlib import Path

import oracle_compare
import pytest
from oracle import Oracle
from pianqu.checks.run import compute
from pianqu.checks.values import measure

ROOT = Path(__file__).resolve().parents[2]
DOSSIER = ROOT / "tests" / "data" / "plu_30014.yaml"
ONE_MILLIONTH_HA = 0.01  # m2


@pytest.fixture(scope="module")
def results(shared):
    assert (shared / "data" / "plu_30014").is_dir()
    return compute(DOSSIER)


@pytest.fixture(scope="module")
def oracle(shared):
    return Oracle(DOSSIER, ROOT / "standards")


def test_every_indicators_area_is_plain_shapelys_to_a_millionth_of_a_hectare(results, oracle):
    checked = 0
    for one in results.county.standard.indicators:
        found = measure(results.county, results.fabric, one)
        role = oracle.planned if one.source == "plan" else one.source
        if found.missing:
            assert role not in oracle.layers or oracle.torn(role, one.group)
            continue
        true = oracle.value(role, one.group, one.measure)
        for code, value in zip(results.county.tree.finest["code"], found.plan):
            expected = true.get(("village", code), 0.0)
            assert value == pytest.approx(expected, rel=0, abs=ONE_MILLIONTH_HA), one.id
            checked += expected > 0
    assert checked >= 5


def test_values_and_outcomes_are_the_oracles(results, oracle):
    assert oracle_compare.indicator_faults(results, oracle) == []
    assert {"passed", "failed"} <= set(results.indicators["outcome"])


def test_findings_are_the_oracles(results, oracle):
    assert oracle_compare.control_faults(results, oracle) == []
    assert oracle_compare.crossing_faults(results, oracle) == []
    assert results.findings["rule"].str.startswith("control.").any()


def test_structure_of_the_plan_is_the_oracles(results, oracle):
    assert oracle_compare.balance_faults(results, oracle) == []


def test_the_commune_is_as_large_as_its_zones(results, oracle):
    fabric = results.fabric
    codes = results.county.tree.finest["code"]
    areas = [oracle.unit_m2[("village", code)] for code in codes]
    assert fabric.unit_m2 == pytest.approx(areas, abs=0.01)
    assert abs(fabric.residual_m2) <= 1e-9 * fabric.unit_m2.sum()


def test_slivers_and_the_three_zones_drawn_inside_others_are_told_apart(results):
    """3.55 m2 of slivers, as the data's description says, and three zones covered whole."""
    overlaps = results.fabric.overlaps["plan"]
    large = overlaps["area_m2"] > 1000
    assert large.sum() == 3
    assert overlaps["area_m2"][~large].sum() == pytest.approx(3.55, abs=0.01)
    assert overlaps["area_m2"].sum() == pytest.approx(8366.751, abs=0.01)
