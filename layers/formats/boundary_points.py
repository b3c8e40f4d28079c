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
from .boundary_faults import begun_at_the_end, further_faults
from .boundary_lines import fits, misfits, quick_number, stated_hectares
from .boundary_parcels import Parcels, parcels_of
from .boundary_text import Line, Text, take_apart
from .encodings import decode_text
from .held import Held, Note, texts
from .rings import nest_all

COLUMNS = {
    "id": "DKBH", "name": "DKMC", "shape": "TXSX", "sheet": "TFH", "use": "DKYT", "code": "DLBM",
}  # fmt: skip
AREA, COUNT = "DKMJ", "JZDS"  # hectares and number of points as stated
_SHOWN = 3  # faults of a parcel that are told one by one
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
    whole = text.points(40)
    points = whole.first
    if not points:
        return False
    marked = bool(text.header) or bool(text.is_parcel.any())
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
    if not len(text):
        raise InputError("formats.txt_empty", source=path.name)
    chosen = dialect(name, folder) if name else _fitting(text, path.name, folder)
    notes: list[Note] = []
    read = _Read(path.name, text, chosen, False, notes)
    read.turned = _turned(read)
    del content
    parcels = parcels_of(text, chosen, read.turned)
    values, shapes = _features(read, parcels)
    system = _system(read, shapes)
    stated = np.array([stated_hectares(one.get("area_ha", "")) for one in values]).reshape(-1, 2)
    if not system.startswith("EPSG:4490"):
        _compare(read, values, stated, shapely.area(shapes))
    columns = {ours: texts([one.get(key, "") for one in values]) for key, ours in COLUMNS.items()}
    columns[AREA] = stated[:, 0]
    columns[COUNT] = _counts(values)
    read.tell("info", "formats.txt_dialect", dialect=chosen.name, encoding=guess.encoding)
    return Held(path.stem, "TXT", columns, shapes, system, guess.encoding, notes=notes)


def _fitting(text: Text, label: str, folder: Path | None) -> Dialect:
    """Choose the dialect that explains most lines; one that explains less than half is none."""
    known = dialects(folder)
    counts = [misfits(text, one) for one in known]
    best = min(range(len(known)), key=lambda index: (counts[index], known[index].order))
    if counts[best] > 0.5 * len(text.first):
        first = next((one for one in text.first if not one.is_parcel), text.first[0])
        raise InputError(
            "formats.txt_unknown", source=label, line=first.number, text=",".join(first.cells)[:80]
        )
    return known[best]


def _turned(read: _Read) -> bool:
    """Tell whether the easting comes first, where the dialect leaves that to the numbers' size."""
    first, second, settled = read.dialect.axes
    pairs = [
        (quick_number(one.cells[first]), quick_number(one.cells[second]))
        for one in read.text.first
        if not one.is_parcel and len(one.cells) > max(first, second)
    ]
    straight = sum(fits(*pair) for pair in pairs)
    turned = sum(fits(*pair[::-1]) for pair in pairs)
    if not straight and not turned:
        read.tell("warning", "formats.txt_axes", rule="data.crs")
    return not settled and turned > straight


def _features(read: _Read, parcels: Parcels) -> tuple[list[dict[str, str]], np.ndarray]:
    """Give each parcel's values and its shape; None where its points can't be trusted."""
    stated = _counts(parcels.values)
    begun = begun_at_the_end(read.text, parcels, stated)
    if begun is not None:
        parcels.faults.remove(begun)
        read.tell("error", "formats.txt_begun", reason=begun.text)
    parcels.faults += further_faults(read.text, parcels, stated, bool(read.dialect.parcel))
    rings, polygons = nest_all(parcels.points, parcels.ends, parcels.owner)
    if read.dialect.parcel:
        owner, values = parcels.owner, parcels.values
        called = [_called(parcels, row) for row in range(len(parcels))]
        _count(read, parcels, {one.owner for one in parcels.faults})
    else:
        owner, called = _grouped(parcels.number, rings)
        values = [{"id": one.lstrip("#")} for one in called]
    shapes = _gathered(polygons, owner[rings], len(values))
    _lose(read, parcels, shapes, owner, called)
    return values, shapes


