# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run computes, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from ..layers.former import DECIDED, no_decisions
from ..layers.model import County
from .control import checked_zones
from .levels import counted_once
from .sectors.gaps import expected_gaps

if TYPE_CHECKING:
    from .fabric import Fabric
    from .sectors.run import SectorResults

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

    `fabric` is None where only sector plans were checked, which need none; `sectors` what that
    found. `decisions` are former ones about what this run did not look at; `balance` says how well
    the balance tables add up. `run` is the content of run.json; `run["stamp"]` dates the data, not
    the run.
    """

    county: County
    fabric: Fabric | None
    findings: gpd.GeoDataFrame
    indicators: pd.DataFrame = field(default_factory=lambda: empty(INDICATOR_COLUMNS))
    land_balance: pd.DataFrame = field(default_factory=lambda: empty(BALANCE_COLUMNS))
    transfers: pd.DataFrame = field(default_factory=lambda: empty(TRANSFER_COLUMNS))
    ledgers: pd.DataFrame = field(default_factory=pd.DataFrame)
    problem_list: pd.DataFrame = field(default_factory=pd.DataFrame)
    negative_list: pd.DataFrame = field(default_factory=pd.DataFrame)
    sector_matrix: pd.DataFrame = field(default_factory=lambda: empty(MATRIX_COLUMNS))
    sectors: SectorResults | None = None
    decisions: pd.DataFrame = field(default_factory=no_decisions)
    balance: dict[str, Any] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[str, Any]:
        """Count outcomes and findings: what the algorithm's number outputs say.

        A county that is its own only cluster counts once.
        """
        outcome = counted_once(self.indicators)["outcome"].value_counts()
        return {
            "passed": verdict(self) in ("passed", "warning"),
            "failed": int(outcome.get("failed", 0)),
            "warned": int(outcome.get("warning", 0)),
            "not_checked": int(outcome.get("not_checked", 0)),
            "findings": len(self.findings),
            "conflicts": 0 if self.sectors is None else len(self.sectors.conflicts),
            "data": int(self.findings["rule"].astype(str).str.startswith("data.").sum()),
        }


def is_open(findings: pd.DataFrame) -> pd.Series:
    """Tell which findings still wait for an answer."""
    return ~findings["status"].isin(DECIDED)


def on_map(findings: pd.DataFrame) -> pd.Series:
    """Tell which findings are conflicts on the ground: neither quotas nor data quality."""
    return ~findings["rule"].astype(str).str.startswith(("data.", "quota."))


def of_sectors(findings: pd.DataFrame) -> pd.Series:
    """Tell which findings are conflicts of sector plans."""
    return findings["rule"].astype(str).str.startswith("sector.")


def of_lines(findings: pd.DataFrame) -> pd.Series:
    """Tell which findings are conflicts with control lines, or of these with each other."""
    return on_map(findings) & ~of_sectors(findings)


def verdict(
    results: Results,
    indicators: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
) -> str:
    """Give the verdict on a run, or on a part of its indicators and findings: one of OUTCOMES.

    `failed`: a quota is broken or an error stands open. `not_checked`: nothing failed, but what
    should have been checked could not be, or nothing was. `warning`: passed, with quotas near
    their limit or open conflicts that want an answer. A quota that was never set spoils nothing as
    long as others were judged. `results.run` must state checks and unchecked zones.
    """
    table = results.indicators if indicators is None else indicators
    found = results.findings if findings is None else findings
    found = found[is_open(found)]
    outcomes = table["outcome"].value_counts()
    if outcomes.get("failed", 0) or (found["severity"] == "error").any():
        return "failed"
    if not _complete(results, table):
        return "not_checked"
    return "warning" if outcomes.get("warning", 0) or on_map(found).any() else "passed"


def _complete(results: Results, table: pd.DataFrame) -> bool:
    """Tell if all was checked that should be: quotas given, zones of layers given; and anything."""
    asked = results.run.get("checks", ("quotas", "controllines"))
    judged = table["outcome"] != "not_checked"
    if "quotas" in asked and ((table["quota_ha"].notna() & ~judged).any() or not judged.any()):
        return False
    if open_zones(results):
        return False
    if "controllines" in asked and not checked_zones(results.county):
        return False
    if "sectors" in asked and sector_gaps(results):
        return False
    done = results.sectors is not None and "sectors" in asked
    return "controllines" in asked or done or bool(judged.any())


def sector_gaps(results: Results) -> dict[str, str]:
    """Map each sector plan, or rule about them, that should have been checked to why it was not.

    A control line that the dossier does not name at all is no gap.
    """
    if results.sectors is None:
        return {}
    return expected_gaps(results.county, results.sectors.unchecked)


def open_zones(results: Results) -> dict[str, str]:
    """Map each zone whose layer the dossier names but that could not be checked to the reason."""
    roles = {zone.id: zone.role for zone in results.county.standard.zones()}
    unchecked = results.run.get("unchecked_zones") or {}
    named = results.county.dossier.layers
    return {zone: reason for zone, reason in unchecked.items() if roles.get(zone) in named}
