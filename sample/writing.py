# SPDX-License-Identifier: GPL-2.0-or-later
"""A made county on disk: the container, the quota workbook, the dossiers and a word of warning."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
import yaml

from ..layers.words import say
from .codes import COUNTY
from .county import CRS, Table, true_area
from .quotas import AT_LEAST, AT_MOST, LEVELS, NAMES
from .workbooks import dress, new_book, save_steadily

NAME = "示例县"
CONTAINER, WORKBOOK = "county.gpkg", "quotas.xlsx"
DOSSIERS = ("dossier.yaml", "dossier_blocks.yaml")
LAYERS = {
    "units": "units", "landuse": "JQDLTB", "plan": "GHDLTB", "farmland": "YJJBNTTB",
    "blocks": "YJJBNTPK", "redline": "STBHHX", "boundary": "CZKFBJ",
    "reserve": "YLYD",
}  # fmt: skip
_DATE = "2020-12-31T00:00:00.000Z"  # the survey's day, so that the same seed gives the same bytes
_ROWS = 20_000
_LEVEL_NAMES = {"county": "县", "cluster": "片区", "town": "乡镇", "village": "村"}


def write_container(table: Table, path: Path, role: str) -> None:
    """Write one layer of a made county to the container."""
    write_layer(table, _FIELDS[role](table), path, LAYERS[role])


def write_layer(table: Table, values: dict[str, Any], path: Path, layer: str) -> None:
    """Write a table's shapes and these values, a list or array a field, as a layer."""
    fields = {name: _column(column) for name, column in values.items()}
    schema = pa.schema([*[(name, column.type) for name, column in fields.items()],
                        ("geom", pa.binary())])  # fmt: skip
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
    try:
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(schema, _batches(table, fields, schema)), path,
            layer=layer, driver="GPKG", geometry_name="geom", geometry_type=_kind(table),
            crs=CRS, append=path.exists(),
        )  # fmt: skip
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _batches(table: Table, fields: dict[str, pa.Array], schema: pa.Schema) -> Iterator[Any]:
    """Give the layer a part at a time, so that its shapes are never all in memory twice."""
    for at in range(0, len(table), _ROWS):
        rows = slice(at, at + _ROWS)
        columns = [column[rows] for column in fields.values()]
        shapes = pa.array(shapely.to_wkb(table.geometry[rows]), type=pa.binary())
        yield pa.RecordBatch.from_arrays([*columns, shapes], schema=schema)


def _kind(table: Table) -> str:
    """Name the layer's geometry type; a layer with several kinds has none in particular."""
    kinds = set(shapely.get_type_id(table.geometry).tolist()) - {-1}
    known = {(0,): "Point", (1,): "LineString", (3,): "Polygon", (6,): "MultiPolygon"}
    return known.get(tuple(sorted(kinds)), "Unknown")


def _column(values: Any) -> pa.Array:
    """Turn a column to Arrow: text, numbers with NaN as null, or whole numbers."""
    values = np.asarray(values)
    if values.dtype.kind == "f":
        return pa.array(values, mask=np.isnan(values))
    if values.dtype.kind in "iu":
        return pa.array(values)
    return pa.array([str(v) if v is not None else None for v in values.tolist()], type=pa.string())


def _areas(table: Table) -> np.ndarray:
    return np.round(true_area(table.geometry), 2)


def _net(area: np.ndarray, share: pd.Series) -> dict[str, np.ndarray]:
    """Give the survey's fields on the ridges taken off."""
    share = share.to_numpy(dtype=float)
    ridges = np.round(area * np.nan_to_num(share), 2)
    has = ~np.isnan(share)
    return {
        "KCDLBM": ["1203" if one else None for one in has],
        "KCXS": share,
        "KCMJ": np.where(has, ridges, np.nan),
        "TBDLMJ": np.round(area - ridges, 2),
    }


def _landuse(table: Table) -> dict[str, Any]:
    data, area = table.data, _areas(table)
    many = len(data)
    return {
        "BSM": data["id"], "YSDM": np.full(many, "2001010100"),
        "TBBH": np.arange(1, many + 1).astype(str), "DLBM": data["code"], "DLMC": data["name"],
        "QSXZ": np.full(many, "30"), "QSDWDM": data["place"], "QSDWMC": data["place_name"],
        "ZLDWDM": data["place"], "ZLDWMC": data["place_name"], "TBMJ": area,
        **_net(area, data["deduction"]),
        "CZCSXM": [text or None for text in data["settlement"]], "SJNF": np.full(many, 2020),
    }  # fmt: skip


def _plan(table: Table) -> dict[str, Any]:
    data, area = table.data, _areas(table)
    many = len(data)
    return {
        "BSM": data["id"], "YSDM": np.full(many, "2090020620"),
        "TBBH": np.arange(1, many + 1).astype(str), "GHDLBM": data["code"],
        "GHDLMC": data["name"], "GHDLMJ": area, "ZLDWDM": data["place"],
        "ZLDWMC": data["place_name"], "KCXS": data["deduction"].to_numpy(dtype=float),
    }  # fmt: skip


def _farmland(table: Table) -> dict[str, Any]:
    data, area = table.data, _areas(table)
    net = _net(area, data["deduction"])
    return {
        "BSM": data["id"], "YSDM": np.full(len(data), "2005010300"),
        "XZQDM": np.full(len(data), COUNTY),
        "DLBM": data["code"], "DLMC": data["name"], "ZLDWDM": data["place"],
        "ZLDWMC": data["place_name"], "KCXS": net["KCXS"], "KCMJ": net["KCMJ"],
        "YJJBNTTBMJ": area, "YJJBNTMJ": net["TBDLMJ"], "SJNF": np.full(len(data), 2020),
    }  # fmt: skip


