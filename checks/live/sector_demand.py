# SPDX-License-Identifier: GPL-2.0-or-later
"""What sector projects ask for, kept project by project, and held against the quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

import numpy as np

from ...layers.findings import COLUMNS, Batch
from ..sectors.demand import Demand, check_demand, measure_base, measure_demand

if TYPE_CHECKING:
    from ..sectors.scene import Scene
    from .ledger import Ledger
    from .sector_near import Key


class LiveDemand:
    """The new construction that projects ask for: the land of each by finest unit, and the sum.

    `scene` is one of all projects; only its units, quotas and base are looked at.
    """

    def __init__(self, scene: Scene) -> None:
        self._base_m2 = measure_base(scene)
        self._parts: dict[Key, tuple[np.ndarray, np.ndarray, float, bool]] = {}
        self._by_unit = np.zeros(len(scene.county.tree.finest))
        self._unplaced, self._vague = 0.0, 0
        self._reason = ""
        self._judged: Any = None

    def forget(self, key: Key) -> None:
        """Take away what a project asks for."""
        part = self._parts.pop(key, None)
        if part is not None:
            self._by_unit[part[0]] -= part[1]
            self._unplaced -= part[2]
            self._vague -= part[3]

    def weigh(self, scene: Scene, keys: list[Key]) -> None:
        """Add what the projects asked about in a scene ask for; `keys` are all of the scene."""
        demand = measure_demand(scene)
        self._reason = demand.reason
        if demand.reason:
            return
        project, unit, area = demand.parts
        order = np.argsort(project, kind="stable")
        edges = np.searchsorted(project[order], np.arange(len(keys) + 1))
        for place in np.flatnonzero(scene.in_run).tolist():
            own = order[edges[place] : edges[place + 1]]
            units, back = np.unique(unit[own].astype(np.int64), return_inverse=True)
            sums = np.bincount(back, area[own], minlength=len(units))
            unplaced, vague = float(demand.unplaced[place]), bool(demand.unclear[place])
            self._parts[keys[place]] = units, sums, unplaced, vague
            self._by_unit[units] += sums
            self._unplaced += unplaced
            self._vague += vague

    def judge(self, scene: Scene, missing: dict[str, str], ledger: Ledger) -> None:
        """Hold what all projects ask for against the quotas, where that changed.

        `missing` says what of the plans could not be read.
        """
        now = (np.round(self._by_unit, 6).tobytes(), round(self._unplaced, 6), self._vague,
               tuple(missing.items()))  # fmt: skip
        if now == self._judged or self._reason:
            return
        self._judged = now
        ledger.drop("demand")
        scene.kept = []
        scene.plans.missing.clear()
        scene.plans.missing.update(missing)
        demand = Demand(np.empty(0), self._by_unit, self._unplaced, vague=self._vague)
        check_demand(scene, demand, self._base_m2)
        for batch, values in scene.kept:
            found = Batch(told(values), batch.shapes, np.arange(len(batch)))
            ledger.add(["demand"] * len(batch), found)


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a conflict's record what its finding has."""
    return {name: values[name] for name in COLUMNS if name in values and name != "id"}
