# SPDX-License-Identifier: GPL-2.0-or-later
"""A window with a canvas and the dock "Cluster check", and hands that use it as a user does."""

from __future__ import annotations

import json
from pathlib import Path

import desk_results as made
from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMainWindow
from sector_desk import LEFT, NONE, wait


class Window:
    """The dock on a folder of made results; `home` holds dossier.yaml and `results/`."""

    def __init__(self, home, ready=True, **more):
        from pianqu.ui.desk_dock import DeskDock
        from pianqu.ui.place_memory import Places

        self.home = Path(home)
        self.home.mkdir(parents=True, exist_ok=True)
        self.dossier = self.home / "dossier.yaml"
        self.dossier.write_text("name: 示例县\n", encoding="utf-8")
        self.out = self.home / "results"
        if ready:
            made.write_run(self.out, **more)
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas()
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(made.CRS))
        self.window.setCentralWidget(self.canvas)
        self.window.resize(1500, 950)
        self.dock = DeskDock(canvas=self.canvas)
        self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.window.show()
        QApplication.processEvents()
        self.face, self.browser = self.dock.face, self.dock.face.findings
        self.quotas = self.dock.face.quotas
        self.dock.set_places(Places(str(self.dossier), str(self.out), ""))
        self.settle()

    def settle(self):
        wait(lambda: not self.dock.loader.busy)
        QApplication.processEvents()

    def idle(self):
        wait(lambda: not self.dock.orders.runs.busy)
        self.settle()

    def close(self):
        self.dock.remove()
        self.window.close()
        self.dock.deleteLater()
        self.window.deleteLater()
        QApplication.processEvents()

    # Hands

    def click(self, widget):
        QTest.mouseClick(widget, LEFT)

    def turn(self, widget):
        """Click a tab."""
        tabs = self.face.tabs
        bar = tabs.tabBar()
        QTest.mouseClick(bar, LEFT, NONE, bar.tabRect(tabs.indexOf(widget)).center())
        QApplication.processEvents()

    def click_unit(self, level, code):
        tree = self.quotas.tree
        item = tree._items[level, code]
        above = item.parent()
        while above is not None:
            above.setExpanded(True)
            above = above.parent()
        tree.tree.scrollToItem(item)
        place = tree.tree.visualItemRect(item).center()
        QTest.mouseClick(tree.tree.viewport(), LEFT, NONE, place)

    def click_card(self, indicator):
        board = self.quotas.board
        for row, one in enumerate(board.board.rows):
            if one.indicator == indicator:
                index = board.board.index(row, 0)
                board.scrollTo(index)
                place = board.visualRect(index).center()
                QTest.mouseClick(board.viewport(), LEFT, NONE, place)

    def click_row(self, row, modifier=NONE):
        view = self.browser.list
        index = view.source.index(row, 2)
        view.scrollTo(index)
        QTest.mouseClick(view.viewport(), LEFT, modifier, view.visualRect(index).center())

    def tick(self, facet, *names):
        """Open a filter and tick values by their names."""
        button = self.browser.bar.buttons[facet]
        button.menu().popup(button.mapToGlobal(QPoint(0, button.height())))
        QApplication.processEvents()
        for name in names:
            found = button.list.findItems(name, Qt.MatchFlag.MatchExactly, 0)
            box = button.list.visualItemRect(found[0])
            place = QPoint(box.left() + 8, box.center().y())
            QTest.mouseClick(button.list.viewport(), LEFT, NONE, place)
        button.menu().close()

    def type_in(self, widget, text):
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
        button = self.browser.bar.buttons[facet]
        button.fill()
        items = [button.list.topLevelItem(row) for row in range(button.list.topLevelItemCount())]
        return {item.text(0): int(item.text(1)) for item in items}

    def listed(self):
        return [one.id for one in self.browser.list.listed()]

    def cards(self):
        return {one.indicator: one for one in self.quotas.board.board.rows}

    def said(self):
        item = self.face.messages.currentItem()
        return item.text() if item else ""

    def jobs(self):
        """List the jobs that the fake engine got."""
        text = (self.home / "jobs.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]
