# SPDX-License-Identifier: GPL-2.0-or-later
"""What to call the values that findings are filtered by."""

from __future__ import annotations

from qgis.PyQt.QtGui import QIcon

from ..jobs.words import tr
from .conflict_filters import Value
from .desk_records import Desk
from .desk_words import CHECK_WORDS, SINCE_WORDS, STATUS_SIGNS, STATUS_WORDS
from .labels import CHANGES, SEVERITIES, Words, sign, word
from .rule_words import RULE_WORDS, rules_of

_WORDS: dict[str, Words] = {
    "check": CHECK_WORDS, "severity": SEVERITIES, "status": STATUS_WORDS, "since": SINCE_WORDS,
    "change": CHANGES,
}  # fmt: skip


class FindingNames:
    """Looks up names of one dossier's units, rules and indicators."""

    def __init__(self) -> None:
        self._desk = Desk()
        self._rules: dict[str, str] = {}
        self._words = RULE_WORDS

    def load(self, desk: Desk) -> None:
        """Take the names of other results."""
        self._desk = desk
        self._words = rules_of(_standard(desk))
        self._rules = {
            f"quota.{one.indicator}": tr("Quota: {name}").format(name=one.name)
            for one in desk.kinds()
        }

    def rule(self, rule: str) -> str:
        """Name a rule: as the standard does, else by its indicator, else as the results do."""
        if rule in self._words:
            return word(self._words, rule)
        return self._rules.get(rule) or self._desk.rule_names.get(rule) or rule

    def name(self, facet: str, value: Value) -> str:
        """Give a value's name."""
        key = str(value)
        if facet == "rule":
            return self.rule(key)
        if facet in _WORDS:
            return word(_WORDS[facet], key) or tr("not said")
        if facet == "unit":
            level, _, code = key.partition(":")
            return self._desk.units.name(level, code)
        if not key:
            return tr("whole county") if facet == "cluster" else tr("no town")
        return self._desk.units.name(facet, key)

    def picture(self, facet: str, value: Value) -> QIcon:
        """Give a value's sign."""
        if facet == "severity":
            return sign(str(value))
        if facet == "status":
            return sign(STATUS_SIGNS.get(str(value), ""))
        return QIcon()


def _standard(desk: Desk) -> str:
    """Give the id of the standard that the run went by."""
    told = desk.run.get("standard")
    return str(told.get("id") or "") if isinstance(told, dict) else ""
