# SPDX-License-Identifier: GPL-2.0-or-later
"""Into the plan: the area is cut out of what it covers, in one command that Undo takes back."""

from __future__ import annotations

import pytest
from live_county import (
    CRS,
    FAKE_RESIDENT,
    PLAN_FIELDS,
    PLAN_URI,
    ROWS,
    SIDE,
    LiveCounty,
    X,
    Y,
    square,
    write,
)
from pianqu.ui.live_roles import Role
from pianqu.ui.whatif_area import Area
from pianqu.ui.whatif_put import PutError, put
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtTest import QTest
from sector_desk import LEFT, wait

pytestmark = pytest.mark.usefixtures("qgis_new_project")
ROLE = Role("plan", "", "", "", PLAN_FIELDS, CRS)


def area_of(*shapes, crs=CRS):
    area = Area()
    for place, shape in enumerate(shapes):
        area.set(place, shape, QgsCoordinateReferenceSystem(crs))
    return area


@pytest.fixture()
def plan(tmp_path):
    rows = [
        (square(i % ROWS, i // ROWS), {"BSM": f"P{i}", "GHDLBM": "0101", "KCXS": 0.1})
        for i in range(ROWS * ROWS)
    ]
    write(tmp_path / "county.gpkg", "GHDLTB", PLAN_URI, rows)
    layer = QgsVectorLayer(f"{tmp_path}/county.gpkg|layername=GHDLTB", "plan", "ogr")
    layer.startEditing()
    yield layer
    layer.rollBack()


def content(layer):
    return {(one.id(), one.geometry().asWkt(3), *map(str, one.attributes()))
            for one in layer.getFeatures()}  # fmt: skip


def with_code(layer, code):
    return [one for one in layer.getFeatures() if one["GHDLBM"] == code]


def ground(layer):
    return QgsGeometry.unaryUnion([one.geometry() for one in layer.getFeatures()])


def sums(layer):
    return sum(one.geometry().area() for one in layer.getFeatures())


def test_the_area_is_cut_out_of_the_parcels_it_covers(plan):
    shape = square(0, 0, shift=50)
    assert put([plan], ROLE, area_of(shape), "0703") == 4
    (new,) = with_code(plan, "0703")
    assert new.geometry().equals(shape)
    assert plan.featureCount() == 17
    assert sums(plan) == pytest.approx(16 * SIDE**2)
    assert ground(plan).area() == pytest.approx(16 * SIDE**2)


def test_one_undo_takes_all_of_it_back(plan):
    before = content(plan)
    put([plan], ROLE, area_of(square(0, 0, shift=50)), "0703")
    assert plan.undoStack().count() == 1
    plan.undoStack().undo()
    assert content(plan) == before
    plan.undoStack().redo()
    assert len(with_code(plan, "0703")) == 1


def test_a_parcel_that_is_covered_whole_goes(plan):
    put([plan], ROLE, area_of(square(1, 1)), "0703")
    assert plan.featureCount() == 16
    assert not plan.getFeature(6).isValid()
    assert sums(plan) == pytest.approx(16 * SIDE**2)


def test_neighbours_that_only_touch_are_left_alone(plan):
    put([plan], ROLE, area_of(square(1, 1)), "0703")
    assert plan.editBuffer().changedGeometries() == {}


def test_a_parcel_cut_in_two_stays_one_and_its_other_half_becomes_a_feature_without_id(plan):
    strip = QgsGeometry.fromWkt(
        f"Polygon(({X + 30} {Y}, {X + 40} {Y}, {X + 40} {Y + SIDE}, {X + 30} {Y + SIDE},"
        f" {X + 30} {Y}))"
    )
    put([plan], ROLE, area_of(strip), "1207")
    assert plan.getFeature(1).geometry().area() == pytest.approx(60 * SIDE)
    half = next(one for one in with_code(plan, "0101") if one.id() < 0)
    assert half.geometry().area() == pytest.approx(30 * SIDE)
    assert half["KCXS"] == 0.1
    assert half["BSM"] is None or str(half["BSM"]) == "NULL"


def test_an_area_of_two_parts_becomes_two_features_where_the_layer_has_single_parts(plan):
    put([plan], ROLE, area_of(square(0, 0), square(2, 2)), "0703")
    assert len(with_code(plan, "0703")) == 2


def test_a_layer_of_multi_parts_keeps_an_area_whole(tmp_path):
    uri = PLAN_URI.replace("Polygon", "MultiPolygon")
    shape = square(0, 0)
    shape.convertToMultiType()
    write(tmp_path / "multi.gpkg", "GHDLTB", uri, [(shape, {"GHDLBM": "0101"})])
    layer = QgsVectorLayer(f"{tmp_path}/multi.gpkg|layername=GHDLTB", "plan", "ogr")
    layer.startEditing()
    put([layer], ROLE, area_of(square(0, 0, 20), square(2, 2)), "0703")
    (new,) = with_code(layer, "0703")
    assert new.geometry().area() == pytest.approx(20**2 + SIDE**2)
    assert sums(layer) == pytest.approx(2 * SIDE**2)
    assert layer.commitChanges()


def test_land_without_a_plan_is_planned(plan):
    assert put([plan], ROLE, area_of(square(8, 8)), "0703") == 0
    assert plan.featureCount() == 17


def test_the_area_comes_in_any_crs(plan):
    shape = square(1, 1)
    here, there = (QgsCoordinateReferenceSystem(one) for one in (CRS, "EPSG:4490"))
    shape.transform(QgsCoordinateTransform(here, there, QgsProject.instance()))
    put([plan], ROLE, area_of(shape, crs="EPSG:4490"), "0703")
    assert sum(one.geometry().area() for one in with_code(plan, "0703")) == pytest.approx(SIDE**2)


def test_invalid_parcels_are_cut_by_what_they_cover(plan):
    bow = QgsGeometry.fromWkt(
        f"Polygon(({X} {Y}, {X + 100} {Y + 100}, {X + 100} {Y}, {X} {Y + 100}, {X} {Y}))"
    )
    plan.changeGeometry(1, bow)
    put([plan], ROLE, area_of(square(0, 0)), "0703")
    assert not plan.getFeature(1).isValid()


def test_what_was_put_can_be_saved(plan):
    put([plan], ROLE, area_of(square(0, 0, shift=50)), "0703")
    assert plan.commitChanges(), plan.commitErrors()
    assert len(with_code(plan, "0703")) == 1


def test_a_layer_not_under_the_pen_is_left_alone(plan):
    plan.rollBack()
    with pytest.raises(PutError, match="Switch on editing"):
        put([plan], ROLE, area_of(square(0, 0)), "0703")


def test_a_missing_field_leaves_the_layer_as_it_was(plan):
    before = content(plan)
    role = Role("plan", "", "", "", {"code": "NOPE"}, CRS)
    with pytest.raises(PutError, match="NOPE"):
        put([plan], role, area_of(square(0, 0, shift=50)), "0703")
    assert content(plan) == before
    assert plan.undoStack().count() == 0


# The button


@pytest.fixture()
def county(tmp_path, monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(FAKE_RESIDENT))
    county = LiveCounty(tmp_path)
    county.desk.panel.show()
    yield county
    county.close()


def prepare(county):
    panel, whatif = county.desk.panel, county.desk.whatif
    whatif.begin()
    panel._drawn(square(0, 0, shift=50), QgsCoordinateReferenceSystem(CRS))
    wait(lambda: panel.use.count() > 0)
    panel.use.setCurrentIndex(panel.use.findData("0703"))
    wait(lambda: panel.tables.isVisible())
    return panel


def test_the_button_puts_it_into_the_plan_and_live_follows(county):
    layer = county.open()
    layer.startEditing()
    county.live()
    panel = prepare(county)
    QTest.mouseClick(panel.put, LEFT)
    assert "Undo takes it back" in panel.said.text()
    county.agrees(layer)
    assert county.view.count() == 17
    layer.undoStack().undo()
    county.agrees(layer)
    assert county.view.count() == 16
    layer.rollBack()


def test_what_was_put_stays_to_be_read_until_another_area_is_asked_about(county):
    layer = county.open()
    layer.startEditing()
    county.live()
    panel = prepare(county)
    told = panel.tables.quotas.texts()
    QTest.mouseClick(panel.put, LEFT)
    wait(lambda: county.desk.watch.settled)
    assert panel.tables.isVisible()
    assert told and panel.tables.quotas.texts() == told
    assert not panel.put.isEnabled() and not panel.drop.isEnabled()
    assert not panel.scroll.viewport().autoFillBackground()
    panel._drawn(square(2, 2, shift=50), QgsCoordinateReferenceSystem(CRS))
    assert not panel.tables.isVisible()
    wait(lambda: panel.tables.isVisible())
    QTest.mouseClick(panel.drop, LEFT)
    assert not panel.tables.isVisible()
    layer.rollBack()


def test_the_button_says_when_the_plan_is_not_open_or_not_under_the_pen(county):
    panel = prepare(county)
    QTest.mouseClick(panel.put, LEFT)
    assert panel.said.text() == "The plan layer is not open in the project."
    layer = county.open()
    QTest.mouseClick(panel.put, LEFT)
    assert panel.said.text() == "Switch on editing of the layer 'GHDLTB' first."
    assert not layer.isEditable()
    layer.startEditing()
    QTest.mouseClick(panel.put, LEFT)
    assert layer.featureCount() == 17
    layer.rollBack()


def test_without_area_or_use_there_is_no_button(county):
    panel = county.desk.panel
    assert not panel.put.isEnabled()
    prepare(county)
    assert panel.put.isEnabled()
