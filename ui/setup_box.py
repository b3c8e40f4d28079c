# SPDX-License-Identifier: GPL-2.0-or-later
"""The box that sets the computing engine up with one click, and then goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

from qgis.gui import QgsCollapsibleGroupBoxBasic, QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ..jobs.engine import engine_home
from ..jobs.words import tr
from .settings_store import engine_python, set_engine_python
from .setup_task import DISK_MB, DOWNLOAD_MB, SetupTask

_MB = 1_000_000


class SetupBox(QFrame):
    """Says what a setup does, does it, shows how it goes; `ready` where the engine stands."""

    ready = pyqtSignal()
    given_up = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_setup_box")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.task = SetupTask(self)
        self.title = QLabel(tr("One thing is missing: the computing engine"))
        self.what = _wrapped()
        self.tried = _wrapped()
        self.network = QRadioButton(tr("From the network (pip's usual source)"))
        self.offline = QRadioButton(tr("From a folder of wheels, without a network"))
        self.wheels = QgsFileWidget()
        self.python = QgsFileWidget()
        self.more = QgsCollapsibleGroupBoxBasic(tr("More"))
        self.stage = _wrapped()
        self.progress = QProgressBar()
        self.log = QPlainTextEdit()
        self.start = QPushButton(tr("Set up now"))
        self.cancel = QPushButton(tr("Not now"))
        self._dress()
        self._lay_out()
        self._connect()
        self._show_busy(False)
        self.ask()

    def _dress(self) -> None:
        font = QFont(self.title.font())
        font.setBold(True)
        self.title.setFont(font)
        self.title.setWordWrap(True)
        self.wheels.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheels.lineEdit().setPlaceholderText(tr("Folder with .whl files"))
        self.wheels.setEnabled(False)
        self.python.lineEdit().setPlaceholderText(tr("the one QGIS runs on"))
        self.network.setChecked(True)
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(2000)
        self.log.setMinimumHeight(110)
        self.log.setVisible(False)
        self.more.setCollapsed(True)
        self.start.setDefault(True)
        self.start.setObjectName("pianqu_setup_start")

    def _lay_out(self) -> None:
        form = QFormLayout(self.more)
        form.addRow(tr("Python to start from"), self.python)
        form.addRow(self.tried)
        buttons = QHBoxLayout()
        buttons.addWidget(self.progress, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        column = QVBoxLayout(self)
        for widget in (self.title, self.what, self.network, self.offline, self.wheels, self.more,
                       self.stage, self.log):  # fmt: skip
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addStretch(1)

    def _connect(self) -> None:
        self.offline.toggled.connect(self.wheels.setEnabled)
        self.offline.toggled.connect(lambda _: self._judge())
        self.wheels.fileChanged.connect(lambda _: self._judge())
        self.start.clicked.connect(self.set_up)
        self.cancel.clicked.connect(self._stop)
        task = self.task
        task.progressed.connect(self._on_progress)
        task.told.connect(lambda _, text: self.log.appendPlainText(text))
        task.done.connect(self._on_done)
        task.failed.connect(self._on_failed)
        task.cancelled.connect(self._on_cancelled)

    def ask(self, tried: str = "") -> None:
        """Say what is missing and what setting up would do; `tried` where it was looked for."""
        named = engine_python()
        said = tr(
            "Pianqu computes beside QGIS, in a Python of its own, so that QGIS never waits and "
            "never crashes with it. One click makes that Python: about {disk} MB in {folder}; "
            "from the network about {load} MB are fetched. Nothing else of QGIS is touched; to "
            "be rid of it, delete that folder."
        ).format(disk=DISK_MB, load=DOWNLOAD_MB, folder=engine_home())
        if named:
            said += "\n\n" + tr(
                "The Python named in the settings, {path}, can't do it. The setting is emptied "
                "once the new one stands."
            ).format(path=named)
        free = _free_mb(engine_home())
        if free < DISK_MB:
            said += "\n\n" + tr("Only {free} MB are free there.").format(free=free)
        self.what.setText(said)
        self.tried.setText(tried)
        self._judge()

    def set_up(self) -> None:
        """Begin."""
        self.log.clear()
        self.log.setVisible(True)
        self._show_busy(True)
        wheels = self.wheels.filePath().strip() if self.offline.isChecked() else ""
        self.task.begin(wheels, self.python.filePath().strip())
        self._judge()

    def stop(self) -> None:
        """End a setup under way, without a word: before the box goes."""
        self.task.stop()

    def _stop(self) -> None:
        if self.task.busy:
            self.task.cancel()
        else:
            self.given_up.emit()

    def _judge(self) -> None:
        named = not self.offline.isChecked() or bool(self.wheels.filePath().strip())
        self.start.setEnabled(named and not self.task.busy)

    def _show_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.stage.setVisible(busy or bool(self.stage.text()))
        for widget in (self.network, self.offline, self.more):
            widget.setEnabled(not busy)
        self.wheels.setEnabled(not busy and self.offline.isChecked())
        self.cancel.setText(tr("Cancel") if busy else tr("Not now"))
        self._judge()

    def _on_progress(self, percent: float, title: str) -> None:
        self.progress.setValue(int(percent))
        self.stage.setText(title)

    def _on_done(self, _: object) -> None:
        if engine_python():
            set_engine_python("")
        self.stage.setText(tr("The computing engine is ready."))
        self._show_busy(False)
        self.ready.emit()

    def _on_failed(self, text: str) -> None:
        self.stage.setText(text)
        self._show_busy(False)

    def _on_cancelled(self) -> None:
        self.stage.setText(tr("Cancelled; nothing was changed."))
        self._show_busy(False)


def _wrapped() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    return label


def _free_mb(folder: Path) -> int:
    """Give the room on the disk that will hold a folder, in MB."""
    place = next(one for one in (folder, *folder.parents) if one.exists())
    return int(shutil.disk_usage(place).free / _MB)
