# SPDX-License-Identifier: GPL-2.0-or-later
"""The identity of findings: what makes one the same in the next run, and what does not."""

from __future__ import annotations

import pytest
import shapely
from pianqu.layers import findings

CRS = "EPSG:4544"
HOUSE = {
    "rule": "control.farmland", "level": "village", "unit": "v0", "subject_layer": "plan",
    "subject_id": "12", "subject_label": "0703 农村宅基地", "object_layer": "farmland",
    "object_id": "f1", "change": "new",
}  # fmt: skip
OVERLAP = {**HOUSE, "rule": "data.overlap", "object_layer": "plan", "change": ""}


def box(x, y=0, size=10):
    return shapely.box(x, y, x + size, y + size)


def ids(*rows, unnamed=()):
    tables = [findings.make(values, [shape], CRS) for values, shape in rows]
    joined = findings.join(tables, CRS, unnamed)
    order = [joined.geometry.area.sub(shape.area).abs().idxmin() for _, shape in rows]
    return [joined["id"][row] for row in order]


def one(values, shape=None, unnamed=()):
    return ids((values, shape or box(0)), unnamed=unnamed)[0]


@pytest.mark.parametrize("name", ["unit", "level", "object_id", "severity", "message"])
def test_a_conflict_with_a_zone_is_the_same_whichever_blocks_and_village_it_lies_in(name):
    assert one(HOUSE) == one({**HOUSE, name: "else"})


@pytest.mark.parametrize("name", ["rule", "subject_layer", "subject_id", "object_layer", "change"])
def test_another_rule_subject_zone_or_change_makes_another_conflict(name):
    assert one(HOUSE) != one({**HOUSE, name: "control.redline" if name == "rule" else "else"})


@pytest.mark.parametrize("rule", ["control.crossing", "data.overlap"])
def test_what_concerns_a_pair_is_known_by_the_pair(rule):
    assert one({**HOUSE, "rule": rule}) != one({**HOUSE, "rule": rule, "object_id": "f2"})


def test_a_number_in_a_file_does_not_name_a_subject():
    moved = {**HOUSE, "subject_id": "11"}
    assert one(HOUSE, unnamed=["plan"]) == one(moved, unnamed=["plan"])
    assert one(HOUSE, unnamed=["plan"]) != one(HOUSE, box(1), unnamed=["plan"])
    other = {**HOUSE, "subject_label": "0701 城镇住宅用地"}
    assert one(HOUSE, unnamed=["plan"]) != one(other, unnamed=["plan"])
    assert one(HOUSE, unnamed=["landuse"]) != one(moved, unnamed=["landuse"])


def test_the_language_of_a_label_does_not_matter():
    english = {**HOUSE, "subject_label": "0703 Rural homestead"}
    assert one(HOUSE, unnamed=["plan"]) == one(english, unnamed=["plan"])


def test_a_number_in_a_file_does_not_name_an_object():
    moved = {**OVERLAP, "object_id": "f9"}
    assert one(OVERLAP, unnamed=["plan"]) == one(moved, unnamed=["plan"])
    assert one(OVERLAP) != one(moved)


def test_equal_findings_are_told_apart_by_place_and_not_by_their_order():
    here, there = (OVERLAP, box(0)), (OVERLAP, box(500, size=20))
    first, second = ids(here, there)
    assert first != second
    assert ids(there, here) == [second, first]


def test_a_place_is_rounded_to_a_metre():
    nameless = {**OVERLAP, "subject_id": ""}
    assert one(nameless, box(100)) == one(nameless, box(100.3))
    assert one(nameless, box(100)) != one(nameless, box(102))


def test_findings_without_any_place_still_have_ids_of_their_own():
    same = findings.make({"rule": "data.units", "subject_id": "v0"}, [None, None], CRS)
    assert findings.join([same], CRS)["id"].is_unique


def test_a_message_may_hold_what_no_encoding_knows():
    one = findings.make({"rule": ["data.text"], "message": ["县\udcff"]}, [None], "EPSG:4544")
    one["message"] = one["message"] + "\udcfe"
    assert one["message"].tolist() == ["县\udcff\udcfe"]
    assert one["message"].dtype == object
