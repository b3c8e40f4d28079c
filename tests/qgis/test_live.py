# SPDX-License-Identifier: GPL-2.0-or-later
"""Live follows real edit buffers: whatever the user does, engine and board hold what he sees."""

from __future__ import annotations

import pytest
from live_county import FAKE_RESIDENT, SIDE, LiveCounty, X, Y, curve_of, feature, square
from qgis.core import (
    QgsApplication,
    QgsGeometry,
    QgsPoint,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorLayerUtils,
)

pytestmark = pytest.mark.usefixtures("qgis_new_project")


@pytest.fixture()
def resident(monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(FAKE_RESIDENT))


@pytest.fixture()
def county(tmp_path, resident):
    county = LiveCounty(tmp_path)
    yield county
    county.close()


@pytest.fixture()
def plan(county):
    """Give the plan layer under the pen, live."""
    layer = county.open()
    layer.startEditing()
    county.live()
    yield layer
    layer.rollBack()


def add(layer, column, row, code="0703", **where):
    made = feature(layer.fields(), square(column, row, **where), {"GHDLBM": code})
    assert layer.addFeature(made)
    return made.id()


def field(layer, name):
    return layer.fields().lookupField(name)


def test_switching_on_shows_the_engines_state(county):
    county.live()
    assert county.view.count() == 16
    assert county.desk.bar.text.text() == "Up to date"


def test_an_added_parcel_is_followed(county, plan):
    add(plan, 5, 5)
    county.settle()
    assert county.view.count() == 17
    county.agrees(plan)


def test_a_moved_vertex_sends_the_shape_and_nothing_else(county, plan):
    plan.moveVertex(X - 20, Y - 20, 1, 0)
    county.agrees(plan)
    (edit,) = county.requests("edit")[-1]["edits"]
    assert (edit["op"], edit["key"], edit["values"]) == ("set", "1", {})
    assert edit["wkb"]


def test_a_changed_code_sends_the_value_and_no_shape(county, plan):
    plan.changeAttributeValue(3, field(plan, "GHDLBM"), "9999")
    county.agrees(plan)
    (edit,) = county.requests("edit")[-1]["edits"]
    assert edit == {"role": "plan", "key": "3", "op": "set", "values": {"code": "9999"}}
    assert county.view.findings.keys() == {"plan/3"}


def test_deleting_undoing_and_redoing_are_followed(county, plan):
    plan.deleteFeature(4)
    county.agrees(plan)
    assert county.view.count() == 15
    plan.undoStack().undo()
    county.agrees(plan)
    assert county.view.count() == 16
    plan.undoStack().redo()
    county.agrees(plan)
    assert county.view.count() == 15


def test_a_split_is_followed_and_undone(county, plan):
    middle = Y + SIDE / 2
    plan.beginEditCommand("split")
    line = [QgsPoint(X - 10, middle), QgsPoint(X + 4 * SIDE + 10, middle)]
    plan.splitFeatures(curve_of(line))
    plan.endEditCommand()
    county.agrees(plan)
    assert county.view.count() == 20
    plan.undoStack().undo()
    county.agrees(plan)
    assert county.view.count() == 16


def test_a_merge_is_followed_and_undone(county, plan):
    plan.beginEditCommand("merge")
    whole = plan.getFeature(1).geometry().combine(plan.getFeature(2).geometry())
    plan.deleteFeature(2)
    plan.changeGeometry(1, whole)
    plan.endEditCommand()
    county.agrees(plan)
    plan.undoStack().undo()
    county.agrees(plan)


def test_pasted_features_are_followed(county, plan):
    pasted = [
        QgsVectorLayerUtils.createFeature(plan, square(6 + i, 0), {field(plan, "GHDLBM"): "0703"})
        for i in range(3)
    ]
    plan.addFeatures(pasted)
    county.agrees(plan)
    assert county.view.count() == 19


