# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells into parcels: so many, of natural size and shape, none of them in two villages."""

from __future__ import annotations

import numpy as np

from .ground import FLANK, Ground
from .land import CULTIVATED, FOREST, Land
from .shapes import components

# how many of a code's cells start a parcel: fields are large, yards small, a river is one
_STARTS = {**dict.fromkeys(CULTIVATED, 0.24), **dict.fromkeys(FOREST, 0.46), "0702": 0.85}
LONG = ("1003", "1006", "1101", "1103")
_OTHERS = 0.75


def make_parcels(ground: Ground, land: Land, wanted: int, rng: np.random.Generator) -> np.ndarray:
    """Give each cell the number of its parcel, 0 to `wanted` - 1, and -1 outside."""
    key = _keys(ground, land)
    a, b, _ = ground.mesh.pairs
    plain = (ground.kind[a] != FLANK) & (ground.kind[b] != FLANK)
    near = plain & (key[a] >= 0) & (key[b] >= 0)
    a, b = a[near], b[near]
    alike = key[a] == key[b]
    long = np.isin(land.code, LONG)
    live = (key >= 0) & (ground.kind != FLANK)
    group = _about(ground, land, (a[alike], b[alike]), long, live, wanted, rng)
    may = ~long[a] & ~long[b]
    group = _join_spare(group, (a[alike & may], b[alike & may]), live, wanted, rng)
    # a very small county may need more: parcels of one village whatever they carry
    village = may & (ground.village[a] == ground.village[b]) & (land.bounded[a] == land.bounded[b])
    group = _join_spare(group, (a[village], b[village]), live, wanted, rng)
    group = group[ground.host]
    out = np.full(len(key), -1, np.int64)
    inside = ground.village >= 0
    out[inside] = np.unique(group[inside], return_inverse=True)[1]
    return out


def _about(
    ground: Ground,
    land: Land,
    pairs: tuple[np.ndarray, np.ndarray],
    long: np.ndarray,
    live: np.ndarray,
    wanted: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Group cells to the wanted number of parcels or a few more."""
    a, b = pairs
    chance = np.full(len(long), _OTHERS)
    for code, share in _STARTS.items():
        chance[land.code == code] = share
    draw = rng.random(len(long))
    along = _along(ground, land, a, b) + rng.random(len(a))
    whole = components(len(long), a[long[a]], b[long[a]])
    low, high, best, least = 0.02, 3.0, np.arange(len(long)), len(long)
    for _ in range(14):
        scale = (low + high) / 2
        group = _gather(draw < chance * scale, a, b, along, live)
        group[long] = whole[long]
        many = len(np.unique(group[live]))
        if wanted <= many < least:
            best, least = group, many
        if wanted <= many <= wanted * 1.02 + 3:
            break
        low, high = (scale, high) if many < wanted else (low, scale)
    return best


def _keys(ground: Ground, land: Land) -> np.ndarray:
    """Number what may lie in one parcel: same village, code, mark and side of the boundary."""
    code = np.unique(land.code, return_inverse=True)[1].astype(np.int64)
    mark = np.unique(land.mark, return_inverse=True)[1]
    key = ((ground.village.astype(np.int64) * 100 + code) * 10 + mark) * 2 + land.bounded
    return np.where(ground.village >= 0, key, -1)


def _along(ground: Ground, land: Land, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Grade pairs by how much they run along the contour: terraces are long and narrow."""
    way = ground.local[b] - ground.local[a]
    way = way / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    return np.abs((way * land.contour[a]).sum(axis=1))


def _gather(
    start: np.ndarray, a: np.ndarray, b: np.ndarray, grade: np.ndarray, live: np.ndarray
) -> np.ndarray:
    """Let cells that start no parcel join a neighbour's, the best-graded first."""
    group = np.where(start, np.arange(len(start)), -1)
    ones, twos, grades = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(grade, 2)
    for _ in range(6):
        use = np.flatnonzero((group[ones] < 0) & (group[twos] >= 0))
        if not len(use):
            break
        order = use[np.lexsort((use, -grades[use], ones[use]))]
        first = order[np.unique(ones[order], return_index=True)[1]]
        group[ones[first]] = group[twos[first]]
    lone = live & (group < 0)
    group[lone] = np.flatnonzero(lone)
    return np.where(group < 0, np.arange(len(group)), group)


def _join_spare(
    group: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    live: np.ndarray,
    wanted: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Join neighbouring parcels, small ones first, until just `wanted` are left or none can."""
    spare = len(np.unique(group[live])) - wanted
    while spare > 0:
        ones, twos = group[pairs[0]], group[pairs[1]]
        size = np.bincount(group, minlength=len(group))
        weight = size[ones] + size[twos] + rng.random(len(ones))
        name = np.arange(len(group))
        taken: set[int] = set()
        before = spare
        for row in np.argsort(weight, kind="stable"):
            one, two = int(ones[row]), int(twos[row])
            if spare <= 0:
                break
            if one == two or one in taken or two in taken:
                continue
            taken.update((one, two))
            name[two] = one
            spare -= 1
        group = name[group]
        if spare == before:
            break
    return group
