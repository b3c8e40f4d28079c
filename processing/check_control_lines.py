# SPDX-License-Identifier: GPL-2.0-or-later
"""`checkcontrollines`: where the plan breaks a control line."""

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


class CheckControlLines(CountyAlgorithm):
    """Check control lines."""

    ID = "checkcontrollines"
    TAGS = "control line red line basic farmland boundary conflict 三线 红线 永农 冲突 检查"
    CHECK = "controllines"
    SINKS = (
        Sink(
            "FINDINGS",
            "findings",
            lambda: tr("Findings"),
            QgsProcessing.SourceType.TypeVectorPolygon,
        ),
    )

    def displayName(self) -> str:  # noqa: N802
        """Give the title."""
        return tr("Check control lines")

    def shortDescription(self) -> str:  # noqa: N802
        """Give one line."""
        return tr("Finds planned uses that basic farmland, red line or boundary do not allow.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        super().initAlgorithm(configuration)
        self.addOutput(QgsProcessingOutputBoolean("PASSED", tr("Passed")))
        self.addOutput(QgsProcessingOutputNumber("COUNT", tr("Number of findings")))

    def _numbers(self, result: dict[str, Any]) -> dict[str, Any]:
        return {"PASSED": bool(result.get("passed")), "COUNT": int(result.get("findings") or 0)}
