# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: both docks open, something under way, and quit.

The variable PIANQU_TASK holds JSON: way (what is under way), county (folder of a sample county
with its results), told. What was seen is written to `told` as JSON.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtTest import QTest

TASK = json.loads(os.environ["PIANQU_TASK"])
COUNTY = Path(TASK["county"])
FACTS: dict = {"under_way": False}
CANVAS = qgis.utils.iface.mapCanvas()


def until(true, seconds=90):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(repr(true))
        QTest.qWait(20)


def places(results="results"):
    from pianqu.ui.place_memory import Places

    return Places(str(COUNTY / "dossier.yaml"), str(COUNTY / results), "")


def docks():
    """Open both docks on the county."""
    if "pianqu" not in qgis.utils.plugins:
        qgis.utils.loadPlugin("pianqu")
        qgis.utils.startPlugin("pianqu")
    plugin = qgis.utils.plugins["pianqu"]
    for entry in (plugin.desk, plugin.sectors):
        entry.action.trigger()
        QTest.qWait(50)  # it is in the window a moment later
    desk, sectors = plugin.desk.dock, plugin.sectors.dock
    for dock in (desk, sectors):
        dock.set_places(places())
    return desk, sectors


def open_layers():
    path = COUNTY / "county.gpkg"
    for name in ("units", "JQDLTB", "GHDLTB"):
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        QgsProject.instance().addMapLayer(layer)
    QgsProject.instance().setCrs(layer.crs())
    CANVAS.setExtent(layer.extent())
    return layer


def live(desk, sectors):
    """Live is on and has just been told an edit that is taken back."""
    plan = open_layers()
    plan.startEditing()
    desk.live.desk.switch(True)
    watch = desk.live.desk.watch
    until(lambda: watch.state == "live")
    feature = next(plan.getFeatures())
    plan.changeGeometry(feature.id(), feature.geometry().buffer(1, 2))
    until(lambda: not watch.settled)
    plan.rollBack()
    return desk.live.desk.resident.state == "ready"


def starting(desk, sectors):
    """The engine is being looked for."""
    open_layers()
    desk.live.desk.switch(True)
    QTest.qWait(1)
    return desk.live.desk.resident.state == "starting"


def checking(desk, sectors):
    """The engine runs a check."""
    desk.set_places(places("fresh"))
    desk.orders.runs.run(desk.places)
    until(lambda: desk.orders.runs._task._process is not None)
    QTest.qWait(400)
    return desk.orders.runs.busy


def reading(desk, sectors):
    """Results are read in threads."""
    desk.setUserVisible(True)
    desk.reload()
    sectors.shelf.forget((sectors.places.results, sectors.places.register))
    sectors.setUserVisible(True)
    sectors.stale()
    return desk.loader.busy or sectors.shelf.busy


def drawing(desk, sectors):
    """Shapes are drawn, and drawings were given up."""
    open_layers()
    sectors.setUserVisible(True)
    until(lambda: sectors.results.conflicts)
    sectors.face.list.go_to(0)
    sectors.face.compare.swipe.setChecked(True)
    until(lambda: any(sheet.busy() for sheet in sectors.map.all_sheets()))
    CANVAS.zoomByFactor(1.2)
    sectors.map.draw()
    return any(sheet.busy() for sheet in sectors.map.all_sheets())


def unloaded(desk, sectors):
    """The plugin is loaded anew while live is on."""
    found = live(desk, sectors)
    QgsProject.instance().clear()
    qgis.utils.reloadPlugin("pianqu")
    docks()
    return found


def main():
    # The county may lie in a folder whose layers QGIS takes for temporary ones.
    QgsSettings().setValue("app/askToSaveMemoryLayers", False)
    try:
        FACTS["under_way"] = globals()[TASK["way"]](*docks())
    except Exception:
        FACTS["broken"] = traceback.format_exc()
    Path(TASK["told"]).write_text(json.dumps(FACTS, ensure_ascii=False), encoding="utf-8")
    QgsProject.instance().setDirty(False)  # else QGIS asks whether to save
    QTimer.singleShot(0, qgis.utils.iface.actionExit().trigger)


if __name__ == "__main__":
    QTimer.singleShot(1200, main)
