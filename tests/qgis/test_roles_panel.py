# SPDX-License-Identifier: GPL-2.0-or-later
"""A technician opens his layers, sees what was recognised, corrects it, checks with one click."""

from __future__ import annotations

import json
import subprocess

import pytest
import start_desk as desk
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
from qgis.PyQt.QtTest import QSignalSpy, QTest
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_processing", "qgis_new_project")


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    """Keep the user's settings out: a fake engine, results in the test's folder."""
    from pianqu.ui.settings_store import Settings, load_settings, save_settings

    before = load_settings()
    save_settings(Settings(results_folder=str(tmp_path / "out")))
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(desk.ENGINE))
    yield
    save_settings(before)


@pytest.fixture()
def panel(settings):
    from pianqu.ui.roles_panel import RolesPanel

    panel = RolesPanel()
    panel.resize(480, 900)
    panel.show()
    desk.recognised(panel)
    yield panel
    panel.remove()
    panel.deleteLater()


@pytest.fixture()
def open_county(panel, tmp_path):
    layers = desk.county(tmp_path / "county.gpkg")
    desk.recognised(panel)
    return layers


def chosen(panel):
    layers = {role: row.choice().map_layer() for role, row in panel.rows.items()}
    return {role: layer.name() for role, layer in layers.items() if layer}


def said(panel, role):
    return panel.rows[role].troubles.text()


def test_open_layers_are_recognised_with_fields_and_code_tables(panel, open_county):
    assert chosen(panel) == {
        "units": "CJDCQ", "landuse": "JQDLTB", "plan": "GHDLTB", "farmland": "YJJBNTTB",
        "redline": "STBHHX", "boundary": "CZKFBJ",
    }  # fmt: skip
    rows = panel.rows
    assert rows["units"].choice().fields == {"code": "ZLDWDM", "name": "ZLDWMC"}
    assert rows["landuse"].choice().fields == {"code": "JQDLBM", "id": "BSM", "deduction": "KCXS"}
    assert rows["landuse"].choice().codes == "sandiao"
    assert rows["plan"].choice().codes == "landuse-2023"
    assert {row.sure.word for role, row in rows.items() if role != "reserve"} == {"sure"}
    assert rows["reserve"].sure.word == "empty"


def test_confidence_tells_its_reasons_on_hover(panel, open_county):
    assert "'JQDLTB'" in panel.rows["landuse"].sure.toolTip()
    assert "JQDLBM" in panel.rows["landuse"].sure.toolTip()
    assert panel.rows["landuse"].sure.accessibleName()


def test_the_county_is_proposed_from_the_units(panel, open_county):
    form = panel.county.chosen()
    assert (form["code"], form["crs"], form["standard"]) == ("510722", "EPSG:4544", "cn-2023")


def test_what_the_user_types_is_never_overwritten(panel, tmp_path):
    QTest.keyClicks(panel.county.code, "510799")
    desk.county(tmp_path / "county.gpkg", "CJDCQ")
    desk.recognised(panel)
    assert panel.county.chosen()["code"] == "510799"


def test_a_layer_chosen_by_hand_stays_and_its_fields_are_recognised(panel, open_county):
    other = desk.memory("另一个", "BSM DLBM")
    QgsProject.instance().addMapLayer(other)
    desk.recognised(panel)
    row = panel.rows["landuse"]
    row.layer.setLayer(other)
    assert row.sure.word == "hand"
    assert row.choice().fields == {"code": "DLBM", "id": "BSM"}
    QgsProject.instance().addMapLayer(desk.memory("再一个"))
    desk.recognised(panel)
    assert chosen(panel)["landuse"] == "另一个"
    desk.click(panel.again)
    desk.recognised(panel)
    assert chosen(panel)["landuse"] == "JQDLTB"


def test_nothing_is_written_into_the_project_unless_asked(panel, open_county):
    project = QgsProject.instance()
    project.setDirty(False)
    panel.rows["reserve"].layer.setLayer(open_county["STBHHX"])
    panel.recognise_anew()
    desk.recognised(panel)
    assert not project.isDirty()
    panel.keep.trigger()
    assert project.isDirty()


def test_roles_kept_in_the_project_come_back_with_it(panel, open_county, tmp_path):
    panel.rows["reserve"].layer.setLayer(open_county["YJJBNTTB"])
    panel.county.name.setText("某县")
    panel.keep.trigger()
    wanted = panel.choice()
    project = QgsProject.instance()
    assert project.write(str(tmp_path / "p.qgs"))
    project.clear()
    assert chosen(panel) == {}
    assert project.read(str(tmp_path / "p.qgs"))
    desk.recognised(panel)
    assert panel.choice() == wanted
    assert panel.county.chosen()["name"] == "某县"


def test_a_broken_entry_in_the_project_is_passed_over(panel):
    from pianqu.ui import roles_project

    project = QgsProject.instance()
    for text in ("{", "[]", '{"version": 9}', '{"version": 1, "roles": 3}'):
        project.writeEntry(roles_project.SCOPE, roles_project.KEY, text)
        kept = roles_project.saved(project)
        assert kept is None or kept.roles == {}