def test_an_algorithm_in_place_is_followed(county, plan, qgis_processing):
    from processing.gui.AlgorithmExecutor import execute_in_place_run

    alg = QgsApplication.processingRegistry().algorithmById("native:translategeometry").create()
    plan.selectByIds([5, 6])
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    values = {"INPUT": plan, "DELTA_X": 7, "DELTA_Y": 3, "DELTA_Z": 0, "DELTA_M": 0}
    done, _ = execute_in_place_run(alg, values, context, QgsProcessingFeedback())
    assert done
    county.agrees(plan)
    assert {edit["key"] for edit in county.requests("edit")[-1]["edits"]} == {"5", "6"}


def test_edits_of_one_turn_go_in_one_request(county, plan):
    before = len(county.requests("edit"))
    for fid in range(1, 9):
        plan.changeAttributeValue(fid, field(plan, "GHDLBM"), "0703")
        plan.changeAttributeValue(fid, field(plan, "KCXS"), 0.2)
    add(plan, 5, 5)
    county.agrees(plan)
    sent = county.requests("edit")[before:]
    assert len(sent) == 1
    assert len(sent[0]["edits"]) == 9


def test_an_edit_taken_back_within_the_turn_sends_nothing(county, plan):
    before = len(county.requests("edit"))
    plan.changeAttributeValue(1, field(plan, "GHDLBM"), "0703")
    plan.undoStack().undo()
    made = add(plan, 5, 5)
    plan.deleteFeature(made)
    county.agrees(plan)
    assert len(county.requests("edit")) == before


def test_edits_of_fields_that_are_no_matter_send_nothing(county):
    layer = county.open("water")
    layer.startEditing()
    county.live()
    before = len(county.requests("edit"))
    layer.changeAttributeValue(1, 0, 77)  # fid: the file's own
    layer.undoStack().undo()
    county.settle()
    assert len(county.requests("edit")) == before
    layer.rollBack()


def test_saving_renames_new_features_and_goes_on(county, plan):
    first = add(plan, 5, 5)
    second = add(plan, 6, 5, code="9999")
    county.agrees(plan)
    plan.deleteFeature(2)
    plan.changeGeometry(1, square(0, 0, side=90))
    assert plan.commitChanges(False)
    county.agrees(plan)
    (rename,) = county.requests("rename")
    assert rename["role"] == "plan"
    assert rename["keys"].keys() == {f"new:{first}", f"new:{second}"}
    assert county.starts() == 1
    new = int(rename["keys"][f"new:{second}"])
    assert plan.getFeature(new)["GHDLBM"] == "9999"
    plan.changeAttributeValue(new, field(plan, "GHDLBM"), "0101")
    county.agrees(plan)


def test_saving_at_once_after_an_edit_loses_nothing(county, plan):
    add(plan, 5, 5)
    plan.changeAttributeValue(7, field(plan, "GHDLBM"), "0601")
    assert plan.commitChanges(True)
    county.agrees(plan)
    assert county.view.count() == 17


def test_a_value_that_the_file_cuts_is_told_as_the_file_has_it(county, plan):
    made = add(plan, 5, 5)
    plan.changeAttributeValue(made, field(plan, "BSM"), "P99")
    county.agrees(plan)
    assert plan.commitChanges(False)
    county.agrees(plan)


def test_rolling_back_restores(county, plan):
    add(plan, 5, 5)
    plan.deleteFeature(1)
    plan.changeAttributeValue(2, field(plan, "GHDLBM"), "9999")
    county.agrees(plan)
    plan.rollBack(False)
    county.agrees(plan)
    assert county.view.count() == 16
    assert not county.view.findings


def test_edits_made_before_switching_on_are_told(county):
    layer = county.open()
    layer.startEditing()
    add(layer, 5, 5)
    layer.deleteFeature(1)
    layer.changeAttributeValue(2, field(layer, "GHDLBM"), "9999")
    layer.moveVertex(X + 230, Y - 20, 3, 0)
    county.live()
    county.agrees(layer)
    layer.rollBack()


