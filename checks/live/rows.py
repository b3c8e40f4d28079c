# SPDX-License-Identifier: GPL-2.0-or-later
"""The features of a layer that is being edited: rows are added and retired, never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd

from ...layers.features import clean_layer
from ...layers.findings import as_multi
from ...layers.model import Layer
from ...layers.notes import Notes
from ...layers.reading import Features
from ...layers.repair import from_wkb
from .growing import Growing, Index
from .lean import Lean
from .pens import Pen

if TYPE_CHECKING:
    from ...layers.model import County

# Findings of reading that come from a feature's shape, and from its coefficient.
OF_SHAPE = ("data.geometry", "data.unusable")
OF_DEDUCTION = ("data.deduction",)
_LATE = 1 << 60  # features not saved yet come after all that are


class Rows:
    """A layer's features, one row each, found by the driver's id.

    A changed feature gets a new row and its old one is retired: so what was counted with the old
    values can be taken away with them. `rank` orders the features as the file will.
    """

    def __init__(self, county: County, role: str) -> None:
        layer = county.layers[role]
        fids = layer.fids if layer.fids is not None else np.arange(len(layer)).astype(str)
        self.county, self.role, self.layer = county, role, layer
        self.source = county.dossier.layers[role]
        self.names = list(layer.data)
        self.columns = {name: Growing(_array(layer.data[name])) for name in self.names}
        self.geometry = Growing(layer.geometry)
        self.keys = Growing(np.asarray(fids, dtype=object))
        self.rank = Growing(np.array([rank_of(key, row) for row, key in enumerate(fids)], np.int64))
        self.alive = Growing(np.ones(len(layer), dtype=bool))
        none = np.full(len(layer), "", dtype=object)
        self.restored = Growing(none if layer.restored is None else layer.restored)
        self.misread = Growing(
            np.zeros(len(layer), dtype=bool) if layer.misread is None else layer.misread
        )
        self.index = Index(layer.geometry)
        self.row_of = {key: row for row, key in enumerate(fids)}
        self.told: dict[int, gpd.GeoDataFrame] = {}
        self._born = len(layer)

    def __len__(self) -> int:
        return len(self.geometry)

    def living(self) -> np.ndarray:
        """List the rows there are, in the order of the file."""
        rows = np.flatnonzero(self.alive.array)
        return rows[np.argsort(self.rank.array[rows], kind="stable")]

    def in_order(self, rows: np.ndarray) -> np.ndarray:
        """Put rows in the order of the file, each once."""
        rows = np.unique(rows)
        return rows[np.argsort(self.rank.array[rows], kind="stable")]

    def take(self, rows: np.ndarray, geometry: np.ndarray | None = None) -> Layer:
        """Make a layer of some rows, its data in a lean table."""
        data = Lean({name: self.columns[name].array[rows] for name in self.names})
        shapes = self.geometry.array[rows] if geometry is None else geometry
        return replace(
            self.layer, geometry=shapes, data=cast(pd.DataFrame, data), fids=self.keys.array[rows],
            restored=self.restored.array[rows],
            misread=self.misread.array[rows],
        )  # fmt: skip

    def frame(self, rows: np.ndarray) -> pd.DataFrame:
        """Give the data of some rows as a data frame."""
        return pd.DataFrame(
            {name: pd.Series(self.columns[name].array[rows], dtype=_kind(name))
             for name in self.names}
        )  # fmt: skip

    def add(self, pens: list[Pen]) -> np.ndarray:
        """Clean features as reading does and add a row for each; gives the rows."""
        if not pens:
            return np.empty(0, dtype=np.int64)
        layer, notes = self._clean(pens)
        if notes.tables and len(pens) > 1:  # whose finding is whose? One by one it is plain
            return np.concatenate([self.add([pen]) for pen in pens])
        start = len(self)
        rows = np.arange(start, start + len(pens))
        for name in self.names:
            self.columns[name].append(_array(layer.data[name]))
        self.geometry.append(layer.geometry)
        self.index.append(layer.geometry)
        self.keys.append([pen.key for pen in pens])
        self.rank.append(
            [self._rank_of(pen.key, self._born + turn) for turn, pen in enumerate(pens)]
        )
        self._born += len(pens)
        self.alive.append(np.ones(len(pens), dtype=bool))
        fresh = np.zeros(len(pens), dtype=bool) if layer.misread is None else layer.misread
        blank = np.full(len(pens), "", dtype=object)
        self.restored.append(blank if layer.restored is None else layer.restored)
        self.misread.append([self._misread(pen, bool(new))
                             for pen, new in zip(pens, fresh)])  # fmt: skip
        self._keep_notes(rows, pens, notes)
        for row, pen in zip(rows.tolist(), pens):
            self.row_of[pen.key] = row
        return rows

    def _clean(self, pens: list[Pen]) -> tuple[Layer, Notes]:
        olds = [self.row_of.get(pen.key) for pen in pens]
        shapes = np.full(len(pens), None, dtype=object)
        drawn = [place for place, pen in enumerate(pens) if pen.wkb is not None]
        if drawn:
            wkb = np.array([pens[place].wkb for place in drawn], dtype=object)
            shapes[drawn] = from_wkb(wkb)
        for place, (pen, old) in enumerate(zip(pens, olds)):
            if pen.wkb is None and old is not None:
                shapes[place] = self.geometry.array[old]
        columns = {}
        for name in self.source.fields:
            values = np.empty(len(pens), dtype=object)
            for place, (pen, old) in enumerate(zip(pens, olds)):
                values[place] = pen.values.get(name, self._raw(name, old))
            columns[name] = values
        fids = np.array([pen.key for pen in pens], dtype=object)
        read = Features(shapes, fids, columns, [], {})
        notes = Notes(self.county.dossier, self.county.standard, self.layer_crs)
        layer = clean_layer(read, self.role, self.source, self.county.standard, notes)
        notes.tables = [table for table in notes.tables if not of_whole(table).any()]
        return layer, notes

    @property
    def layer_crs(self) -> Any:
        """Give the CRS of all shapes."""
        return self.county.dossier.crs

    def _raw(self, name: str, old: int | None) -> Any:
        """Give a field's value as it was before; a code as it stands in the file."""
        if old is None:
            return None
        if name == "code" and self.restored.array[old]:
            return self.restored.array[old]
        return self.columns[name].array[old]

    def _keep_notes(self, rows: np.ndarray, pens: list[Pen], notes: Notes) -> None:
        """Keep what reading the pen's features found, and what is still true of the old ones.

        A shape that was repaired when it was read is sent again only when it changes, and so is a
        coefficient that is no number.
        """
        for row, pen in zip(rows.tolist(), pens):
            old = self.row_of.get(pen.key)
            kept = [*(OF_SHAPE if pen.wkb is None else ()),
                    *(() if "deduction" in pen.values else OF_DEDUCTION)]  # fmt: skip
            if old is None:
                kept = []
            tables = [table for table in notes.tables if table["rule"].iloc[0] not in kept]
            before = self.told.get(old) if old is not None else None
            if before is not None:
                tables.append(self._renamed(before[before["rule"].isin(kept)], row))
            tables = [table for table in tables if len(table)]
            if tables:
                self.told[row] = pd.concat(tables, ignore_index=True)

    def _rank_of(self, key: str, turn: int) -> int:
        """Give a feature's rank: a changed one keeps its own."""
        old = self.row_of.get(key)
        return rank_of(key, turn) if old is None else int(self.rank.array[old])

    def _misread(self, pen: Pen, new: bool) -> bool:
        old = self.row_of.get(pen.key)
        kept = old is not None and "deduction" not in pen.values
        return new or (kept and bool(self.misread.array[old]))

    def _renamed(self, table: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
        """Bring old findings to a new row: its id, and its shape where that is all they show."""
        table = table.copy()
        table["subject_id"] = self.columns["id"].array[row]
        shape = as_multi(self.geometry.array[[row]])[0]
        shown = [shape if rule in OF_DEDUCTION else old
                 for rule, old in zip(table["rule"], table.geometry)]  # fmt: skip
        return table.set_geometry(gpd.GeoSeries(shown, index=table.index, crs=table.crs))

    def retire(self, keys: list[str]) -> np.ndarray:
        """Take features away; gives their rows. Keys that are not there are passed over."""
        rows = np.array([self.row_of[key] for key in keys if key in self.row_of], dtype=np.int64)
        self.alive.array[rows] = False
        return rows

    def forget(self, keys: list[str]) -> None:
        """Forget the names of features that were taken away."""
        for key in keys:
            row = self.row_of.get(key)
            if row is not None and not self.alive.array[row]:
                del self.row_of[key]

    def rekey(self, old: str, new: str) -> int:
        """Call a feature by another id, and stand it where that belongs; gives its row."""
        row = self.row_of.pop(old)
        self.row_of[new] = row
        self.keys.array[row], self.rank.array[row] = new, rank_of(new, row)
        return row

    def undo(self, count: int) -> None:
        """Forget all but the first `count` rows, of which none was retired since."""
        for row in range(count, len(self)):
            self.told.pop(row, None)
            self.row_of.pop(str(self.keys.array[row]), None)
        grown = (self.geometry, self.keys, self.rank, self.alive, self.restored, self.misread)
        for column in (*self.columns.values(), *grown):
            column.cut(count)
        self.index.cut(count)

    def unread(self) -> list[str]:
        """List the messages on features that can't be used, in the order of the file."""
        told = [row for row, table in self.told.items() if self.alive.array[row]]
        out = []
        for row in self.in_order(np.array(told, dtype=np.int64)).tolist():
            table = self.told[row]
            out += table.loc[table["rule"] == "data.unusable", "message"].tolist()
        return out


def of_whole(found: gpd.GeoDataFrame) -> np.ndarray:
    """Tell which findings of reading are told once a layer, by counts, not once a feature."""
    counted = found["rule"].isin(["data.code", "data.empty"])
    return (counted | found["rule"].isin(OF_DEDUCTION) & (found["subject_id"] == "")).to_numpy(bool)


def rank_of(key: str, turn: int) -> int:
    """Give where a feature stands in its file by its id; those not saved come last, in turn."""
    return int(key) if key.lstrip("-").isdigit() else _LATE + turn


def _kind(name: str) -> Any:
    return float if name == "deduction" else object


def _array(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype=_kind(str(column.name)))
