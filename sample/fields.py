# SPDX-License-Identifier: GPL-2.0-or-later
"""Smooth random fields over the plane, and what hangs on them: outline, nearness, choices."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import shapely

_BLOCK = 16_384  # points at a time: they stay in the processor's cache
_WAVES = 9  # plane waves an octave: enough to hide their regularity


class Field:
    """A smooth random surface of zero mean and unit spread, made of plane waves.

    `wavelength` in metres is the longest; each further octave is half as long and `decay` as high.
    """

    def __init__(
        self, rng: np.random.Generator, wavelength: float, octaves: int = 3, decay: float = 0.55
    ) -> None:
        turn = rng.uniform(0, 2 * np.pi, (octaves, _WAVES))
        scale = 2 * np.pi / (wavelength / 2.0 ** np.arange(octaves)[:, None])
        scale = scale * rng.uniform(0.75, 1.3, turn.shape)
        self.ways = np.stack([np.cos(turn) * scale, np.sin(turn) * scale], axis=-1).reshape(-1, 2)
        self.phases = rng.uniform(0, 2 * np.pi, turn.size)
        high = np.repeat(decay ** np.arange(octaves), _WAVES)
        self.heights = high / np.sqrt((high**2).sum() / 2)

    def __call__(self, xy: np.ndarray) -> np.ndarray:
        """Give the surface's height at each point (n x 2, metres, near the origin)."""
        return self._sum(xy, np.cos, self.heights)

    def slope(self, xy: np.ndarray) -> np.ndarray:
        """Give the surface's gradient at each point, n x 2, per metre."""
        return np.stack(
            [self._sum(xy, np.sin, -self.heights * self.ways[:, axis]) for axis in (0, 1)], axis=1
        )

    def _sum(self, xy: np.ndarray, wave: np.ufunc, heights: np.ndarray) -> np.ndarray:
        """Add up the waves, block by block: single precision is ample for a landscape."""
        out = np.empty(len(xy))
        ways, phases = self.ways.astype(np.float32), self.phases.astype(np.float32)
        for at in range(0, len(xy), _BLOCK):
            x, y = np.ascontiguousarray(xy[at : at + _BLOCK].T, dtype=np.float32)
            total = np.zeros(len(x))
            for way, phase, height in zip(ways, phases, heights):
                total += height * wave(x * way[0] + y * way[1] + phase)
            out[at : at + _BLOCK] = total
        return out


class Outline:
    """A natural closed outline: `score` is below 1 inside a region of about the radius given."""

    def __init__(self, rng: np.random.Generator, radius: float) -> None:
        self.radius = radius
        waves = np.arange(2, 10)
        self.sizes = rng.normal(size=8) * 0.11 / waves**0.7
        self.phases = rng.uniform(0, 2 * np.pi, 8)
        self.shift = (Field(rng, radius * 0.9, 4), Field(rng, radius * 0.9, 4))

    def score(self, xy: np.ndarray) -> np.ndarray:
        """Grade points: distance from the centre as a share of the outline's own radius there."""
        warped = xy + 0.04 * self.radius * np.stack([f(xy) for f in self.shift], axis=1)
        angle = np.arctan2(warped[:, 1], warped[:, 0])
        reach = np.ones(len(xy))
        for wave, size, phase in zip(range(2, 10), self.sizes, self.phases):
            reach += size * np.cos(wave * angle + phase)
        return np.hypot(*warped.T) / (self.radius * reach)


def nearest(xy: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find for each point the nearest place: its number and its distance."""
    found = shapely.STRtree(shapely.points(places)).nearest(shapely.points(xy))
    return found, np.hypot(*(xy - places[found]).T)


def choose(values: np.ndarray, codes: Sequence[str], shares: Sequence[float]) -> np.ndarray:
    """Give each value a code by its rank, so that the codes take the shares given."""
    rank = np.empty(len(values))
    rank[np.argsort(values, kind="stable")] = (np.arange(len(values)) + 0.5) / max(len(values), 1)
    limits = np.cumsum(shares) / np.sum(shares)
    place = np.minimum(np.searchsorted(limits, rank), len(codes) - 1)
    return np.array(codes, dtype="U6")[place]


def spread(rng: np.random.Generator, spacing: float, reach: float, jitter: float) -> np.ndarray:
    """Give points on a loosely shaken hexagonal grid over the square of half-width `reach`."""
    rows = np.arange(-reach, reach, spacing * np.sqrt(0.75))
    columns = np.arange(-reach, reach, spacing)
    x = columns[None, :] + (np.arange(len(rows)) % 2)[:, None] * spacing / 2
    y = np.broadcast_to(rows[:, None], x.shape)
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    return grid + rng.uniform(-jitter, jitter, grid.shape) * spacing


def clusters(xy: np.ndarray, k: int) -> np.ndarray:
    """Part places into k groups of neighbours (Lloyd's way, started from far-apart places)."""
    picked = [int(np.argmin(xy.sum(axis=1)))]
    apart = np.hypot(*(xy - xy[picked[0]]).T)
    while len(picked) < k:
        picked.append(int(np.argmax(apart)))
        apart = np.minimum(apart, np.hypot(*(xy - xy[picked[-1]]).T))
    centres = xy[picked]
    group = np.zeros(len(xy), np.int64)
    for _ in range(25):
        group = ((xy[:, None, :] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        for i in range(k):
            if (group == i).any():
                centres[i] = xy[group == i].mean(axis=0)
    return np.unique(group, return_inverse=True)[1]
