# SPDX-License-Identifier: GPL-2.0-or-later
"""Take the pictures of the algorithms' dialogs, in both languages, into help/img/dialogs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from desktop import ENGINE, ROOT, missing, run
from shrink import shrink

PICTURES = ROOT / "help" / "img" / "dialogs"
DIALOG = (900, 560)
SMALL = 80_000


def county(folder: Path) -> Path:
    """Make a small county; give its folder."""
    launch = ROOT / "jobs" / "launch.py"
    command = [str(ENGINE), str(launch), "sample", "--parcels", "300", "--seed", "1"]
    subprocess.run([*command, "--out", str(folder)], check=True, capture_output=True)
    return folder


def main() -> int:
    """Take them all; status 2 where there is no desktop to take them from."""
    if missing():
        sys.stderr.write(f"help: {missing()} is missing; the pictures stay as they are\n")
        return 2
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = county(folder / "county")
        for language in ("en", "zh"):
            raw = folder / language
            raw.mkdir()
            task = {"county": str(made / "county.gpkg"), "pictures": str(raw), "dialog": DIALOG}
            script = Path(__file__).with_name("in_dialogs.py")
            told = run(script, task, folder / f"qgis-{language}", language)
            if told.get("broken") or "ids" not in told:
                sys.stderr.write(told.get("broken") or told["stderr"][-2000:])
                return 1
            for one in told["ids"]:
                shrink(raw / f"{one}.png", PICTURES / f"{one}.{language}.png", SMALL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
