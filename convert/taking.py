# SPDX-License-Identifier: GPL-2.0-or-later
"""A layer taken in whole: every column with its own type, every shape as it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyproj import CRS

from ..jobs.aliases import Alias
from ..layers.crs_doctor import Tagged, look_at
from ..layers.errors import InputError
from ..layers.formats.gdal_source import GDAL_ERRORS, GdalReader, quiet, reason
from ..layers.opening import Opened, open_source
from ..layers.repair import from_wkb
from ..layers.schema import listed, nearest_first
from ..layers.sources import Source, source_of
from ..layers.texts import clean_text, number_column, text_column
from ..layers.words import say

_ZONE = re.compile(r"(Z|[+-]\d\d(:?\d\d)?)$")
HANDED = ("pianqu_id", "pianqu_fid")  # columns that QGIS's side adds to a layer it writes out
_POLYGONAL = ("Polygon", "Surface", "Collection", "Unknown")
_ROLES = ("landuse", "plan", "farmland", "redline", "boundary", "reserve")


@dataclass
class Taken:
    """A layer in memory: `table` has its columns, `wkb` its shapes as the driver gave them.

    `fids` are the driver's feature ids (QGIS's, where QGIS handed the layer over). `named` maps our
    names of fields to the layer's. `notes` are sentences for the user: (level, text).
    """

    label: str
    layer: str
    table: pa.Table
    fids: np.ndarray
    wkb: np.ndarray
    crs: CRS | None
    kind: str
    named: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.fids)

    @cached_property
    def shapes(self) -> np.ndarray:
        """Give the shapes; what GEOS can't read is None."""
        return from_wkb(self.wkb)

    @property
    def fields(self) -> list[str]:
        """List the columns' names."""
        return list(self.table.column_names)

    def raw(self, ours: str) -> np.ndarray:
        """Give a column by our name, as it came."""
        return self.table.column(self.named[ours]).to_numpy()

    def texts(self, ours: str) -> np.ndarray:
        """Give a column by our name as clean text, "" where null or not there."""
        if not self.named.get(ours):
            return np.full(len(self), "", dtype=object)
        values = self.table.column(self.named[ours])
        return text_column(np.array(values.to_pylist(), dtype=object))

    def numbers(self, ours: str) -> tuple[np.ndarray, np.ndarray]:
        """Give a column by our name as numbers, NaN where null, and the rows that hold none."""
        column = self.table.column(self.named[ours])
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            return column.to_numpy().astype(float), np.empty(0, dtype=int)
        return number_column(np.array(column.to_pylist(), dtype=object))

    @cached_property
    def ids(self) -> np.ndarray:
        """Call each feature by its id field, else by its feature id."""
        by_fid = text_column(self.fids)
        own = self.texts("id")
        return np.where(own == "", by_fid, own).astype(object)

    def find(self, ours: str, aliases: Sequence[Alias], needed: bool = False) -> str:
        """Settle which field is `ours`: the one named, else the likeliest by its name; "" none.

        InputError where it is needed and there is none.
        """
        if ours not in self.named:
            self.named[ours] = self._alias(ours, aliases)
            if self.named[ours]:
                text = say("convert.field", layer=self.label, field=self.named[ours],
                           meaning=say(f"convert.meaning.{ours}"))  # fmt: skip
                self.notes.append(("info", text))
        if needed and not self.named[ours]:
            raise InputError("convert.no_field", layer=self.label, fields=listed(self.fields),
                             meaning=say(f"convert.meaning.{ours}"))  # fmt: skip
        return self.named[ours]

    def _alias(self, ours: str, aliases: Sequence[Alias]) -> str:
        there = {clean_text(name).lower(): name for name in reversed(self.fields)}
        weights = {
            one.alias.lower(): one.weight
            for one in sorted(aliases, key=lambda one: one.weight)
            if one.kind == "field" and one.field == ours and one.role in _ROLES
        }
        found = max(weights.keys() & there.keys(), key=lambda one: (weights[one], one), default="")
        return there.get(found, "")


def take(entry: Mapping[str, Any], polygons: bool = True) -> Taken:
    """Read the layer that a dossier's entry names; its `fields` say what ours are called there.

    A `title` is what the user calls the layer, where that is not the file's name.

    InputError names what there is instead, or what contradicts itself, and the remedy.
    """
    plain = {key: value for key, value in entry.items() if key not in ("fields", "title")}
    source = source_of(plain, Path.cwd(), "-", "source")
    if source is None:
        raise InputError("convert.no_source")
    opened = open_source(source, Path(source.path).name)
    kind = str(opened.info["geometry_type"])
    if polygons and not any(part in kind for part in _POLYGONAL):
        raise InputError("layers.not_polygons", source=opened.label, kind=kind)
    table, fids, wkb = _table(opened, source)
    if source.axes == "yx":
        turned = shapely.transform(from_wkb(wkb), lambda points: points[:, ::-1])
        wkb = shapely.to_wkb(turned)
    if HANDED[0] in table.column_names:
        fids = np.array([int(one) for one in table.column(HANDED[0]).to_pylist()], dtype=np.int64)
    table = table.drop_columns([name for name in HANDED if name in table.column_names])
    notes = [(level, text) for _, level, text in opened.notes]
    label = str(entry.get("title") or opened.label)
    taken = Taken(label, opened.layer, table, fids, wkb, opened.crs, kind, {}, notes)
    _name(taken, entry.get("fields") or {})
    _examine(taken)
    return taken


