# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run changes in the register, and what a decision does: pure functions, no storage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from ..jobs.moments import local_time
from ..layers import former
from ..layers.findings import SEVERITIES
from ..layers.words import pick, say
from . import model
from .looks import before_of, looked_at, looks
from .model import (
    AGREED,
    FIXED,
    OPEN,
    REOPENED,
    STATES,
    TRANSITIONS,
    WAITING,
    WAIVED,
    Decision,
    Look,
    Outcome,
)

_VERDICTS = ("allow", "conditional", "forbid")
_KEPT = (AGREED, WAIVED)
_COMPARED = (
    "id", "area_m2", "excess", "severity", "verdict", "subject_use", "object_use",
    "unit_of_measure",
)  # fmt: skip


class Merged(NamedTuple):
    """What a merge writes: new rows, facts and marks of rows there are, history, the run.

    `new` has all columns, `facts` those of a run (id first), both with geometry; `marks` is
    indexed by id. `counts` has new, gone, unchanged and reopened; found is new + unchanged +
    reopened.
    """

    new: gpd.GeoDataFrame
    facts: gpd.GeoDataFrame
    marks: pd.DataFrame
    history: pd.DataFrame
    run: dict[str, Any]
    counts: dict[str, int]


def merge(register: pd.DataFrame, found: gpd.GeoDataFrame, look: Look) -> Merged:
    """Hold a run's conflicts against the register and say what changes.

    `register` has the columns COLUMNS (geometry is not looked at), `found` comes from
    `model.facts_of`. A row that a later run has looked at stays as it is, and so does one that
    results of a run over some rules or plans only keep from a run that was merged. One that a run
    over some clusters found smaller keeps its facts, since the rest may lie beyond these.
    """
    old = register.set_index("id", drop=False)
    now = found.set_index("id", drop=False)
    known = old.index.isin(now.index)
    when = looks(old, look)
    seen = known & (when != "")
    gone = ~known & (when != "") & looked_at(old, look)
    marks = {name: old[name].to_numpy(copy=True) for name in model.MARKS}
    history: list[dict[str, Any]] = []
    reopened = _found_again(marks, old, seen, now, when, history)
    vanished = int((old["present"].to_numpy()[gone] == 1).sum())
    _not_found(marks, old.index, gone, when, history)
    new = _new(now[~now.index.isin(old.index)], look, history)
    fresh = old.index[seen & ~_partly(old, now, look)]
    counts = {
        "new": len(new), "gone": vanished, "unchanged": int(known.sum()) - reopened,
        "reopened": reopened,
    }  # fmt: skip
    return Merged(
        new,
        now.loc[fresh].reset_index(drop=True),
        pd.DataFrame(marks, index=old.index)[seen | gone],
        model.plain(pd.DataFrame(history, columns=list(model.HISTORY)), model.HISTORY),
        _run_row(look, counts),
        counts,
    )


def _partly(old: pd.DataFrame, now: pd.DataFrame, look: Look) -> np.ndarray:
    """Tell which rows a run over some clusters may have seen but a part of."""
    if not look.clusters:
        return np.zeros(len(old), dtype=bool)
    areas = now["area_m2"].reindex(old.index).to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        return np.asarray(areas < old["area_m2"].to_numpy(dtype=float))


