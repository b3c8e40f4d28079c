# SPDX-License-Identifier: GPL-2.0-or-later
"""The mesh under a made county: cells round points, with natural edges that can't cross.

Every cell is the Voronoi cell of a site. The edge between two cells is bent inside the kite that
the edge and its two sites form; kites tile the plane, so no two edges cross, whatever the bends.
Exactly three cells meet at a node. So any labelling of the cells gives, by dropping the edges
between equal labels, polygons that form a valid coverage, and no union is ever computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

STEP = 8.3  # metres between vertices: gives about 50 vertices a parcel
DIGITS = 4  # the survey's coordinate tolerance, 0.0001 m
_RINGS = 20_000  # rings drawn at a time, to bound memory
_SHORTEST = 0.01  # metres: nodes nearer than this are pulled apart, or rounding would weld them


@dataclass
class Mesh:
    """Sites, the half-edges between them (of the triangulation) and the bent edges' points.

    Half-edge `h` goes from site `a[h]` to `b[h]`; its triangle lies left of it, `after[h]` is the
    next half-edge of that triangle, `twin[h]` the opposite one (-1 on the hull). `points` holds
    the triangles' centres (the nodes of the cells) and then the inner points of all edges: those
    of `h` start at `first[h]`, `count[h]` of them, in the order that `forward[h]` tells.
    """

    sites: np.ndarray
    a: np.ndarray
    b: np.ndarray
    after: np.ndarray
    twin: np.ndarray
    points: np.ndarray
    first: np.ndarray
    count: np.ndarray
    forward: np.ndarray
    length: np.ndarray

    @property
    def pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give each pair of neighbouring cells once: cell, cell, half-edge."""
        once = np.flatnonzero((self.a < self.b) & (self.twin >= 0))
        return self.a[once], self.b[once], once

    def hull(self) -> np.ndarray:
        """Tell which cells are open to infinity."""
        out = np.zeros(len(self.sites), bool)
        open_ = self.twin < 0
        out[self.a[open_]] = True
        out[self.b[open_]] = True
        return out


