# SPDX-License-Identifier: GPL-2.0-or-later
"""What if: an area and a use are asked about before anything is in a layer."""

from __future__ import annotations

import pytest
from live_county import FAKE_RESIDENT, SIDE, LiveCounty, X, Y, square
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY, QgsProject
from qgis.gui import QgsMapToolPan, QgsRubberBand
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from sector_desk import LEFT, NONE, wait

pytestmark = pytest.mark.usefixtures("qgis_new_project")
RIGHT = Qt.MouseButton.RightButton


@pytest.fixture(autouse=True)
def resident(monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(FAKE_RESIDENT))


@pytest.fixture()
def county(tmp_path):
    county = LiveCounty(tmp_path)
    county.panel = county.desk.panel
    county.panel.resize(500, 700)
    county.panel.show()
    QApplication.processEvents()
    yield county
    county.close()


def spot(county, x, y):
    """Give the canvas's pixel at a place counted in parcels."""
    here = county.canvas.getCoordinateTransform().transform(QgsPointXY(X + x * SIDE, Y + y * SIDE))
    return QPoint(round(here.x()), round(here.y()))


def click(county, x, y, button=LEFT):
    QTest.mouseClick(county.canvas.viewport(), button, NONE, spot(county, x, y))


def draw(county, *corners):
    QTest.mouseClick(county.panel.draw, LEFT)
    for corner in corners:
        click(county, *corner)
    click(county, *corners[-1], button=RIGHT)


def choose(county, code):
    panel = county.panel
    county.desk.whatif.begin()
    wait(lambda: panel.use.count() > 0)
    panel.use.setCurrentIndex(panel.use.findData(code))


def asked(county):
    wait(lambda: county.panel.tables.isVisible())
    return county.requests("whatif")[-1]


def shape_of(request):
    shape = QgsGeometry()
    shape.fromWkb(bytes.fromhex(request["wkb"]))
    return shape


BOX = [(1, 1), (2, 1), (2, 2), (1, 2)]


def test_a_drawn_area_is_asked_about_with_live_off(county):
    draw(county, *BOX)
    choose(county, "0703")
    request = asked(county)
    assert (request["code"], request["role"]) == ("0703", "plan")
    assert shape_of(request).symDifference(square(1, 1)).area() < 200
    assert county.desk.watch.state == "off"
    assert "as it is saved" in county.panel.basis.text()


def test_the_answer_says_what_happens_to_quotas_lines_and_plans(county):
    draw(county, *BOX)
    choose(county, "0703")
    asked(county)
    tables = county.panel.tables
    assert tables.quotas.texts() == [
        ["示例县", "耕地保有量", "passed → failed", "-1.00", "-0.50", "10.50", "9.50", "10.00"]
    ]
    assert tables.lines.texts() == [
        ["永久基本农田", "forbidden", "new", "0.9000 ha", "不得占用", "土地管理法"]
    ]
    assert tables.plans.texts() == [
        ["水利", "水库", "exclude each other", "0.2500 ha", "2026–2028", "水利局"]
    ]
    assert tables.uses.texts() == [["0101 水田", "1.0000 ha"]]
    said = county.panel.said.text()
    assert said.startswith("Against it: quotas that become worse: 1; lines that forbid it: 1")
    assert county.panel.size.text() == "1.0000 ha"


def test_an_area_without_harm_is_said_to_be_free(county):
    draw(county, *BOX)
    choose(county, "0101")
    asked(county)
    assert county.panel.said.text() == "Nothing stands against it."
    assert county.panel.tables.lines.title.text() == "No control line is broken."


def test_another_use_asks_again_and_shows_nothing_old_meanwhile(county):
    draw(county, *BOX)
    choose(county, "0703")
    asked(county)
    choose(county, "0101")
    assert not county.panel.tables.isVisible()
    asked(county)
    assert [one["code"] for one in county.requests("whatif")] == ["0703", "0101"]


def test_only_the_newest_question_counts(county):
    county.manner(slow=0.6)
    draw(county, *BOX)
    choose(county, "0703")
    wait(lambda: county.requests("whatif"))
    county.panel.use.setCurrentIndex(county.panel.use.findData("0101"))
    asked(county)
    assert county.panel.said.text() == "Nothing stands against it."


def test_picking_takes_features_and_gives_them_back(county):
    county.open()
    choose(county, "0703")
    QTest.mouseClick(county.panel.pick, LEFT)
    click(county, 1.5, 1.5)
    click(county, 2.5, 1.5)
    assert shape_of(asked(county)).area() == pytest.approx(2 * SIDE**2)
    click(county, 1.5, 1.5)
    wait(lambda: len(county.requests("whatif")) == 2)
    assert shape_of(asked(county)).equals(square(2, 1))


def test_the_selection_of_a_layer_is_taken(county):
    layer = county.open()
    layer.selectByIds([6, 7])
    QTest.mouseClick(county.panel.selection, LEFT)
    choose(county, "0703")
    assert shape_of(asked(county)).area() == pytest.approx(2 * SIDE**2)


def take_as_if_many(county, monkeypatch):
    """Take a selection of two, which counts as many."""
    from pianqu.ui import whatif_selection

    monkeypatch.setattr(whatif_selection, "FEW", 1)
    layer = county.open()
    choose(county, "0703")
    layer.selectByIds([6, 7])
    QTest.mouseClick(county.panel.selection, LEFT)


