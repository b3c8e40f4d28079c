# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the plans lie: layouts beyond the county, as a wrong zone or CRS puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from ...layers import findings
from ...layers.words import say
from ..places import Places
from .share import take_away

if TYPE_CHECKING:
    from .scene import Scene

RULE = "data.outside"
_MOST = 0.5  # of a plan's ground; beyond it the plan is not where the county is


def check_places(scene: Scene) -> gpd.GeoDataFrame:
    """Report the ground of projects that lies in no unit, and plans that mostly do.

    A run over some clusters knows the units of these only and says nothing.
    """
    return places_batch(scene).frame(scene.county.dossier.crs)


def places_batch(scene: Scene, among: np.ndarray | None = None) -> findings.Batch:
    """Give the findings of `check_places`, with the projects they are about.

    `among` marks the projects to look at.
    """
    if scene.limited:
        return findings.NOTHING
    inside = np.bincount(
        scene.placed.left, scene.measure(scene.placed.shapes), minlength=len(scene.ground_m2)
    )
    beyond = scene.ground_m2 - inside
    if among is not None:
        beyond[~among] = 0.0
    rows = np.flatnonzero(beyond >= scene.noise.min_area_m2)
    shapes = take_away(scene.plans.ground[rows], scene.county.units.geometry)
    area = scene.measure(shapes)
    kept = scene.noise.keep(RULE, shapes, area)
    rows, shapes, area = rows[kept], shapes[kept], area[kept]
    _note_strays(scene, beyond)
    if not len(rows):
        return findings.NOTHING
    labels = scene.plans.projects["label"].to_numpy(dtype=object)[rows]
    parts = area / scene.ground_m2[rows]
    values = {
        "rule": RULE, "severity": "warning",
        **Places.of(scene.county, scene.project_homes[rows]).columns(),
        "subject_layer": scene.plans.ids(rows), "subject_id": scene.codes[rows],
        "subject_label": labels, "object_layer": "units", "area_m2": area, "value": area,
        "unit_of_measure": "m2", "remedy": scene.standard.rule(RULE).remedy,
        "message": [
            say("sectors.outside", label=label, area=m2, share=100 * part)
            for label, m2, part in zip(labels, area, parts)
        ],
    }  # fmt: skip
    return findings.Batch(values, shapes, rows)


def _note_strays(scene: Scene, beyond: np.ndarray) -> None:
    """Say of a plan that lies mostly beyond the county that it was not checked."""
    many = len(scene.plans.sectors)
    away = np.bincount(scene.sector, np.maximum(beyond, 0), minlength=many)
    whole = np.bincount(scene.sector, scene.ground_m2, minlength=many)
    for row in np.flatnonzero(away > _MOST * whole):
        plan = str(scene.plans.sectors["sector"].iloc[row])
        text = say("sectors.stray", share=100 * away[row] / whole[row])
        scene.add_unchecked(plan, text)
