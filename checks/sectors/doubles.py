# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground that one plan lays out twice: told as a fault of its data, and counted once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...layers import findings
from ...layers.words import say
from .. import overlay
from ..places import Places
from .overlap import Overlaps
from .share import share_within, unite

if TYPE_CHECKING:
    from .scene import Scene

RULE = "data.overlap"
_NOISE = "data.overlap.sectors"  # the count of noise of the county's own layers is another


def once(scene: Scene, ground: np.ndarray) -> np.ndarray:
    """Take from each project's ground (a shape or None a project) what one before it has.

    Only of the same plan: what two plans claim is claimed twice.
    """
    sector = scene.sector
    found = share_within(ground, lambda i, k: sector[i] == sector[k])
    if not len(found):
        return ground
    late, place = np.unique(found.right, return_inverse=True)
    taken = unite(found.shapes, place, len(late))
    out = ground.copy()
    out[late] = overlay.subtract(ground[late], [taken[row : row + 1] for row in range(len(late))])
    return out


def plan_sums(scene: Scene, single: np.ndarray) -> np.ndarray:
    """Measure the ground of each plan, m2; `single` is what `once` gives of its projects."""
    return np.bincount(scene.sector, scene.measure(single), minlength=len(scene.plans.sectors))


def check_doubles(scene: Scene, overlaps: Overlaps) -> findings.Batch:
    """Report the projects of one plan that lie on each other, and plots of two uses of one project.

    A run over some plans reports all the same, as of all faults of the data. The batch's `rows`
    are pairs of projects.
    """
    if scene.wanted:
        overlaps = Overlaps(replace(scene, wanted=()))
    i, k = overlaps.order
    owner, uses = scene.owner, scene.uses
    mine = scene.sector[owner[i]] == scene.sector[owner[k]]
    mine &= (owner[i] != owner[k]) | (uses[i] != uses[k])
    mine &= ~overlaps.crossing()
    a, b, shapes, area, first = overlaps.grouped(mine, _NOISE)
    if not len(a):
        return findings.NOTHING
    use_a, use_b = uses[i[first]], uses[k[first]]
    homes = scene.homes(shapes)
    if scene.limited:  # what lies beyond the clusters of the run is none of its business
        here = homes >= 0
        a, b, shapes, area, homes = a[here], b[here], shapes[here], area[here], homes[here]
        use_a, use_b = use_a[here], use_b[here]
    labels = scene.plans.projects["label"].to_numpy(dtype=object)
    values = {
        "rule": RULE, "severity": _severity(scene, use_a, use_b),
        **Places.of(scene.county, homes).columns(),
        "subject_layer": scene.plans.ids(a), "subject_id": scene.codes[a],
        "subject_label": labels[a], "object_layer": scene.plans.ids(b),
        "object_id": scene.codes[b], "area_m2": area, "value": area, "unit_of_measure": "m2",
        "remedy": say("sectors.doubles.remedy"),
        "message": _messages(scene, a, b, area, use_a, use_b),
    }  # fmt: skip
    return findings.Batch(values, shapes, np.column_stack([a, b]))


def _severity(scene: Scene, use_a: np.ndarray, use_b: np.ndarray) -> np.ndarray:
    """Warn where one use excludes the other or is not known; else it may be meant so."""
    known = (use_a != "") & (use_b != "")
    hostile = scene.relations.exclude(use_a, use_b) | ~known
    return np.where(hostile, "warning", "info").astype(object)


def _messages(
    scene: Scene, a: np.ndarray, b: np.ndarray, area: np.ndarray, use_a: np.ndarray,
    use_b: np.ndarray,
) -> list[str]:  # fmt: skip
    labels = scene.plans.projects["label"].to_numpy(dtype=object)
    names = scene.plans.sectors["name"].to_numpy(dtype=object)[scene.sector]
    told = pd.DataFrame({"a": a, "b": b, "area": area, "one": use_a, "two": use_b})
    return [
        say(f"sectors.doubles.{'plots' if row.a == row.b else 'projects'}",
            plan=names[row.a], label=labels[row.a], other=labels[row.b], area=row.area,
            use=scene.use_words(row.one), other_use=scene.use_words(row.two))
        for row in told.itertuples()
    ]  # fmt: skip
