# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground that features of two layers share, where either may overlap itself.

The fabric cuts whole layers into disjoint pieces; sector plans are a few thousand shapes that lie
over each other on purpose, so here each pair is cut for itself, and only the pairs that a rule
asks about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np
import shapely

from ...layers.sector_projects import unite
from .. import overlay, tiles
from ..parallel import Report, quiet

_LARGE = 2048  # vertices beyond which a feature of the left side is cut into tiles too
Wanted = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Shared:
    """A row a pair of features that share ground, in order of `left` and then `right`."""

    left: np.ndarray
    right: np.ndarray
    shapes: np.ndarray

    def __len__(self) -> int:
        return len(self.left)


def share(
    left: np.ndarray, right: np.ndarray, wanted: Wanted | None = None, report: Report = quiet
) -> Shared:
    """Cut each pair of features whose interiors meet; arrays of valid polygons or None.

    `wanted(left rows, right rows)` says which candidate pairs to look at, all where it is None.
    """
    rows, columns = _near(left, right)
    pieces, origin = tiles.subdivide(left[rows], _LARGE)
    source = rows[origin]
    blades, origin = tiles.subdivide(right[columns])
    owner = columns[origin]
    k, i = shapely.STRtree(pieces).query(blades)
    return _cut(pieces, source, blades, owner, i, k, wanted, report)


def share_within(shapes: np.ndarray, wanted: Wanted, report: Report = quiet) -> Shared:
    """Cut each pair of one layer's features, the earlier one left; for `wanted` see `share`."""
    rows = np.flatnonzero(_present(shapes))
    pieces, origin = tiles.subdivide(shapes[rows], _LARGE)
    source = rows[origin]
    i, k = shapely.STRtree(pieces).query(pieces)
    ahead = source[i] < source[k]
    return _cut(pieces, source, pieces, source, i[ahead], k[ahead], wanted, report)


def _cut(
    pieces: np.ndarray, source: np.ndarray, blades: np.ndarray, owner: np.ndarray,
    i: np.ndarray, k: np.ndarray, wanted: Wanted | None, report: Report,
) -> Shared:  # fmt: skip
    if wanted is not None:
        keep = np.asarray(wanted(source[i], owner[k]), dtype=bool)
        i, k = i[keep], k[keep]
    order = np.lexsort((k, i, owner[k], source[i]))
    i, k = overlay.meeting(pieces, blades, i[order], k[order], report)
    shapes = overlay.shared(pieces, blades, i, k, report)
    real = shapely.area(shapes) > overlay.CRUMB
    a, b, shapes = source[i][real], owner[k][real], shapes[real]
    pair = np.cumsum(np.r_[True, (np.diff(a) != 0) | (np.diff(b) != 0)][: len(a)]) - 1
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    return Shared(a[first], b[first], unite(shapes, pair, len(first)))


def only(shapes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Keep the shapes marked, None in place of the others."""
    out = shapes.copy()
    out[~np.asarray(wanted, dtype=bool)] = None
    return out


def take_away(shapes: np.ndarray, cutters: np.ndarray) -> np.ndarray:
    """Take from each shape all cutters that reach into it; empty where nothing is left."""
    rows, columns = _near(shapes, cutters)
    blades, _ = tiles.subdivide(cutters[columns])
    k, i = shapely.STRtree(blades).query(shapes[rows], predicate="intersects")
    order = np.lexsort((i, k))
    k, i = k[order], i[order]
    edges = np.searchsorted(k, np.arange(len(rows) + 1))
    tools = [blades[i[edges[n] : edges[n + 1]]] for n in range(len(rows))]
    joined = [tool if len(tool) < 2 else np.array([shapely.union_all(tool)]) for tool in tools]
    out = shapes.copy()
    out[rows] = overlay.subtract(shapes[rows], joined)
    return out


def _near(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List the rows on either side whose box meets a box of the other."""
    rows, columns = np.flatnonzero(_present(left)), np.flatnonzero(_present(right))
    i, j = shapely.STRtree(left[rows]).query(right[columns])
    return rows[np.unique(j)], columns[np.unique(i)]


def _present(shapes: np.ndarray) -> np.ndarray:
    return ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))


__all__ = ["Shared", "only", "share", "share_within", "take_away", "unite"]
