# SPDX-License-Identifier: GPL-2.0-or-later
"""What lies under the meeting's maps where the dossier is at hand: borders and control lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..layers.dossier import Dossier, read_dossier
from ..layers.reading import read_features

LINES = ("farmland", "redline", "boundary", "reserve")


@dataclass(frozen=True)
class Backdrop:
    """Borders and control lines in the results' CRS, as far as the dossier gives them.

    `borders` has rows of `kind` (town, cluster) with `name` and `geometry`; `lines` maps a role to
    its polygons.
    """

    borders: pd.DataFrame
    lines: dict[str, np.ndarray] = field(default_factory=dict)

    def kinds(self) -> dict[str, np.ndarray]:
        """Give what a map may show by kind, as it is drawn: zones as areas, borders as lines."""
        areas = {role: shapes for role, shapes in self.lines.items() if len(shapes)}
        lines = {
            kind: shapely.boundary(rows["geometry"].to_numpy())
            for kind, rows in self.borders.groupby("kind", sort=False)
        }
        return {**areas, **lines}


def no_backdrop() -> Backdrop:
    """Give a backdrop that shows nothing."""
    return Backdrop(pd.DataFrame({"kind": [], "name": [], "geometry": []}, dtype=object))


def read_backdrop(dossier: str, crs: Any) -> Backdrop:
    """Read the dossier's units and control lines; InputError where one can't be read."""
    if not dossier or crs is None:
        return no_backdrop()
    county, target = read_dossier(Path(dossier)), CRS.from_user_input(crs)
    lines = {
        role: _valid(_read(county, role, target).shapes) for role in LINES if role in county.layers
    }
    return Backdrop(_borders(_read(county, "units", target)), lines)


def _read(county: Dossier, role: str, target: CRS) -> Any:
    return read_features(county.layers[role], role, target, county.file, county.base)


def _valid(shapes: np.ndarray) -> np.ndarray:
    """Keep what has ground, made valid so that it can be cut to a map's frame."""
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad])
    return shapes


def _borders(units: Any) -> pd.DataFrame:
    """Unite the units of each town and each cluster; a unit that names none is left out."""
    bad = ~shapely.is_valid(units.shapes) & ~shapely.is_missing(units.shapes)
    shapes = units.shapes.copy()
    shapes[bad] = shapely.make_valid(shapes[bad])
    rows = []
    for kind in ("town", "cluster"):
        codes = _texts(units.columns.get(kind), len(shapes))
        names = _texts(units.columns.get(f"{kind}_name"), len(shapes))
        for code in sorted(set(codes) - {""}):
            mine = codes == code
            name = next(filter(None, names[mine]), code)
            rows.append((kind, name, shapely.union_all(shapes[mine])))
    if not rows:
        rows.append(("cluster", "", shapely.union_all(shapes)))
    return pd.DataFrame(rows, columns=["kind", "name", "geometry"]).astype(object)


def _texts(values: Any, count: int) -> np.ndarray:
    """Give a column as text; "" where it is missing."""
    if values is None:
        return np.full(count, "", dtype=object)
    column = pd.Series(values).astype(object)
    return column.where(column.notna(), "").map(str).to_numpy(dtype=object)
