# SPDX-License-Identifier: GPL-2.0-or-later
"""The plan of a made county: what each parcel becomes, which are merged and which are split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .codes import kept, starts
from .ground import FLANK, Ground
from .parcels import LONG
from .shapes import components

_URBAN = ("0701", "0901", "1001", "1101", "080403", "1401", "1207", "0701", "1001", "0902")


@dataclass
class Parcels:
    """The base parcels, one row each, and how they touch.

    `touching` are pairs of neighbours; `border` tells parcels at the county's edge; `cell` is one
    ordinary cell of each.
    """

    of_cell: np.ndarray
    cell: np.ndarray
    code: np.ndarray
    mark: np.ndarray
    village: np.ndarray
    bounded: np.ndarray
    height: np.ndarray
    far: np.ndarray
    size: np.ndarray
    touching: np.ndarray
    border: np.ndarray

    def beside(self, which: np.ndarray) -> np.ndarray:
        """Tell which parcels touch one of those marked."""
        out = np.zeros(len(self.code), bool)
        one, two = self.touching.T
        out[one[which[two]]] = True
        out[two[which[one]]] = True
        return out


@dataclass
class Plan:
    """Planned parcels: number of each cell's, the code of each, and what became of base parcels.

    `whole` tells base parcels that are also planned parcels, neither merged nor split; `becomes`
    is the code that each base parcel was given before any split, `farmed` tells base parcels that
    are planned as cultivated land in all their parts.
    """

    of_cell: np.ndarray
    code: np.ndarray
    becomes: np.ndarray
    whole: np.ndarray
    farmed: np.ndarray


def make_plan(ground: Ground, parcels: Parcels, rng: np.random.Generator) -> Plan:
    """Plan a county: urban growth inside the boundary, some change elsewhere, the rest kept."""
    becomes = kept(parcels.code, rng)
    _grow_towns(parcels, becomes, rng)
    _change_country(parcels, becomes, rng)
    many = len(parcels.code)
    label = parcels.of_cell.copy()
    inside = label >= 0
    code = np.concatenate([becomes, becomes])
    halved = _split(ground, parcels, becomes, label, code, rng)
    merged = _merge(parcels, becomes, halved, rng)
    first = inside & (label < many)
    label[first] = merged[label[first]]
    grouped = np.bincount(merged, minlength=many)[merged] > 1
    farmed = np.ones(many, bool)
    bad = inside & ~starts(code, "01")[np.maximum(label, 0)]
    farmed[parcels.of_cell[bad]] = False
    used, place = np.unique(label[inside], return_inverse=True)
    of_cell = np.full(len(label), -1, np.int64)
    of_cell[inside] = place
    return Plan(of_cell, code[used], becomes, ~(halved | grouped), farmed)


def _grow_towns(parcels: Parcels, becomes: np.ndarray, rng: np.random.Generator) -> None:
    """Turn part of the open land inside the boundaries to urban uses, in place."""
    draw = rng.random(len(becomes))
    open_land = parcels.bounded & starts(parcels.code, "01", "02", "0404", "12")
    grown = open_land & (draw < np.where(parcels.far < 1.05, 0.5, 0.2))
    becomes[grown] = rng.choice(np.array(_URBAN, dtype="U6"), int(grown.sum()))
    becomes[parcels.bounded & (parcels.code == "0702") & (draw < 0.5)] = "0701"


def _change_country(parcels: Parcels, becomes: np.ndarray, rng: np.random.Generator) -> None:
    """Give the land outside the boundaries its small changes, in place."""
    draw = rng.random(len(becomes))
    country = ~parcels.bounded
    house = parcels.code == "0702"
    tilled = country & starts(parcels.code, "01")
    by_houses = tilled & parcels.beside(house & country)
    becomes[by_houses & (draw < 0.03)] = "0703"
    becomes[by_houses & (draw > 0.994)] = "0704"
    lone = country & house & ~parcels.beside(house)
    becomes[lone & (draw < 0.12)] = "0103"
    becomes[country & house & (draw > 0.985)] = "0704"
    becomes[tilled & (draw > 0.4) & (draw < 0.407)] = "0201"
    becomes[tilled & (draw > 0.5) & (draw < 0.503)] = "060201"
    becomes[country & starts(parcels.code, "02") & (draw < 0.08)] = "0103"
    becomes[country & starts(parcels.code, "03") & (parcels.height < 0.8) & (draw < 0.04)] = "0103"
    becomes[country & (parcels.code == "0404") & (draw < 0.1)] = "0301"
    becomes[country & (parcels.code == "1206") & (draw < 0.5)] = "0403"


def _split(
    ground: Ground,
    parcels: Parcels,
    becomes: np.ndarray,
    label: np.ndarray,
    code: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Cut some parcels in two, in place (second halves get the numbers from `many` on)."""
    many = len(becomes)
    draw = rng.random(many)
    cut = (parcels.size >= 3) & (draw < 0.09) & ~np.isin(parcels.code, LONG)
    turn = rng.uniform(0, np.pi, many)
    inside = np.flatnonzero((label >= 0) & (ground.kind != FLANK))
    owner = label[inside]
    centre = (
        np.stack(
            [np.bincount(owner, ground.local[inside, i], minlength=many) for i in range(2)], axis=1
        )
        / np.maximum(np.bincount(owner, minlength=many), 1)[:, None]
    )
    own = np.maximum(parcels.of_cell, 0)
    from_centre = ground.local[ground.host] - centre[own]
    side = from_centre[:, 0] * np.cos(turn[own]) + from_centre[:, 1] * np.sin(turn[own]) > 0
    halves = np.where((label >= 0) & cut[own], own + many * side, -1)
    cut &= _in_two(ground, halves, many)
    second = (halves >= many) & cut[own]
    label[second] += many
    change = cut & starts(parcels.code, "01") & ~parcels.bounded & (draw < 0.03)
    code[many:][change] = np.where(draw[change] < 0.015, "0703", "0201")
    return cut


def _in_two(ground: Ground, halves: np.ndarray, many: int) -> np.ndarray:
    """Tell which of `many` parcels their halves (p and p + many) part in two pieces, no more."""
    a, b, _ = ground.mesh.pairs
    same = (halves[a] == halves[b]) & (halves[a] >= 0)
    inside = np.flatnonzero(halves >= 0)
    piece = components(len(halves), a[same], b[same])[inside]
    first = np.unique(piece, return_index=True)[1]
    pieces = np.bincount(halves[inside][first], minlength=2 * many)
    return (pieces[:many] == 1) & (pieces[many:] == 1)


def _merge(
    parcels: Parcels, becomes: np.ndarray, halved: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Join some neighbours of one use, village and side of the boundary, two to four at a time."""
    name = np.arange(len(becomes))
    may = ~halved & ~np.isin(parcels.code, LONG)
    one, two = parcels.touching.T
    alike = may[one] & may[two] & (becomes[one] == becomes[two])
    alike &= parcels.village[one] == parcels.village[two]
    alike &= parcels.bounded[one] == parcels.bounded[two]
    for share in (0.04, 0.016):
        rows = np.flatnonzero(alike & (rng.random(len(one)) < share))
        taken: set[int] = set()
        for row in rows:
            first, second = int(name[one[row]]), int(name[two[row]])
            if first == second or first in taken or second in taken:
                continue
            taken.update((first, second))
            name[name == second] = first
    return name
