# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground inside a unit that a land-use layer leaves out: no number can be sure of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable

import numpy as np
import shapely

from .levels import merge
from .noise import Noise, wide_enough
from .places import noise_of
from .values import source_of

if TYPE_CHECKING:
    from ..layers.model import County
    from ..layers.standard import Indicator
    from .fabric import Fabric, Measure

Uncovered = dict[str, np.ndarray]


def all_uncovered(county: County, fabric: Fabric, indicators: Iterable[Indicator]) -> Uncovered:
    """Measure the uncovered ground of each role whose codes any of some indicators counts."""
    roles = {source_of(county, one) for one in indicators if one.group}
    return {role: uncovered_m2(county, fabric, role) for role in sorted(roles)
            if role in county.layers and role in fabric.pieces}  # fmt: skip


def uncovered_m2(county: County, fabric: Fabric, role: str) -> np.ndarray:
    """Measure what a role leaves uncovered in each finest unit, in m2 and without crumbs."""
    noise, pieces = noise_of(county), fabric.pieces
    out = np.zeros(len(fabric.unit_m2))
    rows = np.flatnonzero(pieces[role].to_numpy() < 0)
    if not len(rows):
        return out
    units = pieces["unit"].to_numpy()[rows]
    total = np.bincount(units, pieces["gross_m2"].to_numpy()[rows], minlength=len(out))
    some = total[units] >= noise.min_area_m2
    rows, units = rows[some], units[some]
    order = np.argsort(units, kind="stable")
    shapes = fabric.shapes(rows[order])
    present, start = np.unique(units[order], return_index=True)
    for unit, own in zip(present, np.split(shapes, start[1:])):
        out[unit] = ground_m2(own, fabric.measure, noise)
    return out


def ground_m2(shapes: np.ndarray, measure: Measure, noise: Noise) -> float:
    """Measure ground given as pieces that only touch; what is too small or narrow counts not."""
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(shapes):
        return 0.0
    parts = shapely.get_parts(merge(shapes))
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    area = measure(parts) if len(parts) else np.empty(0)
    kept = area >= noise.min_area_m2
    kept[kept] = wide_enough(parts[kept], noise.min_width_m)
    return float(area[kept].sum())
