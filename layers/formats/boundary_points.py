# SPDX-License-Identifier: GPL-2.0-or-later
"""Boundary points as text (界址点 TXT) read as a layer of parcels, in the dialect that fits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from ..crs_zones import CGCS2000, GEOGRAPHIC, Zone, datum_of, in_china, zone, zone_in_easting
from ..errors import InputError
from ..texts import number_of
from ..words import say
from .boundary_dialects import Dialect, dialect, dialects
from .boundary_lines import (
    LOOKED_AT,
    Line,
    Parcel,
    Text,
    fits,
    misfits,
    parcels_of,
    quick_number,
    stated_hectares,
    take_apart,
)  # fmt: skip
from .encodings import decode_text
from .held import Held, Note, texts
from .rings import nest, shape_of_rings

COLUMNS = {
    "id": "DKBH", "name": "DKMC", "shape": "TXSX", "sheet": "TFH", "use": "DKYT", "code": "DLBM",
}  # fmt: skip
AREA, COUNT = "DKMJ", "JZDS"  # hectares and number of points as stated
_SHARE = 0.001  # of the area: what projection and rounding of a survey may make
_HEADER_DATUM, _HEADER_WIDTH, _HEADER_ZONE = "坐标系", ("几度分带", "分带"), "带号"


@dataclass
class _Read:
    """A file on its way to a layer."""

    label: str
    text: Text
    dialect: Dialect
    turned: bool
    notes: list[Note]

    def tell(self, severity: str, key: str, rule: str = "data.text", **values: object) -> None:
        """Add a note naming the file."""
        self.notes.append((rule, severity, say(key, source=self.label, **values)))


def is_boundary_text(raw: bytes) -> bool:
    """Tell whether a text file holds boundary points rather than a table."""
    text = take_apart(decode_text(raw[:65_536])[0])
    points = [one for one in text.lines if not one.is_parcel][:40]
    if not points:
        return False
    marked = bool(text.header) or any(one.is_parcel for one in text.lines)
    whole = Text({}, points)
    return any(
        misfits(whole, one) <= 0.2 * len(points) + 0.5 and (marked or _placed(points, one))
        for one in dialects()
    )


def _placed(points: list[Line], dialect: Dialect) -> bool:
    """Tell whether most numbers can be coordinates in China: else a table looks just so."""
    first, second, _ = dialect.axes
    pairs = [(number_of(one.cells[first]), number_of(one.cells[second])) for one in points
             if len(one.cells) > max(first, second)]  # fmt: skip
    return 2 * sum(fits(*pair) or fits(*pair[::-1]) for pair in pairs) > len(points)


def read_boundary_points(
    path: Path, encoding: str = "", name: str = "", folder: Path | None = None
) -> Held:
    """Read a file of boundary points as a layer; `name` is the dialect, else it is recognised.

    What was assumed, and where the file contradicts itself, stands in the layer's notes. InputError
    where no dialect explains the file.
    """
    content, guess = decode_text(path.read_bytes(), encoding)
    text = take_apart(content)
    if not text.lines:
        raise InputError("formats.txt_empty", source=path.name)
    chosen = dialect(name, folder) if name else _fitting(text, path.name, folder)
    notes: list[Note] = []
    read = _Read(path.name, text, chosen, False, notes)
    read.turned = _turned(read)
    parcels = parcels_of(text, chosen, read.turned)
    values, shapes = _features(read, parcels)
    system = _system(read, shapes)
    measured = shapely.area(shapes)
    _compare(read, values, measured, system.startswith("EPSG:4490"))
    columns = {ours: texts([one.get(key, "") for one in values]) for key, ours in COLUMNS.items()}
    columns[AREA] = np.array([stated_hectares(one.get("area_ha", ""))[0] for one in values])
    columns[COUNT] = np.array([number_of(one.get("count", "")) for one in values])
    read.tell("info", "formats.txt_dialect", dialect=chosen.name, encoding=guess.encoding)
    return Held(path.stem, "TXT", columns, shapes, system, guess.encoding, notes=notes)


def _fitting(text: Text, label: str, folder: Path | None) -> Dialect:
    """Choose the dialect that explains most lines; one that explains less than half is none."""
    known = dialects(folder)
    counts = [misfits(text, one) for one in known]
    best = min(range(len(known)), key=lambda index: (counts[index], known[index].order))
    if counts[best] > 0.5 * len(text.lines):
        first = next((one for one in text.lines if not one.is_parcel), text.lines[0])
        raise InputError(
            "formats.txt_unknown", source=label, line=first.number, text=",".join(first.cells)[:80]
        )
    return known[best]


def _turned(read: _Read) -> bool:
    """Tell whether the easting comes first, where the dialect leaves that to the numbers' size."""
    first, second, settled = read.dialect.axes
    pairs = [
        (quick_number(one.cells[first]), quick_number(one.cells[second]))
        for one in read.text.lines[:LOOKED_AT]
        if not one.is_parcel and len(one.cells) > max(first, second)
    ]
    straight = sum(fits(*pair) for pair in pairs)
    turned = sum(fits(*pair[::-1]) for pair in pairs)
    if not straight and not turned:
        read.tell("warning", "formats.txt_axes", rule="data.crs")
    return not settled and turned > straight


