# SPDX-License-Identifier: GPL-2.0-or-later
"""What every rule about sector plans looks at: the plans, the county, areas, places, names."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Callable, Iterable

import numpy as np
import pandas as pd
import shapely

from ...layers.words import say
from ..fabric import measure_of
from ..levels import unit_shape
from ..net import take
from ..noise import Noise
from ..places import noise_of
from .share import Shared, share, unite

if TYPE_CHECKING:
    from ...layers.codes import CodeTable
    from ...layers.model import County, Layer
    from ...layers.sector_model import Plans
    from ...layers.sector_rules import UseRelations
    from ...layers.standard import Standard
    from ..fabric import Measure
    from .record import Batch

UnitShape = Callable[..., Any]


@dataclass
class Scene:
    """A county with its sector plans, ready to be questioned rule by rule.

    `noise` counts what is dropped by the tolerance. `plans` limits the run to pairs that involve
    one of these plans (ids; all where empty). `unchecked` maps a rule, or a plan's id, to why it
    could not be checked, or not whole, and `gaps` what of it a rule could not ask of a plan, by
    plan and rule. `limited` tells that the county is cut down to clusters.
    Where there is a list `kept`, the rules write down their batches there, with the columns of the
    record, and give empty tables. `unit_shape` gives a unit's area.
    """

    county: County
    plans: Plans
    wanted: tuple[str, ...] = ()
    noise: Noise = field(default_factory=lambda: Noise(0, 0))
    unchecked: dict[str, str] = field(default_factory=dict)
    gaps: dict[tuple[str, str], str] = field(default_factory=dict)
    limited: bool = False
    kept: list[tuple[Batch, dict[str, Any]]] | None = None
    unit_shape: UnitShape = unit_shape

    @classmethod
    def of(cls, county: County, wanted: tuple[str, ...] = (), limited: bool = False) -> Scene:
        """Set a county's scene; it must have plans. A plan without a layout is not checked."""
        if county.plans is None:
            raise ValueError("the county has no sector plans")
        unchecked = dict(county.plans.missing)
        sectors = county.plans.sectors
        for plan in sectors["sector"][(sectors["layout"] == "").to_numpy()]:
            unchecked.setdefault(plan, say("sectors.no_layout"))
        return cls(county, county.plans, wanted, noise_of(county), unchecked, limited=limited)

    def add_unchecked(self, key: str, reason: str) -> None:
        """Note one more reason why a rule or plan was not checked, or not whole."""
        self.unchecked[key] = " ".join(filter(None, [self.unchecked.get(key, ""), reason]))

    def add_gap(self, plan: str, rule: str, reason: str) -> None:
        """Note what a rule could not ask of a plan."""
        self.gaps[plan, rule] = reason
        self.add_unchecked(plan, reason)

    def replace_gap(self, plan: str, rule: str, reason: str) -> None:
        """Put what a run before could not ask of a plan in place of what this one could not."""
        own = self.gaps.pop((plan, rule), "")
        rest = self.unchecked.get(plan, "").replace(own, "").strip() if own else None
        if rest is not None:
            self.unchecked[plan] = rest
        self.add_gap(plan, rule, reason)

    @cached_property
    def measure(self) -> Measure:
        """Measure areas as all checks of the county do, in m2."""
        return measure_of(self.county)

    @property
    def standard(self) -> Standard:
        """Give the standard."""
        return self.county.standard

    @cached_property
    def relations(self) -> UseRelations:
        """Give the table of uses that exclude each other."""
        return self.standard.use_relations()

    @cached_property
    def table(self) -> CodeTable:
        """Give the vocabulary that the uses of projects are written in."""
        return self.standard.code_table(self.standard.settings["rule_table"])

    @cached_property
    def uses(self) -> np.ndarray:
        """Give the use of each plot, "" where blank or unknown."""
        codes = self.plans.plots["use"].to_numpy(dtype=object)
        return np.where(self.table.known(codes), codes, "").astype(object)

    @cached_property
    def owner(self) -> np.ndarray:
        """Give the project of each plot."""
        return self.plans.plots["project"].to_numpy(dtype=np.int64)

    @cached_property
    def sector(self) -> np.ndarray:
        """Give the plan (row of `sectors`) of each project."""
        return self.plans.projects["sector"].to_numpy(dtype=np.int64)

    @cached_property
    def ground_m2(self) -> np.ndarray:
        """Give the area of each project's ground, 0 where it has none."""
        return self.measure(self.plans.ground)

    @cached_property
    def in_run(self) -> np.ndarray:
        """Tell for each project whether its plan is one that the run is about."""
        ids = self.plans.sectors["sector"].to_numpy(dtype=object)
        chosen = np.isin(ids, list(self.wanted)) | (not self.wanted)
        return chosen[self.sector]

    def plan_names(self, ids: Iterable[str]) -> list[str]:
        """Give the names of plans by their ids, in the dossier's order."""
        wanted = set(ids)
        pairs = self.plans.sectors[["sector", "name"]].itertuples(index=False)
        return [str(name or sector) for sector, name in pairs if sector in wanted]

    def use_words(self, code: str) -> str:
        """Name a use by code and name."""
        if not code:
            return say("sectors.use_unknown")
        return f"{code} {self.table.label(code)}".strip()

    def layer_uses(self, layer: Layer) -> np.ndarray:
        """Give each feature's code in the vocabulary of the projects, "" where unknown."""
        codes = layer.data["code"].to_numpy(dtype=object)
        return self.standard.code_table(layer.table).rule_codes(codes)

    @cached_property
    def codes(self) -> np.ndarray:
        """Give each project's code; one without a code is known by a point of its ground."""
        return project_codes(self.plans.projects["project"], self.plans.ground, self.sector)

    @cached_property
    def placed(self) -> Shared:
        """Cut each project's ground by the units."""
        return share(self.plans.ground, self.county.units.geometry)

    def homes(self, shapes: np.ndarray) -> np.ndarray:
        """Give each shape the finest unit that holds most of it; -1 where none of the run does."""
        return self._homes(share(shapes, self.county.units.geometry), len(shapes))

    def _homes(self, found: Shared, many: int) -> np.ndarray:
        area = self.measure(found.shapes)
        unit = self.county.tree.feature_unit[found.right]
        wide = len(self.county.tree.finest) + 1
        pair, back = np.unique(found.left * wide + unit + 1, return_inverse=True)
        sums = np.bincount(back, area, minlength=len(pair))
        order = np.lexsort((-pair, sums))  # the largest is written last, of equals the first unit
        out = np.full(many, -1, dtype=np.int64)
        out[pair[order] // wide] = pair[order] % wide - 1
        return out

    @cached_property
    def project_homes(self) -> np.ndarray:
        """Give the finest unit that holds most of each project's ground, -1 where none."""
        return self._homes(self.placed, len(self.plans.ground))

    def town_of(self, units: np.ndarray) -> dict[str, np.ndarray]:
        """Give town and cluster, codes and names, for finest units (-1: "")."""
        finest = self.county.tree.finest
        names = ("town", "town_name", "cluster", "cluster_name")
        return {
            name: take(finest[name].to_numpy(dtype=object), units, "")
            if name in finest
            else np.full(len(units), "", dtype=object)
            for name in names
        }

    def people(self, projects: np.ndarray, side: str) -> dict[str, np.ndarray]:
        """Give what a conflict tells of its projects on one side; -1 is no project."""
        own, sectors = self.plans.projects, self.plans.sectors
        plan = np.where(projects < 0, -1, take(self.sector, projects, -1))

        def of_plan(column: str) -> np.ndarray:
            return take(sectors[column].to_numpy(dtype=object), plan, "")

        def of_project(column: str, absent: object = "") -> np.ndarray:
            kind = float if isinstance(absent, float) else object
            return take(own[column].to_numpy(dtype=kind), projects, absent)

        return {
            f"{side}_layer": of_plan("sector"), f"{side}_name": of_plan("name"),
            f"{side}_department": of_plan("department"),
            f"{side}_id": take(self.codes, projects, ""),
            f"{side}_label": of_project("label"), f"{side}_use": of_project("use"),
            f"{side}_start": of_project("start", np.nan), f"{side}_end": of_project("end", np.nan),
            f"{side}_area_m2": take(self.ground_m2, projects, np.nan),
            f"{side}_demand_m2": take(self.demand_m2, projects, np.nan),
        }  # fmt: skip

    @cached_property
    def demand_m2(self) -> np.ndarray:
        """Give the land each project asks for: the listed area, else the laid-out one."""
        listed = self.plans.projects["listed_m2"].to_numpy(dtype=float)
        laid = np.where(self.ground_m2 > 0, self.ground_m2, np.nan)
        return np.where(listed > 0, listed, laid)

    def by_project(
        self, rows: np.ndarray, shapes: np.ndarray, *keys: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Unite pieces (`rows` of plots) by project and further keys.

        Gives, a row a group, the first piece of each, its shape and, for each piece, its group.
        """
        first, group = groups(self.owner[rows], *keys)
        return first, unite(shapes, group, len(first)), group


def groups(*keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Group rows by whole numbers: the first row of each group, and each row's group, by rank."""
    if not len(keys[0]):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    table = np.column_stack(keys)
    _, first, group = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return first, group.reshape(-1)


def project_codes(projects: pd.Series, ground: np.ndarray, sector: np.ndarray) -> np.ndarray:
    """Give each project's code; one without a code is known by a point of its ground."""
    codes = projects.to_numpy(dtype=object).copy()
    bare = np.flatnonzero(codes == "")
    if not len(bare):
        return codes
    points = shapely.point_on_surface(ground[bare])
    there = ~(shapely.is_missing(points) | shapely.is_empty(points))
    named = pd.Series("@", index=range(len(bare)), dtype=object)
    named[there] = [f"@{x:.0f},{y:.0f}" for x, y in shapely.get_coordinates(points[there])]
    turn = named.groupby([sector[bare], named.to_numpy()]).cumcount() + 1
    codes[bare] = [code if n == 1 else f"{code}#{n}" for code, n in zip(named, turn)]
    return codes
