# SPDX-License-Identifier: GPL-2.0-or-later
"""Features that lie wholly in another layer's features, told by the edges the two layers share.

Most borders of planning layers are drawn along the borders of parcels, corner by corner. The edges
of parcels that do not overlap run through the inside of none of them. So where no edge of the other
layer but such a one comes near a parcel, the parcel lies wholly in or wholly out of every feature
there, and one point inside it tells which: no pair has to be compared.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

import numpy as np
import shapely

from . import parallel
from .coverage import Borders

# Fewer features than this are compared sooner than their edges are numbered.
FEW = 1000
# From this share of edges of its own on, a layer was drawn for itself: nearly all is compared.
_TOO_STRANGE = 0.9
# A point this near its polygon's border may be told to lie on either side.
_CLEAR_M = 1e-6


class Nested(NamedTuple):
    """`calm` features of a layer have no strange edge near; `rows`, `tiles`: those within a tile.

    `rows` are features of the layer (calm ones only), `tiles` the tile each lies in; one that lies
    in no tile is listed in `calm` alone.
    """

    calm: np.ndarray
    rows: np.ndarray
    tiles: np.ndarray


NOTHING = Nested(*(np.empty(0, dtype=int) for _ in range(3)))


def nested(
    shapes: np.ndarray, rows: np.ndarray, borders: Borders, known: Sequence[np.ndarray],
    tiles: np.ndarray,
) -> Nested:  # fmt: skip
    """Settle the features `rows` of a layer that does not overlap itself.

    `known` are the numbers of edges (sorted) that run through the inside of none of these features,
    `borders` those of the other layer, `tiles` its features, large ones cut.
    """
    if borders.strange(known) > _TOO_STRANGE:
        return NOTHING
    plain = shapely.get_type_id(shapes[rows]) == shapely.GeometryType.POLYGON
    rows = rows[plain]  # the parts of others may lie on either side of a border
    boxes = borders.loose(known)
    tree = shapely.STRtree(shapes[rows])
    near = np.zeros(len(rows), dtype=bool)
    if len(boxes):
        near[tree.query(shapely.box(*boxes.T))[1]] = True
    # What no tile comes near lies in none: points are made for the rest alone.
    may = np.zeros(len(rows), dtype=bool)
    may[tree.query(tiles)[1]] = True
    asked = rows[~near & may]
    found = parallel.run(lambda part: _inside(shapes[asked[part]]), parallel.batches(len(asked)))
    if not found:
        return Nested(rows[~near & ~may], *NOTHING[1:])
    sure, points = (np.concatenate(parts) for parts in zip(*found))
    at, tile = _within(points[sure], tiles)
    calm = np.sort(np.concatenate([rows[~near & ~may], asked[sure]]))
    return Nested(calm, asked[sure][at], tile)


def _inside(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give a point inside each polygon, and whether it stands clear of the polygon's border.

    GEOS gives a corner for one inside of some slivers.
    """
    points = shapely.point_on_surface(shapes)
    return shapely.distance(points, shapely.boundary(shapes)) > _CLEAR_M, points


def _within(points: np.ndarray, tiles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pair points with the tiles they lie in, by point; one on a seam stands with both."""
    tree = shapely.STRtree(points)

    def work(part: slice) -> np.ndarray:
        found = tree.query(tiles[part], predicate="intersects")
        found[0] += part.start
        return found

    size = max(1, -(-len(tiles) // (4 * parallel.workers())))
    found = parallel.run(work, parallel.batches(len(tiles), size=size))
    tile, point = np.concatenate(found, axis=1) if found else np.empty((2, 0), dtype=int)
    order = np.lexsort((tile, point))
    return point[order], tile[order]
