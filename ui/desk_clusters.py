# SPDX-License-Identifier: GPL-2.0-or-later
"""Clusters (or towns) side by side: a row a unit, a column an indicator."""

from __future__ import annotations

from typing import Iterable

from qgis.PyQt.QtCore import QItemSelectionModel, QModelIndex, QRect, QRectF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QGuiApplication, QIcon, QKeyEvent, QKeySequence, QPainter
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .desk_bar import paint_bar
from .desk_board import INDICATOR
from .desk_clusters_model import ClusterModel
from .desk_records import Desk, Indicator, Units
from .desk_words import LEVELS_WORDS, OUTCOME_INKS, OUTCOME_SIGNS
from .labels import sign, word

_ROW, _COLUMN, _NAME, _BAR, _SIGN = 38, 92, 96, 9, 14


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: sign and margin, the small bar below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons: dict[str, QIcon] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint a cell."""
        one: Indicator | None = index.data(INDICATOR)
        if one is None:
            super().paint(painter, option, index)
            return
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            colour = QColor(option.palette.highlight().color())
            colour.setAlpha(45)
            painter.fillRect(option.rect, colour)
        box = option.rect.adjusted(5, 4, -5, -5)
        key = OUTCOME_SIGNS.get(one.outcome, "")
        if key not in self._icons:
            self._icons[key] = sign(key)
        self._icons[key].paint(painter, QRect(box.left(), box.top(), _SIGN, _SIGN))
        dark = option.palette.base().color().lightness() < 128
        ink = option.palette.text().color() if dark else QColor(OUTCOME_INKS.get(one.outcome, ""))
        painter.setPen(ink)
        painter.drawText(
            QRect(box.left() + _SIGN, box.top() - 1, box.width() - _SIGN, _SIGN + 2),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            index.data(),
        )
        bar = QRectF(box.left(), box.bottom() - _BAR, box.width(), _BAR)
        paint_bar(painter, bar, one, option.palette, small=True)
        painter.restore()


class ClusterTable(QTableView):
    """The table itself; a click or Enter tells which indicator of which unit."""

    chosen = pyqtSignal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_desk_clusters")
        self.setAccessibleName(tr("Clusters side by side"))
        self.compared = ClusterModel(self)
        self.setModel(self.compared)
        self.setItemDelegate(CellDelegate(self))
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setDefaultSectionSize(_COLUMN)
        header.setFixedHeight(header.fontMetrics().height() * 2 + 10)
        self.setShowGrid(True)
        self.activated.connect(self._tell)
        self.clicked.connect(self._tell)

    def _tell(self, index: QModelIndex) -> None:
        unit = self.compared.units[index.row()]
        one = self.compared.cell(index.row(), index.column())
        self.chosen.emit(*unit.key, one.indicator if one else "")

    def fit(self) -> None:
        """Share the width among the indicators, if they have room enough."""
        count = self.compared.columnCount() - 1
        if count < 1:
            return
        header = self.horizontalHeader()
        name = self._name_width()
        header.resizeSection(0, name)
        width = max((self.viewport().width() - name) // count, _COLUMN)
        for column in range(1, count + 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, width)

    def _name_width(self) -> int:
        """Give the first column room for the longest word of its heading and the arrow there."""
        header = self.horizontalHeader()
        title = self.compared.headerData(0, Qt.Orientation.Horizontal)
        arrow = self.style().pixelMetric(QStyle.PixelMetric.PM_HeaderMarkSize, None, header)
        margin = self.style().pixelMetric(QStyle.PixelMetric.PM_HeaderMargin, None, header)
        words = (header.fontMetrics().horizontalAdvance(one) for one in str(title).split())
        return max(_NAME, max(words, default=0) + arrow + 4 * margin)

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        """Follow the width."""
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Copy the whole table by the usual keys; Enter shows the cell's pieces."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def as_text(self) -> str:
        """Give the table for a spreadsheet: names and margins, tabs between."""
        model = self.compared
        columns = range(model.columnCount())
        head = [model.headerData(c, Qt.Orientation.Horizontal) for c in columns]
        rows = [[model.index(r, c).data() for c in columns] for r in range(model.rowCount())]
        return "\n".join("\t".join(map(str, row)) for row in [head, *rows])

    def show_cell(self, level: str, code: str, indicator: str) -> None:
        """Make a cell the current one, without telling."""
        model = self.compared
        for row, unit in enumerate(model.units):
            for column, kind in enumerate(model.kinds, 1):
                if unit.key == (level, code) and kind.indicator == indicator:
                    flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
                    self.selectionModel().setCurrentIndex(model.index(row, column), flags)


class ClustersView(QWidget):
    """The comparison with the choice of its level."""

    chosen = pyqtSignal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = QComboBox()
        self.level.setAccessibleName(tr("Units to compare"))
        self.hint = QLabel(tr("Margin in hectares; a heading sorts, the worst first"))
        self.hint.setEnabled(False)
        self.table = ClusterTable()
        row = QHBoxLayout()
        row.addWidget(self.level)
        row.addWidget(self.hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        self._units, self._kinds = Units(), []
        self._all: list[Indicator] = []
        self.level.currentIndexChanged.connect(self._show)
        self.table.chosen.connect(self.chosen)

    def load(self, desk: Desk) -> None:
        """Compare the units of other results."""
        kept = self.level.currentData()
        self._units, self._kinds, self._all = desk.units, desk.kinds(), desk.indicators
        self.level.blockSignals(True)
        self.level.clear()
        for level in desk.units.levels:
            if level in LEVELS_WORDS:
                self.level.addItem(word(LEVELS_WORDS, level), level)
        self.level.setCurrentIndex(max(self.level.findData(kept), 0))
        self.level.blockSignals(False)
        self._show()

    def _show(self) -> None:
        units = self._units.of("county") + self._units.of(str(self.level.currentData() or ""))
        self.table.compared.load(units, self._kinds, self._all)
        self.table.fit()

    def apply(self, changed: Iterable[Indicator]) -> None:
        """Take over indicators that changed."""
        self.table.compared.apply(changed)
