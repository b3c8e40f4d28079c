# SPDX-License-Identifier: GPL-2.0-or-later
"""Arrows at the edge of a conflict's map to the sites that lie beyond it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Tuple

from .meeting_scene import HEIGHT, WIDTH
from .meeting_words import direction
from .raster import Frame

_EDGE = 26.0  # arrows to what lies outside keep so far from the map's edge
_WORDS = 236.0  # width of an arrow with its words
TAKEN = ((WIDTH - 70, 0.0, WIDTH, 84.0), (0.0, HEIGHT - 64, 320.0, HEIGHT))  # arrow, scale bar
Box = Tuple[float, float, float, float]  # left, top, right, low in units of the drawing


@dataclass(frozen=True)
class Pointer:
    """An arrow at the map's edge to a site outside it: place, turn in degrees, words."""

    x: float
    y: float
    turn: float
    label: str
    text: str
    anchor: str


def point_at(frame: Frame, point: Any, label: str, away: str) -> Pointer:
    """Set an arrow to a place outside where the line from the middle crosses the map's edge.

    `away` says how far the place is from the project, as the way out does.
    """
    middle = (frame.left + frame.right) / 2, (frame.low + frame.high) / 2
    dx, dy = point.x - middle[0], point.y - middle[1]
    half = WIDTH / 2 - _EDGE, HEIGHT / 2 - _EDGE
    part = min(half[0] / max(abs(dx), 1e-9), half[1] / max(abs(dy), 1e-9))
    x, y = WIDTH / 2 + dx * part, HEIGHT / 2 - dy * part
    words = f"{direction(dx, dy)} {away}"
    anchor = "start" if x < 2 * WIDTH / 3 else "end"
    turn = round(-math.degrees(math.atan2(dy, dx)), 1)
    return Pointer(round(x, 1), round(y, 1), turn, label, words, anchor)


def apart(pointers: list[Pointer], taken: list[Box]) -> list[Pointer]:
    """Move arrows along the map's edge, then inward, until their words lie on nothing."""
    out: list[Pointer] = []
    for one in pointers:
        upright = one.x in (_EDGE, WIDTH - _EDGE)
        inward = 1 if one.y < HEIGHT / 2 else -1
        along = [(0.0, inward * step * 38) for step in range(8)]
        if not upright:
            along = [
                (shift * _WORDS, inward * step * 38)
                for step in range(3)
                for shift in (0, 1, -1, 2, -2)
            ]
        spots = [replace(one, x=one.x + dx, y=round(one.y + dy, 1)) for dx, dy in along]
        free = (spot for spot in spots if _fits(_words_of(spot), taken))
        chosen = next(free, one)
        taken.append(_words_of(chosen))
        out.append(chosen)
    return out


def _words_of(one: Pointer) -> Box:
    """Give the box of an arrow and its words."""
    left = one.x - 16 if one.anchor == "start" else one.x - _WORDS + 26
    return left, one.y - 18, left + _WORDS - 10, one.y + 18


def _fits(box: Box, taken: list[Box]) -> bool:
    """Tell whether a box lies in the map and on no other."""
    if box[0] < 0 or box[1] < 0 or box[2] > WIDTH or box[3] > HEIGHT:
        return False
    return not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in taken
    )
