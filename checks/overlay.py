# SPDX-License-Identifier: GPL-2.0-or-later
"""Two layers cut into each other: which features share ground, and the ground they share.

Precision: coordinates are doubles and are never snapped; new vertices are where GEOS's OverlayNG
puts them. Touching is not overlapping: a pair counts when the interiors meet (DE-9IM `T********`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Sequence

import numpy as np
import shapely

from . import nesting, parallel, tiles
from .coverage import Borders, is_disjoint, mixed
from .parallel import Report, quiet

# What is smaller than this, in square units of the plane, is rounding and not land.
CRUMB = 1e-6
# Beyond this many vertices a feature of the left layer is cut into tiles too.
_LARGE_LEFT = 2048
# From this share of identical features on it pays to prove that the left layer is disjoint.
_MANY = 0.05


@dataclass
class Cut:
    """The pieces that two layers share, a row a piece, in order of `left`.

    `left` and `right` are rows of the layers; a pair may have several pieces. `whole` marks pieces
    that are the left feature itself. `plane` is the piece's area in the plane. `tile` is a row of
    `tiles`, the subdivided right layer (-1 where the piece is whole); `owner` is the right row of
    each tile and `filled` the area taken of it by features that were cut by tiles.
    """

    left: np.ndarray
    right: np.ndarray
    shapes: np.ndarray
    plane: np.ndarray
    whole: np.ndarray
    tile: np.ndarray
    tiles: np.ndarray
    owner: np.ndarray
    filled: np.ndarray


def cut(
    left: np.ndarray, right: np.ndarray, same: bool = True, report: Report = quiet,
    known: Sequence[np.ndarray] | None = None, borders: Borders | None = None,
) -> Cut:  # fmt: skip
    """Cut `left` by `right`: object arrays of valid polygons; None is passed over.

    `same=True` asserts that neither layer overlaps itself: features that are identical in both then
    share their ground with nothing else, and are settled first. `known` are the sorted numbers of
    edges that run through the inside of no left feature (found here where None is given; without
    any, every pair is compared), and `borders` the right layer's edges.
    """
    rows, columns = identical(left, right)
    alone = same
    if known is None and len(left) > nesting.FEW:
        own = Borders(left)
        alone = same or own.disjoint()
        known = [own.numbers] if alone else ()
    elif not same:
        alone = len(rows) > _MANY * len(right) and is_disjoint(left)
    if not alone:
        rows, columns = _none()
    rest_left = np.flatnonzero(_present(left))
    rest_left = np.setdiff1d(rest_left, rows) if same else rest_left
    rest_right = np.setdiff1d(np.flatnonzero(_present(right)), columns)
    blades, origin = tiles.subdivide(right[rest_right])
    owner = rest_right[origin]
    inner = nesting.NOTHING
    if known and len(rest_left):
        inner = nesting.nested(
            left, rest_left, borders or Borders(right[rest_right]), known, blades
        )
        rest_left = np.setdiff1d(rest_left, inner.calm)
    found = _met(left, rest_left, blades, owner, report)
    whole = np.unique(np.column_stack([inner.rows, owner[inner.tiles]]), axis=0)
    settled = np.concatenate([np.column_stack([rows, columns]), whole]).astype(int)
    return _with_settled(_merge_whole(found, left), left, settled)


def _met(
    left: np.ndarray, rows: np.ndarray, blades: np.ndarray, owner: np.ndarray, report: Report
) -> Cut:
    """Cut the left features `rows` by the tiles, pair by pair."""
    pieces, origin = tiles.subdivide(left[rows], _LARGE_LEFT)
    source = rows[origin]
    k, i = shapely.STRtree(pieces).query(blades)
    order = np.lexsort((i, k))
    i, k = meeting(pieces, blades, i[order], k[order], report)
    shapes = shared(pieces, blades, i, k, report)
    shapes, plane = _doubted(pieces, blades, i, k, shapes)
    filled = np.bincount(k, weights=plane, minlength=len(blades))
    return Cut(source[i], owner[k], shapes, plane, np.zeros(len(i), bool), k, blades, owner, filled)


def _merge_whole(cuts: Cut, left: np.ndarray) -> Cut:
    """Put back together the left features that lie wholly in one right feature, seams and all."""
    order = np.lexsort((cuts.tile, cuts.right, cuts.left))
    order = order[cuts.plane[order] > CRUMB]
    i, j = cuts.left[order], cuts.right[order]
    head = np.flatnonzero(np.r_[True, (np.diff(i) != 0) | (np.diff(j) != 0)][: len(order)])
    pair = np.repeat(np.arange(len(head)), np.diff(np.r_[head, len(order)]))
    total = np.bincount(pair, weights=cuts.plane[order], minlength=len(head))
    area = shapely.area(left[i[head]])
    whole = np.abs(total - area) <= CRUMB + 1e-12 * area
    keep = ~whole[pair]
    keep[head[whole]] = True
    rows, is_whole = order[keep], whole[pair][keep]
    shapes, plane, tile = cuts.shapes[rows], cuts.plane[rows], cuts.tile[rows]
    shapes[is_whole] = left[cuts.left[rows][is_whole]]
    plane[is_whole] = area[whole]
    tile[is_whole] = -1
    return replace(
        cuts, left=cuts.left[rows], right=cuts.right[rows], shapes=shapes, plane=plane,
        whole=is_whole, tile=tile,
    )  # fmt: skip


def _with_settled(cuts: Cut, left: np.ndarray, settled: np.ndarray) -> Cut:
    """Add the pairs (left, right) whose left feature is the piece, in order of left and right."""
    rows, columns = settled.T
    lefts, rights = np.concatenate([rows, cuts.left]), np.concatenate([columns, cuts.right])
    order = np.lexsort((rights, lefts))
    count = len(rows)

    def join(head: np.ndarray, tail: np.ndarray) -> np.ndarray:
        return np.concatenate([head, tail])[order]

    return replace(
        cuts,
        left=lefts[order].astype(int),
        right=rights[order].astype(int),
        shapes=join(left[rows], cuts.shapes),
        plane=join(shapely.area(left[rows]), cuts.plane),
        whole=join(np.ones(count, bool), cuts.whole),
        tile=join(np.full(count, -1), cuts.tile),
    )


def remainders(area: np.ndarray, cuts: Cut) -> tuple[np.ndarray, list[np.ndarray]]:
    """List the left rows that the right layer covers in part, and the tiles that cut each.

    `area` is the plane area of each left feature; rows without a piece are not listed.
    """
    covered = np.bincount(cuts.left, weights=cuts.plane, minlength=len(area))
    touched = np.bincount(cuts.left, minlength=len(area)) > 0
    rows = np.flatnonzero(touched & (area - covered > CRUMB + 1e-12 * area))
    first = np.searchsorted(cuts.left, rows, side="left")
    last = np.searchsorted(cuts.left, rows, side="right")
    return rows, [cuts.tile[a:b] for a, b in zip(first, last)]


def subtract(shapes: np.ndarray, cutters: list[np.ndarray], report: Report = quiet) -> np.ndarray:
    """Take from each shape all of its cutters; what is left may be empty."""
    counts = np.array([len(c) for c in cutters], dtype=int)

    def work(part: slice) -> np.ndarray:
        out = shapes[part].copy()
        own, number = cutters[part], counts[part]
        for turn in range(number.max(initial=0)):
            rows = np.flatnonzero(number > turn)
            blades = np.array([own[row][turn] for row in rows], dtype=object)
            out[rows] = parallel.safe(shapely.difference, out[rows], blades)
        return out

    done = parallel.run(work, parallel.batches(len(shapes), size=500), report)
    return np.concatenate(done) if done else shapes[:0]


def meeting(
    left: np.ndarray, blades: np.ndarray, i: np.ndarray, k: np.ndarray, report: Report = quiet
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the candidate pairs (left row i, tile k) whose interiors meet."""
    parts = parallel.batches(len(k))
    meet = parallel.run(
        lambda part: shapely.relate_pattern(blades[k[part]], left[i[part]], "T********"),
        parts,
        lambda fraction: report(fraction / 2),
    )
    keep = np.concatenate(meet) if meet else np.empty(0, dtype=bool)
    return i[keep], k[keep]


