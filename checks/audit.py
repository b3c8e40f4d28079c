# SPDX-License-Identifier: GPL-2.0-or-later
"""The overlay's books: what GEOS got wrong is told and never counted as checked."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np

from ..layers import findings
from ..layers.model import County, Layer
from ..layers.words import say
from .fabric import Fabric

RULE = "data.overlay"
# What pieces may differ from the units by: a part of the area, and what counting leaves of crumbs.
_RESIDUAL = 1e-9
_RESIDUAL_M2 = 1.0


def audit(county: County, fabric: Fabric) -> gpd.GeoDataFrame:
    """Report features whose pieces don't add up, and mark their layers as not read whole.

    What needs such a layer then ends as `not_checked`, with this reason.
    """
    tables = [_residual(county, fabric)]
    for role, amiss in fabric.amiss.items():
        layer = county.units if role == "units" else county.layers[role]
        batch = amiss_batch(county, layer, amiss["feature"].to_numpy(), amiss["area_m2"])
        layer.unread.extend(batch.values.get("message", ()))
        tables.append(batch.frame(county.dossier.crs))
    return findings.join(tables, county.dossier.crs)


def _residual(county: County, fabric: Fabric) -> gpd.GeoDataFrame:
    """Report pieces that do not make up the units: nothing that rests on them is then checked."""
    total = float(fabric.unit_m2.sum())
    residual = abs(fabric.residual_m2)
    if residual <= _RESIDUAL * total + _RESIDUAL_M2:
        return findings.none(county.dossier.crs)
    text = say("audit.residual", area=residual, total=total)
    for layer in (county.units, *county.layers.values()):
        layer.unread.append(text)
    values = _values(county, [text], subject_layer="units", area_m2=residual)
    return findings.make(values, [None], county.dossier.crs)


def amiss_batch(county: County, layer: Layer, rows: np.ndarray, area: np.ndarray) -> findings.Batch:
    """Report the features that an overlay got wrong."""
    if not len(rows):
        return findings.NOTHING
    ids, lost = layer.data["id"].to_numpy()[rows], np.abs(np.asarray(area))
    texts = [
        say("audit.amiss", source=layer.source, id=one, area=much) for one, much in zip(ids, lost)
    ]
    values = _values(county, texts, subject_layer=layer.role, subject_id=ids, area_m2=lost)
    return findings.Batch(values, layer.geometry[rows], rows)


def _values(county: County, texts: list[str], **more: Any) -> dict[str, Any]:
    return {
        "rule": RULE,
        "severity": "error",
        "level": "county",
        "unit": county.dossier.code,
        "unit_name": county.dossier.name,
        "unit_of_measure": "m2",
        "message": texts,
        "remedy": county.standard.rule(RULE).remedy,
        **more,
    }
