# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the docks' code in while QGIS is idle, so that a dock opens at once."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Iterator

from qgis.PyQt.QtCore import QObject, QTimer

_PAUSE_MS, _STEP_MS = 4000, 25


class Warming(QObject):
    """Imports the modules beside this one, one at a time, from some seconds after the start on.

    All at once they take a quarter of a second, which a click on a button should not.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.left: Iterator[str] = iter(modules())
        self.timer = QTimer(self)
        self.timer.setInterval(_PAUSE_MS)
        self.timer.timeout.connect(self.step)
        self.timer.start()

    def step(self) -> None:
        """Import the next module."""
        name = next(self.left, None)
        if name is None:
            self.timer.stop()
            return
        import_module(f".{name}", __package__)
        self.timer.setInterval(_STEP_MS)

    def stop(self) -> None:
        """Import no more: the plugin is being unloaded."""
        self.timer.stop()


def modules() -> list[str]:
    """List the modules of this folder."""
    found = Path(__file__).parent.glob("*.py")
    return sorted(path.stem for path in found if path.stem != "__init__")
