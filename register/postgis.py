# SPDX-License-Identifier: GPL-2.0-or-later
"""The register as a schema of a PostgreSQL database, where several people work at once.

A decision names the version of the row it was made on; whoever comes second is refused and told
what stands there now. Rows are locked in the order of their ids by all, so nobody waits in a ring.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence

import geopandas as gpd
import pandas as pd
import shapely

from ..layers.errors import InputError
from . import model, schema
from .address import address_of
from .geopackage import write_copy
from .merge import Merged, judge, merge
from .model import GEOMETRY, Decision, Outcome
from .session import Cursor, driver, run
from .store import Whole, counted, same_county, same_crs

LAYER = "conflicts"
_PAGE = 500


class PostgisRegister:
    """A register in a schema of a database; see `address.address_of` for its address."""

    def __init__(self, place: str) -> None:
        self.address = address_of(place)

    @property
    def label(self) -> str:
        """Name the address without its password."""
        return self.address.label

    def exists(self) -> bool:
        """Tell whether the schema holds a register."""
        return run(self.address, lambda cursor: schema.find(cursor, self.address)) is not None

    def merge(self, conflicts: gpd.GeoDataFrame, run_: Mapping[str, Any]) -> dict[str, int]:
        """Merge what a run found; decisions wait for it, other merges too; see `store.Register`."""
        found, look = model.facts_of(conflicts), model.look_of(run_)

        def work(cursor: Cursor) -> dict[str, int]:
            info = schema.make(cursor, self.address, conflicts.crs)
            same_crs(info.crs, conflicts.crs, self.label)
            county = same_county(info.county, look.county, self.label)
            schema.keep_county(cursor, self.address, info, county)
            merged = merge(self._table(cursor, LAYER, "ORDER BY id FOR UPDATE"), found, look)
            self._write(cursor, merged, info.srid)
            cursor.execute(
                self._compose("SELECT count(*) FROM {} WHERE state = ANY(%s)", LAYER),
                ([*model.WAITING],),
            )
            return counted(merged, int(_first(cursor)))

        return run(self.address, work)

    def decide(self, decisions: Sequence[Decision]) -> list[Outcome]:
        """Write decisions in one transaction, each judged alone; see `store.Register`."""
        ids = sorted({decision.id for decision in decisions})

        def work(cursor: Cursor) -> list[Outcome]:
            self._needed(cursor)
            rest = "WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
            self._select(cursor, LAYER, model.COLUMNS, rest, (ids,))
            rows = [model.row_of(model.COLUMNS, row) for row in cursor.fetchall()]
            now = {row["id"]: row for row in rows}
            at = model.stamp()
            return [self._decide(cursor, now, decision, at) for decision in decisions]

        return run(self.address, work)

    def read(self) -> gpd.GeoDataFrame:
        """Give all conflicts; see `store.Register`."""
        return run(self.address, self._conflicts)

    def history(self, id_: str = "") -> pd.DataFrame:
        """Give what happened to one conflict, or to all; see `store.Register`."""
        rest, values = ("WHERE id = %s ORDER BY seq", (id_,)) if id_ else ("ORDER BY id, seq", ())
        return self._rows("history", rest, values)

    def runs(self) -> pd.DataFrame:
        """Give the runs that were merged; see `store.Register`."""
        return self._rows("runs", "ORDER BY fid", ())

    def snapshot(self, path: Path) -> None:
        """Copy the register as it is now to a file to look at; see `store.Register`."""
        write_copy(path, self.label, self.whole())

    def whole(self) -> Whole:
        """Give all that the register holds at one moment; see `store.Register`."""

        def work(cursor: Cursor) -> Whole:
            rows = self._conflicts(cursor)
            history = self._table(cursor, "history", "ORDER BY id, seq")
            runs = self._table(cursor, "runs", "ORDER BY fid")
            return Whole(rows, history, runs, self._needed(cursor).county)

        return run(self.address, work, "REPEATABLE READ")

    def _rows(self, name: str, rest: str, values: Sequence[Any]) -> pd.DataFrame:
        def work(cursor: Cursor) -> pd.DataFrame:
            self._needed(cursor)
            return self._table(cursor, name, rest, values)

        return run(self.address, work)

    def _needed(self, cursor: Cursor) -> schema.Info:
        info = schema.find(cursor, self.address)
        if info is None:
            raise InputError("register.none", place=self.label)
        return info

    def _compose(self, statement: str, *tables: str) -> Any:
        return schema.compose(statement, self.address, *tables)

    def _conflicts(self, cursor: Cursor) -> gpd.GeoDataFrame:
        crs = self._needed(cursor).crs
        rows = self._fetch(cursor, LAYER, [*model.COLUMNS, GEOMETRY], "ORDER BY id")
        table = model.plain(rows, model.COLUMNS)
        shapes = shapely.from_wkb(rows[GEOMETRY].to_numpy(dtype=object))
        table[GEOMETRY] = gpd.GeoSeries(shapes, crs=crs, index=table.index)
        return gpd.GeoDataFrame(table, geometry=GEOMETRY, crs=crs)

    def _table(
        self, cursor: Cursor, name: str, rest: str, values: Sequence[Any] = ()
    ) -> pd.DataFrame:
        columns = model.TABLES[name]
        return model.plain(self._fetch(cursor, name, columns, rest, values), columns)

    def _fetch(
        self, cursor: Cursor, name: str, columns: Sequence[str], rest: str,
        values: Sequence[Any] = (),
    ) -> pd.DataFrame:  # fmt: skip
        self._select(cursor, name, columns, rest, values)
        return pd.DataFrame(cursor.fetchall(), columns=list(columns), dtype=object)

    def _select(
        self, cursor: Cursor, name: str, columns: Sequence[str], rest: str, values: Sequence[Any]
    ) -> None:
        sql = driver().sql
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        table = sql.Identifier(self.address.schema, name)
        query = sql.SQL("SELECT {} FROM {}").format(names, table)
        cursor.execute(sql.SQL(" ").join([query, sql.SQL(rest)]), values)

    def _decide(
        self, cursor: Cursor, now: dict[str, dict[str, Any]], decision: Decision, at: str
    ) -> Outcome:
        """Judge and write one decision on a row that this transaction has locked."""
        row = now.get(decision.id)
        change = judge(row, decision, at)
        if isinstance(change, Outcome):
            return change
        columns = [*change.values]
        version = change.values["version"] - 1
        cursor.execute(
            self._updating(columns, ("id", "version")),
            [*map(model.known, change.values.values()), decision.id, version],
        )
        self._insert(cursor, "history", model.HISTORY, [[*change.entry.values()]])
        now[decision.id] = {**(row or {}), **change.values}
        return Outcome(decision.id, True, dict(now[decision.id]), step=change.entry)

    def _write(self, cursor: Cursor, merged: Merged, srid: int) -> None:
        """Write what a merge changes."""
        batch = driver().extras.execute_batch
        new = [*model.cells(merged.new, model.COLUMNS), _hex(merged.new, srid)]
        self._insert(cursor, LAYER, [*model.COLUMNS, GEOMETRY], zip(*new))
        facts = [*model.cells(merged.facts, model.FACTS[1:]), _hex(merged.facts, srid)]
        statement = self._updating([*model.FACTS[1:], GEOMETRY], ("id",))
        batch(cursor, statement, list(zip(*facts, merged.facts["id"])), _PAGE)
        marks = zip(*model.cells(merged.marks, model.MARKS), merged.marks.index)
        batch(cursor, self._updating(model.MARKS, ("id",)), list(marks), _PAGE)
        history = zip(*model.cells(merged.history, model.HISTORY))
        self._insert(cursor, "history", model.HISTORY, history)
        self._insert(cursor, "runs", model.RUNS, [[merged.run[name] for name in model.RUNS]])

    def _updating(self, columns: Sequence[str], keys: Sequence[str]) -> Any:
        """Give the statement that sets columns of the conflict with these keys."""
        sql = driver().sql
        sets, where = (
            sql.SQL(joint).join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in names)
            for joint, names in ((", ", columns), (" AND ", keys))
        )
        table = sql.Identifier(self.address.schema, LAYER)
        return sql.SQL("UPDATE {} SET {} WHERE {}").format(table, sets, where)

    def _insert(
        self, cursor: Cursor, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        sql = driver().sql
        statement = sql.SQL("INSERT INTO {} ({}) VALUES %s").format(
            sql.Identifier(self.address.schema, name),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
        )
        driver().extras.execute_values(cursor, statement, list(rows), page_size=_PAGE)


def _first(cursor: Cursor) -> Any:
    row = cursor.fetchone()
    return row[0] if row else 0


def _hex(rows: gpd.GeoDataFrame, srid: int) -> list[str | None]:
    """Give shapes as PostGIS reads them."""
    shapes = shapely.set_srid(shapely.force_2d(rows.geometry.to_numpy()), srid)
    return list(shapely.to_wkb(shapes, hex=True, include_srid=True))
