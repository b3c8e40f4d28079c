# SPDX-License-Identifier: GPL-2.0-or-later
"""What an indicator measures: m2 per finest unit, and what stands in the way of knowing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..layers.words import say
from .levels import finest_sums
from .net import area, known, ridges, take

if TYPE_CHECKING:
    from ..layers.model import County, Layer
    from ..layers.standard import Indicator
    from .fabric import Fabric

NAMED = 3  # how many unread features a reason names


@dataclass(frozen=True)
class Measured:
    """One indicator in m2 per finest unit; NaN where it can't be measured.

    `missing` says which layer is absent, `partial` which could not be read whole; "" where all is
    well. `present`: the base use was measured, for want of a plan.
    """

    plan: np.ndarray
    base: np.ndarray
    doubt: Doubt
    missing: str = ""
    partial: str = ""
    present: bool = False


@dataclass(frozen=True)
class Doubt:
    """Land that an indicator can't be sure of, in m2 per finest unit.

    `unknown` bears a code that no table knows, `bare` has no feature; what is measured net counts
    `ridges` by a coefficient that can't be relied on and `gross` without any, for want of a base
    layer. `more` and `less` are what the value could yet gain and lose by these.
    """

    unknown: np.ndarray
    bare: np.ndarray
    ridges: np.ndarray
    gross: np.ndarray
    more: np.ndarray
    less: np.ndarray

    @classmethod
    def none(cls, units: int) -> Doubt:
        """Give no doubt for a number of units."""
        return cls(*(np.zeros(units) for _ in range(6)))


@dataclass(frozen=True)
class Membership:
    """Which pieces belong to a group; `torn` where that hangs on an absent boundary layer."""

    pieces: np.ndarray
    torn: bool


def role_name(role: str) -> str:
    """Give a role's name in the language in force."""
    return say(f"checks.role.{role}")


def planned_role(county: County) -> str:
    """Name the role that planned use is read from: the base use where no plan was named."""
    return "plan" if "plan" in county.layers or "plan" in county.dossier.layers else "landuse"


def measure(county: County, fabric: Fabric, indicator: Indicator) -> Measured:
    """Measure an indicator for every finest unit."""
    role = planned_role(county) if indicator.source == "plan" else indicator.source
    present = indicator.source == "plan" and role == "landuse"
    nothing = np.full(len(fabric.unit_m2), np.nan)
    base, sure = _base(county, fabric, indicator), Doubt.none(len(fabric.unit_m2))
    if present and not indicator.base_fallback:
        return Measured(nothing, base, sure, missing=say("checks.missing.plan"))
    if role not in county.layers:
        reason = county.missing.get(role) or say("checks.missing.layer", role=role_name(role))
        return Measured(nothing, base, sure, missing=reason)
    found = membership(county, fabric, role, indicator.group)
    if found.torn:
        reason = county.missing.get("boundary", "")
        reason = say("checks.missing.boundary", reason=reason)
        return Measured(nothing, base, sure, missing=reason)
    counted = np.where(found.pieces, area(county, fabric, role, indicator.measure), 0.0)
    needed = [county.units, county.layers[role]]
    if indicator.group and "boundary" in county.layers and role != "boundary":
        needed += [county.layers["boundary"]] if _placed(county, role, indicator.group) else []
    taken = np.zeros(len(counted), dtype=bool), np.zeros(len(counted), dtype=bool)
    if indicator.measure == "net":
        ridge = ridges(county, fabric, role)
        taken = found.pieces & ridge.borrowed, found.pieces & ridge.doubtful
        if "landuse" in county.layers and taken[0].any():
            needed.append(county.layers["landuse"])
    partial = " ".join(filter(None, map(unread_reason, needed)))
    doubt = _doubt(county, fabric, role, indicator.group, counted, *taken)
    return Measured(_sum(fabric, counted), base, doubt, partial=partial, present=present)


def _doubt(
    county: County,
    fabric: Fabric,
    role: str,
    group: str,
    counted: np.ndarray,
    borrowed: np.ndarray,
    doubtful: np.ndarray,
) -> Doubt:
    """Sum the land in doubt; `counted` is what each piece adds to the value, in m2."""
    rows, gross = fabric.pieces[role].to_numpy(), fabric.pieces["gross_m2"].to_numpy()
    unknown = bare = np.zeros(len(rows), dtype=bool)
    if group:  # else no code is asked, and land without a feature is just no zone
        unknown, bare = take(~known(county, county.layers[role]), rows, False), rows < 0
    lacking = borrowed if "landuse" not in county.layers else np.zeros(len(rows), dtype=bool)
    gain = gross * unknown + (gross - counted) * doubtful
    parts = (gross * unknown, gross * bare, gross * doubtful, gross * lacking, gain,
             counted * doubtful)  # fmt: skip
    return Doubt(*(_sum(fabric, part) for part in parts))


def _base(county: County, fabric: Fabric, indicator: Indicator) -> np.ndarray:
    """Measure a planned use's indicator in the base; NaN where there is none."""
    if indicator.source != "plan" or "landuse" not in county.layers:
        return np.full(len(fabric.unit_m2), np.nan)
    found = membership(county, fabric, "landuse", indicator.group)
    if found.torn:
        return np.full(len(fabric.unit_m2), np.nan)
    return _sum(
        fabric, np.where(found.pieces, area(county, fabric, "landuse", indicator.measure), 0.0)
    )


def _sum(fabric: Fabric, values: np.ndarray) -> np.ndarray:
    return finest_sums(fabric.pieces["unit"].to_numpy(), values, len(fabric.unit_m2))


def membership(county: County, fabric: Fabric, role: str, group: str) -> Membership:
    """Tell which pieces of a role are in a group; all that the role covers where group is ""."""
    rows = fabric.pieces[role].to_numpy()
    if not group:
        return Membership(rows >= 0, False)
    inside, outside = _in_group(county, role, group)
    in_if, out_if = take(inside, rows, False), take(outside, rows, False)
    if "boundary" in fabric.pieces:
        return Membership(np.where(fabric.pieces["boundary"].to_numpy() >= 0, in_if, out_if), False)
    return Membership(out_if, bool((in_if != out_if).any()))


def _in_group(county: County, role: str, group: str) -> tuple[np.ndarray, np.ndarray]:
    """Tell for each feature if it is in the group when inside, and when outside, the boundary."""
    layer = county.layers[role]
    table = county.standard.code_table(layer.table)
    codes = layer.data["code"].to_numpy(dtype=object)
    tag = layer.data["settlement"].to_numpy(dtype=object) if "settlement" in layer.data else None
    ones = np.ones(len(codes), dtype=bool)
    inside = table.in_group(group, codes, settlement=tag, inside=ones)
    outside = table.in_group(group, codes, settlement=tag, inside=~ones)
    return np.asarray(inside, dtype=bool), np.asarray(outside, dtype=bool)


def _placed(county: County, role: str, group: str) -> bool:
    """Tell if membership in a group hangs on the boundary for any feature."""
    inside, outside = _in_group(county, role, group)
    return bool((inside != outside).any())


def unread_reason(layer: Layer) -> str:
    """Say that a layer could not be read whole, and which features are concerned; else ""."""
    if not layer.unread:
        return ""
    named = "; ".join(layer.unread[:NAMED]) + (" …" if len(layer.unread) > NAMED else "")
    return say("checks.unread", role=role_name(layer.role), count=len(layer.unread), features=named)
