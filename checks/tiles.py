# SPDX-License-Identifier: GPL-2.0-or-later
"""Large polygons cut into tiles of few vertices, so that each pair costs what it is worth."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Dict, Iterator, Tuple

import numpy as np
import shapely

from . import parallel

MAX_VERTICES = 512
_KEPT = 1e-9
_FEW = 8
# Tiles by polygon and size, kept while somebody cuts by the same polygons over and over.
Memory = Dict[Tuple[int, int], Tuple[shapely.Geometry, np.ndarray]]
_memory: list[Memory] = []


@contextmanager
def remembering(memory: Memory) -> Iterator[None]:
    """Keep tiles in `memory`, and take them from there, inside a `with` block."""
    _memory.append(memory)
    try:
        yield
    finally:
        _memory.pop()


def subdivide(shapes: np.ndarray, most: int = MAX_VERTICES) -> tuple[np.ndarray, np.ndarray]:
    """Cut polygons into tiles of at most `most` vertices.

    Returns the tiles and, for each, the row of `shapes` it comes from, in order of row. A polygon
    of few vertices is its own tile, untouched. Tiles of a polygon cover it without overlap.
    """
    vertices = shapely.get_num_coordinates(shapes)
    large = np.flatnonzero(vertices > most)
    if not len(large):
        return shapes, np.arange(len(shapes))
    known = _memory[-1] if _memory else {}
    new = np.array([row for row in large if (id(shapes[row]), most) not in known], dtype=int)
    if len(new) > _FEW or not _memory:  # a few are cut sooner than threads have started
        parts = parallel.batches(len(new), size=max(1, len(new) // 64))
        parallel.run(lambda part: [_remember(s, most, known) for s in shapes[new[part]]], parts)
    cut = [_remember(shape, most, known) for shape in shapes[large]]
    return _ordered(shapes, vertices, most, large, cut)


def _ordered(
    shapes: np.ndarray, vertices: np.ndarray, most: int, large: np.ndarray, cut: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Put the tiles of large polygons and the small polygons in order of row."""
    small = np.flatnonzero(vertices <= most)
    tiles = np.concatenate([shapes[small], *cut])
    rows = np.concatenate([small, np.repeat(large, [len(tile) for tile in cut])])
    order = np.argsort(rows, kind="stable")
    return tiles[order], rows[order]


def _remember(shape: shapely.Geometry, most: int, known: Memory) -> np.ndarray:
    """Give the tiles of a polygon, cut now where they are not known."""
    entry = known.get((id(shape), most))
    if entry is None:  # the shape is kept too: no other can then have its id
        entry = known[id(shape), most] = shape, _cut(shape, most)
    return entry[1]


def _cut(shape: shapely.Geometry, most: int) -> np.ndarray:
    done: list[np.ndarray] = []
    todo = _parts(np.array([shape], dtype=object))
    while len(todo):
        small = shapely.get_num_coordinates(todo) <= most
        done.append(todo[small])
        todo = _halve(todo[~small])
    return np.concatenate(done)


def _halve(shapes: np.ndarray) -> np.ndarray:
    """Cut each polygon in two across the longer side of its box."""
    if not len(shapes):
        return shapes
    out = []
    for shape, (x0, y0, x1, y1) in zip(shapes, shapely.bounds(shapes)):
        if x1 - x0 > y1 - y0:
            middle = (x0 + x1) / 2
            boxes = (x0, y0, middle, y1), (middle, y0, x1, y1)
        else:
            middle = (y0 + y1) / 2
            boxes = (x0, y0, x1, middle), (x0, middle, x1, y1)
        halves = _parts(
            np.array([shapely.clip_by_rect(shape, *box) for box in boxes], dtype=object)
        )
        # Clipping to a box is fast but not proven for edges that run along it: check what it kept.
        whole = shape.area
        if (
            abs(shapely.area(halves).sum() - whole) > _KEPT * whole
            or not shapely.is_valid(halves).all()
        ):
            cut = shapely.intersection(shape, shapely.box(*np.array(boxes).T))
            halves = _parts(parallel.polygons_only(cut))
        out.append(halves)
    return np.concatenate(out)


def _parts(shapes: np.ndarray) -> np.ndarray:
    parts = shapely.get_parts(shapes)
    nested = shapely.get_type_id(parts) == shapely.GeometryType.GEOMETRYCOLLECTION
    if nested.any():
        parts = shapely.get_parts(parts)
    keep = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    return parts[keep]
