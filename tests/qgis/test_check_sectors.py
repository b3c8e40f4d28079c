# SPDX-License-Identifier: GPL-2.0-or-later
"""`checksectors` in the toolbox: sinks, numbers, a folder kept, runs over one plan or rule."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from places import ROOT
from qgis import processing
from qgis.core import QgsProcessingException, QgsVectorLayer

ENGINE = ROOT / "build" / "engine" / "bin" / "python"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory) -> Path:
    """Make a small county with conflicts sown among its sector plans."""
    if not ENGINE.is_file():
        pytest.skip("no engine: run make setup")
    folder = tmp_path_factory.mktemp("seeded")
    command = [str(ENGINE), str(ROOT / "jobs" / "launch.py"), "sample", "--parcels", "800"]
    subprocess.run([*command, "--seed", "7", "--faults", "--out", str(folder)], check=True)
    return folder


def seeds(folder: Path) -> list[str]:
    lines = (folder / "sector_conflicts.csv").read_text(encoding="utf-8-sig").splitlines()
    return lines[1:]


def rows(layer: QgsVectorLayer | str) -> list[dict]:
    if isinstance(layer, str):
        layer = QgsVectorLayer(layer, "layer", "ogr")
    assert layer.isValid()
    names = [field.name() for field in layer.fields()]
    return [dict(zip(names, one.attributes())) for one in layer.getFeatures()]


def run(folder: Path, feedback, **more):
    sinks = {"FINDINGS": "memory:", "MATRIX": "memory:"}
    given = {"DOSSIER": str(folder / "dossier.yaml"), **sinks, **more}
    return processing.run("pianqu:checksectors", given, feedback=feedback)


def test_findings_and_matrix_come_as_layers(toolbox, real_engine, seeded, feedback):
    done = run(seeded, feedback, CONFLICTS="memory:", SITES="memory:", DEMAND="memory:")
    found = rows(done["FINDINGS"])
    sectors = [one for one in found if one["rule"].startswith("sector.")]
    assert len(sectors) == len(seeds(seeded)) == done["CONFLICT_COUNT"]
    assert done["PASSED"] is False
    matrix = rows(done["MATRIX"])
    assert len(matrix) == 21 * 20 / 2
    assert sum(one["count"] for one in matrix) == sum(
        one["rule"] == "sector.overlap" for one in sectors
    )
    conflicts = rows(done["CONFLICTS"])
    assert {one["id"] for one in conflicts} == {one["id"] for one in sectors}
    assert {one["level"] for one in rows(done["DEMAND"])} == {"county", "cluster", "town"}
    assert {"JOINT_USE", "OUTPUT"}.isdisjoint(done)


def test_a_rule_run_again_keeps_what_the_folder_says_of_the_others(
    toolbox, real_engine, seeded, feedback, tmp_path
):
    out = tmp_path / "results"
    run(seeded, feedback, OUTPUT=str(out))
    whole = rows(f"{out}/results.gpkg|layername=conflicts")
    again = run(seeded, feedback, OUTPUT=str(out), RULES=["sector.overlap"])
    assert again["CONFLICT_COUNT"] == len(whole)
    kept = rows(f"{out}/results.gpkg|layername=conflicts")
    assert {one["id"] for one in kept} == {one["id"] for one in whole}
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["sector_rules"] == ["sector.overlap"]


def test_a_plan_that_is_not_there_is_told_with_the_nearest(toolbox, real_engine, seeded, feedback):
    with pytest.raises(QgsProcessingException, match="transport"):
        run(seeded, feedback, PLANS="transprot")


def test_a_dossier_without_plans_is_told_in_one_line(
    toolbox, real_engine, seeded, feedback, tmp_path
):
    text = (seeded / "dossier.yaml").read_text(encoding="utf-8")
    bare = seeded / "bare.yaml"
    bare.write_text(text[: text.index("sectors:")], encoding="utf-8")
    given = {"DOSSIER": str(bare), "FINDINGS": "memory:", "MATRIX": "memory:"}
    with pytest.raises(QgsProcessingException, match="sectors"):
        processing.run("pianqu:checksectors", given, feedback=feedback)
