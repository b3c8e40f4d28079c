# SPDX-License-Identifier: GPL-2.0-or-later
"""`mapsheets`: a PDF with a map sheet for each cluster and town of a county."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingMultiStepFeedback,
    QgsProcessingOutputFolder,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from ..jobs.client import CancelledError, run_job
from ..jobs.schema import Job
from ..jobs.words import later, tr
from .base import PianquAlgorithm, static_enum
from .layout_sheets import hand_over, print_whole
from .sheet_book import CountySheets, Wish
from .sheet_layers import THEMES

LEVELS = ["cluster", "town", "both"]
PAPERS = ["A3", "A4"]


class MapSheets(PianquAlgorithm):
    """Print map sheets of clusters and towns."""

    ID = "mapsheets"
    TITLE = later("Print map sheets")
    SUMMARY = later("A PDF with a sheet for each cluster and town: map, quotas, legend.")
    GROUP = "tools"
    TAGS = "map sheet print layout atlas PDF quota 图册 图集 制图 出图 打印 片区图 指标"

    def flags(self) -> Qgis.ProcessingAlgorithmFlag:
        """Stay on the main thread, where print layouts belong."""
        return super().flags() | Qgis.ProcessingAlgorithmFlag.NoThreading

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile("DOSSIER", tr("Dossier"), fileFilter="YAML (*.yaml *.yml)"),
            tr("The YAML file that names the county's layers."),
        )
        self.add_folder(
            "RESULTS",
            tr("Folder of results"),
            tr("With it the sheets show quotas and findings; empty: neither."),
        )
        self.add(
            static_enum("LEVEL", tr("Sheets for"), LEVELS, "both"),
            tr("A sheet for each cluster, for each town, or for both."),
        )
        self.add(
            QgsProcessingParameterString("UNITS", tr("Units"), optional=True),
            tr("Codes or names of single clusters and towns, separated by commas; empty: all."),
        )
        self.add(
            static_enum("THEME", tr("Theme"), list(THEMES), "plan"),
            tr("What the map shows: planned or present land use, control lines, plans, findings."),
        )
        self.add(
            static_enum("PAPER", tr("Paper"), PAPERS, "A3"),
            tr("The paper's size; sheets lie across."),
        )
        self._add_rare()
        self.add(QgsProcessingParameterFileDestination("OUTPUT", tr("Map sheets"), "PDF (*.pdf)"))
        self.addOutput(QgsProcessingOutputFolder("FOLDER", tr("Folder of single sheets")))
        self.addOutput(QgsProcessingOutputNumber("SHEETS", tr("Number of sheets")))

    def _add_rare(self) -> None:
        """Declare what few need."""
        self.add(
            QgsProcessingParameterBoolean(
                "SEPARATE", tr("A PDF for each unit too"), defaultValue=False
            ),
            tr("Single sheets go into a folder beside the PDF that bears its name."),
        )
        self.add(
            QgsProcessingParameterString("AUTHOR", tr("Drawn by"), optional=True),
            tr("Who stands in the title block; empty: room to sign."),
        )
        self.add(
            QgsProcessingParameterFile(
                "TEMPLATE", tr("Layout template"), extension="qpt", optional=True
            ),
            tr("Your own form, made from the .qpt that an earlier run left beside its PDF."),
            rare=True,
        )
        self.add_language()

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Refuse findings without results."""
        theme = self.parameterAsEnumString(parameters, "THEME", context)
        if theme == "findings" and not self.given(parameters, "RESULTS"):
            return False, tr("The theme 'findings' needs a folder of results.")
        return super().checkParameterValues(parameters, context)

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Have the engine tell of the dossier, then print."""
        pdf = Path(self.parameterAsFileOutput(parameters, "OUTPUT", context)).resolve()
        wish = self._wish(parameters, context)
        separate = self.parameterAsBoolean(parameters, "SEPARATE", context)
        steps = QgsProcessingMultiStepFeedback(3 if separate else 2, feedback)
        dossier = self.parameterAsFile(parameters, "DOSSIER", context)
        with tempfile.TemporaryDirectory(prefix="pianqu-") as folder:
            county = read_county(dossier, folder, wish.language, steps)
            sheets = CountySheets(county, wish)
            try:
                return self._print(sheets, pdf, separate, steps)
            finally:
                sheets.close()

    def _wish(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Wish:
        """Collect what is wanted."""
        text = self.parameterAsString(parameters, "UNITS", context)
        folder = self.parameterAsFile(parameters, "RESULTS", context)
        return Wish(
            level=self.parameterAsEnumString(parameters, "LEVEL", context),
            units=tuple(name.strip() for name in re.split(r"[,，、;；\n]+", text) if name.strip()),
            theme=self.parameterAsEnumString(parameters, "THEME", context),
            paper=self.parameterAsEnumString(parameters, "PAPER", context),
            results=str(Path(folder).resolve()) if folder else "",
            template=self.parameterAsFile(parameters, "TEMPLATE", context),
            author=self.parameterAsString(parameters, "AUTHOR", context),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )

    def _print(
        self,
        sheets: CountySheets,
        pdf: Path,
        separate: bool,
        steps: QgsProcessingMultiStepFeedback,
    ) -> dict[str, Any]:
        """Print all sheets, then each for itself where that is wanted."""
        for role, reason in sheets.troubles.items():
            steps.pushWarning(f"{role}: {reason}")
        count = sheets.count()
        pdf.parent.mkdir(parents=True, exist_ok=True)
        steps.setCurrentStep(1)
        steps.setProgressText(tr("Printing map sheets: {count}").format(count=count))
        print_whole(sheets, pdf, pdf.with_suffix(".qpt"), steps)
        outputs: dict[str, Any] = {"OUTPUT": str(pdf), "SHEETS": count}
        if separate:
            steps.setCurrentStep(2)
            outputs["FOLDER"] = str(_print_each(sheets, pdf.with_suffix(""), steps))
        return outputs


def read_county(
    dossier: str, folder: str, language: str, feedback: QgsProcessingFeedback
) -> dict[str, Any]:
    """Have the engine describe a dossier and put the units' borders into a folder."""
    job = Job(task="dossier", dossier=str(Path(dossier).resolve()), out=folder, language=language)
    return run_job(job, feedback)


def _print_each(sheets: CountySheets, folder: Path, feedback: QgsProcessingFeedback) -> Path:
    """Print single sheets; only whole ones come into the folder, and only when all are done."""
    feedback.setProgressText(tr("Printing single sheets"))
    with tempfile.TemporaryDirectory(prefix=".pianqu-", dir=folder.parent) as place:
        sheets.export_each(Path(place), feedback)
        if feedback.isCanceled():
            raise CancelledError(tr("Cancelled; the map sheets were not written."))
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise QgsProcessingException(str(error)) from error
        for draft in sorted(Path(place).glob("*.pdf")):
            hand_over(draft, folder / draft.name)
    return folder
