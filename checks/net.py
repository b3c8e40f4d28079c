# SPDX-License-Identifier: GPL-2.0-or-later
"""Net area: gross less the field ridges, by the survey's coefficient of deduction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..layers.model import County, Layer
    from .fabric import Fabric

CULTIVATED = "cultivated"


def take(values: np.ndarray, rows: np.ndarray, absent: object) -> np.ndarray:
    """Look a layer's values up for pieces: `absent` where no feature covers the piece (row -1)."""
    if len(values) == 0:
        return np.full(len(rows), absent, dtype=values.dtype)
    out = values[np.where(rows < 0, 0, rows)]
    out[rows < 0] = absent
    return out


def change_groups(layer: Layer, county: County) -> np.ndarray:
    """Give each feature's coarse class group, "" where the code is unknown."""
    codes = layer.data["code"].to_numpy(dtype=object)
    return np.asarray(county.standard.code_table(layer.table).change_groups(codes), dtype=object)


def usable(deduction: np.ndarray) -> np.ndarray:
    """Tell which coefficients can be used: in [0, 1)."""
    with np.errstate(invalid="ignore"):
        return (deduction >= 0) & (deduction < 1)


def own_deduction(layer: Layer) -> np.ndarray:
    """Give the coefficient each feature states, NaN where it states none or one out of [0, 1)."""
    if "deduction" not in layer.data:
        return np.full(len(layer), np.nan)
    stated = layer.data["deduction"].to_numpy(dtype=float)
    return np.where(usable(stated), stated, np.nan)


def base_deduction(county: County, fabric: Fabric) -> np.ndarray:
    """Give each piece the coefficient of the base parcel under it: 0 where that is no farmland."""
    layer = county.layers.get("landuse")
    if layer is None:
        return np.zeros(len(fabric.pieces))
    stated = np.nan_to_num(own_deduction(layer))
    stated[change_groups(layer, county) != CULTIVATED] = 0.0
    return take(stated, fabric.pieces["landuse"].to_numpy(), 0.0)


def deduction(county: County, fabric: Fabric, role: str) -> np.ndarray:
    """Give each piece the coefficient its role counts: its own, else the base parcel's."""
    own = take(own_deduction(county.layers[role]), fabric.pieces[role].to_numpy(), np.nan)
    return np.where(np.isnan(own), base_deduction(county, fabric), own)


def known(county: County, layer: Layer) -> np.ndarray:
    """Tell which features bear a code that the layer's table knows."""
    codes = layer.data["code"].to_numpy(dtype=object)
    return np.asarray(county.standard.code_table(layer.table).known(codes), dtype=bool)


def misstated(county: County, layer: Layer) -> np.ndarray:
    """Tell which features state a coefficient that can't be: out of [0, 1), or not a number."""
    if "deduction" not in layer.data:
        return np.zeros(len(layer), dtype=bool)
    stated = layer.data["deduction"].to_numpy(dtype=float)
    wrong = ~np.isnan(stated) & ~usable(stated)
    if layer.misread is not None:
        return wrong | layer.misread
    told = county.findings
    told = told[(told["rule"] == "data.deduction") & (told["subject_layer"] == layer.role)]
    return wrong | (np.isnan(stated) & layer.data["id"].isin(told["subject_id"]).to_numpy())


@dataclass(frozen=True)
class Ridges:
    """How well the coefficients of a role's pieces are known; both arrays as long as the pieces.

    `borrowed`: the role states none, so the base parcel's counts. `doubtful`: the coefficient is
    misstated, or is borrowed from a parcel of unknown code or with a misstated one.
    """

    borrowed: np.ndarray
    doubtful: np.ndarray


def ridges(county: County, fabric: Fabric, role: str) -> Ridges:
    """Tell for each piece of a role whose coefficient it takes and if that can be relied on."""
    layer, rows = county.layers[role], fabric.pieces[role].to_numpy()
    wrong = take(misstated(county, layer), rows, False)
    own = take(own_deduction(layer), rows, np.nan)
    borrowed = np.isnan(own) & ~wrong & (rows >= 0) & (role != "landuse")
    base = county.layers.get("landuse")
    if base is None:
        return Ridges(borrowed, wrong)
    strange = ~known(county, base)
    strange |= misstated(county, base) & (change_groups(base, county) == CULTIVATED)
    below = take(strange, fabric.pieces["landuse"].to_numpy(), False)
    return Ridges(borrowed, wrong | (borrowed & below))


def area(county: County, fabric: Fabric, role: str, measure: str) -> np.ndarray:
    """Measure each piece in m2 as a role counts it, `net` or `gross`."""
    gross = fabric.pieces["gross_m2"].to_numpy()
    return gross if measure == "gross" else gross * (1.0 - deduction(county, fabric, role))
