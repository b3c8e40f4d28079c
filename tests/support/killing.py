# SPDX-License-Identifier: GPL-2.0-or-later
"""Find the engine that another process started, and kill it in the middle of its work."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def engine_in_stage(home, stage, seconds=60):
    """Wait until a log under `home` says that a stage began; give the engine's process id."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for log in (Path(home) / "logs").glob("*.log"):
            text = log.read_text(encoding="utf-8", errors="replace")
            if f'"stage": "{stage}"' in text:
                job_id = log.stem.rpartition("-")[2]
                return process_of(job_id)
        time.sleep(0.005)
    raise TimeoutError(stage)


def process_of(job_id):
    """Give the id of the process whose arguments hold the job's id."""
    for entry in Path("/proc").iterdir():
        try:
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if entry.name.isdigit() and job_id.encode() in arguments:
            return int(entry.name)
    raise ProcessLookupError(job_id)


def kill_engine_in_stage(home, stage):
    """End the engine by a segmentation fault once it is in a stage."""
    pid = engine_in_stage(home, stage)
    os.kill(pid, signal.SIGSEGV)
    return pid
