# SPDX-License-Identifier: GPL-2.0-or-later
"""The checks asked about the features that an edit changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, cast

import numpy as np

from ..audit import amiss_batch
from ..control import checked_zones, zone_cases, zone_findings
from ..data import code_batch, deduction_batch, gap_batch, outside_batch, overlap_batch
from ..fabric import Fabric
from ..places import noise_of
from .pieces import frame
from .weighing import placed

if TYPE_CHECKING:
    import pandas as pd

    from ...layers.findings import Batch
    from ...layers.model import County
    from .ground import Cutting
    from .lean import Lean
    from .weighing import Near


def ask(near: Near, cutting: Cutting, percent: bool) -> Iterator[tuple[np.ndarray, Batch]]:
    """Ask every question about the changed rows; gives findings with their rows of the plan.

    A row -1 marks what is about a neighbour and must not be entered.
    """
    changed = cutting.changed
    others = cutting.overlaps.array("other")
    plan = np.union1d(changed, others)
    columns = {**cutting.pieces.columns, "gross_m2": cutting.pieces.gross}
    kept = np.isin(columns["plan"], changed)
    picked = {name: values[kept] for name, values in columns.items()}
    county, fabric = near.fabric_of(picked, plan)
    spot = np.cumsum(kept) - 1
    fabric.fill(
        cutting.pieces.shapes[kept],
        {int(spot[row]): blades for row, blades in cutting.pieces.cutters.items() if kept[row]},
    )
    fabric.overlaps["plan"] = cast("pd.DataFrame", _local(cutting.overlaps, plan))
    fabric.outside["plan"] = cast("pd.DataFrame", _local(cutting.outside, plan))
    for batch in _batches(county, fabric, percent):
        yield _owners(plan, changed, batch), batch
    amiss = _local(cutting.amiss, plan)
    batch = amiss_batch(
        county, county.layers["plan"], amiss.array("feature"), amiss.array("area_m2")
    )
    yield _owners(plan, changed, batch), batch


def _batches(county: County, fabric: Fabric, percent: bool) -> Iterator[Batch]:
    noise = noise_of(county)
    yield deduction_batch(county, fabric, "plan", percent)
    yield overlap_batch(county, fabric, "plan", noise)
    yield outside_batch(county, fabric, "plan", noise)
    yield code_batch(county, fabric, "plan")
    for zone in checked_zones(county):
        cases = zone_cases(county, fabric, zone)
        if len(cases.rows):
            yield zone_findings(county, fabric, zone, cases, noise)


def ask_gaps(near: Near, unit: int) -> Batch:
    """Ask for the land of a finest unit that the plan leaves uncovered."""
    rows = np.array(sorted(near.store.bare.get(unit, ())), dtype=np.int64)
    columns = near.store.table(rows)
    county = near.county
    fabric = Fabric(frame(columns, near.store.roles), near.unit_m2, near.measure)
    fabric.fill(*near.store.cut_out(rows))
    return gap_batch(county, fabric, "plan", noise_of(county))


def _local(table: Lean, plan: np.ndarray) -> Lean:
    names = [name for name in ("feature", "other") if name in table]
    return table.having(**{name: placed(table.array(name), plan) for name in names})


def _owners(plan: np.ndarray, changed: np.ndarray, batch: Batch) -> np.ndarray:
    rows = plan[np.asarray(batch.rows, dtype=np.int64)]
    return np.where(np.isin(rows, changed), rows, -1)
