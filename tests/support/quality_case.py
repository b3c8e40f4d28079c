# SPDX-License-Identifier: GPL-2.0-or-later
"""Counties for the check of data: in memory for single rules, on disk for whole runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
import yaml
from pianqu.checks.noise import Noise
from pianqu.checks.quality.arrivals import Arrivals, Arrived
from pianqu.checks.quality.case import Case
from pianqu.checks.quality.run import TESTS, ask, ask_all, noted_by_rule
from pianqu.checks.quality.scene import scene_of
from pianqu.checks.run import Clock
from pianqu.layers import findings
from pianqu.layers.features import usable_shapes
from pianqu.layers.model import County, Layer
from pianqu.layers.notes import Notes
from pianqu.layers.quotas import empty_quotas
from pianqu.layers.reading import Features
from pianqu.layers.sources import Source
from pianqu.layers.standard import load_standard
from pianqu.layers.texts import number_column, text_column
from pianqu.layers.units import build_tree

CRS = "EPSG:4544"
X0, Y0 = 500_000.0, 3_440_000.0
CODE = {"landuse": "DLBM", "plan": "GHDLBM"}
TABLE = {"landuse": "sandiao", "plan": "landuse-2023"}
NAME = {"units": "XZQ", "landuse": "DLTB", "plan": "GHDLTB", "farmland": "YJJBNTTB",
        "redline": "STBHHX", "boundary": "CZKFBJ"}  # fmt: skip


def box(x: float, y: float, width: float = 100.0, height: float = 100.0) -> shapely.Polygon:
    return shapely.box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


@dataclass
class PlainDossier:
    crs: str = CRS
    name: str = "示例县"
    code: str = "510799"
    file: str = "dossier.yaml"
    area: str = "planar"
    layers: dict = field(default_factory=dict)
    delivered: dict = field(default_factory=dict)
    quotas: Any = None
    sectors: tuple = ()
    catalogue: Any = None


def arrived(role: str, rows: list[tuple], notes: Notes) -> Arrived:
    """Make a role of (shape, {field: value}) rows, as reading would."""
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [shape for shape, _ in rows]
    table = pd.DataFrame([values for _, values in rows])
    columns = {name: table[name].to_numpy() for name in table}
    kinds = {name: str(table[name].dtype) for name in table}
    wanted = {"id": "BSM", "code": CODE.get(role, "XZQDM" if role == "units" else ""),
              "name": "XZQMC" if role == "units" else "", "deduction": "KCXS",
              "settlement": "CZCSXM"}  # fmt: skip
    mapped = {ours: theirs for ours, theirs in wanted.items() if theirs in columns}
    source = Source(f"/data/{role}.gpkg", fields=mapped)
    data = pd.DataFrame(index=range(len(rows)))
    for ours, theirs in mapped.items():
        data[ours] = text_column(columns[theirs])
    if role == "units":
        data["id"] = data["code"]
        for name in ("name", "town", "town_name", "cluster", "cluster_name"):
            data[name] = data.get(name, "")
    elif "id" not in data:
        data["id"] = [str(number + 1) for number in range(len(rows))]
    data["deduction"] = number_column(columns["KCXS"])[0] if "KCXS" in columns else np.nan
    data["settlement"] = data.get("settlement", "")
    read = Features(shapes, np.arange(len(rows)), {}, [], {})
    labels = np.full(len(rows), "", dtype=object)
    ids = data["id"].to_numpy(dtype=object)
    usable, unread = usable_shapes(read, role, source.label, ids, labels, notes)
    layer = Layer(role, source.label, usable, data, TABLE.get(role, ""), unread)
    return Arrived(role, source, layer, name=NAME.get(role, role), shapes=shapes, columns=columns,
                   kinds=kinds, mapped=mapped)  # fmt: skip


def case_of(standard: str | Path = "cn-2023", delivered: dict | None = None, **roles: list) -> Case:
    """Make a case of roles, each a list of (shape, {field: value})."""
    rules = load_standard(str(standard))
    dossier = PlainDossier(layers=dict.fromkeys(roles))
    notes = Notes(dossier, rules, CRS)
    came = {role: arrived(role, rows, notes) for role, rows in roles.items()}
    units = came["units"].layer
    tree, troubles = build_tree(units.data, dossier.code, dossier.name, ("code", "name"))
    notes.troubles(troubles, units)
    layers = {role: one.layer for role, one in came.items() if role != "units"}
    county = County(dossier, rules, units, tree, layers, empty_quotas(), findings.none(CRS))
    quiet = Notes(dossier, rules, CRS)
    sent = {role: arrived(role, rows, quiet) for role, rows in (delivered or {}).items()}
    arrivals = Arrivals(county, came, notes, True, {}, sent)
    return Case(arrivals, scene_of(county, shapely.area), Noise(1.0, 0.2))


def asked(case: Case, check: str, role: str):
    """Ask one check; gives its findings as one table, and its outcome."""
    row = next(one for one in case.standard.quality.checks if one.id == check)
    assert row.test in TESTS
    tables, outcome = ask(case, row, role, noted_by_rule(case))
    return findings.join(tables, CRS), outcome


def every(case: Case):
    """Ask everything; gives all findings and all outcomes."""
    found, outcomes = ask_all(case, Clock())
    return findings.join(found, CRS), outcomes


def written(folder: Path, **layers: gpd.GeoDataFrame) -> Path:
    """Write layers into a GeoPackage and a dossier beside it; gives the dossier."""
    path = folder / "county.gpkg"
    entries = {}
    for role, frame in layers.items():
        pyogrio.write_dataframe(frame, path, layer=NAME[role], driver="GPKG", append=path.exists())
        fields = {"id": "BSM"} if role != "units" else {"code": "XZQDM", "name": "XZQMC"}
        entries[role] = {"path": path.name, "layer": NAME[role], "fields": fields}
        if role in CODE:
            entries[role]["fields"]["code"] = CODE[role]
            entries[role]["codes"] = TABLE[role]
    content = {"dossier": 1, "name": "示例县", "code": "510799", "crs": CRS, "standard": "cn-2023",
               "layers": entries}  # fmt: skip
    out = folder / "dossier.yaml"
    out.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return out
