# SPDX-License-Identifier: GPL-2.0-or-later
"""From a standard's rows to a Standard; every cell that names another thing is checked here."""

from __future__ import annotations

from typing import Iterable

import numpy as np
import pandas as pd

from .codes import CHANGE_GROUPS, CodeTable, GroupRow
from .errors import InputError
from .prefixes import Selection, longest_prefix, parse
from .rules import SEVERITIES, SIDES, VERDICTS, ControlRules, Crossing, Ledger, Rule, Zone
from .standard import BalanceClass, Indicator, Standard
from .standard_aliases import aliases
from .standard_files import (
    CODES,
    TABLES,
    WHERE,
    Row,
    StandardFiles,
    check_value,
    fingerprint,
    nearest,
)
from .standard_looks import check_looks
from .standard_quality import quality
from .standard_sectors import facilities, severities, use_relations

_YES_NO = ("", "0", "1")
_MEASURES = ("gross", "net")
_DIRECTIONS = (">=", "<=")


def build(files: StandardFiles) -> Standard:
    """Build a standard from its files; raise InputError at the first row that can't stand."""
    rows, settings = files.tables, files.settings
    check_looks(files)
    tables = _code_tables(files)
    vocabulary = _vocabulary(files)
    rule_codes = files.codes.get(settings.get("rule_table", ""), [])
    zones = tuple(_zone(row, rows["rules"]) for row in rows["zones"])
    return Standard(
        id=settings["id"],
        name_zh=settings.get("name_zh", ""),
        name_en=settings.get("name_en", ""),
        version=settings.get("version", ""),
        source=settings.get("source", ""),
        folder=files.folder,
        fingerprint=fingerprint(files.folder),
        settings=settings,
        tables=tables,
        classes=tuple(_balance_class(row) for row in _ordered(rows["classes"])),
        indicators=tuple(_indicator(row, tables) for row in rows["indicators"]),
        tolerances={row["name"]: _tolerance(row) for row in rows["tolerances"]},
        _rules={row["rule"]: _rule(row) for row in rows["rules"]},
        _zones=zones,
        _control=_control(rows["control_rules"], zones, vocabulary),
        _crossings=tuple(_crossing(row, zones) for row in rows["crossings"]),
        _ledgers=tuple(_ledger(row) for row in rows["ledgers"]),
        _uses=use_relations(rows, rule_codes, _check_selection),
        _facilities=tuple(facilities(rows["facilities"], rule_codes, _check_selection)),
        _severities=severities(rows["sector_rules"], rows["rules"]),
        aliases=aliases(rows["aliases"]),
        quality=quality(rows, tables),
    )


def _code_tables(files: StandardFiles) -> dict[str, CodeTable]:
    groups: dict[str, list[GroupRow]] = {name: [] for name in files.codes}
    for row in files.tables["groups"]:
        check_value(row, "table", files.codes)
        known = [code["code"] for code in files.codes[row["table"]]]
        groups[row["table"]].append(_group_row(row, known))
    names = {row["class"] for row in files.tables["classes"]}
    vocabulary = _vocabulary(files)
    tables = {}
    for name, rows in files.codes.items():
        for row in rows:
            check_value(row, "class", names)
            row["rule_code"] = row["rule_code"] or row["code"]
            if vocabulary:
                check_value(row, "rule_code", vocabulary)
        tables[name] = _code_table(name, rows, groups[name])
    return tables


def _vocabulary(files: StandardFiles) -> frozenset[str]:
    """Give the codes that control rules speak of."""
    name = files.settings.get("rule_table", "")
    if name and name not in files.codes:
        raise InputError(
            "standard.rule_table", file=files.folder / "standard.yaml", name=name,
            nearest=nearest(name, files.codes),
        )  # fmt: skip
    return frozenset(row["code"] for row in files.codes.get(name, ()))


def _group_row(row: Row, known: list[str]) -> GroupRow:
    check_value(row, "place", ("", *SIDES))
    try:
        codes = parse(row["codes"])
    except ValueError as error:
        raise InputError("standard.range", where=row[WHERE], value=error) from error
    _check_selection(row, codes, known)
    return GroupRow(row["group"], codes, tuple(row["settlement"].split()), row["place"])


def _check_selection(row: Row, codes: Selection, known: list[str]) -> None:
    """Refuse a prefix that covers no code: a leading zero lost, or a slip of the pen."""
    begun = {code[:end] for code in known for end in range(1, len(code) + 1)}
    for token in codes.prefixes - begun | codes.exact - set(known):
        raise InputError(
            "standard.prefix", where=row[WHERE], value=token, nearest=nearest(token, known)
        )


