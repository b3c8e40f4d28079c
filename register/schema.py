# SPDX-License-Identifier: GPL-2.0-or-later
"""The register's schema in a database: made in one transaction, known again by its version."""

from __future__ import annotations

from typing import Any, NamedTuple

from pyproj import CRS

from ..layers.errors import InputError
from . import model
from .address import Address
from .model import COUNTY, County
from .session import Cursor, driver
from .store import crs_text

INFO = "register_info"
_KEYS = {"conflicts": ("id",), "history": ("id", "seq")}


class Info(NamedTuple):
    """What a register says of itself; `named` tells that it has a place for its county."""

    crs: str
    srid: int
    county: County = County()
    named: bool = True


def find(cursor: Cursor, address: Address) -> Info | None:
    """Look for a register in the schema; None where there is none, InputError for another thing."""
    cursor.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE nspname = %s AND relkind IN ('r', 'p', 'v', 'm', 'f')",
        (address.schema,),
    )
    tables = {name for (name,) in cursor.fetchall()}
    if INFO not in tables:
        if tables & {*model.TABLES}:
            raise InputError("register.pg.foreign", place=address.label, schema=address.schema)
        return None
    cursor.execute(compose("SELECT * FROM {}", address, INFO))
    row = cursor.fetchone()
    names = [column[0] for column in cursor.description]
    if row is None or not tables >= {*model.TABLES}:
        raise InputError("register.pg.foreign", place=address.label, schema=address.schema)
    info = dict(zip(names, row))
    version = info["version"]
    if version > model.VERSION:
        raise InputError("register.newer", path=address.label, version=version, known=model.VERSION)
    county = County(*(info.get(name) or "" for name in COUNTY))
    return Info(info["crs"], info["srid"], county, set(COUNTY) <= set(names))


def keep_county(cursor: Cursor, address: Address, info: Info, county: County) -> None:
    """Write down whose conflicts a register holds; one made without a place for it gets one."""
    if county == info.county:
        return
    if not info.named:
        cursor.execute(
            compose(
                "ALTER TABLE {} ADD COLUMN county_code text, ADD COLUMN county_name text",
                address, INFO,
            )
        )  # fmt: skip
    cursor.execute(
        compose("UPDATE {} SET county_code = %s, county_name = %s", address, INFO), county
    )


def make(cursor: Cursor, address: Address, crs: Any) -> Info:
    """Make schema and tables unless another engine was quicker, inside a transaction."""
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtext('pianqu'), hashtext(%s))", (address.schema,)
    )
    found = find(cursor, address)
    if found:
        return found
    info = Info(crs_text(crs), _srid(crs))
    kind = _geometry_type(cursor, address, info.srid)
    cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (address.schema,))
    sql = driver().sql
    if cursor.fetchone() is None:  # IF NOT EXISTS would ask for a right that is not needed
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(address.schema)))
    for name, columns in model.TABLES.items():
        _table(cursor, address, name, [*map(_column, columns), *_more(name, kind)])
    _table(
        cursor, address, INFO,
        [
            sql.SQL("version integer NOT NULL, crs text NOT NULL, srid integer NOT NULL"),
            sql.SQL("county_code text, county_name text"),
        ],
    )  # fmt: skip
    cursor.execute(
        compose("INSERT INTO {} VALUES (%s, %s, %s)", address, INFO),
        (model.VERSION, info.crs, info.srid),
    )
    cursor.execute(compose("CREATE INDEX ON {} USING gist (geom)", address, "conflicts"))
    return info


def compose(statement: str, address: Address, *tables: str) -> Any:
    """Put the names of tables, with the schema, into a statement."""
    sql = driver().sql
    return sql.SQL(statement).format(*(sql.Identifier(address.schema, name) for name in tables))


def _table(cursor: Cursor, address: Address, name: str, parts: list[Any]) -> None:
    sql = driver().sql
    cursor.execute(
        sql.SQL("CREATE TABLE {} ({})").format(
            sql.Identifier(address.schema, name), sql.SQL(", ").join(parts)
        )
    )


def _column(name: str) -> Any:
    sql = driver().sql
    kind = "double precision" if name in model.NUMBERS else "text NOT NULL DEFAULT ''"
    kind = "integer NOT NULL" if name in model.INTEGERS else kind
    return sql.SQL("{} " + kind).format(sql.Identifier(name))


def _more(name: str, kind: Any) -> list[Any]:
    """Give geometry and keys of a table."""
    sql = driver().sql
    if name == "runs":
        return [sql.SQL("fid bigserial PRIMARY KEY")]
    keys = sql.SQL(", ").join(map(sql.Identifier, _KEYS[name]))
    key = sql.SQL("PRIMARY KEY ({})").format(keys)
    return [sql.SQL("geom {}").format(kind), key] if name == "conflicts" else [key]


def _srid(crs: Any) -> int:
    code = CRS.from_user_input(crs).to_epsg()
    if code is None:
        raise InputError("register.pg.srid", crs=CRS.from_user_input(crs).name)
    return int(code)


def _geometry_type(cursor: Cursor, address: Address, srid: int) -> Any:
    """Give the type of the geometry column; enables PostGIS where that is needed and allowed."""
    psycopg2 = driver()
    if not _postgis(cursor):
        try:
            cursor.execute("CREATE EXTENSION postgis")
        except psycopg2.Error as error:
            reason = address.clean(str(error))
            raise InputError("register.pg.postgis", place=address.label, reason=reason) from error
    sql = psycopg2.sql
    return sql.SQL("{}(MultiPolygon, {})").format(
        sql.Identifier(_postgis(cursor), "geometry"), sql.Literal(srid)
    )


def _postgis(cursor: Cursor) -> str:
    """Name the schema that PostGIS is in, "" where the database has none."""
    cursor.execute(
        "SELECT nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace"
        " WHERE extname = 'postgis'"
    )
    row = cursor.fetchone()
    return row[0] if row else ""
