# SPDX-License-Identifier: GPL-2.0-or-later
"""A made `Results` for the tests of the reports: a small county of squares and Voronoi cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pianqu.layers import findings as record
from pianqu.layers.former import no_decisions
from pianqu.layers.model import County, Layer, UnitTree
from pianqu.layers.words import pick

CRS = "EPSG:4544"
NAMES = ("柏梓", "青堤", "沉抗", "太和", "金华")
WEST, SOUTH, SIDE = 490_000.0, 3_400_000.0, 4_000.0  # a village is a square of 4 km
CLASSES = (
    ("cultivated", "耕地", "Cultivated land", "0101"),
    ("garden", "园地", "Garden land", "0201"),
    ("forest", "林地", "Forest land", "0301"),
    ("grass", "草地", "Grassland", "0401"),
    ("urban", "城镇建设用地", "Urban construction land", "0701"),
    ("village", "村庄建设用地", "Village construction land", "0703"),
    ("infrastructure", "区域基础设施用地", "Regional infrastructure", "1202"),
    ("water", "陆地水域", "Inland water", "1701"),
)
INDICATORS = (
    ("farmland", "耕地保有量", ">="),
    ("basic_farmland", "永久基本农田保护面积", ">="),
    ("redline", "生态保护红线面积", ">="),
    ("construction", "城乡建设用地规模", "<="),
    ("boundary", "城镇开发边界规模", "<="),
)


@dataclass
class MadeTable:
    """Stand in for a code table: the class of a code by its place in CLASSES."""

    name: str = "landuse-2023"

    def classes(self, codes: Any) -> np.ndarray:
        """Give the class id of each code."""
        known = {code: class_id for class_id, _, _, code in CLASSES}
        return np.array([known.get(code, "") for code in codes], dtype=object)


@dataclass
class MadeStandard:
    """Stand in for the standard: what the reports ask of it and no more."""

    id: str = "cn-2023"
    name: str = "国土空间规划(2023)"
    version: str = "1"
    classes: tuple[Any, ...] = tuple(
        SimpleNamespace(id=i, name_zh=z, name_en=e, change_group="") for i, z, e, _ in CLASSES
    )

    indicators: tuple[Any, ...] = tuple(
        SimpleNamespace(id=i, reserve=i == "construction") for i, _, _ in INDICATORS
    )

    def code_table(self, name: str) -> MadeTable:
        """Give the only table there is."""
        return MadeTable(name)

    def zones(self) -> tuple[Any, ...]:
        """List two zones."""
        return tuple(
            SimpleNamespace(id=role, role=role, name_zh=zh, name_en=en)
            for role, zh, en in (
                ("farmland", "永久基本农田", "Farmland"),
                ("redline", "生态保护红线", "Red line"),
            )
        )

    def rule(self, rule_id: str) -> Any:
        """Name a rule."""
        names = {
            "control.farmland": ("占用永久基本农田", "Use inside basic farmland"),
            "control.redline": ("占用生态保护红线", "Use inside the red line"),
            "data.gap": ("单元未被地类覆盖", "Gap in the parcels"),
        }
        zh, en = names.get(rule_id, (rule_id, rule_id))
        name = pick(zh, en)
        return SimpleNamespace(name=name, name_zh=zh, name_en=en, remedy_zh="", remedy_en="")

    def indicator(self, indicator: str) -> Any:
        """Find an indicator's name."""
        found = [name for one, name, _ in INDICATORS if one == indicator]
        return SimpleNamespace(name=found[0]) if found else None


@dataclass
class MadeFabric:
    """Stand in for the fabric."""

    pieces: pd.DataFrame
    unit_m2: np.ndarray
    overlaps: dict[str, Any] = field(default_factory=dict)
    outside: dict[str, Any] = field(default_factory=dict)
    residual_m2: float = 0.0


@dataclass
class MadeResults:
    """Stand in for checks.results.Results."""

    county: County
    fabric: MadeFabric
    indicators: pd.DataFrame
    findings: gpd.GeoDataFrame
    land_balance: pd.DataFrame
    transfers: pd.DataFrame
    ledgers: pd.DataFrame
    problem_list: pd.DataFrame
    negative_list: pd.DataFrame
    sector_matrix: pd.DataFrame
    run: dict[str, Any]
    decisions: pd.DataFrame = field(default_factory=no_decisions)
    sectors: Any = None


