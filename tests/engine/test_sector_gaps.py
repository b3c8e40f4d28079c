# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run could not look at: told once and by name, and kept over runs over a part."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import yaml
from pianqu.checks.run import compute
from pianqu.checks.sectors.run import check_sectors
from pianqu.reports.geopackage import write_geopackage
from sample_county import written
from sector_scene import county, project
from shapely.geometry import box

HOUSE = "0703"


@pytest.fixture(scope="module")
def seeded():
    return written(600, 11, True)


def broken(seeded, plan, name):
    """Write the dossier once more, with the layout of one plan that is not there."""
    content = yaml.safe_load(seeded.dossier.read_text(encoding="utf-8"))
    entry = next(one for one in content["sectors"] if one["id"] == plan)
    entry["layout"]["layer"] = "no_such_layer"
    file = seeded.folder / name
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def saved(results, folder):
    """Write results as a run leaves them, for the next to find."""
    import json

    folder.mkdir(exist_ok=True)
    write_geopackage(results, folder / "results.gpkg")
    (folder / "run.json").write_text(json.dumps(results.run, default=str), encoding="utf-8")
    return folder


def test_a_partial_run_with_an_unread_plan_loses_nothing_and_stamps_nothing(seeded, tmp_path):
    whole = compute(seeded.dossier, ("sectors",))
    plan = whole.sectors.conflicts["subject_layer"][
        whole.sectors.conflicts["rule"] == "sector.plan"
    ].iloc[0]
    folder = saved(whole, tmp_path / "out")
    part = compute(
        broken(seeded, plan, "lost.yaml"), ("sectors",), out=folder, rules=["sector.plan"]
    )
    kept = part.sectors.conflicts
    before = whole.sectors.conflicts
    mine = before["subject_layer"] == plan
    assert set(before["id"][mine]) <= set(kept["id"])
    assert part.sectors.looked == whole.sectors.looked
    assert plan in part.sectors.unchecked


def test_a_gap_of_a_rule_outlives_a_run_that_could_not_read_every_plan(seeded, tmp_path):
    first = compute(seeded.dossier, ("sectors",), rules=["sector.overlap"])
    assert "sector.plan" in first.sectors.unchecked
    folder = saved(first, tmp_path / "out")
    again = compute(
        broken(seeded, "housing", "lost.yaml"), ("sectors",), out=folder, rules=["sector.plan"]
    )
    assert "sector.plan" in again.sectors.unchecked
    assert "sector.plan" not in again.sectors.looked


def undated(*years):
    """Make two plans whose projects lie on one ground, with these years."""
    return county(
        *(project(plan, f"{plan}1", HOUSE, box(0, 0, 100, 100), (year, year))
          for plan, year in zip("ab", years)),
        project("c", "c1", HOUSE, box(500, 0, 600, 100), (2026, 2027)),
    )  # fmt: skip


class Folder:
    """What `keep_former` needs of a folder of results, written from a check's results."""

    def __init__(self, path, made, found):
        from pianqu.checks.results import Results
        from pianqu.layers.findings import none

        results = Results(made, None, none(made.dossier.crs))
        results.sectors = found
        results.run = {"looked": found.looked}
        self.path = saved(results, path)


def test_what_a_rule_could_not_ask_of_a_plan_stays_until_it_asks_again(tmp_path):
    made = undated(np.nan, np.nan)
    first = check_sectors(made)
    outcome = dict(zip(first.sectors["sector"], first.sectors["outcome"]))
    assert outcome == {"a": "not_checked", "b": "not_checked", "c": "passed"}
    path = Folder(tmp_path / "out", made, first).path
    for limit in (
        {"rules": ["sector.overlap"]}, {"plans": ["c"]},
        {"plans": ["c"], "rules": ["sector.sequence"]},
    ):  # fmt: skip
        again = check_sectors(made, former=path, **limit)
        assert dict(zip(again.sectors["sector"], again.sectors["outcome"])) == outcome, limit
        assert again.gaps == first.gaps
    mended = undated(2026, 2030)
    asked = check_sectors(mended, ("sector.sequence",), former=path)
    assert not asked.gaps and set(asked.sectors["outcome"]) == {"passed"}


def test_the_reason_of_the_demand_names_each_plan_once_and_no_id():
    base = [(box(0, 0, 2000, 1000), "0103")]
    parts = [project(plan, f"{plan}1", HOUSE, box(0, 0, 50, 50)) for plan in "ab"]
    long = "某图层有 12 个要素无法使用，例如：…"
    made = county(*parts, landuse=base, missing={"a": long, "b": long},
                  quotas=[("county", "510799", "construction", 100.0, 0.0)])  # fmt: skip
    reason = check_sectors(made).demand["reason"].iloc[0]
    assert reason.count("a规划") == reason.count("b规划") == 1 and long not in reason
    assert "2 个" in reason


def test_a_plan_without_a_project_in_the_clusters_is_not_called_passed():
    here = project("a", "a1", HOUSE, box(0, 0, 50, 50))
    there = project("b", "b1", HOUSE, box(5000, 0, 5050, 50))
    plan = [(box(0, 0, 9000, 1000), HOUSE)]
    found = check_sectors(county(here, there, plan=plan), limited=True).sectors
    rows = found.set_index("sector")
    assert rows.loc["a", "outcome"] == "passed"
    assert rows.loc["b", "outcome"] == "not_checked" and "片区" in rows.loc["b", "reason"]
    nobody = check_sectors(county(there, plan=plan), limited=True)
    assert nobody.sectors["outcome"].tolist() == ["not_checked"]
    assert "sector.plan" in nobody.unchecked


def launch(*arguments):
    command = [sys.executable, "-m", "pianqu", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_last_line_names_the_plans_that_were_not_checked(seeded, tmp_path):
    done = launch("sectors", broken(seeded, "housing", "last.yaml"), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    last = done.stdout.strip().splitlines()[-1]
    content = yaml.safe_load(seeded.dossier.read_text(encoding="utf-8"))
    name = next(one["name"] for one in content["sectors"] if one["id"] == "housing")
    assert last == f"1 个专项规划未检查：{name}"


def test_starts_in_one_year_are_told_as_such():
    made = county(
        project("a", "a1", HOUSE, box(0, 0, 100, 100), (2026, 2028)),
        project("b", "b1", HOUSE, box(0, 0, 100, 100), (2026, 2027)),
    )
    later = replace(made, plans=undated(2026, 2026).plans)
    told = check_sectors(made, ("sector.sequence",)).conflicts["message"].tolist()
    assert len(told) == 1 and "同年" in told[0] and "后开工" not in told[0]
    assert "同年" in check_sectors(later, ("sector.sequence",)).conflicts["message"][0]
