# SPDX-License-Identifier: GPL-2.0-or-later
"""The fabric: all layers cut into each other once, a table of pieces that every check questions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable, NamedTuple

import numpy as np
import pandas as pd
import shapely

from ..layers.area import area_measure
from ..layers.model import County
from . import overlay, tiles
from .coverage import Borders
from .parallel import Report
from .partition import partition
from .pieces import Pieces, cover, split

# Zones whose cut is left for last: many small features, whose remainders nobody cuts again.
_LAST = "farmland"
_COVERAGES = ("landuse", "plan")
# A feature whose books are off by more than this was cut wrongly; in square units of the plane.
_AMISS_M2 = 1e-2
_NO_ZONES = (*_COVERAGES, "units", "reserve")
Measure = Callable[[np.ndarray], np.ndarray]
Stage = Callable[[str, float, str], None]


@dataclass
class Fabric:
    """The pieces of a county and what was noticed while cutting them.

    `pieces` has a row a piece: `unit` (row of the tree's finest units), a column for each role
    with the row of that layer's feature over the piece or -1, and `gross_m2`. Together the pieces
    are the units: each point lies in one piece. `unit_m2` is the area of each finest unit;
    `overlaps` maps a role to the pairs of its features that share ground (feature, other, area_m2,
    geometry; `other` comes first in the layer and keeps the ground); `outside` maps a role to its
    land in no unit (feature, area_m2, geometry). `amiss` maps a role to the features whose ground
    is not the sum of their pieces and their land outside (feature, area_m2: what is missing, or
    too much): there the overlay failed. `residual_m2` is the units' area less the pieces'.
    """

    pieces: pd.DataFrame
    unit_m2: np.ndarray
    measure: Measure
    overlaps: dict[str, pd.DataFrame] = field(default_factory=dict)
    outside: dict[str, pd.DataFrame] = field(default_factory=dict)
    amiss: dict[str, pd.DataFrame] = field(default_factory=dict)
    _geometry: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    _cutters: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def residual_m2(self) -> float:
        """Tell the units' area less the sum of the pieces."""
        return float(self.unit_m2.sum() - self.pieces["gross_m2"].sum())

    def fill(self, shapes: np.ndarray, cutters: dict[int, np.ndarray]) -> None:
        """Give the pieces their polygons, and what is still to be cut out of some of them."""
        self._geometry, self._cutters = shapes, cutters

    def shapes(self, rows: np.ndarray) -> np.ndarray:
        """Give the polygons of pieces; remainders of the last cut are made when first asked for."""
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        wanted = [row for row in rows.tolist() if row in self._cutters]
        if wanted:
            blades = [self._cutters.pop(row) for row in wanted]
            self._geometry[wanted] = overlay.subtract(self._geometry[wanted], blades)
        return self._geometry[rows]


def build_fabric(county: County, stage: Stage = lambda *_: None) -> Fabric:
    """Cut a county's layers into each other.

    `stage(key, fraction, detail)` hears the progress. Features without geometry take no part.
    """
    builder = Builder(county, stage)
    builder.cut()
    return builder.fabric()


class Builder:
    """Adds one layer after the other to the pieces.

    `pieces` are those cut so far, `layers` the features of each role made disjoint, `tiles` the
    units cut small. `ground` are the pieces before the plan cut them, None where there is no plan
    (and whole units where the plan is the first to cut): each piece bears in the column
    `ground` the row of the one it was cut from, of itself where there is no plan.
    """

    def __init__(self, county: County, stage: Stage) -> None:
        self.county = county
        self.stage = stage
        self.layers: dict[str, np.ndarray] = {}
        self.overlaps: dict[str, pd.DataFrame] = {}
        self.outside: dict[str, pd.DataFrame] = {}
        self.amiss: dict[str, pd.DataFrame] = {}
        self.measure = measure_of(county)
        self.pieces = Pieces.none()
        self.ground: Pieces | None = None
        self.unit_m2: np.ndarray = np.empty(0)
        self.tiles: np.ndarray = np.empty(0, dtype=object)
        self.borders = self.unit_borders = Borders(self.tiles)  # of the layer at hand, of the units
        self.known: list[np.ndarray] = []  # edges that run through no piece, layer by layer

    def cut(self) -> None:
        """Cut everything: the units first, then by layer after layer."""
        self.units()
        for role in self.order():
            if role == "plan":
                rows = np.arange(len(self.pieces.shapes))
                self.ground = self.pieces
                columns = {**self.pieces.columns, "ground": rows}
                self.pieces = replace(self.pieces, columns=columns)
            self.add(role)
        if self.ground is None:
            rows = np.arange(len(self.pieces.shapes))
            self.pieces.columns["ground"] = rows

    def order(self) -> list[str]:
        """List the roles to cut by: coverages first, the zone with most features last."""
        roles = [role for role in self.county.layers if role not in _NO_ZONES]
        coverages = [role for role in _COVERAGES if role in self.county.layers]
        return coverages + [r for r in roles if r != _LAST] + [r for r in roles if r == _LAST]

    def units(self) -> None:
        """Start with the units themselves."""
        shapes = self._disjoint("units", self.county.units.geometry)
        owner = self.county.tree.feature_unit
        used = (owner >= 0) & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        rows = np.flatnonzero(used)
        gross = self.measure(shapes[rows])
        self.unit_m2 = np.bincount(
            owner[rows], weights=gross, minlength=len(self.county.tree.finest)
        )
        self.tiles, origin = tiles.subdivide(shapes[rows])
        self.unit_borders = self.borders
        self.known = [self.unit_borders.numbers]
        if self._covered():
            self.pieces = Pieces(shapes[rows], gross, {"unit": owner[rows]})
        else:  # zones alone would be cut against whole units: start from their tiles
            self.pieces = Pieces(
                self.tiles, self.measure(self.tiles), {"unit": owner[rows][origin]}
            )

    def _covered(self) -> bool:
        return any(role in self.county.layers for role in _COVERAGES)

    def add(self, role: str) -> None:
        """Cut the pieces by one more layer.

        Overlaps of crumbs are not told, but an edge of such a feature runs through its neighbour:
        what was settled by that edge is wrong. The books show it, and all pairs are then compared.
        """
        shapes = self._disjoint(role, self.county.layers[role].geometry)
        own = self.borders.numbers
        before = self.pieces
        known = [own] if self._first(role) else self.known
        self.pieces = self._cut_by(role, shapes, known)
        self._note_outside(role, shapes)
        if len(self.amiss[role]) or self._moved(before):
            self.pieces = before
            self.pieces = self._cut_by(role, shapes, [])
            self._note_outside(role, shapes)
        self.known.append(own)

    def _first(self, role: str) -> bool:
        return role in _COVERAGES and role == self.order()[0]

    def _cut_by(self, role: str, shapes: np.ndarray, known: list[np.ndarray]) -> Pieces:
        report = self._reporter(role, 0.3, 0.95)
        if self._first(role):
            return cover(
                self.pieces, shapes, role, self.measure, report, known, self.unit_borders
            )  # fmt: skip
        lazy = role == _LAST and role == self.order()[-1]
        return split(self.pieces, shapes, role, self.measure, lazy, report, known, self.borders)

    def _moved(self, before: Pieces) -> bool:
        """Tell whether a unit's pieces are not as large as they were: land went to another."""
        count = len(self.unit_m2)
        was, is_ = (
            np.bincount(pieces.columns["unit"], weights=pieces.plane, minlength=count)
            for pieces in (before, self.pieces)
        )
        return bool((np.abs(is_ - was) > _AMISS_M2 + 1e-9 * was).any())

    def fabric(self) -> Fabric:
        """Put the result together, columns in the dossier's order of roles."""
        names = ["unit", *(role for role in (*_COVERAGES, *self.county.layers)
                           if role in self.pieces.columns)]  # fmt: skip
        table = pd.DataFrame({name: self.pieces.columns[name] for name in dict.fromkeys(names)})
        table["gross_m2"] = self.pieces.gross
        return Fabric(
            table, self.unit_m2, self.measure, self.overlaps, self.outside, self.amiss,
            self.pieces.shapes, self.pieces.cutters,
        )  # fmt: skip

    def _reporter(self, role: str, start: float, end: float) -> Report:
        """Report part of a layer's work as a fraction of the whole."""
        roles = ["units", *self.order()]
        place = roles.index(role)

        def report(fraction: float) -> None:
            done = place + start + (end - start) * fraction
            self.stage("fabric", done / len(roles), role)

        return report

    def _disjoint(self, role: str, shapes: np.ndarray) -> np.ndarray:
        report = self._reporter(role, 0.0, 0.3)
        report(0.0)
        apart = self._apart(shapes)
        rest = np.delete(shapes, apart)
        self.borders = Borders(rest)
        out, found = partition(shapes, report, self.borders, apart)
        if len(found):  # some were cut: their edges are new ones
            kept = np.setdiff1d(apart, found.second)
            self.borders = Borders(np.delete(out, kept))
        self.overlaps[role] = pd.DataFrame({"feature": found.second, "other": found.first})
        self.overlaps[role]["area_m2"] = self.measure(found.shapes)
        self.overlaps[role]["geometry"] = found.shapes
        self.layers[role] = out
        return out

    def _apart(self, shapes: np.ndarray) -> np.ndarray:
        """List the features of a layer that are parcels of a coverage, where most are.

        As such they do not overlap each other, and their edges are known already.
        """
        coverage = next((self.layers[role] for role in _COVERAGES if role in self.layers), None)
        if coverage is None:
            return np.empty(0, dtype=int)
        rows = np.sort(overlay.identical(coverage, shapes)[1])
        return rows if 2 * len(rows) > len(shapes) else rows[:0]

    def _note_outside(self, role: str, shapes: np.ndarray) -> None:
        """Note a layer's land in no unit, and prove with it that none was lost or made.

        The two are found by different ways: pieces by intersection with the pieces before, the land
        outside by subtracting the units. So their sum is the feature, or an overlay went wrong.
        """
        rows = self.pieces.columns[role]
        inside = np.zeros(len(shapes))
        np.add.at(inside, rows[rows >= 0], self.pieces.plane[rows >= 0])
        tree = shapely.STRtree(self.tiles)
        found = book(shapes, inside, self.tiles, tree)
        self.outside[role] = _table(found.outside, found.shapes, self.measure)
        self.amiss[role] = pd.DataFrame({"feature": found.amiss, "area_m2": found.lost})


class Books(NamedTuple):
    """Rows of features in part outside the units, that part; rows cut wrongly, by how much."""

    outside: np.ndarray
    shapes: np.ndarray
    amiss: np.ndarray
    lost: np.ndarray


def book(shapes: np.ndarray, inside: np.ndarray, tiles: np.ndarray, tree: shapely.STRtree) -> Books:
    """Balance disjoint features against pieces, `inside` in the plane, and the units' tiles."""
    plane = np.nan_to_num(shapely.area(shapes))
    left = plane - inside
    over = np.flatnonzero(np.abs(left) > overlay.CRUMB + 1e-9 * plane)
    k, t = tree.query(shapes[over], predicate="intersects")
    rest = overlay.subtract(shapes[over], [tiles[t[k == place]] for place in range(len(over))])
    left[over] -= shapely.area(rest)
    kept = shapely.area(rest) > overlay.CRUMB
    lost = np.flatnonzero(np.abs(left) > _AMISS_M2 + 1e-9 * plane)
    return Books(over[kept], rest[kept], lost, left[lost])


def _table(rows: np.ndarray, shapes: np.ndarray, measure: Measure) -> pd.DataFrame:
    table = pd.DataFrame({"feature": rows, "area_m2": measure(shapes)})
    table["geometry"] = shapes
    return table


def measure_of(county: County) -> Measure:
    """Give the measure of a county's areas in m2: all checks of a run measure by the same one."""
    return area_measure(county.dossier.crs, _extent(county), county.dossier.area)


def _extent(county: County) -> tuple[float, float, float, float]:
    """Give the box to measure in: the units' and a tenth more, whatever strays lie beyond."""
    west, south, east, north = shapely.total_bounds(county.units.geometry).tolist()
    margin = 0.1 * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin
