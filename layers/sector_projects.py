# SPDX-License-Identifier: GPL-2.0-or-later
"""Features and lists of plans joined by project code: projects, their plots, their ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

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
    data = _stacked([(i, p.layout.data) for i, p in enumerate(parts) if p.layout], _no_features())
    rows = _stacked([(i, p.listed.rows) for i, p in enumerate(parts) if p.listed], _no_rows())
    none = np.empty(0, dtype=object)
    shapes = np.concatenate([none, *(part.layout.shapes for part in parts if part.layout)])
    owner, keys = pd.factorize(project_keys(data, data["fid"]))
    row_of = pd.Index(project_keys(rows, rows["row"].astype(str)), dtype=object).get_indexer(keys)
    features = _filled(data, rows, row_of[owner])
    plots, plot_shapes = _plots(features, shapes, owner)
    ground = unite(plot_shapes, plots["project"].to_numpy(dtype=int), len(keys))
    projects = _projects(features, owner, rows, row_of, plots, plot_shapes)
    usable = pd.Series([shape is not None for shape in shapes], dtype=bool)
    projects["whole"] = usable.groupby(owner).all().to_numpy(dtype=bool)
    alone = rows.drop(index=row_of[row_of >= 0])
    both = [one for one in (projects, _only_listed(alone)) if len(one)]
    out = pd.concat(both or [projects], ignore_index=True)[list(PROJECT_COLUMNS)]
    ground = np.append(ground, np.full(len(alone), None, dtype=object))
    names = np.append(keys, project_keys(alone, alone["row"].astype(str))).astype(object)
    return _by_plan(out, ground, plots, plot_shapes, names)


def _stacked(frames: list[tuple[int, pd.DataFrame]], none: pd.DataFrame) -> pd.DataFrame:
    filled = [frame.assign(sector=number) for number, frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else none


def project_keys(frame: pd.DataFrame, own: pd.Series) -> np.ndarray:
    """Name each row's project: its plan and code, or what is the row's own where it has no code."""
    plan = frame["sector"].astype(str).astype(object)
    codes = frame["project"]
    return (plan + np.where(codes == "", "\0" + own, "\1" + codes)).to_numpy(dtype=object)


def _by_plan(
    projects: pd.DataFrame, ground: np.ndarray, plots: pd.DataFrame, plot_shapes: np.ndarray,
    keys: np.ndarray,
) -> Joined:  # fmt: skip
    """Put the projects in the order of their plans, and the plots in the order of theirs."""
    order = np.argsort(projects["sector"].to_numpy(dtype=int), kind="stable")
    place = np.empty(len(order), dtype=int)
    place[order] = np.arange(len(order))
    plots = plots.assign(project=place[plots["project"].to_numpy(dtype=int)])
    by_project = np.argsort(plots["project"].to_numpy(), kind="stable")
    return Joined(
        projects.iloc[order].reset_index(drop=True),
        ground[order],
        plots.iloc[by_project].reset_index(drop=True),
        plot_shapes[by_project],
        keys[order],
    )


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


def _filled(data: pd.DataFrame, rows: pd.DataFrame, row_of: np.ndarray) -> pd.DataFrame:
    """Take over from the list what a feature does not say of itself."""
    out = data.copy()
    there = row_of >= 0
    for name in ("use", "start", "end"):
        blank = (out[name] == "") if name == "use" else out[name].isna()
        take = blank.to_numpy() & there
        values = out[name].to_numpy(copy=True)
        values[take] = rows[name].to_numpy()[row_of[take]]
        out[name] = pd.Series(values, index=out.index, dtype=out[name].dtype)
    return out


def _plots(
    features: pd.DataFrame, shapes: np.ndarray, owner: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Unite a project's usable features of one use and one pair of years."""
    good = np.array([shape is not None for shape in shapes], dtype=bool)
    frame = features.loc[good, ["use", "start", "end"]].assign(project=owner[good])
    frame = frame[list(PLOT_COLUMNS)].reset_index(drop=True)
    group = frame.groupby(list(PLOT_COLUMNS), sort=False, dropna=False).ngroup().to_numpy()
    plots = frame[~pd.Series(group).duplicated().to_numpy()]
    return plots.reset_index(drop=True), unite(shapes[good], group, len(plots))


def _projects(
    features: pd.DataFrame,
    owner: np.ndarray,
    rows: pd.DataFrame,
    row_of: np.ndarray,
    plots: pd.DataFrame,
    plot_shapes: np.ndarray,
) -> pd.DataFrame:
    """Make the rows of the projects that have features."""
    if not len(features):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in PROJECT_COLUMNS})
    by = features.assign(rank=features["kind"].map(_RANK).fillna(len(KINDS))).groupby(owner)
    first = features[~pd.Series(owner).duplicated().to_numpy()]
    text: dict[str, np.ndarray] = {"name": _first_filled(features["name"], owner, len(row_of))}
    text["use"] = _main_use(features, owner, plots, plot_shapes, len(row_of))
    listed = rows.reset_index(drop=True).reindex(row_of)
    for name in ("content", "standard"):
        text[name] = listed[name].fillna("").to_numpy(dtype=object)
    text["name"] = np.where(text["name"] == "", listed["name"].fillna(""), text["name"])
    kinds = [KINDS[int(rank)] if rank < len(KINDS) else "" for rank in by["rank"].min()]
    codes = first["project"].to_numpy(dtype=object)
    out = pd.DataFrame({"project": pd.Series(codes, dtype=object)})
    text["kind"] = np.array(kinds, dtype=object)
    for name, values in text.items():
        out[name] = pd.Series(values, dtype=object)
    out["start"], out["end"] = by["start"].min().to_numpy(), by["end"].max().to_numpy()
    out["list_start"], out["list_end"] = listed["start"].to_numpy(), listed["end"].to_numpy()
    out["listed_m2"] = listed["listed_m2"].to_numpy()
    out["in_list"], out["in_layout"] = row_of >= 0, True
    out["sector"] = first["sector"].to_numpy()
    out["label"] = _labels(out, first["fid"].to_numpy(dtype=object))
    return out


def _first_filled(values: pd.Series, owner: np.ndarray, count: int) -> np.ndarray:
    """Give the first text that is not blank of each owner, "" where there is none."""
    out = np.full(count, "", dtype=object)
    filled = np.flatnonzero((values != "").to_numpy())[::-1]  # the first is written last
    out[owner[filled]] = values.to_numpy(dtype=object)[filled]
    return out


def _main_use(
    features: pd.DataFrame,
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


def _only_listed(rows: pd.DataFrame) -> pd.DataFrame:
    """Make the rows of the projects that stand in the list alone."""
    texts = ["project", "name", "content", "standard", "use"]
    out = rows[["sector", *texts]].reset_index(drop=True)
    for name in ("start", "end", "listed_m2"):
        out[name] = rows[name].to_numpy(dtype=float)
    out["list_start"], out["list_end"] = out["start"], out["end"]
    out["in_list"], out["in_layout"], out["kind"] = True, False, pd.Series("", out.index, object)
    out["whole"] = True
    out["label"] = _labels(out, np.full(len(out), "", dtype=object))
    return out


def _labels(projects: pd.DataFrame, fids: np.ndarray) -> np.ndarray:
    """Call a project by its name, else by its code, else by its feature's number."""
    own = np.array([say("layers.project_unnamed", fid=fid) for fid in fids], dtype=object)
    codes = np.where(projects["project"] == "", own, projects["project"])
    return np.where(projects["name"] == "", codes, projects["name"]).astype(object)
