#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An engine that speaks the protocol and gives prepared results of sector plans.

Beside the dossier lies `made/` with results.gpkg and register.gpkg; the dossier's text may say
`hang` or `refuse`. Each job is added to `jobs.jsonl` beside the dossier or the register. A register
on a server is `server.gpkg` in the folder PIANQU_FAKE_HOME; without it the server is not reached.
"""

import json
import os
import shutil
import sqlite3
import sys
import time
from pathlib import Path

if any(argument.endswith("probe.py") for argument in sys.argv):
    print(json.dumps({"missing": []}))
    sys.exit()

SET = "UPDATE conflicts SET state=?, person=?, decided_by=?, reason=?, decision=?, decided_at=?,"
UPDATE = f"{SET} version=version+1 WHERE id=? AND version=?"


def say(kind, **values):
    print(json.dumps({"type": kind, **values}, ensure_ascii=False), flush=True)


def row_of(connection, id_):
    connection.row_factory = sqlite3.Row
    row = connection.execute("SELECT * FROM conflicts WHERE id=?", (id_,)).fetchone()
    return {key: value for key, value in dict(row).items() if key != "geom"}


def check(job, home):
    out = Path(job["out"])
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(home / "made" / "results.gpkg", out / "new.gpkg")
    (out / "new.gpkg").replace(out / "results.gpkg")
    return {"out": str(out)}


def place_of(job):
    """Give the register's file."""
    if "://" not in job["register"]:
        return Path(job["register"])
    return Path(os.environ["PIANQU_FAKE_HOME"]) / "server.gpkg"


def register(job, home):
    place = place_of(job)
    new = not place.exists()
    if new:
        shutil.copy(home / "made" / "register.gpkg", place)
    if job["out"]:
        snapshot({**job, "out": str(Path(job["out"]) / "register_snapshot.gpkg")})
    return {"new": 12 if new else 0, "gone": 0, "unchanged": 0 if new else 12, "reopened": 0}


def snapshot(job):
    if not place_of(job).exists():
        say("error", stage="", text="不能连接冲突台账数据库")
        sys.exit(2)
    shutil.copy(place_of(job), job["out"])
    return {"snapshot": job["out"]}


def decide(job):
    decided, refused, steps = [], [], []
    with sqlite3.connect(place_of(job)) as connection:
        for one in job["decisions"]:
            values = [one["state"], one["person"], one["department"], one["reason"]]
            values += [one["decision"], "2026-03-01T09:30:00+00:00", one["id"], one["version"]]
            done = connection.execute(UPDATE, values).rowcount
            row = row_of(connection, one["id"])
            if done:
                decided.append(row)
                step = {
                    "id": one["id"],
                    "seq": row["version"],
                    "at": row["decided_at"],
                    "state_from": "open",
                    "state_to": one["state"],
                    "person": one["person"],
                    "department": one["department"],
                    "reason": one["reason"],
                    "decision": one["decision"],
                    "note": "",
                    "version": row["version"],
                }
                steps.append(step)
            else:
                text = f"{one['id']} 已由{row['person']}处理"
                refused.append({"id": one["id"], "why": "stale", "text": text, "row": row})
            names = ",".join(steps[-1]) if done else ""
            if done:
                marks = ",".join("?" * len(steps[-1]))
                connection.execute(
                    f"INSERT INTO history ({names}) VALUES ({marks})", list(steps[-1].values())
                )
    return {"decided": decided, "refused": refused, "history": steps}


job = json.loads(Path(sys.argv[sys.argv.index("job") + 1]).read_text(encoding="utf-8"))
home = Path(job["dossier"] or place_of(job)).parent
home = home if (home / "made").is_dir() else home.parent
with (home / "jobs.jsonl").open("a", encoding="utf-8") as file:
    file.write(json.dumps(job) + "\n")
manner = Path(job["dossier"]).read_text(encoding="utf-8") if job["dossier"] else ""
say("started", pid=os.getpid())
say("progress", stage="read", title="读取数据", percent=5)
if "hang" in manner:
    time.sleep(60)
if "refuse" in manner:
    say("error", stage="read", text="county.gpkg 没有图层 JQDLTB")
    sys.exit(2)
say("message", level="warning", text="一个警告")
say("progress", stage="sectors", title="检查专项规划", percent=60)
if job["task"] == "sectors":
    result = check(job, home)
elif job["task"] == "register":
    result = register(job, home)
elif job["task"] == "snapshot":
    result = snapshot(job)
else:
    result = decide(job)
say("result", **result)
