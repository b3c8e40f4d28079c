# SPDX-License-Identifier: GPL-2.0-or-later
"""The findings of the run before, kept in the user's profile so that two runs can be compared.

A run replaces its results. So each time results of another run are read, what was kept of the
last one becomes "before", and a slim copy of the new findings is kept. Nothing leaves the machine.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from qgis.core import QgsApplication

_KEPT_PLACES = 20
_COPY = (
    "CREATE TABLE gpkg_contents AS SELECT * FROM run.gpkg_contents WHERE table_name = 'findings'",
    "CREATE TABLE gpkg_geometry_columns AS SELECT * FROM run.gpkg_geometry_columns",
    "CREATE TABLE gpkg_spatial_ref_sys AS SELECT * FROM run.gpkg_spatial_ref_sys",
    'CREATE TABLE "findings" AS SELECT * FROM run."findings"',
    "CREATE TABLE kept (run TEXT)",
)


def folder_of(place: str) -> Path:
    """Give the folder that keeps what a folder of results held."""
    name = hashlib.sha256(os.path.normcase(str(Path(place).absolute())).encode()).hexdigest()[:16]
    return Path(QgsApplication.qgisSettingsDirPath()) / "pianqu" / "former" / name


def keep(results: Path, run: str) -> Path | None:
    """Keep the findings of a run; give the file with those of the run before, None without one.

    `run` tells runs apart. What can't be kept is done without: comparing is no more than a help.
    """
    folder = folder_of(str(results.parent))
    now, before = folder / "now.gpkg", folder / "before.gpkg"
    if _run_of(now) != run:
        with suppress(OSError, sqlite3.Error):
            folder.mkdir(parents=True, exist_ok=True)
            fresh = folder / "fresh.gpkg"
            fresh.unlink(missing_ok=True)
            _copy(results, fresh, run)
            if now.exists():
                now.replace(before)
            fresh.replace(now)
            _prune(folder.parent)
    return before if before.exists() and _run_of(now) == run else None


def _copy(results: Path, target: Path, run: str) -> None:
    with closing(sqlite3.connect(str(target), isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # nothing is lost that can't be made anew
        connection.execute("ATTACH DATABASE ? AS run", (str(results),))
        connection.execute("BEGIN")
        for order in _COPY:
            connection.execute(order)
        connection.execute("INSERT INTO kept VALUES (?)", (run,))
        connection.execute("COMMIT")


def _run_of(path: Path) -> str | None:
    """Tell of which run a kept file is; None where there is none that can be read."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(str(path))) as connection:
            return str(connection.execute("SELECT run FROM kept").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return None


def _prune(root: Path) -> None:
    """Keep what was used last; forget the rest."""
    folders = sorted(root.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    for folder in folders[_KEPT_PLACES:]:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
