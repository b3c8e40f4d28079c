# SPDX-License-Identifier: GPL-2.0-or-later
"""Results and register of made-up sector plans, written by QGIS: what the dock reads."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType

CRS = "EPSG:4544"
X0, Y0, SIDE = 500000.0, 3400000.0, 400.0
PLANS = (
    ("transport", "交通运输专项规划", "交通运输局", "#d95f02"),
    ("water", "水利专项规划", "水利局", "#1f78b4"),
    ("school", "教育设施专项规划", "教育局", "#7570b3"),
    ("health", "医疗卫生专项规划", "卫健局", "#e7298a"),
    ("roads", "农村公路专项规划", "交通运输局", "#a6761d"),
)
TOWNS = (
    ("01", "城关镇", "A", "中心片区"),
    ("02", "河西乡", "A", "中心片区"),
    ("03", "石桥镇", "B", "东部片区"),
)
SIDE_COLUMNS = {
    "layer": str, "name": str, "department": str, "id": str, "label": str, "use": str,
    "start": float, "end": float, "area_m2": float, "share": float, "demand_m2": float,
    "remain_m2": float, "meets": str,
}  # fmt: skip
CONFLICTS = {
    "id": str, "rule": str, "severity": str, "level": str, "unit": str, "unit_name": str,
    "town": str, "town_name": str, "cluster": str, "cluster_name": str,
    **{f"{end}_{key}": kind for end in ("subject", "object") for key, kind in SIDE_COLUMNS.items()},
    "verdict": str, "change": str, "area_m2": float, "value": float, "limit": float,
    "excess": float, "unit_of_measure": str, "message": str, "remedy": str, "basis": str,
}  # fmt: skip
REGISTER = {
    **CONFLICTS, "present": int, "first_seen": str, "last_seen": str, "state": str, "person": str,
    "decided_by": str, "decided_at": str, "reason": str, "decision": str, "version": int,
}  # fmt: skip
HISTORY = {
    "id": str, "seq": int, "at": str, "state_from": str, "state_to": str, "person": str,
    "department": str, "reason": str, "decision": str, "note": str, "version": int,
}  # fmt: skip
PROJECTS = {
    "sector": str, "sector_name": str, "department": str, "project": str, "name": str,
    "label": str, "content": str, "standard": str, "use": str,
    "use_name": str, "start": float, "end": float, "listed_m2": float, "area_m2": float,
    "new_construction_m2": float, "kind": str, "town": str, "town_name": str, "cluster": str,
    "cluster_name": str, "in_list": int, "in_layout": int, "conflicts": int,
}  # fmt: skip
SECTORS = {
    "sector": str, "name": str, "department": str, "colour": str, "projects": int,
    "features": int, "area_ha": float, "new_construction_ha": float, "conflicts": int,
    "conflict_ha": float, "outcome": str, "reason": str,
}  # fmt: skip
SITES = {
    "sector": str, "project": str, "rank": int, "kind": str, "code": str, "area_m2": float,
    "distance_m": float, "town": str, "town_name": str, "same_town": int,
}  # fmt: skip
MATRIX = {
    "sector_a": str, "sector_b": str, "count": int, "area_ha": float, "joint_count": int,
    "joint_ha": float, "sequence_count": int, "duplicate_count": int,
}  # fmt: skip
KINDS = {str: QMetaType.Type.QString, int: QMetaType.Type.Int, float: QMetaType.Type.Double}


def square(place, of=1.0):
    """Give the square of a number; `of` is its share of the full side."""
    x, y = X0 + (place % 40) * SIDE, Y0 + (place // 40) * SIDE
    box = QgsRectangle(x, y, x + SIDE * 0.8 * of, y + SIDE * 0.8 * of)
    shape = QgsGeometry.fromRect(box)
    shape.convertToMultiType()
    return shape


def conflict(number, rule, subject, other, severity="error", **more):
    """Make a row: `subject` is a plan's place, `other` one too or the name of a control line."""
    town, town_name, cluster, cluster_name = TOWNS[number % len(TOWNS)]
    row = dict.fromkeys(CONFLICTS, None)
    row.update({name: "" for name, kind in CONFLICTS.items() if kind is str})
    row.update(
        id=f"{number:016x}", rule=rule, severity=severity, level="town", unit=town,
        unit_name=town_name, town=town, town_name=town_name, cluster=cluster,
        cluster_name=cluster_name, area_m2=1000.0 + number, message=f"冲突说明 {number}",
        remedy="调整范围后仍可满足需求", verdict="forbid", change="new",
        basis="《土地管理法》第三十五条",
    )  # fmt: skip
    row.update(side("subject", subject, number))
    row.update(side("object", other, number + 1) if isinstance(other, int) else
               {"object_layer": other, "object_name": ""})  # fmt: skip
    row.update(more)
    row["geom"] = square(number, 0.3)
    return row


def side(end, plan, number):
    sector, name, department, _ = PLANS[plan]
    values = {
        "layer": sector, "name": name, "department": department, "id": f"P{number:04}",
        "label": f"项目{number}", "use": "1207", "start": 2024.0, "end": 2026.0,
        "area_m2": 102400.0, "share": 0.09, "demand_m2": 90000.0, "remain_m2": 93184.0,
        "meets": "yes",
    }  # fmt: skip
    return {f"{end}_{key}": value for key, value in values.items()}


