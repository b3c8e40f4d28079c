# SPDX-License-Identifier: GPL-2.0-or-later
"""New construction of a made county's sector plans against what the quotas leave."""

from __future__ import annotations

import numpy as np

from .codes import COUNTY
from .county import true_area
from .sector_draw import parts
from .sector_ground import construction, urban_rural
from .sector_sower import SectorSower
from .sectors import SectorPlan
from .sower import COLUMNS

_OVER = 1.1  # a crowded town asks for so much of what its quota leaves
_FEATURES = 8  # of a project of the crowding kind
_WARN = 0.02  # of the quota: less than that left over is a warning
_NAMES = {"town": "乡镇", "cluster": "片区", "county": "县"}


def crowd_town(sower: SectorSower, many: int) -> None:
    """Let the plans of some towns ask for more new construction than their quotas leave.

    Stations (1208) go with planned roads (1202), but only they count as urban and rural
    construction: so demand outgrows what the plan itself comes to.
    """
    ground = sower.ground
    land = construction(sower.made)
    left = np.array([land.quota[town] - land.base[town] for town in ground.towns])
    crowded = 0
    for town in np.argsort(left, kind="stable").tolist():
        if crowded < many and left[town] > 0:
            wanted = _OVER * left[town] - ground.asked[town]
            crowded += _crowd(sower, town, wanted)


def _crowd(sower: SectorSower, town: int, wanted: float) -> bool:
    """Cover so many m2 of a town's fields with stations; False where it has too few fields."""
    ground = sower.ground
    fit = (ground.home == town) & sower.outside & ~ground.built & ground.open
    fit &= (ground.used == 0) & ground.planned("01", "02", "03", "04")
    rows = np.flatnonzero(fit & ~ground.kept & (ground.area > 1_000))
    rows = rows[np.argsort(-ground.area[rows], kind="stable")]
    if 0.6 * ground.area[rows].sum() < wanted:
        return False
    drawings = []
    for row in rows.tolist():
        places = parts(sower.made.shapes[row], 1)
        if wanted <= 0:
            break
        if places:
            drawings.append((row, places[0], float("nan")))
            wanted -= places[0].area
    for at in range(0, len(drawings), _FEATURES):
        _station(sower, drawings[at : at + _FEATURES])
    return True


def _station(sower: SectorSower, drawings: list) -> None:
    plan: SectorPlan = sower.planner.plans["logistics"]
    for parcel, shape, _ in drawings:
        sower.ground.used[parcel] = 99
        sower.ground.replan(parcel, "1202")
        sower.ground.ask("1208", parcel, shape.area)
    name = f"{sower.planner.place_name(drawings[0][0])}货运场站项目"
    plan.add("1208", name, sower.planner.years(), drawings)


def tell_demand(sower: SectorSower) -> None:
    """List the units whose quota for construction the plans' demand exceeds, or nearly."""
    land = construction(sower.made)
    asked = _asked(sower)
    for level in ("county", "cluster", "town"):
        for unit, demand in sorted(asked[level].items()):
            margin = land.left(unit) - demand
            if demand > 0 and margin < _WARN * land.quota[unit]:
                sower.listed.append(dict.fromkeys(COLUMNS, "") | {
                    "rule": "sector.demand", "severity": "error" if margin < 0 else "warning",
                    "level": level, "unit": unit, "subject_layer": "sectors",
                    "object_layer": "quotas", "object_id": "construction",
                    "what": f"专项规划新增城乡建设用地超出{_NAMES[level]}剩余规模",
                })  # fmt: skip


def _asked(sower: SectorSower) -> dict[str, dict[str, float]]:
    """Sum the m2 of new construction of all plans by level and unit."""
    made, ground = sower.made, sower.ground
    units = made.tables["units"].data
    village = np.zeros(int(units["village"].max()) + 1)
    for plan in sower.planner.plans.values():
        areas = true_area(plan.areas())
        for one, area in zip(plan.features, areas.tolist()):
            if urban_rural(one.use) and not ground.built[one.parcel]:
                village[made.parcels.village[one.parcel]] += area
    own = units.assign(asked=village[units["village"].to_numpy()], county=COUNTY)
    return {level: own.groupby(level)["asked"].sum().to_dict()
            for level in ("county", "cluster", "town")}  # fmt: skip
