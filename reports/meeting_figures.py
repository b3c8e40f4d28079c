# SPDX-License-Identifier: GPL-2.0-or-later
"""Count conflicts as the chair asks for them: by severity, state, department, plan and kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np
import pandas as pd

from ..layers.words import say
from .labels import missing
from .meeting_data import PENDING, SIDES, STATES, Papers
from .meeting_words import area, department, other_side, rule

SEVERITIES = ("error", "warning", "info")
SHADES = 5
_LITTLE = 1e-6
RULES = (
    "sector.control.farmland", "sector.control.redline", "sector.control.boundary",
    "sector.reserve", "sector.plan", "sector.overlap", "sector.sequence", "sector.duplicate",
    "sector.projects", "sector.demand",
)  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """The figures of some conflicts; `m2` adds up the ground of each."""

    count: int
    m2: float
    severities: dict[str, int]
    states: dict[str, int]

    @property
    def pending(self) -> int:
        """Count what is still to be decided."""
        return sum(self.states[state] for state in PENDING)

    @property
    def decided(self) -> int:
        """Count what has been decided."""
        return self.count - self.pending

    @property
    def area(self) -> str:
        """Show the ground in hectares."""
        return area(self.m2)


@dataclass(frozen=True)
class Department:
    """A department, its plans, and rows of the conflicts it is a side of, in order.

    `gaps` says what of its plans was not checked and why.
    """

    name: str
    plans: tuple[str, ...]
    rows: np.ndarray
    tally: Tally
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix: `kind` is conflict, joint, self, none (looked at, nothing found) or
    unknown (not looked at, or not whole); `shade` 0 to SHADES.
    """

    kind: str
    count: int = 0
    hectares: float = 0.0
    shade: int = 0
    detail: str = ""

    @property
    def area(self) -> str:
        """Show the shared ground; none stays blank."""
        return area(self.hectares * 1e4) if self.hectares else ""


def tally(found: pd.DataFrame) -> Tally:
    """Count some conflicts."""
    severities, states = found["severity"].value_counts(), found["state"].value_counts()
    return Tally(
        len(found),
        float(found["area_m2"].sum()),
        {name: int(severities.get(name, 0)) for name in SEVERITIES},
        {name: int(states.get(name, 0)) for name in STATES},
    )


def severity_table(papers: Papers) -> list[tuple[str, Tally]]:
    """Count the conflicts of each severity, and all of them under ""."""
    found = papers.conflicts
    rows = [(name, tally(found[found["severity"] == name])) for name in SEVERITIES]
    return [row for row in rows if row[1].count] + [("", tally(found))]


def kind_table(papers: Papers) -> list[tuple[str, Tally]]:
    """Count the conflicts of each rule that found any, in a fixed order."""
    found = papers.conflicts
    known = [*RULES, *sorted(set(found["rule"]) - set(RULES))]
    rows = [(rule, tally(found[found["rule"] == rule])) for rule in known]
    return [row for row in rows if row[1].count]


def between(papers: Papers) -> list[tuple[tuple[str, str], Tally, list[int]]]:
    """Count conflicts between each two sides: two departments first, then the graver ones.

    Gives the pair of names, the figures, and the numbers of the conflicts still to be decided. The
    second name is "" where a conflict has one side only.
    """
    found = papers.conflicts
    order = {name: place for place, name in enumerate(names(papers))}
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(found.to_dict("records")):
        groups.setdefault(_pair(row, order), []).append(place)
    out = []
    for pair, places in groups.items():
        part = found.iloc[places]
        waiting = part[part["state"].isin(PENDING)]
        out.append((pair, tally(part), [int(number) for number in waiting["number"]]))
    return sorted(
        out,
        key=lambda one: (
            not order.keys() >= set(one[0]), not one[0][1], -one[1].severities["error"],
            -one[1].count, one[0],
        ),
    )  # fmt: skip


def _pair(row: dict[str, Any], order: dict[str, int]) -> tuple[str, str]:
    """Name both sides of a conflict; two departments stand in the dossier's order."""
    first, second = (department(row, side) for side in SIDES)
    if first not in order:
        first = say("meeting.common")
    if second not in order:
        return first, other_side(row, "object") if row["object_layer"] else ""
    return (second, first) if order.get(second, -1) < order.get(first, -1) else (first, second)


def names(papers: Papers) -> list[str]:
    """List the departments in the dossier's order, each once; a plan without one by its name."""
    plans = papers.plans
    return list(dict.fromkeys(plans["department"].where(plans["department"] != "", plans["name"])))


def departments(papers: Papers) -> list[Department]:
    """List all departments with their conflicts, also those that have none.

    The last one, if there is any, holds what is no single department's: the county's quotas.
    """
    found, plans = papers.conflicts, papers.plans
    shown = plans["department"].where(plans["department"] != "", plans["name"])
    sides = _sides(papers)
    out = []
    for name in names(papers):
        rows = np.flatnonzero((sides == name).any(axis=1))
        own = plans[shown == name]
        gaps = tuple(papers.gaps.of(own["sector"]))
        out.append(Department(name, tuple(own["name"]), rows, tally(found.iloc[rows]), gaps))
    rest = np.flatnonzero(~np.isin(sides, names(papers)).any(axis=1))
    if len(rest):
        out.append(Department(say("meeting.common"), (), rest, tally(found.iloc[rest])))
    return out


