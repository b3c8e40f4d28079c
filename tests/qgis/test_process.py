# SPDX-License-Identifier: GPL-2.0-or-later
"""The built zip in a clean profile, driven by qgis_process and by a desktop."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from killing import engine_in_stage, kill_engine_in_stage
from places import ROOT

RESULTS = {"results.gpkg", "report.html", "report.xlsx", "run.json"}
DESKTOP = ROOT / "tests" / "support" / "desktop_script.py"


def process(environment, algorithm, **inputs):
    """Run an algorithm as a batch script does, JSON in and JSON out."""
    done = subprocess.run(
        ["qgis_process", "--json", "run", f"pianqu:{algorithm}", "-"],
        input=json.dumps({"inputs": inputs}),
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    answer = json.loads(done.stdout) if done.stdout.strip() else {}
    return done.returncode, answer.get("results", {}), done.stderr


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture()
def home(installed, tmp_path):
    """Give each test an engine home of its own, so that its log is the only one."""
    return {**installed, "PIANQU_ENGINE_HOME": str(tmp_path / "home")}


def test_the_zip_holds_one_folder_with_all_that_is_needed(installed):
    packed = next((Path(installed["QGIS_PLUGINPATH"]).parent).glob("*.zip"))
    names = zipfile.ZipFile(packed).namelist()
    assert {name.split("/")[0] for name in names} == {"pianqu"}
    for name in ("metadata.txt", "LICENSE", "__init__.py", "plugin.py", "requirements-engine.txt"):
        assert f"pianqu/{name}" in names
    for room in ("tests", "bench", "build", "tools", ".ci"):
        assert not any(name.startswith(f"pianqu/{room}/") for name in names)
    assert not any(name.endswith((".sh", ".ts", ".pyc", ".qrc")) for name in names)
    assert packed.stat().st_size < 25e6


def test_a_dossier_runs_to_the_end_with_status_0(home, sample, tmp_path):
    out = tmp_path / "out"
    code, results, errors = process(
        home, "rundossier", DOSSIER=str(sample / "dossier.yaml"), OUTPUT=str(out)
    )
    assert code == 0, errors
    assert set(contents(out)) == RESULTS
    assert {"PASSED", "FAILED", "WARNED", "NOT_CHECKED", "FINDINGS"} <= results.keys()
    assert results["REPORT"] == str(out / "report.html")


def test_the_command_line_gives_the_same_bytes(home, sample, tmp_path):
    dossier = str(sample / "dossier.yaml")
    code, _, errors = process(home, "rundossier", DOSSIER=dossier, OUTPUT=str(tmp_path / "qgis"))
    assert code == 0, errors
    launch = Path(home["QGIS_PLUGINPATH"]) / "pianqu" / "jobs" / "launch.py"
    command = [home["PIANQU_ENGINE_PYTHON"], str(launch), "run", dossier]
    subprocess.run([*command, "--out", str(tmp_path / "cli")], check=True, capture_output=True)
    by_qgis, by_hand = contents(tmp_path / "qgis"), contents(tmp_path / "cli")
    for name in RESULTS - {"run.json"}:  # run.json has the time and the seconds
        assert by_qgis[name] == by_hand[name], name


def test_a_sample_is_made_and_its_dossier_named(home, tmp_path):
    out = tmp_path / "county"
    code, results, errors = process(
        home, "samplecounty", PARCELS=300, SEED=2, FAULTS=True, OUTPUT=str(out)
    )
    assert code == 0, errors
    assert results["DOSSIER"] == str(out / "dossier.yaml")
    assert (out / "dossier.yaml").is_file()


def test_unusable_input_fails_with_one_clear_line(home, tmp_path):
    dossier = tmp_path / "d.yaml"
    dossier.write_text("dossier: 1\nlayer: {}\n", encoding="utf-8")
    code, _, errors = process(
        home, "rundossier", DOSSIER=str(dossier), OUTPUT=str(tmp_path / "out")
    )
    assert code == 1
    assert "layers" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "out").exists()


def started(environment, sample, out, **more):
    """Start a run and give the living qgis_process."""
    return subprocess.Popen(
        ["qgis_process", "run", "pianqu:rundossier", f"--DOSSIER={sample / 'dossier.yaml'}",
         f"--OUTPUT={out}"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
    )  # fmt: skip


def test_ctrl_c_ends_quietly_and_leaves_nothing(home, sample, tmp_path):
    out = tmp_path / "new" / "out"
    qgis = started(home, sample, out, start_new_session=True)
    engine_in_stage(home["PIANQU_ENGINE_HOME"], "fabric")
    os.killpg(qgis.pid, signal.SIGINT)  # as a terminal does: to all that it started
    output, errors = qgis.communicate(timeout=30)
    assert qgis.returncode == 1
    assert "Traceback" not in output + errors
    assert "ancelled" in output + errors or "已取消" in output + errors
    assert not (tmp_path / "new").exists()


@pytest.fixture(scope="module")
def results(installed, sample, tmp_path_factory):
    """Give the results of one run."""
    out = tmp_path_factory.mktemp("results")
    launch = Path(installed["QGIS_PLUGINPATH"]) / "pianqu" / "jobs" / "launch.py"
    command = [installed["PIANQU_ENGINE_PYTHON"], str(launch), "run", str(sample / "dossier.yaml")]
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)
    return out


@pytest.fixture()
def earlier(results, tmp_path):
    """Give a folder that holds earlier results."""
    return shutil.copytree(results, tmp_path / "out")


def test_an_engine_killed_by_segfault_leaves_a_clear_error_and_earlier_results(
    home, sample, earlier
):
    before = contents(earlier)
    qgis = started(home, sample, earlier)
    kill_engine_in_stage(home["PIANQU_ENGINE_HOME"], "fabric")
    output, errors = qgis.communicate(timeout=30)
    assert qgis.returncode == 1  # ended in order, with an error
    assert "signal 11" in output + errors
    assert home["PIANQU_ENGINE_HOME"] in output + errors
    assert contents(earlier) == before


def test_the_engine_dies_with_qgis_and_leaves_nothing_half_written(home, sample, earlier):
    before = contents(earlier)
    qgis = started(home, sample, earlier)
    pid = engine_in_stage(home["PIANQU_ENGINE_HOME"], "fabric")
    qgis.kill()
    qgis.communicate(timeout=30)
    deadline = time.monotonic() + 5
    alive = Path(f"/proc/{pid}")
    while alive.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive.exists()
    assert {name: contents(earlier)[name] for name in before} == before


@pytest.mark.skipif(not shutil.which("xvfb-run") or not shutil.which("qgis"), reason="no desktop")
def test_a_desktop_lives_on_when_its_engine_is_killed(home, sample, earlier, tmp_path):
    before = contents(earlier)
    told = tmp_path / "told.json"
    environment = {
        **home,
        "QT_QPA_PLATFORM": "xcb",
        "PIANQU_TEST": json.dumps({
            "dossier": str(sample / "dossier.yaml"), "out": str(earlier), "told": str(told),
            "support": str(ROOT / "tests" / "support"), "home": home["PIANQU_ENGINE_HOME"],
        }),
    }  # fmt: skip
    del environment["QGIS_CUSTOM_CONFIG_PATH"]
    done = subprocess.run(
        ["xvfb-run", "-a", "qgis", "--nologo", "--noversioncheck", "--profiles-path",
         str(tmp_path / "profiles"), "--code", str(DESKTOP)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert told.is_file(), done.stderr[-2000:]
    facts = json.loads(told.read_text(encoding="utf-8"))
    assert "11" in facts["error"]
    assert facts["alive"]
    assert facts["second_run"] is True
    assert done.returncode == 0, done.stderr[-2000:]
    assert facts["earlier_whole"]
    assert set(contents(earlier)) == set(before)
