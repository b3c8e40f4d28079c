# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dock "Sector plans" shows, as plain records: plans, projects, conflicts, sites."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry

from ..jobs.sector_rules import SECTOR_RULES, WITH_THINGS

STATES = ("open", "reopened", "agreed", "waived", "fixed")
SEVERITIES = ("error", "warning", "info")
RULES = SECTOR_RULES
# What a plan can be in conflict with besides another plan; columns of the matrix, in this order.
# The mark keeps them apart from plans, whose ids are the user's choice.
THING = "@"
OBJECTS = ("@farmland", "@redline", "@boundary", "@plan", "@reserve", "@quotas")


@dataclass
class Side:
    """One of the two projects of a conflict; of a control line only layer and name are known.

    `short` is the plan's name without what all plans' names end in.
    """

    layer: str = ""
    name: str = ""
    department: str = ""
    id: str = ""
    label: str = ""
    use: str = ""
    start: float | None = None
    end: float | None = None
    area_m2: float | None = None
    share: float | None = None
    demand_m2: float | None = None
    remain_m2: float | None = None
    meets: str = ""
    short: str = ""

    @property
    def is_thing(self) -> bool:
        """Tell whether this is a control line or the like, not a project."""
        return self.layer.startswith(THING)

    @property
    def project(self) -> tuple[str, str]:
        """Give the key of the project: plan and code."""
        return self.layer, self.id


@dataclass
class Conflict:
    """A finding of the rules `sector.*` with its state in the register; areas in m2."""

    id: str = ""
    rule: str = ""
    severity: str = ""
    level: str = ""
    unit: str = ""
    unit_name: str = ""
    town: str = ""
    town_name: str = ""
    cluster: str = ""
    cluster_name: str = ""
    verdict: str = ""
    change: str = ""
    area_m2: float | None = None
    value: float | None = None
    limit: float | None = None
    excess: float | None = None
    unit_of_measure: str = ""
    message: str = ""
    remedy: str = ""
    basis: str = ""
    present: int = 1
    first_seen: str = ""
    last_seen: str = ""
    state: str = "open"
    person: str = ""
    decided_by: str = ""
    decided_at: str = ""
    reason: str = ""
    decision: str = ""
    version: int = 0
    subject: Side = field(default_factory=Side)
    object: Side = field(default_factory=Side)
    geometry: QgsGeometry = field(default_factory=QgsGeometry)

    def update(self, row: Mapping[str, Any]) -> None:
        """Take over the register's columns of a row; None leaves a column as it is."""
        for name in REGISTER:
            value = row.get(name)
            if value is not None:
                setattr(self, name, int(value) if name in _WHOLE else str(value))


_WHOLE = ("present", "version")
REGISTER = (
    "present", "first_seen", "last_seen", "state", "person", "decided_by", "decided_at", "reason",
    "decision", "version",
)  # fmt: skip
_SIDE_FIGURES = ("start", "end", "area_m2", "share", "demand_m2", "remain_m2")
_FIGURES = ("area_m2", "value", "limit", "excess")
_NOT_TEXT = (*REGISTER, *_FIGURES, "subject", "object", "geometry")
_TEXTS = tuple(name for name in Conflict.__dataclass_fields__ if name not in _NOT_TEXT)
_SIDE_TEXTS = tuple(
    name for name in Side.__dataclass_fields__ if name not in (*_SIDE_FIGURES, "short")
)
_COLUMNS = {
    end: (
        [(name, f"{end}_{name}") for name in _SIDE_TEXTS],
        [(name, f"{end}_{name}") for name in _SIDE_FIGURES],
    )
    for end in ("subject", "object")
}


def conflict_from(row: Mapping[str, Any], geometry: QgsGeometry) -> Conflict:
    """Make a conflict of a row of results or register; columns that lack take their defaults."""
    give = row.get
    values: dict[str, Any] = {name: give(name) or "" for name in _TEXTS}
    for name in _FIGURES:
        values[name] = give(name)
    for end, (texts, figures) in _COLUMNS.items():
        side: dict[str, Any] = {name: give(column) or "" for name, column in texts}
        side.update((name, give(column)) for name, column in figures)
        values[end] = Side(**side)
    if values["rule"] in WITH_THINGS:
        values["object"].layer = THING + values["object"].layer
    if values["rule"] == "sector.demand":
        values["subject"].layer = THING + values["subject"].layer
    conflict = Conflict(**values, geometry=geometry)
    conflict.update(row)
    return conflict


@dataclass
class Project:
    """A project of a sector plan."""

    sector: str
    project: str
    label: str = ""
    content: str = ""
    standard: str = ""
    use: str = ""
    use_name: str = ""
    geometry: QgsGeometry = field(default_factory=QgsGeometry)


@dataclass
class Plan:
    """A sector plan; `new_construction_ha` is the land it demands anew."""

    sector: str
    name: str = ""
    department: str = ""
    colour: str = "#808080"
    projects: int = 0
    area_ha: float = 0.0
    new_construction_ha: float = 0.0
    outcome: str = ""
    reason: str = ""
    short: str = ""


@dataclass
class Site:
    """A place that could take a project instead."""

    sector: str
    project: str
    rank: int
    kind: str
    code: str
    area_m2: float
    distance_m: float
    town_name: str
    same_town: bool
    geometry: QgsGeometry


@dataclass
class Event:
    """A step of a conflict's history."""

    at: str
    state_from: str
    state_to: str
    person: str
    department: str
    reason: str
    decision: str
    note: str


@dataclass
class Results:
    """All that is known of one dossier's sector plans; `problems` say what could not be read.

    While one is `waiting` for the copy of a register the conflicts are left out. `index` and
    `order` (the conflicts' by `sorting`, a column and its direction) are made beside the window.
    """

    plans: list[Plan] = field(default_factory=list)
    projects: dict[tuple[str, str], Project] = field(default_factory=dict)
    unnamed: list[Project] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    sites: dict[tuple[str, str], list[Site]] = field(default_factory=dict)
    joint: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    history: dict[str, list[Event]] = field(default_factory=dict)
    crs: QgsCoordinateReferenceSystem = field(default_factory=QgsCoordinateReferenceSystem)
    registered: bool = False
    waiting: bool = False
    index: Any = None
    order: list[int] = field(default_factory=list)
    sorting: Any = None
    problems: list[str] = field(default_factory=list)

    def plan(self, sector: str) -> Plan | None:
        """Find a plan by its id."""
        return next((plan for plan in self.plans if plan.sector == sector), None)

    def shape(self, side: Side) -> QgsGeometry:
        """Give the shape of a project, an empty one where it is not known."""
        project = self.projects.get(side.project)
        return project.geometry if project else QgsGeometry()
