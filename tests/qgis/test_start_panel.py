# SPDX-License-Identifier: GPL-2.0-or-later
"""Three ways to a first verdict, and the box that sets the engine up on the way."""

from __future__ import annotations

import gc

import pytest
import start_desk as desk
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtTest import QSignalSpy
from qgis.PyQt.QtWidgets import QApplication
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_processing", "qgis_new_project")


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    from pianqu.ui import start_recent
    from pianqu.ui.settings_store import Settings, load_settings, save_settings
    from qgis.core import QgsSettings

    before = load_settings()
    save_settings(Settings(results_folder=str(tmp_path / "own")))
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(desk.ENGINE))
    QgsSettings().remove(start_recent._KEY)
    yield
    QgsSettings().remove(start_recent._KEY)
    save_settings(before)


@pytest.fixture()
def panel():
    from pianqu.ui.start_panel import StartPanel

    panel = StartPanel()
    panel.resize(460, 700)
    panel.show()
    QApplication.processEvents()
    yield panel
    panel.remove()
    panel.deleteLater()


@pytest.fixture()
def dossier(tmp_path):
    path = tmp_path / "某县" / "dossier.yaml"
    path.parent.mkdir()
    path.write_text('dossier: 1\nname: "某县"\n', encoding="utf-8")
    return path


def listed(panel):
    role = Qt.ItemDataRole.UserRole
    return [panel.recent.item(row).data(role) for row in range(panel.recent.count())]


def test_open_layers_lead_to_their_roles(panel):
    wanted = QSignalSpy(panel.rolesWanted)
    desk.click(panel.layers)
    assert len(wanted) == 1


def test_a_dossier_is_checked_and_its_results_go_beside_it(panel, dossier, monkeypatch):
    from pianqu.ui import start_panel

    monkeypatch.setattr(
        start_panel.QFileDialog, "getOpenFileName", lambda *_: (str(dossier), "YAML")
    )
    ready = QSignalSpy(panel.resultsReady)
    desk.click(panel.dossier)
    desk.told(panel, ready)
    assert list(ready[0]) == [str(dossier), str(dossier.parent / "results")]
    assert [job["task"] for job in desk.jobs()] == ["run"]
    assert listed(panel) == [str(dossier)]
    assert panel.recent.item(0).text().startswith("某县 ")


def test_a_dossier_used_before_shows_its_results_or_is_checked_again(panel, dossier):
    ready = QSignalSpy(panel.resultsReady)
    assert panel.recent.isHidden()
    panel.check(str(dossier))
    wait(lambda: len(ready) == 1)
    panel.recent.setCurrentRow(0)
    assert panel.open_results.isEnabled()
    desk.click(panel.open_results)
    assert len(ready) == 2
    desk.click(panel.check_again)
    wait(lambda: len(ready) == 3)
    assert len(desk.jobs()) == 2
    dossier.unlink()
    panel.fill_recent()
    assert listed(panel) == []


def test_the_sample_county_is_made_shown_and_checked_with_one_click(panel, tmp_path):
    place = tmp_path / "own" / "sample"
    place.mkdir(parents=True)
    desk.written(desk.memory("CJDCQ"), place / "county.gpkg", "units")
    ready = QSignalSpy(panel.resultsReady)
    desk.click(panel.sample)
    desk.told(panel, ready)
    assert [job["task"] for job in desk.jobs()] == ["sample", "dossier", "run"]
    assert list(ready[0]) == [str(place / "dossier.yaml"), str(place / "results")]
    group = QgsProject.instance().layerTreeRoot().findGroup("示例县")
    assert [node.name() for node in group.findLayers()] == [
        "Units (villages, or the finest there are)"
    ]
    assert QgsProject.instance().crs().authid() == "EPSG:4544"


def test_layers_that_are_open_are_not_added_again(tmp_path):
    from pianqu.ui.start_layers import add_layers

    path = tmp_path / "county.gpkg"
    desk.written(desk.memory("CJDCQ"), path, "units")
    told = {"name": "县", "layers": {"units": {"path": str(path), "layer": "units"}}}
    assert len(add_layers(told)) == 1
    assert add_layers(told) == []
    assert len(QgsProject.instance().layerTreeRoot().findGroups()) == 1
    gone = {"layers": {"plan": {"path": str(tmp_path / "gone.gpkg")}}}
    assert add_layers(gone) == []


def test_a_sample_county_that_is_there_is_not_made_again(panel, tmp_path):
    place = tmp_path / "own" / "sample"
    place.mkdir(parents=True)
    (place / "dossier.yaml").write_text("dossier: 1\n")
    ready = QSignalSpy(panel.resultsReady)
    desk.click(panel.sample)
    desk.told(panel, ready)
    assert [job["task"] for job in desk.jobs()] == ["dossier", "run"]


