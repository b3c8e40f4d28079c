# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dock "Cluster check" shows, as plain records: units, indicators, findings of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping

from qgis.core import QgsCoordinateReferenceSystem

from .conflict_filters import Index
from .findings_records import Finding

LEVELS = ("county", "cluster", "town", "village")
OUTCOMES = ("failed", "warning", "not_checked", "passed")  # the gravest first
Key = tuple[str, str]


@dataclass
class Indicator:
    """One indicator of one unit, in hectares; `run_ha` is the plan's value in the last run.

    Results hold rounded values; live also tells the unrounded one, `plan_m2`, which says nothing
    by itself (land held in reserve is not in it) but by how much it changes.
    """

    level: str = ""
    unit: str = ""
    unit_name: str = ""
    indicator: str = ""
    name: str = ""
    direction: str = ""
    quota_ha: float | None = None
    base_ha: float | None = None
    plan_ha: float | None = None
    margin_ha: float | None = None
    outcome: str = ""
    reason: str = ""
    run_ha: float | None = None
    plan_m2: float | None = field(default=None, compare=False)
    run_m2: float | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """Give what tells it from all others: level, unit, indicator."""
        return self.level, self.unit, self.indicator

    @property
    def at_most(self) -> bool:
        """Tell whether the quota is a ceiling; else it is a floor."""
        return self.direction == "<="

    @property
    def moved_ha(self) -> float:
        """Tell how far the plan's value moved since the run; rounded once, where that can be."""
        if self.plan_ha is None or self.run_ha is None:
            return 0.0
        if self.plan_m2 is not None and self.run_m2 is not None:
            return round((self.plan_m2 - self.run_m2) / 1e4, 2)
        return round(self.plan_ha - self.run_ha, 2)

    def follow(self, former: Indicator) -> None:
        """Take over what the value was in the run; the first live row still says it unrounded."""
        self.run_ha, self.run_m2 = former.run_ha, former.run_m2
        if self.run_m2 is None and self.plan_ha == self.run_ha:
            self.run_m2 = self.plan_m2

    @property
    def share(self) -> float | None:
        """Give the margin as a share of the quota; None where there is no margin or no quota."""
        if self.margin_ha is None or not self.quota_ha:
            return None
        return self.margin_ha / self.quota_ha


_FIGURES = ("quota_ha", "base_ha", "plan_ha", "margin_ha", "plan_m2")
_TEXTS = ("level", "unit", "unit_name", "indicator", "name", "direction", "outcome", "reason")


def indicator_from(row: Mapping[str, Any]) -> Indicator:
    """Make an indicator of a row of the results' table, or of the resident engine."""
    texts = {name: str(row.get(name) or "") for name in _TEXTS}
    figures = {name: _figure(row.get(name)) for name in _FIGURES}
    return Indicator(**texts, **figures, run_ha=figures["plan_ha"])


def _figure(value: Any) -> float | None:
    return None if value is None else float(value)


@dataclass
class Unit:
    """A unit of the tree; `below` are the units right under it."""

    level: str
    code: str
    name: str = ""
    cluster: str = ""
    parent: str = ""
    below: list[Unit] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """Give level and code."""
        return self.level, self.code


class Units:
    """The tree of units; `roots` are the topmost, the county or the clusters of a part."""

    def __init__(self, units: Iterable[Unit] = ()) -> None:
        self.by_key: dict[Key, Unit] = {}
        for unit in units:
            self.by_key.setdefault(unit.key, unit)
        self.roots: list[Unit] = []
        self._hang()

    def _hang(self) -> None:
        for unit in self.by_key.values():
            parent = self._above(unit)
            (self.roots if parent is None else parent.below).append(unit)

    def _above(self, unit: Unit) -> Unit | None:
        """Find the unit right above, at whichever level it is."""
        for level in reversed(LEVELS[: LEVELS.index(unit.level)]):
            parent = self.by_key.get((level, unit.parent))
            if parent is not None:
                return parent
        return None

    def path(self, level: str, code: str) -> list[Unit]:
        """List a unit and all above it, from the unit up."""
        found, unit = [], self.by_key.get((level, code))
        while unit is not None and unit not in found:
            found.append(unit)
            unit = self._above(unit)
        return found

    def of(self, level: str) -> list[Unit]:
        """List the units of a level."""
        return [unit for unit in self.by_key.values() if unit.level == level]

    @property
    def levels(self) -> list[str]:
        """List the levels that there are, from the county down."""
        there = {unit.level for unit in self.by_key.values()}
        return [level for level in LEVELS if level in there]

    def name(self, level: str, code: str) -> str:
        """Give a unit's name, its code where it has none."""
        unit = self.by_key.get((level, code))
        return (unit.name if unit else "") or code


@dataclass
class Desk:
    """All that one folder of results says; `problems` tell what could not be read.

    `index`, `rows` (of the findings, by id) and `order` (theirs by `sorting`, a column and its
    direction) are made beside the window.
    """

    place: str = ""
    indicators: list[Indicator] = field(default_factory=list)
    units: Units = field(default_factory=Units)
    findings: list[Finding] = field(default_factory=list)
    index: Index | None = None
    order: list[int] = field(default_factory=list)
    sorting: Any = None
    rows: dict[str, int] = field(default_factory=dict)
    crs: QgsCoordinateReferenceSystem = field(default_factory=QgsCoordinateReferenceSystem)
    run: dict[str, Any] = field(default_factory=dict)
    rule_names: dict[str, str] = field(default_factory=dict)
    former: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not self.indicators and not self.findings

    def kinds(self) -> list[Indicator]:
        """List each indicator once, in the order of the standard."""
        found: dict[str, Indicator] = {}
        for one in self.indicators:
            found.setdefault(one.indicator, one)
        return list(found.values())


def verdict_of(indicators: Iterable[Indicator]) -> str:
    """Give the gravest outcome of what was checked, `not_checked` where nothing was.

    "" of no indicators.
    """
    outcomes = {one.outcome for one in indicators}
    known = ("failed", "warning", "passed", "not_checked")
    return next((outcome for outcome in known if outcome in outcomes), "")


def unchecked(indicators: Iterable[Indicator]) -> int:
    """Count the quotas that were set but could not be checked."""
    return sum(one.outcome == "not_checked" and one.quota_ha is not None for one in indicators)
