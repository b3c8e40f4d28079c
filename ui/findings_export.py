# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the findings that the browser shows to a file, with the filters they were shown by."""

from __future__ import annotations

from typing import Sequence

from ..jobs.words import tr
from .desk_words import ROLE_WORDS
from .export import Cell, Exporter, Table, ask
from .findings_names import FindingNames
from .findings_records import Finding
from .findings_table import COLUMNS
from .labels import word

__all__ = ["Exporter", "ask", "finding_table"]
_OWN = ("rule", "subject", "extent", "message")


def columns(names: FindingNames) -> list[Cell]:
    """Give titles and values of what is written: all that is known, in the user's words."""
    listed: list[Cell] = [
        (column.title(), column.text) for column in COLUMNS if column.key not in _OWN
    ]
    return [
        ("ID", lambda one: one.id),
        (tr("Rule"), lambda one: names.rule(one.rule)),
        *listed,
        (tr("Layer"), lambda one: word(ROLE_WORDS, one.subject_layer)),
        (tr("Feature"), lambda one: one.subject_id),
        (tr("Subject"), lambda one: one.subject_label),
        (tr("Against"), lambda one: word(ROLE_WORDS, one.object_layer)),
        (tr("Against, feature"), lambda one: one.object_id),
        (tr("Area, m²"), lambda one: one.area_m2),
        (tr("Value"), lambda one: one.value),
        (tr("Limit"), lambda one: one.limit),
        (tr("Excess"), lambda one: one.excess),
        (tr("Unit of measure"), lambda one: one.unit_of_measure),
        (tr("Message"), lambda one: one.message),
        (tr("Way out"), lambda one: one.remedy),
    ]


def finding_table(findings: Sequence[Finding], names: FindingNames, filters: str) -> Table:
    """Give the table of findings as it is written."""
    return Table(tr("Findings"), columns(names), findings, filters)
