# SPDX-License-Identifier: GPL-2.0-or-later
"""Put the conflicts on a map: shapes, signs for the small ones, numbers as in their table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd
import shapely

from .raster import Frame

RANK = {"error": 0, "warning": 1, "info": 2}
_SMALL = 7.0  # units of the drawing; what is smaller gets a sign
_NUMBERED = 400  # conflicts of a map that may get a number


@dataclass(frozen=True)
class Shape:
    """One thing on a map: an SVG path and how to draw it."""

    path: str
    kind: str
    severity: str = ""
    sign: tuple[float, float] | None = None


@dataclass(frozen=True)
class Run:
    """Conflicts that look alike: the places of their signs, or their paths."""

    severity: str
    kind: str
    spots: str
    paths: list[str]


@dataclass(frozen=True)
class Label:
    """A word or number on a map."""

    x: float
    y: float
    text: str
    kind: str


def in_order(found: pd.DataFrame) -> pd.DataFrame:
    """Order conflicts as tables and maps number them: grave, new and large ones first."""
    key = pd.DataFrame(
        {
            "severity": found["severity"].map(RANK).fillna(9).to_numpy(),
            "old": (found["change"] != "new").to_numpy(),
            "area": -found["area_m2"].fillna(0).to_numpy(),
        }
    )
    return found.iloc[key.sort_values(["severity", "old", "area"], kind="stable").index]


def path_of(frame: Frame, shapes: np.ndarray) -> str:
    """Write geometries as one SVG path, a tenth of a unit exact, all rings of polygons."""
    parts = shapely.get_parts(shapes)
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    rings = np.concatenate([shapely.get_rings(polygons), lines])
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(points):
        return ""
    placed = np.round(frame.place(points), 1)
    new = np.ones(len(ring), bool)
    new[1:] = ring[1:] != ring[:-1]
    text = [
        f"{'M' if first else 'L'}{x:g},{y:g}"
        for first, (x, y) in zip(new.tolist(), placed.tolist())
    ]
    return "".join(text)


def thin(shapes: np.ndarray, tolerance: float) -> np.ndarray:
    """Take out vertices of many polygons, which come apart into their parts.

    Only parts that would vanish are worth the slow way, which leaves of each at least a triangle.
    """
    parts = shapely.get_parts(shapes)
    simple = shapely.simplify(parts, tolerance, preserve_topology=False)
    gone = shapely.is_empty(simple)
    simple[gone] = shapely.simplify(parts[gone], tolerance)
    return simple


def conflicts(frame: Frame, found: pd.DataFrame, spots: np.ndarray, signs: bool) -> list[Shape]:
    """Draw conflicts, the gravest last and so on top; small ones (or all) as signs."""
    shapes = found.geometry.to_numpy()
    bounds = shapely.bounds(shapes)
    size = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) * frame.scale
    small = (size < _SMALL) | signs
    simple = np.full(len(found), None, dtype=object)
    simple[~small] = shapely.simplify(shapes[~small], 0.5 / frame.scale)
    at = np.round(spots, 1).tolist()
    severities, changes = found["severity"].tolist(), found["change"].tolist()
    out = []
    for row in range(len(found) - 1, -1, -1):
        if math.isnan(size[row]):
            continue  # a finding without a place
        change, severity = changes[row] or "other", severities[row]
        if small[row]:
            out.append(Shape("", change, severity, (at[row][0], at[row][1])))
        else:
            out.append(Shape(path_of(frame, simple[row : row + 1]), change, severity))
    return out


def runs(shapes: list[Shape]) -> list[Run]:
    """Put together what follows one another and looks alike."""
    out = []
    for (severity, kind, small), group in groupby(
        shapes, key=lambda one: (one.severity, one.kind, one.sign is not None)
    ):
        if small:
            spots = " ".join(f"{one.sign[0]:g},{one.sign[1]:g}" for one in group if one.sign)
            out.append(Run(severity, kind, spots, []))
        else:
            out.append(Run(severity, kind, "", [one.path for one in group]))
    return out


def places(frame: Frame, found: pd.DataFrame) -> np.ndarray:
    """Give a place inside each conflict in the drawing; NaN where there is none."""
    middle = shapely.point_on_surface(found.geometry.to_numpy())
    have = ~(shapely.is_missing(middle) | shapely.is_empty(middle))
    out = np.full((len(found), 2), np.nan)
    out[have] = frame.place(shapely.get_coordinates(middle[have]))
    return out


def numbers(spots: np.ndarray, names: list[Label]) -> list[Label]:
    """Number the conflicts of a map as their table does, leaving out what would lie on another."""
    taken = [(label.x - 9.0 * len(label.text), label.y - 16, label.x + 9.0 * len(label.text),
              label.y + 8) for label in names]  # fmt: skip
    boxes = np.array(taken, dtype=float).reshape(-1, 4)
    labels = []
    for number, (x, y) in enumerate(spots[:_NUMBERED], 1):
        if math.isnan(x):
            continue
        text = str(number)
        wide = 8.5 * len(text)
        for dx, dy in ((8, -5), (8, 15), (-8 - wide, -5), (-8 - wide, 15)):
            box = np.array([x + dx - 1, y + dy - 13, x + dx + wide + 1, y + dy + 1])
            hit = (boxes[:, 0] < box[2]) & (boxes[:, 2] > box[0])
            hit &= (boxes[:, 1] < box[3]) & (boxes[:, 3] > box[1])
            if not hit.any():
                boxes = np.vstack([boxes, box])
                labels.append(Label(round(x + dx, 1), round(y + dy, 1), text, "number"))
                break
    return labels


def marks(found: pd.DataFrame) -> list[tuple[str, str]]:
    """List the severities and changes that occur, in the order of the legend."""
    pairs = {(str(s), str(c or "other")) for s, c in zip(found["severity"], found["change"])}
    return sorted(pairs, key=lambda pair: (RANK.get(pair[0], 9), pair[1] != "new", pair[1]))
