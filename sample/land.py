# SPDX-License-Identifier: GPL-2.0-or-later
"""What grows and stands on a made county's cells: survey codes in hills, hamlets and towns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import Field, choose, nearest, spread
from .ground import HIGHWAY, ORDINARY, TRACK, Ground

CULTIVATED = ("0101", "0102", "0103")
FOREST = ("0301", "0302", "0305", "0307")
_HILLS, _PATCH = 1_150.0, 420.0  # metres, the landscape's wavelengths
# what the open land carries from valley floor to hilltop: share of the cells, codes, their shares
_BELTS = (
    (0.31, ("0101", "0102", "1104"), (0.93, 0.05, 0.02)),
    (0.33, ("0103", "0102", "0201", "1202"), (0.90, 0.03, 0.05, 0.02)),
    (0.14, ("0103", "0201", "0204", "0301", "0404", "0307"), (0.42, 0.2, 0.08, 0.2, 0.06, 0.04)),
    (0.22, ("0301", "0305", "0302", "0307", "0404"), (0.6, 0.19, 0.09, 0.08, 0.04)),
)
_CORE = (
    ("0701", "05H1", "08H2", "0701", "1004", "08H1", "0810", "0809"),
    (0.27, 0.2, 0.1, 0.2, 0.06, 0.06, 0.07, 0.04),
)
_FRINGE = (
    ("0101", "0701", "0103", "0601", "0508", "0702", "0301", "0201"),
    (0.2, 0.18, 0.22, 0.13, 0.05, 0.1, 0.07, 0.05),
)
_BUILT = ("05", "06", "07", "08", "1004")


@dataclass
class Land:
    """Per cell: survey code, settlement mark, whether inside a town's planned boundary.

    `height` runs from 0 (valley floor) to 1 (hilltop); `contour` is the direction along the slope.
    `settled` tells hamlets and towns; `far` is the distance to the nearest town centre over that
    town's radius.
    """

    code: np.ndarray
    mark: np.ndarray
    bounded: np.ndarray
    height: np.ndarray
    contour: np.ndarray
    settled: np.ndarray
    far: np.ndarray


def make_land(ground: Ground, rng: np.random.Generator) -> Land:
    """Cover the ground with survey codes."""
    xy = ground.local
    hills = Field(rng, _HILLS, 4)
    raw = hills(xy) + 0.08 * rng.normal(size=len(xy))
    height = np.empty(len(xy))
    height[np.argsort(raw, kind="stable")] = np.linspace(0, 1, len(xy))
    slope = hills.slope(xy)
    contour = np.stack([-slope[:, 1], slope[:, 0]], axis=1)
    contour /= np.maximum(np.hypot(*slope.T), 1e-12)[:, None]
    code = _open_land(xy, height, rng)
    _specks(code, height, rng)
    far, town = _towns(ground, rng)
    hamlet = _hamlets(ground, far, rng)
    code[hamlet] = choose(rng.random(int(hamlet.sum())), ("0702", "1004", "0809", "08H2", "0301"),
                          (0.87, 0.03, 0.02, 0.03, 0.05))  # fmt: skip
    for belt, (codes, shares) in ((far < 0.6, _CORE), ((far >= 0.6) & (far < 1), _FRINGE)):
        noise = Field(rng, 260, 2)(xy[belt]) + 0.3 * rng.normal(size=int(belt.sum()))
        code[belt] = choose(noise, codes, shares)
    water = _rivers(ground, rng) & (far > 0.5)
    code[water] = "1101"
    _reservoirs(ground, code, height, far, rng)
    code, far, hamlet = code[ground.host], far[ground.host], hamlet[ground.host]
    code[ground.kind == TRACK] = "1006"
    code[ground.kind == HIGHWAY] = "1003"
    bounded = far < 1.3
    seat = town == np.argmax(np.bincount(town[far < 1], minlength=1))
    mark = _marks(code, hamlet, far < 1, seat)
    host = ground.host
    return Land(code, mark, bounded, height[host], contour, hamlet | (far < 1), far)


def _open_land(xy: np.ndarray, height: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose fields, gardens and forests by height, in patches."""
    code = np.empty(len(xy), dtype="U6")
    low = 0.0
    for share, codes, shares in _BELTS:
        belt = (height >= low) & (height <= low + share)
        noise = Field(rng, _PATCH, 2)(xy[belt]) + 0.45 * rng.normal(size=int(belt.sum()))
        code[belt] = choose(noise, codes, shares)
        low += share
    code[code == ""] = "0301"
    return code


