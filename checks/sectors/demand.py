# SPDX-License-Identifier: GPL-2.0-or-later
"""New construction land that the sector plans ask for, against the quota that is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ...layers.rounding import M2_PER_HA, hectares, round_half_up
from ...layers.schema import listed
from ...layers.words import say
from .. import overlay
from ..indicators import EPSILON, FAILED, NOT_CHECKED, PASSED, WARNING
from ..levels import Level, levels
from ..values import unread_reason
from .doubles import once, plan_sums
from .record import Batch, nothing, record
from .share import only, share, take_away

if TYPE_CHECKING:
    from .scene import Scene

DEMAND = "sector.demand"
INDICATOR = "construction"
COLUMNS = (
    "level", "unit", "unit_name", "demand_ha", "quota_ha", "base_ha", "left_ha", "margin_ha",
    "outcome", "reason",
)  # fmt: skip
_LEVELS = ("county", "cluster", "town")


@dataclass(frozen=True)
class Demand:
    """New construction: m2 of each project, and of each finest unit; what is not laid out yet.

    `parts` are project, finest unit and m2 of all the land, each piece of a plan once; `by_plan`
    its sum for each plan, wherever it lies; `unplaced` and `unclear` tell for each project what it
    adds to `unplaced_m2` and `vague`.
    """

    by_project: np.ndarray
    by_unit: np.ndarray
    unplaced_m2: float
    reason: str = ""  # why it can't be known
    vague: int = 0  # listed projects without layout, of which use or area is not known
    parts: tuple[np.ndarray, ...] = ()
    unplaced: np.ndarray = field(default_factory=lambda: np.empty(0))
    unclear: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))
    by_plan: np.ndarray = field(default_factory=lambda: np.empty(0))


def measure_demand(scene: Scene) -> Demand:
    """Measure the ground of construction uses that is not construction in the base.

    Each plan counts for itself: land that two plans ask for is asked for twice, but what a plan
    lays out twice, for the project that comes first. A project that is listed but not laid out
    counts with its listed area, for the county.
    """
    many, units = len(scene.plans.projects), len(scene.county.tree.finest)
    base = scene.county.layers.get("landuse")
    group = _group(scene)
    if base is None or not group:
        reason = say("checks.missing.layer", role=say("checks.role.landuse"))
        nowhere = np.full(many, np.nan), np.full(units, np.nan)
        return Demand(*nowhere, np.nan, reason)
    built = scene.table.in_group(group, scene.uses)
    rows = np.flatnonzero(built)
    first, ground, _ = scene.by_project(rows, scene.plans.plot_shapes[rows])
    owner = scene.owner[rows[first]]
    codes = base.data["code"].to_numpy(dtype=object)
    stands = scene.standard.code_table(base.table).change_groups(codes) == "construction"
    fresh = take_away(ground, only(base.geometry, stands))
    by_project = np.zeros(many)
    by_project[owner] = scene.measure(fresh)
    everyone = np.full(many, None, dtype=object)
    everyone[owner] = fresh
    single = once(scene, everyone)
    fresh = single[owner]
    found = share(fresh, scene.county.units.geometry)
    unit = scene.county.tree.feature_unit[found.right]
    inside = unit >= 0
    area = scene.measure(found.shapes[inside])
    own = scene.plans.projects
    use = own["use"].to_numpy(dtype=object)
    bare = (scene.ground_m2 == 0) & own["in_list"].to_numpy(dtype=bool)
    asked = own["listed_m2"].to_numpy(dtype=float)
    lost = bare & scene.table.in_group(group, use)
    unclear = bare & (~scene.table.known(use) | (lost & ~(asked > 0)))
    unplaced = np.where(lost, np.nan_to_num(asked), 0.0)
    return Demand(
        by_project,
        np.bincount(unit[inside], area, minlength=units),
        float(unplaced.sum()),
        vague=int(unclear.sum()),
        parts=(owner[found.left[inside]], unit[inside], area),
        unplaced=unplaced,
        unclear=unclear,
        by_plan=plan_sums(scene, single),
    )


def check_demand(
    scene: Scene, demand: Demand, base_m2: np.ndarray | None = None
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Hold the demand against what each unit's quota leaves; gives table and conflicts.

    `base_m2` is what `measure_base` gives, where it is known already.
    """
    base_m2 = measure_base(scene) if base_m2 is None else base_m2
    quotas = _quotas(scene)
    tables = [
        _rows(scene, level, demand, base_m2, quotas)
        for level in levels(scene.county.tree)
        if level.name in _LEVELS
    ]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*COLUMNS])
    table = table.drop_duplicates(["unit", "demand_ha", "quota_ha", "outcome"])
    lacking = table[table["outcome"] == NOT_CHECKED]
    if len(table) and len(lacking) == len(table):
        scene.unchecked[DEMAND] = str(lacking["reason"].iloc[0])
    return table[[*COLUMNS]].reset_index(drop=True), _conflicts(scene, table)


