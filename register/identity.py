# SPDX-License-Identifier: GPL-2.0-or-later
"""Tell whether a file is a register, one that this plugin knows, and one to write to."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple

from ..layers.errors import InputError
from . import model
from .model import COUNTY, County
from .sqlite import listed, opened, statement


class Info(NamedTuple):
    """What a register says of itself; `named` tells that it has a place for its county."""

    crs: str
    county: County
    named: bool


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


def checked(connection: sqlite3.Connection, path: Path, to_write: bool = False) -> Info:
    """Say what a register is about; InputError where it is none, too new, or a copy to write to."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not tables >= {*model.TABLES, "register_info", "gpkg_contents"}:
        raise InputError("register.foreign", path=path)
    info = _info(connection)
    if info["version"] > model.VERSION:
        version = info["version"]
        raise InputError("register.newer", path=path, version=version, known=model.VERSION)
    if to_write and info["copy_of"]:
        raise InputError("register.copy", path=path, place=info["copy_of"])
    named = set(info.keys()).issuperset(COUNTY)
    county = County(*(str(info[name] or "") for name in COUNTY)) if named else County()
    return Info(str(info["crs"]), county, named)


def keep_county(connection: sqlite3.Connection, info: Info, county: County) -> None:
    """Write down whose conflicts a register holds; one made without a place for it gets one."""
    if county == info.county:
        return
    if not info.named:
        for name in COUNTY:
            connection.execute(
                statement("ALTER TABLE register_info ADD COLUMN", listed([name]), "TEXT")
            )
    connection.execute("UPDATE register_info SET county_code = ?, county_name = ?", county)


def sound(connection: sqlite3.Connection, path: Path) -> None:
    """Raise InputError where pages of the file are damaged, before anything is built on them."""
    answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if answer != "ok":
        raise InputError("register.damaged", path=path, reason=" ".join(answer.split()))
