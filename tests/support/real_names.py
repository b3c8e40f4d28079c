# SPDX-License-Identifier: GPL-2.0-or-later
"""A small county under the names that real data bear: GBK Shapefiles, a GDB, a GeoPackage."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
from shapely.geometry import LineString, Point, box

CRS = "EPSG:4544"
X, Y = 500_000.0, 3_400_000.0
SURVEY = ("0101", "0102", "0301", "05H1", "08H2", "1104A")
GUIDE = ("0101", "0205", "060201", "0703", "1207", "1804")


def square(column, row, size=100.0):
    """Give a square of the grid."""
    return box(X + column * size, Y + row * size, X + (column + 1) * size, Y + (row + 1) * size)


def frame(shapes, crs=CRS, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def villages(code="ZLDWDM", name="ZLDWMC", **more):
    """Two villages side by side; each three columns wide and two rows high."""
    shapes = [box(X, Y, X + 300, Y + 200), box(X + 300, Y, X + 600, Y + 200)]
    columns = {
        "BSM": ["510722100000000001", "510722100000000002"],
        code: ["5107221002010000000", "5107221002020000000"],
        name: ["石桥村", "柳林村"],
    }
    return frame(shapes, **columns, **more)


def parcels(codes, column="DLBM", names=None, **more):
    """A parcel a square; the codes go round."""
    shapes = [square(c, r) for r in range(2) for c in range(6)]
    many = [codes[i % len(codes)] for i in range(len(shapes))]
    columns = {"BSM": [f"{i:018d}" for i in range(len(shapes))], column: many}
    if names:
        columns[names[0]] = [names[1][i % len(codes)] for i in range(len(shapes))]
    return frame(shapes, **columns, **more)


def zone(*squares, **columns):
    shapes = [square(*one) for one in squares]
    return frame(shapes, BSM=[f"{i:018d}" for i in range(len(shapes))], **columns)


def lines():
    return frame([LineString([(X, Y), (X + 600, Y)])], BSM=["1"])


def points():
    return frame([Point(X + 50, Y + 50)], BSM=["1"], TXT=["注记"])


def quotas(path, title="控制数"):
    """Write a workbook of quotas as institutes do."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(["行政区代码", "行政区名称", "指标名称", "控制数（公顷）"])
    sheet.append(["5107221002010000000", "石桥村", "耕地保有量", 2.0])
    sheet.append(["5107221002020000000", "柳林村", "耕地保有量", 1.0])
    book.save(path)


def put(data, path, layer=None, driver=None, **more):
    data.to_file(path, layer=layer, driver=driver, engine="pyogrio", **more)


def shapefiles(folder):
    """A survey's folder: Shapefiles whose tables are GBK, without .cpg."""
    base = folder / "现状数据"
    base.mkdir(parents=True)
    put(
        parcels(SURVEY, 地类名称=["地"] * 12, KCXS=[0.1] * 12),
        base / "510722DLTB.shp",
        encoding="GB18030",
    )
    put(villages(), base / "CJDCQ.shp", encoding="GB18030")
    put(lines(), base / "CJDCQJX.shp", encoding="GB18030")
    put(points(), base / "DLTBZJ.shp", encoding="GB18030")
    plan = folder / "规划成果"
    plan.mkdir()
    put(parcels(GUIDE, "YDYHFLDM"), plan / "规划用地用海.shp", encoding="GB18030")
    put(zone((0, 0), KCXS=[0.1], YJJBNTMJ=[1.0]), plan / "永久基本农田.shp", encoding="GB18030")
    put(zone((5, 1)), plan / "永久基本农田储备区.shp", encoding="GB18030")
    put(zone((2, 0)), plan / "生态保护红线.shp", encoding="GB18030")
    put(zone((3, 0), (4, 0)), plan / "城镇开发边界.shp", encoding="GB18030")
    for page in folder.rglob("*.cpg"):
        page.unlink()
    quotas(folder / "指标分解表.xlsx")
    return folder


def container(path, driver):
    """All layers in one GDB or GeoPackage."""
    layers = {
        "CJDCQ": villages(), "JQDLTB": parcels(SURVEY, "JQDLBM", KCXS=[0.1] * 12),
        "GHDLTB": parcels(GUIDE, "GHDLBM"), "YJJBNTTB": zone((0, 0), KCXS=[0.1]),
        "YJJBNTCBQ": zone((5, 1)), "STBHHX": zone((2, 0)), "CSKFBJ": zone((3, 0)),
        "XZQJX": lines(),
    }  # fmt: skip
    for number, (name, data) in enumerate(layers.items()):
        put(data, path, name, driver, mode="a" if number else "w")
    return path
