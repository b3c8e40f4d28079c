# SPDX-License-Identifier: GPL-2.0-or-later
"""The findings of the run before: what was decided about them lives on, and what changed shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Collection, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from ..jobs.moments import local_time
from ..jobs.sector_rules import TWO_SIDED
from .errors import InputError
from .findings import uses
from .words import catalogue, pick, say

STATUS = ("status", "status_by", "status_at", "status_reason")
# What a decision is about; the table `decisions` of results.gpkg has these columns.
COLUMNS = (
    "id", "rule", "severity", "cluster", "subject_layer", "subject_id", "subject_label",
    "object_layer", "object_id", "verdict", "change", "area_m2", "excess", *STATUS,
)  # fmt: skip
NUMBERS = ("area_m2", "excess")
DECIDED = ("accepted", "fixed")
# A finding that grew by more than this share is no longer the one that was accepted.
GROWTH = 0.01
GROWTH_M2 = 1.0
_CHECKS = {"quota": "quotas", "control": "controllines", "sector": "sectors", "data": "data"}


class Carried(NamedTuple):
    """Findings with their decisions, the counts, and decisions this run did not look at."""

    findings: gpd.GeoDataFrame
    compared: dict[str, Any]
    decisions: pd.DataFrame


def read_former(folder: Path) -> pd.DataFrame | None:
    """Read what the results in a folder found and what was decided; None where there are none.

    Results that can't be read are an InputError: what was decided in them must not get lost.
    """
    path = folder / "results.gpkg"
    if not path.exists():
        return None
    try:
        layers = set(pyogrio.list_layers(path)[:, 0])
        names = [name for name in ("findings", "decisions") if name in layers or name == "findings"]
        tables = [pyogrio.read_dataframe(path, layer=name, read_geometry=False) for name in names]
    except (RuntimeError, OSError, ValueError) as error:  # all that pyogrio raises for bad files
        reason = " ".join(str(error).split())
        if "is locked" in reason:
            raise InputError("checks.former.locked", path=path) from error
        raise InputError("checks.former.unreadable", path=path, reason=reason) from error
    for name, table in zip(names, tables):
        lacking = [column for column in COLUMNS if column not in table]
        if lacking:
            reason = say("checks.former.columns", table=name, columns=", ".join(lacking))
            raise InputError("checks.former.unreadable", path=path, reason=reason)
    found = pd.concat([_clean(table) for table in tables], ignore_index=True)
    for name in NUMBERS:  # a run over some clusters may have seen but a part of what was accepted
        found[name] = found.groupby("id")[name].transform("max")
    return found.drop_duplicates("id").reset_index(drop=True)


def no_decisions() -> pd.DataFrame:
    """Give an empty table of decisions."""
    return _clean(pd.DataFrame(columns=[*COLUMNS]))


def _clean(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the columns that matter: numbers as floats, texts as text, "" where null."""
    return pd.DataFrame(
        {
            name: table[name].astype(float)
            if name in NUMBERS
            else table[name].astype(object).where(table[name].notna(), "")
            for name in COLUMNS
        }
    )


def carry(
    findings: gpd.GeoDataFrame,
    former: pd.DataFrame | None,
    checks: Collection[str] = (),
    clusters: Collection[str] = (),
    rules: Collection[str] = (),
    plans: Collection[str] = (),
) -> Carried:
    """Give findings the status they had, and count the new, gone and unchanged ones.

    A finding accepted before stays accepted unless it grew by more than a hundredth or is judged
    otherwise than it was; one marked as fixed that is found again is open again; the reason of
    either says so. `checks`, `clusters` (codes) and, of sector plans, `rules` and `plans` are what
    this run was limited to, all where none is named: what it did not look at is not gone, and
    decisions about that are kept.
    """
    if former is None:
        counts = {"new": len(findings), "gone": 0, "unchanged": 0, "former": False}
        return Carried(findings, counts, no_decisions())
    known = findings["id"].isin(former["id"]).to_numpy()
    absent = ~former["id"].isin(findings["id"]).to_numpy()
    looked = _looked_at(former, checks, clusters) & looked_at(former, rules, plans)
    unseen = (absent & ~looked) | (_shrunk(former, findings) if clusters else False)
    kept = unseen & _bears_a_word(former)
    old = former.set_index("id").loc[findings["id"][known]]
    changed = _changes(old, findings[known])
    out = findings.copy()
    settled = _settled(old, changed)
    for name in STATUS:
        out.loc[known, name] = settled[name].to_numpy(dtype=object)
    counts = {
        "new": int((~known).sum()),
        "gone": int((absent & looked).sum()),
        "unchanged": int(known.sum()),
        "former": True,
        "accepted": int((settled["status"] == "accepted").sum()),
        "reopened": sum(text != "" for text in changed),
        "kept": int(kept.sum()),
    }
    return Carried(out, counts, former[kept].reset_index(drop=True))


