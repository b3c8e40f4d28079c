# SPDX-License-Identifier: GPL-2.0-or-later
"""Quotas: each indicator of each unit against what was allotted to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Sequence

import numpy as np
import pandas as pd

from ..layers import findings
from ..layers.rounding import M2_PER_HA, hectares, round_half_up
from ..layers.words import pick, say
from .levels import Level, counted_once, levels, unit_shape
from .results import empty
from .uncovered import all_uncovered
from .values import Measured, measure, source_of

if TYPE_CHECKING:
    import geopandas as gpd

    from ..layers.dossier import Tolerance
    from ..layers.model import County
    from ..layers.standard import Indicator
    from .fabric import Fabric

COLUMNS = (
    "level", "unit", "unit_name", "indicator", "name", "direction", "quota_ha", "base_ha",
    "plan_ha", "margin_ha", "outcome", "reason",
)  # fmt: skip
EPSILON = 1e-9  # ha; binary noise of warn_margin x quota
PASSED, WARNING, FAILED, NOT_CHECKED = "passed", "warning", "failed", "not_checked"


class Verdict(NamedTuple):
    """What became of one unit's indicator."""

    margin_ha: float
    outcome: str
    reason: str
    told: str = ""  # the reason as a finding gives it: with the sum it rests on
    uncovered: bool = False  # ground without a use is the reason


class Case(NamedTuple):
    """One unit's value, and what could yet change it.

    `best` is the value if all land in doubt turned out well, `worst` if all ground without a use
    (`open_ha`, crumbs left out) were to count; see `values.Doubt` for the rest.
    """

    plan: float
    best: float
    unknown_m2: float
    ridges_m2: float
    bare_ha: float
    gross_ha: float
    open_ha: float
    worst: float
    reserve_ha: float = 0.0


def check_quotas(county: County, fabric: Fabric) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Judge every indicator of the standard for every unit; give the table and the findings."""
    indicators = county.standard.indicators
    uncovered = all_uncovered(county, fabric, indicators)
    measured = {
        one.id: measure(county, fabric, one, uncovered.get(source_of(county, one)))
        for one in indicators
    }
    quotas = quotas_by_unit(county)
    tables = [
        pd.DataFrame(judged_rows(county, level, one, measured[one.id], quotas))
        for level in levels(county.tree)
        for one in county.standard.indicators
    ]
    table = pd.concat(tables, ignore_index=True) if tables else empty(COLUMNS)
    table = _in_order(table, county)
    return table[[*COLUMNS]], quota_batch(county, table).frame(county.dossier.crs)


def quotas_by_unit(county: County) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Map level, unit and indicator to quota and reserve; the first of doubled rows counts."""
    out: dict[tuple[str, str, str], tuple[float, float]] = {}
    for row in county.quotas.itertuples():
        reserve = 0.0 if pd.isna(row.reserve_ha) else float(row.reserve_ha)
        out.setdefault((row.level, row.unit, row.indicator), (float(row.quota_ha), reserve))
    return out


def judged_rows(
    county: County,
    level: Level,
    indicator: Indicator,
    measured: Measured,
    quotas: dict[tuple[str, str, str], tuple[float, float]],
    units: np.ndarray | None = None,
) -> dict[str, Any]:
    """Judge one indicator for the units of a level, or for some of them (rows of the level).

    Gives columns: those of the table of indicators, `cluster` and `told`, the reason as a finding
    gives it.
    """
    units = np.arange(len(level)) if units is None else units
    codes = level.codes[units]
    given = [quotas.get((level.name, unit, indicator.id), (np.nan, 0.0)) for unit in codes]
    quota = round_half_up([pair[0] for pair in given])
    reserve = np.array([pair[1] for pair in given]) if indicator.reserve else np.zeros(len(units))
    cases = _cases(level, indicator, measured, reserve * M2_PER_HA, units)
    tolerance = county.dossier.tolerance
    verdicts = [
        judge(indicator, quota[i], case, measured, tolerance) for i, case in enumerate(cases)
    ]
    return {
        "level": [level.name] * len(units), "unit": codes, "unit_name": level.names[units],
        "indicator": indicator.id, "name": indicator.name,
        "direction": indicator.direction, "quota_ha": quota,
        "base_ha": hectares(level.sum(measured.base)[units]),
        "plan_ha": [case.plan for case in cases],
        "cluster": level.clusters[units],
        "margin_ha": [verdict.margin_ha for verdict in verdicts],
        "outcome": [verdict.outcome for verdict in verdicts],
        "reason": [
            _with_notes(_with_sum(verdict.reason, case), case, measured, verdict.uncovered)
            for verdict, case in zip(verdicts, cases)
        ],
        "told": [_with_notes(verdict.told, case, measured, verdict.uncovered)
                 for verdict, case in zip(verdicts, cases)],
    }  # fmt: skip


