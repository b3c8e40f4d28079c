# SPDX-License-Identifier: GPL-2.0-or-later
"""The register as a file: a GeoPackage that GDAL makes once and SQLite alone writes after."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Mapping, Sequence

import geopandas as gpd
import pandas as pd

from ..layers.errors import InputError
from . import blobs, model
from .identity import Info, checked, keep_county, sound
from .making import create, make_file, replacing
from .merge import Change, Merged, judge, merge
from .model import GEOMETRY, Decision, Look, Outcome
from .sqlite import (
    insertion,
    leave_wal,
    locked,
    looking,
    opened,
    selection,
    updating,
    version_of,
    writing,
)
from .store import Whole, counted, crs_text, same_county, same_crs

LAYER = "conflicts"
_NOW = "%Y-%m-%dT%H:%M:%fZ"


class FileRegister:
    """A register in a GeoPackage; several programs on one machine may use it in turn."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def label(self) -> str:
        """Name the file."""
        return str(self.path)

    def exists(self) -> bool:
        """Tell whether the file is there."""
        return self.path.is_file()

    def merge(self, conflicts: gpd.GeoDataFrame, run: Mapping[str, Any]) -> dict[str, int]:
        """Merge what a run found, in one transaction; see `store.Register`.

        What changes is worked out before the file is locked, and anew where another program wrote
        to it meanwhile, so that nobody waits for the working out.
        """
        found, look = model.facts_of(conflicts), model.look_of(run)
        if not self.exists():
            create(self.path, crs_text(conflicts.crs))
        with opened(self.path) as connection:
            with looking(connection) as version:
                sound(connection, self.path)
                info, rows = self._held(connection)
            merged = self._merged(info, rows, found, look)
            with locked(connection):
                if version != version_of(connection):
                    info, rows = self._held(connection)
                    merged = self._merged(info, rows, found, look)
                keep_county(connection, info, same_county(info.county, look.county, self.label))
                _write_merged(connection, merged)
                states = connection.execute("SELECT state FROM conflicts").fetchall()
        return counted(merged, sum(state in model.WAITING for (state,) in states))

    def _held(self, connection: sqlite3.Connection) -> tuple[Info, pd.DataFrame]:
        """Say what the register is about and which conflicts it holds."""
        info = checked(connection, self.path, to_write=True)
        return info, _table(connection, LAYER, "ORDER BY id")

    def _merged(
        self, info: Info, rows: pd.DataFrame, found: gpd.GeoDataFrame, look: Look
    ) -> Merged:
        """Say what a run changes; InputError where it is about another county or in another CRS."""
        same_crs(info.crs, found.crs, self.label)
        same_county(info.county, look.county, self.label)
        return merge(rows, found, look)

    def decide(self, decisions: Sequence[Decision]) -> list[Outcome]:
        """Write decisions in one transaction, each judged alone; see `store.Register`."""
        self._needed()
        at = model.stamp()
        with writing(self.path) as connection:
            checked(connection, self.path, to_write=True)
            outcomes = [_decide(connection, decision, at) for decision in decisions]
            for name in (LAYER, "history"):
                _touch(connection, name)
        return outcomes

    def read(self) -> gpd.GeoDataFrame:
        """Give all conflicts; see `store.Register`."""
        self._needed()
        with opened(self.path) as connection, looking(connection):
            return self._conflicts(connection, checked(connection, self.path).crs)

    def whole(self) -> Whole:
        """Give all that the register holds at one moment; see `store.Register`."""
        self._needed()
        with opened(self.path) as connection, looking(connection):
            info = checked(connection, self.path)
            return Whole(
                self._conflicts(connection, info.crs),
                _table(connection, "history", "ORDER BY id, seq"),
                _table(connection, "runs", "ORDER BY fid"),
                info.county,
            )

    def _conflicts(self, connection: sqlite3.Connection, crs: str) -> gpd.GeoDataFrame:
        table = _table(connection, LAYER, "ORDER BY id")
        rows = connection.execute("SELECT geom FROM conflicts ORDER BY id").fetchall()
        try:
            shapes = blobs.decode(blob for (blob,) in rows)
        except ValueError as error:
            raise InputError("register.damaged", path=self.path, reason=str(error)) from error
        table[GEOMETRY] = gpd.GeoSeries(shapes, crs=crs)
        return gpd.GeoDataFrame(table, geometry=GEOMETRY, crs=crs)

    def history(self, id_: str = "") -> pd.DataFrame:
        """Give what happened to one conflict, or to all; see `store.Register`."""
        if id_:
            return self._rows("history", "WHERE id = ? ORDER BY seq", [id_])
        return self._rows("history", "ORDER BY id, seq")

    def runs(self) -> pd.DataFrame:
        """Give the runs that were merged; see `store.Register`."""
        return self._rows("runs", "ORDER BY fid")

    def snapshot(self, path: Path) -> None:
        """Copy the register as it is now to a file to look at; see `store.Register`."""
        self._needed()
        with replacing(path) as passing, opened(self.path) as connection:
            connection.execute("BEGIN")
            checked(connection, self.path)
            with opened(passing) as copy:
                connection.backup(copy)
                leave_wal(copy)
            mark_copy(passing, self.label)

    def _rows(self, name: str, rest: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        self._needed()
        with opened(self.path) as connection:
            checked(connection, self.path)
            return _table(connection, name, rest, values)

    def _needed(self) -> None:
        if not self.exists():
            raise InputError("register.none", place=self.label)


def write_copy(path: Path, place: str, whole: Whole) -> None:
    """Write all that a register at another place holds as a copy to look at."""
    with replacing(path) as passing:
        make_file(passing, crs_text(whole.conflicts.crs))
        with writing(passing) as connection:
            keep_county(connection, checked(connection, passing), whole.county)
            _insert_rows(connection, whole.conflicts)
            _insert_table(connection, "history", whole.history)
            _insert_table(connection, "runs", whole.runs)
            _spread(connection)
        mark_copy(passing, place)


def mark_copy(path: Path, place: str) -> None:
    """Mark a register as the copy of the one at `place`: no decision may be written into it."""
    with writing(path) as connection:
        connection.execute("UPDATE register_info SET copy_of = ?", (place,))


def _table(
    connection: sqlite3.Connection, name: str, rest: str, values: Sequence[Any] = ()
) -> pd.DataFrame:
    columns = model.TABLES[name]
    rows = connection.execute(selection(name, columns, rest), values).fetchall()
    table = pd.DataFrame([tuple(row) for row in rows], columns=list(columns), dtype=object)
    return model.plain(table, columns)


def _decide(connection: sqlite3.Connection, decision: Decision, at: str) -> Outcome:
    """Judge and write one decision inside a transaction."""
    row = _row(connection, decision.id)
    change = judge(row, decision, at)
    if isinstance(change, Outcome):
        return change
    columns = [*change.values]
    version = change.values["version"] - 1
    connection.execute(
        updating(LAYER, columns, ("id", "version")),
        [*map(model.known, change.values.values()), decision.id, version],
    )
    connection.execute(insertion("history", model.HISTORY), _line(change))
    return Outcome(decision.id, True, {**(row or {}), **change.values}, step=change.entry)


def _line(change: Change) -> list[Any]:
    return [change.entry[name] for name in model.HISTORY]


def _row(connection: sqlite3.Connection, id_: str) -> dict[str, Any] | None:
    columns = model.TABLES[LAYER]
    row = connection.execute(selection(LAYER, columns, "WHERE id = ?"), (id_,)).fetchone()
    return None if row is None else model.row_of(columns, tuple(row))


def _write_merged(connection: sqlite3.Connection, merged: Merged) -> None:
    """Write what a merge changes, inside a transaction."""
    _insert_rows(connection, merged.new)
    facts = [*model.cells(merged.facts, model.FACTS[1:]), _shapes(connection, merged.facts)]
    columns = [*model.FACTS[1:], GEOMETRY]
    connection.executemany(updating(LAYER, columns, ("id",)), zip(*facts, merged.facts["id"]))
    marks = zip(*model.cells(merged.marks, model.MARKS), merged.marks.index)
    connection.executemany(updating(LAYER, model.MARKS, ("id",)), marks)
    _insert_table(connection, "history", merged.history)
    run = pd.DataFrame([merged.run], columns=list(model.RUNS))
    _insert_table(connection, "runs", model.plain(run, model.RUNS))
    _spread(connection)


def _insert_rows(connection: sqlite3.Connection, rows: gpd.GeoDataFrame) -> None:
    """Insert conflicts with their geometry."""
    values = zip(*model.cells(rows, model.COLUMNS), _shapes(connection, rows))
    connection.executemany(insertion(LAYER, [*model.COLUMNS, GEOMETRY]), values)
    _touch(connection, LAYER)


def _shapes(connection: sqlite3.Connection, rows: gpd.GeoDataFrame) -> list[bytes | None]:
    """Give geometry as the layer stores it."""
    (srs_id,) = connection.execute(
        "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'conflicts'"
    ).fetchone()
    return blobs.encode(rows.geometry.to_numpy(), srs_id)


def _insert_table(connection: sqlite3.Connection, name: str, table: pd.DataFrame) -> None:
    """Insert the rows of a table without geometry."""
    columns = model.TABLES[name]
    connection.executemany(insertion(name, columns), zip(*model.cells(table, columns)))
    _touch(connection, name)


def _touch(connection: sqlite3.Connection, name: str) -> None:
    """Tell readers of the GeoPackage that a table changed just now."""
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime(?, 'now') WHERE table_name = ?",
        (_NOW, name),
    )


def _spread(connection: sqlite3.Connection) -> None:
    """Write the layer's extent: from the envelopes that stand before the shapes."""
    rows = connection.execute("SELECT substr(geom, 1, ?) FROM conflicts", (blobs.HEADER_BYTES,))
    around = blobs.extent(blob for (blob,) in rows) or (None,) * 4
    connection.execute(
        "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?"
        " WHERE table_name = 'conflicts'",
        around,
    )