def _shrunk(former: pd.DataFrame, findings: gpd.GeoDataFrame) -> np.ndarray:
    """Tell which former findings are smaller now: of these, some may lie beyond the clusters."""
    now = findings.set_index("id")["area_m2"].reindex(former["id"]).to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        return np.asarray(now < former["area_m2"].to_numpy(dtype=float))


def _bears_a_word(former: pd.DataFrame) -> np.ndarray:
    """Tell which findings somebody decided on or wrote a reason to."""
    said = former["status"].isin(DECIDED) | (former["status_reason"] != "")
    return said.to_numpy(dtype=bool)


def _looked_at(
    former: pd.DataFrame, checks: Collection[str], clusters: Collection[str]
) -> np.ndarray:
    """Tell which former findings a run over these checks and clusters would find again."""
    room = former["rule"].str.split(".", n=1).str[0]
    asked = (room == "data") | room.map(_CHECKS).isin(list(checks)) | (not checks)
    inside = former["cluster"].isin(list(clusters)) | (not clusters)
    return (asked & inside).to_numpy(dtype=bool)


def looked_at(table: pd.DataFrame, rules: Collection[str], plans: Collection[str]) -> np.ndarray:
    """Tell which findings a run over these rules and sector plans would find again.

    Only conflicts of sector plans are ever left out so; all are looked at where none is named.
    """
    sector = table["rule"].astype(str).str.startswith("sector.")
    asked = table["rule"].isin(list(rules)) | (not rules)
    other = table["rule"].isin(TWO_SIDED) & table["object_layer"].isin(list(plans))
    sides = table["subject_layer"].isin(list(plans)) | other
    return (~sector | (asked & (sides | (not plans)))).to_numpy(dtype=bool)


def _settled(old: pd.DataFrame, changed: list[str]) -> pd.DataFrame:
    """Give the status columns for now: what was accepted holds unless something changed."""
    new = old[[*STATUS]].copy()
    new["status"] = np.where(old["status"] == "accepted", "accepted", "open")
    again = np.array([text != "" for text in changed], dtype=bool)
    new.loc[again, "status"] = "open"
    new.loc[again, ["status_by", "status_at"]] = ""
    reasons = [
        say(
            "checks.reopened",
            why=why,
            was=" ".join(filter(None, [_word("status", status), who, local_time(at), said])),
        )
        for why, (status, who, at, said) in zip(changed, old[[*STATUS]].itertuples(index=False))
    ]
    new["status_reason"] = np.where(again, np.array(reasons, dtype=object), old["status_reason"])
    return new


def _changes(old: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    """Say for each finding once decided why that can't stand; "" where it can, or none was."""
    grown = _grown(old, now)
    pairs = [
        ("severity", old["severity"].to_numpy(), now["severity"].to_numpy()),
        ("verdict", old["verdict"].to_numpy(), now["verdict"].to_numpy()),
        ("use", uses(old), uses(now)),
    ]
    out = []
    for row, status in enumerate(old["status"]):
        why = [grown[row]] if grown[row] else []
        why += [
            say(f"checks.reopened.{name}", before=_word(name, was[row]), now=_word(name, is_[row]))
            for name, was, is_ in pairs
            if was[row] != is_[row]
        ]
        if status == "fixed":
            why = [say("checks.reopened.found")]
        out.append(pick("，", ", ").join(why) if status in DECIDED else "")
    return out


def _grown(old: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    """Say how much each finding grew, "" where by no more than a hundredth.

    A finding without an area, as of a quota, is compared by how much it exceeds its limit.
    """
    out = [""] * len(old)
    for name, least in (("area_m2", GROWTH_M2), ("excess", 0.0)):
        was, is_ = (frame[name].to_numpy(dtype=float) for frame in (old, now))
        with np.errstate(invalid="ignore"):
            more = (is_ > was + least) & (is_ > was * (1 + GROWTH) + 1e-9)
        if name == "excess":
            more &= np.isnan(now["area_m2"].to_numpy(dtype=float))
        for row in np.flatnonzero(more):
            unit = "m2" if name == "area_m2" else str(now["unit_of_measure"].iloc[row])
            words = {"before": was[row], "now": is_[row], "unit": unit_word(unit)}
            out[row] = say("checks.reopened.grown", **words)
    return out


def unit_word(unit: str) -> str:
    """Name a unit of measure as a sentence has it."""
    key = f"checks.unit.{unit}"
    return say(key) if key in catalogue() else unit


def _word(vocabulary: str, value: str) -> str:
    """Give the word for a value as the report has it; a value of no vocabulary as it stands."""
    key = f"reports.{vocabulary}.{value}"
    return say(key) if key in catalogue() else value
