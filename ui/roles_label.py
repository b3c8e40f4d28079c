# SPDX-License-Identifier: GPL-2.0-or-later
"""A line of text that is cut with dots where the dock is narrow; the whole is in the hint."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QWidget

from .painting import painting

_QUIET = 0.72


class Line(QLabel):
    """A label of one line; `quiet` is for what is said by the way."""

    def __init__(self, text: str = "", quiet: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._quiet = quiet
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Take any width."""
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw as much as there is room for."""
        with painting(self) as painter:
            colour = self.palette().color(QPalette.ColorRole.WindowText)
            colour.setAlphaF(_QUIET if self._quiet else 1.0)
            painter.setPen(colour)
            painter.setFont(self.font())
            metrics = self.fontMetrics()
            text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), flags, text)