def make_mesh(sites: np.ndarray, rng: np.random.Generator, rough: float = 0.11) -> Mesh:
    """Triangulate sites (n x 2, metres, distinct to 0.01 m) and bend the edges between cells.

    `rough` is the bend's size against the edge's length. The work is done near the origin, the
    points are rounded to 0.0001 m: give sites in the final coordinates.
    """
    origin = np.round(sites.mean(axis=0), -3)
    local = sites - origin
    corners = _triangles(local)
    a = corners.ravel()
    b = corners[:, [1, 2, 0]].ravel()
    after = np.arange(len(a)).reshape(-1, 3)[:, [1, 2, 0]].ravel()
    twin = _twins(a, b, len(sites))
    nodes = _centres(local, corners)
    once = np.flatnonzero((a < b) & (twin >= 0))
    start, end = nodes[twin[once] // 3], nodes[once // 3]
    length = np.hypot(*(end - start).T)
    _pull_apart(nodes, once, twin, length)
    start, end = nodes[twin[once] // 3], nodes[once // 3]
    bends, counts = _bend(start, end, local[a[once]], local[b[once]], rng, rough)
    firsts = len(nodes) + np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    first, count = np.zeros(len(a), np.int64), np.zeros(len(a), np.int64)
    forward, lengths = np.zeros(len(a), bool), np.zeros(len(a))
    forward[once] = True
    for half in (once, twin[once]):
        first[half], count[half], lengths[half] = firsts, counts, length
    points = np.round(np.concatenate([nodes, bends]) + origin, DIGITS)
    return Mesh(sites, a, b, after, twin, points, first, count, forward, lengths)


def _triangles(local: np.ndarray) -> np.ndarray:
    """Give the Delaunay triangles as rows of three site numbers, anticlockwise."""
    shapes = shapely.delaunay_triangles(shapely.multipoints(local))
    corners = shapely.get_coordinates(shapes).reshape(-1, 4, 2)[:, :3]
    whole = np.rint(local * 100).astype(np.int64)
    low = whole.min(axis=0)
    wide = int(whole[:, 1].max() - low[1]) + 1
    keys = (whole[:, 0] - low[0]) * wide + (whole[:, 1] - low[1])
    order = np.argsort(keys, kind="stable")
    asked = np.rint(corners * 100).astype(np.int64)
    wanted = (asked[..., 0] - low[0]) * wide + (asked[..., 1] - low[1])
    found = order[np.searchsorted(keys, wanted, sorter=order)]
    p, q, r = (local[found[:, i]] for i in range(3))
    turn = (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
    found[turn < 0] = found[turn < 0][:, [0, 2, 1]]
    return found


def _twins(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    """Find for each half-edge the one that runs the other way, -1 on the hull."""
    keys = a * np.int64(n) + b
    order = np.argsort(keys, kind="stable")
    mirror = b * np.int64(n) + a
    place = np.minimum(np.searchsorted(keys, mirror, sorter=order), len(keys) - 1)
    found = order[place]
    return np.where(keys[found] == mirror, found, -1)


def _centres(local: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Give the centres of the triangles' circles: the nodes where three cells meet."""
    p = local[corners[:, 0]]
    q, r = local[corners[:, 1]] - p, local[corners[:, 2]] - p
    twice = 2 * (q[:, 0] * r[:, 1] - q[:, 1] * r[:, 0])
    twice = np.where(np.abs(twice) < 1e-9, 1e-9, twice)
    qq, rr = (q**2).sum(axis=1), (r**2).sum(axis=1)
    x = (r[:, 1] * qq - q[:, 1] * rr) / twice
    y = (q[:, 0] * rr - r[:, 0] * qq) / twice
    return p + np.stack([x, y], axis=1)


def _pull_apart(nodes: np.ndarray, once: np.ndarray, twin: np.ndarray, length: np.ndarray) -> None:
    """Move nodes apart, in place, where an edge is so short that rounding would close it."""
    for row in np.flatnonzero(length < _SHORTEST):
        i, j = twin[once[row]] // 3, once[row] // 3
        way = nodes[j] - nodes[i]
        size = np.hypot(*way)
        way = way / size if size > 1e-7 else np.zeros(2)
        nodes[i] -= way * _SHORTEST
        nodes[j] += way * _SHORTEST


def _bend(
    start: np.ndarray,
    end: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    rng: np.random.Generator,
    rough: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Give inner points of all edges, edge after edge, and how many each edge has.

    The bend is a sum of sine waves that vanish at both ends, held inside the kite of the edge and
    its two sites.
    """
    way = end - start
    length = np.maximum(np.hypot(*way.T), 1e-9)
    parts = np.clip(np.rint(length / STEP), 1, 200).astype(np.int64)
    counts = parts - 1
    edge = np.repeat(np.arange(len(parts)), counts)
    rank = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    along = rank / parts[edge]
    bend = np.zeros(len(edge))
    for wave, size in ((1, 1.0), (2, 0.6), (3, 0.45), (5, 0.25)):
        bend += (rng.normal(size=len(parts)) * size)[edge] * np.sin(np.pi * wave * along)
    bend = (bend + 0.25 * rng.normal(size=len(edge))) * rough * length[edge]
    middle = (left + right) / 2 - start
    foot = ((middle * way).sum(axis=1) / length**2)[edge]
    height = (np.hypot(*(left - right).T) / 2)[edge]
    with np.errstate(divide="ignore"):
        rise = np.where(foot > 0, along / np.where(foot > 0, foot, 1), np.inf)
        fall = np.where(foot < 1, (1 - along) / np.where(foot < 1, 1 - foot, 1), np.inf)
    room = 0.8 * height * np.minimum(rise, fall)
    bend = room * np.tanh(bend / np.maximum(room, 1e-9))
    across = np.stack([-way[:, 1], way[:, 0]], axis=1) / length[:, None]
    return start[edge] + way[edge] * along[:, None] + across[edge] * bend[:, None], counts


def components(n: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Number the connected groups of n things joined by pairs: the least member's number."""
    parent = np.arange(n)
    while True:
        one, two = parent[a], parent[b]
        apart = one != two
        if not apart.any():
            return parent
        a, b, one, two = a[apart], b[apart], one[apart], two[apart]
        np.minimum.at(parent, np.maximum(one, two), np.minimum(one, two))
        while True:
            above = parent[parent]
            if (above == parent).all():
                break
            parent = above


def polygons(mesh: Mesh, label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the polygons of equal labels and their labels, in order of label.

    Cells with a label below 0 belong to nothing; cells open to infinity must be such. A label
    whose cells are apart gives several polygons.
    """
    edges = np.flatnonzero((label[mesh.a] != label[mesh.b]) & (label[mesh.a] >= 0))
    if not len(edges):
        return np.empty(0, dtype=object), np.empty(0, dtype=label.dtype)
    order, starts = _rings(mesh, label, edges)
    half = edges[order]
    rings, cells = _draw(mesh, half, starts)
    a, b, _ = mesh.pairs
    same = label[a] == label[b]
    group = components(len(label), a[same], b[same])[cells]
    outer = shapely.is_ccw(rings)
    by = np.lexsort((np.arange(len(rings)), ~outer, group))  # each shell, then its holes
    rings, cells, outer = rings[by], cells[by], outer[by]
    shells = np.flatnonzero(outer)
    ends = np.append(shells[1:], len(rings))
    shapes = shapely.polygons(rings[shells])
    for row in np.flatnonzero(ends - shells > 1):
        shapes[row] = shapely.polygons(rings[shells[row]], rings[shells[row] + 1 : ends[row]])
    labels = label[cells[shells]]
    last = np.lexsort((np.arange(len(labels)), labels))
    return shapes[last], labels[last]


def _rings(mesh: Mesh, label: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chain border half-edges to rings: their order, and where each ring starts in it."""
    place = np.full(len(mesh.a), -1, np.int64)
    place[edges] = np.arange(len(edges))
    second = mesh.after[edges]  # from the right cell to the third cell at the node
    third = mesh.b[second]
    inner = label[third] == label[mesh.a[edges]]
    follow = np.where(inner, mesh.twin[second], mesh.twin[mesh.after[second]])
    after = place[follow].tolist()
    seen = bytearray(len(edges))
    order: list[int] = []
    starts: list[int] = []
    for first in range(len(edges)):
        if seen[first]:
            continue
        starts.append(len(order))
        at = first
        while not seen[at]:
            seen[at] = 1
            order.append(at)
            at = after[at]
    return np.array(order), np.array(starts)


def _draw(mesh: Mesh, half: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn chains of half-edges to closed rings, and name a cell inside the border of each."""
    ends = np.append(starts[1:], len(half))
    blocks = [
        _draw_some(mesh, half[starts[at] : ends[min(at + _RINGS, len(starts)) - 1]],
                   starts[at : at + _RINGS] - starts[at])
        for at in range(0, len(starts), _RINGS)
    ]  # fmt: skip
    return np.concatenate(blocks), mesh.a[half[starts]]


def _draw_some(mesh: Mesh, half: np.ndarray, starts: np.ndarray) -> np.ndarray:
    sizes = mesh.count[half] + 1
    begin = np.cumsum(sizes) - sizes
    which = np.repeat(np.arange(len(half)), sizes)
    rank = np.arange(len(which)) - begin[which]
    first, count = mesh.first[half], mesh.count[half]
    way = np.where(mesh.forward[half], 1, -1)
    before = np.where(mesh.forward[half], first - 1, first + count)
    node = mesh.twin[half] // 3
    index = np.where(rank == 0, node[which], before[which] + rank * way[which])
    ring = np.repeat(np.arange(len(starts)), np.add.reduceat(sizes, starts))
    # shapely closes rings that are open, so the first point need not be repeated here
    return shapely.linearrings(mesh.points[index], indices=ring)
