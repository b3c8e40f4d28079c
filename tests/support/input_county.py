# SPDX-License-Identifier: GPL-2.0-or-later
"""A county of four villages, small enough to reckon by hand, written to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import yaml
from shapely.geometry import box

CRS = "EPSG:4544"
EAST, NORTH, SIDE = 500_000.0, 3_450_000.0, 1000.0
VILLAGES = (  # code, name, town, town name, cluster, cluster name; squares in a row, west to east
    ("510799101001", "甲村", "510799101", "青山镇", "P1", "东片区"),
    ("510799101002", "乙村", "510799101", "青山镇", "P1", "东片区"),
    ("510799102001", "丙村", "510799102", "绿水镇", "P2", "西片区"),
    ("510799102002", "丁村", "510799102", "绿水镇", "P2", "西片区"),
)
UNIT_FIELDS = {
    "code": "XZQDM", "name": "XZQMC", "town": "XZDM", "town_name": "XZMC",
    "cluster": "PQDM", "cluster_name": "PQMC",
}  # fmt: skip


def square(column: float, row: float = 0, side: float = SIDE) -> Any:
    """Give a square of the village grid, `side` metres wide."""
    west, south = EAST + column * SIDE, NORTH + row * SIDE
    return box(west, south, west + side, south + side)


def units_frame(**columns: list[Any]) -> gpd.GeoDataFrame:
    """Make the units layer; columns given replace those of the four villages."""
    data: dict[str, Any] = dict(zip(UNIT_FIELDS.values(), map(list, zip(*VILLAGES))))
    data.update(columns)
    return gpd.GeoDataFrame(data, geometry=[square(i) for i in range(4)], crs=CRS)


def parcels_frame(codes: tuple[Any, ...] = ("0101", "0301"), **columns: Any) -> gpd.GeoDataFrame:
    """Make land use: a parcel a village in turn of the codes."""
    data: dict[str, Any] = {
        "BSM": [f"P{i}" for i in range(4)],
        "DLBM": [codes[i % len(codes)] for i in range(4)],
        "KCXS": [0.1, 0.0, 0.1, 0.0],
        **columns,
    }
    return gpd.GeoDataFrame(data, geometry=[square(i) for i in range(4)], crs=CRS)


def source(folder: Path, frame: gpd.GeoDataFrame, layer: str, **fields: str) -> dict[str, Any]:
    """Write a frame as a layer of county.gpkg and give its entry in the dossier."""
    frame.to_file(folder / "county.gpkg", layer=layer, driver="GPKG")
    return {"path": "county.gpkg", "layer": layer, "fields": fields}


def content(folder: Path, **layers: dict[str, Any]) -> dict[str, Any]:
    """Write the units and give a dossier's content with these layers besides."""
    if "units" not in layers:
        layers = {"units": source(folder, units_frame(), "units", **UNIT_FIELDS), **layers}
    return {"dossier": 1, "name": "示例县", "code": "510799", "crs": CRS, "layers": layers}


def landuse(folder: Path, frame: gpd.GeoDataFrame | None = None) -> dict[str, Any]:
    """Write land use (the usual parcels, or a frame) and give its entry."""
    frame = parcels_frame() if frame is None else frame
    entry = source(folder, frame, "JQDLTB", id="BSM", code="DLBM", deduction="KCXS")
    return {**entry, "codes": "sandiao"}


def write(folder: Path, given: dict[str, Any], encoding: str = "utf-8") -> Path:
    """Write a dossier's content to county.yaml."""
    path = folder / "county.yaml"
    text = yaml.safe_dump(given, allow_unicode=True, sort_keys=False)
    path.write_bytes(text.encode(encoding))
    return path
