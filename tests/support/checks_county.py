# SPDX-License-Identifier: GPL-2.0-or-later
"""A county of boxes and a naive fabric of it, so that checks are tested without the overlay."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely
from pianqu.layers import findings
from pianqu.layers.model import County, Layer, UnitTree
from pianqu.layers.standard import load_standard

CRS = "EPSG:4544"
TABLES = {"landuse": "sandiao", "plan": "landuse-2023"}
ROLES = ("landuse", "plan", "farmland", "redline", "boundary")


@dataclass
class FakeTolerance:
    min_area_m2: float = 1.0
    min_width_m: float = 0.2
    warn_margin: float = 0.02


@dataclass
class FakeDossier:
    crs: str = CRS
    name: str = "示例县"
    code: str = "510799"
    tolerance: FakeTolerance = field(default_factory=FakeTolerance)
    layers: dict = field(default_factory=dict)


@dataclass
class FakeFabric:
    pieces: pd.DataFrame
    unit_m2: np.ndarray
    geometry: np.ndarray
    overlaps: dict = field(default_factory=dict)
    outside: dict = field(default_factory=dict)
    amiss: dict = field(default_factory=dict)
    residual_m2: float = 0.0

    def shapes(self, rows):
        return self.geometry[rows]

    def measure(self, geometries):
        return shapely.area(geometries)


def box(x, y, width=100.0, height=100.0):
    return shapely.box(x, y, x + width, y + height)


def layer(role, features, unread=()):
    """Make a layer of (shape, code, further columns...) tuples or of (shape, dict)."""
    rows = []
    for number, (_, values) in enumerate(features):
        values = {"code": values} if isinstance(values, str) else dict(values)
        rows.append({"id": f"{role[0]}{number}", "deduction": np.nan, "settlement": "", **values})
    columns = ["id", "deduction", "settlement"] + (["code"] if role in TABLES else [])
    data = pd.DataFrame(rows, columns=columns)
    geometry = np.empty(len(features), dtype=object)
    geometry[:] = [shape for shape, _ in features]
    return Layer(role, f"{role}.gpkg", geometry, data, TABLES.get(role, ""), list(unread))


def tree(villages, levels=("county", "cluster", "town", "village")):
    """Make a unit tree of (code, town, cluster) tuples in order of code."""
    rows = [
        {
            "code": code, "name": f"村{code}", "town": town, "town_name": f"镇{town}",
            "cluster": cluster, "cluster_name": f"片区{cluster}",
            "county": "510799", "county_name": "示例县",
        }
        for code, town, cluster in villages
    ]  # fmt: skip
    return UnitTree(pd.DataFrame(rows, dtype=object), np.arange(len(rows)), tuple(levels))


def county(units, villages=None, quotas=(), missing=None, named=(), tolerance=None, **layers):
    """Make a county: `units` shapes, `villages` their (code, town, cluster), layers by role."""
    villages = villages or [(f"v{i}", "t0", "c0") for i in range(len(units))]
    dossier = FakeDossier(tolerance=FakeTolerance(**(tolerance or {})))
    made = {
        role: given if isinstance(given, Layer) else layer(role, given)
        for role, given in layers.items()
    }
    dossier.layers = dict.fromkeys([*made, *named])
    shapes = np.empty(len(units), dtype=object)
    shapes[:] = units
    data = pd.DataFrame({"id": [code for code, *_ in villages]})
    columns = ["level", "unit", "indicator", "quota_ha", "reserve_ha"]
    rows = [(*row, np.nan) if len(row) == 4 else row for row in quotas]
    return County(
        dossier, load_standard("cn-2023"), Layer("units", "units.gpkg", shapes, data),
        tree(villages), made, pd.DataFrame(rows, columns=columns), findings.none(CRS),
        dict(missing or {}),
    )  # fmt: skip


def naive_fabric(county):
    """Cut everything into each other the slow way: intersection by intersection, first come."""
    pieces = [({"unit": i}, shape) for i, shape in enumerate(county.units.geometry)]
    for role in ROLES:
        if role not in county.layers:
            continue
        cut = []
        for row, shape in pieces:
            left = shape
            for number, other in enumerate(county.layers[role].geometry):
                if other is None:
                    continue
                part = shapely.intersection(left, other)
                if part.area > 0:
                    cut.append(({**row, role: number}, areal(part)))
                    left = shapely.difference(left, other)
            if left.area > 0:
                cut.append(({**row, role: -1}, areal(left)))
        pieces = cut
    table = pd.DataFrame([row for row, _ in pieces])
    geometry = np.empty(len(pieces), dtype=object)
    geometry[:] = [shape for _, shape in pieces]
    table["gross_m2"] = shapely.area(geometry)
    return FakeFabric(table, shapely.area(county.units.geometry), geometry)


def areal(shape):
    """Keep the polygons of an intersection."""
    if shape.geom_type == "GeometryCollection":
        return shapely.union_all([part for part in shape.geoms if part.area > 0])
    return shape


def table_fabric(pieces, units):
    """Make a fabric of a table of pieces without geometry worth the name."""
    geometry = np.array([box(i * 1000.0, 0, 100, 100) for i in range(len(pieces))], dtype=object)
    unit_m2 = np.bincount(pieces["unit"], weights=pieces["gross_m2"], minlength=units)
    return FakeFabric(pieces, unit_m2, geometry)
