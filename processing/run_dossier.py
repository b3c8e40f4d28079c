# SPDX-License-Identifier: GPL-2.0-or-later
"""`rundossier`: everything a dossier allows, in one run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from ..jobs.client import run_job
from ..jobs.schema import CHECKS, Job
from ..jobs.words import later, tr
from .base import FAILED, Count, PianquAlgorithm, static_enum
from .open_results import OpenResults

FILES = {"RESULTS": "results.gpkg", "REPORT": "report.html", "WORKBOOK": "report.xlsx"}


class RunDossier(PianquAlgorithm):
    """Check a county's dossier: quotas, control lines, land balance, sector plans."""

    ID = "rundossier"
    TITLE = later("Check a county's dossier")
    SUMMARY = later("Quotas, control lines, land balance and sector plans, in one run.")
    COUNTS = (
        FAILED,
        Count("WARNED", "warned", later("Indicators near their quota")),
        Count("NOT_CHECKED", "not_checked", later("Indicators not checked")),
        Count("FINDINGS", "findings", later("Findings")),
    )
    TAGS = "dossier quota red line plan check 数据清单 指标 控制数 三线 审查 检查"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile("DOSSIER", tr("Dossier"), fileFilter="YAML (*.yaml *.yml)"),
            tr("The YAML file that names the county's layers, quotas and standard."),
        )
        self.add(
            static_enum("CHECKS", tr("Checks"), list(CHECKS), list(CHECKS), allowMultiple=True),
            tr("Which checks to run: quotas, controllines, landbalance, sectors."),
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
        self.add_verdict()
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
        out = self.folder(parameters, context)
        clusters = self.parameterAsString(parameters, "CLUSTERS", context)
        job = Job(
            task="run",
            dossier=str(Path(self.parameterAsFile(parameters, "DOSSIER", context)).resolve()),
            out=str(out),
            checks=tuple(self.parameterAsEnumStrings(parameters, "CHECKS", context)),
            clusters=tuple(filter(None, re.split(r"[\s,，、;；]+", clusters))),
            scheduler=self.parameterAsString(parameters, "SCHEDULER", context),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )
        try:
            result = run_job(job, feedback)
        finally:
            if self._open:
                self._open.give_back()
        outputs = {"OUTPUT": job.out, **self.verdict(result)}
        paths = {name: out / file for name, file in FILES.items()}
        outputs.update({name: str(path) for name, path in paths.items() if path.is_file()})
        return outputs
