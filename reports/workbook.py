# SPDX-License-Identifier: GPL-2.0-or-later
"""Write report.xlsx: a sheet a table, formatted to be printed and handed in.

Attribute text comes from anywhere, so no cell is ever a formula: text is written as text, and what
Excel would take for a formula bears the mark that keeps it one (quotePrefix).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from openpyxl.utils import get_column_letter

from ..layers import findings as record
from ..layers.words import catalogue, say
from .cells import Book
from .columns import complete
from .gaps import gaps
from .geopackage import moment
from .labels import FILLS, SIGNS, SYMBOLS, basis, direction, field, half_up, text, word
from .marks import in_order
from .provenance import inputs, provenance
from .readable import WORDED, readable, shown_word
from .rows import Column
from .sector_sheets import ORDER as SECTOR_ORDER
from .sector_sheets import SECTOR_SHEETS, sector_table
from .sheet import HEAD, Sheet, print_setup
from .summary import (
    county_name,
    headline,
    notes,
    parts,
    plan_names,
    rule_name,
    tally,
    verdict_lines,
)

if TYPE_CHECKING:
    from ..checks.results import Results
    from .gaps import Gaps
    from .summary import Tally

SHEETS = (
    "indicators", "problem_list", "findings", "negative_list", "land_balance",
    "transfers", "ledgers", *SECTOR_SHEETS,
)  # fmt: skip
# Columns in the order a reader wants; what is not named here follows. Those up to the bar make the
# printed page.
_ORDER = {
    "indicators": "level unit unit_name name direction quota_ha base_ha plan_ha margin_ha outcome "
    "reason |",
    "problem_list": "cluster_name rule_name severity change count area_ha remedy | cluster rule",
    "findings": "severity change rule_name unit_name subject_label subject_id area_m2 message "
    "remedy | status cluster object_layer object_id verdict value limit unit level rule",
    "negative_list": "cluster_name zone_name zone_ha verdict code_names note basis | codes",
    "land_balance": "level unit unit_name class_name base_ha plan_ha change_ha |",
    "transfers": "level unit unit_name from_name to_name area_ha |",
    "ledgers": "level unit unit_name name from_name to_name gross_ha net_ha |",
    **SECTOR_ORDER,
}
ROWS = 1_048_575  # of a sheet, less its heading
_WORDED = ("outcome", "severity", "change", "verdict", "level", "status")
_WIDE = {
    "message": 46, "remedy": 40, "reason": 36, "note": 40, "codes": 26, "code_names": 40,
    "basis": 32, "subject_label": 18, "unit_name": 14, "name": 22, "rule_name": 18, "id": 19,
    "status_reason": 24, "class_name": 24, "from_name": 24, "to_name": 24, "zone_name": 20,
    "subject_id": 18, "object_id": 20, "class": 22, "from_class": 22, "to_class": 22,
    "indicator": 20, "rule": 20, "severity": 10, "change": 9, "subject_use": 22, "object_use": 22,
}  # fmt: skip


def write_workbook(results: Results, path: Path) -> Path:
    """Write all tables of a run to a workbook."""
    made = Book()
    _summary(made, results)
    for name in SHEETS:
        if name in SECTOR_SHEETS:
            if results.sectors is not None:  # else an empty sheet would ask a question
                frame = sector_table(results, name)
                write_table(made, name, readable(frame, results.county.standard))
            continue
        if name == "findings":
            frame = pd.DataFrame(results.findings[list(record.COLUMNS)])
            kinds = frame[["rule", "severity"]].apply(tuple, axis=1)
            names = {kind: rule_name(results, *kind) for kind in kinds.unique()}
            frame["rule_name"] = kinds.map(names)
            frame = readable(_ordered(frame), results.county.standard, plan_names(results))
        else:
            frame = complete(getattr(results, name), name)
        if name == "negative_list":
            shown = [basis(*pair) for pair in zip(frame["basis"], frame["confidence"])]
            frame = frame.assign(basis=shown).drop(columns="confidence")
        write_table(made, name, frame)
    _provenance(made, results)
    stamp = moment(results.run.get("stamp"))
    properties = made.book.properties
    properties.creator, properties.title = "Pianqu", say("reports.title", name=county_name(results))
    properties.created = properties.modified = stamp.replace(tzinfo=None)
    made.save(path, stamp)
    return path


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Put findings in the order of the page: by cluster, then grave, new and large ones first."""
    return in_order(frame).sort_values("cluster", kind="stable")


def write_table(made: Book, name: str, frame: pd.DataFrame, rows: int = ROWS) -> None:
    """Write one table; what does not fit on a sheet goes on in the next."""
    title = say(f"reports.sheet.{name}")
    order, bar, tail = _ORDER.get(name, "").partition("|")
    first = [each for each in f"{order} {tail}".split() if each in frame.columns]
    frame = frame[first + [each for each in frame.columns if each not in first]]
    printed = len(order.split()) if bar else len(frame.columns)
    for part, start in enumerate(range(0, max(len(frame), 1), rows)):
        shown = say("reports.sheet.part", name=title, number=part + 1) if part else title
        _table(made, (name, shown), frame.iloc[start : start + rows], printed)


def heading(table: str, name: str) -> str:
    """Give a column's heading; the same name may be called otherwise in one table."""
    own = f"{table}.{name}"
    return field(own if f"reports.field.{own}" in catalogue() else name)


