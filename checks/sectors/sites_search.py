# SPDX-License-Identifier: GPL-2.0-or-later
"""The search for sites: from town to town and from land to land, no further than needed."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Iterator

import numpy as np
import shapely

from .sites_land import ROUND_UP, Land, Lands, Stretch, Use
from .sites_shape import less, opened, polygons

if TYPE_CHECKING:
    from ..fabric import Measure

# What proved too small is not looked at again for areas larger by this; GEOS's arcs are not round.
_SLACK = 1.05
_AROUND = 1.01  # a circle of eight chords a quarter reaches into the true one by less
_MM, _CM2 = 3, 2  # what is equal to a millimetre, a square centimetre, is equal


@dataclass
class Site:
    """A polygon of land in a town (a row of `Towns`) and how far it is in m.

    `distance` is NaN where the project has no ground. The area is measured when it is asked for:
    of most sites it only matters whether it is large enough.
    """

    town: int
    distance: float
    shape: shapely.Geometry
    measure: Measure

    @cached_property
    def area_m2(self) -> float:
        """Measure the site."""
        return float(self.measure(np.array([self.shape], dtype=object))[0])

    def __lt__(self, other: Site) -> bool:
        """Come before another: the nearer, then the larger, then from the west and the south."""
        one, two = round(self.distance, _MM), round(other.distance, _MM)
        return one < two or (one == two and self._size() < other._size())

    def _size(self) -> tuple[float, ...]:
        return -round(self.area_m2, _CM2), *self.corners()

    def corners(self) -> tuple[float, ...]:
        """Give the site's box to a millimetre, from the west and the south."""
        return tuple(round(value, _MM) for value in self.shape.bounds)


@dataclass(frozen=True)
class Kin:
    """The middles of facilities of the project's type, and how many m another must keep off."""

    centres: np.ndarray
    radius: float

    @cached_property
    def ground(self) -> shapely.Geometry:
        """Give the ground that is too near; the circles are drawn a little too large."""
        return shapely.union_all(shapely.buffer(self.centres, self.radius * _AROUND))

    def far(self, shapes: np.ndarray) -> np.ndarray:
        """Tell which shapes have their middle far enough away."""
        middles = shapely.centroid(shapes)[:, None]
        return np.asarray((shapely.distance(middles, self.centres) >= self.radius).all(axis=1))


class Search:
    """One search: for land of a use that holds an area, `share` of its side wide everywhere.

    `kin` are facilities that a site must not be near to.
    """

    def __init__(
        self, lands: Lands, measure: Measure, use: Use, wanted: float, share: float,
        kin: Kin | None = None,
    ) -> None:  # fmt: skip
        self._kin = kin
        self._lands = lands
        self._measure = measure
        self._use = use
        self._wanted = wanted
        self._width = share * math.sqrt(wanted)

    def run(self, ground: shapely.Geometry | None, home: int, count: int) -> list[Site]:
        """Give the best sites, best first; `home` is the row of the project's town, -1 none."""
        if ground is None:
            every = [self._town(town, None, 0) for town in range(len(self._lands.towns))]
            return sorted((site for part in every for site in part), key=_fit)[:count]
        best = self._town(home, ground, count) if home >= 0 else []
        if len(best) < count:
            best += self._abroad(ground, home, count - len(best))
        return best

    def _abroad(self, ground: shapely.Geometry, home: int, count: int) -> list[Site]:
        """Look in other towns, nearest first, until the next can give nothing nearer."""
        shapes = self._lands.towns.shapes
        others = [row for row, shape in enumerate(shapes) if row != home and shape is not None]
        best: list[Site] = []
        for row in self._nearest(ground, shapes[others], best, count):
            best[:] = sorted([*best, *self._town(others[row], ground, count)])[:count]
        return best

    def _town(self, town: int, ground: shapely.Geometry | None, count: int) -> list[Site]:
        """Give a town's best sites; all of them where there is no ground to be near to."""
        land = self._lands.get(town, self._use)
        best: list[Site] = []
        with land.lock:
            rows = np.flatnonzero(land.most_m2 >= self._wanted)
            for row in self._nearest(ground, land.raw[rows], best, count):
                stretch = land.stretch(int(rows[row]))
                fit = np.flatnonzero(stretch.most_m2 >= self._wanted)
                for part in self._nearest(ground, stretch.parts[fit], best, count):
                    best += self._sites(land, stretch, int(fit[part]), town, ground)
                    if ground is not None:
                        best[:] = sorted(best)[:count]
        return best

    def _nearest(
        self, ground: shapely.Geometry | None, shapes: np.ndarray, best: list[Site], count: int
    ) -> Iterator[int]:
        """List shapes by distance as long as one may hold a site better than the best."""
        if ground is None or len(shapes) == 1:
            yield from range(len(shapes))
            return
        queue = [(away, False, row) for row, away in enumerate(_least(ground, shapes).tolist())]
        heapq.heapify(queue)
        while queue and not _settled(best, count, queue[0][0]):
            _, exact, row = heapq.heappop(queue)
            if exact:
                yield row
            else:  # as far as its box at least: it waits for its turn by its own distance
                heapq.heappush(queue, (float(shapely.distance(ground, shapes[row])), True, row))

    def _sites(
        self, land: Land, stretch: Stretch, row: int, town: int, ground: shapely.Geometry | None
    ) -> list[Site]:
        """Give the sites in one polygon of free land, and note how large they can get there.

        A site for a larger area is wider too, so it lies within a site for a smaller one.
        """
        part, least = land.part(stretch, row), self._wanted / land.scale
        if self._kin is None or not shapely.intersects(part, self._kin.ground):
            shapes = opened(part, self._width, least)
            most = shapely.area(shapes) * land.scale
            stretch.most_m2[row] = min(
                stretch.most_m2[row], _SLACK * max(most.max(initial=0.0), self._wanted)
            )
        else:  # says nothing of what others find there
            rest = polygons(less(part, np.array([self._kin.ground])))
            found = [opened(one, self._width, least) for one in rest]
            shapes = np.concatenate([np.empty(0, dtype=object), *found])
        if self._kin is not None:
            shapes = shapes[self._kin.far(shapes)]
        most = shapely.area(shapes) * land.scale
        large = most >= self._wanted * ROUND_UP**2
        doubtful = np.flatnonzero(~large)
        large[doubtful] = self._measure(shapes[doubtful]) >= self._wanted
        shapes = shapes[large]
        away = np.full(len(shapes), np.nan)
        if ground is not None:
            away = shapely.distance(ground, shapes)
        return [Site(town, float(d), shape, self._measure) for d, shape in zip(away, shapes)]


def _least(ground: shapely.Geometry, shapes: np.ndarray) -> np.ndarray:
    """Give the distance of shapes' boxes from that of another, which theirs is no less than."""
    west, south, east, north = ground.bounds
    box = shapely.bounds(shapes)
    dx = np.maximum(np.maximum(box[:, 0] - east, west - box[:, 2]), 0.0)
    dy = np.maximum(np.maximum(box[:, 1] - north, south - box[:, 3]), 0.0)
    return np.hypot(dx, dy)


def _settled(best: list[Site], count: int, away: float) -> bool:
    """Tell that nothing so far away can be among the best any more."""
    return len(best) >= count and away > best[-1].distance + 2 * 10.0**-_MM


def _fit(site: Site) -> tuple[float, ...]:
    """Order sites of a project without ground: the smallest, then from the west and the south."""
    return round(site.area_m2, _CM2), *site.corners()
