# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers for measuring speed: a made county's parcels and two kinds of basic farmland."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .codes import starts
from .county import CRS, make
from .fields import clusters
from .shapes import DIGITS, polygons

_DISTRICT = 9_000  # parcels: its fields make a block of some ten thousand vertices
SHIFT = (0.7, -0.5)  # metres that every second field is moved by


@dataclass(frozen=True)
class BenchLayers:
    """Arrays of polygons in `crs`; `codes` are the parcels' survey codes.

    `singles` are the fields, a random half of them moved by SHIFT, as real ones are; `blocks` are
    the same land and the tracks between the fields, dissolved district by district.
    """

    parcels: np.ndarray
    codes: np.ndarray
    singles: np.ndarray
    blocks: np.ndarray
    crs: str = CRS


def bench_farmland(parcels: int = 100_000, seed: int = 7) -> BenchLayers:
    """Make the layers that the overlay is measured on."""
    rng = np.random.default_rng(seed)
    made = make(parcels, rng)
    fields = starts(made.parcels.code, "01")
    singles = made.shapes[fields].copy()
    away = np.flatnonzero(rng.random(len(singles)) < 0.5)
    singles[away] = shapely.transform(
        singles[away], lambda xy: np.round(xy + np.array(SHIFT), DIGITS)
    )
    joined = fields | starts(made.parcels.code, "1006")
    own = made.parcels.of_cell
    district = clusters(made.ground.village_xy, max(1, round(parcels / _DISTRICT)))
    home = district[np.maximum(made.ground.village, 0)]
    label = np.where((own >= 0) & joined[np.maximum(own, 0)], home, -1)
    blocks = polygons(made.ground.mesh, label)[0]
    return BenchLayers(made.shapes, made.parcels.code, singles, blocks)
