# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: open a made project and take its picture.

The variable PIANQU_PICTURE holds JSON: project (.qgz), dossier, theme, picture (to write), told
told (file for what went wrong), middle and scale (what to look at; without them the county).
"""

import json
import os
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import QgsPointXY, QgsProject
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QToolBar

TASK = json.loads(os.environ["PIANQU_PICTURE"])


def tidy(window):
    """Leave the layer tree and the map."""
    for dock in window.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() == "Layers")
    for bar in window.findChildren(QToolBar):
        bar.setVisible(bar.objectName() in ("mMapNavToolBar", "mVectorToolBar"))
    layers = window.findChild(QDockWidget, "Layers")
    window.resizeDocks([layers], [330], Qt.Orientation.Horizontal)


def show(canvas):
    """Show the theme and the part of the county that is asked for."""
    from pianqu.ui.map_group import MapGroup

    group = MapGroup()
    layers = group.layers(TASK["dossier"])
    assert group.themes.show(TASK["dossier"], TASK["theme"], layers)
    if TASK.get("middle"):
        canvas.setCenter(QgsPointXY(*TASK["middle"]))
        canvas.zoomScale(TASK["scale"])
    for node in QgsProject.instance().layerTreeRoot().findLayers():
        node.setExpanded(node.isVisible() and node.name() == layers["plan"].name())


def settle(canvas):
    canvas.refreshAllLayers()
    QTest.qWait(500)
    while canvas.isDrawing():
        QTest.qWait(100)
    QTest.qWait(300)


def main():
    window, canvas = qgis.utils.iface.mainWindow(), qgis.utils.iface.mapCanvas()
    told = ""
    try:
        window.resize(QSize(*TASK.get("size", (1600, 1000))))
        window.move(0, 0)
        qgis.utils.loadPlugin("pianqu")
        qgis.utils.startPlugin("pianqu")
        tidy(window)
        qgis.utils.iface.addProject(TASK["project"])
        QTest.qWait(1000)
        show(canvas)
        settle(canvas)
        window.statusBar().clearMessage()
        qgis.utils.iface.messageBar().clearWidgets()
        window.grab().save(TASK["picture"])
    except Exception:
        told = traceback.format_exc()
    Path(TASK["told"]).write_text(told, encoding="utf-8")
    QgsProject.instance().setDirty(False)
    QgsProject.instance().clear()
    QTimer.singleShot(0, QApplication.instance().quit)


QTimer.singleShot(1500, main)
