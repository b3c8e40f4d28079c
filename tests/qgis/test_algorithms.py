# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithms that take layers, run through QGIS with the real engine."""

from __future__ import annotations

import os

import pytest
from places import ROOT
from qgis.core import (
    QgsApplication,
    QgsFeatureRequest,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingUtils,
    QgsProject,
    QgsVectorLayer,
)

LAYERS = {
    "UNITS": "units", "LANDUSE": "JQDLTB", "PLAN": "GHDLTB", "FARMLAND": "YJJBNTTB",
    "REDLINE": "STBHHX", "BOUNDARY": "CZKFBJ",
}  # fmt: skip


@pytest.fixture()
def inputs(sample, real_engine, toolbox, qgis_new_project):
    """Give the sample's layers as paths, as a batch run names them."""
    paths = {name: f"{sample / 'county.gpkg'}|layername={layer}" for name, layer in LAYERS.items()}
    return {**paths, "QUOTAS": str(sample / "quotas.xlsx")}


def run(name, feedback=None, **parameters):
    from qgis import processing

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    outputs = processing.run(f"pianqu:{name}", parameters, context=context, feedback=feedback)
    layers = {key: value for key, value in outputs.items() if isinstance(value, QgsVectorLayer)}
    return outputs, {key: list(layer.getFeatures()) for key, layer in layers.items()}


def memory(*names):
    return dict.fromkeys(names, "memory:")


def values(rows, *names):
    return sorted(tuple(row[name] for name in names) for row in rows)


INDICATOR = ("level", "unit", "indicator", "plan_ha", "outcome")


def test_quotas_are_checked_from_files(inputs):
    outputs, tables = run("checkquotas", **inputs, **memory("INDICATORS", "FINDINGS"))
    rows = tables["INDICATORS"]
    assert {row["level"] for row in rows} == {"county", "cluster", "town", "village"}
    assert {"farmland", "basic_farmland", "redline"} <= {row["indicator"] for row in rows}
    assert outputs["FAILED"] == sum(row["outcome"] == "failed" for row in rows)
    assert "fid" not in outputs["INDICATORS"].fields().names()
    assert not outputs["INDICATORS"].isSpatial()


def test_layers_in_memory_give_the_same_as_files(inputs):
    _, from_files = run("checkquotas", **inputs, **memory("INDICATORS", "FINDINGS"))
    copies = {}
    for name in LAYERS:
        layer = QgsVectorLayer(inputs[name], name, "ogr")
        copies[name] = layer.materialize(QgsFeatureRequest())
    again = {**inputs, **copies}
    _, from_memory = run("checkquotas", **again, **memory("INDICATORS", "FINDINGS"))
    assert values(from_memory["INDICATORS"], *INDICATOR) == values(
        from_files["INDICATORS"], *INDICATOR
    )


def test_files_named_from_here_are_found(inputs, sample, monkeypatch):
    monkeypatch.chdir(sample)
    near = {name: value.replace(f"{sample}/", "") for name, value in inputs.items()}
    assert near["QUOTAS"] == "quotas.xlsx"
    near["STANDARD"] = os.path.relpath(ROOT / "standards" / "cn-2023")
    _, tables = run("checkquotas", **near, **memory("INDICATORS", "FINDINGS"))
    _, whole = run("checkquotas", **inputs, **memory("INDICATORS", "FINDINGS"))
    assert values(tables["INDICATORS"], *INDICATOR) == values(whole["INDICATORS"], *INDICATOR)


@pytest.mark.parametrize(("given", "name"), [({}, "County"), ({"COUNTY_NAME": "示例县"}, "示例县")])
def test_the_county_bears_its_own_name_not_a_files(inputs, given, name):
    layers = {key: inputs[key] for key in ("UNITS", "LANDUSE", "PLAN")}
    _, tables = run("landbalance", **layers, **given, **memory("BALANCE", "TRANSFERS"))
    names = {row["unit_name"] for row in tables["BALANCE"] if row["level"] == "county"}
    assert names == {name}


def area_of(tables, indicator="basic_farmland"):
    (row,) = [
        row
        for row in tables["INDICATORS"]
        if row["indicator"] == indicator and row["level"] == "county"
    ]
    return row["plan_ha"]


def test_an_unsaved_deletion_counts_at_once(inputs):
    layer = QgsVectorLayer(inputs["REDLINE"], "红线", "ogr")
    QgsProject.instance().addMapLayer(layer)
    given = {**inputs, "REDLINE": layer, **memory("INDICATORS", "FINDINGS")}
    _, before = run("checkquotas", **given)
    layer.startEditing()
    gone = max(layer.getFeatures(), key=lambda one: one.geometry().area())
    layer.deleteFeature(gone.id())
    _, after = run("checkquotas", **given)
    layer.rollBack()
    lost = area_of(before, "redline") - area_of(after, "redline")
    assert lost == pytest.approx(gone.geometry().area() / 1e4, rel=0.01, abs=0.02)


def test_only_the_selection_counts_where_asked(inputs):
    layer = QgsVectorLayer(inputs["REDLINE"], "红线", "ogr")
    QgsProject.instance().addMapLayer(layer)
    chosen = max(layer.getFeatures(), key=lambda one: one.geometry().area())
    layer.selectByIds([chosen.id()])
    part = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    given = {**inputs, "REDLINE": part, **memory("INDICATORS", "FINDINGS")}
    _, tables = run("checkquotas", **given)
    assert area_of(tables, "redline") == pytest.approx(
        chosen.geometry().area() / 1e4, rel=0.01, abs=0.02
    )


