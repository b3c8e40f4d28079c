# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of conflicts as a model, and the proxy that shows those that pass the filters.

A proxy that compares rows in Python would do so ten thousands of times at each change of a
filter. So the source sorts itself by keys made once, and the proxy only looks into a text of flags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence

from qgis.PyQt.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
)
from qgis.PyQt.QtGui import QIcon

from ..jobs.words import tr
from .labels import (
    DASH,
    OBJECTS,
    RULES,
    SEVERITIES,
    STATES,
    hectares,
    number,
    sign,
    word,
    years,
)
from .sector_records import RULES as RULE_ORDER
from .sector_records import SEVERITIES as SEVERITY_ORDER
from .sector_records import STATES as STATE_ORDER
from .sector_records import Conflict, Side

RECORD = int(Qt.ItemDataRole.UserRole)
_NONE = QModelIndex()
_AREAS = ("", "m2")
_AREAS_LAST = "~"  # after every name of a unit


def measure(conflict: Conflict) -> str:
    """Give what a conflict amounts to: an area, or a value against its limit."""
    if conflict.unit_of_measure not in _AREAS and conflict.value is not None:
        decimals = 0 if conflict.unit_of_measure == "m" else 2
        return f"{number(conflict.value, decimals)} {conflict.unit_of_measure}"
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
    text: Callable[[Conflict], str]
    order: Callable[[Conflict], Any]
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
        "decided_at", lambda: tr("Decided at"), lambda one: one.decided_at[:16] or DASH,
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
KEYS = tuple(column.key for column in COLUMNS)
_SIGNED = ("severity", "state")
_SIGN_ONLY = ("severity",)  # its sign says it all, and the row needs the room
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ConflictModel(QAbstractTableModel):
    """All conflicts; `order` says which of them stands in which row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.conflicts: list[Conflict] = []
        self.order: list[int] = []
        self._signs: dict[str, QIcon] = {}
        self._sorted = (KEYS.index("severity"), Qt.SortOrder.AscendingOrder)

    def load(self, conflicts: list[Conflict]) -> None:
        """Show other conflicts."""
        self.beginResetModel()
        self.conflicts = conflicts
        self.order = self._ordered(*self._sorted)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the conflicts."""
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Give a column's title."""
        if orientation == Qt.Orientation.Horizontal and section < len(COLUMNS):
            if role == Qt.ItemDataRole.DisplayRole:
                hidden = COLUMNS[section].key in _SIGN_ONLY
                return "" if hidden else COLUMNS[section].title()
            if role == Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section].title()
            if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section].right:
                return _RIGHT
        return None

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Give text, sign, hint or the conflict itself (role RECORD)."""
        if not index.isValid():
            return None
        conflict = self.conflicts[self.order[index.row()]]
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return None if column.key in _SIGN_ONLY else column.text(conflict)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.text(conflict)
        if role == RECORD:
            return conflict
        if role == Qt.ItemDataRole.DecorationRole and column.key in _SIGNED:
            return self._sign(getattr(conflict, column.key))
        if role == Qt.ItemDataRole.ToolTipRole:
            return conflict.message or column.text(conflict)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return _RIGHT
        return None

    def _sign(self, key: str) -> QIcon:
        if key not in self._signs:
            self._signs[key] = sign(key)
        return self._signs[key]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in order by a column; equal ones by weight, the heaviest first."""
        if not 0 <= column < len(COLUMNS):
            return
        self._sorted = (column, order)
        self.layoutAboutToBeChanged.emit([], QAbstractItemModel.LayoutChangeHint.VerticalSortHint)
        former = self.persistentIndexList()
        records = [self.order[index.row()] for index in former]
        self.order = self._ordered(column, order)
        rows = {record: row for row, record in enumerate(self.order)}
        moved = [self.index(rows[record], index.column()) for record, index in zip(records, former)]
        self.changePersistentIndexList(former, moved)
        self.layoutChanged.emit([], QAbstractItemModel.LayoutChangeHint.VerticalSortHint)

    def _ordered(self, column: int, order: Qt.SortOrder) -> list[int]:
        found = self.conflicts
        rows = sorted(range(len(found)), key=lambda row: weight(found[row]), reverse=True)
        key = COLUMNS[column].order
        down = order == Qt.SortOrder.DescendingOrder
        return sorted(rows, key=lambda row: key(found[row]), reverse=down)

    def touched(self, ids: set[str]) -> None:
        """Tell the views which conflicts changed."""
        last = len(COLUMNS) - 1
        for row, record in enumerate(self.order):
            if self.conflicts[record].id in ids:
                self.dataChanged.emit(self.index(row, 0), self.index(row, last))


class ShownConflicts(QSortFilterProxyModel):
    """The conflicts that pass the filters."""

    def __init__(self, model: ConflictModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._flags = ""
        self._model = model
        self.setDynamicSortFilter(False)
        self.setSourceModel(model)

    def show(self, flags: str) -> None:
        """Show the conflicts with a "1"; conflicts beyond the end of the text are hidden.

        One change of layout instead of thousands of removed and inserted runs of rows.
        """
        self._flags = flags
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex) -> bool:  # noqa: N802
        """Tell whether a row is shown."""
        record = self._model.order[source_row]
        return record < len(self._flags) and self._flags[record] == "1"

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Have the source sort itself."""
        self._model.sort(column, order)

    def conflict(self, row: int) -> Conflict | None:
        """Give the conflict in a row that is shown."""
        index = self.index(row, 0)
        return index.data(RECORD) if index.isValid() else None
