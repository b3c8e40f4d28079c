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
    well. `present`: the base use was measured, for want of a plan. `uncovered` is the ground that
    bears no use where the indicator asks for one, in m2 per finest unit, without crumbs.
    """

    plan: np.ndarray
    base: np.ndarray
    doubt: Doubt
    uncovered: np.ndarray
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
    torn: np.ndarray


@dataclass(frozen=True)
class Sums:
    """What pieces add to one indicator: those of parts of a county add up to the county's.

    `plan`, `base` and `doubt` (a row each for the parts of Doubt) are m2 per finest unit; `torn`
    and `base_torn` count pieces whose membership hangs on an absent boundary layer, `borrowed`
    those counted by a base parcel's coefficient. Where pieces have a negative area they are taken
    away: all is linear in the area.
    """

    plan: np.ndarray
    base: np.ndarray
    doubt: np.ndarray
    torn: int = 0
    base_torn: int = 0
    borrowed: int = 0

    def plus(self, other: Sums) -> Sums:
        """Add what other pieces add."""
        return Sums(
            self.plan + other.plan, self.base + other.base, self.doubt + other.doubt,
            self.torn + other.torn, self.base_torn + other.base_torn,
            self.borrowed + other.borrowed,
        )  # fmt: skip


def role_name(role: str) -> str:
    """Give a role's name in the language in force."""
    return say(f"checks.role.{role}")


def planned_role(county: County) -> str:
    """Name the role that planned use is read from: the base use where no plan was named."""
    return "plan" if "plan" in county.layers or "plan" in county.dossier.layers else "landuse"


def source_of(county: County, indicator: Indicator) -> str:
    """Name the role whose pieces an indicator counts."""
    return planned_role(county) if indicator.source == "plan" else indicator.source


def measure(
    county: County, fabric: Fabric, indicator: Indicator, uncovered: np.ndarray | None = None
) -> Measured:
    """Measure an indicator for every finest unit; see `measured`."""
    sums = sum_up(county, fabric, indicator)
    placed = hangs_on_boundary(county, indicator)
    return measured(county, indicator, sums, placed, uncovered)


def sum_up(county: County, fabric: Fabric, indicator: Indicator, with_base: bool = True) -> Sums:
    """Sum what a fabric's pieces add to an indicator; zeros where its layer is missing.

    Without the base its sums are zeros: no edit of the plan changes them.
    """
    base, base_torn = np.zeros(len(fabric.unit_m2)), 0
    if with_base:
        base, base_torn = _base(county, fabric, indicator)
    role = source_of(county, indicator)
    if role not in county.layers:
        nothing = np.zeros(len(fabric.unit_m2))
        return Sums(nothing, base, np.zeros((6, len(nothing))), base_torn=base_torn)
    found = membership(county, fabric, role, indicator.group)
    counted = np.where(found.pieces, area(county, fabric, role, indicator.measure), 0.0)
    taken = np.zeros(len(counted), dtype=bool), np.zeros(len(counted), dtype=bool)
    if indicator.measure == "net":
        ridge = ridges(county, fabric, role)
        taken = found.pieces & ridge.borrowed, found.pieces & ridge.doubtful
    doubt = _doubt(county, fabric, role, indicator.group, counted, *taken)
    return Sums(
        _sum(fabric, counted), base, doubt, _count(fabric, found.torn), base_torn,
        _count(fabric, taken[0]),
    )  # fmt: skip


def measured(
    county: County, indicator: Indicator, sums: Sums, placed: bool,
    uncovered: np.ndarray | None = None,
) -> Measured:  # fmt: skip
    """Tell what sums mean for an indicator.

    `placed`: membership hangs on the boundary. `uncovered` is the ground without a use, in m2 per
    finest unit; it matters only where the indicator asks for uses.
    """
    role = source_of(county, indicator)
    present = indicator.source == "plan" and role == "landuse"
    nothing, sure = np.full(len(sums.plan), np.nan), Doubt.none(len(sums.plan))
    none = np.zeros(len(sums.plan))
    has_base = indicator.source == "plan" and "landuse" in county.layers and not sums.base_torn
    base = sums.base if has_base else nothing
    if present and not indicator.base_fallback:
        return Measured(nothing, base, sure, none, missing=say("checks.missing.plan"))
    if role not in county.layers:
        reason = county.missing.get(role) or say("checks.missing.layer", role=role_name(role))
        return Measured(nothing, base, sure, none, missing=reason)
    if sums.torn:
        reason = county.missing.get("boundary", "")
        reason = say("checks.missing.boundary", reason=reason)
        return Measured(nothing, base, sure, none, missing=reason)
    needed = [county.units, county.layers[role]]
    if placed and "boundary" in county.layers and role != "boundary":
        needed.append(county.layers["boundary"])
    if "landuse" in county.layers and sums.borrowed:
        needed.append(county.layers["landuse"])
    partial = " ".join(filter(None, map(unread_reason, needed)))
    if uncovered is None or not indicator.group:
        uncovered = none
    return Measured(sums.plan, base, Doubt(*sums.doubt), uncovered, partial=partial,
                    present=present)  # fmt: skip


