# SPDX-License-Identifier: GPL-2.0-or-later
"""A print layout with an atlas, in a project of its own: what all map sheets share.

Everything happens on the main thread; the user's project is neither read nor changed. QGIS keeps a
file that it opened in a pool, and on Windows nobody could replace it then: so results are opened
from a copy.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Mapping, Sequence

from qgis.core import (
    Qgis,
    QgsFeedback,
    QgsLayoutExporter,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutSize,
    QgsMapLayer,
    QgsPrintLayout,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsReadWriteContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QFile, QIODevice
from qgis.PyQt.QtXml import QDomDocument

from ..jobs.client import CancelledError
from ..jobs.words import tr
from .layout_items import sheet_font

DPI = 200
MAP, OVERVIEW = "map", "overview"


class Sheets:
    """A layout whose atlas prints a sheet for each feature of a layer."""

    def __init__(self, name: str) -> None:
        self.font = sheet_font()
        self.passing = Path(tempfile.mkdtemp(prefix="pianqu-sheets-"))
        self.project = QgsProject()
        self.project.setEllipsoid("NONE")
        self.layout = QgsPrintLayout(self.project)
        self.layout.initializeDefaults()
        self.layout.setName(name)
        self.project.layoutManager().addLayout(self.layout)

    def copied(self, file: Path) -> Path:
        """Copy a file to where nobody wants to replace it."""
        try:
            return Path(shutil.copy(file, self.passing / file.name))
        except OSError as error:
            raise QgsProcessingException(
                tr("{path} can't be read: {reason}").format(path=file, reason=error)
            ) from error

    def count(self) -> int:
        """Count the sheets that will be printed."""
        return int(self.layout.atlas().updateFeatures())

    def set_atlas(self, sheets: QgsVectorLayer, order: str, where: str = "") -> None:
        """Let the atlas go over the features of a layer, in order, those `where` is true of."""
        atlas = self.layout.atlas()
        atlas.setCoverageLayer(sheets)
        atlas.setEnabled(True)
        atlas.setHideCoverage(True)
        atlas.setSortFeatures(True)
        atlas.setSortExpression(order)
        atlas.setFilterFeatures(bool(where))
        if where:
            atlas.setFilterExpression(where)

    def set_paper(self, paper: str, size: tuple[float, float]) -> None:
        """Lay the page across; `size` in mm."""
        page = self.layout.pageCollection().page(0)
        page.setPageSize(paper, QgsLayoutItemPage.Orientation.Landscape)
        page.attemptResize(QgsLayoutSize(*size))

    def load(self, template: Path, maps: Mapping[str, Sequence[QgsMapLayer]]) -> None:
        """Take the page from a template; its maps get our layers, by their ids."""
        document, file = QDomDocument(), QFile(str(template))
        if not file.open(QIODevice.OpenModeFlag.ReadOnly):
            raise QgsProcessingException(
                tr("The template can't be read: {path}").format(path=template)
            )
        document.setContent(file.readAll())
        _, loaded = self.layout.loadFromTemplate(document, QgsReadWriteContext(), True)
        items = {name: self.layout.itemById(name) for name in maps}
        if not loaded or not isinstance(items[MAP], QgsLayoutItemMap):
            raise QgsProcessingException(
                tr("{path} is no layout with a map whose id is 'map'.").format(path=template)
            )
        for name, item in items.items():
            if isinstance(item, QgsLayoutItemMap):
                item.setKeepLayerSet(True)
                item.setLayers(list(maps[name]))

    def export(self, path: Path, feedback: QgsFeedback) -> None:
        """Print all sheets into one PDF; it ends early, without a whole file, when cancelled."""
        atlas = self.layout.atlas()
        result, message = QgsLayoutExporter.exportToPdf(atlas, str(path), pdf_settings(), feedback)
        if not feedback.isCanceled():
            judge(result, path, message)

    def save(self, path: Path) -> None:
        """Save the layout as a template that QGIS opens."""
        if not self.layout.saveAsTemplate(str(path), QgsReadWriteContext()):
            raise QgsProcessingException(
                tr("The layout could not be saved: {path}").format(path=path)
            )

    def close(self) -> None:
        """Let go of all that was made.

        Where QGIS still holds a copy, the system's tidying of its folder removes it.
        """
        self.project.layoutManager().clear()
        self.project.removeAllMapLayers()
        shutil.rmtree(self.passing, ignore_errors=True)


def pdf_settings() -> QgsLayoutExporter.PdfExportSettings:
    """Give what every sheet is printed with."""
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.dpi = DPI
    settings.textRenderFormat = Qgis.TextRenderFormat.AlwaysText  # so that it can be searched
    return settings


def judge(result: QgsLayoutExporter.ExportResult, path: Path, reason: str) -> None:
    """Raise what kept a PDF from being written."""
    if result != QgsLayoutExporter.ExportResult.Success:
        raise QgsProcessingException(
            tr("The map sheets could not be printed to {path}: {reason}").format(
                path=path, reason=reason or str(result)
            )
        )


def print_whole(
    sheets: Sheets, pdf: Path, template: Path | None, feedback: QgsProcessingFeedback
) -> None:
    """Print the sheets under another name first, so that a half-written file never has theirs."""
    with tempfile.TemporaryDirectory(prefix=".pianqu-", dir=pdf.parent) as folder:
        draft = Path(folder) / pdf.name
        sheets.export(draft, feedback)
        if feedback.isCanceled():
            raise CancelledError(tr("Cancelled; the map sheets were not written."))
        if template is not None:
            sheets.save(Path(folder) / template.name)
            hand_over(Path(folder) / template.name, template)
        hand_over(draft, pdf)


def hand_over(draft: Path, target: Path) -> None:
    """Give a file its name; who holds the former one open is asked to close it."""
    try:
        draft.replace(target)
    except OSError as error:
        raise QgsProcessingException(
            tr("{path} can't be replaced; close it in other programs and try again.").format(
                path=target
            )
        ) from error
