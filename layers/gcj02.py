# SPDX-License-Identifier: GPL-2.0-or-later
"""The shift of Chinese web maps (GCJ-02) against CGCS2000 and WGS 84, and its reverse.

The published approximation: longitude and latitude move by sums of sines, some 300 to 700 m.
"""

from __future__ import annotations

import numpy as np

_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # of the Krasovsky ellipsoid
_ROUNDS = 6  # each brings the reverse a hundredfold nearer


def offset(lonlat: np.ndarray) -> np.ndarray:
    """Give the shift in degrees at points (n x 2, longitude and latitude)."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root, both = np.sqrt(np.abs(x)), x * y
    sines = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * both + 0.2 * root + sines
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y * np.pi / 3)) * 2 / 3
    north += (160 * np.sin(y * np.pi / 12) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * both + 0.1 * root + sines
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x * np.pi / 3)) * 2 / 3
    east += (150 * np.sin(x * np.pi / 12) + 300 * np.sin(x * np.pi / 30)) * 2 / 3
    latitude = np.radians(lonlat[:, 1])
    magic = 1 - _ECCENTRICITY * np.sin(latitude) ** 2
    north = np.degrees(north * magic * np.sqrt(magic) / (_AXIS * (1 - _ECCENTRICITY)))
    east = np.degrees(east * np.sqrt(magic) / (_AXIS * np.cos(latitude)))
    return np.column_stack([east, north])


def to_gcj02(lonlat: np.ndarray) -> np.ndarray:
    """Shift points in degrees as web maps do."""
    return lonlat + offset(lonlat)


def from_gcj02(lonlat: np.ndarray) -> np.ndarray:
    """Take the shift from points in degrees, to less than a millimetre of the approximation."""
    true = lonlat
    for _ in range(_ROUNDS):
        true = lonlat - offset(true)
    return true
