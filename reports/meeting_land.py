# SPDX-License-Identifier: GPL-2.0-or-later
"""How much ground the departments dispute: what lies in several conflicts counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ..jobs.sector_rules import LAND
from ..layers.area import METHODS, area_measure

if TYPE_CHECKING:
    from .meeting_data import Papers


def land(papers: Papers) -> float:
    """Measure the ground in dispute, m2; what lies in several conflicts counts once.

    Rules that dispute no land (lists, years, sums of demand) are left out.
    """
    rows = papers.conflicts[papers.conflicts["rule"].isin(LAND)]
    shapes = rows.geometry.to_numpy()
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(shapes):
        return 0.0
    whole = shapely.union_all(shapely.make_valid(shapes))
    method = str(papers.run.get("area_method") or METHODS[0])
    if papers.crs is None or method not in METHODS:
        return float(whole.area)
    measure = area_measure(papers.crs.to_wkt(), whole.bounds, method)
    return float(measure(np.array([_areas(whole)], dtype=object))[0])


def _areas(shape: Any) -> Any:
    """Keep the polygons of a shape."""
    parts = shapely.get_parts(shape)
    kept = parts[shapely.get_dimensions(parts) == 2]
    return shapely.multipolygons(list(kept)) if len(kept) else shapely.MultiPolygon()
