# SPDX-License-Identifier: GPL-2.0-or-later
"""`registerupdate`: merge the conflicts of a run into the register."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)

from ..jobs.addresses import register_place
from ..jobs.client import run_job
from ..jobs.schema import Job
from ..jobs.words import later, now, tr
from .base import Count, PianquAlgorithm

COUNTS = (
    Count("NEW", "new", later("New conflicts")),
    Count("GONE", "gone", later("Conflicts no longer found")),
    Count("UNCHANGED", "unchanged", later("Unchanged conflicts")),
    Count("REOPENED", "reopened", later("Reopened conflicts")),
    Count("OPEN", "open", later("Conflicts that wait for a decision")),
)


class RegisterUpdate(PianquAlgorithm):
    """Update the register of conflicts."""

    ID = "registerupdate"
    TITLE = later("Update the register of conflicts")
    SUMMARY = later("Merges a run's conflicts into the register; what was decided stays.")
    GROUP = "tools"
    TAGS = "sector plan conflict register decision state 专项规划 冲突 台账 状态 决定 更新"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        folder = QgsProcessingParameterFile.Behavior.Folder
        self.add(
            QgsProcessingParameterFile("RESULTS", tr("Folder of results"), folder),
            tr("The results of a check of sector plans."),
        )
        self.add(
            QgsProcessingParameterString("REGISTER", tr("Register of conflicts"), optional=True),
            tr("A GeoPackage or a PostgreSQL address; empty: register.gpkg beside the results."),
        )
        self.add_language()
        for count in COUNTS:
            self.addOutput(QgsProcessingOutputNumber(count.output, now(count.title)))
        self.addOutput(QgsProcessingOutputString("REGISTER", tr("Register of conflicts")))

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Merge the results in the engine."""
        results = Path(self.parameterAsFile(parameters, "RESULTS", context)).resolve()
        job = Job(
            task="register",
            results=str(results),
            register=register_place(self.parameterAsString(parameters, "REGISTER", context)),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )
        result = run_job(job, feedback)
        numbers = {count.output: int(result[count.entry]) for count in COUNTS}
        return {**numbers, "REGISTER": result["register"]}
