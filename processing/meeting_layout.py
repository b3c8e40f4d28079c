# SPDX-License-Identifier: GPL-2.0-or-later
"""The map sheets of the joint meeting: a print layout with an atlas over all conflicts.

Everything happens in a project of its own, on the main thread, from the layers and words that the
engine left in meeting.gpkg; the user's project is neither read nor changed. QGIS keeps a file that
it opened in a pool, and on Windows nobody could replace it then: so it opens a copy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from qgis.core import (
    QgsExpression,
    QgsFeatureRequest,
    QgsProcessingException,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)

from ..jobs.words import tr
from .layout_items import Page
from .layout_sheets import MAP, OVERVIEW, Sheets
from .meeting_page import fill_page
from .meeting_symbols import AREAS, GROUNDS, LINES, county, paint, whole

_PAPER, _MM = "A4", (297.0, 210.0)


class MeetingSheets(Sheets):
    """The print layout of one meeting's conflicts.

    `file` is the engine's meeting.gpkg, `departments` names those whose conflicts are wanted (none:
    all), `template` a layout of the institute's own whose maps bear the ids `map` and `overview`.
    """

    def __init__(self, file: Path, departments: Sequence[str] = (), template: str = "") -> None:
        super().__init__("conflicts")
        self.file = file
        try:
            self._copy = self.copied(file)
            self._set_out(departments, template)
        except BaseException:
            self.close()
            raise

    def _set_out(self, departments: Sequence[str], template: str) -> None:
        """Make the layers and the page."""
        self.sheets = self._layer("sheets")
        self.project.setCrs(self.sheets.crs())
        self.chosen = _filter(departments)
        self._maps = {MAP: self._map_layers(), OVERVIEW: self._county_layers()}
        self._set_atlas()
        if template:
            self.load(Path(template), self._maps)
            self._set_atlas()
        else:
            self._make()

    def known_departments(self) -> list[str]:
        """List the departments that have a conflict, by name."""
        place = self.sheets.fields().indexFromName("departments")
        values = (str(feature[place] or "") for feature in self.sheets.getFeatures())
        return sorted({name for value in values for name in value.split("\n") if name})

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
        self.set_atlas(self.sheets, '"number"', self.chosen)

    def _make(self) -> None:
        """Make the page in code."""
        self.set_paper(_PAPER, _MM)
        kinds = {layer.name() for layer in self._maps[MAP]}
        fill_page(Page(self.layout, self.font), self._maps, kinds, self._whole())

    def _whole(self) -> QgsVectorLayer:
        return self._maps[OVERVIEW][0]


def _filter(departments: Sequence[str]) -> str:
    """Write the expression that chooses the sheets of some departments; "" for all."""
    if not departments:
        return ""
    names = ", ".join(QgsExpression.quotedString(name) for name in departments)
    lines = QgsExpression.quotedString("\n")
    return f'array_intersect(string_to_array("departments", {lines}), array({names}))'
