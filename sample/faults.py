# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults built into a made county: uses that a control line forbids, and lines that cross."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import numpy as np
import pandas as pd
import shapely

from .codes import starts
from .county import Made
from .data_faults import bad_code, bad_ridges, bow_tie, drop, gap, outside, overlap, unusable
from .sower import COLUMNS, Sower

MOST = 20  # of one kind


def seed_faults(made: Made, rng: np.random.Generator) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Build all kinds of faults into a county's layers, about one of each per thousand parcels.

    Gives the list of them, and which base parcels they lie on or beside.
    """
    sower = Sower(made, rng)
    many = int(np.clip(len(made.parcels.code) // 1000, 1, MOST))
    removed: list[int] = []
    for kind in _KINDS:
        for _ in range(many):
            kind(sower)
    for _ in range(many):
        gap(sower, removed)
    drop(made, removed)
    unusable(sower)
    return sower.listed, sower.used


def _plan_fault(
    sower: Sower, fit: np.ndarray, code: str, rule: str, role: str, verdict: str, what: str
) -> tuple[int, str] | None:
    """Plan a wrong use on a parcel of a zone (or outside one, where `role` is "boundary")."""
    parcel = sower.pick(fit & sower.known & sower.still & ~sower.made.parcels.border)
    if parcel is None:
        return None
    subject = sower.replan(parcel, code)
    target = "" if role == "boundary" else sower.holder(role, parcel)
    sower.add(rule, what, parcel, subject_layer="plan", subject_id=subject, object_layer=role,
              object_id=target, verdict=verdict, change="new",
              area_m2=sower.area(sower.made.shapes[parcel]))  # fmt: skip
    return parcel, subject


def _farmland_house(sower: Sower) -> None:
    _plan_fault(sower, sower.made.zones.farmland, "0703", "control.farmland", "farmland", "forbid",
                "规划宅基地占用永久基本农田")  # fmt: skip


def _farmland_orchard(sower: Sower) -> None:
    _plan_fault(sower, sower.made.zones.farmland, "0201", "control.farmland", "farmland", "forbid",
                "永久基本农田规划为果园")  # fmt: skip


def _farmland_road(sower: Sower) -> None:
    _plan_fault(sower, sower.made.zones.farmland, "1202", "control.farmland", "farmland",
                "conditional", "规划公路占用永久基本农田")  # fmt: skip


def _redline_industry(sower: Sower) -> None:
    done = _plan_fault(sower, sower.made.zones.redline, "1001", "control.redline", "redline",
                       "forbid", "规划工业用地占用生态保护红线")  # fmt: skip
    if done:
        sower.add("control.boundary", "同一工业用地位于城镇开发边界外", done[0],
                  subject_layer="plan", subject_id=done[1], object_layer="boundary",
                  verdict="conditional", change="new",
                  area_m2=sower.area(sower.made.shapes[done[0]]))  # fmt: skip


def _redline_house(sower: Sower) -> None:
    _plan_fault(sower, sower.made.zones.redline, "0703", "control.redline", "redline",
                "conditional", "规划宅基地位于生态保护红线内")  # fmt: skip


def _urban_outside(sower: Sower) -> None:
    fit = sower.open & starts(sower.made.parcels.code, "01", "02")
    _plan_fault(sower, fit, "0701", "control.boundary", "boundary", "conditional",
                "规划城镇住宅用地位于城镇开发边界外")  # fmt: skip


def _old_house(sower: Sower) -> None:
    """Lay basic farmland over a house that stands and stays."""
    fit = sower.open & sower.known & (sower.made.parcels.code == "0702")
    parcel = sower.pick(fit & (sower.planned == "0703"))
    if parcel is None:
        return
    shape = sower.made.shapes[parcel]
    target = sower.append("farmland", shape, parcel)
    subject = sower.id_of("plan", int(sower.made.plan_of[parcel]))
    sower.add("control.farmland", "现状宅基地位于永久基本农田内", parcel, subject_layer="plan",
              subject_id=subject, object_layer="farmland", object_id=target, verdict="forbid",
              change="existing", area_m2=sower.area(shape))  # fmt: skip


def _farmland_redline(sower: Sower) -> None:
    """Lay basic farmland over a field and the red line over half of it."""
    made = sower.made
    parcel = sower.pick(sower.open & starts(made.parcels.code, "01") & made.plan.farmed)
    if parcel is None:
        return
    shape = made.shapes[parcel]
    low_x, low_y, _, high_y = shapely.bounds(shape)
    half = shapely.intersection(shape, shapely.box(low_x, low_y, shape.centroid.x, high_y))
    one, other = sower.append("farmland", shape, parcel), sower.append("redline", half)
    _crossing(sower, parcel, half, "farmland", one, "redline", other,
              "永久基本农田与生态保护红线交叉")  # fmt: skip


def _farmland_boundary(sower: Sower) -> None:
    """Lay basic farmland over a field inside the urban boundary."""
    made = sower.made
    fit = made.parcels.bounded & starts(made.parcels.code, "01") & made.plan.farmed & sower.still
    parcel = sower.pick(fit)
    if parcel is not None:
        one = sower.append("farmland", made.shapes[parcel], parcel)
        _crossing(sower, parcel, made.shapes[parcel], "farmland", one, "boundary",
                  sower.holder("boundary", parcel), "永久基本农田与城镇开发边界交叉")  # fmt: skip


def _redline_boundary(sower: Sower) -> None:
    """Lay the red line over open land inside the urban boundary."""
    made = sower.made
    fit = made.parcels.bounded & starts(sower.planned, "01", "02", "03", "04", "17") & sower.still
    parcel = sower.pick(fit & sower.known)
    if parcel is not None:
        one = sower.append("redline", made.shapes[parcel])
        _crossing(sower, parcel, made.shapes[parcel], "redline", one, "boundary",
                  sower.holder("boundary", parcel), "生态保护红线与城镇开发边界交叉")  # fmt: skip


def _crossing(
    sower: Sower, parcel: int, shape: shapely.Geometry, role: str, one: str, other_role: str,
    other: str, what: str,
) -> None:  # fmt: skip
    sower.add("control.crossing", what, parcel, severity="error", subject_layer=role,
              subject_id=one, object_layer=other_role, object_id=other,
              area_m2=sower.area(shape))  # fmt: skip


_KINDS: tuple[Callable[[Sower], None], ...] = (
    _redline_industry, _redline_house, _farmland_boundary, _redline_boundary, _farmland_redline,
    _old_house, overlap, outside, _farmland_house, _farmland_orchard, _farmland_road,
    _urban_outside, bow_tie, bad_code, bad_ridges,
)  # fmt: skip


def write_faults(listed: list[dict[str, Any]], path: Path, letter: str = "F") -> None:
    """Write a list of faults as CSV, numbered behind a letter."""
    table = pd.DataFrame(listed, columns=list(COLUMNS))
    table["id"] = [f"{letter}{number:04d}" for number in range(1, len(table) + 1)]
    table["area_m2"] = [f"{area:.4f}" if area != "" else "" for area in table["area_m2"]]
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
