# SPDX-License-Identifier: GPL-2.0-or-later
"""Made counties for tests: written once a session, read back plainly."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

_KEPT: list[tempfile.TemporaryDirectory] = []


@dataclass(frozen=True)
class Written:
    """A county's folder and what was read back from it, layer by layer."""

    folder: Path
    dossier: Path

    def layer(self, name: str) -> gpd.GeoDataFrame:
        return gpd.read_file(self.folder / "county.gpkg", layer=name, engine="pyogrio")

    @property
    def faults(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "faults.csv", dtype=str, keep_default_na=False)

    @property
    def conflicts(self) -> pd.DataFrame:
        """The conflicts of sector plans that were built in."""
        path = self.folder / "sector_conflicts.csv"
        return pd.read_csv(path, dtype=str, keep_default_na=False)

    @property
    def quotas(self) -> pd.DataFrame:
        """The workbook as it stands: unit, level, then a column an indicator, in 0.01 ha."""
        raw = pd.read_excel(self.folder / "quotas.xlsx", header=None, dtype=object)
        heads = raw.iloc[0].ffill() + "/" + raw.iloc[1].fillna("").astype(str)
        table = raw.iloc[2:].reset_index(drop=True)
        table.columns = ["unit", "name", "level", *heads[3:]]
        for column in table.columns[3:]:
            table[column] = (table[column].astype(float) * 100).round().astype(int)
        return table


@lru_cache(maxsize=8)
def written(parcels: int = 800, seed: int = 3, faults: bool = False) -> Written:
    """Make a county in a folder that lasts as long as the test session."""
    from pianqu.sample import make_county

    place = tempfile.TemporaryDirectory(prefix="pianqu-county-")
    _KEPT.append(place)
    dossier = make_county(parcels, seed, faults, Path(place.name))
    return Written(Path(place.name), dossier)
