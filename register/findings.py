# SPDX-License-Identifier: GPL-2.0-or-later
"""Decide on findings in the results of a run: accept with a reason, mark as fixed, open again.

A decision is written into the results themselves, where the next run finds it and carries it on
(layers/former.py). Conflicts of sector plans are settled in the register; here they may be too.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Sequence

from ..layers.errors import InputError
from .sqlite import writing
from .tasks import results_file

if TYPE_CHECKING:
    from ..jobs.schema import Job

STATUS = ("open", "accepted", "fixed")
_NAMES = ("status", "status_by", "status_at", "status_reason")
# The triggers of the spatial index name functions that only GDAL has. No shape is changed here,
# so none of them is called; but SQLite asks that they be there.
_FOREIGN = ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")
_SET = "SET status = ?, status_by = ?, status_at = ?, status_reason = ? WHERE id = ?"
_FINDINGS = f'UPDATE "findings" {_SET}'
_DECISIONS = f'UPDATE "decisions" {_SET}'
_TOUCH = "UPDATE gpkg_contents SET last_change = ? WHERE table_name = 'findings'"
_THERE = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"


def accept(job: Job) -> dict[str, Any]:
    """Set the status of findings by id in `job.results`, all of them or none.

    Reads `job.ids`, `job.status` (`accepted`, `fixed` or `open`), `job.person`, `job.reason`; who
    accepts needs a name and a reason. Gives `decided` (rows of id and the status columns) and
    `unknown` (ids that the results don't hold). InputError says what stands in the way.
    """
    _judge(job.status, job.person.strip(), job.reason.strip())
    path = results_file(job.results)
    at = "" if job.status == "open" else _now()
    values = (job.status, job.person.strip(), at, job.reason.strip())
    ids = tuple(dict.fromkeys(job.ids))
    with writing(path) as connection:
        known = _write(connection, values, ids)
    return {
        "decided": [{"id": one, **dict(zip(_NAMES, values))} for one in ids if one in known],
        "unknown": [one for one in ids if one not in known],
    }


def _judge(status: str, person: str, reason: str) -> None:
    if status not in STATUS:
        raise InputError("findings.status", status=status, known=", ".join(STATUS))
    if not person:
        raise InputError("findings.person")
    if status == "accepted" and not reason:
        raise InputError("findings.reason")


def _write(connection: sqlite3.Connection, values: Sequence[str], ids: Sequence[str]) -> set[str]:
    """Write the status into findings, and into former decisions that wait for their check."""
    for name in _FOREIGN:
        connection.create_function(name, 1, lambda shape: None)
    known: set[str] = set()
    for table, order in (("findings", _FINDINGS), ("decisions", _DECISIONS)):
        if not connection.execute(_THERE, (table,)).fetchone()[0]:
            continue
        known.update(one for one in ids if connection.execute(order, (*values, one)).rowcount)
    connection.execute(_TOUCH, (datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"),))
    return known


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
