# SPDX-License-Identifier: GPL-2.0-or-later
"""A dossier's layers on the map: put in once, in order, with themes, and taken out whole."""

from __future__ import annotations

import pytest
from map_county import tell, write_results
from qgis.core import QgsLayerTreeGroup, QgsProject, QgsVectorLayer
from qgis.PyQt.QtWidgets import QApplication


@pytest.fixture(scope="module")
def county(sample, tmp_path_factory):
    return tell(sample / "dossier.yaml", tmp_path_factory.mktemp("borders"))


@pytest.fixture()
def project(qgis_app):
    project = QgsProject()
    yield project
    project.clear()


@pytest.fixture()
def group(project):
    from pianqu.ui.map_group import MapGroup

    return MapGroup(project)


def names(node):
    return [child.name() for child in node.children()]


def shown(project):
    root = project.layerTreeRoot()
    return {one.customProperty("pianqu/role") for one in root.findLayers() if one.isVisible()}


def test_layers_lie_as_planners_stack_them(group, county):
    assert group.add(county) == {}
    order = list(group.layers(county["path"]))
    assert order[:4] == ["units:county", "units:cluster", "units:town", "units:village"]
    assert order[4:8] == ["boundary", "redline", "farmland", "reserve"]
    assert order[8] == f"sector:{county['sectors'][0]['id']}"
    assert order[-2:] == ["plan", "landuse"]
    assert all(one.isValid() for one in group.layers(county["path"]).values())


def test_nothing_is_put_in_twice(group, county, project):
    group.add(county)
    before = set(project.mapLayers())
    group.add(county)
    assert set(project.mapLayers()) == before
    assert len(names(project.layerTreeRoot())) == 1
    assert len(project.mapThemeCollection().mapThemes()) == len(group.themes.names(county["path"]))


def test_a_layer_taken_out_by_hand_comes_back_to_its_place(group, county, project):
    group.add(county)
    order = list(group.layers(county["path"]))
    project.removeMapLayer(group.layers(county["path"])["redline"].id())
    group.add(county)
    assert list(group.layers(county["path"])) == order


def test_results_come_in_later_above_all(group, county, tmp_path, project):
    group.add(county)
    write_results(tmp_path / "one", [("town", "1", "甲")])
    group.add(county, str(tmp_path / "one"))
    assert next(iter(group.layers(county["path"]))) == "results:indicators"
    write_results(tmp_path / "two", [("town", "1", "甲")])
    group.add(county, str(tmp_path / "two"))
    layer = group.layers(county["path"])["results:indicators"]
    assert str(tmp_path / "two") in layer.source() and layer.isValid()


def test_there_is_a_theme_for_each_check(group, county, project):
    group.add(county)
    kept = group.themes.names(county["path"])
    assert list(kept) == ["quotas", "controllines", "base", "plan", "sectors"]
    assert set(kept.values()) == set(project.mapThemeCollection().mapThemes())


@pytest.mark.parametrize(
    ("theme", "there", "away"),
    [
        ("plan", {"plan", "boundary"}, {"landuse", "redline"}),
        ("base", {"landuse"}, {"plan", "boundary"}),
        ("controllines", {"redline", "farmland", "reserve", "plan"}, {"landuse"}),
        ("sectors", {"sector:transport", "plan"}, {"redline"}),
        ("quotas", {"plan", "farmland"}, {"landuse", "reserve"}),
    ],
)
def test_a_theme_shows_what_its_check_looks_at(group, county, project, theme, there, away):
    group.add(county)
    assert group.themes.show(county["path"], theme, group.layers(county["path"]))
    assert there | {"units:town"} <= shown(project) and not away & shown(project)


def test_land_is_pale_under_control_lines_and_in_colour_as_a_plan(group, county):
    group.add(county)
    layers = group.layers(county["path"])
    group.themes.show(county["path"], "controllines", layers)
    assert layers["plan"].opacity() < 0.5
    filled = layers["redline"].renderer().symbol().symbolLayer(0).brushStyle()
    group.themes.show(county["path"], "plan", layers)
    assert layers["plan"].opacity() == 1
    group.themes.show(county["path"], "quotas", layers)
    assert layers["redline"].renderer().symbol().symbolLayer(0).brushStyle() != filled


def test_a_theme_leaves_the_users_own_layers_alone(group, county, project):
    mine = QgsVectorLayer("Point?crs=EPSG:4544", "mine", "memory")
    project.addMapLayer(mine)
    group.add(county)
    for theme in group.themes.names(county["path"]):
        group.themes.show(county["path"], theme, group.layers(county["path"]))
        assert project.layerTreeRoot().findLayer(mine.id()).isVisible()


