# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes that were told to end: they live on until the system has let go of them.

Nobody waits for that while QGIS works. Before the plugin goes somebody must: Qt ends a process
that it destroys, and would tell that to Python code that is no longer there.
"""

from __future__ import annotations

import time

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QProcess, QTimer

_ending: list[QProcess] = []


def let_end(process: QProcess) -> None:
    """End a process that nobody listens to any more, and hold it until it has ended."""
    process.setParent(None)
    if process.state() == QProcess.ProcessState.NotRunning:
        process.deleteLater()
        return
    _ending.append(process)
    process.finished.connect(_sweep_soon)
    process.closeWriteChannel()
    process.kill()


def wait_for_all(seconds: float) -> bool:
    """Wait until all have ended; tells whether they have in time. None tells anything after it."""
    end = time.monotonic() + seconds
    for process in _ending:
        if sip.isdeleted(process):
            continue
        process.finished.disconnect(_sweep_soon)
        process.waitForFinished(max(1, int((end - time.monotonic()) * 1000)))
    ended = not any(_running(process) for process in _ending)
    _ending[:] = [process for process in _ending if _running(process)]
    return ended


def _sweep_soon(*_: object) -> None:
    """Let go of them in a moment: this one is just telling that it has ended."""
    QTimer.singleShot(0, _sweep)


def _sweep() -> None:
    _ending[:] = [process for process in _ending if _running(process)]


def _running(process: QProcess) -> bool:
    if sip.isdeleted(process):
        return False
    return process.state() != QProcess.ProcessState.NotRunning
