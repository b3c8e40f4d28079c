#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An engine, and a setup, that only speak the protocol, for the panels that lead to a check.

Jobs are added to $PIANQU_ENGINE_HOME/jobs.jsonl. A file `manner` there may say `hang`, `refuse` or
`lack` (the engine has not its libraries until a setup was run).
"""

import json
import os
import sys
import time
from pathlib import Path

HOME = Path(os.environ.get("PIANQU_ENGINE_HOME", "/nowhere"))
MANNER = (HOME / "manner").read_text() if (HOME / "manner").is_file() else ""


def say(kind, **values):
    print(json.dumps({"type": kind, **values}, ensure_ascii=False), flush=True)


def given(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else ""


def answer_probe():
    print(json.dumps({"missing": ["shapely>=2.1"] if "lack" in MANNER else []}))


def set_up():
    home = Path(given("--home"))
    folder = home / f"env-{given('--job-id')}"
    folder.mkdir(parents=True)
    say("started", pid=os.getpid(), text="")
    say("progress", stage="venv", title="建立独立的 Python 环境", percent=0)
    say("message", level="info", text="Collecting numpy")
    say("progress", stage="install", title="安装计算库", percent=50)
    if "hang" in MANNER:
        time.sleep(60)
    if given("--wheels").endswith("empty"):
        folder.rmdir()
        say("error", stage="venv", text="没有 .whl 文件")
        sys.exit(2)
    (home / "manner").unlink(missing_ok=True)
    say("result", python=sys.argv[0], text="ready", wheels=given("--wheels"))


def do_job():
    job = json.loads(Path(given("job")).read_text(encoding="utf-8"))
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "jobs.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(job) + "\n")
    say("started", pid=os.getpid())
    say("progress", stage="read", title="读取数据", percent=5)
    if "hang" in MANNER:
        time.sleep(60)
    if "refuse" in MANNER:
        say("error", stage="read", text="county.gpkg 没有图层 JQDLTB")
        sys.exit(2)
    say("result", **TASKS[job["task"]](job))


def run(job):
    out = Path(job["out"])
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.gpkg").write_bytes(b"")
    return {"out": str(out), "passed": False, "findings": 7}


def sample(job):
    out = Path(job["out"])
    out.mkdir(parents=True, exist_ok=True)
    dossier = out / "dossier.yaml"
    dossier.write_text('dossier: 1\nname: "示例县"\n', encoding="utf-8")
    return {"out": str(out), "dossier": str(dossier)}


def describe(job):
    place = Path(job["dossier"]).parent / "county.gpkg"
    entry = {"path": str(place), "layer": "units", "fields": {"code": "XZQDM"}}
    return {"name": "示例县", "crs": "EPSG:4544", "layers": {"units": entry}}


TASKS = {"run": run, "sample": sample, "dossier": describe}

if any(argument.endswith("probe.py") for argument in sys.argv):
    answer_probe()
elif any(argument.endswith("setup.py") for argument in sys.argv):
    set_up()
else:
    do_job()