def _specks(code: np.ndarray, height: np.ndarray, rng: np.random.Generator) -> None:
    """Strew small things, in place: ponds, ditches, sheds, graves, bare soil, lone houses."""
    draw = rng.random(len(code))
    limit = 0.0
    for kind, share, high in (
        ("1104", 0.013, 0.5), ("1104A", 0.004, 0.4), ("1107", 0.008, 0.45), ("1202", 0.006, 0.6),
        ("09", 0.002, 1.0), ("1206", 0.003, 1.0), ("0809", 0.0012, 0.6), ("0602", 0.0006, 1.0),
        ("0702", 0.012, 0.7), ("0302", 0.01, 0.7), ("0404", 0.012, 1.0), ("1109", 0.0008, 0.4),
    ):  # fmt: skip
        code[(draw >= limit) & (draw < limit + share) & (height < high)] = kind
        limit += share


def _towns(ground: Ground, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Measure each cell's distance to the nearest town centre, over that town's radius."""
    centres = ground.village_xy[ground.seat]
    room = np.sqrt(ground.area / len(centres) / np.pi)
    radius = min(380.0, 0.3 * room) * rng.uniform(0.75, 1.15, len(centres))
    radius[int(rng.integers(len(centres)))] *= 1.55  # the county's seat
    ragged = [Field(rng, 500, 3)(ground.local) for _ in range(2)]
    bent = ground.local + 0.13 * radius.mean() * np.stack(ragged, axis=1)
    town, away = nearest(bent, centres)
    return away / radius[town], town


def _hamlets(ground: Ground, far: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tell which open cells belong to a hamlet: compact groups, several to a village."""
    reach = np.abs(ground.local).max()
    places = spread(rng, 430.0, reach, 0.4)
    places = np.concatenate([places[rng.random(len(places)) < 0.8], ground.village_xy])
    radius = rng.uniform(38, 92, len(places))
    ragged = np.stack([Field(rng, 160, 2)(ground.local) for _ in range(2)], axis=1)
    which, away = nearest(ground.local + 16 * ragged, places)
    return (away < radius[which]) & (far > 1.35) & (ground.kind == ORDINARY)


def _rivers(ground: Ground, rng: np.random.Generator) -> np.ndarray:
    """Tell which cells lie on a river: where a broad field changes its sign."""
    broad = Field(rng, max(1_800.0, 0.75 * np.sqrt(ground.area)), 4, 0.42)
    value = broad(ground.local)
    steep = np.hypot(*broad.slope(ground.local).T)
    return (np.abs(value) < steep * 38) & (ground.kind == ORDINARY)


def _reservoirs(
    ground: Ground, code: np.ndarray, height: np.ndarray, far: np.ndarray, rng: np.random.Generator
) -> None:
    """Dam some valleys, in place."""
    many = max(1, round(ground.area / 2.5e7))
    valley = np.flatnonzero((height < 0.2) & (far > 2) & (ground.village >= 0))
    if not len(valley):
        return
    places = ground.local[rng.choice(valley, many)]
    which, away = nearest(ground.local, places)
    near = away < rng.uniform(70, 210, many)[which]
    wet = near & (height < 0.45) & (ground.kind == ORDINARY) & (code != "1101") & (far > 1.5)
    code[wet] = "1103"


def _marks(code: np.ndarray, hamlet: np.ndarray, town: np.ndarray, seat: np.ndarray) -> np.ndarray:
    """Give the settlement mark (CZCSXM) that the survey's rules ask for with each code."""
    built = np.zeros(len(code), bool)
    for prefix in _BUILT:
        built |= np.char.startswith(code, prefix)
    mark = np.zeros(len(code), dtype="U4")
    mark[built] = "203"
    mark[built & town] = "202"
    mark[built & town & seat] = "201"
    mark[code == "0602"] = "204"
    mark[code == "09"] = "205"
    return mark
