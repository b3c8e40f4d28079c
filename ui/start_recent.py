# SPDX-License-Identifier: GPL-2.0-or-later
"""The dossiers that were used last, kept in the user's settings."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.core import QgsSettings

_KEY = "plugins/pianqu/recent"
MOST = 8
_HEAD = 4096
_NAME = re.compile(r"^name:[ \t]*[\"']?([^\n\"'#]+)", re.MULTILINE)


def recent_dossiers() -> list[str]:
    """List the last dossiers that are still there, the newest first."""
    kept = QgsSettings().value(_KEY, []) or []
    paths = [kept] if isinstance(kept, str) else [str(one) for one in kept]
    return [path for path in paths if Path(path).is_file()]


def remember_dossier(path: str) -> None:
    """Put a dossier first."""
    others = [one for one in recent_dossiers() if one != path]
    QgsSettings().setValue(_KEY, [path, *others][:MOST])


def county_name(path: str) -> str:
    """Give the county's name that a dossier states, else its folder's name."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")[:_HEAD]
    except OSError:
        text = ""
    found = _NAME.search(text)
    return found[1].strip() if found else Path(path).parent.name
