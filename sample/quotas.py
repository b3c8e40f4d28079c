# SPDX-License-Identifier: GPL-2.0-or-later
"""Quotas of a made county: kept with room to spare, and adding up to the hundredth of a hectare."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .codes import COUNTY
from .county import Made, measured

AT_LEAST = ("farmland", "basic_farmland", "redline")
AT_MOST = ("construction", "construction_total", "village_construction", "boundary")
NAMES = {
    "farmland": "耕地保有量", "basic_farmland": "永久基本农田保护面积",
    "redline": "生态保护红线面积", "construction": "城乡建设用地规模",
    "construction_total": "建设用地总规模", "village_construction": "村庄建设用地规模",
    "boundary": "城镇开发边界规模",
}  # fmt: skip
LEVELS = ("county", "cluster", "town", "village")
_ROOM, _RESERVE = 0.05, 0.01


def make_quotas(made: Made) -> pd.DataFrame:
    """Give quotas for every unit: level, unit, name, indicator, quota (whole 0.01 ha), reserve.

    `value` is what the made plan comes to, in the same hundredths, the reserve included.
    """
    units = made.tables["units"].data
    rows = []
    for indicator, square_metres in measured(made).items():
        value = np.rint(square_metres / 100).astype(np.int64)
        reserve = np.zeros(len(value), np.int64)
        if indicator == "construction":
            reserve = np.ceil(value * _RESERVE).astype(np.int64)
        value = value + reserve
        if indicator in AT_LEAST:
            quota = np.floor(value * (1 - _ROOM)).astype(np.int64)
        else:
            quota = np.ceil(value * (1 + _ROOM)).astype(np.int64) + (value > 0)
        rows.append(pd.DataFrame({"unit": units["code"], "indicator": indicator,
                                  "quota": quota, "reserve": reserve, "value": value}))  # fmt: skip
    villages = pd.concat(rows, ignore_index=True).assign(level="village")
    return add_up(villages, units)


def add_up(villages: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Sum the villages' quotas to towns, clusters and the county."""
    own = units.set_index("code")
    tables = []
    for level in LEVELS[:-1]:
        above = COUNTY if level == "county" else own[level].reindex(villages["unit"]).to_numpy()
        sums = villages.assign(unit=above).groupby(["indicator", "unit"], sort=False)
        tables.append(sums[["quota", "reserve", "value"]].sum().reset_index().assign(level=level))
    tables.append(villages)
    out = pd.concat(tables, ignore_index=True)
    labels = {COUNTY: "示例县", **dict(zip(units["code"], units["name"]))}
    labels |= dict(zip(units["town"], units["town_name"]))
    labels |= dict(zip(units["cluster"], units["cluster_name"]))
    out["name"] = [labels[unit] for unit in out["unit"]]
    rank = {name: i for i, name in enumerate(LEVELS)}
    order = {name: i for i, name in enumerate(AT_LEAST + AT_MOST)}
    keys = out.assign(a=out["level"].map(rank), b=out["indicator"].map(order))
    return out.loc[keys.sort_values(["a", "unit", "b"], kind="stable").index].reset_index(drop=True)


def verdicts(quotas: pd.DataFrame, warn_margin: float = 0.02) -> pd.Series:
    """Judge each quota by the made value: passed, warning or failed."""
    least = quotas["indicator"].isin(AT_LEAST).to_numpy()
    quota, value = quotas["quota"].to_numpy(), quotas["value"].to_numpy()
    margin = np.where(least, value - quota, quota - value)
    near = np.where(margin < warn_margin * quota, "warning", "passed")
    return pd.Series(np.where(margin < 0, "failed", near), index=quotas.index)
