# SPDX-License-Identifier: GPL-2.0-or-later
"""The plan under the pen: what of a county's state hangs on its features, and how it follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...layers.words import say
from ..data import no_rule_batch
from ..places import noise_of
from ..uncovered import ground_m2
from .asking import ask, ask_gaps
from .ground import Ground
from .pieces import PieceStore, drawn_of
from .rows import Rows
from .telling import Counts, part_notes
from .weighing import Near

if TYPE_CHECKING:
    import geopandas as gpd

    from ...layers.findings import Batch
    from ...layers.model import County
    from ..fabric import Builder, Fabric
    from .board import Board
    from .ground import Cutting
    from .ledger import Ledger
    from .pens import Pen


class PlanState:
    """What a live county keeps of its plan; `LiveCounty` adds the rest."""

    county: County
    ledger: Ledger
    board: Board
    store: PieceStore
    near: Near
    reading: gpd.GeoDataFrame
    residual_m2: float
    amiss: dict[int, str]
    _units_m2: float

    def _load_plan(
        self, county: County, builder: Builder, fabric: Fabric,
        told: dict[int, gpd.GeoDataFrame] | None,
    ) -> None:  # fmt: skip
        self.rows = Rows(county, "plan")
        rest, parted = part_notes(self.reading, county.layers["plan"])
        self.reading = rest
        self.rows.told = parted if told is None else told
        self.counts = Counts(self.rows)
        self.ground = Ground(builder, self.rows)
        self.near = Near(county, self.rows, self.store, fabric)
        for row, lost in fabric.amiss["plan"].itertuples(index=False):
            label = self.rows.columns["id"].array[row]
            source = self.rows.layer.source
            self.amiss[row] = say("audit.amiss", source=source, id=label, area=abs(lost))

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

    def follow_plan(self, pens: list[Pen], removed: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Bring sums and findings up to date with edits of the plan.

        Gives the rows that went or came, and the finest units to be judged again.
        """
        gone = self.rows.retire([*removed, *(pen.key for pen in pens)])
        come = self.rows.add(pens)
        self.rows.forget(removed)
        cutting = self.ground.cut_anew(gone, come)
        units = self._follow(cutting, gone, come)
        return np.concatenate([gone, come]), units

    def _follow(self, cutting: Cutting, gone: np.ndarray, come: np.ndarray) -> np.ndarray:
        """Put ground that was cut anew in place of the old, with its sums and findings."""
        county, fabric = self.near.difference(cutting)
        sums = self.near.sums(county, fabric, self.board)
        unruled = self.near.unruled(county, fabric)
        hanging = self.hanging(gone, come)
        units = np.unique(cutting.pieces.columns["unit"])
        bare = {int(unit): self._bare_m2(int(unit)) for unit in units}
        uncovered = self.uncovered(cutting)
        self.store.replace(cutting.ground, cutting.pieces)
        self.ground.keep(cutting)
        self.board.add(sums, hanging, uncovered)
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
        return units

    def hanging(self, gone: np.ndarray, come: np.ndarray) -> dict[str, int]:
        """Tell for each indicator how many more features hang on the boundary."""
        old, new = self.rows.take(gone), self.rows.take(come)
        return {
            one.id: self.board.hanging(one, new) - self.board.hanging(one, old)
            for one in self.board.planned
        }

    def uncovered(self, cutting: Cutting) -> dict[int, float]:
        """Measure what the plan leaves uncovered once ground is cut so: m2 by finest unit.

        Only of units where that changes: most edits take no uncovered ground and leave none.
        """
        columns, noise = cutting.pieces.columns, noise_of(self.county)
        gone = set(self.store.of(cutting.ground).tolist())
        out = {}
        for unit in np.unique(columns["unit"]).tolist():
            bare = self.store.bare.get(unit, set())
            new = np.flatnonzero((columns["unit"] == unit) & (columns["plan"] < 0))
            if bare.isdisjoint(gone) and not len(new):
                continue
            rows = np.array(sorted(bare - gone), dtype=np.int64)
            shapes = np.concatenate([self.store.drawn(rows), drawn_of(cutting.pieces, new)])
            out[unit] = ground_m2(shapes, self.near.measure, noise)
        return out

    def _bare_m2(self, unit: int) -> list[float]:
        rows = list(self.store.bare.get(unit, ()))
        return sorted(np.round(self.store.gross.array[rows], 6).tolist())

    def _count(self, cutting: Cutting, gone: np.ndarray, come: np.ndarray) -> None:
        """Count features in and out, and tell what is told by counts."""
        percent, before = self.counts.percent, (self.counts.living == 0, self.counts.lacking)
        for raw in self.counts.add(gone, -1) | self.counts.add(come, 1):
            self._tell_restored(raw)
        if (self.counts.living == 0, self.counts.lacking) != before:
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