def test_a_selection_of_many_is_taken_beside_the_window(county, monkeypatch):
    take_as_if_many(county, monkeypatch)
    assert county.panel.taker.busy
    assert county.panel.said.text() == "Reading the selection"
    assert shape_of(asked(county)).area() == pytest.approx(2 * SIDE**2)
    assert not county.panel.taker.busy


def test_a_selection_that_is_discarded_while_it_is_read_is_not_asked_about(county, monkeypatch):
    take_as_if_many(county, monkeypatch)
    county.panel.discard()
    QTest.qWait(400)
    assert county.panel.whatif.area.is_empty()
    assert county.requests("whatif") == []


def test_no_selection_is_said(county):
    county.open()
    QTest.mouseClick(county.panel.selection, LEFT)
    assert county.panel.said.text() == "No polygon is selected."


def test_an_area_drawn_on_a_map_in_degrees_goes_in_the_dossiers_crs(county):
    county.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4490"))
    shape = square(1, 1)
    from qgis.core import QgsCoordinateTransform

    there = county.canvas.mapSettings().destinationCrs()
    here = QgsCoordinateReferenceSystem("EPSG:4544")
    shape.transform(QgsCoordinateTransform(here, there, QgsProject.instance()))
    county.panel._drawn(shape, there)
    choose(county, "0703")
    assert shape_of(asked(county)).symDifference(square(1, 1)).area() < 0.01


def test_a_bow_tie_is_asked_about_as_the_areas_it_covers(county):
    draw(county, (1, 1), (2, 2), (2, 1), (1, 2))
    choose(county, "0703")
    shape = shape_of(asked(county))
    assert shape.isGeosValid()
    assert shape.area() == pytest.approx(SIDE**2 / 2, rel=0.05)


def test_backspace_takes_a_corner_back_and_escape_all(county):
    QTest.mouseClick(county.panel.draw, LEFT)
    for corner in ((1, 1), (2, 1), (3, 3)):
        click(county, *corner)
    QTest.keyClick(county.canvas, Qt.Key.Key_Backspace)
    click(county, 2, 2)
    click(county, 1, 2)
    click(county, 1, 2, button=RIGHT)
    shape = county.desk.whatif.area.geometry(QgsCoordinateReferenceSystem("EPSG:4544"))
    assert shape.symDifference(square(1, 1)).area() < 200
    for corner in ((1, 1), (3, 1)):
        click(county, *corner)
    QTest.keyClick(county.canvas, Qt.Key.Key_Escape)
    click(county, 3, 3, button=RIGHT)
    shape = county.desk.whatif.area.geometry(QgsCoordinateReferenceSystem("EPSG:4544"))
    assert shape.symDifference(square(1, 1)).area() < 200


def test_discarding_leaves_nothing_and_gives_the_map_tool_back(county):
    former = QgsMapToolPan(county.canvas)
    county.canvas.setMapTool(former)
    draw(county, *BOX)
    choose(county, "0703")
    asked(county)
    QTest.mouseClick(county.panel.drop, LEFT)
    assert county.canvas.mapTool() is former
    assert not county.panel.draw.isChecked()
    assert not county.panel.tables.isVisible()
    assert not [one for one in county.canvas.scene().items() if isinstance(one, QgsRubberBand)]


def test_what_is_edited_meanwhile_asks_again(county):
    layer = county.open()
    layer.startEditing()
    county.live()
    draw(county, *BOX)
    choose(county, "0703")
    asked(county)
    assert "as it is edited" in county.panel.basis.text()
    before = len(county.requests("whatif"))
    layer.changeAttributeValue(1, layer.fields().lookupField("GHDLBM"), "0601")
    wait(lambda: len(county.requests("whatif")) > before)
    layer.rollBack()


def test_an_engine_that_falls_is_asked_again_after_its_restart(county):
    county.manner(crash="whatif")
    draw(county, *BOX)
    choose(county, "0703")
    wait(lambda: county.starts() == 2)
    asked(county)


def test_what_goes_wrong_is_said(county):
    county.manner(unusable=True)
    county.desk.whatif.begin()
    wait(lambda: "GHDLTB" in county.panel.said.text())


def test_closing_the_project_forgets_the_area(county):
    draw(county, *BOX)
    QgsProject.instance().clear()
    assert county.desk.whatif.area.is_empty()
    assert county.desk.resident.state == "off"


def test_the_project_stays_clean(county):
    county.open()
    QgsProject.instance().setDirty(False)
    draw(county, *BOX)
    choose(county, "0703")
    asked(county)
    assert not QgsProject.instance().isDirty()


@pytest.mark.parametrize(
    ("square_metres", "said"),
    [(80_150.0, "+8.02"), (-80_149.0, "-8.01"), (0.004, "0.00"), (-0.004, "0.00"), (None, "–")],
)
def test_a_change_is_rounded_once_and_has_a_sign_only_where_one_is_seen(square_metres, said):
    from pianqu.ui.whatif_tables import WhatIfTables

    tables = WhatIfTables()
    row = {"indicator": "farmland", "before_ha": 100.0, "after_ha": 108.01,
           "change_m2": square_metres}  # fmt: skip
    tables.show_answer({"indicators": [row]})
    assert tables.quotas.texts()[0][3] == said
