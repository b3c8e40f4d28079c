# SPDX-License-Identifier: GPL-2.0-or-later
"""Quotas in themselves: those below must carry those above, and none exceeds its unit's land."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..layers import findings
from ..layers.rounding import hectares
from ..layers.words import say
from .levels import Level, levels, unit_shape

if TYPE_CHECKING:
    import geopandas as gpd

    from ..layers.model import County
    from ..layers.standard import Indicator
    from .fabric import Fabric

RULE = "data.quotas"
STEP = "quota_sum_ha"  # the standard's tolerance: ha to which quotas are rounded


class Split(NamedTuple):
    """One parent's quota of one indicator and what its children were given."""

    level: Level
    row: int
    indicator: Indicator
    quota: float
    below: str  # level of the children
    given: list[float]  # quotas of the children that have one
    children: int


def check_quota_tree(county: County) -> gpd.GeoDataFrame:
    """Compare each unit's quota with the sum of the quotas of the units below it."""
    problems = []
    for split in _splits(county):
        told = _judge(split, county.standard.tolerance(STEP))
        if told is not None:
            problems.append((split, *told))
    if not problems:
        return findings.none(county.dossier.crs)
    rule = county.standard.rule(RULE)
    one = [split for split, *_ in problems]
    codes = np.array([split.level.codes[split.row] for split in one], dtype=object)
    names = np.array([split.level.names[split.row] for split in one], dtype=object)
    sums = np.array([sum(split.given) for split in one])
    limit = np.array([split.quota for split in one])
    severity = np.array([severity for _, severity, _ in problems], dtype=object)
    values = {
        "rule": RULE, "severity": severity,
        "level": np.array([split.level.name for split in one], dtype=object),
        "unit": codes, "unit_name": names,
        "cluster": np.array([split.level.clusters[split.row] for split in one], dtype=object),
        "subject_layer": "units", "subject_id": codes, "subject_label": names,
        "object_layer": "quotas",
        "object_id": np.array([split.indicator.id for split in one], dtype=object),
        "value": sums, "limit": limit, "excess": np.abs(sums - limit), "unit_of_measure": "ha",
        "message": np.array([message for *_, message in problems], dtype=object),
        "remedy": np.where(severity == "error", rule.remedy, ""),
    }  # fmt: skip
    geometry = [unit_shape(county, split.level, split.row) for split in one]
    return findings.make(values, geometry, county.dossier.crs)


def check_quota_sizes(county: County, fabric: Fabric) -> gpd.GeoDataFrame:
    """Warn of quotas larger than the unit they were given to: they may be in mu."""
    tables, told = [], set()
    names = {one.id: one.name for one in county.standard.indicators}
    for level in levels(county.tree):
        size = dict(zip(level.codes, hectares(level.sum(fabric.unit_m2)).tolist()))
        given = county.quotas[county.quotas["level"] == level.name]
        for row in given.drop_duplicates(["unit", "indicator"]).itertuples():
            key = (row.unit, row.indicator)  # a cluster that is the county is told once
            if row.indicator not in names or key in told or not row.quota_ha > size[row.unit]:
                continue
            told.add(key)
            tables.append(_too_large(county, level, row, size[row.unit], names[row.indicator]))
    return findings.join(tables, county.dossier.crs)


def _too_large(county: County, level: Level, row: Any, size: float, name: str) -> gpd.GeoDataFrame:
    place = int(np.searchsorted(level.codes, row.unit))
    unit, quota = level.names[place], float(row.quota_ha)
    values = {
        "rule": RULE, "severity": "warning", "level": level.name, "unit": row.unit,
        "unit_name": unit, "cluster": level.clusters[place], "subject_layer": "units",
        "subject_id": row.unit, "subject_label": unit, "object_layer": "quotas",
        "object_id": row.indicator, "value": quota, "limit": size, "excess": quota - size,
        "unit_of_measure": "ha",
        "message": say("checks.quotas.large", unit=unit, name=name, quota=quota, size=size),
        "remedy": say("checks.quotas.large.remedy"),
    }  # fmt: skip
    return findings.make(values, [unit_shape(county, level, place)], county.dossier.crs)


def _splits(county: County) -> list[Split]:
    """Pair every quota with those of the nearest level below that has any for that unit."""
    quotas = {
        (row.level, row.unit, row.indicator): float(row.quota_ha)
        for row in county.quotas.itertuples()
        if not np.isnan(row.quota_ha)
    }
    chain = levels(county.tree)
    out = []
    for depth, level in enumerate(chain):
        for row, unit in enumerate(level.codes):
            for indicator in county.standard.indicators:
                quota = quotas.get((level.name, unit, indicator.id))
                if quota is None:
                    continue
                for lower in chain[depth + 1 :]:
                    children = np.unique(lower.of_finest[level.of_finest == row])
                    children = children[children >= 0]
                    keys = [(lower.name, lower.codes[child], indicator.id) for child in children]
                    given = [quotas[key] for key in keys if key in quotas]
                    if given:
                        out.append(
                            Split(level, row, indicator, quota, lower.name, given, len(children))
                        )
                        break
    return out


def _judge(split: Split, step: float) -> tuple[str, str] | None:
    """Give severity and message, None where the sums agree or can't be compared yet.

    Rounding to a `step` may take or add half of it in each quota handed down.
    """
    total = float(sum(split.given))
    gap = total - split.quota
    if abs(gap) <= step / 2 * len(split.given) + 1e-9:
        return None
    atmost = split.indicator.direction == "<="
    whole = len(split.given) == split.children
    if not whole and not (atmost and gap > 0):
        return None
    broken = gap > 0 if atmost else gap < 0
    if atmost:
        key = "checks.quotas.over" if broken else "checks.quotas.held"
    else:
        key = "checks.quotas.short" if broken else "checks.quotas.more"
    message = say(
        key,
        unit=split.level.names[split.row],
        name=split.indicator.name,
        quota=split.quota,
        below=say(f"checks.level.{split.below}"),
        count=len(split.given),
        total=total,
        gap=abs(gap),
    )
    return ("error" if broken else "info"), message