def _group(scene: Scene) -> str:
    """Name the class group whose quota is the one that new construction eats up."""
    indicator = scene.standard.indicator(INDICATOR)
    return indicator.group if indicator is not None else ""


def measure_base(scene: Scene) -> np.ndarray:
    """Measure the group's land in the base, m2 per finest unit; NaN where there is no base."""
    county = scene.county
    layer, units = county.layers.get("landuse"), len(county.tree.finest)
    if layer is None or not _group(scene):
        return np.full(units, np.nan)
    table = scene.standard.code_table(layer.table)
    tag = layer.data["settlement"].to_numpy(dtype=object) if "settlement" in layer.data else None
    member = table.in_group(_group(scene), layer.data["code"].to_numpy(dtype=object), tag)
    rows = np.flatnonzero(member)
    shapes = layer.geometry[rows]
    # What overlaps counts once, for the feature that comes first, as in every indicator.
    before = share(shapes, layer.geometry, lambda i, k: k < rows[i])
    late = np.unique(before.left)
    lost = [before.shapes[before.left == row] for row in late]
    shapes[late] = overlay.subtract(shapes[late], lost)
    found = share(shapes, county.units.geometry)
    unit = county.tree.feature_unit[found.right]
    inside = unit >= 0
    return np.bincount(unit[inside], scene.measure(found.shapes[inside]), minlength=units)


def _quotas(scene: Scene) -> dict[tuple[str, str], tuple[float, float]]:
    out: dict[tuple[str, str], tuple[float, float]] = {}
    rows = scene.county.quotas
    for row in rows[rows["indicator"] == INDICATOR].itertuples():
        reserve = 0.0 if pd.isna(row.reserve_ha) else float(row.reserve_ha)
        out.setdefault((row.level, row.unit), (float(row.quota_ha), reserve))
    return out


def _rows(
    scene: Scene, level: Level, demand: Demand, base_m2: np.ndarray,
    quotas: dict[tuple[str, str], tuple[float, float]],
) -> pd.DataFrame:  # fmt: skip
    """Judge the units of one level; values are rounded to 0.01 ha before they are compared."""
    given = [quotas.get((level.name, unit), (np.nan, 0.0)) for unit in level.codes]
    quota = round_half_up([pair[0] for pair in given])
    reserve_m2 = np.array([pair[1] for pair in given]) * M2_PER_HA
    extra = demand.unplaced_m2 if level.name == "county" else 0.0
    asked = hectares(level.sum(demand.by_unit) + extra)
    base = hectares(level.sum(base_m2) + reserve_m2)
    left = round_half_up(quota - base)
    margin = round_half_up(left - asked)
    warn = scene.county.dossier.tolerance.warn_margin
    known = ~np.isnan(margin)
    outcome = np.where(known, PASSED, NOT_CHECKED).astype(object)
    outcome[known & (asked > 0) & (margin < warn * quota - EPSILON)] = WARNING
    outcome[known & (asked > 0) & (margin < -EPSILON)] = FAILED
    partial = _partial(scene)
    if level.name == "county" and demand.vague:
        vague = say("sectors.demand.vague", count=demand.vague)
        partial = " ".join(filter(None, [partial, vague]))
    reason = np.where(np.isnan(quota), say("checks.quota.none"), demand.reason or partial)
    reason = np.where(known & (asked == 0) & (left < 0), say("sectors.demand.nothing"), reason)
    if partial:  # what could not be read may ask for more, never for less
        outcome[np.isin(outcome, (PASSED, WARNING))] = NOT_CHECKED
    return pd.DataFrame({
        "level": level.name, "unit": level.codes, "unit_name": level.names, "demand_ha": asked,
        "quota_ha": quota, "base_ha": base, "left_ha": left, "margin_ha": margin,
        "outcome": outcome, "reason": reason.astype(object), "cluster": level.clusters,
    })  # fmt: skip