def test_an_expression_on_the_input_counts(inputs):
    none = QgsProcessingFeatureSourceDefinition(inputs["REDLINE"], filterExpression="false")
    given = {**inputs, "REDLINE": none, **memory("INDICATORS", "FINDINGS")}
    _, tables = run("checkquotas", **given)
    assert area_of(tables, "redline") in (None, 0)


def test_control_lines_give_findings_with_shapes(inputs):
    outputs, tables = run("checkcontrollines", **inputs, **memory("FINDINGS"))
    rows = tables["FINDINGS"]
    assert outputs["COUNT"] == len(rows)
    control = [row for row in rows if row["rule"].startswith("control.")]
    assert all(row["area_m2"] > 0 and not row.geometry().isEmpty() for row in control)


def test_balance_adds_up(inputs):
    given = {name: inputs[name] for name in ("UNITS", "LANDUSE", "PLAN")}
    _, tables = run("landbalance", **given, **memory("BALANCE", "TRANSFERS"))
    county = [row for row in tables["BALANCE"] if row["level"] == "county"]
    assert county
    total = sum(row["base_ha"] for row in county)
    assert total == pytest.approx(sum(row["plan_ha"] for row in county), abs=0.05)
    moved = sum(row["area_ha"] for row in tables["TRANSFERS"] if row["level"] == "county")
    assert moved == pytest.approx(total, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"LANDUSE_CODE": "NOPE"}, "NOPE"),
        ({"FARMLAND_ID": "NOPE"}, "NOPE"),
        ({"UNITS_CODE": "NOPE"}, "XZQDM"),
    ],
)
def test_a_field_that_is_not_there_is_named(inputs, change, word):
    with pytest.raises(QgsProcessingException, match=word):
        run("checkquotas", **{**inputs, **change}, **memory("INDICATORS", "FINDINGS"))


def test_units_alone_are_not_enough(inputs):
    given = {"UNITS": inputs["UNITS"], **memory("INDICATORS", "FINDINGS")}
    with pytest.raises(QgsProcessingException, match="LANDUSE"):
        run("checkquotas", **given)


def test_a_usual_field_that_is_missing_is_left_out(inputs):
    layer = QgsVectorLayer(inputs["FARMLAND"], "永农", "ogr").materialize(QgsFeatureRequest())
    layer.dataProvider().deleteAttributes([layer.fields().lookupField("KCXS")])
    layer.updateFields()
    given = {**inputs, "FARMLAND": layer, **memory("INDICATORS", "FINDINGS")}
    _, tables = run("checkquotas", **given)
    assert area_of(tables) > 0


def test_unusable_input_reaches_the_user_in_one_line(inputs, tmp_path):
    spoilt = tmp_path / "quotas.csv"
    spoilt.write_text("nothing,useful\n1,2\n", encoding="utf-8")
    given = {**inputs, "QUOTAS": str(spoilt), **memory("INDICATORS", "FINDINGS")}
    with pytest.raises(QgsProcessingException) as raised:
        run("checkquotas", **given)
    assert "quotas.csv" in str(raised.value)


def test_the_engine_is_examined(toolbox, real_engine):
    outputs, _ = run("checkengine")
    assert outputs["ENGINE"] == str(real_engine)
    assert "shapely" in outputs["VERSIONS"]


def test_tables_and_findings_come_styled_onto_the_map(inputs):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    target = QgsProcessingOutputLayerDefinition("TEMPORARY_OUTPUT", QgsProject.instance())
    given = {**inputs, "FINDINGS": target}
    algorithm = QgsApplication.processingRegistry().algorithmById("pianqu:checkcontrollines")
    results, fine = algorithm.run(given, context, QgsProcessingFeedback())
    assert fine
    details = context.layerToLoadOnCompletionDetails(results["FINDINGS"])
    layer = QgsProcessingUtils.mapLayerFromString(results["FINDINGS"], context)
    plain = layer.renderer().type()
    details.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback())
    assert plain == "singleSymbol"
    assert layer.renderer().type() != plain
    assert layer.attributeAlias(layer.fields().lookupField("area_m2")) == "Area (m²)"


def test_an_algorithm_works_as_a_step_of_a_model(inputs):
    model = QgsProcessingModelAlgorithm("检查", "test")
    model.addModelParameter(
        QgsProcessingParameterFeatureSource("PLAN"), QgsProcessingModelParameter("PLAN")
    )
    step = QgsProcessingModelChildAlgorithm("pianqu:landbalance")
    step.setChildId("balance")
    for name in ("UNITS", "LANDUSE"):
        fixed = QgsProcessingModelChildParameterSource.fromStaticValue(inputs[name])
        step.addParameterSources(name, [fixed])
    chosen = QgsProcessingModelChildParameterSource.fromModelParameter("PLAN")
    step.addParameterSources("PLAN", [chosen])
    output = QgsProcessingModelOutput("balance")
    output.setChildId("balance")
    output.setChildOutputName("BALANCE")
    step.setModelOutputs({"balance": output})
    model.addChildAlgorithm(step)
    model.initAlgorithm()
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    given = {"PLAN": inputs["PLAN"], "balance:balance": "memory:", "balance": "memory:"}
    results, fine = model.run(given, context, QgsProcessingFeedback())
    assert fine
    (name,) = [key for key in results if key.lower().startswith("balance")]
    assert QgsProcessingUtils.mapLayerFromString(results[name], context).featureCount() > 0
