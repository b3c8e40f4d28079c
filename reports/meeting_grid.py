# SPDX-License-Identifier: GPL-2.0-or-later
"""The sheets of meeting.xlsx about all plans: the matrix, and what was not checked."""

from __future__ import annotations

from typing import Any

from ..layers.words import say
from . import meeting_figures as figures
from .cells import Book
from .labels import half_up, missing
from .meeting_data import Papers
from .meeting_html import county_name, warnings
from .sheet import HEAD, Sheet

_HEAT = ("FFFFFF", "FDECEB", "F8C9C4", "EB9288", "C6453F", "8A1420")
_JOINT, _SELF, _UNKNOWN = "D7E3EE", "5A646E", "E7E7E7"
_WHOLE: dict[str, Any] = {"format": "#,##0", "align": "right"}
_AREA: dict[str, Any] = {"format": "#,##0.00", "align": "right"}
_WRAP: dict[str, Any] = {"wrap": True}


def write_matrix(made: Book, papers: Papers, title: str) -> None:
    """Write plans against plans: counts, hectares, and the pairs that share anything."""
    plans = papers.plans
    sheet = Sheet(made, title, (30, *[8.5] * max(len(plans), 9)))
    sheet.line(say("meeting.title", name=county_name(papers)), size=14, bold=True)
    sheet.line(say("meeting.caption.matrix"), bold=True)
    if not len(plans):
        sheet.line(say("meeting.matrix.none"))
        return
    sheet.line(say("meeting.matrix.key"))
    cells = figures.matrix(papers)
    if any(cell.kind == "unknown" for line in cells for cell in line):
        sheet.line(say("meeting.matrix.unknown"))
    names = plans["name"].tolist()
    for key in ("count", "area"):
        sheet.gap()
        sheet.line(say(f"meeting.field.{key}"), bold=True)
        numbers = [str(place) for place in range(1, len(names) + 1)]
        sheet.row([(each, HEAD) for each in [say("meeting.matrix.corner"), *numbers]])
        for place_, (name, line) in enumerate(zip(names, cells), 1):
            head = (f"{place_} {name}", {"wrap": True, "bold": True})
            sheet.row([head, *(_cell(cell, key) for cell in line)])
    sheet.gap()
    _pairs(sheet, papers)


def _cell(cell: figures.Cell, key: str) -> tuple[Any, dict[str, Any]]:
    """Make a cell of the matrix: conflicts by shade, joint use in a colour of its own."""
    look = dict(_WHOLE if key == "count" else _AREA)
    if cell.kind == "self":
        return "", {**look, "fill": _SELF}
    if cell.kind == "joint":
        look["fill"] = _JOINT
    if cell.kind == "conflict":
        look["fill"] = _HEAT[cell.shade]
        look.update({"color": "FFFFFF"} if cell.shade > 3 else {}, bold=True)
    if cell.kind == "unknown":
        return say("meeting.gap.cell"), {"align": "center", "fill": _UNKNOWN}
    if not cell.count:
        return "", look
    if key == "count":
        return cell.count, look
    return (half_up(cell.hectares, 2) if cell.hectares else ""), look


def _pairs(sheet: Sheet, papers: Papers) -> None:
    """Write the pairs of plans that have anything in common, one a row."""
    names = dict(zip(papers.plans["sector"], papers.plans["name"]))
    heads = ("plan", "plan", "overlap", "overlap_ha", "sequence", "duplicate", "joint", "joint_ha")
    sheet.row(
        [(say(f"meeting.field.{heads[0]}"), HEAD), (say(f"meeting.field.{heads[1]}"), HEAD),
         ("", HEAD), *((say(f"meeting.field.{name}"), HEAD) for name in heads[2:])]
    )  # fmt: skip
    counts = ("count", "area_ha", "sequence_count", "duplicate_count", "joint_count", "joint_ha")
    for row in papers.matrix.to_dict("records"):
        if not any(figures.whole(row[name]) for name in counts if not name.endswith("_ha")):
            continue
        sheet.row(
            [
                (names.get(row["sector_a"], row["sector_a"]), _WRAP),
                (names.get(row["sector_b"], row["sector_b"]), {}), ("", {}),
                *(
                    (_rounded(row[name] or None), _AREA) if name.endswith("_ha")
                    else (figures.whole(row[name]) or "", _WHOLE)
                    for name in counts
                ),
            ]
        )  # fmt: skip


def write_gaps(made: Book, papers: Papers, title: str) -> None:
    """Write which plans and rules were not checked, or not whole, and why."""
    sheet = Sheet(made, title, (34, 16, 90))
    sheet.line(say("meeting.caption.gaps"), size=14, bold=True)
    for line in warnings(papers):
        sheet.line(line)
    sheet.heading([say(f"meeting.field.{name}") for name in ("subject", "degree", "reason")])
    for subject, degree, why in papers.gaps.rows():
        sheet.row([(subject, _WRAP), (degree, {"fill": _UNKNOWN}), (why, _WRAP)])


def _rounded(value: Any) -> Any:
    return "" if missing(value) else half_up(value, 2)
