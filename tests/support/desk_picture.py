# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: open the dock "Cluster check" and take its picture.

The variable PIANQU_PICTURE holds JSON: dossier, county (GeoPackage with the county's layers),
results, picture (file to write), tab ("quotas", "clusters" or "findings"), told (file for what
went wrong), words (a compiled catalogue, "" for the one of the plugin).
"""

import json
import os
import sys
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import (
    QgsFillSymbol,
    QgsProject,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QSize, Qt, QTimer, QTranslator
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QToolBar

TASK = json.loads(os.environ["PIANQU_PICTURE"])
NAME = "PianquClusterCheck"
LAYERS = (
    ("units", "行政单元", {"color": "255,255,255,255", "outline_color": "150,150,150",
                       "outline_width": "0.2"}),
    ("YJJBNTTB", "永久基本农田", {"color": "238,243,214,255", "outline_style": "no"}),
    ("STBHHX", "生态保护红线", {"color": "221,236,226,255", "outline_color": "46,125,80",
                            "outline_width": "0.4"}),
    ("CZKFBJ", "城镇开发边界", {"color": "0,0,0,0", "outline_color": "180,60,60",
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
    qgis.utils.iface.mapCanvas().zoomToFullExtent()


def tidy(window):
    """Hide what has nothing to do with the picture."""
    for dock in window.findChildren(QDockWidget):
        if dock.objectName() != NAME:
            dock.close()
    for bar in window.findChildren(QToolBar):
        bar.setVisible(bar.objectName() in ("mMapNavToolBar", "mVectorToolBar"))
    first, second = (
        window.findChild(QToolBar, name) for name in ("mMapNavToolBar", "mVectorToolBar")
    )
    window.addToolBar(first)
    window.addToolBar(second)


def open_dock(window):
    from pianqu.ui.desk_dock import DeskDock
    from pianqu.ui.place_memory import Places

    dock = DeskDock(qgis.utils.iface)
    if TASK.get("live"):
        from pianqu.ui.live_desk import LiveDesk

        dock.attach_live(LiveDesk(qgis.utils.iface.mapCanvas(), qgis.utils.iface, dock))
    qgis.utils.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.resizeDocks([dock], [TASK.get("width", 780)], Qt.Orientation.Horizontal)
    dock.set_places(Places(TASK["dossier"], TASK["results"], ""))
    return dock


def until(true, seconds=180):
    for _ in range(seconds * 20):
        if true():
            return
        QTest.qWait(50)
    raise TimeoutError(true)


def settle(dock, milliseconds=400):
    QTest.qWait(milliseconds)
    canvas = qgis.utils.iface.mapCanvas()
    until(lambda: not (dock.loader.busy or dock.map.busy() or canvas.isDrawing()))
    QTest.qWait(200)


def pose(dock):
    """Show what there is to see: a cluster that fails, or a finding with its facts."""
    face = dock.face
    if TASK["tab"] == "clusters":
        face.turn_to(face.clusters)
    elif TASK["tab"] == "findings":
        face.turn_to(face.findings)
        face.findings.flash.setChecked(False)
        rows = face.findings.list.listed()
        face.findings.list.go_to(next(
            row for row, one in enumerate(rows) if one.rule == "control.farmland"))  # fmt: skip
        qgis.utils.iface.mapCanvas().zoomByFactor(TASK.get("room", 3.5))
    else:
        if TASK.get("live"):
            dock.live.start()
            until(lambda: dock.live.desk.watch.state == "live")
        failed = [one for one in dock.results.indicators
                  if one.outcome == "failed" and one.level == "cluster"]  # fmt: skip
        dock.show_unit(failed[0].level, failed[0].unit, failed[0].indicator)
        if TASK.get("live"):
            until(lambda: dock.face.quotas.pieces.pieces.pieces)
    settle(dock)


def speak():
    """Load the words that are asked for."""
    if not TASK.get("words"):
        return None
    translator = QTranslator()
    translator.load(TASK["words"])
    QCoreApplication.installTranslator(translator)
    return translator


def main():
    window = qgis.utils.iface.mainWindow()
    told = ""
    try:
        window.resize(QSize(*TASK.get("size", (1600, 1000))))
        window.move(0, 0)
        qgis.utils.loadPlugin("pianqu")
        qgis.utils.startPlugin("pianqu")
        words = speak()
        show_county()
        tidy(window)
        dock = open_dock(window)
        settle(dock, 800)
        pose(dock)
        window.statusBar().clearMessage()
        qgis.utils.iface.messageBar().clearWidgets()
        settle(dock)
        window.grab().save(TASK["picture"])
        told = f"dirty: {QgsProject.instance().isDirty()} words: {words is not None}"
        dock.remove()
        qgis.utils.iface.removeDockWidget(dock)
    except Exception:
        told = traceback.format_exc()
        sys.stderr.write(told)
    Path(TASK["told"]).write_text(told, encoding="utf-8")
    QgsProject.instance().clear()
    qgis.utils.unloadPlugin("pianqu")
    QTimer.singleShot(0, QApplication.instance().quit)


QTimer.singleShot(1500, main)
