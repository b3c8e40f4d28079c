# SPDX-License-Identifier: GPL-2.0-or-later
"""Draw what lies under a map: land use in pale colours, protected farmland as a hatch.

A hundred thousand parcels are too many for SVG, so they become one small picture; it holds no text
and so needs no font. Coordinates are taken out of the geometries once for all maps; a vertex that
falls on the same pixel as the one before it is left out.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Sequence

import numpy as np
import shapely
from PIL import Image, ImageDraw

from ..layers.words import say

_COLOURS = Path(__file__).resolve().parent / "styles" / "colours.csv"
OTHER = "#e9e9e9"
HATCH = "#a8a23c"
_HATCH_STEP, _HATCH_WIDTH = 9, 2


@dataclass(frozen=True)
class Frame:
    """The part of the world a map shows, in metres, and its size in units of the drawing."""

    left: float
    low: float
    right: float
    high: float
    width: float

    @property
    def scale(self) -> float:
        """Give units of the drawing per metre."""
        return self.width / (self.right - self.left)

    @property
    def height(self) -> float:
        """Give the height of the drawing."""
        return (self.high - self.low) * self.scale

    def place(self, points: np.ndarray) -> np.ndarray:
        """Turn coordinates (n, 2) into the drawing's, y downward."""
        out = np.empty_like(points, dtype=float)
        out[:, 0] = (points[:, 0] - self.left) * self.scale
        out[:, 1] = (self.high - points[:, 1]) * self.scale
        return out


def scale_bar(frame: Frame) -> dict[str, Any]:
    """Choose a round length of about a fifth of the map's width."""
    wanted = (frame.right - frame.left) / 5
    power = 10 ** math.floor(math.log10(wanted))
    metres = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    size = (f"{metres / 2000:g}", say("meeting.km", value=f"{metres / 1000:g}"))
    if metres < 1000:
        size = (f"{metres / 2:g}", say("meeting.m", value=f"{metres:g}"))
    return {"length": round(metres * frame.scale, 1), "labels": ["0", *size]}


class Rings:
    """The outer rings of many polygons, ready to be drawn in any frame.

    Holes are not cut out: larger polygons are drawn first, so that what lies in a hole is drawn
    over it.
    """

    def __init__(self, geometry: np.ndarray) -> None:
        parts, owner = shapely.get_parts(geometry, return_index=True)
        polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        polygons &= ~shapely.is_empty(parts)
        parts, owner = parts[polygons], owner[polygons]
        order = np.argsort(-shapely.area(parts), kind="stable")
        self.owner = owner[order]
        rings = parts[order]
        holed = shapely.get_num_interior_rings(rings) > 0  # the others are their outer ring
        rings[holed] = shapely.get_exterior_ring(rings[holed])
        self.points = shapely.get_coordinates(rings)
        self.start = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(rings))])

    def draw(
        self,
        pen: ImageDraw.ImageDraw,
        frame: Frame,
        factor: float,
        fill: np.ndarray,
        chosen: np.ndarray,
    ) -> None:
        """Draw the polygons of the features `chosen` (a mask) in colours `fill` (by feature)."""
        rows = np.flatnonzero(chosen[self.owner])
        if not len(rows):
            return
        counts = self.start[rows + 1] - self.start[rows]
        ends = np.cumsum(counts)
        inside = np.repeat(chosen[self.owner], np.diff(self.start))
        scale = frame.scale * factor
        # Column by column, which is several times faster than pairs of numbers.
        x = np.rint((self.points[inside, 0] - frame.left) * scale).astype(np.int32)
        y = np.rint((frame.high - self.points[inside, 1]) * scale).astype(np.int32)
        keep = np.ones(len(x), bool)
        keep[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
        keep[ends - counts] = True
        stops = 2 * np.cumsum(np.add.reduceat(keep, ends - counts, dtype=np.int64))
        flat = np.column_stack([x[keep], y[keep]]).ravel().tolist()
        colours = fill[self.owner[rows]].tolist()
        edges = zip([0, *stops.tolist()], stops.tolist(), colours)
        for first, last, colour in edges:
            if last - first >= 6:
                pen.polygon(flat[first:last], fill=colour)
            else:
                pen.point(flat[first:last], fill=colour)


@lru_cache(maxsize=1)
def colours() -> dict[str, str]:
    """Read the guide colours of classes and change groups."""
    with _COLOURS.open(encoding="utf-8", newline="") as table:
        return {row["class"]: row["colour"] for row in csv.DictReader(table)}


def picture(
    frame: Frame,
    factor: float,
    use: Rings | None,
    palette: Sequence[str],
    kinds: np.ndarray,
    shown: np.ndarray,
    farmland: Rings | None,
    protected: np.ndarray,
) -> bytes:
    """Draw land use and farmland of one map as a PNG with a palette.

    `kinds` gives the place in `palette` of each feature of `use`, `shown` and `protected` are masks
    by feature of what lies in the map. `factor` is pixels per unit of the drawing.
    """
    size = (max(1, round(frame.width * factor)), max(1, round(frame.height * factor)))
    image = Image.new("P", size, 0)
    table = ["#ffffff", HATCH, *palette]
    image.putpalette([int(colour[i : i + 2], 16) for colour in table for i in (1, 3, 5)])
    if use is not None:
        use.draw(ImageDraw.Draw(image), frame, factor, kinds + 2, shown)
    if farmland is not None and protected.any():
        mask = Image.new("L", size, 0)
        ones = np.full(len(protected), 1)
        farmland.draw(ImageDraw.Draw(mask), frame, factor, ones, protected)
        pixels = np.asarray(image).copy()
        pixels[_hatch(np.asarray(mask) > 0)] = 1
        hatched = Image.fromarray(pixels)
        hatched.putpalette(image.getpalette() or [])  # makes the grey picture one of a palette
        image = hatched
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=5)
    return out.getvalue()


def _hatch(mask: np.ndarray) -> np.ndarray:
    """Give the pixels of a diagonal hatch within a mask."""
    rows, columns = np.ogrid[: mask.shape[0], : mask.shape[1]]
    return mask & ((rows + columns) % _HATCH_STEP < _HATCH_WIDTH)
