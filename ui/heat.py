# SPDX-License-Identifier: GPL-2.0-or-later
"""The matrix's cells and the colours of its heat."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qgis.PyQt.QtGui import QColor

# From pale to dark in one hue: the lightness alone tells the order, whatever colours an eye sees.
SCALE = ("#fdf0dc", "#fbd7a5", "#f7b267", "#e8853a", "#c9561d", "#95360f", "#5f1e07")
EMPTY = "#f7f7f5"


@dataclass(frozen=True)
class Head:
    """A row's or column's key, its title and its colour ("" none)."""

    key: str
    title: str
    colour: str = ""


Cells = dict[tuple[str, str], tuple[int, float]]


def shade(value: float, most: float) -> QColor:
    """Give the colour of a value; the scale is by square root, so that small ones differ too."""
    if value <= 0 or most <= 0:
        return QColor(EMPTY)
    step = math.sqrt(min(value / most, 1.0)) * (len(SCALE) - 1)
    low = min(int(step), len(SCALE) - 2)
    part, first, second = step - low, QColor(SCALE[low]), QColor(SCALE[low + 1])
    mixed = (round(a + (b - a) * part) for a, b in zip(first.getRgb()[:3], second.getRgb()[:3]))
    return QColor(*mixed)


def ink(ground: QColor) -> QColor:
    """Give black or white, whichever reads better on a colour."""
    light = 0.299 * ground.red() + 0.587 * ground.green() + 0.114 * ground.blue()
    return QColor("#1b1b1b") if light > 140 else QColor("#ffffff")


def both_ways(cells: Cells) -> Cells:
    """Make a pair findable from both sides, adding up what is given under both."""
    out: Cells = {}
    for pair, (count, area) in cells.items():
        for key in {pair, pair[::-1]}:
            former = out.get(key, (0, 0.0))
            out[key] = (former[0] + count, former[1] + area)
    return out
