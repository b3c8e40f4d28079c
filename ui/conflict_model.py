# SPDX-License-Identifier: GPL-2.0-or-later
"""A list of records as a model that sorts and filters itself, and the columns of conflicts.

A proxy would ask Python about every row at each change of a filter, and so would a tree view; here
a mask of flags does it, for tens of thousands of rows within milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress, filterfalse
from typing import Any, Callable, Sequence

from qgis.PyQt.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    Qt,
)
from qgis.PyQt.QtGui import QIcon

from ..jobs.moments import local_time
from ..jobs.words import tr
from .courtesy import asked
from .labels import (
    DASH,
    OBJECTS,
    RULES,
    SEVERITIES,
    STATES,
    hectares,
    quantity,
    sign,
    word,
    years,
)
from .record_order import PORTION, ordered, ordering
from .sector_records import RULES as RULE_ORDER
from .sector_records import SEVERITIES as SEVERITY_ORDER
from .sector_records import STATES as STATE_ORDER
from .sector_records import Conflict, Side
from .slices import Job, Slices

RECORD = int(Qt.ItemDataRole.UserRole)
_NONE = QModelIndex()
_BITS = bytes.maketrans(b"01", b"\0\1")
_AREAS = ("", "m2")
_AREAS_LAST = "~"  # after every name of a unit


def measure(conflict: Conflict) -> str:
    """Give what a conflict amounts to: an area, or a value against its limit."""
    if conflict.unit_of_measure not in _AREAS and conflict.value is not None:
        return quantity(conflict.value, conflict.unit_of_measure)
    return hectares(conflict.area_m2)


def weight(conflict: Conflict) -> tuple[str, float]:
    """Give what the measure sorts by: metres with metres, areas, whatever their unit, on top."""
    unit, value = conflict.unit_of_measure, conflict.value
    if unit in _AREAS or value is None:
        area = conflict.area_m2
        return ("", 0.0) if area is None else (_AREAS_LAST, area)
    return (_AREAS_LAST, value * 1e4) if unit == "ha" else (unit, value)


def end_text(side: Side) -> str:
    """Name one end of a conflict in a line: project and plan, or what it lies on."""
    if not side.layer:
        return DASH
    if side.is_thing:
        return side.name or word(OBJECTS, side.layer)
    project = side.label or side.id
    if project and side.short:
        return f"{project} · {side.short}"
    return project or side.short or word(OBJECTS, side.layer)


@dataclass(frozen=True)
class Column:
    """A column: its key, title, text, what it sorts by, width in letters, whether shown first."""

    key: str
    title: Callable[[], str]
    text: Callable[[Any], str]
    order: Callable[[Any], Any]
    width: int
    shown: bool = True
    right: bool = False


def _rank(order: Sequence[str], key: str) -> int:
    return order.index(key) if key in order else len(order)


COLUMNS = (
    Column(
        "severity", lambda: tr("Severity"), lambda one: word(SEVERITIES, one.severity),
        lambda one: _rank(SEVERITY_ORDER, one.severity), 1,
    ),
    Column(
        "state", lambda: tr("State"), lambda one: word(STATES, one.state),
        lambda one: _rank(STATE_ORDER, one.state), 11,
    ),
    Column(
        "rule", lambda: tr("Rule"), lambda one: word(RULES, one.rule),
        lambda one: _rank(RULE_ORDER, one.rule), 19,
    ),
    Column(
        "subject", lambda: tr("Project"), lambda one: end_text(one.subject),
        lambda one: end_text(one.subject), 28,
    ),
    Column(
        "object", lambda: tr("Against"), lambda one: end_text(one.object),
        lambda one: end_text(one.object), 28,
    ),
    Column(
        "town", lambda: tr("Town"), lambda one: one.town_name or one.unit_name or DASH,
        lambda one: one.town or one.unit, 8,
    ),
    Column("measure", lambda: tr("Extent"), measure, weight, 9, right=True),
    Column(
        "cluster", lambda: tr("Cluster"), lambda one: one.cluster_name or DASH,
        lambda one: one.cluster, 11, shown=False,
    ),
    Column(
        "years", lambda: tr("Years"), lambda one: years(one.subject.start, one.subject.end),
        lambda one: (one.subject.start or 0, one.subject.end or 0), 11, shown=False,
    ),
    Column(
        "decided_by", lambda: tr("Decided by"),
        lambda one: " · ".join(filter(None, (one.person, one.decided_by))) or DASH,
        lambda one: (one.person, one.decided_by), 16, shown=False,
    ),
    Column(
        "decided_at", lambda: tr("Decided at"), lambda one: local_time(one.decided_at) or DASH,
        lambda one: one.decided_at, 16, shown=False,
    ),
    Column(
        "reason", lambda: tr("Reason"), lambda one: one.reason or DASH,
        lambda one: one.reason, 24, shown=False,
    ),
    Column(
        "decision", lambda: tr("Decision"), lambda one: one.decision or DASH,
        lambda one: one.decision, 24, shown=False,
    ),
)  # fmt: skip
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class Table:
    """How records are listed: columns, what weighs heavier, what a row's hint says.

    Columns in `signed` show the sign of their value, those in `sign_only` nothing else; `wide`
    share the room there is, `fixed` can't be hidden, `yielding` are done without in a narrow list.
    """

    columns: tuple[Column, ...]
    weight: Callable[[Any], Any]
    hint: Callable[[Any], str]
    signed: tuple[str, ...] = ()
    sign_only: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    yielding: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Name the columns."""
        return tuple(column.key for column in self.columns)


