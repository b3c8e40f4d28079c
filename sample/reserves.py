# SPDX-License-Identifier: GPL-2.0-or-later
"""Land that a made county keeps for the future: a railway, an airport, its port, small plots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from .county import Made, Table, serials
from .fields import Field
from .sector_ground import Reserve, towns
from .shapes import DIGITS

_HALF = 25.0  # metres on each side of the railway's axis
_TOWNS = 3  # one town in so many keeps plots for public services


def make_reserves(made: Made, rng: np.random.Generator) -> list[Reserve]:
    """Lay the reserves of a county; they lie apart from each other, the railway excepted."""
    county = shapely.union_all(made.tables["units"].geometry)
    middle = shapely.get_coordinates(county.centroid)[0]
    size = float(np.sqrt(county.area))
    rail = _clipped(_rail(middle, size, rng), county)
    out = [Reserve(rail, "铁路廊道预留用地", ("1201", "1202", "1207", "13"))]
    turn = rng.uniform(0, np.pi)
    airport = _block(middle + 0.27 * size * _way(turn), turn + 1.2, 0.2 * size, 0.06 * size)
    port = _block(middle - 0.22 * size * _way(turn), turn, 0.09 * size, 0.07 * size)
    out.append(Reserve(_clipped(airport, county), "机场预留用地", ("1203", "1208")))
    out.append(
        Reserve(_clipped(port, county), "临空经济区预留用地", ("1001", "1101", "12", "13", "16"))
    )
    return out + _plots(made, out, rng)


def reserve_table(reserves: list[Reserve]) -> Table:
    """Give the reserves as a layer: identifier, name, codes of the uses allowed."""
    data = pd.DataFrame({
        "id": serials("2090", len(reserves)).astype(object),
        "name": [one.name for one in reserves],
        "allowed": [",".join(one.allowed) for one in reserves],
    })  # fmt: skip
    return Table(np.array([one.shape for one in reserves], dtype=object), data)


def _way(turn: float) -> np.ndarray:
    return np.array([np.cos(turn), np.sin(turn)])


def _rail(middle: np.ndarray, size: float, rng: np.random.Generator) -> shapely.Geometry:
    """Draw a corridor through the whole county, in wide bends."""
    turn = rng.uniform(0, np.pi)
    along, across = _way(turn), _way(turn + np.pi / 2)
    t = np.linspace(-1.5 * size, 1.5 * size, 160)
    bend = Field(rng, 1.4 * size, 2)(np.stack([t, np.zeros(len(t))], axis=1)) * 0.06 * size
    side = rng.uniform(-0.1, 0.1) * size + bend
    line = shapely.linestrings(middle + t[:, None] * along + side[:, None] * across)
    return shapely.buffer(line, _HALF, cap_style="flat")


def _block(centre: np.ndarray, turn: float, wide: float, high: float) -> shapely.Geometry:
    along, across = _way(turn) * wide / 2, _way(turn + np.pi / 2) * high / 2
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return shapely.Polygon([centre + one * along + two * across for one, two in signs])


def _clipped(shape: shapely.Geometry, county: shapely.Geometry) -> shapely.Geometry:
    """Cut a reserve to the county, a little inside it; its largest piece is what remains."""
    inside = shapely.intersection(shape, shapely.simplify(shapely.buffer(county, -15), 5))
    inside = shapely.set_precision(inside, 10.0**-DIGITS)
    pieces = shapely.get_parts(inside)
    return pieces[int(np.argmax(shapely.area(pieces)))]


def _plots(made: Made, taken: list[Reserve], rng: np.random.Generator) -> list[Reserve]:
    """Keep a parcel in every third town for schools, care and supply."""
    names, home = towns(made)
    fit = (made.plan_of >= 0) & ~made.zones.any & ~made.parcels.border & (made.parcels.far < 4)
    fit &= np.isin(np.char.ljust(made.plan.becomes, 4), ("0103", "0201", "0304", "0403"))
    for one in taken:
        fit[shapely.STRtree(made.shapes).query(one.shape, predicate="intersects")] = False
    out = []
    for number in range(0, len(names), _TOWNS):
        rows = np.flatnonzero(fit & (home == number))
        if len(rows):
            row = int(rng.choice(rows))
            out.append(Reserve(made.shapes[row], "公共服务预留用地", ("08", "13", "1208")))
    return out
