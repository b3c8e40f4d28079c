# SPDX-License-Identifier: GPL-2.0-or-later
"""No finding is lost on its way into a sink, whatever its shape and whatever the sink takes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from places import ROOT
from qgis import processing
from qgis.core import Qgis, QgsGeometry, QgsVectorLayer

ENGINE = ROOT / "build" / "engine" / "bin" / "python"
SQUARE = "MULTIPOLYGON(((0 0,0 9,9 9,9 0,0 0)))"
LINE = "MULTILINESTRING((0 0,5 5))"


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """Make a county whose plans draw lines without saying how wide they are."""
    if not ENGINE.is_file():
        pytest.skip("no engine: run make setup")
    folder = tmp_path_factory.mktemp("county")
    command = [str(ENGINE), str(ROOT / "jobs" / "launch.py"), "sample", "--parcels", "300"]
    subprocess.run([*command, "--seed", "3", "--out", str(folder)], check=True)
    dossier = folder / "dossier.yaml"
    text = dossier.read_text(encoding="utf-8")
    bare = re.sub(r"^ *width_m: .*\n", "", text, flags=re.MULTILINE)
    assert bare != text
    dossier.write_text(bare, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def stored(county) -> QgsVectorLayer:
    """Give the findings that the engine writes of it."""
    out = county / "results"
    launch = [str(ENGINE), str(ROOT / "jobs" / "launch.py"), "sectors"]
    subprocess.run([*launch, str(county / "dossier.yaml"), "--out", str(out)], check=True)
    layer = QgsVectorLayer(f"{out}/results.gpkg|layername=findings", "findings", "ogr")
    kinds = {one.geometry().type() for one in layer.getFeatures()}
    assert Qgis.GeometryType.Line in kinds  # else the tests below prove nothing
    return layer


def messages(layer):
    return sorted(str(one["message"])[:60] for one in layer.getFeatures())


@pytest.mark.parametrize("place", ["memory:", "findings.shp", "findings.gpkg", "findings.geojson"])
def test_a_finding_about_a_line_is_kept_and_told(
    toolbox, real_engine, county, stored, feedback, tmp_path, place
):
    target = place if place == "memory:" else str(tmp_path / place)
    given = {"DOSSIER": str(county / "dossier.yaml"), "FINDINGS": target, "MATRIX": "memory:"}
    done = processing.run("pianqu:checksectors", given, feedback=feedback)
    layer = done["FINDINGS"]
    if isinstance(layer, str):
        layer = QgsVectorLayer(layer, "findings", "ogr")
    assert layer.isValid() and messages(layer) == messages(stored)
    rows = list(layer.getFeatures())
    shapes = [one.geometry() for one in rows if not one.geometry().isEmpty()]
    assert {one.type() for one in shapes} <= {Qgis.GeometryType.Polygon}
    were = [one.geometry() for one in stored.getFeatures() if not one.geometry().isEmpty()]
    areas = [one for one in were if one.type() == Qgis.GeometryType.Polygon]
    assert len(shapes) == len(areas) < len(were)
    lost = len(were) - len(areas)
    (told,) = [one for one in feedback.warnings if "polygon" in one]
    assert "Findings" in told and f" {lost} " in told


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("MultiPolygon", Qgis.WkbType.MultiPolygon),
        ("MultiLineString", Qgis.WkbType.MultiPolygon),  # all findings about lines
        ("Point", Qgis.WkbType.MultiPolygon),
        ("NoGeometry", Qgis.WkbType.NoGeometry),
    ],
)
def test_a_polygon_sink_takes_polygons_whatever_the_layer_holds(qgis_app, kind, wanted):
    from pianqu.processing.sinks import FINDINGS, shape_of

    layer = QgsVectorLayer(kind if kind == "NoGeometry" else f"{kind}?crs=EPSG:4544", "x", "memory")
    assert shape_of(layer, FINDINGS) == wanted


def test_a_layer_without_a_stated_kind_keeps_its_own(qgis_app):
    from pianqu.processing.sinks import Sink, shape_of

    layer = QgsVectorLayer("LineString?crs=EPSG:4544", "x", "memory")
    assert shape_of(layer, Sink("A", "a", "A")) == Qgis.WkbType.MultiLineString


def test_of_a_collection_the_areas_stay_and_nothing_is_made_an_area(qgis_app):
    from pianqu.processing.sinks import fitting

    def fit(text):
        return fitting(QgsGeometry.fromWkt(text), Qgis.WkbType.MultiPolygon)

    mixed = fit(f"GEOMETRYCOLLECTION({SQUARE},{LINE},POINT(1 1))")
    assert mixed.type() == Qgis.GeometryType.Polygon and mixed.area() == 81
    assert fit(LINE).isNull() and fit("POINT(1 1)").isNull()
    assert fit(SQUARE).area() == 81
    assert fitting(QgsGeometry(), Qgis.WkbType.MultiPolygon).isNull()
