# SPDX-License-Identifier: GPL-2.0-or-later
"""The one noise policy: what is too small or too narrow is dropped, counted and reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from .levels import merge

if TYPE_CHECKING:
    from .fabric import Fabric


def wide_enough(shapes: np.ndarray, width: float) -> np.ndarray:
    """Tell which polygons hold a circle of that diameter somewhere.

    area <= perimeter x inradius for any polygon, so area / perimeter above half the width proves it
    without a buffer; the few doubtful ones are shrunk by half the width.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        sure = shapely.area(shapes) / shapely.length(shapes) > width / 2
    out = np.asarray(sure, dtype=bool) | (width <= 0)
    doubtful = np.flatnonzero(~out)
    if len(doubtful):
        shrunk = shapely.buffer(shapes[doubtful], -width / 2, quad_segs=2)
        out[doubtful] = ~(shapely.is_empty(shrunk) | shapely.is_missing(shrunk))
    return out


@dataclass
class Noise:
    """The tolerance of a run, and what was dropped by it per rule: count and area in m2."""

    min_area_m2: float
    min_width_m: float
    dropped: dict[str, dict[str, float]] = field(default_factory=dict)

    def keep(self, rule: str, shapes: np.ndarray, area_m2: np.ndarray) -> np.ndarray:
        """Tell which shapes count as findings of a rule; the rest is entered in `dropped`."""
        kept = np.asarray(area_m2) >= self.min_area_m2
        kept[kept] = wide_enough(np.asarray(shapes, dtype=object)[kept], self.min_width_m)
        self.drop(rule, np.asarray(area_m2)[~kept])
        return kept

    def drop(self, rule: str, area_m2: np.ndarray) -> None:
        """Count what was left out."""
        if len(area_m2) == 0:
            return
        entry = self.dropped.setdefault(rule, {"count": 0, "area_m2": 0.0})
        entry["count"] += len(area_m2)
        entry["area_m2"] += float(np.sum(area_m2))


@dataclass(frozen=True)
class Groups:
    """Pieces put together: a row a group, with its area, its place and its shape."""

    keys: pd.DataFrame  # the key columns, a row a group
    area_m2: np.ndarray
    unit: np.ndarray  # row of the finest unit that holds most of the group
    shapes: np.ndarray
    first: np.ndarray  # position, in the rows given, of each group's first piece
    group: np.ndarray  # group of each row given, -1 where it was dropped


def grouped(
    rows: np.ndarray, keys: pd.DataFrame, fabric: Fabric, noise: Noise, rule: str | np.ndarray
) -> Groups:
    """Group pieces (`rows` of the fabric) by `keys` (as long) and apply the noise policy.

    `rule` names the rule the dropped are counted under, one for all or one a row.
    """
    pieces = fabric.pieces
    group = keys.groupby(list(keys.columns), sort=True).ngroup().to_numpy()
    count = int(group.max()) + 1 if len(group) else 0
    gross = pieces["gross_m2"].to_numpy()[rows]
    area = np.bincount(group, weights=gross, minlength=count)
    first = np.full(count, len(rows))
    np.minimum.at(first, group, np.arange(len(rows)))
    rules = np.broadcast_to(np.asarray(rule, dtype=object), (len(rows),))[first]
    kept = area >= noise.min_area_m2
    shapes = np.full(count, None, dtype=object)
    wanted = kept[group]
    shapes[kept] = _shapes(rows[wanted], group[wanted], fabric)
    kept[kept] = wide_enough(shapes[kept], noise.min_width_m)
    for name in pd.unique(rules):
        noise.drop(name, area[~kept & (rules == name)])
    order = np.where(kept, np.cumsum(kept) - 1, -1)
    return Groups(
        keys.iloc[first[kept]].reset_index(drop=True),
        area[kept],
        _main_unit(group, pieces["unit"].to_numpy()[rows], gross, count)[kept],
        shapes[kept],
        first[kept],
        order[group],
    )


def _shapes(rows: np.ndarray, group: np.ndarray, fabric: Fabric) -> np.ndarray:
    """Give the union of each group's pieces, groups in rising order."""
    if len(rows) == 0:
        return np.empty(0, dtype=object)
    order = np.argsort(group, kind="stable")
    shapes = fabric.shapes(rows[order])
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    out = shapes[starts].copy()
    ends = np.append(starts[1:], len(rows))
    for i in np.flatnonzero(ends - starts > 1):
        out[i] = merge(shapes[starts[i] : ends[i]])
    return out


def _main_unit(group: np.ndarray, unit: np.ndarray, area: np.ndarray, count: int) -> np.ndarray:
    """Give each group the unit that holds most of it; the first of equals."""
    out = np.zeros(count, dtype=np.int64)
    if not len(group):
        return out
    many = int(unit.max()) + 1
    pair, back = np.unique(group * many + unit, return_inverse=True)
    sums = np.bincount(back, area, minlength=len(pair))
    order = np.lexsort((-pair, sums))  # the largest is written last, of equals the first unit
    out[pair[order] // many] = pair[order] % many
    return out
