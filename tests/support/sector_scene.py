# SPDX-License-Identifier: GPL-2.0-or-later
"""A county of boxes with sector plans made by hand; areas are planar, so they can be reckoned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from checks_county import county as bare_county
from pianqu.checks.sectors.run import check_sectors
from pianqu.layers.sector_model import PLOT_COLUMNS, PROJECT_COLUMNS, SECTOR_COLUMNS, Plans


def project(
    plan, code, use, shape=None, years=(np.nan, np.nan), name="", listed_ha=np.nan, listed=True,
    list_years=None, kind="polygon",
):  # fmt: skip
    """Describe a project: its plan's id, code, use, ground, years, listed hectares."""
    return {
        "plan": plan, "project": code, "use": use, "shape": shape, "start": years[0],
        "end": years[1], "name": name, "listed_m2": listed_ha * 1e4, "in_list": listed,
        "list_years": years if list_years is None else list_years, "kind": kind,
    }  # fmt: skip


def plans(*projects, lists=(), missing=None, unread=()):
    """Make Plans of projects; of one code several rows are plots. `lists`: plans with a list."""
    ids = list(dict.fromkeys(one["plan"] for one in projects))
    sectors = pd.DataFrame(
        [(one, f"{one}规划", f"{one}局", "#336699", f"{one}.gpkg",
          f"{one}.xlsx" if one in lists else "", 0) for one in ids],
        columns=[*SECTOR_COLUMNS],
    )  # fmt: skip
    rows, ground, plots, shapes = [], [], [], []
    keys: dict[tuple[str, str], int] = {}
    for one in projects:
        key = (one["plan"], one["project"])
        if not one["project"] or key not in keys:
            keys[key] = len(rows)
            rows.append(_row(one, ids))
            ground.append(one["shape"])
        elif one["shape"] is not None:
            ground[keys[key]] = shapely.union(ground[keys[key]], one["shape"])
        if one["shape"] is not None:
            plots.append((keys[key], one["use"], one["start"], one["end"]))
            shapes.append(one["shape"])
    return Plans(
        sectors, pd.DataFrame(rows, columns=[*PROJECT_COLUMNS]), _array(ground),
        pd.DataFrame(plots, columns=[*PLOT_COLUMNS]), _array(shapes), dict(missing or {}),
        set(unread),
    )  # fmt: skip


def _row(one, ids):
    label = one["name"] or one["project"] or "#0"
    start, end = one["list_years"] if one["in_list"] else (np.nan, np.nan)
    return (
        ids.index(one["plan"]), one["project"], one["name"], "", "", one["use"], one["start"],
        one["end"], start, end, one["listed_m2"], one["in_list"], one["shape"] is not None,
        one["kind"] if one["shape"] is not None else "", label, True,
    )  # fmt: skip


def _array(shapes):
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out


def county(*projects, units=None, lists=(), missing=None, unread=(), **more):
    """Make a county of two villages side by side (or `units`) with these projects."""
    units = units or [shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)]
    out = bare_county(units, **more)
    out.dossier.area = "planar"
    out.dossier.quotas = object() if len(out.quotas) else None
    for role in ("plan", "landuse"):
        if role in out.layers:
            out.layers[role].data["settlement"] = out.layers[role].data["settlement"].fillna("")
    out.plans = plans(*projects, lists=lists, missing=missing, unread=unread)
    return out


def conflicts(*projects, rule="", **more):
    """Check a county of these projects; gives the conflicts (of one rule)."""
    found = check_sectors(county(*projects, **more)).conflicts
    return found[found["rule"] == rule].reset_index(drop=True) if rule else found
