# SPDX-License-Identifier: GPL-2.0-or-later
"""What a standard asks of data: its checks, the fields of its layers, the tags of settlements."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterable, Mapping

from .codes import CodeTable
from .errors import InputError
from .prefixes import Selection, parse
from .rules import SEVERITIES
from .schema import ROLES
from .standard_files import WHERE, Row, check_value
from .words import pick

TESTS = (
    "layer_given", "layer_read", "layer_filled", "crs", "text", "unit_tree", "field_given",
    "field_needed",
    "field_type", "field_length", "value_needed", "value_known", "id_unique", "code_known",
    "code_name", "edition", "unit_code", "coefficient", "ridges", "settlement",
    "settlement_missing", "area_field", "control_area", "small", "sliver", "geometry", "unusable",
    "duplicate", "overlap", "gap", "vertex", "outside", "uncovered", "delivered", "quota_tree",
    "sector_plans",
)  # fmt: skip
KINDS = ("text", "real", "integer", "date")
MEANINGS = (
    "", "id", "code", "name", "unit_code", "owner_code", "area", "coefficient", "deducted",
    "deducted_code", "net", "settlement", "control_area",
)  # fmt: skip
ANY = "*"


@dataclass(frozen=True)
class QualityCheck:
    """One check: the test it asks, of which roles (() for all), how grave, and its limits.

    `absolute` and `relative` are NaN where the row names none; what they limit, and in which unit,
    the test says. `most` findings of one role are told one by one, the rest in sum.
    """

    id: str
    order: float
    test: str
    rule: str
    severity: str
    roles: tuple[str, ...]
    absolute: float
    relative: float
    group: str
    codes: Selection
    tables: tuple[str, ...]
    most: int
    name_zh: str
    name_en: str
    basis: str
    confidence: str
    note: str

    @property
    def name(self) -> str:
        """Name the check in the language in force."""
        return pick(self.name_zh, self.name_en)


@dataclass(frozen=True)
class FieldSpec:
    """A field as a layer of that name should have it; length and decimals are 0 where not told."""

    layer: str
    field: str
    role: str
    meaning: str
    kind: str
    length: int
    decimals: int
    needed: bool
    values: frozenset[str]
    name_zh: str
    confidence: str


@dataclass(frozen=True)
class SettlementTag:
    """A settlement tag and the uses it may, and may not, stand on."""

    tag: str
    name_zh: str
    name_en: str
    allowed: Selection
    forbidden: Selection

    @property
    def name(self) -> str:
        """Name the tag in the language in force."""
        return pick(self.name_zh, self.name_en)

    def fits(self, code: str) -> bool:
        """Tell whether land of that use may bear the tag."""
        return code in self.allowed and code not in self.forbidden


@dataclass(frozen=True)
class Quality:
    """All that a standard asks of data."""

    checks: tuple[QualityCheck, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    settlements: tuple[SettlementTag, ...] = ()

    def layer_fields(self, layer: str, role: str) -> tuple[FieldSpec, ...]:
        """Give the fields of a layer known by this name in this role; () where it is not known."""
        name = layer.rpartition(".")[2].upper()
        return tuple(one for one in self.fields if one.layer.upper() == name and one.role == role)

    def field(self, layer: str, role: str, name: str) -> FieldSpec | None:
        """Find what is said of a field: of the layer, else of the role, else of any layer."""
        alike = [one for one in self.fields if one.field.upper() == name.upper()]
        own = [one for one in alike if one.role == role]
        named = [one for one in own if one.layer.upper() == layer.rpartition(".")[2].upper()]
        return next(iter([*named, *own, *alike]), None)


NO_QUALITY = Quality()


def quality(rows: Mapping[str, list[Row]], tables: Mapping[str, CodeTable]) -> Quality:
    """Build what a standard asks of data; InputError at the first row that can't stand."""
    rules = [row["rule"] for row in rows["rules"]]
    checks = [_check(row, rules, tables) for row in rows["qa_rules"]]
    return Quality(
        tuple(sorted(checks, key=lambda one: one.order)),
        tuple(_field(row) for row in rows["fields"]),
        tuple(_settlement(row) for row in rows["settlements"]),
    )


def _check(row: Row, rules: Iterable[str], tables: Mapping[str, CodeTable]) -> QualityCheck:
    check_value(row, "test", TESTS)
    check_value(row, "rule", rules)
    check_value(row, "severity", SEVERITIES)
    roles = () if row["roles"] in ("", ANY) else tuple(row["roles"].split())
    for column, words, known in (
        ("roles", roles, ROLES),
        ("tables", row["tables"].split(), tables),
    ):
        for word in words:
            check_value({**row, column: word}, column, known)
    check_value(row, "group", {"", *(group for one in tables.values() for group in one.groups)})
    most = _number(row, "most", 0.0)
    return QualityCheck(
        id=row["check"], order=_number(row, "order", math.inf), test=row["test"],
        rule=row["rule"], severity=row["severity"], roles=roles,
        absolute=_number(row, "absolute", math.nan), relative=_number(row, "relative", math.nan),
        group=row["group"], codes=_selection(row, "codes"), tables=tuple(row["tables"].split()),
        most=int(most) if math.isfinite(most) else 0, name_zh=row["name_zh"],
        name_en=row["name_en"], basis=row["basis"], confidence=row["confidence"], note=row["note"],
    )  # fmt: skip


def _field(row: Row) -> FieldSpec:
    check_value(row, "role", ROLES)
    check_value(row, "kind", KINDS)
    check_value(row, "meaning", MEANINGS)
    check_value(row, "needed", ("", "M"))
    return FieldSpec(
        row["layer"], row["field"], row["role"], row["meaning"], row["kind"],
        int(_number(row, "length", 0)), int(_number(row, "decimals", 0)), row["needed"] == "M",
        frozenset(row["values"].split()), row["name_zh"], row["confidence"],
    )  # fmt: skip


def _settlement(row: Row) -> SettlementTag:
    return SettlementTag(
        row["tag"], row["name_zh"], row["name_en"],
        _selection(row, "allowed"), _selection(row, "forbidden"),
    )  # fmt: skip


def _selection(row: Row, column: str) -> Selection:
    try:
        return parse(row[column])
    except ValueError as error:
        raise InputError("standard.range", where=row[WHERE], value=error) from error


def _number(row: Row, column: str, otherwise: float) -> float:
    if not row[column]:
        return otherwise
    try:
        value = float(row[column])
    except ValueError as error:
        raise InputError(
            "standard.number", where=row[WHERE], column=column, value=row[column]
        ) from error
    if not 0 <= value < math.inf:
        raise InputError("layers.out_of_range", file=row[WHERE], place=column, value=row[column])
    return value
