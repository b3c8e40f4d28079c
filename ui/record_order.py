# SPDX-License-Identifier: GPL-2.0-or-later
"""The order of tens of thousands of records, made in short steps.

Python sorts a list in one go, and its lock is held all the while: neither a thread beside the
window nor the window itself may do that to a long list. So portions are sorted and then merged.
"""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING, Any, Callable, Generator, Sequence

from qgis.PyQt.QtCore import Qt

from .courtesy import give_way

if TYPE_CHECKING:
    from .conflict_model import Table

PORTION = 2000  # rows looked at in a step
Steps = Generator[None, None, "list[int]"]


def ordering(table: Table, records: Sequence[Any], column: int, order: Qt.SortOrder) -> Steps:
    """Order records by a column, equal ones by weight, the heaviest first: a portion a step."""
    heavy = yield from _keys(records, table.weight)
    rows = yield from _sort(range(len(records)), heavy, True)
    keys = yield from _keys(records, table.columns[column].order)
    return (yield from _sort(rows, keys, order == Qt.SortOrder.DescendingOrder))


def ordered(table: Table, records: Sequence[Any], column: int, order: Qt.SortOrder) -> list[int]:
    """Give the order of records; any thread may ask."""
    steps = ordering(table, records, column, order)
    while True:
        give_way()
        try:
            next(steps)
        except StopIteration as end:
            return list(end.value)


def _keys(records: Sequence[Any], key: Callable[[Any], Any]) -> Generator[None, None, list[Any]]:
    found: list[Any] = []
    for start in range(0, len(records), PORTION):
        found += [key(one) for one in records[start : start + PORTION]]
        yield
    return found


def _sort(rows: Sequence[int], keys: list[Any], down: bool) -> Steps:
    portions = []
    for start in range(0, len(rows), PORTION):
        portion = rows[start : start + PORTION]
        portions.append(sorted(portion, key=keys.__getitem__, reverse=down))
        yield
    if len(portions) < 2:
        return portions[0] if portions else []
    merged, found = heapq.merge(*portions, key=keys.__getitem__, reverse=down), []
    while len(found) < len(rows):
        found += islice(merged, PORTION)
        yield
    return found
