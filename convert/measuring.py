# SPDX-License-Identifier: GPL-2.0-or-later
"""What a layer's shapes measure, the way the survey measures: on the ellipsoid, faults and all."""

from __future__ import annotations

import numpy as np
import shapely

from ..layers.area import AreaMeasure, PlaneMeasure, area_measure
from ..layers.errors import InputError
from ..layers.repair import usable
from .giving import polygons_only
from .taking import Taken


def measure_of(taken: Taken) -> AreaMeasure | PlaneMeasure | None:
    """Give the measure of a layer's CRS over its extent; None without a CRS or without shapes.

    InputError where the coordinates lie beyond what the CRS can hold.
    """
    boxes = shapely.bounds(polygons_only(taken.shapes))
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if taken.crs is None or not len(boxes):
        return None
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    box = (float(west), float(south), float(east), float(north))
    try:
        return area_measure(taken.crs.to_wkt(), box)
    except ValueError as error:
        raise InputError("convert.unmeasurable", layer=taken.label, crs=taken.crs.name,
                         reason=error) from None  # fmt: skip


def square_metres(taken: Taken) -> tuple[np.ndarray, dict[int, str], dict[int, str]]:
    """Measure each feature, in m2, NaN where there is nothing to measure.

    An invalid shape is measured as it is once mended. Also gives what was wrong, by row: with those
    that could be mended, and those that could not.
    """
    flat = shapely.force_2d(taken.shapes)
    result = usable(flat)
    measure = measure_of(taken)
    out = np.full(len(taken), np.nan)
    good = ~shapely.is_missing(result.shapes)
    if measure is not None and good.any():
        out[good] = measure(result.shapes[good])
    mended = dict(zip(result.mended["row"].astype(int), result.mended["reason"]))
    lost = dict(zip(result.unusable["row"].astype(int), result.unusable["reason"]))
    return out, mended, lost
