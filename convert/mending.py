# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be repaired in a coverage without judgement, with a list of every change.

In this order: repeated points go, invalid shapes are made valid, vertices within the tolerance come
together, slivers go to the neighbour with the longest shared edge. Overlaps and gaps wider than the
tolerance ask for a judgement: they stay and are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence

import numpy as np
import pandas as pd
import shapely

from ..layers.repair import usable
from .slivers import merge_slivers
from .snapping import snap
from .vertices import mismatched

COLUMNS = ("row", "what", "before_m2", "after_m2", "change_m2", "moved_m2", "count", "other",
           "reason")  # fmt: skip
WHATS = ("repeated", "valid", "snapped", "collapsed", "merged", "grown")
Measure = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Limits:
    """How far vertices may move (m), and below which area (m2) or width (m) a shape is a sliver."""

    tolerance: float = 0.001
    area: float = 10.0
    width: float = 0.0


@dataclass
class Mended:
    """Shapes as they are now (None: gone, or never usable), and the table of changes.

    `changes` has COLUMNS; `row` and `other` are rows of the layer, `other` -1 where there is none.
    `gone` are features merged or collapsed, `lost` reasons why others can't be used, by row;
    `frozen` could not be snapped, `lone` are slivers without a neighbour, `unmatched` tells which
    edges still do not match a neighbour's.
    """

    shapes: np.ndarray
    changes: pd.DataFrame
    gone: np.ndarray
    lost: dict[int, str]
    frozen: np.ndarray
    lone: np.ndarray
    unmatched: np.ndarray


class Log:
    """Collects changes, a part at a time."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.parts: list[pd.DataFrame] = []

    def add(
        self, what: str, rows: np.ndarray, before: np.ndarray, after: np.ndarray,
        moved: np.ndarray, count: Sequence[int] | np.ndarray | int = 0,
        other: np.ndarray | int = -1, reason: Sequence[str] | str = "",
    ) -> None:  # fmt: skip
        """Enter changes of rows from areas to areas, in m2."""
        if len(rows):
            values = (rows, what, before, after, after - before, moved, count, other, reason)
            self.parts.append(pd.DataFrame(dict(zip(COLUMNS, values))))

    def table(self) -> pd.DataFrame:
        """Give all changes, feature by feature, each one's in the order they were made."""
        if not self.parts:
            return pd.DataFrame({name: [] for name in COLUMNS})
        table = pd.concat(self.parts, ignore_index=True)
        return table.sort_values("row", kind="stable", ignore_index=True)


def mend(
    shapes: np.ndarray, limits: Limits, measure: Measure, small: Measure,
    kin: np.ndarray | None = None, progress: Callable[[float], None] = lambda share: None,
) -> Mended:  # fmt: skip
    """Mend polygons; `measure` gives m2 of shapes, `small` which of them are slivers.

    Slivers stay within their `kin` (numbers, as long as the shapes).
    """
    log = Log(measure)
    flat = shapely.force_2d(np.array(shapes, dtype=object))
    bare = _without_repeats(flat)
    out, lost = _made_valid(flat, bare, log)
    progress(0.2)
    good = np.flatnonzero(~shapely.is_missing(out))
    frozen = np.zeros(len(out), dtype=bool)
    frozen[good] = _snapped(out, good, limits.tolerance, log)
    progress(0.6)
    lone = np.zeros(len(out), dtype=bool)
    numbers = np.zeros(len(out), dtype=np.int64) if kin is None else kin
    good = np.flatnonzero(~shapely.is_missing(out))
    lone[good] = _merged(out, good, small, numbers[good], log)
    progress(0.8)
    changes = log.table()
    gone = np.isin(np.arange(len(out)), changes["row"][changes["what"].isin(
        ["merged", "collapsed"])].to_numpy(dtype=int))  # fmt: skip
    return Mended(out, changes, gone, lost, frozen, lone, unmatched(out))


def _without_repeats(shapes: np.ndarray) -> np.ndarray:
    """Take points away that repeat the one before; a shape that this would ruin stays."""
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    out = shapes.copy()
    try:
        out[finite] = shapely.remove_repeated_points(shapes[finite])
    except shapely.GEOSException:
        for row in np.flatnonzero(finite).tolist():
            try:
                out[row] = shapely.remove_repeated_points(shapes[row])
            except shapely.GEOSException:
                out[row] = shapes[row]
    emptied = shapely.is_empty(out) & ~shapely.is_empty(shapes)
    out[emptied] = shapes[emptied]
    return out


