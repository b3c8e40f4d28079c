# SPDX-License-Identifier: GPL-2.0-or-later
"""All findings of a county by who they are about, with the ids a full run would give them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Hashable, Iterable, Mapping, NamedTuple, Sequence

import numpy as np
import pandas as pd
import shapely

from ...layers import findings
from ...layers.findings import COLUMNS, NUMBERS, SEVERITIES

if TYPE_CHECKING:
    import geopandas as gpd

_KEYS = ("rule", "level", "unit", "subject_layer", "subject_id", "object_layer", "object_id",
         "change", "subject_label")  # fmt: skip
_ORDER = ("rule", "unit", "subject_layer", "subject_id", "object_layer", "object_id", "change")
_SAME_M2 = 1e-6


@dataclass
class Record:
    """One finding: its columns without the id, its shape, and what its id is made of."""

    values: dict[str, Any]
    shape: shapely.Geometry | None
    text: str
    placed: bool
    turn: tuple[int, int]
    id: str = ""
    spot: str | None = None

    def rank(self) -> tuple[Any, ...]:
        """Give where the finding stands in a run's table among those of its id."""
        values = self.values
        return (SEVERITIES.index(values["severity"]), *(values[name] for name in _ORDER), self.turn)


class Change(NamedTuple):
    """What an edit did to the findings: ids that are no more, and records new or changed."""

    gone: list[str]
    records: list[Record]


@dataclass
class Ledger:
    """Findings under owners: whoever is checked anew gives up its findings and gets new ones."""

    crs: Any
    unnamed: tuple[str, ...] = ()
    _owned: dict[Hashable, list[Record]] = field(default_factory=dict)
    _groups: dict[str, list[Record]] = field(default_factory=dict)
    _touched: set[str] = field(default_factory=set)
    _before: dict[str, Record] = field(default_factory=dict)
    _turn: int = 0

    def records(self) -> Iterable[Record]:
        """Go through all findings."""
        for records in self._owned.values():
            yield from records

    def owners(self) -> list[Hashable]:
        """List who has findings."""
        return list(self._owned)

    def of(self, owner: Hashable) -> list[Record]:
        """List an owner's findings."""
        return self._owned.get(owner, [])

    def drop(self, owner: Hashable) -> None:
        """Take an owner's findings away."""
        for record in self._owned.pop(owner, []):
            self._touch(record)
            self._groups[record.text].remove(record)

    def add(
        self, owners: Iterable[Hashable], batch: findings.Batch, ranks: Sequence[int] = ()
    ) -> None:
        """Enter findings, an owner for each.

        `ranks` say where each stands in a run's table among those that say the same.
        """
        for owner, record in zip(owners, self._made(batch, ranks)):
            self._owned.setdefault(owner, []).append(record)
            self._groups.setdefault(record.text, []).append(record)
            self._touch(record)

    def add_table(self, owner: Hashable, table: gpd.GeoDataFrame) -> None:
        """Enter the findings of a table under one owner."""
        if len(table):
            names = [name for name in COLUMNS if name in table and name != "id"]
            values = {name: table[name].to_numpy() for name in names}
            batch = findings.Batch(values, table.geometry.to_numpy(), np.arange(len(table)))
            self.add([owner] * len(table), batch)

    def rewrite(self, record: Record, message: str) -> None:
        """Change what a finding says."""
        self._touch(record)
        self._before[record.id] = Record(
            dict(record.values), record.shape, record.text, record.placed, record.turn, record.id
        )
        record.values["message"] = message

    def _touch(self, record: Record) -> None:
        self._touched.add(record.text)
        for one in self._groups.get(record.text, ()):
            if one.id:
                self._before.setdefault(one.id, one)

    def _made(self, batch: findings.Batch, ranks: Sequence[int]) -> list[Record]:
        count = len(batch)
        if not count:
            return []
        columns = {name: _column(name, batch.values, count) for name in COLUMNS if name != "id"}
        texts, placed = findings.keys(
            {name: np.array(columns[name], dtype=object) for name in _KEYS}, self.unnamed
        )
        shapes = np.empty(count, dtype=object)
        shapes[:] = list(batch.geometry)
        shapes = findings.as_multi(shapes)
        out = []
        for row in range(count):
            self._turn += 1
            values = {name: column[row] for name, column in columns.items()}
            turn = int(ranks[row]) if len(ranks) else 0, self._turn
            out.append(Record(values, shapes[row], str(texts[row]), bool(placed[row]), turn))
        return out

    def settle(self) -> Change:
        """Give ids to all that was touched, and tell what changed since they were last given."""
        now: dict[str, Record] = {}
        for text in self._touched:
            group = self._groups.get(text, [])
            if not group:
                self._groups.pop(text, None)
            for record in self._identified(group):
                now[record.id] = record
        gone = [one for one in self._before if one not in now]
        changed = [
            record for name, record in now.items()
            if name not in self._before or not _alike(self._before[name], record)
        ]  # fmt: skip
        self._touched, self._before = set(), {}
        return Change(gone, changed)

    def _identified(self, group: list[Record]) -> list[Record]:
        """Give the findings of one text their ids as `findings.identify` does in a whole table."""
        many = len(group) > 1
        turns: dict[str, int] = {}
        for record in sorted(group, key=Record.rank) if many else group:
            text = record.text
            if record.placed or many:
                if record.spot is None:
                    record.spot = str(findings.spots(np.array([record.shape], dtype=object))[0])
                text += record.spot
            turns[text] = turns.get(text, 0) + 1
            record.id = findings.digest(text, turns[text])
        return group

    def table(self) -> gpd.GeoDataFrame:
        """Lay all findings out as a run does, under the ids they were given."""
        records = sorted(self.records(), key=Record.rank)
        if not records:
            return findings.none(self.crs)
        values = {name: np.array([one.values[name] for one in records],
                                 dtype=float if name in NUMBERS else object)
                  for name in COLUMNS if name != "id"}  # fmt: skip
        out = findings.make(values, [one.shape for one in records], self.crs)
        out["id"] = [one.id for one in records]
        return out


def _column(name: str, values: Mapping[str, Any], count: int) -> list[Any]:
    blank: Any = math.nan if name in NUMBERS else ("open" if name == "status" else "")
    given = values.get(name, blank)
    if isinstance(given, pd.Series):
        given = given.to_numpy()
    if (isinstance(given, np.ndarray) and given.ndim) or isinstance(given, (list, tuple)):
        column = list(given)
    else:
        column = [given] * count
    kind = float if name in NUMBERS else str
    return [kind(one) for one in column]


def _alike(one: Record, other: Record) -> bool:
    """Tell whether two findings of one id say the same."""
    if one is other:
        return True
    for name, value in one.values.items():
        new = other.values[name]
        if name in NUMBERS:
            if not (abs(value - new) <= _SAME_M2 or (math.isnan(value) and math.isnan(new))):
                return False
        elif value != new:
            return False
    return _same_shape(one.shape, other.shape)


def _same_shape(one: shapely.Geometry | None, other: shapely.Geometry | None) -> bool:
    if one is None or other is None:
        return one is other
    return one is other or bool(shapely.equals_exact(one, other, 1e-6))
