# SPDX-License-Identifier: GPL-2.0-or-later
"""`checkdata`: what is wrong with a dossier's data, where, and what to do about it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
)

from ..jobs.client import run_job
from ..jobs.schema import Job
from ..jobs.words import later, now, tr
from .base import Count, PianquAlgorithm
from .open_results import OpenResults
from .sinks import FINDINGS, Sink, Sinks

MORE = (
    Sink("SPOTS", "spots", later("Exact spots"), QgsProcessing.SourceType.TypeVectorPoint),
    Sink("CHECKS", "data_checks", later("Checks and what came of them")),
)


class CheckData(PianquAlgorithm):
    """Check data."""

    ID = "checkdata"
    TITLE = later("Check data")
    SUMMARY = later(
        "Finds what is wrong with a county's data: files, fields, codes, areas, shapes."
    )
    TAGS = (
        "data quality topology geometry overlap gap sliver attribute field code edition "
        "数据检查 数据质量 质检 拓扑 图形 重叠 空隙 碎片 属性 字段 代码"
    )
    COUNTS = (
        Count("FINDING_COUNT", "findings", later("Number of findings")),
        Count("ERRORS", "errors", later("Errors")),
        Count("FAILED", "failed", later("Failed checks")),
        Count("WARNED", "warned", later("Checks with warnings")),
        Count("NOT_CHECKED", "not_checked", later("Checks that could not be made")),
    )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile("DOSSIER", tr("Dossier"), fileFilter="YAML (*.yaml *.yml)"),
            tr("The YAML file that names the county's layers."),
        )
        self.add_language()
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                FINDINGS.parameter, now(FINDINGS.title), FINDINGS.kind
            )
        )
        for sink in MORE:
            self.addParameter(
                QgsProcessingParameterFeatureSink(
                    sink.parameter, now(sink.title), sink.kind, optional=True,
                    createByDefault=False,
                )
            )  # fmt: skip
        self.add(
            QgsProcessingParameterFolderDestination(
                "OUTPUT", tr("Folder of results"), optional=True, createByDefault=False
            ),
            tr("Keeps results.gpkg, findings.xlsx and run.json."),
        )
        self.add_verdict()

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
        """Run the check in the engine and fill the sinks."""
        given = self.parameterAsString(parameters, "OUTPUT", context)
        with tempfile.TemporaryDirectory(prefix="pianqu-") as folder:
            out = Path(given).resolve() if given else Path(folder)
            try:
                result = run_job(self._job(parameters, context, out, bool(given)), feedback)
            finally:
                if self._open:
                    self._open.give_back()
            wanted = (FINDINGS, *(s for s in MORE if self.given(parameters, s.parameter)))
            sinks = Sinks(self, parameters, context, feedback)
            outputs = sinks.fill(wanted, out / "results.gpkg")
        outputs.update(self.verdict(result))
        return {**outputs, "OUTPUT": str(out)} if given else outputs

    def _job(
        self, parameters: dict[str, Any], context: QgsProcessingContext, out: Path, kept: bool
    ) -> Job:
        return Job(
            task="checkdata",
            dossier=str(Path(self.parameterAsFile(parameters, "DOSSIER", context)).resolve()),
            out=str(out),
            tables_only=not kept,
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )
