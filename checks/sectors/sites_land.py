# SPDX-License-Identifier: GPL-2.0-or-later
"""The land of a town that is free for a use: planned or reserved for it, and nobody else's.

Land is made town by town and use by use when it is first asked for, and kept. One thread makes it:
nothing here may be shared by several.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from .. import tiles
from ..levels import Level, levels, unit_shape
from .sites_shape import joined, less, meet, polygons

if TYPE_CHECKING:
    from ...layers.model import County, Layer
    from ...layers.sector_model import Plans
    from ..fabric import Measure

ALWAYS = ("farmland", "redline")  # whatever the control rules allow there, a site keeps off
_SEPARATORS = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class Use:
    """What a use may stand on: rows of plan and reserve, and the zones that it may not."""

    plan: tuple[str, ...]  # planned codes, as the layer has them
    reserve: tuple[str, ...]  # lists of allowed uses, as the layer has them
    inside: tuple[str, ...]  # roles whose ground is barred
    outside: tuple[str, ...]  # roles whose ground alone is open


@dataclass(frozen=True)
class Land:
    """The free land of one town for one use: polygons and their area in m2."""

    parts: np.ndarray
    area_m2: np.ndarray


class Towns:
    """The towns of a county; its highest units where the dossier names no towns.

    `shapes` holds each town's ground, None where it has none; `named` tells whether they are towns.
    """

    def __init__(self, county: County) -> None:
        known = {level.name: level for level in levels(county.tree)}
        self.named = "town" in known
        self.level: Level = known["town"] if self.named else next(iter(known.values()))
        self.shapes = np.empty(len(self.level), dtype=object)
        self.shapes[:] = [unit_shape(county, self.level, i) for i in range(len(self.level))]
        self.tree = shapely.STRtree(self.shapes)

    def __len__(self) -> int:
        return len(self.level)

    def of(self, ground: shapely.Geometry) -> int:
        """Give the town that holds most of a shape, the first of equals; -1 where none does."""
        near = np.sort(self.tree.query(ground))
        held = [meet(ground, self.shapes[town]).area for town in near]
        return int(near[np.argmax(held)]) if max(held, default=0.0) > 0 else -1


class Lands:
    """Makes free land: see `Use` and `Land`."""

    def __init__(self, county: County, plans: Plans, measure: Measure) -> None:
        self.towns = Towns(county)
        self._county = county
        self._measure = measure
        self._trees = {role: _Parcels(county.layers[role], column)
                       for role, column in (("plan", "code"), ("reserve", "allowed"))
                       if role in county.layers and column in county.layers[role].data}  # fmt: skip
        self._barred = _Barred(county, plans)
        self._zones = [zone for zone in county.standard.zones() if zone.role in county.layers]
        self._open: dict[tuple[int, str], shapely.Geometry] = {}
        self._uses: dict[str, Use] = {}
        self._made: dict[tuple[int, Use], Land] = {}

    @property
    def any(self) -> bool:
        """Tell whether there is a layer that land can be found in."""
        return bool(self._trees)

    def use(self, code: str) -> Use:
        """Say what a use (a code of the rule vocabulary) may stand on."""
        if code not in self._uses:
            self._uses[code] = self._matched(code)
        return self._uses[code]

    def get(self, town: int, use: Use) -> Land:
        """Give a town's free land for a use."""
        key = town, use
        if key not in self._made:
            parts = self._free(town, use)
            self._made[key] = Land(parts, self._measure(parts))
        return self._made[key]

    def under(self, site: shapely.Geometry, use: Use) -> tuple[str, str]:
        """Tell what most of a site is: "reserve" or "plan", and its planned code or allowed list.

        Reserved land that is planned for the use too counts as reserve.
        """
        best = ("", "", 0.0)
        for role, wanted in (("reserve", use.reserve), ("plan", use.plan)):
            if role in self._trees:
                shares = self._trees[role].shares(site, wanted)
                code = max(shares, key=lambda one: (shares[one], one), default="")
                total = sum(shares.values())
                best = (role, code, total) if total > best[2] else best
        return best[:2]

    def _matched(self, code: str) -> Use:
        plan = self._county.layers.get("plan")
        inside, outside = list(ALWAYS), []
        for zone in self._zones:
            verdict = self._county.standard.control_rules(zone.id).match([code])["verdict"][0]
            if zone.side == "outside" and verdict != "allow":
                outside.append(zone.role)
            elif zone.side == "inside" and verdict != "allow":
                inside.append(zone.role)
        return Use(
            _planned(self._county, plan, code) if plan is not None else (),
            _allowed(self._county.layers.get("reserve"), code),
            tuple(sorted(set(inside))),
            tuple(sorted(set(outside))),
        )

    def _free(self, town: int, use: Use) -> np.ndarray:
        ground = self.towns.shapes[town]
        wanted = {"plan": use.plan, "reserve": use.reserve}
        found = [tree.near(ground, wanted[role]) for role, tree in self._trees.items()]
        shapes = np.concatenate(found) if found else np.empty(0, dtype=object)
        if ground is None or not len(shapes):
            return np.empty(0, dtype=object)
        land = meet(joined(shapes), ground)
        for role in use.outside:
            land = meet(land, self._within(town, role))
        return self._barred.free(polygons(land), use.inside)

    def _within(self, town: int, role: str) -> shapely.Geometry:
        """Give the ground of a layer in and about a town."""
        key = town, role
        if key not in self._open:
            shapes = self._county.layers[role].geometry
            shapes = shapes[shapely.intersects(shapes, shapely.envelope(self.towns.shapes[town]))]
            self._open[key] = joined(shapes)
        return self._open[key]


