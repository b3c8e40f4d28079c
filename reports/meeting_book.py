# SPDX-License-Identifier: GPL-2.0-or-later
"""Write meeting.xlsx: matrix, all conflicts, demand, decisions, and a sheet for each department."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Sequence

from openpyxl.utils import get_column_letter

from ..layers.words import say
from . import meeting_figures as figures
from .cells import Book
from .geopackage import moment
from .labels import FILLS, SIGNS, SYMBOLS, half_up, join_words, missing, word
from .meeting_data import SIDES, Papers
from .meeting_demand import demand_notes, demand_rows
from .meeting_grid import write_gaps, write_matrix
from .meeting_html import (
    block,
    county_name,
    decision_rows,
    department_row,
    without_conflicts,
)
from .meeting_sheets import Sheets, Words
from .meeting_words import named, place, project, rule, years
from .rows import Column
from .sheet import HEAD, Sheet, print_setup

_LONGEST = 31  # characters of a sheet's name
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_SEVERITY = {"error": "failed", "warning": "warning", "info": "passed"}
_WHOLE: dict[str, Any] = {"format": "#,##0", "align": "right"}
_AREA: dict[str, Any] = {"format": "#,##0.00", "align": "right"}
_SHARE: dict[str, Any] = {"format": "0.0%", "align": "right"}
_MIDDLE: dict[str, Any] = {"align": "center"}
_WRAP: dict[str, Any] = {"wrap": True}
# Columns of a list: key, look, width.
_CONFLICTS: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("number", _WHOLE, 6), ("severity", _MIDDLE, 9), ("rule", _WRAP, 16), ("place", _WRAP, 16),
    ("project_a", _WRAP, 22), ("project_b", _WRAP, 22), ("area", _AREA, 10), ("share_a", _SHARE, 8),
    ("share_b", _SHARE, 8), ("way", _WRAP, 46), ("state_only", _MIDDLE, 10),
    ("decision", _WRAP, 26), ("resolution", _WRAP, 22), ("department_a", _WRAP, 16),
    ("plan_a", _WRAP, 20), ("department_b", _WRAP, 16), ("plan_b", _WRAP, 20), ("size", _WRAP, 20),
    ("years_a", _MIDDLE, 12), ("years_b", _MIDDLE, 12), ("message", _WRAP, 46),
    ("remedy", _WRAP, 40), ("basis", _WRAP, 30), ("id", {}, 19),
)  # fmt: skip
_PRINTED = 13  # of these columns; all would not be legible on paper
_DEPARTMENT: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("number", _WHOLE, 6), ("severity", _MIDDLE, 9), ("rule", _WRAP, 15), ("own", _WRAP, 22),
    ("other", _WRAP, 24), ("place", _WRAP, 14), ("area", _AREA, 10), ("size", _WRAP, 16),
    ("share", {"align": "right"}, 9), ("years", _WRAP, 14), ("way", _WRAP, 42),
    ("state", _WRAP, 26), ("resolution", _WRAP, 24),
)  # fmt: skip
_DECISIONS: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("number", _WHOLE, 6), ("state_only", _MIDDLE, 10), ("rule", _WRAP, 16), ("what", _WRAP, 34),
    ("decision", _WRAP, 28), ("why", _WRAP, 28), ("person", _WRAP, 10), ("decided_by", _WRAP, 18),
    ("decided_at", _MIDDLE, 12), ("history", _WRAP, 50), ("id", {}, 19),
)  # fmt: skip


def write_book(papers: Papers, sheets: Sheets, path: Path) -> Path:
    """Write all lists of the meeting to a workbook in the language in force."""
    made = Book()
    taken: set[str] = set()

    def title(name: str) -> str:
        return sheet_name(name, taken)

    write_matrix(made, papers, title(say("meeting.tab.matrix")))
    rows = [_conflict(row, sheets.words(row)) for row in sheets.rows]
    _list(made, title(say("meeting.tab.conflicts")), _CONFLICTS, rows, _PRINTED)
    _demand(made, papers, title(say("meeting.tab.demand")))
    taken_so_far = [_decision(row) for row in decision_rows(papers)]
    _list(made, title(say("meeting.tab.decisions")), _DECISIONS, taken_so_far)
    if papers.gaps:
        write_gaps(made, papers, title(say("meeting.tab.gaps")))
    _provenance(made, papers, title(say("meeting.tab.provenance")))
    for one in figures.departments(papers):
        mine = [_of_department(sheets, at, one.name) for at in one.rows]
        _department(made, title(one.name), one, mine, without_conflicts(papers, one))
    stamp = moment(papers.run.get("stamp"))
    properties = made.book.properties
    properties.creator = "Pianqu"
    properties.title = say("meeting.title", name=county_name(papers))
    properties.created = properties.modified = stamp.replace(tzinfo=None)
    made.save(path, stamp)
    return path


def sheet_name(name: str, taken: set[str]) -> str:
    """Make a name that a workbook takes: short, free of what it forbids, unlike all in `taken`.

    The name is added to `taken`.
    """
    clean = _FORBIDDEN.sub("_", name).replace("&", "＆").strip(" '") or "_"
    short, number = clean[:_LONGEST].strip(" '"), 1
    while short.lower() in taken:
        number += 1
        tail = f"~{number}"
        short = clean[: _LONGEST - len(tail)] + tail
    taken.add(short.lower())
    return short


def _conflict(row: dict[str, Any], words: Words) -> dict[str, Any]:
    """Lay out one conflict for the list of all."""
    out: dict[str, Any] = {
        "number": words.number, "severity": words.severity, "rule": words.rule,
        "place": place(row), "area": _hectares(row["area_m2"]), "size": words.measure,
        "way": "\n".join(words.ways), "state_only": words.state_word, "decision": words.decision,
        "resolution": "", "message": words.message, "remedy": words.remedy, "basis": words.basis,
        "id": words.id,
    }  # fmt: skip
    for side, letter, said in zip(SIDES, "ab", words.sides):
        out[f"department_{letter}"] = row[f"{side}_department"]
        out[f"plan_{letter}"] = row[f"{side}_name"] or (said.facts[1] if said.facts else "")
        out[f"project_{letter}"] = project(row, side) if said.is_project else ""
        out[f"share_{letter}"] = _share(row[f"{side}_share"])
        period = years(row[f"{side}_start"], row[f"{side}_end"])
        out[f"years_{letter}"] = "" if period == "—" else period
    return out


def _of_department(sheets: Sheets, at: int, name: str) -> dict[str, Any]:
    """Lay out one conflict as a department sees it."""
    row = department_row(sheets.scenes.papers, sheets, at, name)
    words = row["words"]
    return {
        **row, "number": words.number, "severity": words.severity, "rule": words.rule,
        "area": _hectares(sheets.rows[at]["area_m2"]), "size": words.measure,
        "way": "\n".join(row["ways"]), "resolution": "",
        "state": say("meeting.semicolon").join(filter(None, [words.state_word, words.decision])),
    }  # fmt: skip


def _decision(row: dict[str, Any]) -> dict[str, Any]:
    """Lay out one decision with its history."""
    return {
        **row, "number": int(row["number"]) if row["number"] else "",
        "state_only": named("state", row["state"]), "rule": rule(row["rule"]), "why": row["reason"],
        "decided_at": row["day"], "history": "\n".join(row["steps"]),
    }  # fmt: skip


def _list(
    made: Book, title: str, columns: Sequence[tuple[str, dict[str, Any], float]],
    rows: list[dict[str, Any]], printed: int = 0,
) -> None:  # fmt: skip
    """Write a list with a filter, its heading frozen and repeated on each printed page.

    Only the first `printed` columns are printed, all where it is 0.
    """
    sheet = made.book.create_sheet(title)
    for number, (_, _, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    print_setup(sheet, title)
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = 30
    sheet.append([made.cell(sheet, say(f"meeting.field.{name}"), **HEAD) for name, _, _ in columns])
    looks = [_column(*column) for column in columns]
    made.fill(sheet, looks, [[row[name] for row in rows] for name, _, _ in columns])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    sheet.print_area = f"A1:{get_column_letter(printed or len(columns))}{len(rows) + 1}"


def _column(name: str, look: dict[str, Any], width: float) -> Column:
    """Tell how a column looks; severities bear sign and colour."""
    if name == "severity":
        return Column(look, _graded)
    return Column(look, width=width if look.get("wrap") else 0.0)


def _graded(value: Any) -> tuple[str, dict[str, Any]]:
    """Show a severity with its sign, on its colour."""
    shown = f"{SIGNS.get(value, '')} {word('severity', value)}".strip()
    return shown, {"fill": FILLS[_SEVERITY[value]]} if value in _SEVERITY else {}


def _department(
    made: Book, title: str, one: figures.Department, rows: list[dict[str, Any]], said: str
) -> None:
    """Write a department's conflicts; of one without any `said` tells whether it was checked."""
    if rows:
        _list(made, title, _DEPARTMENT, rows)
        return
    sheet = Sheet(made, title, (40, 60))
    sheet.line(one.name, size=14, bold=True)
    if one.plans:
        sheet.line(say("meeting.department.plans", names=join_words(list(one.plans))))
    whole = said == say("meeting.department.none")
    sheet.line(said, bold=True, fill=FILLS["passed" if whole else "not_checked"])


