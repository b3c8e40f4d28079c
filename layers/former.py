# SPDX-License-Identifier: GPL-2.0-or-later
"""The findings of the run before: what was decided about them lives on, and what changed shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

_STATUS = ("status", "status_by", "status_at", "status_reason")
_COLUMNS = ("id", "area_m2", *_STATUS)
# A finding that grew by more than this share is no longer the one that was accepted.
_GROWTH = 0.01
_GROWTH_M2 = 1.0


def read_former(folder: Path) -> pd.DataFrame | None:
    """Read the findings of the results that stand in a folder; None where there are none."""
    path = folder / "results.gpkg"
    if not path.is_file():
        return None
    try:
        frame = pyogrio.read_dataframe(
            path, layer="findings", columns=list(_COLUMNS), read_geometry=False
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
        return None
    return frame if set(_COLUMNS) <= set(frame.columns) else None


def carry(
    findings: gpd.GeoDataFrame, former: pd.DataFrame | None
) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Give findings the status they had, and count the new, gone and unchanged ones.

    A finding accepted before stays accepted unless its area grew by more than a hundredth (and a
    square metre): then it is open again, and its reason says so. One marked as fixed that is found
    again is open again.
    """
    if former is None:
        return findings, {"new": len(findings), "gone": 0, "unchanged": 0, "former": False}
    old = former.drop_duplicates("id").set_index("id")
    known = findings["id"].isin(old.index).to_numpy()
    counts = {
        "new": int((~known).sum()),
        "gone": int((~old.index.isin(findings["id"])).sum()),
        "unchanged": int(known.sum()),
        "former": True,
    }
    decided = known & (findings["id"].map(old["status"]).to_numpy() == "accepted")
    before = findings["id"].map(old["area_m2"]).to_numpy(dtype=float, na_value=0.0)
    now = findings["area_m2"].to_numpy(dtype=float, na_value=0.0)
    grown = now > before + _GROWTH_M2
    grown &= now > before * (1 + _GROWTH)
    out = findings.copy()
    keep = decided & ~grown
    for name in _STATUS:
        values = out["id"].map(old[name]).astype(object).where(lambda v: v.notna(), "")
        out.loc[keep, name] = values[keep]
    return out, {**counts, "accepted": int(keep.sum()), "reopened": int((decided & grown).sum())}