# What is wrong is seen at once


def test_without_units_a_check_is_not_offered(panel):
    assert "Choose the layer of units" in said(panel, "units")
    assert not panel.check.isEnabled()
    assert panel.check.toolTip()


def test_lines_in_a_role_of_areas_are_told(panel, open_county):
    assert panel.check.isEnabled()
    panel.rows["reserve"].layer.setLayer(open_county["道路中心线"])
    assert "no polygons" in said(panel, "reserve")
    assert not panel.check.isEnabled()


def test_a_missing_field_is_told_and_its_choice_laid_open(panel, open_county):
    row = panel.rows["plan"]
    row.layer.setLayer(open_county["STBHHX"])
    assert "Choose the field: code" in said(panel, "plan")
    assert row.details.isVisible()
    row.fields["code"].setField("BSM")
    assert "Choose the field" not in said(panel, "plan")


def test_one_layer_in_two_roles_is_told(panel, open_county):
    panel.rows["reserve"].layer.setLayer(open_county["CZKFBJ"])
    assert "same layer" in said(panel, "reserve")


@pytest.mark.parametrize("crs", ["EPSG:4490", ""])
def test_a_crs_that_is_not_projected_is_told(panel, open_county, crs):
    panel.county.crs.setCrs(QgsCoordinateReferenceSystem(crs))
    assert "CRS of the checks" in panel.county.troubles.text()
    assert not panel.check.isEnabled()


def test_unsaved_edits_are_told_when_they_happen_and_when_they_are_gone(panel, open_county):
    layer = open_county["GHDLTB"]
    layer.startEditing()
    layer.deleteFeature(next(layer.getFeatures()).id())
    assert "unsaved edits" in said(panel, "plan")
    assert panel.check.isEnabled()
    layer.rollBack()
    assert "unsaved edits" not in said(panel, "plan")


def test_a_filter_and_a_memory_layer_are_told(panel, open_county):
    open_county["GHDLTB"].setSubsetString("\"GHDLBM\" = '0703'")
    assert "filter" in said(panel, "plan")
    panel.rows["reserve"].layer.setLayer(None)
    layer = desk.memory("YLYD")
    QgsProject.instance().addMapLayer(layer)
    desk.recognised(panel)
    assert "memory only" in said(panel, "reserve") or panel.rows["reserve"].by_hand


def test_a_layer_that_is_removed_leaves_its_role(panel, open_county):
    QgsProject.instance().removeMapLayer(open_county["STBHHX"].id())
    desk.recognised(panel)
    assert "redline" not in chosen(panel)
    assert panel.check.isEnabled()


def test_quotas_that_do_not_exist_are_told(panel, open_county):
    assert "No table of quotas" in panel.county.troubles.text()
    panel.county.quotas.setFilePath("/nowhere/quotas.xlsx")
    assert "/nowhere/quotas.xlsx" in panel.county.troubles.text()
    assert not panel.check.isEnabled()


def test_an_open_table_of_quotas_is_taken(panel, tmp_path):
    path = tmp_path / "控制数表.csv"
    path.write_text("unit,indicator,quota_ha\n510722,farmland,1\n", encoding="utf-8")
    QgsProject.instance().addMapLayer(QgsVectorLayer(str(path), "控制数表", "ogr"))
    desk.recognised(panel)
    assert panel.county.chosen()["quotas"] == str(path)


def test_a_workbook_of_quotas_beside_the_units_is_taken(panel, tmp_path):
    (tmp_path / "指标分解表.xlsx").write_bytes(b"")
    (tmp_path / "项目库.xlsx").write_bytes(b"")
    desk.county(tmp_path / "county.gpkg", "CJDCQ")
    desk.recognised(panel)
    assert panel.county.chosen()["quotas"] == str(tmp_path / "指标分解表.xlsx")


def test_a_hidden_panel_looks_at_nothing(panel, tmp_path):
    panel.hide()
    desk.county(tmp_path / "county.gpkg", "CJDCQ")
    QTest.qWait(400)
    assert chosen(panel) == {}
    panel.show()
    desk.recognised(panel)
    assert chosen(panel) == {"units": "CJDCQ"}


def test_another_standard_recognises_other_names(panel, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "standard.yaml").write_text("extends: cn-2023\n")
    (folder / "aliases.csv").write_text("kind,role,field,alias,weight\nrole,redline,,SC_HX,1\n")
    QgsProject.instance().addMapLayer(desk.memory("SC_HX"))
    desk.recognised(panel)
    assert "redline" not in chosen(panel)
    panel.county.set_standard(str(folder))
    panel.county.standard_changed.emit(str(folder))
    desk.recognised(panel)
    assert chosen(panel)["redline"] == "SC_HX"
    assert panel.choice().standard == str(folder)


# What goes out


