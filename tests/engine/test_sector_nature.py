# SPDX-License-Identifier: GPL-2.0-or-later
"""The one table of what kind of question each sector rule is, held against what the rules find."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pianqu.checks.run import compute
from pianqu.jobs import sector_rules
from pianqu.jobs.sector_rules import NATURES, SECTOR_RULES, is_code
from pianqu.layers.schema import ROLES
from sample_county import written

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found():
    results = compute(written(600, 11, True).dossier, ("sectors",))
    plans = set(results.sectors.sectors["sector"])
    return results.sectors.conflicts, plans


def test_the_standard_knows_the_same_rules():
    with (ROOT / "standards" / "base" / "sector_rules.csv").open(encoding="utf-8") as lines:
        assert {row["rule"] for row in csv.DictReader(lines)} == set(SECTOR_RULES)


def test_only_rules_of_two_sides_name_a_second_project(found):
    conflicts, plans = found
    named = set(conflicts["rule"][conflicts["object_layer"].isin(plans)])
    assert named == {"sector.overlap", "sector.sequence", "sector.duplicate"}
    assert set(sector_rules.TWO_SIDED) == named


def test_rules_that_dispute_land_tell_what_is_left_and_no_others_do(found):
    conflicts, _ = found
    cut = conflicts["subject_remain_m2"].notna()
    assert set(conflicts["rule"][cut]) == set(sector_rules.LAND) & set(conflicts["rule"])
    assert not set(conflicts["rule"][~cut]) & set(sector_rules.LAND)
    assert set(sector_rules.LAND) == {
        "sector.control.farmland", "sector.control.redline", "sector.control.boundary",
        "sector.overlap", "sector.plan", "sector.reserve",
    }  # fmt: skip


def test_what_a_rule_stands_against_is_what_its_conflicts_name(found):
    conflicts, _ = found
    for one in NATURES:
        objects = set(conflicts["object_layer"][conflicts["rule"] == one.id])
        if one.against:
            assert objects <= {one.against}
            assert one.against in {*ROLES, "quotas"}
        assert bool(one.against) == (one.id in sector_rules.WITH_THINGS)
        assert not (one.against and one.two_sided)


@pytest.mark.parametrize(
    ("project", "code"), [("JT-1", True), ("", False), ("@500,200", False), ("@5,2#2", False)]
)
def test_a_place_that_stands_for_a_project_is_no_code(project, code):
    assert is_code(project) is code
