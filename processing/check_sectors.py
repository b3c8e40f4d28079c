# SPDX-License-Identifier: GPL-2.0-or-later
"""`checksectors`: the conflicts of a dossier's sector plans."""

from __future__ import annotations

import re
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
    QgsProcessingParameterString,
)

from ..jobs.client import run_job
from ..jobs.schema import SECTOR_RULES, Job
from ..jobs.words import later, now, tr
from .base import Count, PianquAlgorithm, static_enum
from .open_results import OpenResults
from .sinks import FINDINGS, Sink, Sinks

POLYGONS = QgsProcessing.SourceType.TypeVectorPolygon
SINKS = (FINDINGS, Sink("MATRIX", "sector_matrix", later("Matrix of plans")))
MORE = (
    Sink("CONFLICTS", "conflicts", later("Conflicts with both projects' facts"), POLYGONS),
    Sink("JOINT_USE", "joint_use", later("Joint use"), POLYGONS),
    Sink("SITES", "sites", later("Sites"), POLYGONS),
    Sink("DEMAND", "sector_demand", later("Demand for construction land")),
)


class CheckSectors(PianquAlgorithm):
    """Check sector plans."""

    ID = "checksectors"
    TITLE = later("Check sector plans")
    SUMMARY = later("Lays the sector plans over each other, the control lines and the plan.")
    TAGS = "sector plan conflict overlap department project 专项规划 冲突 多规合一 项目库 部门 检查"
    COUNTS = (
        Count("CONFLICT_COUNT", "conflicts", later("Number of conflicts")),
        Count("DATA_COUNT", "data", later("Findings about the data")),
    )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile("DOSSIER", tr("Dossier"), fileFilter="YAML (*.yaml *.yml)"),
            tr("The YAML file that names the county's layers and, under sectors, its plans."),
        )
        self.add(
            static_enum(
                "RULES", tr("Rules"), list(SECTOR_RULES), list(SECTOR_RULES), allowMultiple=True
            ),
            tr("Which rules to ask; results kept in a folder keep what they say of the others."),
        )
        self._add_text("PLANS", tr("Plans"), tr("Ids of plans, separated by commas; empty: all."))
        self._add_text(
            "CLUSTERS", tr("Clusters"), tr("Codes of clusters, separated by commas; empty: all.")
        )
        self.add_language()
        for sink in SINKS:
            self.addParameter(
                QgsProcessingParameterFeatureSink(sink.parameter, now(sink.title), sink.kind)
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
            tr("Keeps results.gpkg and run.json, for the register and the joint meeting."),
        )
        self.add_verdict()

    def _add_text(self, name: str, title: str, help_text: str) -> None:
        self.add(QgsProcessingParameterString(name, title, optional=True), help_text)

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
                result = run_job(self._job(parameters, context, out), feedback)
            finally:
                if self._open:
                    self._open.give_back()
            wanted = SINKS + tuple(s for s in MORE if self.given(parameters, s.parameter))
            sinks = Sinks(self, parameters, context, feedback)
            outputs = sinks.fill(wanted, out / "results.gpkg")
        outputs.update(self.verdict(result))
        return {**outputs, "OUTPUT": str(out)} if given else outputs

    def _job(self, parameters: dict[str, Any], context: QgsProcessingContext, out: Path) -> Job:
        rules = tuple(self.parameterAsEnumStrings(parameters, "RULES", context))
        return Job(
            task="sectors",
            dossier=str(Path(self.parameterAsFile(parameters, "DOSSIER", context)).resolve()),
            out=str(out),
            rules=() if set(rules) == set(SECTOR_RULES) else rules,
            plans=self._words(parameters, "PLANS", context),
            clusters=self._words(parameters, "CLUSTERS", context),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )

    def _words(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> tuple[str, ...]:
        text = self.parameterAsString(parameters, name, context)
        return tuple(filter(None, re.split(r"[\s,，、;；]+", text)))
