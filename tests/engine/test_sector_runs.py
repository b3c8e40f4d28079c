# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole runs over the sample's sector plans: the seeds, an oracle, clusters, runs over parts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import yaml
from oracle_sectors import SectorOracle
from pianqu.checks.run import compute
from pianqu.reports.geopackage import write_geopackage
from sample_county import written

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
KEY = ["rule", "subject_layer", "subject_id", "object_layer", "object_id"]
PARCELS, SEED = 900, 5


@pytest.fixture(scope="module")
def seeded():
    return written(PARCELS, SEED, True)


@pytest.fixture(scope="module")
def results(seeded):
    return compute(seeded.dossier, ("sectors",))


def findings(results) -> pd.DataFrame:
    table = pd.DataFrame(results.findings.drop(columns="geometry"))
    return table[table["rule"].str.startswith("sector.")]


def keyed(table: pd.DataFrame) -> pd.DataFrame:
    """Key findings by their pair; those of the quota by their unit."""
    out = table.copy()
    units = out["rule"] == "sector.demand"
    out.loc[units, "subject_id"] = out.loc[units, "unit"]
    out.loc[units, ["subject_layer", "object_layer", "object_id"]] = ""
    return out.set_index(KEY).sort_index()


def test_a_clean_sample_has_no_conflict_and_every_plan_passes():
    found = compute(written(PARCELS, SEED, False).dossier, ("sectors",))
    assert len(findings(found)) == 0
    assert found.sectors.sectors["outcome"].eq("passed").all()
    assert len(found.sectors.joint_use) > 0
    assert found.counts()["passed"]


def test_every_seed_is_found_with_its_kind_and_nothing_else(seeded, results):
    seeds = pd.read_csv(
        seeded.folder / "sector_conflicts.csv", dtype=str, keep_default_na=False,
        encoding="utf-8-sig",
    )  # fmt: skip
    want, got = keyed(seeds), keyed(findings(results))
    assert got.index.tolist() == want.index.tolist()
    for name in ("severity", "level", "unit", "verdict", "change"):
        told = want[want[name] != ""]
        assert got.loc[told.index, name].tolist() == told[name].tolist(), name
    sized = want[want["area_m2"] != ""]
    gap = got.loc[sized.index, "area_m2"].to_numpy() - sized["area_m2"].astype(float).to_numpy()
    assert np.abs(gap).max() < 0.01


@pytest.mark.parametrize(("parcels", "seed", "faults"), [(PARCELS, SEED, True), (600, 11, True)])
def test_a_pairwise_oracle_agrees(parcels, seed, faults):
    county = written(parcels, seed, faults)
    want = keyed(SectorOracle(county.dossier, STANDARDS).findings)
    got = keyed(findings(compute(county.dossier, ("sectors",))))
    assert got.index.tolist() == want.index.tolist()
    for name in ("area_m2", "value", "limit"):
        pair = pd.DataFrame({"got": got[name], "want": want[name]}).dropna(subset="want")
        assert (pair["got"] - pair["want"]).abs().max() < 0.0101, name


def test_the_catalogue_workbook_says_the_same_as_the_list(seeded, results, tmp_path):
    content = yaml.safe_load(seeded.dossier.read_text(encoding="utf-8"))
    content["sectors"] = {"path": "sectors.xlsx"}
    other = seeded.folder / "by_catalogue.yaml"
    other.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    again = compute(other, ("sectors",))
    assert findings(again)["id"].tolist() == findings(results)["id"].tolist()
    assert again.sectors.sectors["department"].tolist() == (
        results.sectors.sectors["department"].tolist()
    )


def test_a_run_over_one_cluster_finds_the_same_there(seeded, results):
    whole = results.sectors.conflicts
    for cluster in sorted(set(whole["cluster"]) - {""}):
        part = compute(seeded.dossier, ("sectors",), clusters=[cluster]).sectors.conflicts
        own = whole[whole["cluster"] == cluster]
        assert sorted(part["id"]) == sorted(own["id"])
        pair = part.set_index("id")["area_m2"] - own.set_index("id")["area_m2"]
        assert pair.abs().max() < 1e-6 or pair.isna().all()


def test_a_whole_run_finds_the_same_as_a_run_over_sector_plans_alone(seeded, results):
    every = compute(seeded.dossier)
    assert findings(every)["id"].tolist() == findings(results)["id"].tolist()
    gap = findings(every)["area_m2"].to_numpy() - findings(results)["area_m2"].to_numpy()
    assert np.nanmax(np.abs(gap)) == 0.0
    assert every.run["sector_rules"] == results.run["sector_rules"]


def test_the_same_county_gives_the_same_bytes(results, seeded, tmp_path):
    again = compute(seeded.dossier, ("sectors",))
    one, two = tmp_path / "one.gpkg", tmp_path / "two.gpkg"
    write_geopackage(results, one)
    write_geopackage(again, two)
    assert one.read_bytes() == two.read_bytes()


@pytest.fixture()
def folder(results, tmp_path) -> Path:
    write_geopackage(results, tmp_path / "results.gpkg")
    return tmp_path