def _cases(
    level: Level,
    indicator: Indicator,
    measured: Measured,
    reserve_m2: np.ndarray,
    units: np.ndarray,
) -> list[Case]:
    """Sum what was measured for units of a level (its rows)."""
    doubt = measured.doubt

    def total(finest: np.ndarray) -> np.ndarray:
        return level.sum(finest)[units]

    plan = total(measured.plan) + reserve_m2
    atmost = indicator.direction == "<="
    best = plan - total(doubt.less) if atmost else plan + total(doubt.more)
    columns = (hectares(plan), hectares(best), total(doubt.unknown), total(doubt.ridges),
               hectares(total(doubt.bare)), hectares(total(doubt.gross)),
               hectares(total(measured.uncovered)), hectares(plan + total(measured.uncovered)),
               hectares(reserve_m2))  # fmt: skip
    return [Case(*map(float, row)) for row in zip(*columns)]


def _with_notes(reason: str, case: Case, measured: Measured, told: bool) -> str:
    """Add to a reason that the base stood in for the plan, and the land that lacks something.

    Land without use counts for nothing, unless the reason is that it might (`told`); that without
    a coefficient counts whole.
    """
    if measured.present and not measured.missing:
        reason = _joined(reason, say("checks.quota.present"))
    if case.bare_ha > 0 and not told:
        reason = say("checks.quota.bare", reason=reason, area=case.bare_ha).strip()
    if case.gross_ha > 0:
        reason = say("checks.quota.gross", reason=reason, area=case.gross_ha).strip()
    return reason


def _with_sum(reason: str, case: Case) -> str:
    """Add to a reason how much of the value is land held in reserve."""
    if not case.reserve_ha > 0 or np.isnan(case.plan):
        return reason
    return _joined(reason, say("checks.quota.reserve", area=case.reserve_ha))


def _joined(*texts: str) -> str:
    return pick("；", "; ").join(filter(None, texts))


def judge(
    indicator: Indicator, quota: float, case: Case, measured: Measured, tolerance: Tolerance
) -> Verdict:
    """Compare a rounded value with a rounded quota, both in ha.

    What can't be known is `not_checked`; only a failure that doubtful land can't undo stays one.
    """
    if measured.missing:
        return Verdict(np.nan, NOT_CHECKED, measured.missing)
    if np.isnan(quota):
        return Verdict(np.nan, NOT_CHECKED, say("checks.quota.none"))
    atmost = indicator.direction == "<="
    margin, best = (
        float(round_half_up(quota - value if atmost else value - quota))
        for value in (case.plan, case.best)
    )
    if measured.partial:
        reason = measured.partial
        if atmost and margin < 0:  # more land can only make it worse
            reason = say("checks.quota.unread_over", reason=reason, short=-margin)
        return Verdict(margin, NOT_CHECKED, reason)
    doubts = [
        say(f"checks.quota.{name}", area=land)
        for name, land in (("unknown", case.unknown_m2), ("ridges", case.ridges_m2))
        if land >= tolerance.min_area_m2
    ]
    if doubts and best >= 0:
        return Verdict(margin, NOT_CHECKED, _joined(*doubts))
    if margin < 0:
        key = "checks.quota.over" if atmost else "checks.quota.short"
        return _told(key, margin, FAILED, quota, case, measured)
    if atmost and round_half_up(quota - case.worst) < 0:
        reason = say("checks.quota.uncovered", area=case.open_ha, margin=margin)
        return Verdict(margin, NOT_CHECKED, reason, uncovered=True)
    if margin < tolerance.warn_margin * quota - EPSILON:
        return _told("checks.quota.near", margin, WARNING, quota, case, measured)
    return Verdict(margin, PASSED, "")


