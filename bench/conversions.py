# SPDX-License-Identifier: GPL-2.0-or-later
"""Conversions of a made county: `python bench/conversions.py [PARCELS]`, by default 100,000.

Each conversion of the base land use runs in a process of its own: seconds by the wall, seconds of
the processor, peak memory. What was written as boundary points is read again.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path

import live
from checkdata import ROOT, measured

LAYER = "JQDLTB"
TASKS = ("convertcodes", "ellipsoidalarea", "mendcoverage", "boundarypoints")
TEXT = "boundarypoints.txt"


def convert(task: str, source: Path, layer: str, out: str, limit: float) -> None:
    """Measure one conversion and tell its figures."""
    launch = [sys.executable, "-I", "-X", "utf8", str(ROOT / "jobs" / "launch.py")]
    named = ["--layer", layer] if layer else []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    took, memory, _ = measured([*launch, task, str(source), *named, "--out", out], limit)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = f"{task}{' of a text' if not layer else ''}"
    live.say(f"  {told:28s} {took:8.1f} s  {busy:8.1f} s busy  {memory:8,.0f} MB")


def main() -> int:
    """Measure all conversions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parcels", type=int, nargs="?", default=100_000)
    parser.add_argument("--limit", type=float, default=600, help="seconds a conversion may take")
    options = parser.parse_args()
    source = live.county(options.parcels) / "county.gpkg"
    live.say(f"{options.parcels:,} parcels:")
    with tempfile.TemporaryDirectory() as folder:
        for task in TASKS:
            convert(task, source, LAYER, f"{folder}/{task}", options.limit)
        text = Path(folder) / "boundarypoints" / TEXT
        if text.is_file():
            convert("boundarypoints", text, "", f"{folder}/back", options.limit)
    return 0


if __name__ == "__main__":
    sys.exit(main())
