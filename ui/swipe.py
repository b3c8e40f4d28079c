# SPDX-License-Identifier: GPL-2.0-or-later
"""The line that parts the canvas between two plans, and the map tool that drags it."""

from __future__ import annotations

from typing import Callable

from qgis.gui import QgsMapCanvas, QgsMapCanvasItem, QgsMapMouseEvent, QgsMapTool
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QStyleOptionGraphicsItem, QWidget

LINE_Z = 60.0
_STEP = 0.02
_GRIP = 11.0
_DARK = QColor("#1f2937")


class SwipeLine(QgsMapCanvasItem):
    """The line with its grip and the two plans' names; `place` is a share of the width (0..1)."""

    def __init__(
        self, canvas: QgsMapCanvas, names: tuple[str, str], colours: tuple[str, str]
    ) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._names = names
        self._colours = colours
        self.place = 0.5
        self.setZValue(LINE_Z)

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Give the whole window: the line may be anywhere."""
        return QRectF(0, 0, self._canvas.width(), self._canvas.height())

    def updatePosition(self) -> None:  # noqa: N802
        """Stay where the window is, whatever the map does."""
        self.setPos(0, 0)

    def move(self, place: float) -> None:
        """Put the line at a share of the width."""
        self.place = min(max(place, 0.0), 1.0)
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem | None = None,
        widget: QWidget | None = None,
    ) -> None:
        """Paint line, grip and names."""
        box = self.boundingRect()
        x, middle = self.place * box.width(), box.height() / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(255, 255, 255, 230), 5))
        painter.drawLine(QPointF(x, 0), QPointF(x, box.height()))
        painter.setPen(QPen(_DARK, 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, box.height()))
        painter.setBrush(QColor("white"))
        painter.drawEllipse(QPointF(x, middle), _GRIP, _GRIP)
        painter.setBrush(_DARK)
        painter.setPen(Qt.PenStyle.NoPen)
        for side in (-1, 1):
            tip = [QPointF(x + side * d, middle + h) for d, h in ((7, 0), (3, -3.5), (3, 3.5))]
            painter.drawPolygon(QPolygonF(tip))
        self._label(painter, self._names[0], self._colours[0], x - 8, left=True)
        self._label(painter, self._names[1], self._colours[1], x + 8, left=False)

    def _label(self, painter: QPainter, name: str, colour: str, x: float, left: bool) -> None:
        width = painter.fontMetrics().horizontalAdvance(name) + 30
        height = painter.fontMetrics().height() + 8
        box = QRectF(x - width if left else x, 10, width, height)
        painter.setPen(QPen(_DARK, 1))
        painter.setBrush(QColor(255, 255, 255, 235))
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(QColor(colour))
        painter.drawRect(QRectF(box.left() + 6, box.center().y() - 5, 10, 10))
        inside = box.adjusted(22, 0, -6, 0)
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), name)


class SwipeTool(QgsMapTool):
    """Drags the line with the mouse or the arrow keys; Esc ends."""

    def __init__(
        self, canvas: QgsMapCanvas, moved: Callable[[float], None], ended: Callable[[], None]
    ) -> None:
        super().__init__(canvas)
        self._moved = moved
        self._ended = ended
        self._place = 0.5
        self._held = False
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Take the line to the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self._go(event.pos().x() / max(self.canvas().width(), 1))

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Follow the mouse while its button is held."""
        if self._held:
            self._go(event.pos().x() / max(self.canvas().width(), 1))

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Leave the line where the mouse let go of it."""
        self.canvasMoveEvent(event)
        self._held = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move by the arrow keys, end by Esc."""
        steps = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}
        if event.key() in steps:
            self._go(self._place + steps[event.key()])
            event.ignore()  # tells the canvas that the key is used up
        elif event.key() == Qt.Key.Key_Escape:
            self._ended()

    def _go(self, place: float) -> None:
        self._place = min(max(place, 0.0), 1.0)
        self._moved(self._place)
