# SPDX-License-Identifier: GPL-2.0-or-later
"""Pieces of ground and how one more layer cuts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Sequence

import numpy as np
import shapely

from . import overlay
from .coverage import Borders
from .parallel import Report, quiet

Measure = Callable[[np.ndarray], np.ndarray]
NONE = -1


@dataclass
class Pieces:
    """Disjoint pieces: shape, area in m2 (`gross`) and in the plane, the feature of each layer.

    `columns[role]` is the row of that layer's feature over the piece, -1 for none. A row in
    `cutters` is not cut out yet: its shape less these blades is the piece (its areas are right).
    """

    shapes: np.ndarray
    gross: np.ndarray
    columns: dict[str, np.ndarray]
    plane: np.ndarray = field(default_factory=lambda: np.empty(0))
    cutters: dict[int, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.plane) != len(self.shapes):
            self.plane = shapely.area(self.shapes)

    @classmethod
    def none(cls) -> Pieces:
        """Make an empty set."""
        return cls(np.empty(0, dtype=object), np.empty(0), {})


def cover(
    units: Pieces, shapes: np.ndarray, role: str, measure: Measure, report: Report = quiet,
    known: Sequence[np.ndarray] | None = None, borders: Borders | None = None,
) -> Pieces:  # fmt: skip
    """Cut the features of a layer by the units; what no feature covers stays as gaps.

    The features are many and small, the units few and large, so the units are the side that is cut
    into tiles; a tile that the features don't fill holds a gap. `known` and `borders` are the edges
    of the features and of the units, as overlay.cut takes them.
    """
    cuts = overlay.cut(shapes, units.shapes, report=report, known=known, borders=borders)
    gross = measure(cuts.shapes)
    rows, gaps = _gaps(shapes, units, cuts)
    owner = np.concatenate([cuts.right, cuts.owner[rows]])
    columns = {name: column[owner] for name, column in units.columns.items()}
    columns[role] = np.concatenate([cuts.left, np.full(len(gaps), NONE)]).astype(int)
    return Pieces(
        np.concatenate([cuts.shapes, gaps]), np.concatenate([gross, measure(gaps)]), columns
    )


def split(
    pieces: Pieces, shapes: np.ndarray, role: str, measure: Measure,
    lazy: bool = False, report: Report = quiet,
    known: Sequence[np.ndarray] | None = None, borders: Borders | None = None,
) -> Pieces:  # fmt: skip
    """Cut pieces by the features of a layer that does not overlap itself.

    With `lazy` the remainders of pieces that are covered in part are measured by subtraction and
    cut out only when somebody asks for their shape. `known` and `borders` are the edges along which
    the pieces were cut and those of the features, as overlay.cut takes them.
    """
    cuts = overlay.cut(pieces.shapes, shapes, report=report, known=known, borders=borders)
    gross = pieces.gross[cuts.left]
    fresh = ~cuts.whole
    gross[fresh] = measure(cuts.shapes[fresh])
    rows, blades = overlay.remainders(pieces.plane, cuts)
    tools = [cuts.tiles[blade] for blade in blades]
    covered = _sum_by(cuts.left, cuts.plane, len(pieces.shapes))
    covered_gross = _sum_by(cuts.left, gross, len(pieces.shapes))
    if lazy:
        rest = pieces.shapes[rows]
        rest_plane = pieces.plane[rows] - covered[rows]
        rest_gross = pieces.gross[rows] - covered_gross[rows]
    else:
        rest = overlay.subtract(pieces.shapes[rows], tools)
        rest_plane = shapely.area(rest)
        rest_gross = measure(rest)
    untouched = np.flatnonzero(np.bincount(cuts.left, minlength=len(pieces.shapes)) == 0)
    source = np.concatenate([untouched, cuts.left, rows])
    feature = np.concatenate(
        [np.full(len(untouched), NONE), cuts.right, np.full(len(rows), NONE)]
    ).astype(int)
    order = np.lexsort((feature, source))
    order = order[np.concatenate([pieces.plane[untouched], cuts.plane, rest_plane])[order] > 0]
    cutters = {}
    if lazy:
        first = len(untouched) + len(cuts.left)
        place = np.empty(len(source), dtype=int)
        place[order] = np.arange(len(order))
        cutters = {int(place[first + k]): tool for k, tool in enumerate(tools)}
    columns = {name: column[source][order] for name, column in pieces.columns.items()}
    columns[role] = feature[order]
    return Pieces(
        np.concatenate([pieces.shapes[untouched], cuts.shapes, rest])[order],
        np.concatenate([pieces.gross[untouched], gross, rest_gross])[order],
        columns,
        np.concatenate([pieces.plane[untouched], cuts.plane, rest_plane])[order],
        cutters,
    )


def _gaps(shapes: np.ndarray, units: Pieces, cuts: overlay.Cut) -> tuple[np.ndarray, np.ndarray]:
    """Find the land of the tiles that no feature covers: tile rows and shapes."""
    taken = _sum_by(cuts.right, cuts.plane, len(units.shapes))
    room = np.nan_to_num(units.plane)
    open_ = (room - taken > overlay.CRUMB + 1e-13 * room)[cuts.owner]
    tree, present = _tree(shapes)
    thin = _unfilled(np.flatnonzero(open_), cuts.tiles, shapes[present], tree)
    k, i = tree.query(cuts.tiles[thin], predicate="intersects")
    blades = [shapes[present[np.sort(group)]] for group in _groups(k, i, len(thin))]
    # Part by part: slivers beside real gaps in one multipolygon make later cuts unsure.
    rest, origin = shapely.get_parts(overlay.subtract(cuts.tiles[thin], blades), return_index=True)
    keep = shapely.area(rest) > overlay.CRUMB
    return thin[origin[keep]], rest[keep]


def _unfilled(
    rows: np.ndarray, tiles: np.ndarray, shapes: np.ndarray, tree: shapely.STRtree
) -> np.ndarray:
    """Keep the tiles that the features don't fill."""
    k, i = tree.query(tiles[rows])
    order = np.lexsort((i, k))
    i, k = overlay.meeting(shapes, tiles[rows], i[order], k[order])
    ground = shapely.area(overlay.shared(shapes, tiles[rows], i, k))
    area = shapely.area(tiles[rows])
    filled = np.bincount(k, weights=ground, minlength=len(rows))
    return rows[area - filled > overlay.CRUMB + 1e-12 * area]


def _tree(shapes: np.ndarray) -> tuple[shapely.STRtree, np.ndarray]:
    present = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    return shapely.STRtree(shapes[present]), present


def _groups(keys: np.ndarray, values: np.ndarray, count: int) -> list[np.ndarray]:
    order = np.argsort(keys, kind="stable")
    edges = np.searchsorted(keys[order], np.arange(1, count))
    return np.split(values[order], edges) if count else []


def _sum_by(rows: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(rows, weights=values, minlength=count)
