# SPDX-License-Identifier: GPL-2.0-or-later
"""`rundossier`: everything a dossier allows, in one run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from ..jobs.client import run_job
from ..jobs.schema import CHECKS, Job
from ..jobs.words import tr
from .base import PianquAlgorithm, static_enum
from .open_results import OpenResults

FILES = {"RESULTS": "results.gpkg", "REPORT": "report.html", "WORKBOOK": "report.xlsx"}
NUMBERS = {
    "FAILED": "failed",
    "WARNED": "warned",
    "NOT_CHECKED": "not_checked",
    "FINDINGS": "findings",
}


class RunDossier(PianquAlgorithm):
    """Check a county's dossier: quotas, control lines, land balance."""

    ID = "rundossier"
    TAGS = "dossier quota red line plan check 卷宗 指标 三线 审查 检查"

    def displayName(self) -> str:  # noqa: N802
        """Give the title."""
        return tr("Check a county's dossier")

    def shortDescription(self) -> str:  # noqa: N802
        """Give one line."""
        return tr("Quotas, control lines and land balance of every cluster, in one run.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile("DOSSIER", tr("Dossier"), fileFilter="YAML (*.yaml *.yml)"),
            tr("The YAML file that names the county's layers, quotas and standard."),
        )
        self.add(
            static_enum("CHECKS", tr("Checks"), list(CHECKS), list(CHECKS), allowMultiple=True),
            tr("Which checks to run: quotas, controllines, landbalance."),
        )
        self.add(
            QgsProcessingParameterString("CLUSTERS", tr("Clusters"), optional=True),
            tr("Codes of clusters, separated by commas; empty: all."),
        )
        self.add(
            QgsProcessingParameterString(
                "SCHEDULER", tr("Scheduler"), defaultValue="", optional=True
            ),
            tr("Address of a Dask scheduler; empty: this machine's cores."),
            rare=True,
        )
        self.add_language()
        self.add(
            QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder of results")),
            tr("Former results in it stay whole until the new ones are complete."),
        )
        self.addOutput(QgsProcessingOutputBoolean("PASSED", tr("Passed")))
        for name, title in (
            ("FAILED", tr("Failed indicators")),
            ("WARNED", tr("Indicators near their quota")),
            ("NOT_CHECKED", tr("Indicators not checked")),
            ("FINDINGS", tr("Findings")),
        ):
            self.addOutput(QgsProcessingOutputNumber(name, title))
        for name, title in (
            ("RESULTS", tr("Results (GeoPackage)")),
            ("REPORT", tr("Report (HTML)")),
            ("WORKBOOK", tr("Workbook (XLSX)")),
        ):
            self.addOutput(QgsProcessingOutputFile(name, title))

    def prepareAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> bool:
        """Let go, on the main thread, of former results that are on the map."""
        folder = self.parameterAsString(parameters, "OUTPUT", context)
        self._open = OpenResults(context.project(), Path(folder)) if folder else None
        return True

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Run the dossier in the engine."""
        folder = self.parameterAsString(parameters, "OUTPUT", context)
        if not folder:
            raise QgsProcessingException(tr("OUTPUT must name a folder."))
        clusters = self.parameterAsString(parameters, "CLUSTERS", context)
        job = Job(
            task="run",
            dossier=str(Path(self.parameterAsFile(parameters, "DOSSIER", context)).resolve()),
            out=str(Path(folder).resolve()),
            checks=tuple(self.parameterAsEnumStrings(parameters, "CHECKS", context)),
            clusters=tuple(re.split(r"[\s,，、;；]+", clusters.strip()))
            if clusters.strip()
            else (),
            scheduler=self.parameterAsString(parameters, "SCHEDULER", context),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )
        Path(job.out).mkdir(parents=True, exist_ok=True)
        try:
            result = run_job(job, feedback)
        finally:
            if self._open:
                self._open.give_back()
        outputs: dict[str, Any] = {"OUTPUT": job.out, "PASSED": bool(result.get("passed"))}
        outputs.update({name: int(result.get(field) or 0) for name, field in NUMBERS.items()})
        paths = {name: Path(job.out) / file for name, file in FILES.items()}
        outputs.update({name: str(path) for name, path in paths.items() if path.is_file()})
        return outputs
