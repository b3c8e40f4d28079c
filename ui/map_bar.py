# SPDX-License-Identifier: GPL-2.0-or-later
"""A line for the dock: put the dossier's layers on the map, switch themes, take all out again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator, Tuple

from qgis.core import QgsApplication, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ..jobs.engine import engine_home
from ..jobs.schema import Job
from ..jobs.words import tr
from ..processing.base import language
from .engine_task import EngineTask
from .map_group import MapGroup
from .map_themes import TITLES

Places = Callable[[], Tuple[str, str]]


class MapBar(QWidget):
    """Puts a dossier on the map on a click.

    `places` gives the dossier's file and the folder of results of now; `told` says what came of it
    (text, level). Until a button is clicked the project is only looked at.
    """

    told = pyqtSignal(str, str)
    added = pyqtSignal(str)

    def __init__(
        self, places: Places, canvas: QgsMapCanvas | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.places, self.canvas = places, canvas
        self.group = MapGroup()
        self.engine = EngineTask(self)
        self._results = ""
        self._steps: Iterator[tuple[float, dict[str, str]]] | None = None
        self._troubles: dict[str, str] = {}
        self.button = _button("/mActionAddOgrLayer.svg", tr("Put on the map"))
        self.away = _button("/mActionRemoveLayer.svg", tr("Take off the map"))
        self.choice = QComboBox()
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.setToolTip(tr("Show on the map what a check looks at"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        for widget in (QLabel(tr("Map")), self.choice, self.button, self.away):
            line.addWidget(widget)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self.button.clicked.connect(self.add)
        self.away.clicked.connect(self.remove)
        self.choice.activated.connect(lambda _: self.show_theme(str(self.choice.currentData())))
        self.engine.done.connect(self._described)
        self.engine.failed.connect(lambda text: self._ended(text, "error"))
        self.engine.cancelled.connect(lambda: self._ended("", "info"))
        project = QgsProject.instance()
        project.layerTreeRoot().removedChildren.connect(self._tree_changed)
        project.readProject.connect(self.refresh)
        project.cleared.connect(self.refresh)

    def refresh(self, *_: object) -> None:
        """Offer what there is for the dossier of now."""
        dossier, _results = self.places()
        there = bool(dossier) and self.group.find(dossier) is not None
        names = self.group.themes.names(dossier) if there else {}
        current = self.choice.currentData() or "plan"  # what is shown the first time
        self.choice.clear()
        for key in (key for key in TITLES if key in names):
            self.choice.addItem(TITLES[key](), key)
        self.choice.setCurrentIndex(max(0, self.choice.findData(current)))
        busy = self.engine.busy or self._steps is not None
        self.choice.setEnabled(there and not busy)
        self.button.setEnabled(bool(dossier) and not busy)
        self.away.setEnabled(there and not busy)

    def add(self) -> None:
        """Ask the engine what the dossier holds, then put in what is not there yet."""
        dossier, self._results = self.places()
        if not dossier or self.engine.busy or self._steps is not None:
            return
        home = _home(Path(dossier))
        self.engine.start(Job(task="dossier", dossier=dossier, out=home, language=language()))
        self.refresh()

    def show_county(self, county: dict[str, Any]) -> None:
        """Put in the layers of a dossier that the engine has told of already."""
        if self._steps is None:
            self._results = ""
            self._described(county)

    def remove(self) -> None:
        """Take the dossier's layers and themes out of the project."""
        self.group.remove(self.places()[0])
        self.refresh()

    def show_theme(self, key: str) -> None:
        """Show a theme on the dossier's layers."""
        dossier = self.places()[0]
        self.group.themes.show(dossier, key, self.group.layers(dossier))

    def close_down(self) -> None:
        """End what is under way, before the dock goes."""
        if self._steps is not None and self.canvas is not None:
            self.canvas.freeze(False)
        self._steps = None
        self.engine.stop()
        project = QgsProject.instance()
        project.layerTreeRoot().removedChildren.disconnect(self._tree_changed)
        project.readProject.disconnect(self.refresh)
        project.cleared.disconnect(self.refresh)

    def _described(self, county: dict[str, Any]) -> None:
        """Begin to open layers, one at a time, so that the window goes on."""
        if self.canvas is not None:
            self.canvas.freeze(True)
        fresh = self.group.find(str(county["path"])) is None
        self._steps = self.group.adding(county, self._results, language())
        self._step(str(county["path"]), fresh)

    def _step(self, dossier: str, fresh: bool) -> None:
        if self._steps is None:
            return
        step = next(self._steps, None)
        if step is not None:
            self._troubles = step[1]
            QTimer.singleShot(0, lambda: self._step(dossier, fresh))
            return
        self._steps = None
        if fresh:
            self._begin_with("plan", dossier)
        self._finish(dossier)

    def _begin_with(self, key: str, dossier: str) -> None:
        """Show the whole county as planned, the first time."""
        layers = self.group.layers(dossier)
        self.group.themes.show(dossier, key, layers)
        whole = layers.get("units:county") or next(iter(layers.values()), None)
        if self.canvas is not None and whole is not None:
            if not self.canvas.mapSettings().destinationCrs().isValid():
                QgsProject.instance().setCrs(whole.crs())
            extent = self.canvas.mapSettings().layerExtentToOutputExtent(whole, whole.extent())
            extent.scale(1.05)
            self.canvas.setExtent(extent)

    def _finish(self, dossier: str) -> None:
        if self.canvas is not None:
            self.canvas.freeze(False)
            self.canvas.refresh()
        lines = [f"{role}: {reason}" for role, reason in self._troubles.items()]
        self._ended("\n".join(lines), "warning")
        self.choice.setCurrentIndex(max(0, self.choice.findData("plan")))
        self.added.emit(dossier)

    def _ended(self, text: str, level: str) -> None:
        self.refresh()
        if text:
            self.told.emit(text, level)

    def _tree_changed(self, *_: object) -> None:
        """Look, when the tree is at rest, whether a group of ours was taken away by hand.

        A group that is dragged is put in anew before the old one goes.
        """
        if self._steps is None and self.group.themes.dossiers():
            QTimer.singleShot(0, self._tidy)

    def _tidy(self) -> None:
        if self.group.tidy():
            self.refresh()


def _button(icon: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setAutoRaise(True)
    return button


def _home(dossier: Path) -> str:
    """Give the folder for the units' borders: the dossier's, where one may write there."""
    try:
        with tempfile.TemporaryFile(dir=dossier.parent):
            return str(dossier.parent)
    except OSError:
        return str(engine_home() / "maps")
