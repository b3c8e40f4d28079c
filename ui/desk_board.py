# SPDX-License-Identifier: GPL-2.0-or-later
"""The quota board of one unit: a card an indicator with outcome, margin, bar and figures."""

from __future__ import annotations

from typing import Any, Iterable

from qgis.PyQt.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    pyqtSignal,
)
from qgis.PyQt.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPalette
from qgis.PyQt.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ..jobs.words import tr
from .desk_bar import paint_bar
from .desk_records import Indicator
from .desk_words import OUTCOME_INKS, OUTCOME_SIGNS, OUTCOME_WORDS, margin_text
from .labels import number, sign, word

INDICATOR = int(Qt.ItemDataRole.UserRole)
_NONE = QModelIndex()
_BAR, _PAD, _SIGN = 14, 6, 16
_GLOW_MS = 1200


def figures_text(one: Indicator) -> str:
    """Give base, plan and quota in a line."""
    parts = []
    if one.base_ha is not None:
        parts.append(tr("Base ◇ {value}").format(value=number(one.base_ha, 2)))
    if one.plan_ha is not None:
        parts.append(tr("Plan {value}").format(value=number(one.plan_ha, 2)))
    if one.quota_ha is not None:
        form = tr("Quota ≤ {value}") if one.at_most else tr("Quota ≥ {value}")
        parts.append(form.format(value=number(one.quota_ha, 2)))
    return "   ".join(parts)


def moved_text(one: Indicator) -> str:
    """Say by how much the plan's value moved since the run, "" where it did not."""
    if not one.moved_ha:
        return ""
    arrow = "▲" if one.moved_ha > 0 else "▼"
    amount = number(abs(one.moved_ha), 2)
    return tr("{arrow} {amount} since the run").format(arrow=arrow, amount=amount)


def sentence(one: Indicator) -> str:
    """Say a whole card in words."""
    margin = margin_text(one.margin_ha, one.outcome, one.at_most)
    parts = [one.name, word(OUTCOME_WORDS, one.outcome), margin, figures_text(one),
             moved_text(one), one.reason]  # fmt: skip
    return tr("; ").join(part for part in dict.fromkeys(parts) if part)


class BoardModel(QAbstractListModel):
    """The indicators of the unit that is shown; `glowing` are those that just changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Indicator] = []
        self.glowing: set[tuple[str, str, str]] = set()

    def show(self, rows: list[Indicator]) -> None:
        """Show another unit's indicators."""
        self.beginResetModel()
        self.rows = rows
        self.glowing = set()
        self.endResetModel()

    def apply(self, changed: Iterable[Indicator]) -> bool:
        """Take over indicators that changed; tells whether any of them is shown."""
        places = {one.key: place for place, one in enumerate(self.rows)}
        hit = False
        for one in changed:
            place = places.get(one.key)
            if place is not None:
                self.rows[place] = one
                self.glowing.add(one.key)
                self._tell(place)
                hit = True
        return hit

    def calm(self) -> None:
        """Let nothing glow any more."""
        keys, self.glowing = self.glowing, set()
        for place, one in enumerate(self.rows):
            if one.key in keys:
                self._tell(place)

    def _tell(self, place: int) -> None:
        self.dataChanged.emit(self.index(place, 0), self.index(place, 0))

    def rowCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the indicators."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Give the indicator (role INDICATOR), its name, or all of it in words."""
        if not index.isValid():
            return None
        one = self.rows[index.row()]
        if role == INDICATOR:
            return one
        if role == Qt.ItemDataRole.DisplayRole:
            return one.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return sentence(one)
        return None


