# SPDX-License-Identifier: GPL-2.0-or-later
"""The page's part on sector plans: plans, matrix, demand, the conflicts one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..checks.results import is_open
from ..checks.sectors.gaps import expected_gaps
from ..layers.words import pick, say
from .labels import SIGNS, SYMBOLS, hectares, missing, role, share, square_metres, text, word
from .meeting_gaps import Gaps, gaps_of
from .summary import rule_name
from .tables import SHOWN, graded

if TYPE_CHECKING:
    from ..checks.results import Results
    from ..checks.sectors.run import SectorResults

_SHADES = ("#fdf3ec", "#fbdcc6", "#f6b893", "#ea8c62")  # light enough for black figures
_VALUES = ("demand_ha", "quota_ha", "base_ha", "left_ha", "margin_ha")


def sector_content(results: Results) -> dict[str, Any] | None:
    """Gather what the page says of sector plans; None where none were checked."""
    found = results.sectors
    if found is None:
        return None
    conflicts = _open_conflicts(results, found)
    gaps = expected_gaps(results.county, found.unchecked)
    names = dict(zip(found.sectors["sector"], found.sectors["name"]))
    return {
        "plans": _plans(found.sectors),
        "reasons": [f"{_subject(results, key, names)}{pick('：', ': ')}{why}"
                    for key, why in gaps.items()],
        "grid": _grid(found, gaps_of(found, results.run)),
        "gaps": bool(gaps),
        "joint": len(found.joint_use),
        "demand": _demand(found.demand),
        "rows": _rows(results, conflicts),
        "total": len(conflicts),
    }  # fmt: skip


def _subject(results: Results, key: str, names: dict[str, str]) -> str:
    """Name the plan or the rule that could not be checked."""
    return names.get(key) or rule_name(results, key)


def _open_conflicts(results: Results, found: SectorResults) -> pd.DataFrame:
    """Give the conflicts that still wait for an answer, grave and large ones first."""
    still = results.findings[is_open(results.findings)]["id"]
    table = pd.DataFrame(found.conflicts.drop(columns="geometry"))
    return graded(table[table["id"].isin(still)], ["rule"])


def _plans(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "number": number, "name": row.name, "department": row.department,
            "colour": row.colour, "projects": f"{row.projects:,}",
            "area": hectares(row.area_ha), "fresh": hectares(row.new_construction_ha),
            "conflicts": f"{row.conflicts:,}", "disputed": hectares(row.conflict_ha),
            "outcome": row.outcome, "symbol": SYMBOLS[row.outcome],
            "word": word("outcome", row.outcome),
        }
        for number, row in enumerate(table.itertuples(index=False), 1)
    ]  # fmt: skip


def _grid(found: SectorResults, gaps: Gaps) -> list[dict[str, Any]]:
    """Lay the matrix out: a row and a column a plan, darker where more land is in dispute.

    A cell of a plan that was not checked says so: a blank one means that nothing was found.
    """
    ids, names = found.sectors["sector"].tolist(), found.sectors["name"].tolist()
    cells = {}
    for row in found.matrix.itertuples(index=False):
        cells[row.sector_a, row.sector_b] = cells[row.sector_b, row.sector_a] = row
    steps = np.quantile(found.matrix["area_ha"][found.matrix["count"] > 0].to_numpy(),
                        [0.25, 0.5, 0.75]) if (found.matrix["count"] > 0).any() else []  # fmt: skip
    return [
        {
            "number": number, "name": name,
            "cells": [
                {
                    **_cell(cells.get((one, other)), one == other, steps),
                    "unknown": one != other and gaps.unknown(one, other),
                }
                for other in ids
            ],
        }
        for number, (one, name) in enumerate(zip(ids, names), 1)
    ]  # fmt: skip


def _cell(row: Any, own: bool, steps: Any) -> dict[str, Any]:
    if row is None:
        return {"own": own, "count": 0, "joint": 0, "area": "", "shade": "", "title": ""}
    shade = _SHADES[int(np.searchsorted(steps, row.area_ha, side="left"))] if row.count else ""
    counts = {"sequence": row.sequence_count, "duplicate": row.duplicate_count,
              "joint": row.joint_count, "joint_ha": hectares(row.joint_ha)}  # fmt: skip
    return {
        "own": own, "count": row.count, "joint": row.joint_count, "area": hectares(row.area_ha),
        "shade": shade, "title": say("reports.sectors.cell", **counts),
    }  # fmt: skip


def _demand(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "level": word("level", row.level), "name": row.unit_name or row.unit,
            "values": [hectares(getattr(row, name)) for name in _VALUES],
            "outcome": row.outcome, "symbol": SYMBOLS[row.outcome],
            "word": word("outcome", row.outcome),
        }
        for row in table.itertuples(index=False)
    ]  # fmt: skip


def _rows(results: Results, conflicts: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "number": number, "severity": row.severity, "sign": SIGNS.get(row.severity, ""),
            "severity_word": word("severity", row.severity),
            "rule": rule_name(results, row.rule, row.severity),
            "subject": _side(row, "subject"), "object": _side(row, "object"),
            "place": row.unit_name or row.unit, "area": square_metres(row.area_m2),
            "shares": _shares(row), "message": row.message,
        }
        for number, row in enumerate(conflicts.head(SHOWN).itertuples(index=False), 1)
    ]  # fmt: skip


def _side(row: Any, side: str) -> str:
    """Name one side: the project with its plan, or the line, plan or quota it meets."""
    label, name = getattr(row, f"{side}_label"), getattr(row, f"{side}_name")
    if label and name:
        return say("reports.sectors.side", label=label, plan=name)
    return text(label or name or role(getattr(row, f"{side}_layer"))) or "—"


def _shares(row: Any) -> str:
    """Show what share of each project is in conflict."""
    parts = [getattr(row, f"{side}_share") for side in ("subject", "object")]
    return " / ".join(f"{share(part, 1.0)}%" for part in parts if not missing(part)) or "—"
