# SPDX-License-Identifier: GPL-2.0-or-later
"""Work on whole arrays in batches, on all cores.

GEOS lets go of Python's lock, so threads do. Geometries are not prepared here: a prepared geometry
builds its index on first use, and two threads that share one crash the process; with tiles of few
hundred vertices preparing was measured to cost more than it saves.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Sequence

import numpy as np
import shapely

Report = Callable[[float], None]
BATCH = 3000


def workers() -> int:
    """Tell how many threads to use: the cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def quiet(_fraction: float) -> None:
    """Report nothing."""


def batches(count: int, size: int = BATCH) -> list[slice]:
    """Cut `range(count)` into slices of `size`."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def run(work: Callable[[slice], Any], parts: Sequence[slice], report: Report = quiet) -> list[Any]:
    """Run `work` on each part on all cores; results come in the order of the parts."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    out = []
    with ThreadPoolExecutor(workers()) as pool:
        futures = [pool.submit(work, part) for part in parts]
        try:
            for done, future in enumerate(futures, 1):
                out.append(future.result())
                report(done / len(parts))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return out


def polygons_only(shapes: np.ndarray) -> np.ndarray:
    """Keep what has area: drop the lines and points that touching leaves in a collection."""
    mixed = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    if mixed.any():
        shapes = shapes.copy()
        shapes[mixed] = [_polygons(shape) for shape in shapes[mixed]]
    return shapes


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def safe(operation: Callable[..., Any], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Overlay pairs in full double precision; a pair that fails is done again on a 0.1 mm grid.

    GEOS raises for a whole array when one pair fails, so the array is then taken pair by pair. What
    fails on the grid too raises: a failed overlay is never an empty one.
    """
    try:
        return polygons_only(operation(left, right))
    except shapely.GEOSException:
        out = np.empty(len(left), dtype=object)
        for k, (a, b) in enumerate(zip(left, right)):
            try:
                out[k] = operation(a, b)
            except shapely.GEOSException:
                out[k] = operation(a, b, grid_size=1e-4)
        return polygons_only(out)
