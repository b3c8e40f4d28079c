# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel "Start": three ways to a first verdict, and the dossiers used last."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Mapping

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont, QIcon, QPalette, QShowEvent
from qgis.PyQt.QtWidgets import (
    QCommandLinkButton,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..jobs.schema import Job
from ..jobs.words import tr
from .roles_out import DOSSIER, RESULTS
from .settings_store import own_place, results_language
from .start_bar import RunBar
from .start_layers import add_layers
from .start_recent import MOST, county_name, recent_dossiers, remember_dossier
from .start_run import EngineRun

_ICONS = Path(__file__).resolve().parent.parent / "icons"
_SAMPLE, _PARCELS = "sample", 3000
_ICON_SIZE = 32

Show = Callable[[Mapping[str, Any]], Any]


class StartPanel(QWidget):
    """Open layers, a dossier, or a made county: each leads to `resultsReady(dossier, folder)`.

    `show_layers` puts on the map what the engine's task `dossier` tells of a dossier.
    """

    rolesWanted = pyqtSignal()  # noqa: N815 (as the desk hears them)
    resultsReady = pyqtSignal(str, str)  # noqa: N815

    def __init__(
        self, iface: Any = None, parent: QWidget | None = None, show_layers: Show = add_layers
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_start_panel")
        self.iface = iface
        self.show_layers = show_layers
        self.title = QLabel(tr("What would you like to check?"))
        self.layers = _choice(
            "checkquotas", tr("The layers that are open"),
            tr("Pianqu recognises which is which; you confirm, and check with one click."),
        )  # fmt: skip
        self.dossier = _choice(
            "rundossier", tr("A dossier file"),
            tr("A YAML file that names a county's data; it is checked as a whole."),
        )  # fmt: skip
        self.sample = _choice(
            "samplecounty", tr("The sample county"),
            tr("Makes a county to try things on, shows it on the map and checks it."),
        )  # fmt: skip
        self.recent_title = QLabel(tr("Used last"))
        self.recent = QListWidget()
        self.open_results = QPushButton(tr("Show the results"))
        self.check_again = QPushButton(tr("Check again"))
        self.run = EngineRun(self)
        self.bar = RunBar(self.run)
        self._dress()
        self._lay_out()
        self._connect()
        self.fill_recent()

    def _dress(self) -> None:
        font = QFont(self.title.font())
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.25)
        self.title.setFont(font)
        self.title.setWordWrap(True)
        self.recent.setAccessibleName(tr("Used last"))
        self.recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.title)
        for button in (self.layers, self.dossier, self.sample):
            column.addWidget(_card(button))
        column.addSpacing(8)
        column.addWidget(self.recent_title)
        column.addWidget(self.recent)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.open_results)
        line.addWidget(self.check_again)
        column.addLayout(line)
        column.addStretch(1)
        column.addWidget(self.bar)

    def _connect(self) -> None:
        self.layers.clicked.connect(self.rolesWanted)
        self.dossier.clicked.connect(self._ask)
        self.sample.clicked.connect(self.make_sample)
        self.recent.itemSelectionChanged.connect(self._judge)
        self.recent.itemActivated.connect(lambda _: self._activated())
        self.open_results.clicked.connect(self._show_results)
        self.check_again.clicked.connect(lambda: self.check(self.chosen()))
        self.run.busy_changed.connect(lambda _: self._judge())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Show what was used meanwhile."""
        super().showEvent(event)
        self.fill_recent()

    # A dossier

    def _ask(self) -> None:
        start = str(Path(next(iter(recent_dossiers()), str(Path.home()))).parent)
        name, _ = QFileDialog.getOpenFileName(
            self, tr("Choose a dossier"), start, "YAML (*.yaml *.yml)"
        )
        if name:
            self.check(name)

    def check(self, dossier: str, folder: str = "") -> None:
        """Check a dossier; its results go beside it unless a folder is named."""
        if not dossier or self.run.busy:
            return
        out = folder or results_beside(dossier)
        job = Job(task="run", dossier=dossier, out=out, language=results_language())
        self.run.with_engine(
            lambda: self.run.start(job, lambda result: self._checked(dossier, out, result))
        )

    def _checked(self, dossier: str, out: str, result: Mapping[str, Any]) -> None:
        remember_dossier(dossier)
        self.fill_recent()
        said = tr("Checked: {findings} findings. Results: {folder}").format(
            findings=result.get("findings", 0), folder=out
        )
        self.bar.say(said, "success")
        self.resultsReady.emit(dossier, out)

    # The sample county

    def make_sample(self) -> None:
        """Make the sample county where it is not there yet, show it, check it."""
        if self.run.busy:
            return
        place = sample_place()
        dossier = place / DOSSIER
        if dossier.is_file():
            self.run.with_engine(lambda: self._describe(str(dossier)))
            return
        job = Job(
            task="sample", out=str(place), language=results_language(), parcels=_PARCELS,
            seed=1, faults=True,
        )  # fmt: skip
        self.run.with_engine(
            lambda: self.run.start(
                job, lambda result: self._describe(str(result.get("dossier") or dossier))
            )
        )

    def _describe(self, dossier: str) -> None:
        home = str(Path(dossier).parent)  # the units' borders go there
        job = Job(task="dossier", dossier=dossier, out=home, language=results_language())

        def told(result: dict[str, Any]) -> None:
            self.show_layers(result)
            self._fit_canvas()
            self.check(dossier)

        self.run.start(job, told)

    def _fit_canvas(self) -> None:
        canvas = self.iface.mapCanvas() if self.iface is not None else None
        if canvas is not None:
            canvas.zoomToFullExtent()

    # What was used last

    def fill_recent(self) -> None:
        """List the dossiers used last."""
        former = self.chosen()
        self.recent.clear()
        for path in recent_dossiers():
            item = QListWidgetItem(f"{county_name(path)}  ·  {path}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(path)
            self.recent.addItem(item)
            item.setSelected(path == former)
        there = self.recent.count() > 0
        height = self.recent.sizeHintForRow(0) * min(self.recent.count(), MOST)
        self.recent.setFixedHeight(max(height, 0) + 2 * self.recent.frameWidth() + 2)
        for widget in (self.recent_title, self.recent, self.open_results, self.check_again):
            widget.setVisible(there)
        self._judge()

    def chosen(self) -> str:
        """Give the dossier that is selected in the list, "" for none."""
        items = self.recent.selectedItems()
        return str(items[0].data(Qt.ItemDataRole.UserRole)) if items else ""

    def _activated(self) -> None:
        if self.open_results.isEnabled():
            self._show_results()
        else:
            self.check(self.chosen())

    def _show_results(self) -> None:
        path = self.chosen()
        remember_dossier(path)
        self.resultsReady.emit(path, results_beside(path))

    def _judge(self) -> None:
        free, path = not self.run.busy, self.chosen()
        for widget in (self.layers, self.dossier, self.sample):
            widget.setEnabled(free)
        self.check_again.setEnabled(free and bool(path))
        there = bool(path) and (Path(results_beside(path)) / "results.gpkg").is_file()
        self.open_results.setEnabled(there)

    def remove(self) -> None:
        """Let go of the engine: before the panel goes."""
        self.bar.stop()


def results_beside(dossier: str) -> str:
    """Give the folder that a dossier's results go to: beside it."""
    return str(Path(dossier).absolute().parent / RESULTS)


def sample_place() -> Path:
    """Give the folder of the sample county."""
    return own_place() / _SAMPLE


def _card(button: QCommandLinkButton) -> QFrame:
    """Put a frame around a choice, so that it is seen as one."""
    frame = QFrame()
    frame.setFrameShape(QFrame.Shape.StyledPanel)
    frame.setBackgroundRole(QPalette.ColorRole.Base)
    frame.setAutoFillBackground(True)
    column = QVBoxLayout(frame)
    column.setContentsMargins(2, 2, 2, 2)
    column.addWidget(button)
    return frame


def _choice(icon: str, title: str, words: str) -> QCommandLinkButton:
    """Make a big button with a picture and a plain sentence."""
    button = QCommandLinkButton(title, words)
    button.setIcon(QIcon(str(_ICONS / f"{icon}.svg")))
    button.setIconSize(QSize(_ICON_SIZE, _ICON_SIZE))
    button.setObjectName(f"pianqu_start_{icon}")
    return button