def test_while_the_engine_works_nothing_else_can_be_begun(panel, dossier, engine_home):
    desk.manner(engine_home, "hang")
    panel.check(str(dossier))
    wait(lambda: desk.jobs())
    assert not panel.sample.isEnabled()
    assert panel.bar.cancel.isVisible()
    desk.click(panel.bar.cancel)
    wait(lambda: not panel.run.busy)
    assert panel.sample.isEnabled()
    assert "Cancelled" in panel.bar.messages.currentItem().text()


def test_what_went_wrong_is_said(panel, dossier, engine_home):
    desk.manner(engine_home, "refuse")
    panel.check(str(dossier))
    wait(lambda: desk.jobs() and not panel.run.busy)
    assert "JQDLTB" in panel.bar.messages.currentItem().text()


def test_the_last_dossiers_are_eight_at_most_the_newest_first(tmp_path):
    from pianqu.ui.start_recent import MOST, recent_dossiers, remember_dossier

    paths = []
    for number in range(MOST + 2):
        path = tmp_path / f"{number}.yaml"
        path.write_text("dossier: 1\n")
        paths.append(str(path))
        remember_dossier(str(path))
    remember_dossier(paths[5])
    assert recent_dossiers()[:2] == [paths[5], paths[-1]]
    assert len(recent_dossiers()) == MOST


def test_panels_go_without_trace_also_in_the_middle_of_a_run(dossier, engine_home):
    from pianqu.ui.roles_panel import RolesPanel
    from pianqu.ui.start_panel import StartPanel

    project = QgsProject.instance()

    def listeners():
        return [project.receivers(one) for one in (project.cleared, project.layersAdded)]

    before = listeners()
    desk.manner(engine_home, "hang")
    for _ in range(3):
        panels = [RolesPanel(), StartPanel()]
        panels[1].check(str(dossier))
        many = len(desk.jobs())
        wait(lambda many=many: len(desk.jobs()) > many)
        for panel in panels:
            panel.remove()
            panel.deleteLater()
        del panels, panel
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        gc.collect()
    assert listeners() == before


# The engine's setup


@pytest.fixture()
def box(monkeypatch, engine_home):
    from pianqu.jobs.engine import forget
    from pianqu.ui import setup_task
    from pianqu.ui.setup_box import SetupBox

    monkeypatch.setattr(setup_task, "host_python", lambda: desk.ENGINE)
    desk.manner(engine_home, "lack")
    forget()
    box = SetupBox()
    box.show()
    yield box
    box.stop()
    box.deleteLater()


def test_the_box_says_what_it_does_where_and_how_large(box, engine_home):
    said = box.what.text()
    assert str(engine_home) in said
    assert "600 MB" in said and "200 MB" in said
    assert "Nothing else of QGIS is touched" in said


def test_one_click_sets_the_engine_up_and_shows_how_it_goes(box):
    ready = QSignalSpy(box.ready)
    desk.click(box.start)
    assert box.progress.isVisible()
    assert not box.start.isEnabled()
    wait(lambda: len(ready))
    assert "Collecting numpy" in box.log.toPlainText()
    assert "ready" in box.stage.text()


def test_a_folder_of_wheels_is_asked_for_before_it_starts(box, tmp_path):
    box.offline.setChecked(True)
    assert not box.start.isEnabled()
    box.wheels.setFilePath(str(tmp_path / "empty"))
    assert box.start.isEnabled()
    desk.click(box.start)
    wait(lambda: not box.task.busy)
    assert ".whl" in box.stage.text()
    assert box.start.isEnabled()


def test_a_setup_can_be_cancelled_and_leaves_nothing(box, engine_home):
    desk.manner(engine_home, "lack hang")
    desk.click(box.start)
    wait(lambda: "Collecting" in box.log.toPlainText())
    desk.click(box.cancel)
    wait(lambda: not box.task.busy)
    assert "nothing was changed" in box.stage.text()
    assert list(engine_home.glob("env-*")) == []


def test_not_now_gives_up(box):
    given_up = QSignalSpy(box.given_up)
    desk.click(box.cancel)
    assert len(given_up) == 1


def test_a_python_of_the_settings_that_lacks_libraries_is_told_and_let_go(box, tmp_path):
    from pianqu.ui.settings_store import engine_python, set_engine_python

    set_engine_python(str(tmp_path / "python"))
    try:
        box.ask()
        assert str(tmp_path / "python") in box.what.text()
        ready = QSignalSpy(box.ready)
        desk.click(box.start)
        wait(lambda: len(ready))
        assert engine_python() == ""
    finally:
        set_engine_python("")
