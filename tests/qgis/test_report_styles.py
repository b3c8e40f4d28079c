# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS opens results.gpkg styled: the file is made by the engine, in its own process."""

from __future__ import annotations

import os
import subprocess

import pytest
from places import ROOT
from qgis.core import QgsSymbolLayer, QgsVectorLayer

MAKE = """
import sys
from pathlib import Path
import report_made
from pianqu.reports.geopackage import write_geopackage
write_geopackage(report_made.results(), Path(sys.argv[1]))
"""


@pytest.fixture()
def results_file(real_engine, tmp_path):
    path = tmp_path / "results.gpkg"
    places = os.pathsep.join([str(ROOT / "build" / "path"), str(ROOT / "tests" / "support")])
    environment = {**os.environ, "PYTHONPATH": places}
    done = subprocess.run(
        [str(real_engine), "-c", MAKE, str(path)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return path


def findings_of(path):
    """Open the layer; no fixture, since pytest keeps those until after QGIS has gone."""
    layer = QgsVectorLayer(f"{path}|layername=findings", "findings", "ogr")
    assert layer.isValid()
    return layer


def test_findings_open_with_rules_by_severity_and_change(qgis_app, results_file):
    findings = findings_of(results_file)
    rules = findings.renderer().rootRule().children()
    assert len(rules) == 9
    assert [rule.label() for rule in rules[:3]] == ["错误·新增", "错误·既有", "错误·其他"]
    colours = {rule.symbol().symbolLayer(0).strokeColor().name() for rule in rules}
    assert colours == {"#b2182b", "#c77700", "#2166ac"}


def test_every_finding_falls_under_exactly_one_rule(qgis_app, results_file):
    findings = findings_of(results_file)
    rules = findings.renderer().rootRule().children()
    ids = [
        feature.id()
        for rule in rules
        for feature in findings.getFeatures(rule.filterExpression())
    ]  # fmt: skip
    assert sorted(ids) == sorted(feature.id() for feature in findings.getFeatures())


def test_fields_have_chinese_names_and_values_words(qgis_app, results_file):
    findings = findings_of(results_file)
    place = findings.fields().indexOf("severity")
    assert findings.attributeDisplayName(place) == "严重程度"
    assert findings.editorWidgetSetup(place).type() == "ValueMap"
    assert "message" in findings.mapTipTemplate()


def test_tables_open_with_names_and_coloured_outcomes(qgis_app, results_file):
    table = QgsVectorLayer(f"{results_file}|layername=indicators", "indicators", "ogr")
    names = [table.attributeDisplayName(i) for i in range(table.fields().count())]
    assert "规划（公顷）" in names
    assert len(table.conditionalStyles().fieldStyles("outcome")) == 4


def test_only_a_finding_too_small_to_see_gets_a_sign(qgis_app, results_file):
    findings = findings_of(results_file)
    for rule in findings.renderer().rootRule().children():
        shape, sign = rule.symbol().symbolLayers()
        key = QgsSymbolLayer.Property.LayerEnabled
        wanted = sign.dataDefinedProperties().property(key).expressionString()
        assert wanted == "area(@geometry) < (0.003 * @map_scale) ^ 2"
        assert not shape.dataDefinedProperties().hasActiveProperties()
        assert sign.subSymbol().symbolLayerCount() == 1
