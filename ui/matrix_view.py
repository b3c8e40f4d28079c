# SPDX-License-Identifier: GPL-2.0-or-later
"""The matrix of plans against plans and control lines as a heat map that one can click and walk."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from qgis.PyQt.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from ..jobs.words import tr
from .heat import Cells, Head, both_ways, ink, shade
from .labels import number
from .painting import painting

_GRID, _OWN, _MARK = "#d9d9d4", "#e9e9e5", "#0b62c4"
_CELL, _WIDEST, _GAP = 22, 46, 6
_LOW, _HIGH = 15, 26
_TITLE_ROOM = 0.3


class MatrixView(QAbstractScrollArea):
    """Cells with counts or hectares; a click or Enter tells the pair, again: no pair."""

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_sector_matrix")
        self.setAccessibleName(tr("Matrix of plans"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.rows: list[Head] = []
        self.columns: list[Head] = []
        self.cells: Cells = {}
        self.joint: Cells = {}
        self.by_area = False
        self.pair: tuple[str, str] | None = None
        self._at = (0, 0)
        self._cell = _CELL
        self._widest = 0.0, 0.0

    def set_heads(self, rows: list[Head], columns: list[Head]) -> None:
        """Set which plans stand beside and above."""
        self.rows, self.columns = rows, columns
        self._at, self.pair = (0, 0), None
        self._measure()
        self._fit()

    def set_cells(self, cells: Cells, joint: Cells) -> None:
        """Set counts and hectares of conflicts and of joint uses; pairs need no order."""
        self.cells, self.joint = both_ways(cells), both_ways(joint)
        self.viewport().update()

    def set_by_area(self, by_area: bool) -> None:
        """Show hectares, or counts."""
        self.by_area = by_area
        self.viewport().update()

    def set_pair(self, pair: tuple[str, str] | None) -> None:
        """Mark a pair as chosen, without telling."""
        self.pair = pair
        self.viewport().update()

    def value(self, row: int, column: int) -> float:
        """Give what a cell shows."""
        return self.cells.get(self._pair(row, column), (0, 0.0))[self.by_area]

    def text(self, row: int, column: int) -> str:
        """Give a cell's words: nothing for nothing."""
        count, area = self.cells.get(self._pair(row, column), (0, 0.0))
        if not count:
            return ""
        if not self.by_area:
            return str(count)
        return number(area, 0 if area >= 99.5 else 1) if area >= 0.05 else ("<0.1" if area else "0")

    def hint(self, row: int, column: int) -> str:
        """Give the sentences for the mouse's hint."""
        pair = self._pair(row, column)
        count, area = self.cells.get(pair, (0, 0.0))
        names = f"{self.rows[row].title} × {self.columns[column].title}"
        if self.rows[row].key == self.columns[column].key:
            names = tr("{plan}: within the plan itself").format(plan=self.rows[row].title)
        said = tr("Conflicts: {count}, {area} ha").format(count=count, area=number(area, 2))
        lines = [names, said]
        if pair in self.joint:
            shared, land = self.joint[pair]
            said = tr("Joint use, no conflict: {count}, {area} ha")
            lines.append(said.format(count=shared, area=number(land, 2)))
        return "\n".join(lines)

    def _pair(self, row: int, column: int) -> tuple[str, str]:
        return self.rows[row].key, self.columns[column].key

    # Where things lie

    def _measure(self) -> None:
        """Measure the titles once: every cell's place depends on them."""
        metrics = QFontMetricsF(self.font())
        row, column = (
            max((metrics.horizontalAdvance(head.title) for head in heads), default=0.0)
            for heads in (self.rows, self.columns)
        )
        self._widest = row, column

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure anew in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure()
            self._fit()

    def _side(self) -> int:
        """Give the width of the rows' titles."""
        widest = self._widest[0]
        return int(min(widest + 2 * _GAP + 12, max(90, self.viewport().width() * _TITLE_ROOM)))

    def _top(self) -> int:
        """Give the height of the columns' titles, which stand upright."""
        widest = self._widest[1]
        return int(min(widest + 2 * _GAP + 10, 112))

    def _fit(self) -> None:
        """Make cells as wide as the window allows, and scroll what does not fit."""
        room = self.viewport().width() - self._side() - 1
        self._cell = max(_CELL, min(_WIDEST, room // max(len(self.columns), 1)))
        wide = self._side() + self._cell * len(self.columns) + 1 - self.viewport().width()
        high = self._top() + self._height() * len(self.rows) + 1 - self.viewport().height()
        for bar, beyond in ((self.horizontalScrollBar(), wide), (self.verticalScrollBar(), high)):
            bar.setRange(0, max(beyond, 0))
            bar.setSingleStep(_CELL)
            bar.setPageStep(self._cell * 5)
        self.viewport().update()

    def _height(self) -> int:
        """Give the height of a row: what lets all rows be seen, within reason."""
        room = self.viewport().height() - self._top() - 2
        return max(_LOW, min(_HIGH, room // max(len(self.rows), 1)))

    def cell_rect(self, row: int, column: int) -> QRect:
        """Give where a cell lies in the viewport."""
        x = self._side() + column * self._cell - self.horizontalScrollBar().value()
        y = self._top() + row * self._height() - self.verticalScrollBar().value()
        return QRect(x, y, self._cell, self._height())

    def cell_at(self, place: QPoint) -> tuple[int, int] | None:
        """Give the cell under a point, None beside the cells."""
        if place.x() < self._side() or place.y() < self._top():
            return None
        column = (place.x() - self._side() + self.horizontalScrollBar().value()) // self._cell
        row = (place.y() - self._top() + self.verticalScrollBar().value()) // self._height()
        inside = row < len(self.rows) and column < len(self.columns)
        return (row, column) if inside else None

    def sizeHint(self) -> QSize:  # noqa: N802
        """Give room for everything."""
        return QSize(620, self._top() + len(self.rows) * (_LOW + 2) + 6)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the cells, then the titles over what has been scrolled under them."""
        with painting(self.viewport()) as painter:
            most = max((cell[self.by_area] for cell in self.cells.values()), default=0)
            side, top = self._side(), self._top()
            painter.setClipRect(side, top, self.viewport().width(), self.viewport().height())
            for row in range(len(self.rows)):
                for column in range(len(self.columns)):
                    self._paint_cell(painter, row, column, most)
            self._paint_marks(painter)
            painter.setClipRect(0, top, side, self.viewport().height())
            self._paint_rows(painter, side)
            painter.setClipRect(side, 0, self.viewport().width(), top)
            self._paint_columns(painter, top)

    def _paint_cell(self, painter: QPainter, row: int, column: int, most: float) -> None:
        box = self.cell_rect(row, column)
        ground = shade(self.value(row, column), most)
        text = self.text(row, column)
        if not text and self.rows[row].key == self.columns[column].key:
            ground = QColor(_OWN)
        painter.fillRect(box, ground)
        painter.setPen(QColor(_GRID))
        painter.drawRect(box)
        painter.setPen(ink(ground))
        if text:
            font = self.font()
            if QFontMetricsF(font).horizontalAdvance(text) > box.width() - 3:
                font.setPointSizeF(font.pointSizeF() * 0.78)
            painter.setFont(font)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        if self._pair(row, column) in self.joint:
            painter.setBrush(ink(ground))
            painter.drawEllipse(QRectF(box.right() - 5.5, box.top() + 2.5, 3, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_marks(self, painter: QPainter) -> None:
        for row, left in enumerate(self.rows):
            for column, above in enumerate(self.columns):
                pair = (left.key, above.key)
                if self.pair and pair in (self.pair, self.pair[::-1]):
                    painter.setPen(QPen(QColor(_MARK), 3))
                    painter.drawRect(self.cell_rect(row, column).adjusted(1, 1, -1, -1))
        if self.hasFocus() and self.rows and self.columns:
            painter.setPen(QPen(QColor("#000000"), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.cell_rect(*self._at).adjusted(2, 2, -2, -2))

    def _paint_rows(self, painter: QPainter, side: int) -> None:
        metrics = QFontMetricsF(self.font())
        painter.setFont(self.font())
        for row, head in enumerate(self.rows):
            cell = self.cell_rect(row, 0)
            box = QRect(_GAP + 12, cell.top(), side - _GAP * 2 - 12, cell.height())
            self._swatch(painter, head, QRectF(_GAP - 2, cell.center().y() - 4, 9, 9))
            painter.setPen(self.palette().windowText().color())
            text = metrics.elidedText(head.title, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_columns(self, painter: QPainter, top: int) -> None:
        metrics = QFontMetricsF(self.font())
        painter.setFont(self.font())
        for column, head in enumerate(self.columns):
            cell = self.cell_rect(0, column)
            middle = cell.center().x()
            self._swatch(painter, head, QRectF(middle - 4, top - 13, 9, 9))
            painter.save()
            painter.translate(middle, top - 18)
            painter.rotate(-90)
            painter.setPen(self.palette().windowText().color())
            text = metrics.elidedText(head.title, Qt.TextElideMode.ElideRight, top - 20)
            box = QRectF(0, -self._cell / 2, top, self._cell)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
            painter.restore()

    def _swatch(self, painter: QPainter, head: Head, box: QRectF) -> None:
        if head.colour:
            painter.setPen(QColor(head.colour).darker(150))
            painter.setBrush(QColor(head.colour))
            painter.drawRect(box)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    # Mouse and keys

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit the cells to the window."""
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose the cell that is clicked."""
        cell = self.cell_at(event.pos())
        if cell and event.button() == Qt.MouseButton.LeftButton:
            self._at = cell
            self._choose()

    def _choose(self) -> None:
        """Tell the chosen pair; choosing it again takes the choice back."""
        pair = self._pair(*self._at)
        same = self.pair is not None and pair in (self.pair, self.pair[::-1])
        self.pair = None if same else pair
        self.viewport().update()
        self.chosen.emit(self.pair)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Walk by the arrow keys, choose by Enter or the space bar."""
        steps = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        if not self.rows or not self.columns:
            super().keyPressEvent(event)
        elif event.key() in steps:
            down, right = steps[event.key()]
            self._at = (
                min(max(self._at[0] + down, 0), len(self.rows) - 1),
                min(max(self._at[1] + right, 0), len(self.columns) - 1),
            )
            self.viewport().update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Show a hint over a cell."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.hint(*cell) if cell else "", self)
            return True
        return super().viewportEvent(event)
