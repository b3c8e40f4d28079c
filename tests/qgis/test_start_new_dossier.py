# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm `newdossier` in the toolbox, with the real engine."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingContext, QgsProcessingException

pytestmark = pytest.mark.usefixtures("real_engine")


@pytest.fixture()
def algorithm(toolbox):
    from pianqu.processing.new_dossier import NewDossier

    algorithm = NewDossier()
    algorithm.initAlgorithm()
    return algorithm


def run(algorithm, feedback, **parameters):
    context = QgsProcessingContext()
    ok, message = algorithm.checkParameterValues(parameters, context)
    assert ok, message
    results, ok = algorithm.run(parameters, context, feedback, {}, False)
    assert ok
    return results


def test_a_folder_becomes_a_dossier(algorithm, feedback, sample, tmp_path):
    out = tmp_path / "new" / "dossier.yaml"
    results = run(
        algorithm, feedback, INPUT=str(sample), NAME="某县", OUTPUT=str(out), LANGUAGE="zh"
    )
    assert results["DOSSIER"] == str(out)
    assert (results["RECOGNISED"], results["DOUBTFUL"]) == (9, 0)  # with the catalogue of plans
    text = out.read_text(encoding="utf-8")
    assert 'name: "某县"' in text
    assert "# 永久基本农田：有把握" in text
    assert any("有把握" in info for info in feedback.infos)


def test_a_geopackage_will_do_and_a_crs_is_taken_over(algorithm, feedback, sample, tmp_path):
    out = tmp_path / "d.yaml"
    parameters = {"INPUT": str(sample / "county.gpkg"), "OUTPUT": str(out), "CRS": "EPSG:4545"}
    results = run(algorithm, feedback, **parameters)
    assert results["RECOGNISED"] == 7
    assert 'crs: "EPSG:4545"' in out.read_text(encoding="utf-8")


def test_a_place_that_is_not_there_is_told_before_the_run(algorithm, tmp_path):
    parameters = {"INPUT": str(tmp_path / "none"), "OUTPUT": str(tmp_path / "d.yaml")}
    ok, message = algorithm.checkParameterValues(parameters, QgsProcessingContext())
    assert not ok and "none" in message


def test_a_folder_without_layers_ends_in_one_line(algorithm, feedback, tmp_path):
    parameters = {"INPUT": str(tmp_path), "OUTPUT": str(tmp_path / "d.yaml"), "LANGUAGE": "en"}
    with pytest.raises(QgsProcessingException, match="no layer that can be read"):
        algorithm.run(parameters, QgsProcessingContext(), feedback, {}, False)
    assert not (tmp_path / "d.yaml").exists()
