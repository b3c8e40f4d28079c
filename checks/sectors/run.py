# SPDX-License-Identifier: GPL-2.0-or-later
"""All rules about sector plans over one county: `check_sectors`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from ...jobs.sector_rules import LAND, SECTOR_RULES, TWO_SIDED
from ...layers.errors import InputError
from ...layers.findings import join
from ...layers.progress import Progress, silent
from ...layers.schema import listed, nearest_first
from ...layers.words import say
from .. import tiles
from .control import RULES as CONTROL
from .control import check_control
from .demand import COLUMNS as DEMAND_COLUMNS
from .demand import DEMAND, Demand, check_demand, measure_demand
from .doubles import check_doubles
from .former import keep_former, tell_unasked
from .ground import PLAN, RESERVE, check_plan, check_reserve
from .lists import DUPLICATE, PROJECTS, check_duplicates, check_projects
from .overlap import OVERLAP, SEQUENCE, Overlaps, check_order, no_joint_use
from .places import check_places
from .record import gathered
from .scene import Scene
from .sites import SiteFinder
from .tables import matrix, projects_table, sectors_table

if TYPE_CHECKING:
    from ...layers.model import County

RULES = SECTOR_RULES


@dataclass
class Parts:
    """What the rules found, before it is laid out in tables."""

    scene: Scene
    rules: tuple[str, ...]
    conflicts: gpd.GeoDataFrame
    joint_use: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    demand: Demand
    demand_table: pd.DataFrame
    looked: dict[str, str] = field(default_factory=dict)
    sites_seconds: float = 0.0


@dataclass
class SectorResults:
    """What a run found out about sector plans; the tables are layers of results.gpkg.

    `conflicts` holds the records behind the findings `sector.*`, with the same ids; `rules` and
    `plans` say what was asked about (no plan: all); `gaps` maps a plan and a rule to what the rule
    could not ask of it; `unread` names the plans that could not be read; `unchecked` maps a rule or
    a plan's id to the reason why it was not checked, or not whole; `dropped` is noise by rule.
    `data` holds findings about the plans' data; `looked` maps a rule to the time (ISO, UTC) when
    all plans were last asked about it, former runs over the same folder included; `sites_seconds`
    is what the search for sites took.
    """

    conflicts: gpd.GeoDataFrame
    projects: gpd.GeoDataFrame
    joint_use: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    sectors: pd.DataFrame
    matrix: pd.DataFrame
    demand: pd.DataFrame
    rules: tuple[str, ...]
    plans: tuple[str, ...]
    unchecked: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, dict[str, float]] = field(default_factory=dict)
    data: gpd.GeoDataFrame | None = None
    looked: dict[str, str] = field(default_factory=dict)
    sites_seconds: float = 0.0
    gaps: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def gaps_table(self) -> pd.DataFrame:
        """List what went unanswered, for the run after this: subject, rule, reason.

        `subject` is a rule or a plan's id; `rule` the rule that could not be asked of the plan,
        whose reason stands once more among all of the plan's.
        """
        rows = [(plan, rule, reason) for (plan, rule), reason in self.gaps.items()]
        rows += [(subject, "", reason) for subject, reason in self.unchecked.items()]
        return pd.DataFrame(rows, columns=["subject", "rule", "reason"]).astype(object)


def check_sectors(
    county: County,
    rules: Sequence[str] = (),
    plans: Sequence[str] = (),
    limited: bool = False,
    former: Path | None = None,
    progress: Progress = silent,
) -> SectorResults:
    """Ask all rules, or those named, about all plans, or those named and whom they meet.

    `limited` says that the run is over some clusters: what lies in no unit of theirs is left out.
    A run over some rules or plans keeps what the results in the folder `former` say of the rest.
    An unknown plan is an InputError that names the nearest.
    """
    with tiles.remembering({}):  # each rule cuts the same units and layers
        return _checked(county, rules, plans, limited, former, progress)


def _checked(
    county: County, rules: Sequence[str], plans: Sequence[str], limited: bool,
    former: Path | None, progress: Progress,
) -> SectorResults:  # fmt: skip
    """Do what `check_sectors` says."""
    scene = Scene.of(county, _known(county, plans), limited)
    asked = tuple(rule for rule in RULES if rule in rules) or RULES
    data = check_places(scene)
    overlaps = Overlaps(scene)
    doubles = check_doubles(scene, overlaps).frame(scene.county.dossier.crs)
    parts = _ask(scene, asked, overlaps, progress)
    if former is not None and (rules or plans):
        parts = keep_former(parts, former)
    tell_unasked(parts, RULES)
    if limited and not (scene.project_homes >= 0).any():
        for rule in asked:
            scene.add_unchecked(rule, say("sectors.nowhere"))
    conflicts, demand = parts.conflicts, parts.demand
    return SectorResults(
        conflicts, projects_table(scene, conflicts, demand), parts.joint_use, parts.sites,
        sectors_table(scene, conflicts, demand), matrix(scene, conflicts, parts.joint_use),
        parts.demand_table, asked, scene.wanted, scene.unchecked, scene.noise.dropped,
        join([data, doubles], scene.county.dossier.crs),
        parts.looked, parts.sites_seconds, scene.gaps,
        tuple(scene.plan_names(scene.plans.unread)),
    )  # fmt: skip


def _ask(scene: Scene, asked: Sequence[str], overlaps: Overlaps, progress: Progress) -> Parts:
    """Ask rule after rule."""
    demand = measure_demand(scene)
    table = pd.DataFrame(columns=[*DEMAND_COLUMNS])
    tables: list[gpd.GeoDataFrame] = []
    steps: dict[str, Callable[[], gpd.GeoDataFrame]] = {
        **{rule: _control_step(scene, rule) for rule in CONTROL.values()},
        OVERLAP: overlaps.conflicts, PLAN: lambda: check_plan(scene),
        PROJECTS: lambda: check_projects(scene), DUPLICATE: lambda: check_duplicates(scene),
        SEQUENCE: lambda: pd.concat([overlaps.sequence(), check_order(scene)]),
        RESERVE: lambda: check_reserve(scene),
    }  # fmt: skip
    for number, rule in enumerate(asked):
        progress("sectors", number / (len(asked) + 2), rule)
        if rule == DEMAND:
            table, found = check_demand(scene, demand)
        else:
            found = steps[rule]()
        tables.append(found)
    conflicts = _inside(gathered(scene, tables), scene.limited)
    joint = no_joint_use(scene)
    if OVERLAP in asked:
        joint = _inside(overlaps.joint_use(), scene.limited)
    progress("sectors", 1 - 1 / (len(asked) + 2), say("engine.stage.sites"))
    start = time.perf_counter()
    sites = _sites(scene, conflicts)
    parts = Parts(scene, tuple(asked), conflicts, joint, sites, demand, table)
    parts.sites_seconds = round(time.perf_counter() - start, 3)
    return parts


def _control_step(scene: Scene, rule: str) -> Callable[[], gpd.GeoDataFrame]:
    return lambda: check_control(scene, rule)


def _known(county: County, plans: Sequence[str]) -> tuple[str, ...]:
    """Check the plans asked for against those there are, by id or name."""
    table = county.plans.sectors if county.plans is not None else pd.DataFrame(columns=["sector"])
    out = []
    for word in plans:
        rows = table[(table["sector"] == word) | (table["name"] == word)]
        if not len(rows):
            near = listed(nearest_first(word, table["sector"]))
            raise InputError("sectors.no_plan", plan=word, plans=near)
        out.append(str(rows["sector"].iloc[0]))
    return tuple(out)


def _inside(table: gpd.GeoDataFrame, limited: bool) -> gpd.GeoDataFrame:
    """Leave out what lies in no cluster of a run that is limited to some."""
    return table[table["cluster"] != ""].reset_index(drop=True) if limited else table


def _sites(scene: Scene, conflicts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Suggest sites for every project that would have to give way somewhere."""
    cutting = conflicts[conflicts["rule"].isin(LAND)]
    names = pd.MultiIndex.from_arrays([scene.plans.ids(np.arange(len(scene.codes))), scene.codes])
    both = cutting["rule"].isin(TWO_SIDED)
    sides = [cutting[["subject_layer", "subject_id"]], cutting[both][["object_layer", "object_id"]]]
    rows = [np.flatnonzero(names.isin(pd.MultiIndex.from_frame(side))) for side in sides]
    finder = SiteFinder(scene.county, scene.plans, scene.measure, scene.codes)
    out = finder.table(np.unique(np.concatenate(rows)))
    out.attrs["caveat"] = finder.caveat
    return out
