# SPDX-License-Identifier: GPL-2.0-or-later
"""Vertices brought together: what lies within the tolerance becomes one place for all rings.

Of vertices near each other the one that most rings use stays and the others move onto it, none by
more than the tolerance; an edge that passes a vertex that near is led through it. Whatever lay
between an edge's old course and its new one is led along, so no overlap and no gap is made. A
second run finds nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..layers.repair import polygons_of
from .vertices import Rings, counting, edges_of, near_places, places_on_edges, rings_of

_ROUNDS = 100
_TRIES = 6


@dataclass
class Snapped:
    """Shapes after snapping (None where nothing is left), and what was done to each.

    `moved` and `added` count vertices of each feature; `frozen` are features left as they were,
    because snapping would have broken them.
    """

    shapes: np.ndarray
    moved: np.ndarray
    added: np.ndarray
    frozen: np.ndarray


def snap(shapes: np.ndarray, tolerance: float) -> Snapped:
    """Snap valid flat polygons to each other; those that would break stay and hold the rest."""
    frozen = np.zeros(len(shapes), dtype=bool)
    if not len(shapes) or tolerance <= 0:
        nought = np.zeros(len(shapes), dtype=np.int64)
        return Snapped(shapes, nought, nought.copy(), frozen)
    rings = rings_of(shapes)
    owner = rings.owner()
    for _ in range(_TRIES):
        out, moved, added = _attempt(rings, owner, shapes, tolerance, frozen)
        broken = _settle(out, moved + added > 0) & ~frozen
        if not broken.any():
            break
        frozen |= broken
    else:
        out, moved, added = _attempt(rings, owner, shapes, tolerance, frozen)
        broken = _settle(out, moved + added > 0)
        out[broken] = shapes[broken]
        frozen |= broken
    out[frozen] = shapes[frozen]
    moved[frozen] = added[frozen] = 0
    return Snapped(out, moved, added, frozen)


def _attempt(
    rings: Rings, owner: np.ndarray, shapes: np.ndarray, tolerance: float, frozen: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Snap all but the frozen features; untouched ones come back as they were."""
    count = len(shapes)
    fixed = np.zeros(len(rings.xy), dtype=bool)
    fixed[rings.number[frozen[owner]]] = True
    goes = _anchors(rings, tolerance, fixed)
    number = goes[rings.number]
    moved = np.bincount(owner[number != rings.number], minlength=count)
    laid = Rings(rings.xy, number, rings.starts, rings.polygon_starts, rings.feature_starts)
    laid, added = _lead_through(laid, tolerance, frozen, count)
    touched = np.flatnonzero((moved > 0) | (added > 0))
    out = shapes.copy()
    if len(touched):
        out[touched] = _built(laid, touched)
    return out, moved, added


def _anchors(rings: Rings, tolerance: float, fixed: np.ndarray) -> np.ndarray:
    """Say where each place goes: onto the first of those near it that stays."""
    goes = np.arange(len(rings.xy))
    pairs = near_places(rings.xy, tolerance)
    if not len(pairs):
        return goes
    uses = np.bincount(rings.number, minlength=len(rings.xy))
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    involved, start = np.unique(both[:, 0], return_index=True)
    near = dict(zip(involved.tolist(), np.split(both[:, 1], start[1:])))
    stays: set[int] = set()
    order = np.lexsort((involved, -uses[involved], ~fixed[involved]))
    for place in involved[order].tolist():
        homes = [] if fixed[place] else [one for one in near[place].tolist() if one in stays]
        if not homes:
            stays.add(place)
            continue
        gap = rings.xy[homes] - rings.xy[place]
        goes[place] = homes[int(np.argmin(np.hypot(gap[:, 0], gap[:, 1])))]
    return goes


def _lead_through(
    rings: Rings, tolerance: float, frozen: np.ndarray, count: int
) -> tuple[Rings, np.ndarray]:
    """Lead edges through the vertices that lie on them, until none does any more."""
    added = np.zeros(count, dtype=np.int64)
    for _ in range(_ROUNDS):
        edges = edges_of(rings)
        edge, place, along = places_on_edges(rings.xy, edges, tolerance)
        if not len(edge):
            break
        rings, more = _inserted(rings, edges, edge, place, along, frozen, count)
        if not more.any():
            break
        added += more
    return rings, added


