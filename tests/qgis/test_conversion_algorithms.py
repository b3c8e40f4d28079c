# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithms that make a layer anew, run through QGIS with the real engine."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from qgis.core import (
    Qgis,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsVectorLayer,
)

CODES = ("convertcodes", "ellipsoidalarea", "mendcoverage")
OUTPUTS = {"convertcodes": "CONVERSIONS", "ellipsoidalarea": "AREAS", "mendcoverage": "CHANGES"}


@pytest.fixture()
def ready(toolbox, real_engine, qgis_new_project):
    return toolbox


def run(name, feedback=None, **parameters):
    """Run an algorithm as a script does; give its outputs, layers loaded."""
    from qgis import processing

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return processing.run(f"pianqu:{name}", parameters, context=context, feedback=feedback)


def square(west, south=0, side=100, kind="Polygon", tail=""):
    spots = [(west, south), (west + side, south), (west + side, south + side), (west, south + side)]
    ring = ", ".join(f"{500_000 + x} {3_440_000 + y}{tail}" for x, y in [*spots, spots[0]])
    return f"{kind}(({ring}))"


@pytest.fixture()
def layer(ready):
    """Give a layer in memory, with Chinese text, zeros in front and a field of every kind."""
    fields = "field=BSM:string(18)&field=DLBM:string(5)&field=DLMC:string(60)"
    fields += "&field=KCXS:double(6,4)&field=SJNF:int"
    made = QgsVectorLayer(f"Polygon?crs=EPSG:4544&{fields}", "地类图斑", "memory")
    rows = (("0001", "0101", "水田", 0.1, 2020), ("0002", "1006", "农村道路", None, None),
            ("0003", "1107A", "干渠", None, 2022))  # fmt: skip
    features = []
    for place, row in enumerate(rows):
        feature = QgsFeature(made.fields())
        feature.setAttributes(list(row))
        feature.setGeometry(QgsGeometry.fromWkt(square(100 * place)))
        features.append(feature)
    made.dataProvider().addFeatures(features)
    QgsProject.instance().addMapLayer(made)
    return made


def rows(layer, *names):
    return [tuple(feature[name] for name in names) for feature in layer.getFeatures()]


def test_a_layer_in_memory_is_converted_with_its_fields_as_they_were(layer):
    outputs = run("convertcodes", INPUT=layer, OUTPUT="memory:", CONVERSIONS="memory:",
                  REMARKS="memory:")  # fmt: skip
    made = outputs["OUTPUT"]
    names = ("BSM", "DLBM", "DLMC", "SJNF", "YDYHFLDM", "YDYHFLMC")
    assert rows(made, *names)[0] == ("0001", "0101", "水田", 2020, "0101", "水田")
    assert [row[4] for row in rows(made, *names)] == ["0101", "0601", "1311"]
    for field in layer.fields():
        own = made.fields().field(field.name())
        assert (own.type(), own.length(), own.precision()) == (
            field.type(), field.length(), field.precision())  # fmt: skip
    assert not {"pianqu_id", "pianqu_fid", "fid"} & set(made.fields().names())
    assert made.crs() == layer.crs()
    assert made.wkbType() == layer.wkbType()
    assert (outputs["CONVERTED"], outputs["AMBIGUOUS"], outputs["CLASS_CHANGED"]) == (3, 1, 1)
    assert sorted(rows(outputs["REMARKS"], "feature", "kind")) == [
        ("0002", "ambiguous"), ("0003", "class_changed")]  # fmt: skip
    assert sum(row[0] for row in rows(outputs["CONVERSIONS"], "count")) == 3


def test_unsaved_edits_and_the_selection_are_what_is_converted(layer):
    layer.startEditing()
    first, second, _ = layer.getFeatures()
    layer.changeAttributeValue(first.id(), layer.fields().indexOf("DLBM"), "0301")
    layer.selectByIds([first.id(), second.id()])
    chosen = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    outputs = run("convertcodes", INPUT=chosen, FROM="sandiao", MODE="open", OUTPUT="memory:")
    assert rows(outputs["OUTPUT"], "BSM", "YDYHFLDM") == [("0001", "0301"), ("0002", "")]
    layer.rollBack()


