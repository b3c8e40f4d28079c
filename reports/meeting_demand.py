# SPDX-License-Identifier: GPL-2.0-or-later
"""Demand for new construction land against the quota left, as page and workbook show it."""

from __future__ import annotations

from typing import Any

from ..layers.words import say
from .labels import missing
from .meeting_data import Papers

_SHORT = 12  # characters of a reason that may stand in every row


def demand_rows(papers: Papers) -> list[dict[str, Any]]:
    """Lay out demand and quota of county, clusters and towns, with the bars' lengths in percent."""
    table = _asked(papers)
    reasons, _ = _said_once(papers)
    parts = table[["demand_ha", "left_ha"]].clip(lower=0)
    rows = []
    for at, row, reason in zip(table.index, table.to_dict("records"), reasons):
        # Each level has its own scale: beside the county a town's bar could not be seen.
        most = float(parts[table["level"] == row["level"]].max().max() or 0)
        bars = [
            None if missing(value) or not most else round(100 * float(value) / most, 1)
            for value in parts.loc[at]
        ]
        rows.append({**row, "reason": reason, "bars": bars})
    return rows


def demand_notes(papers: Papers) -> list[str]:
    """List the reasons that several rows of the demand share; the rows refer to them by number."""
    _, notes = _said_once(papers)
    return [say("meeting.demand.note", number=at, text=one) for at, one in enumerate(notes, 1)]


def _asked(papers: Papers) -> Any:
    return papers.demand[papers.demand["level"].isin(["county", "cluster", "town"])]


def _said_once(papers: Papers) -> tuple[list[str], list[str]]:
    """Take out of the rows' reasons what several share; gives the reasons and what was shared."""
    reasons = [papers.gaps.shorter(one) for one in _asked(papers)["reason"]]
    notes = [one for one in dict.fromkeys(reasons) if len(one) > _SHORT and reasons.count(one) > 1]
    out = []
    for reason in reasons:
        for number, one in enumerate(notes, 1):
            reason = reason.replace(one, say("meeting.demand.see", number=number))
        out.append(reason)
    return out, notes
