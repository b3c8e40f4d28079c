# SPDX-License-Identifier: GPL-2.0-or-later
"""The indicators of all units, kept as sums of parts, judged again only where a sum changed."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from ...layers.findings import NOTHING, Batch
from ...layers.rounding import hectares
from ..indicators import COLUMNS, FAILED, WARNING, judged_rows, quota_batch, quotas_by_unit
from ..levels import Level, levels, unit_shape
from ..uncovered import all_uncovered
from ..values import Measured, Sums, measured, placed_features, source_of, sum_up

if TYPE_CHECKING:
    from ...layers.model import County, Layer
    from ...layers.standard import Indicator
    from ..fabric import Fabric

Key = tuple  # level, unit, indicator
EXACT = "plan_m2"  # what the plan counts, unrounded and without what is held in reserve
_SAME_M2 = 0.01
_STILL_M2 = 1e-7  # what taking away and adding the same pieces leaves of rounding


class Board:
    """All indicators of a county.

    `county.layers` must hold the plan as it is, as far as `unread` goes: what can't be read makes
    numbers unsure.
    """

    def __init__(self, county: County, fabric: Fabric) -> None:
        self.county = county
        self.levels = levels(county.tree)
        self.quotas = quotas_by_unit(county)
        self.indicators = list(county.standard.indicators)
        self.sums = {one.id: sum_up(county, fabric, one) for one in self.indicators}
        self.placed = {one.id: self.hanging(one, None) for one in self.indicators}
        self.uncovered = all_uncovered(county, fabric, self.indicators)
        self.measured: dict[str, Measured] = {}
        self._moved: set[str] = set()  # indicators whose sums changed since they were judged
        self.rows: dict[Key, dict[str, Any]] = {}
        self._shape = lru_cache(maxsize=None)(self._unit_shape)
        for one in self.indicators:
            self.measured[one.id] = self._measured(one)
            for level in self.levels:
                self._enter(self._judged(level, one, np.arange(len(level))))

    @property
    def planned(self) -> list[Indicator]:
        """List the indicators that count the plan."""
        return [one for one in self.indicators if source_of(self.county, one) == "plan"]

    def hanging(self, indicator: Indicator, layer: Layer | None) -> int:
        """Count the features whose membership hangs on the boundary, of the county or some."""
        role = source_of(self.county, indicator)
        county = self.county if layer is None else with_plan(self.county, layer)
        if not indicator.group or role not in county.layers:
            return 0
        return int(placed_features(county, role, indicator.group).sum())

    def _measured(self, indicator: Indicator) -> Measured:
        sums, placed = self.sums[indicator.id], self.placed[indicator.id] > 0
        uncovered = self.uncovered.get(source_of(self.county, indicator))
        return measured(self.county, indicator, sums, placed, uncovered)

    def add(
        self, sums: dict[str, Sums], placed: dict[str, int], uncovered: dict[int, float]
    ) -> None:
        """Add what an edit adds to the sums of indicators and to the features that hang.

        `uncovered` is what the plan now leaves uncovered in some finest units, in m2.
        """
        now = self.uncovered.get("plan")
        if now is not None and any(now[unit] != m2 for unit, m2 in uncovered.items()):
            now = now.copy()
            now[list(uncovered)] = list(uncovered.values())
            self.uncovered = {**self.uncovered, "plan": now}
            self._moved.update(one.id for one in self.planned if one.group)
        for name, more in sums.items():
            self.sums[name] = self.sums[name].plus(more)
            if max(np.abs(more.plan).max(initial=0), np.abs(more.doubt).max(initial=0)) > _STILL_M2:
                self._moved.add(name)
            self.placed[name] += placed[name]

    def judge(self, units: np.ndarray) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Judge again all that counts the plan in these finest units.

        Gives the rows that changed and all rows that were judged. Where it is no longer the same
        that can be known of an indicator, all units are judged.
        """
        judged: list[dict[str, Any]] = []
        for one in self.planned:
            before, now = self.measured[one.id], self._measured(one)
            self.measured[one.id] = now
            same = (before.missing, before.partial) == (now.missing, now.partial)
            if same and one.id not in self._moved:
                continue
            for level in self.levels:
                above = np.unique(level.of_finest[units]) if same else np.arange(len(level))
                judged += self._judged(level, one, above[above >= 0])
        changed = [row for row in judged if not _alike(self.rows.get(_key(row)), row)]
        self._enter(judged)
        self._moved.clear()
        return changed, judged

    def preview(
        self, sums: dict[str, Sums], placed: dict[str, int], uncovered: dict[int, float],
        units: np.ndarray,
    ) -> list[tuple[dict[str, Any], dict[str, Any]]]:  # fmt: skip
        """Give the rows that would change visibly, as they are and as they would be."""
        kept = (dict(self.sums), dict(self.placed), dict(self.measured), dict(self.rows),
                self.uncovered)  # fmt: skip
        try:
            self.add(sums, placed, uncovered)
            changed, _ = self.judge(units)
            pairs = [(kept[3][_key(row)], row) for row in changed]
            return [
                (before, row)
                for before, row in pairs
                if change_ha(before, row) or not _alike(before, {**row, EXACT: before[EXACT]})
            ]
        finally:
            self.sums, self.placed, self.measured, self.rows, self.uncovered = kept

    def _judged(self, level: Level, indicator: Indicator, units: np.ndarray) -> list[dict]:
        if not len(units):
            return []
        measured = self.measured[indicator.id]
        columns = judged_rows(self.county, level, indicator, measured, self.quotas, units)
        columns[EXACT] = level.sum(measured.plan)[units]
        lists = {name: _plain(values, len(units)) for name, values in columns.items()}
        return [dict(zip(lists, row)) for row in zip(*lists.values())]

    def _enter(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.rows[_key(row)] = row

    def batch(self, rows: list[dict[str, Any]]) -> tuple[list[Key], Batch]:
        """Make findings of judged rows; gives the key of each finding's row."""
        told = [row for row in rows if row["outcome"] in (FAILED, WARNING)]
        if not told:
            return [], NOTHING
        batch = quota_batch(self.county, pd.DataFrame(told), self.shape, self.levels)
        return [_key(told[place]) for place in batch.rows], batch

    def shape(self, _county: County, level: Level, row: int) -> shapely.Geometry | None:
        """Give a unit's area; each is put together once."""
        return self._shape(level.name, row)

    def _unit_shape(self, name: str, row: int) -> shapely.Geometry | None:
        level = next(one for one in self.levels if one.name == name)
        return unit_shape(self.county, level, row)

    def table(self) -> list[dict[str, Any]]:
        """List all rows as a run's table of indicators has them."""
        place = {level.name: i for i, level in enumerate(self.levels)}
        rank = {one.id: i for i, one in enumerate(self.indicators)}
        rows = sorted(
            self.rows.values(),
            key=lambda row: (place[row["level"]], row["unit"], rank[row["indicator"]]),
        )
        return [public(row) for row in rows]


def public(row: dict[str, Any]) -> dict[str, Any]:
    """Keep the columns that a run writes, and the value before it was rounded."""
    return {name: row[name] for name in (*COLUMNS, EXACT)}


def change_ha(before: dict[str, Any], after: dict[str, Any]) -> float:
    """Give by how much a value changes, rounded once; 0 where either is not known."""
    change = after[EXACT] - before[EXACT]
    return 0.0 if math.isnan(change) else float(hectares(change))


def with_plan(county: County, plan: Layer, landuse: Layer | None = None) -> County:
    """Give a county whose plan (and base) is this layer; all else is the same."""
    from dataclasses import replace

    layers = {**county.layers, "plan": plan}
    if landuse is not None:
        layers["landuse"] = landuse
    return replace(county, layers=layers)


def _key(row: dict[str, Any]) -> Key:
    return row["level"], row["unit"], row["indicator"]


def _plain(values: Any, count: int) -> list[Any]:
    if isinstance(values, str):
        return [values] * count
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _alike(one: dict[str, Any] | None, other: dict[str, Any]) -> bool:
    return one is not None and all(
        value == one[name]
        or (value != value and one[name] != one[name])
        or (name == EXACT and abs(value - one[name]) < _SAME_M2)
        for name, value in other.items()
    )


def number(value: float) -> float | None:
    """Give a number as JSON has it: NaN is null."""
    return None if math.isnan(value) else value
