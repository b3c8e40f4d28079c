# SPDX-License-Identifier: GPL-2.0-or-later
"""Small dirty counties made at random, as a dossier with a GeoPackage and a quota table.

Independent of the engine and of its sample county: plain shapely, geopandas and yaml.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

import geopandas as gpd
import numpy as np
import shapely
import yaml
from shapely.affinity import translate

CENTRE = (560_000.0, 3_440_000.0)  # 60 km off the meridian: the plane is 0.005 % wrong
FIELDS = {
    "units": {"code": "XZQDM", "name": "XZQMC", "town": "XZDM", "town_name": "XZMC",
              "cluster": "PQDM", "cluster_name": "PQMC"},
    "landuse": {"id": "BSM", "code": "DLBM", "deduction": "KCXS", "settlement": "CZCSXM"},
    "plan": {"id": "BSM", "code": "GHDLBM", "deduction": "KCXS"},
    "farmland": {"id": "BSM", "deduction": "KCXS"},
    "redline": {"id": "BSM"},
    "boundary": {"id": "BSM"},
}  # fmt: skip
NAMES = {"units": "units", "landuse": "JQDLTB", "plan": "GHDLTB", "farmland": "YJJBNTTB",
         "redline": "STBHHX", "boundary": "CZKFBJ"}  # fmt: skip
TABLES = {"landuse": "sandiao", "plan": "landuse-2023"}
TAGS = ("201", "202", "203", "204", "205", "201A", "203A")
STRANGE = ("9999", "0799", "")
SHARES = (0.9, 0.97, 0.995, 1.0, 1.005, 1.03, 1.1)


@dataclass
class Wish:
    """What kind of county is wanted."""

    parcels: int = 800
    seed: int = 1
    drop: tuple[str, ...] = ()  # roles left out of the dossier
    area: str = "ellipsoidal"
    strange_codes: bool = False
    shift: tuple[float, float] = (0.0, 0.0)
    crs: str = "EPSG:4544"
    tolerance: Mapping[str, float] | None = None


def make_random_county(folder: Path, wish: Wish, standards: Path) -> Path:
    """Write a county and give its dossier's path; the same wish gives the same county."""
    frames = random_layers(wish, standards)
    return write_county(folder, frames, wish)


def random_layers(wish: Wish, standards: Path) -> dict[str, gpd.GeoDataFrame]:
    """Make the layers of a county, a table a role."""
    rng = np.random.default_rng(wish.seed)
    ground = _Ground(wish.parcels, rng)
    frames = {"units": _units(ground, rng), "landuse": _landuse(ground, rng, standards)}
    frames["plan"] = _plan(ground, frames["landuse"], rng, standards)
    frames["farmland"] = _farmland(frames["landuse"], rng)
    frames["redline"] = _blobs(ground, rng, 4, "H")
    frames["boundary"] = _blobs(ground, rng, 4, "B")
    if wish.strange_codes:
        for role, column in (("landuse", "DLBM"), ("plan", "GHDLBM")):
            rows = rng.choice(len(frames[role]), 3, replace=False)
            frames[role].loc[rows, column] = STRANGE
    return {role: frame for role, frame in frames.items() if role not in wish.drop}


