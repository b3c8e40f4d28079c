# SPDX-License-Identifier: GPL-2.0-or-later
"""Round numbers for maps: scales, and the segments of scale bars."""

from __future__ import annotations

import math

from qgis.PyQt.QtCore import QSizeF

_ROOM = 1.05
_STEPS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)


def round_scale(wide: float, high: float, frame: QSizeF) -> float:
    """Give the next round scale at which land of so many metres fits a frame of so many mm."""
    least = max(wide / frame.width(), high / frame.height()) * 1000 * _ROOM
    power = 100.0
    while True:
        for step in _STEPS:
            if step * power >= least:
                return step * power
        power *= 10


def round_segment(scale: float, wide: float) -> float:
    """Give the longest round number of metres that is no wider than so many mm at a scale."""
    most = wide * scale / 1000
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most)
