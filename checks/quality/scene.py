# SPDX-License-Identifier: GPL-2.0-or-later
"""A county that is judged without being cut: the measure, and where features lie."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely

from ...layers.model import County
from .. import parallel
from ..fabric import Fabric, Measure


@dataclass
class Scene(Fabric):
    """What checks ask of a fabric about single features, found without cutting all layers.

    `overlaps` and `outside` are filled as the layers are examined.
    """

    county: County | None = None
    _tree: shapely.STRtree | None = None
    _known: dict[tuple[str, int], int] = field(default_factory=dict)

    def units_of(self, role: str, rows: np.ndarray) -> np.ndarray:
        """Give features the finest unit that holds most of each; -1 where none does."""
        county = self.county
        if county is None or role not in county.layers or not len(county.tree.feature_unit):
            return np.full(len(rows), -1)
        new = np.array([row for row in dict.fromkeys(rows.tolist()) if (role, row) not in
                        self._known], dtype=int)  # fmt: skip
        found = self._holders(county, county.layers[role].geometry[new])
        self._known.update({(role, int(row)): int(unit) for row, unit in zip(new, found)})
        return np.array([self._known[role, row] for row in rows.tolist()], dtype=int)

    def _holders(self, county: County, shapes: np.ndarray) -> np.ndarray:
        """Lay shapes over the units; of units alike to a thousandth of a m2 the first is taken."""
        out = np.full(len(shapes), -1)
        if not len(shapes):
            return out
        if self._tree is None:
            self._tree = shapely.STRtree(county.units.geometry)
        at, unit = self._tree.query(shapes, predicate="intersects")
        holder = county.tree.feature_unit[unit]
        at, unit, holder = at[holder >= 0], unit[holder >= 0], holder[holder >= 0]
        alone = np.bincount(at, minlength=len(shapes)) == 1
        out[at[alone[at]]] = holder[alone[at]]
        at, unit, holder = (column[~alone[at]] for column in (at, unit, holder))
        shared = parallel.safe(shapely.intersection, shapes[at], county.units.geometry[unit])
        table = pd.DataFrame({"at": at, "unit": holder, "area": shapely.area(shared)})
        sums = table.groupby(["at", "unit"], sort=True)["area"].sum().reset_index()
        sums["area"] = sums["area"].round(3)
        sums = sums.sort_values(["area", "unit"], ascending=[True, False], kind="stable")
        out[sums["at"].to_numpy()] = sums["unit"].to_numpy()  # the largest is written last
        return out


def scene_of(county: County, measure: Measure) -> Scene:
    """Set the scene of a county."""
    units = np.bincount(
        county.tree.feature_unit[county.tree.feature_unit >= 0],
        weights=measure(county.units.geometry)[county.tree.feature_unit >= 0]
        if len(county.units) else None,
        minlength=len(county.tree.finest),
    )  # fmt: skip
    return Scene(pd.DataFrame(), units, measure, county=county)
