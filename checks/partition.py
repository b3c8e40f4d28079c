# SPDX-License-Identifier: GPL-2.0-or-later
"""A layer that overlaps itself, made to count once: the first feature keeps the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from . import overlay, parallel, tiles
from .coverage import Borders
from .parallel import Report, quiet

_NOTHING = np.empty(0, dtype=int)


@dataclass
class Overlaps:
    """Pairs of features of one layer that share ground: rows `first` < `second`, and the ground."""

    first: np.ndarray
    second: np.ndarray
    shapes: np.ndarray

    def __len__(self) -> int:
        return len(self.first)


def partition(
    shapes: np.ndarray, report: Report = quiet, borders: Borders | None = None
) -> tuple[np.ndarray, Overlaps]:
    """Make valid polygons disjoint: each loses the ground of those before it.

    Returns the polygons in their order, an empty one where nothing is left and None where there was
    None, and the overlaps found. A layer without overlaps comes back as it is. `borders` are the
    polygons' edges, where they are at hand.
    """
    if (borders or Borders(shapes)).disjoint():
        return shapes, Overlaps(_NOTHING, _NOTHING, np.empty(0, dtype=object))
    pairs = overlapping(shapes, report)
    if not len(pairs[0]):
        return shapes, Overlaps(*pairs, np.empty(0, dtype=object))
    first, second = pairs
    ground = np.concatenate(
        parallel.run(
            lambda part: parallel.safe(
                shapely.intersection, shapes[first[part]], shapes[second[part]]
            ),
            parallel.batches(len(first), size=500),
        )
    )
    real = shapely.area(ground) > overlay.CRUMB
    first, second, ground = first[real], second[real], ground[real]
    out = shapes.copy()
    rows, start = np.unique(second, return_index=True)
    cutters = [shapes[group] for group in np.split(first, start[1:])] if len(rows) else []
    out[rows] = overlay.subtract(shapes[rows], cutters)
    return out, Overlaps(first, second, ground)


def overlapping(shapes: np.ndarray, report: Report = quiet) -> tuple[np.ndarray, np.ndarray]:
    """Find the pairs whose interiors meet, in order of the later and then the earlier feature."""
    rows = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    pieces, origin = tiles.subdivide(shapes[rows])
    owner = rows[origin]
    a, b = shapely.STRtree(pieces).query(pieces)
    ahead = owner[a] < owner[b]
    a, b = a[ahead], b[ahead]
    meet = parallel.run(
        lambda part: shapely.relate_pattern(pieces[a[part]], pieces[b[part]], "T********"),
        parallel.batches(len(a)),
        report,
    )
    hit = np.concatenate(meet) if meet else np.empty(0, bool)
    pairs = np.unique(np.column_stack([owner[b[hit]], owner[a[hit]]]), axis=0)
    return pairs[:, 1], pairs[:, 0]
