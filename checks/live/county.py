# SPDX-License-Identifier: GPL-2.0-or-later
"""`LiveCounty`: a county checked once as a whole, then edit by edit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Container, Mapping, Sequence

import numpy as np
import pandas as pd

from ...layers.errors import InputError
from ...layers.progress import Progress, silent
from ...layers.words import say
from ..audit import audit
from ..control import checked_zones, zone_cases, zone_findings
from ..crossing import check_crossings
from ..data import fabric_batches
from ..fabric import Builder, Fabric
from ..places import noise_of
from ..quota_tree import check_quota_sizes, check_quota_tree
from .board import Board, public
from .ledger import Ledger, Record
from .pens import coalesced
from .pieces import PieceStore
from .plan_state import PlanState
from .sectors import LiveSectors
from .weighing import Near

if TYPE_CHECKING:
    import geopandas as gpd

    from ...layers.model import County

PLAN = "plan"


@dataclass
class Answer:
    """What an edit changed: rows of the indicators, ids that are gone, findings new or changed."""

    indicators: list[dict[str, Any]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)


class LiveCounty(PlanState):
    """The state of a county's checks while its plan is edited.

    After any edits `indicators` and `findings` are what a run over the same features finds: data
    quality, quotas, control lines and their crossings. Edits that go wrong halfway leave the state
    stale; it is then computed anew before the next question.
    """

    def __init__(self, county: County, progress: Progress = silent) -> None:
        self.stale = False
        self._load(county, progress)

    def _load(
        self,
        county: County,
        progress: Progress,
        told: dict[int, gpd.GeoDataFrame] | None = None,
        raws: Mapping[int, Any] | None = None,
    ) -> None:
        """Check everything and keep it in parts."""
        plan = county.layers.get("plan")
        if plan is not None:  # marks of a former run over these layers
            plan = replace(plan, unread=list(plan.unread))
            county = replace(county, layers={**county.layers, "plan": plan})
        builder = Builder(county, progress)
        builder.cut()
        fabric = builder.fabric()
        crs = county.dossier.crs
        unnamed = tuple(role for role, layer in county.layers.items() if layer.ids_are_fids)
        self.ledger = Ledger(crs, unnamed)
        self.sectors: LiveSectors | None = None
        of_plans = [one.id for one in county.dossier.sectors] if county.plans is not None else []
        self.reading = county.findings[~county.findings["subject_layer"].isin(of_plans)]
        books = audit(county, fabric)
        self.amiss = {}
        self.county, self.plan = county, plan is not None
        self.store = PieceStore(builder)
        if plan is not None:
            self._load_plan(county, builder, fabric, told)
        else:
            self.near = Near(county, None, self.store, fabric)
        self.board = Board(county, fabric)
        self._enter_all(county, fabric, books, raws or {})
        self.residual_m2 = fabric.residual_m2
        self._units_m2 = float(fabric.unit_m2.sum())

    def _enter_all(
        self, county: County, fabric: Fabric, books: gpd.GeoDataFrame, raws: Mapping[int, Any]
    ) -> None:
        """Enter all findings of a full run under those they are about."""
        ledger, noise = self.ledger, noise_of(county)
        ledger.add_table("reading", self.reading)
        ledger.add_table("books", books[books["subject_layer"] != "plan"])
        ledger.add_table("quotas", check_quota_tree(county))
        ledger.add_table("quotas", check_quota_sizes(county, fabric))
        ledger.add_table("crossing", check_crossings(county, fabric, noise)[0])
        for role, batch in fabric_batches(county, fabric, noise):
            rule = str(batch.values.get("rule", ""))
            if role == "plan" and rule != "data.no_rule":
                self._enter_rows(batch, batch.rows)
            elif rule == "data.gap" and batch.values["object_layer"] == "plan":
                ledger.add([("gap", int(unit)) for unit in batch.rows], batch)
            elif rule != "data.no_rule" or not self.plan:
                ledger.add(["data"] * len(batch), batch)
        for zone in checked_zones(county):
            cases = zone_cases(county, fabric, zone)
            batch = zone_findings(county, fabric, zone, cases, noise)
            if self.plan:
                self._enter_rows(batch, batch.rows)
            else:
                ledger.add(["control"] * len(batch), batch)
        rows = list(self.board.rows.values())
        keys, batch = self.board.batch(rows)
        ledger.add([("quota", key) for key in keys], batch)
        if self.plan:
            self._enter_plan(county, fabric, books)
        if county.plans is not None:
            self.sectors = LiveSectors(self, raws)
        ledger.settle()

    def edit(self, edits: Sequence[Mapping[str, Any]]) -> Answer:
        """Follow edits: mappings of role (default: the plan), key, op (one of OPS), wkb, values.

        An edit that can't be (an unknown key or role) is an InputError, and then none is made.
        """
        self.fresh()
        wanted = {}
        for role in dict.fromkeys(str(one.get("role", PLAN)) for one in edits):
            own = [one for one in edits if one.get("role", PLAN) == role]
            wanted[role] = coalesced(own, self._known(role))
        self.stale = True
        units = np.empty(0, dtype=np.int64)
        for role, (pens, removed) in wanted.items():
            if role == PLAN:
                moved, units = self.follow_plan(pens, removed)
                if self.sectors is not None:
                    self.sectors.plan_changed(moved)
            elif self.sectors is not None:
                self.sectors.edit(self.sectors.followed[role], pens, removed)
        answer = self._answer(units)
        self.stale = False
        return answer

    def _known(self, role: str) -> Container[str]:
        """Give the keys of the features of a role whose edits can be followed."""
        if role == PLAN and self.plan:
            return self.rows.row_of
        sectors = {} if self.sectors is None else self.sectors.followed
        if role not in sectors:
            raise InputError("live.no_plan" if role == PLAN else "live.role", role=role)
        return frozenset(sectors[role].fids)

    @property
    def followed(self) -> tuple[str, ...]:
        """Name the roles whose edits can be followed."""
        sectors = {} if self.sectors is None else self.sectors.followed
        return (*((PLAN,) if self.plan else ()), *sectors)

    def fields(self, role: str) -> dict[str, str]:
        """Give the layer's fields by our names, those that reading recognised too."""
        plan = None if self.sectors is None else self.sectors.followed.get(role)
        if plan is not None:
            return plan.fields
        source = self.county.dossier.layers.get(role)
        return {} if source is None else dict(source.fields)

    def rename(self, keys: Mapping[str, str], role: str = "plan") -> Answer:
        """Give features the ids they got when they were saved: {"new:-3": "18"}.

        The id says where a feature stands in the file, and the first on a spot keeps it; where ids
        stand for a field that is not there it is what the feature is called.
        """
        self.fresh()
        if role != PLAN and self.sectors is not None and role in self.sectors.followed:
            self.stale = True
            self.sectors.rename(self.sectors.followed[role], dict(keys))
            self.stale = False
            return self._answer(np.empty(0, dtype=np.int64))
        if not self.plan:
            raise InputError("live.no_plan")
        rows, moved = self.rows, []
        for old, new in keys.items():
            if old in rows.row_of and old != new:
                row = rows.rekey(old, new)
                shapes = rows.geometry.array[[row]]
                near = rows.index.meeting(shapes)
                if rows.layer.ids_are_fids or rows.alive.array[near].sum() > 1:
                    moved.append({"key": new, "op": "set"})
        return self.edit(moved) if moved else Answer()

    def fresh(self) -> None:
        """Compute everything anew where an edit went wrong halfway."""
        if self.stale:
            self.full()

    def _answer(self, units: np.ndarray) -> Answer:
        changed, judged = self.board.judge(units)
        for row in judged:
            self.ledger.drop(("quota", (row["level"], row["unit"], row["indicator"])))
        if judged:
            keys, batch = self.board.batch(judged)
            self.ledger.add([("quota", key) for key in keys], batch)
        gone, records = self.ledger.settle()
        return Answer([public(row) for row in changed], gone, records)

    @property
    def indicators(self) -> list[dict[str, Any]]:
        """List the rows of a run's table of indicators."""
        self.fresh()
        return self.board.table()

    @property
    def findings(self) -> gpd.GeoDataFrame:
        """Give all findings as a run has them."""
        self.fresh()
        return self.ledger.table()

    def present(self) -> County:
        """Give the county as it is now, as if read from its files."""
        sectors = [] if self.sectors is None else self.sectors.reading()
        plans = None if self.sectors is None else self.sectors.whole()
        if not self.plan:
            found = pd.concat([self.reading, *sectors], ignore_index=True)
            return replace(self.county, findings=found, plans=plans)
        living = self.rows.living()
        told = [self.rows.told[row] for row in living.tolist() if row in self.rows.told]
        notes = [table for raw in sorted({raw for raw, _ in self.counts.restored})
                 for table in self.counts.restored_notes(self.county, raw)]  # fmt: skip
        tables = [self.reading, *told, *notes, *self.counts.empty_notes(self.county), *sectors]
        found = pd.concat([table for table in tables if len(table)] or [self.reading],
                          ignore_index=True)  # fmt: skip
        texts = self.rows.unread()
        if self.counts.living == 0:
            texts.append(say("layers.empty_unread", source=self.rows.layer.source))
        plan = self.rows.take(living)
        plan = replace(plan, unread=texts, data=self.rows.frame(living))
        layers = {**self.county.layers, "plan": plan}
        return replace(self.county, layers=layers, findings=found, plans=plans)

    def full(self, progress: Progress = silent) -> dict[str, float]:
        """Compute everything anew from the present features; tells how far the state was off."""
        stale, self.stale = self.stale, False
        before = {} if stale else self._facts()
        county = self.present()
        told = None
        if self.plan:
            living = self.rows.living().tolist()
            told = {place: self.rows.told[row] for place, row in enumerate(living)
                    if row in self.rows.told}  # fmt: skip
        raws = {} if self.sectors is None else self.sectors.raws()
        self._load(county, progress, told, raws)
        return {} if stale else _apart(before, self._facts())

    def _facts(self) -> dict[str, dict[Any, float]]:
        return {
            "indicators": {key: row["plan_ha"] for key, row in self.board.rows.items()},
            "findings": {one.id: one.values["area_m2"] for one in self.ledger.records()},
        }


def _apart(one: dict[str, dict[Any, float]], other: dict[str, dict[Any, float]]) -> dict[str, Any]:
    """Tell the largest differences of two states, and how many findings only one of them has."""

    def largest(name: str) -> float:
        both = one[name].keys() & other[name].keys()
        pairs = np.array([(one[name][key], other[name][key]) for key in both]).reshape(-1, 2)
        return float(np.nanmax(np.abs(pairs[:, 0] - pairs[:, 1]), initial=0.0))

    missing = len(one["findings"].keys() ^ other["findings"].keys())
    return {"indicator_ha": largest("indicators"), "finding_m2": largest("findings"),
            "missing": missing}  # fmt: skip
