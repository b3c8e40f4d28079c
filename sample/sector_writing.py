# SPDX-License-Identifier: GPL-2.0-or-later
"""Sector plans on disk: layouts, project lists, the dossier's entries and the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping

import numpy as np
import pandas as pd
from openpyxl import Workbook

from .county import Table, true_area
from .sector_kinds import KINDS, Kind
from .sectors import SectorPlan
from .workbooks import dress, new_book, save_steadily
from .writing import write_layer

LAYOUTS, LISTS, CATALOGUE = "sectors.gpkg", "projects.xlsx", "sectors.xlsx"
CONFLICTS = "sector_conflicts.csv"
_HEADS = (
    ("项目编号", ""), ("项目名称", ""), ("建设内容", ""), ("建设标准", ""),
    ("用地面积（公顷）", ""), ("建设时序", "开工年份"), ("", "完工年份"),
)  # fmt: skip
_LIST_FIELDS = {
    "project": "项目编号", "name": "项目名称", "content": "建设内容", "standard": "建设标准",
    "area_ha": "用地面积（公顷）", "start": "开工年份", "end": "完工年份",
}  # fmt: skip
_LAYOUT_FIELDS = {
    "project": "XMBH", "name": "XMMC", "use": "YDLB", "start": "KSND", "end": "JSND",
}  # fmt: skip
_CATALOGUE_HEADS = (
    "编号", "规划名称", "主管部门", "文件", "图层", "宽度", "颜色", "项目库文件", "项目库表",
    "项目编号字段", "名称字段", "用地代码字段", "开工年字段", "完工年字段",
)  # fmt: skip


def measure_lists(plans: Mapping[str, SectorPlan]) -> None:
    """State in each list how much ground its projects take, in place, where nothing is stated."""
    for plan in plans.values():
        ground = plan.ground()
        codes = list(ground)
        areas = true_area(np.array([ground[code] for code in codes], dtype=object))
        hectares = dict(zip(codes, (areas / 1e4).tolist()))
        for row in plan.listed:
            if np.isnan(row.hectares):
                row.hectares = round(hectares[row.project] * row.stretch, 4)


def write_layouts(plans: Mapping[str, SectorPlan], path: Path) -> None:
    """Write a layer a plan."""
    for name, plan in plans.items():
        rows = plan.features
        fields: dict[str, Any] = {
            "XMBH": [one.project for one in rows], "XMMC": [one.name for one in rows],
            "YDLB": [one.use for one in rows], "KSND": np.array([one.start for one in rows], int),
            "JSND": np.array([one.end for one in rows], int),
        }  # fmt: skip
        if isinstance(plan.kind.width, str):
            fields[plan.kind.width] = np.array([one.width for one in rows], float)
        shapes = np.array([one.shape for one in rows], dtype=object)
        write_layer(Table(shapes, pd.DataFrame(index=range(len(rows)))), fields, path, name)


def write_lists(plans: Mapping[str, SectorPlan], path: Path) -> None:
    """Write the project lists as departments do: a sheet a plan, two header rows, merged cells."""
    book = new_book()
    book.remove(book.active)
    for plan in plans.values():
        kind = plan.kind
        sheet = book.create_sheet(kind.sheet)
        sheet.append([above or None for above, _ in _HEADS])
        sheet.append([below or None for _, below in _HEADS])
        for number in range(1, 6):
            sheet.merge_cells(start_row=1, end_row=2, start_column=number, end_column=number)
        sheet.merge_cells(start_row=1, end_row=1, start_column=6, end_column=7)
        for row in plan.listed:
            sheet.append([row.project, row.name, kind.content, kind.standard, row.hectares,
                          row.start, row.end])  # fmt: skip
        dress(sheet, len(_HEADS), "C3", {5: "0.0000"})
    save_steadily(book, path)


def sector_entries() -> list[dict[str, Any]]:
    """Give the dossier's entries of the sector plans."""
    return [_entry(kind) for kind in KINDS]


def _entry(kind: Kind) -> dict[str, Any]:
    layout: dict[str, Any] = {"path": LAYOUTS, "layer": kind.id, "fields": dict(_LAYOUT_FIELDS)}
    if kind.width is not None:
        layout["width_m"] = kind.width
    return {
        "id": kind.id, "name": kind.name, "department": kind.department, "colour": kind.colour,
        "layout": layout,
        "projects": {"path": LISTS, "layer": kind.sheet, "fields": dict(_LIST_FIELDS)},
    }  # fmt: skip


def write_catalogue(path: Path) -> None:
    """Write the plans as a workbook of a row a plan, the other way to name them."""
    book: Workbook = new_book()
    sheet = book.active
    sheet.title = "专项规划"
    sheet.append(list(_CATALOGUE_HEADS))
    for kind in KINDS:
        sheet.append([kind.id, kind.name, kind.department, LAYOUTS, kind.id, kind.width,
                      kind.colour, LISTS, kind.sheet, *_LAYOUT_FIELDS.values()])  # fmt: skip
    dress(sheet, len(_CATALOGUE_HEADS), "C2", {}, 1)
    save_steadily(book, path)
