# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of the data itself: shapes, codes, ridges, overlaps, gaps, land outside the county."""

from __future__ import annotations

import numpy as np
import shapely

from .codes import COUNTY, starts
from .county import Made, Table
from .sower import Sower


def bow_tie(sower: Sower) -> None:
    """Tie a small loop into the longest edge of a survey parcel."""
    parcel = sower.pick(sower.open & (sower.made.parcels.size > 0))
    if parcel is None:
        return
    shape = sower.made.shapes[parcel]
    xy = shapely.get_coordinates(shapely.get_exterior_ring(shape))
    way = np.diff(xy, axis=0)
    at = int(np.argmax(np.hypot(*way.T)))
    along, across = way[at], np.array([-way[at][1], way[at][0]]) / np.hypot(*way[at])
    loop = [xy[at] + 0.6 * along, xy[at] + 0.5 * along + 0.1 * across,
            xy[at] + 0.4 * along - 0.1 * across]  # fmt: skip
    ring = np.round(np.concatenate([xy[: at + 1], loop, xy[at + 1 :]]), 4)
    holes = [shapely.get_coordinates(hole) for hole in shape.interiors]
    sower.made.tables["landuse"].geometry[parcel] = shapely.Polygon(ring, holes)
    # reading knows no villages yet, so what it finds is told of the county
    sower.add("data.geometry", "基期图斑自相交", severity="warning", level="county", unit=COUNTY,
              subject_layer="landuse", subject_id=sower.id_of("landuse", parcel))  # fmt: skip


def bad_code(sower: Sower) -> None:
    """Give a survey parcel a code that no table has."""
    parcel = sower.pick(sower.open)
    if parcel is None:
        return
    data = sower.made.tables["landuse"].data
    data.loc[parcel, ["code", "name"]] = ["0199", "未知地类"]
    data.loc[parcel, "deduction"] = np.nan
    sower.add("data.code", "基期地类代码不在代码表中", parcel, severity="error",
              subject_layer="landuse", subject_id=sower.id_of("landuse", parcel),
              area_m2=sower.area(sower.made.shapes[parcel]))  # fmt: skip


def bad_ridges(sower: Sower) -> None:
    """Give a survey field a share of ridges that can't be."""
    parcel = sower.pick(sower.open & starts(sower.made.parcels.code, "01"))
    if parcel is None:
        return
    value = float(sower.rng.choice([1.5, -0.08, 9.8]))
    sower.made.tables["landuse"].data.loc[parcel, "deduction"] = value
    sower.add("data.deduction", f"田坎系数为 {value}", parcel, severity="error",
              subject_layer="landuse", subject_id=sower.id_of("landuse", parcel))  # fmt: skip


def overlap(sower: Sower) -> None:
    """Let a planned parcel reach over a neighbour of the same use."""
    made = sower.made
    one, two = made.parcels.touching.T
    alike = sower.planned[one] == sower.planned[two]
    alike &= made.parcels.village[one] == made.parcels.village[two]
    alike &= sower.open[one] & sower.open[two] & sower.known[one] & sower.known[two]
    fit = np.zeros(len(made.parcels.code), bool)
    fit[one[alike]] = True
    parcel = sower.pick(fit)
    if parcel is None:
        return
    other = int(two[np.flatnonzero(alike & (one == parcel))[0]])
    shape = made.shapes[parcel]
    part = shapely.intersection(made.shapes[other], shapely.buffer(shape, 12, quad_segs=2))
    # of two features the first counts, so the later one is the subject
    rows = sorted((int(made.plan_of[parcel]), int(made.plan_of[other])), reverse=True)
    made.tables["plan"].geometry[made.plan_of[parcel]] = shapely.union(shape, part)
    sower.add("data.overlap", "规划图斑重叠", parcel, severity="warning", subject_layer="plan",
              subject_id=sower.id_of("plan", rows[0]), object_layer="plan",
              object_id=sower.id_of("plan", rows[1]), area_m2=sower.area(part))  # fmt: skip


def outside(sower: Sower) -> None:
    """Let a planned parcel at the county's edge reach beyond it."""
    made, ground = sower.made, sower.made.ground
    own = made.parcels.of_cell
    a, b = ground.mesh.a, ground.mesh.b
    hull = ground.mesh.hull()
    rim = hull.copy()  # cells at the mesh's own edge have no natural shape
    rim[b[hull[a]]] = True
    edge = (own[a] >= 0) & (own[b] < 0) & (ground.mesh.length > 20) & ~rim[b]
    fit = np.zeros(len(made.parcels.code), bool)
    fit[own[a[edge]]] = True
    fit &= ~made.zones.any & ~made.parcels.bounded & sower.known & sower.still
    parcel = sower.pick(fit)
    if parcel is None:
        return
    beyond = b[np.flatnonzero(edge & (own[a] == parcel))]
    shape = min((sower.cell(int(cell)) for cell in beyond), key=shapely.area)
    row = int(made.plan_of[parcel])
    made.tables["plan"].geometry[row] = shapely.union(made.shapes[parcel], shape)
    sower.add("data.outside", "规划图斑超出县域", parcel, severity="info", subject_layer="plan",
              subject_id=sower.id_of("plan", row), object_layer="units",
              area_m2=sower.area(shape))  # fmt: skip


def gap(sower: Sower, removed: list[int]) -> None:
    """Choose a survey parcel to leave out, at most one to a village."""
    villages = sower.made.parcels.village
    parcel = sower.pick(sower.open & ~np.isin(villages, villages[np.array(removed, int)]))
    if parcel is None:
        return
    removed.append(parcel)
    sower.add("data.gap", "基期图斑缺失", parcel, severity="warning", subject_layer="units",
              subject_id=sower.unit(parcel), object_layer="landuse",
              area_m2=sower.area(sower.made.shapes[parcel]))  # fmt: skip


def drop(made: Made, rows: list[int]) -> None:
    """Take survey parcels out."""
    table = made.tables["landuse"]
    keep = np.ones(len(table), bool)
    keep[rows] = False
    made.tables["landuse"] = Table(table.geometry[keep], table.data[keep].reset_index(drop=True))


def unusable(sower: Sower) -> None:
    """Add a red-line feature without any width."""
    parcel = sower.pick(sower.open)
    if parcel is None:
        return
    x, y = shapely.get_coordinates(sower.made.shapes[parcel].representative_point())[0].round(2)
    flat = shapely.Polygon([(x, y), (x + 10, y), (x + 20, y), (x, y)])
    subject = sower.append("redline", flat)
    sower.add("data.unusable", "生态保护红线图形没有面积，该指标不予判定", severity="error",
              level="county", unit=COUNTY,
              subject_layer="redline", subject_id=subject)  # fmt: skip
