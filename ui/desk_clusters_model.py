# SPDX-License-Identifier: GPL-2.0-or-later
"""Units against indicators as a table that sorts itself, the worst margin first."""

from __future__ import annotations

from typing import Any, Iterable

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from qgis.PyQt.QtGui import QFont, QIcon

from ..jobs.words import tr
from .desk_board import INDICATOR, sentence
from .desk_records import Indicator, Unit, verdict_of
from .desk_words import OUTCOME_SIGNS
from .labels import DASH, number, sign

_NONE = QModelIndex()
_WRAPPED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
_GRAVITY = {"failed": 0, "warning": 1, "not_checked": 2, "passed": 3}


def margin_figure(one: Indicator) -> str:
    """Give the margin with its sign."""
    if one.margin_ha is None:
        return DASH
    shown = number(abs(one.margin_ha), 2)
    return f"−{shown}" if one.margin_ha < 0 else f"+{shown}" if one.margin_ha > 0 else shown


class ClusterModel(QAbstractTableModel):
    """Units against indicators; sorts itself: by name, or by the margin's share of the quota.

    Units of the level `top` stay above all others: what they are compared with.
    """

    top = "county"

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.units: list[Unit] = []
        self.kinds: list[Indicator] = []
        self._cells: dict[tuple[str, str, str], Indicator] = {}
        self._sorted = (0, Qt.SortOrder.AscendingOrder)
        self._icons: dict[str, QIcon] = {}

    def load(
        self, units: list[Unit], kinds: list[Indicator], indicators: Iterable[Indicator]
    ) -> None:
        """Compare other units."""
        self.beginResetModel()
        self._cells = {one.key: one for one in indicators}
        self.kinds = kinds
        self.units = units
        self._order()
        self.endResetModel()

    def apply(self, changed: Iterable[Indicator]) -> None:
        """Take over indicators that changed."""
        rows = {unit.key: row for row, unit in enumerate(self.units)}
        for one in changed:
            if one.key in self._cells:
                self._cells[one.key] = one
                row = rows.get((one.level, one.unit))
                if row is not None:
                    last = self.columnCount() - 1
                    self.dataChanged.emit(self.index(row, 0), self.index(row, last))

    def cell(self, row: int, column: int) -> Indicator | None:
        """Give the indicator of a cell; the first column is the unit's name."""
        unit = self.units[row]
        if column == 0:
            return None
        return self._cells.get((*unit.key, self.kinds[column - 1].indicator))

    def rowCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the units."""
        return 0 if parent.isValid() else len(self.units)

    def columnCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the indicators, and the name before them."""
        return 0 if parent.isValid() else len(self.kinds) + 1

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Give the indicators' names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        name = tr("Administrative unit") if section == 0 else self.kinds[section - 1].name
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return name
        return _WRAPPED if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Give a unit's name and verdict, or a cell's margin; the indicator in role INDICATOR."""
        if not index.isValid():
            return None
        unit, one = self.units[index.row()], self.cell(index.row(), index.column())
        if role == INDICATOR:
            return one
        if index.column() == 0:
            if role == Qt.ItemDataRole.DisplayRole:
                return unit.name or unit.code
            if role == Qt.ItemDataRole.DecorationRole:
                return self._sign(verdict_of(self.row(unit)))
            if role == Qt.ItemDataRole.FontRole and unit.level == self.top:
                font = QFont()
                font.setBold(True)
                return font
            return unit.code if role == Qt.ItemDataRole.ToolTipRole else None
        if one is None:
            return DASH if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return margin_figure(one)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return sentence(one)
        return None

    def row(self, unit: Unit) -> list[Indicator]:
        """List a unit's indicators."""
        cells = (self._cells.get((*unit.key, kind.indicator)) for kind in self.kinds)
        return [one for one in cells if one is not None]

    def _sign(self, outcome: str) -> QIcon:
        if outcome not in self._icons:
            self._icons[outcome] = sign(OUTCOME_SIGNS.get(outcome, ""))
        return self._icons[outcome]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the units in order; by an indicator the worst margin first."""
        self._sorted = (column, order)
        self.layoutAboutToBeChanged.emit()
        former = self.persistentIndexList()
        held = [self.units[index.row()] for index in former]
        self._order()
        rows = {unit.key: row for row, unit in enumerate(self.units)}
        moved = [self.index(rows[unit.key], one.column()) for unit, one in zip(held, former)]
        self.changePersistentIndexList(former, moved)
        self.layoutChanged.emit()

    def _order(self) -> None:
        column, order = self._sorted
        tops = [unit for unit in self.units if unit.level == self.top]
        self.units = sorted(
            (unit for unit in self.units if unit.level != self.top), key=lambda unit: unit.code
        )
        if 0 < column <= len(self.kinds):
            kind = self.kinds[column - 1].indicator
            self.units.sort(key=lambda unit: _badness(self._cells.get((*unit.key, kind))))
        if order == Qt.SortOrder.DescendingOrder:
            self.units.reverse()
        self.units[:0] = tops


def _badness(one: Indicator | None) -> tuple[int, float]:
    if one is None:
        return 9, 0.0
    return _GRAVITY.get(one.outcome, 8), one.share if one.share is not None else 0.0
