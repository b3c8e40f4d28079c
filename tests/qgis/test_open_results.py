# SPDX-License-Identifier: GPL-2.0-or-later
"""Results on the map are let go while their file is replaced, and opened anew."""

from __future__ import annotations

import pytest
from pianqu.processing.open_results import OpenResults
from qgis.core import (
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

pytestmark = pytest.mark.usefixtures("qgis_processing", "qgis_new_project")


def write(path, rows):
    layer = QgsVectorLayer("NoGeometry?field=rule:string", "findings", "memory")
    features = [QgsFeature(layer.fields()) for _ in range(rows)]
    layer.dataProvider().addFeatures(features)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName = "findings"
    QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), QgsCoordinateTransformContext(), options
    )


@pytest.fixture()
def on_map(tmp_path):
    write(tmp_path / "results.gpkg", 2)
    layer = QgsVectorLayer(f"{tmp_path / 'results.gpkg'}|layername=findings", "问题", "ogr")
    QgsProject.instance().addMapLayer(layer)
    return layer


def replace(tmp_path, rows):
    write(tmp_path / "new.gpkg", rows)
    (tmp_path / "new.gpkg").replace(tmp_path / "results.gpkg")


def test_a_layer_on_the_map_shows_the_new_results(on_map, tmp_path):
    held = OpenResults(QgsProject.instance(), tmp_path)
    replace(tmp_path, 5)
    held.give_back()
    assert on_map.isValid()
    assert on_map.featureCount() == 5


def test_a_layer_let_go_holds_no_file_and_comes_back(on_map, tmp_path):
    held = OpenResults(QgsProject.instance(), tmp_path)
    held.let_go()
    assert not on_map.isValid()
    held.give_back()
    assert on_map.isValid()
    assert on_map.name() == "问题"


def test_layers_of_other_folders_and_layers_in_edit_are_left_alone(on_map, tmp_path):
    assert OpenResults(QgsProject.instance(), tmp_path / "other").layers == []
    on_map.startEditing()
    assert OpenResults(QgsProject.instance(), tmp_path).layers == []
    on_map.rollBack()


def test_a_layer_removed_meanwhile_is_gone_without_an_error(on_map, tmp_path):
    held = OpenResults(QgsProject.instance(), tmp_path)
    QgsProject.instance().removeMapLayer(on_map.id())
    held.give_back()
    assert QgsProject.instance().mapLayers() == {}


def test_without_a_project_there_is_nothing_to_do(tmp_path):
    OpenResults(None, tmp_path).give_back()
