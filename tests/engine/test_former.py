# SPDX-License-Identifier: GPL-2.0-or-later
"""Decisions of the run before: kept while nothing changed, open again when something did."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pyogrio
import pytest
import report_made
import shapely
from pianqu.layers import findings
from pianqu.layers.errors import InputError
from pianqu.layers.former import COLUMNS, carry, read_former
from pianqu.layers.words import speaking
from pianqu.reports.geopackage import write_geopackage

CRS = "EPSG:4544"
HOUSE = {
    "rule": "control.farmland", "severity": "error", "cluster": "P1", "subject_layer": "plan",
    "subject_id": "7", "subject_label": "0703 农村宅基地", "object_layer": "farmland",
    "verdict": "forbid", "change": "new", "area_m2": 1000.0, "excess": 1000.0,
}  # fmt: skip
QUOTA = {
    "rule": "quota.construction", "severity": "error", "level": "county", "unit": "510799",
    "subject_layer": "units", "subject_id": "510799", "subject_label": "示例县", "excess": 1.0,
}  # fmt: skip
ACCEPTED = {"status": "accepted", "status_by": "李工", "status_reason": "国家重点项目"}


def found(*rows):
    return findings.join([findings.make(row, [shapely.box(0, 0, 9, 9)], CRS) for row in rows], CRS)


def decided(*rows, **status):
    """Make the former results: findings with a status."""
    table = pd.DataFrame(found(*rows).drop(columns="geometry"))
    return table.assign(**(status or ACCEPTED))[[*COLUMNS]]


def after(before, now, **decision):
    return carry(found(now), decided(before, **decision)).findings.iloc[0]


@pytest.mark.parametrize("row", [HOUSE, QUOTA])
def test_what_was_accepted_stays_accepted(row):
    got = after(row, row)
    assert [got[name] for name in ACCEPTED] == list(ACCEPTED.values())


@pytest.mark.parametrize(
    ("row", "change", "words"),
    [
        (HOUSE, {"area_m2": 1011.0}, "1011.00"),
        (QUOTA, {"excess": 1.02}, "1.02"),
        (HOUSE, {"severity": "warning"}, "警告"),
        (HOUSE, {"verdict": "conditional"}, "有条件"),
        (HOUSE, {"subject_label": "1001 工业用地"}, "1001"),
    ],
    ids=["larger area", "larger excess", "severity", "verdict", "planned code"],
)
def test_what_grew_or_is_judged_otherwise_is_open_again_and_says_why(row, change, words):
    got = after(row, {**row, **change})
    assert got.status == "open" and got.status_by == ""
    assert got.status_reason.startswith("重新开启") and words in got.status_reason
    assert "李工" in got.status_reason and "国家重点项目" in got.status_reason


@pytest.mark.parametrize(
    ("row", "change"),
    [
        (HOUSE, {"area_m2": 1009.0}),
        (HOUSE, {"area_m2": 500.0, "excess": 500.0}),
        ({**HOUSE, "area_m2": 2.0}, {"area_m2": 2.9}),
        (QUOTA, {"excess": 1.005}),
        (HOUSE, {"excess": 5000.0}),
        (HOUSE, {"subject_label": "0703 Rural homestead"}),
        (QUOTA, {"subject_label": "Sample county"}),
    ],
)
def test_small_growth_less_land_and_another_language_reopen_nothing(row, change):
    assert after(row, {**row, **change}).status == "accepted"


def test_what_was_marked_as_fixed_and_is_still_there_is_open_again():
    got = after(HOUSE, HOUSE, status="fixed", status_by="王工", status_at="", status_reason="")
    assert got.status == "open" and "已整改" in got.status_reason and "王工" in got.status_reason
    with speaking("en"):
        got = after(HOUSE, HOUSE, status="fixed", status_by="", status_at="", status_reason="")
    assert got.status_reason.startswith("reopened: ")


def test_a_note_on_an_open_finding_is_kept():
    got = after(HOUSE, HOUSE, status="open", status_by="", status_at="", status_reason="待核实")
    assert (got.status, got.status_reason) == ("open", "待核实")


def test_new_gone_and_unchanged_are_counted():
    former = decided(HOUSE, QUOTA)
    other = {**HOUSE, "subject_id": "8"}
    compared = carry(found(HOUSE, other), former).compared
    assert (compared["new"], compared["gone"], compared["unchanged"]) == (1, 1, 1)
    assert compared["accepted"] == 1 and compared["kept"] == 0
    assert carry(found(HOUSE), None).compared["former"] is False


@pytest.mark.parametrize(
    ("limit", "gone"),
    [
        ({"checks": ["quotas"]}, []),
        ({"clusters": ["P2"]}, []),
        ({"checks": ["quotas"], "clusters": ["P2"]}, []),
        ({"checks": ["controllines"]}, ["7"]),
        ({"clusters": ["P1"]}, ["7"]),
        ({}, ["510799", "7"]),
    ],
)
def test_a_run_over_a_part_forgets_no_decision_about_the_rest(limit, gone):
    former = decided(HOUSE, QUOTA)
    seen = [] if not gone else [QUOTA] if gone == ["7"] else []
    if limit.get("checks") == ["quotas"] and "clusters" not in limit:
        seen = [QUOTA]
    carried = carry(found(*seen), former, **limit)
    assert carried.compared["gone"] == len(gone)
    left = {"510799", "7"} - set(gone) - {row["subject_id"] for row in seen}
    assert set(carried.decisions["subject_id"]) == left


def test_undecided_findings_that_were_not_looked_at_are_not_kept():
    former = decided(HOUSE, status="open", status_by="", status_at="", status_reason="")
    carried = carry(found(), former, checks=["quotas"])
    assert len(carried.decisions) == 0 and carried.compared["gone"] == 0


def made(folder, table, decisions=None):
    results = report_made.results(count=60, problems=1)
    results.findings = table
    if decisions is not None:
        results.decisions = decisions
    folder.mkdir(exist_ok=True)
    (folder / "results.gpkg").unlink(missing_ok=True)
    write_geopackage(results, folder / "results.gpkg")


def test_a_decision_lives_through_runs_over_parts(tmp_path):
    first = found(HOUSE, QUOTA)
    for name, value in ACCEPTED.items():
        first[name] = value
    made(tmp_path, first)
    part = carry(found(QUOTA), read_former(tmp_path), checks=["quotas"])
    made(tmp_path, part.findings, part.decisions)
    again = carry(found(QUOTA), read_former(tmp_path), checks=["quotas"])
    made(tmp_path, again.findings, again.decisions)
    whole = carry(found(HOUSE, QUOTA), read_former(tmp_path))
    assert whole.findings["status"].tolist() == ["accepted", "accepted"]
    assert whole.compared["new"] == 0 and len(whole.decisions) == 0
    made(tmp_path, whole.findings, whole.decisions)
    layers = pyogrio.list_layers(tmp_path / "results.gpkg")[:, 0]
    assert "decisions" not in set(layers)


def test_a_parcel_that_reaches_beyond_the_clusters_of_a_run_keeps_its_whole_area(tmp_path):
    first = found(HOUSE)
    for name, value in ACCEPTED.items():
        first[name] = value
    made(tmp_path, first)
    part = carry(found({**HOUSE, "area_m2": 300.0}), read_former(tmp_path), clusters=["P2"])
    assert part.findings["status"].tolist() == ["accepted"]
    made(tmp_path, part.findings, part.decisions)
    whole = carry(found(HOUSE), read_former(tmp_path))
    assert whole.findings["status"].tolist() == ["accepted"] and len(whole.decisions) == 0
    part.findings["status"] = "open"  # whoever opens it again in between is heeded
    made(tmp_path, part.findings, part.decisions)
    assert carry(found(HOUSE), read_former(tmp_path)).findings["status"].tolist() == ["open"]


def test_without_former_results_there_is_nothing_to_carry(tmp_path):
    assert read_former(tmp_path) is None


@pytest.mark.filterwarnings("ignore:GPKG")
@pytest.mark.parametrize(
    "content", [b"", b"not a database at all", b"SQLite format 3\x00" + b"x" * 4096]
)
def test_former_results_that_can_not_be_read_are_told_in_one_line(tmp_path, content):
    (tmp_path / "results.gpkg").write_bytes(content)
    with pytest.raises(InputError, match=r"results\.gpkg") as caught:
        read_former(tmp_path)
    assert "\n" not in str(caught.value)


def test_former_results_in_use_elsewhere_are_told_as_such(tmp_path):
    made(tmp_path, found(HOUSE))
    lock = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN EXCLUSIVE');"
        "print('locked', flush=True); sys.stdin.read()"
    )  # in a process of its own: locks of one process do not hinder itself
    command = [sys.executable, "-c", lock, str(tmp_path / "results.gpkg")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline()
        with speaking("en"), pytest.raises(InputError, match="in use by another program"):
            read_former(tmp_path)
        other.communicate(b"")
    assert read_former(tmp_path) is not None


def test_a_table_of_another_make_is_told_by_the_fields_it_lacks(tmp_path):
    pyogrio.write_dataframe(
        pd.DataFrame({"id": ["a"], "status": ["accepted"]}), tmp_path / "results.gpkg",
        layer="findings", driver="GPKG",
    )  # fmt: skip
    with pytest.raises(InputError, match="verdict"):
        read_former(tmp_path)


def test_empty_values_in_a_file_become_text_and_numbers(tmp_path):
    made(tmp_path, found(QUOTA))
    former = read_former(tmp_path)
    assert former["status_by"].tolist() == [""] and former["verdict"].tolist() == [""]
    assert np.isnan(former["area_m2"][0]) and former["excess"][0] == 1.0
