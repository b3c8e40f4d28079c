# SPDX-License-Identifier: GPL-2.0-or-later
"""An oracle for a whole run: pairwise intersections and sums, nothing of the engine's.

It reads the dossier with yaml, the layers with geopandas, the standard with csv, and follows
CONTRACT.md. Slow, and simple enough to be believed.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import numpy as np
import shapely
from oracle_shapes import Shapes, cut_off, minus, polygonal, shared
from oracle_survey import Key, Survey


def half_up(value: float) -> float:
    """Round to 0.01, a half up."""
    return float(np.floor(value * 100 + 0.5 + 1e-9) / 100)


class Oracle(Survey):
    """All answers to one dossier; each property is worked out when it is asked for."""

    # --- indicators ------------------------------------------------------------------------

    def torn(self, role: str, group: str) -> bool:
        """Tell if a layer lacks, or the boundary does that parts its uses in urban and village."""
        if role not in self.layers:
            return True
        if "boundary" in self.layers:
            return False
        return bool((self.member(role, group, True) != self.member(role, group, False)).any())

    def value(self, role: str, group: str, measure: str) -> dict[Key, float]:
        """Sum what belongs to a group in m2 for every unit."""
        feature, unit, cut = self._members(role, group)
        area = self.measure(cut)
        if measure == "net":
            area = area - self._ridges(role, feature, cut, area)
        return self.roll_up(unit, area)

    def _members(self, role: str, group: str) -> tuple[np.ndarray, np.ndarray, Shapes]:
        """List what belongs to a group: feature, units' feature, shape."""
        feature, unit, shapes = self.in_units(role)
        inside, outside = self.member(role, group, True), self.member(role, group, False)
        always, if_in, if_out = inside & outside, inside & ~outside, outside & ~inside
        lines = self.layers["boundary"].shapes if "boundary" in self.layers else shapes[:0]
        parts = []
        rows = np.flatnonzero(always[feature])
        parts.append((rows, shapes[rows]))
        rows = np.flatnonzero(if_in[feature])
        hit, _, cut = shared(shapes[rows], lines)
        parts.append((rows[hit], cut))
        rows = np.flatnonzero(if_out[feature])
        parts.append((rows, minus(shapes[rows], lines)))
        rows = np.concatenate([part[0] for part in parts])
        return feature[rows], unit[rows], np.concatenate([part[1] for part in parts])

    def strange_ridges(self, role: str, group: str) -> dict[Key, float]:
        """Sum the land that takes its coefficient from a base parcel of unknown code."""
        if "landuse" not in self.layers or role == "landuse":
            return {}
        feature, unit, cut = self._members(role, group)
        blank = np.isnan(self.layers[role].deduction[feature])
        base = self.layers["landuse"]
        strange = np.array([not self.codes.known(base.table, code) for code in base.codes])
        hit, _, shapes = shared(cut[blank], base.shapes[strange])
        return self.roll_up(unit[blank][hit], self.measure(shapes))

    def _ridges(
        self, role: str, feature: np.ndarray, shapes: Shapes, area: np.ndarray
    ) -> np.ndarray:
        """Measure the ridges in shapes: by the layer's coefficient, else the base parcels'."""
        own = self.layers[role].deduction[feature]
        out = np.where(np.isnan(own), 0.0, own) * area
        blank = np.flatnonzero(np.isnan(own))
        if "landuse" in self.layers and len(blank):
            hit, base, cut = shared(shapes[blank], self.layers["landuse"].shapes)
            np.add.at(out, blank[hit], self.measure(cut) * self.base_ridge[base])
        return out

    @cached_property
    def base_ridge(self) -> np.ndarray:
        """Give each base parcel's coefficient where it is cultivated, else 0."""
        farmed = [group == "cultivated" for group in self.groups("landuse")]
        return np.where(farmed, np.nan_to_num(self.layers["landuse"].deduction), 0.0)

    @cached_property
    def indicators(self) -> dict[Key, dict[str, object]]:
        """Map level, unit, indicator to base_ha, plan_ha (unrounded) and outcome."""
        out: dict[Key, dict[str, object]] = {}
        for one in self.codes.indicators:
            role = self.planned if one["source"] == "plan" else one["source"]
            if self.torn(role, one["group"]):
                out.update({(*key, one["indicator"]): self._nothing() for key in self.unit_m2})
                continue
            if one["source"] == "plan" and role == "landuse" and one["base_fallback"] != "1":
                base = self.value(role, one["group"], one["measure"])
                out.update({
                    (*key, one["indicator"]):
                        {**self._nothing(), "base_ha": base.get(key, 0.0) / 1e4}
                    for key in self.unit_m2
                })  # fmt: skip
                continue
            plan = self.value(role, one["group"], one["measure"])
            base: dict[Key, float] = {}
            if one["source"] == "plan" and not self.torn("landuse", one["group"]):
                base = self.value("landuse", one["group"], one["measure"])
            unknown = self.unknown(role) if one["group"] else {}
            net = one["measure"] == "net"
            ridges = self.strange_ridges(role, one["group"]) if net else {}
            for key in self.unit_m2:
                quota, reserve = self.quotas.get((key[1], one["indicator"]), (np.nan, 0.0))
                extra = reserve if one["reserve"] == "1" else 0.0
                value = plan.get(key, 0.0) / 1e4 + extra
                least = self.tolerance["min_area_m2"]
                doubt = max(unknown.get(key, 0.0), ridges.get(key, 0.0)) >= least
                hope = unknown.get(key, 0.0) / 1e4 if one["direction"] == ">=" else 0.0
                bare = self.bare(role).get(key, 0.0) / 1e4 if one["group"] else 0.0
                out[(*key, one["indicator"])] = {
                    "plan_ha": value,
                    "base_ha": base.get(key, 0.0) / 1e4 if base else np.nan,
                    "outcome": self._judge(one["direction"], value, quota, doubt, hope, bare),
                }
        return out

    @staticmethod
    def _nothing() -> dict[str, object]:
        return {"plan_ha": np.nan, "base_ha": None, "outcome": "not_checked"}

    def unknown(self, role: str) -> dict[Key, float]:
        """Sum the land whose code no table knows."""
        layer = self.layers[role]
        feature, unit, shapes = self.in_units(role)
        strange = np.array([not self.codes.known(layer.table, code) for code in layer.codes])
        rows = np.flatnonzero(strange[feature]) if len(strange) else np.empty(0, int)
        return self.roll_up(unit[rows], self.measure(shapes[rows]))

    def bare(self, role: str) -> dict[Key, float]:
        """Sum the ground of units that a layer does not cover; crumbs are not counted."""
        if role not in self._bare:
            chunks = [
                polygonal(np.array([one]))
                for one in minus(self.units.shapes, self.layers[role].shapes)
            ]
            found = [shapely.get_parts(one[0]) for one in chunks]
            unit = np.repeat(np.arange(len(found)), [len(one) for one in found])
            parts = np.concatenate(found) if len(unit) else np.empty(0, dtype=object)
            area = self.measure(parts)
            wide = ~shapely.is_empty(shapely.buffer(parts, -self.tolerance["min_width_m"] / 2))
            kept = (area >= self.tolerance["min_area_m2"]) & wide
            self._bare[role] = self.roll_up(unit[kept], area[kept])
        return self._bare[role]

    @cached_property
    def _bare(self) -> dict[str, dict[Key, float]]:
        return {}

    def _judge(
        self, direction: str, value: float, quota: float, doubt: bool, hope: float, bare: float
    ) -> str:
        """Judge a value; land in doubt, `hope` ha of it, leaves only failures it can't undo.

        At most a quota is kept only if it were with the `bare` ground, in ha, too.
        """
        if np.isnan(quota):
            return "not_checked"
        steps, limit = half_up(value), half_up(quota)
        margin = limit - steps if direction == "<=" else steps - limit
        short = limit - half_up(value + hope) if direction == ">=" else -margin
        if doubt and round(short, 2) <= 0:
            return "not_checked"
        if margin < 0:
            return "failed"
        if direction == "<=" and round(limit - half_up(value + bare), 2) < 0:
            return "not_checked"
        return "warning" if margin + 1e-9 < self.tolerance["warn_margin"] * limit else "passed"

    # --- control lines ---------------------------------------------------------------------

    @cached_property
    def control(self) -> dict[Key, Shapes]:
        """Map rule, subject and change to the shapes of it."""
        layer = self.layers[self.planned]
        feature, _, shapes = self.in_units(self.planned)
        out: dict[Key, list[shapely.Geometry]] = defaultdict(list)
        for zone in self.codes.zones:
            if zone["role"] not in self.layers:
                continue
            verdict = [self.codes.verdict(zone["zone"], layer.table, one) for one in layer.codes]
            told = np.isin(verdict, ("forbid", "conditional"))
            rows = np.flatnonzero(told[feature])
            area = self.layers[zone["role"]].shapes
            if zone["side"] == "outside":
                cut = minus(shapes[rows], area)
            else:
                hit, _, cut = shared(shapes[rows], area)
                rows = rows[hit]
            for change, where, part in self._changes(feature[rows], cut):
                for row, shape in zip(feature[rows][where], part):
                    out[(zone["rule"], layer.ids[row], change)].append(shape)
        return {key: np.array(value, dtype=object) for key, value in out.items()}

    def _changes(self, feature: np.ndarray, shapes: Shapes) -> list[tuple[str, np.ndarray, Shapes]]:
        """Part shapes into what keeps its class group from the base and what does not."""
        every = np.arange(len(shapes))
        if self.planned == "landuse":
            return [("existing", every, shapes)]
        if "landuse" not in self.layers:
            return [("new", every, shapes)]
        before, after = self.groups("landuse"), self.groups("plan")
        base = self.layers["landuse"].shapes
        i, j = shapely.STRtree(base).query(shapes, predicate="intersects")
        same = np.array([after[feature[a]] == before[b] != "" for a, b in zip(i, j)], dtype=bool)
        i, j = i[same], j[same]
        old = polygonal(shapely.intersection(shapes[i], base[j]))
        return [("existing", i, old), ("new", every, cut_off(shapes, base, i, j))]

    @cached_property
    def crossings(self) -> dict[Key, Shapes]:
        """Map the two roles and features of a crossing pair to the shapes they share."""
        out: dict[Key, list[shapely.Geometry]] = defaultdict(list)
        for pair in self.codes.crossings:
            one, other = pair["role_a"], pair["role_b"]
            if one in self.layers and other in self.layers:
                feature, _, shapes = self.in_units(one)
                i, j, cut = shared(shapes, self.layers[other].shapes)
                for a, b, shape in zip(feature[i], j, cut):
                    ids = self.layers[one].ids[a], self.layers[other].ids[b]
                    out[(one, ids[0], other, ids[1])].append(shape)
        return {key: np.array(value, dtype=object) for key, value in out.items()}

    # --- balance ---------------------------------------------------------------------------

    def structure(self, role: str) -> dict[Key, float]:
        """Map level, unit and class to m2; what no parcel covers is the class `gap`."""
        feature, unit, shapes = self.in_units(role)
        names = self.classes(role)
        out = self.roll_up(unit, self.measure(shapes), [names[i] for i in feature])
        covered: dict[Key, float] = defaultdict(float)
        for key, value in out.items():
            covered[key[:2]] += value
        gap = {(*key, "gap"): total - covered[key] for key, total in self.unit_m2.items()}
        return {**out, **gap}

    @cached_property
    def _both(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Cut the base in units by the plan: base feature, plan feature, units' feature, m2."""
        feature, unit, shapes = self.in_units("landuse")
        i, j, cut = shared(shapes, self.layers["plan"].shapes)
        return feature[i], j, unit[i], self.measure(cut)

    @cached_property
    def transfers(self) -> dict[Key, float]:
        """Map level, unit, class before and class after to m2."""
        i, j, unit, area = self._both
        before, after = self.classes("landuse"), self.classes("plan")
        cells = self.roll_up(unit, area, [before[a] for a in i], [after[b] for b in j])
        base, plan = self.structure("landuse"), self.structure("plan")
        for key in self.unit_m2:
            mine = {cell[2:]: value for cell, value in cells.items() if cell[:2] == key}
            for name in self.codes.classes:
                row = sum(value for cell, value in mine.items() if cell[0] == name)
                column = sum(value for cell, value in mine.items() if cell[1] == name)
                cells[(*key, name, "gap")] = base.get((*key, name), 0.0) - row
                cells[(*key, "gap", name)] = plan.get((*key, name), 0.0) - column
            filled = sum(cells[(*key, "gap", name)] for name in self.codes.classes)
            cells[(*key, "gap", "gap")] = base[(*key, "gap")] - filled
        return cells

    @cached_property
    def ledgers(self) -> dict[Key, np.ndarray]:
        """Map level, unit, ledger, flow, class before and class after to gross and net m2."""
        i, j, unit, area = self._both
        before, after = self.groups("landuse"), self.groups("plan")
        names = self.classes("landuse"), self.classes("plan")
        own = self.layers["plan"].deduction[j]
        stated = (own >= 0) & (own < 1)
        ridges = {"out": self.base_ridge[i], "in": np.where(stated, own, self.base_ridge[i])}
        out: dict[Key, np.ndarray] = {}
        flows = [(one, "out") for one in self.codes.ledgers]
        for one, flow in flows + [(one, "in") for one in self.codes.ledgers]:
            ends = {(one["from_group"], one["to_group"])}
            if flow == "in":
                ends = {(group, one["from_group"]) for group in one["back_groups"].split()}
            hit = np.array([(before[a], after[b]) in ends for a, b in zip(i, j)], dtype=bool)
            a, b = [names[0][k] for k in i[hit]], [names[1][k] for k in j[hit]]
            words = [one["ledger"]] * len(a), [flow] * len(a)
            gross = self.roll_up(unit[hit], area[hit], *words, a, b)
            net = self.roll_up(unit[hit], (area * (1 - ridges[flow]))[hit], *words, a, b)
            out.update({key: np.array([gross[key], net[key]]) for key in gross})
        return out
