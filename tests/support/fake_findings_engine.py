#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An engine that speaks the protocol and gives prepared results for the dock "Cluster check".

Beside the dossier lies `made/` with results.gpkg and run.json; the dossier's text may say `hang` or
`refuse`. Each job is added to `jobs.jsonl` beside the dossier or the results' folder.
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

SET = "UPDATE findings SET status=?, status_by=?, status_at=?, status_reason=? WHERE id=?"


def say(kind, **values):
    print(json.dumps({"type": kind, **values}, ensure_ascii=False), flush=True)


def run(job, home):
    out = Path(job["out"])
    out.mkdir(parents=True, exist_ok=True)
    for name in ("results.gpkg", "run.json"):
        shutil.copy(home / "made" / name, out / f"new-{name}")
        (out / f"new-{name}").replace(out / name)
    return {"out": str(out), "failed": 2, "warned": 1, "findings": 12}


def accept(job):
    decided, unknown = [], []
    at = "2026-03-01T09:30:00+00:00"
    values = [job["status"], job["person"], at, job["reason"]]
    with sqlite3.connect(Path(job["results"]) / "results.gpkg") as connection:
        for one in job["ids"]:
            if connection.execute(SET, [*values, one]).rowcount:
                names = ("status", "status_by", "status_at", "status_reason")
                decided.append({"id": one, **dict(zip(names, values))})
            else:
                unknown.append(one)
    return {"decided": decided, "unknown": unknown}


job = json.loads(Path(sys.argv[sys.argv.index("job") + 1]).read_text(encoding="utf-8"))
home = Path(job.get("dossier") or job["results"]).parent
with (home / "jobs.jsonl").open("a", encoding="utf-8") as file:
    file.write(json.dumps(job) + "\n")
manner = Path(job["dossier"]).read_text(encoding="utf-8") if job.get("dossier") else ""
say("started", pid=os.getpid())
say("progress", stage="read", title="读取数据", percent=5)
if "hang" in manner:
    time.sleep(60)
if "refuse" in manner:
    say("error", stage="read", text="county.gpkg 没有图层 JQDLTB")
    sys.exit(2)
say("progress", stage="quotas", title="检查指标", percent=60)
say("result", **(accept(job) if job["task"] == "accept" else run(job, home)))
