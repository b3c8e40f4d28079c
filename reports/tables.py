# SPDX-License-Identifier: GPL-2.0-or-later
"""Lay the tables of a run out as the page shows them, all words and figures ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..jobs.moments import local_time
from .labels import (
    SIGNS,
    SYMBOLS,
    basis,
    direction,
    hectares,
    join_words,
    missing,
    role,
    share,
    signed,
    square_metres,
    text,
    word,
)
from .summary import is_data, is_open, plan_names, rule_name

if TYPE_CHECKING:
    from ..checks.results import Results

SHOWN = 200  # rows of a list in the page; the workbook has them all


def quota_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lay out the quotas of one unit, with the bars that compare base, plan and quota."""
    rows = []
    for row in table.itertuples():
        values = [row.base_ha, row.plan_ha, row.quota_ha]
        most = max([value for value in values if not missing(value)] + [0.0]) * 1.04
        bar = [
            None if missing(value) or not most else round(100 * value / most, 2) for value in values
        ]
        rows.append(
            {
                "name": row.name,
                "direction": direction(row.direction),
                "quota": hectares(row.quota_ha),
                "base": hectares(row.base_ha),
                "plan": hectares(row.plan_ha),
                "margin": signed(row.margin_ha),
                "outcome": row.outcome,
                "symbol": SYMBOLS.get(row.outcome, ""),
                "word": word("outcome", row.outcome),
                "reason": text(row.reason),
                "bar": dict(zip(("base", "plan", "quota"), bar)),
            }
        )
    return rows


def town_table(table: pd.DataFrame) -> dict[str, Any]:
    """Lay out towns against indicators: planned area, margin and outcome in each cell."""
    table = table[table["level"] == "town"]
    columns = list(dict.fromkeys(zip(table["indicator"], table["name"])))
    rows = []
    for _, group in table.groupby("unit", sort=True):
        cells = {}
        for row in group.itertuples():
            cells[row.indicator] = {
                "plan": hectares(row.plan_ha),
                "margin": signed(row.margin_ha),
                "outcome": row.outcome,
                "symbol": SYMBOLS.get(row.outcome, ""),
            }
        cells_in_order = [cells.get(indicator) for indicator, _ in columns]
        rows.append(
            {"name": group["unit_name"].iloc[0] or group["unit"].iloc[0], "cells": cells_in_order}
        )
    return {"columns": [name for _, name in columns], "rows": rows}


def village_rows(table: pd.DataFrame, shown: int = SHOWN) -> list[dict[str, Any]]:
    """Lay out the quotas of villages that are broken or near their limit."""
    names = table["unit_name"].where(table["unit_name"] != "", table["unit"])
    rows = quota_rows(table.head(shown))
    return [{**row, "unit": name} for row, name in zip(rows, names)]


def settled_rows(results: Results) -> list[dict[str, Any]]:
    """Lay out findings that were accepted as exceptions or fixed: who, when, why."""
    found = results.findings[~is_open(results.findings)]
    rows = finding_rows(results, found)
    for row, one in zip(rows, found.itertuples()):
        row |= {"status": word("status", one.status), "by": text(one.status_by),
                "at": local_time(text(one.status_at)), "why": text(one.status_reason)}  # fmt: skip
    return rows


def finding_rows(results: Results, found: pd.DataFrame, shown: int = SHOWN) -> list[dict[str, Any]]:
    """Lay out findings, numbered from 1 in the order given; at most `shown` of them."""
    rows, names = [], plan_names(results)
    for number, row in enumerate(found.head(shown).itertuples(), 1):
        rows.append(
            {
                "number": number,
                "severity": row.severity,
                "sign": SIGNS.get(row.severity, ""),
                "severity_word": word("severity", row.severity),
                "change": word("change", row.change) or "—",
                "verdict": word("verdict", row.verdict),
                "rule": rule_name(results, row.rule, row.severity),
                "place": row.unit_name or row.unit,
                "subject": row.subject_label,
                "subject_id": row.subject_id,
                "subject_layer": names.get(row.subject_layer) or role(row.subject_layer),
                "area": square_metres(row.area_m2),
                "message": row.message,
                "remedy": row.remedy,
            }
        )
    return rows


