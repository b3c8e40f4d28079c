# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dock "Cluster check" has the engine do: run, do a check again, accept findings."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Mapping

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..jobs import schema
from ..jobs.words import tr
from ..processing.base import language
from ..processing.open_results import OpenResults
from .desk_head import RUNS
from .engine_task import EngineTask
from .place_memory import Places
from .sector_store import results_file

_AGAIN = "pianqu-again-"
_FORMER = ("results.gpkg", "run.json")
End = Callable[[Mapping[str, Any]], None]


class DeskRuns(QObject):
    """One order at a time; each ends in exactly one of the signals."""

    checked = pyqtSignal(dict)
    rechecked = pyqtSignal(str, str)
    accepted = pyqtSignal(dict)
    failed = pyqtSignal(str)
    cancelled = pyqtSignal()
    progressed = pyqtSignal(float, str)
    told = pyqtSignal(str, str)
    busy_changed = pyqtSignal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = EngineTask(self)
        self._finish: End = lambda result: None
        self._open: OpenResults | None = None
        self._folder = ""
        self._task.progressed.connect(self.progressed)
        self._task.told.connect(self.told)
        self._task.done.connect(lambda result: self._end(lambda: self._finish(result)))
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(lambda: self._end(self.cancelled.emit))

    @property
    def busy(self) -> bool:
        """Tell whether the engine is at work."""
        return self._task.busy

    def run(self, places: Places) -> None:
        """Do all checks; ends in `checked`."""
        if self.busy:
            return
        out = _absolute(places.results)
        self._open = OpenResults(QgsProject.instance(), Path(out))
        values = {"task": "run", "dossier": _absolute(places.dossier), "out": out}
        self._begin(values, lambda result: self.checked.emit(dict(result)))

    def recheck(self, places: Places, rule: str) -> None:
        """Do a check again, or one rule of the sector plans; ends in `rechecked`.

        The answer lies in a folder of its own, which is removed by `forget`: the whole results
        stay as they are. Former decisions are carried on.
        """
        if self.busy:
            return
        self.forget()
        self._folder = folder = tempfile.mkdtemp(prefix=_AGAIN)
        _lend(results_file(_absolute(places.results)).parent, Path(folder))
        values: dict[str, Any] = {"dossier": _absolute(places.dossier), "out": folder}
        check = rule.split(".", 1)[0]
        if check == "sector":
            rules = (rule,) if rule in schema.SECTOR_RULES else ()
            values.update(task="sectors", rules=rules)
            for name in _FORMER:  # results of a whole run are not for a part to replace
                (Path(folder) / name).unlink(missing_ok=True)
        else:
            values.update(task="run", checks=(RUNS.get(check, "quotas"),), tables_only=True)
        self._begin(values, lambda result: self.rechecked.emit(folder, rule))

    def accept(self, places: Places, order: Mapping[str, Any]) -> None:
        """Write a decision on findings into the results; ends in `accepted`."""
        if self.busy:
            return
        if "accept" not in schema.TASKS:
            self.failed.emit(tr("This computing engine can't write decisions on findings."))
            return
        results = str(results_file(_absolute(places.results)).parent)
        values = {"task": "accept", "results": results, **order}
        self._begin(values, lambda result: self.accepted.emit(dict(result)))

    def cancel(self) -> None:
        """End the engine; earlier results stay."""
        self._task.cancel()

    def stop(self) -> None:
        """End the engine before the dock goes; nothing is told."""
        self.blockSignals(True)
        self._task.stop()
        self.forget()

    def forget(self) -> None:
        """Remove the folder of the last check that was done again."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""

    def _begin(self, values: Mapping[str, Any], finish: End) -> None:
        self._finish = finish
        job = schema.Job(**{**values, "language": language()})
        self.busy_changed.emit(True)
        self._task.start(job)

    def _fail(self, text: str) -> None:
        self._end(lambda: self.failed.emit(text or tr("The engine gave no reason.")))

    def _end(self, tell: Callable[[], None]) -> None:
        if self._open is not None:
            self._open.give_back()
            self._open = None
        self.busy_changed.emit(False)
        tell()


def _lend(source: Path, target: Path) -> None:
    """Put the former results where the run looks for decisions: as a link where that can be."""
    for name in _FORMER:
        with suppress(OSError):
            try:
                os.link(source / name, target / name)
            except OSError:
                shutil.copyfile(source / name, target / name)


def _absolute(path: str) -> str:
    return str(Path(path).absolute()) if path else ""
