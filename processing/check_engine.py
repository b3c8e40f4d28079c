# SPDX-License-Identifier: GPL-2.0-or-later
"""`checkengine`: which Python and libraries the engine runs on, what is missing."""

from __future__ import annotations

import json
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputString,
)

from ..jobs.client import current_engine, run_job
from ..jobs.schema import Job
from ..jobs.words import later, tr
from .base import PianquAlgorithm, language


class CheckEngine(PianquAlgorithm):
    """Examine the computing engine."""

    ID = "checkengine"
    TITLE = later("Examine the computing engine")
    SUMMARY = later("Says which Python and library versions the engine runs on.")
    GROUP = "tools"
    TAGS = "doctor engine python version library 引擎 诊断 版本"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare outputs; there is nothing to choose."""
        self.addOutput(QgsProcessingOutputString("ENGINE", tr("The engine's Python")))
        self.addOutput(QgsProcessingOutputString("VERSIONS", tr("Versions (JSON)")))

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Ask the engine."""
        engine = current_engine()
        feedback.pushInfo(f"{engine.python} ({engine.origin})")
        result = run_job(Job(task="doctor", language=language()), feedback)
        versions = json.dumps(result, ensure_ascii=False, sort_keys=True)
        feedback.pushInfo(json.dumps(result, ensure_ascii=False, sort_keys=True, indent=1))
        return {"ENGINE": engine.python, "VERSIONS": versions}
