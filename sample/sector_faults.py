# SPDX-License-Identifier: GPL-2.0-or-later
"""Conflicts built into a made county's sector plans: each is found once, and nothing beside it."""

from __future__ import annotations

from typing import Callable

import numpy as np
import shapely

from .codes import starts
from .sector_demand import crowd_town
from .sector_draw import drawn, inner, parts, strip
from .sector_kinds import KINDS
from .sector_sower import Laid, SectorSower
from .sectors import Planner

MOST = 20  # of one kind
_FORMS = {kind.id: kind.form for kind in KINDS}
_EARLY, _LATE = (2022, 2024), (2026, 2028)
_ONE, _OTHER = (2024, 2027), (2026, 2029)
# two plans that want one ground: plan, use, name of each
_RIVALS = (
    (("care", "080701", "老年活动用房项目"), ("sewage", "1302", "污水泵站工程")),
    (("education", "080403", "校园扩建项目"), ("pigs", "060202", "生猪育肥场项目")),
    (("health", "080602", "医疗业务用房项目"), ("housing", "0703", "农房集中安置项目")),
)  # fmt: skip
_HOLDERS = (("education", "080403", "校园扩建项目"), ("fire", "1310", "消防取水点工程"))
_CROSSED = (
    (("health", "080602", "医疗业务用房项目"), ("ruralroad", "1207", "村道延伸工程")),
    (("transport", "1202", "公路改线工程"), ("farmland", "0103", "高标准农田建设项目")),
)  # fmt: skip
_SPOTTED = (("housing", "0703", "农房集中安置项目"), ("telecom", "1306", "通信基站工程"))
_TOWN = (("education", "080403", "校园扩建项目"), ("industry", "1001", "标准厂房项目"))
_ALIKE = (
    (("education", "080403", "校园共享操场项目"), ("culture", "0803", "文化用房项目")),
    (("health", "080602", "公共卫生用房项目"), ("care", "080701", "养老床位扩建项目")),
)  # fmt: skip
_TWINS = (
    ("health", "080602", "卫生室", 1_000.0), ("care", "080701", "幸福院", 1_000.0),
    ("culture", "0805", "健身场地", 800.0), ("education", "080404", "幼儿园", 1_000.0),
)  # fmt: skip
_KEPT_OFF = (
    ("farmland", "0103", "高标准农田建设项目", ("01",)),
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


def _blank(sower: SectorSower, fit: np.ndarray) -> tuple[int, shapely.Geometry] | None:
    """Plan a fitting parcel as land kept blank, which takes any use; gives it and its inside."""
    for _ in range(5):
        parcel = sower.pick(fit)
        if parcel is None:
            return None
        shape = inner(sower.made.shapes[parcel])
        if shape is not None and shape.area > 500:
            sower.replan(parcel, "16")
            return parcel, shape
    return None


def _rival(sower: SectorSower, turn: int) -> None:
    """Let two plans draw their projects partly over each other."""
    one, two = _RIVALS[turn % len(_RIVALS)]
    found = _blank(sower, sower.village_land())
    if found:
        parcel, shape = found
        _clash(sower, parcel, one, strip(shape, 0.0, 0.6), two, strip(shape, 0.4, 1.0),
               "两个专项规划的项目用地重叠")  # fmt: skip


def _contained(sower: SectorSower, turn: int) -> None:
    """Let one plan's project lie wholly inside another's."""
    found = _blank(sower, sower.village_land())
    if found:
        parcel, shape = found
        _clash(sower, parcel, _HOLDERS[0], shape, _HOLDERS[1], strip(shape, 0.35, 0.65),
               "项目用地完全落在另一规划的项目内")  # fmt: skip


def _crossed(sower: SectorSower, turn: int) -> None:
    """Lead a road over another plan's project."""
    found = _blank(sower, sower.village_land())
    if found is None:
        return
    parcel, shape = found
    pair = []
    for plan, use, stem in _CROSSED[turn % len(_CROSSED)]:
        form = _FORMS[plan]
        pair.append(((plan, use, stem), drawn(shape, form, 5.0) if form == "line"
                     else strip(shape, 0.3, 0.7)))  # fmt: skip
    _clash(sower, parcel, *pair[0], *pair[1], "道路穿越另一规划的项目用地")


def _spotted(sower: SectorSower, turn: int) -> None:
    """Set a mast into another plan's project."""
    found = _blank(sower, sower.village_land())
    if found:
        parcel, shape = found
        _clash(sower, parcel, _SPOTTED[0], shape, _SPOTTED[1], drawn(shape, "point", 9.0),
               "点状设施落在另一规划的项目用地内")  # fmt: skip


def _in_town(sower: SectorSower, turn: int) -> None:
    """Let a school and a factory want one ground inside the boundary."""
    fit = sower.clear & sower.made.zones.boundary & sower.ground.built
    found = _blank(sower, fit & starts(sower.ground.planned, "07", "10", "09"))
    if found:
        parcel, shape = found
        _clash(sower, parcel, _TOWN[0], strip(shape, 0.0, 0.7), _TOWN[1], strip(shape, 0.5, 1.0),
               "城镇开发边界内两个专项规划争地")  # fmt: skip


def _clash(
    sower: SectorSower, parcel: int, one: tuple[str, str, str], first: shapely.Geometry | None,
    two: tuple[str, str, str], second: shapely.Geometry | None, what: str,
) -> None:  # fmt: skip
    if first is None or second is None:
        return
    a = sower.lay(*one, parcel, first, _EARLY)
    b = sower.lay(*two, parcel, second, _LATE)
    sower.tell_shared("sector.overlap", what, a, b)


def _whole(sower: SectorSower, fit: np.ndarray, plan: str, use: str, stem: str) -> Laid | None:
    """Lay out a project in a fitting parcel's inside, in the form of its plan."""
    for _ in range(5):
        parcel = sower.pick(fit)
        if parcel is None:
            return None
        places = parts(sower.made.shapes[parcel], 1)
        shape = drawn(places[0], _FORMS[plan], 5.0) if places else None
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
    fit = sower.made.zones.farmland & sower.still & starts(sower.ground.planned, "01")
    laid = _whole(sower, fit, "forestry", "0301", "国家储备林项目")
    _zone(sower, laid, "farmland", "forbid", "error", "造林项目占用永久基本农田")


def _farmland_track(sower: SectorSower, turn: int) -> None:
    fit = sower.made.zones.farmland & sower.still & starts(sower.ground.planned, "01")
    laid = _whole(sower, fit, "ruralroad", "060102", "田间道工程")
    _zone(sower, laid, "farmland", "conditional", "warning", "田间道穿越永久基本农田")


def _redline_blank(sower: SectorSower, turn: int) -> None:
    fit = sower.made.zones.redline & sower.ground.affordable()
    laid = _whole(sower, fit, "housing", "16", "远期备用地项目")
    _zone(sower, laid, "redline", "forbid", "error", "备用地项目占用生态保护红线")


def _redline_road(sower: SectorSower, turn: int) -> None:
    fit = sower.made.zones.redline & starts(sower.ground.planned, "03", "04")
    laid = _whole(sower, fit, "transport", "1202", "公路新建工程")
    _zone(sower, laid, "redline", "conditional", "warning", "公路穿越生态保护红线")
    _planned(sower, laid, "同一公路位于规划林草地上")


def _boundary_new(sower: SectorSower, turn: int) -> None:
    fit = sower.outside & ~sower.ground.built & sower.ground.affordable()
    laid = _whole(sower, fit & starts(sower.ground.planned, "01", "02"), "housing", "0701",
                  "保障性住房项目")  # fmt: skip
    if laid is not None:
        sower.replan(laid.parcel, "0703")
    _zone(sower, laid, "boundary", "conditional", "warning", "城镇住房项目位于城镇开发边界外")


def _boundary_old(sower: SectorSower, turn: int) -> None:
    laid = _whole(sower, sower.village_land(), "housing", "0701", "老旧小区改造项目")
    _zone(sower, laid, "boundary", "conditional", "info", "现状住房改造位于城镇开发边界外",
          "existing")  # fmt: skip


def _plan_pump(sower: SectorSower, turn: int) -> None:
    fit = sower.outside & starts(sower.ground.planned, "01", "02")
    laid = _whole(sower, fit, "water", "1311", "提灌站新建工程")
    _planned(sower, laid, "水工设施位于规划耕园地上")


def _plan_road(sower: SectorSower, turn: int) -> None:
    fit = sower.outside & starts(sower.ground.planned, "01", "03")
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


def _at_once(sower: SectorSower, turn: int) -> None:
    """Let two plans whose uses go together build on one ground in the same years."""
    one, two = _ALIKE[turn % len(_ALIKE)]
    found = _blank(sower, sower.village_land())
    if found is None:
        return
    parcel, shape = found
    first, second = strip(shape, 0.0, 0.65), strip(shape, 0.35, 1.0)
    if first is not None and second is not None:
        a, b = sower.lay(*one, parcel, first, _ONE), sower.lay(*two, parcel, second, _OTHER)
        sower.tell_shared("sector.sequence", "后建项目在先建项目完工前开工", a, b)


def _phases(sower: SectorSower, turn: int) -> None:
    """Let two phases of one project overlap in ground and in years."""
    parcel = sower.pick(sower.village_land())
    shape = None if parcel is None else inner(sower.made.shapes[parcel])
    first, second = (strip(shape, 0.0, 0.6), strip(shape, 0.4, 1.0)) if shape else (None, None)
    if parcel is None or first is None or second is None:
        return
    laid = sower.lay("housing", "0703", "农村危房改造项目", parcel, first, _ONE)
    plan = sower.planner.plans["housing"]
    plan.extend(laid.code, _OTHER, (parcel, second, float("nan")))
    sower.tell_shared("sector.sequence", "同一项目两期用地和工期重叠", laid,
                      Laid(laid.plan, laid.code, parcel, second))  # fmt: skip


def _backwards(sower: SectorSower, turn: int) -> None:
    """Let a project be done before it begins."""
    added = sower.planner.add_one(sower.planner.plans["ecology"], (2030, 2027))
    if added:
        laid = Laid("ecology", added[0].project, added[1], shapely.Point())
        sower.tell("sector.sequence", "完工年份早于开工年份", laid)


def _twins(sower: SectorSower, turn: int) -> None:
    """Build two facilities of one type nearer than one of them serves."""
    plan, use, stem, radius = _TWINS[turn % len(_TWINS)]
    spots = shapely.get_coordinates(shapely.centroid(sower.made.shapes))
    for _ in range(8):
        fit = sower.village_land()
        first = sower.pick(fit)
        if first is None:
            return
        away = np.hypot(*(spots - spots[first]).T)
        second = sower.pick(fit & (away > 60) & (away < 0.8 * radius))
        rooms = [parts(sower.made.shapes[one], 1) for one in (first, second) if one is not None]
        if len(rooms) < 2 or not all(rooms):
            continue
        centres = [shapely.get_coordinates(room[0].centroid)[0] for room in rooms]
        if not all(sower.planner.clear(stem, spot, radius + 50) for spot in centres):
            continue
        laid = []
        for parcel, room, spot in zip((first, second), rooms, centres):
            if parcel is not None:
                sower.replan(parcel, _PLANNED[use])
                laid.append(sower.lay(plan, use, stem, parcel, room[0]))
                sower.planner.standing.setdefault(stem, []).append(spot)
        unit = sower.unit(laid[int(laid[1].ground.area > laid[0].ground.area)].parcel)
        sower.tell("sector.duplicate", "同类设施间距小于服务半径", *laid, unit=unit)
        return


_PLANNED = {"080602": "080602", "080701": "0807", "0805": "0805", "080404": "080403"}


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
    _kept_off, _in_town, _twins, _rival, _contained, _crossed, _spotted, _farmland_wood,
    _farmland_track, _redline_blank, _redline_road, _boundary_new, _boundary_old, _plan_pump,
    _plan_road, _plan_sty, _at_once, _phases, _backwards, _list_fault,
)  # fmt: skip
