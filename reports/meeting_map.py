# SPDX-License-Identifier: GPL-2.0-or-later
"""Draw the map of each conflict as SVG: all words are text, the county's outline is drawn once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..layers.words import say
from .marks import path_of, thin
from .meeting_pointers import TAKEN, Pointer, apart, point_at
from .meeting_scene import GREY, HEIGHT, WIDTH, Scene, Scenes, letter_spots
from .meeting_words import distance, scale_words
from .raster import Frame, scale_bar

INSET = 190.0  # width of the overview in units of the drawing


@dataclass(frozen=True)
class Mark:
    """A word on the map."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Drawing:
    """All that the template needs for one map; paths are SVG's, "" where there is nothing."""

    number: int
    lines: dict[str, str]
    near: str
    grounds: dict[str, str]
    conflict: str
    zone: str
    zone_kind: str
    unit: str
    asking: list[tuple[str, str]]
    spot: tuple[float, float] | None
    sites: list[str]
    letters: list[tuple[str, Mark]]
    site_marks: list[Mark]
    names: list[Mark]
    pointers: list[Pointer]
    bar: dict[str, Any]
    scale: str
    box: tuple[float, float, float, float]
    crs: str


class Drawer:
    """Draws maps in one style; what they share is prepared once."""

    def __init__(self, scenes: Scenes) -> None:
        self.scenes = scenes
        self.whole = scenes.whole()
        self.inset_height = INSET * HEIGHT / WIDTH
        lines = scenes.backdrop.lines
        self._lines = {role: (shapes, shapely.STRtree(shapes)) for role, shapes in lines.items()}
        borders = scenes.backdrop.borders
        self._borders = {
            kind: borders[borders["kind"] == kind].reset_index(drop=True)
            for kind in ("town", "cluster")
        }

    def county(self) -> str:
        """Draw what all overviews show: the towns, else the ground of all projects."""
        borders = self.scenes.backdrop.borders["geometry"].to_numpy()
        shapes = borders if len(borders) else self.scenes.shapes
        shapes = shapes[~shapely.is_missing(shapes)]
        frame = self._small()
        return path_of(frame, thin(shapes, 0.8 / frame.scale)) if len(shapes) else ""

    def draw(self, row: dict[str, Any]) -> Drawing | None:
        """Draw one conflict's map; None where nothing of it has a place."""
        scene = self.scenes.scene(row)
        if scene is None:
            return None
        frame = scene.frame
        grounds = {side: _path(frame, shape) for side, shape in scene.grounds.items()}
        spot = _tiny(frame, scene.conflict)
        names = self._names(frame)
        inside, pointers = self._sites(scene, names)
        marks = [_mark(frame, shape, label) for label, shape in inside]
        is_unit = scene.asking is not None
        drawn = _path(frame, scene.conflict)
        return Drawing(
            number=int(row["number"]),
            lines=self._backdrop(scene),
            near="".join(_path(frame, self.scenes.shapes[place]) for place in scene.near),
            grounds=grounds,
            conflict="" if is_unit else drawn,
            zone="".join(_path(frame, shape) for shape in self.scenes.zone(scene)),
            zone_kind=scene.zone,
            unit=drawn if is_unit else "",
            asking=self._asking(scene),
            spot=None if is_unit else spot,
            sites=[_path(frame, shape) for _, shape in inside],
            letters=_letters(scene),
            site_marks=[mark for mark in marks if mark],
            names=names,
            pointers=pointers,
            bar=scale_bar(frame),
            scale=scale_words(scene.scale),
            box=self._box(frame),
            crs=self.scenes.papers.crs.to_string() if self.scenes.papers.crs else "",
        )

    def _asking(self, scene: Scene) -> list[tuple[str, str]]:
        """Draw the projects that ask for a unit's land in their plans' colours."""
        if scene.asking is None:
            return []
        colours = self.scenes.colours
        rows = [(self.scenes.projects[at]["sector"], self.scenes.shapes[at]) for at in scene.asking]
        drawn = [(_path(scene.frame, shape), colours.get(plan) or GREY) for plan, shape in rows]
        return [one for one in drawn if one[0]]

    def _small(self) -> Frame:
        """Give the county's frame at the size of the overview."""
        whole = self.whole
        return Frame(whole.left, whole.low, whole.right, whole.high, INSET)

    def _box(self, frame: Frame) -> tuple[float, float, float, float]:
        """Give the map's frame in the overview: x, y, width, height, never too small to see."""
        small = self._small()
        corners = np.array([[frame.left, frame.high], [frame.right, frame.low]])
        (left, top), (right, low) = small.place(corners)
        x, y = (left + right) / 2, (top + low) / 2
        wide, high = max(right - left, 5.0), max(low - top, 4.0)
        return round(x - wide / 2, 1), round(y - high / 2, 1), round(wide, 1), round(high, 1)

    def _backdrop(self, scene: Scene) -> dict[str, str]:
        """Draw control lines and borders, cut to the frame; farmland where its fields are seen."""
        frame = scene.frame
        box = shapely.box(*_bounds(frame))
        out = {}
        for role, (shapes, tree) in self._lines.items():
            if not self.scenes.is_shown(scene, role):
                continue
            found = np.sort(tree.query(box))
            out[role] = "".join(_path(frame, shapes[place]) for place in found)
        for kind, table in self._borders.items():
            lines = shapely.boundary(table["geometry"].to_numpy()) if len(table) else []
            out[kind] = "".join(_path(frame, line) for line in lines)
        return {name: path for name, path in out.items() if path}

    def _names(self, frame: Frame) -> list[Mark]:
        """Write the names of towns whose ground is in the frame, near its upper edge."""
        out = []
        for town in self._borders["town"].to_dict("records"):
            part = shapely.clip_by_rect(
                town["geometry"], frame.left, frame.low, frame.right, frame.high
            )
            if part.is_empty or part.area < 0.02 * _area(frame):
                continue
            ((x, y),) = frame.place(np.array([[part.centroid.x, part.bounds[3]]]))
            out.append(Mark(round(float(x), 1), round(float(y) + 30, 1), town["name"]))
        return out

    def pointers(self, scene: Scene) -> list[Pointer]:
        """Give the arrows to the sites that lie off a map, in units of the drawing."""
        return self._sites(scene, self._names(scene.frame))[1]

    def _sites(
        self, scene: Scene, names: list[Mark]
    ) -> tuple[list[tuple[str, Any]], list[Pointer]]:
        """Part the sites into those in the frame, with their shapes, and arrows to the others."""
        inside, pointers = [], []
        for side, place in scene.sites:
            site = self.scenes.site_rows[place]
            shape = site["geometry"]
            if shape is None or shape.is_empty:
                continue
            label = f"{say(f'meeting.side.{side}')}{site['rank']:.0f}"
            if self.scenes.is_inside(scene, place):
                inside.append((label, shape))
            else:
                away = distance(site["distance_m"])
                pointers.append(point_at(scene.frame, shape.centroid, label, away))
        taken = [*TAKEN, *((one.x - 60, one.y - 24, one.x + 60, one.y + 8) for one in names)]
        return inside, apart(pointers, taken)


