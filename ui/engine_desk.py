# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the dock gives orders to the engine and takes its answers in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ..jobs.words import tr
from .dock_log import log
from .sector_runs import SectorRuns
from .sector_store import read, renew

if TYPE_CHECKING:
    from .sector_dock import SectorDock


class EngineDesk:
    """Runs, checks again, decides; shows what came of it in the dock."""

    def __init__(self, dock: SectorDock) -> None:
        self.dock = dock
        self.runs = SectorRuns(dock)
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
        runs.rechecked.connect(self._rechecked)
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
        self.dock.stale()
        self.dock.tell(_counts(result), "success")

    def _rechecked(
        self, result: dict[str, Any], folder: str, rules: list[str], plans: list[str]
    ) -> None:
        """Take over the register, and what the plans' own check says of their projects."""
        results = self.dock.read()
        renew(results, read(folder), plans)
        self.dock.load(results)
        self.dock.tell(_counts(result), "success")

    def _decide(self, decisions: list[dict[str, Any]]) -> None:
        self.runs.decide(self.dock.places, decisions, self.dock.results.registered)

    def _decided(self, result: dict[str, Any]) -> None:
        """Show decisions in place, and who was quicker where one was refused."""
        dock = self.dock
        decided = {str(row.get("id")): row for row in result.get("decided", ())}
        refused: Sequence[Mapping[str, Any]] = result.get("refused", ())
        now = {str(one.get("id")): one.get("row") or {} for one in refused}
        now.update(decided)
        if dock.results.registered:
            self._update(now)
        else:
            dock.stale()
        self._tell(len(decided), [str(one.get("text") or one.get("id")) for one in refused])

    def _update(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Bring the conflicts up to date without reading the register again."""
        dock = self.dock
        touched = [one for one in dock.results.conflicts if one.id in rows]
        for one in touched:
            one.update(rows[one.id])
        dock.shelf.mark(dock.places.results, dock.places.register)
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
        self.dock.tell("\n".join([said, *refused]), "warning" if refused else "success")


def _counts(result: Mapping[str, Any]) -> str:
    names = ("new", "gone", "unchanged", "reopened")
    return tr("New: {new}, gone: {gone}, unchanged: {unchanged}, reopened: {reopened}").format(
        **{name: result.get(name, 0) for name in names}
    )