def _demand(made: Book, papers: Papers, title: str) -> None:
    """Write demand against the quota left of county, clusters and towns."""
    sheet = Sheet(made, title, (10, 14, 22, 14, 14, 14, 14, 14, 12, 40))
    names = ("demand", "quota", "base", "left", "margin")
    heads = ("level", "unit", "unit_name", *names, "outcome", "reason")
    sheet.line(say("meeting.caption.demand"), size=14, bold=True)
    sheet.line(say("meeting.demand.key"))
    sheet.heading([say(f"meeting.field.{name}") for name in heads])
    rows = demand_rows(papers)
    for row in rows:
        outcome = row["outcome"]
        shown = f"{SYMBOLS.get(outcome, '')} {word('outcome', outcome)}".strip()
        cells: list[tuple[Any, dict[str, Any]]] = [
            (word("level", row["level"]), _MIDDLE), (row["unit"], {}), (row["unit_name"], _WRAP)
        ]  # fmt: skip
        cells += [(_rounded(row[f"{name}_ha"]), _AREA) for name in names]
        cells.append((shown, {"align": "center", "fill": FILLS.get(outcome)}))
        sheet.row([*cells, (row["reason"], _WRAP)])
    for line in demand_notes(papers):
        sheet.line(line)
    if not rows:
        sheet.line(say("meeting.demand.none"))


def _provenance(made: Book, papers: Papers, title: str) -> None:
    """Write what the papers rest on."""
    sheet = Sheet(made, title, (24, 90))
    sheet.line(say("meeting.title", name=county_name(papers)), size=14, bold=True)
    for key, value in block(papers):
        sheet.row([(key, {"bold": True}), (value, _WRAP)])
    sheet.gap()
    sheet.line(say("meeting.note.area"))


def _hectares(m2: Any) -> Any:
    """Give square metres as hectares, rounded as shown; what is missing leaves the cell empty."""
    return "" if missing(m2) else half_up(m2 / 1e4, 2)


def _rounded(value: Any) -> Any:
    return "" if missing(value) else half_up(value, 2)


def _share(value: Any) -> Any:
    return "" if missing(value) else half_up(value, 4)
