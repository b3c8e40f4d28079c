# SPDX-License-Identifier: GPL-2.0-or-later
"""From the built zip to a corrected parcel, in a real QGIS window with a fresh profile.

With PIANQU_SHOTS pictures of each step are kept in that folder, in both languages.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

sys.path.append(str(ROOT / "tools" / "shots"))
import desktop

SCRIPT = ROOT / "tests" / "support" / "end_to_end.py"
SHOTS = os.environ.get("PIANQU_SHOTS", "")
PARCELS = 3000 if SHOTS else 600
NAME = "示例县"
PLANNED = "select BSM, GHDLBM, hex(geom) from GHDLTB order by BSM"
ROLES = {
    "units": "units", "landuse": "JQDLTB", "plan": "GHDLTB", "farmland": "YJJBNTTB",
    "redline": "STBHHX", "boundary": "CZKFBJ",
}  # fmt: skip

pytestmark = [
    pytest.mark.skipif(bool(desktop.missing()), reason="no desktop"),
    pytest.mark.skipif(not desktop.ENGINE.is_file(), reason="no engine: run make setup"),
]


@pytest.fixture(scope="module")
def zipped():
    """Build the zip as it is given out."""
    done = subprocess.run(
        ["make", "-s", "-o", "setup", "package"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county") / "示例 县"
    launch = str(ROOT / "jobs" / "launch.py")
    command = [str(desktop.ENGINE), launch, "sample", "--parcels", str(PARCELS), "--seed", "1"]
    subprocess.run([*command, "--faults", "--out", str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module", params=["zh", "en"])
def day(request, zipped, county, tmp_path_factory):
    """Let a user do it all, in a QGIS of a language; give what was seen."""
    folder = tmp_path_factory.mktemp(f"day-{request.param}")
    shots = folder / "shots"
    shots.mkdir()
    task = {
        "zip": str(zipped), "county": str(county), "exported": str(folder / "out.csv"),
        "shots": str(shots) if SHOTS else "", "name": NAME,
    }  # fmt: skip
    planned = rows(county / "county.gpkg", PLANNED)
    facts = desktop.run(
        SCRIPT, task, folder, request.param, plugins=None, HOME=str(folder), seconds=300
    )
    assert "broken" not in facts, facts["broken"]
    assert "left" in facts, facts["stderr"][-3000:]
    made = {"folder": folder, "county": county, "planned": planned}
    return {**facts, **made, "language": request.param}


def rows(path, query):
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return base.execute(query).fetchall()
    finally:
        base.close()


def test_the_zip_is_installed_into_the_fresh_profile(day):
    active, _, place = day["installed"]
    assert active == 1
    assert Path(place) == day["folder"] / "profiles/default/python/plugins/pianqu"
    assert day["title"] == {"zh": "片区检查", "en": "Cluster check"}[day["language"]]


def test_the_open_layers_are_recognised_and_can_be_chosen(day):
    assert day["recognised"].items() >= ROLES.items()
    assert not day["without"]
    assert day["given_back"]


def test_a_check_from_the_dock_is_the_engines_own_check(day):
    dossier, _ = day["places"]
    out = day["folder"] / "own"
    command = [str(desktop.ENGINE), str(ROOT / "jobs" / "launch.py"), "run", dossier]
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)
    query = "select level || '/' || unit || '/' || indicator, outcome from indicators"
    own = dict(rows(out / "results.gpkg", query))
    assert day["indicators"] == own
    assert {"passed", "failed"} <= set(own.values())
    ids = [id_ for (id_,) in rows(out / "results.gpkg", "select id from findings")]
    assert day["findings"] == sorted(ids)
    assert len(ids) > 10
    assert day["front"]
    failed = sum(outcome == "failed" for outcome in own.values())
    assert day["head"].startswith(NAME)
    assert re.findall(r"\d+", day["head"]) == [str(failed), str(len(ids))]


def test_a_clicked_finding_is_shown_on_the_map_with_its_facts(day):
    clicked = day["clicked"]
    assert clicked["id"] == clicked["wanted"]
    assert clicked["in_view"]
    assert clicked["said"]
    assert clicked["said"] in " ".join(clicked["facts"].split())


def test_the_board_follows_an_edit_and_its_undoing(day):
    edit = day["edit"]
    assert edit["net_ha"] > 0.1
    assert edit["before"] - edit["after"] == pytest.approx(edit["net_ha"], abs=0.02)
    assert edit["undone"] == edit["before"]
    assert edit["code"].startswith("0101")
    assert not edit["modified"]


def test_what_is_shown_is_exported(day):
    count, said = day["exported"]
    with (day["folder"] / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        ids = [row[0] for row in csv.reader(file) if row]
    assert sorted(one for one in ids if re.fullmatch("[0-9a-f]{16}", one)) == day["findings"]
    assert count == len(day["findings"])
    assert "out.csv" in said


def test_nothing_of_the_plugin_stays_and_the_data_are_as_they_were(day):
    assert day["left"] == []
    assert set(day["layers_left"]) == set(ROLES.values())
    assert day["status"] == 0, day["stderr"][-2000:]
    assert rows(day["county"] / "county.gpkg", PLANNED) == day["planned"]


@pytest.mark.skipif(not SHOTS, reason="no pictures are wanted")
def test_pictures_of_the_day_are_kept(day):
    from shrink import shrink

    pictures = sorted((day["folder"] / "shots").glob("*.png"))
    assert len(pictures) >= 5
    for path in pictures:
        target = Path(SHOTS) / f"{path.stem}.{day['language']}.png"
        assert shrink(path, target, 80_000, 1120) <= 80_000


def test_the_day_was_short(day):
    (day["folder"] / "steps.json").write_text(json.dumps(day["steps"]), encoding="utf-8")
    assert max(day["steps"].values()) < 120
