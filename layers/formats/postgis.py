# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of a PostGIS database read by binary COPY, where GDAL was built without its driver."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Iterator, Sequence

import numpy as np

from ..errors import InputError
from ..schema import listed, nearest_first
from .held import Table, texts

_MAGIC = b"PGCOPY\n\xff\r\n\x00"
_WAIT = 15  # seconds for the server to answer
_WHOLE = ("smallint", "integer", "bigint")
_FLOATS = ("real", "double precision")
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_KEY = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a
ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = %s::regclass AND i.indisprimary AND i.indnkeyatts = 1"""
_GEOMETRY = """
SELECT g.f_geometry_column, g.type, s.auth_name, s.auth_srid, g.coord_dimension
FROM geometry_columns g LEFT JOIN spatial_ref_sys s USING (srid)
WHERE g.f_table_schema = %s AND g.f_table_name = %s ORDER BY 1"""
_FIND = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog',
'information_schema') ORDER BY 1, 2"""


# An index answers for the box; a shape that is missing or empty has none.
_NEAR = """({shape} && ST_MakeEnvelope({box}, ST_SRID({shape}))
OR {shape} IS NULL OR ST_IsEmpty({shape}))"""
_FLAT = ("POLYGON", "MULTIPOLYGON", "LINESTRING", "MULTILINESTRING", "POINT", "MULTIPOINT")


def is_postgres(path: str) -> bool:
    """Tell whether a source's path is the address of a PostgreSQL database."""
    return path.lower().startswith(("postgresql:", "postgres:", "pg:"))


def available() -> bool:
    """Tell whether the library that talks to PostgreSQL is there."""
    return importlib.util.find_spec("psycopg2") is not None


@dataclass
class PostgisReader:
    """A table or view of a database; `place` is its address, `layer` schema and name.

    Where `box` (least x and y, greatest x and y, in the table's CRS) is given, only the features
    whose box meets it are read, and those that have no shape, which lie nowhere and so anywhere.
    """

    place: str
    layer: str
    label: str
    box: tuple[float, float, float, float] | None = None

    @property
    def can_narrow(self) -> bool:
        """Tell whether it may be asked for a box: features without a key would change names."""
        return bool(self._facts[2] and self._facts[3])

    @cached_property
    def _facts(self) -> tuple[tuple[str, str], dict[str, str], str, tuple[Any, ...] | None]:
        """Look up name, columns with their types, key and geometry."""
        with self._cursor() as cursor:
            cursor.execute(_FIND)
            known = cursor.fetchall()
            schema, _, name = self.layer.rpartition(".")
            fit = [one for one in known if one[1].lower() == name.lower()
                   and (not schema or one[0].lower() == schema.lower())]  # fmt: skip
            exact = [one for one in fit if one[1] == name and (one[0] == schema or not schema)]
            fit = exact or fit
            if len(fit) != 1:
                names = [f"{one[0]}.{one[1]}" for one in fit or known]
                near = listed(nearest_first(self.layer, names))
                raise InputError("formats.pg_no_table", source=self.label, tables=near)
            whole = ".".join('"' + part.replace('"', '""') + '"' for part in fit[0])
            cursor.execute(_COLUMNS, (whole,))
            columns = dict(cursor.fetchall())
            cursor.execute(_KEY, (whole,))
            key = cursor.fetchone()
            cursor.execute(_GEOMETRY, fit[0])
            geometry = cursor.fetchone()
        fid = key[0] if key and columns.get(key[0]) in _WHOLE else ""
        return fit[0], columns, fid, geometry

    @cached_property
    def info(self) -> dict[str, Any]:
        """Describe the table as `pyogrio.read_info` does."""
        (_, name), columns, fid, geometry = self._facts
        fields = [one for one in columns if not geometry or one != geometry[0]]
        fields = [one for one in fields if one != fid]
        kinds = ["int64" if columns[one] in _WHOLE else "float64" if columns[one] in _FLOATS
                 else "object" for one in fields]  # fmt: skip
        crs = None
        if geometry and geometry[2] and geometry[3]:
            crs = f"{geometry[2]}:{geometry[3]}"
        return {
            "layer_name": name, "driver": "PostgreSQL", "encoding": "UTF-8", "crs": crs,
            "fields": texts(fields), "dtypes": texts(kinds), "fid_column": fid, "features": -1,
            "geometry_type": "Unknown" if geometry else None, "total_bounds": None,
        }  # fmt: skip

    def read(
        self, columns: Sequence[str] | None, where: str = "", spatial: bool = True,
        most: int | None = None,
    ) -> Table:  # fmt: skip
        """Read columns (all of None) in order of the key; ValueError where the filter is wrong."""
        from psycopg2 import sql

        _, kinds, fid, geometry = self._facts
        names = list(self.info["fields"]) if columns is None else list(columns)
        parts = [sql.SQL("{}::bigint").format(sql.Identifier(fid)) if fid else
                 sql.SQL("row_number() OVER ()")]  # fmt: skip
        shaped = bool(geometry) and spatial
        if shaped and geometry:
            parts.append(sql.SQL(_shape(geometry)).format(sql.Identifier(geometry[0])))
        casts = [_cast(kinds.get(name, "")) for name in names]
        parts += [
            sql.SQL("{}::{}").format(sql.Identifier(name), sql.SQL(cast))
            for name, cast in zip(names, casts)
        ]
        query = sql.SQL("SELECT {} ").format(sql.SQL(", ").join(parts))
        query += self._rows(where, self.box)
        if most is not None:
            query += sql.SQL(" ORDER BY 1 LIMIT {}").format(sql.Literal(int(most)))
        out = io.BytesIO()
        with self._cursor(bool(where)) as cursor:
            copy = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(query)
            cursor.copy_expert(copy.as_string(cursor), out)
        codes = ["bigint", *(["bytea"] if shaped else []),
                 *casts]  # fmt: skip
        arrays = _columns(out.getbuffer(), codes)
        # Here, not there: the server would sort the shapes along, on its disk.
        order = np.argsort(arrays[0], kind="stable")
        arrays = [column[order] for column in arrays]
        meta = {"fields": texts(names)}
        wkb = arrays[1] if shaped else None
        return meta, arrays[0].astype(np.int64), wkb, arrays[1 + int(shaped) :]

    def count(self, where: str = "") -> int:
        """Count the features, whatever the box."""
        from psycopg2 import sql

        with self._cursor(bool(where)) as cursor:
            cursor.execute(sql.SQL("SELECT count(*) ") + self._rows(where, None))
            return int(cursor.fetchone()[0])

    def _rows(self, where: str, box: tuple[float, float, float, float] | None) -> Any:
        """Say from which table, and which of its rows."""
        from psycopg2 import sql

        name, _, _, geometry = self._facts
        query = sql.SQL("FROM {}").format(sql.Identifier(*name))
        wanted = []
        if where:
            # A filter is SQL by its nature; the session can only read, and one statement at that.
            wanted.append(sql.SQL("(") + sql.SQL(where) + sql.SQL(")"))
        if box and geometry:
            shape = sql.Identifier(geometry[0])
            wanted.append(sql.SQL(_NEAR).format(shape=shape, box=sql.SQL(", ").join(
                sql.Literal(float(side)) for side in box)))  # fmt: skip
        if wanted:
            query += sql.SQL(" WHERE ") + sql.SQL(" AND ").join(wanted)
        return query

    @contextlib.contextmanager
    def _cursor(self, filtered: bool = False) -> Iterator[Any]:
        """Open a session that can only read; its errors are an InputError without the password."""
        import psycopg2

        own = self.place[:3].upper() == "PG:"  # as GDAL writes it
        address = self.place.split(":", 1)[1] if own else self.place
        try:
            connection = psycopg2.connect(
                address, connect_timeout=_WAIT, application_name="Pianqu",
                options="-c default_transaction_read_only=on",
            )  # fmt: skip
        except (psycopg2.Error, UnicodeError) as error:
            raise InputError("formats.pg_failed", source=self.label, reason=_line(error)) from None
        try:
            with connection.cursor() as cursor:
                yield cursor
        except psycopg2.Error as error:
            if filtered:
                raise ValueError(_line(error)) from None
            raise InputError("formats.pg_failed", source=self.label, reason=_line(error)) from None
        finally:
            connection.close()


