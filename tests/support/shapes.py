# SPDX-License-Identifier: GPL-2.0-or-later
"""Made polygons for the geometry tests."""

from __future__ import annotations

import numpy as np
import shapely


def mosaic(seed: int, count: int = 60, size: float = 1000.0) -> np.ndarray:
    """Make a coverage of a square: Voronoi cells, some merged, shuffled."""
    rng = np.random.default_rng(seed)
    points = shapely.multipoints(rng.random((count, 2)) * size)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, size, size))
    )
    cells = shapely.intersection(cells, shapely.box(0, 0, size, size))
    return rng.permutation(cells)


def stars(seed: int, count: int = 40, size: float = 1000.0, corners: int = 14) -> np.ndarray:
    """Make star-shaped polygons that overlap each other, some with a hole."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        angle = np.sort(rng.random(corners)) * 2 * np.pi
        length = rng.uniform(20, 0.2 * size) * (0.4 + 0.6 * rng.random(corners))
        x, y = rng.random(2) * size
        ring = shapely.Polygon(np.c_[x + length * np.cos(angle), y + length * np.sin(angle)])
        if ring.is_valid and not ring.is_empty:
            inner = ring.buffer(-0.3 * np.sqrt(ring.area)) if rng.random() < 0.3 else None
            out.append(ring.difference(inner) if inner is not None else ring)
    return np.array(out, dtype=object)


def naive(left: np.ndarray, right: np.ndarray) -> dict[tuple[int, int], float]:
    """Intersect each with each, one by one: the oracle."""
    found = {}
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            area = a.intersection(b).area
            if area > 1e-6:
                found[i, j] = area
    return found
