# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock in a real QGIS window with the real engine: found, filtered, waived, still waived."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from places import ROOT

SCRIPT = ROOT / "tests" / "support" / "sector_desktop.py"
NO_DESKTOP = not shutil.which("xvfb-run") or not shutil.which("qgis")


@pytest.fixture()
def county(installed, tmp_path):
    """Make a small county with faults, so that its sector plans are in conflict."""
    folder = tmp_path / "county"
    launch = ROOT / "jobs" / "launch.py"
    command = [installed["PIANQU_ENGINE_PYTHON"], str(launch), "sample", "--parcels", "1000"]
    subprocess.run(
        [*command, "--seed", "7", "--faults", "--out", str(folder)], check=True, capture_output=True
    )
    return folder


@pytest.mark.skipif(NO_DESKTOP, reason="no desktop")
def test_conflicts_are_found_filtered_waived_and_stay_waived_in_a_real_window(
    installed, county, tmp_path
):
    told = tmp_path / "told.json"
    task = {
        "dossier": str(county / "dossier.yaml"), "out": str(tmp_path / "results"),
        "told": str(told), "support": str(ROOT / "tests" / "support"),
    }  # fmt: skip
    environment = {**installed, "QT_QPA_PLATFORM": "xcb", "PIANQU_TEST": json.dumps(task)}
    del environment["QGIS_CUSTOM_CONFIG_PATH"]
    done = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "qgis", "--nologo", "--noversioncheck",
         "--profiles-path", str(tmp_path / "profiles"), "--code", str(SCRIPT)],
        env=environment, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert told.is_file(), done.stderr[-2000:]
    facts = json.loads(told.read_text(encoding="utf-8"))
    assert "broken" not in facts, facts["broken"]
    assert facts["found"] > 10
    assert facts["cell"][0] == facts["cell"][1] > 0
    assert facts["cleared"] == facts["found"]
    ids = [id_ for id_, _ in facts["stepped"]]
    assert len(set(ids)) == 2
    assert all(in_view for _, in_view in facts["stepped"])
    assert facts["without_reason"] is False
    assert facts["waived"] == ["waived", "waived"]
    assert facts["still_waived"] == ["waived", "waived"]
    assert facts["waived_after_recheck"] == ["waived", "waived"]
    assert facts["found_after_recheck"] == facts["found"]
    assert facts["dirty"] is False
    assert done.returncode == 0, done.stderr[-2000:]
