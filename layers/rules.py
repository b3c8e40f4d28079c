# SPDX-License-Identifier: GPL-2.0-or-later
"""What a standard rules: names and remedies of rules, zones, verdicts, crossings, ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .prefixes import longest_prefix
from .words import language, pick

VERDICTS = ("allow", "conditional", "forbid")
SIDES = ("inside", "outside")
SEVERITIES = ("error", "warning", "info")
_MATCHED = ("verdict", "basis", "note", "remedy", "confidence", "prefix")


@dataclass(frozen=True)
class Rule:
    """What a finding of this rule is called, and what to do about it."""

    id: str
    name_zh: str
    name_en: str
    remedy_zh: str
    remedy_en: str

    @property
    def name(self) -> str:
        """Name the rule in the language in force."""
        return pick(self.name_zh, self.name_en)

    @property
    def remedy(self) -> str:
        """Give the remedy in the language in force."""
        return pick(self.remedy_zh, self.remedy_en)


@dataclass(frozen=True)
class Zone:
    """Land under control: inside or outside (`side`) the features of the layer `role`.

    `rule` is the rule id of findings there. A zone without a role has rules ready, but no layer
    of a dossier yet.
    """

    id: str
    role: str
    side: str
    rule: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        """Name the zone in the language in force."""
        return pick(self.name_zh, self.name_en)


@dataclass(frozen=True)
class Crossing:
    """Two control layers that should not overlap, and how bad it is where they do."""

    role_a: str
    role_b: str
    severity: str
    basis: str
    confidence: str


@dataclass(frozen=True)
class Ledger:
    """An account of land that goes from one change group to another, base to plan.

    What comes back to `from_group` out of the `back_groups` is booked as its opposite.
    """

    id: str
    name_zh: str
    name_en: str
    from_group: str
    to_group: str
    basis: str
    confidence: str
    back_groups: tuple[str, ...] = ()
    back_name_zh: str = ""
    back_name_en: str = ""

    @property
    def name(self) -> str:
        """Name the ledger in the language in force."""
        return pick(self.name_zh, self.name_en)

    @property
    def back_name(self) -> str:
        """Name the way back in the language in force; the ledger's own name where it has none."""
        return pick(self.back_name_zh, self.back_name_en) or self.name


class ControlRules:
    """The verdicts of one zone: `rows` has zone, prefix, verdict, notes, remedies, basis, ...

    `rows` is indexed by prefix, in the standard's order, with its texts in both languages.
    """

    def __init__(self, zone: str, rows: pd.DataFrame) -> None:
        self.zone = zone
        self.rows = rows
        self._prefixes = frozenset(rows.index)
        self._verdicts: dict[str, str] = {}
        self._texts: dict[str, pd.DataFrame] = {}  # by language, with a blank row for no match

    def __len__(self) -> int:
        return len(self.rows)

    def match(self, rule_codes: Any) -> pd.DataFrame:
        """Give verdict, basis, note, remedy, confidence and prefix for each code.

        The longest prefix wins; all are "" where no row covers the code. Note and remedy are in
        the language in force. The table has a RangeIndex, a row for each code in their order.
        """
        codes, unique = pd.factorize(np.asarray(rule_codes, dtype=object))
        found = [longest_prefix(code, self._prefixes) for code in unique] + [""]
        if language() not in self._texts:
            texts = self.texts()
            texts.loc[""] = ""
            self._texts[language()] = texts
        return self._texts[language()].loc[found].iloc[codes].reset_index(drop=True)

    def verdicts(self, rule_codes: Any) -> np.ndarray:
        """Give the verdict on each code, "" where no row covers it."""
        out = np.empty(len(rule_codes), dtype=object)
        out[:] = [self._verdict_on(code) for code in rule_codes]
        return out

    def _verdict_on(self, code: str) -> str:
        if code not in self._verdicts:
            prefix = longest_prefix(code, self._prefixes)
            self._verdicts[code] = str(self.rows["verdict"][prefix]) if prefix else ""
        return self._verdicts[code]

    def texts(self) -> pd.DataFrame:
        """Give all rows, indexed by prefix, with note and remedy in the language in force."""
        rows = self.rows
        out = rows[["verdict", "basis", "confidence"]].astype(object)
        out["note"] = [pick(zh, en) for zh, en in zip(rows["note_zh"], rows["note_en"])]
        out["remedy"] = [pick(zh, en) for zh, en in zip(rows["remedy_zh"], rows["remedy_en"])]
        out["prefix"] = rows.index.astype(object)
        return out[list(_MATCHED)].astype(object)


_DEFAULTS = ("凭记忆", "实践", "缺省", "editable default", "from memory")
_SURE = ("high", "medium-high")


def borne_out(basis: str, confidence: str) -> bool:
    """Tell whether a rule's basis names a document that a public source bears out.

    What rests on memory or practice is an editable default and must not be shown as law.
    """
    return bool(basis) and confidence in _SURE and not any(word in basis for word in _DEFAULTS)
