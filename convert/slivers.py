# SPDX-License-Identifier: GPL-2.0-or-later
"""Slivers given to the neighbour they share the longest edge with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np
import shapely

from ..layers.repair import polygons_of
from .vertices import counting, rings_of

_ROUNDS = 20
Small = Callable[[np.ndarray], np.ndarray]


@dataclass
class Merged:
    """Shapes after merging (None for those merged away) and `into`: the row that took each, or -1.

    `lone` tells which slivers have no neighbour that could take them.
    """

    shapes: np.ndarray
    into: np.ndarray
    lone: np.ndarray


def merge_slivers(shapes: np.ndarray, small: Small, kin: np.ndarray) -> Merged:
    """Merge what `small` tells of shapes into neighbours of the same `kin` (numbers, as long).

    A sliver goes to the neighbour with the longest shared edge, the first of equals; neighbours
    that are no slivers themselves come first, and what they grew by may border on more slivers.
    """
    shapes = shapes.copy()
    into = np.full(len(shapes), -1)
    sliver = _tell(shapes, small)
    for _ in range(_ROUNDS):
        goes = _neighbours(shapes, sliver, kin)
        if not (goes >= 0).any():
            break
        for target in np.unique(goes[goes >= 0]).tolist():
            rows = np.flatnonzero(goes == target)
            united = polygons_of(shapely.union_all(shapes[[target, *rows]]))
            if united is None or not shapely.is_valid(united):
                continue
            shapes[target] = united
            shapes[rows] = None
            into[rows] = target
        changed = np.unique(goes[goes >= 0])
        sliver[into >= 0] = False
        sliver[changed] = _tell(shapes[changed], small)
    return Merged(shapes, into, sliver)


def _tell(shapes: np.ndarray, small: Small) -> np.ndarray:
    out = np.zeros(len(shapes), dtype=bool)
    there = ~shapely.is_missing(shapes)
    if there.any():
        out[there] = small(shapes[there])
    return out


def _neighbours(shapes: np.ndarray, sliver: np.ndarray, kin: np.ndarray) -> np.ndarray:
    """Give for each sliver the row it goes to, -1 where it stays this round.

    Of slivers side by side the larger takes the smaller; a row that takes does not go itself.
    """
    goes = np.full(len(shapes), -1)
    if not sliver.any():
        return goes
    one, other, length = _shared(shapes, sliver)
    fits = kin[one] == kin[other]
    one, other, length = one[fits], other[fits], length[fits]
    area = shapely.area(shapes)
    larger = ~sliver[other] | (area[other] > area[one]) | (
        (area[other] == area[one]) & (other < one))  # fmt: skip
    one, other, length = one[larger], other[larger], length[larger]
    order = np.lexsort((other, -length, sliver[other], one))
    rows, first = np.unique(one[order], return_index=True)
    goes[rows] = other[order][first]
    sound = goes >= 0
    sound[sound] = ~sliver[goes[sound]]
    if sound.any():  # slivers among themselves wait until the sound ones have taken what they can
        goes[~sound] = -1
    takes = np.zeros(len(shapes), dtype=bool)
    takes[goes[goes >= 0]] = True
    goes[takes & sliver] = -1
    return goes


def _shared(shapes: np.ndarray, sliver: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the length of edge that slivers share with each neighbour: sliver, neighbour, length."""
    there = ~shapely.is_missing(shapes)
    tree = shapely.STRtree(shapes)
    near = np.unique(tree.query(shapes[sliver])[1])
    near = np.union1d(near, np.flatnonzero(sliver & there))
    rings = rings_of(shapes[near])
    first = rings.first
    pairs = np.sort(np.column_stack([rings.number[first], rings.number[first + 1]]), axis=1)
    owner = near[rings.owner()[first]]
    keys = pairs[:, 0] * np.int64(len(rings.xy)) + pairs[:, 1]
    own = np.flatnonzero(sliver[owner])
    order = np.argsort(keys, kind="stable")
    low = np.searchsorted(keys[order], keys[own])
    many = np.searchsorted(keys[order], keys[own], "right") - low
    edge = np.repeat(own, many)
    mate = order[np.repeat(low, many) + counting(many)]
    apart = owner[edge] != owner[mate]
    edge, mate = edge[apart], mate[apart]
    gap = rings.xy[pairs[edge, 0]] - rings.xy[pairs[edge, 1]]
    both = owner[edge] * np.int64(len(shapes)) + owner[mate]
    keys, back = np.unique(both, return_inverse=True)
    length = np.bincount(back, np.hypot(gap[:, 0], gap[:, 1]), minlength=len(keys))
    return keys // len(shapes), keys % len(shapes), length
