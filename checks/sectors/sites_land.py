# SPDX-License-Identifier: GPL-2.0-or-later
"""The land of a town that is free for a use: planned or reserved for it, and nobody else's.

Land is made town by town and use by use when it is first asked for, and kept. Several threads may
ask: what is kept is made under a lock, and no geometry that they share is ever prepared.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Generic, Hashable, Iterable, TypeVar

import numpy as np
import pandas as pd
import shapely

from ...layers.prefixes import longest_prefix
from .. import parallel, tiles
from ..levels import Level, levels, unit_shape
from .ground import codes_of
from .sites_shape import joined, less, meet, polygons

if TYPE_CHECKING:
    from ...layers.model import County, Layer
    from ...layers.sector_model import Plans
    from ..fabric import Measure

ALWAYS = ("farmland", "redline")  # whatever the control rules allow there, a site keeps off
ROUND_UP = 1.02  # more than the scale of a plane differs within a town
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Use:
    """What a use may stand on: rows of plan and reserve, and the zones that it may not."""

    plan: tuple[str, ...]  # planned codes, as the layer has them
    reserve: tuple[str, ...]  # lists of allowed uses, as the layer has them
    inside: tuple[str, ...]  # roles whose ground is barred
    outside: tuple[str, ...]  # roles whose ground alone is open


@dataclass
class Stretch:
    """Free land: polygons, and how many m2 a site in each may have at most."""

    parts: np.ndarray
    most_m2: np.ndarray


@dataclass
class Land:
    """The land of one town for one use, the free of it made where it is asked for.

    `raw` are polygons of planned and reserved land in and about the town, before anything is taken
    away, and `most_m2` what a site in each may have at most. `scale` is square metres, a little
    too many, for a square unit of the plane hereabouts. Who uses a land holds its `lock`.
    """

    raw: np.ndarray
    most_m2: np.ndarray
    scale: float
    free: Callable[[int], Stretch]
    lock: threading.Lock = field(default_factory=threading.Lock)
    _made: dict[int, Stretch] = field(default_factory=dict)

    def stretch(self, row: int) -> Stretch:
        """Give what is free of a raw polygon."""
        if row not in self._made:
            self._made[row] = self.free(row)
        return self._made[row]


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

    def hold(self, town: int, shapes: np.ndarray) -> np.ndarray:
        """Tell which shapes lie wholly in a town."""
        own = shapely.from_wkb(shapely.to_wkb(self.shapes[town]))  # others use the one we have
        shapely.prepare(own)
        return shapely.covers(own, shapes)

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
            role: _Parcels(county.layers[role], column, self.towns)
            for role, column in (("plan", "code"), ("reserve", "allowed"))
            if role in county.layers and column in county.layers[role].data
        }
        self._barred = _Barred(county, plans)
        self._uses: dict[str, Use] = {}
        self.learn(pd.unique(plans.projects["use"]))
        self._lands = _Kept[Land]()
        self._within = _Kept[shapely.Geometry]()

    @property
    def any(self) -> bool:
        """Tell whether there is a layer that land can be found in."""
        return bool(self._parcels)

    def learn(self, codes: Iterable[str]) -> None:
        """Look up what uses (codes of the rule vocabulary) may stand on."""
        county = self._county
        plan, reserve = county.layers.get("plan"), county.layers.get("reserve")
        names = list(codes)
        barred = [{"inside": set(ALWAYS), "outside": set()} for _ in names]
        for zone in county.standard.zones():
            verdicts = county.standard.control_rules(zone.id).match(names)["verdict"]
            for known, verdict in zip(barred, verdicts):
                if zone.role in county.layers and verdict != "allow":
                    known[zone.side].add(zone.role)
        for code, known in zip(names, barred):
            self._uses[code] = Use(
                _planned(county, plan, code) if plan is not None else (),
                _allowed(reserve, code),
                tuple(sorted(known["inside"])),
                tuple(sorted(known["outside"])),
            )

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
        wanted = {"plan": use.plan, "reserve": use.reserve}
        found = [parcels.of_town(town, wanted[role]) for role, parcels in self._parcels.items()]
        shapes = np.concatenate(found) if found else np.empty(0, dtype=object)
        raw = polygons(joined(shapes)) if len(shapes) else shapes
        whole = self.towns.hold(town, raw)
        scale = float(self.towns.scale[town])

        def free(row: int) -> Stretch:
            shape = raw[row] if whole[row] else meet(raw[row], self.towns.shapes[town])
            parts = self._free(shape, town, use)
            return Stretch(parts, shapely.area(parts) * scale)

        return Land(raw, shapely.area(raw) * scale, scale, free)

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


class _Kept(Generic[Thing]):
    """Things made once, whichever thread asks first; others that ask for the same wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._things: dict[Hashable, Thing] = {}

    def get(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Give the thing of a key, made by `make` where it is not there yet."""
        with self._lock:
            own = self._locks.setdefault(key, threading.Lock())
        with own:
            if key not in self._things:
                self._things[key] = make()
            return self._things[key]


class _Parcels:
    """A layer of parcels that are found by place and code."""

    def __init__(self, layer: Layer, column: str, towns: Towns) -> None:
        self._shapes = layer.geometry
        self._codes = layer.data[column].to_numpy(dtype=object).astype(str)
        self._tree = shapely.STRtree(layer.geometry)
        self._towns = towns
        self._rows = _Kept[np.ndarray]()

    def of_town(self, town: int, codes: tuple[str, ...]) -> np.ndarray:
        """Give the parcels of these codes that meet a town, in the layer's order."""
        if not codes:
            return self._shapes[:0]
        rows = self._rows.get(town, lambda: self._meeting(self._towns.shapes[town]))
        return self._shapes[rows[np.isin(self._codes[rows], codes)]]

    def shares(self, ground: shapely.Geometry, codes: tuple[str, ...]) -> dict[str, float]:
        """Give the plane area of a shape that lies on parcels of each code."""
        rows = self._tree.query(ground)
        rows = rows[np.isin(self._codes[rows], codes)]
        here = np.full(len(rows), ground, dtype=object)
        area = shapely.area(parallel.safe(shapely.intersection, here, self._shapes[rows]))
        names, place = np.unique(self._codes[rows], return_inverse=True)
        return dict(zip(names.tolist(), np.bincount(place, area, len(names)).tolist()))

    def _meeting(self, ground: shapely.Geometry | None) -> np.ndarray:
        return np.sort(self._tree.query(ground, predicate="intersects"))


class _Barred:
    """The ground of control layers and of all projects, in tiles."""

    def __init__(self, county: County, plans: Plans) -> None:
        zones = {zone.role for zone in county.standard.zones() if zone.side == "inside"}
        roles = [role for role in county.layers if role in zones.union(ALWAYS)]
        grounds = {role: county.layers[role].geometry for role in roles}
        grounds[""] = plans.ground
        cut = {role: tiles.subdivide(_present(shapes))[0] for role, shapes in grounds.items()}
        self._tiles = np.concatenate(list(cut.values()))
        self._roles = np.repeat(list(cut), [len(part) for part in cut.values()])
        self._tree = shapely.STRtree(self._tiles)

    def free(self, parts: np.ndarray, roles: tuple[str, ...]) -> np.ndarray:
        """Cut the ground of control layers of these roles and of all projects out of polygons."""
        p, t = self._tree.query(parts, predicate="intersects")
        known = np.isin(self._roles[t], ("", *roles))
        p, t = p[known], t[known]
        order = np.lexsort((t, p))
        p, t = p[order], t[order]
        rows, first = np.unique(p, return_index=True)
        left = [np.delete(parts, rows)]
        for row, group in zip(rows, np.split(t, first[1:])):
            left.append(polygons(less(parts[row], self._tiles[group])))
        return np.concatenate(left)


def _planned(county: County, plan: Layer, code: str) -> tuple[str, ...]:
    """List the planned codes that are the use, a part of it, or what it is a part of."""
    known = np.unique(plan.data["code"].to_numpy(dtype=object).astype(str))
    ruled = county.standard.code_table(plan.table).rule_codes(known)
    return tuple(
        own for own, other in zip(known, ruled)
        if other and (other.startswith(code) or code.startswith(other))
    )  # fmt: skip


def _allowed(reserve: Layer | None, code: str) -> tuple[str, ...]:
    """List the lists of allowed uses that the use is one of."""
    if reserve is None or "allowed" not in reserve.data:
        return ()
    known = np.unique(reserve.data["allowed"].to_numpy(dtype=object).astype(str))
    return tuple(text for text in known if longest_prefix(code, codes_of(text)))


def _present(shapes: np.ndarray) -> np.ndarray:
    return shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
