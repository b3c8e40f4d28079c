# SPDX-License-Identifier: GPL-2.0-or-later
"""VCT 3.0 read: lines joined to rings, rings to polygons, attributes beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Iterator

import numpy as np
import shapely

from ..crs_zones import CGCS2000, datum_of, zone
from ..errors import InputError
from ..schema import listed, nearest_first
from ..texts import number_of
from ..words import say
from .encodings import decode_text
from .held import Held, Note, texts
from .rings import shape_of_rings
from .scratch import stamp_of
from .vct_file import NUMBERS, Table, VctFile, bad, lines_of, take_apart

_DIRECT, _INDIRECT = ("11", "1"), ("21", "2", "22")  # how a polygon is made up
_ARC_KINDS = ("11", "1")  # polylines; circles, arcs and splines are not read


@dataclass
class _Shapes:
    """Features by the section they stand in (`point`, `line`, `polygon`) and their id.

    A feature is its code and its shape; `odd` tells which polygon could not be built, and why. The
    lines that polygons are made of bear the polygons' code, so a section is more than a code.
    """

    found: dict[str, dict[str, tuple[str, shapely.Geometry | None]]] = field(default_factory=dict)
    lines: dict[str, np.ndarray] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)

    def add(self, section: str, key: str, code: str, shape: shapely.Geometry | None) -> None:
        """Keep a feature."""
        self.found.setdefault(section, {})[key] = (code, shape)


class _Walk:
    """Walks through a section line by line; a section that ends too soon is an InputError."""

    def __init__(self, file: VctFile, section: str) -> None:
        self.file, self.section, self.at = file, section, -1
        rows = list(lines_of(file, section))
        self.numbers = [number for number, _ in rows]
        self.lines = [line for _, line in rows]

    @property
    def number(self) -> int:
        """Give the number in the file of the line at hand."""
        return self.numbers[min(max(self.at, 0), len(self.numbers) - 1)] if self.numbers else 0

    @property
    def line(self) -> str:
        """Give the line at hand."""
        return self.lines[self.at]

    def more(self) -> bool:
        """Go on to the next line; False at the section's end."""
        self.at += 1
        return self.at < len(self.lines)

    def text(self) -> str:
        """Give the next line."""
        if not self.more():
            raise InputError("formats.vct_cut", source=self.file.label, section=self.section)
        return self.lines[self.at]

    def whole(self, most: int = 50_000_000) -> int:
        """Give the next line as a whole number that is not out of all bounds."""
        text = self.text()
        if not text.isdecimal() or int(text) > most:
            raise bad(self.file, self.number, text)
        return int(text)

    def points(self, count: int) -> np.ndarray:
        """Give so many points, a line each; the third number is left out."""
        rows = self.lines[self.at + 1 : self.at + 1 + count]
        self.at += len(rows)
        if len(rows) < count:
            raise InputError("formats.vct_cut", source=self.file.label, section=self.section)
        separator = self.file.separator
        try:
            out = np.array([row.split(separator, 2)[:2] for row in rows], dtype=float)
        except ValueError:
            out = np.empty((0, 0))
        if count and (out.shape != (count, 2) or not np.isfinite(out).all()):
            out = np.array([self.points_in(row) for row in rows])  # names the line that is bad
        return out.reshape(-1, 2)

    def points_in(self, line: str) -> list[float]:
        """Read the point a line holds."""
        pair = [number_of(cell) for cell in line.split(self.file.separator)[:2]]
        if len(pair) < 2 or np.isnan(pair).any():
            raise bad(self.file, self.number, line)
        return pair

    def close(self) -> None:
        """Take the 0 that ends a record."""
        if self.text() != "0":
            raise bad(self.file, self.number, self.line)


def read_vct(path: Path, layer: str = "", encoding: str = "") -> Held:
    """Read a layer (an attribute table's name, or a feature's) of a VCT file.

    InputError names the line that can't be read, or the layers there are. A polygon whose lines are
    missing or do not close has no shape, and the notes say so.
    """
    file, shapes, told = _parsed(str(path), stamp_of(path), encoding)
    held = _held(file, _choose(file, layer), shapes)
    held.encoding = told
    return held


