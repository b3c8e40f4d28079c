# SPDX-License-Identifier: GPL-2.0-or-later
"""The resident engine as a process: its lines, its errors, its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import geopandas as gpd
import pytest
import shapely
from pianqu.layers.findings import COLUMNS
from sample_county import written
from serve_made import ROOT, Served, command


@pytest.fixture(scope="module")
def county():
    return written(300, 9, True)


@pytest.fixture(scope="module")
def served(county):
    engine = Served(county.dossier)
    assert engine.until("ready", "error")["type"] == "ready"
    yield engine
    assert engine.end() == 0


@pytest.fixture(scope="module")
def plan(county):
    frame = county.layer("GHDLTB")
    return frame[frame.geometry.notna()].reset_index(drop=True)


def test_it_says_started_then_how_far_it_is_then_ready(served):
    kinds = [line["type"] for line in served.heard]
    assert kinds[0] == "started"
    ready = served.heard[kinds.index("ready")]
    assert set(kinds[1 : kinds.index("ready")]) <= {"progress", "message"}
    assert "progress" in kinds
    assert ready["name"] and ready["parcels"] > 200 and ready["seconds"] > 0
    followed = [one["role"] for one in ready["roles"] if one["followed"]]
    assert followed[0] == "plan" and "sector:transport" in followed


def test_state_gives_indicators_findings_and_roles(served):
    state = served.ask("state")
    assert state["type"] == "reply" and state["seconds"] >= 0
    assert {"level", "unit", "indicator", "plan_ha", "outcome"} <= state["indicators"][0].keys()
    assert state["findings"]
    for finding in state["findings"]:
        assert set(COLUMNS) <= finding.keys()
        assert finding["wkb"] is None or shapely.from_wkb(finding["wkb"]).is_valid is not None
    roles = {row["role"]: row for row in state["roles"]}
    assert roles["plan"]["layer"] == "GHDLTB" and roles["plan"]["fields"]["code"] == "GHDLBM"
    assert roles["plan"]["followed"] and not roles["units"]["followed"]
    sector = roles["sector:transport"]
    assert sector["followed"] and sector["layer"] == "transport"
    assert sector["fields"]["use"] == "YDLB" and sector["path"].endswith("sectors.gpkg")


def test_findings_come_page_by_page(served):
    whole = served.ask("state")["findings"]
    first = served.ask("state", **{"from": 0, "most": 3})
    assert len(first["findings"]) == 3 and first["next"] == 3 and first["indicators"]
    rest = served.ask("state", **{"from": 3, "most": 10_000})
    assert not rest["indicators"] and "next" not in rest
    assert [one["id"] for one in first["findings"] + rest["findings"]] == [
        one["id"] for one in whole
    ]
    assert served.ask("state", most=0)["findings"] == []


def test_an_edit_is_answered_by_what_it_changed_and_its_reverse_by_the_way_back(served):
    before = {(r["level"], r["unit"], r["indicator"]): r for r in served.ask("state")["indicators"]}
    pieces = served.ask("pieces", level="county", unit="510799", indicator="farmland", most=1)
    key, code = pieces["pieces"][0]["key"], pieces["pieces"][0]["code"]
    edit = {"role": "plan", "key": key, "op": "set", "values": {"code": "0703"}}
    answer = served.ask("edit", edits=[edit])
    changed = {(r["level"], r["unit"], r["indicator"]): r for r in answer["indicators"]}
    one = ("county", "510799", "farmland")
    lost = before[one]["plan_ha"] - changed[one]["plan_ha"]
    assert lost == pytest.approx(pieces["pieces"][0]["net_m2"] / 1e4, abs=0.011)
    assert abs(answer["residual_m2"]) < 1
    back = served.ask("edit", edits=[{**edit, "values": {"code": code}}])
    for row in back["indicators"]:
        was = before[row["level"], row["unit"], row["indicator"]]
        assert row == {**was, "plan_m2": pytest.approx(was["plan_m2"], abs=1e-6)}
    assert {one["id"] for one in answer["findings"]} >= set(back["gone"])


def test_pieces_make_up_the_number(served):
    state = served.ask("state")
    for row in state["indicators"]:
        if row["level"] != "town" or row["indicator"] == "construction":
            continue
        found = served.ask("pieces", level="town", unit=row["unit"], indicator=row["indicator"])
        assert found["total_m2"] / 1e4 == pytest.approx(row["plan_ha"], abs=0.0051)
        assert found["total"] == len(found["pieces"])
        nets = [one["net_m2"] for one in found["pieces"]]
        assert nets == sorted(nets, reverse=True)
        assert sum(nets) == pytest.approx(found["total_m2"])


def test_whatif_tells_both_sides_and_keeps_nothing(served, plan):
    before = served.ask("state")
    x, y = plan.geometry.iloc[5].centroid.coords[0]
    area = shapely.box(x, y, x + 200, y + 150)
    told = served.ask("whatif", wkb=area.wkb_hex, code="0703", role="plan")
    assert told["area_m2"] == pytest.approx(area.area, rel=2e-3)
    assert sum(one["area_m2"] for one in told["uses"]) <= told["area_m2"] * 1.001
    assert {"role", "name", "verdict", "change", "area_m2", "note", "basis"} >= set(
        *[one.keys() for one in told["lines"][:1]] or [()]
    )
    for row in told["indicators"]:
        assert {"before_ha", "after_ha", "outcome", "outcome_before"} <= row.keys()
        seen = row["after_ha"] - row["before_ha"]
        assert row["change_m2"] / 1e4 == pytest.approx(seen, abs=0.0101)
        assert round(row["change_m2"], 2) != round(seen * 1e4, 2)
    after = served.ask("state")
    assert after["indicators"] == before["indicators"]
    assert after["findings"] == before["findings"]


def test_whatif_is_what_a_drawn_feature_does_where_nothing_was_planned_before_it(served, plan):
    x, y = plan.geometry.iloc[7].centroid.coords[0]
    area = shapely.box(x, y, x + 90, y + 90)
    before = {(r["level"], r["unit"], r["indicator"]): r for r in served.ask("state")["indicators"]}
    told = served.ask("whatif", wkb=area.wkb_hex, code="0101")
    cut = [
        {"role": "plan", "key": str(row.fid), "op": "set", "wkb": row.left.wkb_hex}
        for row in _cut(served, area)
    ]
    new = {"role": "plan", "key": "new:-1", "op": "add", "wkb": area.wkb_hex,
           "values": {"code": "0101", "id": "W"}}  # fmt: skip
    done = served.ask("edit", edits=[*cut, new])
    rows = {(r["level"], r["unit"], r["indicator"]): r for r in done["indicators"]}
    for row in told["indicators"]:
        true = rows[row["level"], row["unit"], row["indicator"]]
        assert row["after_ha"] == pytest.approx(true["plan_ha"], abs=0.011)
        moved = true["plan_m2"] - before[row["level"], row["unit"], row["indicator"]]["plan_m2"]
        assert row["change_m2"] == pytest.approx(moved, abs=0.05)
    assert len(told["indicators"]) == pytest.approx(len(rows), abs=2)


class _Left:
    def __init__(self, fid, left):
        self.fid, self.left = fid, left


def _cut(served, area):
    """Take an area out of all features over it."""
    pieces = {}
    for indicator in ("farmland", "construction_total"):
        found = served.ask("pieces", level="county", unit="510799", indicator=indicator, most=1)
        pieces.update({one["key"]: one for one in found["pieces"]})
    county = written(300, 9, True).layer("GHDLTB")
    out = []
    for fid, shape in zip(range(1, len(county) + 1), county.geometry):
        if shape is not None and shape.is_valid and shape.intersects(area):
            out.append(_Left(fid, shape.difference(area)))
    return out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not json", "can't be read"), ("[1]", "can't be read"), ('{"id": 7}', "no request"),
        ('{"id": 7, "do": "dance"}', "dance"), ('{"id": 7, "do": "edit"}', "can't be read"),
        ('{"id": 7, "do": "edit", "edits": [{"key": "no", "op": "set"}]}', "no feature no"),
        ('{"id": 7, "do": "edit", "edits": [{"role": "units", "key": "1", "op": "set"}]}', "units"),
        ('{"id": 7, "do": "edit", "edits": [{"key": "1", "op": "set", "wkb": "zz"}]}', "wkb"),
        ('{"id": 7, "do": "whatif", "wkb": "00", "code": "0101"}', "no usable area"),
        ('{"id": 7, "do": "whatif", "wkb": null, "code": "0101"}', "wkb"),
        ('{"id": 7, "do": "whatif", "wkb": "00", "code": "0101", "role": "farmland"}', "farmland"),
        ('{"id": 7, "do": "edit", "edits": [{"role": "sector:none", "key": "1", "op": "set"}]}',
         "sector:none"),
        ('{"id": 7, "do": "edit", "edits": [{"role": "sector:fire", "key": "x", "op": "set"}]}',
         "no feature x"),
        ('{"id": 7, "do": "edit", "edits": [{"key": "1", "op": "paint"}]}', "paint"),
        ('{"id": 7, "do": "edit", "edits": [{"key": "1"}]}', "can't be read"),
        ('{"id": 7, "do": "edit", "edits": 3}', "can't be read"),
        ('{"id": 7, "do": "rename", "role": "units", "keys": {"1": "2"}}', "units"),
        ('{"id": 7, "do": "rename", "role": "plan"}', "can't be read"),
        ('{"id": 7, "do": "state", "first": 3}', "can't be read"),
        ('{"id": 7, "do": "full", "more": 1}', "can't be read"),
        ('{"id": 7, "do": "pieces", "level": "x", "unit": "", "indicator": "y"}', "no such number"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_answered_and_survived(served, line, told):
    served.say(line)
    answer = served.until("reply", "error")
    assert answer["type"] == "error" and told in answer["text"]
    assert answer["id"] == (7 if '"id"' in line else None)
    assert served.ask("state", most=0)["type"] == "reply"


def test_bytes_that_are_no_text_are_answered_and_survived(served):
    served.process.stdin.buffer.write(b'{"do": "state", "id": 7, "\xff\xfe"}\n')
    served.process.stdin.buffer.flush()
    assert "can't be read" in served.until("reply", "error")["text"]
    assert served.ask("codes")["type"] == "reply"


def found(answer, rule, subject):
    told = [one for one in answer["findings"] if one["rule"] == rule]
    return [one for one in told if subject in (one["subject_id"], one["object_id"])]


def with_fire(answer):
    told = found(answer, "sector.overlap", "T-99")
    return [one for one in told if "fire" in (one["subject_layer"], one["object_layer"])]


@pytest.mark.parametrize("wkb", ["00", "0103000000", None])
def test_a_shape_that_is_none_is_told_as_a_finding(served, wkb):
    new = {"role": "plan", "key": "new:-31", "op": "add", "wkb": wkb,
           "values": {"code": "0101", "id": "BROKEN"}}  # fmt: skip
    assert found(served.ask("edit", edits=[new]), "data.unusable", "BROKEN")
    gone = served.ask("edit", edits=[{"role": "plan", "key": "new:-31", "op": "remove"}])
    assert gone["gone"]


def test_a_sector_project_is_drawn_changed_saved_and_taken_away(served, county):
    """A project on the ground of another plan's: in conflict, then joint, then gone."""
    plan = gpd.read_file(county.folder / "sectors.gpkg", layer="fire", engine="pyogrio")
    there = plan[plan.geometry.notna()].iloc[0]
    x, y = there.geometry.centroid.coords[0]
    area = shapely.box(x - 20, y - 20, x + 20, y + 20)
    role = "sector:transport"
    before = {one["id"] for one in served.ask("state")["findings"]}
    new = {"role": role, "key": "new:-1", "op": "add", "wkb": area.wkb_hex,
           "values": {"project": "T-99", "name": "T", "use": "0101"}}  # fmt: skip
    assert with_fire(served.ask("edit", edits=[new]))
    assert served.ask("rename", role=role, keys={"new:-1": "901"})["type"] == "reply"
    alike = {"role": role, "key": "901", "op": "set", "values": {"use": str(there["YDLB"])}}
    answer = served.ask("edit", edits=[alike])
    assert answer["type"] == "reply"
    now = served.ask("state")
    assert not with_fire(now) and found(now, "sector.projects", "T-99")
    bare = served.ask("edit", edits=[{"role": role, "key": "901", "op": "set", "wkb": None}])
    assert bare["type"] == "reply"
    served.ask("edit", edits=[{"role": role, "key": "901", "op": "remove"}])
    assert {one["id"] for one in served.ask("state")["findings"]} == before


