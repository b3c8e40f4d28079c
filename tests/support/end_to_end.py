# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: from the zip to a corrected parcel, as a user does it.

The variable PIANQU_TASK holds JSON: zip, county (folder of a sample county), exported (file to
write), told, language, size, shots (folder for pictures, "" for none).
What was seen is written to `told` as JSON.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import (
    QgsDistanceArea,
    QgsFeatureRequest,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QToolBar,
)

TASK = json.loads(os.environ["PIANQU_TASK"])
FACTS: dict = {"steps": {}}
LAYERS = ("units", "JQDLTB", "GHDLTB", "YJJBNTTB", "STBHHX", "CZKFBJ")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
FIELD, HOUSES = "GHDLBM", "0703"
CANVAS = qgis.utils.iface.mapCanvas()
WINDOW = qgis.utils.iface.mainWindow()


def until(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(repr(true))
        QTest.qWait(30)


def click(widget):
    QTest.mouseClick(widget, LEFT)


def shoot(name):
    """Take a picture of the window, where pictures are wanted."""
    if not TASK["shots"]:
        return
    QTest.qWait(400)
    until(lambda: not CANVAS.isDrawing())
    QTest.qWait(250)
    qgis.utils.iface.messageBar().clearWidgets()
    WINDOW.statusBar().clearMessage()
    QTest.qWait(50)
    WINDOW.grab().save(str(Path(TASK["shots"]) / f"{name}.png"))


def tidy():
    """Hide what has nothing to do with the plugin; begin with an empty map."""
    qgis.utils.iface.newProject()
    WINDOW.resize(QSize(*TASK["size"]))
    WINDOW.move(0, 0)
    WINDOW.activateWindow()
    QApplication.setActiveWindow(WINDOW)
    for dock in WINDOW.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() == "Layers")
    bars = ("mMapNavToolBar", "mDigitizeToolBar", "mVectorToolBar")
    for bar in WINDOW.findChildren(QToolBar):
        bar.setVisible(bar.objectName() in bars)
    WINDOW.resizeDocks([WINDOW.findChild(QDockWidget, "Layers")], [210], Qt.Orientation.Horizontal)


def install():
    """Install the zip as the plugin manager's page "Install from ZIP" does."""
    import pyplugin_installer

    pyplugin_installer.instance().installFromZipFile(TASK["zip"])
    plugin = qgis.utils.plugins["pianqu"]
    FACTS["installed"] = [qgis.utils.active_plugins.count("pianqu"), qgis.utils.plugin_paths,
                          str(Path(__import__("pianqu").__file__).parent)]  # fmt: skip
    return plugin


def start():
    """Tidy the window and start the plugin as it lies in the profile."""
    tidy()
    qgis.utils.loadPlugin("pianqu")
    qgis.utils.startPlugin("pianqu")
    return qgis.utils.plugins["pianqu"]


def open_layers():
    """Open the county's layers under the names they are stored by."""
    layers = {}
    for name in LAYERS:
        path = Path(TASK["county"]) / "county.gpkg"
        layers[name] = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        QgsProject.instance().addMapLayer(layers[name])
    QgsProject.instance().setCrs(layers["units"].crs())
    CANVAS.setExtent(layers["units"].extent())
    return layers


def open_dock(plugin):
    """Open the dock by its menu action."""
    action = WINDOW.findChild(QAction, "pianqu_cluster_check")
    FACTS["title"] = action.text()
    action.trigger()
    until(lambda: WINDOW.findChild(QDockWidget, "PianquClusterCheck"))
    dock = WINDOW.findChild(QDockWidget, "PianquClusterCheck")
    WINDOW.resizeDocks([dock], [720], Qt.Orientation.Horizontal)
    QTest.qWait(400)
    return dock


