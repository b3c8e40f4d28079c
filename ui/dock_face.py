# SPDX-License-Identifier: GPL-2.0-or-later
"""How the dock is laid out: head, plans and matrix, filters and list, facts and decision."""

from __future__ import annotations

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .compare_bar import CompareBar
from .conflict_filters import Filters
from .conflict_list import ConflictList
from .conflict_map import ConflictMap
from .decide_box import DecideBox
from .facts_view import FactsView
from .filter_bar import FilterBar
from .matrix_view import MatrixView
from .sector_names import Names
from .sector_tree import SectorTree
from .source_bar import SourceBar
from .tool_button import tool_button

_LEVELS = {
    "error": Qgis.MessageLevel.Critical,
    "warning": Qgis.MessageLevel.Warning,
    "success": Qgis.MessageLevel.Success,
}
_SECONDS = 8
_MATRIX_MOST = 0.55
_WIDE = 1.6
_FACTS_MORE = 20
_LEAST = (40, 150, 75)  # two lines of filters, one of tools and some rows must not overlap
_LEAST_LIST = 54
_THREE_ABREAST = 900  # what the parts need side by side


class DockFace(QWidget):
    """The widgets of the dock; `quiet` keeps the map still while they are filled."""

    def __init__(self, map_: ConflictMap, filters: Filters, names: Names) -> None:
        super().__init__()
        self.quiet = False
        self.source = SourceBar()
        self.messages = QgsMessageBar()
        self.messages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.tree = SectorTree()
        self.compare = CompareBar(map_)
        self.matrix = MatrixView()
        self.measure = QComboBox()
        self.bar = FilterBar(filters, names.name, names.picture)
        self.list = ConflictList()
        self.facts = FactsView()
        self.decide = DecideBox()
        self._make_tools()
        self.tabs = self._tabs()
        self._lay_out()
        self.back.clicked.connect(lambda: self.list.step(-1))
        self.next.clicked.connect(lambda: self.list.step(1))
        self.copy.clicked.connect(self.list.copy)
        self.measure.currentIndexChanged.connect(lambda place: self.matrix.set_by_area(place == 1))

    def _make_tools(self) -> None:
        self.count = QLabel()
        self.back = tool_button("/mActionArrowUp.svg", tr("Previous conflict"))
        self.next = tool_button("/mActionArrowDown.svg", tr("Next conflict"))
        self.zoom = tool_button("/mActionZoomTo.svg", tr("Zoom to the current conflict"), True)
        self.flash = tool_button("/mActionHighlightFeature.svg", tr("Flash both shapes"), True)
        self.solo = tool_button(
            "/mActionShowSelectedLayers.svg", tr("Show only the current conflict's plans"), False
        )
        self.copy = tool_button("/mActionEditCopy.svg", tr("Copy the selected rows"))
        self.export = tool_button("/mActionFileSave.svg", tr("Export what is shown"))

    def _tabs(self) -> QTabWidget:
        plans = QWidget()
        column = QVBoxLayout(plans)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.tree, 1)
        column.addWidget(self.compare)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(plans, tr("Plans"))
        tabs.addTab(self.matrix, tr("Matrix"))
        self.measure.addItems([tr("Number of conflicts"), tr("Hectares in conflict")])
        self.measure.setAccessibleName(tr("What the matrix shows"))
        tabs.setCornerWidget(self.measure)
        self.measure.setVisible(False)
        tabs.currentChanged.connect(self._turned)
        return tabs

    def _turned(self, place: int) -> None:
        """Give the matrix the height that it needs when it comes to the front."""
        matrix = self.tabs.widget(place) is self.matrix
        self.measure.setVisible(matrix)
        sizes = self.splitter.sizes()
        wanted = self.matrix.sizeHint().height() + self.tabs.tabBar().height() + 4
        more = min(wanted, int(sum(sizes) * _MATRIX_MOST)) - sizes[0]
        if matrix and more > 0 and self.splitter.orientation() == Qt.Orientation.Vertical:
            left = sum(sizes) - sizes[0] - more
            self.splitter.setSizes(
                [sizes[0] + more, left // 2 - _FACTS_MORE, left // 2 + _FACTS_MORE]
            )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Set the parts side by side where the dock is wide and low."""
        super().resizeEvent(event)
        flat = self.width() > max(_WIDE * self.height(), _THREE_ABREAST)
        self.splitter.setOrientation(Qt.Orientation.Horizontal if flat else Qt.Orientation.Vertical)

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.bar)
        column.addLayout(self._tool_row())
        self.list.setMinimumHeight(_LEAST_LIST)
        column.addWidget(self.list, 1)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.facts, 1)
        column.addWidget(self.decide)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        parts = ((self.tabs, 5), (middle, 5), (below, 4))
        for (widget, stretch), least in zip(parts, _LEAST):
            widget.setMinimumHeight(least)  # less than its parts ask for: a low screen must do
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        self.splitter.setSizes([300, 300, 300])
        self.splitter.setChildrenCollapsible(True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(6, 4, 6, 6)
        whole.setSpacing(4)
        whole.addWidget(self.source)
        whole.addWidget(self.messages)
        whole.addWidget(self.splitter, 1)

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(1)
        row.addWidget(self.count)
        row.addStretch(1)
        tools = (self.back, self.next, self.zoom, self.flash, self.solo, self.copy, self.export)
        for tool in tools:
            row.addWidget(tool)
        return row

    def sizeHint(self) -> QSize:  # noqa: N802
        """Want room for list and facts."""
        return QSize(640, 960)

    def show_count(self, listed: int, all_: int) -> None:
        """Say how many conflicts are listed."""
        self.count.setText(
            tr("{listed} of {all} conflicts").format(listed=f"{listed:,}", all=f"{all_:,}")
            if listed != all_
            else tr("{all} conflicts").format(all=f"{all_:,}")
        )

    def set_busy(self, busy: bool) -> None:
        """Show that the engine works."""
        self.source.set_busy(busy)
        self.decide.set_busy(busy)

    def say(self, text: str, level: str) -> None:
        """Say a sentence above the lists; troubles stay until they are closed."""
        self.messages.clearWidgets()
        if text:
            seconds = _SECONDS if level == "success" else 0
            self.messages.pushMessage("", text, _LEVELS[level], seconds)
