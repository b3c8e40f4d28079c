# SPDX-License-Identifier: GPL-2.0-or-later
"""Write report.xlsx: a sheet a table, formatted to be printed and handed in.

Attribute text comes from anywhere, so no cell is ever a formula: text is written as text, and what
Excel would take for a formula bears the mark that keeps it one (quotePrefix).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Sequence

import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from ..layers import findings as record
from ..layers.words import say
from .cells import Book
from .columns import complete
from .geopackage import moment
from .labels import FILLS, SIGNS, SYMBOLS, direction, field, text, word
from .provenance import inputs, provenance
from .rows import Column
from .summary import (
    clusters,
    county_name,
    notes,
    rule_name,
    tally,
    verdict_lines,
)

if TYPE_CHECKING:
    from ..checks.results import Results

SHEETS = (
    "indicators", "problem_list", "findings", "negative_list", "land_balance",
    "transfers", "ledgers", "sector_matrix",
)  # fmt: skip
# Columns in the order a reader wants; what is not named here follows. Of `findings` the first ones,
# up to the bar, make the printed page.
_ORDER = {
    "indicators": "level unit unit_name name direction quota_ha base_ha plan_ha margin_ha outcome",
    "problem_list": "cluster_name rule_name severity change count area_ha remedy cluster rule",
    "findings": "severity rule_name cluster unit_name subject_label subject_id object_layer "
    "verdict change area_m2 value limit message remedy status | unit level rule",
    "negative_list": "cluster_name zone_name zone_ha verdict codes code_names note basis",
    "land_balance": "level unit unit_name class_name base_ha plan_ha change_ha",
    "transfers": "level unit unit_name from_name to_name area_ha",
    "ledgers": "level unit unit_name name from_name to_name gross_ha net_ha",
}
ROWS = 1_048_575  # of a sheet, less its heading
_WORDED = ("outcome", "severity", "change", "verdict", "level", "status", "confidence")
_WIDE = {
    "message": 46, "remedy": 40, "reason": 36, "note": 40, "codes": 26, "code_names": 40,
    "basis": 32, "subject_label": 20, "unit_name": 16, "name": 22, "rule_name": 20, "id": 19,
    "status_reason": 24, "class_name": 24, "from_name": 24, "to_name": 24, "zone_name": 20,
    "subject_id": 20, "object_id": 20, "class": 22, "from_class": 22, "to_class": 22,
    "indicator": 20, "rule": 20,
}  # fmt: skip


def write_workbook(results: Results, path: Path) -> Path:
    """Write all tables of a run to a workbook."""
    made = Book()
    _summary(made, results)
    for name in SHEETS:
        if name == "findings":
            frame = pd.DataFrame(results.findings[list(record.COLUMNS)])
            names = {rule: rule_name(results, rule) for rule in frame["rule"].unique()}
            frame["rule_name"] = frame["rule"].map(names)
        else:
            frame = complete(getattr(results, name), name)
        if name == "sector_matrix" and not len(frame):
            continue  # no sector plans in the dossier: an empty sheet would ask a question
        write_table(made, name, frame)
    _provenance(made, results)
    stamp = moment(results.run.get("stamp"))
    properties = made.book.properties
    properties.creator, properties.title = "Pianqu", say("reports.title", name=county_name(results))
    properties.created = properties.modified = stamp.replace(tzinfo=None)
    made.save(path, stamp)
    return path


def write_table(made: Book, name: str, frame: pd.DataFrame, rows: int = ROWS) -> None:
    """Write one table; what does not fit on a sheet goes on in the next."""
    title = say(f"reports.sheet.{name}")
    order, _, tail = _ORDER.get(name, "").partition("|")
    first = [each for each in f"{order} {tail}".split() if each in frame.columns]
    frame = frame[first + [each for each in frame.columns if each not in first]]
    printed = len(order.split()) if tail else len(frame.columns)
    for part, start in enumerate(range(0, max(len(frame), 1), rows)):
        shown = say("reports.sheet.part", name=title, number=part + 1) if part else title
        _table(made, shown, frame.iloc[start : start + rows], printed)


def _table(made: Book, title: str, frame: pd.DataFrame, printed: int) -> None:
    """Write one sheet: heading, filter, print setup, rows; the first columns are printed."""
    columns = list(frame.columns)
    sheet = made.book.create_sheet(title)
    for place, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _width(name)
    sheet.freeze_panes = "A2"
    _print_setup(sheet, title)
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = 30
    _heading(made, sheet, [field(name) for name in columns])
    values = [frame[name].tolist() for name in columns]
    made.fill(sheet, [_column(name) for name in columns], values)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(frame) + 1}"
    sheet.print_area = f"A1:{get_column_letter(printed)}{len(frame) + 1}"


def _heading(made: Book, sheet: Any, words: Sequence[str]) -> None:
    """Write the row of headings."""
    look = {"bold": True, "fill": "DDE6EE", "align": "center", "wrap": True}
    sheet.append([made.cell(sheet, word_, **look) for word_ in words])


def _column(name: str) -> Column:
    """Tell how the cells of a column look, and what they show."""
    if name in _WORDED:
        return Column({"align": "center"}, lambda value: _worded(name, value))
    if name.endswith("_ha") or name in ("value", "limit", "excess", "area_m2"):
        return Column({"format": "#,##0.00", "align": "right"})
    if name == "count":
        return Column({"format": "#,##0", "align": "right"})
    if name == "direction":
        return Column({"align": "center"}, lambda value: (direction(text(value)), {}))
    look = {"wrap": name in _WIDE}
    if name in ("subject_layer", "object_layer"):
        return Column(look, lambda value: (word("role", value), {}))
    return Column(look)


def _worded(name: str, value: Any) -> tuple[str, dict[str, Any]]:
    """Show one of our vocabularies: its word, with sign and colour where it judges."""
    shown = word(name, value)
    if name == "outcome" and value in FILLS:
        look = {"fill": FILLS[value], "bold": value == "failed"}
        return f"{SYMBOLS[value]} {shown}", look
    if name == "severity" and value in SIGNS:
        fills = {"error": "failed", "warning": "warning", "info": "passed"}
        return f"{SIGNS[value]} {shown}", {"fill": FILLS[fills[value]]}
    return shown, {}


def _width(name: str) -> float:
    """Give a column its width in characters."""
    if name in _WIDE:
        return _WIDE[name]
    if name.endswith("_ha") or name in ("area_m2", "value", "limit", "excess"):
        return 14
    return 11 if name in _WORDED or name == "count" else 14


def _print_setup(sheet: Any, title: str) -> None:
    """Print on A4, as wide as the page, heading on each page, page numbers at the foot."""
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.8, 0.8
    sheet.page_margins.header = sheet.page_margins.footer = 0.4
    sheet.oddHeader.center.text = title
    sheet.oddFooter.center.text = say("reports.sheet.page")


def _summary(made: Book, results: Results) -> None:
    """Write the first sheet: the verdict, and a row a cluster."""
    title = say("reports.sheet.summary")
    sheet = made.book.create_sheet(title)
    for place, width in enumerate((14, 18, 14, 10, 10, 10, 10, 12, 14, 12, 14, 12), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    _print_setup(sheet, title)
    name = county_name(results)
    plain = {"border": False}
    sheet.append([made.cell(sheet, say("reports.title", name=name), size=16, bold=True, **plain)])
    verdict = tally(results).verdict
    shown = f"{SYMBOLS[verdict]} {say(f'reports.verdict.all.{verdict}')}"
    first = f"{say('reports.verdict.title')}  {shown}"
    sheet.append([made.cell(sheet, first, size=14, bold=True, fill=FILLS[verdict], **plain)])
    for line in verdict_lines(results):
        sheet.append([made.cell(sheet, line, **plain)])
    sheet.append([])
    sheet.append([made.cell(sheet, say("reports.clusters.caption"), bold=True, **plain)])
    words = [field("cluster"), field("cluster_name"), field("outcome")]
    words += [word("outcome", each) for each in SYMBOLS]
    words += [say(f"reports.clusters.{each}") for each in _CONFLICTS]
    _heading(made, sheet, words)
    for each in [tally(results), *(tally(results, code) for code, _ in clusters(results))]:
        sheet.append(_tally_row(made, sheet, each))


_CONFLICTS = ("new", "new_ha", "existing", "existing_ha", "other")


def _tally_row(made: Book, sheet: Any, count: Any) -> list[WriteOnlyCell]:
    """Make the row of one cluster (or the county) in the summary."""
    whole = {"format": "#,##0", "align": "right"}
    area = {"format": "#,##0.00", "align": "right"}
    row = [made.cell(sheet, count.unit), made.cell(sheet, count.name)]
    shown, look = _worded("outcome", count.verdict)
    row.append(made.cell(sheet, shown, align="center", **look))
    row += [made.cell(sheet, count.outcomes[each], **whole) for each in SYMBOLS]
    row.append(made.cell(sheet, count.new, **whole))
    row.append(made.cell(sheet, count.new_m2 / 1e4, **area))
    row.append(made.cell(sheet, count.existing, **whole))
    row.append(made.cell(sheet, count.existing_m2 / 1e4, **area))
    row.append(made.cell(sheet, count.other, **whole))
    return row


def _provenance(made: Book, results: Results) -> None:
    """Write the last sheet: inputs, parameters, notes."""
    title = say("reports.sheet.provenance")
    sheet = made.book.create_sheet(title)
    for place, width in enumerate((18, 44, 22, 12, 22, 60), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    _print_setup(sheet, title)
    parts = ("role", "source", "layer", "features", "crs", "detail")
    _heading(made, sheet, [say(f"reports.provenance.{part}") for part in parts])
    for row in inputs(results):
        sheet.append([made.cell(sheet, value, wrap=True) for value in row])
    sheet.append([])
    _heading(made, sheet, [say("reports.provenance.item"), say("reports.provenance.value")])
    for item, value in provenance(results):
        sheet.append([made.cell(sheet, item), made.cell(sheet, value, wrap=True)])
    sheet.append([])
    sheet.append([made.cell(sheet, say("reports.head.notes"), bold=True, border=False)])
    for number, line in enumerate(notes(results), 1):
        sheet.append([made.cell(sheet, f"{number}. {line}", border=False)])
