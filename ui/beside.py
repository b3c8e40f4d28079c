# SPDX-License-Identifier: GPL-2.0-or-later
"""Work beside the window, and its end before the plugin goes.

QGIS ends tasks that may be cancelled without a question; of others it asks the user, who knows
nothing of them, and does not quit. A thread that still runs our code when Python has ended takes
QGIS with it, so whoever unloads the plugin waits for all of them.
"""

from __future__ import annotations

import time
from typing import Any, Callable

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt import sip

from ..jobs.words import tr

Work = Callable[[QgsTask], Any]
Done = Callable[..., None]

_FLAGS = QgsTask.Flag.Silent | QgsTask.Flag.CanCancel | QgsTask.Flag.CancelWithoutPrompt
_NAP_SECONDS = 0.005
_tasks: list[QgsTask] = []
_working: set[int] = set()


class _Working:
    """A function as a task holds it; tells how long it is under way."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, task: QgsTask) -> Any:
        _working.add(id(self))
        try:
            return self._work(task)
        finally:
            _working.discard(id(self))


def begin(work: Work, done: Done) -> QgsTask:
    """Do `work` in a thread of its own, then call `done(error, answer)` in the window's.

    An answer that is empty is passed over: then `done(None)` is called.
    """
    task = QgsTask.fromFunction(tr("Pianqu"), _Working(work), on_finished=done, flags=_FLAGS)
    _tasks[:] = [one for one in _tasks if not sip.isdeleted(one)]
    _tasks.append(task)
    QgsApplication.taskManager().addTask(task)
    return task


def end_all(seconds: float) -> bool:
    """Cancel all work and wait for what is under way; tells whether it has ended in time."""
    for task in _tasks:
        if not sip.isdeleted(task):
            task.cancel()
    _tasks.clear()
    end = time.monotonic() + seconds
    while _working and time.monotonic() < end:
        time.sleep(_NAP_SECONDS)  # lets the threads have Python
    return not _working
