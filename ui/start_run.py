# SPDX-License-Identifier: GPL-2.0-or-later
"""A job for the engine from a panel; where there is no engine, it is asked for first."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..jobs.engine import EngineMissingError, find_engine
from ..jobs.schema import Job
from ..jobs.words import tr
from ..processing.open_results import OpenResults
from . import beside
from .beside import Task, Work
from .engine_task import EngineTask
from .settings_store import engine_python


class EngineRun(QObject):
    """Looks for the engine, then does one job after the other as it is told."""

    progressed = pyqtSignal(float, str)
    told = pyqtSignal(str, str)
    missing = pyqtSignal(str)
    busy_changed = pyqtSignal(bool)
    failed = pyqtSignal(str)
    cancelled = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.task = EngineTask(self)
        self._go_on: Callable[[], None] | None = None
        self._then: Callable[[dict[str, Any]], None] | None = None
        self._search: Task | None = None
        self._work: Task | None = None
        self._open: OpenResults | None = None
        self._busy = False
        self.task.progressed.connect(self.progressed)
        self.task.told.connect(self.told)
        self.task.done.connect(self._done)
        self.task.failed.connect(self._fail)
        self.task.cancelled.connect(self._on_cancelled)

    @property
    def busy(self) -> bool:
        """Tell whether something is under way."""
        return self._busy

    def with_engine(self, go_on: Callable[[], None]) -> None:
        """Go on where there is an engine; else tell `missing` and keep it for `resume`."""
        self._go_on = go_on
        self._set_busy(True)
        self.progressed.emit(0.0, tr("Starting the computing engine"))
        setting = engine_python()
        self._search = beside.begin(lambda task: _look(setting), self._looked)

    def resume(self) -> None:
        """Go on with what was wanted when the engine was missing."""
        if self._go_on is not None:
            self.with_engine(self._go_on)

    def drop(self) -> None:
        """Forget what was wanted."""
        self._go_on = None
        self._set_busy(False)

    def work(self, do: Work, then: Callable[[Any], None]) -> None:
        """Do something of QGIS's beside the window, then go on with what it gave."""
        self._set_busy(True)

        def ended(error: Exception | None, value: Any = None) -> None:
            self._work = None
            if not self._busy:
                return
            if error is not None:
                self._fail(str(error))
            else:
                then(value)

        self._work = beside.begin(do, ended)

    def start(self, job: Job, then: Callable[[dict[str, Any]], None]) -> None:
        """Run a job, then go on with its result; results of it on the map are opened anew."""
        self._then = then
        self._set_busy(True)
        if job.task == "run":
            self._open = OpenResults(QgsProject.instance(), Path(job.out))
        self.task.start(job)

    def cancel(self) -> None:
        """End what is under way."""
        if self.task.busy:
            self.task.cancel()
        elif self._busy:
            if self._work is not None:
                self._work.cancel()
            self._on_cancelled()

    def stop(self) -> None:
        """End what is under way, without a word: before the panel goes."""
        self.blockSignals(True)
        if self._work is not None:
            self._work.cancel()
        self._go_on = self._then = None
        self._busy = False
        self.task.stop()

    def _looked(self, error: Exception | None, tried: Any = None) -> None:
        self._search = None
        if not self._busy or self._go_on is None:
            return
        if error is not None:
            self._fail(str(error))
        elif tried is not None:
            self._set_busy(False)
            self.missing.emit("\n".join(tried))
        else:
            go_on, self._go_on = self._go_on, None
            go_on()

    def _done(self, result: dict[str, Any]) -> None:
        self._give_back()
        then, self._then = self._then, None
        self._set_busy(False)
        if then is not None:
            then(result)

    def _fail(self, text: str) -> None:
        self._give_back()
        self._then = None
        self._set_busy(False)
        self.failed.emit(text)

    def _on_cancelled(self) -> None:
        self._give_back()
        self._go_on = self._then = None
        self._set_busy(False)
        self.cancelled.emit()

    def _give_back(self) -> None:
        if self._open is not None:
            self._open.give_back()
            self._open = None

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)


def _look(setting: str) -> list[str] | None:
    """Give where an engine was looked for in vain and what was lacking; None where there is one."""
    try:
        find_engine(setting)
    except EngineMissingError as error:
        return [tr("Looked for here:"), *(f"{place}: {lack}" for place, lack in error.tried)]
    return None
