# SPDX-License-Identifier: GPL-2.0-or-later
"""The one finding record: every check emits it, every output is a view of it."""

from __future__ import annotations

import hashlib
from typing import Any, Collection, Mapping, Sequence

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
# A conflict with a zone is one thing wherever most of it lies and whichever blocks it touches.
_OF_ZONES = ("level", "unit", "object_id")
# A conflict of projects is one wherever it lies and whichever plan the dossier names first.
_OF_PLACES = ("level", "unit")
_UNITS_RULE = "sector.demand"
TWO_SIDED = ("sector.overlap", "sector.sequence", "sector.duplicate")
CODED = ("landuse", "plan")  # their labels begin with the code of the use


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


def identify(frame: gpd.GeoDataFrame, unnamed: Collection[str] = ()) -> list[str]:
    """Make ids that depend on what a finding says, not on the run: 16 hex digits.

    Rule, unit, subject, object and change make the id; a conflict with a control zone is known by
    rule, subject, zone and change, one of sector plans by rule and both projects, in either order.
    In the layers `unnamed` a feature's id is only its number in
    the file: there the place (a point inside, to a metre) and the code stand for it, as the place
    does for a subject without any id and for findings that are else the same.
    """
    parts = {name: frame[name].astype(str).to_numpy(dtype=object) for name in _IDENTITY}
    zones = is_zone_conflict(frame)
    for name in _OF_ZONES:
        parts[name] = np.where(zones, "", parts[name])
    _forget_order(frame, parts)
    placed = parts["subject_id"] == ""
    for one, layer, instead in (
        ("subject_id", "subject_layer", uses(frame)), ("object_id", "object_layer", "")
    ):  # fmt: skip
        numbered = frame[layer].isin(list(unnamed)).to_numpy(dtype=bool) & (parts[one] != "")
        parts[one] = np.where(numbered, instead, parts[one])
        placed |= numbered
    keys = pd.Series(["\x1f".join(row) for row in zip(*parts.values())], dtype=object)
    placed = placed.astype(bool) | keys.duplicated(keep=False).to_numpy()
    if placed.any():
        keys[placed] = keys[placed] + _spots(frame.geometry.to_numpy()[placed])
    turn = keys.groupby(keys).cumcount().to_numpy() + 1  # one rule twice on one spot
    texts = [key if count == 1 else f"{key}\x1f{count}" for key, count in zip(keys, turn)]
    return [hashlib.blake2b(text.encode(), digest_size=8).hexdigest() for text in texts]


def _forget_order(frame: gpd.GeoDataFrame, parts: dict[str, np.ndarray]) -> None:
    """Make the parts of sector conflicts say the same wherever they lie and whoever comes first."""
    rule = frame["rule"].astype(str)
    sectors = rule.str.startswith("sector.") & (rule != _UNITS_RULE)
    for name in (*_OF_PLACES, "change"):
        parts[name] = np.where(sectors, "", parts[name])
    ends = [f"{side}_{name}" for side in ("subject", "object") for name in ("layer", "id")]
    for row in np.flatnonzero(rule.isin(TWO_SIDED)):
        one = sorted([(parts[ends[0]][row], parts[ends[1]][row]),
                      (parts[ends[2]][row], parts[ends[3]][row])])  # fmt: skip
        for name, value in zip(ends, [*one[0], *one[1]]):
            parts[name][row] = value


def is_zone_conflict(frame: pd.DataFrame) -> np.ndarray:
    """Tell which findings are land uses in control zones: `control.*` but not lines that cross."""
    rule = frame["rule"].astype(str)
    return (rule.str.startswith("control.") & (rule != "control.crossing")).to_numpy(dtype=bool)


def uses(frame: pd.DataFrame) -> np.ndarray:
    """Give the code of each subject's use, without its name; "" where the layer has no codes."""
    label = frame["subject_label"].astype(str).str.split(" ", n=1).str[0]
    return np.where(frame["subject_layer"].isin(CODED), label, "").astype(object)


def _spots(shapes: np.ndarray) -> np.ndarray:
    """Give a text for a point inside each shape, to a metre; "" where there is none."""
    out = np.full(len(shapes), "", dtype=object)
    points = shapely.point_on_surface(shapes)
    there = ~(shapely.is_missing(points) | shapely.is_empty(points))
    xy = np.round(shapely.get_coordinates(points[there])) + 0.0
    out[there] = [f"\x1f{x:.0f},{y:.0f}" for x, y in xy]
    return out


def none(crs: Any) -> gpd.GeoDataFrame:
    """Give an empty table of findings with all columns."""
    return make({}, [], crs)


def join(
    tables: Sequence[gpd.GeoDataFrame], crs: Any, unnamed: Collection[str] = ()
) -> gpd.GeoDataFrame:
    """Put tables under each other in order of severity, rule, unit, subject; ids are made anew."""
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
    out["id"] = identify(out, unnamed)
    return out
