# SPDX-License-Identifier: GPL-2.0-or-later
"""The things the engine computes on: a layer, the unit tree, a county."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from .dossier import Dossier
    from .sector_model import Plans
    from .standard import Standard

LEVELS = ("county", "cluster", "town", "village")


@dataclass
class Layer:
    """One role's features in the dossier's CRS, ready to be overlaid.

    `geometry` is an object array of valid Polygon or MultiPolygon; None where a feature could not
    be used (its reason stands in `unread`). `data` has the same length and a RangeIndex, with the
    role's fields under the names the dossier gives them: text columns (`id`, `code`, ...) as str,
    "" where null; `deduction` as float64, NaN where null. `source` names file and layer as the
    user knows them. `table` is the code table of `code`, "" where the role has none.
    `ids_are_fids` tells that the dossier maps no id field: `id` is then the number the driver
    gives a feature, which another feature may bear once the file is written anew. `fids` are the
    driver's numbers in any case, as text, and `restored` the codes as they stand in the file where
    reading changed them ("" elsewhere), `misread` where a coefficient is no number; all None where
    a layer was not read.
    """

    role: str
    source: str
    geometry: np.ndarray
    data: pd.DataFrame
    table: str = ""
    unread: list[str] = field(default_factory=list)
    ids_are_fids: bool = False
    fids: np.ndarray | None = None
    restored: np.ndarray | None = None
    misread: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True)
class UnitTree:
    """Villages (the finest units) and the towns, clusters and county above them.

    `finest` has a row a unit in order of code: code, name, town, town_name, cluster,
    cluster_name, county, county_name (all str; "" where the dossier gives no such field).
    `feature_unit[i]` is the row of `finest` that the i-th feature of the units layer belongs to:
    a unit may have several features (exclaves). It is -1 for a feature of a unit that the run
    leaves out: a neighbour of chosen clusters, kept because it may claim ground of theirs.
    """

    finest: pd.DataFrame
    feature_unit: np.ndarray
    levels: tuple[str, ...] = LEVELS

    def units(self, level: str) -> pd.DataFrame:
        """List a level's units, in order of code: unit, unit_name, cluster, parent."""
        from .units import units_of

        return units_of(self, level)

    def codes(self, level: str) -> np.ndarray:
        """Give for each row of `finest` the code of the unit of `level` it lies in."""
        column = "code" if level == "village" else level
        return self.finest[column].to_numpy(dtype=object)


@dataclass
class County:
    """Everything one dossier describes, read into memory.

    `layers` maps role to Layer, in the dossier's order, without `units`. `missing` maps a role
    that was named but could not be read, or was not named at all, to the reason. `quotas` has
    level, unit, indicator, quota_ha, reserve_ha (floats, NaN where not given). `findings` holds
    what reading found (rules `data.*`). `inputs` is the provenance of each source for run.json.
    `plans` are the sector plans, None where the dossier names none.
    """

    dossier: Dossier
    standard: Standard
    units: Layer
    tree: UnitTree
    layers: dict[str, Layer]
    quotas: pd.DataFrame
    findings: gpd.GeoDataFrame
    missing: dict[str, str] = field(default_factory=dict)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    plans: Plans | None = None
