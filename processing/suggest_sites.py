# SPDX-License-Identifier: GPL-2.0-or-later
"""`suggestsites`: other land for a project of a sector plan."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ..jobs.client import run_job
from ..jobs.schema import Job
from ..jobs.words import later, now, tr
from .base import PianquAlgorithm
from .sinks import Sink, Sinks

SITES = Sink("SITES", "sites", later("Sites"), QgsProcessing.SourceType.TypeVectorPolygon)
MOST = 20


class SuggestSites(PianquAlgorithm):
    """Suggest sites for a project."""

    ID = "suggestsites"
    TITLE = later("Suggest sites for a project")
    SUMMARY = later("Finds free land, large enough and near, where a project's use is allowed.")
    TAGS = "site project sector plan reserve relocate free land 备选地块 选址 预留用地 项目"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile("DOSSIER", tr("Dossier"), fileFilter="YAML (*.yaml *.yml)"),
            tr("The YAML file that names the county's layers and, under sectors, its plans."),
        )
        self.add(
            QgsProcessingParameterString("PLAN", tr("Sector plan")),
            tr("Id or name of the sector plan that the project belongs to."),
        )
        self.add(
            QgsProcessingParameterString("PROJECT", tr("Project")),
            tr("Code of the project; the name of one without a code."),
        )
        self._add_numbers()
        self.add_language()
        self.addParameter(
            QgsProcessingParameterFeatureSink(SITES.parameter, now(SITES.title), SITES.kind)
        )
        self.addOutput(QgsProcessingOutputNumber("COUNT_FOUND", tr("Number of sites found")))

    def _add_numbers(self) -> None:
        kinds = QgsProcessingParameterNumber.Type
        self.add(
            QgsProcessingParameterNumber(
                "AREA_HA", tr("Area wanted (ha)"), kinds.Double, optional=True, minValue=0.0
            ),
            tr("Empty or 0: the project's listed area, else its laid-out area."),
        )
        self.add(
            QgsProcessingParameterNumber(
                "COUNT",
                tr("Sites wanted"),
                kinds.Integer,
                defaultValue=3,
                minValue=1,
                maxValue=MOST,
            ),
            tr("At most so many, the best first."),
        )

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Have the engine look for sites and fill the sink."""
        with tempfile.TemporaryDirectory(prefix="pianqu-") as folder:
            result = run_job(self._job(parameters, context, folder), feedback)
            sinks = Sinks(self, parameters, context, feedback)
            outputs = sinks.fill((SITES,), Path(folder) / "sites.gpkg")
        return {**outputs, "COUNT_FOUND": int(result["count"])}

    def _job(self, parameters: dict[str, Any], context: QgsProcessingContext, out: str) -> Job:
        area = self.given(parameters, "AREA_HA")
        return Job(
            task="sites",
            dossier=str(Path(self.parameterAsFile(parameters, "DOSSIER", context)).resolve()),
            out=out,
            plan=self.parameterAsString(parameters, "PLAN", context).strip(),
            project=self.parameterAsString(parameters, "PROJECT", context).strip(),
            area_ha=self.parameterAsDouble(parameters, "AREA_HA", context) if area else 0.0,
            count=self.parameterAsInt(parameters, "COUNT", context),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )
