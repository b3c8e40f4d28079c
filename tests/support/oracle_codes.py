# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle's own reading of a standard's tables, with plain csv and plain string comparison."""

from __future__ import annotations

import csv
from pathlib import Path

CHANGE_GROUPS = ("cultivated", "agricultural", "construction", "unused", "sea")


class Codes:
    """What a standard's folder says about codes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables = {
            file.stem: {row["code"]: row for row in _rows(file)}
            for file in sorted((folder / "codes").glob("*.csv"))
        }
        self.groups = _rows(folder / "groups.csv")
        self.rules = _rows(folder / "control_rules.csv")
        self.zones = [row for row in _rows(folder / "zones.csv") if row["role"]]
        self.indicators = _rows(folder / "indicators.csv")
        self.crossings = _rows(folder / "crossings.csv")
        self.ledgers = _rows(folder / "ledgers.csv")
        self.classes = [row["class"] for row in _rows(folder / "classes.csv")] + ["unknown"]

    def known(self, table: str, code: str) -> bool:
        return code in self.tables[table]

    def land_class(self, table: str, code: str) -> str:
        """Give the row of the structure table that a code belongs to, "unknown" if it is that."""
        return self.tables[table].get(code, {}).get("class") or "unknown"

    def in_group(self, group: str, table: str, code: str, tag: str, inside: bool) -> bool:
        if not self.known(table, code):
            return False
        return any(
            row["group"] == group
            and row["table"] == table
            and any(_matches(code, pattern) for pattern in row["codes"].split())
            and _tagged(tag, row["settlement"])
            and row["place"] in ("", "inside" if inside else "outside")
            for row in self.groups
        )

    def change_group(self, table: str, code: str) -> str:
        """Give the first of the five groups that holds the code: cultivated before agricultural."""
        hits = (one for one in CHANGE_GROUPS if self.in_group(one, table, code, "", False))
        return next(hits, "")

    def verdict(self, zone: str, table: str, code: str) -> str:
        if not self.known(table, code):
            return ""
        rule_code = self.tables[table][code]["rule_code"]
        hits = [
            row
            for row in self.rules
            if row["zone"] == zone and rule_code and rule_code.startswith(row["prefix"])
        ]
        return max(hits, key=lambda row: len(row["prefix"]))["verdict"] if hits else ""


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(stream)]


def _matches(code: str, pattern: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith("="):
        return code == pattern[1:]
    if "-" in pattern:
        low, high = pattern.split("-")
        return low <= code[: len(low)] <= high
    return code.startswith(pattern)


def _tagged(tag: str, wanted: str) -> bool:
    if not wanted:
        return True
    if wanted == "-":
        return tag == ""
    return any(tag.startswith(one) for one in wanted.split())
