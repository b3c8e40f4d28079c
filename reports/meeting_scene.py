# SPDX-License-Identifier: GPL-2.0-or-later
"""What the map of each conflict shows: both grounds, the conflict, sites, and the map's frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..jobs.sector_rules import NATURE
from .meeting_backdrop import LINES, Backdrop
from .meeting_data import SIDES, Papers
from .raster import Frame

WIDTH, HEIGHT = 1000.0, 740.0  # units of a drawing
PRINTED_M = 0.170  # width of a map on paper, so that its scale is a round one
SCALES = tuple(
    step * 10**power for power in range(2, 7) for step in (1, 2, 2.5, 5)
    if step * 10**power >= 500
)  # fmt: skip
PARCELS = 25_000  # scale from which on single fields can no longer be told apart
DEMAND = "sector.demand"
GREY = "#6b6b6b"  # of a plan without a colour, and of what is no plan
_LEAST_M = 160.0  # a map shows at least so much ground
_ROOM = 0.1  # of a side's ground has to be free of the conflict to bear its letter
_CONTEXT = 5.0  # a map is at most so many times as wide as its conflict


@dataclass(frozen=True)
class Scene:
    """The shapes of one conflict's map; a side without a project has no ground.

    `frame` is the ground shown, `scale` its scale on paper. `sites` are pairs of a side and a row
    of the papers' sites, `near` rows of the other projects in the frame. `zone` is the role of the
    line or reserve that the conflict is about, "" none. Where the `conflict` is a unit that asks
    for too much land, `asking` are rows of the projects that ask for it; None elsewhere.
    """

    frame: Frame
    scale: int
    conflict: Any
    grounds: dict[str, Any]
    sites: list[tuple[str, int]]
    near: np.ndarray
    zone: str = ""
    asking: np.ndarray | None = None


class Scenes:
    """Finds what belongs on each map; look-ups that all share are made once."""

    def __init__(self, papers: Papers, backdrop: Backdrop) -> None:
        self.papers, self.backdrop = papers, backdrop
        self.projects = papers.projects.to_dict("records")
        self._known: dict[tuple[str, str, str], int] = {}
        for place, row in enumerate(self.projects):
            key = (row["sector"], row["project"], "" if row["project"] else row["label"])
            self._known.setdefault(key, place)
        # Records once: to take rows out of a frame one by one would take most of the time.
        self.site_rows = papers.sites.to_dict("records")
        self._sites: dict[tuple[str, str], list[int]] = {}
        for place, row in enumerate(self.site_rows):
            self._sites.setdefault((row["sector"], row["project"]), []).append(place)
        self.colours = dict(zip(papers.plans["sector"], papers.plans["colour"]))
        self.shapes = papers.projects.geometry.to_numpy()
        self._tree = shapely.STRtree(self.shapes)
        self._kinds = self.backdrop.kinds()
        self._trees = {kind: shapely.STRtree(rows) for kind, rows in self._kinds.items()}

    def project(self, row: dict[str, Any], side: str) -> dict[str, Any] | None:
        """Give the project of a conflict's side, None where the side is none."""
        place = self._place(row, side)
        return None if place is None else self.projects[place]

    def sites(self, row: dict[str, Any], side: str) -> list[dict[str, Any]]:
        """Give the sites suggested for a side's project, best first."""
        known = self.project(row, side)
        if known is None or not known["project"]:  # without a code no site can be told whose it is
            return []
        rows = self._sites.get((known["sector"], known["project"]), ())
        return [self.site_rows[place] for place in rows]

    def scene(self, row: dict[str, Any]) -> Scene | None:
        """Set out the map of a conflict; None where nothing of it has a place."""
        places = {side: self._place(row, side) for side in SIDES}
        grounds = {
            side: self.shapes[place] for side, place in places.items()
            if place is not None and _has_ground(self.shapes[place])
        }  # fmt: skip
        conflict = row["geometry"] if _has_ground(row["geometry"]) else None
        if conflict is None and not grounds:
            return None
        frame, scale = _frame(conflict, list(grounds.values()))
        own = set(places.values())
        near = [place for place in self._tree.query(_box(frame)) if place not in own]
        asking = None if row["rule"] != DEMAND else self._asking(conflict)
        if asking is not None:
            near = [place for place in near if place not in set(asking.tolist())]
        against = NATURE[row["rule"]].against if row["rule"] in NATURE else ""
        return Scene(
            frame, scale, conflict, grounds, self._site_rows(row, places),
            np.sort(np.array(near, dtype=int)), against if against in LINES else "", asking,
        )  # fmt: skip

    def zone(self, scene: Scene) -> np.ndarray:
        """Give the shapes, whole, of the zone that a conflict is about and that its map shows."""
        if scene.zone not in self._trees:
            return np.empty(0, dtype=object)
        found = self._trees[scene.zone].query(_box(scene.frame), predicate="intersects")
        return self._kinds[scene.zone][np.sort(found)]

    def nearest_zone(self, scene: Scene) -> tuple[float, float] | None:
        """Give the way (east, north, in metres) from a conflict to its zone where no map shows it.

        None where the zone is on the map, or not known.
        """
        if scene.zone not in self._trees or len(self.zone(scene)) or scene.conflict is None:
            return None
        place = self._trees[scene.zone].nearest(scene.conflict)
        line = shapely.shortest_line(scene.conflict, self._kinds[scene.zone][place])
        (x, y), (to_x, to_y) = shapely.get_coordinates(line)[[0, -1]]
        return float(to_x - x), float(to_y - y)

    def _asking(self, unit: Any) -> np.ndarray:
        """List the projects on a unit's ground that ask for new construction, the largest first."""
        new = self.papers.projects["new_construction_m2"].to_numpy(dtype=float)
        if unit is None:
            return np.empty(0, dtype=int)
        found = self._tree.query(unit, predicate="intersects")
        found = found[np.nan_to_num(new[found]) > 0]
        return found[np.lexsort((found, -new[found]))]

    def is_inside(self, scene: Scene, place: int) -> bool:
        """Tell whether a site's middle is on the map; one that is not gets an arrow."""
        shape = self.site_rows[place]["geometry"]
        return _has_ground(shape) and bool(shape.centroid.within(_box(scene.frame)))

    def _site_rows(
        self, row: dict[str, Any], places: dict[str, int | None]
    ) -> list[tuple[str, int]]:
        """List the sites of both sides' projects; those of one and the same project once."""
        if places["subject"] == places["object"]:
            places = {"subject": places["subject"], "object": None}
        keys = {side: (row[f"{side}_plan"], row[f"{side}_id"]) for side in SIDES}
        return [
            (side, found)
            for side in SIDES if places[side] is not None and keys[side][1]
            for found in self._sites.get(keys[side], ())
        ]  # fmt: skip

    def lines(self, scene: Scene) -> list[str]:
        """List the kinds of the backdrop that a map shows, in the backdrop's order."""
        box = _box(scene.frame)
        return [
            kind
            for kind, tree in self._trees.items()
            if self.is_shown(scene, kind) and len(tree.query(box, predicate="intersects"))
        ]

    @staticmethod
    def is_shown(scene: Scene, kind: str) -> bool:
        """Tell whether a map of this scale, about this conflict, has use for a kind of line."""
        if scene.asking is not None and kind in ("farmland", "redline", "reserve"):
            return False  # the unit's projects are the matter; its fields would bury them
        return not (kind == "farmland" and scene.scale > PARCELS)

    def whole(self) -> Frame:
        """Frame the whole county, or what the projects cover of it."""
        borders = self.backdrop.borders["geometry"].to_numpy()
        shapes = borders if len(borders) else self.shapes
        shapes = [one for one in shapes if _has_ground(one)]
        bounds = shapely.total_bounds(shapes) if shapes else np.array([0.0, 0.0, 1.0, 1.0])
        left, low, right, high = bounds
        wide = 1.06 * max(right - left, (high - low) * WIDTH / HEIGHT, 1.0)
        return _around((left + right) / 2, (low + high) / 2, wide)

    def _place(self, row: dict[str, Any], side: str) -> int | None:
        """Find a side's project by its plan and code, without a code by its name."""
        code = row[f"{side}_id"]
        key = (row[f"{side}_plan"], code, "" if code else row[f"{side}_label"])
        return self._known.get(key)


