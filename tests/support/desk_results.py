# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of a made-up run, with the contract's columns: what the dock "Cluster check" reads."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path

from sector_results import CRS, square, write

TEXT = str
INDICATORS = {
    "level": str, "unit": str, "unit_name": str, "indicator": str, "name": str, "direction": str,
    "quota_ha": float, "base_ha": float, "plan_ha": float, "margin_ha": float, "outcome": str,
    "reason": str,
}  # fmt: skip
FINDINGS = {
    "id": str, "rule": str, "severity": str, "level": str, "unit": str, "unit_name": str,
    "cluster": str, "subject_layer": str, "subject_id": str, "subject_label": str,
    "object_layer": str, "object_id": str, "verdict": str, "change": str, "area_m2": float,
    "value": float, "limit": float, "excess": float, "unit_of_measure": str, "message": str,
    "remedy": str, "status": str, "status_by": str, "status_at": str, "status_reason": str,
}  # fmt: skip
UNITS = {"level": str, "unit": str, "unit_name": str, "cluster": str, "parent": str}
PROBLEMS = {"rule": str, "rule_name": str}
TREE = (
    ("county", "510799", "示例县", "", ""),
    ("cluster", "P1", "金寨片区", "P1", "510799"),
    ("cluster", "P2", "清河片区", "P2", "510799"),
    ("town", "510799100", "金寨镇", "P1", "P1"),
    ("town", "510799101", "大台镇", "P1", "P1"),
    ("town", "510799102", "清河镇", "P2", "P2"),
    ("village", "510799100200", "凤井村", "P1", "510799100"),
    ("village", "510799100201", "石山村", "P1", "510799100"),
    ("village", "510799101200", "新湾村", "P1", "510799101"),
    ("village", "510799102200", "河口村", "P2", "510799102"),
)
KINDS = (("farmland", "耕地保有量", ">="), ("redline", "生态保护红线面积", ">="),
         ("construction", "城乡建设用地规模", "<="))  # fmt: skip
VILLAGES = [unit for unit in TREE if unit[0] == "village"]


def indicator(unit, kind, quota, base, plan, reason="", outcome=None):
    """Make a row as a run does."""
    level, code, name, _, _ = unit
    key, title, direction = kind
    margin = None if None in (quota, plan) else round(
        quota - plan if direction == "<=" else plan - quota, 2)  # fmt: skip
    judged = "not_checked" if margin is None else "failed" if margin < 0 else (
        "warning" if margin < 0.02 * quota else "passed")  # fmt: skip
    return {
        "level": level, "unit": code, "unit_name": name, "indicator": key, "name": title,
        "direction": direction, "quota_ha": quota, "base_ha": base, "plan_ha": plan,
        "margin_ha": margin, "outcome": outcome or judged, "reason": reason,
    }  # fmt: skip


def indicators():
    """Give every unit's indicators: farmland fails in P1, construction is near its limit in P2."""
    rows = []
    for place, unit in enumerate(TREE):
        short = unit[1] in ("P1", "510799100")
        rows.append(indicator(unit, KINDS[0], 2884.13, 3033.94, 2855.02 if short else 2990.5,
                              "规划比控制数少 29.11 公顷" if short else ""))  # fmt: skip
        rows.append(indicator(unit, KINDS[1], None if place > 3 else 718.24, None, 763.42,
                              "有 1 个图斑无法读取", "not_checked"))  # fmt: skip
        near = unit[1] == "P2"
        rows.append(indicator(unit, KINDS[2], 884.57, 667.52, 880.15 if near else 840.0))
    return rows


def finding(number, rule="control.farmland", severity="error", unit=None, **more):
    """Make a finding in a village."""
    level, code, name, cluster, _ = unit or VILLAGES[number % len(VILLAGES)]
    row = {name: "" for name, kind in FINDINGS.items() if kind is str}
    row.update(
        id=f"{number:016x}", rule=rule, severity=severity, level=level, unit=code, unit_name=name,
        cluster=cluster, subject_layer="plan", subject_id=f"G{number:05}",
        subject_label="0703 农村宅基地", object_layer=rule.split(".")[-1], verdict="forbid",
        change="new" if number % 2 else "existing", area_m2=1000.0 + number, status="open",
        unit_of_measure="m2", message=f"说明 {number}", remedy="调整用地",
    )  # fmt: skip
    row.update(more)
    row["geom"] = row.get("geom", square(number, 0.3))
    return row


def few():
    """Give findings of all four checks."""
    rows = [finding(n) for n in range(6)]
    rows += [finding(n, "control.redline", "warning", verdict="conditional") for n in (6, 7, 8)]
    rows += [finding(9, "quota.farmland", "error", TREE[1], area_m2=None, value=2855.02,
                     limit=2884.13, excess=29.11, unit_of_measure="ha", subject_layer="units",
                     subject_id="P1", geom=square(30))]  # fmt: skip
    rows += [finding(10, "data.quotas", "warning", TREE[0], geom=None, area_m2=None)]
    rows += [finding(11, "sector.overlap", "error", subject_layer="transport", subject_id="T1",
                     object_layer="water", object_id="W2")]  # fmt: skip
    return rows


def write_run(folder, findings=None, finished="2026-03-01T08:00:00+00:00", county="", units=True,
              fresh=True):  # fmt: skip
    """Write results.gpkg and run.json as a run leaves them; `county` is the plan's file.

    Not `fresh`, they are added to what other checks left in the file.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.gpkg"
    if fresh:
        path.unlink(missing_ok=True)
    write(path, "indicators", INDICATORS, indicators(), False)
    write(path, "findings", FINDINGS, few() if findings is None else findings, True)
    if units:
        write(path, "units", UNITS, [dict(zip(UNITS, one)) for one in TREE], False)
    names = [{"rule": "control.farmland", "rule_name": "占用永久基本农田"}]
    write(path, "problem_list", PROBLEMS, names, False)
    run = {"name": "示例县", "finished": finished, "crs": CRS, "checks": ["quotas"], "inputs": [
        {"role": "plan", "file": str(county), "layer": "plan", "filter": "", "driver": "GPKG",
         "fields": {"id": "BSM", "code": "DM"}}] if county else []}  # fmt: skip
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    return path


def stored(shape):
    """Give a shape as a GeoPackage stores it: header with rectangle, then well-known binary."""
    box = shape.boundingBox()
    sides = box.xMinimum(), box.xMaximum(), box.yMinimum(), box.yMaximum()
    return struct.pack("<2sBBi4d", b"GP", 0, 3, 4544, *sides) + bytes(shape.asWkb())


def write_many(folder, count=53000, fresh=True):
    """Write results with so many findings, each a shape of its own, quickly."""
    path = write_run(folder, [finding(0)], fresh=fresh)
    rules = ("control.farmland", "control.redline", "control.boundary", "data.overlap")
    with sqlite3.connect(path) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(findings)")]
        rows = []
        for n in range(1, count):
            mixed = n * 7919 % count
            row = finding(n, rules[mixed % 4], ("error", "warning", "info")[mixed % 3],
                          area_m2=mixed + 1.0, geom=None)  # fmt: skip
            row["geom"] = stored(square(n, 0.3))
            rows.append([n + 1 if name == "fid" else row.get(name) for name in names])
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO findings VALUES ({marks})", rows)
    return path
