# SPDX-License-Identifier: GPL-2.0-or-later
"""Conflicts built into a made county's sector plans: each is found once, and nothing beside it."""

from __future__ import annotations

from typing import Callable

import numpy as np
import shapely

from .sector_demand import crowd_town
from .sector_draw import drawn, inner, parts
from .sector_kinds import FORMS, KINDS
from .sector_rivals import (
    at_once,
    contained,
    crossed,
    in_town,
    phases,
    rival,
    spotted,
    twins,
)  # fmt: skip
from .sector_sower import Laid, SectorSower
from .sectors import Planner

MOST = 20  # of one kind
_KEPT_OFF = (
    ("fieldworks", "0103", "高标准农田建设项目", ("01",)),
    ("forestry", "0301", "林分抚育项目", ("03",)),
    ("agripark", "0201", "柑橘产业园", ("02",)),
)  # fmt: skip


def seed_conflicts(planner: Planner) -> SectorSower:
    """Build all kinds of conflicts into the plans, about one of each per thousand parcels.

    To be done before the quotas are made and the plans are filled: some parcels are replanned.
    """
    sower = SectorSower(planner)
    many = int(np.clip(len(planner.made.parcels.code) // 1000, 1, MOST))
    for kind in _KINDS:
        for turn in range(many):
            kind(sower, turn)
    crowd_town(sower, min(1 + many // 8, 3))
    return sower


def _whole(sower: SectorSower, fit: np.ndarray, plan: str, use: str, stem: str) -> Laid | None:
    """Lay out a project in a fitting parcel's inside, in the form of its plan."""
    for _ in range(5):
        parcel = sower.pick(fit)
        if parcel is None:
            return None
        places = parts(sower.made.shapes[parcel], 1)
        shape = drawn(places[0], FORMS[plan], 5.0) if places else None
        if shape is not None:
            return sower.lay(plan, use, stem, parcel, shape)
    return None


def _zone(
    sower: SectorSower, laid: Laid | None, role: str, verdict: str, severity: str, what: str,
    change: str = "new",
) -> None:  # fmt: skip
    if laid is not None:
        sower.tell(f"sector.control.{role}", what, laid, object_layer=role, verdict=verdict,
                   severity=severity, change=change, area_m2=sower.area(laid.ground))  # fmt: skip


def _farmland_wood(sower: SectorSower, turn: int) -> None:
    fit = sower.made.zones.farmland & sower.still & sower.ground.planned("01")
    laid = _whole(sower, fit, "forestry", "0301", "国家储备林项目")
    _zone(sower, laid, "farmland", "forbid", "error", "造林项目占用永久基本农田")


def _farmland_track(sower: SectorSower, turn: int) -> None:
    fit = sower.made.zones.farmland & sower.still & sower.ground.planned("01")
    laid = _whole(sower, fit, "ruralroad", "060102", "田间道工程")
    _zone(sower, laid, "farmland", "conditional", "warning", "田间道穿越永久基本农田")


def _redline_blank(sower: SectorSower, turn: int) -> None:
    fit = sower.made.zones.redline & sower.ground.affordable()
    laid = _whole(sower, fit, "housing", "16", "远期备用地项目")
    _zone(sower, laid, "redline", "forbid", "error", "备用地项目占用生态保护红线")


def _redline_road(sower: SectorSower, turn: int) -> None:
    fit = sower.made.zones.redline & sower.ground.planned("03", "04")
    laid = _whole(sower, fit, "transport", "1202", "公路新建工程")
    _zone(sower, laid, "redline", "conditional", "warning", "公路穿越生态保护红线")
    _planned(sower, laid, "同一公路位于规划林草地上")


def _boundary_new(sower: SectorSower, turn: int) -> None:
    fit = sower.outside & ~sower.ground.built & sower.ground.affordable()
    laid = _whole(sower, fit & sower.ground.planned("01", "02"), "housing", "0701",
                  "保障性住房项目")  # fmt: skip
    if laid is not None:
        sower.ground.replan(laid.parcel, "0703")
    _zone(sower, laid, "boundary", "conditional", "warning", "城镇住房项目位于城镇开发边界外")


def _boundary_old(sower: SectorSower, turn: int) -> None:
    laid = _whole(sower, sower.village_land(), "housing", "0701", "老旧小区改造项目")
    _zone(sower, laid, "boundary", "conditional", "info", "现状住房改造位于城镇开发边界外",
          "existing")  # fmt: skip


def _plan_pump(sower: SectorSower, turn: int) -> None:
    fit = sower.outside & sower.ground.planned("01", "02")
    laid = _whole(sower, fit, "water", "1311", "提灌站新建工程")
    _planned(sower, laid, "水工设施位于规划耕园地上")


def _plan_road(sower: SectorSower, turn: int) -> None:
    fit = sower.outside & sower.ground.planned("01", "03")
    laid = _whole(sower, fit, "transport", "1202", "公路新建工程")
    _planned(sower, laid, "公路位于规划耕林地上")


def _plan_sty(sower: SectorSower, turn: int) -> None:
    laid = _whole(sower, sower.village_land(), "pigs", "060202", "生猪养殖场改扩建项目")
    _planned(sower, laid, "养殖场位于规划宅基地上")


def _planned(sower: SectorSower, laid: Laid | None, what: str) -> None:
    if laid is not None:
        sower.tell("sector.plan", what, laid, object_layer="plan", area_m2=sower.area(laid.ground))


def _list_fault(sower: SectorSower, turn: int) -> None:
    """Let a plan's list tell otherwise than its layout, in each way once."""
    for number, way in enumerate(("列表缺项", "布局缺项", "面积不符", "年份不符")):
        plan = sower.planner.plans[KINDS[(4 * turn + number) % len(KINDS)].id]
        added = sower.planner.add_one(plan)
        if added is None:
            continue
        row, parcel = added
        if way == "列表缺项":
            plan.listed.remove(row)
        elif way == "布局缺项":
            plan.features = [one for one in plan.features if one.project != row.project]
            row.hectares, parcel = float(np.round(sower.rng.uniform(0.2, 1.5), 4)), -1
        elif way == "面积不符":
            row.stretch = float(sower.rng.choice((0.6, 0.85, 1.25, 1.6)))
        else:
            row.start, row.end = row.start + 2, row.end + 2
        laid = Laid(plan.kind.id, row.project, parcel, shapely.Point())
        level = "county" if parcel < 0 else "village"
        sower.tell("sector.projects", f"项目库与布局图不一致：{way}", laid, level=level)


def _backwards(sower: SectorSower, turn: int) -> None:
    """Let a project be done before it begins."""
    added = sower.planner.add_one(sower.planner.plans["ecology"], (2030, 2027))
    if added:
        laid = Laid("ecology", added[0].project, added[1], shapely.Point())
        sower.tell("sector.sequence", "完工年份早于开工年份", laid)


def _kept_off(sower: SectorSower, turn: int) -> None:
    """Let a project lie on land that is reserved for something else."""
    plan, use, stem, planned = _KEPT_OFF[turn % len(_KEPT_OFF)]
    ground = sower.ground
    fit = ground.takes(use, planned, False) & (ground.held.sum(axis=0) == 1)
    for _ in range(8):
        parcel = sower.pick(fit, True)
        place = inner(sower.made.shapes[parcel]) if parcel is not None else None
        if parcel is None or place is None:
            continue
        row = int(np.flatnonzero(ground.held[:, parcel])[0])
        shared = shapely.intersection(place, ground.reserves[row].shape)
        if shared.area > 100:
            laid = sower.lay(plan, use, stem, parcel, place)
            sower.tell("sector.reserve", "项目占用预留用地", laid, object_layer="reserve",
                       object_id=str(sower.made.tables["reserve"].data["id"].iloc[row]),
                       area_m2=sower.area(shared))  # fmt: skip
            return


_KINDS: tuple[Callable[[SectorSower, int], None], ...] = (
    _kept_off, in_town, twins, rival, contained, crossed, spotted, _farmland_wood,
    _farmland_track, _redline_blank, _redline_road, _boundary_new, _boundary_old, _plan_pump,
    _plan_road, _plan_sty, at_once, phases, _backwards, _list_fault,
)  # fmt: skip