class CardDelegate(QStyledItemDelegate):
    """Paints a card: sign, name and margin; the bar; the figures; the reason."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons: dict[str, QIcon] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802
        """Give the height of the lines that there are."""
        line = option.fontMetrics.height()
        one = index.data(INDICATOR)
        lines = 2 + bool(one.reason)
        return QSize(200, 2 * _PAD + lines * line + _BAR + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint a card."""
        one: Indicator = index.data(INDICATOR)
        palette, box = option.palette, option.rect
        painter.save()
        self._ground(painter, option, index)
        inner = box.adjusted(_PAD + 2, _PAD, -_PAD - 2, -_PAD)
        line = option.fontMetrics.height()
        top = QRect(inner.left(), inner.top(), inner.width(), line)
        self._head(painter, top, one, option.font, palette)
        bar = QRectF(inner.left(), top.bottom() + 5, inner.width(), _BAR)
        paint_bar(painter, bar, one, palette)
        quiet = QColor(palette.color(QPalette.ColorRole.Text))
        quiet.setAlpha(170)
        below = QRect(inner.left(), int(bar.bottom()) + 4, inner.width(), line)
        self._line(painter, below, figures_text(one), moved_text(one), quiet, option)
        if one.reason:
            plain = _dark(palette) or one.outcome == "passed"
            ink = quiet if plain else QColor(OUTCOME_INKS.get(one.outcome, "#6b7280"))
            self._line(painter, below.translated(0, line), one.reason, "", ink, option)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        palette = option.palette
        colour = QColor(palette.color(QPalette.ColorRole.Highlight))
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        glows = index.data(INDICATOR).key in index.model().glowing
        if chosen or glows:
            colour.setAlpha(70 if glows else 38)
            painter.fillRect(option.rect, colour)
        if chosen:
            colour.setAlpha(255)
            painter.fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), colour)
        line = QColor(palette.color(QPalette.ColorRole.Mid))
        line.setAlpha(90)
        painter.fillRect(
            QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), line
        )

    def _head(
        self, painter: QPainter, box: QRect, one: Indicator, font: QFont, palette: QPalette
    ) -> None:
        """Paint sign and name to the left, the margin to the right."""
        key = OUTCOME_SIGNS.get(one.outcome, "")
        if key not in self._icons:
            self._icons[key] = sign(key)
        middle = box.top() + (box.height() - _SIGN) // 2
        self._icons[key].paint(painter, QRect(box.left(), middle, _SIGN, _SIGN))
        bold = QFont(font)
        bold.setBold(True)
        margin = margin_text(one.margin_ha, one.outcome, one.at_most)
        if one.outcome == "not_checked" and one.margin_ha is not None:
            margin = tr("{outcome}; {margin}").format(
                outcome=word(OUTCOME_WORDS, one.outcome), margin=margin
            )
        metrics = QFontMetrics(bold)
        room = metrics.horizontalAdvance(margin)
        painter.setFont(bold)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        left = box.adjusted(_SIGN + 6, 0, -room - 10, 0)
        name = metrics.elidedText(one.name, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        if not _dark(palette):
            painter.setPen(QColor(OUTCOME_INKS.get(one.outcome, "#374151")))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, margin)
        painter.setFont(font)

    def _line(
        self, painter: QPainter, box: QRect, left: str, right: str, ink: QColor,
        option: QStyleOptionViewItem,
    ) -> None:  # fmt: skip
        metrics = option.fontMetrics
        painter.setPen(ink)
        room = metrics.horizontalAdvance(right) + 10 if right else 0
        shown = metrics.elidedText(left, Qt.TextElideMode.ElideRight, box.width() - room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, shown)
        if right:
            painter.setPen(option.palette.color(QPalette.ColorRole.Text))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, right)


def _dark(palette: QPalette) -> bool:
    return palette.color(QPalette.ColorRole.Base).lightness() < 128


class BoardView(QListView):
    """The cards; the chosen one asks for its pieces."""

    indicator_chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_desk_board")
        self.setAccessibleName(tr("Quota board"))
        self.board = BoardModel(self)
        self.setModel(self.board)
        self.setItemDelegate(CardDelegate(self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self._glow = QTimer(self)
        self._glow.setSingleShot(True)
        self._glow.setInterval(_GLOW_MS)
        self._glow.timeout.connect(self.board.calm)
        self.selectionModel().currentChanged.connect(self._chosen)

    def _chosen(self, index: QModelIndex, _: QModelIndex) -> None:
        self.indicator_chosen.emit(index.data(INDICATOR) if index.isValid() else None)

    def current(self) -> Indicator | None:
        """Give the chosen indicator."""
        index = self.currentIndex()
        return index.data(INDICATOR) if index.isValid() else None

    def show_rows(self, rows: list[Indicator], indicator: str = "") -> None:
        """Show a unit's indicators; choose one, where it is named."""
        self.board.show(rows)
        for place, one in enumerate(rows):
            if one.indicator == indicator:
                self.setCurrentIndex(self.board.index(place, 0))

    def apply(self, changed: Iterable[Indicator]) -> None:
        """Take over indicators that changed, and let them glow for a moment."""
        if self.board.apply(changed):
            self._glow.start()
