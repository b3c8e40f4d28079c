# SPDX-License-Identifier: GPL-2.0-or-later
"""The fabric's pieces, kept so that those of some ground can be taken out and put in anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from .. import overlay
from ..pieces import Pieces
from .growing import Growing
from .lean import Lean

if TYPE_CHECKING:
    from ..fabric import Builder

NONE = np.empty(0, dtype=np.int64)


class PieceStore:
    """All pieces of a county by the ground they were cut from.

    `columns` holds `unit`, `ground` and each role's feature; pieces that were replaced stay in the
    arrays but belong to no ground any more.
    """

    def __init__(self, builder: Builder) -> None:
        pieces = builder.pieces
        self.columns = {name: Growing(values) for name, values in pieces.columns.items()}
        self.gross = Growing(pieces.gross)
        self.shapes = Growing(pieces.shapes)
        self.cutters = dict(pieces.cutters)
        ground = pieces.columns["ground"]
        many = len((builder.ground or pieces).shapes)
        self._order = np.argsort(ground, kind="stable")
        self._edges = np.searchsorted(ground[self._order], np.arange(many + 1))
        self._fresh: dict[int, np.ndarray] = {}
        self.bare: dict[int, set[int]] = {}  # by unit: the pieces without a planned use
        self._note_bare(np.arange(len(pieces.gross)))
        self.total = float(pieces.gross.sum())

    @property
    def roles(self) -> list[str]:
        """List the roles that cut the pieces."""
        return [name for name in self.columns if name not in ("unit", "ground")]

    def of(self, ground: np.ndarray) -> np.ndarray:
        """List the pieces of some ground (rows of the pieces before the plan)."""
        found = [self._of_one(one) for one in ground.tolist()]
        return np.concatenate(found) if found else NONE

    def _of_one(self, ground: int) -> np.ndarray:
        if ground in self._fresh:
            return self._fresh[ground]
        return self._order[self._edges[ground] : self._edges[ground + 1]]

    def living(self) -> np.ndarray:
        """List all pieces that count."""
        return self.of(np.arange(len(self._edges) - 1))

    def replace(self, ground: np.ndarray, new: Pieces) -> np.ndarray:
        """Put new pieces in place of those of some ground; gives the new ones' rows."""
        old = self.of(ground)
        units = self.columns["unit"].array
        for piece in old[self.columns["plan"].array[old] < 0].tolist():
            self.bare[int(units[piece])].discard(piece)
        for piece in old.tolist():
            self.cutters.pop(piece, None)
        self.shapes.array[old] = None
        start = len(self.gross)
        rows = np.arange(start, start + len(new.gross))
        for name, column in self.columns.items():
            column.append(new.columns[name])
        self.total += float(new.gross.sum() - self.gross.array[old].sum())
        self.gross.append(new.gross)
        self.shapes.append(new.shapes)
        self.cutters.update({start + place: blades for place, blades in new.cutters.items()})
        owner = new.columns["ground"]
        for one in ground.tolist():
            self._fresh[one] = rows[owner == one]
        self._note_bare(rows)
        return rows

    def _note_bare(self, rows: np.ndarray) -> None:
        if "plan" not in self.columns:
            return
        units = self.columns["unit"].array
        for piece in rows[self.columns["plan"].array[rows] < 0].tolist():
            self.bare.setdefault(int(units[piece]), set()).add(piece)

    def table(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Give columns and `gross_m2` of some pieces."""
        out = {name: column.array[rows] for name, column in self.columns.items()}
        out["gross_m2"] = self.gross.array[rows]
        return out

    def cut_out(self, rows: np.ndarray) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        """Give shapes and blades of some pieces as Fabric takes them."""
        blades = {place: self.cutters[row] for place, row in enumerate(rows.tolist())
                  if row in self.cutters}  # fmt: skip
        return self.shapes.array[rows].copy(), blades

    def drawn(self, rows: np.ndarray) -> np.ndarray:
        """Give the polygons of pieces."""
        return _less(*self.cut_out(rows))


def drawn_of(pieces: Pieces, rows: np.ndarray) -> np.ndarray:
    """Give the polygons of some pieces."""
    blades = {place: pieces.cutters[row] for place, row in enumerate(rows.tolist())
              if row in pieces.cutters}  # fmt: skip
    return _less(pieces.shapes[rows].copy(), blades)


def _less(shapes: np.ndarray, blades: dict[int, np.ndarray]) -> np.ndarray:
    """Take blades from shapes, in place."""
    places = list(blades)
    if places:
        shapes[places] = overlay.subtract(shapes[places], list(blades.values()))
    return shapes


def frame(columns: dict[str, np.ndarray], roles: list[str]) -> pd.DataFrame:
    """Lay pieces out as the table of a fabric, a lean one."""
    return cast(pd.DataFrame, Lean({name: columns[name] for name in ("unit", *roles, "gross_m2")}))
