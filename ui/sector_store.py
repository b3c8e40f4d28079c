# SPDX-License-Identifier: GPL-2.0-or-later
"""Read results.gpkg and the register in one pass, and let go of the files at once."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Mapping, Tuple

from qgis.PyQt.QtCore import QObject, Qt

from ..jobs.addresses import is_server
from ..jobs.words import tr
from .conflict_filters import Index
from .conflict_model import CONFLICT_TABLE
from .courtesy import politely
from .geopackage import GeoPackage, Rows
from .record_order import ordered
from .results_loader import ResultsLoader
from .sector_records import (
    Event,
    Plan,
    Project,
    Results,
    Site,
    conflict_from,
)

RESULTS = "results.gpkg"
REGISTER = "register.gpkg"
SNAPSHOT = "register_snapshot.gpkg"
Key = Tuple[str, str]
Sorting = Tuple[int, Qt.SortOrder]
FIRST: Sorting = (0, Qt.SortOrder.AscendingOrder)
_ENDINGS = ("专项规划", "规划", " sector plan", " plan")


def results_file(place: str) -> Path:
    """Give the results' file of a folder, or the file itself."""
    path = Path(place)
    return path if path.suffix.lower() == ".gpkg" else path / RESULTS


def why_nothing(path: Path) -> str:
    """Say why a file of results is not there, and what can be done."""
    if path.parent.is_dir():
        said = tr("There are no results yet in {folder}: press Run.")
    else:
        said = tr(
            "The results folder {folder} is not there (never made, moved or deleted): choose "
            "another one above, or press Run to check."
        )
    return said.format(folder=path.parent)


def register_file(place: str, register: str) -> Path:
    """Give the file that holds the register, or its last snapshot where it is on a server."""
    folder = results_file(place).parent
    if is_server(register):
        return folder / SNAPSHOT
    path = Path(register) if register else folder
    return path / REGISTER if not register or path.is_dir() else path


def stamp(place: str, register: str) -> tuple[tuple[int, int], ...]:
    """Give what changes when the files are written anew; (0, 0) stands for a missing one."""
    return tuple(map(_stamp, (results_file(place), register_file(place, register))))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _rows(file: GeoPackage, table: str, results: Results, needed: bool = False) -> Rows:
    """Give a table's rows; one that is needed and not there is told among the problems."""
    found = file.rows(table)
    if found is None and needed:
        said = tr("{file} has no layer {layer}; run the check of sector plans again.")
        results.problems.append(said.format(file=file.path.name, layer=table))
    return found or []


def read(place: str, register: str = "", waiting: bool = False) -> Results:
    """Read a folder of results and the register that goes with it.

    What could not be read stands in the results' `problems`, in the user's language. While one is
    `waiting` for the copy of a register on a server, no conflict is shown in a state that may not
    be its own.
    """
    results = Results(waiting=waiting)
    path = results_file(place)
    if not path.is_file():
        results.problems.append(why_nothing(path))
        return results
    _read_register(register_file(place, register), results)
    with _told(path, results), GeoPackage(path) as file:
        known = {conflict.id for conflict in results.conflicts}
        rows = _rows(file, "conflicts", results, True)
        if waiting and not results.registered:
            results.problems.append(
                tr("The register is being read from its server; the conflicts follow.")
            )
        else:  # those that the register does not know yet
            results.conflicts += [
                conflict_from(*row) for row in politely(rows) if row[0]["id"] not in known
            ]
        _read_plans(file, results)
        _read_sites(file, results)
        _read_joint(file, results)
        results.crs = file.crs
    shorten(results)
    return results


def prepared(results: Results, sorting: Sorting = FIRST) -> Results:
    """Make what filters and list look up; `sorting` is the list's."""
    results.index = Index(results.conflicts)
    results.order = ordered(CONFLICT_TABLE, results.conflicts, *sorting)
    results.sorting = sorting
    return results


def shorten(results: Results) -> None:
    """Give plans, and the ends of conflicts, names without the words that say "plan"."""
    for plan in results.plans:
        plan.short = _shortened(plan.name)
    short = {plan.sector: plan.short for plan in results.plans}
    for conflict in results.conflicts:
        for side in (conflict.subject, conflict.object):
            side.short = short.get(side.layer) or _shortened(side.name)


def _read_register(path: Path, results: Results) -> None:
    if not path.is_file():
        return
    with _told(path, results), GeoPackage(path) as file:
        rows = _rows(file, "conflicts", results, True)
        results.conflicts = [conflict_from(*row) for row in politely(rows)]
        _read_history(file, results)
        results.registered = True