def _bounds(frame: Frame) -> tuple[float, float, float, float]:
    """Give a frame with a little margin, so that cut edges are not seen."""
    spare = 0.02 * (frame.right - frame.left)
    return frame.left - spare, frame.low - spare, frame.right + spare, frame.high + spare


def _area(frame: Frame) -> float:
    return (frame.right - frame.left) * (frame.high - frame.low)


def _path(frame: Frame, shape: Any) -> str:
    """Draw a shape, cut to the frame and without vertices that nobody sees."""
    if shape is None or shape.is_empty:
        return ""
    part = shapely.clip_by_rect(shape, *_bounds(frame))
    if part is None or part.is_empty:
        return ""
    return path_of(frame, thin(np.array([part], dtype=object), 0.4 / frame.scale))


def _tiny(frame: Frame, shape: Any) -> tuple[float, float] | None:
    """Give the place of a conflict too small to see, which gets a ring round it."""
    if shape is None or shape.is_empty:
        return None
    left, low, right, high = shape.bounds
    if max(right - left, high - low) * frame.scale > 30:
        return None
    ((x, y),) = frame.place(np.array([[(left + right) / 2, (low + high) / 2]]))
    return round(float(x), 1), round(float(y), 1)


def _mark(frame: Frame, shape: Any, text: str) -> Mark | None:
    """Write a word at the middle of what is seen of a shape."""
    part = shapely.clip_by_rect(shape, frame.left, frame.low, frame.right, frame.high)
    if part is None or part.is_empty:
        return None
    spot = part.point_on_surface()
    ((x, y),) = frame.place(np.array([[spot.x, spot.y]]))
    return Mark(round(float(x), 1), round(float(y), 1), text)


def _letters(scene: Scene) -> list[tuple[str, Mark]]:
    """Write the sides' letters on their ground."""
    marks = [
        (side, _mark(scene.frame, spot, say(f"meeting.side.{side}")))
        for side, spot in letter_spots(scene).items()
    ]
    return [(side, mark) for side, mark in marks if mark]
