# SPDX-License-Identifier: GPL-2.0-or-later
"""Run a job in the engine without making the window wait: the dock's way, as client.py is the
toolbox's. The protocol, the log and the judgement on the engine's end are the same."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any, Callable

from qgis.core import QgsProcessingException, QgsProcessingFeedback
from qgis.PyQt.QtCore import QByteArray, QObject, QProcess, pyqtSignal

from ..jobs.client import CancelledError, Conversation, current_engine, made_for
from ..jobs.engine import Engine
from ..jobs.schema import Job, new_job_id, work_folder
from ..jobs.words import tr
from . import beside, endings
from .beside import Task

_LAST_WORDS_MS = 2000


class _Feedback(QgsProcessingFeedback):
    """Hands on what the conversation tells."""

    def __init__(self, task: EngineTask) -> None:
        super().__init__(False)
        self._task = task
        self._title = ""

    def setProgressText(self, text: str) -> None:  # noqa: N802
        self._title = text
        self._task.progressed.emit(self.progress(), text)

    def pushInfo(self, info: str) -> None:  # noqa: N802
        self._task.told.emit("info", info)

    def pushWarning(self, warning: str) -> None:  # noqa: N802
        self._task.told.emit("warning", warning)

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N802, N803
        self._task.told.emit("error", error)

    def advance(self, percent: float) -> None:
        self._task.progressed.emit(percent, self._title)


class _Talk(Conversation):
    """A conversation whose process another one runs."""

    def hear(self, chunk: QByteArray) -> None:
        self._hear(chunk)

    def overhear(self, chunk: QByteArray) -> None:
        self._overhear(chunk)

    def kill(self) -> None:
        self._kill()

    def end(self, status: int, crashed: bool) -> dict[str, Any]:
        self._hear.flush()
        self._overhear.flush()
        self.log.close()
        return self._settle(status, crashed)


class EngineTask(QObject):
    """One job at a time: `start` it, hear `progressed` and `told`, get one of the three ends."""

    progressed = pyqtSignal(float, str)
    told = pyqtSignal(str, str)
    done = pyqtSignal(dict)
    failed = pyqtSignal(str)
    cancelled = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._search: Task | None = None
        self._job: Job | None = None
        self._feedback: _Feedback | None = None
        self._talk: _Talk | None = None
        self._cleaning = contextlib.ExitStack()

    @property
    def busy(self) -> bool:
        """Tell whether a job is under way."""
        return self._job is not None

    def start(self, job: Job) -> None:
        """Look for the engine beside the window, then run the job in it."""
        if self.busy:
            return
        self._job = job
        self.progressed.emit(0.0, tr("Starting the computing engine"))
        # Asking a Python for its libraries takes up to seconds.
        self._search = beside.begin(_find, self._found)

    def cancel(self) -> None:
        """End the job at once; earlier results stay."""
        if self._feedback is not None:
            self._feedback.cancel()
        if self._talk is not None:
            self._talk.kill()
        if self._process is not None:
            self._process.kill()
        elif self.busy:
            self._over(self.cancelled.emit)

    def stop(self) -> None:
        """End the job and wait for its end: before the dock goes. Nothing is told any more."""
        self.blockSignals(True)
        process = self._process
        self.cancel()
        if process is not None and not process.waitForFinished(_LAST_WORDS_MS):
            process.finished.disconnect(self._finished)
            endings.let_end(process)

    def _found(self, error: Exception | None, engine: Engine | None = None) -> None:
        """Go on with the engine that was found; a job cancelled meanwhile is over."""
        self._search = None
        if self._job is None or self._process is not None:
            return
        if error is not None or engine is None:
            text = str(error or "")
            self._over(lambda: self.failed.emit(text))
            return
        try:
            self._launch(engine, self._job)
        except OSError as problem:
            text = str(problem)
            self._cleaning.close()
            self._over(lambda: self.failed.emit(text))

    def _launch(self, engine: Engine, job: Job) -> None:
        job_id = new_job_id()
        leftover = work_folder(Path(job.out), job_id) if _is_folder(job) else None
        self._cleaning = contextlib.ExitStack()
        self._cleaning.enter_context(made_for(job.out if leftover else ""))
        folder = self._cleaning.enter_context(tempfile.TemporaryDirectory(prefix="pianqu-"))
        order = job.write(Path(folder) / "job.json")
        self._feedback = _Feedback(self)
        self._feedback.progressChanged.connect(self._feedback.advance)
        self._talk = _Talk(self._feedback, job_id, leftover)
        arguments = ["job", str(order), "--json", "--watch-stdin", "--job-id", job_id]
        self._process = self._made(engine, engine.command(arguments))
        self._talk.log.write(f"{engine.python} {' '.join(self._process.arguments())}")
        self._process.start()

    def _made(self, engine: Engine, command: list[str]) -> QProcess:
        process = QProcess(self)
        process.setProgram(engine.python)
        process.setArguments(command)
        process.readyReadStandardOutput.connect(self._hear)
        process.readyReadStandardError.connect(self._overhear)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._troubled)
        return process

    def _hear(self) -> None:
        if self._talk is not None and self._process is not None:
            self._talk.hear(self._process.readAllStandardOutput())

    def _overhear(self) -> None:
        if self._talk is not None and self._process is not None:
            self._talk.overhear(self._process.readAllStandardError())

    def _troubled(self, error: QProcess.ProcessError) -> None:
        """Tell that the program could not be started; other troubles end in `finished`."""
        if error != QProcess.ProcessError.FailedToStart or self._process is None:
            return
        said = tr("The engine's Python could not be started: {program}")
        self._settle(lambda: _raise(said.format(program=self._process.program())))

    def _finished(self, status: int, how: QProcess.ExitStatus) -> None:
        self._hear()
        self._overhear()
        talk = self._talk
        if talk is not None:
            crashed = how == QProcess.ExitStatus.CrashExit
            self._settle(lambda: talk.end(status, crashed))

    def _settle(self, end: Callable[[], dict[str, Any]]) -> None:
        """Turn the end into one signal; whatever it was, the job's leftovers go."""
        try:
            with self._cleaning:
                result = end()
        except CancelledError:
            self._over(self.cancelled.emit)
        except (QgsProcessingException, OSError) as error:
            text = str(error)
            self._over(lambda: self.failed.emit(text))
        else:
            self._over(lambda: self.done.emit(result))

    def _over(self, tell: Callable[[], None]) -> None:
        """Be free for the next job, then tell: the listener may start one at once."""
        if self._process is not None:
            self._process.deleteLater()
        self._process = self._talk = self._feedback = self._job = None
        tell()


def _find(task: Task) -> Engine:
    return current_engine()


def _raise(text: str) -> dict[str, Any]:
    raise QgsProcessingException(text)


def _is_folder(job: Job) -> bool:
    """Tell whether the job's `out` is a folder that it works in."""
    return bool(job.out) and job.task != "snapshot"
