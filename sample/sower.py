# SPDX-License-Identifier: GPL-2.0-or-later
"""Places for faults in a made county, so far apart that each gives just its own findings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..layers.area import AreaMeasure, PlaneMeasure, area_measure
from .codes import COUNTY, PLAN
from .county import Made, Table
from .shapes import polygons

COLUMNS = (
    "id", "rule", "severity", "level", "unit", "subject_layer", "subject_id", "object_layer",
    "object_id", "verdict", "change", "area_m2", "what",
)  # fmt: skip
_SEVERITY = {
    ("forbid", "new"): "error", ("forbid", "existing"): "warning",
    ("conditional", "new"): "warning", ("conditional", "existing"): "info",
}  # fmt: skip


class Sower:
    """Places faults on parcels that are neither used yet nor near one that is."""

    def __init__(self, made: Made, rng: np.random.Generator) -> None:
        self.made = made
        self.rng = rng
        self.listed: list[dict[str, Any]] = []
        parcels, zones = made.parcels, made.zones
        self.used = np.zeros(len(parcels.code), bool)
        self.beside_used = np.zeros(len(parcels.code), bool)
        shifted = zones.group >= 0
        self.still = ~(shifted | parcels.beside(shifted))
        self.open = ~zones.any & ~parcels.bounded & self.still & ~parcels.border
        self.known = made.plan_of >= 0
        bounds = shapely.total_bounds(made.tables["units"].geometry)
        self.measure: AreaMeasure | PlaneMeasure = area_measure("EPSG:4544", tuple(bounds))
        code = made.tables["plan"].data["code"].to_numpy().astype("U6")
        self.planned = np.where(self.known, code[made.plan_of], "")

    def pick(self, fit: np.ndarray) -> int | None:
        """Choose a fitting parcel away from all others chosen, None where there is none.

        At least one parcel lies between two that are chosen; two where there is room.
        """
        rows = np.flatnonzero(fit & ~self.beside_used)
        if not len(rows):
            rows = np.flatnonzero(fit & ~self.used)
        if not len(rows):
            return None
        row = int(self.rng.choice(rows))
        near = np.zeros(len(fit), bool)
        near[row] = True
        near |= self.made.parcels.beside(near)
        self.used |= near
        self.beside_used |= near | self.made.parcels.beside(near)
        return row

    def area(self, shape: shapely.Geometry) -> float:
        """Measure a shape on the ellipsoid, m2."""
        return float(self.measure(np.array([shape], dtype=object))[0])

    def add(self, rule: str, what: str, parcel: int | None = None, **more: Any) -> None:
        """List a fault; the unit is the parcel's village unless given."""
        entry = dict.fromkeys(COLUMNS, "") | {"rule": rule, "what": what}
        if parcel is not None:
            entry |= {"level": "village", "unit": self.unit(parcel)}
        if more.get("verdict"):
            entry["severity"] = _SEVERITY[more["verdict"], more["change"]]
        self.listed.append(entry | more)

    def unit(self, parcel: int) -> str:
        """Give the code of the village a parcel lies in."""
        units = self.made.tables["units"].data
        village = self.made.parcels.village[parcel]
        return str(units["code"].to_numpy()[units["village"].to_numpy() == village][0])

    def id_of(self, role: str, row: int) -> str:
        """Give the identifier of a layer's row."""
        return str(self.made.tables[role].data["id"].iloc[row])

    def replan(self, parcel: int, code: str) -> str:
        """Plan a parcel for another use; gives the planned parcel's identifier."""
        row = int(self.made.plan_of[parcel])
        data = self.made.tables["plan"].data
        data.loc[row, ["code", "name"]] = [code, PLAN.get(code, "")]
        if not code.startswith("01"):
            data.loc[row, "deduction"] = np.nan
        return self.id_of("plan", row)

    def holder(self, role: str, parcel: int) -> str:
        """Give the identifier of the zone feature a parcel lies in."""
        table = self.made.tables[role]
        spot = self.made.shapes[parcel].representative_point()
        return self.id_of(role, int(shapely.STRtree(table.geometry).query(spot, "within")[0]))

    def cell(self, cell: int) -> shapely.Geometry:
        """Draw one cell of the ground."""
        label = np.full(len(self.made.parcels.of_cell), -1)
        label[cell] = 0
        return polygons(self.made.ground.mesh, label)[0][0]

    def append(self, role: str, shape: shapely.Geometry, parcel: int | None = None) -> str:
        """Add a feature to a zone layer; gives its identifier."""
        table = self.made.tables[role]
        serial = str(int(table.data["id"].iloc[-1]) + 1) if len(table) else f"{COUNTY}200900000001"
        new: dict[str, Any] = {"id": serial}
        if role == "farmland" and parcel is not None:
            base = self.made.tables["landuse"].data.iloc[parcel]
            new |= {name: base[name] for name in
                    ("code", "name", "deduction", "place", "place_name", "village")}  # fmt: skip
            new["parcel"] = parcel
        data = pd.concat([table.data, pd.DataFrame([new])], ignore_index=True)
        geometry = np.append(table.geometry, [shape])
        self.made.tables[role] = Table(geometry, data.astype({"id": object}))
        return serial
