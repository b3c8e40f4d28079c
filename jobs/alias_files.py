# SPDX-License-Identifier: GPL-2.0-or-later
"""Read a standard's aliases and code tables with the standard library only.

The engine reads standards with care (layers/standard_files.py) and says what is wrong with them;
this is for the QGIS side, which only wants the words, and takes what it can read.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from functools import lru_cache
from pathlib import Path

from .alias_codes import Table
from .aliases import Alias, Vocabulary

SHIPPED = Path(__file__).resolve().parent.parent / "standards"
STANDARD = "cn-2023"
_USUAL = {"landuse": "base_table", "plan": "plan_table"}
_SETTING = r"^{name}:[ \t]*[\"']?([^\s\"'#]+)"


def folder_of(standard: str) -> Path:
    """Give the folder of a standard named by a shipped one's name or by a path; "": the default."""
    shipped = SHIPPED / (standard or STANDARD)
    return shipped if shipped.is_dir() else Path(standard).expanduser()


def shipped_standards() -> list[str]:
    """List the standards that come with the plugin and name their land by code tables."""
    return sorted(path.parent.name for path in SHIPPED.glob("*/codes"))


def is_standard(folder: Path) -> bool:
    """Tell whether a folder holds a standard."""
    return (folder / "standard.yaml").is_file()


def chain(folder: Path) -> list[Path]:
    """List the folders a standard is made of, the one that all others extend first."""
    folders = [folder]
    while True:
        name = _setting(folders[0], "extends")
        if not name:
            return folders
        parent = SHIPPED / name
        parent = parent if parent.is_dir() else folders[0] / name
        if parent in folders or not parent.is_dir():
            return folders
        folders.insert(0, parent)


def _setting(folder: Path, name: str) -> str:
    found = re.search(_SETTING.format(name=name), _text(folder / "standard.yaml"), re.MULTILINE)
    return found[1] if found else ""


def read_vocabulary(standard: str = "") -> Vocabulary:
    """Read what a standard knows of names and codes; what can't be read is left out."""
    folder = folder_of(standard)
    stamps = [path.stat().st_mtime_ns for part in chain(folder) for path in _files(part)]
    return _read(folder, tuple(stamps))


def _files(folder: Path) -> list[Path]:
    return [*sorted(folder.glob("aliases.csv")), *sorted(folder.glob("codes/*.csv"))]


@lru_cache(maxsize=4)
def _read(folder: Path, stamps: tuple[int, ...]) -> Vocabulary:
    rows: dict[tuple[str, str, str], Alias] = {}
    tables: dict[str, dict[str, str]] = {}
    usual: dict[str, str] = {}
    for part in chain(folder):
        named = {role: _setting(part, name) for role, name in _USUAL.items()}
        usual.update({role: table for role, table in named.items() if table})
        for row in _rows(part / "aliases.csv"):
            _put(rows, row)
        for path in sorted((part / "codes").glob("*.csv")):
            table = tables.setdefault(path.stem, {})
            table.update(_codes(path))
    return Vocabulary(tuple(rows.values()), tables, usual)


def _put(rows: dict[tuple[str, str, str], Alias], row: dict[str, str]) -> None:
    """Add an alias, or take one away where the row says so."""
    with contextlib.suppress(KeyError, ValueError):
        key = (row["kind"], row["role"], row["alias"])
        if row.get("drop", "") in ("", "0"):
            rows[key] = Alias(*key, row.get("field", ""), float(row["weight"]))
        else:
            rows.pop(key, None)


def _codes(path: Path) -> Table:
    return {row["code"]: row.get("name_zh", "") for row in _rows(path) if row.get("code")}


def _rows(path: Path) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    return [
        {str(name).strip(): str(cell or "").strip() for name, cell in row.items() if name}
        for row in reader
    ]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError:
        return ""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