def test_full_finds_the_state_as_it_should_be(served):
    told = served.ask("full")
    assert told["missing"] == 0 and told["indicator_ha"] == 0 and told["finding_m2"] < 0.01


def test_rename_and_codes_are_answered(served):
    shape = shapely.box(0, 0, 1, 1)
    served.ask("edit", edits=[{"role": "plan", "key": "new:-8", "op": "add", "wkb": shape.wkb_hex,
                               "values": {"code": "0101", "id": "Z"}}])  # fmt: skip
    assert served.ask("rename", role="plan", keys={"new:-8": "99999"})["type"] == "reply"
    gone = served.ask("edit", edits=[{"role": "plan", "key": "99999", "op": "remove"}])
    assert gone["type"] == "reply"
    assert {"code", "label"} <= served.ask("codes")["codes"][0].keys()


def test_requests_given_at_once_are_answered_in_order_before_the_end(county):
    lines = [json.dumps({"id": number, "do": "codes"}) for number in range(3)]
    engine = Served(county.dossier)
    engine.until("ready")
    engine.process.stdin.write("\n".join(lines))  # the last line without its end
    engine.process.stdin.close()
    assert [engine.until("reply")["id"] for _ in range(3)] == [0, 1, 2]
    assert engine.process.wait(20) == 0


