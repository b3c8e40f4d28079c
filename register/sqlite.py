# SPDX-License-Identifier: GPL-2.0-or-later
"""A GeoPackage opened with Python's own SQLite: transactions, and errors in one clear line.

GDAL brings an SQLite of its own, and two of them on one file break each other's locks: while a
connection made here is open, nothing in this process may open the file with GDAL.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Iterator, Sequence

from ..layers.errors import InputError

WAIT_SECONDS = 10.0
_CAUSES = (
    ("register.locked", ("locked", "busy")),
    ("register.readonly", ("readonly", "read-only", "unable to open")),
    ("register.damaged", ("not a database", "malformed", "corrupt", "no such")),
    ("register.disk", ("disk", "full", "i/o")),
)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that is there; whatever SQLite then raises becomes an InputError."""
    try:
        with closing(
            sqlite3.connect(str(path), timeout=WAIT_SECONDS, isolation_level=None)
        ) as connection:
            connection.row_factory = sqlite3.Row
            yield connection
    except sqlite3.Error as error:
        raise InputError(_cause(error), path=path, reason=str(error)) from error


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file and hold its write lock; what is done inside is done whole or not at all."""
    with opened(path) as connection, locked(connection):
        yield connection


@contextmanager
def locked(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock of an open file; what is done inside is done whole or not at all."""
    leave_wal(connection)
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # SQLite itself may have rolled back
            connection.execute("ROLLBACK")
        raise


@contextmanager
def looking(connection: sqlite3.Connection) -> Iterator[int]:
    """See one state of an open file; gives a number that other programs' writes change."""
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # takes the lock
        yield version_of(connection)
    finally:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


def version_of(connection: sqlite3.Connection) -> int:
    """Give a number that stays as long as no other connection writes to the file."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def leave_wal(connection: sqlite3.Connection) -> None:
    """Take a file out of WAL mode, which QGIS puts it into and network drives do not bear.

    While QGIS has the file open that can't be done, and is not needed: WAL is safe on one machine.
    """
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = DELETE")


def _cause(error: sqlite3.Error) -> str:
    text = str(error).lower()
    return next((key for key, words in _CAUSES if any(one in text for one in words)), _CAUSES[2][0])


def listed(columns: Sequence[str]) -> str:
    """Quote the names of columns and put commas between."""
    return ", ".join('"' + name.replace('"', '""') + '"' for name in columns)


def statement(*parts: str) -> str:
    """Join the parts of a statement: words of SQL, names from `listed`, marks for values."""
    return " ".join(parts)


def insertion(table: str, columns: Sequence[str]) -> str:
    """Give the statement that inserts a row, a mark for each value."""
    marks = ", ".join("?" * len(columns))
    return statement("INSERT INTO", listed([table]), "(", listed(columns), ") VALUES (", marks, ")")


def updating(table: str, columns: Sequence[str], keys: Sequence[str]) -> str:
    """Give the statement that sets columns of the row with these keys, in that order."""
    values = ", ".join(f"{listed([name])} = ?" for name in columns)
    where = " AND ".join(f"{listed([name])} = ?" for name in keys)
    return statement("UPDATE", listed([table]), "SET", values, "WHERE", where)


def selection(table: str, columns: Sequence[str], rest: str = "") -> str:
    """Give the statement that reads columns of a table."""
    return statement("SELECT", listed(columns), "FROM", listed([table]), rest)
