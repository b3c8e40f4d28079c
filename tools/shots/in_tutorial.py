# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: take the tutorial's pictures, step by step as it is told.

The hands are those of the end-to-end test, tests/support/end_to_end.py.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import qgis.utils
from qgis import processing
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget

TASK = json.loads(os.environ["PIANQU_TASK"])
sys.path.insert(0, TASK["support"])
import end_to_end as day  # noqa: E402 (its place is told by the task)


def sample(dock: Any) -> dict[str, Any]:
    """Make the sample county, have it on the map, have it checked."""
    dock.start.sample.click()
    day.until(lambda: not dock.start.run.busy and dock.results.indicators, 300)
    day.until(lambda: dock.map_bar._steps is None)
    day.dock_settles(dock)
    day.shoot("sample")
    return dict(dock.map_bar.group.layers(dock.places.dossier))


def layers(dock: Any) -> None:
    """Show which layer plays which role."""
    dock.face.turn_to(dock.roles)
    QTest.qWait(500)
    day.until(lambda: not dock.roles._pause.isActive() and not dock.roles.recogniser.busy)
    day.shoot("layers")


def grab(dock: Any, name: str) -> None:
    """Take the picture of a dock alone."""
    dock.grab().save(str(Path(TASK["docks"]) / f"{name}.png"))


def theme(dock: Any, key: str) -> None:
    """Choose what the map shows."""
    bar = dock.map_bar
    bar.choice.setCurrentIndex(bar.choice.findData(key))
    bar.choice.activated.emit(bar.choice.currentIndex())


def board(dock: Any) -> None:
    """Show a cluster that fails, then all of them side by side, then the findings."""
    day.read_verdict(dock)
    grab(dock, "clustercheck")
    dock.face.turn_to(dock.face.clusters)
    day.dock_settles(dock)
    day.shoot("clusters")
    theme(dock, "controllines")
    day.click_finding(dock)


def live(dock: Any, plan: Any) -> None:
    """Edit a parcel and see the board move; take it back."""
    theme(dock, "plan")
    _, desk = day.live(dock, {"GHDLTB": plan})
    day.edit_and_undo(dock, plan, desk)


def whatif(dock: Any, plan: Any) -> None:
    """Ask what houses on the second-largest paddy would do."""
    panel = dock.live.desk.panel
    feature = day.big_field(plan)
    plan.selectByIds([feature.id()])
    dock.face.turn_to(panel)
    panel.selection.click()
    plan.removeSelection()
    day.until(lambda: panel.use.findData(day.HOUSES) >= 0)
    panel.use.setCurrentIndex(panel.use.findData(day.HOUSES))
    day.until(panel.tables.isVisible)
    day.CANVAS.setExtent(feature.geometry().boundingBox())
    day.CANVAS.zoomByFactor(3)
    day.shoot("whatif")
    panel.discard()
    plan.rollBack()


def sectors(dock: Any, plugin: Any) -> None:
    """Show the dock of sector plans on the same results, with a register."""
    from pianqu.ui.place_memory import Places

    results = dock.places.results
    processing.run("pianqu:registerupdate", {"RESULTS": results, "LANGUAGE": TASK["language"]})
    theme(dock, "sectors")
    dock.setUserVisible(False)
    day.WINDOW.findChild(QAction, "pianqu_sector_plans").trigger()
    day.until(lambda: day.WINDOW.findChild(QDockWidget, "PianquSectorPlans"))
    other = day.WINDOW.findChild(QDockWidget, "PianquSectorPlans")
    day.WINDOW.resizeDocks([other], [720], Qt.Orientation.Horizontal)
    other.set_places(Places(dock.places.dossier, results, ""))
    other.face.tabs.setCurrentWidget(other.face.matrix)
    QTest.qWait(500)
    other.face.flash.setChecked(False)
    day.until(other.face.list.listed)
    rows = other.face.list.listed()
    clash = [row for row, one in enumerate(rows) if one.rule == "sector.overlap"]
    told = [row for row in clash if other.results.sites.get(rows[row].subject.project)]
    other.face.list.go_to((told or clash)[0])
    QTest.qWait(300)
    day.CANVAS.zoomByFactor(2.5)
    day.shoot("sectors")
    grab(other, "sectorplans")


def papers(dock: Any) -> None:
    """Write the papers of the joint meeting and the map sheets."""
    places = {"DOSSIER": dock.places.dossier, "RESULTS": dock.places.results}
    given = {**places, "LANGUAGE": TASK["language"]}
    meeting = str(Path(TASK["papers"]) / "meeting")
    processing.run("pianqu:jointmeeting", {**given, "SHEETS": False, "OUTPUT": meeting})
    sheets = str(Path(TASK["papers"]) / "sheets.pdf")
    given = {**given, "LEVEL": "cluster", "THEME": "plan", "PAPER": "A4"}
    processing.run("pianqu:mapsheets", {**given, "OUTPUT": sheets})


def main() -> None:
    """Go through the tutorial and tell how it went."""
    told: dict[str, Any] = {}
    try:
        plugin = day.start()
        dock = day.open_dock(plugin)
        day.shoot("start")
        found = sample(dock)
        layers(dock)
        board(dock)
        live(dock, found["plan"])
        whatif(dock, found["plan"])
        sectors(dock, plugin)
        papers(dock)
        told["pictures"] = len(list(Path(TASK["shots"]).glob("*.png")))
    except Exception:
        told["broken"] = f"{traceback.format_exc()}\n{day.FACTS}"
        day.WINDOW.grab().save(str(Path(TASK["told"]).with_name("broken.png")))
    Path(TASK["told"]).write_text(json.dumps(told), encoding="utf-8")
    qgis.utils.unloadPlugin("pianqu")
    QgsProject.instance().clear()
    QgsProject.instance().setDirty(False)
    QTimer.singleShot(0, qgis.utils.iface.actionExit().trigger)


QTimer.singleShot(1200, main)
