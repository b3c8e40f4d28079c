# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads results beside the window: what was asked for last is told, what came before is dropped."""

from __future__ import annotations

from typing import Any, Callable, Hashable

from qgis.PyQt.QtCore import QObject, pyqtSignal

from . import beside
from .beside import Task


class ResultsLoader(QObject):
    """Reads in a thread of its own and keeps the last answers, each as long as its files stay.

    `loaded` tells the answer to the last question, from memory at once. Who reads says by `stamp`
    how a key's files are known by, by `failed` what is told where reading broke down, and by
    `lasting` which answers are worth keeping.
    """

    loaded = pyqtSignal(object)
    KEPT = 3

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted = 0
        self._task: Task | None = None
        self._kept: dict[Hashable, tuple[object, Any]] = {}

    def stamp(self, key: Any) -> object:
        """Give what changes when a key's files are written anew."""
        raise NotImplementedError

    def failed(self, key: Any, reason: str) -> Any:
        """Give what is told where reading broke down."""
        raise NotImplementedError

    def lasting(self, answer: Any) -> bool:
        """Tell whether an answer is worth keeping."""
        return True

    @property
    def busy(self) -> bool:
        """Tell whether results are being read."""
        return self._task is not None

    def tell(self, answer: Any) -> None:
        """Answer at once; what is still being read is dropped."""
        self.stop()
        self.loaded.emit(answer)

    def ask(self, key: Hashable, work: Callable[[], Any]) -> None:
        """Read a key by `work`, unless its files are as they were when it was last read."""
        if self.current(key):
            self.tell(self._kept[key][1])
        else:
            self.run(key, work)

    def run(self, key: Hashable, work: Callable[[], Any]) -> None:
        """Do some reading in a thread, then tell; the answer is kept for the key."""
        self._wanted += 1
        number, before = self._wanted, self.stamp(key)
        self._task = beside.begin(
            lambda task: work(),
            lambda error, answer=None: self._done(number, key, before, error, answer),
        )

    def _done(
        self, number: int, key: Hashable, before: object, error: Exception | None, answer: Any
    ) -> None:
        if number != self._wanted:
            return
        self._task = None
        if answer is None:
            answer = self.failed(key, str(error or ""))
        elif self.lasting(answer):
            self._kept.pop(key, None)
            self._kept[key] = (before, answer)
            while len(self._kept) > self.KEPT:
                self._kept.pop(next(iter(self._kept)))
        self.loaded.emit(answer)

    def current(self, key: Hashable) -> bool:
        """Tell whether a key is kept and its files are still as they were read."""
        return key in self._kept and self._kept[key][0] == self.stamp(key)

    def outdated(self, key: Hashable) -> bool:
        """Tell whether a key is kept but its files were written anew."""
        return key in self._kept and not self.current(key)

    def mark(self, key: Hashable) -> None:
        """Take the files as they are for what is kept: the change came from ourselves."""
        if key in self._kept:
            self._kept[key] = (self.stamp(key), self._kept[key][1])

    def forget(self, key: Hashable) -> None:
        """Read a key anew the next time, whatever its files say."""
        self._kept.pop(key, None)

    def stop(self) -> None:
        """Tell nothing of what is being read."""
        self._wanted += 1
        self._task = None
