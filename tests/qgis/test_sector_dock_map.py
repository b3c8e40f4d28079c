# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dock draws: plans that can be hidden, made faint, blinked, swiped; a clean project."""

from __future__ import annotations

import pytest
import sector_results as made
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapToolPan
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from sector_desk import LEFT, NONE, Desk, wait

pytestmark = pytest.mark.usefixtures("qgis_new_project")


@pytest.fixture()
def desk(tmp_path):
    desk = Desk(tmp_path / "county")
    wait(lambda: not desk.dock.map.busy())
    yield desk
    desk.close()


def colour_at(desk, shape):
    """Give the canvas's colour in the middle of a shape."""
    QApplication.processEvents()
    place = shape.centroid().asPoint()
    spot = desk.canvas.getCoordinateTransform().transform(place)
    return desk.canvas.grab().toImage().pixelColor(int(spot.x()), int(spot.y()))


def look_at(desk, shape):
    desk.dock.map.zoom_to([shape])
    wait(lambda: not desk.dock.map.busy())


def strength(colour):
    """Give how far a colour is from white."""
    return sum(255 - part for part in colour.getRgb()[:3])


WHITE = QColor("white")


def corner():
    """Give a spot of the project P0000 of `transport` that no conflict and no other plan covers."""
    box = made.square(0).boundingBox()
    spot = made.square(0, 0.05)
    spot.translate(box.width() * 0.8, box.height() * 0.8)
    return spot


def test_a_plan_is_drawn_in_its_colour_and_hidden_by_its_box(desk):
    look_at(desk, made.square(0))
    assert colour_at(desk, corner()) != WHITE
    item = next(item for item in desk.face.tree.plans() if "交通" in item.text(0))
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert not desk.dock.map.sheets["transport"].isVisible()
    assert colour_at(desk, corner()) == WHITE


def test_a_slider_makes_a_plan_faint(desk):
    look_at(desk, made.square(0))
    before = strength(colour_at(desk, corner()))
    item = next(item for item in desk.face.tree.plans() if "交通" in item.text(0))
    desk.face.tree.itemWidget(item, 1).setValue(20)
    assert 0 < strength(colour_at(desk, corner())) < before / 2


def test_blinking_shows_the_two_plans_in_turn_and_then_all_again(desk):
    desk.face.compare.choose("transport", "school")
    shown = lambda: {key for key, one in desk.dock.map.sheets.items() if one.isVisible()}  # noqa: E731
    desk.click(desk.face.compare.blink)
    seen = []
    for _ in range(3):
        seen.append(shown())
        wait(lambda: shown() != seen[-1], 5)
    assert seen == [{"transport"}, {"school"}, {"transport"}]
    desk.click(desk.face.compare.blink)
    assert shown() == {plan[0] for plan in made.PLANS}


