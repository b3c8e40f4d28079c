# SPDX-License-Identifier: GPL-2.0-or-later
"""From a standard's rows on sector plans to what the checks ask; every cell is checked here."""

from __future__ import annotations

import math
from typing import Callable, Iterable, Mapping

from .errors import InputError
from .prefixes import Selection, parse
from .rules import SEVERITIES
from .sector_rules import ORDERS, USE_VERDICTS, Facility, UsePair, UseRelations
from .standard_files import WHERE, Row, check_value

CheckSelection = Callable[[Row, Selection, "list[str]"], None]


def use_relations(
    tables: Mapping[str, list[Row]], codes: list[Row], check: CheckSelection
) -> UseRelations:
    """Build the relations of uses from their two tables; `codes` is the rules' vocabulary."""
    parents = {row["code"]: row["parent"] for row in codes}
    known = list(parents)
    return UseRelations(
        {code: _root(code, parents) for code in known},
        [_pair(row, "verdict", USE_VERDICTS, known, check) for row in tables["sector_uses"]],
        [_pair(row, "order", ORDERS, known, check) for row in tables["sector_sequence"]],
    )


def facilities(rows: Iterable[Row], codes: list[Row], check: CheckSelection) -> list[Facility]:
    """Build the types of facilities, in the standard's order."""
    known = [row["code"] for row in codes]
    return [
        Facility(
            id=row["facility"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            words=tuple(row["words"].split()),
            uses=selected(row, "uses", known, check),
            radius_m=_radius(row),
            per=row["per"],
            level=row["level"],
            basis=row["basis"],
            confidence=row["confidence"],
        )
        for row in rows
    ]


def severities(rows: Iterable[Row], rules: Iterable[Row]) -> dict[str, str]:
    """Map each sector rule to its severity."""
    names = [row["rule"] for row in rules if row["rule"].startswith("sector.")]
    out = {}
    for row in rows:
        check_value(row, "rule", names)
        check_value(row, "severity", SEVERITIES)
        out[row["rule"]] = row["severity"]
    return out


def selected(row: Row, column: str, known: list[str], check: CheckSelection) -> Selection:
    """Read a cell that lists prefixes of codes; one that no code begins with is an InputError."""
    try:
        found = parse(row[column])
    except ValueError as error:
        raise InputError("standard.range", where=row[WHERE], value=error) from error
    check(row, found, known)
    return found


def _pair(
    row: Row, column: str, values: tuple[str, ...], known: list[str], check: CheckSelection
) -> UsePair:
    check_value(row, column, values)
    return UsePair(
        selected(row, "use_a", known, check), selected(row, "use_b", known, check), row[column]
    )


def _root(code: str, parents: Mapping[str, str]) -> str:
    """Climb from a code to its first-level class; a parent that is no code ends the way."""
    seen = {code}
    while parents.get(code, "") in parents and parents[code] not in seen:
        code = parents[code]
        seen.add(code)
    return code


def _radius(row: Row) -> float:
    if not row["radius_m"]:
        return math.nan
    try:
        radius = float(row["radius_m"])
    except ValueError as error:
        raise InputError(
            "standard.number", where=row[WHERE], column="radius_m", value=row["radius_m"]
        ) from error
    if not 0 < radius < math.inf:
        raise InputError(
            "layers.out_of_range", file=row[WHERE], place="radius_m", value=row["radius_m"]
        )
    return radius
