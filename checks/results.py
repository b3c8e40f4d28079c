# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run computes, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from ..layers.model import County
from .fabric import Fabric

OUTCOMES = ("failed", "warning", "passed", "not_checked")
INDICATOR_COLUMNS = (
    "level", "unit", "unit_name", "indicator", "name", "direction", "quota_ha", "base_ha",
    "plan_ha", "margin_ha", "outcome", "reason",
)  # fmt: skip
BALANCE_COLUMNS = ("level", "unit", "class", "base_ha", "plan_ha", "change_ha")
TRANSFER_COLUMNS = ("level", "unit", "from_class", "to_class", "area_ha")
MATRIX_COLUMNS = ("sector_a", "sector_b", "count", "area_ha")


def empty(columns: tuple[str, ...]) -> pd.DataFrame:
    """Make a table without rows, numbers where the name says so."""
    numbers = ("_ha", "_m2", "count")
    kinds = {name: float if name.endswith(numbers) else object for name in columns}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


@dataclass
class Results:
    """All tables of a run; their columns are those of CONTRACT.md, some with names added.

    `run` is the content of run.json; `run["stamp"]` dates the data, not the run.
    """

    county: County
    fabric: Fabric
    findings: gpd.GeoDataFrame
    indicators: pd.DataFrame = field(default_factory=lambda: empty(INDICATOR_COLUMNS))
    land_balance: pd.DataFrame = field(default_factory=lambda: empty(BALANCE_COLUMNS))
    transfers: pd.DataFrame = field(default_factory=lambda: empty(TRANSFER_COLUMNS))
    ledgers: pd.DataFrame = field(default_factory=pd.DataFrame)
    problem_list: pd.DataFrame = field(default_factory=pd.DataFrame)
    negative_list: pd.DataFrame = field(default_factory=pd.DataFrame)
    sector_matrix: pd.DataFrame = field(default_factory=lambda: empty(MATRIX_COLUMNS))
    run: dict[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[str, Any]:
        """Count outcomes and findings: what the algorithm's number outputs say."""
        outcome = self.indicators["outcome"].value_counts()
        errors = int((self.findings["severity"] == "error").sum())
        failed = int(outcome.get("failed", 0))
        return {
            "passed": failed == 0 and errors == 0,
            "failed": failed,
            "warned": int(outcome.get("warning", 0)),
            "not_checked": int(outcome.get("not_checked", 0)),
            "findings": len(self.findings),
        }
