# SPDX-License-Identifier: GPL-2.0-or-later
"""The register as the engine's command line and QGIS use it: jobs in, dictionaries out."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pyogrio
import pytest
from pianqu.jobs.schema import Job
from pianqu.layers.errors import InputError
from pianqu.register import open_register, tasks
from places import ROOT
from register_made import LATE, SECOND, id_of, many


class Silent:
    def __init__(self):
        self.told = []

    def progress(self, stage, fraction, detail=""):
        self.told.append((stage, fraction))


def results(folder, count=5, demand=(), **run):
    """Leave what a check of sector plans leaves, as far as the register reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.gpkg"
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(many(count), path, layer="conflicts", driver="GPKG")
    table = pd.DataFrame(list(demand), columns=["unit", "outcome"], dtype=object)
    pyogrio.write_dataframe(table, path, layer="sector_demand", driver="GPKG", append=True)
    record = {
        "checks": ["sectors"], "finished": SECOND, "clusters": [], "sector_plans": [],
        "sector_rules": ["sector.overlap"], "standard": {"id": "cn-2023", "version": "1"}, **run,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path):
    return results(tmp_path / "成果")


def update(folder, register="", out=""):
    return tasks.update(
        Job(task="register", results=str(folder), register=register, out=out), Silent()
    )


def decide(register, *decisions):
    return tasks.decide(Job(task="decide", register=str(register), decisions=decisions))


def test_the_register_stands_beside_the_results_unless_it_is_named(folder, tmp_path):
    first = update(folder)
    assert first["register"] == str(folder / "register.gpkg") and first["new"] == first["open"] == 5
    other = update(folder / "results.gpkg", str(tmp_path / "other.gpkg"))
    assert other["register"] == str(tmp_path / "other.gpkg")
    assert open_register(tmp_path / "other.gpkg").runs()["standard"].tolist() == ["cn-2023 1"]


def test_progress_goes_up_to_the_end(folder):
    voice = Silent()
    tasks.update(Job(task="register", results=str(folder)), voice)
    fractions = [fraction for _, fraction in voice.told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_the_register_survives_the_results(folder):
    update(folder)
    decide(folder / "register.gpkg", {"id": id_of(1), "state": "waived", "person": "李",
                                      "reason": "现状"})  # fmt: skip
    (folder / "results.gpkg").unlink()
    (folder / "run.json").unlink()
    results(folder, 3, finished=LATE)
    counts = update(folder)
    assert (counts["unchanged"], counts["gone"]) == (3, 2)
    assert open_register(folder).read()["state"].tolist() == [
        "open", "waived", "open", "fixed", "fixed",
    ]  # fmt: skip


def test_what_the_run_could_not_check_is_not_gone(folder):
    update(folder)
    for gap in ({"sector.overlap": "layer"}, {"health": "file"}):
        results(folder, 0, unchecked_sectors=gap, finished=LATE)
        assert update(folder)["gone"] == 0
    results(folder, 0, sector_rules=["sector.plan"], finished=LATE)
    assert update(folder)["gone"] == 0
    look = tasks.read_look(results(folder, 0, [("t1", "not_checked")]) / "results.gpkg")
    assert look["unmeasured"] == ["t1"]


def test_a_copy_to_look_at_is_written_where_one_is_wanted(folder, tmp_path):
    told = update(folder, out=str(tmp_path / "copy"))
    assert told["snapshot"] == str(tmp_path / "copy" / "register_snapshot.gpkg")
    assert pyogrio.read_info(told["snapshot"], layer="conflicts")["features"] == 5
    job = Job(task="snapshot", register=str(folder), out=str(tmp_path / "mine.gpkg"))
    assert tasks.snapshot(job)["snapshot"] == str(tmp_path / "mine.gpkg")
    assert (tmp_path / "mine.gpkg").is_file()


def test_decisions_come_back_as_json_with_reasons_for_the_refused(folder):
    update(folder)
    told = decide(
        folder,
        {"id": id_of(0), "version": 1, "state": "agreed", "person": "李", "decision": "北移"},
        {"id": id_of(1), "version": 5, "state": "fixed", "person": "李"},
        {"id": "nobody", "version": 0, "state": "fixed", "person": "李"},
    )
    told = json.loads(json.dumps(told, allow_nan=False))
    (row,) = told["decided"]
    assert (row["state"], row["version"], row["decision"], row["excess"]) == (
        "agreed", 2, "北移", None,
    )  # fmt: skip
    assert [(one["id"], one["why"]) for one in told["refused"]] == [
        (id_of(1), "stale"), ("nobody", "id"),
    ]  # fmt: skip
    assert told["refused"][0]["row"]["version"] == 1 and told["refused"][1]["row"] == {}


def test_a_malformed_decision_stops_the_batch_before_anything_is_written(folder):
    update(folder)
    good = {"id": id_of(0), "state": "fixed", "person": "李"}
    with pytest.raises(InputError):
        decide(folder, good, {"state": "fixed"})
    assert (open_register(folder).read()["state"] == "open").all()


def test_no_decision_asks_for_no_register(tmp_path):
    assert decide(tmp_path / "none.gpkg") == {"decided": [], "refused": []}


@pytest.mark.parametrize(
    ("harm", "key"),
    [
        (lambda folder: (folder / "run.json").unlink(), "register.results.none"),
        (lambda folder: (folder / "results.gpkg").unlink(), "register.results.none"),
        (lambda folder: (folder / "run.json").write_text("{"), "register.results.unreadable"),
        (lambda folder: (folder / "results.gpkg").write_text("x"), "register.results.unreadable"),
        (lambda folder: results(folder, checks=["quotas"]), "register.results.unchecked"),
    ],
)
def test_results_that_can_not_be_merged_are_told(folder, harm, key):
    harm(folder)
    with pytest.raises(InputError) as told:
        update(folder)
    assert told.value.key == key and not (folder / "register.gpkg").exists()


def test_the_engine_is_told_the_same_by_its_command_line(folder, tmp_path):
    for task, more in (
        ("register", {"results": str(folder)}),
        ("decide", {"register": str(folder), "decisions": [
            {"id": id_of(0), "state": "waived", "person": "李", "reason": "x"}]}),
        ("snapshot", {"register": str(folder), "out": str(tmp_path / "copy.gpkg")}),
    ):  # fmt: skip
        order = Job(task=task, language="en", **more).write(tmp_path / "job.json")
        done = subprocess.run(
            [sys.executable, str(ROOT / "jobs" / "launch.py"), "job", str(order), "--json"],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        told = json.loads(done.stdout.splitlines()[-1])
        assert (done.returncode, told["type"]) == (0, "result"), done.stdout + done.stderr
    assert (tmp_path / "copy.gpkg").is_file()
