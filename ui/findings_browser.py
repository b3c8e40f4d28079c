# SPDX-License-Identifier: GPL-2.0-or-later
"""The browser of all findings: filters, list, facts, acceptance; it follows a live engine."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from qgis.PyQt.QtCore import QItemSelectionModel, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .conflict_filters import Filters, bits_to_flags, size
from .conflict_list import RecordList
from .desk_records import Desk
from .desk_store import place
from .filter_bar import FilterBar
from .findings_accept import AcceptBox
from .findings_facts import FindingFacts
from .findings_live import FindingsLive, inherit
from .findings_names import FindingNames
from .findings_records import Finding
from .findings_table import FINDING_LOOK, FINDINGS, table_with
from .tool_button import tool_button


class FindingsBrowser(QWidget):
    """Shows findings; knows nothing of map, engine and files: it tells what the user wants."""

    current_changed = pyqtSignal(object)
    clicked_again = pyqtSignal(object)
    pan_wanted = pyqtSignal(object)
    refiltered = pyqtSignal()
    form_wanted = pyqtSignal(str, str)
    rule_wanted = pyqtSignal(str)
    decided = pyqtSignal(dict)
    export_wanted = pyqtSignal()
    extent_wanted = pyqtSignal(bool)
    changed_live = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_desk_findings")
        self.desk = Desk()
        self.quiet = False
        self._rows: dict[str, int] = {}
        self.names = FindingNames()
        self.filters = Filters((), FINDINGS)
        self.bar = FilterBar(self.filters, self.names.name, self.names.picture, FINDING_LOOK)
        self.list = RecordList(table_with(self.names.rule), "pianqu_desk_list")
        self.list.setAccessibleName(tr("Findings"))
        self.list.more = self._more
        self.facts = FindingFacts(self.names)
        self.accept = AcceptBox()
        self.live = FindingsLive(self)
        self._make_tools()
        self._lay_out()
        self._connect()

    def _make_tools(self) -> None:
        self.count = QLabel()
        self.back = tool_button("/mActionArrowUp.svg", tr("Previous finding"))
        self.next = tool_button("/mActionArrowDown.svg", tr("Next finding"))
        self.zoom = tool_button("/mActionZoomTo.svg", tr("Zoom to the current finding"), True)
        self.flash = tool_button("/mActionHighlightFeature.svg", tr("Flash the shape"), True)
        self.form = tool_button("/mActionFormView.svg", tr("Open the form of the subject"))
        self.copy = tool_button("/mActionEditCopy.svg", tr("Copy the selected rows"))
        self.export = tool_button("/mActionFileSave.svg", tr("Export what is shown"))

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(1)
        tools.addWidget(self.count)
        tools.addStretch(1)
        for tool in (self.back, self.next, self.zoom, self.flash, self.form, self.copy,
                     self.export):  # fmt: skip
            tools.addWidget(tool)
        above, below = QWidget(), QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.bar)
        column.addLayout(tools)
        column.addWidget(self.list, 1)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.facts, 1)
        column.addWidget(self.accept)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        for widget, stretch in ((above, 3), (below, 1)):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        self.splitter.setSizes([560, 230])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def _connect(self) -> None:
        self.bar.changed.connect(self.refilter)
        self.bar.extent_wanted.connect(self.extent_wanted)
        self.list.current_changed.connect(self._current)
        self.list.clicked_again.connect(self.clicked_again)
        self.list.pan_wanted.connect(self.pan_wanted)
        self.list.rule_wanted.connect(self.rule_wanted)
        self.list.chosen_changed.connect(lambda: self.accept.show_for(self.list.chosen()))
        self.back.clicked.connect(lambda: self.list.step(-1))
        self.next.clicked.connect(lambda: self.list.step(1))
        self.copy.clicked.connect(self.list.copy)
        self.export.clicked.connect(self.export_wanted)
        self.form.clicked.connect(self.open_form)
        self.list.doubleClicked.connect(lambda _: self.open_form())
        self.facts.form_wanted.connect(self.form_wanted)
        self.accept.decided.connect(self.decided)

    # What is shown

    def load(self, desk: Desk) -> None:
        """Show other findings; filters stay as far as they still make sense."""
        self.live.drop()
        former = self.list.current()
        self.desk = desk
        self.names.load(desk)
        self.filters.load(desk.findings, desk.index)
        self._drop_lost_units()
        self._rows = desk.rows or {one.id: row for row, one in enumerate(desk.findings)}
        there = self.filters.sets["since"].keys()
        if "gone" in there and "since" not in self.filters.chosen:
            self.filters.choose("since", there - {"gone"})
        sorted_so = desk.sorting == self.list.source.sorting
        self.list.load(desk.findings, desk.order if sorted_so else None)
        self.bar.show_choice()
        self.refilter()
        self._return_to(former)

    def _drop_lost_units(self) -> None:
        units = {f"{level}:{code}" for level, code in self.desk.units.by_key}
        self.filters.choose("unit", self.filters.chosen.get("unit", frozenset()) & units)

    def _return_to(self, former: Finding | None) -> None:
        """Make the finding current that was before, without moving the map."""
        self.quiet = True
        self.facts.show_finding(None)
        place = self._place(former)
        if place >= 0:
            self.list.go_to(place)
        self.quiet = False

    def _place(self, one: Finding | None) -> int:
        """Give the row of the list that a finding of this id has, -1 where it has none."""
        row = self._rows.get(one.id) if one else None
        rows = self.list.source.rows
        return rows.index(row) if row is not None and row in rows else -1

    def refilter(self) -> None:
        """List what passes the filters."""
        filters = self.filters
        bits = filters.passing()
        self.list.show_flags(bits_to_flags(bits, filters.count))
        self._count(size(bits))
        self.accept.show_for(self.list.chosen())
        self.refiltered.emit()

    def _count(self, listed: int) -> None:
        all_ = self.filters.living
        form = tr("{listed} of {all} findings") if listed != all_ else tr("{all} findings")
        self.count.setText(form.format(listed=f"{listed:,}", all=f"{all_:,}"))

    def choose(self, facet: str, values: Iterable[Any]) -> None:
        """Filter by some values of a facet."""
        self.filters.choose(facet, values)
        self.bar.told()

    def within(self, place: tuple[float, float, float, float] | None) -> None:
        """List only what reaches into a rectangle; None: everywhere."""
        if place != self.filters.place:
            self.filters.within(place)
            self.bar.told()

    def _current(self, one: Finding | None) -> None:
        self.facts.show_finding(one)
        self.current_changed.emit(one)

    def open_form(self) -> None:
        """Ask for the form of the current finding's subject."""
        one = self.list.current()
        if one is not None:
            self.form_wanted.emit(one.subject_layer, one.subject_id)

    def _more(self, menu: QMenu, one: Finding) -> None:
        menu.addAction(
            tr("Open the form of the subject"),
            lambda: self.form_wanted.emit(one.subject_layer, one.subject_id),
        )
        menu.addAction(tr("Only this rule"), lambda: self.choose("rule", [one.rule]))
        menu.addAction(tr("Only this unit"), lambda: self.choose("unit", one.path[:1]))

    # Decisions

    def take_decisions(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Show decisions that were written; gives how many findings they are about."""
        touched = set()
        for row in rows:
            place = self._rows.get(str(row.get("id")))
            if place is not None:
                self.desk.findings[place].decide(row)
                touched.add(str(row.get("id")))
        self.filters.refresh("status")
        self.list.source.touched(touched)
        self.refilter()
        self.facts.show_finding(self.list.current())
        return len(touched)

    # Live

    def apply_delta(
        self,
        indicators: Sequence[Mapping[str, Any]],
        gone: Sequence[str],
        findings: Sequence[Mapping[str, Any]],
    ) -> None:
        """Take findings away by id, add new ones, replace changed ones."""
        self.live.apply_delta(gone, findings)

    def apply_state(
        self,
        indicators: Sequence[Mapping[str, Any]],
        findings: Sequence[Mapping[str, Any]],
    ) -> None:
        """Show all that a live engine finds; what it does not look at stays as it was."""
        self.live.apply_state(findings)

    def change(self, gone: set[str], came: list[Finding]) -> None:
        """Change what is listed by little, whatever the list's length."""
        leaving = set()
        for one in came:
            row = self._rows.pop(one.id, None)
            if row is not None:
                inherit(one, self.desk.findings[row])
                leaving.add(row)
            else:
                one.since = "new"
        for id_ in gone:
            row = self._rows.pop(id_, None)
            if row is not None:
                leaving.add(row)
        self.filters.drop(leaving)
        place(came, self.desk.units)
        first = list(self.filters.add(came))
        self.desk.findings += came[len(self.desk.findings) - first[0] :] if first else []
        self._rows.update((one.id, row) for row, one in zip(first, came))
        current = self.list.current()
        bits = self.filters.passing()
        flags = bits_to_flags(bits, self.filters.count)
        self.list.source.change(self.desk.findings, leaving, first, flags)
        self._count(size(bits))
        self._follow(current)
        self.changed_live.emit()

    def known(self, id_: str) -> Finding | None:
        """Give the finding of an id, None where none is listed."""
        row = self._rows.get(id_)
        return None if row is None else self.desk.findings[row]

    def _follow(self, current: Finding | None) -> None:
        """Stay at the current finding, though its record may be another now."""
        place_ = self._place(current)
        if place_ >= 0 and place_ != self.list.currentIndex().row():
            self.quiet = True
            flags = QItemSelectionModel.SelectionFlag
            self.list.selectionModel().setCurrentIndex(
                self.list.source.index(place_, 0), flags.ClearAndSelect | flags.Rows
            )
            self.quiet = False
        self.facts.show_finding(self.list.current())