@lru_cache(maxsize=1)
def _parsed(path: str, stamp: tuple[int, ...], encoding: str) -> tuple[VctFile, _Shapes, str]:
    # A county's file holds all its layers, each of which is asked for in turn.
    content, guess = decode_text(Path(path).read_bytes(), encoding, stated="GB18030")
    file = take_apart(content, Path(path).name)
    shapes = _Shapes()
    _lines(file, shapes)
    _points(file, shapes)
    _polygons(file, shapes)
    return file, shapes, guess.encoding


def vct_layers(path: Path, encoding: str = "") -> list[tuple[str, str]]:
    """List a file's tables with the kind of their geometry ("polygon", "line", ..., "")."""
    file = take_apart(decode_text(path.read_bytes(), encoding, stated="GB18030")[0], path.name)
    kinds = {kind[2]: kind[1] for kind in file.kinds.values()}
    return [(name, kinds.get(name, "")) for name in file.tables]


def _choose(file: VctFile, layer: str) -> Table:
    """Find a table by its name or the name of its features; the only one with polygons else."""
    names = {kind[0]: kind[2] for kind in file.kinds.values()}
    wanted = next((one for one in file.tables if one.lower() == layer.lower()),
                  names.get(layer, ""))  # fmt: skip
    if layer and wanted in file.tables:
        return file.tables[wanted]
    known = listed(nearest_first(layer, file.tables))
    if layer:
        raise InputError("layers.no_layer", file=file.label, layer=layer, layers=known)
    areas = {kind[2] for kind in file.kinds.values() if kind[1] == "polygon"} & set(file.tables)
    if len(areas) == 1:
        return file.tables[areas.pop()]
    raise InputError("layers.which_layer", source=file.label, layers=known)


def _lines(file: VctFile, shapes: _Shapes) -> None:
    walk = _Walk(file, "line")
    while walk.more():
        key, code = walk.line, walk.text()
        walk.text()  # how it is drawn
        walk.text()  # what kind of line feature
        parts = []
        for _ in range(walk.whole(1_000_000)):
            kind = walk.text()
            if kind not in _ARC_KINDS:
                raise InputError("formats.vct_arc", source=file.label, line=walk.number, kind=kind)
            parts.append(walk.points(walk.whole()))
        walk.close()
        points = np.vstack(parts) if parts else np.empty((0, 2))
        shapes.lines[key] = points
        shapes.add("line", key, code, shapely.LineString(points) if len(points) > 1 else None)


def _points(file: VctFile, shapes: _Shapes) -> None:
    walk = _Walk(file, "point")
    while walk.more():
        key, code = walk.line, walk.text()
        walk.text()
        walk.text()
        points = walk.points(walk.whole())
        walk.close()
        shape = shapely.MultiPoint(points) if len(points) else None
        shapes.add("point", key, code, shapely.Point(points[0]) if len(points) == 1 else shape)


def _polygons(file: VctFile, shapes: _Shapes) -> None:
    walk = _Walk(file, "polygon")
    while walk.more():
        key, code = walk.line, walk.text()
        walk.text()
        walk.text()
        walk.points(1)  # where its label stands
        kind = walk.text()
        if kind in _DIRECT:
            rings = _direct(walk)
        elif kind in _INDIRECT:
            rings = _indirect(walk, key, shapes)
        else:
            raise bad(file, walk.number, kind)
        walk.close()
        shapes.add("polygon", key, code, None if key in shapes.odd else shape_of_rings(rings))


def _direct(walk: _Walk) -> list[np.ndarray]:
    """Read rings given by their own points: their number, then each with its number of points.

    Where points follow at once, the number was that of the points of the only ring.
    """
    count = walk.whole()
    text = walk.text()
    if not text.isdecimal():
        return [np.vstack([walk.points_in(text), walk.points(count - 1)])]
    rings = [walk.points(int(text))]
    return rings + [walk.points(walk.whole()) for _ in range(count - 1)]


