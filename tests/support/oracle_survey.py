# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle's reading of a dossier: yaml, geopandas and csv, nothing of the engine's."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Tuple

import geopandas as gpd
import numpy as np
import pandas as pd
import yaml
from oracle_area import plane_area, survey_area
from oracle_codes import Codes
from oracle_shapes import Shapes, first_wins, shared, valid

Key = Tuple[str, ...]


@dataclass
class Features:
    """A layer as the oracle sees it: overlaps already given to the feature that comes first."""

    shapes: Shapes
    ids: list[str]
    codes: list[str]
    tags: list[str]
    deduction: np.ndarray
    table: str = ""
    attributes: pd.DataFrame = field(default_factory=pd.DataFrame)


class Survey:
    """A dossier read: its layers, its units, what the standard calls their uses."""

    def __init__(self, dossier: Path, standards: Path) -> None:
        self.file = Path(dossier)
        self.given = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        self.crs = self.given["crs"]
        self.codes = Codes(standards / self.given.get("standard", "cn-2023"))
        self.tolerance = {"min_area_m2": 1.0, "min_width_m": 0.2, "warn_margin": 0.02}
        self.tolerance.update(self.given.get("tolerance", {}))
        self.layers = {role: self._read(entry) for role, entry in self.given["layers"].items()}
        self.units = self.layers.pop("units")
        self.planned = "plan" if "plan" in self.layers else "landuse"

    def measure(self, shapes: Shapes) -> np.ndarray:
        planar = self.given.get("area", "ellipsoidal") == "planar"
        return plane_area(shapes) if planar else survey_area(shapes, self.crs)

    def _read(self, entry: dict) -> Features:
        path = self.file.parent / entry["path"]
        options = {"layer": entry["layer"]} if "layer" in entry else {}
        frame = gpd.read_file(path, where=entry.get("filter"), fid_as_index=True, **options)
        names = entry.get("fields", {})
        shapes = first_wins(valid(frame.to_crs(self.crs).geometry.to_numpy()))
        blank = [""] * len(frame)

        def text(name: str) -> list[str]:
            column = frame[names[name]] if name in names else blank
            return ["" if pd.isna(value) else str(value).strip() for value in column]

        deduction = np.full(len(frame), np.nan)
        if "deduction" in names:
            deduction = frame[names["deduction"]].to_numpy(dtype=float)
        attributes = pd.DataFrame({name: text(name) for name in names if name != "deduction"})
        ids = text("id") if "id" in names else [str(fid) for fid in frame.index]
        return Features(
            shapes, ids, text("code"), text("settlement"), deduction, entry.get("codes", ""),
            attributes,
        )  # fmt: skip

    # --- units -----------------------------------------------------------------------------

    def above(self, feature: int) -> list[tuple[str, str]]:
        """List (level, unit) that a feature of the units layer counts for."""
        row = self.units.attributes.iloc[feature]
        out = [("county", str(self.given["code"]))]
        out.append(("cluster", row.get("cluster", str(self.given["code"]))))
        out += [("town", row["town"])] if "town" in row else []
        return [*out, ("village", row["code"])]

    def roll_up(self, unit: np.ndarray, values: np.ndarray, *keys: list[str]) -> dict[Key, float]:
        """Sum values to every level, by further keys if any are given."""
        out: dict[Key, float] = defaultdict(float)
        chain = [self.above(i) for i in range(len(self.units.shapes))]
        for row, (place, value) in enumerate(zip(unit.tolist(), values.tolist())):
            for level in chain[place]:
                out[(*level, *(key[row] for key in keys))] += value
        return dict(out)

    @cached_property
    def unit_m2(self) -> dict[Key, float]:
        rows = np.arange(len(self.units.shapes))
        return self.roll_up(rows, self.measure(self.units.shapes))

    def in_units(self, role: str) -> tuple[np.ndarray, np.ndarray, Shapes]:
        """Cut a layer by the units: feature, units' feature, shape."""
        return self._in_units[role]

    @cached_property
    def _in_units(self) -> dict[str, tuple[np.ndarray, np.ndarray, Shapes]]:
        return {role: shared(one.shapes, self.units.shapes) for role, one in self.layers.items()}

    def member(self, role: str, group: str, inside: bool) -> np.ndarray:
        layer = self.layers[role]
        if not group:
            return np.ones(len(layer.shapes), dtype=bool)
        found = [
            self.codes.in_group(group, layer.table, code, tag, inside)
            for code, tag in zip(layer.codes, layer.tags)
        ]
        return np.array(found, dtype=bool)

    def groups(self, role: str) -> list[str]:
        layer = self.layers[role]
        return [self.codes.change_group(layer.table, code) for code in layer.codes]

    def classes(self, role: str) -> list[str]:
        layer = self.layers[role]
        return [self.codes.land_class(layer.table, code) for code in layer.codes]

    @cached_property
    def quotas(self) -> dict[tuple[str, str], tuple[float, float]]:
        if "quotas" not in self.given:
            return {}
        file = self.file.parent / self.given["quotas"]["path"]
        with file.open(encoding="utf-8", newline="") as stream:
            return {
                (row["unit"], row["indicator"]): (
                    float(row["quota_ha"] or "nan"),
                    float(row.get("reserve_ha") or 0.0),
                )
                for row in csv.DictReader(stream)
            }
