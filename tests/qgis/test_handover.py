# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain files are named; what only QGIS sees is written out as it stands."""

from __future__ import annotations

import zipfile

import pytest
from pianqu.jobs.handover import IDENTITY, plain_file, written_source
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProperty,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType

pytestmark = pytest.mark.usefixtures("qgis_processing")
BOWTIE = "Polygon((0 0, 10 10, 10 0, 0 10, 0 0))"


def square(x):
    return f"Polygon(({x} 0, {x} 10, {x + 10} 10, {x + 10} 0, {x} 0))"


def feature(layer, code, wkt):
    made = QgsFeature(layer.fields())
    made.setAttribute("DLBM", code)
    made.setGeometry(QgsGeometry.fromWkt(wkt))
    return made


@pytest.fixture()
def memory_layer(qgis_new_project):
    layer = QgsVectorLayer("Polygon?crs=EPSG:4544&field=DLBM:string(6)", "地类", "memory")
    codes = ("0101", "0301", "0702")
    layer.dataProvider().addFeatures(
        [feature(layer, code, square(10 * i)) for i, code in enumerate(codes)]
    )
    return layer


@pytest.fixture()
def file_layer(memory_layer, tmp_path):
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName = "JQDLTB"
    path = tmp_path / "县.gpkg"
    QgsVectorFileWriter.writeAsVectorFormatV3(
        memory_layer, str(path), QgsProcessingContext().transformContext(), options
    )
    return QgsVectorLayer(f"{path}|layername=JQDLTB", "地类", "ogr")


def definition(layer, **more):
    return QgsProcessingFeatureSourceDefinition(layer.source(), **more)


def hand_over(layer, tmp_path, feedback):
    source = QgsProcessingFeatureSource(layer, QgsProcessingContext())
    plain = written_source(source, tmp_path, "landuse", feedback)
    return QgsVectorLayer(f"{plain.path}|layername={plain.layer}", "written", "ogr")


def codes(layer):
    return sorted(str(one["DLBM"]) for one in layer.getFeatures())


def test_a_clean_file_is_named_with_its_layer(file_layer, tmp_path):
    plain = plain_file(file_layer.source(), file_layer)
    assert plain.source() == {"path": str(tmp_path / "县.gpkg"), "layer": "JQDLTB"}


@pytest.fixture()
def here(tmp_path, monkeypatch):
    """Stand, as a batch run does, in a folder from which files are named."""
    folder = tmp_path / "数据 一"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def shapefile(layer, path):
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "ESRI Shapefile"
    options.fileEncoding = "UTF-8"
    transform = QgsProcessingContext().transformContext()
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), transform, options)


def test_a_path_from_here_is_made_whole(here, memory_layer):
    shapefile(memory_layer, here / "单元 界线.shp")
    layer = QgsVectorLayer("单元 界线.shp", "x", "ogr")
    assert plain_file("单元 界线.shp", layer).source() == {"path": str(here / "单元 界线.shp")}


def test_a_path_from_here_keeps_its_layer_and_filter(here, file_layer):
    source = "../县.gpkg|layername=JQDLTB|subset=\"DLBM\" = '0101'"
    layer = QgsVectorLayer(source, "x", "ogr")
    assert layer.featureCount() == 1
    assert plain_file(source, layer).source() == {
        "path": str(here.parent / "县.gpkg"), "layer": "JQDLTB", "filter": "\"DLBM\" = '0101'",
    }  # fmt: skip


@pytest.mark.parametrize("source", ["地类.zip", "/vsizip/地类.zip/地类.shp"])
def test_a_zipped_layer_is_written_out(here, memory_layer, feedback, source):
    shapefile(memory_layer, here / "地类.shp")
    with zipfile.ZipFile(here / "地类.zip", "w") as packed:
        for part in sorted(here.glob("地类.[!z]*")):
            packed.write(part, part.name)
            part.unlink()
    layer = QgsVectorLayer(source, "x", "ogr")
    assert layer.isValid()
    assert plain_file(source, layer) is None
    assert codes(hand_over(layer, here, feedback)) == ["0101", "0301", "0702"]


