# SPDX-License-Identifier: GPL-2.0-or-later
"""The workbook's sheets on sector plans: plans, conflicts, matrix, demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..jobs.sector_rules import is_code
from .columns import plain
from .marks import in_order
from .summary import rule_name

if TYPE_CHECKING:
    from ..checks.results import Results

SECTOR_SHEETS = ("sectors", "conflicts", "sector_matrix", "sector_demand")
_SIDE = "name department id label use start end"
_REST = "share demand_m2 remain_m2 meets"


def _sides(names: str) -> str:
    return " ".join(f"{side}_{name}" for side in ("subject", "object") for name in names.split())


ORDER = {
    "sectors": "name department projects area_ha new_construction_ha conflicts conflict_ha outcome "
    "reason | sector",
    "conflicts": f"severity rule_name unit_name {_sides(_SIDE)} area_m2 {_sides(_REST)} message "
    "remedy | status cluster_name town_name verdict change value limit excess unit_of_measure "
    "basis rule id",
    "sector_matrix": "name_a name_b count area_ha joint_count joint_ha sequence_count "
    "duplicate_count | sector_a sector_b",
    "sector_demand": "level unit unit_name demand_ha quota_ha base_ha left_ha margin_ha outcome "
    "reason |",
}  # fmt: skip


def sector_table(results: Results, name: str) -> pd.DataFrame:
    """Give one sheet's table, with the columns that a reader wants."""
    found = results.sectors
    if found is None:
        raise ValueError("no sector plans were checked")
    if name == "conflicts":
        return _conflicts(results)
    if name == "sector_matrix":
        names = dict(zip(found.sectors["sector"], found.sectors["name"]))
        pairs = {f"name_{one}": found.matrix[f"sector_{one}"].map(names) for one in "ab"}
        return plain(found.matrix.assign(**pairs))
    return plain({"sectors": found.sectors, "sector_demand": found.demand}[name])[
        ORDER[name].replace("|", "").split()
    ]


def _conflicts(results: Results) -> pd.DataFrame:
    """Give the conflicts with what was decided about them, grave and large ones first."""
    frame = pd.DataFrame(results.sectors.conflicts.drop(columns="geometry"))  # type: ignore[union-attr]
    told = results.findings.set_index("id")["status"]
    frame["status"] = told.reindex(frame["id"]).to_numpy()
    frame["rule_name"] = [
        rule_name(results, rule, severity)
        for rule, severity in zip(frame["rule"], frame["severity"])
    ]
    for side in ("subject_id", "object_id"):  # a place that stands for a code says nothing here
        frame[side] = [one if is_code(one) else "" for one in frame[side].fillna("")]
    wanted = ORDER["conflicts"].replace("|", "").split()
    return plain(in_order(frame))[wanted]
