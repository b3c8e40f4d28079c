# SPDX-License-Identifier: GPL-2.0-or-later
"""Work beside the window, and its end before the plugin goes.

In threads of our own, not in QGIS's tasks: of a task that is under way QGIS asks the user before it
quits, who knows nothing of it. And a thread of its pool that has fetched news or fonts takes QGIS
with it where it still lives when QGIS quits (3.40); our tasks would keep it alive. A thread that
still runs our code when Python has ended does the same: whoever unloads the plugin waits for all.
"""

from __future__ import annotations

import time
from typing import Any, Callable

from qgis.PyQt.QtCore import QThread

from .courtesy import no_collecting

Done = Callable[..., None]

_AT_ONCE = 4
_waiting: list[Task] = []
_working: list[Task] = []


class Task(QThread):
    """One piece of work; it may look at `isCanceled`."""

    def __init__(self, work: Work, done: Done) -> None:
        super().__init__()
        self._work, self._done = work, done
        self._cancelled = False
        self._answer: Any = None
        self._error: Exception | None = None
        self.finished.connect(self._over)

    def run(self) -> None:
        """Do the work; called in the thread.

        Without the collector, which would take down here what belongs to the window's thread.
        """
        try:
            with no_collecting():
                if not self._cancelled:
                    self._answer = self._work(self)
        except Exception as error:
            self._error = error

    def cancel(self) -> None:
        """Let the work end soon; whoever asked for it is told that it was given up."""
        self._cancelled = True

    def isCanceled(self) -> bool:  # noqa: N802 (as QGIS's tasks and feedbacks say it)
        """Tell whether the work is not wanted any more."""
        return self._cancelled

    def drop(self) -> None:
        """Tell nobody of the end."""
        self._cancelled = True
        self._done = _nobody

    def _over(self) -> None:
        """Tell the end, in the window's thread, and begin what waits."""
        if self in _working:
            _working.remove(self)
        _begin_more()
        error = self._error
        if error is None and self._cancelled:
            error = RuntimeError("cancelled")
        done, self._done = self._done, _nobody
        if error is not None or self._answer is None:
            done(error)
        else:
            done(None, self._answer)


Work = Callable[[Task], Any]


def begin(work: Work, done: Done) -> Task:
    """Do `work` in a thread, then call `done(error, answer)` in the window's.

    Without an answer `done(error)` is called. A few are done at a time, the others wait.
    """
    task = Task(work, done)
    _waiting.append(task)
    _begin_more()
    return task


def _begin_more() -> None:
    while _waiting and len(_working) < _AT_ONCE:
        task = _waiting.pop(0)
        _working.append(task)
        task.start(QThread.Priority.LowPriority)


def end_all(seconds: float) -> bool:
    """Give up all work and wait for what is under way; tells whether it has ended in time.

    Nobody is told of an end any more.
    """
    for task in _waiting:
        task.drop()
    _waiting.clear()
    end = time.monotonic() + seconds
    for task in _working:
        task.drop()
    for task in _working:
        task.wait(max(1, int((end - time.monotonic()) * 1000)))
    still = [task for task in _working if task.isRunning()]
    _working[:] = still  # a thread must not go before its work has ended
    return not still


def _nobody(*_: object) -> None:
    """Hear of the end of work that nobody waits for."""