def write_county(
    folder: Path, frames: Mapping[str, gpd.GeoDataFrame], wish: Wish, name: str = "county"
) -> Path:
    """Write GeoPackage and dossier; layers in the order given."""
    folder.mkdir(parents=True, exist_ok=True)
    layers: dict[str, Any] = {}
    for role, frame in frames.items():
        moved = frame.set_geometry(shapely.transform(
            frame.geometry.to_numpy(), lambda xy: xy + np.array(wish.shift)
        )) if any(wish.shift) else frame  # fmt: skip
        moved.set_crs(wish.crs, allow_override=True).to_file(
            folder / f"{name}.gpkg", layer=NAMES[role], driver="GPKG", engine="pyogrio"
        )
        layers[role] = {"path": f"{name}.gpkg", "layer": NAMES[role], "fields": FIELDS[role]}
        if role in TABLES:
            layers[role]["codes"] = TABLES[role]
    dossier: dict[str, Any] = {
        "dossier": 1, "name": "随机县", "code": "510799", "crs": wish.crs, "standard": "cn-2023",
        "area": wish.area, "layers": layers,
    }  # fmt: skip
    if wish.tolerance:
        dossier["tolerance"] = dict(wish.tolerance)
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(dossier, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def add_quotas(dossier: Path, values: Mapping[tuple[str, ...], float], seed: int) -> None:
    """Write a quota table around true values, so that every outcome occurs, ties too.

    `values` maps (level, unit, indicator) to hectares; one in eight gets no quota.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for (_, unit, indicator), value in sorted(values.items()):
        if rng.random() < 0.125 or np.isnan(value):
            continue
        reserve = round(float(rng.uniform(0, 3)), 2) if indicator == "construction" else ""
        quota = (value + (reserve or 0.0)) * rng.choice(SHARES)
        rows.append([unit, indicator, f"{quota:.{rng.integers(2, 5)}f}", reserve])
    with (dossier.parent / "quotas.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["unit", "indicator", "quota_ha", "reserve_ha"])
        writer.writerows(rows)
    given = yaml.safe_load(dossier.read_text(encoding="utf-8"))
    given["quotas"] = {"path": "quotas.csv"}
    dossier.write_text(yaml.safe_dump(given, allow_unicode=True, sort_keys=False), encoding="utf-8")


class _Ground:
    """The plane the county lies in: a box, and a bend that gives straight cells natural edges."""

    def __init__(self, parcels: int, rng: np.random.Generator) -> None:
        self.rng = rng
        self.half = np.sqrt(parcels * 25_000.0) / 2
        self.phase = rng.uniform(0, 6.28, 6)
        self.parcels = self.cells(parcels, 1.0)

    def cells(self, count: int, spread: float, step: float = 35.0) -> np.ndarray:
        """Give about `count` cells that tile a box `spread` times the ground."""
        half = self.half * spread
        points = self.rng.uniform(-half, half, (count, 2))
        box = shapely.box(-half, -half, half, half)
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
        cells = shapely.intersection(cells, box)
        return self.bend(cells[shapely.area(cells) > 1.0], step)

    def bend(self, shapes: np.ndarray, step: float) -> np.ndarray:
        """Bend straight edges; a shared edge stays shared but for rounding."""
        p = self.phase

        def move(xy: np.ndarray) -> np.ndarray:
            x, y = xy.T
            dx = 9 * np.sin(x / 83 + p[0]) * np.cos(y / 61 + p[1]) + 4 * np.sin(y / 29 + p[2])
            dy = 9 * np.cos(x / 71 + p[3]) * np.sin(y / 97 + p[4]) + 4 * np.sin(x / 31 + p[5])
            return np.column_stack([x + dx + CENTRE[0], y + dy + CENTRE[1]])

        return shapely.transform(shapely.segmentize(shapes, step), move)


def _frame(shapes: Any, crs: str = "EPSG:4544", **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def _units(ground: _Ground, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Make villages on most of the land: with exclaves, an overlap, a hole, two parts."""
    cells = ground.cells(13, 0.93, 40.0)
    shapes = list(cells)
    code = [f"510799{101 + i % 4}{201 + i}" for i in range(len(cells))]
    middle = shapely.point_on_surface(cells[3])
    island = middle.buffer(ground.half / 25)
    shapes[3] = cells[3].difference(island)
    shapes.append(island)  # an exclave inside another village
    code.append(code[7])
    code[5] = code[0]  # a village in two features
    shapes[2] = shapely.buffer(cells[2], 0.6)  # overlaps its neighbours
    town = [one[6:9] for one in code]
    return _frame(
        shapes, XZQDM=code, XZQMC=[f"村{one[-3:]}" for one in code],
        XZDM=[f"510799{one}" for one in town], XZMC=[f"镇{one}" for one in town],
        PQDM=[f"P{int(one) % 2 + 1}" for one in town],
        PQMC=[f"片区{int(one) % 2 + 1}" for one in town],
    )  # fmt: skip


def _codes(standards: Path, table: str) -> np.ndarray:
    with (standards / "cn-2023" / "codes" / f"{table}.csv").open(encoding="utf-8") as stream:
        return np.array([row["code"] for row in csv.DictReader(stream)])


def _landuse(ground: _Ground, rng: np.random.Generator, standards: Path) -> gpd.GeoDataFrame:
    """Make the base: two parcels in five cultivated, some merged, split, lost or overlapping."""
    shapes = _remake(ground.parcels, rng, 0.04, 0.04)
    shapes = _dirt(shapes, rng)
    every = _codes(standards, "sandiao")
    count = len(shapes)
    fields = rng.choice(["0101", "0102", "0103"], count)
    code = np.where(rng.random(count) < 0.4, fields, rng.choice(every, count))
    ridged = np.char.startswith(code, "01") | (rng.random(count) < 0.05)
    ridge = np.where(ridged, rng.uniform(0.02, 0.2, count), 0.0)
    ridge[rng.random(count) < 0.2] = np.nan
    tags = np.where(rng.random(count) < 0.25, rng.choice(TAGS, count), "")
    ids = [f"L{i:05d}" for i in range(count)]
    return _frame(shapes, BSM=ids, DLBM=code, KCXS=ridge.round(4), CZCSXM=tags)


def _plan(
    ground: _Ground, base: gpd.GeoDataFrame, rng: np.random.Generator, standards: Path
) -> gpd.GeoDataFrame:
    """Make the plan: much of the base's geometry, some of it redrawn, many uses changed."""
    shapes = _remake(base.geometry.to_numpy(), rng, 0.08, 0.06)
    near = np.array([translate(one, 0.4, -0.3) if rng.random() < 0.03 else one for one in shapes])
    every = _codes(standards, "landuse-2023")
    code = rng.choice(every, len(near))
    keep = rng.random(len(near)) < 0.45
    code = np.where(keep, rng.choice(["0101", "0103", "0301", "0703", "0202"], len(near)), code)
    ridge = np.where(rng.random(len(near)) < 0.4, rng.uniform(0.02, 0.2, len(near)), np.nan)
    ids = [f"G{i:05d}" for i in range(len(near))]
    return _frame(near, BSM=ids, GHDLBM=code, KCXS=ridge.round(4))


def _remake(
    shapes: np.ndarray, rng: np.random.Generator, merged: float, split: float
) -> np.ndarray:
    """Merge some neighbours (also far ones, to multiparts) and split some parcels by a line."""
    shapes = shapes[shapely.is_valid(shapes)]
    out = list(shapes)
    tree = shapely.STRtree(shapes)
    for i in rng.choice(len(out), int(merged * len(out)), replace=False):
        near = [j for j in tree.query(shapes[i], "intersects") if j != i and out[j] is not None]
        j = rng.choice(near) if near and rng.random() < 0.8 else rng.integers(len(out))
        if out[i] is not None and out[j] is not None and i != j:
            out[i], out[j] = shapely.union(out[i], out[j]), None
    for i in rng.choice(len(out), int(split * len(out)), replace=False):
        if out[i] is not None:
            x0, y0, x1, y1 = out[i].bounds
            half = shapely.box(x0 - 1, y0 - 1, x0 + (x1 - x0) * rng.uniform(0.2, 0.8), y1 + 1)
            out.append(_polygonal(out[i].difference(half)))
            out[i] = _polygonal(out[i].intersection(half))
    return np.array([one for one in out if one is not None and not one.is_empty], dtype=object)


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts) if len(parts) != 1 else parts[0]


