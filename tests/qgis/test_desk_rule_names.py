# SPDX-License-Identifier: GPL-2.0-or-later
"""One source of names for rules: docks and reports read them in the standard's tables."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from pianqu.ui import rule_words
from pianqu.ui.desk_records import Desk
from pianqu.ui.findings_names import FindingNames
from places import ROOT

LANGUAGES = ("zh", "en")


def table(standard):
    path = ROOT / "standards" / standard / "rules.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["rule"]: row for row in rows if not row["rule"].endswith("*")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dock_says_what_the_standards_table_says(language, monkeypatch):
    monkeypatch.setattr(rule_words, "language", lambda: language)
    names = FindingNames()
    names.load(Desk())
    rows = table("base")
    assert {rule: names.rule(rule) for rule in rows} == {
        rule: row[f"name_{language}"] for rule, row in rows.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_rules_have_one_name(language, monkeypatch):
    monkeypatch.setattr(rule_words, "language", lambda: language)
    for standard in ("base", "fr-plu", "cn-2023"):
        names = Counter(name() for name in rule_words.rules_of(standard).values())
        assert [name for name, count in names.items() if count > 1] == []


def test_a_standard_that_renames_rules_is_followed(monkeypatch):
    monkeypatch.setattr(rule_words, "language", lambda: "en")
    names = FindingNames()
    names.load(Desk(run={"standard": {"id": "fr-plu"}}))
    own, base = table("fr-plu"), table("base")
    changed = [rule for rule in own if own[rule]["name_en"] != base.get(rule, {}).get("name_en")]
    assert changed
    for rule in changed:
        assert names.rule(rule) == own[rule]["name_en"]
    assert names.rule("control.redline") in (
        own.get("control.redline", base["control.redline"])["name_en"],
    )


@pytest.mark.parametrize("standard", ["", "..", "../..", "/", "no-such", None, 7])
def test_a_standard_that_does_not_come_with_us_leaves_the_common_names(standard):
    desk = Desk(run={"standard": standard if isinstance(standard, int) else {"id": standard}})
    names = FindingNames()
    names.load(desk)
    assert names.rule("control.farmland") == rule_words.RULE_WORDS["control.farmland"]()


def test_what_no_table_names_is_named_by_the_results_or_by_itself():
    names = FindingNames()
    names.load(Desk(rule_names={"own.rule": "我们的规则"}))
    assert names.rule("own.rule") == "我们的规则"
    assert names.rule("another.rule") == "another.rule"
