# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the engine from an algorithm and bring its progress, messages and result to QGIS."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Callable, Iterator

from qgis.core import (
    QgsBlockingProcess,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsSettings,
)
from qgis.PyQt.QtCore import QByteArray, QProcess

from .engine import Engine, EngineMissingError, engine_home, find_engine
from .lifeline import missing_folders, remove_empty
from .schema import (
    EXIT_CANCELLED,
    EXIT_ENDED,
    EXIT_UNUSABLE,
    Failure,
    Job,
    Message,
    Note,
    Progress,
    Result,
    Started,
    new_job_id,
    parse_line,
    work_folder,
)
from .words import tr

SETTING = "PIANQU_ENGINE_PYTHON"
KEPT_LOGS = 20
KILLED = 9
# Signals by which a terminal or a system ends what it runs, and the engine with it.
STOPPING = (signal.SIGINT, signal.SIGTERM)


class CancelledError(QgsProcessingException):
    """The user stopped the run."""


def current_engine() -> Engine:
    """Find the engine's Python or say in one line how to get one."""
    try:
        return find_engine(str(QgsSettings().value(f"Processing/Configuration/{SETTING}") or ""))
    except EngineMissingError as error:
        if any(lack == f"exit {-signal.SIGINT}" for _, lack in error.tried):
            raise CancelledError(tr("Cancelled; earlier results are untouched.")) from None
        tried = "\n".join(f"  {place}: {lack}" for place, lack in error.tried)
        raise QgsProcessingException(
            tr(
                "The computing engine is not set up: no Python with its libraries was found. "
                "Run the algorithm 'Set up the computing engine' (pianqu:setupengine) once; "
                "without a network, give it a folder of wheels."
            )
            + ("\n" + tr("Tried, and what is lacking:") + "\n" + tried if tried else "")
        ) from error


def run_job(job: Job, feedback: QgsProcessingFeedback) -> dict[str, Any]:
    """Run a job to its end and give its result.

    QgsProcessingException says in one line why there is none; whatever happens, nothing
    half-written is left in the job's folder.
    """
    engine = current_engine()
    job_id = new_job_id()
    leftover = work_folder(Path(job.out), job_id) if job.out else None
    with made_for(job.out), tempfile.TemporaryDirectory(prefix="pianqu-") as folder:
        order = job.write(Path(folder) / "job.json")
        arguments = ["job", str(order), "--json", "--watch-stdin", "--job-id", job_id]
        command = engine.command(arguments)
        return Conversation(feedback, job_id, leftover).hold(engine.python, command)


@contextlib.contextmanager
def made_for(out: str) -> Iterator[None]:
    """Take away again, where a run fails, the folders that it made for its results.

    Only folders that were not there before and are empty go.
    """
    new = missing_folders(out)
    try:
        yield
    except BaseException:
        remove_empty(new)
        raise


