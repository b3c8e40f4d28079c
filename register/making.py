# SPDX-License-Identifier: GPL-2.0-or-later
"""Make an empty register file: GDAL lays out a valid GeoPackage, SQLite adds what is ours."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator

import geopandas as gpd
import pandas as pd
import pyogrio

from ..layers.errors import InputError
from . import model
from .identity import is_copy
from .sqlite import writing
from .styles import style_rows

_FID = "fid"


def create(path: Path, crs: str) -> None:
    """Make an empty register under a passing name, then give it its own unless it is taken."""
    with _passing(path) as passing:
        make_file(passing, crs)
        with suppress(FileExistsError):  # another program was quicker: its register counts
            _name(passing, path)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a passing name to write a copy under, which in the end takes the place of `path`.

    InputError where that is anything but a former copy of a register.
    """
    if path.exists() and not is_copy(path):
        raise InputError("register.snapshot_over", path=path)
    with _passing(path) as passing:
        yield passing
        passing.replace(path)


@contextmanager
def _passing(path: Path) -> Iterator[Path]:
    passing = path.with_name(f".{path.stem}-{secrets.token_hex(4)}.gpkg")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield passing
    except (OSError, RuntimeError) as error:  # RuntimeError: pyogrio's
        raise InputError("register.unwritable", path=path, reason=str(error)) from error
    finally:
        with suppress(OSError):
            passing.unlink()


def _name(passing: Path, path: Path) -> None:
    """Give a file its name, FileExistsError where something bears it; the other one may stay."""
    try:
        os.link(passing, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        passing.rename(path)


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
            "CREATE TABLE register_info (version INTEGER NOT NULL, crs TEXT, copy_of TEXT,"
            " county_code TEXT, county_name TEXT)"
        )
        connection.execute(
            "INSERT INTO register_info VALUES (?, ?, '', '', '')", (model.VERSION, crs)
        )


def _empty(name: str) -> pd.DataFrame:
    return model.plain(pd.DataFrame(), model.TABLES[name])


def _append(table: pd.DataFrame, path: Path, layer: str, **options: str) -> None:
    pyogrio.write_dataframe(
        table, path, layer=layer, driver="GPKG", append=True,
        layer_options={"FID": _FID, **options},
    )  # fmt: skip
