# SPDX-License-Identifier: GPL-2.0-or-later
"""Read a folder of results for the dock "Cluster check", beside the window."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, Iterable

from qgis.PyQt.QtCore import Qt

from ..jobs.words import tr
from .conflict_filters import Index
from .courtesy import politely
from .desk_records import LEVELS, Desk, Unit, Units, indicator_from
from .findings_former import keep
from .findings_records import COLUMNS, Finding
from .findings_table import FINDING_TABLE, FINDINGS
from .geopackage import GeoPackage
from .record_order import ordered
from .results_loader import ResultsLoader
from .sector_store import results_file, why_nothing

Sorting = tuple[int, Qt.SortOrder]
FIRST: Sorting = (0, Qt.SortOrder.AscendingOrder)


def stamp(place: str) -> tuple[int, int]:
    """Give what changes when the results are written anew; (0, 0) where there are none."""
    try:
        status = results_file(place).stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def read(place: str, sorting: Sorting = FIRST, compare: bool = True) -> Desk:
    """Read a folder of results; what could not be read stands in `problems`.

    With `compare` the findings are held against those of the run before, and kept for the next.
    """
    desk = Desk(place)
    path = results_file(place)
    if not path.is_file():
        desk.problems.append(why_nothing(path))
        return desk
    desk.run = _run_of(path)
    try:
        with GeoPackage(path) as file:
            _read(file, desk)
    except sqlite3.Error as error:
        said = tr("{file} can't be read: {reason}")
        desk.problems.append(said.format(file=path.name, reason=error))
    if compare:
        _compare(path, desk)
    prepare(desk, sorting)
    return desk


def prepare(desk: Desk, sorting: Sorting = FIRST) -> None:
    """Place the findings in the tree of units, and make what filters and list look up."""
    place(desk.findings, desk.units)
    desk.index = Index(desk.findings, FINDINGS)
    desk.rows = {one.id: row for row, one in enumerate(desk.findings)}
    desk.order = ordered(FINDING_TABLE, desk.findings, *sorting)
    desk.sorting = sorting


def _run_of(path: Path) -> dict[str, Any]:
    """Read the run's record; without one the file's own age tells runs apart."""
    try:
        run = json.loads(path.with_name("run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        run = {}
    return run if isinstance(run, dict) else {}


def _read(file: GeoPackage, desk: Desk) -> None:
    rows = file.rows("indicators")
    found = file.raw("findings")
    desk.crs = file.crs
    for name, table in (("indicators", rows), ("findings", found)):
        if table is None:
            said = tr("{file} has no layer {layer}; run the check again.")
            desk.problems.append(said.format(file=file.path.name, layer=name))
    desk.indicators = [indicator_from(row) for row, _ in rows or ()]
    desk.findings = findings_of(found) if found else []
    desk.units = Units(_units(file, desk))
    named = file.rows("problem_list") or ()
    desk.rule_names = {str(row.get("rule")): str(row.get("rule_name") or "") for row, _ in named}


def findings_of(raw: tuple[list[str], list[tuple[Any, ...]], int]) -> list[Finding]:
    """Make findings of rows as they are stored; columns that lack are empty."""
    names, rows, shape = raw
    places = [names.index(name) if name in names else -1 for name in COLUMNS]
    return [
        Finding(
            [row[place] if place >= 0 else None for place in places],
            row[shape] if shape >= 0 else None,
        )
        for row in politely(rows)
    ]


def _units(file: GeoPackage, desk: Desk) -> list[Unit]:
    """List the units: as the results have them, else as far as indicators and findings tell."""
    rows = file.rows("units")
    if rows:
        texts = ("level", "unit", "unit_name", "cluster", "parent")
        units = [Unit(*(str(row.get(name) or "") for name in texts)) for row, _ in rows]
        return [unit for unit in units if unit.level in LEVELS]
    clusters = {(one.level, one.unit): one.cluster for one in desk.findings}
    found = {
        (one.level, one.unit): Unit(
            one.level, one.unit, one.unit_name, clusters.get((one.level, one.unit), "")
        )
        for one in desk.indicators
        if one.level in LEVELS
    }
    _guess_parents(list(found.values()))
    return list(found.values())


def _guess_parents(units: list[Unit]) -> None:
    """Hang units without a tree: a village's code begins with its town's, a cluster is told."""
    towns = sorted((one for one in units if one.level == "town"), key=lambda one: -len(one.code))
    county = next((one.code for one in units if one.level == "county"), "")
    clusters = [one.code for one in units if one.level == "cluster"]
    for unit in units:
        only = clusters[0] if len(clusters) == 1 else ""
        above = unit.cluster or only or county
        if unit.level == "village":
            unit.parent = next((t.code for t in towns if unit.code.startswith(t.code)), above)
        elif unit.level == "town":
            unit.parent = above
        elif unit.level == "cluster":
            unit.parent = county


def place(findings: Iterable[Finding], units: Units) -> None:
    """Give each finding the names of cluster and town, and the units that it lies in."""
    known: dict[tuple[str, str, str], tuple[str, str, str, tuple[str, ...]]] = {}
    for one in politely(findings):
        key = one.level, one.unit, one.cluster
        if key not in known:
            known[key] = _place_of(units, *key)
        one.cluster_name, one.town, one.town_name, one.path = known[key]


def _place_of(
    units: Units, level: str, unit: str, cluster: str
) -> tuple[str, str, str, tuple[str, ...]]:
    path = units.path(level, unit)
    town = next((one for one in path if one.level == "town"), None)
    named = units.name("cluster", cluster) if cluster else ""
    keys = tuple(f"{one.level}:{one.code}" for one in path) or (f"{level}:{unit}",)
    return named, town.code if town else "", town.name if town else "", keys


def _compare(path: Path, desk: Desk) -> None:
    """Mark findings as new or known from the run before; add those that are gone."""
    stamped = "-".join(map(str, stamp(str(path))))
    before = keep(path, str(desk.run.get("finished") or stamped))
    if before is None:
        return
    try:
        with GeoPackage(before) as file:
            found = file.raw("findings")
    except sqlite3.Error:
        return
    mark(desk.findings, findings_of(found) if found else [])
    desk.former = str(before)


def mark(findings: list[Finding], former: list[Finding]) -> None:
    """Say of each finding whether the former run had it; what only that one had is added."""
    ids, known = {one.id for one in findings}, {one.id for one in former}
    for one in politely(findings):
        one.since = "unchanged" if one.id in known else "new"
    for one in former:
        if one.id not in ids:
            one.since = "gone"
            findings.append(one)


class Loader(ResultsLoader):
    """Reads folders of results for the dock "Cluster check"."""

    def stamp(self, key: str) -> tuple[int, int]:
        """Give what changes when the results are written anew."""
        return stamp(key)

    def failed(self, key: str, reason: str) -> Desk:
        """Show nothing, and why."""
        return Desk(key, problems=[reason])

    def lasting(self, answer: Desk) -> bool:
        """Keep what has anything to show."""
        return not answer.empty

    def load(self, place: str, sorting: Sorting = FIRST) -> None:
        """Read a place; from memory, and at once, where its file is as it was."""
        if place:
            self.ask(place, lambda: read(place, sorting))
        else:
            self.tell(Desk())
