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
    shapes: np.ndarray, report: Report = quiet, borders: Borders | None = None,
    apart: np.ndarray = _NOTHING,
) -> tuple[np.ndarray, Overlaps]:  # fmt: skip
    """Make valid polygons disjoint: each loses the ground of those before it.

    Returns the polygons in their order, an empty one where nothing is left and None where there was
    None, and the overlaps found. A layer without overlaps comes back as it is. `borders` are the
    polygons' edges, where they are at hand; `apart` lists rows known not to overlap each other.
    """
    if not len(apart) and (borders or Borders(shapes)).disjoint():
        return shapes, Overlaps(_NOTHING, _NOTHING, np.empty(0, dtype=object))
    pairs = overlapping(shapes, report, apart)
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


def overlapping(
    shapes: np.ndarray, report: Report = quiet, apart: np.ndarray = _NOTHING
) -> tuple[np.ndarray, np.ndarray]:
    """Find the pairs whose interiors meet, in order of the later and then the earlier feature.

    `apart` lists rows that are known not to overlap each other: no two of them are compared.
    """
    rows = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    if np.isin(rows, apart).all():
        return _NOTHING, _NOTHING
    pieces, origin = tiles.subdivide(shapes[rows])
    owner = rows[origin]
    asking = np.flatnonzero(~np.isin(owner, apart))
    a, b = shapely.STRtree(pieces).query(pieces[asking])
    a = asking[a]
    # Two that both ask meet twice: once is enough. Of another the later one is told by its row.
    both = ~np.isin(owner[b], apart)
    keep = np.where(both, owner[a] < owner[b], owner[a] != owner[b])
    a, b = a[keep], b[keep]
    meet = parallel.run(
        lambda part: shapely.relate_pattern(pieces[a[part]], pieces[b[part]], "T********"),
        parallel.batches(len(a)),
        report,
    )
    hit = np.concatenate(meet) if meet else np.empty(0, bool)
    ends = np.sort(np.column_stack([owner[a[hit]], owner[b[hit]]]), axis=1)
    pairs = np.unique(ends[:, ::-1], axis=0)
    return pairs[:, 1], pairs[:, 0]
