# SPDX-License-Identifier: GPL-2.0-or-later
"""Parcels written as boundary-point text, in any dialect that says which axis comes first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

import numpy as np
import shapely
from pyproj import CRS

from ..crs_zones import PREFIX, Zone, zone_of
from ..errors import InputError
from ..texts import clean_text
from .boundary_dialects import Dialect, dialect
from .rings import northwest_rings

_DATUM_NAMES = {
    "cgcs2000": "2000国家大地坐标系", "xian80": "1980西安坐标系", "beijing54": "1954北京坐标系",
}  # fmt: skip
_ENCODINGS = ("GBK", "GB18030", "UTF-8")
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


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
    drawn = np.array([*shapes, None], dtype=object)[:-1]
    _refuse(path, drawn, values)
    lines += _body(drawn, values, kind, form, _shift(found, form))
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


def _refuse(path: Path, shapes: np.ndarray, values: Sequence[Mapping[str, Any]]) -> None:
    """Raise InputError for the first shape that is no polygon with finite coordinates."""
    good = np.isin(shapely.get_type_id(shapes), _POLYGONAL) & ~shapely.is_empty(shapes)
    points, of = shapely.get_coordinates(shapes, return_index=True)
    good[of[~np.isfinite(points).all(axis=1)]] = False
    for row in np.flatnonzero(~good)[:1].tolist():
        called = _plain(values[row].get("id")) or str(row + 1)
        raise InputError("formats.txt_no_polygon", file=path.name, id=called)


def _body(
    shapes: np.ndarray, values: Sequence[Mapping[str, Any]], kind: Dialect, form: TextForm,
    shift: float,
) -> list[str]:  # fmt: skip
    """Write all parcels: each one's line and points, as one text a parcel."""
    points, ends, owner = northwest_rings(shapes)
    many = np.diff(ends)
    closes = kind.closes or not kind.parcel
    first = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(shapes)))])
    stated = np.bincount(owner, many + int(kind.counts_closing), len(shapes)).astype(int).tolist()
    areas = (shapely.area(shapes) / 1e4).tolist()
    points = points[:, ::-1] + [0.0, shift]
    line = _template(kind, form)
    out = []
    for row, one in enumerate(values):
        lines = [_parcel_line(areas[row], one, kind, stated[row])] if kind.parcel else []
        serial = 0
        for index, ring in enumerate(range(first[row], first[row + 1]), 1):
            # A dialect that tells parcels by number has no word for rings: they follow each other.
            of = row + 1 if "parcel" in kind.point else index
            rows = points[ends[ring] : ends[ring + 1]].tolist()
            labels = [*range(serial + 1, serial + len(rows) + 1)]
            serial += len(rows)
            if closes:
                rows.append(rows[0])
                labels.append(labels[0])
            lines += [line(label, of, *pair) for label, pair in zip(labels, rows)]
        out.append(form.newline.join(lines))
    return out


def _parcel_line(area: float, values: Mapping[str, Any], kind: Dialect, count: int) -> str:
    """Write a parcel's line; `area` is that of the plane in hectares, where none is given."""
    given = values.get("area_ha")
    stated = area if given is None or math.isnan(float(given)) else float(given)
    own = {"count": str(count), "area_ha": f"{stated:.4f}", "shape": "面", "-": ""}
    cells = [own[name] if name in own else _plain(values.get(name)) for name in kind.parcel]
    return ",".join([*cells, "@"])


def _template(kind: Dialect, form: TextForm) -> Callable[[int, int, float, float], str]:
    """Give what writes a point's line (label, ring, north, east): J1,1,3440000.1230,500000.4560."""
    digits = f".{form.decimals}f"
    cells = {
        "north": f"{{2:{digits}}}", "first": f"{{2:{digits}}}", "east": f"{{3:{digits}}}",
        "second": f"{{3:{digits}}}", "-": "", "label": f"{_braced(kind.label)}{{0}}",
        "ring": "{1}", "parcel": "{1}",
    }  # fmt: skip
    return ",".join(cells[name] for name in kind.point).format


def _braced(text: str) -> str:
    """Write a text so that a template gives it as it is."""
    return text.replace("{", "{{").replace("}", "}}")
