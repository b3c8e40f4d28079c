# SPDX-License-Identifier: GPL-2.0-or-later
"""A layer written in any format that can hold it, without loss of text or codes."""

from __future__ import annotations

import csv
import io
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from ..errors import InputError
from ..schema import listed
from .boundary_points import AREA, COLUMNS
from .boundary_write import TextForm, write_boundary_points
from .encodings import canonical
from .gdal_source import GDAL_ERRORS, reason

DRIVERS = {
    ".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".gdb": "OpenFileGDB", ".geojson": "GeoJSON",
    ".kml": "LIBKML", ".kmz": "LIBKML", ".tab": "MapInfo File", ".mif": "MapInfo File",
    ".fgb": "FlatGeobuf", ".dxf": "DXF",
}  # fmt: skip
WRITABLE = (*DRIVERS, ".parquet", ".csv", ".txt")
_LON_LAT = (".kml", ".kmz")  # formats that hold degrees of WGS 84 only
_MOST_NAME, _MOST_TEXT = 10, 254  # bytes of a Shapefile's names and texts
_OPTIONS: dict[str, dict[str, str]] = {
    ".geojson": {"COORDINATE_PRECISION": "15", "RFC7946": "NO", "WRITE_NON_FINITE": "NO"},
    ".tab": {"ENCODING": "UTF-8", "BOUNDS": ""}, ".mif": {"ENCODING": "UTF-8"},
    ".gdb": {"TARGET_ARCGIS_VERSION": "ALL"}, ".fgb": {"SPATIAL_INDEX": "NO"},
}  # fmt: skip
_MARGIN = 1.1  # of the extent that a MapInfo table keeps its whole-number grid over


def write_layer(frame: gpd.GeoDataFrame, path: Path, layer: str = "", encoding: str = "") -> None:
    """Write a layer in the format the path's suffix names, over what may be there.

    Text columns stay text, so that codes keep their zeros. `encoding` is for Shapefiles (UTF-8
    else) and boundary points (GBK else). InputError where the format can't hold what is given.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITABLE:
        raise InputError("formats.not_writable", file=path.name, known=listed(WRITABLE))
    if suffix == ".txt":
        _boundary_points(frame, path, encoding)
    elif suffix == ".csv":
        _csv(frame, path)
    elif suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        _gdal(frame, path, suffix, layer or path.stem, encoding)


def _gdal(frame: gpd.GeoDataFrame, path: Path, suffix: str, layer: str, encoding: str) -> None:
    options: dict[str, Any] = {"layer_options": dict(_OPTIONS.get(suffix, {}))}
    if suffix == ".shp":
        options = {"encoding": _shapefile(frame, path, encoding)}
    if suffix in _LON_LAT and frame.crs is not None:
        frame = frame.to_crs("OGC:CRS84")
    if suffix == ".gdb":  # tells single shapes from multiple ones by nothing but the layer
        options["promote_to_multi"] = True
    if suffix == ".tab":
        options["layer_options"]["BOUNDS"] = _bounds(frame)
    if suffix == ".dxf":
        frame = frame[[name for name in ("Layer", frame.geometry.name) if name in frame]]
        options = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyogrio.write_dataframe(
                frame, path, layer=layer, driver=DRIVERS[suffix], use_arrow=False, **options
            )
    except GDAL_ERRORS as error:
        raise InputError("formats.write_failed", file=path.name, reason=reason(error)) from None


def _bounds(frame: gpd.GeoDataFrame) -> str:
    """Give the extent a MapInfo table is laid out for: its grid of whole numbers is as fine."""
    west, south, east, north = frame.total_bounds
    grow = (_MARGIN - 1) / 2
    wide, high = (east - west) * grow + 1, (north - south) * grow + 1
    return f"{west - wide},{south - high},{east + wide},{north + high}"


def _shapefile(frame: gpd.GeoDataFrame, path: Path, encoding: str) -> str:
    """Check that a Shapefile can hold names and texts whole; give the encoding."""
    name = encoding or "UTF-8"
    if not canonical(name):
        raise InputError("formats.no_encoding", name=encoding, known="UTF-8, GBK, GB18030, Big5")
    fields = [str(one) for one in frame.columns if one != frame.geometry.name]
    long = [one for one in fields if len(_bytes(one, name, path)) > _MOST_NAME]
    if long:
        raise InputError("formats.long_names", file=path.name, names=listed(long))
    for field in fields:
        for value in frame[field].dropna():
            if isinstance(value, str) and len(_bytes(value, name, path)) > _MOST_TEXT:
                raise InputError("formats.long_text", file=path.name, field=field)
    return name


def _bytes(text: str, encoding: str, path: Path) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        word = text[error.start : error.end]
        raise InputError(
            "formats.unwritable_text", file=path.name, text=word, encoding=encoding
        ) from None


def _csv(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a CSV with the shapes as WKT, marked as UTF-8 so that spreadsheets read it right."""
    out = io.StringIO()
    fields = [one for one in frame.columns if one != frame.geometry.name]
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["WKT", *fields])
    shapes = shapely.to_wkt(frame.geometry.to_numpy(), rounding_precision=-1)
    for shape, row in zip(shapes, frame[fields].itertuples(index=False)):
        writer.writerow([shape or "", *("" if pd.isna(cell) else cell for cell in row)])
    path.write_bytes(out.getvalue().encode("utf-8-sig"))


def _boundary_points(frame: gpd.GeoDataFrame, path: Path, encoding: str) -> None:
    """Write parcels under the names that reading boundary points gives: DKBH, DKMC, DLBM ..."""
    if frame.crs is None:
        raise InputError("formats.txt_not_zone", file=path.name, crs="-")
    given = {**COLUMNS, "area_ha": AREA}
    values = [
        {ours: row[name] for ours, name in given.items() if name in row}
        for row in frame.drop(columns=frame.geometry.name).to_dict("records")
    ]
    form = TextForm(encoding=encoding or "GBK")
    write_boundary_points(
        path, frame.geometry.tolist(), values, CRS.from_user_input(frame.crs), form
    )
