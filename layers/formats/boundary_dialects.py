# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialects of boundary-point text, as the standard's table `boundary_points` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..errors import InputError
from ..schema import listed, nearest_first
from ..standard_files import (
    DROP,
    SHIPPED,
    TABLES,
    WHERE,
    Row,
    chain,
    check_value,
    read_rows,
)  # fmt: skip
from ..words import pick

PARCEL = ("count", "area_ha", "id", "name", "shape", "sheet", "use", "code", "-")
POINT = ("label", "ring", "parcel", "north", "east", "first", "second", "-")
_TABLE = "boundary_points"
_NEEDED = ({"north", "east"}, {"first", "second"})


@dataclass(frozen=True)
class Dialect:
    """One way to write boundary points: what the fields of its lines mean.

    `parcel` is () where no line stands before a parcel's points. `counts_closing` and `closes` say
    how it is written; both ways are read.
    """

    id: str
    order: int
    header: str
    parcel: tuple[str, ...]
    point: tuple[str, ...]
    counts_closing: bool
    closes: bool
    label: str
    name_zh: str = ""
    name_en: str = ""

    @property
    def name(self) -> str:
        """Name it in the language in force."""
        return pick(self.name_zh, self.name_en) or self.id

    @property
    def axes(self) -> tuple[int, int, bool]:
        """Give the fields that hold northing and easting, and whether that is settled."""
        if "north" in self.point:
            return self.point.index("north"), self.point.index("east"), True
        return self.point.index("first"), self.point.index("second"), False


@lru_cache(maxsize=8)
def dialects(folder: Path | None = None) -> tuple[Dialect, ...]:
    """Read the dialects of a standard's folder, those shipped by default, in their order."""
    rows: dict[str, Row] = {}
    for part in chain(folder or SHIPPED / "base"):
        path = part / f"{_TABLE}.csv"
        for row in read_rows(path, TABLES[_TABLE]) if path.is_file() else ():
            before = rows.get(row["dialect"], dict.fromkeys(TABLES[_TABLE].columns, ""))
            rows[row["dialect"]] = {**before, **row}
    kept = [row for row in rows.values() if row.get(DROP, "") in ("", "0")]
    return tuple(sorted((_dialect(row) for row in kept), key=lambda one: one.order))


def dialect(name: str, folder: Path | None = None) -> Dialect:
    """Give a dialect by its id; InputError lists those there are."""
    known = {one.id: one for one in dialects(folder)}
    if name not in known:
        raise InputError("formats.no_dialect", name=name, known=listed(nearest_first(name, known)))
    return known[name]


def _dialect(row: dict[str, str]) -> Dialect:
    check_value(row, "header", ("any", "yes", "no", ""))
    check_value(row, "count", ("closed", "open", ""))
    check_value(row, "close", ("yes", "no", ""))
    parcel, point = (_fields(row, name, known) for name, known in
                     (("parcel", PARCEL), ("point", POINT)))  # fmt: skip
    if not any(pair <= set(point) for pair in _NEEDED):
        raise InputError("formats.dialect_axes", where=row[WHERE], value=row["point"])
    if not row["order"].isdecimal():
        raise InputError("formats.dialect_order", where=row[WHERE], value=row["order"])
    return Dialect(
        row["dialect"], int(row["order"]), row["header"] or "any", parcel, point,
        row["count"] == "closed", row["close"] != "no", row["label"], row["name_zh"],
        row["name_en"],
    )  # fmt: skip


def _fields(row: dict[str, str], column: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(part.strip() for part in row[column].split(",")) if row[column] else ()
    for name in names:
        check_value({WHERE: row[WHERE], column: name}, column, known)
    return names
