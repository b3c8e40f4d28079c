# SPDX-License-Identifier: GPL-2.0-or-later
"""The foot of a panel: messages, how far the engine is, Cancel, and the setup box when needed."""

from __future__ import annotations

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .dock_log import log
from .setup_box import SetupBox
from .start_run import EngineRun

_LEVELS = {
    "error": Qgis.MessageLevel.Critical,
    "warning": Qgis.MessageLevel.Warning,
    "success": Qgis.MessageLevel.Success,
}
_SECONDS = 8


class RunBar(QWidget):
    """Shows a run of the engine; asks for the engine where there is none, then goes on."""

    def __init__(self, run: EngineRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run = run
        self.setup: SetupBox | None = None
        self.messages = QgsMessageBar()
        self.messages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.stage = QLabel()
        self.progress = QProgressBar()
        self.progress.setMaximumHeight(14)
        self.cancel = QPushButton(tr("Cancel"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        for widget, stretch in ((self.stage, 1), (self.progress, 1), (self.cancel, 0)):
            line.addWidget(widget, stretch)
        self._column.addWidget(self.messages)
        self._column.addLayout(line)
        self.cancel.clicked.connect(run.cancel)
        run.progressed.connect(self._progressed)
        run.told.connect(log)
        run.busy_changed.connect(self._show_busy)
        run.missing.connect(self.ask_for_engine)
        run.failed.connect(lambda text: self.say(text, "error"))
        run.cancelled.connect(
            lambda: self.say(tr("Cancelled; earlier results are untouched."), "warning")
        )
        self._show_busy(False)

    def say(self, text: str, level: str) -> None:
        """Say a sentence; troubles stay until they are closed."""
        self.messages.clearWidgets()
        if text:
            seconds = _SECONDS if level == "success" else 0
            self.messages.pushMessage("", text, _LEVELS[level], seconds)

    def ask_for_engine(self, tried: str) -> None:
        """Show the box that sets the engine up."""
        if self.setup is None:
            self.setup = SetupBox(self)
            self.setup.ready.connect(self._engine_ready)
            self.setup.given_up.connect(self._given_up)
            self._column.insertWidget(0, self.setup)
        self.setup.ask(tried)
        self.setup.show()

    def stop(self) -> None:
        """End all that is under way: before the panel goes."""
        self.run.stop()
        if self.setup is not None:
            self.setup.stop()

    def _engine_ready(self) -> None:
        if self.setup is not None:
            self.setup.hide()
        self.run.resume()

    def _given_up(self) -> None:
        if self.setup is not None:
            self.setup.hide()
        self.run.drop()

    def _progressed(self, percent: float, title: str) -> None:
        self.progress.setValue(int(percent))
        self.stage.setText(title)

    def _show_busy(self, busy: bool) -> None:
        for widget in (self.stage, self.progress, self.cancel):
            widget.setVisible(busy)
        if busy:
            self.messages.clearWidgets()
            self.progress.setValue(0)
