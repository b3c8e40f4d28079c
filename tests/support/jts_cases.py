# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygon cases of the JTS and GEOS XML suites, which broke real geometry engines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Iterator

import numpy as np
import shapely
from pianqu.checks.overlay import CRUMB
from pianqu.layers.repair import usable

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "geometry" / "jts_overlay"
POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def read(text: str | None) -> shapely.Geometry | None:
    words = (text or "").strip()
    if not words:
        return None
    try:
        if words[0] in "0123456789":
            return shapely.from_wkb("".join(words.split()))
        return shapely.from_wkt(words)
    except shapely.GEOSException:  # what is no geometry is no case for an overlay
        return None


def array(*shapes: shapely.Geometry) -> np.ndarray:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out


def cases() -> Iterator[tuple[str, shapely.Geometry, shapely.Geometry, shapely.Geometry | None]]:
    for file in sorted(FOLDER.glob("*.xml")):
        for number, case in enumerate(ET.parse(file).getroot().iter("case"), 1):
            a, b = read(case.findtext("a")), read(case.findtext("b"))
            if a is None or b is None:
                continue
            if any(shapely.get_type_id(one) not in POLYGONAL for one in (a, b)):
                continue
            a, b = usable(array(a, b)).shapes  # as the reader hands them to the overlay
            if a is None or b is None:
                continue
            ops = [op for op in case.iter("op") if op.get("name") == "intersection"]
            expected = read(ops[0].text) if ops else None
            yield f"{file.stem.replace('TestOverlay-', '')}-{number}", a, b, expected


CASES = list(cases()) if FOLDER.is_dir() else []


def on_a_grid(a: shapely.Geometry, b: shapely.Geometry) -> tuple[float, float]:
    """Give the area by GEOS's snap-rounding overlay, a method of its own, and how unsure it is."""
    extent = np.ptp(np.reshape(shapely.total_bounds([a, b]), (2, 2)), axis=0).max()
    grid = extent * 1e-8
    shared = shapely.intersection(a, b, grid_size=grid)
    return shared.area, grid * (a.length + b.length) + CRUMB
