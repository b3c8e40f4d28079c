# SPDX-License-Identifier: GPL-2.0-or-later
"""`newdossier`: a first dossier for data as they lie in a folder or container."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from ..jobs.client import run_job
from ..jobs.schema import Job
from ..jobs.words import later, tr
from .base import PianquAlgorithm
from .county import crs_text

YAML = "YAML (*.yaml *.yml)"


class NewDossier(PianquAlgorithm):
    """Make a first dossier of a folder of data."""

    ID = "newdossier"
    TITLE = later("Make a dossier of a folder of data")
    SUMMARY = later("Recognises layers and fields and writes a first dossier, with its doubts.")
    GROUP = "tools"
    TAGS = "dossier new recognise roles layers gdb 数据清单 新建 识别 图层"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile(
                "INPUT", tr("Folder of data"), QgsProcessingParameterFile.Behavior.Folder
            ),
            tr("Folder with the county's data, or a GDB; the path of a GeoPackage will do too."),
        )
        self.add(
            QgsProcessingParameterString("NAME", tr("County's name"), optional=True),
            tr("Empty: the folder's name."),
        )
        self.add(
            QgsProcessingParameterString("CODE", tr("County's code"), optional=True),
            tr("Empty: what the units' codes begin with."),
        )
        self.add(
            QgsProcessingParameterCrs("CRS", tr("CRS of the checks"), optional=True),
            tr("Empty: the CRS of the units; of degrees, the 3-degree zone they lie in."),
            rare=True,
        )
        self.add_folder(
            "STANDARD",
            tr("Standard"),
            tr("A folder with a standard's tables; empty: the shipped cn-2023."),
            rare=True,
        )
        self.add_language()
        self.add(
            QgsProcessingParameterFileDestination("OUTPUT", tr("Dossier"), YAML),
            tr("The YAML file to write; paths in it are relative to it."),
        )
        self.addOutput(QgsProcessingOutputString("DOSSIER", tr("Dossier")))
        self.addOutput(QgsProcessingOutputNumber("RECOGNISED", tr("Recognised")))
        self.addOutput(QgsProcessingOutputNumber("DOUBTFUL", tr("To be checked")))

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Check that there is something to look through: a folder, or a file with layers."""
        place = self.parameterAsString(parameters, "INPUT", context)
        if place and not Path(place).exists():
            return False, tr("There is no {path}.").format(path=place)
        return super().checkParameterValues(parameters, context)

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Have the engine look through the data."""
        out = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        if not out:
            raise QgsProcessingException(tr("OUTPUT must name a file."))
        crs = self.parameterAsCrs(parameters, "CRS", context)
        job = Job(
            task="newdossier",
            place=str(Path(self.parameterAsString(parameters, "INPUT", context)).resolve()),
            out=str(Path(out).resolve()),
            name=self.parameterAsString(parameters, "NAME", context),
            code=self.parameterAsString(parameters, "CODE", context),
            crs=crs_text(crs) if crs.isValid() else "",
            standard=self.parameterAsString(parameters, "STANDARD", context),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )
        result = run_job(job, feedback)
        return {
            "OUTPUT": job.out,
            "DOSSIER": str(result.get("dossier") or job.out),
            "RECOGNISED": int(result.get("recognised") or 0),
            "DOUBTFUL": int(result.get("doubtful") or 0),
        }
