# SPDX-License-Identifier: GPL-2.0-or-later
"""Places for conflicts between a made county's sector plans, each clear of all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..layers.area import area_measure
from .codes import COUNTY
from .county import CRS
from .sector_draw import widened
from .sector_ground import SectorGround
from .sector_kinds import KINDS
from .sectors import Planner, SectorPlan
from .sower import COLUMNS

_ROOMY = 1_500.0  # m2: smaller parcels have no room for two projects; huge ones are lakes
_HUGE = 30_000.0
_TAKEN = 99  # places: the parcel is full
_RANK = {kind.id: number for number, kind in enumerate(KINDS)}
SEVERITY = {
    "sector.overlap": "error", "sector.reserve": "error", "sector.plan": "warning",
    "sector.projects": "warning", "sector.sequence": "warning", "sector.duplicate": "warning",
}  # fmt: skip


@dataclass(frozen=True)
class Laid:
    """A project as it was laid out: its plan, code, parcel and ground."""

    plan: str
    code: str
    parcel: int
    ground: shapely.Geometry


class SectorSower:
    """Lays out projects that conflict, and lists what each of them must be found for."""

    def __init__(self, planner: Planner) -> None:
        self.planner, self.ground = planner, planner.ground
        self.made, self.rng = planner.made, planner.rng
        self.listed: list[dict[str, Any]] = []
        made, zones = self.made, self.made.zones
        shifted = zones.group >= 0
        self.still = ~(shifted | made.parcels.beside(shifted))
        self.clear = ~zones.farmland & ~zones.redline & self.still
        units = made.tables["units"]
        self.codes = dict(zip(units.data["village"].tolist(), units.data["code"].tolist()))
        self.measure = area_measure(CRS, tuple(shapely.total_bounds(units.geometry)))
        self.spots = shapely.get_coordinates(shapely.centroid(made.shapes))
        self.outside = self.clear & ~zones.boundary

    def pick(self, fit: np.ndarray, reserved: bool = False) -> int | None:
        """Take a fitting parcel whole, None where there is none."""
        ground: SectorGround = self.ground
        free = fit & ground.open & (ground.used == 0) & (ground.area > _ROOMY)
        free &= ground.area < _HUGE
        if not reserved:
            free &= ~ground.kept
        rows = np.flatnonzero(free)
        if not len(rows):
            return None
        row = int(self.rng.choice(rows))
        ground.used[row] = _TAKEN
        return row

    def village_land(self) -> np.ndarray:
        """Tell which parcels are houses that stand and stay, outside the boundary."""
        return self.outside & self.ground.built & self.ground.planned("0703")

    def lay(
        self, plan: str, use: str, stem: str, parcel: int, shape: shapely.Geometry,
        years: tuple[int, int] | None = None,
    ) -> Laid:  # fmt: skip
        """Lay out a project of one feature and list it."""
        own: SectorPlan = self.planner.plans[plan]
        width = self.planner.width(own.kind)
        name = f"{self.planner.place_name(parcel)}{stem}"
        code = own.add(use, name, years or self.planner.years(), [(parcel, shape, width)])
        area = widened(np.array([shape], dtype=object), own.kind.form, width)[0]
        self.ground.ask(use, parcel, area.area)
        return Laid(plan, code, parcel, area)

    def tell(self, rule: str, what: str, one: Laid, two: Laid | None = None, **more: Any) -> None:
        """List a conflict of one or two projects; of two, the earlier plan's is the subject."""
        if two is not None and _RANK[two.plan] < _RANK[one.plan]:
            one, two = two, one
        entry = dict.fromkeys(COLUMNS, "") | {
            "rule": rule, "what": what, "severity": SEVERITY.get(rule, ""), "level": "village",
            "unit": self.unit(one.parcel), "subject_layer": one.plan, "subject_id": one.code,
        }  # fmt: skip
        if two is not None:
            entry |= {"object_layer": two.plan, "object_id": two.code}
        self.listed.append(entry | more)

    def tell_shared(self, rule: str, what: str, one: Laid, two: Laid) -> None:
        """List a conflict about the ground that two projects share."""
        self.tell(rule, what, one, two,
                  area_m2=self.area(shapely.intersection(one.ground, two.ground)))  # fmt: skip

    def unit(self, parcel: int) -> str:
        """Give the code of the village a parcel lies in, the county's for none."""
        if parcel < 0:
            return COUNTY
        return self.codes[int(self.made.parcels.village[parcel])]

    def area(self, shape: shapely.Geometry) -> float:
        """Measure a shape's polygons on the ellipsoid, m2."""
        pieces = shapely.get_parts(shape)  # a cut may leave lines where edges run together
        return float(self.measure(pieces[shapely.get_type_id(pieces) == 3]).sum())
