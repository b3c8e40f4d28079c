# SPDX-License-Identifier: GPL-2.0-or-later
"""Orders of the dock "Cluster check" to the engine: run, check again, accept; made and real."""

from __future__ import annotations

import gc
import subprocess
from contextlib import closing

import desk_results as made
import pytest
from desk_window import Window
from places import ROOT
from qgis.core import QgsApplication, QgsProject, QgsSettings, QgsVectorLayer
from qgis.gui import QgsGui, QgsMapCanvas
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMainWindow
from sector_desk import SHIFT, wait

FAKE = ROOT / "tests" / "support" / "fake_findings_engine.py"
pytestmark = pytest.mark.usefixtures("qgis_new_project")


@pytest.fixture(autouse=True)
def forgotten(tmp_path, monkeypatch):
    from pianqu.ui import findings_former

    monkeypatch.setattr(findings_former, "folder_of", lambda place: tmp_path / "kept" / "one")
    QgsSettings().remove("pianqu/sectors")
    yield
    QgsSettings().remove("pianqu/sectors")


@pytest.fixture()
def engine(monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(FAKE))


@pytest.fixture()
def desk(tmp_path):
    with closing(Window(tmp_path / "county")) as window:
        made.write_run(window.home / "made", [*made.few()[1:], made.finding(30)], "2026-03-09")
        yield window


@pytest.mark.usefixtures("engine")
def test_a_run_brings_new_results_and_says_what_came_of_it(desk):
    desk.click(desk.face.head.run)
    assert desk.face.head.cancel.isVisible()
    desk.idle()
    assert [job["task"] for job in desk.jobs()] == ["run"]
    assert "12 findings" in desk.said()
    assert desk.counts("since")["Gone since the last run"] == 1
    assert f"{30:016x}" in desk.listed()


@pytest.mark.usefixtures("engine")
def test_the_first_run_makes_the_results(tmp_path):
    with closing(Window(tmp_path / "county", ready=False)) as desk:
        made.write_run(desk.home / "made")
        assert "press Run" in desk.said()
        desk.click(desk.face.head.run)
        desk.idle()
        assert len(desk.listed()) == 12


@pytest.mark.usefixtures("engine")
def test_a_run_can_be_cancelled_and_the_dock_is_ready_again(desk):
    desk.dossier.write_text("hang", encoding="utf-8")
    desk.click(desk.face.head.run)
    wait(lambda: desk.face.head.progress.value() > 0)
    desk.click(desk.face.head.cancel)
    desk.idle()
    assert "Cancelled" in desk.said()
    assert desk.face.head.run.isEnabled()
    assert len(desk.listed()) == 12


@pytest.mark.usefixtures("engine")
def test_what_the_engine_cannot_use_is_said_in_its_one_line(desk):
    desk.dossier.write_text("refuse", encoding="utf-8")
    desk.click(desk.face.head.run)
    desk.idle()
    assert desk.said() == "county.gpkg 没有图层 JQDLTB"


@pytest.mark.usefixtures("engine")
def test_closing_the_project_in_the_middle_of_a_run_harms_nothing(desk):
    desk.dossier.write_text("hang", encoding="utf-8")
    layer = QgsVectorLayer(f"{desk.out / 'results.gpkg'}|layername=findings", "问题", "ogr")
    QgsProject.instance().addMapLayer(layer)
    desk.click(desk.face.head.run)
    wait(lambda: desk.face.head.progress.value() > 0)
    QgsProject.instance().clear()
    desk.settle()
    desk.click(desk.face.head.cancel)
    desk.idle()
    assert not desk.dock.orders.runs.busy


@pytest.mark.usefixtures("engine")
def test_a_check_is_done_again_and_the_whole_results_stay(desk):
    before = (desk.out / "results.gpkg").read_bytes()
    desk.turn(desk.browser)
    desk.dock.orders.recheck("control.farmland")
    desk.idle()
    (job,) = desk.jobs()
    assert (job["task"], job["checks"]) == ("run", ["controllines"])
    assert job["out"] != str(desk.out)
    assert (desk.out / "results.gpkg").read_bytes() == before
    assert "1 new, 1 gone" in desk.said()
    assert f"{30:016x}" in desk.listed()
    assert f"{0:016x}" not in desk.listed()
    assert f"{11:016x}" in desk.listed()  # of another check: as it was
    assert not desk.dock.orders.runs._folder


@pytest.mark.usefixtures("engine")
def test_one_rule_of_the_sector_plans_is_done_again_alone(desk):
    desk.dock.orders.recheck("sector.overlap")
    desk.idle()
    (job,) = desk.jobs()
    assert (job["task"], job["rules"]) == ("sectors", ["sector.overlap"])
    assert len(desk.listed()) == 12


def accept(desk, *rows, reason="历史遗留"):
    desk.turn(desk.browser)
    desk.click_row(rows[0])
    if len(rows) > 1:
        desk.click_row(rows[-1], SHIFT)
    box = desk.browser.accept
    box.person.clear()
    assert box.accept.text() == "Say who accepts"
    desk.type_in(box.person, "Wang")
    assert box.accept.text() == "Say why it may stay"
    assert not box.accept.isEnabled()
    desk.type_in(box.reason, reason)
    desk.click(box.accept)
    desk.idle()