def _inserted(
    rings: Rings, edges: np.ndarray, edge: np.ndarray, place: np.ndarray, along: np.ndarray,
    frozen: np.ndarray, count: int,
) -> tuple[Rings, np.ndarray]:  # fmt: skip
    """Put places into all rings that have the edge, in the order they come along it."""
    order = np.lexsort((along, edge))
    edge, place = edge[order], place[order]
    hit, first, many = np.unique(edge, return_index=True, return_counts=True)
    size = np.int64(len(rings.xy))
    keys = edges[hit, 0] * size + edges[hit, 1]
    begin = rings.first
    a, b = rings.number[begin], rings.number[begin + 1]
    own = np.minimum(a, b) * size + np.maximum(a, b)
    spot = np.minimum(np.searchsorted(keys, own), len(keys) - 1)
    owner = rings.owner()
    found = (keys[spot] == own) & ~frozen[owner[begin]]
    at, spot, forward = begin[found], spot[found], (a < b)[found]
    times = many[spot]
    step = counting(times)
    index = np.where(np.repeat(forward, times), step, np.repeat(times, times) - 1 - step)
    values = place[np.repeat(first[spot], times) + index]
    behind = np.repeat(at + 1, times)
    number = np.insert(rings.number, behind, values)
    grown = np.zeros(len(rings.number) + 1, dtype=np.int64)
    np.add.at(grown, behind, 1)
    # A place put in behind a ring's point stands before the next one: of the same ring always.
    starts = rings.starts + np.concatenate([[0], np.cumsum(grown)])[rings.starts]
    more = np.bincount(owner[np.repeat(at, times)], minlength=count)
    return Rings(rings.xy, number, starts, rings.polygon_starts, rings.feature_starts), more


def _built(rings: Rings, touched: np.ndarray) -> np.ndarray:
    """Build features anew without repeated points; rings of no area go, None where none is left."""
    out = np.empty(len(touched), dtype=object)
    for row, feature in enumerate(touched):
        polygons = []
        for polygon in range(*rings.feature_starts[feature : feature + 2]):
            lines = [
                _line(rings, ring) for ring in range(*rings.polygon_starts[polygon : polygon + 2])
            ]
            if len(lines) and len(lines[0]) > 3:
                polygons.append(
                    shapely.Polygon(lines[0], [one for one in lines[1:] if len(one) > 3])
                )
        if polygons:
            out[row] = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    return out


def _line(rings: Rings, ring: int) -> np.ndarray:
    """Give a ring's points without repeats and without spikes that go and come the same way."""
    places = rings.number[rings.starts[ring] : rings.starts[ring + 1] - 1].tolist()
    kept: list[int] = []
    for one in places:
        if kept and kept[-1] == one:
            continue
        if len(kept) > 1 and kept[-2] == one:
            kept.pop()
            continue
        kept.append(one)
    while len(kept) > 2 and (kept[0] == kept[-1] or kept[1] == kept[-1] or kept[0] == kept[-2]):
        if kept[0] == kept[-1]:
            kept.pop()
        elif kept[1] == kept[-1]:
            kept.pop(0)
        else:
            kept.pop()
    return rings.xy[[*kept, kept[0]]] if len(kept) > 2 else np.empty((0, 2))


def _settle(shapes: np.ndarray, touched: np.ndarray) -> np.ndarray:
    """Make what was snapped valid where that takes no new vertex; tell which it would break."""
    broken = np.zeros(len(shapes), dtype=bool)
    rows = np.flatnonzero(touched & ~shapely.is_missing(shapes))
    for row in rows[~shapely.is_valid(shapes[rows])].tolist():
        fixed = polygons_of(shapely.make_valid(shapes[row], method="structure",
                                               keep_collapsed=False))  # fmt: skip
        if fixed is not None and not shapely.is_valid(fixed):
            broken[row] = True
        elif fixed is None or _places(fixed) <= _places(shapes[row]):
            shapes[row] = fixed
        else:
            broken[row] = True
    return broken


def _places(shape: shapely.Geometry) -> set[tuple[float, float]]:
    return set(map(tuple, shapely.get_coordinates(shape).tolist()))
