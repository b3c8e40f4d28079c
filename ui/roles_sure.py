# SPDX-License-Identifier: GPL-2.0-or-later
"""How sure a recognition is: a short bar and a word; the reasons when the mouse rests on it."""

from __future__ import annotations

from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QWidget

from ..jobs.alias_roles import level
from ..jobs.aliases import Match
from ..jobs.words import now, tr
from .painting import painting
from .roles_words import LEVELS, why

# Told apart by length and word too: blue and orange are for those who see no red and green.
_COLOURS = {"sure": "#2f7d4f", "likely": "#2f6db3", "doubtful": "#d2851e", "none": "#8a8f96",
            "hand": "#5a6470", "empty": "#8a8f96"}  # fmt: skip
_BAR, _HEIGHT, _GAP = 46, 7, 6


class SureBar(QWidget):
    """A bar as long as the confidence, and its word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word = "empty"
        self.share = 0.0
        self.show_nothing()

    def show_match(self, match: Match) -> None:
        """Show how sure a match is and why."""
        self._show(level(match.sure), match.sure, why(match))

    def show_hand(self) -> None:
        """Show that the user himself chose."""
        self._show("hand", 0.0, tr("You chose this layer yourself."))

    def show_nothing(self) -> None:
        """Show that no layer is chosen."""
        self._show("empty", 0.0, tr("No open layer was recognised as this."))

    def text(self) -> str:
        """Give the word shown."""
        return now(LEVELS[self.word])

    def _show(self, word: str, share: float, reasons: str) -> None:
        self.word, self.share = word, share
        self.setToolTip(reasons)
        self.setAccessibleName(f"{self.text()}. {reasons}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Want room for bar and word."""
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(now(word)) for word in LEVELS.values())
        return QSize(_BAR + _GAP + widest, metrics.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Want no less."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw both."""
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            colour = QColor(_COLOURS[self.word])
            if self.word not in ("hand", "empty"):
                box = QRectF(0, (self.height() - _HEIGHT) / 2, _BAR, _HEIGHT)
                painter.setBrush(self.palette().color(QPalette.ColorRole.Midlight))
                painter.drawRoundedRect(box, 3, 3)
                box.setWidth(max(_BAR * self.share, _HEIGHT))
                painter.setBrush(colour)
                painter.drawRoundedRect(box, 3, 3)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            room = self.rect().adjusted(_BAR + _GAP, 0, 0, 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(room, flags, self.text())
