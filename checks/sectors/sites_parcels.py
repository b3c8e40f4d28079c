# SPDX-License-Identifier: GPL-2.0-or-later
"""Where land for sites is looked up: parcels by place and code, ground that is barred."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Callable, Generic, Hashable, TypeVar

import numpy as np
import shapely

from .. import parallel, tiles
from .sites_shape import less, polygons

if TYPE_CHECKING:
    from ...layers.model import County, Layer
    from ...layers.sector_model import Plans
    from .sites_land import Towns

ALWAYS = ("farmland", "redline")  # whatever the control rules allow there, a site keeps off
Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """Things made once, whichever thread asks first; others that ask for the same wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._things: dict[Hashable, Thing] = {}

    def get(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Give the thing of a key, made by `make` where it is not there yet."""
        with self._lock:
            own = self._locks.setdefault(key, threading.Lock())
        with own:
            if key not in self._things:
                self._things[key] = make()
            return self._things[key]


class Parcels:
    """A layer of parcels that are found by place and code."""

    def __init__(self, layer: Layer, column: str, towns: Towns) -> None:
        self._shapes = layer.geometry
        self._codes = layer.data[column].to_numpy(dtype=object).astype(str)
        self._tree = shapely.STRtree(layer.geometry)
        self._towns = towns
        self._rows = Kept[np.ndarray]()

    @property
    def codes(self) -> np.ndarray:
        """List the codes that there are."""
        return np.unique(self._codes)

    def of_town(self, town: int, codes: tuple[str, ...]) -> np.ndarray:
        """Give the parcels of these codes that meet a town, in the layer's order."""
        if not codes:
            return self._shapes[:0]
        rows = self._rows.get(town, lambda: self._meeting(self._towns.shapes[town]))
        return self._shapes[rows[np.isin(self._codes[rows], codes)]]

    def shares(self, ground: shapely.Geometry, codes: tuple[str, ...]) -> dict[str, float]:
        """Give the plane area of a shape that lies on parcels of each code."""
        rows = self._tree.query(ground)
        rows = rows[np.isin(self._codes[rows], codes)]
        here = np.full(len(rows), ground, dtype=object)
        area = shapely.area(parallel.safe(shapely.intersection, here, self._shapes[rows]))
        names, place = np.unique(self._codes[rows], return_inverse=True)
        return dict(zip(names.tolist(), np.bincount(place, area, len(names)).tolist()))

    def near(self, ground: shapely.Geometry, codes: tuple[str, ...]) -> np.ndarray:
        """Give the parcels of these codes that meet a shape."""
        rows = np.sort(self._tree.query(ground, predicate="intersects"))
        return self._shapes[rows[np.isin(self._codes[rows], codes)]]

    def _meeting(self, ground: shapely.Geometry | None) -> np.ndarray:
        return np.sort(self._tree.query(ground, predicate="intersects"))


class Barred:
    """The ground of control layers and of all projects, in tiles."""

    def __init__(self, county: County, plans: Plans) -> None:
        zones = {zone.role for zone in county.standard.zones() if zone.side == "inside"}
        roles = [role for role in county.layers if role in zones.union(ALWAYS)]
        grounds = {role: county.layers[role].geometry for role in roles}
        reserve = county.layers.get("reserve")
        if reserve is not None:
            lists = lists_of(reserve)
            grounds |= {key_of(text): reserve.geometry[lists == text] for text in np.unique(lists)}
        grounds[""] = plans.ground
        cut = {role: tiles.subdivide(_present(shapes))[0] for role, shapes in grounds.items()}
        self._tiles = np.concatenate(list(cut.values()))
        self._roles = np.repeat(list(cut), [len(part) for part in cut.values()])
        self._tree = shapely.STRtree(self._tiles)

    def free(self, parts: np.ndarray, roles: tuple[str, ...]) -> np.ndarray:
        """Cut the ground of control layers of these roles and of all projects out of polygons."""
        p, t = self._tree.query(parts, predicate="intersects")
        known = np.isin(self._roles[t], ("", *roles))
        p, t = p[known], t[known]
        order = np.lexsort((t, p))
        p, t = p[order], t[order]
        rows, first = np.unique(p, return_index=True)
        left = [np.delete(parts, rows)]
        for row, group in zip(rows, np.split(t, first[1:])):
            left.append(polygons(less(parts[row], self._tiles[group])))
        return np.concatenate(left)


def lists_of(reserve: Layer) -> np.ndarray:
    """Give each feature's list of allowed uses as the layer has it; "" where it has none."""
    if "allowed" not in reserve.data:
        return np.full(len(reserve), "", dtype=object)
    return reserve.data["allowed"].to_numpy(dtype=object).astype(str)


def key_of(text: str) -> str:
    """Name the ground that is reserved for a list of uses among the roles."""
    return f"reserve={text}"


def _present(shapes: np.ndarray) -> np.ndarray:
    return shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
