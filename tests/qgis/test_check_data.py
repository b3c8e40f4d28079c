# SPDX-License-Identifier: GPL-2.0-or-later
"""`checkdata` in the toolbox: sinks, numbers, a folder kept, a dossier whose data is broken."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from places import ROOT
from qgis import processing
from qgis.core import QgsProcessingException, QgsVectorLayer, QgsWkbTypes

ENGINE = ROOT / "build" / "engine" / "bin" / "python"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory) -> Path:
    """Make a small county with faults."""
    if not ENGINE.is_file():
        pytest.skip("no engine: run make setup")
    folder = tmp_path_factory.mktemp("seeded")
    command = [str(ENGINE), str(ROOT / "jobs" / "launch.py"), "sample", "--parcels", "500"]
    subprocess.run([*command, "--seed", "3", "--faults", "--out", str(folder)], check=True)
    return folder


def rows(layer: QgsVectorLayer | str) -> list[dict]:
    if isinstance(layer, str):
        layer = QgsVectorLayer(layer, "layer", "ogr")
    assert layer.isValid()
    names = [field.name() for field in layer.fields()]
    return [dict(zip(names, one.attributes())) for one in layer.getFeatures()]


def run(dossier: Path, feedback, **more):
    given = {"DOSSIER": str(dossier), "FINDINGS": "memory:", **more}
    return processing.run("pianqu:checkdata", given, feedback=feedback)


def test_findings_spots_and_checks_come_as_layers(toolbox, real_engine, seeded, feedback):
    done = run(seeded / "dossier.yaml", feedback, SPOTS="memory:", CHECKS="memory:")
    found = rows(done["FINDINGS"])
    assert len(found) == done["FINDING_COUNT"] > 8
    assert {"data.geometry", "data.overlap", "data.gap", "data.code"} <= {r["rule"] for r in found}
    assert done["PASSED"] is False
    assert done["ERRORS"] == sum(one["severity"] == "error" for one in found)
    spots = rows(done["SPOTS"])
    assert {one["finding"] for one in spots} <= {one["id"] for one in found}
    assert QgsWkbTypes.geometryType(done["SPOTS"].wkbType()) == QgsWkbTypes.PointGeometry
    outcomes = [one["outcome"] for one in rows(done["CHECKS"])]
    assert outcomes.count("not_checked") == done["NOT_CHECKED"]
    assert outcomes.count("failed") == done["FAILED"]
    assert "OUTPUT" not in done


def test_a_folder_keeps_workbook_and_record(toolbox, real_engine, seeded, feedback, tmp_path):
    out = tmp_path / "data"
    done = run(seeded / "dossier.yaml", feedback, OUTPUT=str(out))
    assert {one.name for one in out.iterdir()} == {"results.gpkg", "findings.xlsx", "run.json"}
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["checks"] == ["data"]
    assert record["verdict"]["errors"] == done["ERRORS"]
    assert len(rows(f"{out}/results.gpkg|layername=findings")) == done["FINDING_COUNT"]


def test_a_layer_that_is_not_there_spoils_no_other(toolbox, real_engine, seeded, feedback):
    text = (seeded / "dossier.yaml").read_text(encoding="utf-8")
    broken = seeded / "broken.yaml"
    broken.write_text(text.replace("layer: STBHHX", "layer: STBHHX2"), encoding="utf-8")
    done = run(broken, feedback, CHECKS="memory:")
    found = [one for one in rows(done["FINDINGS"]) if one["rule"] == "data.layer"]
    assert [one["subject_layer"] for one in found] == ["redline"]
    checks = rows(done["CHECKS"])
    red = [one for one in checks if one["role"] == "redline" and one["check"] == "overlap"]
    assert [one["outcome"] for one in red] == ["not_checked"]
    assert "STBHHX2" in red[0]["reason"]
    assert any(one["role"] == "plan" and one["check"] == "overlap" and
               one["outcome"] == "warning" for one in checks)  # fmt: skip


def test_a_dossier_that_is_not_there_is_told_in_one_line(toolbox, real_engine, tmp_path, feedback):
    with pytest.raises(QgsProcessingException, match=r"nothing\.yaml"):
        run(tmp_path / "nothing.yaml", feedback)