class _Parcels:
    """A layer of parcels that are found by place and code."""

    def __init__(self, layer: Layer, column: str) -> None:
        self._shapes = layer.geometry
        self._codes = layer.data[column].to_numpy(dtype=object)
        self._tree = shapely.STRtree(layer.geometry)

    def _rows(self, ground: shapely.Geometry | None, codes: tuple[str, ...]) -> np.ndarray:
        rows = np.sort(self._tree.query(ground)) if codes else np.empty(0, dtype=int)
        return rows[np.isin(self._codes[rows].astype(str), codes)]

    def near(self, ground: shapely.Geometry | None, codes: tuple[str, ...]) -> np.ndarray:
        """Give the parcels of these codes whose box meets that of a shape."""
        return self._shapes[self._rows(ground, codes)]

    def shares(self, ground: shapely.Geometry, codes: tuple[str, ...]) -> dict[str, float]:
        """Give the plane area of a shape that lies on parcels of each code."""
        out: dict[str, float] = {}
        for row in self._rows(ground, codes):
            code = self._codes[row]
            out[code] = out.get(code, 0.0) + meet(ground, self._shapes[row]).area
        return {code: area for code, area in out.items() if area > 0}


class _Barred:
    """The ground of control layers and of all projects, in tiles."""

    def __init__(self, county: County, plans: Plans) -> None:
        zones = {zone.role for zone in county.standard.zones() if zone.side == "inside"}
        zones.update(ALWAYS)
        roles = [role for role in county.layers if role in zones]
        grounds = {role: county.layers[role].geometry for role in roles}
        grounds[""] = plans.ground
        cut = {role: tiles.subdivide(_present(shapes))[0] for role, shapes in grounds.items()}
        self._tiles = np.concatenate(list(cut.values()))
        self._roles = np.repeat(np.array(list(cut), dtype=object), [len(c) for c in cut.values()])
        self._tree = shapely.STRtree(self._tiles)

    def free(self, parts: np.ndarray, roles: tuple[str, ...]) -> np.ndarray:
        """Cut the ground of control layers of these roles and of all projects out of polygons."""
        p, t = self._tree.query(parts, predicate="intersects")
        known = np.isin(self._roles[t].astype(str), ("", *roles))
        p, t = p[known], t[known]
        order = np.lexsort((t, p))
        p, t = p[order], t[order]
        rows, first = np.unique(p, return_index=True)
        left = [parts[np.setdiff1d(np.arange(len(parts)), rows)]]
        left += [polygons(less(parts[row], self._tiles[group]))
                 for row, group in zip(rows, np.split(t, first[1:]))]  # fmt: skip
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
    return tuple(text for text in known if any(code.startswith(one) for one in allowed(text)))


def allowed(text: str) -> list[str]:
    """Take a list of allowed uses apart."""
    return [one for one in _SEPARATORS.split(text) if one]


def _present(shapes: np.ndarray) -> np.ndarray:
    return shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
