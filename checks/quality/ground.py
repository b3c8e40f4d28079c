# SPDX-License-Identifier: GPL-2.0-or-later
"""The ground a layer covers, found from its unpaired edges alone: once, twice, or not at all.

The unpaired edges part the plane into faces that the same number of polygons covers all over. A
clean county has one face; each gap and each overlap adds one, with its real shape. So whole arrays
are judged by a handful of faces, and the books (areas of polygons against faces times their count)
prove that nothing was lost on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .. import overlay, parallel
from ..partition import overlapping
from .edges import Edges, unpaired

# With more unpaired edges than this the polygons hardly share any: pairs are then asked one by one.
_MANY, _FEW, _SHARE = 400_000, 20_000, 0.2
_BOOKS = 1e-9
_BATCH = 500


@dataclass
class Ground:
    """Rows `first` < `second` that share ground, and that ground; what the whole layer covers.

    `covered` is None where nobody asked for it. `edges` are the unpaired edges.
    """

    first: np.ndarray
    second: np.ndarray
    shapes: np.ndarray
    covered: shapely.Geometry | None
    edges: Edges

    def __len__(self) -> int:
        return len(self.first)


def examine(shapes: np.ndarray, covered: bool = True) -> Ground:
    """Find the overlaps of valid polygons and, where asked for, what they cover together.

    None is passed over. GEOSException where GEOS gives up: then nothing is known of the layer.
    """
    edges = unpaired(shapes)
    few = len(edges) <= min(_MANY, max(_FEW, _SHARE * edges.drawn))
    faces = _faces(edges) if few else None
    count = None if faces is None else _counts(faces, shapes)
    if faces is None or count is None or not _balanced(shapes, faces, count):
        pairs = overlapping(shapes)
        whole = united(shapes) if covered else None
        return _ground(shapes, pairs, whole, edges)
    rows = _meeting(shapes, faces[count > 1])
    first, second = overlapping(shapes[rows])
    whole = shapely.union_all(faces[count > 0]) if covered else None
    return _ground(shapes, (rows[first], rows[second]), whole, edges)


def _ground(
    shapes: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], whole: shapely.Geometry | None,
    edges: Edges,
) -> Ground:  # fmt: skip
    first, second = pairs
    order = np.lexsort((first, second))
    first, second = first[order], second[order]
    cut = parallel.run(
        lambda part: parallel.safe(shapely.intersection, shapes[first[part]], shapes[second[part]]),
        parallel.batches(len(first), _BATCH),
    )
    shared = np.concatenate(cut) if cut else np.empty(0, dtype=object)
    real = shapely.area(shared) > overlay.CRUMB
    return Ground(first[real], second[real], shared[real], whole, edges)


def _faces(edges: Edges) -> np.ndarray:
    """Give the faces that the unpaired edges part the plane into."""
    if not len(edges):
        return np.empty(0, dtype=object)
    noded = shapely.get_parts(shapely.union_all(edges.lines()))
    faces = shapely.get_parts(shapely.polygonize(noded))
    return faces[shapely.area(faces) > 0]


def _counts(faces: np.ndarray, shapes: np.ndarray) -> np.ndarray | None:
    """Tell how many polygons cover each face; None where that is no whole number somewhere.

    Of a crumb it is told only whether it is covered.
    """
    tree = shapely.STRtree(shapes)
    spots = shapely.point_on_surface(faces)
    meeting = tree.query(spots, predicate="intersects")[0]
    inside = tree.query(spots, predicate="within")[0]
    out = np.bincount(inside, minlength=len(faces))
    met = np.bincount(meeting, minlength=len(faces))
    crumbs = shapely.area(faces) <= overlay.CRUMB
    out[crumbs] = np.minimum(met[crumbs], 1)
    # A spot on the common border of two features is within none and meets both.
    for face in np.flatnonzero((met != out) & ~crumbs):
        rows = tree.query(faces[face], predicate="intersects")
        shared = parallel.safe(
            shapely.intersection, np.full(len(rows), faces[face], dtype=object), shapes[rows]
        )
        times = shapely.area(shared).sum() / shapely.area(faces[face])
        if abs(times - round(times)) > 0.01:
            return None
        out[face] = round(times)
    return out


def _balanced(shapes: np.ndarray, faces: np.ndarray, count: np.ndarray) -> bool:
    """Tell whether the faces, each as often as it is covered, are as large as the polygons."""
    total = float(np.nansum(shapely.area(shapes)))
    found = float((shapely.area(faces) * count).sum())
    return abs(total - found) <= _BOOKS * total + overlay.CRUMB * max(len(faces), 1)


def _meeting(shapes: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """List the rows whose polygons share ground with any of the faces."""
    if not len(faces):
        return np.empty(0, dtype=int)
    rows = shapely.STRtree(shapes).query(faces, predicate="intersects")[1]
    return np.unique(rows)


def united(shapes: np.ndarray) -> shapely.Geometry:
    """Unite polygons that need not fit each other, part by part on all cores."""
    present = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(present):
        return shapely.MultiPolygon()
    boxes = shapely.bounds(present)
    present = present[np.lexsort((boxes[:, 1], np.round(boxes[:, 0], -3)))]
    done = parallel.run(
        lambda part: shapely.union_all(present[part]), parallel.batches(len(present), 2000)
    )
    return shapely.union_all(done)


def unshared(edges: Edges, tolerance: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find vertices on a neighbour's edge that this neighbour lacks: rows of both, and the spots.

    The first row's feature draws the edge, the second's the vertex; spots are n x 2. Nearer than
    `tolerance` metres is on the edge.
    """
    nothing = np.empty(0, dtype=int)
    if not len(edges):
        return nothing, nothing, np.empty((0, 2))
    lines = shapely.linestrings(np.stack([edges.start, edges.end], axis=1))
    both = np.vstack([edges.start, edges.end])
    drawer = np.concatenate([edges.owner, edges.owner])
    spots = shapely.points(both)
    at, edge = shapely.STRtree(lines).query(spots, predicate="dwithin", distance=tolerance)
    strange = drawer[at] != edges.owner[edge]
    strange &= (both[at] != edges.start[edge]).any(axis=1)
    strange &= (both[at] != edges.end[edge]).any(axis=1)
    at, edge = at[strange], edge[strange]
    one, other = edges.owner[edge], drawer[at]
    table = np.column_stack([one, other, both[at]])
    _, keep = np.unique(table, axis=0, return_index=True)
    return one[keep], other[keep], both[at][keep]
