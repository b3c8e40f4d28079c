# SPDX-License-Identifier: GPL-2.0-or-later
"""What makes a parcel of boundary-point text unfit to be read: stray points, a text cut short.

A ring that lacks a point is still a ring, only of another place: whatever shows that one is not
whole costs its parcel the shape, and is told with the line.
"""

from __future__ import annotations

import numpy as np

from ..crs_zones import CHINA, EASTINGS, NORTHINGS, PREFIX
from ..words import say
from .boundary_parcels import Fault, Parcels
from .boundary_text import Text

_ZONES = (13, 45)  # numbers that stand before eastings in China
_FAR_M, _DEGREE_M = 200_000.0, 100_000.0
_EVEN = 60  # lines before the last that must have as many decimals


def further_faults(text: Text, parcels: Parcels, stated: np.ndarray, parted: bool) -> list[Fault]:
    """Find what the lines by themselves do not show; `stated` are the parcels' numbers of points.

    Points that lie with none of the others, rings that end before all their points have come.
    `parted`: lines part the parcels, else each ring stands for itself.
    """
    if not len(parcels.points):
        return []
    ring_of = np.repeat(np.arange(len(parcels.owner)), np.diff(parcels.ends))
    found = _strays(text, parcels, parcels.owner[ring_of] if parted else ring_of)
    told = {one.owner for one in (*parcels.faults, *found)}
    return found + [one for one in _cut(text, parcels, stated) if one.owner not in told]


def begun_at_the_end(text: Text, parcels: Parcels, stated: np.ndarray) -> Fault | None:
    """Give the fault of the last line where it begins a parcel that never came, else None.

    So it is where the parcel before has all the points that it states, and its rings close.
    """
    if not parcels.faults or not len(text):
        return None
    last = parcels.faults[-1]
    alone = sum(one.owner == last.owner for one in parcels.faults) == 1
    if last.line != int(text.numbers[-1]) or not alone:
        return None
    mine = parcels.owner == last.owner
    whole = parcels.open_points[last.owner] + np.array([0, mine.sum()])
    shut = mine.any() and parcels.closed[mine].all()
    return last if shut and stated[last.owner] in whole else None


def _fault(text: Text, parcels: Parcels, point: int, key: str, **values: object) -> Fault:
    """Make the fault of a point: that of its ring and its parcel."""
    ring = int(np.searchsorted(parcels.ends, point, "right")) - 1
    row = int(np.searchsorted(text.numbers, parcels.at[point]))
    line = int(parcels.at[point])
    told = say(f"formats.{key}", line=line, text=text.shown(row), **values)
    return Fault(int(parcels.owner[ring]), ring, line, told)


def _kinds(points: np.ndarray) -> np.ndarray:
    """Tell of each point (east, north) what it can be: a zone's number, 0, -1 degrees, -2 none."""
    east, north = points.T
    number, rest = np.divmod(east, PREFIX)
    plane = (north >= NORTHINGS[0]) & (north <= NORTHINGS[1])
    plane &= (rest >= EASTINGS[0]) & (rest <= EASTINGS[1])
    plane &= (number == 0) | ((number >= _ZONES[0]) & (number <= _ZONES[1]))
    degrees = (east >= CHINA[0]) & (east <= CHINA[2]) & (north >= CHINA[1]) & (north <= CHINA[3])
    return np.where(plane, number, np.where(degrees, -1, -2)).astype(int)


def _strays(text: Text, parcels: Parcels, group: np.ndarray) -> list[Fault]:
    """Find points that can't be where the others of their group are: a digit is lost or wrong.

    `group` is each point's parcel or ring. A town's own coordinates can be anything: nothing is
    told of them.
    """
    kinds = _kinds(parcels.points)
    if 2 * (kinds > -2).sum() <= len(kinds):
        return []
    usual = _middle(kinds, group)
    most = np.where(usual == -1, _FAR_M / _DEGREE_M, _FAR_M)
    off = (kinds != usual) | (kinds == -2)
    for values in parcels.points.T:
        off |= np.abs(values - _middle(values, group)) > most
    return [_fault(text, parcels, point, "txt_stray") for point in np.flatnonzero(off).tolist()]


def _middle(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Give each point the middle value of its group; groups come one after the other."""
    order = np.lexsort((values, group))
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    many = np.diff(np.append(starts, len(group)))
    return np.repeat(values[order][starts + (many - 1) // 2], many)


def _cut(text: Text, parcels: Parcels, stated: np.ndarray) -> list[Fault]:
    """Find parcels that lack points: fewer than stated, and a ring that does not close."""
    open_rings = ~parcels.closed
    found, rings = parcels.open_points, parcels.rings
    lacks_end = np.bincount(parcels.owner, open_rings, len(parcels)) > 0
    with np.errstate(invalid="ignore"):
        short = lacks_end & (stated > found + _closing(parcels, stated, lacks_end))
    out = []
    for row in np.flatnonzero(short).tolist():
        ring = int(np.searchsorted(parcels.owner, row, "right"))
        point = int(parcels.ends[ring]) - 1
        out.append(_fault(text, parcels, point, "txt_short", stated=int(stated[row]),
                          found=int(found[row])))  # fmt: skip
    last = len(parcels.owner) - 1
    owner = int(parcels.owner[last])
    if open_rings[last] and not short[owner]:
        known = stated[owner] in (found[owner], found[owner] + rings[owner])
        alone = bool(last) and not open_rings[:last].any()
        ends = parcels.at[-1] == text.numbers[-1]
        if (alone and not known) or (ends and _shorter(text)):
            out.append(_fault(text, parcels, len(parcels.points) - 1, "txt_open"))
    return out


def _closing(parcels: Parcels, stated: np.ndarray, lacks_end: np.ndarray) -> np.ndarray:
    """Tell how many points more than there are a parcel may state: what closes rings counts.

    Whether it does, the parcels that close show; where none does, it may.
    """
    rings = parcels.rings
    sure = ~lacks_end & np.isfinite(stated) & (rings > 0)
    if not sure.any():
        return rings
    extra = (stated[sure] - parcels.open_points[sure]) / rings[sure]
    return rings if np.median(extra) >= 1 else np.zeros_like(rings)


def _shorter(text: Text) -> bool:
    """Tell whether the last line ends with fewer decimals than all those before, which are even."""
    rows = [row for row in range(max(0, len(text) - _EVEN), len(text)) if not text.is_parcel[row]]
    many = [len(text.line(row).cells[-1].partition(".")[2]) for row in rows]
    return len(many) > 1 and len(set(many[:-1])) == 1 and many[-1] < many[0]