def few():
    """Give a dozen conflicts of every kind that matters here."""
    rows = [conflict(n, "sector.overlap", n % 2, 2 + n % 2) for n in range(6)]
    rows += [conflict(n, "sector.control.farmland", 0, "farmland") for n in range(6, 9)]
    rows += [conflict(9, "sector.plan", 1, "plan", "warning")]
    rows += [conflict(10, "sector.projects", 4, "", "warning", area_m2=None, value=12.0,
                      unit_of_measure="%")]  # fmt: skip
    rows += [conflict(11, "sector.duplicate", 2, 3, "warning", area_m2=None, value=320.0,
                      limit=500.0, unit_of_measure="m")]  # fmt: skip
    rows[-1]["geom"] = QgsGeometry()
    return rows


def many(count=5000):
    """Give conflicts of all plans with each other, in a fixed and mixed order."""
    rules = ("sector.overlap", "sector.sequence", "sector.control.farmland", "sector.reserve")
    rows = []
    for n in range(count):
        mixed = n * 7919 % count
        rule = rules[mixed % len(rules)]
        other = "farmland" if "farmland" in rule else "reserve" if "reserve" in rule else (
            1 + mixed // 5 % (len(PLANS) - 1))  # fmt: skip
        severity = ("error", "warning", "info")[mixed % 3]
        rows.append(conflict(n, rule, mixed % len(PLANS), other, severity, area_m2=mixed + 1.0))
    return rows


def write(path, name, columns, rows, spatial):
    """Add a layer or table to a GeoPackage."""
    layer = QgsVectorLayer(f"MultiPolygon?crs={CRS}" if spatial else "None", name, "memory")
    layer.dataProvider().addAttributes(
        [QgsField(column, KINDS[kind]) for column, kind in columns.items()]
    )
    layer.updateFields()
    features = []
    for row in rows:
        feature = QgsFeature(layer.fields())
        feature.setAttributes([row.get(column) for column in columns])
        if spatial and row.get("geom") is not None:
            feature.setGeometry(row["geom"])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", name
    # Without an index the file has no triggers that ask for GDAL's functions.
    options.layerOptions = ["SPATIAL_INDEX=NO", "GEOMETRY_NAME=geom"] if spatial else []
    if Path(path).exists():
        options.actionOnExistingFile = (
            QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        )
    done = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), QgsCoordinateTransformContext(), options
    )
    if done[0] != QgsVectorFileWriter.WriterError.NoError:
        raise OSError(done)


def write_results(folder, conflicts):
    """Write results.gpkg as a check of sector plans leaves it."""
    path = Path(folder) / "results.gpkg"
    path.unlink(missing_ok=True)
    write(path, "conflicts", CONFLICTS, conflicts, True)
    projects = {}
    for row in conflicts:
        for end in ("subject", "object"):
            key = row[f"{end}_layer"], row.get(f"{end}_id") or ""
            if key[1]:
                projects[key] = project(row, end)
    write(path, "projects", PROJECTS, list(projects.values()), True)
    sectors = [
        {"sector": sector, "name": name, "department": department, "colour": colour,
         "projects": 12, "features": 20, "area_ha": 40.0, "new_construction_ha": 10.25,
         "conflicts": 3, "conflict_ha": 1.0, "outcome": "failed", "reason": ""}
        for sector, name, department, colour in PLANS
    ]  # fmt: skip
    write(path, "sectors", SECTORS, sectors, False)
    joint = {"sector_a": "transport", "sector_b": "roads", "joint_count": 4, "joint_ha": 2.5}
    write(path, "sector_matrix", MATRIX, [joint], False)
    sites = [
        {"sector": "transport", "project": "P0000", "rank": rank, "kind": "reserve", "code": "16",
         "area_m2": 120000.0, "distance_m": 800.0 * rank, "town": "01", "town_name": "城关镇",
         "same_town": 1, "geom": square(60 + rank)}
        for rank in (2, 1)
    ]  # fmt: skip
    write(path, "sites", SITES, sites, True)
    return path


def project(row, end):
    """Give the project at one end of a conflict: a square around the conflict."""
    number = int(row[f"{end}_id"][1:])
    values = {name: row.get(f"{end}_{name}") for name in ("department", "label", "use")}
    return {
        **values, "sector": row[f"{end}_layer"], "sector_name": row[f"{end}_name"],
        "project": row[f"{end}_id"], "name": row[f"{end}_label"], "content": "新建二级公路",
        "standard": "二级", "new_construction_m2": 2500.0,
        "use_name": "城镇道路用地", "in_list": 1, "in_layout": 1,
        "geom": square(number),
    }  # fmt: skip


def registered(row, **more):
    """Give a conflict's row as the register holds it."""
    return {
        **row, "present": 1, "first_seen": "2026-01-01T00:00:00+00:00",
        "last_seen": "2026-01-02T00:00:00+00:00", "state": "open", "person": "",
        "decided_by": "", "decided_at": "", "reason": "", "decision": "", "version": 1, **more,
    }  # fmt: skip


def write_register(folder, conflicts, history=(), name="register.gpkg"):
    """Write a register that holds conflicts as they are given."""
    path = Path(folder) / name
    path.unlink(missing_ok=True)
    write(path, "conflicts", REGISTER, conflicts, True)
    write(path, "history", HISTORY, history, False)
    return path
