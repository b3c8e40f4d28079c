# SPDX-License-Identifier: GPL-2.0-or-later
"""Read tables of a GeoPackage and let go of it at once.

A QgsVectorLayer keeps the file open in a pool after it is gone, so that on Windows no run could
replace it, and turns it to a journal with two more files. Python's own SQLite does neither, and
reads thousands of rows several times as fast.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry

from .courtesy import politely

Rows = list[tuple[dict[str, Any], QgsGeometry]]
_TABLES = {
    "conflicts": 'SELECT * FROM "conflicts"',
    "projects": 'SELECT * FROM "projects"',
    "sites": 'SELECT * FROM "sites"',
    "sectors": 'SELECT * FROM "sectors"',
    "sector_matrix": 'SELECT * FROM "sector_matrix"',
    "history": 'SELECT * FROM "history"',
    "indicators": 'SELECT * FROM "indicators"',
    "findings": 'SELECT * FROM "findings"',
    "units": 'SELECT * FROM "units"',
    "problem_list": 'SELECT * FROM "problem_list"',
    "pieces": 'SELECT * FROM "pieces"',
}
_SHAPES = "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?"
_CRS = (
    "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
    " WHERE srs_id = ?"
)
_WAIT_SECONDS = 5.0
# Bytes of the header's envelope, by the three bits of the flags that tell its kind.
_ENVELOPES = (0, 32, 48, 48, 64)


class GeoPackage:
    """A file read as a whole; use it in a `with`. sqlite3.Error tells that it is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.crs = QgsCoordinateReferenceSystem()
        self._connection = _opened(path)

    def __enter__(self) -> GeoPackage:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def rows(self, table: str) -> Rows | None:
        """Give a table's rows as mappings with their shapes; None where there is no such table.

        Takes the CRS of a table with shapes for that of the file.
        """
        raw = self.raw(table)
        if raw is None:
            return None
        names, found, place = raw
        return [
            (dict(zip(names, row)), _shape(row[place]) if place >= 0 else QgsGeometry())
            for row in politely(found)
        ]

    def raw(self, table: str) -> tuple[list[str], list[tuple[Any, ...]], int] | None:
        """Give a table's columns, its rows, and which column holds the shapes as they are stored.

        -1 where none does; None where there is no such table.
        """
        try:
            cursor = self._connection.execute(_TABLES[table])
        except sqlite3.OperationalError:
            return None
        names = [entry[0] for entry in cursor.description]
        try:
            found = cursor.fetchall()
        except sqlite3.OperationalError:  # a text that is not UTF-8: rare, and slower to read
            self._connection.text_factory = _text
            found = self._connection.execute(_TABLES[table]).fetchall()
        column = self._shape_column(table)
        return names, found, names.index(column) if column in names else -1

    def _shape_column(self, table: str) -> str:
        found = self._connection.execute(_SHAPES, (table,)).fetchone()
        if found is None:
            return ""
        known = self._connection.execute(_CRS, (found[1],)).fetchone()
        if known is not None:
            crs = QgsCoordinateReferenceSystem(f"{known[0]}:{known[1]}")
            self.crs = crs if crs.isValid() else QgsCoordinateReferenceSystem.fromWkt(known[2])
        return str(found[0])


def _opened(path: Path) -> sqlite3.Connection:
    """Open a file to read; one that a folder without write access holds is taken as it is."""
    name = path.absolute().as_posix()
    name = name if name.startswith("/") else f"/{name}"
    name = f"//{name}" if name.startswith("//") else name  # a share of Windows
    for how in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(f"file:{quote(name)}?{how}", uri=True, timeout=_WAIT_SECONDS)
        try:
            with closing(connection.execute("SELECT 1 FROM gpkg_contents LIMIT 1")) as found:
                found.fetchone()
            return connection
        except sqlite3.Error as error:
            connection.close()
            if how != "mode=ro" or "locked" in str(error):  # one that is being written must not
                raise
    raise sqlite3.OperationalError(str(path))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _shape(blob: bytes | None) -> QgsGeometry:
    """Make a geometry of GeoPackage's bytes: a header, then well-known binary."""
    shape = QgsGeometry()
    if blob and blob[:2] == b"GP":
        kind = (blob[3] >> 1) & 7
        if kind < len(_ENVELOPES) and not blob[3] & 0x10:  # an empty one says so in a bit
            shape.fromWkb(blob[8 + _ENVELOPES[kind] :])
    return shape
