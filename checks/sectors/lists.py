# SPDX-License-Identifier: GPL-2.0-or-later
"""Project lists against layouts (`sector.projects`), facilities planned twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from ...layers.words import pick, say
from .record import Batch, nothing, record
from .scene import groups

if TYPE_CHECKING:
    from .scene import Scene

PROJECTS, DUPLICATE = "sector.projects", "sector.duplicate"


def check_projects(scene: Scene) -> gpd.GeoDataFrame:
    """Find the projects that list and layout don't tell alike: absent, other area, other years.

    A plan without a list, or whose list or layout could not be read, is not asked, nor about its
    area a project of which a feature can't be used (a line without a width): that is told already.
    """
    own = scene.plans.projects
    reasons: list[list[str]] = [[] for _ in range(len(own))]
    both = _comparable(scene)
    listed, laid = (own[name].to_numpy(dtype=bool) for name in ("in_list", "in_layout"))
    for row in np.flatnonzero(both & listed & ~laid):
        reasons[row].append(say("sectors.projects.no_layout"))
    for row in np.flatnonzero(both & laid & ~listed):
        reasons[row].append(say("sectors.projects.no_entry"))
    asked = both & listed & laid
    whole = own["whole"].to_numpy(dtype=bool)
    area, wanted = scene.ground_m2, own["listed_m2"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        off = (
            asked
            & whole
            & (np.abs(area - wanted) > scene.standard.tolerance("project_area") * wanted)
        )
    for row in np.flatnonzero(off):
        words = {"listed": wanted[row] / 1e4, "laid": area[row] / 1e4}
        reasons[row].append(say("sectors.projects.area", **words))
    for row in np.flatnonzero(asked & _other_years(scene)):
        reasons[row].append(_years(scene, int(row)))
    return _told(scene, reasons, off)


def _comparable(scene: Scene) -> np.ndarray:
    """Tell which projects belong to a plan that has both list and layout, read whole."""
    sectors = scene.plans.sectors
    has = (sectors["project_list"] != "") & (sectors["layout"] != "")
    has &= ~sectors["sector"].isin(list(scene.plans.unread))
    return has.to_numpy()[scene.sector] & scene.in_run


def _other_years(scene: Scene) -> np.ndarray:
    own = scene.plans.projects
    out = np.zeros(len(own), dtype=bool)
    for drawn, listed in (("start", "list_start"), ("end", "list_end")):
        a, b = own[drawn].to_numpy(dtype=float), own[listed].to_numpy(dtype=float)
        with np.errstate(invalid="ignore"):
            out |= np.abs(a - b) > 0
    return out


def _years(scene: Scene, row: int) -> str:
    def span(first: float, last: float) -> str:
        return "–".join("?" if np.isnan(year) else f"{year:.0f}" for year in (first, last))

    one = scene.plans.projects.iloc[row]
    return say("sectors.projects.years", laid=span(one["start"], one["end"]),
               listed=span(one["list_start"], one["list_end"]))  # fmt: skip


def _told(scene: Scene, reasons: list[list[str]], off: np.ndarray) -> gpd.GeoDataFrame:
    rows = np.flatnonzero([bool(texts) for texts in reasons])
    own = scene.plans.projects
    labels = own["label"].to_numpy(dtype=object)[rows]
    texts = [pick("；", "; ").join(reasons[row]) for row in rows]
    area, listed = scene.ground_m2[rows], own["listed_m2"].to_numpy(dtype=float)[rows]
    columns = {
        "message": [
            say("sectors.projects", label=label, reasons=text)
            for label, text in zip(labels, texts)
        ],
        "value": np.where(off[rows], area, np.nan), "limit": np.where(off[rows], listed, np.nan),
        "excess": np.where(off[rows], np.abs(area - listed), np.nan),
        "unit_of_measure": np.where(off[rows], "m2", "").astype(object),
    }  # fmt: skip
    no_land = np.full(len(rows), np.nan)  # list and layout are at odds, no land is in dispute
    nobody = np.full(len(rows), -1)
    return record(scene, Batch(PROJECTS, scene.plans.ground[rows], no_land, rows, nobody, columns))


def check_duplicates(scene: Scene) -> gpd.GeoDataFrame:
    """Find pairs of facilities of one type whose centres are nearer than one of them serves.

    A project of several separate parts has a centre in each of them.
    """
    own = scene.plans.projects
    names = own["name"].to_numpy(dtype=object)
    kinds = scene.standard.facility_of(names, own["use"].to_numpy(dtype=object))
    known = {one.id: one for one in scene.standard.facilities()}
    radius = np.array([known[kind].radius_m if kind else np.nan for kind in kinds], dtype=float)
    rows = np.flatnonzero((radius > 0) & (scene.ground_m2 > 0))
    a, b, far = _near_pairs(scene.plans.ground[rows], kinds[rows], radius[rows])
    if not len(a):
        return nothing(scene)
    a, b = rows[a], rows[b]
    asked = scene.in_run[a] | scene.in_run[b]
    a, b, far = a[asked], b[asked], far[asked]
    shapes = shapely.union(scene.plans.ground[a], scene.plans.ground[b])
    labels = own["label"].to_numpy(dtype=object)
    columns = {
        "value": far, "limit": radius[a], "excess": radius[a] - far, "unit_of_measure": "m",
        "message": [
            say("sectors.duplicate", facility=known[kinds[one]].name, label=labels[one],
                other=labels[two], distance=metres, radius=radius[one])
            for one, two, metres in zip(a, b, far)
        ],
    }  # fmt: skip
    nothing_m2 = np.full(len(a), np.nan)
    return record(scene, Batch(DUPLICATE, shapes, nothing_m2, a, b, columns))


def _near_pairs(
    ground: np.ndarray, kinds: np.ndarray, radius: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair facilities of one type whose parts' centres are nearer than the radius: rows, metres."""
    parts, owner = shapely.get_parts(ground, return_index=True)
    centres = shapely.centroid(parts)
    i, k = shapely.STRtree(centres).query(centres, "dwithin", distance=radius[owner])
    ahead = (owner[i] < owner[k]) & (kinds[owner[i]] == kinds[owner[k]])
    i, k = i[ahead], k[ahead]
    a, b, far = owner[i], owner[k], shapely.distance(centres[i], centres[k])
    near = far < radius[a]
    a, b, far = a[near], b[near], far[near]
    first, group = groups(a, b)
    best = np.full(len(first), np.inf)
    np.minimum.at(best, group, far)
    return a[first], b[first], best
