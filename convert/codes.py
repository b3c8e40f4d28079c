# SPDX-License-Identifier: GPL-2.0-or-later
"""Codes of one edition turned into another's, feature by feature, and what that changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Sequence

import numpy as np
import pandas as pd

from ..layers.errors import InputError
from ..layers.schema import listed
from ..layers.standard import Standard
from ..layers.words import say
from .rules import Conversion, OwnRule, Step, restored

MODES = ("open", "level1", "main", "all_level1")
OPEN_NAME = "待细分"  # what the trade writes for a code that is still to be settled
SETTLED = ("direct", "table", "main", "level1")


@dataclass
class Outcome:
    """What became of each feature; `how` is direct, table, main, level1, open or none.

    `codes` are the codes converted (given back where a spreadsheet spoiled them: `mended` maps
    those); `from_class` and `to_class` are change groups, "" where there is no code.
    """

    way: Conversion
    codes: np.ndarray
    to: np.ndarray
    how: np.ndarray
    steps: Mapping[str, Step]
    mended: dict[str, str]
    from_class: np.ndarray
    to_class: np.ndarray
    used: set[int] = field(default_factory=set)

    @property
    def names(self) -> np.ndarray:
        """Give the Chinese names of the new codes; what is left open says so."""
        names = self.way.target.codes["name_zh"].to_dict()
        out = np.array([names.get(code, "") for code in self.to], dtype=object)
        out[self.how == "open"] = OPEN_NAME
        return out

    @property
    def changed(self) -> np.ndarray:
        """Tell which features belong to another class group now."""
        both = (self.from_class != "") & (self.to_class != "")
        return both & (self.from_class != self.to_class)


def convert(
    way: Conversion, given: np.ndarray, mode: str, own: Sequence[OwnRule] = (),
    columns: Mapping[str, np.ndarray] | None = None,
) -> Outcome:  # fmt: skip
    """Convert codes (clean text, "" where none).

    A code with several targets is left `open`, becomes its first-level class (`level1`) or its most
    usual target (`main`); `all_level1` turns every code into its first-level class. The user's
    rules go before all that. `columns` are the fields that they ask for, as clean text.
    """
    if mode not in MODES:
        raise InputError("convert.mode", mode=mode, known=listed(MODES))
    keys, words = pd.factorize(given)
    mended = restored(words, way.source)
    words = np.array([mended.get(word, word) for word in words], dtype=object)
    codes = words[keys] if len(given) else np.array([], dtype=object)
    settled = [_settle(word, way, mode) for word in words]
    to = np.array([one[0] for one in settled], dtype=object)[keys] if len(given) else codes.copy()
    how = np.array([one[1] for one in settled], dtype=object)[keys] if len(given) else codes.copy()
    used = _own(own, codes, columns or {}, to, how)
    return Outcome(
        way, codes, to, how, way.steps, mended, way.source.change_groups(codes),
        way.target.change_groups(to), used,
    )  # fmt: skip


def _settle(code: str, way: Conversion, mode: str) -> tuple[str, str]:
    step = way.steps.get(code)
    if step is None:
        return "", "none"
    if mode == "all_level1":
        top = way.topmost(step.to)
        return top, "direct" if top == step.to else "level1"
    if not step.ambiguous:
        return step.to, "direct"
    if mode == "open":
        return "", "open"
    return (way.topmost(step.to), "level1") if mode == "level1" else (step.to, "main")


def _own(
    rules: Sequence[OwnRule], codes: np.ndarray, columns: Mapping[str, np.ndarray],
    to: np.ndarray, how: np.ndarray,
) -> set[int]:  # fmt: skip
    """Apply the user's rules, the strictest first; give the lines that met a feature."""
    free = np.ones(len(codes), dtype=bool)
    used = set()
    for rule in rules:
        hit = free & (codes == rule.code)
        for name, value in rule.where:
            hit &= columns[name] == value
        if hit.any():
            used.add(rule.line)
            to[hit], how[hit] = rule.to, "table"
            free &= ~hit
    return used


def told_apart(
    given: np.ndarray, names: np.ndarray, ways: Mapping[str, Conversion], label: str
) -> str:
    """Tell which table codes are of: the one that knows the most of them, then of their names.

    InputError where that settles nothing, or where they are of the target's edition already.
    """
    have = given != ""
    pairs = pd.Series(list(zip(given[have], names[have])), dtype=object).value_counts()
    target = next(iter(ways.values())).target
    scores = {name: _misfit(pairs, way.source.codes["name_zh"].to_dict())
              for name, way in ways.items()}  # fmt: skip
    best = min(scores, key=lambda name: scores[name])
    if len(pairs) and _misfit(pairs, target.codes["name_zh"].to_dict()) < scores[best]:
        raise InputError("convert.already", layer=label, table=target.name)
    if not len(pairs) or list(scores.values()).count(scores[best]) > 1:
        raise InputError("convert.ask", layer=label, known=listed(ways))
    return best


