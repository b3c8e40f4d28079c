# SPDX-License-Identifier: GPL-2.0-or-later
"""Rounding the structure tables of a whole unit tree at once, so that they add up.

Three things hold together: the units below a unit sum to it class by class, a unit's classes sum to
its area in base and in plan alike, and its transfers fit both. The tables are networks (`flow`):
first the base is settled with the areas of the units, then the plan through each finest unit's
transfers, so that land which does not change is rounded alike on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..layers.flow import Circulation, bounds
from ..layers.rounding import controlled, steps
from .levels import Level

SCALE = 100.0  # steps of 0.01 in a hectare
ATTEMPTS = (2, 8)  # least and most tries, fewer for more branches
PATIENCE = 1500  # branches settled in all


class Node(NamedTuple):
    """One branch of the tree: a unit at its level (unit -1: none there), and its parent branch."""

    level: str
    unit: int
    key: int
    parent: int
    leaf: int  # the finest unit, -1 above them


def nodes(chain: list[Level], finest: int) -> list[Node]:
    """List the branches from the top down; `key` is a branch's place in the list.

    A unit that the data puts under two parents is two branches, so that sums stay sums.
    """
    out: list[Node] = []
    above = np.full(finest, -1)
    for level in chain:
        last = level is chain[-1]
        pairs = np.stack([above, level.of_finest], axis=1)
        pairs = np.column_stack([pairs, np.arange(finest) if last else np.zeros(finest, int)])
        unique, place = np.unique(pairs, axis=0, return_inverse=True)
        start = len(out)
        for i, (parent, unit, leaf) in enumerate(unique.tolist()):
            out.append(Node(level.name, unit, start + i, parent, leaf if last else -1))
        above = start + place.reshape(-1)
    return out


@dataclass(frozen=True)
class Rounded:
    """Hectares per branch: `base` and `plan` by class, `cells` by class before x class after.

    `misses` counts what could not be had: totals of transfers that differ from the balance, and
    rounds in which the plan had to leave its limits.
    """

    base: np.ndarray
    plan: np.ndarray
    cells: np.ndarray
    misses: int
    settled: bool = True


def rounded(tree: list[Node], finest_ha: np.ndarray) -> Rounded:
    """Round every branch; `finest_ha` is unit x class before x class after.

    Which roundings of the base leave room for all the rest can't be seen beforehand, so a few are
    tried and the best is taken; the first is the nearest, the others start from drawn ones. Should
    none be found, each value is rounded by itself and `settled` is False.
    """
    cells = _branch_sums(tree, finest_ha * SCALE)
    best = None
    for attempt in range(int(np.clip(PATIENCE // max(len(tree), 1), *ATTEMPTS))):
        try:
            found = _attempt(tree, cells, attempt)
        except ArithmeticError:
            continue
        best = found if best is None or found.misses < best.misses else best
        if best.misses == 0:
            break
    return best or _each_by_itself(cells)


def _each_by_itself(cells: np.ndarray) -> Rounded:
    """Round half up without regard to sums, and count the totals of transfers that differ."""
    base, plan, out = (steps(part, 0) for part in (cells.sum(axis=2), cells.sum(axis=1), cells))
    misses = int((out.sum(axis=2) != base).sum() + (out.sum(axis=1) != plan).sum())
    return Rounded(base / SCALE, plan / SCALE, out / SCALE, misses, settled=False)


def _attempt(tree: list[Node], cells: np.ndarray, attempt: int) -> Rounded:
    before, after = cells.sum(axis=2), cells.sum(axis=1)
    noise = np.random.default_rng(attempt).uniform(-0.5, 0.5, before.shape)
    base = _settle_base(tree, before, noise if attempt else np.zeros_like(before))
    plan, misses = _settle_plan(tree, cells, base, after)
    out = np.empty_like(cells)
    for node in tree:
        out[node.key] = _required(
            controlled(cells[node.key], base[node.key], plan[node.key], digits=0, strict=False)
        )
    misses += int((out.sum(axis=2) != base).sum() + (out.sum(axis=1) != plan).sum())
    return Rounded(base / SCALE, plan / SCALE, out / SCALE, misses)


def _branch_sums(tree: list[Node], leaves: np.ndarray) -> np.ndarray:
    """Sum the finest units' values up the branches; further axes are kept."""
    out = np.zeros((len(tree), *leaves.shape[1:]))
    for node in reversed(tree):
        if node.leaf >= 0:
            out[node.key] += leaves[node.leaf]
        if node.parent >= 0:
            out[node.parent] += out[node.key]
    return out


