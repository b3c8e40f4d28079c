# SPDX-License-Identifier: GPL-2.0-or-later
"""What a file is, by its name and its first bytes; what to do about those nobody here can read."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from ..errors import InputError

ZIPPED = (".zip", ".shz", ".gpkz")
TEXTS = (".geojson", ".json", ".geojsonl", ".geojsons", ".kml", ".gml", ".csv", ".tsv", ".topojson")
MAPINFO = (".tab", ".mif")
PARQUET = (".parquet", ".geoparquet", ".pq")
SHAPEFILES = (".shp", ".dbf")
# Suffixes that can't be read, with the driver that some builds of GDAL have for them.
_FOREIGN = {
    ".dwg": ("formats.convert_dwg", ""), ".dgn": ("", ""), ".mdb": ("formats.convert_mdb", "PGeo"),
    ".accdb": ("formats.convert_mdb", "PGeo"), ".rar": ("formats.convert_rar", ""),
    ".7z": ("formats.convert_rar", ""), ".mpk": ("formats.convert_mpk", ""),
    ".lpk": ("formats.convert_mpk", ""), ".lyr": ("formats.convert_lyr", ""),
    ".lyrx": ("formats.convert_lyr", ""), ".mxd": ("formats.convert_lyr", ""),
    ".aprx": ("formats.convert_lyr", ""), ".qgz": ("formats.convert_lyr", ""),
    ".qgs": ("formats.convert_lyr", ""), ".wl": ("formats.convert_mapgis", ""),
    ".wp": ("formats.convert_mapgis", ""), ".wt": ("formats.convert_mapgis", ""),
    ".et": ("layers.old_workbook", ""), ".xls": ("layers.old_workbook", "XLS"),
    ".pdf": ("formats.convert_document", ""), ".doc": ("formats.convert_document", ""),
    ".docx": ("formats.convert_document", ""), ".wps": ("formats.convert_document", ""),
}  # fmt: skip
_MAGIC = (
    (b"AC10", ".dwg"), (b"\x00\x01\x00\x00Standard Jet DB", ".mdb"),
    (b"\x00\x01\x00\x00Standard ACE DB", ".mdb"), (b"Rar!", ".rar"), (b"7z\xbc\xaf", ".7z"),
)  # fmt: skip


def refuse_foreign(path: Path, label: str) -> None:
    """Raise InputError that says how to convert a file that can't be read here."""
    suffix = path.suffix.lower()
    if path.is_file() and suffix != ".dxf":
        with path.open("rb") as stream:
            head = stream.read(32)
        suffix = next((one for mark, one in _MAGIC if head.startswith(mark)), suffix)
    key, driver = _FOREIGN.get(suffix, ("", ""))
    if key and (not driver or driver not in pyogrio.list_drivers()):
        raise InputError(key, source=label)


def is_geodatabase(path: Path) -> bool:
    """Tell whether a folder is a file geodatabase, whatever its name."""
    return path.is_dir() and (path / "a00000001.gdbtable").is_file()