def _misfit(pairs: pd.Series, names: Mapping[str, str]) -> tuple[int, int]:
    """Count features whose code a table does not know, and those whose name it contradicts."""
    unknown = sum(count for (code, _), count in pairs.items() if code not in names)
    other = sum(
        count for (code, name), count in pairs.items()
        if code in names and name and name != names[code]
    )  # fmt: skip
    return int(unknown), int(other)


def summary(outcome: Outcome, area_m2: np.ndarray) -> pd.DataFrame:
    """Count what became what: a row a pair of codes and way, with hectares and class groups."""
    source, target = outcome.way.source, outcome.way.target
    rows = pd.DataFrame({
        "from_code": outcome.codes, "to_code": outcome.to, "how": outcome.how,
        "from_class": outcome.from_class, "to_class": outcome.to_class,
        "class_changed": outcome.changed.astype(int), "m2": area_m2,
    })  # fmt: skip
    keys = [name for name in rows.columns if name != "m2"]
    groups = rows.groupby(keys, sort=True)["m2"]
    out = groups.agg(count="size", area_ha=lambda m2: m2.sum(min_count=1) / 1e4).reset_index()
    out.insert(1, "from_name", [source.label(code) for code in out["from_code"]])
    out.insert(3, "to_name", [target.label(code) for code in out["to_code"]])
    out["candidates"] = [_candidates(code, outcome) for code in out["from_code"]]
    out["note"] = [outcome.steps[code].note if code in outcome.steps else ""
                   for code in out["from_code"]]  # fmt: skip
    for name in ("from_class", "to_class"):
        out[name] = [say(f"convert.class.{one}") if one else "" for one in out[name]]
    return out


def _candidates(code: str, outcome: Outcome) -> str:
    step = outcome.steps.get(code)
    if step is None or not step.ambiguous:
        return ""
    return " ".join(dict.fromkeys((step.to, *step.candidates)))


def remarks(
    outcome: Outcome, given_names: np.ndarray, standard: Standard, label: str, ids: np.ndarray
) -> pd.DataFrame:
    """List, feature by feature, what could not be converted, is open, or changed its class.

    Columns: row, kind, severity, code, name, to_code, to_name, from_class, to_class, candidates,
    message.
    """
    parts = [
        *((row, *_unconvertible(row, outcome, standard)) for row in
          np.flatnonzero(outcome.how == "none").tolist()),
        *((row, "ambiguous", "warning" if outcome.how[row] == "open" else "info")
          for row in np.flatnonzero(np.isin(outcome.how, ("open", "main"))
                                    | _coarse(outcome))),
        *((row, "class_changed", "warning") for row in np.flatnonzero(outcome.changed)),
        *((row, "name", "warning") for row in _misnamed(outcome, given_names)),
    ]  # fmt: skip
    table = []
    for row, kind, severity in sorted(parts):
        step_candidates = _candidates(outcome.codes[row], outcome)
        values = {
            "kind": kind, "severity": severity, "code": outcome.codes[row],
            "name": given_names[row] or outcome.way.source.label(outcome.codes[row]),
            "to_code": outcome.to[row],
            "to_name": OPEN_NAME if outcome.how[row] == "open" else
            outcome.way.target.label(outcome.to[row]),
            "from_class": _group(outcome.from_class[row]),
            "to_class": _group(outcome.to_class[row]), "candidates": step_candidates,
        }  # fmt: skip
        message = say(f"convert.remark.{kind}", layer=label, id=ids[row],
                      table=outcome.way.source.name, true=outcome.way.source.label(
                          outcome.codes[row]), **values)  # fmt: skip
        table.append({"row": int(row), **values, "message": message})
    columns = ["row", "kind", "severity", "code", "name", "to_code", "to_name", "from_class",
               "to_class", "candidates", "message"]  # fmt: skip
    return pd.DataFrame(table, columns=columns)


def _coarse(outcome: Outcome) -> np.ndarray:
    """Tell which codes with several targets became their first-level class."""
    several = {code for code, step in outcome.steps.items() if step.ambiguous}
    coarse = outcome.how == "level1"
    return coarse & np.array([code in several for code in outcome.codes], dtype=bool)


def _group(name: str) -> str:
    return say(f"convert.class.{name}") if name else ""


def _unconvertible(row: int, outcome: Outcome, standard: Standard) -> tuple[str, str]:
    """Say why a code has no target: none given, of another edition, too coarse, or unknown."""
    code = outcome.codes[row]
    if not code:
        return "empty", "error"
    if code in outcome.way.source.codes.index:
        return "coarse", "error"
    others = [name for name, table in standard.tables.items() if code in table.codes.index]
    return ("mixed" if others else "unknown"), "error"


def _misnamed(outcome: Outcome, names: np.ndarray) -> np.ndarray:
    """Find features whose name says another use than their code, though some table knows it.

    Codes that mean another thing in another edition are such: the layer may be of that one.
    """
    true = outcome.way.source.codes["name_zh"].to_dict()
    other = outcome.way.target.codes["name_zh"].to_dict()
    wrong = [
        bool(name) and code in true and name != true[code] and name == other.get(code)
        for code, name in zip(outcome.codes, names)
    ]
    return np.flatnonzero(np.array(wrong, dtype=bool))
