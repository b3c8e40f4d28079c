# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run looked at: which conflicts of a register it would have found, and when it asked."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import pandas as pd

from ..jobs.sector_rules import WITHOUT_USES
from ..layers import former
from .model import Gap, Look

SECTORS = "sectors"  # the subject of what all plans demand together
SIDES = ("subject", "object")
_LAYERS = ("subject_layer", "object_layer")


def looks(rows: pd.DataFrame, look: Look) -> np.ndarray:
    """Say when each row of a register was last looked at: ISO, "" where not since it was merged.

    By the run itself, or by one before it whose answer the results keep.
    """
    asked = former.looked_at(rows, look.rules, look.plans)
    checked = rows["checked"].to_numpy(dtype=object)
    before = before_of(rows, look)
    return np.where(
        asked,
        np.where(checked <= look.at, look.at, ""),
        np.where(before > checked, before, ""),
    ).astype(object)


def before_of(rows: pd.DataFrame, look: Look) -> np.ndarray:
    """Say when a run before this one asked each row's rule about all plans, "" where none did."""
    return np.array([look.looked.get(rule, "") for rule in rows["rule"]], dtype=object)


def looked_at(rows: pd.DataFrame, look: Look) -> np.ndarray:
    """Tell which conflicts a run, or one whose answer it keeps, would find if they were there."""
    looked = former.looked_at(rows, look.rules, look.plans)
    kept = ~looked & (before_of(rows, look) != "")
    if look.clusters:
        names = (rows[name].isin(look.clusters).to_numpy() for name in ("cluster", "cluster_name"))
        looked = looked & np.logical_or(*names)
    looked = looked | kept
    looked = looked & ~rows["rule"].isin(look.unchecked).to_numpy()
    demand = (rows["subject_layer"] == SECTORS).to_numpy()
    looked = looked & ~(demand & rows["unit"].isin(look.unmeasured).to_numpy())
    if look.unread:
        sides = (rows[name].isin(look.unread).to_numpy() for name in _LAYERS)
        looked = looked & ~(np.logical_or(*sides) | demand)
    return looked & ~_touched(rows, look.gaps, demand)


def _touched(rows: pd.DataFrame, gaps: Sequence[Gap], demand: np.ndarray) -> np.ndarray:
    """Tell which conflicts may be hid by what is not known of single projects.

    What all plans demand together is touched by any of them; list against layout, which asks for
    no use, not by a use that is blank.
    """
    if not gaps:
        return np.zeros(len(rows), dtype=bool)
    out = demand.copy()
    for only_uses in (True, False):
        mine = [gap for gap in gaps if gap.uses == only_uses]
        whole = {gap.plan for gap in mine if not gap.project and not gap.label}
        codes = {(gap.plan, gap.project) for gap in mine if gap.project}
        names = {(gap.plan, gap.label) for gap in mine if gap.label and not gap.project}
        hit = np.zeros(len(rows), dtype=bool)
        for side in SIDES:
            plan, code, label = (rows[f"{side}_{name}"] for name in ("layer", "id", "label"))
            hit |= plan.isin(whole).to_numpy()
            hit |= np.array([one in codes for one in zip(plan, code)], dtype=bool)
            hit |= np.array([one in names for one in zip(plan, label)], dtype=bool)
        out |= hit & ~rows["rule"].isin(WITHOUT_USES).to_numpy() if only_uses else hit
    return out
