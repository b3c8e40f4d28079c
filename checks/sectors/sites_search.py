# SPDX-License-Identifier: GPL-2.0-or-later
"""The search for sites: from town to town and from land to land, no further than needed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple

import numpy as np
import shapely

from .sites_land import Land, Lands, Stretch, Use
from .sites_shape import opened

if TYPE_CHECKING:
    from ..fabric import Measure

# What proved too small is not looked at again for areas larger by this; GEOS's arcs are not round.
_SLACK = 1.05
_MM, _CM2 = 3, 2  # what is equal to a millimetre, a square centimetre, is equal


class Site(NamedTuple):
    """A polygon of land in a town (a row of `Towns`), its area in m2 and how far it is in m."""

    town: int
    distance: float  # NaN where the project has no ground
    area_m2: float
    shape: shapely.Geometry


class Search:
    """One search: for land of a use that holds an area, `share` of its side wide everywhere."""

    def __init__(
        self, lands: Lands, measure: Measure, use: Use, wanted: float, share: float
    ) -> None:
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
        away = shapely.distance(ground, self._lands.towns.shapes)
        best: list[Site] = []
        for town in np.argsort(away, kind="stable"):  # towns without ground come last, as NaN
            if np.isnan(away[town]) or _settled(best, count, away[town]):
                break
            if town != home:
                best = sorted([*best, *self._town(int(town), ground, count)], key=_near)[:count]
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
                        best[:] = sorted(best, key=_near)[:count]
        return best

    def _nearest(
        self, ground: shapely.Geometry | None, shapes: np.ndarray, best: list[Site], count: int
    ) -> Iterator[int]:
        """List shapes by distance as long as one may hold a site better than the best."""
        if ground is None:
            yield from range(len(shapes))
            return
        away = shapely.distance(ground, shapes)
        for row in np.argsort(away, kind="stable").tolist():
            if _settled(best, count, away[row]):
                return
            yield row

    def _sites(
        self, land: Land, stretch: Stretch, row: int, town: int, ground: shapely.Geometry | None
    ) -> list[Site]:
        """Give the sites in one polygon of free land, and note how large they can get there.

        A site for a larger area is wider too, so it lies within a site for a smaller one.
        """
        shapes = opened(stretch.parts[row], self._width, self._wanted / land.scale)
        area = self._measure(shapes)
        most = max(area.max(initial=0.0), self._wanted)
        stretch.most_m2[row] = min(stretch.most_m2[row], _SLACK * most)
        shapes, area = shapes[area >= self._wanted], area[area >= self._wanted]
        away = np.full(len(shapes), np.nan)
        if ground is not None:
            away = shapely.distance(ground, shapes)
        return [Site(town, float(d), float(a), s) for d, a, s in zip(away, area, shapes)]


def _settled(best: list[Site], count: int, away: float) -> bool:
    """Tell that nothing so far away can be among the best any more."""
    return len(best) >= count and away > best[-1].distance + 2 * 10.0**-_MM


def _near(site: Site) -> tuple[Any, ...]:
    """Order sites: the nearest, then the largest, then from the west and the south."""
    corner = [round(value, _MM) for value in site.shape.bounds]
    return round(site.distance, _MM), -round(site.area_m2, _CM2), *corner


def _fit(site: Site) -> tuple[Any, ...]:
    """Order sites of a project without ground: the smallest, then from the west and the south."""
    return round(site.area_m2, _CM2), *(round(value, _MM) for value in site.shape.bounds)
