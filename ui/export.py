# SPDX-License-Identifier: GPL-2.0-or-later
"""Write or copy what the list shows, with the filters that it was shown by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Generator, Sequence, Union

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog, QWidget

from ..jobs.words import tr
from . import beside
from .conflict_model import COLUMNS, Column
from .export_sheets import ExportError, Row, Sheet, driver_of, write
from .labels import OBJECTS, word
from .sector_records import Conflict, Side
from .slices import Job, Slices

Told = Callable[[str], None]
Cell = tuple[str, Callable[[Any], Union[str, float, None]]]
_DECIMALS = 2
AT_ONCE = 300  # rows that are written before anyone notices
_PORTION = 40


def _ends(title: str, give: Callable[[Side], str | float | None]) -> list[tuple]:
    first, second = tr("{fact} (project)"), tr("{fact} (against)")
    return [
        (first.format(fact=title), lambda one: give(one.subject)),
        (second.format(fact=title), lambda one: give(one.object)),
    ]


def _columns() -> list[Cell]:
    """Give titles and values of what is written: all that is known, in the user's words."""
    listed = [
        (column.title(), column.text)
        for column in COLUMNS
        if column.key not in ("subject", "object", "measure", "years")
    ]
    return [
        ("ID", lambda one: one.id),
        *listed,
        *_ends(tr("Plan"), lambda side: side.name or word(OBJECTS, side.layer)),
        *_ends(tr("Department"), lambda side: side.department),
        *_ends(tr("Number"), lambda side: side.id),
        *_ends(tr("Name"), lambda side: side.label),
        *_ends(tr("Use"), lambda side: side.use),
        *_ends(tr("First year"), lambda side: side.start),
        *_ends(tr("Last year"), lambda side: side.end),
        *_ends(tr("Area, m²"), lambda side: side.area_m2),
        *_ends(tr("Demand, m²"), lambda side: side.demand_m2),
        *_ends(tr("Left if cut off, m²"), lambda side: side.remain_m2),
        (tr("Conflict, m²"), lambda one: one.area_m2),
        (tr("Value"), lambda one: one.value),
        (tr("Limit"), lambda one: one.limit),
        (tr("Unit"), lambda one: one.unit_of_measure),
        (tr("Message"), lambda one: one.message),
        (tr("Way out"), lambda one: one.remedy),
    ]


def ask(parent: QWidget) -> Path | None:
    """Have the user name the file; None where the user would rather not."""
    path, kind = QFileDialog.getSaveFileName(
        parent, tr("Export what is shown"), "", "Excel (*.xlsx);;CSV (*.csv)"
    )
    place = Path(path)
    if path and not place.suffix:
        place = place.with_suffix(".csv" if "csv" in kind else ".xlsx")
    return place if path else None


def conflict_table(conflicts: Sequence[Conflict], filters: str) -> Table:
    """Give the table of conflicts as it is written."""
    return Table(tr("Conflicts"), _columns(), conflicts, filters)


@dataclass(frozen=True)
class Table:
    """Records by columns of title and value, and the filters that they were shown by."""

    title: str
    columns: list[Cell]
    records: Sequence[Any]
    filters: str


class Exporter(QObject):
    """Writes tables to .csv (UTF-8 with a mark that Excel knows) or .xlsx files.

    The filters stand in a sheet of their own, or in a last column of the CSV. A short table is
    written at once, a long one beside the window; one is written at a time.
    """

    busy_changed = pyqtSignal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slices = Slices(self)
        self._task: beside.Task | None = None
        self._told: Told = lambda trouble: None
        self.busy = False

    def begin(self, path: Path, table: Table, told: Told) -> None:
        """Write a table; `told` gets "" at the end, or why nothing was written."""
        if self.busy:
            told(tr("Another file is still being written."))
            return
        self._told = told
        try:
            driver = driver_of(path)
        except ExportError as error:
            told(str(error))
            return
        self._turn(True)
        job = self._steps(path, driver, table)
        if len(table.records) > AT_ONCE:
            self._slices.begin("export", job)
            return
        for _ in job:
            pass

    def stop(self) -> None:
        """Write no more, and tell nothing: before the dock goes."""
        self._told = lambda trouble: None
        self._slices.drop()
        if self._task is not None:
            self._task.cancel()
        self._task = None

    def _turn(self, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit(busy)

    def _over(self, trouble: str = "") -> None:
        self._task = None
        self._turn(False)
        self._told(trouble)

    def _steps(self, path: Path, driver: str, table: Table) -> Job:
        """Fill the sheets, a few rows a step, then have them written."""
        columns = table.columns
        if driver == "CSV":
            columns = [*columns, (tr("Filters"), lambda one: table.filters)]
        sheets = [(yield from _filled(table.title, columns, table.records))]
        if driver == "XLSX":
            facts = [(tr("Filters"), table.filters), (table.title, str(len(table.records)))]
            titles = [tr("Fact"), tr("Value")]
            sheets.append(Sheet(tr("Filters"), titles, [False, False], list(facts)))
        if len(table.records) > AT_ONCE:
            self._write_beside(path, driver, sheets)
            return
        try:
            write(path, driver, sheets, lambda: False)
        except ExportError as error:
            self._over(str(error))
        else:
            self._over()

    def _write_beside(self, path: Path, driver: str, sheets: list[Sheet]) -> None:
        """Write the sheets in a thread of their own."""

        def work(task: beside.Task) -> bool:
            write(path, driver, sheets, task.isCanceled)
            return True

        def done(error: Exception | None, written: bool = False) -> None:
            self._over("" if written else str(error or path))

        self._task = beside.begin(work, done)


def _as_shown(value: str | float | None) -> str | float | None:
    """Round a figure as the lists and reports do; more decimals would claim what is not known."""
    return round(value, _DECIMALS) if isinstance(value, float) else value


def _filled(name: str, columns: list[Cell], records: Sequence[Any]) -> Generator[None, None, Sheet]:
    """Make a sheet; a column with any figure holds figures."""
    rows: list[Row] = []
    figures = [False] * len(columns)
    for start in range(0, len(records), _PORTION):
        for one in records[start : start + _PORTION]:
            row = tuple(_as_shown(value(one)) for _, value in columns)  # no work for the collector
            figures = [had or isinstance(cell, float) for had, cell in zip(figures, row)]
            rows.append(row)
        yield
    return Sheet(name, [title for title, _ in columns], figures, rows)


def titles_of(columns: Sequence[Column]) -> str:
    """Give the first line for the clipboard, tabs between."""
    return "\t".join(["ID", *(column.title() for column in columns)])


def line_of(record: Any, columns: Sequence[Column]) -> str:
    """Give a record's line for the clipboard, tabs between."""
    cells = [record.id, *(column.text(record) for column in columns)]
    return "\t".join(" ".join(cell.split()) for cell in cells)
