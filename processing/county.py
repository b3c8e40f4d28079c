# SPDX-License-Identifier: GPL-2.0-or-later
"""What a dossier says of the county as a whole, found in what the user gave."""

from __future__ import annotations

import os
from itertools import takewhile
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingFeatureSource

COUNTY_DIGITS = 6
STANDARD = "cn-2023"


def county_code(units: QgsProcessingFeatureSource, column: str) -> str:
    """Give what all units' codes begin with, six characters at most; `county` where nothing."""
    values = units.uniqueValues(units.fields().lookupField(column))
    codes = [str(value).strip() for value in values if value]
    if not codes:
        return "county"
    # What the first and the last in order share, all share.
    pairs = zip(min(codes), max(codes))
    shared = "".join(takewhile(bool, (a if a == b else "" for a, b in pairs)))
    return shared[:COUNTY_DIGITS] or "county"


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """Name a CRS by its authority, or by its whole definition where it has none."""
    return crs.authid() or crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED)


def standard_named(given: str) -> str:
    """Name the standard: a folder by its whole path, a shipped one by its name."""
    folder = given and Path(given).is_dir()
    return os.path.abspath(given) if folder else given or STANDARD  # noqa: PTH100
