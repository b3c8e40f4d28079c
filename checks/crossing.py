# SPDX-License-Identifier: GPL-2.0-or-later
"""The three lines must not cross: overlaps of one control layer with another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..layers import findings
from ..layers.words import say
from .noise import Noise, grouped
from .places import Places, noise_of
from .values import role_name

if TYPE_CHECKING:
    import geopandas as gpd

    from ..layers.model import County
    from ..layers.standard import Crossing
    from .fabric import Fabric

RULE = "control.crossing"


def check_crossings(
    county: County, fabric: Fabric, noise: Noise | None = None
) -> tuple[gpd.GeoDataFrame, dict[str, dict[str, float]]]:
    """Find each pair of features of two control layers that overlap.

    Also returns what noise was dropped, by rule.
    """
    noise = noise or noise_of(county)
    tables = [
        _pair_findings(county, fabric, pair, noise)
        for pair in county.standard.crossings()
        if pair.role_a in county.layers and pair.role_b in county.layers
    ]
    return findings.join(tables, county.dossier.crs), noise.dropped


def _pair_findings(
    county: County, fabric: Fabric, pair: Crossing, noise: Noise
) -> gpd.GeoDataFrame:
    one, other = (fabric.pieces[role].to_numpy() for role in (pair.role_a, pair.role_b))
    rows = np.flatnonzero((one >= 0) & (other >= 0))
    if len(rows) == 0:
        return findings.none(county.dossier.crs)
    keys = pd.DataFrame({"one": one[rows], "other": other[rows]})
    groups = grouped(rows, keys, fabric, noise, RULE)
    ids = (
        _ids(county, pair.role_a, groups.keys["one"]),
        _ids(county, pair.role_b, groups.keys["other"]),
    )
    places = Places.of(county, groups.unit)
    rule = county.standard.rule(RULE)
    names = {"one": role_name(pair.role_a), "other": role_name(pair.role_b), "basis": pair.basis}
    lines = zip(*ids, places.names, groups.area_m2)
    messages = [
        say("checks.crossing", one_id=a, other_id=b, unit=unit, area=area, **names)
        for a, b, unit, area in lines
    ]
    values = {
        "rule": RULE, "severity": pair.severity, **places.columns(),
        "subject_layer": pair.role_a, "subject_id": ids[0], "subject_label": names["one"],
        "object_layer": pair.role_b, "object_id": ids[1], "area_m2": groups.area_m2,
        "value": groups.area_m2, "limit": 0.0, "excess": groups.area_m2, "unit_of_measure": "m2",
        "message": np.array(messages, dtype=object),
        "remedy": rule.remedy,
    }  # fmt: skip
    return findings.make(values, groups.shapes, county.dossier.crs)


def _ids(county: County, role: str, rows: pd.Series) -> np.ndarray:
    return county.layers[role].data["id"].to_numpy(dtype=object)[rows.to_numpy()]
