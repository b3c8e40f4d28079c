# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a register may be: a GeoPackage, or a schema of a PostgreSQL database."""

from __future__ import annotations

import re
from pathlib import Path

from ..jobs.addresses import is_server
from ..layers.errors import InputError
from .geopackage import FileRegister
from .store import Register

FILE = "register.gpkg"
_OTHER = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://")


def open_register(place: str | Path) -> Register:
    """Open the register at a place; that it is there is looked at only when it is read.

    A place is a .gpkg file, a folder (then `register.gpkg` in it), or the address of a database:
    `postgresql://user@host:port/db?schema=name` or libpq's keywords after `PG:`.
    """
    text = str(place).strip()
    if is_server(text):
        from .postgis import PostgisRegister

        return PostgisRegister(text)
    path = Path(text).expanduser().absolute()
    if path.is_dir():
        path = path / FILE
    if not text or _OTHER.match(text) or path.suffix.lower() != ".gpkg":
        raise InputError("register.place", place=text)
    return FileRegister(path)
