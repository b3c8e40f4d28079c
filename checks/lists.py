# SPDX-License-Identifier: GPL-2.0-or-later
"""The two lists a cluster is handed: its problems, and what its control zones rule out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..layers.rounding import hectares
from ..layers.words import pick, say
from .control import in_zone
from .levels import finest_sums, levels
from .results import empty, is_open

if TYPE_CHECKING:
    import geopandas as gpd

    from ..layers.model import County
    from ..layers.standard import Standard, Zone
    from .fabric import Fabric

PROBLEMS = (
    "cluster", "cluster_name", "rule", "rule_name", "severity", "change", "count", "area_ha",
    "remedy",
)  # fmt: skip
NEGATIVES = (
    "cluster", "cluster_name", "zone", "zone_name", "zone_ha", "verdict", "codes", "code_names",
    "note", "basis", "confidence",
)  # fmt: skip
VERDICTS = ("forbid", "conditional")


def problem_list(findings: gpd.GeoDataFrame, county: County) -> pd.DataFrame:
    """Group open findings by cluster, rule, severity and change: how many and how much land.

    Data quality (`data.*`) is no planning problem and accepted findings are settled: neither is
    listed. `area_ha` is NaN where the rule concerns no area; cluster "" is the whole county.
    """
    rows = findings[~findings["rule"].str.startswith("data.") & is_open(findings)]
    if len(rows) == 0:
        return empty(PROBLEMS)
    keys = ["cluster", "rule", "severity", "change"]
    groups = pd.DataFrame(rows.drop(columns="geometry")).groupby(keys, sort=True)
    table = groups.agg(
        count=("id", "size"),
        area=("area_m2", lambda area: area.sum(min_count=1)),
        remedy=("remedy", _commonest),
    ).reset_index()
    table["area_ha"] = hectares(table["area"])
    names = _cluster_names(county)
    table["cluster_name"] = [names.get(code, code) for code in table["cluster"]]
    table["rule_name"] = [
        rule_name(county.standard, rule, severity)
        for rule, severity in zip(table["rule"], table["severity"])
    ]
    rank = table["severity"].map({"error": 0, "warning": 1, "info": 2})
    table = table.assign(rank=rank).sort_values(
        ["cluster", "rank", "rule", "change"], kind="stable"
    )
    return table[[*PROBLEMS]].reset_index(drop=True)


def _commonest(texts: pd.Series) -> str:
    """Give the text that occurs most, the first in order of equals; "" if there is none."""
    counts = texts[texts != ""].value_counts()
    return min(counts.index[counts == counts.max()]) if len(counts) else ""


def rule_name(standard: Standard, rule_id: str, severity: str = "error") -> str:
    """Name what a rule's finding of this severity is: a quota's warning says that it is kept."""
    area, _, indicator = rule_id.partition(".")
    one = standard.indicator(indicator) if area == "quota" and severity == "warning" else None
    if one is not None:
        return say("checks.quota.near.name", name=one.name)
    return standard.rule(rule_id).name


def _cluster_names(county: County) -> dict[str, str]:
    """Map cluster codes to names; "" (findings of the county itself) to the county's name."""
    finest = county.tree.finest
    names = {"": finest["county_name"].iloc[0] if len(finest) else ""}
    for level in levels(county.tree):
        if level.name == "cluster":
            names.update(zip(level.codes, level.names))
    return names


def negative_list(county: County, fabric: Fabric) -> pd.DataFrame:
    """List for each cluster and control zone in it the uses forbidden or bound to conditions."""
    clusters = next((level for level in levels(county.tree) if level.name == "cluster"), None)
    rows = []
    for zone in county.standard.zones():
        if clusters is None or zone.role not in fabric.pieces:
            continue
        gross = np.where(in_zone(fabric, zone), fabric.pieces["gross_m2"].to_numpy(), 0.0)
        finest = finest_sums(fabric.pieces["unit"].to_numpy(), gross, len(fabric.unit_m2))
        size = clusters.sum(finest)
        ruled = _ruled(county, zone)
        for row in np.flatnonzero(size >= county.dossier.tolerance.min_area_m2):
            head = {
                "cluster": clusters.codes[row], "cluster_name": clusters.names[row],
                "zone": zone.id, "zone_name": zone.name,
                "zone_ha": float(hectares(size[row])),
            }  # fmt: skip
            rows += [{**head, **one} for one in ruled]
    if not rows:
        return empty(NEGATIVES)
    table = pd.DataFrame(rows)[[*NEGATIVES]]
    return table.sort_values("cluster", kind="stable").reset_index(drop=True)


def _ruled(county: County, zone: Zone) -> list[dict[str, str]]:
    """Put a zone's rules together that say the same: forbidden first, codes joined by spaces."""
    texts = county.standard.control_rules(zone.id).texts()
    out = []
    for verdict in VERDICTS:
        same = texts[texts["verdict"] == verdict]
        for (note, basis, confidence), group in same.groupby(
            ["note", "basis", "confidence"], sort=False
        ):
            codes = list(group["prefix"])
            names = [f"{code} {_label(county, code)}".strip() for code in codes]
            out.append(
                {
                    "verdict": verdict,
                    "codes": " ".join(codes),
                    "code_names": pick("、", ", ").join(names),
                    "note": note,
                    "basis": basis,
                    "confidence": confidence,
                }
            )
    return out


def _label(county: County, code: str) -> str:
    """Name a code of the rules' vocabulary."""
    name = county.standard.settings.get("rule_table", "")
    table = county.standard.tables.get(name)
    return table.label(code) if table is not None else ""
