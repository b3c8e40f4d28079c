# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the dock "Cluster check" gives orders to the engine and takes its answers in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Mapping

from ..jobs.words import tr
from .desk_records import Desk
from .desk_runs import DeskRuns
from .desk_store import Sorting, mark, prepare, read
from .desk_words import CHECK_WORDS
from .dock_log import log
from .labels import word

if TYPE_CHECKING:
    from .desk_dock import DeskDock


class DeskOrders:
    """Runs, does a check again, accepts; shows what came of it in the dock.

    `just_told` keeps a message through the next load of results.
    """

    def __init__(self, dock: DeskDock) -> None:
        self.dock = dock
        self.just_told = False
        self.runs = runs = DeskRuns(dock)
        face = dock.face
        face.head.run_wanted.connect(self.run)
        face.head.check_wanted.connect(self.recheck)
        face.head.cancel_wanted.connect(runs.cancel)
        face.findings.rule_wanted.connect(self.recheck)
        face.findings.decided.connect(lambda order: runs.accept(dock.places, order))
        runs.progressed.connect(face.head.show_progress)
        runs.told.connect(log)
        runs.busy_changed.connect(face.set_busy)
        runs.checked.connect(self._checked)
        runs.rechecked.connect(self._rechecked)
        runs.accepted.connect(self._accepted)
        runs.failed.connect(lambda text: dock.tell(text, "error"))
        runs.cancelled.connect(
            lambda: dock.tell(tr("Cancelled; earlier results are untouched."), "warning")
        )

    def run(self) -> None:
        """Do all checks of the dossier."""
        self.runs.run(self.dock.places)

    def recheck(self, rule: str) -> None:
        """Do the check of a rule again (a check's own name: all its rules)."""
        places = self.dock.places
        if places.dossier and places.results:
            self.runs.recheck(places, rule)
        else:
            self.dock.tell(tr("Choose a dossier and a folder of results."), "warning")

    def _checked(self, result: Mapping[str, Any]) -> None:
        said = tr("Done: {failed} quotas fail, {warned} near their limit, {findings} findings.")
        names = ("failed", "warned", "findings")
        counts = {name: int(result.get(name) or 0) for name in names}
        self._tell(said.format(**counts), "success")
        self.dock.stale()

    def _tell(self, text: str, level: str) -> None:
        self.just_told = True
        self.dock.tell(text, level)

    def _rechecked(self, folder: str, rule: str) -> None:
        """Read what was found again, beside the window, and put it into what is shown."""
        dock = self.dock
        shown, sorting = dock.results, dock.face.findings.list.source.sorting

        def work() -> Desk:
            return renewed(shown, read(folder, sorting, compare=False), rule, sorting)

        def told(desk: Desk) -> None:
            dock.loader.loaded.disconnect(told)
            self.runs.forget()
            dock.loader.forget(desk.place)
            self._say_rechecked(desk, rule)

        dock.loader.loaded.connect(told)
        dock.loader.run(shown.place, work)

    def _say_rechecked(self, desk: Desk, rule: str) -> None:
        found = [one for one in desk.findings if covers(rule, one.rule)]
        counts = {key: sum(one.since == key for one in found) for key in ("new", "gone")}
        said = tr(
            "Checked again, {what}: {new} new, {gone} gone. The files hold the last whole run."
        )
        names = self.dock.face.findings.names
        what = word(CHECK_WORDS, rule) if rule in CHECK_WORDS else names.rule(rule)
        self._tell(said.format(what=what, **counts), "success")

    def _accepted(self, result: Mapping[str, Any]) -> None:
        """Show decisions in place; the files are known to have changed by ourselves."""
        dock = self.dock
        count = dock.face.findings.take_decisions(result.get("decided") or ())
        dock.loader.mark(dock.places.results)
        dock.face.findings.accept.clear()
        unknown = len(result.get("unknown") or ())
        said = tr("Decided: {count}").format(count=count)
        if unknown:
            said += "\n" + tr("Not in the results, so not decided: {count}").format(count=unknown)
        self._tell(said, "warning" if unknown else "success")
        self.just_told = False


def covers(asked: str, rule: str) -> bool:
    """Tell whether doing a check again looks at a rule.

    A rule of the sector plans can be asked alone; of the others whole checks are done, and the
    data with them.
    """
    check = rule.split(".", 1)[0]
    if asked.startswith("sector."):
        return rule == asked
    if asked == "sector":
        return check == "sector"
    wanted = "quota" if asked.split(".", 1)[0] == "data" else asked.split(".", 1)[0]
    return check in (wanted, "data")


def renewed(shown: Desk, part: Desk, rule: str, sorting: Sorting) -> Desk:
    """Put what a part of the checks found into what is shown."""
    if part.problems:
        return replace(shown, problems=part.problems)
    former = [one for one in shown.findings if covers(rule, one.rule) and one.since != "gone"]
    found = [one for one in part.findings if covers(rule, one.rule)]
    mark(found, former)
    kept = [one for one in shown.findings if not covers(rule, one.rule)]
    desk = replace(shown, findings=kept + found, problems=[])
    if part.indicators:
        desk.indicators = part.indicators
    prepare(desk, sorting)
    return desk
