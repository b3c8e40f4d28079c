# SPDX-License-Identifier: GPL-2.0-or-later
"""`suggestsites` in the toolbox: a sink of sites, numbers that limit them, one line on misuse."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from places import ROOT
from qgis import processing
from qgis.core import QgsProcessingException, QgsVectorLayer

ENGINE = ROOT / "build" / "engine" / "bin" / "python"


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """Make a small county with its sector plans."""
    if not ENGINE.is_file():
        pytest.skip("no engine: run make setup")
    folder = tmp_path_factory.mktemp("county")
    command = [str(ENGINE), str(ROOT / "jobs" / "launch.py"), "sample", "--parcels", "800"]
    subprocess.run([*command, "--seed", "7", "--out", str(folder)], check=True)
    return folder


def polygon_project(folder: Path, plan: str) -> str:
    """Give the code of a project that a plan lays out as a polygon."""
    layer = QgsVectorLayer(f"{folder / 'sectors.gpkg'}|layername={plan}", "layout", "ogr")
    return next(feature["XMBH"] for feature in layer.getFeatures() if feature["XMBH"])


def run(folder, feedback, **more):
    given = {"DOSSIER": str(folder / "dossier.yaml"), "SITES": "memory:", **more}
    return processing.run("pianqu:suggestsites", given, feedback=feedback)


def test_sites_come_as_a_layer_best_first(toolbox, real_engine, county, feedback):
    project = polygon_project(county, "forestry")
    done = run(county, feedback, PLAN="forestry", PROJECT=project, AREA_HA=0.05, COUNT=5)
    found = list(done["SITES"].getFeatures())
    assert done["COUNT_FOUND"] == len(found) == 5
    assert [one["rank"] for one in found] == [1, 2, 3, 4, 5]
    assert {one["project"] for one in found} == {project}
    assert min(one["area_m2"] for one in found) >= 500
    order = [(-one["same_town"], one["distance_m"]) for one in found]
    assert order == sorted(order)


def test_a_project_too_large_for_the_county_gets_none(toolbox, real_engine, county, feedback):
    project = polygon_project(county, "education")
    done = run(county, feedback, PLAN="education", PROJECT=project, AREA_HA=1e6)
    assert done["COUNT_FOUND"] == 0 == done["SITES"].featureCount()


@pytest.mark.parametrize(
    ("wrong", "near"), [({"PLAN": "educaton"}, "education"), ({"PROJECT": "no such"}, "no such")]
)
def test_what_is_not_there_is_told_in_one_line(toolbox, real_engine, county, feedback, wrong, near):
    given = {"PLAN": "education", "PROJECT": polygon_project(county, "education"), **wrong}
    with pytest.raises(QgsProcessingException, match=near):
        run(county, feedback, **given)