def problem_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lay out the problem list of one cluster."""
    return [
        {
            "rule": row.rule_name,
            "severity": row.severity,
            "sign": SIGNS.get(row.severity, ""),
            "severity_word": word("severity", row.severity),
            "change": word("change", row.change) or "—",
            "count": f"{int(row.count_):,}",
            "area": hectares(row.area_ha) if row.area_ha else "—",
            "remedy": row.remedy,
        }
        for row in table.rename(columns={"count": "count_"}).itertuples()
    ]


def balance_rows(table: pd.DataFrame) -> list[list[str]]:
    """Lay out the structure table of one unit, with shares, and the total at the foot."""
    base, plan = table["base_ha"].sum(), table["plan_ha"].sum()
    rows = []
    for row in table.itertuples():
        rows.append(
            [row.class_name, hectares(row.base_ha), share(row.base_ha, base), hectares(row.plan_ha),
             share(row.plan_ha, plan), signed(row.change_ha)]
        )  # fmt: skip
    total = [hectares(base), share(base, base), hectares(plan), share(plan, plan)]
    return [*rows, ["", *total, signed(round(plan - base, 2))]]


def transfer_matrix(table: pd.DataFrame, order: list[str]) -> dict[str, Any]:
    """Lay out the transfers of one unit as a matrix, classes in the order of the structure table.

    Classes that take no part are left out.
    """
    table = table[table["area_ha"] > 0]
    place = {name: number for number, name in enumerate(order)}
    base, plan = (
        sorted(
            set(zip(table[f"{end}_class"], table[f"{end}_name"])),
            key=lambda one: (place.get(one[0], len(place)), one[0]),
        )
        for end in ("from", "to")
    )
    cells = {(row.from_class, row.to_class): row.area_ha for row in table.itertuples()}
    rows = []
    for source, name in base:
        values = [cells.get((source, target), 0.0) for target, _ in plan]
        shown = ["" if not value else hectares(value) for value in values]
        same = [source == target for target, _ in plan]
        rows.append({"name": name, "cells": list(zip(shown, same)), "total": hectares(sum(values))})
    totals = [sum(cells.get((source, target), 0.0) for source, _ in base) for target, _ in plan]
    return {
        "columns": [name for _, name in plan],
        "rows": rows,
        "totals": [hectares(value) for value in totals],
        "total": hectares(sum(totals)),
    }


def ledger_tables(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lay out each ledger: county and clusters, one row a kind of transfer, with totals."""
    out = []
    table = table[table["level"].isin(["county", "cluster"])]
    kind = ["ledger", "flow"] if "flow" in table else ["ledger"]  # out and in are not added up
    for _, ledger in table.groupby(kind, sort=False):
        rows = []
        for (_, name), unit in ledger.groupby(["unit", "unit_name"], sort=False):
            for row in unit.itertuples():
                rows.append([name, row.from_name, row.to_name, row.gross_ha, row.net_ha])
            rows.append([name, None, None, unit["gross_ha"].sum(), unit["net_ha"].sum()])
        out.append({"name": ledger["name"].iloc[0], "rows": rows})
    return out


def negative_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lay out the negative list of one cluster."""
    spans = table.groupby("zone_name", sort=False).size()
    table = table.sort_values(
        "zone_name",
        kind="stable",
        key=lambda names: names.map({name: place for place, name in enumerate(spans.index)}),
    )
    first = ~table["zone_name"].duplicated()
    return [
        {
            "span": int(spans[row.zone_name]) if begins else 0,
            "zone": row.zone_name,
            "zone_ha": hectares(row.zone_ha),
            "verdict": row.verdict,
            "verdict_word": word("verdict", row.verdict),
            "names": text(row.code_names) or text(row.codes),
            "note": text(row.note) or "—",
            "basis": basis(row.basis, row.confidence),
        }
        for row, begins in zip(table.itertuples(), first)
    ]


def graded(found: pd.DataFrame, then: list[str]) -> pd.DataFrame:
    """Put findings in order: grave ones first, then by these columns, large ones first."""
    grade = found["severity"].map({severity: place for place, severity in enumerate(SIGNS)})
    keyed = found.assign(_grade=grade, _size=-found["area_m2"].fillna(0.0))
    return found.loc[keyed.sort_values(["_grade", *then, "_size"], kind="stable").index]


def reserve_names(results: Results) -> str:
    """Name the indicators of the run whose planned value may hold a reserve not yet on the map."""
    held = {one.id for one in results.county.standard.indicators if one.reserve}
    table = results.indicators[results.indicators["indicator"].isin(held)]
    return join_words(list(dict.fromkeys(table["name"])))


def data_groups(results: Results) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Count the findings about data by rule, and give them one by one."""
    found = results.findings[is_data(results.findings) & is_open(results.findings)]
    found = graded(found, ["rule", "subject_layer", "subject_id"])
    rows = []
    for (rule, severity), group in found.groupby(["rule", "severity"], sort=False):
        rows.append(
            {
                "rule": rule_name(results, rule),
                "severity": severity,
                "sign": SIGNS.get(severity, ""),
                "severity_word": word("severity", severity),
                "count": f"{len(group):,}",
                "area": square_metres(group["area_m2"].sum(min_count=1)),
            }
        )
    return rows, found