def test_a_filter_of_the_layer_holds(sample, ready):
    county = QgsVectorLayer(f"{sample / 'county.gpkg'}|layername=JQDLTB", "图斑", "ogr")
    assert county.setSubsetString("DLBM = '0101'")
    outputs = run("convertcodes", INPUT=county, FROM="sandiao", OUTPUT="memory:")
    assert outputs["OUTPUT"].featureCount() == county.featureCount() > 0
    assert {row[0] for row in rows(outputs["OUTPUT"], "YDYHFLDM")} == {"0101"}


@pytest.mark.parametrize("suffix", ["gpkg", "shp"])
def test_the_copy_of_a_county_agrees_with_the_crosswalk(sample, ready, shared, tmp_path, suffix):
    with (shared / "domain" / "crosswalk.csv").open(encoding="utf-8-sig") as stream:
        way = {row["sandiao_code"]: row["landuse2023_default"] for row in csv.DictReader(stream)}
    source = f"{sample / 'county.gpkg'}|layername=JQDLTB"
    out = tmp_path / f"转换.{suffix}"
    outputs = run("convertcodes", INPUT=source, OUTPUT=str(out))
    assert outputs["LEFT"] == 0
    if suffix == "shp":  # other programs must know how its Chinese is written
        assert out.with_suffix(".cpg").read_text().strip() == "UTF-8"
    made = QgsVectorLayer(str(out), "copy", "ogr")
    before = QgsVectorLayer(source, "source", "ogr")
    pairs = rows(made, "BSM", "DLBM", "DLMC", "YDYHFLDM")
    assert [row[:3] for row in pairs] == rows(before, "BSM", "DLBM", "DLMC")
    assert all(way[code] == to for _, code, _, to in pairs)
    assert {len(row[0]) for row in pairs} == {len(row[0]) for row in rows(before, "BSM")}


def test_areas_of_a_county_are_those_it_was_made_with(sample, ready):
    source = f"{sample / 'county.gpkg'}|layername=JQDLTB"
    outputs = run("ellipsoidalarea", INPUT=source, OUTPUT="memory:", AREAS="memory:")
    assert outputs["DIFFERING"] == outputs["UNMEASURED"] == 0
    before = QgsVectorLayer(source, "source", "ogr")
    names = ("BSM", "TBMJ", "TBDLMJ", "KCDLBM")
    assert rows(outputs["OUTPUT"], *names) == rows(before, *names)
    stated = [row[0] or 0 for row in rows(before, "KCMJ")]
    assert [row[0] for row in rows(outputs["OUTPUT"], "KCMJ")] == stated
    total = sum(row[0] for row in rows(before, "TBMJ"))
    assert outputs["GROSS_M2"] == pytest.approx(total, abs=0.005)
    assert outputs["NET_M2"] + outputs["DEDUCTED_M2"] == pytest.approx(total, abs=0.005)
    assert sum(row[0] for row in rows(outputs["AREAS"], "gross_m2")) == pytest.approx(total)


def test_a_sliver_goes_into_its_neighbour_and_the_table_says_so(layer):
    sliver = QgsFeature(layer.fields())
    sliver.setAttributes(["0009", "0301", "林", None, None])
    box = "500300 3440000, 500300.05 3440000, 500300.05 3440100, 500300 3440100, 500300 3440000"
    sliver.setGeometry(QgsGeometry.fromWkt(f"Polygon(({box}))"))
    layer.dataProvider().addFeature(sliver)
    outputs = run("mendcoverage", INPUT=layer, OUTPUT="memory:", CHANGES="memory:",
                  TOTALS="memory:", REMARKS="memory:")  # fmt: skip
    assert rows(outputs["OUTPUT"], "BSM", "DLBM") == [
        ("0001", "0101"), ("0002", "1006"), ("0003", "1107A")]  # fmt: skip
    changes = {row[0]: row[1:] for row in rows(outputs["CHANGES"], "feature", "what", "other")}
    assert changes == {"0009": ("merged", "0003"), "0003": ("grown", "")}
    assert outputs["KEPT"] == 3
    areas = [feature.geometry().area() for feature in outputs["OUTPUT"].getFeatures()]
    assert areas == pytest.approx([1e4, 1e4, 10_005])