def _table(opened: Opened, source: Source) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """Read columns, feature ids and WKB in the order of the feature ids."""
    try:
        if isinstance(opened.reader, GdalReader):
            return _arrow(opened.reader, source.filter)
        meta, fids, wkb, data = opened.read(None, source.filter)
    except GDAL_ERRORS as error:
        if not source.filter:
            text = reason(error)
            raise InputError("layers.read_failed", source=opened.label, reason=text) from None
        raise InputError(
            "layers.bad_filter", source=opened.label, filter=source.filter,
            fields=listed(str(one) for one in opened.info["fields"]), reason=reason(error),
        ) from None  # fmt: skip
    columns = {str(name): pa.array(values) for name, values in zip(meta["fields"], data)}
    wkb = np.full(len(fids), None, dtype=object) if wkb is None else wkb
    return _ordered(pa.table(columns), fids, wkb)


def _arrow(reader: GdalReader, where: str) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    with quiet():
        meta, table = pyogrio.read_arrow(
            reader.place, layer=reader.layer, where=where or None, return_fids=True,
            **reader.options,
        )  # fmt: skip
    table = _zoneless(table, reader, where)
    fid, geometry = table.column_names[0], meta["geometry_name"] or "wkb_geometry"
    fids = table.column(0).to_numpy().astype(np.int64)
    wkb = np.array(table.column(geometry).to_pylist(), dtype=object)
    return _ordered(table.drop_columns([fid, geometry]), fids, wkb)


def _zoneless(table: pa.Table, reader: GdalReader, where: str) -> pa.Table:
    """Give times that name no zone as such: GDAL calls those of a GeoPackage UTC."""
    zoned = [one.name for one in table.schema if getattr(one.type, "tz", None)]
    if not zoned:
        return table
    with quiet():
        _, texts = pyogrio.read_arrow(
            reader.place, layer=reader.layer, where=where or None, columns=zoned,
            read_geometry=False, datetime_as_string=True, **reader.options,
        )  # fmt: skip
    for name in zoned:
        if not any(_ZONE.search(text or "") for text in texts.column(name).to_pylist()):
            index = table.column_names.index(name)
            unit = table.schema.field(name).type.unit
            bare = table.column(name).cast(pa.timestamp(unit))
            table = table.set_column(index, name, bare)
    return table


def _ordered(
    table: pa.Table, fids: np.ndarray, wkb: np.ndarray
) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    order = np.argsort(fids, kind="stable")
    if (order == np.arange(len(order))).all():
        return table, fids, wkb
    return table.take(pa.array(order)), fids[order], wkb[order]


def _name(taken: Taken, fields: Mapping[str, str]) -> None:
    """Enter the fields that were named; a name is matched whatever its case."""
    for ours, wanted in fields.items():
        if not wanted:
            continue
        if wanted == HANDED[0]:  # the layer has no id of its own: its feature ids are taken
            taken.named[ours] = ""
            continue
        alike = [name for name in taken.fields if name.lower() == wanted.lower()]
        exact = [name for name in alike if name == wanted] or alike
        if len(exact) != 1:
            raise InputError(
                "convert.field_unknown", layer=taken.label, field=wanted,
                fields=listed(nearest_first(wanted, taken.fields)),
            )  # fmt: skip
        taken.named[ours] = exact[0]


def _examine(taken: Taken) -> None:
    """Hold the coordinates against the CRS; InputError where they contradict each other."""
    boxes = shapely.bounds(taken.shapes[:: max(1, len(taken) // 1000)])
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return
    middle = np.median((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)
    seen = Tagged(taken.layer, taken.label, taken.crs, middle[None])
    found = look_at(seen, taken.crs or CRS(4490))
    if found is not None and found.severity == "error" and taken.crs is not None:
        raise InputError("formats.crs_wrong", message=found.message, remedy=found.remedy)
    if found is not None and found.kind in ("datum", "utm"):
        taken.notes.append(("warning", found.message))
    if taken.crs is None:
        remedy = found.mend.get("crs", "") if found is not None else ""
        text = say("convert.no_crs_likely", layer=taken.label, crs=remedy) if remedy else say(
            "convert.no_crs", layer=taken.label)  # fmt: skip
        taken.notes.append(("warning", text))
