# SPDX-License-Identifier: GPL-2.0-or-later
"""The control zones of a made county, laid so that its plan keeps them all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .codes import starts
from .fields import Field
from .ground import Ground
from .plan import Parcels, Plan
from .shapes import DIGITS

_SHIFTED = 0.06  # share of the basic farmland that lies beside its parcel


@dataclass
class Zones:
    """Which base parcels lie in which zone; `group` and `shift` tell how farmland was moved.

    `group[p]` is the number of the group that parcel p was moved with, -1 where it lies exactly on
    its parcel; `shift[g]` is the group's way in metres.
    """

    farmland: np.ndarray
    redline: np.ndarray
    boundary: np.ndarray
    group: np.ndarray
    shift: np.ndarray

    @property
    def any(self) -> np.ndarray:
        """Tell which parcels lie in a zone."""
        return self.farmland | self.redline | self.boundary


def make_zones(
    ground: Ground, parcels: Parcels, plan: Plan, shapes: np.ndarray, rng: np.random.Generator
) -> Zones:
    """Lay basic farmland, red line and boundary; `shapes` are the base parcels' polygons."""
    middle = ground.local[parcels.cell]
    boundary = parcels.bounded.copy()
    wild = starts(parcels.code, "03", "0404", "1103") & starts(plan.becomes, "03", "04", "17")
    patch = Field(rng, 2_400.0, 3)(middle)
    high = parcels.height > 0.62
    redline = wild & high & plan.whole & ~boundary & (parcels.far > 1.9) & (patch > -0.35)
    suitable = starts(parcels.code, "01") & plan.farmed & ~boundary & ~redline
    # what moved farmland may come to lie on: planned as fields, in no zone, not at the edge
    open_field = plan.farmed & ~boundary & ~redline & ~parcels.border
    group, ring, shift = _moved(parcels, suitable & open_field, open_field, rng)
    kept_free = ring | (rng.random(len(suitable)) < 0.09)
    farmland = (suitable & ~kept_free) | (group >= 0)
    zones = Zones(farmland, redline, boundary, group, shift)
    _put_back(zones, open_field, shapes)
    return zones


def moved(shapes: np.ndarray, zones: Zones, which: np.ndarray) -> np.ndarray:
    """Give basic farmland of the parcels `which` where it is drawn, moved where it was moved."""
    out = shapes[which].copy()
    group = zones.group[which]
    rows = np.flatnonzero(group >= 0)
    if len(rows):
        many = shapely.get_num_coordinates(out[rows])
        xy = shapely.get_coordinates(out[rows]) + np.repeat(zones.shift[group[rows]], many, axis=0)
        out[rows] = shapely.set_coordinates(out[rows].copy(), np.round(xy, DIGITS))
    return out


def _moved(
    parcels: Parcels, may: np.ndarray, open_field: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pick groups of fields with only open fields round them: groups, the rings, the ways."""
    around = _neighbours(parcels)
    group = np.full(len(may), -1, np.int64)
    ring = np.zeros(len(may), bool)
    used = np.zeros(len(may), bool)
    close = parcels.beside(~open_field)
    fit = {False: may & ~close, True: may & ~parcels.beside(~may) & ~parcels.beside(close)}
    wanted, many, done = _SHIFTED * may.sum(), 0, 0
    for wide in (True, False):
        for seed in rng.permutation(np.flatnonzero(fit[wide])):
            if done >= wanted:
                break
            members = np.append(around[seed], seed) if wide else np.array([seed])
            outer = np.concatenate([around[m] for m in members])
            if used[members].any() or used[outer].any():
                continue
            group[members] = many
            ring[outer] = True
            used[members] = used[outer] = True
            many, done = many + 1, done + len(members)
    turn, size = rng.uniform(0, 2 * np.pi, many), rng.uniform(0.32, 0.78, many)
    return group, ring, np.stack([np.cos(turn) * size, np.sin(turn) * size], axis=1)


def _neighbours(parcels: Parcels) -> list[np.ndarray]:
    """List each parcel's neighbours."""
    ones = np.concatenate([parcels.touching[:, 0], parcels.touching[:, 1]])
    twos = np.concatenate([parcels.touching[:, 1], parcels.touching[:, 0]])
    order = np.lexsort((twos, ones))
    ends = np.searchsorted(ones[order], np.arange(len(parcels.code) + 1))
    return np.split(twos[order], ends[1:-1])


def _put_back(zones: Zones, open_field: np.ndarray, shapes: np.ndarray) -> None:
    """Move back, in place, the groups that came to lie on something other than open fields."""
    rows = np.flatnonzero(zones.group >= 0)
    if not len(rows):
        return
    drawn = moved(shapes, zones, rows)
    one, hit = shapely.STRtree(shapes).query(drawn, predicate="intersects")
    own = zones.group[rows[one]]
    fine = (zones.group[hit] == own) | (open_field[hit] & ~zones.farmland[hit])
    bad = np.unique(own[~fine])
    zones.group[np.isin(zones.group, bad)] = -1
