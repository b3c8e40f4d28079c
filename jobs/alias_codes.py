# SPDX-License-Identifier: GPL-2.0-or-later
"""Tell from a sample of codes which code table a layer speaks. Standard library only.

The editions of a guide share most codes, so the codes that occur in one table only decide; where
there are none of these, the names that stand beside the codes do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Mapping, Sequence

KNOWN_AT_LEAST = 0.5  # of the different codes: below, the column holds something else
_MARKS = 3  # so many different codes of one table alone leave no doubt

Table = Mapping[str, str]
"""Each code's name."""


@dataclass(frozen=True)
class TableGuess:
    """A code table, the share of the sample's codes that it knows, and how sure that is (0..1).

    `own` are codes that only this table has, `foreign` codes that only others have; `table` is ""
    where the column holds no codes that we know.
    """

    table: str = ""
    share: float = 0.0
    sure: float = 0.0
    own: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def guess_table(
    pairs: Sequence[tuple[str, str]], tables: Mapping[str, Table], order: Sequence[str] = ()
) -> TableGuess:
    """Guess the table that codes, each with the name beside it ("" without), are from.

    Where nothing tells the tables apart it is the one that comes first in `order`.
    """
    codes = sorted({code for code, _ in pairs if code})
    if not codes or not tables:
        return TableGuess()
    known = {name: [code for code in codes if code in table] for name, table in tables.items()}
    holders = Counter(code for found in known.values() for code in found)
    alone = {name: [code for code in found if holders[code] == 1] for name, found in known.items()}
    named = {name: _named_alike(pairs, table) for name, table in tables.items()}
    best = max(
        known,
        key=lambda name: (len(known[name]), len(alone[name]), named[name], -_rank(name, order)),
    )
    share = len(known[best]) / len(codes)
    if share < KNOWN_AT_LEAST:
        return TableGuess("", share)
    foreign = sorted({code for name, found in alone.items() if name != best for code in found})
    return TableGuess(
        best, share, _sureness(best, known, alone, named, bool(foreign)),
        tuple(alone[best]), tuple(foreign),
    )  # fmt: skip


def _rank(name: str, order: Sequence[str]) -> int:
    return list(order).index(name) if name in order else len(order)


def _named_alike(pairs: Sequence[tuple[str, str]], table: Table) -> int:
    """Count the codes that stand beside the name that the table gives them."""
    return sum(1 for code, name in set(pairs) if name and table.get(code, "") == name)


def _sureness(
    best: str,
    known: Mapping[str, Sequence[str]],
    alone: Mapping[str, Sequence[str]],
    named: Mapping[str, int],
    mixed: bool,
) -> float:
    """Grade a guess by what speaks for this table and for no other."""
    others = [name for name in known if name != best]
    more = len(known[best]) - max((len(known[name]) for name in others), default=0)
    better_named = named[best] - max((named[name] for name in others), default=0)
    if mixed:
        return 0.3
    marks = max(len(alone[best]), more, better_named)
    return min(1.0, 0.4 + 0.6 * min(marks, _MARKS) / _MARKS)