def _doubt(
    county: County,
    fabric: Fabric,
    role: str,
    group: str,
    counted: np.ndarray,
    borrowed: np.ndarray,
    doubtful: np.ndarray,
) -> np.ndarray:
    """Sum the land in doubt; `counted` is what each piece adds to the value, in m2."""
    rows, gross = fabric.pieces[role].to_numpy(), fabric.pieces["gross_m2"].to_numpy()
    unknown = bare = np.zeros(len(rows), dtype=bool)
    if group:  # else no code is asked, and land without a feature is just no zone
        unknown, bare = take(~known(county, county.layers[role]), rows, False), rows < 0
    lacking = borrowed if "landuse" not in county.layers else np.zeros(len(rows), dtype=bool)
    gain = gross * unknown + (gross - counted) * doubtful
    parts = (gross * unknown, gross * bare, gross * doubtful, gross * lacking, gain,
             counted * doubtful)  # fmt: skip
    return np.array([_sum(fabric, part) for part in parts])


def _base(county: County, fabric: Fabric, indicator: Indicator) -> tuple[np.ndarray, int]:
    """Sum a planned use's indicator in the base, and count the pieces that are torn there."""
    if indicator.source != "plan" or "landuse" not in county.layers:
        return np.zeros(len(fabric.unit_m2)), 0
    found = membership(county, fabric, "landuse", indicator.group)
    counted = area(county, fabric, "landuse", indicator.measure)
    torn = _count(fabric, found.torn)
    return _sum(fabric, np.where(found.pieces, counted, 0.0)), torn


def _sum(fabric: Fabric, values: np.ndarray) -> np.ndarray:
    return finest_sums(fabric.pieces["unit"].to_numpy(), values, len(fabric.unit_m2))


def _count(fabric: Fabric, which: np.ndarray) -> int:
    """Count pieces; those of negative area are taken away."""
    return int(np.sign(fabric.pieces["gross_m2"].to_numpy()[which]).sum())


def membership(county: County, fabric: Fabric, role: str, group: str) -> Membership:
    """Tell which pieces of a role are in a group; all that the role covers where group is ""."""
    rows = fabric.pieces[role].to_numpy()
    if not group:
        return Membership(rows >= 0, np.zeros(len(rows), dtype=bool))
    inside, outside = _in_group(county, role, group)
    in_if, out_if = take(inside, rows, False), take(outside, rows, False)
    if "boundary" in fabric.pieces:
        inside_now = fabric.pieces["boundary"].to_numpy() >= 0
        return Membership(np.where(inside_now, in_if, out_if), np.zeros(len(rows), dtype=bool))
    return Membership(out_if, in_if != out_if)


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


def hangs_on_boundary(county: County, indicator: Indicator) -> bool:
    """Tell if membership in an indicator's group hangs on the boundary for any feature."""
    role = source_of(county, indicator)
    if not indicator.group or role not in county.layers:
        return False
    return bool(placed_features(county, role, indicator.group).any())


def placed_features(county: County, role: str, group: str) -> np.ndarray:
    """Tell for which features membership in a group hangs on the boundary."""
    inside, outside = _in_group(county, role, group)
    return inside != outside


def unread_reason(layer: Layer) -> str:
    """Say that a layer could not be read whole, and which features are concerned; else ""."""
    if not layer.unread:
        return ""
    named = "; ".join(layer.unread[:NAMED]) + (" …" if len(layer.unread) > NAMED else "")
    return say("checks.unread", role=role_name(layer.role), count=len(layer.unread), features=named)