@contextmanager
def _told(path: Path, results: Results) -> Iterator[None]:
    """Make a file that can't be read one of the results' problems."""
    try:
        yield
    except sqlite3.Error as error:
        said = tr("{file} can't be read: {reason}")
        results.problems.append(said.format(file=path.name, reason=error))


def _read_plans(file: GeoPackage, results: Results) -> None:
    for row, _ in _rows(file, "sectors", results, True):
        results.plans.append(
            Plan(
                sector=row.get("sector") or "",
                name=row.get("name") or row.get("sector") or "",
                department=row.get("department") or "",
                colour=row.get("colour") or "#808080",
                projects=int(row.get("projects") or 0),
                area_ha=float(row.get("area_ha") or 0),
                outcome=row.get("outcome") or "",
                reason=row.get("reason") or "",
            )
        )
    demanded: dict[str, float] = {}
    for row, shape in _rows(file, "projects", results, True):
        sector, new = row.get("sector") or "", row.get("new_construction_m2") or 0.0
        demanded[sector] = demanded.get(sector, 0.0) + new / 1e4
        texts = ("sector", "project", "label", "content", "standard", "use", "use_name")
        project = Project(*(row.get(name) or "" for name in texts), geometry=shape)
        if project.project:
            results.projects[project.sector, project.project] = project
        else:
            results.unnamed.append(project)
    for plan in results.plans:
        plan.new_construction_ha = demanded.get(plan.sector, 0.0)


def _read_sites(file: GeoPackage, results: Results) -> None:
    for row, shape in _rows(file, "sites", results):
        site = Site(
            sector=row.get("sector") or "",
            project=row.get("project") or "",
            rank=int(row.get("rank") or 0),
            kind=row.get("kind") or "",
            code=row.get("code") or "",
            area_m2=float(row.get("area_m2") or 0),
            distance_m=float(row.get("distance_m") or 0),
            town_name=row.get("town_name") or "",
            same_town=bool(row.get("same_town")),
            geometry=shape,
        )
        results.sites.setdefault((site.sector, site.project), []).append(site)
    for sites in results.sites.values():
        sites.sort(key=lambda site: site.rank)


def _read_joint(file: GeoPackage, results: Results) -> None:
    for row, _ in _rows(file, "sector_matrix", results):
        count = int(row.get("joint_count") or 0)
        if count:
            pair = row.get("sector_a") or "", row.get("sector_b") or ""
            results.joint[pair] = count, float(row.get("joint_ha") or 0)


def _read_history(file: GeoPackage, results: Results) -> None:
    add_steps(results, (row for row, _ in _rows(file, "history", results)))


def add_steps(results: Results, rows: Iterable[Mapping[str, Any]]) -> None:
    """Put steps of the register's history under their conflicts."""
    names = tuple(Event.__dataclass_fields__)
    for row in sorted(rows, key=lambda row: (row.get("seq") or 0, row.get("at") or "")):
        event = Event(**{name: str(row.get(name) or "") for name in names})
        results.history.setdefault(str(row.get("id") or ""), []).append(event)


def _shortened(name: str) -> str:
    """Take the word "plan" off a plan's name, where something is left then."""
    for ending in _ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)].strip()
    return name


class Shelf(ResultsLoader):
    """Reads places for the dock "Sector plans".

    `copy_wanted` is called where a register on a server was not copied yet.
    """

    KEPT = 4

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._copied: set[Key] = set()
        self.copy_wanted: Callable[[], None] = lambda: None

    def stamp(self, key: Key) -> tuple[tuple[int, int], ...]:
        """Give what changes when results or register are written anew."""
        return stamp(*key)

    def failed(self, key: Key, reason: str) -> Results:
        """Show nothing, and why."""
        return Results(problems=[reason])

    def lasting(self, answer: Results) -> bool:
        """Keep what has anything to show, unless the register's copy is yet to come."""
        return bool(answer.plans or answer.conflicts) and not answer.waiting

    def load(self, place: str, register: str, sorting: Sorting = FIRST) -> None:
        """Read a place; from memory, and at once, where its files are as they were."""
        if not place:
            self.tell(Results())
            return
        key = place, register
        waiting = is_server(register) and key not in self._copied and results_file(place).is_file()
        if waiting:
            self.copy_wanted()
        self.ask(key, lambda: prepared(read(place, register, waiting), sorting))

    def copied(self, place: str, register: str) -> None:
        """Know that a register on a server was copied, or can't be for now."""
        self._copied.add((place, register))
