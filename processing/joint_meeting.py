# SPDX-License-Identifier: GPL-2.0-or-later
"""`jointmeeting`: the papers of the departments' joint meeting, with a map sheet a conflict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from ..jobs.addresses import register_place
from ..jobs.client import run_job
from ..jobs.schema import Job
from ..jobs.words import later, tr
from .base import PianquAlgorithm
from .layout_sheets import print_whole
from .meeting_layout import MeetingSheets

REPORT, WORKBOOK, DATA = "meeting.html", "meeting.xlsx", "meeting.gpkg"
SHEETS, LAYOUT = "conflicts.pdf", "conflicts.qpt"


class JointMeeting(PianquAlgorithm):
    """Write the papers of the joint meeting on sector plans."""

    ID = "jointmeeting"
    TITLE = later("Papers of the joint meeting")
    SUMMARY = later("Matrix, sheets of the departments and a map sheet of every conflict.")
    GROUP = "tools"
    TAGS = "sector plan conflict meeting atlas department 专项规划 冲突 部门 联席会议 图册 矩阵"

    def flags(self) -> Qgis.ProcessingAlgorithmFlag:
        """Stay on the main thread, where print layouts belong."""
        return super().flags() | Qgis.ProcessingAlgorithmFlag.NoThreading

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
        self.add(
            QgsProcessingParameterFile(
                "DOSSIER", tr("Dossier"), fileFilter="YAML (*.yaml *.yml)", optional=True
            ),
            tr("With it the maps show borders and control lines."),
        )
        self.add(
            QgsProcessingParameterBoolean("SHEETS", tr("Print the map sheets"), defaultValue=True),
            tr("Prints a PDF with a sheet for each conflict."),
        )
        self.add(
            QgsProcessingParameterString("DEPARTMENTS", tr("Departments"), optional=True),
            tr("Map sheets of these departments only, names separated by commas; empty: all."),
        )
        self.add(
            QgsProcessingParameterFile(
                "TEMPLATE", tr("Layout template"), extension="qpt", optional=True
            ),
            tr("Your own form of the map sheets, made from conflicts.qpt of an earlier run."),
            rare=True,
        )
        self.add_language()
        self.add(QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder of the papers")))
        for name, title in (
            ("REPORT", tr("Papers (HTML)")),
            ("WORKBOOK", tr("Workbook (XLSX)")),
            ("SHEETS", tr("Map sheets (PDF)")),
        ):
            self.addOutput(QgsProcessingOutputFile(name, title))
        self.addOutput(QgsProcessingOutputNumber("CONFLICTS", tr("Conflicts on map sheets")))

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Have the engine write the papers, then print the map sheets."""
        out = self.folder(parameters, context)
        results = Path(self.parameterAsFile(parameters, "RESULTS", context)).resolve()
        dossier = self.parameterAsFile(parameters, "DOSSIER", context)
        job = Job(
            task="meeting",
            results=str(results),
            register=register_place(self.parameterAsString(parameters, "REGISTER", context)),
            dossier=str(Path(dossier).resolve()) if dossier else "",
            out=str(out),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )
        run_job(job, feedback)
        outputs: dict[str, Any] = {
            "OUTPUT": str(out), "REPORT": str(out / REPORT), "WORKBOOK": str(out / WORKBOOK)
        }  # fmt: skip
        sheets = self._open(out / DATA, parameters, context)
        try:
            outputs["CONFLICTS"] = count = sheets.count()
            if not self.parameterAsBoolean(parameters, "SHEETS", context):
                return outputs
            if count:
                feedback.setProgressText(tr("Printing {count} map sheets").format(count=count))
                print_whole(sheets, out / SHEETS, out / LAYOUT, feedback)
                outputs["SHEETS"] = str(out / SHEETS)
            else:
                feedback.pushInfo(tr("There are no conflicts, so there are no map sheets."))
        finally:
            sheets.close()
        return outputs

    def _open(
        self, file: Path, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> MeetingSheets:
        """Open the layout of the departments wanted; a name that has no conflict is refused."""
        text = self.parameterAsString(parameters, "DEPARTMENTS", context)
        wanted = [name.strip() for name in re.split(r"[,，、;；\n]+", text) if name.strip()]
        template = self.parameterAsFile(parameters, "TEMPLATE", context)
        sheets = MeetingSheets(file, wanted, template)
        known = sheets.known_departments()
        unknown = [name for name in wanted if name not in known]
        if unknown and known:
            sheets.close()
            raise QgsProcessingException(
                tr("No conflict concerns '{name}'; departments with conflicts: {known}").format(
                    name=unknown[0], known=", ".join(known)
                )
            )
        return sheets
