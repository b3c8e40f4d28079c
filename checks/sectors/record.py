# SPDX-License-Identifier: GPL-2.0-or-later
"""A conflict's record: both projects, both departments, the ground, and what is left of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from ...jobs.sector_rules import LAND
from ...layers import findings
from ..places import Places

if TYPE_CHECKING:
    from .scene import Scene

SIDES = ("subject", "object")
_SIDE = ("layer", "name", "department", "id", "label", "use", "start", "end", "area_m2", "share",
         "demand_m2", "remain_m2", "meets")  # fmt: skip
COLUMNS = (
    "id", "rule", "severity", "level", "unit", "unit_name", "town", "town_name", "cluster",
    "cluster_name", *(f"{side}_{name}" for side in SIDES for name in _SIDE), "verdict", "change",
    "area_m2", "value", "limit", "excess", "unit_of_measure", "message", "remedy", "basis",
)  # fmt: skip
NUMBERS = tuple(
    name for name in COLUMNS
    if name.endswith(("_m2", "_start", "_end", "_share")) or name in ("value", "limit", "excess")
)  # fmt: skip
_EPSILON = 1e-6  # m2; what a demand may be missed by in the arithmetic of doubles


@dataclass
class Batch:
    """Conflicts of one rule, as the rule finds them; all arrays are as long as `shapes`.

    `subject` and `object` are rows of `projects`, -1 where a side is no project; `columns` are
    further columns of the record, arrays or one value for all; without `unit` a conflict lies
    in the unit that holds most of its shape.
    """

    rule: str
    shapes: np.ndarray
    area_m2: np.ndarray
    subject: np.ndarray
    object: np.ndarray
    columns: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.shapes)


def nothing(scene: Scene) -> gpd.GeoDataFrame:
    """Give an empty table of conflicts."""
    crs = str(scene.county.dossier.crs)
    if scene.kept is not None:  # nobody looks at it
        return _none(crs)
    return _none(crs).copy()


@lru_cache(maxsize=4)
def _none(crs: str) -> gpd.GeoDataFrame:
    data = {name: pd.Series(dtype=float if name in NUMBERS else object) for name in COLUMNS}
    return gpd.GeoDataFrame(data, geometry=[], crs=crs)


def record(scene: Scene, batch: Batch) -> gpd.GeoDataFrame:
    """Write the conflicts of a batch down: COLUMNS and geometry, without ids."""
    if not len(batch):
        return nothing(scene)
    values = _written(scene, batch)
    if scene.kept is not None:
        scene.kept.append((batch, values))
        return nothing(scene)
    index = pd.RangeIndex(len(batch))
    data = {}
    for name in COLUMNS:
        blank = np.nan if name in NUMBERS else ""
        column = pd.Series(values.get(name, blank), index=index)
        data[name] = column.astype(float) if name in NUMBERS else column.astype(object)
    shapes = findings.as_multi(batch.shapes)
    return gpd.GeoDataFrame(data, geometry=shapes, crs=scene.county.dossier.crs)


def _written(scene: Scene, batch: Batch) -> dict[str, Any]:
    """Give the columns of the records of a batch."""
    values: dict[str, Any] = {"rule": batch.rule, **_places(scene, batch)}
    for side, projects in zip(SIDES, (batch.subject, batch.object)):
        values |= scene.people(projects, side)
        values |= _rest(batch, projects, values, side)
    values["area_m2"] = batch.area_m2
    values["severity"] = scene.standard.sector_severity(batch.rule)
    values["remedy"] = scene.standard.rule(batch.rule).remedy
    return values | batch.columns


def _places(scene: Scene, batch: Batch) -> dict[str, np.ndarray]:
    if "unit" in batch.columns:
        return {}
    homes = scene.homes(batch.shapes)
    return {**scene.town_of(homes), **Places.of(scene.county, homes).columns()}


def _rest(
    batch: Batch, projects: np.ndarray, values: dict[str, Any], side: str
) -> dict[str, np.ndarray]:
    """Tell what share of a project is in conflict and, where it would give way, what is left."""
    area, demand = values[f"{side}_area_m2"], values[f"{side}_demand_m2"]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(area > 0, batch.area_m2 / area, np.nan)
        left = np.maximum(area - batch.area_m2, 0.0)
    cut = (projects >= 0) & (batch.rule in LAND)
    enough = np.where(left >= demand - _EPSILON, "yes", "no")
    return {
        f"{side}_share": np.where(projects >= 0, share, np.nan),
        f"{side}_remain_m2": np.where(cut, left, np.nan),
        f"{side}_meets": np.where(cut & ~np.isnan(demand), enough, "").astype(object),
    }


def gathered(scene: Scene, tables: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Put conflicts under each other and give them their ids, the same as their findings'."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return nothing(scene)
    frame = pd.concat(filled, ignore_index=True)
    order = frame.assign(
        _rank=frame["severity"].map({name: i for i, name in enumerate(findings.SEVERITIES)})
    ).sort_values(
        ["_rank", "rule", "unit", "subject_layer", "subject_id", "object_layer", "object_id"],
        kind="stable",
    )
    out = frame.loc[order.index].reset_index(drop=True)
    out = gpd.GeoDataFrame(out, geometry="geometry", crs=scene.county.dossier.crs)
    layers = scene.county.layers.items()
    out["id"] = findings.identify(out, [role for role, one in layers if one.ids_are_fids])
    return out


def as_findings(conflicts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the findings of conflicts: the columns that all checks share."""
    names = [name for name in findings.COLUMNS if name in conflicts]
    values = {name: conflicts[name].to_numpy() for name in names if name != "id"}
    return findings.make(values, conflicts.geometry.to_numpy(), conflicts.crs)
