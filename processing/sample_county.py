# SPDX-License-Identifier: GPL-2.0-or-later
"""`samplecounty`: a made county with its dossier, to try things on."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
)

from ..jobs.client import run_job
from ..jobs.schema import Job
from ..jobs.words import later, tr
from .base import PianquAlgorithm, language


class SampleCounty(PianquAlgorithm):
    """Make a sample county."""

    ID = "samplecounty"
    TITLE = later("Make a sample county")
    SUMMARY = later("Writes a made county with its dossier, with seeded faults on wish.")
    GROUP = "tools"
    TAGS = "sample demo test data synthetic 示例 样例 数据"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        whole = QgsProcessingParameterNumber.Type.Integer
        self.add(
            QgsProcessingParameterNumber(
                "PARCELS", tr("Parcels"), whole, defaultValue=20000, minValue=300, maxValue=1500000
            ),
            tr("About how many land-use parcels the county has."),
        )
        self.add(
            QgsProcessingParameterNumber("SEED", tr("Seed"), whole, defaultValue=1, minValue=0),
            tr("The same seed gives the same county."),
        )
        self.add(
            QgsProcessingParameterBoolean("FAULTS", tr("Seeded faults"), defaultValue=False),
            tr("Puts known faults in and a list of them beside the data."),
        )
        self.add(QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder of the county")))
        self.addOutput(QgsProcessingOutputFile("DOSSIER", tr("Dossier")))

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Have the engine write the county."""
        out = self.folder(parameters, context)
        job = Job(
            task="sample",
            out=str(out),
            language=language(),
            parcels=self.parameterAsInt(parameters, "PARCELS", context),
            seed=self.parameterAsInt(parameters, "SEED", context),
            faults=self.parameterAsBoolean(parameters, "FAULTS", context),
        )
        result = run_job(job, feedback)
        dossier = result.get("dossier") or next(
            (str(path) for path in sorted(out.glob("*.y*ml"))), ""
        )
        return {"OUTPUT": str(out), "DOSSIER": dossier}
