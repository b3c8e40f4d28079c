# SPDX-License-Identifier: GPL-2.0-or-later
"""The map sheets of the joint meeting: a print layout with an atlas over all conflicts.

Everything happens in a project of its own, on the main thread, from the layers and words that the
engine left in meeting.gpkg; the user's project is neither read nor changed. QGIS keeps a file that
it opened in a pool, and on Windows nobody could replace it then: so it opens a copy.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Sequence

from qgis.core import (
    Qgis,
    QgsExpression,
    QgsFeatureRequest,
    QgsFeedback,
    QgsLayoutExporter,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutSize,
    QgsPrintLayout,
    QgsProcessingException,
    QgsProject,
    QgsReadWriteContext,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QFile, QIODevice
from qgis.PyQt.QtXml import QDomDocument

from ..jobs.words import tr
from .meeting_items import Page, sheet_font
from .meeting_page import MAP, OVERVIEW, fill_page
from .meeting_symbols import AREAS, GROUNDS, LINES, county, paint, whole

DPI = 200
_MM = 297.0, 210.0


class MeetingSheets:
    """The print layout of one meeting's conflicts.

    `file` is the engine's meeting.gpkg, `departments` names those whose conflicts are wanted (none:
    all), `template` a layout of the institute's own whose maps bear the ids `map` and `overview`.
    """

    def __init__(self, file: Path, departments: Sequence[str] = (), template: str = "") -> None:
        self.file, self.font = file, sheet_font()
        self._passing = Path(tempfile.mkdtemp(prefix="pianqu-meeting-"))
        self._copy = self._passing / file.name
        try:
            shutil.copy(file, self._copy)
            self._set_out(departments, template)
        except OSError as error:
            self._tidy()
            raise QgsProcessingException(
                tr("{path} can't be read: {reason}").format(path=file, reason=error)
            ) from error
        except BaseException:
            self._tidy()
            raise

    def _set_out(self, departments: Sequence[str], template: str) -> None:
        """Make the project, its layers and the layout."""
        self.project = QgsProject()
        self.sheets = self._layer("sheets")
        self.project.setCrs(self.sheets.crs())
        self.project.setEllipsoid("NONE")
        self.chosen = _filter(departments)
        self.layout = QgsPrintLayout(self.project)
        self.layout.initializeDefaults()
        self.layout.setName("conflicts")
        self.project.layoutManager().addLayout(self.layout)
        self._maps = {MAP: self._map_layers(), OVERVIEW: self._county_layers()}
        self._set_atlas()
        if template:
            self._load(Path(template))
        else:
            self._make()

    def count(self) -> int:
        """Count the sheets that will be printed."""
        return int(self.layout.atlas().updateFeatures())

    def known_departments(self) -> list[str]:
        """List the departments that have a conflict, by name."""
        place = self.sheets.fields().indexFromName("departments")
        values = (str(feature[place] or "") for feature in self.sheets.getFeatures())
        return sorted({name for value in values for name in value.split("\n") if name})

    def export(self, path: Path, feedback: QgsFeedback) -> None:
        """Print all sheets into one PDF; it ends early, without a whole file, when cancelled."""
        settings = QgsLayoutExporter.PdfExportSettings()
        settings.dpi = DPI
        settings.textRenderFormat = Qgis.TextRenderFormat.AlwaysText  # so that it can be searched
        atlas = self.layout.atlas()
        result, message = QgsLayoutExporter.exportToPdf(atlas, str(path), settings, feedback)
        if feedback.isCanceled():
            return
        if result != QgsLayoutExporter.ExportResult.Success:
            raise QgsProcessingException(
                tr("The map sheets could not be printed to {path}: {reason}").format(
                    path=path, reason=message or atlas.errorString() or str(result)
                )
            )

    def save(self, path: Path) -> None:
        """Save the layout as a template that QGIS opens."""
        if not self.layout.saveAsTemplate(str(path), QgsReadWriteContext()):
            raise QgsProcessingException(
                tr("The layout could not be saved: {path}").format(path=path)
            )

    def close(self) -> None:
        """Let go of all that was made."""
        self.project.layoutManager().clear()
        self.project.removeAllMapLayers()
        self._tidy()

    def _tidy(self) -> None:
        """Remove the copy; where QGIS still holds it, the system's tidying of its folder does."""
        shutil.rmtree(self._passing, ignore_errors=True)

    def _layer(self, name: str, kind: str = "") -> QgsVectorLayer:
        """Take a layer of the file, or one kind of its features, into the sheets' own project.

        In memory, since many layers of one GeoPackage that are open at once get in each other's
        way.
        """
        source = f"{self._copy}|layername={name}"
        stored = QgsVectorLayer(
            source + (f"|subset=\"kind\" = '{kind}'" if kind else ""), name, "ogr"
        )
        if not stored.isValid():
            raise QgsProcessingException(
                tr("The layer '{name}' of {path} can't be opened.").format(
                    name=name, path=self.file
                )
            )
        layer = stored.materialize(QgsFeatureRequest())
        layer.setName(kind or name)
        layer.dataProvider().createSpatialIndex()
        self.project.addMapLayer(layer, False)
        return layer

    def _map_layers(self) -> list[QgsVectorLayer]:
        """Make the layers of the map, topmost first."""
        layers = [self._layer("county")]
        whole(layers[0])
        for kind in (*AREAS, *GROUNDS, *LINES):
            source = "ground" if kind in GROUNDS else "backdrop"
            layer = self._layer(source, kind)
            if layer.featureCount():
                paint(layer, kind, self.font)
                layers.insert(0, layer)
        return layers

    def _county_layers(self) -> list[QgsVectorLayer]:
        """Make the layer of the overview."""
        layer = self._layer("county")
        layer.setRenderer(QgsSingleSymbolRenderer(county()))
        return [layer]

    def _set_atlas(self) -> None:
        """Let the atlas go over the conflicts in the papers' order."""
        atlas = self.layout.atlas()
        atlas.setCoverageLayer(self.sheets)
        atlas.setEnabled(True)
        atlas.setHideCoverage(True)
        atlas.setSortFeatures(True)
        atlas.setSortExpression('"number"')
        atlas.setFilterFeatures(bool(self.chosen))
        if self.chosen:
            atlas.setFilterExpression(self.chosen)

    def _make(self) -> None:
        """Make the page in code."""
        page = self.layout.pageCollection().page(0)
        page.setPageSize("A4", QgsLayoutItemPage.Orientation.Landscape)
        page.attemptResize(QgsLayoutSize(*_MM))
        kinds = {layer.name() for layer in self._maps[MAP]}
        fill_page(Page(self.layout, self.font), self._maps, kinds, self._whole())

    def _whole(self) -> QgsVectorLayer:
        return self._maps[OVERVIEW][0]

    def _load(self, template: Path) -> None:
        """Take the page from a template; its maps get our layers, by their ids."""
        document, file = QDomDocument(), QFile(str(template))
        if not file.open(QIODevice.OpenModeFlag.ReadOnly):
            raise QgsProcessingException(
                tr("The template can't be read: {path}").format(path=template)
            )
        document.setContent(file.readAll())
        _, loaded = self.layout.loadFromTemplate(document, QgsReadWriteContext(), True)
        maps = {name: self.layout.itemById(name) for name in (MAP, OVERVIEW)}
        if not loaded or not isinstance(maps[MAP], QgsLayoutItemMap):
            raise QgsProcessingException(
                tr("{path} is no layout with a map whose id is 'map'.").format(path=template)
            )
        self._set_atlas()
        for name, item in maps.items():
            if isinstance(item, QgsLayoutItemMap):
                item.setKeepLayerSet(True)
                item.setLayers(self._maps[name])


def _filter(departments: Sequence[str]) -> str:
    """Write the expression that chooses the sheets of some departments; "" for all."""
    if not departments:
        return ""
    names = ", ".join(QgsExpression.quotedString(name) for name in departments)
    lines = QgsExpression.quotedString("\n")
    return f'array_intersect(string_to_array("departments", {lines}), array({names}))'
