# SPDX-License-Identifier: GPL-2.0-or-later
"""The neighbourhood of an edit as a county of its own, for the same checks to look at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from ..control import checked_zones, unruled_sums, zone_cases
from ..fabric import Fabric
from ..values import sum_up
from .lean import Lean
from .pieces import frame

if TYPE_CHECKING:
    from ...layers.model import County, Layer
    from ..values import Sums
    from .board import Board
    from .ground import Cutting
    from .pieces import PieceStore
    from .rows import Rows


class Fixed:
    """A layer that is not edited, of which a few rows at a time are taken."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self._columns = {
            name: layer.data[name].to_numpy(dtype=float if name == "deduction" else object)
            for name in layer.data
        }

    def take(self, rows: np.ndarray) -> Layer:
        """Make a layer of some rows."""
        data = Lean({name: values[rows] for name, values in self._columns.items()})
        misread = self.layer.misread
        return replace(
            self.layer, geometry=self.layer.geometry[rows], data=cast(pd.DataFrame, data),
            fids=None, restored=None, misread=None if misread is None else misread[rows],
        )  # fmt: skip


class Near:
    """Makes small counties: the rows of plan and base that some pieces lie in, and all zones."""

    def __init__(
        self, county: County, rows: Rows | None, store: PieceStore, fabric: Fabric
    ) -> None:
        self.county, self.rows, self.store = county, rows, store
        self.unit_m2, self.measure = fabric.unit_m2, fabric.measure
        base = county.layers.get("landuse")
        self.base = None if base is None else Fixed(base)

    def county_of(self, plan: np.ndarray, base: np.ndarray) -> County:
        """Give the county with these rows of plan and base only."""
        layers = dict(self.county.layers)
        if self.rows is not None:
            layers["plan"] = self.rows.take(plan)
        if self.base is not None:
            layers["landuse"] = self.base.take(base)
        return replace(self.county, layers=layers)

    def fabric_of(
        self, columns: dict[str, np.ndarray], plan: np.ndarray, more: np.ndarray | None = None
    ) -> tuple[County, Fabric]:
        """Give county and fabric of pieces; `plan` are the (sorted) rows of the plan it holds."""
        local = dict(columns)
        base = np.empty(0, dtype=np.int64)
        if self.base is not None:
            base = np.unique(columns["landuse"][columns["landuse"] >= 0])
            local["landuse"] = placed(columns["landuse"], base)
        if "plan" in columns:
            local["plan"] = placed(columns["plan"], plan)
        table = frame(local, self.store.roles)
        fabric = Fabric(table, self.unit_m2, self.measure)
        return self.county_of(plan, base), fabric

    def difference(self, cutting: Cutting) -> tuple[County, Fabric]:
        """Give the new pieces with their areas and the old ones with theirs taken away."""
        old = self.store.table(self.store.of(cutting.ground))
        new = {**cutting.pieces.columns, "gross_m2": cutting.pieces.gross}
        old["gross_m2"] = -old["gross_m2"]
        columns = {name: np.concatenate([values, new[name]]) for name, values in old.items()}
        plan = np.unique(columns["plan"][columns["plan"] >= 0])
        return self.fabric_of(columns, plan)

    def sums(self, county: County, fabric: Fabric, board: Board) -> dict[str, Sums]:
        """Sum what pieces add to each indicator that counts the plan."""
        return {one.id: sum_up(county, fabric, one, False) for one in board.planned}

    def unruled(self, county: County, fabric: Fabric) -> dict[tuple[str, str], float]:
        """Sum the land in each zone by the codes that none of its rules covers."""
        out: dict[tuple[str, str], float] = {}
        for zone in checked_zones(county):
            land = unruled_sums(county, fabric, zone_cases(county, fabric, zone))
            out.update({(zone.id, str(code)): float(m2) for code, m2 in land.items()})
        return out


def placed(keys: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Give each key's place in the sorted `rows`; -1 where it is not among them."""
    if not len(rows):
        return np.full(len(keys), -1)
    place = np.searchsorted(rows, keys).clip(max=len(rows) - 1)
    return np.where(rows[place] == keys, place, -1)