CONFLICT_TABLE = Table(
    COLUMNS,
    weight,
    lambda one: one.message,
    signed=("severity", "state"),
    sign_only=("severity",),  # its sign says it all, and the row needs the room
    wide=("subject", "object"),
    fixed=("rule", "subject"),
    yielding=("town", "state"),
)


class RecordModel(QAbstractTableModel):
    """Records in order, those that pass the filters; `order` lists all of them, `rows` these."""

    def __init__(self, table: Table = CONFLICT_TABLE, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.records: list[Any] = []
        self.order: list[int] = []
        self.rows: list[int] = []
        self._flags = b""
        self._signs: dict[str, QIcon] = {}
        self._sorted = (0, Qt.SortOrder.AscendingOrder)
        self._slices = Slices(self)

    def load(self, records: list[Any], order: list[int] | None = None) -> None:
        """Show other records; `order` is theirs by the column in force, where it is known."""
        self._slices.drop()
        self.beginResetModel()
        self.records = records
        self.order = list(range(len(records))) if order is None else order
        self._flags = b"\1" * len(records)
        self.rows = list(self.order)
        self.endResetModel()
        if order is None:
            self.sort(*self._sorted)

    @property
    def sorting(self) -> tuple[int, Qt.SortOrder]:
        """Give the column and the order in force."""
        return self._sorted

    def rowCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the records that are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the columns."""
        return 0 if parent.isValid() else len(self.table.columns)

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Give a column's title."""
        columns = self.table.columns
        if orientation == Qt.Orientation.Horizontal and section < len(columns):
            if role == Qt.ItemDataRole.DisplayRole:
                hidden = columns[section].key in self.table.sign_only
                return "" if hidden else columns[section].title()
            if role == Qt.ItemDataRole.ToolTipRole:
                return columns[section].title()
            if role == Qt.ItemDataRole.TextAlignmentRole and columns[section].right:
                return _RIGHT
        return None

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Give text, sign, hint or the record itself (role RECORD)."""
        if not index.isValid():
            return None
        asked()
        record = self.records[self.rows[index.row()]]
        column, table = self.table.columns[index.column()], self.table
        if role == Qt.ItemDataRole.DisplayRole:
            return None if column.key in table.sign_only else column.text(record)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.text(record)
        if role == RECORD:
            return record
        if role == Qt.ItemDataRole.DecorationRole and column.key in table.signed:
            return self._sign(getattr(record, column.key))
        if role == Qt.ItemDataRole.ToolTipRole:
            return table.hint(record) or column.text(record)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return _RIGHT
        return None

    def _sign(self, key: str) -> QIcon:
        if key not in self._signs:
            self._signs[key] = sign(key)
        return self._signs[key]

    def record(self, row: int) -> Any | None:
        """Give the record in a row that is shown."""
        return self.records[self.rows[row]] if 0 <= row < len(self.rows) else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in order by a column; equal ones by weight, the heaviest first.

        Many rows are put in order by and by.
        """
        if not 0 <= column < len(self.table.columns):
            return
        self._sorted = (column, order)
        self._slices.drop()
        if len(self.records) <= PORTION:
            self._rearrange(ordered(self.table, self.records, column, order))
        else:
            self._slices.begin("sort", self._sort_by_and_by())

    @property
    def busy(self) -> bool:
        """Tell whether the rows are still being put in order."""
        return self._slices.busy

    def _sort_by_and_by(self) -> Job:
        self._rearrange((yield from ordering(self.table, list(self.records), *self._sorted)))

    def show(self, flags: str) -> None:
        """Show the records with a "1"; records beyond the end of the text are hidden."""
        self._mask(flags)
        self._rearrange(self.order)

    def change(self, records: list[Any], gone: set[int], first: list[int], flags: str) -> None:
        """Take over records of which some were added (`first`: listed first) or taken away."""
        self.records = records
        absent = gone.union(first)
        self._mask(flags)
        self._rearrange([*first, *filterfalse(absent.__contains__, self.order)])
        if self.busy:
            self.sort(*self._sorted)

    def _mask(self, flags: str) -> None:
        """Turn a text of 0 and 1 into bytes, one a record."""
        self._flags = flags.encode().translate(_BITS).ljust(len(self.records), b"\0")

    def _rearrange(self, order: list[int]) -> None:
        """Set another order or other flags, and tell the views what became of their rows."""
        hint = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
        self.layoutAboutToBeChanged.emit([], hint)
        former = self.persistentIndexList()
        held = [self.rows[index.row()] for index in former]
        self.order = order
        self.rows = list(compress(order, map(self._flags.__getitem__, order)))
        if former:
            wanted = set(held)
            places = {row: place for place, row in enumerate(self.rows) if row in wanted}
            moved = [
                self.index(places[row], index.column()) if row in places else QModelIndex()
                for row, index in zip(held, former)
            ]
            self.changePersistentIndexList(former, moved)
        self.layoutChanged.emit([], hint)

    def touched(self, ids: set[str]) -> None:
        """Tell the views which records changed."""
        last = len(self.table.columns) - 1
        for place, row in enumerate(self.rows):
            if self.records[row].id in ids:
                self.dataChanged.emit(self.index(place, 0), self.index(place, last))
