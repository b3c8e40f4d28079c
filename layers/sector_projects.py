# SPDX-License-Identifier: GPL-2.0-or-later
"""Features and lists of plans joined by project code: projects, their plots, their ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence

import numpy as np
import pandas as pd
import shapely

from .repair import polygons_of
from .sector_layout import Layout
from .sector_lists import ProjectList
from .sector_model import KINDS, PLOT_COLUMNS, PROJECT_COLUMNS
from .words import say

_AREAS = (shapely.Polygon, shapely.MultiPolygon)
_RANK = {kind: number for number, kind in enumerate(KINDS)}


@dataclass
class Part:
    """What was read of one plan: its layout and its list, None where there is none."""

    layout: Layout | None
    listed: ProjectList | None


@dataclass
class Joined:
    """The projects of all plans, their ground, plots and shapes, laid out as in Plans."""

    projects: pd.DataFrame
    ground: np.ndarray
    plots: pd.DataFrame
    plot_shapes: np.ndarray
    keys: np.ndarray  # a text for each project that no other has, by its plan's number and code


def join_projects(parts: Sequence[Part]) -> Joined:
    """Join the layouts of all plans to their lists; a project's `sector` is its plan's number.

    Of a plan, projects of the layout come first, in the order of their features, then those of the
    list alone. A feature without a code is a project of its own. Uses and years that the layout
    does not give are the list's.
    """
    data = _stacked([(i, p.layout.data) for i, p in enumerate(parts) if p.layout], _no_features)
    rows = _stacked([(i, p.listed.rows) for i, p in enumerate(parts) if p.listed], _no_rows)
    none = np.empty(0, dtype=object)
    shapes = np.concatenate([none, *(part.layout.shapes for part in parts if part.layout)])
    owner, keys = pd.factorize(project_keys(data, data["fid"]))
    row_of = pd.Index(project_keys(rows, rows["row"]), dtype=object).get_indexer(keys)
    features = _filled(data, rows, row_of[owner])
    plots, plot_shapes = _plots(features, shapes, owner)
    ground = unite(plot_shapes, plots["project"].to_numpy(dtype=int), len(keys))
    projects = _projects(features, owner, rows, row_of, plots, plot_shapes)
    projects["whole"] = np.ones(len(keys), dtype=bool)
    projects["whole"][owner[shapely.is_missing(shapes)]] = False
    alone = np.setdiff1d(np.arange(len(rows)), row_of)
    listed = _only_listed(rows, alone)
    out = {name: np.concatenate([projects[name], listed[name]]) for name in PROJECT_COLUMNS}
    ground = np.append(ground, np.full(len(alone), None, dtype=object))
    rest = rows.iloc[alone]
    names = np.append(keys, project_keys(rest, rest["row"])).astype(object)
    return _by_plan(out, ground, plots, plot_shapes, names)


def _stacked(
    frames: list[tuple[int, pd.DataFrame]], none: Callable[[], pd.DataFrame]
) -> pd.DataFrame:
    filled = [frame.assign(sector=number) for number, frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else none()


def project_keys(frame: pd.DataFrame, own: pd.Series) -> np.ndarray:
    """Name each row's project: its plan and code, or what is the row's own where it has no code."""
    out = np.empty(len(frame), dtype=object)
    out[:] = [project_key(*row) for row in zip(frame["sector"], frame["project"], own)]
    return out


def project_key(plan: int, code: str, own: object) -> str:
    """Name a project by its plan's number and its code, else by what is its own."""
    return f"{plan}\1{code}" if code else f"{plan}\0{own}"


def _by_plan(
    projects: dict[str, np.ndarray], ground: np.ndarray, plots: pd.DataFrame,
    plot_shapes: np.ndarray, keys: np.ndarray,
) -> Joined:  # fmt: skip
    """Put the projects in the order of their plans, and the plots in the order of theirs."""
    order = np.argsort(projects["sector"].astype(int), kind="stable")
    place = np.empty(len(order), dtype=int)
    place[order] = np.arange(len(order))
    owner = place[plots["project"].to_numpy(dtype=int)]
    by_project = np.argsort(owner, kind="stable")
    table = {name: plots[name].to_numpy()[by_project] for name in PLOT_COLUMNS[1:]}
    return Joined(
        _frame({name: values[order] for name, values in projects.items()}),
        ground[order],
        _frame({"project": owner[by_project], **table}),
        plot_shapes[by_project],
        keys[order],
    )