def shared(
    left: np.ndarray, blades: np.ndarray, i: np.ndarray, k: np.ndarray, report: Report = quiet
) -> np.ndarray:
    """Give the ground that each pair shares: the left feature itself where the tile covers it."""

    def work(part: slice) -> np.ndarray:
        out, b = left[i[part]], blades[k[part]]
        open_ = np.flatnonzero(~shapely.covers(b, out))
        out[open_] = _believed(out[open_], b[open_])
        return out

    done = parallel.run(work, parallel.batches(len(k)), lambda part: report(0.5 + part / 2))
    return np.concatenate(done) if done else np.empty(0, dtype=object)


def _believed(left: np.ndarray, blades: np.ndarray) -> np.ndarray:
    """Intersect pairs; where one polygon comes out whole, look if it lies in the other at all.

    GEOS 3.14 was seen to give the whole of a polygon as its intersection with a multipolygon that
    only touches it along slivers.
    """
    out = parallel.safe(shapely.intersection, left, blades)
    least = np.minimum(shapely.area(left), shapely.area(blades))
    rows = np.flatnonzero(shapely.area(out) > 0.99 * least)
    inner = shapely.point_on_surface(out[rows])
    right = shapely.intersects(left[rows], inner) & shapely.intersects(blades[rows], inner)
    for row in rows[~right]:
        out[row] = _by_parts(left[row], blades[row])
    return out


