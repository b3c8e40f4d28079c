# SPDX-License-Identifier: GPL-2.0-or-later
"""The register through the toolbox, with the real engine; QGIS opens the file it makes."""

from __future__ import annotations

import subprocess

import pytest
from places import ROOT
from qgis.core import (
    QgsFeature,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)

MAKE = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from test_register_tasks import results
results(Path(sys.argv[3]), int(sys.argv[4]), finished=sys.argv[5])
"""
FIRST, LATE = "2026-05-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"


@pytest.fixture()
def results(real_engine, tmp_path):
    """Give a function that leaves results of a check of sector plans."""
    folder = tmp_path / "成果"

    def make(count, finished):
        places = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "engine")]
        command = [str(real_engine), "-c", MAKE, *places, str(folder), str(count), finished]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return folder

    return make


def run(algorithm, feedback, **parameters):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    made = algorithm.create()
    given = {"LANGUAGE": "zh", **parameters}
    good, why = made.checkParameterValues(given, context)
    assert good, why
    outputs, ok = made.run(given, context, feedback, catchExceptions=False)
    assert ok
    return outputs


@pytest.fixture()
def update(toolbox, feedback):
    from pianqu.processing.register_update import RegisterUpdate

    return lambda **parameters: run(RegisterUpdate(), feedback, **parameters)


@pytest.fixture()
def decide(toolbox, feedback):
    from pianqu.processing.register_decide import RegisterDecide

    def call(**parameters):
        return run(RegisterDecide(), feedback, **{"PERSON": "李", **parameters})

    return call


def ids(*numbers):
    return "，".join(f"{number:016x}" for number in numbers)


def test_conflicts_are_decided_in_batches_and_stay_decided(results, update, decide, feedback):
    folder = results(5, FIRST)
    told = update(RESULTS=str(folder))
    assert (told["NEW"], told["OPEN"]) == (5, 5)
    assert told["REGISTER"] == str(folder / "register.gpkg")
    waived = decide(REGISTER=told["REGISTER"], IDS=ids(0, 1, 99), STATE="waived", REASON="现状保留")
    assert (waived["DECIDED"], waived["REFUSED"]) == (2, 1)
    assert any(ids(99) in text for text in feedback.errors)
    told = update(RESULTS=str(results(3, LATE)), REGISTER=told["REGISTER"])
    assert [told[name] for name in ("NEW", "GONE", "UNCHANGED", "REOPENED", "OPEN")] == [
        0, 2, 3, 0, 1,
    ]  # fmt: skip


def test_a_waiver_without_a_reason_is_refused_and_told(results, update, decide, feedback):
    place = update(RESULTS=str(results(2, FIRST)))["REGISTER"]
    told = decide(REGISTER=place, IDS=ids(0), STATE="waived")
    assert (told["DECIDED"], told["REFUSED"]) == (0, 1)
    assert any("理由" in text for text in feedback.errors)


def test_a_decision_on_a_version_that_is_no_longer_there_is_refused(
    results, update, decide, feedback
):
    place = update(RESULTS=str(results(3, FIRST)))["REGISTER"]
    said = {"REGISTER": place, "STATE": "fixed"}
    told = decide(IDS=ids(0, 1), VERSIONS="1，2", **said)
    assert (told["DECIDED"], told["REFUSED"]) == (1, 1)
    assert any(ids(1) in text for text in feedback.errors)
    told = decide(IDS=ids(1, 0), VERSIONS="1, 2", **said)
    assert (told["DECIDED"], told["REFUSED"]) == (2, 0)
    assert decide(IDS=ids(0, 1), **said)["DECIDED"] == 2  # none named: whatever is current
    for versions in ("1", "1,2,3", "1,x", "0,1", "-1,1"):
        with pytest.raises(QgsProcessingException, match="VERSIONS"):
            decide(IDS=ids(0, 1), VERSIONS=versions, **said)


def test_what_is_unusable_is_told_in_one_line(real_engine, update, decide, tmp_path):
    with pytest.raises(QgsProcessingException, match=r"results\.gpkg"):
        update(RESULTS=str(tmp_path))
    with pytest.raises(QgsProcessingException, match="尚无冲突台账"):
        decide(REGISTER=str(tmp_path / "register.gpkg"), IDS="a", STATE="fixed")
    with pytest.raises(QgsProcessingException):
        decide(REGISTER=str(tmp_path / "register.gpkg"), IDS=" ， ", STATE="fixed")


def test_qgis_opens_the_register_with_its_style(results, update, qgis_new_project):
    place = update(RESULTS=str(results(5, FIRST)))["REGISTER"]
    layer = QgsVectorLayer(f"{place}|layername=conflicts", "layer", "ogr")
    assert layer.isValid() and layer.featureCount() == 5 and layer.crs().authid() == "EPSG:4544"
    assert layer.renderer().type() == "RuleRenderer"
    rules = layer.renderer().rootRule().children()
    assert len(rules) == 11 and all(rule.symbol() for rule in rules)
    shown = [len(list(layer.getFeatures(rule.filterExpression()))) for rule in rules]
    assert sorted(shown) == [0] * 10 + [5]
    fields = layer.fields()
    assert layer.attributeDisplayName(fields.indexFromName("state")) == "状态"
    assert layer.attributeDisplayName(fields.indexFromName("subject_label")) == "项目（本项目）"
    assert not layer.extent().isEmpty()
    for name in ("history", "runs"):
        assert QgsVectorLayer(f"{place}|layername={name}", name, "ogr").isValid()


def test_a_register_that_qgis_shows_is_written_all_the_same(
    results, update, decide, qgis_new_project
):
    place = update(RESULTS=str(results(5, FIRST)))["REGISTER"]
    layer = QgsVectorLayer(f"{place}|layername=conflicts", "layer", "ogr")
    QgsProject.instance().addMapLayer(layer)
    features = layer.getFeatures()
    features.nextFeature(QgsFeature())  # a reader in the middle of the file
    assert decide(REGISTER=place, IDS=ids(0), STATE="fixed")["DECIDED"] == 1
    features.close()
    layer.dataProvider().reloadData()
    assert sum(feature["state"] == "fixed" for feature in layer.getFeatures()) == 1
