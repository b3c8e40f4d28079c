# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables beside the conflicts: projects, plans, and the matrix of plans against plans."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...jobs.sector_rules import LAND, TWO_SIDED
from ...layers.findings import as_multi
from ...layers.rounding import hectares
from ...layers.words import say
from .doubles import once, plan_sums
from .gaps import expected_gaps
from .overlap import OVERLAP, SEQUENCE
from .share import unite

if TYPE_CHECKING:
    from .demand import Demand
    from .scene import Scene

PROJECT_COLUMNS = (
    "sector", "sector_name", "department", "project", "name", "label", "content", "standard",
    "use", "use_name", "start", "end", "listed_m2", "area_m2", "new_construction_m2", "kind",
    "town", "town_name", "cluster", "cluster_name", "in_list", "in_layout", "conflicts",
)  # fmt: skip
SECTOR_COLUMNS = (
    "sector", "name", "department", "colour", "projects", "features", "area_ha",
    "new_construction_ha", "conflicts", "conflict_ha", "outcome", "reason",
)  # fmt: skip
MATRIX_COLUMNS = (
    "sector_a", "sector_b", "count", "area_ha", "joint_count", "joint_ha", "sequence_count",
    "duplicate_count",
)  # fmt: skip
WHOLE = ("projects", "features", "conflicts", "in_list", "in_layout", "joint_count",
         "sequence_count", "duplicate_count")  # fmt: skip


def projects_table(
    scene: Scene, conflicts: gpd.GeoDataFrame, demand: Demand | None
) -> gpd.GeoDataFrame:
    """List all projects with their facts, their ground and how many conflicts each is in."""
    own = scene.plans.projects
    sectors = scene.plans.sectors.iloc[scene.sector].reset_index(drop=True)
    counts = _counts(scene, conflicts)
    table = own[["name", "label", "content", "standard", "use", "start", "end",
                 "listed_m2", "kind"]].reset_index(drop=True)  # fmt: skip
    table = table.assign(
        project=scene.codes, sector=sectors["sector"], sector_name=sectors["name"],
        department=sectors["department"],
        use_name=scene.table.labels(own["use"].to_numpy(dtype=object)),
        area_m2=np.where(scene.ground_m2 > 0, scene.ground_m2, np.nan),
        new_construction_m2=np.nan if demand is None else demand.by_project,
        in_list=own["in_list"].astype("int64"), in_layout=own["in_layout"].astype("int64"),
        conflicts=counts, **scene.town_of(scene.project_homes),
    )  # fmt: skip
    return gpd.GeoDataFrame(
        table[[*PROJECT_COLUMNS]], geometry=as_multi(scene.plans.ground),
        crs=scene.county.dossier.crs,
    )  # fmt: skip


def _counts(scene: Scene, conflicts: gpd.GeoDataFrame) -> np.ndarray:
    """Count the conflicts of each project, on either side."""
    keys = pd.MultiIndex.from_arrays([scene.plans.ids(np.arange(len(scene.codes))), scene.codes])
    two = conflicts["rule"].isin(TWO_SIDED)
    sides = [
        conflicts[["subject_layer", "subject_id"]],
        conflicts[two][["object_layer", "object_id"]],
    ]
    said = pd.concat([side.set_axis(["sector", "project"], axis=1) for side in sides])
    found = said.groupby(["sector", "project"]).size()
    return found.reindex(keys, fill_value=0).to_numpy(dtype=np.int64)


def sectors_table(scene: Scene, conflicts: gpd.GeoDataFrame, demand: Demand | None) -> pd.DataFrame:
    """Sum up each plan: projects, land, new construction, conflicts, outcome.

    Ground that a plan lays out twice counts once.
    """
    sectors, many = scene.plans.sectors, len(scene.plans.sectors)
    table = sectors[["sector", "name", "department", "colour", "features"]].reset_index(drop=True)
    involved = [_involved(conflicts, one) for one in table["sector"]]
    table["projects"] = np.bincount(scene.sector, minlength=many)
    table["area_ha"] = hectares(plan_sums(scene, once(scene, scene.plans.ground)))
    table["new_construction_ha"] = (
        np.nan if demand is None or demand.reason else hectares(demand.by_plan)
    )
    table["conflicts"] = [len(rows) for rows in involved]
    table["conflict_ha"] = hectares(_land(scene, involved))
    judged = [_outcome(scene, one, rows) for one, rows in zip(table["sector"], involved)]
    table["outcome"] = [outcome for outcome, _ in judged]
    table["reason"] = [reason for _, reason in judged]
    return table[[*SECTOR_COLUMNS]]