@pytest.mark.usefixtures("engine")
def test_two_are_accepted_with_a_reason_in_place(desk):
    first = desk.dock.results
    accept(desk, 0, 1)
    ids = desk.listed()[:2]
    assert desk.counts("status") == {"Open": 10, "Accepted": 2}
    (job,) = desk.jobs()
    assert (job["task"], job["status"], job["person"]) == ("accept", "accepted", "Wang")
    assert set(job["ids"]) == set(ids)
    assert "历史遗留" in desk.browser.facts.toPlainText()
    assert "Decided: 2" in desk.said()
    desk.dock.stale()
    desk.settle()
    assert desk.dock.results is first  # nothing is read anew: the change was our own
    desk.dock.reload()
    desk.settle()
    assert desk.counts("status")["Accepted"] == 2


@pytest.mark.usefixtures("engine")
def test_what_was_accepted_can_be_opened_again(desk):
    accept(desk, 0)
    box = desk.browser.accept
    assert box.reopen.isVisible()
    desk.click(box.reopen)
    desk.idle()
    assert desk.counts("status") == {"Open": 12}


def test_no_engine_is_said_with_the_remedy(desk, monkeypatch):
    from pianqu.jobs import engine

    engine.forget()
    monkeypatch.setattr(engine, "candidates", lambda setting="": iter(()))
    desk.click(desk.face.head.run)
    desk.idle()
    assert "setupengine" in desk.said()


class Iface:
    """As much of QgisInterface as the dock touches."""

    def __init__(self, canvas):
        self.canvas = canvas

    def mapCanvas(self):
        return self.canvas


def traces(canvas):
    """Count what a dock could leave behind."""
    actions = QgsGui.shortcutsManager().listActions()
    project = QgsProject.instance()
    return {
        "shortcuts": len([one for one in actions if "pianqu" in one.objectName()]),
        "items": len(canvas.scene().items()),
        "widgets": len([w for w in QApplication.allWidgets() if "ianqu" in w.objectName()]),
        "listeners": project.receivers(project.cleared) + project.receivers(project.projectSaved),
        "tasks": QgsApplication.taskManager().count(),
    }


def test_ten_docks_come_and_go_without_trace(tmp_path):
    from pianqu.ui.desk_dock import DeskDock
    from pianqu.ui.place_memory import Places

    made.write_run(tmp_path / "results")
    window, canvas = QMainWindow(), QgsMapCanvas()
    window.setCentralWidget(canvas)
    window.show()
    before = traces(canvas)
    for round_ in range(10):
        dock = DeskDock(Iface(canvas))
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        QApplication.processEvents()
        dock.set_places(Places("", str(tmp_path / "results"), ""))
        if round_ % 2:  # half of them go while they are reading
            wait(lambda dock=dock: not dock.loader.busy)
            dock.face.findings.list.step(1)
        dock.remove()
        window.removeDockWidget(dock)
        dock.deleteLater()
        del dock
        QTest.qWait(30)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        gc.collect()
    wait(lambda: QgsApplication.taskManager().countActiveTasks() == 0)
    QTest.qWait(1000)  # what flashes on the canvas goes by itself
    after = traces(canvas)
    window.close()
    assert after == before


@pytest.fixture()
def faulty(real_engine, tmp_path):
    """Make a small county with faults, so that there is something to find."""
    folder = tmp_path / "faulty"
    command = [str(real_engine), str(ROOT / "jobs" / "launch.py"), "sample", "--parcels", "400"]
    subprocess.run(
        [*command, "--seed", "7", "--faults", "--out", str(folder)], check=True, capture_output=True
    )
    return folder


def test_the_real_engine_runs_and_its_findings_are_accepted_and_carried_on(faulty, tmp_path):
    from pianqu.ui.place_memory import Places

    with closing(Window(tmp_path / "county", ready=False)) as desk:
        out = tmp_path / "real"
        desk.dock.set_places(Places(str(faulty / "dossier.yaml"), str(out), ""))
        desk.settle()
        desk.click(desk.face.head.run)
        wait(lambda: not desk.dock.orders.runs.busy, 240)
        desk.settle()
        assert "Done" in desk.said()
        results = desk.dock.results
        assert results.units.levels == ["county", "cluster", "town", "village"]
        assert desk.quotas.tree.current()[0] == "county"
        assert {one.outcome for one in desk.cards().values()} <= {"passed", "failed", "warning",
                                                                  "not_checked"}  # fmt: skip
        listed = desk.listed()
        assert listed
        assert all(one.path[-1].startswith("county:") for one in results.findings)
        accept(desk, 0)
        assert "Decided: 1" in desk.said()
        desk.dock.orders.recheck("quota.farmland")
        wait(lambda: not desk.dock.orders.runs.busy, 240)
        desk.settle()
        assert "Checked again" in desk.said()
        desk.click(desk.face.head.run)
        wait(lambda: not desk.dock.orders.runs.busy, 240)
        desk.settle()
        assert desk.counts("status")["Accepted"] == 1
        assert desk.counts("since") == {"Found before too": len(listed)}
