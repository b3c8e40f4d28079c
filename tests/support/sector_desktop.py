# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: settle conflicts in the dock as a planner does.

The variable PIANQU_TEST holds JSON: dossier, out (folder for results), support, told. What was
seen is written to `told` as JSON.
"""

import json
import os
import sys
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

TASK = json.loads(os.environ["PIANQU_TEST"])
sys.path.insert(0, TASK["support"])
FACTS = {}
LEFT = Qt.MouseButton.LeftButton


def until(true, seconds=240):
    from sector_desk import wait

    wait(true, seconds)


def states(dock):
    return {one.id: one.state for one in dock.results.conflicts}


def run(dock):
    """Press Run and wait for the end."""
    QTest.mouseClick(dock.face.source.run, LEFT)
    until(lambda: not (dock.runs.busy or dock.shelf.busy))
    FACTS.setdefault("said", []).append(dock.face.messages.currentItem().text())


def open_and_check(window):
    """Open the dock by its action, name dossier and results, run."""
    plugin = qgis.utils.plugins["pianqu"]
    plugin.sectors.action.trigger()
    dock = plugin.sectors.dock
    QTest.qWait(300)
    QTest.mouseClick(dock.face.source.fold, LEFT)
    dock.face.source.dossier.setFilePath(TASK["dossier"])
    dock.face.source.results.setFilePath(TASK["out"])
    run(dock)
    FACTS["found"] = len(dock.results.conflicts)
    return dock


def filter_and_click(dock):
    """Filter by a rule, then click the fullest cell of the matrix."""
    face = dock.face
    dock.choose("rule", ["sector.overlap"])
    face.tabs.setCurrentWidget(face.matrix)
    QTest.qWait(100)
    size = len(face.matrix.rows)
    row, column = max(
        ((r, c) for r in range(size) for c in range(size)), key=lambda at: face.matrix.value(*at)
    )
    expected = int(face.matrix.value(row, column))
    face.matrix.verticalScrollBar().setValue(face.matrix.verticalScrollBar().maximum())
    if face.matrix.cell_rect(row, column).center().y() < face.matrix.viewport().height() // 3:
        face.matrix.verticalScrollBar().setValue(0)
    place = face.matrix.cell_rect(row, column).center()
    QTest.mouseClick(face.matrix.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    FACTS["cell"] = [expected, len(face.list.listed())]
    QTest.mouseClick(face.bar.clear, LEFT)
    FACTS["cleared"] = len(face.list.listed())


def step(dock, window):
    """Step through by the keys; the map follows."""
    canvas, seen = qgis.utils.iface.mapCanvas(), []
    for _ in range(2):
        QTest.keySequence(window, "Alt+.")
        QTest.qWait(100)
        current = dock.face.list.current()
        spot = dock.map.between(current.geometry.boundingBox(), forth=True)
        seen.append([current.id, canvas.extent().intersects(spot)])
    FACTS["stepped"] = seen


def waive_two(dock):
    """Select two rows and waive them with a reason."""
    face = dock.face
    for row, key in (
        (0, Qt.KeyboardModifier.NoModifier), (1, Qt.KeyboardModifier.ShiftModifier)
    ):  # fmt: skip
        index = face.list.shown.index(row, 2)
        face.list.scrollTo(index)
        QTest.mouseClick(face.list.viewport(), LEFT, key, face.list.visualRect(index).center())
    chosen = [one.id for one in face.list.chosen()]
    face.decide.state.setCurrentIndex(face.decide.state.findData("waived"))
    QTest.keyClicks(face.decide.person, "Wang")
    FACTS["without_reason"] = face.decide.button.isEnabled()
    QTest.keyClicks(face.decide.reason, "agreed in 2019")
    QTest.mouseClick(face.decide.button, LEFT)
    until(lambda: not (dock.runs.busy or dock.shelf.busy))
    FACTS["waived"] = [states(dock)[one] for one in chosen]
    return chosen


def main():
    window = qgis.utils.iface.mainWindow()
    try:
        window.resize(1600, 1000)
        window.activateWindow()
        QApplication.setActiveWindow(window)  # keys go to the active one; there is no manager
        qgis.utils.loadPlugin("pianqu")
        qgis.utils.startPlugin("pianqu")
        dock = open_and_check(window)
        filter_and_click(dock)
        step(dock, window)
        chosen = waive_two(dock)
        run(dock)
        FACTS["still_waived"] = [states(dock)[one] for one in chosen]
        dock.desk.recheck(rules=["sector.overlap"])
        until(lambda: not (dock.runs.busy or dock.shelf.busy))
        FACTS["said"].append(dock.face.messages.currentItem().text())
        FACTS["waived_after_recheck"] = [states(dock)[one] for one in chosen]
        FACTS["found_after_recheck"] = len(dock.results.conflicts)
        FACTS["dirty"] = QgsProject.instance().isDirty()
    except Exception:
        FACTS["broken"] = traceback.format_exc()
    qgis.utils.unloadPlugin("pianqu")
    Path(TASK["told"]).write_text(json.dumps(FACTS), encoding="utf-8")
    QgsProject.instance().clear()
    QTimer.singleShot(0, QApplication.instance().quit)


QTimer.singleShot(500, main)
