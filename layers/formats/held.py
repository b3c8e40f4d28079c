# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers that GDAL does not read, held in memory; where SQL is needed, as a GeoPackage there."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Sequence, Tuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw
import shapely

Note = Tuple[str, str, str]  # rule, severity, message
Table = Tuple[dict, np.ndarray, "np.ndarray | None", list]
_KEY = "pianqu_row"  # a layer may have a field fid of its own


@dataclass
class Held:
    """A layer in memory: columns and shapes as long as each other, fids from 1.

    `shapes` is None for a table; `crs` is "" where none is stated.
    """

    name: str
    driver: str
    columns: dict[str, np.ndarray]
    shapes: np.ndarray | None = None
    crs: str = ""
    encoding: str = ""
    kind: str = "Unknown"
    notes: list[Note] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Count the features."""
        if self.shapes is not None:
            return len(self.shapes)
        return len(next(iter(self.columns.values()), ()))

    @property
    def info(self) -> dict[str, Any]:
        """Describe the layer as `pyogrio.read_info` does."""
        some = self.shapes is not None and len(self.shapes) > 0
        bounds = shapely.total_bounds(self.shapes) if some else [np.nan] * 4
        return {
            "layer_name": self.name, "driver": self.driver, "encoding": self.encoding,
            "crs": self.crs or None, "fields": np.array(list(self.columns), dtype=object),
            "dtypes": np.array([str(one.dtype) for one in self.columns.values()], dtype=object),
            "fid_column": "", "features": self.count, "total_bounds": tuple(bounds),
            "geometry_type": None if self.shapes is None else self.kind,
        }  # fmt: skip

    def read(
        self,
        columns: Sequence[str] | None,
        where: str = "",
        spatial: bool = True,
        most: int | None = None,
    ) -> Table:
        """Read columns (all of None), as pyogrio.raw gives them; ValueError: a bad filter."""
        if where:
            return self._filtered(columns, where, spatial, most)
        some = slice(None, most)
        names = list(self.columns) if columns is None else list(columns)
        fids = np.arange(1, self.count + 1, dtype=np.int64)[some]
        wkb = None
        if spatial and self.shapes is not None:
            wkb = shapely.to_wkb(self.shapes[some], output_dimension=2)
        data = [self.columns[name][some] for name in names]
        return {"fields": np.array(names, dtype=object)}, fids, wkb, data

    def _filtered(
        self, columns: Sequence[str] | None, where: str, spatial: bool, most: int | None
    ) -> Table:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a file in memory has no suffix
            return pyogrio.raw.read(
                self.geopackage, layer="held", columns=columns, return_fids=True, where=where,
                force_2d=True, read_geometry=spatial, max_features=most,
            )  # fmt: skip

    @cached_property
    def geopackage(self) -> bytes:
        """Give the layer as the bytes of a GeoPackage, layer `held`, for filters in SQL."""
        frame = pd.DataFrame({name: pd.Series(one) for name, one in self.columns.items()})
        out = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a layer without a CRS is no fault here
            if self.shapes is None:
                pyogrio.write_dataframe(frame, out, layer="held", driver="GPKG", FID=_KEY)
            else:
                data = gpd.GeoDataFrame(frame, geometry=self.shapes)
                pyogrio.write_dataframe(
                    data, out, layer="held", driver="GPKG", geometry_type="Unknown", FID=_KEY
                )
        return out.getvalue()


def texts(values: Sequence[Any]) -> np.ndarray:
    """Give values as an object array, the kind of a column of text."""
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    return out
