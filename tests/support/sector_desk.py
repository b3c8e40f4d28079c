# SPDX-License-Identifier: GPL-2.0-or-later
"""A window with a canvas and the dock in it, and hands that use them as a user does."""

from __future__ import annotations

import json
import time
from pathlib import Path

import sector_results as made
from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMainWindow

LEFT = Qt.MouseButton.LeftButton
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


def wait(until, seconds=60):
    """Let the window live until something is so."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError(until)
        QTest.qWait(10)


class Desk:
    """The dock on a folder of made results; `home` holds dossier.yaml and `made/`."""

    def __init__(self, home, rows=None, ready=True):
        from pianqu.ui.place_memory import Places
        from pianqu.ui.sector_dock import SectorDock

        self.home = Path(home)
        (self.home / "made").mkdir(parents=True)
        self.dossier = self.home / "dossier.yaml"
        self.dossier.write_text("ok", encoding="utf-8")
        self.rows = made.few() if rows is None else rows
        made.write_results(self.home / "made", self.rows)
        made.write_register(self.home / "made", [made.registered(row) for row in self.rows])
        self.out = self.home / "results"
        self.out.mkdir()
        if ready:
            for path in (self.home / "made").iterdir():
                (self.out / path.name).write_bytes(path.read_bytes())
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas()
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(made.CRS))
        self.window.setCentralWidget(self.canvas)
        self.window.resize(1500, 950)
        self.dock = SectorDock(canvas=self.canvas)
        self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.window.show()
        QApplication.processEvents()
        self.face = self.dock.face
        self.dock.set_places(Places(str(self.dossier), str(self.out), ""))
        self.settle()

    def settle(self):
        """Wait until what was asked for is read and shown."""
        QApplication.processEvents()
        wait(lambda: not self.dock.shelf.busy)
        QApplication.processEvents()

    def close(self):
        self.dock.remove()
        self.window.close()
        self.dock.deleteLater()
        self.window.deleteLater()
        QApplication.processEvents()

    # Hands

    def click(self, widget):
        QTest.mouseClick(widget, LEFT)

    def click_row(self, row, modifier=NONE):
        view = self.face.list
        index = view.shown.index(row, 2)
        view.scrollTo(index)
        place = view.visualRect(index).center()
        QTest.mouseClick(view.viewport(), LEFT, modifier, place)

    def click_cell(self, row, column):
        """Click a cell of the matrix by the titles of its row and column."""
        matrix = self.face.matrix
        self.face.tabs.setCurrentWidget(matrix)
        QApplication.processEvents()
        at = (
            [head.key for head in matrix.rows].index(row),
            [head.key for head in matrix.columns].index(column),
        )
        QTest.mouseClick(matrix.viewport(), LEFT, NONE, matrix.cell_rect(*at).center())

    def tick(self, facet, *names):
        """Open a filter and tick values by their names."""
        button = self.face.bar.buttons[facet]
        button.menu().popup(button.mapToGlobal(QPoint(0, button.height())))
        QApplication.processEvents()
        for name in names:
            found = button.list.findItems(name, Qt.MatchFlag.MatchExactly, 0)
            box = button.list.visualItemRect(found[0])
            place = QPoint(box.left() + 8, box.center().y())
            QTest.mouseClick(button.list.viewport(), LEFT, NONE, place)
        button.menu().close()

    def type_in(self, widget, text):
        """Type into a line; Qt's test keys are only the letters of ASCII."""
        widget.setFocus()
        if text.isascii():
            QTest.keyClicks(widget, text)
        else:
            widget.insert(text)

    def press(self, sequence):
        QTest.keySequence(self.window, sequence)

    # Eyes

    def counts(self, facet):
        """Give the values of a filter with the counts beside them."""
        button = self.face.bar.buttons[facet]
        button.fill()
        items = [button.list.topLevelItem(row) for row in range(button.list.topLevelItemCount())]
        return {item.text(0): int(item.text(1)) for item in items}

    def listed(self):
        """List the ids of the conflicts that are shown."""
        return [conflict.id for conflict in self.face.list.listed()]

    def states(self):
        return {one.id: one.state for one in self.dock.results.conflicts}

    def said(self):
        item = self.face.messages.currentItem()
        return item.text() if item else ""

    def jobs(self):
        """List the jobs that the fake engine got."""
        text = (self.home / "jobs.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def idle(self):
        wait(lambda: not self.dock.runs.busy)
        self.settle()
