# SPDX-License-Identifier: GPL-2.0-or-later
"""Both docks in a window, on results small or heavy."""

from __future__ import annotations

from heavy_results import write_heavy
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QMainWindow
from sector_desk import wait

FINDINGS, CONFLICTS = 50000, 5000


class Both:
    """A window with both docks, as tabs of one side or one of them alone."""

    def __init__(self):
        from pianqu.ui.desk_dock import DeskDock
        from pianqu.ui.sector_dock import SectorDock

        self.window, self.canvas = QMainWindow(), QgsMapCanvas()
        self.window.setCentralWidget(self.canvas)
        self.window.resize(1500, 900)
        self.desk, self.sectors = DeskDock(canvas=self.canvas), SectorDock(canvas=self.canvas)
        for dock in (self.desk, self.sectors):
            self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.window.show()
        QApplication.processEvents()

    def choose(self, folder, dock=None):
        """Choose results in a dock's head, as its user does."""
        from pianqu.ui.place_memory import Places

        (dock or self.desk).choose_places(Places(str(folder / "dossier.yaml"), str(folder), ""))

    @property
    def busy(self):
        docks = self.desk.loader.busy or self.sectors.shelf.busy
        return docks or self.desk.map.busy() or self.sectors.map.busy()

    def settle(self):
        QApplication.processEvents()
        wait(lambda: not self.busy, 120)
        QApplication.processEvents()

    def close(self):
        for dock in (self.desk, self.sectors):
            dock.remove()
            dock.deleteLater()
        self.window.close()
        self.window.deleteLater()
        QApplication.processEvents()


def small(folder, count, conflicts):
    """Write results of few findings and conflicts; give their folder."""
    write_heavy(folder, count, conflicts)
    return folder
