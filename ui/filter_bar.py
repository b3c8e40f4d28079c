# SPDX-License-Identifier: GPL-2.0-or-later
"""The filters above the list: a button a facet, each value with the count it would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Mapping, Sequence

from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QIcon, QResizeEvent
from qgis.PyQt.QtWidgets import (
    QHeaderView,
    QMenu,
    QSizePolicy,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
    QWidgetAction,
)

from ..jobs.words import tr
from .conflict_filters import Filters, Value
from .flow_layout import FlowLayout
from .labels import FACETS, Words, word
from .sector_records import SEVERITIES, STATES

VALUE = int(Qt.ItemDataRole.UserRole)
BUTTONS = ("cluster", "town", "department", "plan", "rule", "severity", "state")
_TYPING_MS = 200
_LEAST = 200
_LINES, _WIDTH = 16, 330
Name = Callable[[str, Value], str]
Picture = Callable[[str, Value], QIcon]


@dataclass(frozen=True)
class Look:
    """What the bar offers: a button for each of `buttons`, named by `titles`.

    The values of facets in `orders` stand in that order, others by their counts; `all_` says what
    the button "Clear" brings back, `search` what the words are looked for in.
    """

    buttons: Sequence[str] = BUTTONS
    titles: Words = field(default_factory=lambda: FACETS)
    orders: Mapping[str, Sequence[Value]] = field(
        default_factory=lambda: {"severity": SEVERITIES, "state": STATES}
    )
    all_: Callable[[], str] = lambda: tr("Show all conflicts")
    search: Callable[[], str] = lambda: tr("Words in names, numbers, towns, messages and decisions")


CONFLICT_LOOK = Look()


class FacetButton(QToolButton):
    """Opens the values of a facet with boxes to tick; the counts are made when it opens."""

    changed = pyqtSignal(str, list)

    def __init__(
        self, facet: str, filters: Filters, name: Name, picture: Picture, look: Look
    ) -> None:
        super().__init__()
        self.facet = facet
        self.filters = filters
        self.look = look
        self._name, self._picture = name, picture
        self.setObjectName(f"pianqu_filter_{facet}")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.list = self._list()
        menu = QMenu(self)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.list)
        menu.addAction(action)
        menu.addAction(tr("All values"), lambda: self._tick(None))
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)
        self.show_choice()

    def _list(self) -> QTreeWidget:
        found = QTreeWidget()
        found.setColumnCount(2)
        found.setHeaderHidden(True)
        found.setRootIsDecorated(False)
        found.setUniformRowHeights(True)
        found.header().setStretchLastSection(False)
        found.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        found.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        found.itemChanged.connect(self._ticked)
        found.itemClicked.connect(self._clicked)
        return found

    def fill(self) -> None:
        """List the values there are, with the counts after all other filters."""
        counts = self.filters.counts(self.facet)
        chosen = self.filters.chosen.get(self.facet, frozenset())
        self.list.blockSignals(True)
        self.list.clear()
        values = sorted(counts, key=lambda value: (-counts[value], str(value)))
        if self.facet in self.look.orders:
            values = [value for value in self.look.orders[self.facet] if value in counts]
        for value in (*values, *sorted(map(str, chosen - counts.keys()))):
            item = QTreeWidgetItem(self.list, [self._name(self.facet, value)])
            item.setData(0, VALUE, value)
            item.setIcon(0, self._picture(self.facet, value))
            item.setText(1, str(counts.get(value, 0)))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            ticked = Qt.CheckState.Checked if value in chosen else Qt.CheckState.Unchecked
            item.setCheckState(0, ticked)
            item.setToolTip(0, item.text(0))
        self.list.blockSignals(False)
        self._fit(len(counts))

    def _fit(self, lines: int) -> None:
        """Give the list the height of its lines, up to _LINES."""
        row = max(self.list.sizeHintForRow(0), self.fontMetrics().height() + 4)
        self.list.setFixedSize(_WIDTH, min(max(lines, 1), _LINES) * row + 6)

    def _clicked(self, item: QTreeWidgetItem, column: int) -> None:
        """Take a click on the count for a click on the box."""
        if column == 1:
            other = item.checkState(0) != Qt.CheckState.Checked
            item.setCheckState(0, Qt.CheckState.Checked if other else Qt.CheckState.Unchecked)

    def ticked(self) -> list[Value]:
        """List the values that are ticked."""
        items = (self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount()))
        return [
            item.data(0, VALUE) for item in items if item.checkState(0) == Qt.CheckState.Checked
        ]

    def _ticked(self) -> None:
        self.changed.emit(self.facet, self.ticked())

    def _tick(self, values: list[Value] | None) -> None:
        self.changed.emit(self.facet, values or [])

    def show_choice(self) -> None:
        """Say on the button what is chosen."""
        chosen = self.filters.chosen.get(self.facet, frozenset())
        title = word(self.look.titles, self.facet)
        text = title
        if len(chosen) == 1:
            one = self._name(self.facet, next(iter(chosen)))
            said = tr("{title}: {value}").format(title=title, value=one)
            text = self.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, 200)
        elif chosen:
            text = tr("{title} ({count})").format(title=title, count=len(chosen))
        self.setText(text + "  ")
        font = self.font()
        font.setBold(bool(chosen))
        self.setFont(font)
        names = sorted(self._name(self.facet, value) for value in chosen)
        self.setToolTip("\n".join(names) or tr("All values"))


class FilterBar(QWidget):
    """All filters; `changed` after each change."""

    changed = pyqtSignal()
    extent_wanted = pyqtSignal(bool)
    cleared = pyqtSignal()

    def __init__(
        self,
        filters: Filters,
        name: Name,
        picture: Picture,
        look: Look = CONFLICT_LOOK,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.filters = filters
        self.look = look
        self._name = name
        self.search = QgsFilterLineEdit()
        self.search.setPlaceholderText(tr("Search…"))
        self.search.setShowSearchIcon(True)
        self.search.setFixedWidth(130)
        self.search.setAccessibleName(tr("Search"))
        self.search.setToolTip(look.search())
        self.buttons = {
            facet: FacetButton(facet, filters, name, picture, look) for facet in look.buttons
        }
        self.extent = _button(tr("In view"), tr("List only what lies in the map's extent"))
        self.extent.setCheckable(True)
        self.pair = _button("", tr("Take the matrix's choice back"))
        self.clear = _button(tr("Clear"), look.all_())
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._lay_out()
        self._connect()
        self.show_choice()

    def _lay_out(self) -> None:
        flow = FlowLayout(self)
        for widget in (self.search, *self.buttons.values(), self.extent, self.pair, self.clear):
            flow.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._typing.start)
        self.search.returnPressed.connect(self._search)
        self._typing.timeout.connect(self._search)
        for button in self.buttons.values():
            button.changed.connect(self._choose)
        self.extent.toggled.connect(self.extent_wanted)
        self.pair.clicked.connect(lambda: self._choose("pair", []))
        self.clear.clicked.connect(self._clear)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Be as high as the lines need."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.layout().heightForWidth(max(self.width(), _LEAST)))

    def _search(self) -> None:
        self._typing.stop()
        if self.search.text().strip() != self.filters.text:
            self.filters.search(self.search.text())
            self.told()

    def _choose(self, facet: str, values: list[Value]) -> None:
        self.filters.choose(facet, values)
        self.told()

    def _clear(self) -> None:
        self.filters.chosen.clear()
        self.filters.search("")
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._typing.stop()
        self.extent.setChecked(False)
        self.cleared.emit()
        self.told()

    def told(self) -> None:
        """Show what is chosen and tell that it changed."""
        self.show_choice()
        self.changed.emit()

    def show_choice(self) -> None:
        """Say on the buttons what is chosen."""
        for button in self.buttons.values():
            button.show_choice()
        pair = next(iter(self.filters.chosen.get("pair", ())), None)
        self.pair.setVisible(pair is not None)
        if pair is not None:
            self.pair.setText(f"{self._name('pair', pair)}  ✕")
        self.clear.setEnabled(self.filters.active)
        self._fit()

    def describe(self) -> str:
        """Say in a line what is filtered, for whoever reads an export."""
        parts = []
        for facet, values in self.filters.chosen.items():
            if facet == "pair":
                values = sorted(values)[:1]
            names = sorted(self._name(facet, value) for value in values)
            said = tr("{title}: {value}")
            parts.append(said.format(title=word(self.look.titles, facet), value=" / ".join(names)))
        if self.filters.text:
            parts.append(tr("text contains “{text}”").format(text=self.filters.text))
        if self.filters.place:
            box = " ".join(f"{edge:.1f}" for edge in self.filters.place)
            parts.append(tr("in the map extent {box}").format(box=box))
        return tr("; ").join(parts) or tr("none")


def _button(text: str, hint: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(hint)
    return button
