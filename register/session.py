# SPDX-License-Identifier: GPL-2.0-or-later
"""Transactions on a PostgreSQL server: bounded in time, tried again where that helps, told plainly.

The driver is optional; without it a register in a file works all the same.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from typing import Any, Callable, Iterator, TypeVar

from ..layers.errors import InputError
from .address import Address

T = TypeVar("T")
Cursor = Any  # psycopg2 is not there everywhere, and has no types
CONNECT_SECONDS = 10
ATTEMPTS = 6
# Whatever a server or a colleague's engine does, nobody waits longer than this.
_LIMITS = (
    ("lock_timeout", "15s"),
    ("statement_timeout", "120s"),
    ("idle_in_transaction_session_timeout", "120s"),
    ("synchronous_commit", "on"),
)
_AGAIN = ("40001", "40P01")  # serialization failure, deadlock
# SQLSTATE or its class, and what is told.
_STATES = (
    ("55P03", "register.pg.busy"),
    ("57014", "register.pg.busy"),
    ("40", "register.pg.busy"),
    ("42501", "register.pg.denied"),
    ("25006", "register.pg.denied"),
    ("57P", "register.pg.lost"),
    ("08", "register.pg.lost"),
)


def driver() -> Any:
    """Load psycopg2; InputError says how to get it."""
    try:
        import psycopg2
        import psycopg2.errorcodes
        import psycopg2.extras
        import psycopg2.sql
    except ImportError as error:
        raise InputError("register.pg.driver", reason=str(error)) from error
    return psycopg2


def run(address: Address, work: Callable[[Cursor], T], isolation: str = "READ COMMITTED") -> T:
    """Do work in one transaction, again where it met another's; gives what the work gives.

    When this returns, all of it is on the server's disk; when it raises, none of it is, but where
    the connection broke while the server was told to commit: the InputError says to look.
    """
    errors = driver()
    for attempt in range(ATTEMPTS):
        try:
            with _transaction(address, isolation) as cursor:
                return work(cursor)
        except errors.Error as error:
            if error.pgcode not in _AGAIN or attempt == ATTEMPTS - 1:
                raise _told(address, error) from error
        time.sleep(0.05 * 2**attempt)
    raise InputError("register.pg.busy", place=address.label, reason="")


@contextmanager
def _transaction(address: Address, isolation: str) -> Iterator[Cursor]:
    connection = _connect(address)
    try:
        connection.set_session(isolation_level=isolation)
        with connection, connection.cursor() as cursor:
            for name, value in _LIMITS:
                cursor.execute("SELECT set_config(%s, %s, true)", (name, value))
            yield cursor
    finally:
        with suppress(driver().Error):
            connection.close()


def _connect(address: Address) -> Any:
    psycopg2 = driver()
    try:
        return psycopg2.connect(
            address.dsn,
            connect_timeout=CONNECT_SECONDS,
            application_name="pianqu",
            client_encoding="UTF8",
            keepalives_idle=30,
            tcp_user_timeout=60000,
        )
    except psycopg2.Error as error:
        reason = address.clean(str(error))
        raise InputError("register.pg.unreachable", place=address.label, reason=reason) from None


def _told(address: Address, error: Any) -> InputError:
    """Say what went wrong on the server, in one line and without the password."""
    code = error.pgcode or "08000"  # without a code it is the connection that failed
    key = next((key for state, key in _STATES if code.startswith(state)), "register.pg.failed")
    return InputError(key, place=address.label, reason=address.clean(str(error)))