def test_an_unusable_dossier_ends_it_with_one_line(tmp_path):
    engine = Served(tmp_path / "none.yaml")
    assert engine.until("error")["text"]
    assert engine.process.wait(20) == 2
    engine.end()


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
@pytest.mark.parametrize("wait_for", ["started", "ready"])
def test_it_ends_when_its_parent_is_killed(county, tmp_path, wait_for):
    told = tmp_path / "told"
    script = (
        "import subprocess,sys,time\n"
        f"p=subprocess.Popen({command(county.dossier)!r},stdin=subprocess.PIPE,"
        f"stdout=open({str(told)!r},'w'),stderr=subprocess.DEVNULL)\n"
        "print(p.pid,flush=True)\ntime.sleep(120)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    engine = int(parent.stdout.readline())
    wait_until(lambda: f'"{wait_for}"' in told.read_text(encoding="utf-8"), 60)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not alive(engine), 20)


def wait_until(done, seconds):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = f"/proc/{pid}/stat"
    if not os.path.exists(status):  # noqa: PTH110
        return True
    with open(status, encoding="utf-8") as stream:  # noqa: PTH123
        return stream.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_the_loop_imports_no_qgis():
    text = (ROOT / "serve.py").read_text(encoding="utf-8")
    assert "qgis" not in text.lower().replace("qgis side", "")
