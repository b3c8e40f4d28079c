# SPDX-License-Identifier: GPL-2.0-or-later
"""`checkcontrollines`: where the plan breaks a control line."""

from __future__ import annotations

from ..jobs.words import later
from .base import Count
from .county_algorithm import CountyAlgorithm
from .sinks import FINDINGS


class CheckControlLines(CountyAlgorithm):
    """Check control lines."""

    ID = "checkcontrollines"
    TITLE = later("Check control lines")
    SUMMARY = later("Finds planned uses that basic farmland, red line or boundary do not allow.")
    TAGS = "control line red line basic farmland boundary conflict 三线 红线 永农 冲突 检查"
    CHECK = "controllines"
    SINKS = (FINDINGS,)
    COUNTS = (Count("COUNT", "findings", later("Number of findings")),)
