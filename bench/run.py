# SPDX-License-Identifier: GPL-2.0-or-later
"""`make bench`: our overlay and sector plans beside peers, a whole run beside reading its files.

All measurements of a table come from one run on one machine; each figure is the median of its
runs, each run a process of its own. A peer that takes longer than --limit is stopped and its time
is given as "more than".
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
QGIS_PYTHON = os.environ.get("PIANQU_QGIS_PYTHON", "/usr/bin/python3")
PEERS = ("ours", "geopandas", "native")
FLOORS = {("single", "geopandas"): 3, ("single", "native"): 6, ("blocks", "geopandas"): 20}


def main() -> None:
    """Make the data, measure, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3, help="runs of each quick case")
    parser.add_argument("--limit", type=float, default=900, help="seconds a peer may take")
    parser.add_argument("--peers", default=",".join(PEERS))
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "build" / "path"))
    import data

    place = data.county(options.parcels, ROOT / "build" / "bench")
    say(f"{options.parcels:,} parcels; {machine()}\n")
    for kind in data.KINDS:
        overlay_table(kind, place, options)
    for kind in data.KINDS:
        whole_run(kind, place, options.runs)
    sector_table(place / "dossier.yaml", options)


def overlay_table(kind: str, place: Path, options: argparse.Namespace) -> None:
    """Print our overlay's time on one kind of farmland beside the peers'."""
    say(f"landuse x farmland ({kind}): seconds, ratio to ours, peak MB, area m2")
    measured = {}
    for name in options.peers.split(","):
        paths = [str(place / "landuse.gpkg"), str(place / f"{kind}.gpkg")]
        measured[name] = repeat(name, paths, options)
        found = measured[name]
        if "missing" in found:
            say(f"  {name:10s} missing: {found['missing']}")
            continue
        ratio = found["seconds"] / measured["ours"]["seconds"]
        more = ">" if found.get("stopped") else " "
        floor = FLOORS.get((kind, name))
        against = f"  (floor {floor})" if floor else ""
        say(f"  {name:10s} {more}{found['seconds']:8.2f} s {more}{ratio:6.1f} x "
            f"{found['peak_mb']:7.0f} MB {found['area']:18.2f}{against}")  # fmt: skip
    say("")


def sector_table(dossier: Path, options: argparse.Namespace) -> None:
    """Print the time of the check of sector plans beside native:intersection per pair of layers."""
    say("sector plans against a county and each other: seconds, peak MB")
    for name in ("ours", "native"):
        if name not in options.peers.split(","):
            continue
        found = measure(name, [str(dossier)], options.limit, "sectors.py")
        if "missing" in found:
            say(f"  {name:10s} missing: {found['missing']}")
            continue
        more = ">" if found.get("stopped") else " "
        told = {key: value for key, value in found.items()
                if key not in ("seconds", "peak_mb", "stopped", "area")}  # fmt: skip
        rest = ", ".join(
            f"{key} {value:,.1f}" if isinstance(value, float) else f"{key} {value:,}"
            for key, value in told.items()
        )
        say(f"  {name:10s} {more}{found['seconds']:8.2f} s {found['peak_mb']:7.0f} MB  {rest}")
    say("")


def repeat(name: str, paths: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """Measure a peer: the median of its runs; one run where that takes long."""
    runs: list[dict[str, Any]] = []
    while len(runs) < options.runs:
        one = measure(name, paths, options.limit)
        if "seconds" not in one or one.get("stopped"):
            return one
        runs.append(one)
        if one["seconds"] > 60:
            break
    middle = statistics.median(run["seconds"] for run in runs)
    return {**runs[-1], "seconds": middle, "peak_mb": max(run["peak_mb"] for run in runs)}


def measure(name: str, paths: list[str], limit: float, script: str = "peers.py") -> dict[str, Any]:
    """Run one peer in a process of its own."""
    python = QGIS_PYTHON if name == "native" else sys.executable
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment["PYTHONPATH"] = "" if name == "native" else str(ROOT / "build" / "path")
    command = [python, str(Path(__file__).with_name(script)), name, *paths]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return {"seconds": limit, "peak_mb": 0.0, "area": 0.0, "stopped": True}
    except OSError as error:
        return {"missing": str(error)}
    for line in reversed(done.stdout.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return {"missing": (done.stderr.strip().splitlines() or ["no output"])[-1]}


def whole_run(kind: str, place: Path, runs: int) -> None:
    """Print a whole run's time and memory beside the bare reading of its files."""
    reading = min(read_seconds(kind, place) for _ in range(runs))
    with tempfile.TemporaryDirectory() as folder:
        watch = (
            "import resource,runpy,sys,time;t=time.perf_counter();c=0\n"
            "try: runpy.run_module('pianqu',run_name='__main__',alter_sys=True)\n"
            "except SystemExit as e: c=e.code\n"
            "print('SECONDS',time.perf_counter()-t,"
            "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024);sys.exit(c)"
        )
        command = [sys.executable, "-c", watch, "run", str(place / f"dossier_{kind}.yaml")]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "build" / "path")}
        done = subprocess.run(
            [*command, "--out", folder], env=environment, capture_output=True, text=True, check=True
        )
        record = json.loads((Path(folder) / "run.json").read_text(encoding="utf-8"))
    total, peak = (float(word) for word in done.stdout.splitlines()[-1].split()[1:])
    stages = record["seconds"]
    ratio = total / (reading + stages["fabric"])
    say(f"whole run ({kind}): {total:.1f} s, peak {peak:.0f} MB; bare reading {reading:.1f} s; "
        f"run / (reading + overlay) = {ratio:.2f} (limit 5)")  # fmt: skip
    say("  " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in stages.items()) + "\n")


def read_seconds(kind: str, place: Path) -> float:
    """Time the bare reading of a dossier's layers by pyogrio with Arrow, in a fresh process."""
    script = (
        "import sys,time,yaml,pyogrio\nfrom pathlib import Path\np=Path(sys.argv[1])\n"
        "d=yaml.safe_load(p.read_text(encoding='utf-8'))\nt=time.perf_counter()\n"
        "for s in d['layers'].values(): pyogrio.read_dataframe(p.parent/s['path'],"
        "layer=s['layer'],use_arrow=True)\nprint(time.perf_counter()-t)"
    )
    command = [sys.executable, "-c", script, str(place / f"dossier_{kind}.yaml")]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def machine() -> str:
    """Say what the figures were taken on."""
    import pyogrio
    import shapely

    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, shapely {shapely.__version__}"
        f" / GEOS {shapely.geos_version_string}, GDAL {pyogrio.__gdal_version_string__}"
    )


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
