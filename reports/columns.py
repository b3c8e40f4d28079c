# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of every table that goes out, so that an empty one still says what it would hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..layers.findings import NUMBERS

COLUMNS = {
    "indicators": "level unit unit_name indicator name direction quota_ha base_ha plan_ha "
    "margin_ha outcome reason",
    "land_balance": "level unit class base_ha plan_ha change_ha unit_name class_name",
    "transfers": "level unit from_class to_class area_ha unit_name from_name to_name",
    "ledgers": "level unit unit_name ledger name from_class to_class from_name to_name gross_ha "
    "net_ha",
    "problem_list": "cluster cluster_name rule rule_name severity change count area_ha remedy",
    "negative_list": "cluster cluster_name zone zone_name zone_ha verdict codes code_names note "
    "basis confidence",
    "sector_matrix": "sector_a sector_b count area_ha",
}
_WHOLE = ("count",)
_NAMES = {"unit_name": "unit", "class_name": "class", "from_name": "from_class",
          "to_name": "to_class", "cluster_name": "cluster", "rule_name": "rule"}  # fmt: skip


def complete(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give a table its columns where some are missing; a name that is missing is the code."""
    wanted = COLUMNS[name].split()
    out = table.copy()
    for column in wanted:
        if column not in out:
            source = out.get(_NAMES.get(column, ""))
            empty = np.nan if is_number(column) or column in _WHOLE else ""
            out[column] = source if source is not None else empty
    return plain(out[wanted + [each for each in out.columns if each not in wanted]])


def is_number(column: str) -> bool:
    """Tell from its name whether a column holds numbers with decimals."""
    return column.endswith(("_ha", "_m2")) or column in NUMBERS


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Give every column a type that files know: text, whole number or number.

    Needed for empty tables above all, where pandas knows no types; a missing text becomes "".
    """
    out = {}
    for name in table.columns:
        column = table[name]
        if name in _WHOLE:
            out[name] = pd.to_numeric(column).fillna(0).astype("int64")
        elif is_number(name):
            out[name] = pd.to_numeric(column).astype("float64")
        elif pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
            out[name] = column
        else:
            out[name] = column.astype(object).where(column.notna(), "").map(str).astype(object)
    return pd.DataFrame(out, index=table.index)
