# SPDX-License-Identifier: GPL-2.0-or-later
"""The bar of an indicator: base, plan and quota on one scale, the forbidden side hatched."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QPainter, QPalette, QPen, QPolygonF

from .desk_records import Indicator
from .desk_words import OUTCOME_COLOURS

_LEAST_SPREAD = 0.02  # of the largest value: less would blow nothing up to a mountain
_BELOW, _ABOVE = 0.7, 0.35  # room beside the values, in spreads
_FROM_ZERO = 0.5  # a scale whose lowest value is under this share of the highest begins at zero
_MARK = 4.5


@dataclass(frozen=True)
class Scale:
    """A stretch of hectares; `broken` tells that it does not begin at zero."""

    low: float
    high: float
    broken: bool

    def place(self, value: float, box: QRectF) -> float:
        """Give the x of a value in a rectangle."""
        share = (value - self.low) / (self.high - self.low)
        return box.left() + min(max(share, 0.0), 1.0) * box.width()


def scale_of(one: Indicator) -> Scale | None:
    """Choose the stretch that shows base, plan and quota apart; None where there is no value.

    Margins are a few per cent of what is measured: on a scale from zero none could be seen.
    """
    values = [v for v in (one.base_ha, one.plan_ha, one.quota_ha, one.run_ha) if v is not None]
    if not values:
        return None
    low, high = min(values), max(values)
    spread = max(high - low, abs(high) * _LEAST_SPREAD, 0.01)
    if low < _FROM_ZERO * high or low - _BELOW * spread <= 0:
        return Scale(0.0, high + _ABOVE * min(spread, high or spread), False)
    return Scale(low - _BELOW * spread, high + _ABOVE * spread, True)


def paint_bar(
    painter: QPainter, box: QRectF, one: Indicator, palette: QPalette, small: bool = False
) -> None:
    """Paint the bar of an indicator; a small one has no mark for the base."""
    scale = scale_of(one)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _track(painter, box, palette)
    if scale is not None:
        painter.setClipRect(box.adjusted(-1, -3, 1, 3))
        _forbidden(painter, box, one, scale)
        _plan(painter, box, one, scale)
        if one.base_ha is not None and not small:
            _base(painter, box, scale.place(one.base_ha, box), palette)
        if one.quota_ha is not None:
            _quota(painter, box, scale.place(one.quota_ha, box), palette)
        if scale.broken:
            _break(painter, box, palette)
    painter.restore()


def _track(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    ground = QColor(palette.color(QPalette.ColorRole.Text))
    ground.setAlpha(20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRect(box)


def _forbidden(painter: QPainter, box: QRectF, one: Indicator, scale: Scale) -> None:
    """Hatch the side of the quota where the plan must not end."""
    if one.quota_ha is None:
        return
    x = scale.place(one.quota_ha, box)
    part = QRectF(box)
    if one.at_most:
        part.setLeft(x)
    else:
        part.setRight(x)
    colour = QColor(OUTCOME_COLOURS["failed"])
    colour.setAlpha(90)
    painter.fillRect(part, QBrush(colour, Qt.BrushStyle.BDiagPattern))


def _plan(painter: QPainter, box: QRectF, one: Indicator, scale: Scale) -> None:
    if one.plan_ha is None:
        return
    bar = box.adjusted(0, box.height() * 0.22, 0, -box.height() * 0.22)
    bar.setRight(scale.place(one.plan_ha, box))
    colour = QColor(OUTCOME_COLOURS.get(one.outcome, "#6b7280"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRect(bar)
    if one.moved_ha and one.run_ha is not None:
        _moved(painter, bar, scale.place(one.run_ha, box), colour)


def _moved(painter: QPainter, bar: QRectF, was: float, colour: QColor) -> None:
    """Show by a paler end how far the plan's value moved since the run."""
    part = QRectF(bar)
    part.setLeft(min(was, bar.right()))
    part.setRight(max(was, bar.right()))
    painter.setBrush(QBrush(colour.lighter(150)))
    painter.drawRect(part)
    painter.setPen(QPen(colour.darker(150), 1))
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    painter.drawRect(part)


def _base(painter: QPainter, box: QRectF, x: float, palette: QPalette) -> None:
    """Mark the base by a hollow diamond on the bar's upper edge."""
    ink = palette.color(QPalette.ColorRole.Text)
    middle = box.center().y()
    painter.setPen(QPen(ink, 1.2))
    painter.setBrush(palette.color(QPalette.ColorRole.Base))
    corners = ((x, middle - _MARK), (x + _MARK, middle), (x, middle + _MARK), (x - _MARK, middle))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _quota(painter: QPainter, box: QRectF, x: float, palette: QPalette) -> None:
    ink = palette.color(QPalette.ColorRole.Text)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 4.5))
    painter.drawLine(QPointF(x, box.top() - 2), QPointF(x, box.bottom() + 2))
    painter.setPen(QPen(ink, 2.4))
    painter.drawLine(QPointF(x, box.top() - 2), QPointF(x, box.bottom() + 2))


def _break(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    """Cut the bar near its beginning: the scale does not start at zero."""
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 2))
    for x in (box.left() + 7, box.left() + 12):
        painter.drawLine(QPointF(x - 2, box.bottom() + 1), QPointF(x + 2, box.top() - 1))
