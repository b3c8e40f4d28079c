# SPDX-License-Identifier: GPL-2.0-or-later
"""A standard: code tables, indicators, control rules and tolerances, read from a folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

import numpy as np

from ..jobs.aliases import Alias, Vocabulary
from .codes import CodeTable
from .errors import InputError
from .rules import ControlRules, Crossing, Ledger, Rule, Zone
from .sector_rules import Facility, FacilityFinder, UseRelations
from .standard_files import content_files, find_folder, nearest, read_files
from .standard_quality import NO_QUALITY, Quality
from .words import pick


@dataclass(frozen=True)
class Indicator:
    """What a quota limits, and how its value is measured.

    `direction` is ">=" or "<="; `measure` net or gross; `source` the role whose pieces count;
    `group` the class group that counts ("" for all of a control layer); `reserve` whether land
    not yet placed is added; `base_fallback` whether the base stands in where no plan is given.
    """

    id: str
    name_zh: str
    name_en: str
    direction: str
    measure: str
    source: str
    group: str
    reserve: bool
    binding: bool
    basis: str
    confidence: str
    base_fallback: bool = False

    @property
    def name(self) -> str:
        """Name the indicator in the language in force."""
        return pick(self.name_zh, self.name_en)


@dataclass(frozen=True)
class BalanceClass:
    """A row of the structure table; `change_group` is "" where its codes differ in that."""

    id: str
    name_zh: str
    name_en: str
    change_group: str

    @property
    def name(self) -> str:
        """Name the class in the language in force."""
        return pick(self.name_zh, self.name_en)


@dataclass(frozen=True)
class Standard:
    """All that a standard says; build it with `load_standard`.

    `fingerprint` changes with anything in its files, so a run can state what it was judged by.
    """

    id: str
    name_zh: str
    name_en: str
    version: str
    source: str
    folder: Path
    fingerprint: str
    settings: Mapping[str, str]
    tables: Mapping[str, CodeTable]
    classes: tuple[BalanceClass, ...]
    indicators: tuple[Indicator, ...]
    tolerances: Mapping[str, float]
    _rules: Mapping[str, Rule]
    _zones: tuple[Zone, ...]
    _control: Mapping[str, ControlRules]
    _crossings: tuple[Crossing, ...]
    _ledgers: tuple[Ledger, ...]
    _uses: UseRelations
    _facilities: tuple[Facility, ...]
    _severities: Mapping[str, str]
    aliases: tuple[Alias, ...] = ()
    quality: Quality = NO_QUALITY

    @property
    def name(self) -> str:
        """Name the standard in the language in force."""
        return pick(self.name_zh, self.name_en)

    def code_table(self, name: str) -> CodeTable:
        """Give a code table; an unknown name is an InputError that lists those there are."""
        if name not in self.tables:
            raise InputError(
                "standard.code_table",
                name=name,
                standard=self.id,
                known=", ".join(sorted(self.tables)),
                nearest=nearest(name, self.tables),
            )
        return self.tables[name]

    def indicator(self, indicator: str) -> Indicator | None:
        """Find an indicator by id, Chinese or English name; None where there is none."""
        for one in self.indicators:
            if indicator in (one.id, one.name_zh, one.name_en):
                return one
        return None

    def balance_class(self, class_id: str) -> BalanceClass | None:
        """Find a row of the structure table by its id; None where there is none."""
        return next((one for one in self.classes if one.id == class_id), None)

    def tolerance(self, name: str) -> float:
        """Give a tolerance in the unit its table states; KeyError names those there are."""
        if name not in self.tolerances:
            raise KeyError(f"no tolerance {name!r}; known: {', '.join(self.tolerances)}")
        return self.tolerances[name]

    def rule(self, rule_id: str) -> Rule:
        """Give a rule's names and remedies, else those of the closest `part.*` above it.

        `quota.<indicator>` without a row of its own takes the indicator's name. KeyError where
        nothing covers the id.
        """
        if rule_id in self._rules:
            return self._rules[rule_id]
        parts = rule_id.split(".")
        for end in range(len(parts) - 1, 0, -1):
            above = self._rules.get(".".join(parts[:end]) + ".*")
            if above is not None:
                return self._named_after(rule_id, above)
        raise KeyError(f"no rule {rule_id!r}")

    def _named_after(self, rule_id: str, above: Rule) -> Rule:
        area, _, name = rule_id.partition(".")
        one = self.indicator(name) if area == "quota" else None
        zh = f"{one.name_zh}：{above.name_zh}" if one else above.name_zh
        en = f"{one.name_en}: {above.name_en}" if one else above.name_en
        return Rule(rule_id, zh, en, above.remedy_zh, above.remedy_en)

    def vocabulary(self) -> Vocabulary:
        """Give what the standard knows of names of layers and fields, and of codes."""
        named = {name: table.codes["name_zh"].to_dict() for name, table in self.tables.items()}
        usual = {
            role: self.settings.get(name, "")
            for role, name in (("landuse", "base_table"), ("plan", "plan_table"))
        }
        return Vocabulary(self.aliases, named, usual)

    def zones(self) -> tuple[Zone, ...]:
        """List the zones with control rules, those of the dossier's layers first."""
        return self._zones

    def zone(self, zone: str) -> Zone:
        """Give a zone by its id; KeyError where there is none."""
        return {one.id: one for one in self._zones}[zone]

    def control_rules(self, zone: str) -> ControlRules:
        """Give the verdicts of a zone; KeyError where there is no such zone."""
        return self._control[zone]

    def crossings(self) -> tuple[Crossing, ...]:
        """List the pairs of control layers that should not cross."""
        return self._crossings

    def ledgers(self) -> tuple[Ledger, ...]:
        """List the accounts of land that changes from base to plan."""
        return self._ledgers

    def use_relations(self) -> UseRelations:
        """Give what holds between the uses of two sector projects on one ground."""
        return self._uses

    def facilities(self) -> tuple[Facility, ...]:
        """List the types of facilities, in the standard's order."""
        return self._facilities

    def facility_of(self, names: Any, uses: Any) -> np.ndarray:
        """Give the facility type of each project by name and use: an id, "" where none fits."""
        return FacilityFinder(self._facilities).find(names, uses)

    def sector_severity(self, rule: str) -> str:
        """Give how grave findings of a sector rule are; KeyError names those there are."""
        if rule not in self._severities:
            raise KeyError(f"no severity of {rule!r}; known: {', '.join(self._severities)}")
        return self._severities[rule]


def load_standard(name_or_path: str, base: Path | None = None) -> Standard:
    """Load a shipped standard by name, or one from a folder (a path relative to `base`).

    What was loaded is kept until one of its files changes. Anything wrong in the files is an
    InputError that names file, line and remedy.
    """
    folder = find_folder(name_or_path, base)
    return _load(folder, _stamp(folder))


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    stats = [(path, path.stat()) for path in content_files(folder)]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


@lru_cache(maxsize=16)
def _load(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> Standard:
    # The stamp is not read: it makes the cache forget a folder that was edited. The import waits
    # because building needs the classes of this module.
    from .standard_build import build

    return build(read_files(folder))
