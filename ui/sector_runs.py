# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dock has the engine do, step after step: check, register, decide."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, Callable, Sequence

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..jobs.schema import Job
from ..jobs.words import tr
from ..processing.base import language
from ..processing.open_results import OpenResults
from .engine_task import EngineTask
from .place_memory import Places
from .sector_store import REGISTER, is_server, results_file

Step = Callable[[], Job]
_AGAIN = "pianqu-again-"


class SectorRuns(QObject):
    """Runs jobs one after the other; each order ends in exactly one signal."""

    checked = pyqtSignal(dict)
    rechecked = pyqtSignal(dict, str, list, list)
    decided = pyqtSignal(dict)
    failed = pyqtSignal(str)
    cancelled = pyqtSignal()
    progressed = pyqtSignal(float, str)
    told = pyqtSignal(str, str)
    busy_changed = pyqtSignal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = EngineTask(self)
        self._steps: list[Step] = []
        self._results: list[dict[str, Any]] = []
        self._finish: Callable[[dict[str, Any]], None] = lambda result: None
        self._open: OpenResults | None = None
        self._folder = ""
        self._task.progressed.connect(self.progressed)
        self._task.told.connect(self.told)
        self._task.done.connect(self._next)
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(self._cancelled)

    @property
    def busy(self) -> bool:
        """Tell whether the engine is at work."""
        return self._task.busy

    def check(self, places: Places) -> None:
        """Check all sector plans, then bring the register up to date; ends in `checked`."""
        folder = _absolute(places.results)
        self._open = OpenResults(QgsProject.instance(), Path(folder))
        whole = self._check_job(places, folder)
        self._begin([lambda: whole, lambda: self._register_job(places, folder)], self.checked.emit)

    def recheck(self, places: Places, rules: Sequence[str] = (), plans: Sequence[str] = ()) -> None:
        """Check some rules or plans again; ends in `rechecked` with a folder of their results.

        The whole results stay as they are; the folder is gone when the signal has been heard.
        """
        if self.busy:
            return
        self._folder = folder = tempfile.mkdtemp(prefix=_AGAIN)
        part = self._check_job(places, folder, tuple(rules), tuple(plans))
        self._begin(
            [lambda: part, lambda: self._register_job(places, folder)],
            lambda result: self.rechecked.emit(result, folder, list(rules), list(plans)),
        )

    def decide(self, places: Places, decisions: Sequence[dict[str, Any]], registered: bool) -> None:
        """Write decisions into the register, which is made first where there is none yet."""
        job = Job(
            task="decide",
            register=_register(places),
            decisions=tuple(decisions),
            language=language(),
        )
        steps: list[Step] = [lambda: job]
        if not registered:
            steps.insert(0, lambda: self._register_job(places, places.results))
        self._begin(steps, self.decided.emit)

    def refresh(self, places: Places) -> None:
        """Copy a register that is on a server beside the results; ends in `checked`."""
        path = results_file(_absolute(places.results)).parent / "register_snapshot.gpkg"
        job = Job(task="snapshot", register=_register(places), out=str(path), language=language())
        self._begin([lambda: job], self.checked.emit)

    def cancel(self) -> None:
        """End the engine; earlier results stay."""
        self._steps = []
        self._task.cancel()

    def stop(self) -> None:
        """End the engine before the dock goes; nothing is told."""
        self._steps = []
        self._task.stop()
        self._tidy()

    def _check_job(
        self,
        places: Places,
        out: str,
        rules: tuple[str, ...] = (),
        plans: tuple[str, ...] = (),
    ) -> Job:
        return Job(
            task="sectors",
            dossier=_absolute(places.dossier),
            out=out,
            rules=rules,
            plans=plans,
            language=language(),
        )

    def _register_job(self, places: Places, results: str) -> Job:
        """A register on a server is copied beside the results, for the dock to read."""
        beside = str(results_file(_absolute(places.results)).parent)
        return Job(
            task="register",
            results=_absolute(results),
            register=_register(places),
            out=beside if is_server(places.register) else "",
            language=language(),
        )

    def _begin(self, steps: list[Step], finish: Callable[[dict[str, Any]], None]) -> None:
        if self.busy:
            return
        self._steps, self._finish, self._results = steps, finish, []
        self.busy_changed.emit(True)
        self._task.start(self._steps.pop(0)())

    def _next(self, result: dict[str, Any]) -> None:
        self._results.append(result)
        if self._steps:
            self._task.start(self._steps.pop(0)())
            return
        merged = {name: value for one in self._results for name, value in one.items()}
        self._end(lambda: self._finish(merged))

    def _fail(self, text: str) -> None:
        self._steps = []
        self._end(lambda: self.failed.emit(text or tr("The engine gave no reason.")))

    def _cancelled(self) -> None:
        self._end(self.cancelled.emit)

    def _end(self, tell: Callable[[], None]) -> None:
        if self._open is not None:
            self._open.give_back()
            self._open = None
        self.busy_changed.emit(False)
        try:
            tell()
        finally:
            self._tidy()

    def _tidy(self) -> None:
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def _absolute(path: str) -> str:
    return str(Path(path).absolute()) if path else ""


def _register(places: Places) -> str:
    """Give the register's place as the engine takes it: never empty."""
    if is_server(places.register):
        return places.register
    if places.register:
        return _absolute(places.register)
    return str(results_file(_absolute(places.results)).parent / REGISTER)
