# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a finding lies and what its subject is called: the columns every check fills alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .levels import FINEST
from .noise import Noise

if TYPE_CHECKING:
    from ..layers.model import County, Layer
    from .fabric import Fabric


@dataclass(frozen=True)
class Places:
    """Level, unit, its name and cluster, for each finding."""

    level: np.ndarray
    codes: np.ndarray
    names: np.ndarray
    clusters: np.ndarray

    @classmethod
    def of(cls, county: County, units: np.ndarray) -> Places:
        """Place findings in finest units (rows of the tree); -1 is the county."""
        finest = county.tree.finest
        inside = np.asarray(units) >= 0
        rows = np.where(inside, units, 0)

        def column(name: str, other: str) -> np.ndarray:
            here = finest[name].to_numpy(dtype=object)[rows]
            above = finest[other].to_numpy(dtype=object)[0] if other in finest else ""
            return np.where(inside, here, above).astype(object)

        level = np.where(inside, FINEST, "county").astype(object)
        return cls(
            level, column("code", "county"), column("name", "county_name"), column("cluster", "")
        )

    def columns(self) -> dict[str, np.ndarray]:
        """Give the finding columns."""
        return {
            "level": self.level,
            "unit": self.codes,
            "unit_name": self.names,
            "cluster": self.clusters,
        }


def noise_of(county: County) -> Noise:
    """Start the count of noise with the dossier's tolerance."""
    tolerance = county.dossier.tolerance
    return Noise(tolerance.min_area_m2, tolerance.min_width_m)


def labels(county: County, layer: Layer, rows: np.ndarray) -> np.ndarray:
    """Call features by code and name of their use ("0703 Rural homestead"); "" without codes."""
    if not layer.table or "code" not in layer.data:
        return np.full(len(rows), "", dtype=object)
    table = county.standard.code_table(layer.table)
    codes = layer.data["code"].to_numpy(dtype=object)[rows]
    names = {code: f"{code} {table.label(code)}".strip() for code in dict.fromkeys(codes)}
    return np.array([names[code] for code in codes], dtype=object)


def units_of_features(fabric: Fabric, role: str, count: int) -> np.ndarray:
    """Give each feature of a role the finest unit that holds most of it; -1 where none does.

    Sums decide, not the largest piece: how other layers cut a feature does not move it. Of units
    alike to a thousandth of a square metre the first is taken.
    """
    pieces = fabric.pieces
    rows, unit = pieces[role].to_numpy(), pieces["unit"].to_numpy()
    inside = np.flatnonzero(rows >= 0)
    many = max(len(fabric.unit_m2), 1)
    pair, back = np.unique(rows[inside] * many + unit[inside], return_inverse=True)
    area = np.bincount(back, pieces["gross_m2"].to_numpy()[inside], minlength=len(pair))
    order = np.lexsort((-(pair % many), np.round(area, 3)))
    out = np.full(count, -1)
    out[pair[order] // many] = pair[order] % many  # the largest is written last
    return out
