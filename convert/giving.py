# SPDX-License-Identifier: GPL-2.0-or-later
"""What a conversion leaves: one GeoPackage with the copy, its tables and its remarks."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from ..layers.findings import as_multi
from .taking import Taken

COPY, REMARKS = "result", "remarks"
_VERSION = {"VERSION": "1.3"}  # the newest that the GDAL 3.6 of Debian 12 reads without a warning
_TYPES = {"int": pa.int64(), "float": pa.float64(), "text": pa.string()}


def column(values: Any, kind: str) -> pa.Array:
    """Make a column for a copy of `text`, `int` or `float`; NaN and None are null."""
    values = np.asarray(values)
    if kind == "float":
        return pa.array(values.astype(float), type=_TYPES[kind], from_pandas=True)
    return pa.array(values.tolist(), type=_TYPES[kind], from_pandas=True)


def with_columns(table: pa.Table, added: Mapping[str, pa.Array]) -> pa.Table:
    """Put columns into a table: over those of the same name (whatever its case), else behind."""
    for name, values in added.items():
        place = [one.lower() for one in table.column_names]
        if name.lower() in place:
            index = place.index(name.lower())
            table = table.set_column(index, table.column_names[index], values)
        else:
            table = table.append_column(name, values)
    return table


def write_copy(
    taken: Taken, table: pa.Table, path: Path, shapes: np.ndarray | None = None,
    fids: np.ndarray | None = None,
) -> None:  # fmt: skip
    """Write the copy as layer `result`: the columns of `table` and the shapes, as they came.

    `shapes` and `fids` where they are not those taken. Feature ids stay, unless the layer has a
    column of its own called `fid`.
    """
    kind, wkb = taken.kind, taken.wkb
    if shapes is not None:
        kind = "Polygon"
        if (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON).any():
            kind, shapes = "MultiPolygon", as_multi(shapes)
        if shapely.has_z(shapes).any():
            kind += " Z"
        wkb = shapely.to_wkb(shapes)
    fids = taken.fids if fids is None else fids
    names = {name.lower() for name in table.column_names}
    fid = "fid" if "fid" not in names else "pianqu_fid"
    geometry = "geom" if "geom" not in names else "pianqu_geom"
    table = table.append_column(geometry, pa.array(wkb.tolist(), type=pa.binary()))
    if len(np.unique(fids)) == len(fids) and (fids >= 0).all():
        table = table.add_column(0, fid, pa.array(fids, type=pa.int64()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a layer without a CRS the user knows by now
        pyogrio.write_arrow(
            table, path, layer=COPY, driver="GPKG", geometry_name=geometry, geometry_type=kind,
            crs=None if taken.crs is None else taken.crs.to_wkt(), append=path.exists(),
            dataset_options=None if path.exists() else _VERSION, layer_options={"FID": fid},
        )  # fmt: skip


def write_table(rows: pd.DataFrame, path: Path, name: str) -> None:
    """Write a table without shapes; one without rows keeps its columns."""
    pyogrio.write_dataframe(
        typed(rows), path, layer=name, driver="GPKG", append=path.exists(),
        dataset_options=None if path.exists() else _VERSION,
    )  # fmt: skip


def write_remarks(rows: pd.DataFrame, shapes: np.ndarray, crs: Any, path: Path) -> None:
    """Write what is to be said of single features, as polygons where they have a shape."""
    frame = gpd.GeoDataFrame(typed(rows), geometry=as_multi(polygons_only(shapes)), crs=crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(
            frame, path, layer=REMARKS, driver="GPKG", append=path.exists(),
            geometry_type="MultiPolygon", layer_options={"GEOMETRY_NAME": "geom"},
            dataset_options=None if path.exists() else _VERSION,
        )  # fmt: skip


def polygons_only(shapes: np.ndarray) -> np.ndarray:
    """Give shapes flat, and None for what is no polygon or has no finite coordinates."""
    out = shapely.force_2d(np.array(shapes, dtype=object))
    good = np.isin(shapely.get_type_id(out), (shapely.GeometryType.POLYGON,
                                              shapely.GeometryType.MULTIPOLYGON))  # fmt: skip
    good &= np.isfinite(shapely.bounds(out)).all(axis=1)
    out[~good] = None
    return out


def typed(rows: pd.DataFrame) -> pd.DataFrame:
    """Give every column the type its name stands for, so that an empty table is no different."""
    out = {}
    for name in rows.columns:
        values = rows[name]
        if name in ("source_fid", "count", "class_changed", "other_fid"):
            out[name] = pd.to_numeric(values).astype("Int64")
        elif str(name).endswith(("_ha", "_m2", "_m", "_share", "coefficient")):
            out[name] = pd.to_numeric(values).astype("float64")
        else:
            out[name] = values.astype(object).where(values.notna(), "").map(str).astype(object)
    return pd.DataFrame(out, index=range(len(rows)) if rows.empty else rows.index)
