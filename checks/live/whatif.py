# SPDX-License-Identifier: GPL-2.0-or-later
"""What would become of the county if an area were planned for another use; nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ...layers.errors import InputError
from ..control import checked_zones, zone_cases, zone_findings
from ..places import noise_of
from ..sectors.share import share, unite
from .board import EXACT
from .pens import Pen

if TYPE_CHECKING:
    from ...layers.model import County
    from ..fabric import Fabric
    from .county import LiveCounty
    from .ground import Cutting

_KEY = "what-if"
_FIRST = -(1 << 60)  # before all features: what is drawn takes the ground of what is planned there


def what_if(live: LiveCounty, wkb: bytes, code: str) -> dict[str, Any]:
    """Say what an area planned for the use `code` does to quotas, control lines, sector plans.

    The area cuts into what is planned there now. InputError where it is no usable polygon.
    """
    live.fresh()
    if not live.plan:
        raise InputError("live.no_plan")
    rows = live.rows
    count = len(rows)
    try:
        come = rows.add([Pen(_KEY, wkb, {"code": code, "id": _KEY})])
        shape = rows.geometry.array[come[0]]
        if shape is None:
            raise InputError("live.no_area")
        rows.rank.array[come] = _FIRST
        cutting = live.ground.cut_anew(come[:0], come)
        return _told(live, cutting, int(come[0]), shape)
    finally:
        rows.undo(count)


def _told(live: LiveCounty, cutting: Cutting, row: int, shape: shapely.Geometry) -> dict[str, Any]:
    near = live.near
    county, fabric = near.difference(cutting)
    sums = near.sums(county, fabric, live.board)
    hanging = live.hanging(np.empty(0, dtype=np.int64), np.array([row]))
    units = np.unique(cutting.pieces.columns["unit"])
    changed = live.board.preview(sums, hanging, live.uncovered(cutting), units)
    names = ("level", "unit", "unit_name", "indicator", "name", "quota_ha", "margin_ha", "outcome")
    return {
        "indicators": [
            {**{name: after[name] for name in names}, "before_ha": before["plan_ha"],
             "after_ha": after["plan_ha"], "change_m2": after[EXACT] - before[EXACT],
             "outcome_before": before["outcome"]}
            for before, after in changed
        ],
        "lines": _lines(live, cutting, row),
        "plans": _plans(live, row, shape),
        "uses": _uses(live, county, fabric, cutting, row),
        "area_m2": float(near.measure(np.array([shape], dtype=object))[0]),
    }  # fmt: skip


def _lines(live: LiveCounty, cutting: Cutting, row: int) -> list[dict[str, Any]]:
    """List the control lines that the area breaks, what is new and what stood there apart."""
    kept = cutting.pieces.columns["plan"] == row
    columns = {**cutting.pieces.columns, "gross_m2": cutting.pieces.gross}
    picked = {name: values[kept] for name, values in columns.items()}
    county, fabric = live.near.fabric_of(picked, np.array([row]))
    spot = np.cumsum(kept) - 1
    fabric.fill(
        cutting.pieces.shapes[kept],
        {int(spot[one]): blades for one, blades in cutting.pieces.cutters.items() if kept[one]},
    )
    out = []
    for zone in checked_zones(county):
        cases = zone_cases(county, fabric, zone)
        batch = zone_findings(county, fabric, zone, cases, noise_of(county))
        for place in range(len(batch)):
            rule = cases.rules(np.array([0])).iloc[0]
            out.append({
                "role": zone.role, "name": zone.name,
                "verdict": str(batch.values["verdict"][place]),
                "change": str(batch.values["change"][place]),
                "area_m2": float(batch.values["area_m2"][place]),
                "note": str(rule["note"]), "basis": str(rule["basis"]),
            })  # fmt: skip
    return out


def _plans(live: LiveCounty, row: int, shape: shapely.Geometry) -> list[dict[str, Any]]:
    """List the sector projects on the area, and whether their use and the area's go together."""
    if live.sectors is None:
        return []
    plans = live.sectors.on(shape)
    standard = live.county.standard
    layer = live.rows.take(np.array([row]))
    use = standard.code_table(layer.table).rule_codes(layer.data["code"].to_numpy(dtype=object))[0]
    found = share(plans.plot_shapes, np.array([shape], dtype=object))
    if not len(found):
        return []
    plots = found.left
    projects, group = np.unique(plans.plots["project"].to_numpy()[plots], return_inverse=True)
    area = live.near.measure(unite(found.shapes, group, len(projects)))
    uses = plans.plots["use"].to_numpy(dtype=object)[plots]
    apart = standard.use_relations().exclude(np.full(len(uses), use, dtype=object), uses)
    hostile = np.bincount(group, apart, minlength=len(projects)) > 0
    out = []
    for place, project in enumerate(projects.tolist()):
        if area[place] < live.county.dossier.tolerance.min_area_m2:
            continue
        own = plans.projects.iloc[project]
        plan = plans.sectors.iloc[int(own["sector"])]
        out.append({
            "sector": plan["sector"], "name": plan["name"], "department": plan["department"],
            "project": own["project"], "label": own["label"], "use": own["use"],
            "relation": "exclude" if hostile[place] else "together",
            "area_m2": float(area[place]), "start": float(own["start"]), "end": float(own["end"]),
        })  # fmt: skip
    return sorted(out, key=lambda one: (one["relation"] != "exclude", -one["area_m2"]))


def _uses(
    live: LiveCounty, county: County, fabric: Fabric, cutting: Cutting, row: int
) -> list[dict[str, Any]]:
    """Say what is planned on the area now: what others lose to it, by code, largest first."""
    layer = county.layers["plan"]
    table = county.standard.code_table(layer.table)
    feature = fabric.pieces["plan"].to_numpy()
    codes = np.append(layer.data["code"].to_numpy(dtype=object), "")[feature]
    own = np.flatnonzero(np.append(layer.fids == _KEY, False)[feature])
    lost = -fabric.pieces["gross_m2"].to_numpy()
    lost[own] = 0.0
    sums: dict[str, float] = {}
    for code, m2 in zip(codes, lost):
        sums[str(code)] = sums.get(str(code), 0.0) + float(m2)
    least = county.dossier.tolerance.min_area_m2
    return [
        {"code": code, "label": f"{code} {table.label(code)}".strip(), "area_m2": m2}
        for code, m2 in sorted(sums.items(), key=lambda one: -one[1])
        if m2 >= least
    ]
