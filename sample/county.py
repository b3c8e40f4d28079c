# SPDX-License-Identifier: GPL-2.0-or-later
"""A made county as tables: units, survey parcels, plan, zones and quotas."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely

from ..layers.area import area_measure
from .codes import COUNTY, PLAN, SURVEY, names, starts
from .ground import CENTRE, ORDINARY, Ground, make_ground
from .land import Land, make_land
from .names import place_names
from .parcels import make_parcels
from .plan import Parcels, Plan, make_plan
from .shapes import polygons
from .zones import Zones, make_zones, moved

CRS = "EPSG:4544"


@dataclass
class Table:
    """One layer: shapes and, row by row, their fields."""

    geometry: np.ndarray
    data: pd.DataFrame

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass
class Made:
    """A made county before it is written.

    `tables`: units, landuse, plan, farmland, redline, boundary, blocks. `plan_of` gives each base
    parcel that is also a planned parcel its row in the plan, -1 for others; `shapes` are the base
    parcels' polygons, whatever faults do to the layers.
    """

    ground: Ground
    parcels: Parcels
    plan: Plan
    zones: Zones
    tables: dict[str, Table]
    plan_of: np.ndarray
    shapes: np.ndarray
    quotas: pd.DataFrame = field(default_factory=pd.DataFrame)


def make(parcels: int, rng: np.random.Generator) -> Made:
    """Make a county of just so many base parcels, without faults and without quotas."""
    ground = make_ground(parcels, rng)
    land = make_land(ground, rng)
    of_cell = make_parcels(ground, land, parcels, rng)
    known = _parcels(ground, land, of_cell, parcels)
    plan = make_plan(ground, known, rng)
    shapes = polygons(ground.mesh, of_cell)[0]
    zones = make_zones(ground, known, plan, shapes, rng)
    units = _units(ground, rng)
    ridge = np.round(rng.uniform(0.05, 0.15, len(ground.village_xy)), 4)
    tables = {"units": units, "landuse": _landuse(known, shapes.copy(), units, ridge)}
    tables["plan"], plan_of = _planned(ground, known, plan, units, ridge)
    tables["farmland"] = _farmland(known, zones, shapes, units, ridge)
    tables["blocks"] = _zone(ground, known, zones.farmland, units, "2006")
    tables["redline"] = _zone(ground, known, zones.redline, units, "2007")
    tables["boundary"] = _zone(ground, known, zones.boundary, units, "2008")
    return Made(ground, known, plan, zones, tables, plan_of, shapes)


def true_area(shapes: np.ndarray) -> np.ndarray:
    """Measure polygons on the ellipsoid, as the survey does, in m2."""
    if not len(shapes):
        return np.zeros(0)
    return area_measure(CRS, tuple(shapely.total_bounds(shapes)))(shapes)


def serials(layer: str, many: int) -> np.ndarray:
    """Number features as the survey does: county, layer, eight digits."""
    return np.char.add(f"{COUNTY}{layer}", np.char.zfill(np.arange(1, many + 1).astype(str), 8))


def _parcels(ground: Ground, land: Land, of_cell: np.ndarray, many: int) -> Parcels:
    """Sum up the cells of each base parcel."""
    cells = np.flatnonzero((of_cell >= 0) & (ground.host == np.arange(len(of_cell))))[::-1]
    cell = np.zeros(many, np.int64)
    cell[of_cell[cells]] = cells
    a, b, _ = ground.mesh.pairs
    one, two = of_cell[a], of_cell[b]
    inner = (one >= 0) & (two >= 0) & (one != two)
    low, high = np.minimum(one, two)[inner], np.maximum(one, two)[inner]
    pair = np.unique(low * np.int64(many) + high)
    border = np.zeros(many, bool)
    border[one[(one >= 0) & (two < 0)]] = True
    border[two[(two >= 0) & (one < 0)]] = True
    size = np.bincount(of_cell[(of_cell >= 0) & (ground.kind == ORDINARY)], minlength=many)
    touching = np.stack([pair // many, pair % many], axis=1)
    return Parcels(
        of_cell, cell, land.code[cell], land.mark[cell], ground.village[cell], land.bounded[cell],
        land.height[cell], land.far[cell], size, touching, border,
    )  # fmt: skip


def _units(ground: Ground, rng: np.random.Generator) -> Table:
    """Draw the villages; number clusters, towns and villages and give them names."""
    shapes, village = polygons(ground.mesh, ground.village)
    present, first = np.unique(village, return_index=True)
    parts = np.split(shapes, first[1:])
    geometry = np.array([shapely.multipolygons(list(p)) for p in parts], dtype=object)
    town = ground.town[present]
    cluster = ground.cluster[town]
    town_names = place_names(len(ground.seat), rng)
    village_names = place_names(len(ground.village_xy), rng)
    order = np.lexsort((present, town))
    rank = np.zeros(len(present), np.int64)
    rank[order] = np.arange(len(order)) - np.searchsorted(town[order], town[order])
    centre = [int(np.flatnonzero(ground.cluster == c)[0]) for c in range(ground.cluster.max() + 1)]
    data = pd.DataFrame({
        "village": present,
        "code": [f"{COUNTY}{t + 100:03d}{r + 200:03d}" for t, r in zip(town, rank)],
        "name": [village_names[v] + "村" for v in present],
        "town": [f"{COUNTY}{t + 100:03d}" for t in town],
        "town_name": [town_names[t] + "镇" for t in town],
        "cluster": [f"{COUNTY}P{c + 1}" for c in cluster],
        "cluster_name": [town_names[centre[c]] + "片区" for c in cluster],
    })  # fmt: skip
    place = data["code"].argsort().to_numpy()
    return Table(geometry[place], data.iloc[place].reset_index(drop=True))


def _seat(units: Table, village: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each village number its 19-digit unit code and its name."""
    row = np.zeros(int(units.data["village"].max()) + 1, np.int64)
    row[units.data["village"].to_numpy()] = np.arange(len(units))
    code = units.data["code"].to_numpy(dtype=object)[row[village]]
    return code + "0000000", units.data["name"].to_numpy(dtype=object)[row[village]]


