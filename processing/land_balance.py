# SPDX-License-Identifier: GPL-2.0-or-later
"""`landbalance`: from base to plan, structure table and transfer matrix per unit."""

from __future__ import annotations

from qgis.core import QgsProcessing

from ..jobs.words import tr
from .county_algorithm import CountyAlgorithm
from .roles import LANDUSE, PLAN
from .sinks import Sink


class LandBalance(CountyAlgorithm):
    """Balance base and planned land use."""

    ID = "landbalance"
    TAGS = "balance transfer matrix land use change 结构调整 转移矩阵 用地平衡"
    CHECK = "landbalance"
    ROLES = (LANDUSE, PLAN)
    NEEDED = ("LANDUSE", "PLAN")
    QUOTAS = False
    SINKS = (
        Sink(
            "BALANCE",
            "land_balance",
            lambda: tr("Structure table"),
            QgsProcessing.SourceType.TypeVector,
        ),
        Sink(
            "TRANSFERS",
            "transfers",
            lambda: tr("Transfer matrix"),
            QgsProcessing.SourceType.TypeVector,
        ),
    )

    def displayName(self) -> str:  # noqa: N802
        """Give the title."""
        return tr("Land balance")

    def shortDescription(self) -> str:  # noqa: N802
        """Give one line."""
        return tr("Structure table and transfer matrix from base to plan, for every unit.")