def _zone(table: Table) -> dict[str, Any]:
    many = len(table)
    return {"BSM": table.data["id"], "XZQDM": np.full(many, COUNTY),
            "XZQMC": np.full(many, NAME), "MJ": _areas(table)}  # fmt: skip


def _reserve(table: Table) -> dict[str, Any]:
    data = table.data
    return {"BSM": data["id"], "MC": data["name"], "YXYT": data["allowed"], "MJ": _areas(table)}


def _units(table: Table) -> dict[str, Any]:
    data = table.data
    return {
        "BSM": [f"{COUNTY}1000{i:08d}" for i in range(1, len(data) + 1)], "XZQDM": data["code"],
        "XZQMC": data["name"], "XZDM": data["town"], "XZMC": data["town_name"],
        "PQDM": data["cluster"], "PQMC": data["cluster_name"], "JSMJ": _areas(table),
    }  # fmt: skip


_FIELDS = {
    "units": _units, "landuse": _landuse, "plan": _plan, "farmland": _farmland, "blocks": _zone,
    "redline": _zone, "boundary": _zone, "reserve": _reserve,
}  # fmt: skip


def write_quotas(quotas: pd.DataFrame, path: Path) -> None:
    """Write the quotas as institutes do: a row a unit, an indicator a column, two header rows."""
    book = new_book()
    sheet = book.active
    sheet.title = "规划指标"
    columns: list[tuple[str, str, str]] = []
    for indicator in AT_LEAST + AT_MOST:
        columns.append((indicator, "quota", "指标（公顷）"))
        if indicator == "construction":
            columns.append((indicator, "reserve", "机动指标（公顷）"))
    heads = ["行政区代码", "行政区名称", "层级"]
    sheet.append([*heads, *[NAMES[one] if kind == "quota" else None for one, kind, _ in columns]])
    sheet.append([None, None, None, *[word for *_, word in columns]])
    for number in range(1, 4):
        sheet.merge_cells(start_row=1, end_row=2, start_column=number, end_column=number)
    split = next(i for i, (_, kind, _) in enumerate(columns, 4) if kind == "reserve")
    sheet.merge_cells(start_row=1, end_row=1, start_column=split - 1, end_column=split)
    wide = quotas.pivot(index=["level", "unit", "name"], columns="indicator")
    order = {name: i for i, name in enumerate(LEVELS)}
    for level, unit, name in sorted(wide.index, key=lambda row: (order[row[0]], row[1])):
        row = wide.loc[(level, unit, name)]
        values = [float(row[kind, one]) / 100 for one, kind, _ in columns]
        sheet.append([unit, name, _LEVEL_NAMES[level], *values])
    formats = dict.fromkeys(range(4, len(columns) + 4), "#,##0.00")
    dress(sheet, len(columns) + 3, "D3", formats)
    save_steadily(book, path)


def dossier(blocks: bool = False, sectors: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """Describe the made county as a dossier; with `blocks`, its basic farmland in blocks.

    `sectors` are the entries of its sector plans.
    """

    def layer(role: str, **fields: str) -> dict[str, Any]:
        return {"path": CONTAINER, "layer": LAYERS[role], "fields": fields}

    farmland = (
        layer("blocks", id="BSM") if blocks else layer("farmland", id="BSM", deduction="KCXS")
    )
    landuse = layer("landuse", id="BSM", code="DLBM", deduction="KCXS", settlement="CZCSXM")
    plan = layer("plan", id="BSM", code="GHDLBM", deduction="KCXS")
    return {
        "dossier": 1, "name": NAME, "code": COUNTY, "crs": CRS, "base_year": 2020,
        "target_year": 2035, "standard": "cn-2023", "area": "ellipsoidal",
        "tolerance": {"min_area_m2": 1.0, "min_width_m": 0.2, "warn_margin": 0.02},
        "layers": {
            "units": layer("units", code="XZQDM", name="XZQMC", town="XZDM", town_name="XZMC",
                           cluster="PQDM", cluster_name="PQMC"),
            "landuse": {**landuse, "codes": "sandiao"},
            "plan": {**plan, "codes": "landuse-2023"},
            "farmland": farmland,
            "redline": layer("redline", id="BSM"),
            "boundary": layer("boundary", id="BSM"),
            "reserve": layer("reserve", id="BSM", name="MC", allowed="YXYT"),
        },
        "quotas": {"path": WORKBOOK},
        "sectors": list(sectors),
    }  # fmt: skip


def write_dossiers(folder: Path, sectors: list[dict[str, Any]]) -> Path:
    """Write both dossiers; gives the path of the one with single farmland parcels."""
    for name, blocks in zip(DOSSIERS, (False, True)):
        text = yaml.safe_dump(
            dossier(blocks, sectors), allow_unicode=True, sort_keys=False, width=100
        )
        (folder / name).write_text(
            f"# {say('sample.made')}\n{text}", encoding="utf-8", newline="\n"
        )
    return folder / DOSSIERS[0]


def write_notice(folder: Path, parcels: int, seed: int, faults: bool) -> None:
    """Say in a file that the data is made, and how."""
    text = say("sample.readme", parcels=parcels, seed=seed,
               faults=say("sample.with_faults" if faults else "sample.without_faults"))  # fmt: skip
    (folder / "README.txt").write_text(text + "\n", encoding="utf-8", newline="\n")
