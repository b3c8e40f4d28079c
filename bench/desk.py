# SPDX-License-Identifier: GPL-2.0-or-later
"""How long the desk keeps QGIS's window waiting: `python bench/desk.py [PARCELS]`.

A QGIS desktop without a screen opens the dock, reads the results of a made county, lists, sorts and
exports its findings, puts the layers on the map and asks what-ifs. Every few milliseconds it is
looked whether the window can be reached; the longest gap of each step is told, without the time for
which the thread stood in line for a processor.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 100.0
FINDINGS, CONFLICTS = 40_000, 5_000
QGIS_PYTHON = str(ROOT / "build" / "qgis" / "bin" / "python")
_FOREIGN = ("QGIS alone", "start", "between", "drawing")

sys.path.insert(0, str(ROOT / "tools" / "shots"))
import desktop  # noqa: E402 (its place is ours)
from live import county, say  # noqa: E402 (a module beside this one)


def results() -> Path:
    """Write (once) results of so many findings as a bad county has; give their folder."""
    folder = ROOT / "build" / "bench" / f"desk-{FINDINGS}"
    if not (folder / "results.gpkg").is_file():
        script = (
            "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
            "from heavy_results import write_heavy\n"
            "write_heavy(Path(sys.argv[2]), *map(int, sys.argv[3:]))"
        )
        support = str(ROOT / "tests" / "support")
        command = [QGIS_PYTHON, "-c", script, support, str(folder), str(FINDINGS), str(CONFLICTS)]
        subprocess.run(command, check=True, cwd=folder.parent)
    return folder


def main() -> int:
    """Measure and print a table; status 1 where a step of ours froze the window too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parcels", type=int, nargs="?", default=300_000)
    parser.add_argument("--warm", type=float, default=8, help="seconds from start to the dock")
    parser.add_argument("--only", default="", help="steps, commas between")
    parser.add_argument("--where", action="store_true", help="tell what the window waited for")
    options = parser.parse_args()
    if desktop.missing():
        parser.error(f"{desktop.missing()} is missing")
    dossier, folder = county(options.parcels) / "dossier.yaml", results()
    with tempfile.TemporaryDirectory() as place:
        task = {
            "dossier": str(dossier), "results": str(folder), "folder": place,
            "support": str(ROOT / "tests" / "support"), "warm": options.warm, "shots": "",
            "only": [one for one in options.only.split(",") if one],
        }  # fmt: skip
        script = Path(__file__).with_name("in_desk.py")
        told = desktop.run(script, task, Path(place) / "qgis", "en", seconds=1500, HOME=place)
    say(f"{options.parcels:,} parcels; milliseconds: longest freeze, of it busy; gaps over 100")
    kept = True
    for name, one in told.get("steps", {}).items():
        freeze, busy = one["freeze"] * 1000, one["busy"] * 1000
        say(f"  {name:34s} {freeze:7.0f} {busy:7.0f} {one['over']:4d}"
            f"   {one['total']:6.1f} s busy of {one['wall']:6.1f}")  # fmt: skip
        for where, times in one["at"] if options.where and freeze > LIMIT_MS * 0.7 else ():
            say(f"      {times:4d} {where}")
        kept &= freeze <= LIMIT_MS or name.startswith(_FOREIGN)
    if told.get("broken") or "steps" not in told:
        say(told.get("broken") or told["stderr"][-2000:])
        return 2
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
