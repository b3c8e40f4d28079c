# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground for sector projects: which parcels take which use, and the places to draw them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

import numpy as np
import shapely

from .codes import COUNTY, PLAN, starts
from .county import Made, true_area
from .sector_draw import parts, road_lines, road_pieces

_PLACE = 1_400.0  # m2 a place on land that several projects share
_SHARED = ("07", "08", "09", "10", "11", "13", "14", "15", "1207")
_BUILT = ("05", "06", "07", "08", "09", "1003", "1004", "1109")


@dataclass(frozen=True)
class Reserve:
    """Land kept for the future: shape, name and the codes of uses that it is kept for."""

    shape: shapely.Geometry
    name: str
    allowed: tuple[str, ...]


def urban_rural(use: str) -> bool:
    """Tell whether a planned use counts as urban and rural construction land."""
    if use.startswith(("1002", "1003", "1201", "1202", "1203", "1204", "1205", "1206", "1311")):
        return False
    return use.startswith(("07", "08", "09", "10", "11", "12", "13", "14", "16", "2301"))


def urban(use: str) -> bool:
    """Tell whether a use must lie inside the urban development boundary."""
    return use.startswith(("0701", "0702", "09", "1001", "11"))


class SectorGround:
    """A made county's planned parcels as ground for projects; rows are base parcels.

    `open` tells those that are planned as they are and free of faults; `home` is each one's town;
    `room` the m2 of new construction that each town's quota may still take, `asked` what the
    projects ask for. `used` is how many of a parcel's places are taken.
    """

    def __init__(
        self, made: Made, reserves: list[Reserve], spoiled: np.ndarray, rng: np.random.Generator
    ) -> None:
        self.made, self.rng, self.reserves = made, rng, reserves
        parcels = made.parcels
        known = made.plan_of >= 0
        codes = made.tables["plan"].data["code"].to_numpy().astype("U6")
        self._codes = np.array(sorted({"", *PLAN}), dtype="U6")
        self._code = np.searchsorted(self._codes, np.where(known, codes[made.plan_of], ""))
        self.open = known & ~parcels.border & ~spoiled
        self.built = starts(parcels.code, *_BUILT)
        self.area = shapely.area(made.shapes)
        self.used = np.zeros(len(known), np.int64)
        tree = shapely.STRtree(made.shapes)
        self.held = np.zeros((len(reserves), len(known)), bool)
        for row, one in enumerate(reserves):
            self.held[row, tree.query(one.shape, predicate="intersects")] = True
        self.kept = self.held.any(axis=0)
        self.towns, self.home = towns(made)
        self.room, self.asked = np.zeros((2, len(self.towns)))
        self._places: dict[int, list[shapely.Geometry]] = {}
        self._road = road_lines(made)

    def planned(self, *prefixes: str) -> np.ndarray:
        """Tell which parcels are planned for a use that begins with one of the prefixes."""
        return starts(self._codes, *prefixes)[self._code]

    def code(self, parcel: int) -> str:
        """Give the code a parcel is planned for."""
        return str(self._codes[self._code[parcel]])

    def replan(self, parcel: int, code: str) -> None:
        """Plan a parcel for another use, in the plan's layer too."""
        self._code[parcel] = np.searchsorted(self._codes, code)
        row, data = int(self.made.plan_of[parcel]), self.made.tables["plan"].data
        data.at[row, "code"], data.at[row, "name"] = code, PLAN[code]
        if not code.startswith("01"):
            data.at[row, "deduction"] = np.nan

    def leave_room(self) -> None:
        """Allow each town half of the construction that its quota leaves, less the margin."""
        land = construction(self.made)
        spare = [land.left(town) - 0.02 * land.quota[town] for town in self.towns]
        self.room = np.maximum(0.5 * np.array(spare), 0.0) - self.asked

    def takes(self, use: str, ground: tuple[str, ...], free: bool = True) -> np.ndarray:
        """Tell which parcels a use may lie on by plan and control lines.

        Those held in reserve for other uses are not among them, unless `free` is false.
        """
        zones = self.made.zones
        fit = self.open & self.planned(*ground)
        if not use.startswith("01"):
            fit &= ~zones.farmland
        if not use.startswith(("01", "02", "03", "04", "05", "17")):
            fit &= ~zones.redline
        if urban(use):
            fit &= zones.boundary
        for one, held in zip(self.reserves, self.held):
            if free and not use.startswith(one.allowed):
                fit &= ~held
        return fit

    def affordable(self) -> np.ndarray:
        """Tell which parcels' towns have room for them as new construction."""
        return self.room[self.home] >= self.area

    def charge(self, use: str, parcel: int, area: float) -> bool:
        """Take so many m2 of new construction off a town's room; False where there is none."""
        if urban_rural(use) and not self.built[parcel] and self.room[self.home[parcel]] < area:
            return False
        self.ask(use, parcel, area)
        return True

    def ask(self, use: str, parcel: int, area: float) -> None:
        """Count so many m2 of a use as new construction, where they are."""
        if urban_rural(use) and not self.built[parcel]:
            self.room[self.home[parcel]] -= area
            self.asked[self.home[parcel]] += area

    def places(self, parcel: int) -> list[shapely.Geometry]:
        """Give a parcel's places: polygons inside it, or pieces of a road's centre line."""
        if parcel not in self._places:
            lines = self._road.get(parcel)
            shape = self.made.shapes[parcel]
            if lines is None:
                many = int(np.clip(self.area[parcel] // _PLACE, 1, 4))
                shared = self.code(parcel).startswith(_SHARED)
                self._places[parcel] = parts(shape, many if shared else 1)
            else:
                self._places[parcel] = road_pieces(shape, lines)
        return self._places[parcel]

    def free_places(self, parcel: int) -> Iterator[shapely.Geometry]:
        """Take a parcel's free places, one after another."""
        places = self.places(parcel)
        while self.used[parcel] < len(places):
            self.used[parcel] += 1
            yield places[self.used[parcel] - 1]


def towns(made: Made) -> tuple[np.ndarray, np.ndarray]:
    """Give the towns' codes in order, and for each base parcel the row of its town."""
    units = made.tables["units"].data
    own = units["town"].to_numpy(dtype=str)
    names = np.unique(own)
    row = np.zeros(int(units["village"].max()) + 1, np.int64)
    row[units["village"].to_numpy()] = np.searchsorted(names, own)
    return names, row[made.parcels.village]


@dataclass(frozen=True)
class Construction:
    """Urban and rural construction land of a county's units, in m2 by code.

    `quota` is the control number, `kept` what of it is held in reserve, `base` what stands.
    """

    quota: dict[str, float]
    kept: dict[str, float]
    base: dict[str, float]

    def left(self, unit: str) -> float:
        """Give what a unit may still take."""
        return self.quota[unit] - self.kept[unit] - self.base[unit]


def construction(made: Made) -> Construction:
    """Give quotas and base of construction for all towns, clusters and the county."""
    quotas = made.quotas[made.quotas["indicator"] == "construction"]
    units = made.tables["units"].data
    mark = np.isin(made.parcels.mark, ("201", "202", "203"))
    many = int(units["village"].max()) + 1
    sums = np.bincount(made.parcels.village[mark], true_area(made.shapes[mark]), minlength=many)
    own = units.assign(base=sums[units["village"].to_numpy()], county=COUNTY)
    base: dict[str, float] = {}
    for level in ("town", "cluster", "county"):
        base |= own.groupby(level)["base"].sum().to_dict()
    quota, kept = (dict(zip(quotas["unit"], quotas[name] * 100.0)) for name in ("quota", "reserve"))
    return Construction(quota, kept, base)
