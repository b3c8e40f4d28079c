# SPDX-License-Identifier: GPL-2.0-or-later
"""What a check of data leaves: results.gpkg, findings.xlsx, run.json."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping

import pandas as pd

from ..layers import findings as record
from ..layers.words import say
from .cells import Book
from .columns import plain
from .geopackage import (
    clock,
    moment,
    unit_rows,
    write_findings,
    write_layer,
    write_styles,
    write_table,
)
from .labels import FILLS, field, source, word
from .marks import in_order
from .readable import readable
from .runfile import write_run
from .sheet import Sheet
from .workbook import write_table as write_sheet

if TYPE_CHECKING:
    from ..checks.quality.run import DataResults

OUTPUTS = ("results.gpkg", "findings.xlsx", "run.json")
_SHOWN = ("name", "role_name", "outcome", "findings", "errors", "reason", "basis", "confidence")
_SIGNS = {"failed": "✗", "warning": "△", "passed": "✓", "not_checked": "○", "not_applicable": "–"}


def write_data_results(results: DataResults, folder: Path, tables_only: bool = False) -> None:
    """Write the files of a check of data into an existing, empty folder."""
    _geopackage(results, folder / OUTPUTS[0])
    if not tables_only:
        write_data_book(results, folder / OUTPUTS[1])
    write_run(results.run, folder / OUTPUTS[2])


def _geopackage(results: DataResults, path: Path) -> None:
    stamp = moment(results.run.get("stamp"))
    shown = results.findings[[*record.COLUMNS, results.findings.geometry.name]]
    with clock(stamp):
        checks = plain(results.checks)
        write_table(checks, path, "data_checks")
        write_findings(shown, path)
        write_layer(results.spots, path, "spots", "MultiPoint")
        if len(results.decisions):
            write_table(plain(results.decisions), path, "decisions")
        write_table(plain(unit_rows(results.county.tree)), path, "units")
        columns = {"data_checks": list(checks.columns), "findings": list(record.COLUMNS)}
        write_styles(columns, path, stamp)


def write_data_book(results: DataResults, path: Path) -> Path:
    """Write the workbook: what was checked and what came of it, then every finding."""
    made = Book()
    _summary(made, results)
    frame = pd.DataFrame(results.findings[list(record.COLUMNS)])
    frame["rule_name"] = frame["rule"].map(
        {rule: results.county.standard.rule(rule).name for rule in frame["rule"].unique()}
    )
    write_sheet(made, "findings", readable(in_order(frame), results.county.standard))
    stamp = moment(results.run.get("stamp"))
    properties = made.book.properties
    properties.creator = "Pianqu"
    properties.title = say("quality.title", name=results.run.get("name", ""))
    properties.created = properties.modified = stamp.replace(tzinfo=None)
    made.save(path, stamp)
    return path


def _summary(made: Book, results: DataResults) -> None:
    """Write the first sheet: a row a check and layer, what could not be checked with its reason."""
    sheet = Sheet(made, say("reports.sheet.data_checks"), (28, 18, 12, 9, 9, 70, 24, 10))
    sheet.line(say("quality.title", name=results.run.get("name", "")), size=16, bold=True)
    counts = results.counts()
    sheet.line(say("quality.passed" if counts["passed"] else "quality.counts", **counts))
    sheet.gap()
    sheet.heading([field(f"data_{name}") for name in _SHOWN])
    wrap = {"wrap": True}
    for row in results.checks[list(_SHOWN)].itertuples(index=False):
        marked = {"align": "center", "fill": FILLS.get(row.outcome, "FFFFFF")}
        counted = {"align": "right"}
        looks: list[Mapping[str, Any]] = [wrap, wrap, marked, counted, counted, wrap, wrap, wrap]
        cells: list[Any] = [*row]
        cells[2] = f"{_SIGNS[row.outcome]} {say(f'quality.outcome.{row.outcome}')}"
        cells[6] = source(row.basis)
        cells[7] = word("confidence", row.confidence)
        sheet.row(list(zip(cells, looks)))
    sheet.sheet.freeze_panes = "A5"