def _new(rows: gpd.GeoDataFrame, look: Look, history: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Enter conflicts that were never seen before."""
    out = rows.reset_index(drop=True)
    values = dict.fromkeys(model.MARKS, "") | {
        "present": 1, "state": OPEN, "version": 1, "decided_area_m2": np.nan,
        "decided_excess": np.nan,
    }  # fmt: skip
    for name, value in values.items():
        out[name] = pd.Series([value] * len(out), dtype=None if name in _COUNTED else object)
        if name in model.NUMBERS:
            out[name] = out[name].astype(float)
    asked, before = former.looked_at(out, look.rules, look.plans), before_of(out, look)
    when = np.where(asked | (before == ""), look.at, before).astype(object)
    for name in ("first_seen", "last_seen", "checked"):
        out[name] = when
    note = say("register.note.new")
    history += [_entry(id_, 1, at, "", OPEN, note=note) for id_, at in zip(out["id"], when)]
    return out


_COUNTED = ("present", "version")


Marks = Dict[str, np.ndarray]  # the columns MARKS of all rows


def _found_again(
    marks: Marks, old: pd.DataFrame, seen: np.ndarray, now: pd.DataFrame, when: np.ndarray,
    history: list[dict[str, Any]],
) -> int:  # fmt: skip
    """Mark rows as seen and reopen those whose state can't stand; give how many."""
    marks["present"][seen] = 1
    for name in ("last_seen", "checked"):
        marks[name][seen] = when[seen]
    settled = np.flatnonzero(seen & old["state"].isin((FIXED, *_KEPT)).to_numpy())
    before = old.iloc[settled][[*_COMPARED, *model.DECIDED, *model.BASIS]]
    after = pd.DataFrame(now.loc[before.index, [*_COMPARED]])
    count = 0
    for row, was, is_ in zip(settled, model.records(before), model.records(after)):
        why = _why_reopen(was, is_, when[row])
        if why:
            _reopen(marks, int(row), was, why, when[row], history)
            count += 1
    return count


def _why_reopen(was: Mapping[str, Any], now: Mapping[str, Any], at: str) -> str:
    """Say why what was decided about a conflict can't stand; "" where it can."""
    if was["state"] == FIXED:
        # A run that ended before somebody called it fixed knows nothing of that.
        return "" if was["decided_at"] > at else say("register.why.found")
    reasons = [*_grown(was, now)]
    for name, scale in (("severity", SEVERITIES[::-1]), ("verdict", _VERDICTS)):
        before, after = was[f"decided_{name}"], now[name]
        if _rank(after, scale) > _rank(before, scale):
            words = {"before": _word(name, before), "now": _word(name, after)}
            reasons.append(say(f"checks.reopened.{name}", **words))
    if was["decided_uses"] != (uses := uses_of(now)):
        reasons.append(say("checks.reopened.use", before=was["decided_uses"], now=uses))
    return pick("，", ", ").join(reasons)


def _grown(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say how much a conflict grew since the decision, in area or else in what exceeds a limit."""
    name, least = ("excess", 0.0) if np.isnan(now["area_m2"]) else ("area_m2", former.GROWTH_M2)
    before, after = was[f"decided_{name}"], now[name]
    grown = after > before + least and after > before * (1 + former.GROWTH) + 1e-9
    unit = "m2" if name == "area_m2" else str(now["unit_of_measure"])
    words = {"before": before, "now": after, "unit": former.unit_word(unit)}
    return [say("checks.reopened.grown", **words)] if grown else []


def _rank(value: str, scale: tuple[str, ...]) -> int:
    return scale.index(value) if value in scale else -1


def _word(vocabulary: str, value: str) -> str:
    return say(f"reports.{vocabulary}.{value}") if value else "—"


def uses_of(row: Mapping[str, Any]) -> str:
    """Give the uses of both sides of a conflict as one text."""
    return " / ".join(filter(None, (row["subject_use"], row["object_use"])))


def _reopen(
    marks: Marks, row: int, was: Mapping[str, Any], why: str, at: str,
    history: list[dict[str, Any]],
) -> None:  # fmt: skip
    """Open a row again: what was decided is told in its reason and stays in the history."""
    said = [model.state_word(was["state"])]
    said += [was["person"], was["decided_by"], local_time(was["decided_at"])]
    said += [was["decision"], was["reason"]]
    reason = say("register.reopened", why=why, was=" ".join(filter(None, said)))
    version = was["version"] + 1
    values = (REOPENED, "", "", "", reason, "", version)
    for name, value in zip(model.DECIDED, values):
        marks[name][row] = value
    history.append(_entry(was["id"], version, at, was["state"], REOPENED, reason=reason))


def _not_found(
    marks: Marks, ids: pd.Index, gone: np.ndarray, when: np.ndarray, history: list[dict[str, Any]]
) -> None:
    """Mark rows as gone; what waited for an answer or was agreed is fixed, a waiver stays."""
    marks["present"][gone] = 0
    marks["checked"][gone] = when[gone]
    note = say("register.note.gone")
    ended = np.flatnonzero(gone & pd.Series(marks["state"]).isin((*WAITING, AGREED)).to_numpy())
    states = marks["state"][ended]
    marks["state"][ended] = FIXED
    marks["version"][ended] += 1
    versions = marks["version"][ended].tolist()
    for id_, version, at, state in zip(ids[ended], versions, when[ended], states):
        history.append(_entry(id_, version, at, state, FIXED, note=note))


def _entry(
    id_: str, version: int, at: str, before: str, after: str, **texts: str
) -> dict[str, Any]:
    """Make a line of the history; every step of a row's version has one."""
    return dict.fromkeys(model.HISTORY, "") | {
        "id": id_, "seq": version, "at": at, "state_from": before, "state_to": after,
        "version": version, **texts,
    }  # fmt: skip


def _run_row(look: Look, counts: Mapping[str, int]) -> dict[str, Any]:
    lists = {name: ",".join(getattr(look, name)) for name in ("rules", "plans", "clusters")}
    return {"run": look.run, "at": look.at, "standard": look.standard, **lists, **counts}


@dataclass(frozen=True)
class Change:
    """What a decision writes: the row's new values and its line of the history."""

    values: dict[str, Any]
    entry: dict[str, Any]


def judge(row: Mapping[str, Any] | None, decision: Decision, at: str) -> Outcome | Change:
    """Say what a decision changes in a row (None: unknown id), or refuse it.

    Refusals: `id` unknown, `stale` version, `state` unknown or not for people to set, `same` (open
    is open), `person`, `reason` (to waive) or `decision` (to agree) missing.
    """
    why = _refusal(row, decision)
    if why:
        return Outcome(decision.id, False, dict(row or {}), why, _told(why, row or {}, decision))
    was = dict(row or {})
    version = was["version"] + 1
    said = {"reason": decision.reason, "decision": decision.decision}
    values = {
        "state": decision.state, "person": decision.person, "decided_by": decision.department,
        "decided_at": at, **said, "version": version, **_basis(was),
    }  # fmt: skip
    said |= {"person": decision.person, "department": decision.department}
    entry = _entry(decision.id, version, at, was["state"], decision.state, **said)
    return Change(values, entry)


def _refusal(row: Mapping[str, Any] | None, decision: Decision) -> str:
    """Give the first reason to refuse a decision, "" where there is none."""
    if row is None:
        return "id"
    forced = decision.force and not decision.version
    if not forced and decision.version != row["version"]:
        return "stale"
    if decision.state not in _by_people():
        return "state"
    if decision.state not in TRANSITIONS[row["state"]]:
        return "same"
    needed = {"person": True, "reason": decision.state == WAIVED,
              "decision": decision.state == AGREED}  # fmt: skip
    return next((name for name, on in needed.items() if on and not getattr(decision, name)), "")


def _told(why: str, row: Mapping[str, Any], decision: Decision) -> str:
    """Say why a decision is refused, and what stands in the register instead."""
    at = local_time(row.get("decided_at") or "")
    return say(
        f"register.refused.{why}",
        id=decision.id,
        state=decision.state,
        known=_states(),
        now=model.state_word(str(row.get("state", ""))),
        version=row.get("version", 0),
        by=" ".join(filter(None, (row.get("person"), at))) or "—",
    )


def _by_people() -> tuple[str, ...]:
    return tuple(state for state in STATES if state != REOPENED)


def _states() -> str:
    return pick("、", ", ").join(_by_people())


def _basis(row: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what the decision is about."""
    names = ("area_m2", "excess", "severity", "verdict")
    return {f"decided_{name}": row[name] for name in names} | {"decided_uses": uses_of(row)}
