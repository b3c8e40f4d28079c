# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of the questions about sector plans should have been answered, and were not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from ...jobs.sector_rules import NEEDS

if TYPE_CHECKING:
    from ...layers.model import County


def expected_gaps(county: County, unchecked: Mapping[str, str]) -> dict[str, str]:
    """Keep of `unchecked` (rule or plan -> reason) what the dossier gave the data for.

    A line that the dossier does not name at all is no gap.
    """
    named = {*county.dossier.layers, *(["quotas"] if county.dossier.quotas else [])}
    return {key: why for key, why in unchecked.items() if named.issuperset(NEEDS.get(key, ()))}
