# SPDX-License-Identifier: GPL-2.0-or-later
"""The units of each level as arrays, and sums of the finest units rolled up to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from ..layers.model import LEVELS

if TYPE_CHECKING:
    from ..layers.model import County, UnitTree

FINEST = "village"


@dataclass(frozen=True)
class Level:
    """One level's units in order of code.

    `of_finest` is the row here of each finest unit, -1 where it has no unit at this level.
    """

    name: str
    codes: np.ndarray
    names: np.ndarray
    clusters: np.ndarray
    of_finest: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    def sum(self, finest: np.ndarray) -> np.ndarray:
        """Roll values of the finest units (rows) up to this level; any further axes are kept."""
        out = np.zeros((len(self), *finest.shape[1:]))
        has = self.of_finest >= 0
        np.add.at(out, self.of_finest[has], finest[has])
        return out


def levels(tree: UnitTree) -> list[Level]:
    """List the tree's levels from the county down; units without a code at a level are left out."""
    return [_level(tree, name) for name in LEVELS if name in tree.levels]


def _level(tree: UnitTree, name: str) -> Level:
    finest = tree.finest
    key, title = ("code", "name") if name == FINEST else (name, f"{name}_name")
    column = finest[key].astype(str).to_numpy(dtype=object)
    codes, first, place = np.unique(column, return_index=True, return_inverse=True)
    keep = codes != ""
    place = (np.cumsum(keep) - 1)[place]
    place[column == ""] = -1
    first = first[keep]
    names = finest[title].to_numpy(dtype=object)[first] if title in finest else codes[keep]
    inside = name != "county" and "cluster" in finest
    clusters = (
        finest["cluster"].to_numpy(dtype=object)[first] if inside else np.full(len(first), "")
    )
    names = np.where(names.astype(str) == "", codes[keep], names)
    return Level(name, codes[keep], names, clusters.astype(object), place)


def counted_once(indicators: pd.DataFrame) -> pd.DataFrame:
    """Leave out the rows of a cluster that is the county: each says again what the county's does.

    So it is where units name no cluster. A quota set for the cluster alone is kept.
    """
    same = indicators.duplicated(["unit", "indicator", "quota_ha", "plan_ha", "outcome"])
    return indicators[~(same & (indicators["level"] == "cluster"))]


def finest_sums(units: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Sum pieces' values per finest unit."""
    return np.bincount(units, weights=values, minlength=count)


def unit_shape(county: County, level: Level, row: int) -> shapely.Geometry | None:
    """Give a unit's area as one shape: the union of its features, None where it has none."""
    finest = county.tree.feature_unit  # -1 where the feature's unit is left out of the run
    member = (finest >= 0) & (level.of_finest[finest] == row)
    shapes = county.units.geometry[member]
    shapes = shapes[~shapely.is_missing(shapes)]
    if len(shapes) == 0:
        return None
    return merge(shapes)


def merge(shapes: np.ndarray) -> shapely.Geometry:
    """Unite polygons that should only touch: the quick way where they do, the sure one else."""
    if len(shapes) == 1:
        return shapes[0]
    try:
        joined = shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:  # edges that meet without a common vertex
        return shapely.union_all(shapes)
    return joined if shapely.is_valid(joined) else shapely.union_all(shapes)