def read_yaml(path, engine):
    """Read a dossier as the engine does; give it as plain values."""
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1]);"
        "from pianqu.layers.dossier import read_dossier, content_of; d = read_dossier(sys.argv[2]);"
        "print(json.dumps(content_of(d, d.base)))"
    )
    place = desk.ROOT / "build" / "path"
    done = subprocess.run(
        [str(engine), "-c", code, str(place), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_files_are_named_and_what_only_qgis_sees_is_copied(
    panel, open_county, tmp_path, real_engine
):
    open_county["GHDLTB"].setSubsetString("\"GHDLBM\" = '0703'")
    open_county["CZKFBJ"].startEditing()
    open_county["CZKFBJ"].deleteFeature(next(open_county["CZKFBJ"].getFeatures()).id())
    file = tmp_path / "saved" / "县.yaml"
    panel.out.save(file)
    wait(file.exists)
    content = read_yaml(file, real_engine)
    layers = content["layers"]
    assert layers["landuse"]["path"] == "../county.gpkg"
    assert layers["landuse"]["codes"] == "sandiao"
    assert layers["plan"]["filter"] == "\"GHDLBM\" = '0703'"
    assert layers["boundary"]["path"] == "县_layers/handover.gpkg"
    copy = QgsVectorLayer(f"{file.parent}/县_layers/handover.gpkg|layername=boundary", "", "ogr")
    assert copy.featureCount() == 3
    assert open_county["CZKFBJ"].isModified()
    open_county["CZKFBJ"].rollBack()


def test_a_folder_of_another_is_never_cleared(panel, open_county, tmp_path):
    strange = tmp_path / "县_layers"
    strange.mkdir()
    (strange / "mine.txt").write_text("keep")
    QgsProject.instance().addMapLayer(desk.memory("YLYD"))
    desk.recognised(panel)
    panel.out.save(tmp_path / "县.yaml")
    wait((tmp_path / "县.yaml").exists)
    assert (strange / "mine.txt").read_text() == "keep"
    assert (tmp_path / "县_layers_1" / "handover.gpkg").is_file()
    panel.out.save(tmp_path / "县.yaml")  # once more over the same copies
    wait(lambda: not panel.run.busy)
    assert not (tmp_path / "县_layers_2").exists()


def test_check_now_hands_over_runs_and_tells_the_desk(panel, open_county, tmp_path):
    ready = QSignalSpy(panel.resultsReady)
    desk.click(panel.check)
    dossier, folder = desk.told(panel, ready)
    assert dossier.endswith("dossier.yaml") and str(tmp_path / "out") in dossier
    job = desk.jobs()[-1]
    assert (job["task"], job["dossier"], job["out"]) == ("run", dossier, folder)
    assert "7 findings" in panel.bar.messages.currentItem().text()
    assert panel.check.isEnabled()


def test_a_run_can_be_cancelled_and_what_went_wrong_is_said(panel, open_county, engine_home):
    desk.manner(engine_home, "hang")
    desk.click(panel.check)
    wait(lambda: desk.jobs())
    assert panel.bar.cancel.isVisible()
    assert not panel.check.isEnabled()
    desk.click(panel.bar.cancel)
    wait(lambda: not panel.run.busy)
    assert "Cancelled" in panel.bar.messages.currentItem().text()
    desk.manner(engine_home, "refuse")
    desk.click(panel.check)
    wait(lambda: not panel.run.busy)
    assert "JQDLTB" in panel.bar.messages.currentItem().text()


def test_without_an_engine_the_box_sets_it_up_and_the_check_goes_on(
    panel, open_county, engine_home, monkeypatch
):
    from pianqu.jobs.engine import forget
    from pianqu.ui import setup_task

    monkeypatch.setattr(setup_task, "host_python", lambda: desk.ENGINE)
    desk.manner(engine_home, "lack")
    forget()
    ready = QSignalSpy(panel.resultsReady)
    desk.click(panel.check)
    wait(lambda: panel.bar.setup is not None and panel.bar.setup.isVisible())
    assert str(engine_home) in panel.bar.setup.what.text()
    assert "shapely" in panel.bar.setup.tried.text()
    desk.click(panel.bar.setup.start)
    wait(lambda: len(ready))
    assert not panel.bar.setup.isVisible()


def test_closing_the_project_mid_run_does_no_harm(panel, open_county, engine_home):
    desk.manner(engine_home, "hang")
    desk.click(panel.check)
    wait(lambda: desk.jobs())
    QgsProject.instance().clear()
    desk.recognised(panel)
    panel.run.cancel()
    wait(lambda: not panel.run.busy)


def test_the_whole_way_with_the_real_engine(panel, sample, real_engine):
    from pianqu.jobs.engine import forget

    forget()
    for name in ("units", "JQDLTB", "GHDLTB", "YJJBNTTB", "STBHHX", "CZKFBJ"):
        layer = QgsVectorLayer(f"{sample}/county.gpkg|layername={name}", name, "ogr")
        QgsProject.instance().addMapLayer(layer)
    desk.recognised(panel)
    panel.county.quotas.setFilePath(str(sample / "quotas.xlsx"))
    ready = QSignalSpy(panel.resultsReady)
    desk.click(panel.check)
    desk.told(panel, ready, 120)
    results = QgsVectorLayer(f"{ready[0][1]}/results.gpkg|layername=indicators", "", "ogr")
    assert {feature["outcome"] for feature in results.getFeatures()} >= {"passed"}