def _features(read: _Read, parcels: list[Parcel]) -> tuple[list[dict[str, str]], np.ndarray]:
    """Give each parcel's values and its shape; None where its points can't be trusted."""
    values: list[dict[str, str]] = []
    shapes: list[shapely.Geometry | None] = []
    for parcel in parcels:
        for fault in parcel.faults:
            read.tell("error", "formats.txt_fault", id=_called(parcel), reason=fault)
        rings = [np.array(ring.points)[:, ::-1] for ring in parcel.rings]
        if read.dialect.parcel:
            values.append(parcel.values)
            shapes.append(None if parcel.faults else shape_of_rings(rings))
            _count(read, parcel)
            continue
        parts: dict[str, list[shapely.Polygon]] = {}
        for index, shape in nest(rings):
            number = parcel.rings[index].number
            parts.setdefault(number or f"#{len(parts) + 1}", []).append(shape)
        for number, some in parts.items():
            values.append({"id": number.lstrip("#")})
            shapes.append(some[0] if len(some) == 1 else shapely.MultiPolygon(some))
    return values, texts(shapes)


def _called(parcel: Parcel) -> str:
    return parcel.values.get("id") or parcel.values.get("name") or f"#{parcel.number}"


def _count(read: _Read, parcel: Parcel) -> None:
    """Tell where a parcel has more or fewer points than it says; closing points may count."""
    stated = number_of(parcel.values.get("count", ""))
    if np.isnan(stated):
        return
    open_points = sum(len(one.points) - (one.points[0] == one.points[-1]) for one in parcel.rings)
    if not open_points <= stated <= open_points + len(parcel.rings):
        read.tell("warning", "formats.txt_count", id=_called(parcel), stated=int(stated),
                  found=open_points, line=parcel.number)  # fmt: skip


def _system(read: _Read, shapes: np.ndarray) -> str:
    """Tell the CRS from the header and from the eastings' zone number; "" where neither says."""
    header = read.text.header
    points = shapely.get_coordinates(shapes)
    if not len(points):
        return ""
    east, north = (float(value) for value in np.median(points, axis=0))
    name = header.get(_HEADER_DATUM, "")
    datum = datum_of(name) or CGCS2000
    if in_china(east, north):
        read.tell("info", "formats.txt_degrees", rule="data.crs", crs=f"EPSG:{GEOGRAPHIC[datum]}")
        return f"EPSG:{GEOGRAPHIC[datum]}"
    stated = _stated_zone(header, datum)
    seen = zone_in_easting(east, datum)
    if seen is not None and stated is not None and stated.degrees == 6:
        seen = zone(datum, 6, seen.number, True)
    if seen is None and stated is None:
        return ""
    if seen is not None and stated is not None and seen.number != stated.number:
        read.tell("warning", "formats.txt_zone", rule="data.crs", stated=stated.number,
                  found=seen.number, crs=seen.name)  # fmt: skip
    found = seen or stated
    if found is None:
        return ""
    if not datum_of(name) or stated is None:
        read.tell("info", "formats.txt_crs", rule="data.crs", crs=found.name)
    return found.name


def _stated_zone(header: dict[str, str], datum: str) -> Zone | None:
    """Give the zone that the header states; a number above 60 is a meridian."""
    width = next((number_of(header[key].rstrip("度带分")) for key in _HEADER_WIDTH
                  if header.get(key)), 3.0)  # fmt: skip
    degrees = 6 if width == 6 else 3
    number = number_of(header.get(_HEADER_ZONE, ""))
    if np.isnan(number):
        return None
    if number > 60:
        number = (number + (3 if degrees == 6 else 0)) / degrees
    return zone(datum, degrees, int(number), False)


def _compare(
    read: _Read, values: list[dict[str, str]], measured: np.ndarray, degrees: bool
) -> None:
    """Tell where a parcel's stated area is not what its points enclose."""
    for one, area in zip(values, measured):
        stated, half = stated_hectares(one.get("area_ha", ""))
        if np.isnan(stated) or np.isnan(area) or degrees or not stated:
            continue
        gap = abs(stated - area / 1e4)
        if gap <= max(half * 1.01, _SHARE * area / 1e4):
            continue
        hint = next((say(f"formats.unit_{key}") for key, factor in (("m2", 1e4), ("mu", 15.0))
                     if abs(stated / factor - area / 1e4) <= _SHARE * area / 1e4), "")  # fmt: skip
        read.tell("warning", "formats.txt_area", rule="data.area", stated=stated,
                  found=area / 1e4, id=one.get("id") or one.get("name", ""), hint=hint)  # fmt: skip
