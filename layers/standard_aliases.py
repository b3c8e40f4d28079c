# SPDX-License-Identifier: GPL-2.0-or-later
"""A standard's table `aliases`: the names that layers and fields go by."""

from __future__ import annotations

import re
from typing import Iterable

from ..jobs.aliases import NONE, Alias
from .errors import InputError
from .schema import ROLES
from .standard_files import WHERE, Row, check_value

KINDS = ("role", "field", "sector")
_ID = re.compile(r"[a-z][a-z0-9_]*")


def aliases(rows: Iterable[Row]) -> tuple[Alias, ...]:
    """Read the rows; InputError names the first that can't stand."""
    return tuple(_alias(row) for row in rows)


def _alias(row: Row) -> Alias:
    """Read a name: its weight is a share, and a field's name says which field it is."""
    check_value(row, "kind", KINDS)
    if row["kind"] != "sector" or not _ID.fullmatch(row["role"]):  # a plan's id is free
        check_value(row, "role", (*ROLES, "quotas", NONE))
    try:
        weight = float(row["weight"])
    except ValueError as error:
        raise InputError(
            "standard.number", where=row[WHERE], column="weight", value=row["weight"]
        ) from error
    if not 0 <= weight <= 1:
        raise InputError(
            "layers.out_of_range", file=row[WHERE], place=row["alias"], value=row["weight"]
        )
    if row["kind"] != "role" and not row["field"]:
        raise InputError("standard.empty", where=row[WHERE], column="field")
    return Alias(row["kind"], row["role"], row["alias"], row["field"], weight)
