# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole numbers near given ones, such that what enters a node of a network leaves it.

Tables that must add up in two directions are such networks, and there a rounding to the next whole
number below or above always exists (the matrix is totally unimodular); augmenting paths find it.
"""

from __future__ import annotations

from typing import Sequence

import numpy as np

NOISE = 1e-6  # a value this near to a whole number (in steps of the rounding) is that number


def bounds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the whole numbers below and above each value; both the same where it is whole."""
    return np.floor(values + NOISE).astype(np.int64), np.ceil(values - NOISE).astype(np.int64)


class Circulation:
    """Arcs between nodes, each with a least and a greatest whole flow; node numbers start at 0."""

    def __init__(
        self,
        tail: np.ndarray,
        head: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        near: np.ndarray,
    ) -> None:
        self.tail, self.head = np.asarray(tail).tolist(), np.asarray(head).tolist()
        self.low, self.high = np.asarray(low).tolist(), np.asarray(high).tolist()
        self.flow = np.clip(np.rint(near).astype(np.int64), low, high).tolist()
        count = 1 + max(max(self.tail), max(self.head))
        self.leaving: list[list[int]] = [[] for _ in range(count)]
        self.entering: list[list[int]] = [[] for _ in range(count)]
        self.excess = [0] * count
        for arc, (a, b) in enumerate(zip(self.tail, self.head)):
            self.leaving[a].append(arc)
            self.entering[b].append(arc)
            self.excess[a] -= self.flow[arc]
            self.excess[b] += self.flow[arc]
        self.widened = 0  # stages of `settle` that were needed
        self._seen = [0] * count
        self._round = 0

    def settle(self, soft: Sequence[np.ndarray] = ()) -> np.ndarray | None:
        """Push until every node is balanced; give the flow of each arc, None where it can't be.

        When stuck, the arcs of `soft[0]` may leave their limits by one, then those of `soft[1]`...
        """
        stages = list(soft)
        while True:
            stuck = [node for node, extra in enumerate(self.excess) if extra > 0]
            stuck = [node for node in stuck if not self._drain(node)]
            if not stuck:
                return np.array(self.flow, dtype=np.int64)
            if not stages:
                return None
            self._widen(stages.pop(0))
            self.widened += 1

    def _widen(self, arcs: np.ndarray) -> None:
        for arc in arcs.tolist():
            self.low[arc] = max(0, self.low[arc] - 1)
            self.high[arc] += 1

    def _drain(self, node: int) -> bool:
        """Send what is too much at a node to nodes that lack it."""
        while self.excess[node] > 0:
            end, came = self._search(node)
            if end is None:
                return False
            self.excess[node] -= 1
            self.excess[end] += 1
            while end != node:
                arc, end, step = came[end]
                self.flow[arc] += step
        return True

    def _search(self, start: int) -> tuple[int | None, dict[int, tuple[int, int, int]]]:
        """Find the nearest node that lacks flow: breadth first over arcs with room left."""
        self._round += 1
        seen, mark = self._seen, self._round
        seen[start] = mark
        came: dict[int, tuple[int, int, int]] = {}
        wave = [start]
        while wave:
            following = []
            for node in wave:
                for arc in self.leaving[node]:
                    other = self.head[arc]
                    if seen[other] != mark and self.flow[arc] < self.high[arc]:
                        seen[other], came[other] = mark, (arc, node, 1)
                        following.append(other)
                for arc in self.entering[node]:
                    other = self.tail[arc]
                    if seen[other] != mark and self.flow[arc] > self.low[arc]:
                        seen[other], came[other] = mark, (arc, node, -1)
                        following.append(other)
            for node in following:
                if self.excess[node] < 0:
                    return node, came
            wave = following
        return None, came
