# SPDX-License-Identifier: GPL-2.0-or-later
"""What former results say of rules and plans that a run did not look at again."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from ...jobs.sector_rules import TWO_SIDED
from ...layers.former import looked_at
from ...layers.words import say
from .demand import DEMAND
from .overlap import OVERLAP
from .record import COLUMNS, NUMBERS, SIDES

if TYPE_CHECKING:
    from .run import Parts
    from .scene import Scene

_LAYERS = {"conflicts", "joint_use", "sites", "sector_demand", "sector_gaps"}


def keep_former(parts: Parts, out: Path) -> Parts:
    """Add the former conflicts that a run over some rules or plans could not have found again.

    Conflicts of plans that the dossier no longer names are left out. Without former results, or
    with such as hold no sector plans, the run stands for itself.
    """
    path = out / "results.gpkg"
    if not path.exists() or not _LAYERS.issubset(pyogrio.list_layers(path)[:, 0]):
        return parts
    scene = parts.scene
    former = _text(pyogrio.read_dataframe(path, layer="conflicts"))
    looked = looked_at(former, parts.rules, scene.wanted)
    if scene.limited:  # what lies beyond the clusters of this run was not looked at either
        inside = former["cluster"].isin(scene.county.tree.finest["cluster"])
        looked = looked & inside.to_numpy(dtype=bool)
    looked = looked & ~_of_unread(scene, former)
    unseen = ~looked & _still_there(parts, former)
    former = former[unseen & ~former["id"].isin(parts.conflicts["id"]).to_numpy()]
    parts.conflicts = _under(parts.conflicts, former[[*COLUMNS, "geometry"]])
    parts.looked = {**_record(out).get("looked", {}), **parts.looked}
    _keep_joint(parts, path)
    _keep_sites(parts, path)
    _keep_gaps(parts, path)
    if DEMAND not in parts.rules or scene.limited:
        parts.demand_table = pyogrio.read_dataframe(path, layer="sector_demand")
    return parts


def tell_unasked(parts: Parts, rules: Sequence[str]) -> None:
    """Note when each rule was asked, and which ones never were about all plans."""
    scene = parts.scene
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    # A plan that could not be read was asked nothing, so no rule was asked about all.
    whole = not scene.wanted and not scene.limited and not scene.plans.unread
    parts.looked.update(dict.fromkeys(parts.rules if whole else (), now))
    for rule in rules:
        if rule in parts.looked or (rule in parts.rules and not scene.wanted):
            continue
        key = "sectors.some_plans" if rule in parts.rules else "sectors.not_asked"
        scene.add_unchecked(rule, say(key, plans=" ".join(scene.wanted)))


def _record(out: Path) -> dict[str, Any]:
    """Read what the former run says of itself; nothing where it says nothing."""
    try:
        return dict(json.loads((out / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _still_there(parts: Parts, former: pd.DataFrame) -> pd.Series:
    """Tell which former conflicts are of plans that the dossier still names."""
    ids = set(parts.scene.plans.sectors["sector"])
    roles = {*parts.scene.county.dossier.layers, "sectors", "quotas", "plan", ""}
    return former["subject_layer"].isin(ids | {"sectors"}) & former["object_layer"].isin(
        ids | roles
    )


def _of_unread(scene: Scene, former: pd.DataFrame) -> np.ndarray:
    """Tell which former conflicts are of plans that this run could not read."""
    lost = list(scene.plans.unread)
    other = former["rule"].isin(TWO_SIDED) & former["object_layer"].isin(lost)
    return (former["subject_layer"].isin(lost) | other).to_numpy(dtype=bool)


def _keep_joint(parts: Parts, path: Path) -> None:
    """Keep the joint use of plans that were not looked at."""
    old = _text(pyogrio.read_dataframe(path, layer="joint_use"))
    if OVERLAP in parts.rules:
        wanted = list(parts.scene.wanted)
        seen = old["sector_a"].isin(wanted) | old["sector_b"].isin(wanted) | (not wanted)
        old = old[~seen]
    parts.joint_use = _under(parts.joint_use, old)


def _keep_sites(parts: Parts, path: Path) -> None:
    """Keep the sites of projects that only former conflicts are about."""
    old = _text(pyogrio.read_dataframe(path, layer="sites"))
    named = pd.concat(
        [
            parts.conflicts[[f"{side}_layer", f"{side}_id"]].set_axis(["sector", "project"], axis=1)
            for side in SIDES
        ]
    )

    def key(table: pd.DataFrame) -> pd.MultiIndex:
        return pd.MultiIndex.from_frame(table[["sector", "project"]])

    keep = key(old).isin(key(named)) & ~key(old).isin(key(parts.sites))
    parts.sites = _under(parts.sites, old[keep])


def _keep_gaps(parts: Parts, path: Path) -> None:
    """Keep the reasons why rules that were not asked, or not about all plans, went unanswered.

    With a plan unread, or in a run over some clusters, no rule was asked about all. What a rule
    could not ask of a plan stays until it asks it again.
    """
    scene = parts.scene
    old = _text(pyogrio.read_dataframe(path, layer="sector_gaps"))
    whole = not scene.wanted and not scene.limited and not scene.plans.unread
    plans = set(scene.plans.sectors["sector"])
    asker = old["rule"] if "rule" in old else [""] * len(old)
    for subject, rule, reason in zip(old["subject"], asker, old["reason"]):
        if subject.startswith("sector.") and not (whole and subject in parts.rules):
            scene.unchecked.setdefault(subject, reason)
        asked = rule in parts.rules and subject not in scene.plans.unread and not scene.limited
        asked &= not scene.wanted or subject in scene.wanted
        if rule and subject in plans and not asked:
            scene.replace_gap(subject, rule, reason)


def _under(new: gpd.GeoDataFrame, old: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put former rows under new ones, with the columns of the new."""
    if not len(old):
        return new
    if not len(new):
        return old[[*new.columns]].reset_index(drop=True).set_crs(new.crs, allow_override=True)
    old = old[[*new.columns]].set_crs(new.crs, allow_override=True)
    return gpd.GeoDataFrame(
        pd.concat([new, old], ignore_index=True), geometry="geometry", crs=new.crs
    )


def _text(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give texts as our tables have them: "" where a file says null."""
    for name in table.columns:
        if table[name].dtype == object and name != "geometry" and name not in NUMBERS:
            table[name] = table[name].where(table[name].notna(), "")
    return table
