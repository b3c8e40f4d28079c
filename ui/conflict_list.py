# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of records (conflicts, findings): columns to choose, keys to step, rows to copy."""

from __future__ import annotations

from typing import Any, Callable

from qgis.PyQt.QtCore import QItemSelectionModel, QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from ..jobs.words import tr
from .conflict_model import CONFLICT_TABLE, Column, RecordModel, Table
from .export import line_of, titles_of
from .slices import Job, Slices

_LEAST = 110


class RecordList(QTableView):
    """Shows the records that pass the filters; the current one drives map and facts.

    `more` adds to the menu of a row what else can be done with its record.
    """

    current_changed = pyqtSignal(object)
    chosen_changed = pyqtSignal()
    pan_wanted = pyqtSignal(object)
    rule_wanted = pyqtSignal(str)
    clicked_again = pyqtSignal(object)

    def __init__(self, table: Table, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.table = table
        self._yielded: set[int] = set()
        self._chosen: set[int] = set()
        self._slices = Slices(self)
        self.more: Callable[[QMenu, Any], None] = lambda menu, record: None
        self.source = self.shown = RecordModel(table, self)
        self.setModel(self.shown)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
        self.verticalHeader().setMinimumSectionSize(8)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._head()
        self._connect()

    def header(self) -> QHeaderView:
        """Give the columns' header."""
        return self.horizontalHeader()

    def _head(self) -> None:
        header = self.header()
        header.setSectionsMovable(True)
        header.setStretchLastSection(False)
        header.setHighlightSections(False)
        # It shows no selection, but would ask the model about every row whether it is selected.
        header.setSelectionModel(QItemSelectionModel(self.shown, self))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        letter = self.fontMetrics().averageCharWidth()
        for place, column in enumerate(self.table.columns):
            header.resizeSection(place, column.width * letter + 24)
            self.setColumnHidden(place, not column.shown)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda at: self.columns_menu().popup(header.mapToGlobal(at))
        )

    def _connect(self) -> None:
        selection = self.selectionModel()
        selection.currentRowChanged.connect(lambda now, _: self._current(now.row()))
        selection.selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.customContextMenuRequested.connect(self._menu)
        self.clicked.connect(self._again)

    def _current(self, row: int) -> None:
        self._told = True
        self.current_changed.emit(self.source.record(row))

    def _again(self) -> None:
        """Tell of a click on the row that is current already: the map may have moved."""
        if not self._told:
            self.clicked_again.emit(self.current())
        self._told = False

    _told = False

    def load(self, records: list[Any], order: list[int] | None = None) -> None:
        """Show other records; `order` where it is known already."""
        self.source.load(records, order)

    def show_flags(self, flags: str) -> None:
        """Show the records with a "1"; the current one stays where it still is shown."""
        self.source.show(flags)

    def current(self) -> Any | None:
        """Give the current record."""
        index = self.currentIndex()
        return self.source.record(index.row()) if index.isValid() else None

    def chosen(self) -> list[Any]:
        """List the records that are selected, in the order of the list."""
        rows: set[int] = set()
        for part in self.selectionModel().selection():  # row by row it takes seconds for thousands
            rows.update(range(part.top(), part.bottom() + 1))
        return [self.source.record(row) for row in sorted(rows)]

    def listed(self) -> list[Any]:
        """List all records that are shown, in the order of the list."""
        return [self.source.records[row] for row in self.source.rows]

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) record; at an end stay there."""
        count = self.shown.rowCount()
        if not count:
            return
        now = self.currentIndex().row()
        row = min(max(now + by, 0), count - 1) if now >= 0 else (0 if by > 0 else count - 1)
        self.go_to(row)

    def go_to(self, row: int) -> None:
        """Make a row the current and only selected one."""
        index = self.shown.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def visible_columns(self) -> list[int]:
        """List the columns that are shown, as the user ordered them.

        Those that are hidden only because the list is narrow are among them.
        """
        header = self.header()
        places = sorted(range(len(self.table.columns)), key=header.visualIndex)
        return [
            place for place in places if place in self._yielded or not self.isColumnHidden(place)
        ]

    def copy(self) -> None:
        """Put the selected rows, or all shown ones, on the clipboard."""
        columns = [self.table.columns[place] for place in self.visible_columns()]
        job = self._copied(self.chosen() or self.listed(), columns)
        self._slices.begin("copy", job)
        self._slices.work()  # what is short is there at once

    def _copied(self, records: list[Any], columns: list[Column]) -> Job:
        lines = [titles_of(columns)]
        for one in records:
            lines.append(line_of(one, columns))
            yield
        QGuiApplication.clipboard().setText("\n".join(lines))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Give what room there is to the columns that take it."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Share the room that the other columns leave between the wide ones."""
        keys = self.table.keys
        wide = [keys.index(key) for key in self.table.wide]
        wide = [place for place in wide if not self.isColumnHidden(place)]
        self._yield(wide)
        header = self.header()
        others = sum(
            header.sectionSize(place) for place in self.visible_columns() if place not in wide
        )
        room = (self.viewport().width() - others) // max(len(wide), 1)
        for place in wide:
            header.resizeSection(place, max(room, _LEAST))

    def _yield(self, wide: list[int]) -> None:
        """Hide, while the list is narrow, what can be done without and the user did not choose."""
        for place in self._yielded:
            self.setColumnHidden(place, False)
        self._yielded = set()
        sizes = {place: self.header().sectionSize(place) for place in self.visible_columns()}
        sizes.update(dict.fromkeys(wide, _LEAST))
        for key in self.table.yielding:
            place = self.table.keys.index(key)
            narrow = sum(sizes.values()) > self.viewport().width()
            if narrow and place not in self._chosen and sizes.pop(place, 0):
                self._yielded.add(place)
        for place in self._yielded:
            self.setColumnHidden(place, True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Copy by the usual keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def columns_menu(self) -> QMenu:
        """Make the menu that shows and hides columns."""
        menu = QMenu(self)
        for place, column in enumerate(self.table.columns):
            action = menu.addAction(column.title())
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(place))
            action.setEnabled(column.key not in self.table.fixed)
            action.toggled.connect(lambda on, place=place: self._show_column(place, on))
        return menu

    def _show_column(self, place: int, shown: bool) -> None:
        self._yielded.discard(place)
        self._chosen.add(place)
        self.setColumnHidden(place, not shown)
        self.fit()

    def menu_for(self, record: Any | None) -> QMenu:
        """Make the menu of a row."""
        menu = QMenu(self)
        if record is not None:
            menu.addAction(tr("Zoom to it"), lambda: self.clicked_again.emit(record))
            menu.addAction(tr("Pan to it, keep the scale"), lambda: self.pan_wanted.emit(record))
            self.more(menu, record)
            menu.addSeparator()
            menu.addAction(tr("Copy rows"), self.copy)
            menu.addSeparator()
            menu.addAction(
                tr("Check only this rule again"), lambda: self.rule_wanted.emit(record.rule)
            )
        return menu

    def _menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            self.menu_for(self.source.record(index.row())).popup(self.viewport().mapToGlobal(at))


class ConflictList(RecordList):
    """The conflicts of sector plans."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(CONFLICT_TABLE, "pianqu_sector_list", parent)
        self.setAccessibleName(tr("Conflicts"))


def column(key: str) -> int:
    """Give the place of a column of conflicts."""
    return CONFLICT_TABLE.keys.index(key)
