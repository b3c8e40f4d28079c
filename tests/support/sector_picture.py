# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: open the dock on results and take its picture.

The variable PIANQU_PICTURE holds JSON: dossier, county (GeoPackage with the county's layers),
results, picture (file to write), tab ("plans" or "matrix"), told (file for what went wrong).
"""

import json
import os
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import (
    QgsFillSymbol,
    QgsProject,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QToolBar

TASK = json.loads(os.environ["PIANQU_PICTURE"])
LAYERS = (
    ("units", "Villages", {"color": "255,255,255,255", "outline_color": "150,150,150",
                         "outline_width": "0.2"}),
    ("YJJBNTTB", "Basic farmland", {"color": "238,243,214,255", "outline_style": "no"}),
    ("STBHHX", "Red line", {"color": "221,236,226,255", "outline_color": "46,125,80",
                            "outline_width": "0.4"}),
    ("CZKFBJ", "Boundary", {"color": "0,0,0,0", "outline_color": "180,60,60",
                            "outline_width": "0.5", "outline_style": "dash"}),
)  # fmt: skip


def show_county():
    """Put the county's outlines on the map, in quiet colours."""
    project = QgsProject.instance()
    for stored, name, look in LAYERS:
        layer = QgsVectorLayer(f"{TASK['county']}|layername={stored}", name, "ogr")
        if layer.isValid():
            layer.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(look)))
            project.addMapLayer(layer)
            project.setCrs(layer.crs())


def tidy(window):
    """Hide what has nothing to do with the picture."""
    for dock in window.findChildren(QDockWidget):
        if dock.objectName() != "PianquSectorPlans":
            dock.close()
    for bar in window.findChildren(QToolBar):
        bar.setVisible(bar.objectName() in ("mMapNavToolBar", "mVectorToolBar"))
    first, second = (
        window.findChild(QToolBar, name) for name in ("mMapNavToolBar", "mVectorToolBar")
    )
    window.addToolBar(first)
    window.addToolBar(second)


def open_dock(window):
    from pianqu.ui.place_memory import Places

    plugin = qgis.utils.plugins["pianqu"]
    plugin.sectors.action.trigger()
    QTest.qWait(50)  # it is in the window a moment later
    dock = plugin.sectors.dock
    window.resizeDocks([dock], [TASK.get("width", 740)], Qt.Orientation.Horizontal)
    dock.set_places(Places(TASK["dossier"], TASK["results"], ""))
    return dock


def settle(dock, milliseconds=400):
    QTest.qWait(milliseconds)
    while dock.shelf.busy or dock.map.busy() or qgis.utils.iface.mapCanvas().isDrawing():
        QTest.qWait(50)
    QTest.qWait(200)


def pose(dock):
    """Choose a conflict that shows what there is to see: two plans, sites, a decided share."""
    face = dock.face
    if TASK["tab"] == "matrix":
        face.tabs.setCurrentWidget(face.matrix)
    face.flash.setChecked(False)
    rows = face.list.listed()
    good = [
        row for row, one in enumerate(rows)
        if one.rule == "sector.overlap" and dock.results.sites.get(one.subject.project)
    ] or [row for row, one in enumerate(rows) if one.rule == "sector.overlap"]  # fmt: skip
    face.list.go_to(good[TASK.get("which", 0)])
    qgis.utils.iface.mapCanvas().zoomByFactor(TASK.get("room", 2.2))
    settle(dock)


def main():
    window = qgis.utils.iface.mainWindow()
    told = ""
    try:
        window.resize(QSize(*TASK.get("size", (1600, 1000))))
        window.move(0, 0)
        qgis.utils.loadPlugin("pianqu")
        qgis.utils.startPlugin("pianqu")
        show_county()
        tidy(window)
        dock = open_dock(window)
        settle(dock, 800)
        pose(dock)
        window.statusBar().clearMessage()
        qgis.utils.iface.messageBar().clearWidgets()
        settle(dock)
        window.grab().save(TASK["picture"])
        dirty = [layer.name() for layer in QgsProject.instance().mapLayers().values()]
        told = f"layers: {dirty}"
    except Exception:
        told = traceback.format_exc()
    Path(TASK["told"]).write_text(told, encoding="utf-8")
    QgsProject.instance().clear()
    qgis.utils.unloadPlugin("pianqu")
    QTimer.singleShot(0, QApplication.instance().quit)


QTimer.singleShot(1500, main)
