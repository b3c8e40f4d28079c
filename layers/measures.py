# SPDX-License-Identifier: GPL-2.0-or-later
"""Units of area as tables write them."""

from __future__ import annotations

# Hectares per unit; of equal ones the first is the name we use.
HECTARES = {
    "万公顷": 10_000.0, "公顷": 1.0, "ha": 1.0, "hm2": 1.0, "hm²": 1.0,
    "万亩": 10_000 / 15, "亩": 1 / 15, "mu": 1 / 15,
    "万平方米": 1.0, "万m2": 1.0, "万m²": 1.0, "万㎡": 1.0,
    "平方公里": 100.0, "平方千米": 100.0, "km2": 100.0, "km²": 100.0,
    "平方米": 1e-4, "m2": 1e-4, "m²": 1e-4, "㎡": 1e-4,
}  # fmt: skip


def unit_name(factor: float) -> str:
    """Name the unit that has so many hectares."""
    return next(name for name, hectares in HECTARES.items() if hectares == factor)