def assign_roles(dock, layers):
    """Go to the open layers; one role is taken away and given back by its box."""
    click(dock.start.layers)
    roles = dock.roles
    until(lambda: not roles._pause.isActive() and not roles.recogniser.busy)
    FACTS["recognised"] = {
        role: row.choice().map_layer().name()
        for role, row in roles.rows.items() if row.choice().map_layer() is not None
    }  # fmt: skip
    box = roles.rows["farmland"].layer
    box.setLayer(None)
    FACTS["without"] = roles.rows["farmland"].choice().layer
    box.setLayer(layers["YJJBNTTB"])
    FACTS["given_back"] = roles.rows["farmland"].choice().layer == layers["YJJBNTTB"].id()
    roles.county.name.setText(TASK["name"])
    shoot("layers")
    return roles


def check(dock, roles):
    """Press "Check now" and wait for the board."""
    click(roles.check)
    until(lambda: not roles.run.busy and dock.results.indicators)
    dock_settles(dock)
    FACTS["places"] = [dock.places.dossier, dock.places.results]
    FACTS["head"] = dock.face.head.title.text()
    FACTS["front"] = dock.face.tabs.currentWidget() is dock.face.quotas
    FACTS["indicators"] = {
        f"{one.level}/{one.unit}/{one.indicator}": one.outcome for one in dock.results.indicators
    }
    FACTS["findings"] = sorted(one.id for one in dock.face.findings.list.listed())


def dock_settles(dock):
    QTest.qWait(150)
    until(lambda: not (dock.loader.busy or CANVAS.isDrawing()))


def read_verdict(dock):
    """Choose a cluster that fails, and there the indicator."""
    failed = [one for one in dock.results.indicators
              if one.outcome == "failed" and one.level == "cluster"]  # fmt: skip
    one = failed[0] if failed else dock.results.indicators[0]
    dock.show_unit(one.level, one.unit, one.indicator)
    dock_settles(dock)
    shoot("verdict")


def click_finding(dock):
    """Click a finding: the map goes there and its facts are shown."""
    face, browser = dock.face, dock.face.findings
    face.turn_to(face.findings)
    dock_settles(dock)
    rows = browser.list.listed()
    row = next(row for row, one in enumerate(rows) if one.rule == "control.farmland")
    index = browser.list.source.index(row, 2)
    browser.list.scrollTo(index)
    CANVAS.setExtent(QgsRectangle(0, 0, 10, 10))
    QTest.mouseClick(browser.list.viewport(), LEFT, NONE, browser.list.visualRect(index).center())
    dock_settles(dock)
    one = browser.list.current()
    box = one.geometry.boundingBox()
    FACTS["clicked"] = {
        "id": one.id, "wanted": rows[row].id, "in_view": CANVAS.extent().contains(box),
        "facts": browser.facts.toPlainText() if hasattr(browser.facts, "toPlainText") else "",
        "said": one.message,
    }  # fmt: skip
    CANVAS.zoomByFactor(2.5)
    shoot("finding")
    return one


def live(dock, layers):
    """Switch editing and live on."""
    plan = layers["GHDLTB"]
    dock.face.turn_to(dock.face.quotas)
    dock.show_unit("county", next(one.unit for one in dock.results.indicators
                                  if one.level == "county"), "farmland")  # fmt: skip
    qgis.utils.iface.setActiveLayer(plan)
    WINDOW.findChild(QAction, "mActionToggleEditing").trigger()
    desk = dock.live.desk
    if not desk.bar.switch.isChecked():
        click(desk.bar.switch)
    FACTS["live"] = lambda: (desk.watch.state, desk.bar.text.text(), desk.bar.text.toolTip())
    try:
        until(lambda: desk.watch.state == "live")
    finally:
        FACTS["live"] = FACTS["live"]()
    return plan, desk


def farmland(dock):
    return next(one.plan_ha for one in dock.results.indicators
                if one.level == "county" and one.indicator == "farmland")  # fmt: skip


def big_field(plan):
    """Give the largest paddy of the plan."""
    request = QgsFeatureRequest().setFilterExpression(f"\"{FIELD}\" LIKE '0101%'")
    return max(plan.getFeatures(request), key=lambda one: one.geometry().area())


