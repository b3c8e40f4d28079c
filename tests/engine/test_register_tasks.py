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
from pianqu.register.looks import looked_at
from pianqu.register.model import Gap, Look
from places import ROOT
from register_made import FIRST, LATE, SECOND, THIRD, conflict, facts, found, id_of, many


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
    decide(folder / "register.gpkg", {"id": id_of(1), "version": 1, "state": "waived",
                                      "person": "李", "reason": "现状"})  # fmt: skip
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


def findings(folder, *rows):
    """Leave findings about the data beside the conflicts."""
    names = ("rule", "severity", "subject_layer", "subject_id", "subject_label")
    table = pd.DataFrame(list(rows), columns=list(names), dtype=object)
    path = folder / "results.gpkg"
    pyogrio.write_dataframe(table, path, layer="findings", driver="GPKG", append=True)


BLANK = ("data.code", "error", "health")


@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        ([(*BLANK, "H9", "诊所")], 5),  # another project's use is blank
        ([(*BLANK, "", "诊所")], 5),
        ([(*BLANK, "H1", "医院")], 0),
        ([(*BLANK, "", "医院")], 0),  # a project without a code goes by its name
        ([("data.unusable", "error", "health", "H1", "医院")], 0),
        ([("data.sector", "error", "health", "", "")], 0),  # a field of the layout is not there
        ([("data.sector", "warning", "health", "H1", "医院")], 0),  # tells no reason: all may be
        ([("data.code", "error", "water", "H1", "医院")], 0),
    ],
)
def test_only_conflicts_of_the_projects_that_were_not_read_whole_stay_undecided(folder, rows, gone):
    update(folder)
    gap = {"unchecked_sectors": {"health": "1 use unknown"}, "unread_sectors": []}
    results(folder, 0, finished=LATE, **gap)
    findings(folder, *rows)
    assert update(folder)["gone"] == gone


def test_a_plan_that_could_not_be_read_leaves_all_its_conflicts_undecided(folder):
    update(folder)
    gap = {"unchecked_sectors": {"health": "file"}, "unread_sectors": ["health"]}
    results(folder, 0, finished=LATE, **gap)
    findings(folder, (*BLANK, "H9", "诊所"))
    assert update(folder)["gone"] == 0


def test_a_blank_use_leaves_list_against_layout_decided():
    look = Look(FIRST, gaps=(Gap("transport", "T1", "公路", uses=True),))
    rows = facts(conflict(0, rule="sector.projects"), conflict(1), conflict(2, subject_id="T2"))
    assert looked_at(rows, look).tolist() == [True, False, True]
    demand = facts(conflict(rule="sector.demand", subject_layer="sectors", subject_id=""))
    assert looked_at(demand, look).tolist() == [False]


def test_the_register_knows_its_county_and_refuses_another(folder, tmp_path):
    results(folder, 5, code="510799", name="示例县")
    place = update(folder)["register"]
    other = results(tmp_path / "other", 3, code="510800", name="邻县", finished=LATE)
    before = open_register(place).read()
    with pytest.raises(InputError) as told:
        update(other, place)
    assert told.value.key == "register.county" and "邻县（510800）" in str(told.value)
    pd.testing.assert_frame_equal(open_register(place).read(), before)
    renamed = results(folder, 3, code="510799", name="示例市", finished=LATE)
    assert update(renamed, place)["gone"] == 2


def test_a_run_before_the_last_counts_where_the_results_keep_its_answer(folder):
    """Two runs over one rule each, then one update: both rules were looked at."""
    update(folder)
    looked = {"sector.overlap": THIRD, "sector.plan": LATE}
    results(folder, 2, sector_rules=["sector.plan"], looked=looked, finished=LATE)
    counts = update(folder)
    assert (counts["unchanged"], counts["gone"]) == (2, 3)
    rows = open_register(folder).read()
    assert set(rows["checked"]) == {THIRD} and set(rows["last_seen"]) == {SECOND, THIRD}


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
    (step,) = told["history"]
    written = open_register(folder).history(id_of(0)).iloc[-1]
    assert step == written.to_dict() and step["decision"] == "北移"


def test_a_decision_on_no_version_needs_to_be_forced(folder):
    update(folder)
    given = {"id": id_of(0), "version": 0, "state": "fixed", "person": "李"}
    assert [one["why"] for one in decide(folder, given)["refused"]] == ["stale"]
    assert decide(folder, {**given, "force": True})["decided"][0]["version"] == 2
    late = decide(folder, {**given, "version": 1, "force": True, "state": "open"})
    assert late["refused"][0]["why"] == "stale"  # force is for those who name no version
    with pytest.raises(InputError, match="force"):
        decide(folder, {**given, "force": "yes"})


def test_a_malformed_decision_stops_the_batch_before_anything_is_written(folder):
    update(folder)
    good = {"id": id_of(0), "state": "fixed", "person": "李"}
    with pytest.raises(InputError):
        decide(folder, good, {"state": "fixed"})
    assert (open_register(folder).read()["state"] == "open").all()


def test_no_decision_asks_for_no_register(tmp_path):
    assert decide(tmp_path / "none.gpkg") == {
        "decided": [], "refused": [], "history": [],
    }  # fmt: skip


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
            {"id": id_of(0), "version": 1, "state": "waived", "person": "李", "reason": "x"}]}),
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


def test_the_command_line_tells_each_refused_decision_and_fails(folder):
    update(folder)
    first = pyogrio.read_dataframe(folder / "results.gpkg", layer="conflicts")["id"].iloc[0]
    command = [
        sys.executable, "-m", "pianqu", "decide", str(folder), f"{first},ffff000011112222",
        "fixed", "--person", "李工",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    lines = done.stdout.strip().splitlines()
    assert done.returncode == 2
    assert len(lines) == 2 and "ffff000011112222" in lines[0] and first not in done.stdout
    assert "1" in lines[1]
    command[5] = first
    command[6] = "open"
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0 and done.stdout.strip().count("\n") == 0


def test_the_first_characters_of_an_id_suffice_where_no_other_begins_so(tmp_path):
    register = open_register(tmp_path / "r.gpkg")
    ids = ("0f3a9c00000000aa", "0f3b000000000000", "77aa000000000000")
    register.merge(found(*(conflict(0, id=one) for one in ids)), {"finished": FIRST})
    said = {"state": "waived", "person": "李", "reason": "历史遗留", "version": 0, "force": True}
    decisions = tuple({"id": one, **said} for one in ("0F3A", "0f3", "77aa000000000000", "99"))
    done = tasks.decide(Job(task="decide", register=str(tmp_path / "r.gpkg"), decisions=decisions))
    assert [row["id"] for row in done["decided"]] == [ids[0], ids[2]]
    refused = {one["id"]: one for one in done["refused"]}
    assert set(refused) == {"0f3", "99"}
    assert all(one in refused["0f3"]["text"] for one in ids[:2]) and "2" in refused["0f3"]["text"]
    states = register.read().set_index("id")["state"]
    assert states.to_dict() == {ids[0]: "waived", ids[1]: "open", ids[2]: "waived"}
