# SPDX-License-Identifier: GPL-2.0-or-later
"""One word for one thing in dock, register and meeting: rules, sides, severity, person."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest
from pianqu.jobs.schema import SECTOR_RULES
from pianqu.layers.words import catalogue, speaking
from pianqu.register.styles import field, style_rows
from pianqu.reports.meeting_words import rule

ROOT = Path(__file__).resolve().parents[2]


def of_the_dock():
    """Read the dock's names of rules from its source; it can't be imported without QGIS."""
    tree = ast.parse((ROOT / "ui" / "labels.py").read_text(encoding="utf-8"))
    (rules,) = [
        node.value for node in tree.body
        if isinstance(node, ast.AnnAssign) and node.target.id == "RULES"
    ]  # fmt: skip
    return {key.value: made.body.args[0].value for key, made in zip(rules.keys, rules.values)}


def of_the_standard():
    with (ROOT / "standards" / "base" / "rules.csv").open(encoding="utf-8", newline="") as file:
        return {row["rule"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("name", SECTOR_RULES)
def test_a_rule_has_one_name_which_is_the_end_of_the_standards(name):
    standard, words = of_the_standard()[name], catalogue()[f"register.rule.{name}"]
    assert standard["name_zh"].endswith(words["zh"])
    assert standard["name_en"].lower().endswith(words["en"].lower())
    assert of_the_dock()[name] == words["en"]
    for language in ("zh", "en"):
        with speaking(language):
            assert rule(name) == words[language]


def test_the_register_shows_the_names_of_rules():
    style = style_rows({"conflicts": ["rule"]})["styleQML"].iloc[0]
    for name in SECTOR_RULES:
        assert catalogue()[f"register.rule.{name}"]["zh"] in style and name in style


def test_the_sides_are_no_parties_of_a_contract():
    ours = {key: entry["zh"] for key, entry in catalogue().items()
            if key.startswith(("register.", "meeting."))}  # fmt: skip
    assert not {key: text for key, text in ours.items() if "甲" in text or "乙" in text}
    assert field("subject_department") == "部门（本项目）"
    assert field("object_label") == "项目（冲突对象）"


def test_severity_and_person_have_one_word():
    words = catalogue()
    for key in ("register.field.severity", "meeting.field.severity"):
        assert words[key]["zh"] == "严重程度"
    assert field("severity") == "严重程度"
    assert words["register.field.person"]["zh"] == words["meeting.field.person"]["zh"] == "经办人"