def _table(made: Book, names: tuple[str, str], frame: pd.DataFrame, printed: int) -> None:
    """Write one sheet: heading, filter, print setup, rows; the first columns are printed.

    `names` are the table's own name and the sheet's title.
    """
    table, title = names
    columns = list(frame.columns)
    sheet = made.book.create_sheet(title)
    for place, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _width(name)
    sheet.freeze_panes = "A2"
    print_setup(sheet, title)
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = 30
    sheet.append([made.cell(sheet, heading(table, name), **HEAD) for name in columns])
    values = [_rounded(name, frame[name].tolist()) for name in columns]
    made.fill(sheet, [_column(name) for name in columns], values)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(frame) + 1}"
    sheet.print_area = f"A1:{get_column_letter(printed)}{len(frame) + 1}"


def _column(name: str) -> Column:
    """Tell how the cells of a column look, and what they show."""
    if name in _WORDED:
        return Column({"align": "center"}, lambda value: _worded(name, value))
    if name in WORDED:
        return Column({"align": "center"}, lambda value: (shown_word(name, value), {}))
    if _is_measure(name):
        return Column({"format": "#,##0.00", "align": "right"})
    if name == "count" or name.endswith("_count") or name in ("projects", "conflicts"):
        return Column({"format": "#,##0", "align": "right"})
    if name.endswith("_share"):
        return Column({"format": "0.0%", "align": "right"})
    if name.endswith(("_start", "_end")):
        return Column({"format": "0", "align": "center"})
    if name == "direction":
        return Column({"align": "center"}, lambda value: (direction(text(value)), {}))
    look, width = {"wrap": True}, _width(name)
    if name in ("subject_layer", "object_layer"):
        return Column(look, lambda value: (word("role", value), {}), width)
    return Column(look, width=width)


def _is_measure(name: str) -> bool:
    """Tell whether a column holds areas or values, which are shown with two decimals."""
    return name.endswith(("_ha", "_m2")) or name in ("value", "limit", "excess")


def _rounded(name: str, values: list[Any]) -> list[Any]:
    """Round areas and values to what is shown, so that a copied cell says the same."""
    if not _is_measure(name):
        return values
    return [half_up(each, 2) if math.isfinite(each) else None for each in values]


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
    if _is_measure(name):
        return 14
    return 11 if name in _WORDED or name in WORDED or name == "count" else 14


def _summary(made: Book, results: Results) -> None:
    """Write the first sheet: the verdict, and a row a cluster."""
    widths = (14, 20, 17, 10, 10, 10, 10, 12, 14, 12, 14, 12)
    sheet = Sheet(made, say("reports.sheet.summary"), widths)
    sheet.line(say("reports.title", name=county_name(results)), size=16, bold=True)
    whole, held = tally(results), gaps(results)
    shown = f"{SYMBOLS[whole.verdict]} {headline(results)}"
    first = f"{say('reports.verdict.title')}  {shown}"
    sheet.line(first, size=14, bold=True, fill=FILLS[whole.verdict])
    for line in verdict_lines(results):
        sheet.line(line)
    sheet.gap()
    sheet.line(say("reports.clusters.caption"), bold=True)
    words = [field("cluster"), field("cluster_name"), say("reports.clusters.verdict")]
    words += [word("outcome", each) for each in SYMBOLS]
    words += [say(f"reports.clusters.{each}") for each in _CONFLICTS]
    sheet.heading(words)
    for each in [whole, *(tally(results, code) for code, _ in parts(results))]:
        sheet.row(_tally_row(each, held))
    sheet.line(" ".join([say("reports.clusters.note"), *held.short()]))


_CONFLICTS = ("new", "new_ha", "existing", "existing_ha", "other")


def _tally_row(count: Tally, held: Gaps) -> list[tuple[Any, dict[str, Any]]]:
    """Make the row of one cluster (or the county) in the summary."""
    whole = {"format": "#,##0", "align": "right"}
    area = {"format": "#,##0.00", "align": "right"}
    judged = f"{SYMBOLS[count.verdict]} {word('judged', count.verdict)}"
    look = {"align": "center", "fill": FILLS[count.verdict], "bold": count.verdict == "failed"}
    cells: list[tuple[Any, dict[str, Any]]] = [
        (count.unit, {}), (count.name, {"wrap": True}), (judged, {**look, "wrap": True})
    ]  # fmt: skip
    cells += [(count.outcomes[each], whole) for each in SYMBOLS]
    new: tuple[Any, Any] = (count.new, half_up(count.new_m2 / 1e4, 2))
    old: tuple[Any, Any] = (count.existing, half_up(count.existing_m2 / 1e4, 2))
    if held.nothing or held.only_present:
        new = ("—", "—")
    if held.nothing:
        old = ("—", "—")
    none = "—" if held.nothing else 0
    return [*cells, *zip((*new, *old), (whole, area) * 2), (count.other or none, whole)]


def _provenance(made: Book, results: Results) -> None:
    """Write the last sheet: inputs, parameters, notes."""
    sheet = Sheet(made, say("reports.sheet.provenance"), (18, 44, 22, 12, 22, 60))
    names = ("role", "source", "layer", "features", "crs", "detail")
    sheet.heading([say(f"reports.provenance.{name}") for name in names])
    wrap = {"wrap": True}
    for row in inputs(results):
        sheet.row([(value, wrap) for value in row])
    sheet.gap()
    pair = (say("reports.provenance.item"), say("reports.provenance.value"))
    sheet.row([(each, HEAD) for each in pair], to_the_edge=True)
    for item in provenance(results):
        sheet.row([(value, wrap) for value in item], to_the_edge=True)
    sheet.gap()
    sheet.line(say("reports.head.notes"), bold=True)
    for number, line in enumerate(notes(results), 1):
        sheet.line(f"{number}. {line}")
