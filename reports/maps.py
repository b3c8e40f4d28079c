# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the maps of the page: one of the county, one of each cluster that was checked.

A map is an SVG over a picture of the land use: borders and control lines, and the conflicts with
the numbers of their table. All words are text, so the reader's browser brings the font.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

import numpy as np
import pandas as pd
import shapely

from ..layers.words import pick
from .marks import (
    Label,
    Run,
    Shape,
    conflicts,
    in_order,
    marks,
    numbers,
    path_of,
    places,
    runs,
    thin,
)
from .raster import OTHER, Frame, Rings, colours, picture, scale_bar
from .summary import clusters, is_open, of_lines

if TYPE_CHECKING:
    from ..checks.results import Results

WIDTH = 1000.0  # units of a drawing
_TALLEST = 1150.0
_VERTICES = 12_000  # of the lines of one map
_BYTES = 4_000_000  # of all pictures together
_LINES = ("redline", "boundary")


@dataclass(frozen=True)
class Map:
    """All that the template needs to draw one map."""

    key: str
    number: int
    height: float
    picture: str
    outline: str
    shapes: list[Shape]
    runs: list[Run]
    labels: list[Label]
    legend: list[tuple[str, str]]
    bar: dict[str, Any]
    lines: list[str]
    hatch: bool
    count: int
    numbered: int
    marks: list[tuple[str, str]]
    towns: bool


class Cartographer:
    """Draws the maps of one run; what maps share is prepared once."""

    def __init__(self, results: Results) -> None:
        self.results = results
        county = results.county
        self.county = county
        self.names = clusters(results)
        self.units = county.units.geometry
        if results.fabric is None:
            raise ValueError("maps need the fabric")
        self.pieces = results.fabric.pieces
        self.role = next((role for role in ("plan", "landuse") if role in county.layers), "")
        self.made = 0
        self._read_land_use()
        farmland = county.layers.get("farmland")
        self.farmland = Rings(farmland.geometry) if farmland is not None else None
        found = results.findings
        self.found = found[of_lines(found) & is_open(found)]
        # Units that meet without overlaps unite by their common edges, in a tenth of the time.
        meet = shapely.coverage_is_valid(self.units[~shapely.is_missing(self.units)])
        unite = shapely.coverage_union_all if meet else shapely.union_all
        self.borders = _dissolve(county, "cluster", unite), _dissolve(county, "town", unite)
        # A county of many clusters gets coarser pictures, so that the page stays small.
        self.budget = _BYTES / (len(self.names) + 1)

    def _read_land_use(self) -> None:
        """Find class and colour of each parcel of the planned (else the base) land use."""
        self.use, self.classes = None, np.zeros(0, dtype=int)
        self.palette: list[str] = [OTHER]
        self.class_names: list[str] = [""]
        if not self.role:
            return
        layer = self.county.layers[self.role]
        self.use = Rings(layer.geometry)
        table = self.county.standard.code_table(layer.table)
        ids = table.classes(layer.data["code"].to_numpy(dtype=object))
        place = {"": 0}
        for one in self.county.standard.classes:
            place[one.id] = len(self.palette)
            self.palette.append(colours().get(one.id, colours().get(one.change_group, OTHER)))
            self.class_names.append(_name(one))
        codes, unique = pd.factorize(np.asarray(ids, dtype=object))
        self.classes = np.array([place.get(each, 0) for each in unique] or [0])[codes]

    def ordered(self, cluster: str) -> pd.DataFrame:
        """Give a cluster's conflicts in the order of their table: grave, new and large first."""
        return in_order(self.found[self.found["cluster"] == cluster])

    def overview(self) -> Map:
        """Draw the whole county: conflicts as signs, clusters by name."""
        rows = np.flatnonzero(self.county.tree.feature_unit >= 0)
        return self._map("county", rows, in_order(self.found), False)

    def cluster(self, code: str) -> Map:
        """Draw one cluster with its numbered conflicts."""
        finest = self.county.tree.finest
        inside = (finest["cluster"] == code).to_numpy()
        unit = self.county.tree.feature_unit  # -1 for neighbours, which no map shows
        rows = np.flatnonzero((unit >= 0) & inside[unit])
        return self._map(code, rows, self.ordered(code), True)

    def _map(self, key: str, units: np.ndarray, found: pd.DataFrame, numbered: bool) -> Map:
        """Put one map together from the rows of the units layer that it shows."""
        frame = _frame(self.units[units])
        finest = np.unique(self.county.tree.feature_unit[units])
        pieces = self.pieces[np.isin(self.pieces["unit"].to_numpy(), finest)]
        everything = key == "county"
        lines = [role for role in _LINES if self._rows(role, pieces).any()]
        shapes = [self._line(frame, role, self._rows(role, pieces)) for role in lines]
        towns = self._borders(frame, 1, None if everything else key)
        shapes += [] if everything else [Shape(path, "town") for path in towns]
        clusters_ = self._borders(frame, 0, None if everything else key)
        shapes += [Shape(path, "cluster") for path in clusters_]
        spots = places(frame, found)
        drawn = conflicts(frame, found, spots, everything)
        shown = self._rows(self.role, pieces)
        names = self._names(frame, None if everything else key)
        labels = names + (numbers(spots, names) if numbered else [])
        legend = [
            (self.palette[i], self.class_names[i]) for i in sorted(set(self.classes[shown]))
        ] if len(self.classes) else []  # fmt: skip
        self.made += 1
        return Map(
            key=key,
            number=self.made,
            height=frame.height,
            picture=self._picture(frame, pieces, shown),
            outline="".join(clusters_),
            shapes=shapes + drawn,
            runs=runs(drawn),
            labels=labels,
            legend=legend,
            bar=scale_bar(frame),
            lines=lines,
            hatch=bool(self._rows("farmland", pieces).any()),
            count=len(found),
            numbered=len(labels) - len(names),
            marks=marks(found),
            towns=bool(towns) and not everything,
        )

    def _rows(self, role: str, pieces: pd.DataFrame) -> np.ndarray:
        """Mask the features of a role that have a piece here."""
        layer = self.county.layers.get(role)
        mask = np.zeros(len(layer) if layer is not None else 0, bool)
        if layer is not None and role in pieces:
            rows = pieces[role].to_numpy()
            mask[rows[rows >= 0]] = True
        return mask

    def _picture(self, frame: Frame, pieces: pd.DataFrame, shown: np.ndarray) -> str:
        """Draw the land use as a data URL, coarser where it would grow too large."""
        protected = self._rows("farmland", pieces)
        for factor in (1.6, 1.2, 0.9, 0.7):
            image = picture(
                frame, factor, self.use, self.palette, self.classes, shown, self.farmland, protected
            )
            if len(image) <= self.budget:
                break
        return "data:image/png;base64," + base64.b64encode(image).decode("ascii")

    def _line(self, frame: Frame, role: str, rows: np.ndarray) -> Shape:
        """Draw the outlines of a control layer, coarser where it has very many vertices."""
        shapes = self.county.layers[role].geometry[rows]
        for tolerance in (0.6, 1.5, 3.0, 6.0):
            shapes = thin(shapes, tolerance / frame.scale)
            if shapely.get_num_coordinates(shapes).sum() <= _VERTICES:
                break
        return Shape(path_of(frame, shapes), role)

    def _borders(self, frame: Frame, which: int, cluster: str | None) -> list[str]:
        """Draw borders of clusters (0) or towns (1), all or those of one cluster."""
        table = self.borders[which]
        if cluster is not None:
            table = table[table["cluster"] == cluster]
        shapes = table["geometry"].to_numpy()
        return [path_of(frame, thin(shape, 0.7 / frame.scale)) for shape in shapes]

    def _names(self, frame: Frame, cluster: str | None) -> list[Label]:
        """Write the names of the clusters, or of the towns of one cluster."""
        table = self.borders[0 if cluster is None else 1]
        if cluster is not None:
            table = table[table["cluster"] == cluster]
        middle = shapely.point_on_surface(table["geometry"].to_numpy())
        spots = frame.place(shapely.get_coordinates(middle))
        kind = "cluster-name" if cluster is None else "town-name"
        return [
            Label(round(x, 1), round(y, 1), str(name), kind)
            for (x, y), name in zip(spots, table["name"]) if name
        ]  # fmt: skip


