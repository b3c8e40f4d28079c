# SPDX-License-Identifier: GPL-2.0-or-later
"""The ground of a made county: outline, villages and towns, roads, and the mesh of cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import Field, Outline, clusters, nearest, spread
from .shapes import Mesh, components, make_mesh

CENTRE = (524_000.0, 3_440_000.0)  # EPSG:4544, near 105.25 E 31.08 N
CELL = 3_300.0  # m2 a cell; a parcel is made of about two cells
CELLS_PER_PARCEL = 2.2
_ROAD_STEP, _ROAD_SIDE, _ROAD_CLEAR = 17.0, 11.0, 24.0  # metres along and beside a road
ORDINARY, FLANK, TRACK, HIGHWAY = 0, 1, 2, 3


@dataclass
class Ground:
    """Cells and where they belong; arrays are per cell unless named otherwise.

    `local` are the sites round (0, 0); `kind` tells ordinary cells from roads and from the strips
    beside a road, each of which belongs to an ordinary cell, its `host`. `village` is -1 outside.
    """

    mesh: Mesh
    local: np.ndarray
    kind: np.ndarray
    host: np.ndarray
    village: np.ndarray
    village_xy: np.ndarray  # per village
    town: np.ndarray  # per village
    seat: np.ndarray  # per town: the village that holds its centre
    cluster: np.ndarray  # per town
    area: float  # m2 of the county, about


def make_ground(parcels: int, rng: np.random.Generator) -> Ground:
    """Lay out a county for about so many parcels."""
    area = parcels * CELLS_PER_PARCEL * CELL
    outline = Outline(rng, np.sqrt(area / np.pi))
    village_xy = _villages(parcels, outline, rng)
    town, seat, cluster = _hierarchy(parcels, village_xy)
    warp = 0.16 * np.sqrt(area / len(village_xy))
    local, kind = _sites(outline, village_xy, town, seat, rng)
    mesh = make_mesh(np.round(local + CENTRE, 2), rng)
    inside = _inside(mesh, outline.score(local) < 1)
    host = _hosts(mesh, kind, inside)
    kind[(kind == FLANK) & (host == np.arange(len(kind)))] = ORDINARY  # found no host
    bent = local + warp * np.stack([Field(rng, 8 * warp, 4)(local) for _ in range(2)], axis=1)
    village = np.where(inside, nearest(bent, village_xy)[0], -1)
    village = _tidy(mesh, village)
    loose = kind == FLANK
    village[loose] = village[host[loose]]
    return Ground(mesh, local, kind, host, village, village_xy, town, seat, cluster, area)


def counts(parcels: int) -> tuple[int, int, int]:
    """Tell how many clusters, towns and villages a county of so many parcels has."""
    many = max(2, round(parcels / 60_000))
    towns = int(np.clip(round(parcels / 250), 4, 8 * many))
    villages = int(np.clip(round(parcels / (100 * towns)), 2.5, 12) * towns)
    return many, towns, max(villages, round(2.5 * towns))


def _villages(parcels: int, outline: Outline, rng: np.random.Generator) -> np.ndarray:
    """Scatter about as many village centres as `counts` says inside the outline."""
    wanted = counts(parcels)[2]
    spacing = outline.radius * np.sqrt(np.pi / wanted) * 1.05
    for _ in range(12):
        places = spread(rng, spacing, outline.radius * 1.7, 0.27)
        places = places[outline.score(places) < 0.92]
        if abs(len(places) - wanted) <= max(1, wanted // 25):
            break
        spacing *= np.sqrt(max(len(places), 1) / wanted)
    return places


def _hierarchy(parcels: int, village_xy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Group villages to towns and towns to clusters; seat each town in its middle village."""
    many, towns, _ = counts(parcels)
    town = clusters(village_xy, min(towns, len(village_xy)))
    middles = np.array([village_xy[town == t].mean(axis=0) for t in range(town.max() + 1)])
    seat = []
    for t, middle in enumerate(middles):
        away = np.hypot(*(village_xy - middle).T)
        seat.append(int(np.argmin(np.where(town == t, away, np.inf))))
    return town, np.array(seat), clusters(middles, many)