def test_removing_takes_out_all_that_came_and_nothing_else(group, county, project):
    mine = QgsVectorLayer("Point?crs=EPSG:4544", "mine", "memory")
    project.addMapLayer(mine)
    group.add(county)
    group.remove(county["path"])
    assert list(project.mapLayers()) == [mine.id()]
    assert names(project.layerTreeRoot()) == ["mine"]
    assert project.mapThemeCollection().mapThemes() == []
    assert project.readEntry("pianqu", "map_themes", "")[0] == ""


def test_a_group_removed_by_hand_takes_its_layers_and_themes_along(group, county, project):
    group.add(county)
    root = project.layerTreeRoot()
    root.removeChildNode(group.find(county["path"]))
    assert group.tidy() == [county["path"]]
    assert not project.mapLayers() and project.mapThemeCollection().mapThemes() == []


def test_a_theme_of_the_users_own_is_not_overwritten(group, county, project):
    from qgis.core import QgsMapThemeCollection

    name = f"{county['name']} · Quotas"
    project.mapThemeCollection().insert(name, QgsMapThemeCollection.MapThemeRecord())
    group.add(county)
    assert group.themes.names(county["path"])["quotas"] != name
    group.remove(county["path"])
    assert project.mapThemeCollection().mapThemes() == [name]


def test_a_layer_that_is_gone_is_told_and_the_others_come(group, county):
    broken = {**county, "layers": {**county["layers"]}}
    broken["layers"]["redline"] = {**county["layers"]["redline"], "layer": "NONE"}
    assert "redline" in group.add(broken)
    assert "redline" not in group.layers(county["path"])
    assert "farmland" in group.layers(county["path"])


def test_a_project_saved_is_a_project_opened(county, tmp_path, qgis_app):
    from pianqu.ui.map_group import MapGroup
    from pianqu.ui.map_project import make_project

    file = make_project(county, tmp_path / "county.qgz")
    project = QgsProject()
    assert project.read(str(file))
    group = MapGroup(project)
    layers = group.layers(county["path"])
    assert layers and all(one.isValid() for one in layers.values())
    assert "controllines" in group.themes.names(county["path"])
    assert project.crs().authid() == county["crs"]
    assert not project.viewSettings().defaultViewExtent().isEmpty()
    before = len(layers)
    group.add(county)
    assert len(group.layers(county["path"])) == before
    project.clear()


def test_making_a_project_leaves_the_open_one_alone(county, tmp_path, qgis_new_project):
    from pianqu.ui.map_project import make_project

    open_one = QgsProject.instance()
    open_one.setDirty(False)
    make_project(county, tmp_path / "county.qgz")
    assert not open_one.mapLayers() and not open_one.isDirty()


@pytest.fixture()
def bar(qgis_new_project, county, tmp_path):
    from pianqu.ui.map_bar import MapBar

    made = MapBar(lambda: (county["path"], ""))
    yield made
    made.close_down()
    made.deleteLater()


def until(true):
    for _ in range(2000):
        QApplication.processEvents()
        if true():
            return
    raise AssertionError("it never came to pass")


def test_the_bar_touches_nothing_before_it_is_asked(bar):
    project = QgsProject.instance()
    project.setDirty(False)
    bar.refresh()
    assert not project.isDirty() and not project.mapLayers()
    assert project.layerTreeRoot().children() == []
    assert bar.button.isEnabled() and not bar.away.isEnabled() and not bar.choice.isEnabled()


def test_a_click_puts_all_on_the_map_step_by_step(bar, county):
    added = []
    bar.added.connect(added.append)
    bar._described(county)
    assert len(QgsProject.instance().mapLayers()) < 3
    until(lambda: bar._steps is None)
    assert added == [county["path"]] and len(QgsProject.instance().mapLayers()) > 20
    assert bar.choice.currentData() == "plan" and bar.choice.count() == 5
    bar.choice.setCurrentIndex(bar.choice.findData("sectors"))
    bar.choice.activated.emit(bar.choice.currentIndex())
    assert "sector:transport" in shown(QgsProject.instance())


def test_the_bar_tidies_when_the_group_goes_by_hand(bar, county):
    bar._described(county)
    until(lambda: bar._steps is None)
    project = QgsProject.instance()
    project.layerTreeRoot().removeChildNode(bar.group.find(county["path"]))
    until(lambda: not project.mapLayers())
    assert project.mapThemeCollection().mapThemes() == [] and not bar.choice.isEnabled()


def test_a_group_that_is_moved_stays_whole(bar, county):
    bar._described(county)
    until(lambda: bar._steps is None)
    root = QgsProject.instance().layerTreeRoot()
    mine = root.addGroup("mine")
    group = bar.group.find(county["path"])
    mine.insertChildNode(0, group.clone())
    root.removeChildNode(group)
    QApplication.processEvents()
    QApplication.processEvents()
    assert isinstance(bar.group.find(county["path"]), QgsLayerTreeGroup)
    assert len(QgsProject.instance().mapLayers()) > 20
