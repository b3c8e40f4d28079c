# SPDX-License-Identifier: GPL-2.0-or-later
"""Projects on land that a control line keeps: `sector.control.*`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...layers.rules import borne_out
from ...layers.words import say
from ..control import SEVERITY
from ..overlay import CRUMB
from ..values import unread_reason
from .record import Batch, nothing, record
from .share import Shared, only, share, take_away, unite

if TYPE_CHECKING:
    from ...layers.standard import Zone
    from .scene import Scene

RULES = {
    "farmland": "sector.control.farmland", "redline": "sector.control.redline",
    "boundary": "sector.control.boundary",
}  # fmt: skip


def check_control(scene: Scene, rule: str) -> gpd.GeoDataFrame:
    """Find the projects that a zone of this rule's control line does not allow.

    One conflict a project and line: its area is all of the project's ground there whose use is
    forbidden or bound to conditions, its verdict the graver of the two. Ground whose use is not
    known counts as bound to conditions, and says so: it is not passed.
    """
    role = next(name for name, own in RULES.items() if own == rule)
    zones = [zone for zone in scene.standard.zones() if zone.role == role]
    layer = scene.county.layers.get(role)
    if layer is None or not zones:
        missing = scene.county.missing.get(role)
        scene.unchecked[rule] = missing or say("sectors.no_layer", role=say(f"checks.role.{role}"))
        return nothing(scene)
    if layer.unread:
        scene.unchecked[rule] = unread_reason(layer)
    parts = [(zone, *_in_zone(scene, zone, layer.geometry)) for zone in zones]
    parts = [part for part in parts if len(part[1])]
    if not parts:
        return nothing(scene)
    cases = pd.concat([_cases(scene, zone, plots) for zone, plots, _ in parts], ignore_index=True)
    shapes = np.concatenate([pieces for *_, pieces in parts])
    return record(scene, _batch(scene, rule, role, zones[0], cases, shapes))


def _in_zone(scene: Scene, zone: Zone, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut the plots that the zone's rules do not allow; gives the plots and their ground there."""
    told = scene.standard.control_rules(zone.id).verdicts(scene.uses)
    verdict = np.where(scene.uses == "", "conditional", told).astype(object)
    asked = (verdict != "allow") & scene.in_run[scene.owner]
    plots = only(scene.plans.plot_shapes, asked)
    if zone.side == "outside":
        rows = np.flatnonzero(asked)
        shapes = take_away(plots[rows], features)
        left = shapely.area(shapes) > CRUMB
        rows, shapes = rows[left], shapes[left]
    else:
        found: Shared = share(plots, features)
        rows = np.unique(found.left)
        place = np.searchsorted(rows, found.left)
        shapes = unite(found.shapes, place, len(rows))
    ruled = verdict[rows] != ""
    _note_unruled(scene, zone, rows[~ruled], shapes[~ruled])
    return rows[ruled], shapes[ruled]


def _cases(scene: Scene, zone: Zone, plots: np.ndarray) -> pd.DataFrame:
    """Tell what the zone's rules say of some plots: plot, verdict, note, basis, ..."""
    told = scene.standard.control_rules(zone.id).match(scene.uses[plots])
    unknown = scene.uses[plots] == ""
    for name in ("note", "basis", "remedy"):
        told[name] = np.where(unknown, "", told[name]).astype(object)
    told["verdict"] = np.where(unknown, "conditional", told["verdict"]).astype(object)
    return told.assign(unknown=unknown, plot=plots)


def _note_unruled(scene: Scene, zone: Zone, plots: np.ndarray, shapes: np.ndarray) -> None:
    """Say which uses in a zone no rule of it covers: there nothing was judged."""
    real = scene.measure(shapes) >= scene.noise.min_area_m2
    codes = sorted(set(scene.uses[plots[real]]))
    if codes:
        rule = RULES[zone.role]
        text = say("sectors.no_rule", zone=zone.name, codes=" ".join(codes))
        scene.add_unchecked(rule, text)


def _batch(
    scene: Scene, rule: str, role: str, zone: Zone, cases: pd.DataFrame, shapes: np.ndarray
) -> Batch:
    plots = cases["plot"].to_numpy()
    first, ground, group = scene.by_project(plots, shapes)
    area = scene.measure(ground)
    kept = scene.noise.keep(rule, ground, area)
    grave = cases.assign(group=group, mild=cases["verdict"] != "forbid")
    grave = grave.sort_values(["group", "mild", "unknown"], kind="stable").drop_duplicates("group")
    grave = grave[kept].reset_index(drop=True)
    subject = scene.owner[plots[first]][kept]
    ground, area = ground[kept], area[kept]
    change = _change(scene, plots, shapes, group, kept, area)
    verdict = grave["verdict"].to_numpy(dtype=object)
    sure = [borne_out(*pair) for pair in zip(grave["basis"], grave["confidence"])]
    columns = {
        "object_layer": role, "object_name": zone.name, "object_id": "",
        "verdict": verdict, "change": change,
        "severity": np.array([SEVERITY[pair] for pair in zip(verdict, change)], dtype=object),
        "value": area, "limit": 0.0, "excess": area, "unit_of_measure": "m2",
        "basis": np.where(sure, grave["basis"], "").astype(object),
        "message": _messages(scene, zone, subject, area, grave),
    }  # fmt: skip
    own = grave["remedy"].to_numpy(dtype=object)
    general = np.where(
        grave["unknown"], say("sectors.control.unknown.remedy"), scene.standard.rule(rule).remedy
    )
    columns["remedy"] = np.where(own == "", general, own)
    return Batch(rule, ground, area, subject, np.full(len(subject), -1), columns)


def _change(
    scene: Scene, plots: np.ndarray, shapes: np.ndarray, group: np.ndarray, kept: np.ndarray,
    area: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Tell `existing` where all the ground already bears the use's class group in the base."""
    base = scene.county.layers.get("landuse")
    out = np.full(len(area), "new", dtype=object)
    if base is None or not len(area):
        return out
    codes = base.data["code"].to_numpy(dtype=object)
    before = scene.standard.code_table(base.table).change_groups(codes)
    after = scene.table.change_groups(scene.uses[plots])
    found = share(shapes, base.geometry, lambda i, k: (after[i] == before[k]) & (after[i] != ""))
    # What lies twice in the base, or under two plots, stood once.
    stood = scene.measure(unite(found.shapes, group[found.left], len(kept)))[kept]
    out[area - stood < scene.noise.min_area_m2] = "existing"
    return out


def _messages(
    scene: Scene, zone: Zone, subject: np.ndarray, area: np.ndarray, told: pd.DataFrame
) -> list[str]:
    labels = scene.plans.projects["label"].to_numpy(dtype=object)[subject]
    share_of = area / scene.ground_m2[subject]
    out = []
    for label, m2, part, case in zip(labels, area, share_of, told.itertuples()):
        word = "unknown" if case.unknown else case.verdict
        text = say(
            f"sectors.control.{zone.side}.{word}", label=label, zone=zone.name,
            area=m2, share=100 * part,
        )  # fmt: skip
        out.append(text + (say("checks.control.note", text=case.note) if case.note else ""))
    return out
