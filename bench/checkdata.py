# SPDX-License-Identifier: GPL-2.0-or-later
"""Check of data: `python bench/checkdata.py [PARCELS]`, by default 300,000.

Our whole check of a made county (every rule, every layer) stands beside what QGIS's own algorithms
take for a part of it on one layer, each in a process of its own: seconds by the wall, peak memory.
QGIS has `native:checkgeometry*` from 3.42 on; an older one is asked for `qgis:checkvalidity` and,
by the calls of its Topology Checker, for overlaps and gaps (topology_peer.py).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import live

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("JQDLTB", "GHDLTB")
NEW = (
    "native:checkgeometryoverlap", "native:checkgeometrygap", "native:checkgeometryduplicate",
    "native:checkgeometryselfintersection", "native:checkgeometrysliverpolygon",
)  # fmt: skip
OLD = ("qgis:checkvalidity",)
PYTHON = "/usr/bin/python3"  # that QGIS is installed for
SHAPES = ("geometry", "unusable", "duplicate", "overlap", "gap", "vertex", "sliver")


def measured(command: list[str], limit: float) -> tuple[float, float, str]:
    """Run a command; gives seconds, peak memory in MB and the end of what it said.

    Seconds are infinite where it took longer than the limit.
    """
    start = time.perf_counter()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environment)
        took = float("inf")
        while True:
            done, status, used = os.wait4(process.pid, os.WNOHANG)
            if done:
                took = time.perf_counter() - start
                break
            if time.perf_counter() - start > limit:
                process.kill()
                _, status, used = os.wait4(process.pid, 0)
                break
            time.sleep(0.05)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if status and took < float("inf"):
        raise RuntimeError(f"{' '.join(command)}: {text[-2000:]}")
    return took, used.ru_maxrss / 1024, text


def ours(place: Path, limit: float) -> tuple[float, dict[str, float]]:
    """Measure our check; gives its seconds and those of the rules on shapes, layer by layer."""
    with tempfile.TemporaryDirectory() as folder:
        launch = [sys.executable, "-I", "-X", "utf8", str(ROOT / "jobs" / "launch.py")]
        took, memory, _ = measured(
            [*launch, "checkdata", str(place / "dossier.yaml"), "--out", folder], limit
        )
        record = json.loads((Path(folder) / "run.json").read_text(encoding="utf-8"))
    seconds = record["seconds"]
    roles = dict(zip(LAYERS, ("landuse", "plan")))
    shapes = {layer: sum(seconds.get(f"{rule}.{role}", 0.0) for rule in SHAPES)
              for layer, role in roles.items()}  # fmt: skip
    live.say(f"  pianqu checkdata, all rules, all layers  {took:8.1f} s  {memory:8,.0f} MB")
    live.say(f"    of which reading {seconds['read']:.1f} s, rules {seconds['data']:.1f} s")
    for layer, much in shapes.items():
        live.say(f"    of which rules on the shapes of {layer}  {much:6.1f} s")
    return took, shapes


def theirs(place: Path, limit: float) -> dict[str, float]:
    """Measure QGIS's algorithms on the same layers; gives the seconds for each layer."""
    program = shutil.which("qgis_process")
    if program is None:
        live.say("  no qgis_process here: nothing to compare with")
        return {}
    known = measured([program, "list"], limit)[2]
    names = [name for name in NEW if name in known] or [name for name in OLD if name in known]
    out: dict[str, float] = {}
    for layer in LAYERS:
        total = 0.0
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                took, memory, _ = measured(_order(program, name, place, layer, folder), limit)
            total += took
            live.say(f"  {name} {layer:22s} {took:8.1f} s  {memory:8,.0f} MB")
        if not set(names) & set(NEW):
            script = str(ROOT / "bench" / "topology_peer.py")
            took, memory, text = measured(
                [PYTHON, script, str(place / "county.gpkg"), layer], limit
            )
            total += took
            parts = "; ".join(line for line in text.splitlines() if line.startswith(
                ("reading", "overlaps", "gaps")))  # fmt: skip
            live.say(f"  Topology Checker's rules {layer:14s} {took:8.1f} s  {memory:8,.0f} MB  "
                     f"({parts})")  # fmt: skip
        out[layer] = total
    return out


def _order(program: str, name: str, place: Path, layer: str, folder: str) -> list[str]:
    """Write the call of an algorithm of QGIS."""
    source = f"{place / 'county.gpkg'}|layername={layer}"
    values: dict[str, object] = {"INPUT": source}
    if name == "qgis:checkvalidity":
        values = {"INPUT_LAYER": source, "METHOD": 2, "ERROR_OUTPUT": f"{folder}/e.gpkg",
                  "VALID_OUTPUT": f"{folder}/v.gpkg",
                  "INVALID_OUTPUT": f"{folder}/i.gpkg"}  # fmt: skip
    else:
        values.update(UNIQUE_ID="BSM", ERRORS=f"{folder}/e.gpkg", OUTPUT=f"{folder}/o.gpkg")
    return [program, "run", name, "--", *(f"{key}={value}" for key, value in values.items())]


def main() -> int:
    """Measure both; the check passes where the rules on shapes are ten times quicker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parcels", type=int, nargs="?", default=300_000)
    parser.add_argument("--limit", type=float, default=3600, help="seconds an algorithm may take")
    options = parser.parse_args()
    place = live.county(options.parcels)
    live.say(f"{options.parcels:,} parcels:")
    _, own = ours(place, options.limit)
    other = theirs(place, options.limit)
    for layer, much in other.items():
        live.say(f"  {layer}: QGIS {much:.1f} s, ours {own[layer]:.1f} s, "
                 f"{much / max(own[layer], 1e-9):.1f} times")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
