# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a register is, as a user writes it and as the engine takes it."""

from __future__ import annotations

import re
from pathlib import Path

_DATABASE = re.compile(r"(postgres(ql)?://|PG:)", re.IGNORECASE)


def register_place(text: str) -> str:
    """Give a register's place for the engine: an address as it is, a path in full, "" as it is."""
    place = text.strip()
    if not place or _DATABASE.match(place):
        return place
    return str(Path(place).resolve())
