# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of the questions about sector plans should have been answered, and were not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

if TYPE_CHECKING:
    from ...layers.model import County

# What a dossier must name for a rule to be expected: a line it does not name is no gap.
_NEEDS = {
    "sector.control.farmland": ("farmland",), "sector.control.redline": ("redline",),
    "sector.control.boundary": ("boundary",), "sector.plan": ("plan",),
    "sector.reserve": ("reserve",), "sector.demand": ("landuse", "quotas"),
}  # fmt: skip


def expected_gaps(county: County, unchecked: Mapping[str, str]) -> dict[str, str]:
    """Keep of `unchecked` (rule or plan -> reason) what the dossier gave the data for."""
    named = {*county.dossier.layers, *(["quotas"] if county.dossier.quotas else [])}
    return {key: why for key, why in unchecked.items() if named.issuperset(_NEEDS.get(key, ()))}
