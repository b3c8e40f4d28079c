# SPDX-License-Identifier: GPL-2.0-or-later
"""Conflicts of two projects: on one ground, in the same years, of one kind too near."""

from __future__ import annotations

import numpy as np
import shapely

from .sector_draw import drawn, inner, parts, strip
from .sector_kinds import FORMS
from .sector_sower import Laid, SectorSower

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
    (("transport", "1202", "公路改线工程"), ("fieldworks", "0103", "高标准农田建设项目")),
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
_PLANNED = {"080602": "080602", "080701": "0807", "0805": "0805", "080404": "080403"}


def rival(sower: SectorSower, turn: int) -> None:
    """Let two plans draw their projects partly over each other."""
    one, two = _RIVALS[turn % len(_RIVALS)]
    found = _blank(sower, sower.village_land())
    if found:
        parcel, shape = found
        _clash(sower, parcel, one, strip(shape, 0.0, 0.6), two, strip(shape, 0.4, 1.0),
               "两个专项规划的项目用地重叠")  # fmt: skip


def contained(sower: SectorSower, turn: int) -> None:
    """Let one plan's project lie wholly inside another's."""
    found = _blank(sower, sower.village_land())
    if found:
        parcel, shape = found
        _clash(sower, parcel, _HOLDERS[0], shape, _HOLDERS[1], strip(shape, 0.35, 0.65),
               "项目用地完全落在另一规划的项目内")  # fmt: skip


def crossed(sower: SectorSower, turn: int) -> None:
    """Lead a road over another plan's project."""
    found = _blank(sower, sower.village_land())
    if found is None:
        return
    parcel, shape = found
    pair = []
    for plan, use, stem in _CROSSED[turn % len(_CROSSED)]:
        form = FORMS[plan]
        pair.append(((plan, use, stem), drawn(shape, form, 5.0) if form == "line"
                     else strip(shape, 0.3, 0.7)))  # fmt: skip
    _clash(sower, parcel, *pair[0], *pair[1], "道路穿越另一规划的项目用地")


def spotted(sower: SectorSower, turn: int) -> None:
    """Set a mast into another plan's project."""
    found = _blank(sower, sower.village_land())
    if found:
        parcel, shape = found
        _clash(sower, parcel, _SPOTTED[0], shape, _SPOTTED[1], drawn(shape, "point", 9.0),
               "点状设施落在另一规划的项目用地内")  # fmt: skip


def in_town(sower: SectorSower, turn: int) -> None:
    """Let a school and a factory want one ground inside the boundary."""
    fit = sower.clear & sower.made.zones.boundary & sower.ground.built
    found = _blank(sower, fit & sower.ground.planned("07", "10", "09"))
    if found:
        parcel, shape = found
        _clash(sower, parcel, _TOWN[0], strip(shape, 0.0, 0.7), _TOWN[1], strip(shape, 0.5, 1.0),
               "城镇开发边界内两个专项规划争地")  # fmt: skip


def at_once(sower: SectorSower, turn: int) -> None:
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


def phases(sower: SectorSower, turn: int) -> None:
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


def twins(sower: SectorSower, turn: int) -> None:
    """Build two facilities of one type nearer than one of them serves."""
    plan, use, stem, radius = _TWINS[turn % len(_TWINS)]
    for _ in range(8):
        fit = sower.village_land()
        first = sower.pick(fit)
        if first is None:
            return
        away = np.hypot(*(sower.spots - sower.spots[first]).T)
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
                sower.ground.replan(parcel, _PLANNED[use])
                laid.append(sower.lay(plan, use, stem, parcel, room[0]))
                sower.planner.standing.setdefault(stem, []).append(spot)
        unit = sower.unit(laid[int(laid[1].ground.area > laid[0].ground.area)].parcel)
        sower.tell("sector.duplicate", "同类设施间距小于服务半径", *laid, unit=unit)
        return


def _blank(sower: SectorSower, fit: np.ndarray) -> tuple[int, shapely.Geometry] | None:
    """Plan a fitting parcel as land kept blank, which takes any use; gives it and its inside."""
    for _ in range(5):
        parcel = sower.pick(fit)
        if parcel is None:
            return None
        shape = inner(sower.made.shapes[parcel])
        if shape is not None and shape.area > 500:
            sower.ground.replan(parcel, "16")
            return parcel, shape
    return None


def _clash(
    sower: SectorSower, parcel: int, one: tuple[str, str, str], first: shapely.Geometry | None,
    two: tuple[str, str, str], second: shapely.Geometry | None, what: str,
) -> None:  # fmt: skip
    if first is None or second is None:
        return
    a = sower.lay(*one, parcel, first, _EARLY)
    b = sower.lay(*two, parcel, second, _LATE)
    sower.tell_shared("sector.overlap", what, a, b)