def _frame(conflict: Any, grounds: list[Any]) -> tuple[Frame, int]:
    """Frame a conflict, with the projects as far as it does not become a dot; at a round scale."""
    core = shapely.total_bounds(grounds if conflict is None else [conflict])
    whole = shapely.total_bounds([*grounds, *([] if conflict is None else [conflict])])
    size = max(core[2] - core[0], (core[3] - core[1]) * WIDTH / HEIGHT)
    most = max(_CONTEXT * size, 2 * _LEAST_M)
    wide = max(whole[2] - whole[0], (whole[3] - whole[1]) * WIDTH / HEIGHT)
    bounds, wide = (whole, wide) if wide <= most else (core, max(size, most / 2))
    wide = max(1.15 * wide, _LEAST_M)
    scale = next((one for one in SCALES if one * PRINTED_M >= wide), SCALES[-1])
    middle = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return _around(*middle, max(scale * PRINTED_M, wide)), int(scale)


def _around(x: float, y: float, wide: float) -> Frame:
    """Give the frame of that width round a place."""
    high = wide * HEIGHT / WIDTH
    return Frame(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, WIDTH)


def _box(frame: Frame) -> Any:
    return shapely.box(frame.left, frame.low, frame.right, frame.high)


def letter_spots(scene: Scene) -> dict[str, Any]:
    """Choose a point for the letter of each side: on its ground in the map, off the conflict.

    A side that lies wholly in the conflict gets one there; one that the map does not show, none.
    """
    box = _box(scene.frame)
    out = {}
    for side, ground in scene.grounds.items():
        seen = shapely.intersection(ground, box)
        free = seen if scene.conflict is None else shapely.difference(seen, scene.conflict)
        parts = shapely.get_parts([free if free.area > _ROOM * seen.area else seen])
        if len(parts) and not seen.is_empty:
            out[side] = _roomiest(parts, (scene.frame.right - scene.frame.left) / 400)
    return out


def _roomiest(parts: np.ndarray, exact: float) -> Any:
    """Give the middle of the largest circle in the largest part, to `exact` metres.

    A point on its surface may lie in a hair that cutting has left along the conflict's edge.
    """
    part = parts[np.argmax(shapely.area(parts))]
    return shapely.get_point(shapely.maximum_inscribed_circle(part, exact), 0)


def _has_ground(shape: Any) -> bool:
    return shape is not None and not shape.is_empty
