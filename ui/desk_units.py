# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree of units: county, clusters, towns, villages, each with its verdict."""

from __future__ import annotations

from typing import Iterable, Mapping

from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ..jobs.words import tr
from .desk_records import LEVELS, Indicator, Key, Unit, Units, unchecked, verdict_of
from .desk_words import LEVEL_WORDS, OUTCOME_SIGNS, OUTCOME_WORDS
from .labels import sign, word

KEY = int(Qt.ItemDataRole.UserRole)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_OPEN_LEVELS = ("county", "cluster")


class UnitTree(QWidget):
    """Choose a unit; the sign says how it stands, the numbers how many quotas fail."""

    chosen = pyqtSignal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QgsFilterLineEdit()
        self.search.setPlaceholderText(tr("Unit…"))
        self.search.setShowSearchIcon(True)
        self.search.setAccessibleName(tr("Search a unit"))
        self.tree = QTreeWidget()
        self.tree.setObjectName("pianqu_desk_units")
        self.tree.setAccessibleName(tr("Units"))
        self.tree.setHeaderLabels([tr("Administrative unit"), tr("Failed")])
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.headerItem().setTextAlignment(1, _RIGHT)
        self._items: dict[Key, QTreeWidgetItem] = {}
        self._signs = {key: sign(name) for key, name in OUTCOME_SIGNS.items()}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        self.tree.currentItemChanged.connect(self._current)
        self.search.textChanged.connect(self._filter)

    def _current(self, item: QTreeWidgetItem | None, _: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(*item.data(0, KEY))

    def current(self) -> Key | None:
        """Give level and code of the chosen unit."""
        item = self.tree.currentItem()
        return item.data(0, KEY) if item is not None else None

    def load(self, units: Units, indicators: Mapping[Key, list[Indicator]]) -> None:
        """Show another tree, without telling; the same unit stays chosen where it still is."""
        kept = self.current()
        self.tree.blockSignals(True)
        self.tree.clear()
        self._items = {}
        tops = [self._item(unit) for unit in units.roots]
        self.tree.addTopLevelItems(tops)
        for key, item in self._items.items():
            item.setExpanded(key[0] in _OPEN_LEVELS[: 1 + (len(units.of("cluster")) < 4)])
        self.update_units(indicators)
        chosen = self._items.get(kept) if kept else None
        self.tree.setCurrentItem(chosen or (tops[0] if tops else None))
        self.tree.blockSignals(False)

    def _item(self, unit: Unit) -> QTreeWidgetItem:
        item = QTreeWidgetItem([unit.name or unit.code, ""])
        item.setData(0, KEY, unit.key)
        item.setTextAlignment(1, _RIGHT)
        self._items[unit.key] = item
        item.addChildren([self._item(one) for one in unit.below])
        return item

    def update_units(self, indicators: Mapping[Key, list[Indicator]]) -> None:
        """Show how these units stand."""
        for key, rows in indicators.items():
            item = self._items.get(key)
            if item is None:
                continue
            verdict = verdict_of(rows)
            failed = sum(one.outcome == "failed" for one in rows)
            item.setText(1, str(failed) if failed else "")
            if verdict in self._signs:
                item.setIcon(0, self._signs[verdict])
            said = tr("{level} {name} ({code}): {verdict}").format(
                level=word(LEVEL_WORDS, key[0]),
                name=item.text(0),
                code=key[1],
                verdict=word(OUTCOME_WORDS, verdict),
            )
            gaps = unchecked(rows)
            if gaps and verdict != "not_checked":
                said += tr("; quotas that could not be checked: {count}").format(count=gaps)
            item.setToolTip(0, said)
            item.setData(0, int(Qt.ItemDataRole.AccessibleTextRole), said)

    def choose(self, level: str, code: str) -> bool:
        """Choose a unit; tells whether there is such a one."""
        item = self._items.get((level, code))
        if item is None:
            return False
        self.tree.setCurrentItem(item)
        self.tree.scrollToItem(item)
        return True

    def _filter(self, text: str) -> None:
        """Show only units whose name or code holds the text, with those above them."""
        word_ = text.strip().lower()
        for level in reversed(LEVELS):
            for key, item in self._items.items():
                if key[0] == level:
                    own = word_ in f"{item.text(0)} {key[1]}".lower()
                    below = (item.child(row) for row in range(item.childCount()))
                    inside = any(not child.isHidden() for child in below)
                    item.setHidden(bool(word_) and not own and not inside)
                    if word_ and inside:
                        item.setExpanded(True)


def by_unit(indicators: Iterable[Indicator]) -> dict[Key, list[Indicator]]:
    """Sort indicators by unit."""
    found: dict[Key, list[Indicator]] = {}
    for one in indicators:
        found.setdefault((one.level, one.unit), []).append(one)
    return found
