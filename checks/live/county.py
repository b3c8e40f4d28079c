# SPDX-License-Identifier: GPL-2.0-or-later
"""`LiveCounty`: a county checked once as a whole, then edit by edit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Mapping, Sequence

import numpy as np
import pandas as pd

from ...layers.errors import InputError
from ...layers.progress import Progress, silent
from ...layers.words import say
from ..audit import audit
from ..control import checked_zones, zone_cases, zone_findings
from ..crossing import check_crossings
from ..data import fabric_batches, no_rule_batch
from ..fabric import Builder, Fabric
from ..places import noise_of
from ..quota_tree import check_quota_sizes, check_quota_tree
from .asking import ask, ask_gaps
from .board import Board, public
from .ground import Ground
from .growing import Index
from .ledger import Ledger, Record
from .pieces import PieceStore
from .rows import Pen, Rows
from .telling import Counts, part_notes
from .weighing import Near

if TYPE_CHECKING:
    import geopandas as gpd

    from ...layers.findings import Batch
    from ...layers.model import County
    from .ground import Cutting

OPS = ("add", "set", "remove")


@dataclass
class Answer:
    """What an edit changed: rows of the indicators, ids that are gone, findings new or changed."""

    indicators: list[dict[str, Any]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)


class LiveCounty:
    """The state of a county's checks while its plan is edited.

    After any edits `indicators` and `findings` are what a run over the same features finds: data
    quality, quotas, control lines and their crossings. Edits that go wrong halfway leave the state
    stale; it is then computed anew before the next question.
    """

    def __init__(self, county: County, progress: Progress = silent) -> None:
        self.stale = False
        self._load(county, progress)

    def _load(
        self, county: County, progress: Progress, told: dict[int, gpd.GeoDataFrame] | None = None
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
        self.reading = county.findings
        books = audit(county, fabric)
        self.amiss: dict[int, str] = {}
        self.county, self.plan = county, plan is not None
        self.store = PieceStore(builder)
        if plan is not None:
            self._load_plan(county, builder, fabric, told)
        else:
            self.near = Near(county, None, self.store, fabric)
        self.board = Board(county, fabric)
        self._enter_all(county, fabric, books)
        shapes = county.plans.plot_shapes if county.plans is not None else np.empty(0, object)
        self.plots = Index(shapes)
        self.residual_m2 = fabric.residual_m2
        self._units_m2 = float(fabric.unit_m2.sum())

    def _load_plan(
        self, county: County, builder: Builder, fabric: Fabric,
        told: dict[int, gpd.GeoDataFrame] | None,
    ) -> None:  # fmt: skip
        self.rows = Rows(county, "plan")
        rest, parted = part_notes(county.findings, county.layers["plan"], "plan")
        self.reading = rest
        self.rows.told = parted if told is None else told
        self.counts = Counts(self.rows)
        self.ground = Ground(builder, self.rows)
        self.near = Near(county, self.rows, self.store, fabric)
        for row, lost in fabric.amiss["plan"].itertuples(index=False):
            label = self.rows.columns["id"].array[row]
            source = self.rows.layer.source
            self.amiss[row] = say("audit.amiss", source=source, id=label, area=abs(lost))

    def _enter_all(self, county: County, fabric: Fabric, books: gpd.GeoDataFrame) -> None:
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
        ledger.settle()

    def _enter_rows(self, batch: Batch, rows: np.ndarray) -> None:
        """Enter findings about rows of the plan."""
        rows = np.asarray(rows, dtype=np.int64)
        owners = [("plan", row) for row in rows.tolist()]
        self.ledger.add(owners, batch, self.rows.rank.array[rows].tolist())

    def _enter_plan(self, county: County, fabric: Fabric, books: gpd.GeoDataFrame) -> None:
        ledger = self.ledger
        for row, table in self.rows.told.items():
            ledger.add_table(("read", row), table)
        of_plan = books[books["subject_layer"] == "plan"]
        for place, row in enumerate(self.amiss):
            ledger.add_table(("plan", row), of_plan.iloc[[place]])
        for raw in {raw for raw, _ in self.counts.restored}:
            self._tell_restored(raw)
        self._tell_empty()
        self.unruled = self.near.unruled(county, fabric)
        for zone, code in self.unruled:
            self._tell_unruled(zone, code)

    def edit(self, edits: Sequence[Mapping[str, Any]]) -> Answer:
        """Follow edits of the plan: mappings of key, op (one of OPS), wkb and values.

        An edit that can't be (an unknown key, no plan) is an InputError and changes nothing.
        """
        pens, removed = self._coalesced(edits)
        self.fresh()
        keys = [*removed, *(pen.key for pen in pens)]
        self.stale = True
        gone = self.rows.retire(keys)
        come = self.rows.add(pens)
        self.rows.forget(removed)
        cutting = self.ground.cut_anew(gone, come)
        answer = self._follow(cutting, gone, come)
        self.stale = False
        return answer

    @property
    def followed(self) -> tuple[str, ...]:
        """Name the roles whose edits can be followed."""
        return ("plan",) if self.plan else ()

    def fields(self, role: str) -> dict[str, str]:
        """Give the layer's fields by our names."""
        source = self.county.dossier.layers.get(role)
        return {} if source is None else dict(source.fields)

    def rename(self, keys: Mapping[str, str], role: str = "plan") -> Answer:
        """Give features the ids they got when they were saved: {"new:-3": "18"}.

        The id says where a feature stands in the file, and the first on a spot keeps it; where ids
        stand for a field that is not there it is what the feature is called.
        """
        self.fresh()
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

    def _coalesced(self, edits: Sequence[Mapping[str, Any]]) -> tuple[list[Pen], list[str]]:
        """Give what becomes of each feature in the end, in the order the edits first name them."""
        if not self.plan:
            raise InputError("live.no_plan")
        wanted: dict[str, Pen | None] = {}
        for one in edits:
            key, op = str(one["key"]), one["op"]
            there = wanted[key] is not None if key in wanted else key in self.rows.row_of
            if op not in OPS:
                raise InputError("live.op", op=op, known=", ".join(OPS))
            if op != "add" and not there:
                raise InputError("live.no_feature", feature=key)
            if op == "remove":
                wanted[key] = None
                continue
            before = wanted.get(key) if op == "set" else None
            wkb = before.wkb if before else (b"" if op == "add" else None)
            if "wkb" in one:
                wkb = one["wkb"] or b""  # none is no shape, which is a finding
            values = {**(before.values if before else {}), **(one.get("values") or {})}
            wanted[key] = Pen(key, wkb, values)
        pens = [pen for pen in wanted.values() if pen is not None]
        return pens, [key for key, pen in wanted.items() if pen is None and key in self.rows.row_of]

    def _follow(self, cutting: Cutting, gone: np.ndarray, come: np.ndarray) -> Answer:
        """Bring sums and findings up to date with ground that was cut anew."""
        county, fabric = self.near.difference(cutting)
        sums = self.near.sums(county, fabric, self.board)
        unruled = self.near.unruled(county, fabric)
        hanging = self.hanging(gone, come)
        units = np.unique(cutting.pieces.columns["unit"])
        bare = {int(unit): self._bare_m2(int(unit)) for unit in units}
        self.store.replace(cutting.ground, cutting.pieces)
        self.ground.keep(cutting)
        self.board.add(sums, hanging)
        self._count(cutting, gone, come)
        self._tell_rows(cutting, gone, come)
        for unit, before in bare.items():
            if self._bare_m2(unit) != before:
                self.ledger.drop(("gap", unit))
                self.ledger.add([("gap", unit)], ask_gaps(self.near, unit))
        for (zone, code), m2 in unruled.items():
            self.unruled[zone, code] = self.unruled.get((zone, code), 0.0) + m2
            self._tell_unruled(zone, code)
        self.residual_m2 = self._units_m2 - self.store.total
        return self._answer(units)

    def _answer(self, units: np.ndarray) -> Answer:
        changed, judged = self.board.judge(units)
        for row in judged:
            self.ledger.drop(("quota", (row["level"], row["unit"], row["indicator"])))
        if judged:
            keys, batch = self.board.batch(judged)
            self.ledger.add([("quota", key) for key in keys], batch)
        gone, records = self.ledger.settle()
        return Answer([public(row) for row in changed], gone, records)

    def hanging(self, gone: np.ndarray, come: np.ndarray) -> dict[str, int]:
        """Tell for each indicator how many more features hang on the boundary."""
        old, new = self.rows.take(gone), self.rows.take(come)
        return {
            one.id: self.board.hanging(one, new) - self.board.hanging(one, old)
            for one in self.board.planned
        }

    def _bare_m2(self, unit: int) -> list[float]:
        rows = list(self.store.bare.get(unit, ()))
        return sorted(np.round(self.store.gross.array[rows], 6).tolist())

    def _count(self, cutting: Cutting, gone: np.ndarray, come: np.ndarray) -> None:
        """Count features in and out, and tell what is told by counts."""
        percent, living = self.counts.percent, self.counts.living
        for raw in self.counts.add(gone, -1) | self.counts.add(come, 1):
            self._tell_restored(raw)
        if (self.counts.living == 0) != (living == 0):
            self._tell_empty()
        if self.counts.percent != percent:
            self._tell_percent()

    def _tell_rows(self, cutting: Cutting, gone: np.ndarray, come: np.ndarray) -> None:
        """Replace the findings about the rows that changed."""
        told = any(row in self.rows.told for row in (*gone.tolist(), *come.tolist()))
        for row in (*gone.tolist(), *cutting.changed.tolist()):
            self.ledger.drop(("plan", row))
            told |= self.amiss.pop(row, None) is not None
        for row in gone.tolist():
            self.ledger.drop(("read", row))
        for owners, batch in ask(self.near, cutting, self.counts.percent):
            kept = [place for place, row in enumerate(owners) if row >= 0]
            self._enter_rows(batch.some(kept), owners[kept])
            if batch.values.get("rule") == "data.overlay":
                self.amiss.update(zip(map(int, owners), batch.values["message"]))
                told = True
        for row in come.tolist():
            if row in self.rows.told:
                self.ledger.add_table(("read", row), self.rows.told[row])
        if told or self.counts.living <= len(come):
            self._note_unread()

    def _note_unread(self) -> None:
        """Say what of the plan can't be read, as a run says it."""
        source = self.rows.layer.source
        texts = self.rows.unread()
        if self.counts.living == 0:
            texts.append(say("layers.empty_unread", source=source))
        amiss = self.rows.in_order(np.array(list(self.amiss), dtype=np.int64))
        self.county.layers["plan"].unread[:] = texts + [self.amiss[row] for row in amiss.tolist()]

    def _tell_restored(self, raw: str) -> None:
        self.ledger.drop(("restored", raw))
        for table in self.counts.restored_notes(self.county, raw):
            self.ledger.add_table(("restored", raw), table)

    def _tell_empty(self) -> None:
        self.ledger.drop("empty")
        for table in self.counts.empty_notes(self.county):
            self.ledger.add_table("empty", table)
        self._note_unread()

    def _tell_percent(self) -> None:
        more = say("checks.deduction.percent")
        for record in self.ledger.records():
            values = record.values
            if values["rule"] == "data.deduction" and values["subject_layer"] == "plan" \
                    and values["limit"] == 1.0:  # fmt: skip
                bare = values["message"].removesuffix(more)
                self.ledger.rewrite(record, bare + (more if self.counts.percent else ""))

    def _tell_unruled(self, zone: str, code: str) -> None:
        owner, area = ("unruled", zone, code), self.unruled[zone, code]
        self.ledger.drop(owner)
        if area >= self.county.dossier.tolerance.min_area_m2:
            land = pd.Series({code: area})
            batch = no_rule_batch(self.county, self.county.standard.zone(zone), land)
            self.ledger.add([owner], batch)

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
        if not self.plan:
            return self.county
        living = self.rows.living()
        told = [self.rows.told[row] for row in living.tolist() if row in self.rows.told]
        notes = [table for raw in sorted({raw for raw, _ in self.counts.restored})
                 for table in self.counts.restored_notes(self.county, raw)]  # fmt: skip
        tables = [self.reading, *told, *notes, *self.counts.empty_notes(self.county)]
        found = pd.concat([table for table in tables if len(table)] or [self.reading],
                          ignore_index=True)  # fmt: skip
        texts = self.rows.unread()
        if self.counts.living == 0:
            texts.append(say("layers.empty_unread", source=self.rows.layer.source))
        plan = self.rows.take(living)
        plan = replace(plan, unread=texts, data=self.rows.frame(living))
        layers = {**self.county.layers, "plan": plan}
        return replace(self.county, layers=layers, findings=found)

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
        self._load(county, progress, told)
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
