# SPDX-License-Identifier: GPL-2.0-or-later
"""The one finding record: every check emits it, every output is a view of it."""

from __future__ import annotations

import hashlib
from typing import Any, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

TEXT = (
    "id", "rule", "severity", "level", "unit", "unit_name", "cluster", "subject_layer",
    "subject_id", "subject_label", "object_layer", "object_id", "verdict", "change",
)  # fmt: skip
NUMBERS = ("area_m2", "value", "limit", "excess")
TAIL = (
    "unit_of_measure", "message", "remedy", "status", "status_by", "status_at", "status_reason",
)  # fmt: skip
COLUMNS = TEXT + NUMBERS + TAIL
SEVERITIES = ("error", "warning", "info")
_IDENTITY = (
    "rule", "level", "unit", "subject_layer", "subject_id", "object_layer", "object_id", "change",
)  # fmt: skip


def make(
    values: Mapping[str, Any], geometry: Sequence[Any] | np.ndarray, crs: Any
) -> gpd.GeoDataFrame:
    """Build findings from columns; what is not given is "" or NaN, status `open`.

    `values` maps a column of COLUMNS to an array as long as `geometry` or to one value for all.
    Geometry may be None; polygons become MultiPolygon. Ids are made by `identify`.
    """
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise KeyError(f"no such finding column: {sorted(unknown)}")
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = list(geometry)
    index = pd.RangeIndex(len(shapes))
    data = {}
    for name in COLUMNS:
        default = np.nan if name in NUMBERS else ("open" if name == "status" else "")
        column = pd.Series(values.get(name, default), index=index)
        data[name] = column.astype(float) if name in NUMBERS else column.astype(object)
    frame = gpd.GeoDataFrame(data, geometry=as_multi(shapes), crs=crs)
    frame["id"] = identify(frame)
    return frame


def as_multi(shapes: np.ndarray) -> np.ndarray:
    """Turn each Polygon into a MultiPolygon of one part; leave the rest as it is."""
    out = shapes.copy()
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    out[single] = shapely.multipolygons(shapes[single][:, None]) if single.any() else out[single]
    return out


def identify(frame: gpd.GeoDataFrame) -> list[str]:
    """Make ids that depend on what a finding says, not on the run: 16 hex digits.

    Rule, unit, subject, object and change make the id; a subject without an id of its own adds its
    place, to a metre; equal ones are numbered in the order they come.
    """
    parts = [frame[name].astype(str) for name in _IDENTITY]
    keys = ["\x1f".join(row) for row in zip(*parts)]
    nameless = (frame["subject_id"] == "").to_numpy()
    if nameless.any():
        spot = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()[nameless]))
        have = ~shapely.is_empty(shapely.centroid(frame.geometry.to_numpy()[nameless]))
        have &= ~shapely.is_missing(frame.geometry.to_numpy()[nameless])
        rows = np.flatnonzero(nameless)[have]
        for row, (x, y) in zip(rows, np.round(spot)):
            keys[row] += f"\x1f{x:.0f},{y:.0f}"
    seen: dict[str, int] = {}
    ids = []
    for key in keys:
        count = seen[key] = seen.get(key, 0) + 1
        text = key if count == 1 else f"{key}\x1f{count}"
        ids.append(hashlib.blake2b(text.encode(), digest_size=8).hexdigest())
    return ids


def none(crs: Any) -> gpd.GeoDataFrame:
    """Give an empty table of findings with all columns."""
    return make({}, [], crs)


def join(tables: Sequence[gpd.GeoDataFrame], crs: Any) -> gpd.GeoDataFrame:
    """Put tables under each other in order of severity, rule, unit, subject; renumber equal ids."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return none(crs)
    frame = pd.concat(filled, ignore_index=True)
    rank = frame["severity"].map({name: i for i, name in enumerate(SEVERITIES)})
    order = frame.assign(_rank=rank).sort_values(
        [
            "_rank",
            "rule",
            "unit",
            "subject_layer",
            "subject_id",
            "object_layer",
            "object_id",
            "change",
        ],
        kind="stable",
    )
    out = gpd.GeoDataFrame(
        frame.loc[order.index].reset_index(drop=True), geometry="geometry", crs=crs
    )
    out["id"] = identify(out)
    return out
