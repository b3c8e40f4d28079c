# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a user's standard into a folder; read the shipped tables without the code under test."""

from __future__ import annotations

import csv
from pathlib import Path

STANDARDS = Path(__file__).resolve().parents[2] / "standards"


def put(folder: Path, files: dict[str, str], extends: str = "cn-2023") -> str:
    """Write a standard that extends another; files are name -> text. Gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = files.pop("standard.yaml", f"extends: {extends}\n")
    (folder / "standard.yaml").write_text(settings, encoding="utf-8")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder)


def rows(path: str) -> list[dict[str, str]]:
    """Read one CSV of the shipped standards as it stands."""
    with (STANDARDS / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def naive_range(text: str) -> list[str]:
    """Spell out a list of prefixes in the plainest way, for comparison."""
    out = []
    for token in text.split():
        if "-" in token:
            first, last = token.split("-")
            width = len(first)
            out += [f"{number:0{width}d}" for number in range(int(first), int(last) + 1)]
        else:
            out.append(token)
    return out
