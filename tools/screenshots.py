# SPDX-License-Identifier: GPL-2.0-or-later
"""Take the pictures of README and help: `screenshots.py REPORT.html FOLDER`, with Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 1240, 4300
# What of the page is shown: the verdict with the first tables, and the county's map.
VERDICT = (64, 0, 1176, 1130)
MAP = (64, 2670, 1176, 3800)


def main() -> int:
    """Draw the page and put the two parts beside each other."""
    report, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None:
        sys.stderr.write("screenshots: install chromium, then run make again\n")
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "page.png"
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-background-networking", f"--user-data-dir={place}/profile",
             f"--screenshot={page}", f"--window-size={WIDTH},{HEIGHT}", report.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        picture = Image.open(page).convert("RGB")
    parts = [picture.crop(box) for box in (VERDICT, MAP)]
    tall = max(part.height for part in parts)
    sheet = Image.new("RGB", (sum(part.width for part in parts) + 24, tall), "#eeeff2")
    left = 0
    for part in parts:
        sheet.paste(part, (left, 0))
        left += part.width + 24
    small = sheet.resize((sheet.width * 2 // 3, sheet.height * 2 // 3), Image.Resampling.LANCZOS)
    small.quantize(160).save(folder / "report.png", optimize=True)
    sys.stdout.write(f"{folder / 'report.png'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
