# SPDX-License-Identifier: GPL-2.0-or-later
"""The words and figures that all outputs share, so that they never call one thing two names."""

from __future__ import annotations

import math
from typing import Any

from ..layers.rules import borne_out
from ..layers.words import catalogue, language, say

OUTCOMES = ("failed", "warning", "passed", "not_checked")
SYMBOLS = {"failed": "✗", "warning": "△", "passed": "✓", "not_checked": "○"}
SIGNS = {"error": "■", "warning": "▲", "info": "●"}
# Red, amber and blue differ in lightness too, and stay apart for the colour-blind (no green).
COLOURS = {
    "failed": "#b2182b",
    "warning": "#c77700",
    "passed": "#2166ac",
    "not_checked": "#6b6b6b",
    "error": "#b2182b",
    "info": "#2166ac",
}
FILLS = {"failed": "F9D9DC", "warning": "FBE6C2", "passed": "DCE9F5", "not_checked": "E7E7E7"}
VOCABULARIES = ("outcome", "severity", "change", "verdict", "level", "status", "role", "confidence")


def word(vocabulary: str, value: Any) -> str:
    """Give the word for a value of one of our vocabularies; an unknown value stays as it is."""
    key = f"reports.{vocabulary}.{value}"
    return say(key) if key in catalogue() else text(value)


def text(value: Any) -> str:
    """Turn a cell into text; what is missing becomes ""."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value)


def field(name: str) -> str:
    """Give a column's heading."""
    return word("field", name)


def role(name: str) -> str:
    """Name a role; a sector plan's id stays as it is."""
    return word("role", name)


def direction(value: str) -> str:
    """Show a direction as a sign."""
    return {">=": "≥", "<=": "≤"}.get(value, value)


def missing(value: Any) -> bool:
    """Tell whether a cell holds no number."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def hectares(value: Any) -> str:
    """Show hectares with two decimals; a small area does not become nothing."""
    if missing(value):
        return "—"
    rounded = half_up(float(value), 2)
    if rounded == 0 and value != 0:
        return "<0.01" if value > 0 else "−<0.01"
    return f"{rounded + 0.0:,.2f}".replace("-", "−")  # no minus before a zero


def signed(value: Any) -> str:
    """Show a change in hectares with its sign."""
    if missing(value):
        return "—"
    shown = hectares(value)
    return f"+{shown}" if value > 0 else shown


def square_metres(value: Any) -> str:
    """Show square metres, as hectares, with two decimals: the same down a column."""
    return hectares(value)


def basis(stated: Any, confidence: Any) -> str:
    """Show what a control rule rests on; a default that no document bears out is to be checked."""
    shown = text(stated)
    return shown if borne_out(shown, str(confidence)) else say("reports.basis.unchecked")


def source(stated: Any) -> str:
    """Show where a rule comes from: numbers and names as they are, our own words translated."""
    parts = [part.strip() for part in text(stated).split(";")]
    known = [say(key) if key in catalogue() else part for part, key in zip(parts, map(_key, parts))]
    return ("；" if language() == "zh" else "; ").join(known)


def _key(part: str) -> str:
    return f"reports.source.{part.replace(' ', '_')}"


def share(part: float, whole: float) -> str:
    """Show a percentage with two decimals."""
    return f"{half_up(100 * part / whole, 2):.2f}" if whole else "—"


def half_up(value: float, digits: int) -> float:
    """Round half away from zero, as the tables of a plan do."""
    scale = 10**digits
    # The nudge takes back what binary fractions lose: 0.285 * 100 is 28.499999999999996.
    return math.copysign(math.floor(abs(value) * scale * (1 + 1e-15) + 0.5) / scale, value)


def join_words(parts: list[str]) -> str:
    """Join words with the list comma of the language."""
    return ("、" if language() == "zh" else ", ").join(parts)