@pytest.mark.parametrize("name", CODES)
def test_heights_and_measures_are_kept_or_told(ready, feedback, name):
    layer = QgsVectorLayer("PolygonZM?crs=EPSG:4544&field=DLBM:string", "高程", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes(["05H1"])
    feature.setGeometry(QgsGeometry.fromWkt(square(0, kind="PolygonZM", tail=" 7 9")))
    layer.dataProvider().addFeature(feature)
    QgsProject.instance().addMapLayer(layer)
    made = run(name, feedback, INPUT=layer, OUTPUT="memory:")["OUTPUT"]
    (copy,) = made.getFeatures()
    told = " ".join(feedback.warnings)
    kept = [(spot.z(), spot.m()) for spot in copy.geometry().vertices()]
    if name == "mendcoverage":
        assert "高程" in told and ("heights" in told or "不保留" in told)
    else:
        assert kept == [(7, 9)] * 5


@pytest.mark.parametrize("name", CODES)
def test_an_empty_layer_gives_an_empty_copy(ready, name):
    layer = QgsVectorLayer("Polygon?crs=EPSG:4544&field=DLBM:string", "空", "memory")
    QgsProject.instance().addMapLayer(layer)
    more = {"FROM": "sandiao"} if name == "convertcodes" else {}
    outputs = run(name, INPUT=layer, OUTPUT="memory:", **{OUTPUTS[name]: "memory:"}, **more)
    assert outputs["OUTPUT"].featureCount() == 0
    assert "DLBM" in outputs["OUTPUT"].fields().names()


def test_a_layer_without_crs_is_not_measured_and_the_line_says_what_to_do(ready):
    layer = QgsVectorLayer("Polygon?field=DLBM:string", "无坐标系", "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromWkt(square(0)))
    layer.dataProvider().addFeature(feature)
    QgsProject.instance().addMapLayer(layer)
    with pytest.raises(QgsProcessingException, match=r"无坐标系.*(CRS|坐标系)"):
        run("ellipsoidalarea", INPUT=layer, OUTPUT="memory:")


def test_a_layer_goes_out_as_text_and_comes_back(layer, tmp_path):
    text = tmp_path / "界址点.txt"
    outputs = run("boundarypoints", INPUT=layer, TEXT=str(text), REMARKS="memory:")
    assert Path(outputs["TEXT"]) == text
    assert outputs["WRITTEN"] == 3
    assert text.read_bytes().decode("gbk").startswith("[属性描述]\r\n")
    back = run("boundarypoints", TXT=str(text), OUTPUT="memory:", REMARKS="memory:")
    assert rows(back["OUTPUT"], "DKBH") == [("0001",), ("0002",), ("0003",)]
    assert back["DIFFERING"] == 0
    assert back["OUTPUT"].crs().authid() == "EPSG:4523"
    for before, after in zip(layer.getFeatures(), back["OUTPUT"].getFeatures()):
        moved = after.geometry()
        moved.translate(-35_000_000, 0)
        assert moved.hausdorffDistance(before.geometry()) < 0.0005


def test_either_a_text_or_a_layer_is_asked_for(ready, layer, tmp_path):
    algorithm = ready.algorithmById("pianqu:boundarypoints").create()
    context = QgsProcessingContext()
    for given in ({}, {"INPUT": layer, "TXT": "a.txt"}, {"INPUT": layer},
                  {"TXT": str(tmp_path / "nothing.txt")}):  # fmt: skip
        assert not algorithm.checkParameterValues(given, context)[0], given


def test_the_dialects_are_those_of_the_standard(ready):
    algorithm = ready.algorithmById("pianqu:boundarypoints").create()
    options = algorithm.parameterDefinition("DIALECT").options()
    assert options[:2] == ["auto", "standard"]
    assert len(options) >= 9
    assert algorithm.flags() & Qgis.ProcessingAlgorithmFlag.SupportsBatch