def _doubted(
    left: np.ndarray, blades: np.ndarray, i: np.ndarray, k: np.ndarray, shapes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cut anew what fills a tile more than once; gives shapes and plane areas."""
    plane = shapely.area(shapes)
    filled = np.bincount(k, weights=plane, minlength=len(blades))
    room = shapely.area(blades)
    over = (filled - room > 1e-3 + 1e-9 * room)[k]
    rows = np.flatnonzero(over)
    if len(rows):
        shapes = shapes.copy()
        shapes[rows] = [_by_parts(left[a], blades[b]) for a, b in zip(i[rows], k[rows])]
        plane = shapely.area(shapes)
    return shapes, plane


def _by_parts(left: shapely.Geometry, blade: shapely.Geometry) -> shapely.Geometry:
    """Intersect part by part: parts of one polygon each are what GEOS cuts most surely."""
    tools = shapely.get_parts(blade)
    parts = np.repeat(shapely.get_parts(left), len(tools))
    tools = np.tile(tools, len(parts) // len(tools))
    found = parallel.safe(shapely.intersection, parts, tools)
    pieces = shapely.get_parts(found)
    pieces = pieces[shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON]
    return shapely.MultiPolygon([piece for piece in pieces if not piece.is_empty])


def identical(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pair the rows whose polygons have the same coordinates in the same order."""
    a, b = np.flatnonzero(_present(left)), np.flatnonzero(_present(right))
    if not len(a) or not len(b):
        return _none()
    key_a, key_b = _signature(left[a]), _signature(right[b])
    order = np.argsort(key_b, kind="stable")
    place = np.searchsorted(key_b, key_a, sorter=order)
    other = order[np.minimum(place, len(b) - 1)]
    rows = np.flatnonzero(key_b[other] == key_a)
    equal = shapely.equals_exact(left[a[rows]], right[b[other[rows]]], 0.0)
    rows = rows[equal]
    # One to one, even where a layer holds the same polygon twice.
    _, once = np.unique(other[rows], return_index=True)
    rows = rows[np.sort(once)]
    return a[rows], b[other[rows]]


def _signature(shapes: np.ndarray) -> np.ndarray:
    """Give each polygon a number: those with equal boxes and as many corners have the same one."""
    box = shapely.bounds(shapes)
    corners = shapely.get_num_coordinates(shapes).astype(np.uint64)
    return mixed(box[:, :2]) * np.uint64(31) ^ mixed(box[:, 2:]) + corners


def _present(shapes: np.ndarray) -> np.ndarray:
    return ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))


def _none() -> tuple[np.ndarray, np.ndarray]:
    return np.empty(0, dtype=int), np.empty(0, dtype=int)
