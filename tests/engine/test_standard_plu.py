# SPDX-License-Identifier: GPL-2.0-or-later
"""The French standard covers the real plan and holds nothing Chinese but names."""

from __future__ import annotations

import csv
from pathlib import Path

import pyogrio
import pytest
from pianqu.layers.dossier import read_dossier
from pianqu.layers.standard import load_standard

DOSSIER = Path(__file__).resolve().parents[1] / "data" / "plu_30014.yaml"


@pytest.fixture(scope="module")
def standard():
    return load_standard("fr-plu")


@pytest.fixture(scope="module")
def zones(shared):
    return pyogrio.read_dataframe(shared / "data/plu_30014/30014_ZONE_URBA_20171013.shp")


def test_every_zone_of_the_real_plan_is_known(standard, zones):
    table = standard.code_table("plu")
    assert table.known(zones["TYPEZONE"]).all()
    groups = dict(zip(zones["TYPEZONE"], table.change_groups(zones["TYPEZONE"])))
    assert groups == {
        "A": "cultivated", "N": "unused", "U": "construction", "AUc": "construction",
    }  # fmt: skip


def test_older_plans_hamlets_count_as_construction(standard):
    table = standard.code_table("plu")
    assert list(table.in_group("construction", ["Ah", "Nh", "A", "N", "AUs"])) == [
        True, True, False, False, True,
    ]  # fmt: skip
    assert list(table.in_group("cultivated", ["A", "Ah", "AU"])) == [True, False, False]


def test_an_agricultural_zone_is_not_mistaken_for_one_to_be_urbanised(standard):
    found = standard.control_rules("farmland").match(["A", "AU", "AUc", "N", "Nh", "U"])
    assert list(found["verdict"]) == [
        "allow", "forbid", "forbid", "conditional", "forbid", "forbid",
    ]  # fmt: skip


def test_each_zone_rules_every_code(standard):
    codes = list(standard.code_table("plu").codes.index)
    for zone in standard.zones():
        assert (standard.control_rules(zone.id).match(codes)["verdict"] != "").all()


def test_its_rules_speak_of_french_things(standard):
    assert "红线" not in standard.rule("control.redline").name_zh
    assert standard.rule("data.code").name_en == load_standard("base").rule("data.code").name_en
    assert set(standard.tables) == {"plu"}


def test_the_dossier_of_the_real_plan_names_things_that_are_there(standard, zones):
    dossier = read_dossier(DOSSIER)
    assert dossier.standard == "fr-plu"
    for role, source in dossier.layers.items():
        found = pyogrio.read_dataframe(source.path, where=source.filter or None)
        assert len(found), role
        assert set(source.fields.values()) <= set(found.columns)
    assert zones["IDURBA"].nunique() == 1
    with Path(dossier.quotas.path).open(encoding="utf-8", newline="") as stream:
        quotas = list(csv.DictReader(stream))
    assert {row["indicator"] for row in quotas} <= {one.id for one in standard.indicators}
    assert {row["unit"] for row in quotas} == {dossier.code}
