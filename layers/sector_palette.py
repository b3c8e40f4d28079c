# SPDX-License-Identifier: GPL-2.0-or-later
"""Colours that tell sector plans apart where the dossier gives them none."""

from __future__ import annotations

import colorsys

PALETTE = (
    "#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#42c8d6", "#f032e6", "#9a6324",
    "#808000", "#008080", "#800000", "#000075", "#bfa100", "#e377a2", "#6a8f3c", "#8c8ce8",
    "#c2571a", "#2f7f5f", "#a06bbf", "#7f7f7f", "#d4a373", "#1f9ed1", "#b03060", "#556b2f",
)  # fmt: skip
_GOLDEN = 0.6180339887498949  # steps of the golden ratio part the circle of hues evenly


def colour_of(number: int) -> str:
    """Give the colour of the plan of this number (from 0) as "#rrggbb"."""
    if number < len(PALETTE):
        return PALETTE[number]
    turn = number - len(PALETTE)
    red, green, blue = colorsys.hls_to_rgb(turn * _GOLDEN % 1, 0.35 + 0.1 * (turn % 3), 0.6)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
