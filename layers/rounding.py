# SPDX-License-Identifier: GPL-2.0-or-later
"""Rounding at the edge: half up, and so that tables still add up.

Areas live in unrounded m2; a table shows hectares with two decimals. `balanced` rounds one row to a
given total, `controlled` a matrix so that rows and columns keep their totals. No rounded value is a
whole step (0.01) away from the true one.
"""

from __future__ import annotations

import numpy as np

from .flow import NOISE, Circulation, bounds

M2_PER_HA = 10_000.0


def steps(values: object, digits: int = 2) -> np.ndarray:
    """Count whole steps of 10**-digits, half away from zero; binary noise below a half is forgiven.

    NaN stays NaN, so the result is float; 0.005 written in decimals is a half though its double is
    a little more or less.
    """
    scaled = np.asarray(values, dtype=float) * 10.0**digits
    return np.sign(scaled) * np.floor(np.abs(scaled) + 0.5 + NOISE)


def round_half_up(values: object, digits: int = 2) -> np.ndarray:
    """Round to decimals as Excel and the survey do: 0.005 becomes 0.01, -0.005 becomes -0.01."""
    return steps(values, digits) / 10.0**digits + 0.0


def hectares(square_metres: object) -> np.ndarray:
    """Turn m2 into hectares, rounded half up to 0.01."""
    return round_half_up(np.asarray(square_metres, dtype=float) / M2_PER_HA)


def balanced(values: object, total: float | None = None, digits: int = 2) -> np.ndarray:
    """Round a row down or up so that it sums to its rounded total: largest remainders go up.

    `total` (default: the row's rounded sum) is a multiple of the step within reach of the row;
    ValueError where it is not.
    """
    scaled = np.asarray(values, dtype=float) * 10.0**digits
    low, high = bounds(scaled)
    want = int(steps(scaled.sum() if total is None else total * 10.0**digits, 0))
    rest = want - int(low.sum())
    if not 0 <= rest <= int((high - low).sum()):
        raise ValueError(f"{want} steps are out of reach of {low.sum()} to {high.sum()}")
    order = np.argsort(-np.where(high > low, scaled - low, -1.0), kind="stable")
    low[order[:rest]] += 1
    return low / 10.0**digits


def controlled(
    matrix: object,
    rows: object = None,
    columns: object = None,
    digits: int = 2,
    strict: bool = True,
) -> np.ndarray | None:
    """Round each entry of a matrix (values >= 0) down or up so that rows and columns add up.

    `rows` and `columns` are rounded totals to be kept; where they are not given, each total is its
    own true value rounded down or up, and then a solution exists always. Where the given totals
    can't be kept: None if `strict`, else a matrix whose entries are rounded all the same and that
    misses few of the totals.
    """
    scaled = np.asarray(matrix, dtype=float) * 10.0**digits
    height, width = scaled.shape
    if scaled.size == 0:
        return scaled
    row, column = np.nonzero(scaled)
    network = _table_network(scaled, row, column, rows, columns, digits)
    totals = np.concatenate([np.arange(1 + height), 1 + height + len(row) + np.arange(width)])
    flow = network.settle([] if strict else [totals] * (2 + height + width))
    if flow is None:
        return None
    out = np.zeros_like(scaled)
    out[row, column] = flow[1 + height : 1 + height + len(row)]
    return out / 10.0**digits


def _table_network(
    scaled: np.ndarray,
    row: np.ndarray,
    column: np.ndarray,
    rows: object,
    columns: object,
    digits: int,
) -> Circulation:
    """Lay a table out as a network: hub, total, rows, the entries at (row, column), columns, hub.

    Arcs come in this order: the grand total, the totals of rows, the entries, those of columns.
    """
    height, width = scaled.shape
    hub, top = 0, 1
    total = np.array([scaled.sum()])
    low, high = bounds(total)
    if rows is not None or columns is not None:
        low = high = steps(rows if rows is not None else columns, digits).sum().astype(int)[None]
    entries = scaled[row, column]
    parts = [
        (np.array([hub]), np.array([top]), low, high, total),
        (np.full(height, top), 2 + np.arange(height), *_margin(scaled.sum(1), rows, digits)),
        (2 + row, 2 + height + column, *bounds(entries), entries),
        (
            2 + height + np.arange(width),
            np.full(width, hub),
            *_margin(scaled.sum(0), columns, digits),
        ),
    ]
    return Circulation(*(np.concatenate(part) for part in zip(*parts)))


def _margin(
    true: np.ndarray, given: object, digits: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give least, greatest and wished-for steps of a row of totals."""
    if given is None:
        return (*bounds(true), true)
    fixed = steps(given, digits).astype(np.int64)
    return fixed, fixed, fixed.astype(float)