def _line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0][:200]


def _shape(geometry: tuple[Any, ...]) -> str:
    """Say how a geometry column is sent: flat and without arcs, which takes the server long.

    So it is asked for only where the column's type leaves room for them.
    """
    if str(geometry[1]).upper() in _FLAT and geometry[4] == 2:
        return "ST_AsBinary({})"
    return "ST_AsBinary(ST_Force2D(ST_CurveToLine({}::geometry)))"


def _cast(kind: str) -> str:
    if kind in _WHOLE:
        return "bigint"
    return "float8" if kind in _FLOATS else "text"


def _columns(raw: memoryview, kinds: list[str]) -> list[np.ndarray]:
    """Read what binary COPY gives: a header, then for each row its fields with their lengths."""
    if bytes(raw[:11]) != _MAGIC:
        raise ValueError("no binary COPY")
    at = 19 + struct.unpack_from("!i", raw, 15)[0]
    cells: list[list[Any]] = [[] for _ in kinds]
    width, length_of = struct.Struct("!h"), struct.Struct("!i")
    makers = [_MAKERS[kind] for kind in kinds]
    while width.unpack_from(raw, at)[0] >= 0:
        at += 2
        for column, make in zip(cells, makers):
            length = length_of.unpack_from(raw, at)[0]
            at += 4
            if length < 0:
                column.append(None)
                continue
            column.append(make(raw[at : at + length]))
            at += length
    return [_array(column, kind) for column, kind in zip(cells, kinds)]


_MAKERS = {
    "bigint": lambda cell: struct.unpack("!q", cell)[0],
    "float8": lambda cell: struct.unpack("!d", cell)[0],
    "bytea": bytes,
    "text": lambda cell: str(cell, "utf-8", "replace"),
}


def _array(column: list[Any], kind: str) -> np.ndarray:
    if kind == "float8":
        return np.array([np.nan if one is None else one for one in column], dtype=float)
    if kind == "bigint" and None not in column:
        return np.array(column, dtype=np.int64)
    return texts(column)