def _indirect(walk: _Walk, key: str, shapes: _Shapes) -> list[np.ndarray]:
    """Join the lines a polygon names to rings: a minus turns one round, a 0 begins a new ring."""
    count = walk.whole()
    names: list[str] = []
    while len(names) < count:
        names += [one.strip() for one in walk.text().split(walk.file.separator) if one.strip()]
    chains: list[list[np.ndarray]] = [[]]
    for name in names[:count]:
        if name == "0":
            chains.append([])
            continue
        line = shapes.lines.get(name.lstrip("-"))
        if line is None:
            shapes.odd[key] = say("formats.vct_no_line", line=name.lstrip("-"))
            return []
        chains[-1].append(line[::-1] if name.startswith("-") else line)
    rings = []
    for chain in chains:
        for ring in _joined(chain):
            if len(ring) < 4 or (ring[0] != ring[-1]).any():
                shapes.odd[key] = say("formats.vct_open", x=ring[0][0], y=ring[0][1])
                return []
            rings.append(ring)
    return rings


def _joined(chain: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Join lines end to end; one that is closed begins a new ring, whether or not a 0 says so."""
    ring: np.ndarray | None = None
    for line in chain:
        if not len(line):
            continue
        if ring is None:
            ring = line
        elif (ring[-1] == line[0]).all():
            ring = np.vstack([ring, line[1:]])
        elif (ring[-1] == line[-1]).all():  # written without its minus
            ring = np.vstack([ring, line[-2::-1]])
        else:
            yield ring
            ring = line
            continue
        if (ring[0] == ring[-1]).all():
            yield ring
            ring = None
    if ring is not None:
        yield ring


def _held(file: VctFile, table: Table, shapes: _Shapes) -> Held:
    """Lay out a table's rows and the features of its codes; either may lack the other."""
    own = {
        key: shape
        for code, (_, section, name) in file.kinds.items()
        if name == table.name
        for key, (of, shape) in shapes.found.get(section, {}).items()
        if of == code
    }
    keys = list(dict.fromkeys([*table.rows, *own]))
    notes: list[Note] = []

    def tell(severity: str, name: str, **values: object) -> None:
        notes.append(("data.unusable" if severity == "error" else "data.text", severity,
                      say(name, source=file.label, table=table.name, **values)))  # fmt: skip

    for key in keys:
        if key in shapes.odd:
            tell("error", "formats.vct_shape", id=key, reason=shapes.odd[key])
    lost = [key for key in own if key not in table.rows]
    if lost:
        tell("error", "formats.vct_no_row", count=len(lost), ids=listed(lost, 5))
    bare = [key for key in table.rows if key not in own] if own else []
    if bare:
        tell("error", "formats.vct_no_shape", count=len(bare), ids=listed(bare, 5))
    if table.twice:
        tell("error", "formats.vct_twice", count=table.twice)
    blank = [""] * len(table.fields)
    rows = [table.rows.get(key, blank) for key in keys]
    columns: dict[str, np.ndarray] = {}
    for index, (name, kind) in enumerate(table.fields):
        values = [row[index] for row in rows]
        if kind in NUMBERS and name.upper() != "BSM":
            columns[name] = np.array([number_of(value) for value in values], dtype=float)
        else:
            columns[name] = texts(values)
    columns.setdefault("VCTID", texts(keys))
    spatial = texts([own.get(key) for key in keys]) if own else None
    return Held(table.name, "VCT", columns, spatial, _system(file), notes=notes)


def _system(file: VctFile) -> str:
    """Tell the CRS: datum by the spheroid, zone and false easting by the parameters."""
    datum = datum_of(file.header.get("spheroid", "")) or CGCS2000
    values = [number_of(one) for one in file.header.get("parameters", "").split(",")]
    if len(values) < 6 or np.isnan(values[4:6]).any():
        return ""
    found = zone(datum, int(values[4]), int(values[5]), values[2] > 1e6)
    return found.name if found else ""
