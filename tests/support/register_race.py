# SPDX-License-Identifier: GPL-2.0-or-later
"""Several processes on one register: start them, wait for them, hold the register to their logs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from places import ROOT
from register_made import assert_consistent

SUPPORT = ROOT / "tests" / "support"
SECONDS = 150


def start(script, *arguments):
    """Start a Python program that sees the package and the tests' support."""
    paths = os.pathsep.join([str(ROOT / "build" / "path"), str(SUPPORT)])
    return subprocess.Popen(
        [sys.executable, *([str(SUPPORT / script)] if script.endswith(".py") else ["-c", script]),
         *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def writer(place, name, log, decisions=200, conflicts=50):
    return start("register_writer.py", place, name, decisions, conflicts, log)


def ended(*processes):
    """Wait for programs to end well, within bounds."""
    deadline = time.monotonic() + SECONDS
    for process in processes:
        try:
            out, _ = process.communicate(timeout=max(deadline - time.monotonic(), 1))
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
            raise AssertionError(f"not done in time: {out}") from None
        assert process.returncode == 0, out


def lines(log):
    """Read a log; a last line that a kill cut off was not acknowledged."""
    text = Path(log).read_text(encoding="utf-8") if Path(log).exists() else ""
    return [json.loads(line) for line in text.split("\n")[:-1]]


def until(log, count, process):
    """Wait until a log has so many lines."""
    deadline = time.monotonic() + SECONDS
    while len(lines(log)) < count:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "the writer does not get on"
        time.sleep(0.02)


def assert_nothing_lost(register, *logs):
    """See that every acknowledged decision stands in the history, and every refusal was right."""
    conflicts, history = register.read(), register.history()
    assert_consistent(conflicts, history)
    steps = {(row["id"], row["version"]): row for row in history.to_dict("records")}
    accepted = [line for log in logs for line in lines(log) if line["decided"]]
    for line in accepted:
        step = steps[line["id"], line["version"]]
        assert (step["reason"], step["state_to"]) == (line["reason"], line["state"])
    now = conflicts.set_index("id")
    for id_, row in now.iterrows():  # the last one stands in the conflict itself
        last = steps[id_, row["version"]]
        assert (row["reason"], row["state"]) == (last["reason"], last["state_to"])
    refused = [line for log in logs for line in lines(log) if not line["decided"]]
    for line in refused:
        assert line["why"] == "stale" and line["version"] > line["given"]
        assert steps[line["id"], line["version"]]["reason"] == line["seen"]
    return accepted, refused
