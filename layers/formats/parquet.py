# SPDX-License-Identifier: GPL-2.0-or-later
"""GeoParquet read with pyarrow, where GDAL was built without its driver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from ..errors import InputError
from .gdal_source import reason
from .held import Held, texts

_LON_LAT = "OGC:CRS84"  # what GeoParquet means where it states no CRS
_BROKEN = (OSError, ValueError, KeyError, TypeError, pa.ArrowException, shapely.GEOSException,
           OverflowError, MemoryError, RuntimeError)  # fmt: skip


def read_parquet(path: Path) -> Held:
    """Read a GeoParquet file, or a plain one as a table; InputError where it is damaged."""
    try:
        with path.open("rb") as stream:
            table = pq.read_table(pa.BufferReader(stream.read()))
        return _held(path, table)
    except _BROKEN as error:
        raise InputError("layers.read_failed", source=path.name, reason=reason(error)) from None


def _held(path: Path, table: pa.Table) -> Held:
    meta = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    primary = meta.get("primary_column", "")
    geometries = meta.get("columns", {})
    columns = {
        name: _column(table.column(name)) for name in table.column_names if name not in geometries
    }
    if primary not in table.column_names:
        return Held(path.stem, "Parquet", columns)
    facts = geometries.get(primary, {})
    if facts.get("encoding", "WKB") != "WKB":
        raise InputError("formats.parquet_encoding", source=path.name, kind=facts["encoding"])
    wkb = np.array(table.column(primary).to_pylist(), dtype=object)
    return Held(path.stem, "Parquet", columns, shapely.from_wkb(wkb), _crs(facts))


def _crs(facts: dict[str, Any]) -> str:
    """Give the CRS: as stated, lon/lat where nothing is said, none where it says null."""
    if "crs" not in facts:
        return _LON_LAT
    if facts["crs"] is None:
        return ""
    try:
        return CRS.from_user_input(facts["crs"]).to_wkt()
    except CRSError:
        return ""


def _column(column: pa.ChunkedArray) -> np.ndarray:
    """Give a column as pyogrio does: numbers where none is null, else floats; text as objects."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_floating(kind) or (pa.types.is_integer(kind) and not column.null_count):
        return np.asarray(column.to_numpy(zero_copy_only=False))
    return texts(column.to_pylist())
