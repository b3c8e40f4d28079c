# SPDX-License-Identifier: GPL-2.0-or-later
"""The resident engine: a process that holds a county and answers requests, never waited for."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QObject, QProcess, QTimer, pyqtSignal

from ..jobs.client import Log, current_engine
from ..jobs.engine import Engine
from ..jobs.schema import Failure, Note, Progress, new_job_id, parse_line
from ..jobs.words import tr
from ..processing.base import language
from . import beside, endings
from .beside import Task
from .resident_lines import LineCutter, shortened
from .resident_queue import Done, Refused, Requests

OFF, STARTING, READY, GONE = "off", "starting", "ready", "gone"
_CRASHES, _WITHIN_SECONDS = 3, 300.0
_LAST_WORDS_SECONDS = 2.0


class Resident(QObject):
    """Starts the resident engine, asks it one thing after the other, starts it anew when it dies.

    `ask` may be called at any time; requests made before the engine is ready wait for it. A crash
    fails all requests under way, tells `crashed`, and after a restart comes another `ready`.
    """

    state_changed = pyqtSignal(str)
    progressed = pyqtSignal(float, str)
    told = pyqtSignal(str, str)
    ready = pyqtSignal(dict)
    crashed = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.dossier = ""
        self.state = OFF
        self._process: QProcess | None = None
        self._search: Task | None = None
        self._log: Log | None = None
        self._lines = LineCutter()
        self._asides = LineCutter()
        self._failure = ""
        self._requests = Requests()
        self._crashes: list[float] = []

    # Orders

    def start(self, dossier: str) -> None:
        """Start the engine on a dossier; one that already serves it stays."""
        if self.state in (STARTING, READY) and dossier == self.dossier:
            return
        self.stop()
        self.dossier = dossier
        self._crashes = []
        self._begin()

    def restart(self) -> None:
        """Let the engine read the files again."""
        self._end()
        self._turn(STARTING)
        self._drop(tr("The computing engine is being started again."))
        self._begin()

    def stop(self, wait: bool = False) -> None:
        """End the engine; with `wait` (before the plugin goes) see it end.

        Nobody who asked is told any more.
        """
        self._requests.drop()
        self._search = None
        self._end()
        if wait:
            endings.wait_for_all(_LAST_WORDS_SECONDS)
        self._turn(OFF)

    def ask(
        self, do: str, done: Done | None = None, failed: Refused | None = None, **values: Any
    ) -> int:
        """Ask the engine; `done` gets the reply, `failed` a sentence. Gives the request's number.

        Without an engine under way the request fails in the next turn of the event loop.
        """
        request = self._requests.number(do, values, done, failed)
        if self.state in (STARTING, READY):
            self._requests.add(request)
            self._next()
        elif failed is not None:
            QTimer.singleShot(0, lambda: failed(tr("The computing engine does not run.")))
        return request.id

    def forget(self, number: int) -> None:
        """Take a request back: one that waits is not sent, an answer to one sent is dropped."""
        self._requests.forget(number)

    @property
    def idle(self) -> bool:
        """Tell whether nothing is asked at the moment."""
        return self._requests.idle

    # The process

    def _begin(self) -> None:
        self._turn(STARTING)
        self.progressed.emit(0.0, tr("Starting the computing engine"))
        self._search = beside.begin(_find, self._found)

    def _found(self, error: Exception | None, engine: Engine | None = None) -> None:
        """Go on with the engine that was found, unless it is not wanted any more."""
        if self._search is None or self._process is not None:
            return
        self._search = None
        if error is not None or engine is None:
            self._lost(str(error or ""))
            return
        try:
            self._launch(engine)
        except OSError as problem:
            self._lost(str(problem))

    def _launch(self, engine: Engine) -> None:
        self._lines, self._asides, self._failure = LineCutter(), LineCutter(), ""
        self._log = Log(new_job_id())
        process = QProcess(QCoreApplication.instance())
        process.setProgram(engine.python)
        order = ["serve", self.dossier, "--json", "--watch-stdin", "--language", language()]
        process.setArguments(engine.command(order))
        process.readyReadStandardOutput.connect(self._hear)
        process.readyReadStandardError.connect(self._overhear)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._troubled)
        self._process = process
        self._log.write(f"{engine.python} {' '.join(process.arguments())}")
        process.start()

    def _end(self) -> None:
        """Let go of the process; it holds nothing that would have to be saved."""
        process, self._process = self._process, None
        self._close_log()
        if process is None:
            return
        process.readyReadStandardOutput.disconnect(self._hear)
        process.readyReadStandardError.disconnect(self._overhear)
        process.finished.disconnect(self._finished)
        process.errorOccurred.disconnect(self._troubled)
        endings.let_end(process)

    def _troubled(self, error: QProcess.ProcessError) -> None:
        """Tell that the program could not be started; other troubles end in `finished`."""
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            said = tr("The engine's Python could not be started: {program}")
            program = self._process.program()
            self._end()
            self._lost(said.format(program=program))

    def _finished(self, status: int, how: QProcess.ExitStatus) -> None:
        """Start the engine anew where it fell while serving; tell what stopped it otherwise."""
        self._hear()
        self._overhear()
        log = str(self._log.path) if self._log else ""
        was = self.state
        self._end()
        text = self._failure
        if was == READY or not text:
            crashed = how == QProcess.ExitStatus.CrashExit
            form = tr("signal {number}") if crashed else tr("exit status {number}")
            ended = tr("The resident engine ended unexpectedly ({how}). Log: {log}")
            text = "\n".join(filter(None, [text, ended.format(how=form.format(number=status),
                                                              log=log)]))  # fmt: skip
        now = time.monotonic()
        self._crashes = [one for one in self._crashes if now - one < _WITHIN_SECONDS] + [now]
        if was != READY or len(self._crashes) >= _CRASHES:
            self._lost(text)
            return
        self._turn(STARTING)
        self._drop(text)
        self.crashed.emit(text + "\n" + tr("It is being started again."))
        self._begin()

    def _lost(self, text: str) -> None:
        """Give up; only the user starts the engine again."""
        self._search = None
        self._turn(GONE)
        self._drop(text)
        self.failed.emit(text)

    def _drop(self, text: str) -> None:
        """Fail everything that is asked."""
        for request in self._requests.drop():
            if request.failed is not None:
                request.failed(text)

    def _turn(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    # The talk

    def _next(self) -> None:
        """Send the next request once the last one is answered."""
        if self._process is None or self.state != READY:
            return
        request = self._requests.next()
        if request is not None:
            line = json.dumps(request.values, ensure_ascii=False)
            self._note("> " + shortened(line))
            self._process.write((line + "\n").encode("utf-8"))

    def _hear(self) -> None:
        if self._process is not None:
            for line in self._lines.feed(bytes(self._process.readAllStandardOutput())):
                self._note(shortened(line))
                self._take(line)

    def _overhear(self) -> None:
        if self._process is not None:
            for line in self._asides.feed(bytes(self._process.readAllStandardError())):
                self._note(line)

    def _take(self, line: str) -> None:
        """Take in one line: an answer, or a message of the kinds that every engine sends."""
        values: Any = None
        with contextlib.suppress(ValueError):
            values = json.loads(line)
        if not isinstance(values, dict):
            return
        kind = values.get("type")
        if kind == "ready":
            self._turn(READY)
            self.ready.emit(values)
            self._next()
        elif kind == "reply" or (kind == "error" and values.get("id") is not None):
            self._answered(values)
        else:
            self._pass_on(line)

    def _answered(self, values: dict[str, Any]) -> None:
        """Hand an answer to who asked; first free the line, for he may ask at once."""
        request = self._requests.answered(values.get("id"))
        if request is None:
            return
        if values["type"] == "reply":
            if request.done is not None:
                request.done(values)
        elif request.failed is not None:
            request.failed(str(values.get("text", "")))
        self._next()

    def _pass_on(self, line: str) -> None:
        message = parse_line(line)
        if isinstance(message, Progress):
            self.progressed.emit(message.percent, message.title)
        elif isinstance(message, Note):
            self.told.emit(message.level, message.text)
        elif isinstance(message, Failure):
            self._failure = message.text

    def _note(self, line: str) -> None:
        if self._log is not None:
            self._log.write(line)

    def _close_log(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None


def _find(task: Task) -> Engine:
    return current_engine()
