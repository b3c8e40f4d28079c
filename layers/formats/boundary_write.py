# SPDX-License-Identifier: GPL-2.0-or-later
"""Parcels written as boundary-point text, in any dialect that says which axis comes first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np
import shapely
from pyproj import CRS

from ..crs_zones import PREFIX, Zone, zone_of
from ..errors import InputError
from ..texts import clean_text
from .boundary_dialects import Dialect, dialect
from .rings import from_northwest, points_of

_DATUM_NAMES = {
    "cgcs2000": "2000国家大地坐标系", "xian80": "1980西安坐标系", "beijing54": "1954北京坐标系",
}  # fmt: skip
_ENCODINGS = ("GBK", "GB18030", "UTF-8")


@dataclass(frozen=True)
class TextForm:
    """How boundary points are written.

    `decimals` are those of the coordinates in metres. `prefixed`: eastings bear the zone's number.
    `header` replaces or adds lines of the header (数据产生单位 ...).
    """

    dialect: str = "standard"
    encoding: str = "GBK"
    newline: str = "\r\n"
    decimals: int = 4
    prefixed: bool = True
    header: Mapping[str, str] = field(default_factory=dict)


def write_boundary_points(
    path: Path,
    shapes: Sequence[shapely.Geometry | None],
    values: Sequence[Mapping[str, Any]],
    crs: CRS,
    form: TextForm = TextForm(),
) -> int:
    """Write parcels; `values` are their id, name, sheet, use, code, area_ha; give their number.

    Rings begin at their north-west corner, shells run clockwise and holes against it. Without an
    `area_ha` that of the plane is written. InputError where the CRS is no Gauss-Krueger zone of
    China, a shape is no polygon, or a text can't be written in the encoding.
    """
    kind = dialect(form.dialect)
    found = zone_of(crs)
    if found is None:
        raise InputError("formats.txt_not_zone", file=path.name, crs=crs.name)
    if form.encoding not in _ENCODINGS:
        known = ", ".join(_ENCODINGS)
        raise InputError("formats.no_encoding", name=form.encoding, known=known)
    lines = _header(found, form) if kind.header != "no" else []
    for number, (shape, one) in enumerate(zip(shapes, values), 1):
        lines += _parcel(path, number, shape, one, kind, form, _shift(found, form))
    text = form.newline.join([*lines, ""])
    try:
        path.write_bytes(text.encode(form.encoding))
    except UnicodeEncodeError as error:
        word = text[error.start : error.end]
        raise InputError(
            "formats.txt_unwritable", file=path.name, text=word, encoding=form.encoding
        ) from None
    return len(shapes)


def _shift(found: Zone, form: TextForm) -> float:
    """Give what is added to an easting of the CRS so that it bears the zone's number, or not."""
    return (found.number * PREFIX) * (int(form.prefixed) - int(found.prefixed))


def _header(found: Zone, form: TextForm) -> list[str]:
    lines = {
        "格式版本号": "1.01",
        "数据产生单位": "",
        "数据产生日期": "",
        "坐标系": _DATUM_NAMES[found.datum],
        "几度分带": str(found.degrees),
        "投影类型": "高斯克吕格",
        "计量单位": "米",
        "带号": str(found.number),
        "精度": f"{10.0**-form.decimals:.{form.decimals}f}",
        "转换参数": ",,,,,,",
    }
    for key, value in form.header.items():
        lines[_plain(key)] = _plain(value)
    return ["[属性描述]", *(f"{key}={value}" for key, value in lines.items()), "[地块坐标]"]


def _plain(value: Any) -> str:
    """Give a value without what would end a field or a line: commas and breaks."""
    text = clean_text(value).replace(",", "，").replace(";", "；")
    return " ".join(text.split())


def _parcel(
    path: Path, number: int, shape: shapely.Geometry | None, values: Mapping[str, Any],
    kind: Dialect, form: TextForm, shift: float,
) -> list[str]:  # fmt: skip
    called = _plain(values.get("id")) or str(number)
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise InputError("formats.txt_no_polygon", file=path.name, id=called)
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise InputError("formats.txt_no_polygon", file=path.name, id=called)
    rings = []
    for part in shapely.get_parts(shape):
        rings.append(from_northwest(points_of(part.exterior), clockwise=True))
        rings += [from_northwest(points_of(one), clockwise=False) for one in part.interiors]
    lines = []
    if kind.parcel:
        count = sum(len(ring) + int(kind.counts_closing) for ring in rings)
        lines.append(_parcel_line(shape, values, kind, count))
    line = _template(kind, form)
    serial = 0
    for index, ring in enumerate(rings, 1):
        # A dialect that tells parcels by number has no word for rings: they follow each other.
        of = number if "parcel" in kind.point else index
        first = serial
        points = ring.tolist()
        rows = [*points, points[0]] if kind.closes or not kind.parcel else points
        for step, (east, north) in enumerate(rows):
            label = first + 1 if step == len(ring) else first + step + 1
            lines.append(line.format(label=label, ring=of, north=north, east=east + shift))
        serial += len(ring)
    return lines


def _parcel_line(
    shape: shapely.Geometry, values: Mapping[str, Any], kind: Dialect, count: int
) -> str:
    given = values.get("area_ha")
    area = shapely.area(shape) / 1e4 if given is None else float(given)
    if math.isnan(area):
        area = shapely.area(shape) / 1e4
    own = {"count": str(count), "area_ha": f"{area:.4f}", "shape": "面", "-": ""}
    cells = [own.get(name, _plain(values.get(name))) for name in kind.parcel]
    return ",".join([*cells, "@"])


def _template(kind: Dialect, form: TextForm) -> str:
    """Give what a point's line looks like: J{label},{ring},{north:.4f},{east:.4f}."""
    north, east = f"{{north:.{form.decimals}f}}", f"{{east:.{form.decimals}f}}"
    cells = {
        "north": north, "first": north, "east": east, "second": east, "-": "",
        "label": f"{kind.label}{{label}}", "ring": "{ring}", "parcel": "{ring}",
    }  # fmt: skip
    return ",".join(cells[name] for name in kind.point)
