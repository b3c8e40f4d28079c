# SPDX-License-Identifier: GPL-2.0-or-later
"""Names, pictures and sums of what one dossier's results hold, made once per dossier."""

from __future__ import annotations

from typing import Iterable

from qgis.PyQt.QtGui import QIcon

from ..jobs.words import tr
from .conflict_filters import Filters, Value, pair_of, size
from .heat import Cells, Head
from .labels import OBJECTS, RULES, SEVERITIES, STATES, chip, sign, word
from .sector_records import OBJECTS as OBJECT_ORDER
from .sector_records import Conflict, Results

UNSETTLED = ("open", "reopened")
_WORDS = {"rule": RULES, "severity": SEVERITIES, "state": STATES}


class Names:
    """Looks up what to call the values of the filters."""

    def __init__(self) -> None:
        self._plans: dict[str, str] = {}
        self._colours: dict[str, str] = {}
        self._places: dict[tuple[str, str], str] = {}

    def load(self, results: Results) -> None:
        """Take the names of other results."""
        self._plans = {plan.sector: plan.short for plan in results.plans}
        self._colours = {plan.sector: plan.colour for plan in results.plans}
        self._places = {}
        for one in results.conflicts:
            self._places["town", one.town] = one.town_name or one.town
            self._places["cluster", one.cluster] = one.cluster_name or one.cluster

    def name(self, facet: str, value: Value) -> str:
        """Give a value's name."""
        if facet == "pair" and isinstance(value, tuple):
            first, second = (self.thing(end) for end in value)
            return first if first == second else f"{first} × {second}"
        if facet in _WORDS:
            return word(_WORDS[facet], str(value))
        if facet == "plan":
            return self.thing(str(value))
        if not value:
            return tr("whole county") if facet == "cluster" else tr("no town")
        return self._places.get((facet, str(value)), str(value))

    def thing(self, key: str) -> str:
        """Give the name of a plan or of what a plan can be in conflict with."""
        return self._plans.get(key) or word(OBJECTS, key)

    def picture(self, facet: str, value: Value) -> QIcon:
        """Give a value's sign or colour."""
        if facet in ("severity", "state"):
            return sign(str(value))
        if facet == "plan" and value in self._colours:
            return chip(self._colours[value])
        return QIcon()


def heads(results: Results, names: Names) -> tuple[list[Head], list[Head]]:
    """Give the matrix's rows (plans) and columns (plans and what else conflicts are with)."""
    plans = [Head(plan.sector, plan.short, plan.colour) for plan in results.plans]
    met = {one.object.layer for one in results.conflicts}
    others = [
        Head(key, names.thing(key)) for key in OBJECT_ORDER if key in met and key != "@quotas"
    ]
    return plans, plans + others


def cells(conflicts: Iterable[Conflict]) -> Cells:
    """Sum up conflicts per pair: their number and hectares."""
    sums: dict[tuple[str, str], list[float]] = {}
    for one in conflicts:
        total = sums.setdefault(pair_of(one), [0, 0.0])
        total[0] += 1
        total[1] += (one.area_m2 or 0.0) / 1e4
    return {pair: (int(count), area) for pair, (count, area) in sums.items()}


def counts(filters: Filters, facet: str) -> dict[str, tuple[int, int]]:
    """Count, per plan or department, the unsettled and all conflicts that are not fixed.

    The tree shows what there is, not what happens to be filtered.
    """
    states = filters.sets["state"]
    fixed = states.get("fixed", 0)
    open_ = 0
    for state in UNSETTLED:
        open_ |= states.get(state, 0)
    return {
        str(value): (size(bits & open_), size(bits & ~fixed))
        for value, bits in filters.sets[facet].items()
    }


def departments(results: Results) -> list[str]:
    """List the departments, each once, in the dossier's order."""
    named = (plan.department for plan in results.plans)
    return list(dict.fromkeys(name for name in named if name))
