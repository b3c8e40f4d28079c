# SPDX-License-Identifier: GPL-2.0-or-later
"""What rules are called: in the docks as in the reports, from the standard's own tables."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

from ..jobs.words import language
from .labels import Words

_STANDARDS = Path(__file__).resolve().parent.parent / "standards"
_BASE = "base"


def _named(row: dict[str, str]) -> str:
    return row[f"name_{language()}"]


def _read(standard: str) -> Words:
    """Read the names of all single rules; those of whole groups name nothing a user can see."""
    table = _STANDARDS / standard / "rules.csv"
    if not table.is_file():
        return {}
    with table.open(encoding="utf-8", newline="") as stream:
        return {
            row["rule"]: partial(_named, row)
            for row in csv.DictReader(stream)
            if not row["rule"].endswith("*")
        }


RULE_WORDS: Words = _read(_BASE)


def rules_of(standard: str) -> Words:
    """Give the rules' names by a standard that comes with us; one of the user's adds none."""
    own = standard if standard in {path.name for path in _STANDARDS.iterdir()} else _BASE
    return RULE_WORDS if own == _BASE else {**RULE_WORDS, **_read(own)}
