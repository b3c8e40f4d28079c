# SPDX-License-Identifier: GPL-2.0-or-later
"""Live with the real engine: after any edits the board says what a full run says of the files."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess

import pytest
from live_county import curve_of
from places import ROOT
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsPoint,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtTest import QTest
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_new_project")
CRS = "EPSG:4544"
NUMBERS = ("quota_ha", "base_ha", "plan_ha", "margin_ha")


class View:
    """A board and findings browser in one: what it shows is what it was told."""

    def __init__(self):
        self.indicators, self.findings = {}, {}

    def apply_delta(self, indicators, gone, findings):
        for row in indicators:
            self.indicators[row["level"], row["unit"], row["indicator"]] = row
        for one in gone:
            del self.findings[one]
        for row in findings:
            self.findings[row["id"]] = row


def run(engine, *arguments):
    command = [str(engine), str(ROOT / "jobs" / "launch.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Desk:
    """The live desk on a copy of the sample county."""

    def __init__(self, engine, home):
        from pianqu.ui.live_desk import LiveDesk

        self.engine, self.home = engine, home
        self.canvas = QgsMapCanvas()
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(CRS))
        self.desk = LiveDesk(self.canvas)
        self.view = View()
        self.desk.add_model(self.view)
        self.desk.set_dossier(str(home / "dossier.yaml"))

    def open(self, file, name):
        layer = QgsVectorLayer(f"{self.home / file}|layername={name}", name, "ogr")
        QgsProject.instance().addMapLayer(layer)
        assert layer.startEditing()
        return layer

    def live(self):
        self.desk.bar.switch.setChecked(True)
        wait(lambda: self.desk.watch.state in ("live", "gone"), 120)
        assert self.desk.watch.state == "live", self.desk.bar.sign.toolTip()

    def settle(self):
        QTest.qWait(20)
        watch, resident = self.desk.watch, self.desk.resident
        wait(lambda: watch.state == "off" or (watch.settled and resident.idle), 60)
        assert self.desk.watch.state == "live", self.desk.bar.sign.toolTip()

    def follows_sectors(self):
        roles = self.desk.watch.layers.roles
        return any(role.followed and role.role.startswith("sector:") for role in roles)

    def off(self):
        """Have the engine say how far its state is off a full computation."""
        self.settle()
        said = []
        self.desk.resident.ask("full", said.append, said.append)
        wait(lambda: said, 120)
        return said[0]

    def agrees_with_itself(self):
        off = self.off()
        assert off["indicator_ha"] == 0, off
        assert off["finding_m2"] < 0.01, off
        assert off["missing"] == 0, off

    def agrees_with_a_run(self):
        """Hold the board and the findings against a run of its own on the saved files."""
        self.settle()
        out = self.home / "results"
        shutil.rmtree(out, ignore_errors=True)
        checks = "quotas,controllines" + (",sectors" if self.follows_sectors() else "")
        done = run(self.engine, "run", self.home / "dossier.yaml", "--out", out, "--checks", checks)
        assert done.returncode == 0, done.stderr[-2000:]
        with sqlite3.connect(out / "results.gpkg") as file:
            file.row_factory = sqlite3.Row
            rows = [dict(row) for row in file.execute("SELECT * FROM indicators")]
            findings = {row["id"]: dict(row) for row in file.execute("SELECT * FROM findings")}
        keys = ("level", "unit", "indicator")
        board = {tuple(row[key] for key in keys): row for row in rows}
        assert self.view.indicators.keys() == board.keys()
        for place, row in board.items():
            mine = self.view.indicators[place]
            assert mine["outcome"] == row["outcome"], place
            for name in NUMBERS:
                same = row[name] if row[name] is None else pytest.approx(row[name], abs=1e-6)
                assert mine[name] == same, (place, name)
        shown = self.view.findings
        assert shown.keys() == findings.keys(), (
            [shown[one]["rule"] for one in shown.keys() - findings.keys()],
            [findings[one]["rule"] for one in findings.keys() - shown.keys()],
        )
        for one, row in findings.items():
            if row["area_m2"] is not None:
                assert shown[one]["area_m2"] == pytest.approx(row["area_m2"], abs=0.01)

    def close(self):
        self.desk.remove()
        self.canvas.deleteLater()


@pytest.fixture()
def desk(sample, tmp_path, real_engine):
    if run(real_engine, "serve", "--help").returncode:
        pytest.skip("this engine can't serve")
    home = tmp_path / "county"
    shutil.copytree(sample, home)
    desk = Desk(real_engine, home)
    yield desk
    desk.close()


@pytest.fixture()
def plan(desk):
    layer = desk.open("county.gpkg", "GHDLTB")
    yield layer
    if layer.isEditable():
        layer.rollBack()


def code(layer):
    return layer.fields().lookupField("GHDLBM")


def largest(layer, count):
    found = sorted(layer.getFeatures(), key=lambda one: -one.geometry().area())
    return [one.id() for one in found[:count]]


def split(layer, fid):
    box = layer.getFeature(fid).geometry().boundingBox()
    layer.selectByIds([fid])
    x = box.center().x()
    line = [QgsPoint(x, box.yMinimum() - 5), QgsPoint(x, box.yMaximum() + 5)]
    layer.beginEditCommand("split")
    layer.splitFeatures(curve_of(line))
    layer.endEditCommand()


def walk(layer):
    """Do, one after the other, what a planner does in a morning; each is one step."""
    one, two, three, four, five = largest(layer, 5)
    yield layer.changeAttributeValue(one, code(layer), "0703")
    yield layer.changeAttributeValue(two, code(layer), "1001")
    yield split(layer, three)
    box = layer.getFeature(four).geometry().boundingBox()
    yield layer.moveVertex(box.center().x(), box.center().y(), four, 1)
    yield layer.deleteFeature(five)
    x, y = box.xMinimum(), box.yMinimum()
    shape = QgsGeometry.fromRect(QgsRectangle(x, y, x + 80, y + 60))
    yield layer.addFeature(QgsVectorLayerUtils.createFeature(layer, shape, {code(layer): "0601"}))
    yield layer.undoStack().undo()
    yield layer.undoStack().undo()
    yield layer.undoStack().redo()
    whole = layer.getFeature(one).geometry().combine(layer.getFeature(two).geometry())
    layer.beginEditCommand("merge")
    layer.deleteFeature(two)
    parts = whole.asGeometryCollection()
    layer.changeGeometry(one, max(parts, key=lambda part: part.area()))
    yield layer.endEditCommand()


def test_the_state_at_the_start_is_that_of_a_run(desk, plan):
    desk.live()
    desk.agrees_with_a_run()


def test_after_a_morning_of_edits_the_board_is_that_of_a_run(desk, plan):
    desk.live()
    for _ in walk(plan):
        desk.settle()
    desk.agrees_with_itself()
    assert plan.commitChanges(False), plan.commitErrors()
    desk.agrees_with_a_run()


def test_edits_before_the_start_and_a_roll_back_end_as_the_file(desk, plan):
    for _ in walk(plan):
        pass
    desk.live()
    desk.settle()
    plan.rollBack()
    desk.settle()
    desk.agrees_with_a_run()


def test_edits_of_a_sector_layer_end_as_a_run(desk, plan):
    water = desk.open("sectors.gpkg", "water")
    desk.live()
    if not desk.follows_sectors():
        pytest.skip("this engine follows the plan only")
    first = next(water.getFeatures())
    moved = QgsGeometry(first.geometry())
    moved.translate(40, 25)
    water.changeGeometry(first.id(), moved)
    desk.settle()
    water.changeAttributeValue(first.id(), water.fields().lookupField("JSND"), 2034)
    desk.settle()
    plan.changeAttributeValue(largest(plan, 1)[0], code(plan), "0703")
    desk.settle()
    assert water.commitChanges()
    assert plan.commitChanges()
    desk.agrees_with_a_run()


def test_what_if_says_what_putting_it_into_the_plan_does(desk, plan):
    """The answer before is the board after."""
    desk.live()
    panel, whatif = desk.desk.panel, desk.desk.whatif
    panel.show()
    place = plan.getFeature(largest(plan, 1)[0]).geometry().boundingBox().center()
    shape = QgsGeometry.fromRect(QgsRectangle(place.x() - 150, place.y() - 150, place.x() + 150,
                                              place.y() + 150))  # fmt: skip
    whatif.begin()
    answers = []
    whatif.answered.connect(answers.append)
    panel._drawn(shape, QgsCoordinateReferenceSystem(CRS))
    wait(lambda: panel.use.count() > 0, 30)
    panel.use.setCurrentIndex(panel.use.findData("0703"))
    wait(lambda: answers, 30)
    answer = answers[-1]
    assert answer["indicators"]
    assert answer["area_m2"] == pytest.approx(90000, rel=1e-2)
    before = dict(desk.view.indicators)
    panel.put.click()
    desk.settle()
    for row in answer["indicators"]:
        key = (row["level"], row["unit"], row["indicator"])
        assert before[key]["plan_ha"] == row["before_ha"]
        assert desk.view.indicators[key]["plan_ha"] == row["after_ha"]
        assert desk.view.indicators[key]["outcome"] == row["outcome"]
    changed = {key for key, row in desk.view.indicators.items()
               if row["plan_ha"] != before[key]["plan_ha"]}  # fmt: skip
    assert changed == {(row["level"], row["unit"], row["indicator"])
                       for row in answer["indicators"]
                       if row["before_ha"] != row["after_ha"]}  # fmt: skip
    assert plan.commitChanges()
    desk.agrees_with_a_run()


def test_what_if_alone_starts_the_engine_and_leaves_the_plan_alone(desk):
    panel, whatif = desk.desk.panel, desk.desk.whatif
    panel.show()
    box = desk_extent(desk)
    answers = []
    whatif.answered.connect(answers.append)
    whatif.begin()
    panel._drawn(QgsGeometry.fromRect(box), QgsCoordinateReferenceSystem(CRS))
    wait(lambda: panel.use.count() > 0, 60)
    panel.use.setCurrentIndex(panel.use.findData("1001"))
    wait(lambda: answers, 60)
    assert desk.desk.watch.state == "off"
    assert desk.view.indicators == {}
    assert sum(row["area_m2"] for row in answers[0]["uses"]) <= answers[0]["area_m2"] * 1.01


def desk_extent(desk):
    layer = QgsVectorLayer(f"{desk.home}/county.gpkg|layername=GHDLTB", "x", "ogr")
    centre = layer.extent().center()
    return QgsRectangle(centre.x() - 200, centre.y() - 200, centre.x() + 200, centre.y() + 200)


@pytest.mark.parametrize("seed", [3, 11])
def test_random_edits_end_as_a_run(desk, plan, seed):
    """Adds, moves, recodes, deletes, splits, undoes, redoes, saves: in an order nobody chose."""
    desk.live()
    state = seed
    for _ in range(25):
        state = (state * 1103515245 + 12345) % 2**31
        ids = sorted(one.id() for one in plan.getFeatures())
        fid, kind = ids[(state >> 4) % len(ids)], (state >> 16) % 8
        shape = QgsGeometry(plan.getFeature(fid).geometry())
        if kind == 0:
            shape.translate(15, -10)
            values = {code(plan): ("0703", "0101", "1207")[state % 3]}
            plan.addFeature(QgsVectorLayerUtils.createFeature(plan, shape, values))
        elif kind == 1:
            plan.deleteFeature(fid)
        elif kind == 2:
            plan.changeAttributeValue(fid, code(plan), ("0703", "9999", "0301", None)[state % 4])
        elif kind == 3:
            shape.translate(state % 9, state % 7)
            plan.changeGeometry(fid, shape)
        elif kind == 4:
            plan.undoStack().undo()
        elif kind == 5:
            plan.undoStack().redo()
        elif kind == 6:
            split(plan, fid)
        elif state % 3 == 0:
            assert plan.commitChanges(False), plan.commitErrors()
        if state % 2:
            desk.settle()
    desk.agrees_with_itself()
    assert plan.commitChanges(False), plan.commitErrors()
    desk.agrees_with_a_run()
