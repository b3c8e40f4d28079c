# SPDX-License-Identifier: GPL-2.0-or-later
"""`checkquotas`: the layers' indicators against their quotas."""

from __future__ import annotations

from ..jobs.words import later
from .base import FAILED
from .county_algorithm import CountyAlgorithm
from .sinks import FINDINGS, Sink


class CheckQuotas(CountyAlgorithm):
    """Check quotas."""

    ID = "checkquotas"
    TITLE = later("Check quotas")
    SUMMARY = later("Compares the indicators of county, clusters, towns and villages with quotas.")
    TAGS = "quota indicator area farmland construction 指标 控制数 规模 耕地保有量 检查"
    CHECK = "quotas"
    SINKS = (Sink("INDICATORS", "indicators", later("Indicators")), FINDINGS)
    COUNTS = (FAILED,)