def test_a_sector_layer_is_followed_beside_the_plan(county, plan):
    water = county.open("water")
    water.startEditing()
    county.settle()
    water.changeAttributeValue(1, field(water, "JSND"), 2031)
    add(plan, 5, 5)
    county.agrees(plan, water)
    sent = county.requests("edit")[-1]["edits"]
    assert {edit["role"] for edit in sent} == {"plan", "sector:water"}
    water.rollBack()


def test_a_layer_in_another_crs_is_told_in_the_dossiers(county, tmp_path):
    from live_county import CRS, PLAN_URI, write
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    there = QgsCoordinateReferenceSystem("EPSG:4490")
    here = QgsCoordinateReferenceSystem(CRS)
    shape = square(1, 1)
    shape.transform(QgsCoordinateTransform(here, there, QgsProject.instance()))
    county.file.unlink()
    write(county.file, "GHDLTB", PLAN_URI.replace(CRS, "EPSG:4490"), [(shape, {"GHDLBM": "01"})])
    write(county.file, "water", PLAN_URI.replace("BSM", "XMBH").replace("GHDLBM", "XMMC")
          + "&field=YDLB:string&field=KSND:integer&field=JSND:integer", [])  # fmt: skip
    layer = county.open()
    layer.startEditing()
    county.live()
    made = feature(layer.fields(), shape, {"GHDLBM": "0703"})
    layer.addFeature(made)
    county.settle()
    told = QgsGeometry()
    told.fromWkb(bytes.fromhex(county.requests("edit")[-1]["edits"][0]["wkb"]))
    assert told.symDifference(square(1, 1)).area() < 0.01
    layer.rollBack()


def test_heights_curves_and_null_shapes_are_plain_for_the_engine(county, plan):
    high = QgsGeometry(square(5, 5))
    high.get().addZValue(12)
    none = feature(plan.fields(), QgsGeometry(), {"GHDLBM": "0101"})
    plan.addFeatures([feature(plan.fields(), high, {}), none])
    county.settle()
    first, second = county.requests("edit")[-1]["edits"]
    assert first["wkb"] == bytes(square(5, 5).asWkb()).hex()
    assert second["wkb"] is None
    assert first["values"] == {"id": None, "code": None, "deduction": None}


def test_a_thousand_parcels_at_once_go_in_portions(county, plan):
    before = len(county.requests("edit"))
    rows = [feature(plan.fields(), square(i % 40, 10 + i // 40), {}) for i in range(1200)]
    plan.addFeatures(rows)
    county.agrees(plan)
    sent = county.requests("edit")[before:]
    assert [len(one["edits"]) for one in sent] == [150] * 8


def test_random_edits_end_as_the_layer_shows(county, plan):
    """A long walk through everything the edit buffer offers."""
    code = field(plan, "GHDLBM")
    state = 12345
    for _ in range(60):
        state = (state * 1103515245 + 12345) % 2**31
        ids = sorted(one.id() for one in plan.getFeatures())
        fid = ids[state % len(ids)]
        kind = (state >> 8) % 8
        if kind == 0:
            add(plan, state % 30, 8 + state % 7)
        elif kind == 1:
            plan.deleteFeature(fid)
        elif kind == 2:
            plan.changeAttributeValue(fid, code, ("9999", "0101", None)[state % 3])
        elif kind == 3:
            moved = plan.getFeature(fid).geometry()
            moved.translate(state % 11, state % 5)
            plan.changeGeometry(fid, moved)
        elif kind == 4:
            plan.undoStack().undo()
        elif kind == 5:
            plan.undoStack().redo()
        elif kind == 6:
            box = plan.getFeature(fid).geometry().boundingBox()
            x = box.center().x()
            line = [QgsPoint(x, box.yMinimum() - 1), QgsPoint(x, box.yMaximum() + 1)]
            plan.splitFeatures(curve_of(line))
        elif state % 3:
            assert plan.commitChanges(False), plan.commitErrors()
        else:
            plan.rollBack(False)
        if state % 4 == 0:
            county.agrees(plan)
    county.agrees(plan)
    assert county.starts() == 1