def _frame(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Make a table whose texts stay objects."""
    return pd.DataFrame({
        name: pd.Series(values, dtype=object) if values.dtype == object else values
        for name, values in columns.items()
    })  # fmt: skip


def unite(shapes: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    """Unite the shapes of each group 0 to count - 1; None for a group without any."""
    out = np.full(count, None, dtype=object)
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(count + 1))
    for group in np.flatnonzero(np.diff(starts)).tolist():
        part = shapes[order[starts[group] : starts[group + 1]]]
        out[group] = part[0] if len(part) == 1 else _union(part)
    return out


def _union(shapes: np.ndarray) -> shapely.Geometry | None:
    try:
        whole = shapely.union_all(shapes)
    except shapely.GEOSException:  # snapped to a grid far below the noise it always succeeds
        whole = shapely.union_all(shapes, grid_size=1e-6)
    return whole if isinstance(whole, _AREAS) and not whole.is_empty else polygons_of(whole)


def _no_rows() -> pd.DataFrame:
    texts = ("project", "name", "content", "standard", "use", "row")
    return _blank(texts, ("listed_m2", "start", "end"))


def _no_features() -> pd.DataFrame:
    return _blank(("project", "name", "use", "kind", "fid"), ("start", "end"))


def _blank(texts: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    kinds = {**dict.fromkeys(texts, object), **dict.fromkeys(numbers, float), "sector": int}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _filled(data: pd.DataFrame, rows: pd.DataFrame, row_of: np.ndarray) -> dict[str, np.ndarray]:
    """Give the features' columns, with what a feature does not say of itself as the list has it."""
    out = {name: data[name].to_numpy(copy=True) for name in data}
    there = row_of >= 0
    for name in ("use", "start", "end"):
        blank = (out[name] == "") if name == "use" else np.isnan(out[name])
        take = blank & there
        out[name][take] = rows[name].to_numpy()[row_of[take]]
    return out


def _plots(
    features: dict[str, np.ndarray], shapes: np.ndarray, owner: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Unite a project's usable features of one use and one pair of years."""
    good = ~shapely.is_missing(shapes)
    columns = [owner[good], *(features[name][good] for name in PLOT_COLUMNS[1:])]
    turns: dict[tuple[object, ...], int] = {}
    group = np.array(
        [turns.setdefault(_alike(row), len(turns)) for row in zip(*(c.tolist() for c in columns))],
        dtype=int,
    )
    first = np.unique(group, return_index=True)[1]
    plots = _frame({name: values[first] for name, values in zip(PLOT_COLUMNS, columns)})
    return plots, unite(shapes[good], group, len(plots))


def _alike(row: tuple[object, ...]) -> tuple[object, ...]:
    """Make years that are not known the same: NaN is not even itself."""
    return tuple(None if value != value else value for value in row)


def _projects(
    features: dict[str, np.ndarray],
    owner: np.ndarray,
    rows: pd.DataFrame,
    row_of: np.ndarray,
    plots: pd.DataFrame,
    plot_shapes: np.ndarray,
) -> dict[str, np.ndarray]:
    """Make the rows of the projects that have features."""
    count = len(row_of)
    first = np.unique(owner, return_index=True)[1]
    rank = np.full(count, len(KINDS))
    np.minimum.at(rank, owner, [_RANK.get(kind, len(KINDS)) for kind in features["kind"]])
    start, end = np.full((2, count), np.nan)
    np.fmin.at(start, owner, features["start"])
    np.fmax.at(end, owner, features["end"])
    texts = {name: _taken(rows[name], row_of, "") for name in ("name", "content", "standard")}
    numbers = {name: _taken(rows[name], row_of, np.nan) for name in ("start", "end", "listed_m2")}
    name = _first_filled(features["name"], owner, count)
    out = {
        "project": features["project"][first],
        "kind": np.array([*KINDS, ""], dtype=object)[rank],
        **texts, "name": np.where(name == "", texts["name"], name).astype(object),
        "use": _main_use(features, owner, plots, plot_shapes, count),
        "start": start, "end": end, "list_start": numbers["start"], "list_end": numbers["end"],
        "listed_m2": numbers["listed_m2"], "sector": features["sector"][first],
        "in_list": row_of >= 0, "in_layout": np.ones(count, dtype=bool),
    }  # fmt: skip
    out["label"] = _labels(out, features["fid"][first])
    return out


def _taken(values: pd.Series, rows: np.ndarray, absent: object) -> np.ndarray:
    """Give the values of some rows, `absent` where a row is -1."""
    kind = float if isinstance(absent, float) else object
    return np.append(values.to_numpy(dtype=kind), np.array([absent], dtype=kind))[rows]


def _first_filled(values: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """Give the first text that is not blank of each owner, "" where there is none."""
    out = np.full(count, "", dtype=object)
    filled = np.flatnonzero(values != "")[::-1]  # the first is written last
    out[owner[filled]] = values[filled]
    return out


def _main_use(
    features: dict[str, np.ndarray],
    owner: np.ndarray,
    plots: pd.DataFrame,
    plot_shapes: np.ndarray,
    count: int,
) -> np.ndarray:
    """Give the use of each project's largest plot, else of its first feature."""
    out = _first_filled(features["use"], owner, count)
    area = shapely.area(plot_shapes)
    ordered = np.argsort(area, kind="stable")  # the largest is written last
    out[plots["project"].to_numpy(dtype=int)[ordered]] = plots["use"].to_numpy(object)[ordered]
    return out


def _only_listed(rows: pd.DataFrame, alone: np.ndarray) -> dict[str, np.ndarray]:
    """Make the rows of the projects that stand in the list alone."""
    texts = ("project", "name", "content", "standard", "use")
    out = {name: rows[name].to_numpy(dtype=object)[alone] for name in texts}
    for name in ("start", "end", "listed_m2"):
        out[name] = rows[name].to_numpy(dtype=float)[alone]
    count = len(alone)
    blank = np.full(count, "", dtype=object)
    out.update(list_start=out["start"], list_end=out["end"], kind=blank)
    out["in_list"], out["whole"] = np.ones(count, dtype=bool), np.ones(count, dtype=bool)
    out["in_layout"] = np.zeros(count, dtype=bool)
    out["sector"] = rows["sector"].to_numpy(dtype=int)[alone]
    out["label"] = _labels(out, blank)
    return out


def _labels(projects: dict[str, np.ndarray], fids: np.ndarray) -> np.ndarray:
    """Call a project by its name, else by its code, else by its feature's number."""
    own = np.array([say("layers.project_unnamed", fid=fid) for fid in fids], dtype=object)
    codes = np.where(projects["project"] == "", own, projects["project"])
    return np.where(projects["name"] == "", codes, projects["name"]).astype(object)
