# SPDX-License-Identifier: GPL-2.0-or-later
"""An oracle for sector plans: each project held against each other, each zone and each parcel.

It reads the files with geopandas and openpyxl, the standard with csv, and follows CONTRACT.md:
nothing of the engine's. Slow, and simple enough to be believed.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from oracle_plans import Project, Relations, read_plans
from oracle_shapes import polygonal
from oracle_survey import Survey

COLUMNS = (
    "rule", "severity", "level", "unit", "subject_layer", "subject_id", "object_layer",
    "object_id", "verdict", "change", "area_m2", "value", "limit",
)  # fmt: skip
ZONES = {"farmland": ("farmland", "sector.control.farmland"),
         "redline": ("redline", "sector.control.redline"),
         "boundary": ("outside_boundary", "sector.control.boundary")}  # fmt: skip
SEVERITY = {("forbid", "new"): "error", ("forbid", "existing"): "warning",
            ("conditional", "new"): "warning", ("conditional", "existing"): "info"}  # fmt: skip
TABLE = "landuse-2023"
LIST_SHEET_LEVELS = {"县": "county", "片区": "cluster", "乡镇": "town", "村": "village"}


class SectorOracle(Survey):
    """All findings `sector.*` of one dossier."""

    def __init__(self, dossier: Path, standards: Path) -> None:
        super().__init__(dossier, standards)
        self.relations = Relations(standards / self.given["standard"])
        self.projects = read_plans(self.given, self.file.parent, self.crs)
        self.grounds = np.array([one.ground for one in self.projects], dtype=object)
        self.rows: list[dict] = []

    @cached_property
    def findings(self) -> pd.DataFrame:
        """A row a finding (COLUMNS); text "" and numbers NaN where there is nothing to say."""
        for one in self.projects:
            self._control(one)
            self._plan(one)
            self._reserve(one)
            self._listed(one)
            self._own_years(one)
        for one, two in self._neighbours():
            self._overlap(one, two)
            self._sequence(one, two)
        self._duplicates()
        self._demand()
        table = pd.DataFrame(self.rows, columns=list(COLUMNS))
        texts = [name for name in COLUMNS if name not in ("area_m2", "value", "limit")]
        return table.fillna(dict.fromkeys(texts, ""))

    # --- a finding ---------------------------------------------------------------------------

    def add(self, rule, one: Project, two: Project | None, shape, **more) -> None:
        """Note a finding about one or two projects, in the village that holds most of it."""
        row = {"rule": rule, "severity": self.relations.severity[rule], **self._home(shape),
               "subject_layer": one.plan, "subject_id": one.code}  # fmt: skip
        if two is not None:
            row |= {"object_layer": two.plan, "object_id": two.code}
        self.rows.append(row | more)

    def _home(self, shape) -> dict[str, str]:
        if shape is None:
            return {"level": "county", "unit": str(self.given["code"])}
        _, at, cut = self._shared(shape, self.units.shapes)
        sizes = defaultdict(float)
        for row, area in zip(at, shapely.area(cut)):
            sizes[self.units.attributes["code"][row]] += area
        return {"level": "village", "unit": max(sizes, key=sizes.get)}

    def area(self, shape) -> float:
        return float(self.measure(np.array([shape], dtype=object))[0])

    def real(self, shape) -> bool:
        """Whether ground is more than noise."""
        if shape is None or shape.is_empty or self.area(shape) < self.tolerance["min_area_m2"]:
            return False
        return not shapely.buffer(shape, -self.tolerance["min_width_m"] / 2).is_empty

    def _shared(self, shape, layer) -> tuple[None, np.ndarray, np.ndarray]:
        """The rows of a layer that share ground with a shape, and what they share."""
        at = self._tree(layer).query(shape)
        cut = polygonal(shapely.intersection(shape, layer[at]))
        keep = shapely.area(cut) > 0
        return None, at[keep], cut[keep]

    def _tree(self, layer) -> shapely.STRtree:
        known = self.__dict__.setdefault("_trees", {})
        return known.setdefault(id(layer), shapely.STRtree(layer))

    # --- a project and its ground ------------------------------------------------------------

    def _control(self, one: Project) -> None:
        for role, (zone, rule) in ZONES.items():
            if role not in self.layers:
                continue
            grave, parts, stood = "", [], []
            for use, _, _, shape in one.plots:
                verdict = self.codes.verdict(zone, TABLE, use)
                if verdict not in ("forbid", "conditional"):
                    continue
                _, _, cut = self._shared(shape, self.layers[role].shapes)
                inside = shapely.union_all(cut)
                part = shapely.difference(shape, inside) if role == "boundary" else inside
                if part.area < 1e-6:
                    continue
                grave = "forbid" if "forbid" in (grave, verdict) else "conditional"
                parts.append(part)
                stood.append(self._stood(part, use))
            ground = shapely.union_all(parts) if parts else None
            if not self.real(ground):
                continue
            old = shapely.union_all(stood)
            new = self.area(ground) - self.area(old) >= self.tolerance["min_area_m2"]
            change = "new" if new else "existing"
            self.add(rule, one, None, ground, object_layer=role, verdict=grave, change=change,
                     severity=SEVERITY[grave, change], area_m2=self.area(ground))  # fmt: skip

    def _stood(self, shape, use: str):
        """The part of a shape that is of the use's group in the base."""
        base = self.layers["landuse"]
        _, at, cut = self._shared(shape, base.shapes)
        group = self.codes.change_group(TABLE, use)
        alike = [
            part
            for row, part in zip(at, cut)
            if group and self.codes.change_group(base.table, base.codes[row]) == group
        ]
        return shapely.union_all(alike)

    def _plan(self, one: Project) -> None:
        plan, parts = self.layers["plan"], []
        for use, _, _, shape in one.plots:
            _, at, cut = self._shared(shape.difference(self._kept_for(use)), plan.shapes)
            for row, part in zip(at, cut):
                known = self.codes.known(plan.table, plan.codes[row])
                if known and self.relations.exclude(use, plan.codes[row]):
                    parts.append(part)
        ground = shapely.union_all(parts)
        if self.real(ground):
            self.add("sector.plan", one, None, ground, object_layer="plan",
                     area_m2=self.area(ground))  # fmt: skip

    def _kept_for(self, use: str):
        """The land that is reserved for a use: as good as planned for it."""
        reserve = self.layers["reserve"]
        lists = [tuple(text.split(",")) for text in reserve.attributes["allowed"]]
        return shapely.union_all([
            shape for shape, allowed in zip(reserve.shapes, lists) if use.startswith(allowed)
        ])  # fmt: skip

    def _reserve(self, one: Project) -> None:
        reserve = self.layers["reserve"]
        for row, shape in enumerate(reserve.shapes):
            allowed = tuple(reserve.attributes["allowed"][row].split(","))
            strange = one.part(lambda use, allowed=allowed: not use.startswith(allowed))
            ground = None if strange is None else polygonal(
                np.array([shapely.intersection(strange, shape)], dtype=object))[0]  # fmt: skip
            if self.real(ground):
                self.add("sector.reserve", one, None, ground, object_layer="reserve",
                         object_id=reserve.ids[row], area_m2=self.area(ground))  # fmt: skip

    def _listed(self, one: Project) -> None:
        laid = self.area(one.ground) if one.plots else 0.0
        wrong = not one.plots or one.listed is None
        if not wrong:
            listed = float(one.listed["area_ha"]) * 1e4
            wrong = abs(laid - listed) > self.relations.tolerance["project_area"] * listed
            wrong |= int(one.listed["start"]) != min(start for _, start, _, _ in one.plots)
            wrong |= int(one.listed["end"]) != max(end for _, _, end, _ in one.plots)
        if wrong:
            self.add("sector.projects", one, None, one.ground)

    def _own_years(self, one: Project) -> None:
        if any(start > end for _, start, end, _ in one.plots):
            self.add("sector.sequence", one, None, one.ground)

    # --- two projects ------------------------------------------------------------------------

    def _neighbours(self) -> list[tuple[Project, Project]]:
        """All pairs of projects whose grounds meet, and each project with itself."""
        there = [row for row, shape in enumerate(self.grounds) if shape is not None]
        tree = shapely.STRtree(self.grounds[there])
        i, j = tree.query(self.grounds[there], predicate="intersects")
        pairs = sorted({(there[a], there[b]) for a, b in zip(i, j) if there[a] <= there[b]})
        return [(self.projects[a], self.projects[b]) for a, b in pairs]

    def _meeting(self, one: Project, two: Project, wanted):
        """The ground where two projects' plots meet that are wanted together."""
        parts = [
            shapely.intersection(first[3], second[3])
            for first in one.plots
            for second in two.plots
            if first is not second and wanted(first, second)
        ]
        ground = shapely.union_all(polygonal(np.array(parts, dtype=object))) if parts else None
        return ground if self.real(ground) else None

    def _overlap(self, one: Project, two: Project) -> None:
        if one.plan == two.plan:
            return
        ground = self._meeting(one, two, lambda a, b: self.relations.exclude(a[0], b[0]))
        if ground is not None:
            self.add("sector.overlap", one, two, ground, area_m2=self.area(ground))

    def _sequence(self, one: Project, two: Project) -> None:
        def at_once(a, b) -> bool:
            same = one is two and a[:3] == b[:3]  # one plot drawn in two pieces
            meet = max(a[1], b[1]) <= min(a[2], b[2])
            return meet and not same and self.relations.apart(a[0], b[0])

        ground = self._meeting(one, two, at_once)
        if ground is None:
            return
        smaller = min(self.area(one.ground), self.area(two.ground))
        crossing = self.relations.tolerance.get("crossing_share", 0.0) * smaller
        if one.line and two.line and self.area(ground) < crossing:
            return
        self.add("sector.sequence", one, two, ground, area_m2=self.area(ground))

    def _duplicates(self) -> None:
        named = []
        for one in self.projects:
            kind, radius = self.relations.facility(one.name, one.use)
            if one.plots and kind and radius > 0:
                named.append((kind, radius, one, one.ground))
        for place, (kind, radius, one, shape) in enumerate(named):
            for other, _, two, second in named[place + 1 :]:
                away = shape.centroid.distance(second.centroid)
                if other == kind and away < radius:
                    both = shapely.union(shape, second)
                    self.add("sector.duplicate", one, two, both, value=away, limit=radius)

    # --- all projects together ---------------------------------------------------------------

    def _demand(self) -> None:
        base = self.layers["landuse"]
        built = np.array([self.codes.change_group(base.table, code) == "construction"
                          for code in base.codes])  # fmt: skip
        asked: dict[tuple[str, str], float] = defaultdict(float)
        for one in self.projects:
            ground = one.part(self._urban_rural)
            if ground is None:
                continue
            _, at, cut = self._shared(ground, base.shapes)
            fresh = shapely.difference(ground, shapely.union_all(cut[built[at]]))
            _, at, cut = self._shared(fresh, self.units.shapes)
            for row, area in zip(at, self.measure(cut)):
                for level in self.above(row):
                    asked[level] += area / 1e4
        for (level, unit), demand in sorted(asked.items()):
            if level != "village" and demand > 0:
                self._judge(level, unit, demand)

    def _urban_rural(self, use: str) -> bool:
        return self.codes.in_group("urban_rural_construction", TABLE, use, "", False)

    def _judge(self, level: str, unit: str, demand: float) -> None:
        quota, reserve = self.construction[unit]
        left = quota - reserve - self._base_ha.get((level, unit), 0.0)
        margin = round(left, 2) - round(demand, 2)
        if margin < self.tolerance["warn_margin"] * quota:
            self.rows.append({
                "rule": "sector.demand", "severity": "error" if margin < 0 else "warning",
                "level": level, "unit": unit, "subject_layer": "sectors",
                "object_layer": "quotas", "object_id": "construction",
                "value": demand, "limit": left,
            })  # fmt: skip

    @cached_property
    def _base_ha(self) -> dict[tuple[str, str], float]:
        """Urban and rural construction of the base, by level and unit."""
        member = self.member("landuse", "urban_rural_construction", False)
        feature, unit, cut = self.in_units("landuse")
        keep = member[feature]
        sums = self.roll_up(unit[keep], self.measure(cut[keep]))
        return {key: value / 1e4 for key, value in sums.items()}

    @cached_property
    def construction(self) -> dict[str, tuple[float, float]]:
        """Quota and reserve in hectares of urban and rural construction, by unit."""
        raw = pd.read_excel(self.file.parent / self.given["quotas"]["path"], header=None)
        heads = (raw.iloc[0].ffill() + raw.iloc[1].fillna("")).tolist()
        own = [at for at, head in enumerate(heads) if str(head).startswith("城乡建设用地规模")]
        return {str(row[0]): (float(row[own[0]]), float(row[own[1]]))
                for row in raw.iloc[2:].to_numpy().tolist()}  # fmt: skip
