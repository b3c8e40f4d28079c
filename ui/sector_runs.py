# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dock has the engine do, step after step: check, register, decide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Sequence

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..jobs.addresses import is_server, register_place
from ..jobs.schema import Job
from ..jobs.words import tr
from ..processing.base import language
from ..processing.open_results import OpenResults
from .engine_task import EngineTask
from .place_memory import Places
from .sector_store import REGISTER, SNAPSHOT, results_file

Step = Callable[[], Job]
End = Callable[..., None]


class SectorRuns(QObject):
    """Runs jobs one after the other; each order ends in exactly one signal.

    `places` are those of the last order. `copied` says "" or why a register on a server could not
    be copied.
    """

    checked = pyqtSignal(dict)
    decided = pyqtSignal(dict)
    copied = pyqtSignal(str)
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
        self._finish: End = lambda result: None
        self._give_up: End = self.failed.emit
        self._open: OpenResults | None = None
        self._stopped = False
        self.places = Places()
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
        self.recheck(places)

    def recheck(self, places: Places, rules: Sequence[str] = (), plans: Sequence[str] = ()) -> None:
        """Check some rules or plans again, all where none is named; ends in `checked`.

        The results keep what they say of the others.
        """
        if self.busy:
            return
        folder = _folder(places)
        self._open = OpenResults(QgsProject.instance(), folder)
        job = self._check_job(places, str(folder), tuple(rules), tuple(plans))
        self._begin(places, [lambda: job, lambda: self._register_job(places)], self.checked.emit)

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
            steps.insert(0, lambda: self._register_job(places))
        self._begin(places, steps, self.decided.emit)

    def refresh(self, places: Places) -> None:
        """Copy a register that is on a server beside the results; ends in `copied`."""
        path = str(_folder(places) / SNAPSHOT)
        job = Job(task="snapshot", register=_register(places), out=path, language=language())
        self._begin(places, [lambda: job], lambda _: self.copied.emit(""), self.copied.emit)

    def cancel(self) -> None:
        """End the engine; earlier results stay."""
        self._steps = []
        self._task.cancel()

    def stop(self) -> None:
        """End the engine before the dock goes; nothing is told."""
        self._steps, self._stopped = [], True
        self._task.stop()

    def _check_job(
        self, places: Places, out: str, rules: tuple[str, ...], plans: tuple[str, ...]
    ) -> Job:
        """Check the plans alone; over the results of a whole run, that run again.

        Page and workbook of a whole run would else tell of results that are no longer there.
        """
        checks = _checks_in(Path(out))
        return Job(
            task="run" if checks else "sectors",
            dossier=_absolute(places.dossier),
            out=out,
            checks=checks,
            rules=rules,
            plans=plans,
            language=language(),
        )

    def _register_job(self, places: Places) -> Job:
        """A register on a server is copied beside the results, for the dock to read."""
        return Job(
            task="register",
            results=_absolute(places.results),
            register=_register(places),
            out=str(_folder(places)) if is_server(places.register) else "",
            language=language(),
        )

    def _begin(
        self, places: Places, steps: list[Step], finish: End, give_up: End | None = None
    ) -> None:
        if self.busy or self._stopped:
            return
        self.places, self._steps, self._results = places, steps, []
        self._finish, self._give_up = finish, give_up or self.failed.emit
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
        self._end(lambda: self._give_up(text or tr("The engine gave no reason.")))

    def _cancelled(self) -> None:
        self._end(self.cancelled.emit)

    def _end(self, tell: Callable[[], None]) -> None:
        if self._open is not None:
            self._open.give_back()
            self._open = None
        self.busy_changed.emit(False)
        tell()


def _checks_in(folder: Path) -> tuple[str, ...]:
    """List the checks of a whole run whose results a folder holds; none where it holds no such."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        checks = tuple(str(name) for name in record["checks"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return checks if set(checks) - {"sectors"} else ()


def _folder(places: Places) -> Path:
    """Give the folder of the results."""
    return results_file(_absolute(places.results)).parent


def _absolute(path: str) -> str:
    return str(Path(path).absolute()) if path else ""


def _register(places: Places) -> str:
    """Give the register's place as the engine takes it: never empty."""
    return register_place(places.register) or str(_folder(places) / REGISTER)
