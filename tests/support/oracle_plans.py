# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle's reading of sector plans: layouts, lists and the tables on uses and facilities."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from openpyxl import load_workbook
from oracle_codes import _matches, _rows
from oracle_shapes import valid

FARMED = ("01", "02", "03", "04", "05", "06", "17", "23")


@dataclass
class Project:
    """A project by plan and code: its features' areas with use and years, and its row in the list.

    `plots` has use, start, end and shape of each feature; `listed` has name, area_ha, start, end.
    """

    plan: str
    rank: int
    code: str
    name: str = ""
    plots: list[tuple[str, float, float, shapely.Geometry]] = field(default_factory=list)
    listed: dict[str, object] | None = None
    line: bool = False

    @property
    def ground(self) -> shapely.Geometry | None:
        return shapely.union_all([shape for *_, shape in self.plots]) if self.plots else None

    @property
    def use(self) -> str:
        """The use of most of its ground."""
        sizes: dict[str, float] = defaultdict(float)
        for use, _, _, shape in self.plots:
            sizes[use] += shape.area
        return max(sizes, key=lambda use: sizes[use]) if sizes else ""

    def part(self, wanted) -> shapely.Geometry | None:
        """Unite the plots whose use is wanted."""
        shapes = [shape for use, _, _, shape in self.plots if wanted(use)]
        return shapely.union_all(shapes) if shapes else None


class Relations:
    """What two uses are to each other and what a name says, by plain search through the tables."""

    def __init__(self, folder: Path) -> None:
        base = folder.parent / "base"
        self.uses = _rows(folder / "sector_uses.csv")
        self.order = _rows(folder / "sector_sequence.csv")
        self.facilities = _rows(folder / "facilities.csv")
        self.severity = {row["rule"]: row["severity"] for row in _rows(base / "sector_rules.csv")}
        with (base / "tolerances.csv").open(encoding="utf-8") as lines:
            self.tolerance = {row["name"]: float(row["value"]) for row in csv.DictReader(lines)}

    def exclude(self, one: str, two: str) -> bool:
        return self._decide(self.uses, "verdict", "exclude", one, two) or (
            self._decide(self.uses, "verdict", "together", one, two) is None and one[:2] != two[:2]
        )

    def apart(self, one: str, two: str) -> bool:
        return self._decide(self.order, "order", "apart", one, two) is not False

    def _decide(self, rows, column, strict, one, two) -> bool | None:
        """Whether the row of the longest prefixes is the strict one; None where none fits."""
        found: list[tuple[int, bool]] = []
        for row in rows:
            for a, b in ((one, two), (two, one)):
                left, right = _longest(a, row["use_a"]), _longest(b, row["use_b"])
                if left >= 0 and right >= 0:
                    found.append((left + right, row[column] == strict))
        return max(found)[1] if found else None

    def facility(self, name: str, use: str) -> tuple[str, float]:
        """The type whose longest word is in the name and which takes the use; its radius."""
        best = ("", float("nan"), 0)
        for row in self.facilities:
            uses = row["uses"].split()
            for word in row["words"].split():
                fits = not uses or not use or any(_matches(use, one) for one in uses)
                if word in name and fits and len(word) > best[2]:
                    best = (row["facility"], float(row["radius_m"] or "nan"), len(word))
        return best[0], best[1]


def _longest(code: str, patterns: str) -> int:
    """Length of the longest pattern that a code fits, -1 for none."""
    sizes = {"*": 0}
    return max(
        (sizes.get(one, len(re.sub(r"=|-.*", "", one))) for one in patterns.split()
         if _matches(code, one)), default=-1,
    )  # fmt: skip


def read_plans(given: dict, folder: Path, crs: str) -> list[Project]:
    """Read all plans of a dossier's `sectors`; features without a code stand alone."""
    out: list[Project] = []
    for rank, entry in enumerate(given["sectors"]):
        projects: dict[str, Project] = {}
        _read_layout(entry["id"], rank, entry["layout"], folder, crs, projects)
        if "projects" in entry:
            _read_list(entry["id"], rank, entry["projects"], folder, projects)
        out += projects.values()
    return out


def _read_layout(plan, rank, source, folder, crs, projects) -> None:
    frame = gpd.read_file(folder / source["path"], layer=source["layer"], fid_as_index=True)
    shapes = frame.to_crs(crs).geometry.to_numpy()
    names, width = source["fields"], source.get("width_m", float("nan"))
    widths = frame[width] if isinstance(width, str) else pd.Series(width, index=frame.index)
    columns = {key: frame[name].tolist() for key, name in names.items()}
    for row, (fid, shape) in enumerate(zip(frame.index, shapes)):
        line, point = shape.geom_type.endswith("LineString"), shape.geom_type.endswith("Point")
        if line:
            half = float(widths.iloc[row]) / 2
            shape = shapely.buffer(shape, half, cap_style="flat", join_style="mitre")
        elif point:
            shape = shapely.buffer(shape, float(widths.iloc[row]) / 2)
        code = str(columns["project"][row] or "")
        own = projects.setdefault(code or f"#{fid}", Project(plan, rank, code, line=line))
        own.name = own.name or str(columns["name"][row] or "")
        years = [float(columns[key][row]) for key in ("start", "end")]
        own.plots.append((str(columns["use"][row]), *years, valid(np.array([shape]))[0]))


def _read_list(plan, rank, source, folder, projects) -> None:
    sheet = load_workbook(folder / source["path"], read_only=False)[source["layer"]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heads = [{above, below} for above, below in zip(rows[0], rows[1])]
    place = {
        key: next(at for at, words in enumerate(heads) if name in words)
        for key, name in source["fields"].items()
    }
    for row in rows[2:]:
        code = str(row[place["project"]])
        own = projects.setdefault(code, Project(plan, rank, code))
        own.listed = {key: row[at] for key, at in place.items()}
        own.name = own.name or str(row[place["name"]])
