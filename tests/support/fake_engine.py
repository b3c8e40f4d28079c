#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An engine that only speaks the protocol; the dossier's text says how it behaves."""

import json
import os
import signal
import sys
import time
from pathlib import Path

if any(argument.endswith("probe.py") for argument in sys.argv):
    print(json.dumps({"missing": []}))
    sys.exit()


def say(kind, **values):
    print(json.dumps({"type": kind, **values}, ensure_ascii=False), flush=True)


job_id = sys.argv[sys.argv.index("--job-id") + 1]
job = json.loads(Path(sys.argv[sys.argv.index("job") + 1]).read_text(encoding="utf-8"))
manner = Path(job["dossier"]).read_text(encoding="utf-8").strip()
work = Path(job["out"]) / f".pianqu-{job_id}"
work.mkdir(parents=True)
(work / "half.gpkg").write_text("half")
say("started", pid=os.getpid())
say("progress", stage="reading", title="读取数据", percent=5)
say("message", level="info", text="三个图层")
say("message", level="warning", text="一个警告")
sys.stderr.write("a word on stderr\n")
say("progress", stage="fabric", title="叠加", percent=40.5)
if manner == "crash":
    os.kill(os.getpid(), signal.SIGSEGV)
elif manner == "hang":
    time.sleep(60)
elif manner == "refuse":
    say("error", stage="reading", text="county.gpkg 没有图层 JQDLTB")
    sys.exit(2)
elif manner == "fail":
    sys.stderr.write("Traceback ...\n")
    sys.exit(1)
elif manner == "garbage":
    print("not json")
    print('{"type": "progress"}')
    print("[1, 2]")
elif manner == "silent":
    sys.exit(0)
for path in list(work.iterdir()):
    path.unlink()
work.rmdir()
outputs = {"failed": 2, "warned": 1, "not_checked": 3, "findings": 7}
say("result", passed=False, job=job, arguments=sys.argv[1:], **outputs)
