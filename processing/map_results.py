# SPDX-License-Identifier: GPL-2.0-or-later
"""What map sheets take from a folder of results: indicators, findings, the date of the check.

Indicators are read by Python's own SQLite, which lets go of the file at once.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from qgis.core import QgsProcessingException

from ..jobs.words import tr

FILE = "results.gpkg"
_INDICATORS = (
    "SELECT level, unit, indicator, name, direction, quota_ha, base_ha, plan_ha, margin_ha,"
    " outcome FROM indicators ORDER BY rowid"
)


@dataclass(frozen=True)
class Indicator:
    """One indicator of one unit, areas in hectares, None where there is none."""

    level: str
    unit: str
    indicator: str
    name: str
    direction: str
    quota: float | None
    base: float | None
    plan: float | None
    margin: float | None
    outcome: str


def results_file(folder: str) -> Path:
    """Find the results in a folder, or take the file itself; QgsProcessingException for none."""
    place = Path(folder)
    file = place if place.suffix.lower() == ".gpkg" else place / FILE
    if not file.is_file():
        raise QgsProcessingException(tr("There are no results in {path}.").format(path=folder))
    return file.resolve()


def read_indicators(file: Path) -> list[Indicator]:
    """Read all indicators of all units, in the results' order."""
    name = quote(file.as_posix())
    try:
        connection = sqlite3.connect(f"file:{name}?mode=ro", uri=True, timeout=5.0)
        with contextlib.closing(connection):
            return [Indicator(*row) for row in connection.execute(_INDICATORS)]
    except sqlite3.Error as error:
        raise QgsProcessingException(
            tr("{path} can't be read: {reason}").format(path=file, reason=error)
        ) from error


def checked_on(file: Path) -> str:
    """Give the day of the check as the run states it, "" where it does not."""
    run = file.parent / "run.json"
    with contextlib.suppress(OSError, ValueError):
        return str(json.loads(run.read_text(encoding="utf-8")).get("finished") or "")[:10]
    return ""