def _code_table(name: str, rows: list[Row], groups: list[GroupRow]) -> CodeTable:
    columns = [column for column in CODES.columns if column != "code"]
    index = pd.Index([row["code"] for row in rows], name="code", dtype=object)
    frame = pd.DataFrame({c: [row[c] for row in rows] for c in columns}, index=index, dtype=object)
    partition = {
        group: [row.codes for row in groups if row.group == group and not row.settlement]
        for group in CHANGE_GROUPS
    }
    frame["change_group"] = [_change_group(row, partition) for row in rows]
    return CodeTable(name, frame, groups)


def _change_group(row: Row, partition: dict[str, list[Selection]]) -> str:
    """Find the one change group of a code; cultivated land is agricultural too, and goes first."""
    found = [g for g, parts in partition.items() if any(row["code"] in part for part in parts)]
    if "cultivated" in found and "agricultural" in found:
        found.remove("agricultural")
    if len(found) != 1:
        key = "standard.no_group" if not found else "standard.two_groups"
        raise InputError(key, where=row[WHERE], code=row["code"], groups=", ".join(found))
    return found[0]


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: _number(row, "order") if row["order"] else np.inf)


def _balance_class(row: Row) -> BalanceClass:
    check_value(row, "change_group", ("", *CHANGE_GROUPS))
    return BalanceClass(row["class"], row["name_zh"], row["name_en"], row["change_group"])


def _indicator(row: Row, tables: dict[str, CodeTable]) -> Indicator:
    check_value(row, "direction", _DIRECTIONS)
    check_value(row, "measure", _MEASURES)
    check_value(row, "group", {"", *(group for table in tables.values() for group in table.groups)})
    check_value(row, "reserve", _YES_NO)
    check_value(row, "binding", _YES_NO)
    check_value(row, "base_fallback", _YES_NO)
    return Indicator(
        id=row["indicator"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        direction=row["direction"],
        measure=row["measure"],
        source=row["source"],
        group=row["group"],
        reserve=row["reserve"] == "1",
        binding=row["binding"] == "1",
        basis=row["basis"],
        confidence=row["confidence"],
        base_fallback=row["base_fallback"] == "1",
    )


def _number(row: Row, column: str) -> float:
    try:
        return float(row[column])
    except ValueError as error:
        raise InputError(
            "standard.number", where=row[WHERE], column=column, value=row[column]
        ) from error


def _tolerance(row: Row) -> float:
    """Read a tolerance; one that nothing exceeds, or that everything does, would hide faults."""
    value = _number(row, "value")
    if not 0 <= value < np.inf:
        raise InputError(
            "layers.out_of_range", file=row[WHERE], place=row["name"], value=row["value"]
        )
    return value


def _rule(row: Row) -> Rule:
    return Rule(*(row[column] for column in TABLES["rules"].columns))


def _zone(row: Row, rules: Iterable[Row]) -> Zone:
    check_value(row, "side", ("", *SIDES))
    names = {rule["rule"] for rule in rules}
    if row["rule"].partition(".")[0] + ".*" not in names:
        check_value(row, "rule", names)
    side = row["side"] or SIDES[0]
    return Zone(row["zone"], row["role"], side, row["rule"], row["name_zh"], row["name_en"])


def _control(
    rows: list[Row], zones: tuple[Zone, ...], vocabulary: frozenset[str]
) -> dict[str, ControlRules]:
    begun = {code[:end] for code in vocabulary for end in range(1, len(code) + 1)}
    for row in rows:
        check_value(row, "zone", [zone.id for zone in zones])
        check_value(row, "verdict", VERDICTS)
        if not longest_prefix(row["prefix"], begun) == row["prefix"]:
            raise InputError(
                "standard.prefix", where=row[WHERE], value=row["prefix"],
                nearest=nearest(row["prefix"], vocabulary),
            )  # fmt: skip
    columns = [name for name in TABLES["control_rules"].columns if name != "prefix"]
    control = {}
    for zone in zones:
        own = [row for row in rows if row["zone"] == zone.id]
        index = pd.Index([row["prefix"] for row in own], name="prefix", dtype=object)
        cells = {name: [row[name] for row in own] for name in columns}
        control[zone.id] = ControlRules(zone.id, pd.DataFrame(cells, index=index, dtype=object))
    return control


def _crossing(row: Row, zones: tuple[Zone, ...]) -> Crossing:
    check_value(row, "severity", SEVERITIES)
    for column in ("role_a", "role_b"):
        check_value(row, column, {zone.role for zone in zones})
    return Crossing(*(row[column] for column in TABLES["crossings"].columns))


def _ledger(row: Row) -> Ledger:
    for column in ("from_group", "to_group"):
        check_value(row, column, CHANGE_GROUPS)
    back = row["back_groups"].split()
    for group in back:
        check_value({**row, "back_groups": group}, "back_groups", CHANGE_GROUPS)
    return Ledger(
        id=row["ledger"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        from_group=row["from_group"],
        to_group=row["to_group"],
        basis=row["basis"],
        confidence=row["confidence"],
        back_groups=tuple(back),
        back_name_zh=row["back_name_zh"],
        back_name_en=row["back_name_en"],
    )
