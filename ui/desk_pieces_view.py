# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of the pieces that make up the number of the chosen indicator."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .desk_pieces import Piece, Pieces, PieceSource, choose
from .desk_records import Indicator
from .desk_words import ROLE_WORDS
from .labels import hectares, number, word

PIECE = int(Qt.ItemDataRole.UserRole)
_NONE = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LIVE_PAUSE_MS = 400
_MEASURED = 60  # rows looked at for the width of a column: two thousand take a quarter second
_COLUMNS: tuple[tuple[Callable[[], str], Callable[[Piece], str], Callable[[Piece], Any]], ...] = (
    (lambda: tr("Layer"), lambda one: word(ROLE_WORDS, one.role), lambda one: one.role),
    (lambda: tr("Feature"), lambda one: one.feature, lambda one: one.feature),
    (lambda: tr("Use"), lambda one: one.label or one.code, lambda one: one.code),
    (lambda: tr("Gross"), lambda one: hectares(one.gross_m2), lambda one: one.gross_m2),
    (lambda: tr("Net"), lambda one: hectares(one.net_m2), lambda one: one.net_m2),
)
_FIGURES = (3, 4)


class PieceModel(QAbstractTableModel):
    """Pieces in order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pieces: list[Piece] = []

    def load(self, pieces: Sequence[Piece]) -> None:
        """Show other pieces."""
        self.beginResetModel()
        self.pieces = list(pieces)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the pieces."""
        return 0 if parent.isValid() else len(self.pieces)

    def columnCount(self, parent: QModelIndex = _NONE) -> int:  # noqa: N802
        """Count the columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Give the titles."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return _COLUMNS[section][0]()
            if role == Qt.ItemDataRole.TextAlignmentRole and section in _FIGURES:
                return _RIGHT
        return None

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Give a text, or the piece (role PIECE)."""
        if not index.isValid():
            return None
        piece = self.pieces[index.row()]
        if role == PIECE:
            return piece
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _COLUMNS[index.column()][1](piece)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _FIGURES:
            return _RIGHT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the pieces in order."""
        self.beginResetModel()
        down = order == Qt.SortOrder.DescendingOrder
        self.pieces.sort(key=_COLUMNS[column][2], reverse=down)
        self.endResetModel()


class PiecesView(QWidget):
    """Asks a source for the pieces of an indicator and lists them; says why where it can't."""

    came = pyqtSignal(list)
    piece_chosen = pyqtSignal(object)
    form_wanted = pyqtSignal(str, str)
    live_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sources: list[PieceSource] = []
        self.indicator: Indicator | None = None
        self.pieces = Pieces()
        self._number = 0
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.live = QPushButton(tr("Start live"))
        self.live.setToolTip(tr("Start the resident engine and follow the edits"))
        self.model = PieceModel(self)
        self.table = QTreeView()
        self.table.setObjectName("pianqu_desk_pieces")
        self.table.setAccessibleName(tr("Pieces"))
        self.table.setModel(self.model)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAlternatingRowColors(True)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setResizeContentsPrecision(_MEASURED)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_LIVE_PAUSE_MS)
        self._again.timeout.connect(lambda: self.show_for(self.indicator))
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.live)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self.live.clicked.connect(self.live_wanted)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._chosen(now))
        self.table.doubleClicked.connect(self._form)
        self.show_for(None)

    def show_for(self, one: Indicator | None) -> None:
        """Show the pieces of an indicator; None: none are asked for."""
        self._number += 1
        self.indicator = one
        for source in self.sources:
            source.stop()
        if one is None:
            self._say(tr("Choose an indicator to see the pieces that make up its number."))
            return
        source, lack = choose(self.sources)
        if source is None:
            self._say(lack or tr("Start live to see the pieces."), offer=True)
            return
        number_ = self._number
        self.live.hide()
        self.title.setText(tr("Looking for the pieces of {name}…").format(name=one.name))
        source.ask(
            one,
            lambda pieces: self._came(number_, one, pieces),
            lambda text: self._refused(number_, text),
        )

    def again(self) -> None:
        """Ask anew in a moment: an edit changed the number."""
        if self.indicator is not None and self.isVisible():
            self._again.start()

    def _say(self, text: str, offer: bool = False) -> None:
        self.title.setText(text)
        self.live.setVisible(offer)
        self.table.setVisible(False)
        self._fill(Pieces())

    def _fill(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.model.load(pieces.pieces)
        header = self.table.header()
        self.model.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        self.came.emit(pieces.pieces)

    def _came(self, number_: int, one: Indicator, pieces: Pieces) -> None:
        if number_ != self._number:
            return
        self.table.setVisible(bool(pieces.pieces))
        self.live.hide()
        self._fill(pieces)
        self.title.setText(self._told(one, pieces))
        for column in (0, 1, 3, 4):
            self.table.resizeColumnToContents(column)

    def _told(self, one: Indicator, pieces: Pieces) -> str:
        if not pieces.pieces:
            return tr("Nothing counts for {name} here.").format(name=one.name)
        said = tr("{name}, {unit}: {total} pieces, {area}").format(
            name=one.name,
            unit=one.unit_name,
            total=number(pieces.total, 0),
            area=hectares(pieces.total_m2),
        )
        if len(pieces.pieces) < pieces.total:
            said += tr("; the largest {count} are listed").format(count=len(pieces.pieces))
        return said

    def _refused(self, number_: int, text: str) -> None:
        if number_ == self._number:
            self._say(text)

    def _chosen(self, index: QModelIndex) -> None:
        self.piece_chosen.emit(index.data(PIECE) if index.isValid() else None)

    def _form(self, index: QModelIndex) -> None:
        piece = index.data(PIECE)
        self.form_wanted.emit(piece.role, piece.feature)
