# SPDX-License-Identifier: GPL-2.0-or-later
"""The one finding record: every check emits it, every output is a view of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any, Collection, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..jobs.sector_rules import TWO_SIDED

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
CODED = ("landuse", "plan")  # their labels begin with the code of the use


@dataclass(frozen=True)
class Batch:
    """Findings as a check gives them, before they are laid out in a table.

    `values` maps columns to arrays as long as `geometry` or to one value for all; `rows` are the
    features of the subject's layer, or the units, that they are about.
    """

    values: Mapping[str, Any]
    geometry: Sequence[Any] | np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.geometry)

    def some(self, places: Sequence[int]) -> Batch:
        """Keep some of the findings."""
        if len(places) == len(self):
            return self
        values = {
            name: [value[place] for place in places]
            if isinstance(value, (np.ndarray, list, tuple, pd.Series)) and np.ndim(value)
            else value
            for name, value in self.values.items()
        }
        shapes = [self.geometry[place] for place in places]
        return Batch(values, shapes, np.asarray(self.rows)[list(places)])

    def frame(self, crs: Any) -> gpd.GeoDataFrame:
        """Lay the findings out in a table."""
        return make(self.values, self.geometry, crs) if len(self) else none(crs)


NOTHING = Batch({}, [], np.empty(0, dtype=int))


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
    # As series: bare arrays of text become strings of Arrow, which hold no undecodable file names.
    index = pd.RangeIndex(len(shapes))
    columns = {name: _column(name, values, len(shapes)) for name in COLUMNS}
    data = {
        name: pd.Series(column, index=index, dtype=float if name in NUMBERS else object, copy=False)
        for name, column in columns.items()
    }
    shapes = as_multi(shapes)
    frame = gpd.GeoDataFrame(data, geometry=shapes, crs=crs)
    frame["id"] = _identified(columns, shapes, ())
    return frame


def _column(name: str, values: Mapping[str, Any], count: int) -> np.ndarray:
    blank: Any = np.nan if name in NUMBERS else ("open" if name == "status" else "")
    column = np.empty(count, dtype=float if name in NUMBERS else object)
    given = values.get(name, blank)
    column[:] = given.to_numpy() if isinstance(given, pd.Series) else given
    return column


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
    columns = {name: frame[name].to_numpy(dtype=object) for name in (*_IDENTITY, "subject_label")}
    return _identified(columns, frame.geometry.to_numpy(), unnamed)


def _identified(
    columns: Mapping[str, np.ndarray], shapes: np.ndarray, unnamed: Collection[str]
) -> list[str]:
    words = {}
    for name in (*_IDENTITY, "subject_label"):
        words[name] = np.empty(len(shapes), dtype=object)
        words[name][:] = [str(value) for value in columns[name]]
    texts, placed = keys(words, unnamed)
    counts = Counter(texts)
    placed |= np.array([counts[text] > 1 for text in texts], dtype=bool)
    if placed.any():
        texts[placed] = texts[placed] + spots(shapes[placed])
    turns: Counter[str] = Counter()
    out = []
    for text in texts:
        turns[text] += 1  # one rule twice on one spot
        out.append(digest(text, turns[text]))
    return out


def keys(
    columns: Mapping[str, np.ndarray], unnamed: Collection[str] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Give the text that makes each finding's id, and tell where the place must be added to it.

    `columns` are arrays of str: those that make the id, and `subject_label`. Where several
    findings have one text the place is added too: who puts a table together sees to that.
    """
    parts = {name: columns[name] for name in _IDENTITY}
    zones = _of_control(columns["rule"])
    for name in _OF_ZONES:
        parts[name] = np.where(zones, "", parts[name])
    _forget_order(columns["rule"], parts)
    placed = parts["subject_id"] == ""
    for one, layer, instead in (
        ("subject_id", "subject_layer", _codes(columns)), ("object_id", "object_layer", "")
    ):  # fmt: skip
        numbered = np.isin(columns[layer], list(unnamed)) & (parts[one] != "")
        numbered &= ~_is_project(columns["rule"], one)
        parts[one] = np.where(numbered, instead, parts[one])
        placed = placed | numbered
    out = np.empty(len(placed), dtype=object)
    out[:] = ["\x1f".join(row) for row in zip(*parts.values())]
    return out, placed.astype(bool)


def _is_project(rules: np.ndarray, side: str) -> np.ndarray:
    """Tell where a side is a sector project: a plan may be called like a role without ids."""
    if side == "object_id":
        return np.isin(rules, TWO_SIDED)
    return np.array([one.startswith("sector.") and one != _UNITS_RULE for one in rules], bool)


def digest(text: str, turn: int = 1) -> str:
    """Give the id of a finding by its text, the `turn`-th that has it."""
    text = text if turn == 1 else f"{text}\x1f{turn}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _forget_order(rules: np.ndarray, parts: dict[str, np.ndarray]) -> None:
    """Make the parts of sector conflicts say the same wherever they lie and whoever comes first."""
    sectors = np.array([one.startswith("sector.") and one != _UNITS_RULE for one in rules], bool)
    for name in (*_OF_PLACES, "change"):
        parts[name] = np.where(sectors, "", parts[name]).astype(object)
    ends = [f"{side}_{name}" for side in ("subject", "object") for name in ("layer", "id")]
    for name in ends:
        parts[name] = np.array(parts[name], dtype=object)
    for row in np.flatnonzero(np.isin(rules, TWO_SIDED)):
        one = sorted([(parts[ends[0]][row], parts[ends[1]][row]),
                      (parts[ends[2]][row], parts[ends[3]][row])])  # fmt: skip
        for name, value in zip(ends, [*one[0], *one[1]]):
            parts[name][row] = value


def is_zone_conflict(frame: pd.DataFrame) -> np.ndarray:
    """Tell which findings are land uses in control zones: `control.*` but not lines that cross."""
    return _of_control(frame["rule"].astype(str).to_numpy(dtype=object))


def _of_control(rules: np.ndarray) -> np.ndarray:
    return np.array(
        [one.startswith("control.") and one != "control.crossing" for one in rules], dtype=bool
    )


def uses(frame: pd.DataFrame) -> np.ndarray:
    """Give the code of each subject's use, without its name; "" where the layer has no codes."""
    names = ("subject_label", "subject_layer")
    return _codes({name: frame[name].astype(str).to_numpy(dtype=object) for name in names})


def _codes(columns: Mapping[str, np.ndarray]) -> np.ndarray:
    pairs = zip(columns["subject_label"], columns["subject_layer"])
    out = np.empty(len(columns["subject_label"]), dtype=object)
    out[:] = [label.split(" ", 1)[0] if layer in CODED else "" for label, layer in pairs]
    return out


def spots(shapes: np.ndarray) -> np.ndarray:
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
