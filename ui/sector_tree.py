# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree of departments and their plans: colour, visibility, opacity, demand, conflicts."""

from __future__ import annotations

from qgis.PyQt.QtCore import QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QBrush, QColor, QResizeEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QSlider,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from ..jobs.words import tr
from .labels import DASH, chip, number
from .sector_records import Plan, Results

SECTOR = int(Qt.ItemDataRole.UserRole)
NAME, OPACITY, PROJECTS, DEMAND, OPEN, ALL = range(6)
_YIELDING = ((PROJECTS, 85), (DEMAND, 75))  # done without where fewer letters have room
_FIGURES = (PROJECTS, DEMAND, OPEN, ALL)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Counts = dict[str, tuple[int, int]]


class SectorTree(QTreeWidget):
    """Departments and plans; boxes show and hide them on the map, sliders make them faint."""

    shown_changed = pyqtSignal(str, bool)
    opacity_changed = pyqtSignal(str, float)
    filter_wanted = pyqtSignal(list)
    zoom_wanted = pyqtSignal(str)
    rerun_wanted = pyqtSignal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_sector_tree")
        self.setAccessibleName(tr("Departments and plans"))
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.itemChanged.connect(self._changed)
        self.itemDoubleClicked.connect(self._filter_by)
        self._head()

    def _head(self) -> None:
        self.setHeaderLabels(
            [tr("Department and plan"), tr("Opacity"), tr("Projects"), tr("New land, ha"),
             tr("Unsettled"), tr("Conflicts")]
        )  # fmt: skip
        self.headerItem().setToolTip(
            DEMAND, tr("Construction land that the plan asks for where there is none yet")
        )
        self.headerItem().setToolTip(OPEN, tr("Conflicts that are open or reopened"))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in _FIGURES:
            self.headerItem().setTextAlignment(column, _RIGHT)
        self._fit(True)
        header.setSectionResizeMode(OPACITY, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(OPACITY, 76)
        header.setMinimumSectionSize(52)

    def _fit(self, on: bool) -> None:
        """Let columns be as wide as what they hold; off while many texts are set one by one."""
        modes = QHeaderView.ResizeMode
        for column in _FIGURES:
            mode = modes.ResizeToContents if on else modes.Interactive
            self.header().setSectionResizeMode(column, mode)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave room for the plans' names: in a narrow tree two columns are told by hints alone."""
        room = event.size().width() / max(self.fontMetrics().averageCharWidth(), 1)
        for column, letters in _YIELDING:
            self.setColumnHidden(column, room < letters)
        super().resizeEvent(event)

    def load(self, results: Results, shown: dict[str, bool], opacity: dict[str, float]) -> None:
        """Show another dossier's plans."""
        self.blockSignals(True)
        self._fit(False)
        self.clear()
        departments: dict[str, QTreeWidgetItem] = {}
        for plan in results.plans:
            name = plan.department or tr("No department")
            if name not in departments:
                departments[name] = self._department(name)
            item = self._plan(departments[name], plan, shown.get(plan.sector, True))
            self.setItemWidget(item, OPACITY, self._slider(plan, opacity.get(plan.sector, 1.0)))
        self.expandAll()
        self.blockSignals(False)
        for item in departments.values():
            self._sum(item, (PROJECTS,), 0)
            self._sum(item, (DEMAND,), 2)
        self._fit(True)

    def _department(self, name: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self, [name])
        # Ticks of a department are those of its plans.
        item.setFlags(
            item.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate
        )
        font = item.font(NAME)
        font.setBold(True)
        item.setFont(NAME, font)
        self._align(item)
        return item

    def _plan(self, parent: QTreeWidgetItem, plan: Plan, shown: bool) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [plan.name])
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(NAME, Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
        item.setData(NAME, SECTOR, plan.sector)
        item.setIcon(NAME, chip(plan.colour))
        item.setToolTip(NAME, self._hint(plan))
        item.setText(PROJECTS, str(plan.projects))
        item.setText(DEMAND, number(plan.new_construction_ha, 2))
        item.setData(DEMAND, SECTOR, plan.new_construction_ha)
        item.setData(PROJECTS, SECTOR, plan.projects)
        if plan.outcome == "not_checked":
            item.setForeground(NAME, QBrush(QColor("#6b7280")))
            said = tr("not checked: {reason}")
            item.setToolTip(NAME, said.format(reason=plan.reason))
        self._align(item)
        return item

    def _hint(self, plan: Plan) -> str:
        """Say what the columns say, and what is the matter with the plan."""
        head = self.headerItem()
        demand = number(plan.new_construction_ha, 2)
        facts = ((head.text(PROJECTS), plan.projects), (head.text(DEMAND), demand))
        lines = [tr("{title}: {value}").format(title=title, value=value) for title, value in facts]
        return "\n".join(filter(None, (plan.name, *lines, plan.reason)))

    def _align(self, item: QTreeWidgetItem) -> None:
        for column in _FIGURES:
            item.setTextAlignment(column, _RIGHT)

    def _slider(self, plan: Plan, opacity: float) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(5, 100)
        slider.setValue(round(opacity * 100))
        slider.setMaximumHeight(18)
        slider.setAccessibleName(tr("Opacity of {plan}").format(plan=plan.name))
        slider.setToolTip(slider.accessibleName())
        slider.valueChanged.connect(
            lambda value, sector=plan.sector: self.opacity_changed.emit(sector, value / 100)
        )
        return slider

    def _sum(self, parent: QTreeWidgetItem, columns: tuple[int, ...], decimals: int) -> None:
        for column in columns:
            total = sum(
                float(parent.child(row).data(column, SECTOR) or 0)
                for row in range(parent.childCount())
            )
            parent.setText(column, number(total, decimals) if decimals else str(int(total)))

    def plans(self) -> list[QTreeWidgetItem]:
        """List the plans' items."""
        tops = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        return [top.child(row) for top in tops for row in range(top.childCount())]

    def show_counts(self, plans: Counts, departments: Counts) -> None:
        """Show how many conflicts are unsettled, and how many there are, per plan and department.

        A department's number is not the sum of its plans': a conflict of two of them counts once.
        """
        self.blockSignals(True)
        self._fit(False)
        for item in self.plans():
            self._count(item, plans.get(item.data(NAME, SECTOR), (0, 0)))
        for row in range(self.topLevelItemCount()):
            top = self.topLevelItem(row)
            self._count(top, departments.get(top.text(NAME), (0, 0)))
        self._fit(True)
        self.blockSignals(False)

    def _count(self, item: QTreeWidgetItem, counts: tuple[int, int]) -> None:
        texts = [str(count) if count else DASH for count in counts]
        if texts == [item.text(OPEN), item.text(ALL)]:
            return
        for column, text in zip((OPEN, ALL), texts):
            item.setText(column, text)
        font = item.font(OPEN)
        font.setBold(bool(counts[0]))
        item.setFont(OPEN, font)

    def chosen(self) -> list[str]:
        """List the plans that are selected, those of selected departments too."""
        return [
            item.data(NAME, SECTOR)
            for item in self.plans()
            if item.isSelected() or item.parent().isSelected()
        ]

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        sector = item.data(NAME, SECTOR)
        if column == NAME and sector:
            self.shown_changed.emit(sector, item.checkState(NAME) == Qt.CheckState.Checked)

    def _filter_by(self, item: QTreeWidgetItem, column: int = 0) -> None:
        self.setCurrentItem(item)
        self.filter_wanted.emit(self.chosen())

    def show_all(self, shown: bool) -> None:
        """Tick all plans or none."""
        state = Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
        for item in self.plans():
            item.setCheckState(NAME, state)

    def show_just(self, sectors: list[str]) -> None:
        """Tick these plans and no other."""
        for item in self.plans():
            wanted = item.data(NAME, SECTOR) in sectors
            item.setCheckState(NAME, Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)

    def menu_for(self, chosen: list[str]) -> QMenu:
        """Make the menu for the plans that are selected."""
        menu = QMenu(self)
        if chosen:
            menu.addAction(tr("List only their conflicts"), lambda: self.filter_wanted.emit(chosen))
            menu.addAction(tr("Zoom to the plan"), lambda: self.zoom_wanted.emit(chosen[0]))
            menu.addAction(tr("Show only these on the map"), lambda: self.show_just(chosen))
            menu.addSeparator()
            menu.addAction(tr("Check only these plans again"),
                           lambda: self.rerun_wanted.emit(chosen))  # fmt: skip
            menu.addSeparator()
        menu.addAction(tr("Show all plans"), lambda: self.show_all(True))
        menu.addAction(tr("Hide all plans"), lambda: self.show_all(False))
        return menu

    def _menu(self, place: QPoint) -> None:
        self.menu_for(self.chosen()).popup(self.viewport().mapToGlobal(place))
