# SPDX-License-Identifier: GPL-2.0-or-later
"""The sector plans of a made county: projects on ground that takes them, none against another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterator, Tuple

import numpy as np
import shapely

from .county import Made
from .sector_draw import drawn, strip, widened
from .sector_ground import SectorGround, urban_rural
from .sector_kinds import GUESTS, KINDS, Kind, Offer

Drawing = Tuple[int, shapely.Geometry, float]
"""Parcel, shape and width of a feature to be."""
_FIRST, _LAST = 2021, 2035
_SIZES = (1, 1, 1, 2, 3)  # features of a project
_FARMED = ("01", "02", "03", "04", "05", "06", "17")
_GUESTS = 0.06  # of a host's features bear a guest


@dataclass
class Feature:
    """One drawn feature of a plan; `parcel` is the base parcel it lies on, -1 unknown."""

    project: str
    name: str
    use: str
    start: int
    end: int
    shape: shapely.Geometry
    width: float
    parcel: int = -1


@dataclass
class Listed:
    """A row of a project list; `hectares` NaN until the laid-out area is measured.

    What is then stated is `stretch` times that area.
    """

    project: str
    name: str
    start: int
    end: int
    hectares: float = float("nan")
    stretch: float = 1.0


@dataclass
class SectorPlan:
    """A plan: features of its layout and rows of its list, both in the order of writing."""

    kind: Kind
    features: list[Feature] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    count: int = 0

    def add(self, use: str, name: str, years: tuple[int, int], drawings: list[Drawing]) -> str:
        """Add a project of these features and list it; gives its code."""
        self.count += 1
        code = f"{self.kind.letters}{self.count:04d}"
        self.listed.append(Listed(code, name, *years))
        for drawing in drawings:
            self._draw(code, name, use, years, drawing)
        return code

    def extend(self, code: str, years: tuple[int, int], drawing: Drawing) -> None:
        """Give a project a further phase, which ends after those it has."""
        first = next(one for one in self.features if one.project == code)
        self._draw(code, first.name, first.use, years, drawing)
        next(row for row in self.listed if row.project == code).end = years[1]

    def _draw(
        self, code: str, name: str, use: str, years: tuple[int, int], drawing: Drawing
    ) -> None:
        parcel, shape, width = drawing
        self.features.append(Feature(code, name, use, *years, shape, width, parcel))

    def areas(self) -> np.ndarray:
        """Give the polygons that the features stand for."""
        shapes = np.array([one.shape for one in self.features], dtype=object)
        return widened(shapes, self.kind.form, np.array([one.width for one in self.features]))

    def ground(self) -> dict[str, shapely.Geometry]:
        """Give each project's ground: its features' areas united."""
        by_code: dict[str, list[shapely.Geometry]] = {}
        for one, shape in zip(self.features, self.areas()):
            by_code.setdefault(one.project, []).append(shape)
        return {code: shapely.union_all(shapes) for code, shapes in by_code.items()}


class Planner:
    """Fills the plans of a county, project by project, on ground that takes them."""

    def __init__(self, made: Made, ground: SectorGround, rng: np.random.Generator) -> None:
        self.made, self.ground, self.rng = made, ground, rng
        self.plans = {kind.id: SectorPlan(kind) for kind in KINDS}
        units = made.tables["units"].data
        self.names = np.full(int(units["village"].max()) + 1, "", dtype=object)
        self.names[units["village"].to_numpy()] = units["name"].to_numpy(dtype=object)
        self.standing: dict[str, list[np.ndarray]] = {}  # facility -> centres

    def fill(self) -> None:
        """Fill all plans, then let some share ground."""
        many = len(self.made.parcels.code)
        for plan in self.plans.values():
            self._fill(plan, plan.kind.wanted(many))
        for guest, host, use, name in GUESTS:
            self._invite(self.plans[guest], self.plans[host], use, name)

    def years(self) -> tuple[int, int]:
        """Draw the years of a project, first and last."""
        start = int(self.rng.integers(_FIRST, _LAST - 4))
        return start, start + int(self.rng.integers(1, 5))

    def place_name(self, parcel: int) -> str:
        """Name the village a parcel lies in."""
        return str(self.names[self.made.parcels.village[parcel]])

    def add_one(
        self, plan: SectorPlan, years: tuple[int, int] | None = None
    ) -> tuple[Listed, int] | None:
        """Add a project of one feature that conflicts with nothing; gives its row and parcel."""
        for offer in plan.kind.offers:
            drawings = self._draw(plan.kind, offer, self._queue(offer), 1)
            if drawings:
                name = self._name(plan.kind, offer, drawings)
                plan.add(offer.use, name, years or self.years(), drawings)
                return plan.listed[-1], drawings[0][0]
        return None

    def width(self, kind: Kind) -> float:
        """Draw a feature's width: the plan's own, or one for the field that has it."""
        if kind.form == "polygon":
            return float("nan")
        if isinstance(kind.width, str):
            return float(self.rng.choice((3.5, 4.0, 4.5) if kind.form == "line" else (6.0, 9.0)))
        return float(kind.width or 0)

    def _fill(self, plan: SectorPlan, wanted: int) -> None:
        offers = list(plan.kind.offers)
        queues = [self._queue(offer) for offer in offers]
        while offers and len(plan.features) < wanted:
            share = np.array([offer.share for offer in offers])
            at = int(self.rng.choice(len(offers), p=share / share.sum()))
            many = min(int(self.rng.choice(_SIZES)), wanted - len(plan.features))
            drawings = self._draw(plan.kind, offers[at], queues[at], many)
            if drawings:
                name = self._name(plan.kind, offers[at], drawings)
                plan.add(offers[at].use, name, self.years(), drawings)
            else:
                del offers[at], queues[at]

    def _queue(self, offer: Offer) -> Iterator[tuple[int, shapely.Geometry]]:
        """Give the parcels an offer may lie on and their places, village by village.

        Those that are construction land already come first: a plan spares the quota.
        """
        rows = np.flatnonzero(self.ground.takes(offer.use, offer.ground))
        order = self.rng.random(int(self.made.parcels.village.max()) + 1)
        village = self.made.parcels.village[rows]
        fresh = urban_rural(offer.use) & ~self.ground.built[rows]
        rows = rows[np.lexsort((self.rng.random(len(rows)), order[village], fresh))]
        for row in rows.tolist():
            yield from ((row, place) for place in self.ground.free_places(row))

    def _draw(
        self, kind: Kind, offer: Offer, queue: Iterator[tuple[int, shapely.Geometry]], many: int
    ) -> list[Drawing]:
        """Draw up to so many features in one village; nothing where the queue is at its end."""
        out: list[Drawing] = []
        width = self.width(kind)
        for parcel, place in queue:
            shape = drawn(place, kind.form, width)
            if shape is None or not self._charged(kind, offer.use, parcel, shape, width):
                continue
            village = self.made.parcels.village
            if out and village[parcel] != village[out[0][0]]:
                break
            out.append((parcel, shape, width))
            if len(out) >= many:
                break
        return out

    def _charged(
        self, kind: Kind, use: str, parcel: int, shape: shapely.Geometry, width: float
    ) -> bool:
        area = widened(np.array([shape], dtype=object), kind.form, width)[0].area
        return self.ground.charge(use, parcel, area)

    def _name(self, kind: Kind, offer: Offer, drawings: list[Drawing]) -> str:
        """Name a project by its village; a facility's name only far from others of its type."""
        place = self.place_name(drawings[0][0])
        spot = shapely.get_coordinates(drawings[0][1].centroid)[0]
        for stem, reach in offer.facilities if len(drawings) == 1 else ():
            if self.clear(stem, spot, reach):
                self.standing.setdefault(stem, []).append(spot)
                return f"{place}{stem}"
        return f"{place}{self.rng.choice(np.array(offer.stems, dtype=object))}"

    def clear(self, stem: str, spot: np.ndarray, reach: float) -> bool:
        """Tell whether a facility would stand far enough from all others of its type."""
        others = np.array(self.standing.get(stem, np.empty((0, 2)))).reshape(-1, 2)
        return not len(others) or float(np.hypot(*(others - spot).T).min()) > reach

    def _invite(self, guest: SectorPlan, host: SectorPlan, use: str, name: str) -> None:
        """Let a plan share ground with another whose use it goes with, in other years."""
        fit = self.ground.takes(use, _FARMED if use < "07" else (use[:2],))
        hosts = [one for one in host.features if one.parcel >= 0 and fit[one.parcel]]
        many = min(max(1, round(_GUESTS * len(host.features))), len(hosts))
        for at in self.rng.permutation(len(hosts))[:many]:
            one = hosts[int(at)]
            low = float(self.rng.uniform(0.05, 0.4))
            part = strip(one.shape, low, low + 0.45)
            if part is None or not self.ground.charge(use, one.parcel, part.area):
                continue
            years = self.years() if use < "07" else _after(one)
            if years[1] > _LAST:
                continue
            place = self.place_name(one.parcel)
            guest.add(use, f"{place}{name}", years, [(one.parcel, part, float("nan"))])


def _after(one: Feature) -> tuple[int, int]:
    """Give years that begin when another project is done."""
    return one.end + 1, one.end + 2