def _grouped(number: np.ndarray, shells: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Tell which parcel each ring is of by its number, else by the shell that comes last before.

    Also gives what the parcels are called, in the order in which they come.
    """
    at = np.clip(np.searchsorted(shells, np.arange(len(number)), "right"), 1, None)
    called = [one or f"#{place}" for one, place in zip(number, at.tolist())]
    names = list(dict.fromkeys(called))
    place_of = {name: place for place, name in enumerate(names)}
    return np.array([place_of[one] for one in called], dtype=int), names


def _lose(
    read: _Read, parcels: Parcels, shapes: np.ndarray, owner: np.ndarray, called: list[str]
) -> None:
    """Take the shapes of parcels that have faults, and tell each; also of those without shape."""
    lost: dict[tuple[int, str], list[str]] = {}
    for one in sorted(parcels.faults, key=lambda fault: fault.line):
        row = one.owner if read.dialect.parcel else int(owner[one.ring]) if len(owner) else -1
        name = called[row] if row >= 0 else f"#{one.line}"
        lost.setdefault((row, name), []).append(one.text)
    for (row, name), reasons in lost.items():
        more = say("formats.txt_more", count=len(reasons) - _SHOWN) if len(reasons) > _SHOWN else ""
        reason = say("formats.txt_and").join(reasons[:_SHOWN]) + more
        read.tell("error", "formats.txt_fault", id=name, reason=reason)
        if row >= 0:
            shapes[row] = None
    gone = {row for row, _ in lost}
    for row in np.flatnonzero(shapely.is_missing(shapes)).tolist():
        if row not in gone:
            line = parcels.lines[row] if read.dialect.parcel else int(
                parcels.at[parcels.ends[np.argmax(owner == row)]])  # fmt: skip
            read.tell("error", "formats.txt_few", id=called[row], line=line)


def _gathered(polygons: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """Give each owner its polygons as one shape, None where it has none."""
    out = np.full(count, None, dtype=object)
    order = np.argsort(owner, kind="stable")
    many = np.bincount(owner, minlength=count)
    ends = np.cumsum(many)
    single = np.flatnonzero(many == 1)
    out[single] = polygons[order][ends[single] - 1]
    for row in np.flatnonzero(many > 1).tolist():
        out[row] = shapely.multipolygons(polygons[order[ends[row] - many[row] : ends[row]]])
    return out


def _called(parcels: Parcels, row: int) -> str:
    values = parcels.values[row]
    return values.get("id") or values.get("name") or f"#{parcels.lines[row]}"


def _counts(values: list[dict[str, str]]) -> np.ndarray:
    """Read the numbers of points that parcels state, NaN where none."""
    return np.array([quick_number(one.get("count", "")) for one in values], dtype=float)


def _count(read: _Read, parcels: Parcels, told: set[int]) -> None:
    """Tell where a parcel has more or fewer points than it says; closing points may count.

    Not of parcels whose faults are `told` already, nor of those without a ring.
    """
    stated, found = _counts(parcels.values), parcels.open_points
    with np.errstate(invalid="ignore"):
        off = (stated < found) | (stated > found + parcels.rings)
    off &= parcels.rings > 0
    off[list(told)] = False
    for row in np.flatnonzero(off).tolist():
        read.tell("warning", "formats.txt_count", id=_called(parcels, row), stated=int(stated[row]),
                  found=int(found[row]), line=parcels.lines[row])  # fmt: skip


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
    read: _Read, values: list[dict[str, str]], stated: np.ndarray, measured: np.ndarray
) -> None:
    """Tell where a parcel's stated area (hectares, and half its digit) is not what it encloses."""
    hectares, half = stated.T
    gap, share = np.abs(hectares - measured / 1e4), _SHARE * measured / 1e4
    with np.errstate(invalid="ignore"):
        off = (gap > half * 1.01 + share) & (hectares != 0)
    for row in np.flatnonzero(off).tolist():
        one, found = values[row], measured[row] / 1e4
        hint = next((say(f"formats.unit_{key}") for key, factor in (("m2", 1e4), ("mu", 15.0))
                     if abs(hectares[row] / factor - found) <= share[row]), "")  # fmt: skip
        read.tell("warning", "formats.txt_area", rule="data.area", stated=hectares[row],
                  found=found, id=one.get("id") or one.get("name", ""), hint=hint)  # fmt: skip
