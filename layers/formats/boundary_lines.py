# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of boundary-point text in a dialect: parcels' lines, points, and which dialect fits."""

from __future__ import annotations

import math
import re
from typing import Sequence

import numpy as np

from ..crs_zones import in_china, is_easting, is_northing
from ..texts import clean_text, number_of
from .boundary_dialects import Dialect
from .boundary_text import LOOKED_AT, Line, Text

_LABEL = re.compile(r"^[A-Za-z\u4e00-\u9fff]{0,4}[-_]?\d{0,9}[A-Za-z]?$")
_AREA = re.compile(r"^([\d.,\s]*)\s*(公顷|亩|平方米|㎡|m2|ha|hm2)?$", re.IGNORECASE)
HECTARES = {"亩": 1 / 15, "平方米": 1e-4, "㎡": 1e-4, "m2": 1e-4}
_SHAPES = ("面", "点", "线", "polygon", "")
_LOOSE = 2  # points that a count may differ by, with rings closed or not


def misfits(text: Text, dialect: Dialect) -> float:
    """Count the lines a dialect does not explain; a parcel's line weighs as one of points."""
    marked = bool(text.is_parcel.any())
    if dialect.header == "no" and (text.header or marked):
        return float("inf")
    alone = dialect.parcel and not marked
    count = 0.5 if alone else 0.0
    stated, points = float("nan"), 0
    for line in text.first:
        if line.is_parcel:
            count += _parcel_misfit(line, dialect) + _miscounted(stated, points)
            values = dict(zip(dialect.parcel, parcel_cells(line)))
            stated, points = number_of(values.get("count", "")), 0
        else:
            points += 1
            count += not _is_point(line, dialect)
    return count + (_miscounted(stated, points) if len(text) <= LOOKED_AT else 0)


def _miscounted(stated: float, points: int) -> float:
    """Give 0.5 where what a dialect takes for the number of points is nothing like it."""
    return 0.5 if abs(stated - points) > _LOOSE else 0.0


def _parcel_misfit(line: Line, dialect: Dialect) -> float:
    """Give 0 where a parcel's line has the dialect's fields, 1 where it has others."""
    cells = parcel_cells(line)
    if len(cells) != len(dialect.parcel):
        return 1
    shape = cells[dialect.parcel.index("shape")] if "shape" in dialect.parcel else ""
    if "count" in dialect.parcel:
        count = cells[dialect.parcel.index("count")]
        if count and not count.isdecimal():
            return 1
    return 0 if shape.lower() in _SHAPES else 1


def parcel_cells(line: Line) -> list[str]:
    """Give a parcel's fields: the @ at the end is none, what may be written before it is."""
    last = line.cells[-1].rstrip("@").strip()
    return [*line.cells[:-1], *([last] if last else [])]


def _is_point(line: Line, dialect: Dialect) -> bool:
    """Tell whether a line is a point of the dialect, and no numbers stand in its wrong places."""
    found = point_of(line, dialect)
    if found is None:
        return False
    return not dialect.axes[2] or not _are_turned(*found[1])


def point_of(line: Line, dialect: Dialect) -> tuple[str, tuple[float, float]] | None:
    """Read a line as a point: the number of its ring or parcel, and its two numbers; else None."""
    cells = point_cells(line.cells, len(dialect.point))
    if len(cells) != len(dialect.point):
        return None
    number = ""
    for name, cell in zip(dialect.point, cells):
        if name in ("ring", "parcel"):
            if not cell.isdecimal():
                return None
            number = cell
        elif (name == "label" and not _LABEL.match(clean_text(cell))) or (
            name == "-" and "." in cell and not math.isnan(quick_number(cell))
        ):
            return None
    first, second, _ = dialect.axes
    pair = (quick_number(cells[first]), quick_number(cells[second]))
    return None if math.isnan(pair[0]) or math.isnan(pair[1]) else (number, pair)


def quick_number(cell: str) -> float:
    """Read a number, the plain ones without ado."""
    if cell[:1].isdigit() and cell.isascii() and "_" not in cell:
        try:
            value = float(cell)
        except ValueError:
            return number_of(cell)
        return value if math.isfinite(value) else math.nan
    return number_of(cell)


def point_cells(cells: list[str], width: int) -> list[str]:
    """Give a point's cells, without the blank that a comma at the end leaves over."""
    return cells[:-1] if len(cells) == width + 1 and not cells[-1] else cells


def _are_turned(north: float, east: float) -> bool:
    """Tell whether two numbers can only be easting and northing, in this order."""
    if fits(north, east):
        return False
    return fits(east, north)


def fits(north: float, east: float) -> bool:
    """Tell whether two numbers can be a northing and an easting in China, or degrees there."""
    return (is_northing(north) and is_easting(east)) or in_china(east, north)


def parcel_values(line: Line, dialect: Dialect) -> dict[str, str]:
    """Read a parcel's line; one that no dialect knows by what stands in it."""
    cells = parcel_cells(line)
    names: Sequence[str] = dialect.parcel
    if len(cells) != len(names):
        names = _guessed(cells)
    return {name: cell for name, cell in zip(names, cells) if name != "-"}


def _guessed(cells: list[str]) -> list[str]:
    """Name the fields of a parcel's line that no dialect knows by what stands beside 面."""
    names = ["-"] * len(cells)
    at = next((i for i, cell in enumerate(cells) if cell.lower() in ("面", "polygon")), None)
    if at is None:
        return names
    names[at] = "shape"
    before = {1: ["name"], 2: ["id", "name"], 3: ["count", "id", "name"],
              4: ["count", "area_ha", "id", "name"]}  # fmt: skip
    names[:at] = before.get(at, ["-"] * max(0, at - 4) + before[4])[: at or None] if at else []
    after = ["sheet", "use", "code"]
    for step, name in enumerate(after, at + 1):
        if step < len(cells):
            names[step] = name
    return names


def stated_hectares(text: str) -> tuple[float, float]:
    """Give a stated area in hectares, and half of what its last digit stands for; NaN for none."""
    found = _AREA.match(text.strip())
    number = number_of(found.group(1)) if found else float("nan")
    if found is None or np.isnan(number):
        return float("nan"), float("nan")
    factor = HECTARES.get((found.group(2) or "").lower(), 1.0)
    _, _, decimals = found.group(1).strip().partition(".")
    return number * factor, 0.5 * 10.0 ** -len(decimals) * factor