def _name(one: Any) -> str:
    """Name a class in the language of the run."""
    return pick(one.name_zh, one.name_en)


def _dissolve(county: Any, column: str, unite: Callable[..., Any]) -> pd.DataFrame:
    """Unite the units of each cluster or town; columns unit, cluster, name, geometry."""
    finest = county.tree.finest.iloc[county.tree.feature_unit].reset_index(drop=True)
    usable = ~shapely.is_missing(county.units.geometry) & (county.tree.feature_unit >= 0)
    rows = []
    for code, group in finest[usable].groupby(column, sort=True):
        if code == "" and column == "town":
            continue
        first = group.iloc[0]
        shape = unite(county.units.geometry[group.index.to_numpy()])
        rows.append((code, first["cluster"], first[f"{column}_name"] or code, shape))
    table = pd.DataFrame(rows, columns=["unit", "cluster", "name", "geometry"])
    return table.astype({"geometry": object})


def _frame(shapes: np.ndarray) -> Frame:
    """Fit a map round shapes, with a margin; a tall area gets a narrower drawing's scale."""
    left, low, right, high = shapely.total_bounds(shapes)
    margin = 0.03 * max(right - left, high - low)
    left, low, right, high = left - margin, low - margin, right + margin, high + margin
    wanted = (high - low) * WIDTH / _TALLEST
    if wanted > right - left:
        spare = (wanted - (right - left)) / 2
        left, right = left - spare, right + spare
    return Frame(left, low, right, high, WIDTH)