def _sides(papers: Papers) -> np.ndarray:
    """Give the departments of both sides of each conflict, (n, 2)."""
    rows = papers.conflicts.to_dict("records")
    sides = [[department(row, side) for side in SIDES] for row in rows]
    return np.array(sides, dtype=object).reshape(-1, 2)


def side_of(row: dict[str, Any], name: str) -> tuple[str, str]:
    """Tell which side of a conflict a department is, and which is the other."""
    own = "object" if department(row, "subject") != name == department(row, "object") else "subject"
    return own, "subject" if own == "object" else "object"


def matrix(papers: Papers) -> list[list[Cell]]:
    """Lay out plans against plans: conflicts above the diagonal, joint use below it."""
    plans = papers.plans["sector"].tolist()
    pairs = {(row["sector_a"], row["sector_b"]): row for row in papers.matrix.to_dict("records")}
    pairs = {**{(b, a): row for (a, b), row in pairs.items()}, **pairs}
    most = max([_conflicts(row) for row in pairs.values()] or [0])
    out = []
    for i, a in enumerate(plans):
        line = []
        for j, b in enumerate(plans):
            row = pairs.get((a, b), {})
            cell = Cell("self") if i == j else _cell(row, upper=i < j, most=most)
            if cell.kind == "none" and papers.gaps.unknown(a, b):
                cell = Cell("unknown")
            line.append(cell)
        out.append(line)
    return out


def _cell(row: dict[str, Any], upper: bool, most: int) -> Cell:
    """Make a cell of two plans."""
    if not upper:
        count = whole(row.get("joint_count"))
        return Cell("joint", count, _seen(row.get("joint_ha"))) if count else Cell("none")
    count = _conflicts(row)
    if not count:
        return Cell("none")
    parts = {name: whole(row.get(f"{name}_count")) for name in ("sequence", "duplicate")}
    parts = {"overlap": whole(row.get("count")), **parts}
    detail = [
        say("meeting.matrix.part", kind=rule(f"sector.{name}"), count=number)
        for name, number in parts.items() if number
    ]  # fmt: skip
    shade = math.ceil(SHADES * math.sqrt(count / most))
    size = _seen(row.get("area_ha")) if parts["overlap"] else _size(row.get("area_ha"))
    return Cell("conflict", count, size, shade, "".join(detail))


def _conflicts(row: dict[str, Any]) -> int:
    """Count all conflicts of two plans: shared ground, years, facilities twice."""
    return sum(whole(row.get(name)) for name in ("count", "sequence_count", "duplicate_count"))


def _size(value: Any) -> float:
    return 0.0 if missing(value) else float(value)


def _seen(value: Any) -> float:
    """Give hectares of ground that is there: what was rounded to nothing is little, not none."""
    return _size(value) or _LITTLE


def whole(value: Any) -> int:
    """Give a count; a missing one is none."""
    return 0 if missing(value) else int(value)


def plan_table(papers: Papers) -> tuple[list[str], list[dict[str, Any]]]:
    """Count each plan's conflicts by rule: the rules that occur, and a row a plan.

    A conflict between two plans counts in the row of each. Cells are (count, m2).
    """
    found = papers.conflicts
    rules = [rule for rule, _ in kind_table(papers) if rule != "sector.demand"]
    rows = []
    for plan in papers.plans.to_dict("records"):
        own = found[sides_are(found, [plan["sector"]])]
        cells = [own[own["rule"] == rule] for rule in rules]
        rows.append(
            {
                **plan,
                "cells": [(len(cell), float(cell["area_m2"].sum())) for cell in cells],
                "tally": tally(own),
            }
        )
    return rules, rows


def sides_are(found: pd.DataFrame, plans: Sequence[str]) -> pd.Series:
    """Mask the conflicts that one of these plans is a side of."""
    return found["subject_plan"].isin(plans) | found["object_plan"].isin(plans)


def decisions(papers: Papers) -> pd.DataFrame:
    """List what the register holds decided: all but what is open without a word on it."""
    rows = papers.register.conflicts
    words = (rows[["person", "reason", "decision"]] != "").any(axis=1)
    taken = rows[~rows["state"].isin(["open", ""]) | words]
    numbers = papers.conflicts.set_index("id")["number"]
    out = taken.assign(number=taken["id"].map(numbers[~numbers.index.duplicated()]))
    place = out["state"].map({name: at for at, name in enumerate(_ORDER)}).fillna(9)
    out = out.assign(place=place).sort_values(["place", "number", "id"], kind="stable")
    return out.drop(columns="place").reset_index(drop=True)


_ORDER = ("reopened", "agreed", "waived", "fixed", "open")
