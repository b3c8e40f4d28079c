#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A resident engine that keeps count of features and refuses whatever does not fit what it holds.

The dossier is JSON: `roles` as the engine gives them, `manner` (see below). Features are read from
the roles' GeoPackages at the start; each request is added to `requests.jsonl` beside the dossier.
The indicator `count` is the number of plan features, each feature of code 9999 is a finding.
"""

import json
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

if any(argument.endswith("probe.py") for argument in sys.argv):
    print(json.dumps({"missing": []}))
    sys.exit()

PLACE = Path(sys.argv[sys.argv.index("serve") + 1])
HOME = PLACE.parent
DOSSIER = json.loads(PLACE.read_text(encoding="utf-8"))
MANNER = DOSSIER.get("manner", {})
ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
features = {}


def say(kind, **values):
    print(json.dumps({"type": kind, **values}, ensure_ascii=False), flush=True)


def shape(blob):
    """Take the WKB out of a GeoPackage's geometry."""
    return None if blob is None else blob[8 + ENVELOPES[(blob[3] >> 1) & 7] :].hex()


def read(role):
    with sqlite3.connect(f"file:{role['path']}?mode=ro", uri=True) as file:
        file.row_factory = sqlite3.Row
        where = f" WHERE {role['filter']}" if role.get("filter") else ""
        for row in file.execute(f'SELECT * FROM "{role["layer"]}"{where}'):
            values = {ours: row[theirs] for ours, theirs in role["fields"].items()}
            features[role["role"], str(row["fid"])] = {"wkb": shape(row["geom"]), "values": values}


def numbers():
    """Give what the board shows: the count of plan features."""
    count = sum(role == "plan" for role, _ in features)
    return [{"level": "county", "unit": "1", "indicator": "count", "plan_ha": count}]


def wrong():
    """Give the findings: whatever bears the code 9999."""
    return {
        f"{role}/{key}": {"id": f"{role}/{key}", "rule": "data.code", "wkb": one["wkb"]}
        for (role, key), one in features.items()
        if str(one["values"].get("code")) == "9999"
    }


def do_one(edit):
    place = (edit["role"], edit["key"])
    op = edit["op"]
    if (op == "add") == (place in features):
        raise ValueError(f"{op} {place}: {sorted(key for _, key in features)}")
    if op == "remove":
        del features[place]
    elif op == "add":
        features[place] = {"wkb": edit["wkb"], "values": edit["values"]}
    else:
        if "wkb" not in edit and not edit["values"]:
            raise ValueError(f"nothing to set in {place}")
        features[place]["wkb"] = edit.get("wkb", features[place]["wkb"])
        features[place]["values"].update(edit["values"])


def edit(request):
    if request["edits"] and MANNER.get("refuse"):
        raise ValueError("不受理")
    time.sleep(MANNER.get("slow", 0))

    def work():
        for one in request["edits"]:
            do_one(one)

    return {**changes(work), "residual_m2": 0.0}


def rename(request):
    def work():
        for old, new in request["keys"].items():
            features[request["role"], new] = features.pop((request["role"], old))

    return changes(work)


def changes(work):
    """Do something and say what of the board it changes."""
    before, counted = wrong(), numbers()
    work()
    after = wrong()
    return {
        "indicators": [row for row in numbers() if row not in counted],
        "gone": sorted(before.keys() - after.keys()),
        "findings": [row for key, row in after.items() if row != before.get(key)],
    }


def state(request):
    first, most = request.get("from", 0), request.get("most", 1000)
    found = list(wrong().values())
    more = {"next": first + most} if most and first + most < len(found) else {}
    rows = numbers() if not first else []
    part = found[first : first + most]
    return {"indicators": rows, "findings": part, "roles": DOSSIER["roles"], **more}


def whatif(request):
    time.sleep(MANNER.get("slow", 0))
    row = {"level": "county", "unit": "1", "unit_name": "示例县", "indicator": "farmland",
           "name": "耕地保有量", "quota_ha": 10.0, "before_ha": 10.5, "after_ha": 9.5,
           "change_m2": -9960.0,
           "margin_ha": -0.5, "outcome": "failed", "outcome_before": "passed"}  # fmt: skip
    line = {"role": "farmland", "name": "永久基本农田", "verdict": "forbid", "change": "new",
            "area_m2": 9000.0, "note": "不得占用", "basis": "土地管理法"}  # fmt: skip
    plan = {"sector": "water", "name": "水利", "department": "水利局", "project": "S1",
            "label": "水库", "use": "1401", "relation": "exclude", "area_m2": 2500.0,
            "start": 2026, "end": 2028}  # fmt: skip
    uses = [{"code": "0101", "label": "水田", "area_m2": 10000.0}]
    answer = {"indicators": [row], "lines": [line], "plans": [plan], "uses": uses}
    empty = {"indicators": [], "lines": [], "plans": [], "uses": uses}
    return {**(empty if request["code"] == "0101" else answer), "area_m2": 10000.0}


def codes(request):
    return {"codes": [{"code": "0101", "label": "水田"}, {"code": "0703", "label": "农村宅基地"}]}


def dump(request):
    return {"features": [[role, key, one] for (role, key), one in features.items()]}


DEEDS = {"edit": edit, "rename": rename, "state": state, "whatif": whatif, "codes": codes,
         "dump": dump}  # fmt: skip

say("started", pid=os.getpid())
with (HOME / "starts.txt").open("a", encoding="utf-8") as file:
    file.write(f"{os.getpid()}\n")
starts = len((HOME / "starts.txt").read_text(encoding="utf-8").splitlines())
if MANNER.get("unusable"):
    say("error", stage="read", text="county.gpkg 没有图层 GHDLTB")
    sys.exit(2)
say("progress", stage="read", title="读取数据", percent=5)
time.sleep(MANNER.get("slow_start", 0))
for one in DOSSIER["roles"]:
    read(one)
say("ready", name="示例县", parcels=len(features), seconds=0.1)
for line in sys.stdin:
    request = json.loads(line)
    with (HOME / "requests.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(request, ensure_ascii=False) + "\n")
    if MANNER.get("crash") == request["do"] and starts <= MANNER.get("crashes", 1):
        os.kill(os.getpid(), signal.SIGSEGV)
    if MANNER.get("garbage"):
        print("not json\n[1, 2]", flush=True)
    try:
        answer = DEEDS[request["do"]](request)
    except (KeyError, ValueError) as error:
        say("error", id=request["id"], text=f"{type(error).__name__}: {error}")
    else:
        say("reply", id=request["id"], seconds=0.001, **answer)