def _dirt(shapes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lose some parcels, let some overlap, punch a hole with an island, twist one invalid."""
    out = list(shapes)
    for i in rng.choice(len(out), max(3, len(out) // 60), replace=False):
        out[i] = shapely.buffer(out[i], rng.choice([0.3, 2.0, 15.0]), join_style="mitre")
    i = int(rng.integers(len(out)))
    island = shapely.point_on_surface(out[i]).buffer(15)
    out[i] = _polygonal(out[i].difference(island))
    out.append(island)
    lost = set(rng.choice(len(out), max(2, len(out) // 80), replace=False).tolist())
    out = [one for row, one in enumerate(out) if row not in lost]
    x, y = shapely.get_coordinates(out[7])[0]
    out.append(shapely.Polygon([(x, y), (x + 40, y + 40), (x + 40, y), (x, y + 40), (x, y)]))
    return np.array(out, dtype=object)


def _farmland(base: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Make basic farmland: parcels shifted by 0.3 to 0.8 m, and dissolved blocks."""
    farmed = base.geometry[base["DLBM"].str.startswith("01")].to_numpy()
    farmed = farmed[shapely.is_valid(farmed)]
    pick = rng.random(len(farmed))
    shapes = []
    for shape in farmed[pick < 0.5]:
        turn, step = rng.uniform(0, 6.28), rng.uniform(0.3, 0.8)
        shapes.append(translate(shape, step * np.cos(turn), step * np.sin(turn)))
    rest = farmed[(pick >= 0.4) & (pick < 0.8)]  # some of them a second time
    west = shapely.get_coordinates(shapely.centroid(rest))[:, 0] < CENTRE[0]
    shapes += [_polygonal(shapely.union_all(rest[side])) for side in (west, ~west)]
    order = rng.permutation(len(shapes))
    ridge = np.where(rng.random(len(shapes)) < 0.3, rng.uniform(0.02, 0.2, len(shapes)), np.nan)
    ids = [f"Y{i:05d}" for i in range(len(shapes))]
    return _frame([shapes[i] for i in order], BSM=ids, KCXS=ridge.round(4))


def _blobs(ground: _Ground, rng: np.random.Generator, count: int, mark: str) -> gpd.GeoDataFrame:
    """Make control polygons that overlap each other, the units' edge and one another's layer."""
    cells = ground.cells(90, 1.1, 25.0)
    shapes = []
    for _ in range(count):
        centre = shapely.Point(rng.uniform(-0.8, 0.8, 2) * ground.half + CENTRE)
        near = shapely.distance(cells, centre) < ground.half * rng.uniform(0.1, 0.4)
        shapes.append(_polygonal(shapely.union_all(cells[near])))
    shapes.append(centre.buffer(ground.half / 6).difference(centre.buffer(ground.half / 12)))
    return _frame(shapes, BSM=[f"{mark}{i}" for i in range(len(shapes))])
