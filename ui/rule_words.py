# SPDX-License-Identifier: GPL-2.0-or-later
"""What rules are called: in the docks as in the reports, from the standard's own table."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

from ..jobs.words import language, tr
from .labels import RULES, Words

_TABLE = Path(__file__).resolve().parent.parent / "standards" / "base" / "rules.csv"


def _named(row: dict[str, str]) -> str:
    return row[f"name_{language()}"]


def _read() -> Words:
    """Read the names of all single rules; those of whole groups name nothing a user can see."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        return {
            row["rule"]: partial(_named, row)
            for row in csv.DictReader(stream)
            if not row["rule"].endswith("*")
        }


RULE_WORDS: Words = {
    **_read(),
    **RULES,
    # Beside the rules on parcels, which read the same otherwise.
    "sector.control.farmland": lambda: tr("Project on permanent basic farmland"),
    "sector.control.redline": lambda: tr("Project on the ecological red line"),
    "sector.control.boundary": lambda: tr("Project outside the urban boundary"),
}
