# SPDX-License-Identifier: GPL-2.0-or-later
"""Quotas of a made county made to fail: some missed, some barely kept, one that does not add up."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from .codes import COUNTY
from .county import Made
from .quotas import add_up, verdicts
from .sower import COLUMNS

_TRIES = 12
_SLACK = 6  # hundredths of a hectare: the values are sums of the villages' rounded ones


def quota_faults(made: Made, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Change quotas so that some fail, some are near to it and one does not add up."""
    units = made.tables["units"].data
    clusters = units["cluster"].value_counts().sort_index().sort_values(kind="stable").index[::-1]
    picked = {name: rng.permutation(units.index[units["cluster"] == name]) for name in clusters}
    before = made.quotas
    for harder in range(_TRIES):
        made.quotas = _changed(before, units, clusters, picked, 0.004 * harder)
        if not _on_edge(made.quotas).any():
            break
    listed = [{"rule": "data.quotas", "severity": "error", "level": "cluster",
               "unit": clusters[1], "subject_layer": "units", "subject_id": clusters[1],
               "object_layer": "quotas", "object_id": "village_construction",
               "what": "各乡镇村庄建设用地指标之和超过片区指标"}]  # fmt: skip
    for (_, row), verdict in zip(made.quotas.iterrows(), verdicts(made.quotas)):
        # the red line can't be judged: one of its features has no area
        if verdict != "passed" and row["indicator"] != "redline":
            listed.append({
                "rule": f"quota.{row['indicator']}",
                "severity": "error" if verdict == "failed" else "warning", "level": row["level"],
                "unit": row["unit"], "subject_layer": "units", "subject_id": row["unit"],
                "what": "指标未达到" if verdict == "failed" else "指标余量不足",
            })  # fmt: skip
    return [dict.fromkeys(COLUMNS, "") | entry for entry in listed]


def _changed(
    before: pd.DataFrame, units: pd.DataFrame, clusters: Sequence[str],
    picked: Mapping[str, np.ndarray], more: float,
) -> pd.DataFrame:  # fmt: skip
    """Give the quotas with all changes; `more` makes the changes a little larger."""
    villages = before[before["level"] == "village"].copy()
    first, second = picked[clusters[0]], picked[clusters[1]]
    whole = before.set_index(["unit", "indicator"])
    lack = whole.loc[(clusters[1], "farmland")]
    _set(villages, units, first[0], "farmland", lambda row: row["value"] * (1.03 + more))
    _set(villages, units, first[1], "construction", lambda row: row["value"] * (0.97 - more))
    _set(villages, units, first[2], "basic_farmland", lambda row: row["value"] / (1.01 - more / 10))
    _set(villages, units, second[0], "farmland",
         lambda row: row["quota"] + (1.01 + more) * lack["value"] - lack["quota"])  # fmt: skip
    quotas = add_up(villages.drop(columns="name"), units)
    short = int(np.ceil(0.012 * whole.loc[(clusters[1], "village_construction"), "quota"]))
    lessened = quotas["unit"].isin([clusters[1], COUNTY])
    lessened &= quotas["indicator"] == "village_construction"
    quotas.loc[lessened, "quota"] -= short
    return quotas


def _on_edge(quotas: pd.DataFrame) -> pd.Series:
    """Tell which verdicts would turn if the sum of rounded values were a little off."""
    slack = np.where(quotas["level"] == "village", 1, _SLACK)
    turned = [verdicts(quotas.assign(value=quotas["value"] + sign * slack)) for sign in (-1, 1)]
    return (turned[0] != turned[1]) & (quotas["value"] > 0) & (quotas["indicator"] != "redline")


def _set(
    villages: pd.DataFrame, units: pd.DataFrame, row: int, indicator: str,
    quota: Callable[[pd.Series], float],
) -> None:  # fmt: skip
    """Give one village another quota, in place."""
    here = (villages["unit"] == units["code"].iloc[row]) & (villages["indicator"] == indicator)
    villages.loc[here, "quota"] = round(quota(villages[here].iloc[0]))