def _made_valid(flat: np.ndarray, bare: np.ndarray, log: Log) -> tuple[np.ndarray, dict[int, str]]:
    result = usable(bare)
    mended = result.mended
    rows = mended["row"].to_numpy(dtype=int)
    lost = dict(zip(result.unusable["row"].astype(int), result.unusable["reason"]))
    fewer = shapely.get_num_coordinates(flat) - shapely.get_num_coordinates(bare)
    fewer[list(lost)] = 0
    plain = np.flatnonzero((fewer > 0) & ~np.isin(np.arange(len(flat)), rows))
    same = log.measure(result.shapes[plain])
    log.add("repeated", plain, same, same, np.zeros(len(plain)), fewer[plain])
    plane = mended["after_m2"].to_numpy(dtype=float)
    after = log.measure(result.shapes[rows])
    # What an invalid ring encloses is measured by the shoelace, at the scale of the place.
    before = mended["before_m2"].to_numpy(dtype=float) * after / np.where(plane > 0, plane, 1)
    both = np.flatnonzero(fewer[rows] > 0)
    log.add("repeated", rows[both], before[both], before[both], np.zeros(len(both)),
            fewer[rows][both])  # fmt: skip
    log.add("valid", rows, before, after, np.abs(after - before), 0, -1,
            mended["reason"].tolist())  # fmt: skip
    return result.shapes, lost


def _snapped(shapes: np.ndarray, good: np.ndarray, tolerance: float, log: Log) -> np.ndarray:
    """Snap the good ones in place; give which were left as they were."""
    snapped = snap(shapes[good], tolerance)
    touched = np.flatnonzero((snapped.moved > 0) | (snapped.added > 0))
    before, after = shapes[good[touched]], snapped.shapes[touched]
    was, now = log.measure(before), log.measure(after)
    gone = shapely.is_missing(after)
    moved = was.copy()
    moved[~gone] = log.measure(_difference(before[~gone], after[~gone]))
    count = (snapped.moved + snapped.added)[touched]
    for what, some in (("snapped", ~gone), ("collapsed", gone)):
        log.add(what, good[touched[some]], was[some], now[some], moved[some], count[some])
    shapes[good] = snapped.shapes
    return snapped.frozen


def _difference(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Give the ground by which shapes differ, polygons only."""
    out = shapely.symmetric_difference(before, after)
    kinds = shapely.get_type_id(out)
    for row in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION).tolist():
        parts = shapely.get_parts(out[row])
        out[row] = shapely.MultiPolygon(parts[shapely.get_type_id(parts) == 3].tolist())
    return out


def _merged(
    shapes: np.ndarray, good: np.ndarray, small: Measure, kin: np.ndarray, log: Log
) -> np.ndarray:
    """Merge slivers among the good ones in place; give which have no neighbour to go to."""
    before = shapes[good]
    result = merge_slivers(before, small, kin)
    home = _homes(result.into)
    slivers = np.flatnonzero(result.into >= 0)
    targets = np.unique(home[slivers]) if len(slivers) else slivers
    was = log.measure(before[slivers])
    nought = np.zeros(len(slivers))
    log.add("merged", good[slivers], was, nought, was, 0, good[home[slivers]])
    own, now = log.measure(before[targets]), log.measure(result.shapes[targets])
    took = np.bincount(home[slivers], minlength=len(good))[targets] if len(slivers) else slivers
    log.add("grown", good[targets], own, now, np.abs(now - own), took)
    shapes[good] = result.shapes
    return result.lone


def _homes(into: np.ndarray) -> np.ndarray:
    """Follow each merged row to the one that holds its ground in the end."""
    home = np.where(into >= 0, into, np.arange(len(into)))
    while (home[home] != home).any():
        home = home[home]
    return home


def unmatched(shapes: np.ndarray) -> np.ndarray:
    """Tell which polygons have an edge that a neighbour touches but does not share.

    Only those with an edge that nobody shares can be such, and only their surroundings are asked.
    """
    out = np.zeros(len(shapes), dtype=bool)
    good = np.flatnonzero(~shapely.is_missing(shapes))
    if len(good) < 2:
        return out
    doubtful = good[mismatched(shapes[good])]
    around = np.unique(shapely.STRtree(shapes).query(shapes[doubtful])[1])
    out[around] = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes[around]))
    return out
