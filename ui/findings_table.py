# SPDX-License-Identifier: GPL-2.0-or-later
"""The findings' columns, and what they are filtered by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Sequence

from ..jobs.words import tr
from .conflict_filters import Kind
from .conflict_model import Column, Table
from .desk_words import (
    FACET_WORDS,
    SINCE_WORDS,
    STATUS_WORDS,
)
from .filter_bar import Look
from .findings_records import CHANGES, CHECKS, SINCE, STATUS, Finding
from .labels import CHANGES as CHANGE_WORDS
from .labels import DASH, SEVERITIES, VERDICTS, hectares, quantity, word
from .rule_words import RULE_WORDS
from .sector_records import SEVERITIES as SEVERITY_ORDER

_AREAS_LAST = "~"  # after every name of a unit


def rank(order: Sequence[str], key: str) -> int:
    """Give a value's place in an order, the last for an unknown one."""
    return order.index(key) if key in order else len(order)


def table_with(rule_name: Callable[[str], str]) -> Table:
    """Give the table with the names of rules that only the results know."""

    def told(column: Column) -> Column:
        if column.key != "rule":
            return column
        return replace(column, text=lambda one: rule_name(one.rule))

    return replace(FINDING_TABLE, columns=tuple(map(told, COLUMNS)))


def extent(one: Finding) -> str:
    """Give what a finding amounts to: an excess, a value, else an area."""
    if one.unit_of_measure and one.unit_of_measure != "m2" and one.value is not None:
        shown = one.excess if one.check == "quota" and one.excess else one.value
        return quantity(shown, one.unit_of_measure)
    return hectares(one.area_m2)


def weight(one: Finding) -> tuple[str, float]:
    """Give what the extent sorts by: like units with each other, areas on top."""
    unit = one.unit_of_measure
    if unit in ("", "m2") or one.value is None:
        return ("", 0.0) if one.area_m2 is None else (_AREAS_LAST, one.area_m2)
    value = one.excess if one.check == "quota" and one.excess else one.value
    return (_AREAS_LAST, value * 1e4) if unit == "ha" else (unit, value)


def subject(one: Finding) -> str:
    """Name the subject in a line: label and id."""
    if one.subject_label and one.subject_id and one.subject_id not in one.subject_label:
        return f"{one.subject_label} · {one.subject_id}"
    return one.subject_label or one.subject_id or one.unit_name or DASH


COLUMNS = (
    Column(
        "severity", lambda: tr("Severity"), lambda one: word(SEVERITIES, one.severity),
        lambda one: rank(SEVERITY_ORDER, one.severity), 1,
    ),
    Column(
        "status", lambda: tr("Status"), lambda one: word(STATUS_WORDS, one.status),
        lambda one: rank(STATUS, one.status), 9,
    ),
    Column(
        "rule", lambda: tr("Rule"), lambda one: word(RULE_WORDS, one.rule),
        lambda one: one.rule, 22,
    ),
    Column("subject", lambda: tr("Subject"), subject, subject, 28),
    Column(
        "unit", lambda: tr("Where"), lambda one: one.unit_name or DASH,
        lambda one: one.unit, 9,
    ),
    Column("extent", lambda: tr("Extent"), extent, weight, 9, right=True),
    Column(
        "change", lambda: tr("New or existing"),
        lambda one: word(CHANGE_WORDS, one.change) or DASH, lambda one: one.change, 12,
    ),
    Column(
        "since", lambda: tr("Last run"),
        lambda one: word(SINCE_WORDS, one.since) or DASH, lambda one: rank(SINCE, one.since), 16,
        shown=False,
    ),
    Column(
        "cluster", lambda: tr("Cluster"), lambda one: one.cluster_name or one.cluster or DASH,
        lambda one: one.cluster, 9, shown=False,
    ),
    Column(
        "town", lambda: tr("Town"), lambda one: one.town_name or DASH, lambda one: one.town, 9,
        shown=False,
    ),
    Column(
        "verdict", lambda: tr("Verdict"), lambda one: word(VERDICTS, one.verdict) or DASH,
        lambda one: one.verdict, 9, shown=False,
    ),
    Column(
        "message", lambda: tr("Message"), lambda one: one.message, lambda one: one.message, 40,
        shown=False,
    ),
    Column(
        "status_by", lambda: tr("Decided by"), lambda one: one.status_by or DASH,
        lambda one: one.status_by, 10, shown=False,
    ),
    Column(
        "status_reason", lambda: tr("Reason"), lambda one: one.status_reason or DASH,
        lambda one: one.status_reason, 24, shown=False,
    ),
)  # fmt: skip
FINDING_TABLE = Table(
    COLUMNS,
    weight,
    lambda one: one.message,
    signed=("severity",),
    sign_only=("severity",),
    wide=("subject",),
    fixed=("rule", "subject"),
    yielding=("change", "status"),
)
_SEARCHED = (
    "id", "message", "subject_label", "subject_id", "object_id", "unit_name", "unit", "town_name",
    "cluster_name", "status_by", "status_reason",
)  # fmt: skip


def _text(one: Any) -> str:
    return "\n".join([getattr(one, name) for name in _SEARCHED]).lower()


FINDINGS = Kind(
    {
        "unit": lambda one: one.path,
        "cluster": lambda one: (one.cluster,),
        "town": lambda one: (one.town,),
        "check": lambda one: (one.check,),
        "rule": lambda one: (one.rule,),
        "severity": lambda one: (one.severity,),
        "change": lambda one: (one.change,),
        "status": lambda one: (one.status,),
        "since": lambda one: (one.since,),
    },
    _text,
    lambda one: one.box,
    ("status", "since", "unit"),
)
FINDING_LOOK = Look(
    ("cluster", "town", "check", "rule", "severity", "change", "status", "since"),
    FACET_WORDS,
    {"severity": SEVERITY_ORDER, "status": STATUS, "since": SINCE, "check": CHECKS,
     "change": (*CHANGES, "")},
    lambda: tr("Show all findings"),
    lambda: tr("Words in messages, subjects, numbers, units and reasons"),
)  # fmt: skip
