# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the register of conflicts: the decisions taken so far, and how each came about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..jobs.addresses import is_server
from ..register import open_register
from ..register.places import FILE

DECISION = ("person", "decided_by", "decided_at", "reason", "decision")
_FACTS = (
    "id", "rule", "severity", "subject_name", "subject_label", "subject_department",
    "object_name", "object_label", "object_department", "cluster_name", "town_name",
)  # fmt: skip
_STAMPS = ("first_seen", "last_seen")
_HISTORY = (
    "id", "at", "state_from", "state_to", "person", "department", "reason", "decision",
    "note",
)  # fmt: skip


@dataclass(frozen=True)
class Register:
    """The register as the papers use it; `label` is "" where there is none.

    `conflicts` has a row a conflict ever found (facts, state, DECISION, `area_m2`, `present`),
    `history` a row a step, oldest first.
    """

    label: str
    conflicts: pd.DataFrame
    history: pd.DataFrame

    @property
    def there(self) -> bool:
        """Tell whether there is a register at all."""
        return bool(self.label)


def read_register(place: str, beside: Path) -> Register:
    """Read the register at a place: a file, a folder that holds one, or a PostgreSQL schema.

    Without a place, the one beside the results where there is one. InputError where a place that
    was named holds no register, or what it holds can't be read.
    """
    opened = open_register(place or beside / FILE)
    if not place and not opened.exists():
        return _made("", pd.DataFrame(), pd.DataFrame())
    whole = opened.whole()
    label = opened.label if is_server(place) else Path(opened.label).name
    return _made(label, pd.DataFrame(whole.conflicts), whole.history)


def typed(table: pd.DataFrame, columns: str) -> pd.DataFrame:
    """Give a table its columns, text before the bar and numbers behind it; others fall away."""
    texts, _, numbers = columns.partition("|")
    out: dict[str, Any] = {}
    for name in texts.split():
        column = table[name] if name in table else pd.Series("", index=table.index)
        text = column.astype(object)
        out[name] = text.where(column.notna(), "").map(str).astype(object)
    for name in numbers.split():
        column = table[name] if name in table else pd.Series(np.nan, index=table.index)
        out[name] = pd.to_numeric(column, errors="coerce").astype("float64")
    return pd.DataFrame(out, index=table.index)


def _made(label: str, found: pd.DataFrame, steps: pd.DataFrame) -> Register:
    """Give both tables the columns they should have."""
    texts = " ".join([*_FACTS, "state", *DECISION, *_STAMPS])
    conflicts = typed(found, f"{texts} | area_m2 present").reset_index(drop=True)
    history = typed(steps, f"{' '.join(_HISTORY)} | seq")
    history = history.sort_values(["id", "seq"], kind="stable").reset_index(drop=True)
    return Register(label, conflicts, history)
