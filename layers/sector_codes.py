# SPDX-License-Identifier: GPL-2.0-or-later
"""Uses of sector projects as codes of the rules' vocabulary, and what is not one of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Collection, Sequence

import numpy as np
import pandas as pd

from .features import restore_codes
from .schema import listed, nearest_first
from .words import catalogue, say

if TYPE_CHECKING:
    from .codes import CodeTable
    from .notes import Notes
    from .sector_projects import Joined
    from .standard import Standard

_WITH_NAME = re.compile(
    r"^[(（\[【]?([0-9][0-9A-Za-z]*)[)）\]】]?[\s_\-—:：、.]*[\u4e00-\u9fff].*$"
)


_DASHES = re.compile(r"[\s\-—–―_－]+")


def align_codes(layout: pd.Series, rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Give project codes of a list the layout's spelling: 101 is 0101, jt-1 is JT-1, in place.

    Only codes that have no equal on the other side, and of which one alone fits. Gives what was
    changed: (as listed, as laid out).
    """
    here, there = set(layout) - {""}, set(rows["project"]) - {""}
    lone: list[dict[str, list[str]]] = []
    for codes in (sorted(here - there), sorted(there - here)):
        by_key: dict[str, list[str]] = {}
        for code in codes:
            by_key.setdefault(_key(code), []).append(code)
        lone.append(by_key)
    changed = {
        codes[0]: lone[0][key][0]
        for key, codes in lone[1].items()
        if len(codes) == 1 and len(lone[0].get(key, ())) == 1
    }
    rows["project"] = rows["project"].map(lambda code: changed.get(code, code)).astype(object)
    return list(changed.items())


def _key(code: str) -> str:
    """Spell a code so that case, dashes and leading zeros don't matter, but its parts do."""
    return "-".join(part.lstrip("0") for part in _DASHES.split(code.upper()))


def vocabulary(standard: Standard) -> CodeTable | None:
    """Give the code table that uses of projects are written in; None where there is none."""
    name = standard.settings.get("rule_table", "")
    return standard.tables.get(name)


def restore_uses(
    frames: Sequence[pd.DataFrame], standard: Standard, plan: str, notes: Notes
) -> None:
    """Give the column `use` of each frame its codes back: 101 is 0101, 0803文化用地 is 0803.

    A use given by its name alone becomes the code of that name.
    """
    table = vocabulary(standard)
    if table is None or not frames:
        return
    uses = np.concatenate([frame["use"].to_numpy(dtype=object) for frame in frames])
    found = restore_codes(_named(uses, table), table, plan, notes)
    start = 0
    for frame in frames:
        frame["use"] = pd.Series(found[start : start + len(frame)], frame.index, dtype=object)
        start += len(frame)


def _named(uses: np.ndarray, table: CodeTable) -> np.ndarray:
    """Take the code out of a code with its name, or the code of a name."""
    keys, words = pd.factorize(uses)
    out = np.array([*words, ""], dtype=object)
    codes = {name: code for code, name in reversed(list(table.codes["name_zh"].items()))}
    for index, word in enumerate(words):
        if not word or table.known([word])[0]:
            continue
        both = _WITH_NAME.match(word)
        if both:
            out[index] = both.group(1)
        elif word in codes:
            out[index] = codes[word]
    return out[keys]


def tell_unknown_uses(
    joined: Joined, plans: Sequence[str], standard: Standard, notes: Notes,
    told: Collection[str] = (),
) -> dict[str, str]:  # fmt: skip
    """Make a finding of each use of a project that is blank or unknown.

    `plans` are the ids of the plans by their number; `told` those of which it is told already that
    they have no column of uses. Gives the reason for each plan concerned.
    """
    table = vocabulary(standard)
    if table is None:
        return {}
    projects, plots = joined.projects, joined.plots
    rows = plots["project"].to_numpy(dtype=int)
    uses = plots["use"].to_numpy(dtype=object)
    alone = np.flatnonzero((~projects["in_layout"] & (projects["use"] != "")).to_numpy(dtype=bool))
    rows = np.concatenate([rows, alone])
    uses = np.concatenate([uses, projects["use"].to_numpy(dtype=object)[alone]])
    shapes = np.concatenate([joined.plot_shapes, np.full(len(alone), None, dtype=object)])
    ids = np.array(plans, dtype=object)[projects["sector"].to_numpy(dtype=int)[rows]]
    bad = np.flatnonzero(~table.known(uses) & ~((uses == "") & np.isin(ids, list(told))))
    if not len(bad):
        return {}
    frame = projects.iloc[rows[bad]].assign(bad=uses[bad])
    plan = ids[bad]
    words = dict.fromkeys(uses[bad])
    known = [f"{code} {table.label(code)}" for code in table.codes.index]
    near = {word: listed(nearest_first(word, known), 3) for word in words if word}
    notes.many(
        "data.code", "error", shapes[bad], subject_layer=plan,
        subject_id=frame["project"].to_numpy(dtype=object),
        subject_label=frame["label"].to_numpy(dtype=object), object_id=uses[bad],
        message=[
            _told(standard, label, use, near.get(use, ""))
            for label, use in zip(frame["label"], uses[bad])
        ],
    )  # fmt: skip
    reasons = {}
    for name, group in frame.groupby(plan, sort=False):
        codes = listed(word or say("layers.blank") for word in dict.fromkeys(group["bad"]))
        count = group.index.nunique()
        reasons[str(name)] = say("layers.sector_uses", count=count, codes=codes)
    return reasons


def _told(standard: Standard, label: str, use: str, near: str) -> str:
    """Say of a project that its use is blank or unknown, or of which other guide it is a code."""
    if not use:
        return say("layers.use_blank", id=label)
    ours = standard.settings.get("rule_table", "")
    for name in sorted(standard.tables, key=lambda name: not name.startswith("landuse")):
        table = standard.tables[name]
        now = str(table.rule_codes([use])[0]) if name != ours and table.known([use])[0] else ""
        if now:
            key = f"layers.table.{name}"
            guide = say(key) if key in catalogue() else name
            meant = f"{now} {standard.tables[ours].label(now)}".strip()
            own = f"{use} {table.label(use)}".strip()
            return say("layers.use_other_guide", id=label, code=own, guide=guide, now=meant)
    return say("layers.use_unknown", id=label, code=use, near=near)
