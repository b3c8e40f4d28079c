# SPDX-License-Identifier: GPL-2.0-or-later
"""What a reader sees instead of the record's own marks: names for ids, words for keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

import pandas as pd

from .labels import half_up, missing, text, word

if TYPE_CHECKING:
    from ..layers.standard import Standard

WORDED = {"unit_of_measure": "measure", "flow": "flow", "subject_meets": "meets",
          "object_meets": "meets"}  # fmt: skip
_SIDES = ("subject", "object")
_SHARE = 4  # decimals of a share: hundredths of a percent


def readable(
    frame: pd.DataFrame, standard: Standard, plans: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Give a table of findings or conflicts as a reader wants it; `plans` names the sector plans.

    Columns keep their names, and what is no id of ours stays as it is.
    """
    out = frame.copy()
    for side in _SIDES:
        layer, thing = f"{side}_layer", f"{side}_id"
        if {layer, thing} <= set(out):
            of_quotas = out[layer] == "quotas"
            out[thing] = out[thing].where(~of_quotas, out[thing].map(_indicators(standard)))
        if layer in out:
            names = plans or {}
            out[layer] = [names.get(one, one) for one in out[layer]]
        if f"{side}_use" in out:
            out[f"{side}_use"] = [use_name(standard, one) for one in out[f"{side}_use"]]
        if f"{side}_share" in out:
            out[f"{side}_share"] = out[f"{side}_share"].map(_rounded)
    return out


def use_name(standard: Standard, code: Any) -> str:
    """Give a code of the rules' vocabulary with its name."""
    table = standard.tables.get(standard.settings.get("rule_table", ""))
    known = table.label(text(code)) if table is not None else ""
    return f"{text(code)} {known}".strip()


def shown_word(name: str, value: Any) -> str:
    """Give the word of a column's own small vocabulary; another value stays as it is."""
    return word(WORDED[name], value)


def _indicators(standard: Standard) -> Any:
    """Give what names an indicator; an id that the standard lacks is kept."""

    def name(one: Any) -> str:
        found = standard.indicator(text(one))
        return found.name if found is not None else text(one)

    return name


def _rounded(value: Any) -> Any:
    return value if missing(value) else half_up(float(value), _SHARE)