def test_a_filter_goes_along(file_layer):
    assert file_layer.setSubsetString("\"DLBM\" = '0101'")
    assert plain_file(file_layer, file_layer).where == "\"DLBM\" = '0101'"


def test_a_whole_statement_as_filter_is_written_out(file_layer):
    assert file_layer.setSubsetString("SELECT * FROM JQDLTB WHERE DLBM = '0101'")
    assert plain_file(file_layer, file_layer) is None


def test_unsaved_edits_are_written_out(file_layer, tmp_path, feedback):
    file_layer.startEditing()
    assert plain_file(file_layer, file_layer) is not None  # nothing changed yet
    first = next(file_layer.getFeatures())
    file_layer.changeAttributeValue(first.id(), first.fieldNameIndex("DLBM"), "0601")
    file_layer.addFeature(feature(file_layer, "0204", square(50)))
    assert plain_file(file_layer, file_layer) is None
    assert codes(hand_over(file_layer, tmp_path, feedback)) == ["0204", "0301", "0601", "0702"]
    file_layer.rollBack()


@pytest.mark.parametrize(
    "more",
    [{"selectedFeaturesOnly": True}, {"featureLimit": 2}, {"filterExpression": "DLBM > '02'"}],
)
def test_part_of_a_layer_is_written_out(file_layer, more):
    assert plain_file(definition(file_layer), file_layer) is not None
    assert plain_file(definition(file_layer, **more), file_layer) is None


def test_layers_without_a_file_are_written_out(memory_layer, tmp_path, feedback):
    assert plain_file(memory_layer, memory_layer) is None
    written = hand_over(memory_layer, tmp_path, feedback)
    assert codes(written) == ["0101", "0301", "0702"]
    assert written.crs().authid() == "EPSG:4544"


def test_a_virtual_field_is_written_out(file_layer):
    file_layer.addExpressionField("'x'", QgsField("more", QMetaType.Type.QString))
    assert plain_file(file_layer, file_layer) is None


def test_a_crs_corrected_in_qgis_is_written_out(file_layer, tmp_path, feedback):
    file_layer.setCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
    assert plain_file(file_layer, file_layer) is None
    assert hand_over(file_layer, tmp_path, feedback).crs().authid() == "EPSG:4545"


def test_invalid_shapes_go_over_too(memory_layer, tmp_path, feedback):
    memory_layer.dataProvider().addFeature(feature(memory_layer, "0404", BOWTIE))
    written = hand_over(memory_layer, tmp_path, feedback)
    shape = next(one for one in written.getFeatures() if one["DLBM"] == "0404").geometry()
    assert not shape.isGeosValid()


def test_ids_of_qgis_are_kept_beside(memory_layer, tmp_path, feedback):
    written = hand_over(memory_layer, tmp_path, feedback)
    ids = {str(one.id()) for one in memory_layer.getFeatures()}
    assert {one[IDENTITY] for one in written.getFeatures()} == ids


def test_two_roles_share_one_file(memory_layer, tmp_path, feedback):
    source = QgsProcessingFeatureSource(memory_layer, QgsProcessingContext())
    one = written_source(source, tmp_path, "landuse", feedback)
    two = written_source(source, tmp_path, "plan", feedback)
    assert one.path == two.path
    for plain in (one, two):
        layer = QgsVectorLayer(f"{plain.path}|layername={plain.layer}", "x", "ogr")
        assert layer.featureCount() == 3


def test_a_field_named_fid_does_no_harm(tmp_path, feedback):
    layer = QgsVectorLayer(
        "Polygon?crs=EPSG:4544&field=fid:string&field=DLBM:string", "x", "memory"
    )
    for code in ("0101", "0301"):
        made = feature(layer, code, square(0))
        made.setAttribute("fid", "same")
        layer.dataProvider().addFeature(made)
    assert codes(hand_over(layer, tmp_path, feedback)) == ["0101", "0301"]


def test_a_definition_by_property_is_understood(file_layer):
    by_property = QgsProcessingFeatureSourceDefinition(QgsProperty.fromValue(file_layer.source()))
    assert plain_file(by_property, file_layer) is not None