def _sites(
    outline: Outline,
    village_xy: np.ndarray,
    town: np.ndarray,
    seat: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Place the cells' sites: roads with a strip on both sides, and the open land between."""
    reach = outline.radius * 1.75 + 400
    bend = [Field(rng, 900, 2), Field(rng, 900, 2)]
    land = spread(rng, np.sqrt(CELL / np.sqrt(0.75)), reach, 0.42)
    land = land + 45 * np.stack([f(land) for f in bend], axis=1)
    land = land[outline.score(land) < 1 + 170 / outline.radius]
    highways = [
        _path(village_xy[seat[i]], village_xy[seat[j]], rng) for i, j in _tree(village_xy[seat])
    ]
    tracks = [_path(village_xy[i], village_xy[j], rng) for i, j in _tree(village_xy)]
    roads, ways, kinds = _thin(highways, tracks)
    keep = outline.score(roads) < 1 + 60 / outline.radius
    roads, ways, kinds = roads[keep], ways[keep], kinds[keep]
    side = np.stack([-ways[:, 1], ways[:, 0]], axis=1)
    flanks = np.concatenate([roads + side * _ROAD_SIDE, roads - side * _ROAD_SIDE])
    flanks = flanks[nearest(flanks, roads)[1] > 0.9 * _ROAD_SIDE]
    flanks = flanks[_first_of(flanks, 7.0)]
    land = land[nearest(land, roads)[1] > _ROAD_CLEAR]
    sites = np.round(np.concatenate([land, flanks, roads]), 2)
    kind = np.repeat([ORDINARY, FLANK], [len(land), len(flanks)])
    kind = np.concatenate([kind, kinds])
    once = np.sort(np.unique(sites, axis=0, return_index=True)[1])
    return sites[once], kind[once]


def _tree(xy: np.ndarray) -> list[tuple[int, int]]:
    """Join places by the shortest tree, and each to one more neighbour where that is near."""
    away = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
    joined = np.zeros(len(xy), bool)
    joined[0] = True
    best, source = away[0].copy(), np.zeros(len(xy), np.int64)
    pairs = []
    while not joined.all():
        i = int(np.argmin(np.where(joined, np.inf, best)))
        pairs.append((int(source[i]), i))
        joined[i] = True
        closer = away[i] < best
        best[closer], source[closer] = away[i][closer], i
    return pairs


def _path(start: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a winding way between two places: points about 17 m apart."""
    way = np.stack([start, end])
    for _ in range(max(2, int(np.log2(max(np.hypot(*(end - start)), 1) / 90)))):
        gap = np.diff(way, axis=0)
        middle = (way[1:] + way[:-1]) / 2
        middle += np.stack([-gap[:, 1], gap[:, 0]], axis=1) * rng.normal(0, 0.11, (len(gap), 1))
        longer = np.empty((len(way) * 2 - 1, 2))
        longer[::2], longer[1::2] = way, middle
        way = longer
    for _ in range(2):  # round the corners
        way[1:-1] = (way[:-2] + 2 * way[1:-1] + way[2:]) / 4
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    steps = np.linspace(0, along[-1], max(2, round(along[-1] / _ROAD_STEP)))
    return np.stack([np.interp(steps, along, way[:, i]) for i in range(2)], axis=1)


def _thin(
    highways: list[np.ndarray], tracks: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Join all ways to points, directions and kinds; where ways meet, keep the first."""
    points, ways, kinds = [], [], []
    for kind, paths in ((HIGHWAY, highways), (TRACK, tracks)):
        for path in paths:
            way = np.gradient(path, axis=0)
            points.append(path)
            ways.append(way / np.maximum(np.hypot(*way.T), 1e-9)[:, None])
            kinds.append(np.full(len(path), kind))
    xy = np.concatenate(points)
    keep = _first_of(xy, 9.0)
    return xy[keep], np.concatenate(ways)[keep], np.concatenate(kinds)[keep]


def _first_of(xy: np.ndarray, size: float) -> np.ndarray:
    """Give the rows that come first in their square of a grid, in order."""
    squares = np.floor(xy / size).astype(np.int64)
    return np.sort(np.unique(squares, axis=0, return_index=True)[1])


def _inside(mesh: Mesh, wanted: np.ndarray) -> np.ndarray:
    """Keep the largest connected part of the wanted cells, and close its holes."""
    wanted = wanted & ~mesh.hull()
    a, b, _ = mesh.pairs
    for value in (True, False):
        same = (wanted[a] == value) & (wanted[b] == value)
        group = components(len(wanted), a[same], b[same])
        members = np.flatnonzero(wanted == value)
        names, sizes = np.unique(group[members], return_counts=True)
        stray = members[group[members] != names[np.argmax(sizes)]]
        wanted[stray] = not value
    return wanted


def _hosts(mesh: Mesh, kind: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Give each strip beside a road the ordinary cell it belongs to; the rest host themselves."""
    host = np.arange(len(kind))
    settled = kind != FLANK
    takes = kind == ORDINARY
    live = np.flatnonzero((mesh.twin >= 0) & (inside[mesh.a] == inside[mesh.b]))
    for _ in range(6):
        edge = live[~settled[mesh.a[live]] & takes[mesh.b[live]]]
        if not len(edge):
            break
        one, two = mesh.a[edge], mesh.b[edge]
        away = np.hypot(*(mesh.sites[one] - mesh.sites[host[two]]).T)
        order = np.lexsort((two, away, one))
        first = order[np.unique(one[order], return_index=True)[1]]
        host[one[first]] = host[two[first]]
        settled[one[first]] = takes[one[first]] = True
    return host


def _tidy(mesh: Mesh, village: np.ndarray) -> np.ndarray:
    """Give cut-off scraps of a village to a neighbouring one, so that a village is one piece."""
    village = village.copy()
    a, b, _ = mesh.pairs
    for _ in range(3):
        same = (village[a] == village[b]) & (village[a] >= 0)
        group = components(len(village), a[same], b[same])
        size = np.bincount(group, minlength=len(village))
        largest = np.zeros(village.max() + 1, np.int64)
        inner = village >= 0
        np.maximum.at(largest, village[inner], size[group[inner]])
        scrap = inner & (size[group] < largest[village])
        if not scrap.any():
            break
        ones, twos = np.concatenate([a, b]), np.concatenate([b, a])
        use = scrap[ones] & ~scrap[twos] & (village[twos] >= 0)
        target = np.full(len(village), -1, np.int64)
        target[group[ones[use]][::-1]] = village[twos[use]][::-1]
        move = scrap & (target[group] >= 0)
        village[move] = target[group[move]]
    return village
