# SPDX-License-Identifier: GPL-2.0-or-later
"""`checkquotas`: the layers' indicators against their quotas."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
)

from ..jobs.words import tr
from .county_algorithm import CountyAlgorithm
from .sinks import Sink


class CheckQuotas(CountyAlgorithm):
    """Check quotas."""

    ID = "checkquotas"
    TAGS = "quota indicator area farmland construction 指标 规模 耕地保有量 检查"
    CHECK = "quotas"
    SINKS = (
        Sink(
            "INDICATORS",
            "indicators",
            lambda: tr("Indicators"),
            QgsProcessing.SourceType.TypeVector,
        ),
        Sink(
            "FINDINGS",
            "findings",
            lambda: tr("Findings"),
            QgsProcessing.SourceType.TypeVectorPolygon,
        ),
    )

    def displayName(self) -> str:  # noqa: N802
        """Give the title."""
        return tr("Check quotas")

    def shortDescription(self) -> str:  # noqa: N802
        """Give one line."""
        return tr("Compares the indicators of county, clusters, towns and villages with quotas.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        super().initAlgorithm(configuration)
        self.addOutput(QgsProcessingOutputBoolean("PASSED", tr("Passed")))
        self.addOutput(QgsProcessingOutputNumber("FAILED", tr("Failed indicators")))

    def _numbers(self, result: dict[str, Any]) -> dict[str, Any]:
        return {"PASSED": bool(result.get("passed")), "FAILED": int(result.get("failed") or 0)}
