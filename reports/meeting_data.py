# SPDX-License-Identifier: GPL-2.0-or-later
"""Read what the papers of the joint meeting are made of: a run's results and the register."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from ..jobs.sector_rules import WITH_THINGS
from ..layers.errors import InputError, unreadable
from .marks import RANK
from .meeting_gaps import Gaps, find_gaps
from .meeting_register import DECISION, Register, read_register, typed

SIDES = ("subject", "object")
STATES = ("open", "reopened", "agreed", "waived", "fixed")
PENDING = ("open", "reopened")  # what a meeting still has to decide
_SIDE_TEXT = "layer name department id label use meets"
_SIDE_NUMBERS = "start end area_m2 share demand_m2 remain_m2"
# Columns by layer: text before the bar, numbers behind it. What a file lacks is empty.
_COLUMNS = {
    "conflicts": "id rule severity level unit unit_name town town_name cluster cluster_name "
    "verdict change unit_of_measure message remedy basis "
    + " ".join(f"{side}_{name}" for side in SIDES for name in _SIDE_TEXT.split())
    + " | area_m2 value limit excess "
    + " ".join(f"{side}_{name}" for side in SIDES for name in _SIDE_NUMBERS.split()),
    "projects": "sector sector_name department project name label content standard use use_name "
    "kind town town_name cluster cluster_name | start end listed_m2 area_m2 new_construction_m2",
    "joint_use": "sector_a project_a label_a use_a sector_b project_b label_b use_b town town_name "
    "cluster | area_m2",
    "sites": "sector project kind code town town_name | rank area_m2 distance_m same_town",
    "sectors": "sector name department colour outcome reason | projects features area_ha "
    "new_construction_ha conflicts conflict_ha",
    "sector_matrix": "sector_a sector_b | count area_ha joint_count joint_ha sequence_count "
    "duplicate_count",
    "sector_demand": "level unit unit_name outcome reason | demand_ha quota_ha base_ha left_ha "
    "margin_ha",
    "sector_gaps": "subject reason |",
}
_SHAPED = ("conflicts", "projects", "joint_use", "sites")


@dataclass(frozen=True)
class Papers:
    """All that the papers rest on, read and joined.

    `conflicts` is in the papers' order (severity, cluster, id), its column `number` counts from 1,
    `subject_plan` and `object_plan` are the plans of its sides ("" where a side is a control line,
    say: a plan's id may be the name of a role), and it bears what the register says of each
    (`state`, DECISION). `plans` is the layer `sectors`
    in the dossier's order, `gaps` what of them was not checked. Shapes are in the results' CRS.
    """

    run: dict[str, Any]
    conflicts: gpd.GeoDataFrame
    projects: gpd.GeoDataFrame
    joint_use: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    plans: pd.DataFrame
    matrix: pd.DataFrame
    demand: pd.DataFrame
    register: Register
    gaps: Gaps = field(default_factory=Gaps)

    @property
    def crs(self) -> Any:
        """Give the CRS of all shapes."""
        return self.conflicts.crs


def read_papers(results: Path, register: str = "") -> Papers:
    """Read a run's results and the register; InputError where there is no check of sector plans.

    `results` is a folder of results or its results.gpkg; `register` as `read_register` takes it.
    """
    file = results / "results.gpkg" if results.is_dir() else results
    if not file.is_file():
        raise InputError("meeting.no_results", path=file)
    try:
        have = {str(name) for name in pyogrio.list_layers(file)[:, 0]}
    except (RuntimeError, OSError, ValueError) as error:  # held by another program, or damaged
        raise unreadable(str(file), error) from error
    if not {"conflicts", "sectors"} <= have:
        raise InputError("meeting.no_sectors", path=file)
    crs = pyogrio.read_info(file, layer="conflicts").get("crs")
    tables = {name: _layer(file, name, name in have, crs) for name in _COLUMNS}
    kept = read_register(register, file.parent)
    found = _with_plans(_in_order(tables["conflicts"]), tables["sectors"])
    run = _run(file.parent / "run.json")
    return Papers(
        run=run,
        conflicts=_with_states(found, kept),
        projects=tables["projects"],
        joint_use=tables["joint_use"],
        sites=tables["sites"].sort_values(["sector", "project", "rank"], kind="stable"),
        plans=tables["sectors"],
        matrix=tables["sector_matrix"],
        demand=tables["sector_demand"],
        register=kept,
        gaps=find_gaps(tables["sectors"], tables["sector_gaps"], run),
    )


def _layer(file: Path, name: str, there: bool, crs: Any) -> Any:
    """Read one layer with the columns it should have; one that is not there is empty."""
    raw = pyogrio.read_dataframe(file, layer=name) if there else pd.DataFrame()
    table = typed(raw, _COLUMNS[name]).reset_index(drop=True)
    if name not in _SHAPED:
        return table
    shapes = raw.geometry.to_numpy() if isinstance(raw, gpd.GeoDataFrame) else [None] * len(raw)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs=crs), crs=crs)


def _run(file: Path) -> dict[str, Any]:
    """Read the record of the run; results that came without one say less in the title block."""
    if not file.is_file():
        return {}
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("meeting.bad_run", path=file, reason=str(error)) from error
    return record if isinstance(record, dict) else {}


def _in_order(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put conflicts in the order in which all papers number them."""
    rank = found["severity"].map(RANK).fillna(9)
    order = found.assign(rank=rank).sort_values(["rank", "cluster", "id"], kind="stable").index
    out = found.loc[order].reset_index(drop=True)
    out["number"] = np.arange(1, len(out) + 1)
    return out


def _with_plans(found: gpd.GeoDataFrame, plans: pd.DataFrame) -> gpd.GeoDataFrame:
    """Tell which sides are projects of plans; what a rule holds a project against is none."""
    ids = set(plans["sector"])
    against = found["rule"].isin(WITH_THINGS)
    out = found.copy()
    for side in SIDES:
        layer = out[f"{side}_layer"]
        known = layer.isin(ids) & ~(against if side == "object" else False)
        out[f"{side}_plan"] = layer.where(known, "")
    return out


def _with_states(found: gpd.GeoDataFrame, kept: Register) -> gpd.GeoDataFrame:
    """Join what the register says of each conflict; what it does not know is open."""
    rows = kept.conflicts.drop_duplicates("id").set_index("id")
    out = found.copy()
    for name in ("state", *DECISION):
        known = out["id"].map(rows[name]) if len(rows) else pd.Series("", index=out.index)
        out[name] = known.astype(object).where(known.notna(), "")
    out["state"] = out["state"].where(out["state"].isin(STATES), "open")
    return out