def _landuse(parcels: Parcels, shapes: np.ndarray, units: Table, ridge: np.ndarray) -> Table:
    """Draw the survey's parcels."""
    tilled = starts(parcels.code, "01")
    place, place_name = _seat(units, parcels.village)
    data = pd.DataFrame({
        "id": serials("2001", len(shapes)).astype(object),
        "code": parcels.code.astype(object),
        "name": names(parcels.code, SURVEY),
        "deduction": np.where(tilled, ridge[parcels.village], np.nan),
        "settlement": parcels.mark.astype(object),
        "place": place,
        "place_name": place_name,
        "village": parcels.village,
    })  # fmt: skip
    return Table(shapes, data)


def _planned(
    ground: Ground, parcels: Parcels, plan: Plan, units: Table, ridge: np.ndarray
) -> tuple[Table, np.ndarray]:
    """Draw the planned parcels, and find those that are base parcels."""
    shapes, label = polygons(ground.mesh, plan.of_cell)
    cell = np.zeros(len(plan.code), np.int64)
    inside = np.flatnonzero(plan.of_cell >= 0)[::-1]
    cell[plan.of_cell[inside]] = inside
    village = ground.village[cell[label]]
    code = plan.code[label]
    place, place_name = _seat(units, village)
    data = pd.DataFrame({
        "id": serials("2002", len(shapes)).astype(object),
        "code": code.astype(object),
        "name": names(code, PLAN),
        "deduction": np.where(starts(code, "01"), ridge[village], np.nan),
        "place": place,
        "place_name": place_name,
        "village": village,
        "bounded": parcels.bounded[parcels.of_cell[cell[label]]],
    })  # fmt: skip
    row = np.full(len(plan.code), -1, np.int64)
    row[label] = np.arange(len(label))
    return Table(shapes, data), np.where(plan.whole, row[plan.of_cell[parcels.cell]], -1)


def _farmland(
    parcels: Parcels, zones: Zones, shapes: np.ndarray, units: Table, ridge: np.ndarray
) -> Table:
    """Draw basic farmland parcel by parcel."""
    which = np.flatnonzero(zones.farmland)
    place, place_name = _seat(units, parcels.village[which])
    data = pd.DataFrame({
        "id": serials("2005", len(which)).astype(object),
        "code": parcels.code[which].astype(object),
        "name": names(parcels.code[which], SURVEY),
        "deduction": ridge[parcels.village[which]],
        "place": place,
        "place_name": place_name,
        "village": parcels.village[which],
        "parcel": which,
    })  # fmt: skip
    return Table(moved(shapes, zones, which), data)


def _zone(ground: Ground, parcels: Parcels, flag: np.ndarray, units: Table, layer: str) -> Table:
    """Draw a zone as the joined shapes of its parcels."""
    own = np.maximum(parcels.of_cell, 0)
    label = np.where((parcels.of_cell >= 0) & flag[own], 0, -1)
    shapes, _ = polygons(ground.mesh, label)
    shapes = shapes[np.lexsort(np.round(shapely.bounds(shapes), 3).T)]
    data = pd.DataFrame({"id": serials(layer, len(shapes)).astype(object)})
    return Table(shapes, data)


def measured(made: Made) -> dict[str, np.ndarray]:
    """Give, per indicator, each village's value in m2 (in order of the units)."""
    village = made.tables["units"].data["village"].to_numpy()
    many = int(village.max()) + 1
    plan = made.tables["plan"]
    area, home = true_area(plan.geometry), plan.data["village"].to_numpy()
    code = plan.data["code"].to_numpy().astype("U6")
    net = area * (1 - plan.data["deduction"].fillna(0).to_numpy())
    bounded = plan.data["bounded"].to_numpy()
    construction = starts(code, *(f"{i:02d}" for i in range(7, 17)))
    regional = starts(code, "1201", "1202", "1203", "1204", "1205", "1206", "1311")
    urban_rural = construction & ~regional & ~starts(code, "1002", "1003", "15")
    own_village = urban_rural & (starts(code, "0703", "0704") | (~bounded))
    own_village &= ~starts(code, "0701", "0702")
    base = true_area(made.shapes)
    where = made.parcels.village
    farm = made.tables["farmland"]
    farm_net = true_area(farm.geometry) * (1 - farm.data["deduction"].fillna(0).to_numpy())

    def total(values: np.ndarray, homes: np.ndarray) -> np.ndarray:
        return np.bincount(homes, values, minlength=many)[village]

    return {
        "farmland": total(np.where(starts(code, "01"), net, 0), home),
        "basic_farmland": total(farm_net, farm.data["village"].to_numpy()),
        "redline": total(base * made.zones.redline, where),
        "construction": total(area * urban_rural, home),
        "construction_total": total(area * construction, home),
        "village_construction": total(area * own_village, home),
        "boundary": total(base * made.zones.boundary, where),
    }


__all__ = ["CENTRE", "CRS", "Made", "Table", "make", "measured", "serials", "true_area"]
