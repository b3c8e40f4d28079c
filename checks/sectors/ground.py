# SPDX-License-Identifier: GPL-2.0-or-later
"""Projects against what the ground is planned or kept for: `sector.plan`, `sector.reserve`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...layers.prefixes import longest_prefix
from ...layers.words import pick, say
from .. import overlay
from ..net import known
from ..values import unread_reason
from .record import Batch, nothing, record
from .share import Shared, share, unite

if TYPE_CHECKING:
    from .scene import Scene

PLAN, RESERVE = "sector.plan", "sector.reserve"
_SHOWN = 4  # planned uses named in a message
_PARTS = re.compile(r"[\s,，、;；]+")


def check_plan(scene: Scene) -> gpd.GeoDataFrame:
    """Find the projects on land that is planned for a use which theirs excludes.

    Land that is reserved for the project's use is as good as planned for it.
    """
    layer = scene.county.layers.get("plan")
    if layer is None:
        missing = scene.county.missing.get("plan")
        scene.unchecked[PLAN] = missing or say("checks.missing.plan")
        return nothing(scene)
    told = [unread_reason(layer)] if layer.unread else []
    strange = int((~known(scene.county, layer)).sum())
    told += [say("sectors.plan.unknown", count=strange)] if strange else []
    if told:
        scene.unchecked[PLAN] = " ".join(told)
    planned = scene.layer_uses(layer)
    active = scene.in_run[scene.owner]

    def wanted(plot: np.ndarray, feature: np.ndarray) -> np.ndarray:
        return active[plot] & scene.relations.exclude(scene.uses[plot], planned[feature])

    found = _unreserved(scene, share(scene.plans.plot_shapes, layer.geometry, wanted))
    if not len(found):
        return nothing(scene)
    first, ground, group = scene.by_project(found.left, found.shapes)
    area = scene.measure(ground)
    kept = scene.noise.keep(PLAN, ground, area)
    parts = pd.DataFrame({
        "group": group, "code": planned[found.right], "area": scene.measure(found.shapes),
    })  # fmt: skip
    subject = scene.owner[found.left[first]][kept]
    told_uses = _planned_uses(scene, parts)
    plots = found.left[first][kept]
    labels = scene.plans.projects["label"].to_numpy(dtype=object)
    messages = [
        say("sectors.plan", label=labels[one], use=scene.use_words(scene.uses[plot]), area=m2,
            planned=told_uses[int(row)], share=100 * m2 / scene.ground_m2[one])
        for row, one, plot, m2 in zip(np.flatnonzero(kept), subject, plots, area[kept])
    ]  # fmt: skip
    columns = {
        "object_layer": "plan", "object_name": say("checks.role.plan"), "object_id": "",
        "value": area[kept], "limit": 0.0, "excess": area[kept], "unit_of_measure": "m2",
        "message": messages,
    }  # fmt: skip
    nobody = np.full(len(subject), -1)
    return record(scene, Batch(PLAN, ground[kept], area[kept], subject, nobody, columns))


def _unreserved(scene: Scene, found: Shared) -> Shared:
    """Take from what plots share with planned land what is reserved for their use."""
    layer = scene.county.layers.get("reserve")
    plots = np.unique(found.left)
    if layer is None or not len(plots):
        return found
    allowed = allowed_uses(layer.data)

    def welcome(row: np.ndarray, feature: np.ndarray) -> np.ndarray:
        return may_use(scene.uses[plots[row]], allowed, feature)

    kept = share(scene.plans.plot_shapes[plots], layer.geometry, welcome)
    if not len(kept):
        return found
    own, place = np.unique(kept.left, return_inverse=True)
    excused = unite(kept.shapes, place, len(own))
    hit = np.flatnonzero(np.isin(found.left, plots[own]))
    cutters = excused[np.searchsorted(plots[own], found.left[hit])]
    shapes = found.shapes.copy()
    shapes[hit] = overlay.subtract(shapes[hit], [cutters[row : row + 1] for row in range(len(hit))])
    real = shapely.area(shapes) > overlay.CRUMB
    return Shared(found.left[real], found.right[real], shapes[real])


def check_reserve(scene: Scene) -> gpd.GeoDataFrame:
    """Find the projects on reserved land whose use its list of allowed uses does not hold.

    One conflict a project and feature of the layer; a feature that lists nothing allows nothing.
    """
    layer = scene.county.layers.get("reserve")
    if layer is None:
        if "reserve" in scene.county.dossier.layers:
            scene.unchecked[RESERVE] = scene.county.missing.get("reserve", "")
        return nothing(scene)
    if layer.unread:
        scene.unchecked[RESERVE] = unread_reason(layer)
    allowed = allowed_uses(layer.data)
    active = scene.in_run[scene.owner] & (scene.uses != "")

    def wanted(plot: np.ndarray, feature: np.ndarray) -> np.ndarray:
        return active[plot] & ~may_use(scene.uses[plot], allowed, feature)

    found = share(scene.plans.plot_shapes, layer.geometry, wanted)
    if not len(found):
        return nothing(scene)
    first, ground, _ = scene.by_project(found.left, found.shapes, found.right)
    area = scene.measure(ground)
    kept = scene.noise.keep(RESERVE, ground, area)
    plots, feature = found.left[first][kept], found.right[first][kept]
    subject = scene.owner[plots]
    names = _reserve_names(layer.data)[feature]
    labels = scene.plans.projects["label"].to_numpy(dtype=object)
    listed = [" ".join(sorted(allowed[row])) or say("layers.nothing") for row in feature]
    messages = [
        say("sectors.reserve", label=labels[one], use=scene.use_words(scene.uses[plot]),
            reserve=name, allowed=codes, area=m2)
        for one, plot, name, codes, m2 in zip(subject, plots, names, listed, area[kept])
    ]  # fmt: skip
    columns = {
        "object_layer": "reserve", "object_name": names,
        "object_id": layer.data["id"].to_numpy(dtype=object)[feature],
        "value": area[kept], "limit": 0.0, "excess": area[kept], "unit_of_measure": "m2",
        "message": messages,
    }  # fmt: skip
    nobody = np.full(len(subject), -1)
    return record(scene, Batch(RESERVE, ground[kept], area[kept], subject, nobody, columns))


def allowed_uses(data: pd.DataFrame) -> list[frozenset[str]]:
    """Read the list of allowed uses of each reserved feature: code prefixes, however parted."""
    if "allowed" not in data:
        return [frozenset()] * len(data)
    return [codes_of(text) for text in data["allowed"]]


def codes_of(text: str) -> frozenset[str]:
    """Read a list of code prefixes, however its parts are set apart."""
    return frozenset(part for part in _PARTS.split(text) if part)


def may_use(uses: np.ndarray, allowed: list[frozenset[str]], feature: np.ndarray) -> np.ndarray:
    """Tell for pairs of use and reserved feature (row) whether the feature allows the use."""
    return np.array(
        [longest_prefix(use, allowed[row]) != "" for use, row in zip(uses, feature)], dtype=bool
    )


def _reserve_names(data: pd.DataFrame) -> np.ndarray:
    named = data["name"] if "name" in data else pd.Series("", index=data.index)
    general = say("checks.role.reserve")
    pairs = zip(named, data["id"])
    return np.array([name or f"{general} {one}".strip() for name, one in pairs], dtype=object)


def _planned_uses(scene: Scene, parts: pd.DataFrame) -> dict[int, str]:
    """Name the planned uses under each group, largest first."""
    sums = parts.groupby(["group", "code"], sort=True)["area"].sum().reset_index()
    sums = sums.sort_values(["group", "area"], ascending=[True, False], kind="stable")
    out = {}
    for group, rows in sums.groupby("group", sort=True):
        codes = [scene.use_words(code) for code in rows["code"]]
        more = " …" if len(codes) > _SHOWN else ""
        out[int(group)] = pick("、", ", ").join(codes[:_SHOWN]) + more
    return out
