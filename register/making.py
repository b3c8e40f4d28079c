# SPDX-License-Identifier: GPL-2.0-or-later
"""Make an empty register file: GDAL lays out a valid GeoPackage, SQLite adds what is ours."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from . import model
from .sqlite import writing
from .styles import style_rows

_FID = "fid"


def make_file(path: Path, crs: str) -> None:
    """Write a new file with the layer, the tables and the styles, all empty, at a free path.

    No spatial index: GDAL's triggers for it call functions that plain SQLite does not have.
    """
    shapes = gpd.GeoSeries([], crs=crs)
    empty = gpd.GeoDataFrame(_empty("conflicts"), geometry=shapes, crs=crs)
    pyogrio.write_dataframe(
        empty,
        path,
        layer="conflicts",
        driver="GPKG",
        geometry_type="MultiPolygon",
        dataset_options={"VERSION": "1.3"},
        layer_options={
            "GEOMETRY_NAME": model.GEOMETRY,
            "SPATIAL_INDEX": "NO",
            "FID": _FID,
        },
    )
    for name in ("history", "runs"):
        _append(_empty(name), path, name)
    styles = style_rows(model.TABLES)
    styles["update_time"] = pd.Series([pd.Timestamp.now("UTC")] * len(styles))
    _append(styles, path, "layer_styles", DATETIME_PRECISION="MILLISECOND")
    with writing(path) as connection:
        connection.execute("CREATE UNIQUE INDEX conflicts_id ON conflicts (id)")
        connection.execute("CREATE UNIQUE INDEX history_id_seq ON history (id, seq)")
        connection.execute(
            "CREATE TABLE register_info (version INTEGER NOT NULL, crs TEXT, copy_of TEXT)"
        )
        connection.execute("INSERT INTO register_info VALUES (?, ?, '')", (model.VERSION, crs))


def _empty(name: str) -> pd.DataFrame:
    return model.plain(pd.DataFrame(), model.TABLES[name])


def _append(table: pd.DataFrame, path: Path, layer: str, **options: str) -> None:
    pyogrio.write_dataframe(
        table, path, layer=layer, driver="GPKG", append=True,
        layer_options={"FID": _FID, **options},
    )  # fmt: skip
