# SPDX-License-Identifier: GPL-2.0-or-later
"""The land of a town that is free for a use: planned or reserved for it, and nobody else's.

Land is made town by town and use by use when it is first asked for, and kept. Several threads may
ask: what is kept is made under a lock, and no geometry that they share is ever prepared.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Iterable, Optional, Tuple

import numpy as np
import pandas as pd
import shapely

from ...layers.prefixes import longest_prefix
from ..levels import Level, levels, unit_shape
from .ground import codes_of
from .sites_parcels import ALWAYS, Barred, Kept, Parcels, key_of, lists_of
from .sites_shape import closed, joined, less, meet, polygons, united

if TYPE_CHECKING:
    from ...layers.model import County, Layer
    from ...layers.sector_model import Plans
    from ..fabric import Measure

Ground = Tuple[Optional[shapely.Geometry], int]  # of how many parcels
ROUND_UP = 1.02  # more than the scale of a plane differs within a town


@dataclass(frozen=True)
class Use:
    """What a use may stand on: rows of plan and reserve, and what it may not."""

    plan: tuple[str, ...]  # planned codes, as the layer has them
    reserve: tuple[str, ...]  # lists of allowed uses, as the layer has them
    inside: tuple[str, ...]  # roles whose ground is barred, reserve by its lists (`key_of`)
    outside: tuple[str, ...]  # roles whose ground alone is open
    hostile: tuple[str, ...] = ()  # planned codes that exclude it


@dataclass
class Stretch:
    """Free land: polygons, and how many m2 a site in each may have at most.

    `cleared` are the rows that `Land.clear` has seen.
    """

    parts: np.ndarray
    most_m2: np.ndarray
    cleared: set[int] = field(default_factory=set)


@dataclass
class Land:
    """The land of one town for one use, the free of it made where it is asked for.

    `raw` are polygons of planned and reserved land in and about the town, before anything is taken
    away, and `most_m2` what a site in each may have at most. `scale` is square metres, a little
    too many, for a square unit of the plane hereabouts. `clear` takes from free land what the plan
    keeps for others too, where it lies on itself. Who uses a land holds its `lock`.
    """

    raw: np.ndarray
    most_m2: np.ndarray
    scale: float
    free: Callable[[int], Stretch]
    clear: Callable[[shapely.Geometry], shapely.Geometry]
    lock: threading.Lock = field(default_factory=threading.Lock)
    _made: dict[int, Stretch] = field(default_factory=dict)

    def stretch(self, row: int) -> Stretch:
        """Give what is free of a raw polygon."""
        if row not in self._made:
            self._made[row] = self.free(row)
        return self._made[row]

    def part(self, stretch: Stretch, row: int) -> shapely.Geometry:
        """Give a polygon of free land that the plan keeps for nobody else."""
        if row not in stretch.cleared:
            stretch.parts[row] = self.clear(stretch.parts[row])
            stretch.cleared.add(row)
        return stretch.parts[row]


class Towns:
    """The towns of a county; its highest units where the dossier names no towns.

    `shapes` holds each town's ground, None where it has none; `named` tells whether they are towns.
    `scale` is square metres to a square unit of the plane, rounded up.
    """

    def __init__(self, county: County, measure: Measure) -> None:
        known = {level.name: level for level in levels(county.tree)}
        self.named = "town" in known
        self.level: Level = known["town"] if self.named else next(iter(known.values()))
        self.shapes = np.empty(len(self.level), dtype=object)
        self.shapes[:] = [unit_shape(county, self.level, i) for i in range(len(self.level))]
        self.scale = ROUND_UP * measure(self.shapes) / shapely.area(self.shapes)
        self.tree = shapely.STRtree(self.shapes)

    def __len__(self) -> int:
        return len(self.level)

    def holder(self, town: int) -> Callable[[shapely.Geometry], bool]:
        """Give a function that tells whether a shape lies wholly in a town, for one thread."""
        own: list[shapely.Geometry] = []

        def holds(shape: shapely.Geometry) -> bool:
            if not own:  # a copy to prepare: others use the one we have
                own.append(shapely.from_wkb(shapely.to_wkb(self.shapes[town])))
                shapely.prepare(own[0])
            return bool(shapely.covers(own[0], shape))

        return holds

    def of(self, ground: shapely.Geometry) -> int:
        """Give the town that holds most of a shape, the first of equals; -1 where none does."""
        near = np.sort(self.tree.query(ground))
        held = [meet(ground, self.shapes[town]).area for town in near]
        return int(near[np.argmax(held)]) if max(held, default=0.0) > 0 else -1


class Lands:
    """Makes free land: see `Use` and `Land`."""

    def __init__(self, county: County, plans: Plans, measure: Measure) -> None:
        self.towns = Towns(county, measure)
        self._county = county
        self._parcels = {
            role: Parcels(county.layers[role], column, self.towns)
            for role, column in (("plan", "code"), ("reserve", "allowed"))
            if role in county.layers and column in county.layers[role].data
        }
        self._barred = Barred(county, plans)
        self._width = county.dossier.tolerance.min_width_m
        self._uses: dict[str, Use] = {}
        plan = self._parcels.get("plan")
        self._codes = np.empty(0, dtype=object) if plan is None else plan.codes
        self.learn(pd.unique(plans.projects["use"]))
        self._lands = Kept[Land]()
        self._raws = Kept[np.ndarray]()
        self._grounds = Kept[Ground]()
        self._within = Kept[shapely.Geometry]()

    @property
    def any(self) -> bool:
        """Tell whether there is a layer that land can be found in."""
        return bool(self._parcels)

    def learn(self, codes: Iterable[str]) -> None:
        """Look up what uses (codes of the rule vocabulary) may stand on."""
        county = self._county
        plan, reserve = county.layers.get("plan"), county.layers.get("reserve")
        names = list(codes)
        ruled = self._codes
        if plan is not None:
            ruled = county.standard.code_table(plan.table).rule_codes(self._codes)
        barred = [{"inside": set(ALWAYS), "outside": set()} for _ in names]
        for zone in county.standard.zones():
            verdicts = county.standard.control_rules(zone.id).match(names)["verdict"]
            for known, verdict in zip(barred, verdicts):
                if zone.role in county.layers and verdict != "allow":
                    known[zone.side].add(zone.role)
        for code, known in zip(names, barred):
            planned, hostile = _planned(county, self._codes, ruled, code)
            allowed, refused = _allowed(reserve, code)
            known["inside"].update(key_of(text) for text in refused)
            inside, outside = (tuple(sorted(known[side])) for side in ("inside", "outside"))
            self._uses[code] = Use(planned, allowed, inside, outside, hostile)

    def use(self, code: str) -> Use:
        """Say what a use may stand on."""
        if code not in self._uses:
            self.learn([code])
        return self._uses[code]

    def get(self, town: int, use: Use) -> Land:
        """Give a town's land for a use."""
        return self._lands.get((town, use), lambda: self._land(town, use))

    def under(self, site: shapely.Geometry, use: Use) -> tuple[str, str]:
        """Tell what most of a site is: "reserve" or "plan", and its planned code or allowed list.

        Reserved land that is planned for the use too counts as reserve.
        """
        best = ("", "", 0.0)
        for role, wanted in (("reserve", use.reserve), ("plan", use.plan)):
            if role in self._parcels and wanted:
                shares = self._parcels[role].shares(site, wanted)
                code = max(shares, key=lambda one: (shares[one], one), default="")
                total = sum(shares.values())
                best = (role, code, total) if total > best[2] else best
        return best[:2]

    def _land(self, town: int, use: Use) -> Land:
        key = town, use.plan, use.reserve
        raw = self._raws.get(key, lambda: self._raw(town, use))
        scale = float(self.towns.scale[town])
        inside = self.towns.holder(town)

        def free(row: int) -> Stretch:
            shape = raw[row] if inside(raw[row]) else meet(raw[row], self.towns.shapes[town])
            parts = self._free(shape, town, use)
            return Stretch(parts, shapely.area(parts) * scale)

        def clear(part: shapely.Geometry) -> shapely.Geometry:
            return self._clear(part, use)

        return Land(raw, shapely.area(raw) * scale, scale, free, clear)

    def _raw(self, town: int, use: Use) -> np.ndarray:
        """Join the parcels of a town that are planned or reserved for a use."""
        wanted = {"plan": use.plan, "reserve": use.reserve}
        found = [self._united(town, role, wanted[role]) for role in self._parcels]
        grounds = np.array([ground for ground, _ in found if ground is not None], dtype=object)
        if not len(grounds):
            return grounds
        ground = united(grounds)  # one parcel has no neighbours to be parted from
        return polygons(closed(ground) if sum(count for _, count in found) > 1 else ground)

    def _united(self, town: int, role: str, codes: tuple[str, ...]) -> Ground:
        """Unite the parcels of some codes in and about a town, and count them."""

        def make() -> Ground:
            shapes = self._parcels[role].of_town(town, codes)
            return (united(shapes) if len(shapes) else None), len(shapes)

        return self._grounds.get((town, role, codes), make)

    def _clear(self, part: shapely.Geometry, use: Use) -> shapely.Geometry:
        """Take from free land what is planned for a use that excludes this one, but not reserved.

        A plan that does not lie on itself has nothing of the kind: it is enough to see that.
        """
        if "plan" not in self._parcels or not use.hostile:
            return part
        kept = np.empty(0, dtype=object)
        if "reserve" in self._parcels and use.reserve:
            kept = self._parcels["reserve"].near(part, use.reserve)
        rest = less(part, kept) if len(kept) else part
        core = shapely.buffer(rest, -self._width / 2, join_style="mitre")
        hostile = self._parcels["plan"].near(core, use.hostile)
        if not len(hostile):
            return part
        ground = united(hostile)
        return less(part, np.array([less(ground, kept) if len(kept) else ground]))

    def _free(self, shape: shapely.Geometry, town: int, use: Use) -> np.ndarray:
        """Take from a town's land what control lines bar, and all projects."""
        for role in use.outside:
            shape = meet(shape, self._inside(town, role))
        return self._barred.free(polygons(shape), use.inside)

    def _inside(self, town: int, role: str) -> shapely.Geometry:
        """Give the ground of a layer in and about a town."""

        def make() -> shapely.Geometry:
            shapes = self._county.layers[role].geometry
            near = shapely.intersects(shapes, shapely.envelope(self.towns.shapes[town]))
            return joined(shapes[near])

        return self._within.get((town, role), make)


def _planned(
    county: County, known: np.ndarray, ruled: np.ndarray, code: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the planned codes that are the use, a part of it, or what it is a part of.

    Also those that exclude it. `known` are the codes of the plan, `ruled` what the rules call them.
    """
    hostile = county.standard.use_relations().exclude([code] * len(known), ruled)
    own = tuple(
        one for one, other, bad in zip(known, ruled, hostile)
        if other and not bad and (other.startswith(code) or code.startswith(other))
    )  # fmt: skip
    return own, tuple(known[hostile].tolist())


def _allowed(reserve: Layer | None, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the lists of allowed uses that the use is one of, and the others."""
    if reserve is None:
        return (), ()
    lists = np.unique(lists_of(reserve)).tolist()
    allowed = tuple(text for text in lists if longest_prefix(code, codes_of(text)))
    return allowed, tuple(text for text in lists if text not in allowed)