def villages(clusters: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Lay out clusters side by side, each two towns of two by three villages."""
    rows, shapes = [], []
    for number in range(clusters * 12):
        cluster, inside = divmod(number, 12)
        town, place = divmod(inside, 6)
        column, row = cluster * 4 + town * 2 + place % 2, place // 2
        rows.append(
            (
                f"5107991{cluster}{town}{place:02d}",
                f"第{number + 1}村",
                f"5107991{cluster}{town}",
                f"{'东西'[town]}镇{cluster + 1}",
                f"P{cluster + 1}",
                f"{NAMES[cluster % 5]}片区",
                "510799",
                "示例县",
            )
        )
        x, y = WEST + column * SIDE, SOUTH + row * SIDE
        shapes.append(shapely.box(x, y, x + SIDE, y + SIDE))
    names = [
        "code",
        "name",
        "town",
        "town_name",
        "cluster",
        "cluster_name",
        "county",
        "county_name",
    ]
    return pd.DataFrame(rows, columns=names), np.array(shapes, dtype=object)


def parcels(units: np.ndarray, count: int, seed: int, vertices: int) -> np.ndarray:
    """Cut the county into Voronoi cells, with extra vertices on the edges on wish."""
    rng = np.random.default_rng(seed)
    extent = shapely.box(*shapely.total_bounds(units))
    left, low, right, high = extent.bounds
    spots = np.column_stack([rng.uniform(left, right, count), rng.uniform(low, high, count)])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(spots)))
    cells = shapely.intersection(cells, extent)
    if vertices:
        cells = shapely.segmentize(cells, np.sqrt(extent.area / count) * 4 / vertices)
    return cells


def results(
    *, clusters: int = 2, count: int = 300, seed: int = 1, vertices: int = 0, problems: int = 40
) -> MadeResults:
    """Make the results of one county; `problems` is the number of control findings."""
    finest, shapes = villages(clusters)
    rng = np.random.default_rng(seed)
    cells = parcels(shapes, count, seed, vertices)
    kinds = rng.choice(len(CLASSES), len(cells), p=[0.4, 0.08, 0.25, 0.03, 0.06, 0.09, 0.04, 0.05])
    codes = np.array([row[3] for row in CLASSES], dtype=object)[kinds]
    ids = [f"{i:08d}" for i in range(len(cells))]
    plan = Layer("plan", "county.gpkg|GHDLTB", cells, pd.DataFrame({"id": ids, "code": codes}), "x")
    farm = cells[kinds == 0][::2]
    zones = {"farmland": farm, "redline": lens(shapes, 0.2), "boundary": lens(shapes, 0.55)}
    layers = {"plan": plan}
    for role, geometry in zones.items():
        names = pd.DataFrame({"id": [f"{role}{i}" for i in range(len(geometry))]})
        layers[role] = Layer(role, f"county.gpkg|{role}", geometry, names)
    pieces = fabric_pieces(shapes, layers)
    county = County(
        dossier=SimpleNamespace(
            name="示例县", code="510799", crs=CRS, base_year=2020, target_year=2035, layers=layers,
            standard="cn-2023", area="ellipsoidal",
            tolerance=SimpleNamespace(min_area_m2=1.0, min_width_m=0.2, warn_margin=0.02),
        ),
        standard=MadeStandard(), units=Layer("units", "county.gpkg|units", shapes, finest),
        tree=UnitTree(finest, np.arange(len(finest))), layers=layers, quotas=pd.DataFrame(),
        findings=record.none(CRS), missing={"reserve": "没有这一图层"},
    )  # fmt: skip
    found = made_findings(county, pieces, problems, rng)
    return MadeResults(
        county, MadeFabric(pieces, shapely.area(shapes)), made_indicators(finest, rng), found,
        *made_balance(finest, rng), made_ledgers(finest), made_problems(found, finest),
        made_negative(finest), pd.DataFrame({"sector_a": [], "sector_b": [], "count": [],
        "area_ha": []}).astype({"sector_a": object, "sector_b": object, "count": int}), made_run(),
    )  # fmt: skip


def lens(shapes: np.ndarray, where: float) -> np.ndarray:
    """Put a round zone into each cluster."""
    left, low, right, _ = shapely.total_bounds(shapes)
    centres = np.arange(left + 4 * SIDE * where, right, 4 * SIDE)
    return shapely.buffer(shapely.points(centres, low + SIDE * (0.8 + where)), SIDE * 0.6)


def fabric_pieces(shapes: np.ndarray, layers: dict[str, Layer]) -> pd.DataFrame:
    """Pair units and parcels by plain intersection; zones count where the parcel's middle lies."""
    cells = layers["plan"].geometry
    tree = shapely.STRtree(cells)
    unit, cell = tree.query(shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(shapes[unit], cells[cell]))
    keep = area > 0
    pieces = pd.DataFrame({"unit": unit[keep], "plan": cell[keep]})
    middle = shapely.point_on_surface(cells)
    for role in ("farmland", "redline", "boundary"):
        row = np.full(len(cells), -1)
        spot, zone = shapely.STRtree(layers[role].geometry).query(middle, predicate="intersects")
        row[spot] = zone
        pieces[role] = row[pieces["plan"]]
    pieces["gross_m2"] = area[keep]
    return pieces


def made_findings(
    county: County, pieces: pd.DataFrame, count: int, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Make control findings on parcels, one quota finding and one of the data."""
    chosen = pieces.drop_duplicates("plan").sample(count, random_state=3)
    shapes = county.layers["plan"].geometry[chosen["plan"]]
    spots = shapely.centroid(shapes)
    size = np.sqrt(shapely.area(shapes)) * rng.uniform(0.01, 0.4, count)
    geometry = shapely.intersection(shapely.buffer(spots, size), shapes)
    units = county.tree.finest.iloc[chosen["unit"]]
    new = rng.random(count) < 0.6
    farm = rng.random(count) < 0.7
    hard = rng.random(count) < 0.5
    control = record.make(
        {
            "rule": np.where(farm, "control.farmland", "control.redline"),
            "severity": np.where(new & hard, "error", np.where(hard, "warning", "info")),
            "level": "village", "unit": units["code"].to_numpy(),
            "unit_name": units["name"].to_numpy(),
            "cluster": units["cluster"].to_numpy(), "subject_layer": "plan",
            "subject_id": [f"{i:08d}" for i in chosen["plan"]], "subject_label": "0703 农村宅基地",
            "object_layer": np.where(farm, "farmland", "redline"), "object_id": "A1",
            "verdict": np.where(hard, "forbid", "conditional"),
            "change": np.where(new, "new", "existing"), "area_m2": shapely.area(geometry),
            "unit_of_measure": "m2", "message": "规划农村宅基地占用永久基本农田",
            "remedy": "调整规划用途或补划",
        },
        geometry, CRS,
    )  # fmt: skip
    town = county.tree.finest.iloc[0]
    quota = record.make(
        {"rule": "quota.farmland", "severity": "error", "level": "town", "unit": town["town"],
         "unit_name": town["town_name"], "cluster": town["cluster"], "value": 100.0, "limit": 120.0,
         "excess": -20.0, "unit_of_measure": "ha", "message": "耕地保有量低于指标 20.00 公顷"},
        [None], CRS,
    )  # fmt: skip
    gap = record.make(
        {"rule": "data.gap", "severity": "warning", "level": "village", "unit": town["code"],
         "unit_name": town["name"], "cluster": town["cluster"], "subject_layer": "landuse",
         "area_m2": 12.5, "unit_of_measure": "m2", "message": "单元有 12.5 平方米未被地类图斑覆盖"},
        [shapely.box(WEST, SOUTH, WEST + 5, SOUTH + 2.5)], CRS,
    )  # fmt: skip
    return record.join([control, quota, gap], CRS)


def every_unit(finest: pd.DataFrame) -> list[tuple[str, str, str]]:
    """List level, unit, name from the county down."""
    out = []
    for level, code, name in (
        ("county", "county", "county_name"), ("cluster", "cluster", "cluster_name"),
        ("town", "town", "town_name"), ("village", "code", "name"),
    ):  # fmt: skip
        for row in finest.drop_duplicates(code).itertuples():
            out.append((level, getattr(row, code), getattr(row, name)))
    return out


def made_indicators(finest: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give each unit each indicator, all four outcomes among them."""
    rows = []
    for level, unit, name in every_unit(finest):
        for indicator, title, direction in INDICATORS:
            quota = round(float(rng.uniform(200, 4000)), 2)
            plan = round(quota * (1 + float(rng.uniform(-0.06, 0.08))), 2)
            margin = round(plan - quota if direction == ">=" else quota - plan, 2)
            outcome, reason = "passed", ""
            if level == "village" or indicator == "boundary":
                quota, margin, outcome, reason = np.nan, np.nan, "not_checked", "没有下达指标"
            elif margin < 0:
                outcome = "failed"
            elif margin < 0.02 * quota:
                outcome = "warning"
            rows.append(
                (level, unit, name, indicator, title, direction, quota, round(plan * 1.01, 2), plan,
                 margin, outcome, reason)
            )  # fmt: skip
    names = ["level", "unit", "unit_name", "indicator", "name", "direction", "quota_ha", "base_ha",
             "plan_ha", "margin_ha", "outcome", "reason"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def made_balance(
    finest: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the structure table and the transfers."""
    balance, moves = [], []
    for level, unit, name in every_unit(finest):
        for class_id, title, _, _ in CLASSES:
            base = round(float(rng.uniform(10, 900)), 2)
            change = round(float(rng.uniform(-30, 30)), 2)
            balance.append(
                (level, unit, class_id, base, round(base + change, 2), change, name, title)
            )
        for source in CLASSES[:4]:
            for target in CLASSES[3:6]:
                area = round(float(rng.uniform(0, 20)), 2)
                moves.append((level, unit, source[0], target[0], area, name, source[1], target[1]))
    first = ["level", "unit", "class", "base_ha", "plan_ha", "change_ha", "unit_name", "class_name"]
    second = [
        "level",
        "unit",
        "from_class",
        "to_class",
        "area_ha",
        "unit_name",
        "from_name",
        "to_name",
    ]
    return pd.DataFrame(balance, columns=first), pd.DataFrame(moves, columns=second)


def made_ledgers(finest: pd.DataFrame) -> pd.DataFrame:
    """Make the two ledgers."""
    rows = []
    for level, unit, name in every_unit(finest):
        for ledger, title in (("occupation", "建设占用耕地"), ("conversion", "耕地转其他农用地")):
            target = ("village", "村庄建设用地") if ledger == "occupation" else ("garden", "园地")
            rows.append(
                (
                    level,
                    unit,
                    name,
                    ledger,
                    title,
                    "cultivated",
                    target[0],
                    "耕地",
                    target[1],
                    12.5,
                    11.25,
                )
            )
    names = ["level", "unit", "unit_name", "ledger", "name", "from_class", "to_class", "from_name",
             "to_name", "gross_ha", "net_ha"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def made_problems(found: gpd.GeoDataFrame, finest: pd.DataFrame) -> pd.DataFrame:
    """Group the findings as the problem list does."""
    names = dict(zip(finest["cluster"], finest["cluster_name"]))
    keys = ["cluster", "rule", "severity", "change"]
    grouped = found.groupby(keys, sort=True).agg(count=("id", "size"), area=("area_m2", "sum"))
    out = grouped.reset_index()
    out.insert(1, "cluster_name", out["cluster"].map(names))
    out.insert(3, "rule_name", out["rule"].map(lambda rule: MadeStandard().rule(rule).name_zh))
    out["area_ha"] = (out.pop("area") / 1e4).round(2)
    out["remedy"] = "调整规划用途或补划"
    return out


def made_negative(finest: pd.DataFrame) -> pd.DataFrame:
    """Make a negative list."""
    rows = []
    for row in finest.drop_duplicates("cluster").itertuples():
        rows.append(
            (row.cluster, row.cluster_name, "farmland", "永久基本农田", 812.35, "forbid",
             "07, 08", "居住用地、公共管理与公共服务用地", "不得占用", "基本农田保护条例", "high")
        )  # fmt: skip
        rows.append(
            (row.cluster, row.cluster_name, "redline", "生态保护红线", 120.0, "conditional", "1202",
             "公路用地", "必须且无法避让的线性基础设施", "自然资发〔2022〕142号", "medium")
        )  # fmt: skip
    names = ["cluster", "cluster_name", "zone", "zone_name", "zone_ha", "verdict", "codes",
             "code_names", "note", "basis", "confidence"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def made_run() -> dict[str, Any]:
    """Make what run.json holds."""
    return {
        "stamp": "2026-11-23T10:00:00Z", "crs": CRS, "area_method": "ellipsoidal",
        "standard": {"id": "cn-2023", "version": "1", "name": "国土空间规划(2023)"},
        "inputs": [
            {"role": "units", "file": "county.gpkg", "layer": "units", "read": 24, "used": 24},
            {"role": "plan", "file": "county.gpkg", "layer": "GHDLTB", "read": 300, "used": 299},
        ],
        "versions": {"shapely": "2.2.0", "geos": "3.14.0"},
        "seconds": {"read": 1.25, "fabric": 0.5},
        "dropped": {"control.farmland": {"count": 3, "area_m2": 0.42}}, "residual_m2": 0.0,
    }  # fmt: skip