def net_hectares(plan, feature):
    """Measure a parcel on the ellipsoid, less its ridges: what the quota loses by it."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(plan.crs(), QgsProject.instance().transformContext())
    measure.setEllipsoid("EPSG:1024")
    name = next((one.name() for one in plan.fields() if one.name() == "KCXS"), "")
    ridge = float(feature[name] or 0) if name else 0.0
    return measure.measureArea(feature.geometry()) * (1 - ridge) / 1e4


def edit_and_undo(dock, plan, desk):
    """Turn the largest paddy into houses, look at the board, undo."""
    settled = lambda: desk.watch.settled and desk.watch.state == "live"  # noqa: E731
    before = farmland(dock)
    feature = big_field(plan)
    CANVAS.setExtent(feature.geometry().boundingBox())
    CANVAS.zoomByFactor(3)
    plan.selectByIds([feature.id()])
    place = plan.fields().indexOf(FIELD)
    plan.beginEditCommand("code")
    plan.changeAttributeValue(feature.id(), place, HOUSES, feature[FIELD])
    plan.endEditCommand()
    QTest.qWait(50)
    until(settled)
    QTest.qWait(200)
    after = farmland(dock)
    if TASK["shots"]:
        QTest.qWait(2500)  # the pieces of the number are drawn anew
    shoot("live")
    FACTS["edit"] = {"before": before, "after": after, "net_ha": net_hectares(plan, feature)}
    WINDOW.findChild(QAction, "mActionUndo").trigger()
    QTest.qWait(50)
    until(settled)
    QTest.qWait(200)
    FACTS["edit"]["undone"] = farmland(dock)
    FACTS["edit"]["code"] = plan.getFeature(feature.id())[FIELD]
    FACTS["edit"]["modified"] = plan.isModified()
    plan.removeSelection()
    return feature


def export(dock):
    """Press the export button; the file dialog is answered."""
    face = dock.face
    face.turn_to(face.findings)
    QFileDialog.getSaveFileName = staticmethod(lambda *_, **__: (TASK["exported"], "CSV (*.csv)"))
    click(face.findings.export)
    item = face.messages.currentItem()
    FACTS["exported"] = [len(face.findings.list.listed()), item.text() if item else ""]


def leave(plan):
    """Leave editing without saving, unload, and look what stays."""
    if plan.isEditable():
        plan.rollBack()
    qgis.utils.unloadPlugin("pianqu")
    QTest.qWait(100)
    FACTS["left"] = [dock.objectName() for dock in WINDOW.findChildren(QDockWidget)
                     if dock.objectName().startswith("Pianqu")]  # fmt: skip
    FACTS["layers_left"] = sorted(
        layer.name() for layer in QgsProject.instance().mapLayers().values()
    )


def step(name, work, *given):
    """Do a step and keep how long it took."""
    began = time.monotonic()
    FACTS["at"] = name
    found = work(*given)
    FACTS["steps"][name] = round(time.monotonic() - began, 2)
    return found


def main():
    try:
        tidy()
        plugin = step("install", install)
        layers = step("layers", open_layers)
        dock = step("dock", open_dock, plugin)
        shoot("start")
        roles = step("roles", assign_roles, dock, layers)
        step("check", check, dock, roles)
        step("verdict", read_verdict, dock)
        step("finding", click_finding, dock)
        plan, desk = step("live", live, dock, layers)
        step("edit", edit_and_undo, dock, plan, desk)
        step("export", export, dock)
        step("leave", leave, plan)
    except Exception:
        FACTS["broken"] = traceback.format_exc()
        WINDOW.grab().save(str(Path(TASK["told"]).with_name("broken.png")))
    Path(TASK["told"]).write_text(json.dumps(FACTS, ensure_ascii=False), encoding="utf-8")
    QgsProject.instance().clear()
    QgsProject.instance().setDirty(False)  # else QGIS asks whether to save
    QTimer.singleShot(0, qgis.utils.iface.actionExit().trigger)


if __name__ == "__main__":
    QTimer.singleShot(1200, main)
