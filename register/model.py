# SPDX-License-Identifier: GPL-2.0-or-later
"""What the register holds: its columns, the states of a conflict, decisions and their outcome."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timezone
from typing import Any, Mapping, NamedTuple, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from ..layers.errors import InputError
from ..layers.findings import as_multi
from ..layers.words import pick, say

VERSION = 1
GEOMETRY = "geom"
OPEN, AGREED, WAIVED, FIXED, REOPENED = STATES = ("open", "agreed", "waived", "fixed", "reopened")
WAITING = (OPEN, REOPENED)
# What a person may make of a conflict in each state; only a run reopens one. Deciding the same
# again amends reason or decision.
TRANSITIONS = {
    OPEN: (AGREED, WAIVED, FIXED),
    REOPENED: (OPEN, AGREED, WAIVED, FIXED),
    AGREED: (OPEN, AGREED, WAIVED, FIXED),
    WAIVED: (OPEN, AGREED, WAIVED, FIXED),
    FIXED: (OPEN, AGREED, WAIVED, FIXED),
}
_SIDE = (
    "layer", "name", "department", "id", "label", "use", "start", "end", "area_m2", "share",
    "demand_m2", "remain_m2", "meets",
)  # fmt: skip
# What a run says about a conflict: the layer `conflicts` of results.gpkg.
FACTS = (
    "id", "rule", "severity", "level", "unit", "unit_name", "town", "town_name", "cluster",
    "cluster_name", *(f"subject_{name}" for name in _SIDE), *(f"object_{name}" for name in _SIDE),
    "verdict", "change", "area_m2", "value", "limit", "excess", "unit_of_measure", "message",
    "remedy", "basis",
)  # fmt: skip
NEEDED = (
    "id", "rule", "severity", "cluster", "subject_layer", "object_layer", "area_m2", "excess",
    "verdict",
)  # fmt: skip
DECIDED = ("state", "person", "decided_by", "decided_at", "reason", "decision", "version")
# What the decision was about: later runs are held against this, so that small steps add up.
BASIS = (
    "decided_area_m2", "decided_excess", "decided_severity", "decided_verdict", "decided_uses",
)  # fmt: skip
# What a merge may change besides the facts.
MARKS = ("present", "first_seen", "last_seen", "checked", *DECIDED, *BASIS)
COLUMNS = (*FACTS, *MARKS)
HISTORY = (
    "id", "seq", "at", "state_from", "state_to", "person", "department", "reason", "decision",
    "note", "version",
)  # fmt: skip
RUNS = (
    "run", "at", "standard", "rules", "plans", "new", "gone", "unchanged", "reopened", "clusters",
)  # fmt: skip
TABLES = {"conflicts": COLUMNS, "history": HISTORY, "runs": RUNS}
NUMBERS = frozenset(
    name for name in COLUMNS
    if name.endswith(("_m2", "_share", "_start", "_end", "excess")) or name in ("value", "limit")
)  # fmt: skip
INTEGERS = frozenset({"present", "version", "seq", "new", "gone", "unchanged", "reopened"})


COUNTY = ("county_code", "county_name")  # columns of register_info


class County(NamedTuple):
    """The county that a register or a run is about; "" where that is not said."""

    code: str = ""
    name: str = ""

    def told(self) -> str:
        """Name the county with its code."""
        if not self.code or not self.name:
            return self.name or self.code
        return pick(f"{self.name}（{self.code}）", f"{self.name} ({self.code})")


@dataclass(frozen=True)
class Decision:
    """What a person makes of a conflict, and the version of the row that they saw.

    With `force`, version 0 stands for whatever is current; without, it is that of no row.
    """

    id: str
    version: int
    state: str
    person: str
    department: str = ""
    reason: str = ""
    decision: str = ""
    force: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a decision: the row as it stands now, and why it was refused, if it was.

    `why` is a word for programs (see `merge.judge`), `text` the sentence for people; both are ""
    when the decision holds. `row` has no geometry and is empty for an unknown conflict; `step` is
    the line that a decision added to the history.
    """

    id: str
    decided: bool
    row: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    text: str = ""
    step: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Gap:
    """A project that a run did not see whole; `uses` says that only its use is not known.

    `project` is its code, "" where it has none and goes by its `label`; a gap without either
    is one of the plan as a whole.
    """

    plan: str
    project: str = ""
    label: str = ""
    uses: bool = False


@dataclass(frozen=True)
class Look:
    """What a run looked at, and when; empty rules, plans or clusters mean all.

    A conflict of two plans was looked at when one of them was; clusters are codes or names.
    `unread` are plans of which layout or list could not be read, `gaps` projects of the others,
    `unchecked` rules that could not be applied, `unmeasured` units whose quota could not be held
    against the demand: what the run did not find of these may still be there. `looked` says of
    rules when a run before was the last to ask them about all plans: the results keep what that
    one found. `county` is whose plans they are.
    """

    at: str
    run: str = ""
    standard: str = ""
    rules: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    looked: dict[str, str] = field(default_factory=dict)
    county: County = field(default_factory=County)