def _partial(scene: Scene) -> str:
    """Say which layers or plans could not be read whole; "" where all could."""
    county = scene.county
    layers = [
        county.units,
        *(county.layers[role] for role in ("landuse",) if role in county.layers),
    ]
    told = [unread_reason(layer) for layer in layers if layer.unread]
    if scene.plans.missing:
        names = scene.plan_names(scene.plans.missing)
        told.append(say("sectors.demand.partial", count=len(names), plans=listed(names)))
    return " ".join(dict.fromkeys(told))


def _conflicts(scene: Scene, table: pd.DataFrame) -> gpd.GeoDataFrame:
    rows = table[table["outcome"].isin([FAILED, WARNING])].reset_index(drop=True)
    if not len(rows):
        return nothing(scene)
    shapes = np.empty(len(rows), dtype=object)
    named = {level.name: level for level in levels(scene.county.tree)}
    for place, row in enumerate(rows.itertuples()):
        level = named[row.level]
        at = int(np.flatnonzero(level.codes == row.unit)[0])
        shapes[place] = scene.unit_shape(scene.county, level, at)
    failed = rows["outcome"] == FAILED
    indicator = scene.standard.indicator(INDICATOR)
    columns = {
        "level": rows["level"], "unit": rows["unit"], "unit_name": rows["unit_name"],
        "cluster": np.where(rows["level"] == "cluster", rows["unit"], rows["cluster"]),
        "subject_layer": "sectors", "subject_name": say("checks.role.sectors"),
        "object_layer": "quotas", "object_id": INDICATOR,
        "object_name": indicator.name if indicator else INDICATOR,
        "severity": np.where(failed, "error", "warning"),
        "value": rows["demand_ha"], "limit": rows["left_ha"], "excess": -rows["margin_ha"],
        "unit_of_measure": "ha",
        "message": [
            say(f"sectors.demand.{row.outcome}", unit=row.unit_name, demand=row.demand_ha,
                left=row.left_ha, quota=row.quota_ha, base=row.base_ha, over=-row.margin_ha,
                margin=row.margin_ha)
            for row in rows.itertuples()
        ],
    }  # fmt: skip
    columns = {
        name: value if isinstance(value, (str, list)) else np.asarray(value, dtype=object)
        for name, value in columns.items()
    }
    columns |= _names_of(scene, rows)
    nobody = np.full(len(rows), -1)
    nothing_m2 = np.full(len(rows), np.nan)
    return record(scene, Batch(DEMAND, shapes, nothing_m2, nobody, nobody, columns))


def _names_of(scene: Scene, rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Give town and cluster of units, codes and names."""
    finest = scene.county.tree.finest
    out = {name: np.full(len(rows), "", dtype=object)
           for name in ("town", "town_name", "cluster_name")}  # fmt: skip
    for place, row in enumerate(rows.itertuples()):
        if row.level == "town":
            out["town"][place], out["town_name"][place] = row.unit, row.unit_name
        if row.level in ("town", "cluster"):
            first = finest[finest[row.level] == row.unit].iloc[0]
            out["cluster_name"][place] = first.get("cluster_name", "")
    return out


__all__ = ["COLUMNS", "DEMAND", "Demand", "check_demand", "measure_demand"]
