# SPDX-License-Identifier: GPL-2.0-or-later
"""Does long work in the window's own thread without stopping it: a moment's worth at a time."""

from __future__ import annotations

import time
from typing import Iterator

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

SECONDS = 0.012
Job = Iterator[object]


class Slices(QObject):
    """Takes jobs as iterators of short steps and does them between the events of the window.

    Jobs are done in the order in which they began; `ended` when none is left.
    """

    ended = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.work)

    @property
    def busy(self) -> bool:
        """Tell whether there is anything left to do."""
        return bool(self._jobs)

    def begin(self, name: str, job: Job) -> None:
        """Do the steps of a job from now on; a former one of the same name is given up."""
        self._jobs[name] = job
        self._timer.start()

    def drop(self) -> None:
        """Give up all jobs; nothing is told."""
        self._jobs = {}
        self._timer.stop()

    def doing(self, name: str) -> bool:
        """Tell whether a job of this name is under way."""
        return name in self._jobs

    def work(self) -> None:
        """Do steps until the slice is over."""
        end = time.perf_counter() + SECONDS
        while self._jobs:
            name, job = next(iter(self._jobs.items()))
            if next(job, self) is self and self._jobs.get(name) is job:
                del self._jobs[name]
            if time.perf_counter() >= end:
                break
        if not self._jobs:
            self._timer.stop()
            self.ended.emit()