def _told(
    key: str, margin: float, outcome: str, quota: float, case: Case, measured: Measured
) -> Verdict:
    """Put a verdict into words: short for the table, with the sum of plan and reserve else."""
    percent = 100 * margin / quota if quota else 0.0
    words = {"quota": quota, "margin": margin, "short": -margin, "percent": percent}
    kind = "now" if measured.present else "planned"
    short = long = say(f"checks.quota.value.{kind}", plan=case.plan)
    if case.reserve_ha > 0:
        placed = float(round_half_up(case.plan - case.reserve_ha))
        long = say("checks.quota.value.sum", placed=placed, held=case.reserve_ha, plan=case.plan)
    return Verdict(margin, outcome, say(key, value=short, **words), say(key, value=long, **words))


def _in_order(table: pd.DataFrame, county: County) -> pd.DataFrame:
    """Put rows in order of level, unit, indicator (as the standard lists them)."""
    level = table["level"].map({one.name: i for i, one in enumerate(levels(county.tree))})
    rank = table["indicator"].map({one.id: i for i, one in enumerate(county.standard.indicators)})
    order = table.assign(_level=level, _rank=rank).sort_values(
        ["_level", "unit", "_rank"], kind="stable"
    )
    return table.loc[order.index].reset_index(drop=True)


def quota_batch(
    county: County,
    table: pd.DataFrame,
    shape: Callable[..., Any] = unit_shape,
    chain: Sequence[Level] = (),
) -> findings.Batch:
    """Make a finding of every row that failed or is near to it.

    `table` holds judged rows; those of the county where it holds any of its only cluster. `shape`
    gives a unit's area as `unit_shape` does, `chain` are the tree's levels where they are known.
    The batch's `rows` are the index of the table's.
    """
    rows = counted_once(table)
    rows = rows[rows["outcome"].isin([FAILED, WARNING])]
    if rows.empty:
        return findings.NOTHING
    tree = {level.name: level for level in chain or levels(county.tree)}
    shapes: dict[tuple[str, str], object] = {}
    for key in dict.fromkeys(zip(rows["level"], rows["unit"])):
        level = tree[key[0]]
        shapes[key] = shape(county, level, int(np.searchsorted(level.codes, key[1])))
    failed = (rows["outcome"] == FAILED).to_numpy()
    values = {
        "rule": ("quota." + rows["indicator"]).to_numpy(dtype=object),
        "severity": np.where(failed, "error", "warning").astype(object),
        "level": rows["level"].to_numpy(dtype=object), "unit": rows["unit"].to_numpy(dtype=object),
        "unit_name": rows["unit_name"].to_numpy(dtype=object),
        "cluster": rows["cluster"].to_numpy(dtype=object),
        "subject_layer": "units", "subject_id": rows["unit"].to_numpy(dtype=object),
        "subject_label": rows["unit_name"].to_numpy(dtype=object),
        "value": rows["plan_ha"].to_numpy(), "limit": rows["quota_ha"].to_numpy(),
        "excess": np.where(failed, -rows["margin_ha"].to_numpy(), 0.0), "unit_of_measure": "ha",
        "message": np.array([_message(row) for row in rows.itertuples()], dtype=object),
        "remedy": np.array([_remedy(county, row) for row in rows.itertuples()], dtype=object),
    }  # fmt: skip
    geometry = [shapes[key] for key in zip(rows["level"], rows["unit"])]
    return findings.Batch(values, geometry, rows.index.to_numpy())


def _message(row: Any) -> str:
    return say("checks.quota.message", unit=row.unit_name, name=row.name, reason=row.told)


def _remedy(county: County, row: Any) -> str:
    """Say what to do about a quota that is broken, or kept but nearly used up."""
    if row.outcome == WARNING:
        percent = 100 * county.dossier.tolerance.warn_margin
        return say("checks.quota.near.remedy", percent=percent)
    return county.standard.rule(f"quota.{row.indicator}").remedy
