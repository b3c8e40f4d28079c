# SPDX-License-Identifier: GPL-2.0-or-later
"""The ground an edit reaches, cut anew by the plan and all zones over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from .. import tiles
from ..fabric import book
from ..partition import partition
from ..pieces import Pieces, cover, split
from .growing import Growing, Index
from .lean import Lean

if TYPE_CHECKING:
    from ..fabric import Builder
    from .rows import Rows


@dataclass
class Cutting:
    """The ground around an edit, cut anew.

    `changed` are the rows of the plan whose pieces may differ: those edited and those they share
    ground with; `around` all rows at hand, in the order of the file. `ground` are the pieces before
    the plan that were cut, `pieces` what came of them, with rows of the plan. `disjoint` are the
    shapes of the living ones of `changed` once each has lost the ground of those before it.
    `overlaps`, `outside` and `amiss` are those of `changed`, with rows of the plan.
    """

    changed: np.ndarray
    around: np.ndarray
    ground: np.ndarray
    pieces: Pieces
    disjoint: dict[int, shapely.Geometry | None]
    overlaps: Lean
    outside: Lean
    amiss: Lean


class Ground:
    """The land before the plan, and the layers that cut it after the plan, none of which change."""

    def __init__(self, builder: Builder, rows: Rows) -> None:
        if builder.ground is None:
            raise ValueError("the county has no plan")
        self.rows = rows
        self.measure = builder.measure
        self.base = builder.ground
        self.first = builder.order()[0] == "plan"
        order = builder.order()
        self.later = order[order.index("plan") + 1 :]
        self.layers = {role: builder.layers[role] for role in self.later}
        self.lazy = bool(self.later) and self.later[-1] == "farmland"
        self.index = Index(self.base.shapes)
        self.zones = {role: Index(shapes) for role, shapes in self.layers.items()}
        self.tiles = builder.tiles
        self.tile_tree = shapely.STRtree(self.tiles)
        self.disjoint = Growing(builder.layers["plan"])
        self.memory: tiles.Memory = {}

    def cut_anew(self, gone: np.ndarray, come: np.ndarray) -> Cutting:
        """Cut what changes where some rows of the plan go and others come.

        Rows that go are retired already, those that come are there. The first feature on a spot
        keeps it, so what shares ground with either may win or lose some.
        """
        with tiles.remembering(self.memory):
            return self._cut_anew(gone, come)

    def _cut_anew(self, gone: np.ndarray, come: np.ndarray) -> Cutting:
        rows = self.rows
        shapes, alive = rows.geometry.array, rows.alive.array
        moved = np.concatenate([gone, come])
        near = rows.index.near(shapes[moved])
        near = near[alive[near]]
        changed = np.union1d(rows.index.meeting(shapes[moved], near), come)
        reach = np.concatenate([shapes[changed], shapes[gone]])
        ground = self.index.meeting(reach)
        around = rows.index.near(np.concatenate([reach, self.base.shapes[ground]]))
        around = rows.in_order(np.union1d(around[alive[around]], come))
        disjoint, overlaps = self._apart(changed, around)
        own = self._own(around, disjoint)
        pieces = self._cut(ground, around, own)
        outside, amiss = self._book(changed, around, own, pieces)
        return Cutting(changed, around, ground, pieces, disjoint, overlaps, outside, amiss)

    def _apart(
        self, changed: np.ndarray, around: np.ndarray
    ) -> tuple[dict[int, shapely.Geometry | None], Lean]:
        """Take from each changed row the ground of those before it."""
        shapes = self.rows.geometry.array
        near = self.rows.index.meeting(shapes[changed], around)
        group = self.rows.in_order(np.union1d(near, changed))
        out, found = partition(shapes[group])
        mine = np.isin(group, changed)
        feature, other = group[found.second], group[found.first]
        table = Lean({
            "feature": feature, "other": other, "area_m2": self.measure(found.shapes),
            "geometry": found.shapes,
        }).where(np.isin(feature, changed))  # fmt: skip
        return dict(zip(group[mine].tolist(), out[mine])), table

    def _own(self, around: np.ndarray, disjoint: dict[int, shapely.Geometry | None]) -> np.ndarray:
        """Give the ground that each row has for itself."""
        known, own = self.disjoint.array, np.empty(len(around), dtype=object)
        for place, row in enumerate(around.tolist()):
            own[place] = disjoint[row] if row in disjoint else known[row]
        return own

    def _cut(self, ground: np.ndarray, around: np.ndarray, own: np.ndarray) -> Pieces:
        """Cut pieces of ground by the plan, then by each zone."""
        columns = {name: values[ground] for name, values in self.base.columns.items()}
        columns["ground"] = ground
        start = Pieces(
            self.base.shapes[ground], self.base.gross[ground], columns, self.base.plane[ground]
        )
        if not len(ground):
            blank = {role: np.empty(0, dtype=int) for role in ("plan", *self.later)}
            return replace(start, columns={**columns, **blank})
        cut = cover if self.first else split
        pieces = cut(start, own, "plan", self.measure)
        pieces.columns["plan"] = _named(pieces.columns["plan"], around)
        for role in self.later:
            pieces = self._cut_by(pieces, role)
        return pieces

    def _cut_by(self, pieces: Pieces, role: str) -> Pieces:
        rows = self.zones[role].near(pieces.shapes)
        lazy = self.lazy and role == self.later[-1]
        if not len(rows):
            blank = np.full(len(pieces.shapes), -1)
            return replace(pieces, columns={**pieces.columns, role: blank})
        cut = split(pieces, self.layers[role][rows], role, self.measure, lazy)
        cut.columns[role] = _named(cut.columns[role], rows)
        return cut

    def _book(
        self, changed: np.ndarray, around: np.ndarray, own: np.ndarray, pieces: Pieces
    ) -> tuple[Lean, Lean]:
        """Balance the changed rows' ground against their pieces and the units."""
        mine = np.flatnonzero(np.isin(around, changed))
        inside = sums_of(around[mine], pieces.columns["plan"], pieces.plane)
        found = book(own[mine], inside, self.tiles, self.tile_tree)
        names = around[mine]
        return Lean({
            "feature": names[found.outside], "area_m2": self.measure(found.shapes),
            "geometry": found.shapes,
        }), Lean({"feature": names[found.amiss], "area_m2": found.lost})  # fmt: skip

    def keep(self, cutting: Cutting) -> None:
        """Remember the disjoint shapes of what was cut anew."""
        fresh = len(self.rows) - len(self.disjoint)
        self.disjoint.append(np.full(fresh, None, dtype=object))
        for row, shape in cutting.disjoint.items():
            self.disjoint.array[row] = shape


def sums_of(rows: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum values by key for some rows; each row once."""
    if not len(rows):
        return np.empty(0)
    order = np.argsort(rows)
    place = np.searchsorted(rows[order], keys).clip(max=len(rows) - 1)
    hit = rows[order][place] == keys
    out = np.empty(len(rows))
    out[order] = np.bincount(place[hit], values[hit], minlength=len(rows))
    return out


def _named(local: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Turn places in `rows` into the rows; -1 stays."""
    return np.where(local < 0, -1, np.append(rows, -1)[local]).astype(int)