def frames(results):
    found = results.sectors
    return {
        "conflicts": set(found.conflicts["id"]),
        "matrix": found.matrix.to_dict("records"),
        "sectors": found.sectors.drop(columns="reason").to_dict("records"),
        "joint": len(found.joint_use),
        "demand": found.demand["outcome"].tolist(),
        "sites": set(zip(found.sites["sector"], found.sites["project"], found.sites["rank"])),
    }


@pytest.mark.parametrize(
    "limit",
    [
        {"rules": ["sector.overlap"]}, {"rules": ["sector.demand", "sector.plan"]},
        {"plans": ["transport", "education"]},
        {"plans": ["housing"], "rules": ["sector.overlap", "sector.projects"]},
    ],
)  # fmt: skip
def test_a_run_over_a_part_leaves_the_rest_as_it_was(seeded, results, folder, limit):
    again = compute(seeded.dossier, ("sectors",), out=folder, **limit)
    assert frames(again) == frames(results)
    assert again.run["compared"]["gone"] == again.run["compared"]["new"] == 0


def test_what_was_waived_in_another_rule_outlives_a_run_over_a_part(seeded, results, folder):
    path = folder / "results.gpkg"
    table = pyogrio.read_dataframe(path, layer="findings")
    row = table.index[table["rule"] == "sector.projects"][0]
    table.loc[row, ["status", "status_by", "status_reason"]] = ["accepted", "李工", "已核实"]
    pyogrio.write_dataframe(table, path, layer="findings", driver="GPKG", append=False)
    again = compute(seeded.dossier, ("sectors",), out=folder, rules=["sector.overlap"])
    told = again.findings.set_index("id").loc[table.loc[row, "id"]]
    assert (told["status"], told["status_reason"]) == ("accepted", "已核实")


def test_a_plan_that_left_the_dossier_takes_its_conflicts_along(seeded, results, folder, tmp_path):
    content = yaml.safe_load(seeded.dossier.read_text(encoding="utf-8"))
    gone = "education"
    content["sectors"] = [one for one in content["sectors"] if one["id"] != gone]
    other = seeded.folder / "without.yaml"
    other.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    again = compute(other, ("sectors",), out=folder, rules=["sector.plan"]).sectors.conflicts
    assert not again[["subject_layer", "object_layer"]].isin([gone]).to_numpy().any()
    assert len(again) > 0


def test_a_plan_that_can_not_be_read_is_told_and_the_others_are_checked(seeded, results, tmp_path):
    content = yaml.safe_load(seeded.dossier.read_text(encoding="utf-8"))
    content["sectors"][0]["layout"]["layer"] = "no_such_layer"
    other = seeded.folder / "broken.yaml"
    other.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    found = compute(other, ("sectors",))
    lost = content["sectors"][0]["id"]
    row = found.sectors.sectors.set_index("sector").loc[lost]
    assert row["outcome"] == "not_checked" and "no_such_layer" in row["reason"]
    assert not found.counts()["passed"]
    whole = findings(results)
    untouched = whole[~whole[["subject_layer", "object_layer"]].isin([lost]).any(axis=1)]
    untouched = untouched[untouched["rule"] != "sector.demand"]
    assert set(untouched["id"]) <= set(findings(found)["id"])


def test_the_record_says_what_was_asked(results):
    record = json.loads(json.dumps(results.run, default=str))
    assert len(record["sector_rules"]) == 10 and record["sector_plans"] == []
    assert record["counts"]["sectors"]["transport"] > 0
    roles = {entry["role"] for entry in record["inputs"]}
    assert "sector:transport" in roles


def launch(*arguments):
    command = [sys.executable, "-m", "pianqu", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_a_check_of_sector_plans_alone_spares_the_results_of_a_whole_run(seeded, tmp_path):
    (tmp_path / "results.gpkg").write_bytes(b"results of a whole run")
    (tmp_path / "run.json").write_text('{"checks": ["quotas", "sectors"]}', encoding="utf-8")
    done = launch("sectors", seeded.dossier, "--out", tmp_path)
    assert done.returncode == 2 and str(tmp_path) in done.stderr
    assert (tmp_path / "results.gpkg").read_bytes() == b"results of a whole run"


def test_sites_for_a_project_leave_the_folders_results_alone(seeded, results, folder):
    before = (folder / "results.gpkg").read_bytes()
    row = results.sectors.sites.iloc[0]
    done = launch("sites", seeded.dossier, row["sector"], row["project"], "--out", folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "results.gpkg").read_bytes() == before
    found = pyogrio.read_dataframe(folder / "sites.gpkg", layer="sites")
    own = results.sectors.sites
    own = own[(own["sector"] == row["sector"]) & (own["project"] == row["project"])]
    assert found["area_m2"].tolist() == pytest.approx(own["area_m2"].tolist())


def test_a_run_over_a_rule_and_a_cluster_keeps_that_rules_conflicts_elsewhere(
    seeded, results, folder
):
    cluster = sorted(set(results.sectors.conflicts["cluster"]) - {""})[0]
    again = compute(
        seeded.dossier, ("sectors",), [cluster], out=folder, rules=["sector.overlap"]
    )  # fmt: skip
    assert frames(again)["conflicts"] == frames(results)["conflicts"]
