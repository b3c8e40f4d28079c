# SPDX-License-Identifier: GPL-2.0-or-later
"""Sector plans small enough to reckon by hand, written as departments send them, and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
from pianqu.layers.crs import project_crs
from pianqu.layers.dossier import Dossier, dossier_from
from pianqu.layers.findings import join
from pianqu.layers.notes import Notes
from pianqu.layers.sector_model import Plans
from pianqu.layers.sectors import read_plans
from pianqu.layers.standard import load_standard
from shapely.geometry import box

CRS = "EPSG:4544"
HEAD = ["项目编号", "项目名称", "建设内容", "建设标准", "用地面积（公顷）", "开工年份", "完工年份"]
EAST, NORTH = 500_000.0, 3_450_000.0
FIELDS = {"project": "XMBH", "name": "XMMC", "use": "YDLB", "start": "KSND", "end": "JSND"}


def patch(x: float, y: float, width: float = 100, height: float = 100) -> Any:
    """Give a rectangle, its corner so many metres from the plans' origin."""
    return box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def layer(folder: Path, name: str, shapes: list[Any], crs: str = CRS, **columns: list[Any]) -> Any:
    """Write a layout as a layer of sectors.gpkg and give its entry without fields."""
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
    frame.to_crs(crs).to_file(folder / "sectors.gpkg", layer=name, driver="GPKG")
    return {"path": "sectors.gpkg", "layer": name}


def sheet(
    folder: Path, rows: list[list[Any]], merge: tuple[str, ...] = (), file: str = "projects.xlsx",
    title: str = "项目库",
) -> dict[str, Any]:  # fmt: skip
    """Write a workbook's only sheet and give its entry."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(row)
    for area in merge:
        page.merge_cells(area)
    book.save(folder / file)
    return {"path": file}


def dossier(folder: Path, sectors: Any, **more: Any) -> Dossier:
    """Make a dossier of these sector plans; its units are never read."""
    units = {"path": "county.gpkg", "fields": {"code": "XZQDM"}}
    given = {"dossier": 1, "code": "510799", "crs": CRS, "layers": {"units": units}, **more}
    return dossier_from({**given, "sectors": sectors}, folder)


def read(given: Dossier) -> tuple[Plans, Any, list[dict[str, Any]]]:
    """Read a dossier's plans; gives them, the findings and the provenance."""
    standard = load_standard(given.standard)
    crs = project_crs(given.crs, given.file)
    notes, inputs = Notes(given, standard, crs), []
    plans = read_plans(given, standard, crs, notes, inputs)
    return plans, join(notes.tables, crs), inputs


def project(plans: Plans, code: str) -> Any:
    """Give the row of the one project of this code."""
    rows = plans.projects[plans.projects["project"] == code]
    assert len(rows) == 1, f"{len(rows)} projects {code}"
    return rows.iloc[0]


def plan(layout=None, projects=None, **more):
    """Give the entry of a plan."""
    entry = {"id": "t", **more}
    entry.update({"layout": layout} if layout else {})
    entry.update({"projects": projects} if projects else {})
    return entry


def simple(folder, codes, shapes=None, name="roads", **columns):
    """Write a layout of roads, a feature a code."""
    shapes = shapes or [patch(200 * i, 0) for i in range(len(codes))]
    columns.setdefault("YDLB", ["1202"] * len(codes))
    return layer(folder, name, shapes, XMBH=codes, **columns)


def rules(findings):
    """List the rules that found anything."""
    return sorted(set(findings["rule"]))
