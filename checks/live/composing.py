# SPDX-License-Identifier: GPL-2.0-or-later
"""The pieces that make up a number of the board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...layers.errors import InputError
from ..levels import merge
from ..net import area
from ..values import membership, source_of

if TYPE_CHECKING:
    from .county import LiveCounty


def pieces_of(
    live: LiveCounty, level: str, unit: str, indicator: str, most: int = 2000
) -> dict[str, Any]:
    """List the features that make up one unit's indicator, each with what it adds, largest first.

    Of each feature only its ground in the unit is told, in one shape. Only the `most` largest are
    listed; `total` and `total_m2` count all. An unknown unit or indicator is an InputError.
    """
    live.fresh()
    one = live.county.standard.indicator(indicator)
    found = next((known for known in live.board.levels if known.name == level), None)
    if one is None or found is None or unit not in found.codes:
        raise InputError("live.no_number", level=level, unit=unit, indicator=indicator)
    role = source_of(live.county, one)
    nothing = {"pieces": [], "total": 0, "total_m2": 0.0}
    if role not in live.county.layers:
        return nothing
    store = live.store
    rows = store.living()
    place = int(np.flatnonzero(found.codes == unit)[0])
    inside = found.of_finest[store.columns["unit"].array[rows]] == place
    rows = rows[inside & (store.columns[role].array[rows] >= 0)]
    columns = store.table(rows)
    plan = np.unique(columns["plan"][columns["plan"] >= 0]) if live.plan else rows[:0]
    county, fabric = live.near.fabric_of(columns, plan)
    member = membership(county, fabric, role, one.group)
    kept = np.flatnonzero(member.pieces & ~member.torn)
    if not len(kept):
        return nothing
    counted = area(county, fabric, role, one.measure)[kept]
    local = fabric.pieces[role].to_numpy()[kept]
    features, group = np.unique(local, return_inverse=True)
    sums = np.bincount(group, counted)
    gross = np.bincount(group, fabric.pieces["gross_m2"].to_numpy()[kept])
    layer = county.layers[role]
    table = county.standard.code_table(layer.table) if layer.table else None
    keys = _keys(live, role, len(features), columns[role][kept], group)
    out = []
    for at in np.argsort(-sums, kind="stable")[:most].tolist():
        feature = int(features[at])
        code = str(layer.data["code"].iloc[feature]) if table else ""
        out.append({
            "role": role, "feature": str(layer.data["id"].iloc[feature]),
            "key": str(keys[at]), "code": code,
            "label": f"{code} {table.label(code)}".strip() if table else "",
            "gross_m2": float(gross[at]), "net_m2": float(sums[at]),
            "shape": merge(store.drawn(rows[kept[group == at]])),
        })  # fmt: skip
    return {"pieces": out, "total": len(features), "total_m2": float(sums.sum())}


def _keys(
    live: LiveCounty, role: str, count: int, rows: np.ndarray, group: np.ndarray
) -> np.ndarray:
    """Give the driver's id of each group's feature; `rows` are the features of pieces."""
    first = np.zeros(count, dtype=np.int64)
    first[group] = rows
    fids = live.rows.keys.array if role == "plan" else live.county.layers[role].fids
    return first.astype(str) if fids is None else fids[first]
