# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a register is: how both sides tell the address of a database from a path."""

from __future__ import annotations

import re
from pathlib import Path

_DATABASE = re.compile(r"\s*(postgres(ql)?://|PG:)", re.IGNORECASE)


def is_server(place: str) -> bool:
    """Tell whether a register's place is a schema of PostgreSQL, not a file or folder."""
    return bool(_DATABASE.match(place))


def register_place(text: str) -> str:
    """Give a register's place for the engine: an address as it is, a path in full, "" as it is."""
    place = text.strip()
    if not place or is_server(place):
        return place
    return str(Path(place).resolve())