class Conversation:
    """One run of a program that speaks our messages."""

    def __init__(
        self, feedback: QgsProcessingFeedback, job_id: str, leftover: Path | None = None
    ) -> None:
        self.feedback = feedback
        self.leftover = leftover
        self.log = Log(job_id)
        self.stage = ""
        self.pid = 0
        self.result: dict[str, Any] | None = None
        self.failure: Failure | None = None
        self._hear = Lines(self._on_line)
        self._overhear = Lines(self.log.write)

    def hold(self, program: str, arguments: list[str]) -> dict[str, Any]:
        """Run the program, pass on what it says, give its result."""
        self.log.write(f"{program} {' '.join(arguments)}")
        process = QgsBlockingProcess(program, arguments)
        process.setStdOutHandler(self._hear)
        process.setStdErrHandler(self._overhear)
        self.feedback.canceled.connect(self._kill)
        try:
            status = process.run(self.feedback)
        finally:
            self.feedback.canceled.disconnect(self._kill)
            self._hear.flush()
            self._overhear.flush()
            self.log.close()
        crashed = process.exitStatus() == QProcess.ExitStatus.CrashExit
        failed_to_start = process.processError() == QProcess.ProcessError.FailedToStart
        if failed_to_start:
            raise QgsProcessingException(
                tr("The engine's Python could not be started: {program}").format(program=program)
            )
        return self._settle(status, crashed)

    def _settle(self, status: int, crashed: bool) -> dict[str, Any]:
        """Make of the program's end a result or one clear error."""
        if self.result is not None and status in (EXIT_ENDED, EXIT_UNUSABLE) and not crashed:
            return self.result
        if self.leftover:
            shutil.rmtree(self.leftover, ignore_errors=True)
        stopped = status in STOPPING if crashed else status == EXIT_CANCELLED
        if self.feedback.isCanceled() or stopped:
            raise CancelledError(tr("Cancelled; earlier results are untouched."))
        if status == EXIT_UNUSABLE and not crashed and self.failure:
            raise QgsProcessingException(self.failure.text)
        raise QgsProcessingException(self._obituary(status, crashed))

    def _obituary(self, status: int, crashed: bool) -> str:
        """Tell how the engine came to its end, where it stood and where its log is."""
        what = tr("signal {number}") if crashed else tr("exit status {number}")
        cause = self.failure.text + "\n" if self.failure else ""
        if crashed and status == KILLED:
            cause += tr("The system ended it, probably for want of memory.") + "\n"
        return cause + tr(
            "The engine ended unexpectedly ({how}) in the stage '{stage}'. "
            "QGIS and earlier results are untouched. Log: {log}"
        ).format(
            how=what.format(number=status),
            stage=self.stage or tr("start"),
            log=self.log.path,
        )

    def _on_line(self, line: str) -> None:
        """Take in one line of the program's standard output."""
        self.log.write(line)
        message = parse_line(line)
        if message is None:
            if line.strip():
                self.feedback.pushDebugInfo(line)
            return
        self._take(message)

    def _take(self, message: Message) -> None:
        """Pass a message on to the user or keep it."""
        if isinstance(message, Progress):
            if message.title != self.stage:
                self.stage = message.title
                self.feedback.setProgressText(message.title)
            self.feedback.setProgress(message.percent)
        elif isinstance(message, Note):
            push = {
                "info": self.feedback.pushInfo,
                "warning": self.feedback.pushWarning,
                "error": self.feedback.reportError,
            }
            push[message.level](message.text)
        elif isinstance(message, Result):
            self.result = message.values
        elif isinstance(message, Failure):
            self.failure = message
        elif isinstance(message, Started):
            self.pid = message.pid
            if self.feedback.isCanceled():
                self._kill()

    def _kill(self) -> None:
        """End the program at once.

        QgsBlockingProcess asks it to end, which programs without a window do not hear on
        Windows, where SIGTERM given by id ends it without asking.
        """
        if self.pid:
            stop_process(self.pid)


def stop_process(pid: int) -> None:
    """End a process of ours by its id, with its children where it leads a group of them.

    One that is gone already is fine.
    """
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)
        elif os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


class Lines:
    """Cut a stream of bytes into lines of text and hand them on."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self.take = take
        self.rest = b""

    def __call__(self, chunk: QByteArray) -> None:
        """Take in what came; keep a last line without an end for later."""
        *whole, self.rest = (self.rest + bytes(chunk)).split(b"\n")
        for line in whole:
            self.take(line.decode("utf-8", "replace").rstrip("\r"))

    def flush(self) -> None:
        """Hand on a last line without an end."""
        if self.rest:
            self.take(self.rest.decode("utf-8", "replace"))
            self.rest = b""


class Log:
    """The file that keeps what an engine said; the last KEPT_LOGS stay."""

    def __init__(self, job_id: str) -> None:
        folder = engine_home() / "logs"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(folder.glob("*.log"))[: 1 - KEPT_LOGS]:
                old.unlink(missing_ok=True)
        except OSError:
            folder = Path(tempfile.gettempdir())
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        self.path = folder / f"{stamp}-{job_id}.log"
        self._file = self.path.open("w", encoding="utf-8", newline="\n")

    def write(self, line: str) -> None:
        """Add a line."""
        self._file.write(line + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
