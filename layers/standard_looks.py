# SPDX-License-Identifier: GPL-2.0-or-later
"""Checking the tables that say how maps look; the engine draws nothing from them.

QGIS reads them on its side of the border, where a slip of the pen would only show as a missing
colour, so it is told here, with file and line.
"""

from __future__ import annotations

import re

from .errors import InputError
from .prefixes import longest_prefix
from .standard_files import WHERE, Row, StandardFiles, check_value, nearest

PATTERNS = ("", "hatch", "back", "cross", "dots")
LINES = ("", "solid", "dash", "dot", "dash dot", "dash dot dot")
DRAWN = ("county", "cluster", "town", "village", "boundary", "redline", "farmland", "reserve")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def check_looks(files: StandardFiles) -> None:
    """Raise InputError at the first row of `colours` or `lines` that can't be drawn."""
    known = [row["code"] for row in files.codes.get(files.settings.get("rule_table", ""), ())]
    begun = {code[:end] for code in known for end in range(1, len(code) + 1)}
    for row in files.tables["colours"]:
        if known and row["code"] not in begun:
            raise InputError(
                "standard.prefix", where=row[WHERE], value=row["code"],
                nearest=nearest(row["code"], known),
            )  # fmt: skip
        _check(row, ("fill", "pattern_colour"), ())
    for row in files.tables["lines"]:
        check_value(row, "role", DRAWN)
        check_value(row, "line_style", LINES)
        _check(row, ("fill", "line", "pattern_colour"), ("order", "opacity", "line_width"))


def bare_codes(files: StandardFiles) -> list[str]:
    """List the codes of the rules' vocabulary that no row of `colours` gives a colour."""
    prefixes = {row["code"] for row in files.tables["colours"]}
    table = files.codes.get(files.settings.get("rule_table", ""), ())
    return [row["code"] for row in table if not longest_prefix(row["code"], prefixes)]


def _check(row: Row, colours: tuple[str, ...], numbers: tuple[str, ...]) -> None:
    check_value(row, "pattern", PATTERNS)
    for column in colours:
        if row[column] and not _COLOUR.fullmatch(row[column]):
            raise InputError("standard.colour", where=row[WHERE], value=row[column])
    for column in numbers:
        try:
            wrong = bool(row[column]) and float(row[column]) < 0
        except ValueError:
            wrong = True
        if wrong:
            raise InputError("standard.number", where=row[WHERE], column=column, value=row[column])
