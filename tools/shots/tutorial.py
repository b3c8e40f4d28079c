# SPDX-License-Identifier: GPL-2.0-or-later
"""Take the pictures of tutorial and docks, in both languages, into help/img."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from desktop import ROOT, missing, run
from shrink import shrink

IMAGES = ROOT / "help" / "img"
WINDOW, WIDTH, SMALL, DOCK = (1440, 900), 1100, 150_000, 80_000


def window_pictures(folder: Path, language: str) -> None:
    """Go through the tutorial in a window of QGIS: folders `shots`, `docks` and `papers`."""
    for name in ("shots", "docks", "papers"):
        (folder / name).mkdir(parents=True)
    task = {
        "shots": str(folder / "shots"), "papers": str(folder / "papers"),
        "docks": str(folder / "docks"),
        "support": str(ROOT / "tests" / "support"),
    }  # fmt: skip
    script = Path(__file__).with_name("in_tutorial.py")
    # A home of its own: the sample county goes among its user's documents.
    told = run(script, task, folder / "qgis", language, size=WINDOW, HOME=str(folder), seconds=560)
    if told.get("broken") or "pictures" not in told:
        raise SystemExit(told.get("broken") or told["stderr"][-2000:])


def paper_pictures(folder: Path) -> None:
    """Draw the first page of the papers and the first map sheet."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None or not shutil.which("pdftoppm"):
        raise SystemExit("help: install chromium and poppler-utils, then run make again")
    page = folder / "papers" / "meeting" / "meeting.html"
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--disable-background-networking", f"--user-data-dir={folder / 'browser'}",
         f"--screenshot={folder / 'shots' / 'meeting.png'}", "--window-size=1240,900",
         page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    sheet = folder / "shots" / "sheet"
    subprocess.run(
        ["pdftoppm", "-png", "-r", "100", "-f", "1", "-singlefile",
         str(folder / "papers" / "sheets.pdf"), str(sheet)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


def main() -> int:
    """Take them all; status 2 where there is no desktop to take them from."""
    if missing():
        sys.stderr.write(f"help: {missing()} is missing; the pictures stay as they are\n")
        return 2
    for language in sys.argv[1:] or ("en", "zh"):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            window_pictures(folder, language)
            paper_pictures(folder)
            for path in sorted((folder / "shots").glob("*.png")):
                shrink(path, IMAGES / "tutorial" / f"{path.stem}.{language}.png", SMALL, WIDTH)
            for path in sorted((folder / "docks").glob("*.png")):
                shrink(path, IMAGES / "docks" / f"{path.stem}.{language}.png", DOCK)
    return 0


if __name__ == "__main__":
    sys.exit(main())
