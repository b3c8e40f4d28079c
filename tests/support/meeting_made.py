# SPDX-License-Identifier: GPL-2.0-or-later
"""Made results of a check of sector plans and a register of them, for the meeting's papers.

The county is 12 km by 8 km: two clusters of two towns each. Every project is a rectangle, so a test
can say what a map has to show.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pianqu.register import model
from pianqu.register.geopackage import write_copy
from pianqu.register.model import County
from pianqu.register.store import Whole

CRS = "EPSG:4544"
WEST, SOUTH = 500_000.0, 3_400_000.0
PLANS = (
    ("transport", "交通运输专项规划", "交通运输局", "#e4572e"),
    ("water", "水利发展专项规划", "水利局", "#2e86ab"),
    ("education", "教育设施专项规划", "教育局", "#f2c14e"),
    ("health", "医疗卫生专项规划", "卫生健康局", "#d1495b"),
    ("tourism", "文化旅游专项规划", "文化和旅游局", "#8f5db7"),
    ("heritage", "文物保护专项规划", "文化和旅游局", "#7a5c3e"),
    ("parks", "现代农业园区专项规划", "农业农村局", "#6a994e"),
    ("logistics", "商贸物流专项规划", "商务局", "#577590"),
    ("housing", "住房发展专项规划", "住房和城乡建设局", "#bc6c25"),
    ("fire", "消防专项规划", "消防救援大队", "#c1121f"),
)
TOWNS = {
    "T1": ("柏梓镇", "C1"),
    "T2": ("青堤镇", "C1"),
    "T3": ("沉抗镇", "C2"),
    "T4": ("太和镇", "C2"),
}
CLUSTERS = {"C1": "北部片区", "C2": "南部片区"}
# plan, code, name, use, use name, start, end, rectangle (x, y, width, height in m), town
PROJECTS = (
    ("transport", "JT001", "县道改线", "1202", 2024, 2027, (600, 1500, 5200, 36), "T1"),
    ("transport", "JT002", "客运枢纽站", "1208", 2025, 2028, (2400, 3000, 260, 200), "T2"),
    ("water", "SL001", "青堤水库扩容", "1705", 2023, 2026, (3000, 1300, 900, 600), "T1"),
    ("education", "JY001", "柏梓小学", "080403", 2025, 2027, (1500, 1460, 210, 170), "T1"),
    ("education", "JY002", "青堤小学", "080403", 2026, 2028, (2600, 3150, 180, 150), "T2"),
    ("health", "WS001", "中心卫生院", "080601", 2025, 2026, None, ""),
    ("tourism", "LY001", "沉抗湖度假村", "0902", 2026, 2030, (7000, 2100, 420, 300), "T3"),
    ("heritage", "WW001", "古城墙遗址", "1504", 2024, 2025, (9200, 5200, 120, 400), "T4"),
    ("parks", "NY001", "设施农业园", "0601", 2024, 2029, (7300, 2250, 800, 420), "T3"),
    ("logistics", "WL001", "冷链物流园", "1101", 2025, 2029, (9250, 5300, 360, 260), "T4"),
    ("housing", "ZF001", "安置小区", "0701", 2024, 2026, (9500, 5450, 240, 200), "T4"),
    ("fire", "XF001", "消防站", "1310", 2025, 2026, (4800, 5000, 80, 60), "T2"),
)
USES = {
    "1202": "公路用地", "1208": "交通场站用地", "1705": "水库水面", "080403": "小学用地",
    "080601": "医院用地", "0902": "商务金融用地", "1504": "文物古迹用地", "0601": "乡村道路用地",
    "1101": "物流仓储用地", "0701": "城镇住宅用地", "1310": "消防用地",
}  # fmt: skip
# rule, severity, subject, object, state in the register ("" not in it), change
CONFLICTS = (
    ("sector.overlap", "error", "JT001", "SL001", "agreed"),
    ("sector.overlap", "error", "JT001", "JY001", "open"),
    ("sector.overlap", "error", "JT002", "JY002", "reopened"),
    ("sector.overlap", "error", "LY001", "NY001", "waived"),
    ("sector.overlap", "error", "WL001", "ZF001", ""),
    ("sector.control.farmland", "error", "NY001", "farmland", "open"),
    ("sector.control.redline", "warning", "LY001", "redline", "open"),
    ("sector.control.boundary", "warning", "WL001", "boundary", "waived"),
    ("sector.plan", "warning", "ZF001", "plan", "open"),
    ("sector.projects", "warning", "WS001", "", "open"),
    ("sector.sequence", "warning", "WW001", "WL001", "open"),
    ("sector.duplicate", "warning", "JY001", "JY002", "open"),
    ("sector.reserve", "error", "JT002", "reserve", "open"),
    ("sector.demand", "error", "sectors", "quotas", "open"),
    ("sector.overlap", "info", "WW001", "LY001", "open"),  # two plans of one department
)
_NAMES = {
    "farmland": "永久基本农田", "redline": "生态保护红线", "boundary": "城镇开发边界",
    "plan": "规划用地", "reserve": "铁路预留通道", "quotas": "城乡建设用地规模",
}  # fmt: skip


def rectangle(x, y, wide, high):
    """Give a rectangle of the county, metres from its south-west corner."""
    return shapely.MultiPolygon(
        [shapely.box(WEST + x, SOUTH + y, WEST + x + wide, SOUTH + y + high)]
    )


def conflict_id(number):
    """Give the id of a conflict as its place in CONFLICTS."""
    return hashlib.sha256(f"conflict {number}".encode()).hexdigest()[:16]


def projects():
    """Make the layer `projects`."""
    names = {plan: (name, department) for plan, name, department, _ in PLANS}
    rows, shapes = [], []
    for plan, code, name, use, start, end, place, town in PROJECTS:
        shape = rectangle(*place) if place else None
        area = shape.area if shape else np.nan
        town_name, cluster = TOWNS.get(town, ("", ""))
        rows.append(
            {
                "sector": plan, "sector_name": names[plan][0], "department": names[plan][1],
                "project": code, "name": name, "label": name, "content": f"新建{name}一处",
                "standard": "二级", "use": use, "use_name": USES[use], "start": start, "end": end,
                "listed_m2": 12_000.0 if shape is None else round(area * 0.98, 1),
                "area_m2": area, "new_construction_m2": 0.6 * area if shape else np.nan,
                "kind": "polygon" if shape else "", "town": town, "town_name": town_name,
                "cluster": cluster, "cluster_name": CLUSTERS.get(cluster, ""), "in_list": 1,
                "in_layout": int(shape is not None), "conflicts": 0,
            }
        )  # fmt: skip
        shapes.append(shape)
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, crs=CRS))


def conflicts(specs=CONFLICTS):
    """Make the layer `conflicts`; its areas are those of the rectangles that meet."""
    table = projects()
    known = {row["project"]: row for row in table.to_dict("records")}
    rows, shapes = [], []
    for number, (rule, severity, subject, other, _) in enumerate(specs):
        first, second = known.get(subject), known.get(other)
        shape = _ground(rule, first, second)
        area = shape.area if shape is not None else np.nan
        row = {
            "id": conflict_id(number), "rule": rule, "severity": severity, "level": "town",
            "unit": "", "unit_name": "", "verdict": "", "change": "new", "area_m2": area,
            "value": np.nan, "limit": np.nan, "excess": np.nan, "unit_of_measure": "m2",
            "message": f"{subject} 与 {other or '项目库'} 冲突（第 {number} 条）",
            "remedy": "调整选址或错开年限", "basis": "",
        }  # fmt: skip
        home = first or {"town": "", "town_name": "", "cluster": "C1", "cluster_name": "北部片区"}
        row.update({key: home[key] for key in ("town", "town_name", "cluster", "cluster_name")})
        if rule == "sector.demand":
            row.update(level="cluster", unit="C1", unit_name="北部片区", value=61.5, limit=40.25,
                       excess=21.25, unit_of_measure="ha")  # fmt: skip
        if rule == "sector.duplicate":
            row.update(value=640.0, limit=800.0, unit_of_measure="m", area_m2=np.nan)
        row.update(_side("subject", subject, first, area))
        row.update(_side("object", other, second, area))
        rows.append(row)
        shapes.append(shape)
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, crs=CRS))


def _ground(rule, first, second):
    """Give the ground of a conflict: what both share, else a third of the project."""
    if first is None or first["geometry"] is None:
        return None
    if second is None or second["geometry"] is None:
        left, low, right, high = first["geometry"].bounds
        return shapely.MultiPolygon([shapely.box(left, low, left + (right - left) / 3, high)])
    if rule == "sector.duplicate":
        return shapely.MultiPolygon([*first["geometry"].geoms, *second["geometry"].geoms])
    shared = shapely.intersection(first["geometry"], second["geometry"])
    return None if shared.is_empty else shapely.MultiPolygon([shared])


def _side(side, name, row, area):
    """Make the ten columns of one side."""
    layer, label, code = name, "", ""
    if row is not None:
        layer, label, code = row["sector"], row["label"], row["project"]
    values = {
        "layer": layer, "name": row["sector_name"] if row else _NAMES.get(name, ""),
        "department": row["department"] if row else "",
        "id": code or ("construction" if name == "quotas" else ""), "label": label,
        "use": row["use"] if row else "", "start": row["start"] if row else np.nan,
        "end": row["end"] if row else np.nan, "area_m2": row["area_m2"] if row else np.nan,
        "share": area / row["area_m2"] if row else np.nan,
        "demand_m2": row["listed_m2"] if row else np.nan,
        "remain_m2": row["area_m2"] - area if row else np.nan, "meets": "",
    }  # fmt: skip
    if row and not np.isnan(values["remain_m2"]):
        values["meets"] = "yes" if values["remain_m2"] >= values["demand_m2"] else "no"
    return {f"{side}_{key}": value for key, value in values.items()}


def sites():
    """Make the layer `sites`: two near one project, one far off."""
    rows = [
        ("education", "JY001", 1, "reserve", "16", (1800, 1700, 230, 170), 240.0, "T1", 1),
        ("education", "JY001", 2, "plan", "0804", (2150, 1250, 240, 160), 610.0, "T1", 1),
        ("education", "JY001", 3, "plan", "0804", (5200, 5200, 260, 180), 5230.0, "T2", 0),
        ("logistics", "WL001", 1, "reserve", "16,11", (9900, 5100, 420, 260), 560.0, "T4", 1),
    ]
    names = ("sector", "project", "rank", "kind", "code")
    table = [
        {
            **dict(zip(names, row[:5])), "area_m2": row[5][2] * row[5][3], "distance_m": row[6],
            "town": row[7], "town_name": TOWNS[row[7]][0], "same_town": row[8],
        }
        for row in rows
    ]  # fmt: skip
    shapes = [rectangle(*row[5]) for row in rows]
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=CRS))


def matrix(found):
    """Count the pairs of plans as a run does: every pair, zero rows too."""
    rows = []
    ids = [plan[0] for plan in PLANS]
    for place, a in enumerate(ids):
        for b in ids[place + 1 :]:
            both = found["subject_layer"].isin([a, b]) & found["object_layer"].isin([a, b])
            mine = found[both & (found["subject_layer"] != found["object_layer"])]
            shared = mine[mine["rule"] == "sector.overlap"]
            joint = int((a, b) == ("transport", "fire"))
            rows.append(
                {
                    "sector_a": a, "sector_b": b, "count": len(shared),
                    "area_ha": shared["area_m2"].sum() / 1e4, "joint_count": joint,
                    "joint_ha": 0.31 * joint,
                    "sequence_count": int((mine["rule"] == "sector.sequence").sum()),
                    "duplicate_count": int((mine["rule"] == "sector.duplicate").sum()),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def demand():
    """Make the table `sector_demand`."""
    rows = [
        ("county", "510799", "示例县", 96.4, 1300.0, 1180.0, "passed", ""),
        ("cluster", "C1", "北部片区", 61.5, 640.25, 600.0, "failed", ""),
        ("cluster", "C2", "南部片区", 34.9, 659.75, 580.0, "passed", ""),
        ("town", "T1", "柏梓镇", 40.0, 300.0, 262.0, "failed", ""),
        ("town", "T2", "青堤镇", 21.5, 340.25, 318.5, "warning", ""),
        ("town", "T3", "沉抗镇", 14.9, np.nan, 240.0, "not_checked", "没有下达控制数"),
        ("town", "T4", "太和镇", 20.0, 360.0, 340.0, "warning", ""),
    ]
    names = ("level", "unit", "unit_name", "demand_ha", "quota_ha", "base_ha", "outcome", "reason")
    table = pd.DataFrame([dict(zip(names, row)) for row in rows])
    table["left_ha"] = table["quota_ha"] - table["base_ha"]
    table["margin_ha"] = table["left_ha"] - table["demand_ha"]
    return table


def sectors(found):
    """Make the table `sectors`."""
    rows = []
    for plan, name, department, colour in PLANS:
        own = found[(found["subject_layer"] == plan) | (found["object_layer"] == plan)]
        rows.append(
            {
                "sector": plan, "name": name, "department": department, "colour": colour,
                "projects": sum(row[0] == plan for row in PROJECTS), "features": 1,
                "area_ha": 10.0, "new_construction_ha": 6.0, "conflicts": len(own),
                "conflict_ha": own["area_m2"].sum() / 1e4,
                "outcome": "failed" if len(own) else "passed", "reason": "",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def joint_use():
    """Make the layer `joint_use`."""
    row = {
        "sector_a": "transport", "project_a": "JT001", "label_a": "县道改线", "use_a": "1202",
        "sector_b": "fire", "project_b": "XF001", "label_b": "消防站", "use_b": "1310",
        "area_m2": 3100.0, "town": "T2", "town_name": "青堤镇", "cluster": "C1",
    }  # fmt: skip
    return gpd.GeoDataFrame([row], geometry=gpd.GeoSeries([rectangle(4800, 5000, 50, 62)], crs=CRS))


def write_results(folder: Path, specs=CONFLICTS, edit=None) -> Path:
    """Write results.gpkg and run.json; `edit` may change the conflicts before they are written."""
    folder.mkdir(parents=True, exist_ok=True)
    found = conflicts(specs) if specs else conflicts(CONFLICTS).iloc[:0]
    if edit:
        found = edit(found)
    file = folder / "results.gpkg"
    file.unlink(missing_ok=True)
    for name, table in (
        ("conflicts", found), ("projects", projects()), ("joint_use", joint_use()),
        ("sites", sites()), ("sectors", sectors(found)), ("sector_matrix", matrix(found)),
        ("sector_demand", demand()),
    ):  # fmt: skip
        kind = {"geometry_type": "MultiPolygon"} if isinstance(table, gpd.GeoDataFrame) else {}
        pyogrio.write_dataframe(
            table, file, layer=name, driver="GPKG", append=file.exists(), **kind
        )
    run = {
        "name": "示例县", "code": "510799", "dossier": "dossier.yaml", "base_year": 2020,
        "target_year": 2035, "crs": CRS, "area": "ellipsoidal", "stamp": "2025-03-01T08:00:00Z",
        "standard": {"id": "cn-2023", "name": "国土空间规划（2023）", "version": "1"},
        "versions": {"pianqu": "0.2.0"},
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")
    return folder


def write_register(folder: Path, specs=CONFLICTS) -> Path:
    """Write register.gpkg: the states of CONFLICTS, and one conflict that is gone."""
    found = conflicts(specs)
    found["state"] = [spec[4] for spec in specs]
    gone = found.iloc[[0]].assign(id=conflict_id(999), state="fixed", subject_label="旧桥改建")
    found = pd.concat([found[found["state"] != ""], gone], ignore_index=True)
    decided = found["state"].isin(["agreed", "waived"])
    found["person"] = np.where(decided, "张工", "")
    found["decided_by"] = np.where(decided, "自然资源和规划局", "")
    found["decided_at"] = np.where(decided, "2025-02-20T09:30:00Z", "")
    found["reason"] = np.where(decided, "已报县政府同意", "")
    found["decision"] = np.where(decided, "由交通部门微调线位", "")
    found["present"] = (found["id"] != conflict_id(999)).astype(int)
    found["first_seen"] = found["last_seen"] = "2025-03-01T08:00:00Z"
    found["version"] = 1 + decided.astype(int)
    steps = []
    for row in found.to_dict("records"):
        steps.append((row["id"], 1, "2025-01-10T08:00:00Z", "", "open", "", "", "", "", ""))
        if row["state"] != "open":
            said = (row["person"], row["decided_by"], row["reason"], row["decision"], "")
            steps.append((row["id"], 2, "2025-02-20T09:30:00Z", "open", row["state"], *said))
    names = ("id", "seq", "at", "state_from", "state_to", "person", "department", "reason",
             "decision", "note")  # fmt: skip
    history = pd.DataFrame(steps, columns=names).assign(version=lambda table: table["seq"])
    rows = gpd.GeoDataFrame(
        model.plain(found, model.COLUMNS).assign(geom=found.geometry), geometry="geom", crs=CRS
    )
    tables = model.plain(history, model.HISTORY), model.plain(pd.DataFrame(), model.RUNS)
    file = folder / "register.gpkg"
    file.unlink(missing_ok=True)
    write_copy(file, "made", Whole(rows, *tables, County("510799", "示例县")))
    return file
