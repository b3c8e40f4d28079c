# SPDX-License-Identifier: GPL-2.0-or-later
"""Tell whether a file is a register, one that this plugin knows, and one to write to."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..layers.errors import InputError
from . import model
from .sqlite import opened


def is_copy(path: Path) -> bool:
    """Tell whether a file is the copy of a register."""
    try:
        with opened(path) as connection:
            checked(connection, path)
            return bool(_info(connection)["copy_of"])
    except InputError:
        return False


def _info(connection: sqlite3.Connection) -> sqlite3.Row:
    row: sqlite3.Row = connection.execute("SELECT * FROM register_info").fetchone()
    return row


def checked(connection: sqlite3.Connection, path: Path, to_write: bool = False) -> str:
    """Give the CRS of a register; InputError where it is none, too new, or a copy to write to."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not tables >= {*model.TABLES, "register_info", "gpkg_contents"}:
        raise InputError("register.foreign", path=path)
    info = _info(connection)
    if info["version"] > model.VERSION:
        version = info["version"]
        raise InputError("register.newer", path=path, version=version, known=model.VERSION)
    if to_write and info["copy_of"]:
        raise InputError("register.copy", path=path, place=info["copy_of"])
    return str(info["crs"])


def sound(connection: sqlite3.Connection, path: Path) -> None:
    """Raise InputError where pages of the file are damaged, before anything is built on them."""
    answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if answer != "ok":
        raise InputError("register.damaged", path=path, reason=" ".join(answer.split()))
