# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the dock gives orders to the engine and takes its answers in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from qgis.PyQt.QtCore import QTimer

from ..jobs.addresses import is_server
from ..jobs.words import tr
from .dock_log import log
from .sector_runs import SectorRuns
from .sector_store import add_steps

if TYPE_CHECKING:
    from .sector_dock import SectorDock

_SOON_MS = 500


class EngineDesk:
    """Runs, checks again, decides; shows what came of it in the dock."""

    def __init__(self, dock: SectorDock) -> None:
        self.dock = dock
        self.runs = SectorRuns(dock)
        self._entered = self._current = True
        self._said = "", ""  # what a copy that follows must not make unheard
        self._copying = QTimer(dock)
        self._copying.setSingleShot(True)
        self._copying.timeout.connect(self._copy)
        dock.shelf.copy_wanted = self._copying.start
        face, runs = dock.face, self.runs
        face.source.run_wanted.connect(self.check)
        face.source.rule_wanted.connect(lambda rule: self.recheck(rules=[rule]))
        face.source.plan_wanted.connect(lambda plan: self.recheck(plans=[plan]))
        face.source.cancel_wanted.connect(runs.cancel)
        face.tree.rerun_wanted.connect(lambda plans: self.recheck(plans=plans))
        face.list.rule_wanted.connect(lambda rule: self.recheck(rules=[rule]))
        face.decide.decided.connect(self._decide)
        runs.progressed.connect(face.source.show_progress)
        runs.told.connect(self._told)
        runs.busy_changed.connect(face.set_busy)
        runs.checked.connect(self._checked)
        runs.copied.connect(self._copied)
        runs.decided.connect(self._decided)
        runs.failed.connect(lambda text: dock.tell(text, "error"))
        runs.cancelled.connect(
            lambda: dock.tell(tr("Cancelled; earlier results are untouched."), "warning")
        )

    def check(self) -> None:
        """Check all sector plans and bring the register up to date."""
        self.runs.check(self.dock.places)

    def recheck(self, rules: Sequence[str] = (), plans: Sequence[str] = ()) -> None:
        """Check some rules or plans again."""
        places = self.dock.places
        if places.dossier and places.results:
            self.runs.recheck(places, rules, plans)
        else:
            self.dock.tell(tr("Choose a dossier and a folder of results."), "warning")

    def _told(self, level: str, text: str) -> None:
        log(level, text)

    def _checked(self, result: dict[str, Any]) -> None:
        self._take_copy()
        self.dock.stale()
        self.dock.tell(_counts(result), "success")

    def _copy(self) -> None:
        """Copy the register from its server, when the engine is free."""
        places = self.dock.places
        if self.runs.busy:
            self._copying.start(_SOON_MS)
        elif is_server(places.register) and places.results:
            self.runs.refresh(places)

    def _copied(self, trouble: str) -> None:
        """Show the copy; without one, what the results say, and why."""
        self._take_copy()
        (said, level), self._said = self._said, ("", "")
        self.dock.stale()
        if said or trouble:
            self.dock.tell("\n".join(filter(None, (said, trouble))), level or "warning")

    def _take_copy(self) -> None:
        places = self.runs.places
        self.dock.shelf.copied(places.results, places.register)

    def _decide(self, decisions: list[dict[str, Any]]) -> None:
        """Decide; what the register does not hold yet is entered first."""
        dock = self.dock
        entered = {one.id for one in dock.results.conflicts if one.version}
        self._entered = all(str(one["id"]) in entered for one in decisions)
        self._current = dock.shelf.current((dock.places.results, dock.places.register))
        self.runs.decide(dock.places, decisions, self._entered)

    def _decided(self, result: dict[str, Any]) -> None:
        """Show decisions in place, and who was quicker where one was refused."""
        dock = self.dock
        decided = {str(row.get("id")): row for row in result.get("decided", ())}
        refused: Sequence[Mapping[str, Any]] = result.get("refused", ())
        now = {str(one.get("id")): one.get("row") or {} for one in refused}
        now.update(decided)
        if self.runs.places == dock.places:
            self._update(now, result.get("history", ()))
        if is_server(dock.places.register):
            self.runs.refresh(dock.places)
        elif refused or not (self._entered and self._current):  # a colleague, or we, wrote more
            dock.stale()
        self._tell(len(decided), [str(one.get("text") or one.get("id")) for one in refused])

    def _update(
        self, rows: Mapping[str, Mapping[str, Any]], steps: Sequence[Mapping[str, Any]]
    ) -> None:
        """Bring the conflicts up to date without reading the register again."""
        dock = self.dock
        add_steps(dock.results, steps)
        touched = [one for one in dock.results.conflicts if one.id in rows]
        for one in touched:
            one.update(rows[one.id])
        dock.face.list.source.touched({one.id for one in touched})
        dock.filters.refresh("state")
        dock.refilter()
        current = dock.face.list.current()
        if current is not None:
            dock.face.facts.show_conflict(current, dock.results)

    def _tell(self, decided: int, refused: list[str]) -> None:
        said = tr("Decided: {count}").format(count=decided)
        if not refused:
            self.dock.face.decide.clear()
        told = "\n".join([said, *refused]), "warning" if refused else "success"
        self._said = told if self.runs.busy else ("", "")
        self.dock.tell(*told)


def _counts(result: Mapping[str, Any]) -> str:
    names = ("new", "gone", "unchanged", "reopened")
    return tr("New: {new}, gone: {gone}, unchanged: {unchanged}, reopened: {reopened}").format(
        **{name: result.get(name, 0) for name in names}
    )
