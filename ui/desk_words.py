# SPDX-License-Identifier: GPL-2.0-or-later
"""Words, colours and signs of the dock "Cluster check"; words are looked up when needed."""

from __future__ import annotations

from ..jobs.words import tr
from .labels import COLOURS, Words, number

OUTCOME_WORDS: Words = {
    "failed": lambda: tr("failed"),
    "warning": lambda: tr("near its limit"),
    "passed": lambda: tr("passed"),
    "not_checked": lambda: tr("not checked"),
}
# As the report has them: red, amber and blue differ in lightness, and each sign in its shape.
OUTCOME_SIGNS = {
    "failed": "error", "warning": "warning", "passed": "agreed", "not_checked": "waived",
}  # fmt: skip
OUTCOME_COLOURS = {key: COLOURS[name] for key, name in OUTCOME_SIGNS.items()}
# Amber is too pale to be read as text on white.
OUTCOME_INKS = {**OUTCOME_COLOURS, "warning": "#8a5a00"}
LEVEL_WORDS: Words = {
    "county": lambda: tr("County"),
    "cluster": lambda: tr("Cluster"),
    "town": lambda: tr("Town"),
    "village": lambda: tr("Village"),
}
LEVELS_WORDS: Words = {
    "cluster": lambda: tr("Clusters"),
    "town": lambda: tr("Towns"),
    "village": lambda: tr("Villages"),
}
STATUS_WORDS: Words = {
    "open": lambda: tr("Open"),
    "accepted": lambda: tr("Accepted"),
    "fixed": lambda: tr("Fixed"),
}
STATUS_SIGNS = {"open": "open", "accepted": "agreed", "fixed": "fixed"}
SINCE_WORDS: Words = {
    "new": lambda: tr("New since the last run"),
    "unchanged": lambda: tr("Found before too"),
    "gone": lambda: tr("Gone since the last run"),
}
CHECK_WORDS: Words = {
    "quota": lambda: tr("Quotas"),
    "control": lambda: tr("Control lines"),
    "sector": lambda: tr("Sector plans"),
    "data": lambda: tr("Data quality"),
}
ROLE_WORDS: Words = {
    "units": lambda: tr("Administrative units"),
    "landuse": lambda: tr("Base land use"),
    "plan": lambda: tr("Planned land use"),
    "farmland": lambda: tr("Basic farmland"),
    "redline": lambda: tr("Red line"),
    "boundary": lambda: tr("Urban boundary"),
    "reserve": lambda: tr("Reserved land"),
    "quotas": lambda: tr("Table of quotas"),
    "sectors": lambda: tr("All plans"),
}
FACET_WORDS: Words = {
    "unit": lambda: tr("Administrative unit"),
    "cluster": lambda: tr("Cluster"),
    "town": lambda: tr("Town"),
    "check": lambda: tr("Check"),
    "rule": lambda: tr("Rule"),
    "severity": lambda: tr("Severity"),
    "change": lambda: tr("New or existing"),
    "status": lambda: tr("Status"),
    "since": lambda: tr("Last run"),
}


def margin_text(margin_ha: float | None, outcome: str, at_most: bool = False) -> str:
    """Say in words what is left, lacking or over an upper limit; never by a sign alone."""
    if margin_ha is None:
        return OUTCOME_WORDS["not_checked"]() if outcome == "not_checked" else ""
    amount = number(abs(margin_ha), 2)
    if margin_ha >= 0:
        return tr("{amount} ha left").format(amount=amount)
    form = tr("{amount} ha over") if at_most else tr("{amount} ha lacking")
    return form.format(amount=amount)


def sector_of(role: str) -> str:
    """Give the plan's id of a role `sector:<id>`, "" of another role."""
    return role[7:] if role.startswith("sector:") else ""