def _involved(conflicts: gpd.GeoDataFrame, sector: str) -> gpd.GeoDataFrame:
    """Pick the conflicts of a plan; one that is called like a role is not taken for the role."""
    other = conflicts["rule"].isin(TWO_SIDED) & (conflicts["object_layer"] == sector)
    return conflicts[(conflicts["subject_layer"] == sector) | other]


def _land(scene: Scene, involved: list[gpd.GeoDataFrame]) -> np.ndarray:
    """Measure the land in dispute of each plan, m2: ground in two conflicts counts once.

    Rules that dispute no land (lists, years) are left out.
    """
    shapes = [rows.geometry.to_numpy()[rows["rule"].isin(LAND).to_numpy()] for rows in involved]
    owner = np.repeat(np.arange(len(shapes)), [len(part) for part in shapes])
    every = np.concatenate([np.empty(0, dtype=object), *shapes])
    there = ~(shapely.is_missing(every) | shapely.is_empty(every))
    return scene.measure(unite(every[there], owner[there], len(involved)))


def _outcome(scene: Scene, sector: str, rows: gpd.GeoDataFrame) -> tuple[str, str]:
    """Judge a plan: failed by an error, not checked where something could not be looked at."""
    gaps = expected_gaps(scene.county, scene.unchecked)
    reasons = [why for key, why in gaps.items() if key == sector or key.startswith("sector.")]
    reason = " ".join(dict.fromkeys(filter(None, reasons)))
    if (rows["severity"] == "error").any():
        return "failed", reason
    if not reason and scene.limited and not _reaches(scene, sector):
        reason = say("sectors.not_here")
    if reason:
        return "not_checked", reason
    return ("warning" if len(rows) else "passed"), ""


def _reaches(scene: Scene, sector: str) -> bool:
    """Tell whether a plan has a project in a unit of the run."""
    mine = scene.plans.ids(np.arange(len(scene.codes))) == sector
    return bool((scene.project_homes[mine] >= 0).any())


def matrix(scene: Scene, conflicts: gpd.GeoDataFrame, joint: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count plans against plans: conflicts and land, joint use, years, facilities twice.

    Every pair has a row, in the dossier's order, so that a zero says: looked at, nothing found.
    """
    ids = scene.plans.sectors["sector"].tolist()
    index = pd.MultiIndex.from_tuples(list(combinations(ids, 2)), names=["sector_a", "sector_b"])
    out = pd.DataFrame(index=index)
    hostile = _pairs(conflicts[conflicts["rule"] == OVERLAP], "subject_layer", "object_layer")
    out["count"], out["area_ha"] = _tally(hostile, ids, index)
    friendly = _pairs(joint, "sector_a", "sector_b")
    out["joint_count"], out["joint_ha"] = _tally(friendly, ids, index)
    for rule, name in ((SEQUENCE, "sequence_count"), ("sector.duplicate", "duplicate_count")):
        rows = _pairs(conflicts[conflicts["rule"] == rule], "subject_layer", "object_layer")
        out[name] = _tally(rows, ids, index)[0]
    return out.reset_index()[[*MATRIX_COLUMNS]]


def _pairs(table: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    return pd.DataFrame({"a": table[a], "b": table[b], "area_m2": table["area_m2"]})


def _tally(
    pairs: pd.DataFrame, ids: list[str], index: pd.MultiIndex
) -> tuple[np.ndarray, np.ndarray]:
    """Count pairs and sum their land, a row each of `index`, whichever plan comes first."""
    rank = {name: place for place, name in enumerate(ids)}
    a, b = pairs["a"].map(rank), pairs["b"].map(rank)
    both = a.notna() & b.notna() & (a != b)
    low = np.minimum(a, b)[both].astype(int)
    high = np.maximum(a, b)[both].astype(int)
    names = np.array(ids, dtype=object)
    keyed = pd.DataFrame({
        "a": names[low], "b": names[high], "area": pairs["area_m2"][both].to_numpy(),
    }).groupby(["a", "b"])["area"]  # fmt: skip
    count = keyed.size().reindex(index, fill_value=0).to_numpy(dtype=np.int64)
    area = keyed.sum().reindex(index, fill_value=0.0).to_numpy(dtype=float)
    return count, hectares(area)