def test_swiping_clips_the_plans_at_a_line_that_the_mouse_drags(desk):
    look_at(desk, made.square(0))
    desk.face.compare.choose("transport", "water")
    former = QgsMapToolPan(desk.canvas)
    desk.canvas.setMapTool(former)
    desk.click(desk.face.compare.swipe)
    wait(lambda: not desk.dock.map.busy())
    view, width = desk.canvas.viewport(), desk.canvas.width()
    drag(view, width // 2, width - 5)
    assert colour_at(desk, corner()) != WHITE  # transport lies left of the line
    drag(view, width - 5, 5)
    assert colour_at(desk, corner()) == WHITE
    QTest.keyClick(desk.canvas, Qt.Key.Key_Escape)
    assert not desk.face.compare.swipe.isChecked()
    assert desk.canvas.mapTool() is former
    assert colour_at(desk, corner()) != WHITE


def drag(view, start, end):
    QTest.mousePress(view, LEFT, NONE, QPoint(start, 100))
    QTest.mouseMove(view, QPoint((start + end) // 2, 100))
    QTest.mouseMove(view, QPoint(end, 100))
    QTest.mouseRelease(view, LEFT, NONE, QPoint(end, 100))
    QApplication.processEvents()


def test_another_map_tool_ends_the_swipe(desk):
    desk.face.compare.choose("transport", "water")
    desk.click(desk.face.compare.swipe)
    desk.canvas.setMapTool(QgsMapToolPan(desk.canvas))
    assert not desk.face.compare.swipe.isChecked()


def test_solo_shows_only_the_current_conflicts_plans(desk):
    desk.click(desk.face.solo)
    desk.click_row(0)
    conflict = desk.face.list.current()
    shown = {key for key, one in desk.dock.map.sheets.items() if one.isVisible()}
    assert shown == {conflict.subject.layer, conflict.object.layer} & set(desk.dock.map.sheets)
    desk.click(desk.face.solo)
    assert all(one.isVisible() for one in desk.dock.map.sheets.values())


def test_the_current_conflict_is_outlined_with_both_projects(desk):
    row = next(i for i, one in enumerate(desk.face.list.listed()) if one.object.id)
    desk.click_row(row)
    assert len(desk.dock.map._bands) == 3
    extents = [band.asGeometry().boundingBox() for band in desk.dock.map._bands]
    conflict = desk.face.list.current()
    assert extents[0].toString(1) == desk.dock.results.shape(
        conflict.subject).boundingBox().toString(1)  # fmt: skip


def test_panning_keeps_the_scale_and_zooming_can_be_switched_off(desk):
    desk.click(desk.face.zoom)
    before = desk.canvas.extent()
    desk.click_row(0)
    assert desk.canvas.extent() == before
    look_at(desk, made.square(20))
    scale = desk.canvas.scale()
    desk.face.list.pan_wanted.emit(desk.face.list.current())
    assert desk.canvas.scale() == pytest.approx(scale, rel=1e-3)
    centre = desk.face.list.current().geometry.boundingBox().center()
    assert desk.canvas.center().distance(centre) < 1


def test_the_map_may_be_in_another_crs(desk):
    desk.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4490"))
    desk.click_row(0)
    assert desk.canvas.extent().width() < 0.1  # degrees
    view = desk.dock.map.view()
    box = desk.face.list.current().geometry.boundingBox()
    assert view[0] < box.center().x() < view[2]


def test_the_project_stays_clean_whatever_the_dock_does(desk):
    project = QgsProject.instance()
    project.setDirty(False)
    desk.click_row(0)
    desk.tick("rule", "Claim the same land")
    desk.face.tree.show_all(False)
    desk.click(desk.face.compare.blink)
    desk.click(desk.face.compare.swipe)
    desk.dock.close()
    desk.dock.setUserVisible(True)
    QApplication.processEvents()
    assert not project.isDirty()
    assert project.mapLayers() == {}


def test_the_projects_layers_come_and_go_without_harm(desk):
    path = desk.out / "results.gpkg"
    layer = QgsVectorLayer(f"{path}|layername=conflicts", "conflicts", "ogr")
    QgsProject.instance().addMapLayer(layer)
    desk.click_row(0)
    QgsProject.instance().removeMapLayer(layer.id())
    desk.press("Alt+.")
    assert desk.face.list.current() is not None


def test_closing_the_project_takes_the_drawing_along(desk):
    look_at(desk, made.square(0))
    desk.click_row(0)
    assert colour_at(desk, corner()) != WHITE
    QgsProject.instance().clear()
    desk.settle()
    desk.press("Alt+.")
    assert desk.listed() == [] and not desk.dock.map.sheets
    look_at(desk, made.square(0))
    assert colour_at(desk, corner()) == WHITE


def test_a_closed_dock_leaves_nothing_on_the_map(desk):
    look_at(desk, made.square(0))
    desk.click_row(0)
    desk.dock.close()
    QApplication.processEvents()
    items = [*desk.dock.map.sheets.values(), *desk.dock.map._bands]
    assert not any(item.isVisible() for item in items)
    desk.dock.map.zoom_to([made.square(0)])
    assert colour_at(desk, corner()) == WHITE