def _settle_base(tree: list[Node], true: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Round all branches so that classes sum to areas and branches to their parents.

    Flow runs from a hub down the branches class by class, meets at each finest unit, and runs up
    the branches' areas back to the hub; such whole flows exist always.
    """
    count, width = true.shape
    hub = 0
    leaf = np.array([node.leaf >= 0 for node in tree])
    parent = np.array([node.parent for node in tree])
    area = 1 + np.arange(count)  # nodes where a branch's classes have met

    def split(branch: np.ndarray) -> np.ndarray:
        return 1 + count + branch[:, None] * width + np.arange(width)

    down_tail = np.where(parent[:, None] < 0, hub, split(parent))
    down_head = np.where(leaf[:, None], area[:, None], split(np.arange(count)))
    up_head = np.where(parent < 0, hub, 1 + parent)
    areas = true.sum(axis=1)
    low, high = bounds(np.concatenate([true.ravel(), areas]))
    flow = Circulation(
        np.concatenate([down_tail.ravel(), area]),
        np.concatenate([down_head.ravel(), up_head]),
        low,
        high,
        np.concatenate([(true + noise).ravel(), areas]),
    ).settle(_looser(np.arange(true.size)))
    return _required(flow)[: true.size].reshape(true.shape)


def _settle_plan(
    tree: list[Node], cells: np.ndarray, base: np.ndarray, true: np.ndarray
) -> tuple[np.ndarray, int]:
    """Round the plan's branches, fed from each finest unit's rounded base through its transfers.

    Should no transfers within a step fit, first they and then the branches may miss by one more;
    also tells how often that was needed.
    """
    leaf = np.array([node.key for node in tree if node.leaf >= 0])
    supply = base[leaf]
    which, one, other = np.nonzero(cells[leaf])
    values = cells[leaf][which, one, other]
    tail, head = _plan_arcs(tree, leaf, (which, one, other), true.shape)
    (low, high), tops = bounds(values), bounds(true)
    network = Circulation(
        tail,
        head,
        np.concatenate([supply.ravel(), low, tops[0].ravel()]),
        np.concatenate([supply.ravel(), high, tops[1].ravel()]),
        np.concatenate([supply.ravel(), values, true.ravel()]),
    )
    flow = network.settle(
        [
            *_looser(supply.size + np.arange(len(values)), 2),
            *_looser(supply.size + np.arange(len(values) + true.size)),
        ]
    )
    settled = _required(flow)[supply.size + len(values) :].reshape(true.shape)
    return settled, network.widened


def _plan_arcs(
    tree: list[Node],
    leaf: np.ndarray,
    transfers: tuple[np.ndarray, np.ndarray, np.ndarray],
    shape: tuple[int, ...],
) -> tuple[np.ndarray, np.ndarray]:
    """Give tail and head of the arcs: hub to base classes, transfers, branches up to the hub.

    `leaf` are the branches of the finest units; `transfers` are place in `leaf`, class before and
    class after; `shape` is branches x classes.
    """
    count, width = shape
    supplies = len(leaf) * width
    parent = np.array([node.parent for node in tree])

    def split(branch: np.ndarray) -> np.ndarray:
        return 1 + supplies + branch[:, None] * width + np.arange(width)

    which, one, other = transfers
    up = np.where(parent[:, None] < 0, 0, split(parent))
    branches = split(np.arange(count))
    tail = [np.zeros(supplies, int), 1 + which * width + one, branches.ravel()]
    head = [1 + np.arange(supplies), 1 + supplies + leaf[which] * width + other, up.ravel()]
    return np.concatenate(tail), np.concatenate(head)


def _looser(arcs: np.ndarray, times: int = 50) -> list[np.ndarray]:
    """List stages that let the same arcs go by one more step each time."""
    return [arcs] * times


def _required(flow: np.ndarray | None) -> np.ndarray:
    if flow is None:
        raise ArithmeticError("no rounding of the balance adds up")
    return flow
