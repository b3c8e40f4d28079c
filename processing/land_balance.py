# SPDX-License-Identifier: GPL-2.0-or-later
"""`landbalance`: from base to plan, structure table and transfer matrix per unit."""

from __future__ import annotations

from ..jobs.words import later
from .county_algorithm import CountyAlgorithm
from .roles import LANDUSE, PLAN
from .sinks import Sink


class LandBalance(CountyAlgorithm):
    """Balance base and planned land use."""

    ID = "landbalance"
    TITLE = later("Land balance")
    SUMMARY = later("Structure table and transfer matrix from base to plan, for every unit.")
    TAGS = "balance transfer matrix land use change 结构表 结构调整 转移矩阵 用地平衡"
    CHECK = "landbalance"
    ROLES = (LANDUSE, PLAN)
    NEEDED = ("LANDUSE", "PLAN")
    QUOTAS = False
    SINKS = (
        Sink("BALANCE", "land_balance", later("Structure table")),
        Sink("TRANSFERS", "transfers", later("Transfer matrix")),
    )
