# SPDX-License-Identifier: GPL-2.0-or-later
"""`setupengine`: make the engine's private Python, from the network or a folder of wheels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputString,
    QgsProcessingParameterFile,
)

from ..jobs.client import Conversation
from ..jobs.engine import engine_home, forget, host_python
from ..jobs.schema import new_job_id
from ..jobs.setup import PREFIX
from ..jobs.words import later, tr
from .base import PianquAlgorithm, language

SCRIPT = Path(__file__).resolve().parent.parent / "jobs" / "setup.py"


class SetupEngine(PianquAlgorithm):
    """Set up the computing engine."""

    ID = "setupengine"
    TITLE = later("Set up the computing engine")
    SUMMARY = later(
        "Makes a private Python with the engine's libraries; QGIS's own is not touched."
    )
    GROUP = "tools"
    TAGS = "setup install engine python venv wheels offline 安装 引擎 离线"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add_folder(
            "WHEELS",
            tr("Folder of wheels"),
            tr("For machines without a network; empty: pip's usual source."),
        )
        self.add(
            QgsProcessingParameterFile("PYTHON", tr("Python to start from"), optional=True),
            tr("Python 3.9 or newer; empty: the one QGIS runs on."),
            rare=True,
        )
        self.addOutput(QgsProcessingOutputString("ENGINE", tr("The engine's Python")))

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Run the setup in the Python it starts from."""
        base = self.parameterAsFile(parameters, "PYTHON", context) or host_python()
        if not base:
            raise QgsProcessingException(tr("No Python was found to start from; name one."))
        job_id = new_job_id()
        home = engine_home()
        arguments = ["-I", "-X", "utf8", str(SCRIPT), "--json", "--home", str(home)]
        arguments += ["--job-id", job_id, "--language", language()]
        wheels = self.parameterAsFile(parameters, "WHEELS", context)
        if wheels:
            arguments += ["--wheels", wheels]
        unfinished = home / f"{PREFIX}{job_id}"
        try:
            result = Conversation(feedback, job_id, unfinished).hold(str(base), arguments)
        finally:
            forget()
        feedback.pushInfo(result.get("text", ""))
        return {"ENGINE": result.get("python", "")}
