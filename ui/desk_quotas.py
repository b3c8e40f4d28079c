# SPDX-License-Identifier: GPL-2.0-or-later
"""The tab "Quotas": the tree of units, the board of the chosen one, the pieces of a number."""

from __future__ import annotations

from typing import Callable, Iterable

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .desk_board import BoardView
from .desk_pieces_view import PiecesView
from .desk_records import Desk, Indicator, Key, Units
from .desk_units import UnitTree, by_unit

_NARROW = 520


class QuotasView(QWidget):
    """Choose a unit and see how it stands; `unit_chosen` and `indicator_chosen` tell of it."""

    unit_chosen = pyqtSignal(str, str)
    findings_wanted = pyqtSignal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = UnitTree()
        self.board = BoardView()
        self.pieces = PiecesView()
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.findings = QToolButton()
        self.findings.setAutoRaise(True)
        self.findings.setToolTip(tr("List the findings in this unit"))
        self._rows: dict[Key, list[Indicator]] = {}
        self._units = Units()
        self._count: Callable[[str], int] = lambda unit: 0
        self._lay_out()
        self.tree.chosen.connect(self._unit)
        self.board.indicator_chosen.connect(self.pieces.show_for)
        self.findings.clicked.connect(self._ask_findings)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.findings)
        cards = QWidget()
        column = QVBoxLayout(cards)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.board, 1)
        self.right = QSplitter(Qt.Orientation.Vertical)
        self.right.addWidget(cards)
        self.right.addWidget(self.pieces)
        self.right.setStretchFactor(0, 3)
        self.right.setStretchFactor(1, 1)
        self.right.setSizes([560, 220])
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.tree)
        self.splitter.addWidget(self.right)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([190, 470])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 4, 0, 0)
        whole.addWidget(self.splitter)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Set tree and board one above the other where the dock is narrow."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self.splitter.setOrientation(
            Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        )

    def load(self, desk: Desk) -> None:
        """Show other results; unit and indicator stay chosen where they still are."""
        self._rows = by_unit(desk.indicators)
        self._units = desk.units
        self.tree.load(desk.units, self._rows)
        current = self.tree.current()
        if current is not None:
            self._show(*current)
        else:
            self.board.show_rows([])
            self.title.setText("")
            self.pieces.show_for(None)

    def set_counts(self, count: Callable[[str], int]) -> None:
        """Take who counts the findings of a unit, named `level:code`."""
        self._count = count
        self._show_count()

    def _unit(self, level: str, code: str) -> None:
        self._show(level, code)
        self.unit_chosen.emit(level, code)

    def _show(self, level: str, code: str) -> None:
        former = self.board.current()
        rows = list(self._rows.get((level, code), ()))
        path = [unit.name or unit.code for unit in reversed(self._units.path(level, code))]
        self.title.setText(" › ".join(path) or code)
        self.board.show_rows(rows, former.indicator if former else "")
        if self.board.current() is None:
            self.pieces.show_for(None)
        self._show_count()

    def _show_count(self) -> None:
        key = self.tree.current()
        count = self._count(f"{key[0]}:{key[1]}") if key else 0
        self.findings.setVisible(key is not None)
        self.findings.setText(tr("{count} findings ▸").format(count=f"{count:,}"))
        self.findings.setEnabled(bool(count))

    def _ask_findings(self) -> None:
        key = self.tree.current()
        if key is not None:
            self.findings_wanted.emit(*key)

    def choose(self, level: str, code: str, indicator: str = "") -> None:
        """Choose a unit and, where named, an indicator."""
        if self.tree.current() != (level, code):
            self.tree.choose(level, code)
        rows = list(self._rows.get((level, code), ()))
        if indicator and any(one.indicator == indicator for one in rows):
            self.board.show_rows(rows, indicator)

    def apply(self, changed: Iterable[Indicator]) -> None:
        """Take over indicators that changed."""
        changed = list(changed)
        touched: dict[Key, list[Indicator]] = {}
        for one in changed:
            key = (one.level, one.unit)
            rows = self._rows.setdefault(key, [])
            places = {row.indicator: place for place, row in enumerate(rows)}
            place = places.get(one.indicator)
            if place is None:
                rows.append(one)
            else:
                rows[place] = one
            touched[key] = rows
        self.tree.update_units(touched)
        self.board.apply(changed)
        chosen = self.pieces.indicator
        again = next((one for one in changed if chosen and one.key == chosen.key), None)
        if again is not None:
            self.pieces.indicator = again
            self.pieces.again()