_LISTS = ("rules", "plans", "clusters", "unread", "unchecked", "unmeasured")


def look_of(run: Mapping[str, Any]) -> Look:
    """Make a Look of a mapping: `at` (ISO, or `finished`), `run`, `standard`, and the lists.

    The county stands in `code` and `name`, as in run.json.
    """
    at = stamp(run.get("at") or run.get("finished") or "")
    standard = run.get("standard") or ""
    if isinstance(standard, Mapping):
        standard = " ".join(str(standard.get(name) or "") for name in ("id", "version")).strip()
    lists = {name: tuple(str(one) for one in run.get(name) or ()) for name in _LISTS}
    return Look(
        at, str(run.get("run") or at), str(standard), **lists,
        gaps=tuple(run.get("gaps") or ()),
        looked={str(rule): stamp(when) for rule, when in (run.get("looked") or {}).items() if when},
        county=County(*(str(run.get(name) or "") for name in ("code", "name"))),
    )  # fmt: skip


def stamp(text: str = "") -> str:
    """Give a moment as ISO text in UTC to the second, so that texts sort as moments do; "" is now.

    A moment without a zone is taken as UTC; InputError where the text is no moment.
    """
    if not text:
        return datetime.now(timezone.utc).isoformat(timespec="seconds")
    try:
        when = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise InputError("register.stamp", given=text) from None
    when = when.replace(tzinfo=when.tzinfo or timezone.utc)
    return when.astimezone(timezone.utc).isoformat(timespec="seconds")


def decision_of(values: Any) -> Decision:
    """Make a decision of a mapping as it stands in a job; InputError names what is wrong."""
    known = [entry.name for entry in fields(Decision)]
    if not isinstance(values, Mapping) or not values.get("id"):
        raise InputError("register.decision.shape", known=", ".join(known))
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise InputError("register.decision.keys", keys=", ".join(unknown), known=", ".join(known))
    version = values.get("version") or 0
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise InputError("register.decision.version", id=values["id"], given=version)
    force = values.get("force") or False
    if not isinstance(force, bool):
        raise InputError("register.decision.force", id=values["id"], given=force)
    texts = {
        name: str(values.get(name) or "").strip()
        for name in known
        if name not in ("version", "force")
    }  # None and spaces say nothing
    return Decision(version=version, force=force, **texts)


def plain(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Give the columns named: numbers as floats, counts as int64, texts as str, "" where null.

    A column that is not there comes out empty.
    """
    out = {name: _column(table, name) for name in columns}
    return pd.DataFrame(out, columns=list(columns), index=table.index)


def _column(table: pd.DataFrame, name: str) -> np.ndarray:
    """Give one column as its kind asks."""
    counts = name in INTEGERS
    if name not in table:
        absent = 0 if counts else np.nan if name in NUMBERS else ""
        return np.full(len(table), absent, dtype=object if absent == "" else None)
    given = table[name]
    if name in NUMBERS or counts:
        numbers = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return np.nan_to_num(numbers).astype(np.int64) if counts else numbers
    texts = given.to_numpy(dtype=object, copy=True)
    texts[given.isna().to_numpy()] = ""
    texts[:] = [str(one) for one in texts]
    return texts


def row_of(columns: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Give one row of a database as `records` gives those of a table."""
    return {name: _value(name, value) for name, value in zip(columns, values)}


def _value(name: str, value: Any) -> Any:
    if name in NUMBERS:
        return np.nan if value is None else float(value)
    if name in INTEGERS:
        return int(value or 0)
    return "" if value is None else str(value)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table as mappings of plain values."""
    columns = [table[name].tolist() for name in table.columns]
    return [dict(zip(table.columns, row)) for row in zip(*columns)]


def cells(table: pd.DataFrame, columns: Sequence[str]) -> list[list[Any]]:
    """Give columns as lists of what a database takes: plain values, None for NaN."""
    return [[known(one) for one in table[name].tolist()] for name in columns]


def known(value: Any) -> Any:
    """Give None for NaN, else the value."""
    return None if isinstance(value, float) and value != value else value


def facts_of(conflicts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take what a register keeps of a run's conflicts; geometry comes out in the column `geom`.

    InputError where a needed column lacks, an id is missing or stands there twice.
    """
    lacking = [name for name in NEEDED if name not in conflicts]
    if lacking:
        raise InputError("register.columns", columns=", ".join(lacking))
    table = plain(conflicts, FACTS).reset_index(drop=True)
    twice = table["id"][table["id"].duplicated() | (table["id"] == "")]
    if len(twice):
        raise InputError("register.ids", id=twice.iloc[0])
    shapes = as_multi(conflicts.geometry.to_numpy())
    table[GEOMETRY] = gpd.GeoSeries(shapes, crs=conflicts.crs)
    return gpd.GeoDataFrame(table, geometry=GEOMETRY, crs=conflicts.crs)


def state_word(state: str) -> str:
    """Name a state in the language in force."""
    return say(f"register.state.{state}") if state in STATES else state
