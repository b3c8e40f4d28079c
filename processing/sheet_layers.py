# SPDX-License-Identifier: GPL-2.0-or-later
"""The layers of a map sheet: what a theme draws, land outside the unit dimmed, where it lies."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsFeatureRenderer,
    QgsFillSymbol,
    QgsInvertedPolygonRenderer,
    QgsPalLayerSettings,
    QgsProject,
    QgsProperty,
    QgsRuleBasedRenderer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)

from .map_layers import LINE_ONLY, CountyLayers
from .map_symbols import PALE, plain

THEMES = ("plan", "landuse", "controllines", "sectors", "findings")
_GROUND = {"landuse": ("landuse", "plan")}  # else the plan, where there is one
_THIS = "\"code\" = attribute(@atlas_feature, 'code') AND \"level\" = " \
    "attribute(@atlas_feature, 'level')"  # fmt: skip
_HERE = "within(centroid(@geometry), @atlas_geometry)"
_MOST_DRAWN, _ALMOST = 60_000, 0.999  # parcels that a PDF may hold as lines
_VEIL = "255,255,255,175"


class SheetLayers:
    """Makes a theme's layers and puts them into the sheets' project.

    `drawn` are the map's layers, topmost first; `keyed` those that the legend explains; `pale`
    those that it only names.
    """

    def __init__(self, project: QgsProject, county: CountyLayers, sheets: QgsVectorLayer) -> None:
        self.project, self.county, self.sheets = project, county, sheets
        self.drawn: list[QgsVectorLayer] = []
        self.keyed: list[QgsVectorLayer] = []
        self.pale: list[QgsVectorLayer] = []

    def make(self, theme: str, results: Path | None) -> None:
        """Make all layers of a theme."""
        self._copy(self.county.word("word.here"), _rule(_outline()))
        self.drawn[0].setCustomProperty(LINE_ONLY, True)
        self.keyed.append(self.drawn[0])
        self._copy("veil", QgsInvertedPolygonRenderer(_rule(_veil())))
        if theme == "findings" and results is not None:
            self._put(self._findings(results), True)
        for level in ("county", "cluster", "town", "village"):
            layer = self.county.units(level)
            if layer is not None and level == "village":
                _only_here(layer)
            self._put(layer, True)
        filled = theme == "controllines"
        for role in self.county.zones():
            if filled or role == "boundary":
                self._put(self.county.zone(role, filled), True)
        if theme == "sectors":
            for plan in self.county.county["sectors"]:
                self._put(self.county.sector(plan), True)
        self._ground(theme)

    def overview(self) -> list[QgsVectorLayer]:
        """Make the layers of the inset: the sheet's unit over all towns."""
        here = self._copied("here")
        here.setRenderer(_rule(plain({"color": "#d9482b", "outline_style": "no"})))
        layers = [here]
        for level, ink, width in (("cluster", "#3a4654", "0.35"), ("town", "#9aa4ad", "0.12"),
                                  ("county", "#3a4654", "0.45")):  # fmt: skip
            layer = self.county.units(level)
            if layer is None:
                continue
            ground = level == "county"
            layer.setRenderer(
                QgsSingleSymbolRenderer(
                    plain({"color": "#eef1f3", "style": "solid" if ground else "no",
                           "outline_color": ink, "outline_width": width})
                )
            )  # fmt: skip
            layer.setLabelsEnabled(False)
            layer.setScaleBasedVisibility(False)
            self.project.addMapLayer(layer, False)
            layers.insert(len(layers) if ground else 0, layer)
        return layers

    def _ground(self, theme: str) -> None:
        """Put the land under it all, pale where the theme is about something else."""
        for role in _GROUND.get(theme, ("plan", "landuse")):
            layer = self.county.land(role, present=True)
            if layer is None:
                continue
            pale = theme not in ("plan", "landuse")
            if layer.featureCount() > _MOST_DRAWN:  # then the map is printed as a picture
                layer.setOpacity(_ALMOST)
            if pale:
                layer.setOpacity(PALE)
                self.pale.append(layer)
            self._put(layer, not pale)
            return

    def _findings(self, results: Path) -> QgsVectorLayer | None:
        """Open the findings in the style that the engine left with them."""
        name = self.county.word("layer.findings")
        layer = QgsVectorLayer(f"{results}|layername=findings", name, "ogr")
        return layer if layer.isValid() else None

    def _put(self, layer: QgsVectorLayer | None, keyed: bool) -> None:
        if layer is None:
            return
        self.project.addMapLayer(layer, False)
        self.drawn.append(layer)
        if keyed:
            self.keyed.append(layer)

    def _copy(self, name: str, renderer: QgsFeatureRenderer) -> None:
        layer = self._copied(name)
        layer.setRenderer(renderer)
        self.drawn.append(layer)

    def _copied(self, name: str) -> QgsVectorLayer:
        layer = self.sheets.clone()
        layer.setName(name)
        self.project.addMapLayer(layer, False)
        return layer


def _rule(symbol: QgsFillSymbol) -> QgsRuleBasedRenderer:
    """Draw this sheet's unit only."""
    root = QgsRuleBasedRenderer.Rule(None)
    root.appendChild(QgsRuleBasedRenderer.Rule(symbol, filterExp=_THIS))
    return QgsRuleBasedRenderer(root)


def _veil() -> QgsFillSymbol:
    return plain({"color": _VEIL, "outline_style": "no"})


def _outline() -> QgsFillSymbol:
    band = plain({"style": "no", "outline_color": "122,1,119,70", "outline_width": "2.4"})
    line = {"style": "no", "outline_color": "#7a0177", "outline_width": "0.6"}
    band.appendSymbolLayer(plain(line).takeSymbolLayer(0))
    return band


def _only_here(layer: QgsVectorLayer) -> None:
    """Name villages of this sheet's unit only."""
    if layer.labeling() is None:
        return
    settings = layer.labeling().settings()
    places = settings.dataDefinedProperties()
    places.setProperty(QgsPalLayerSettings.Property.Show, QgsProperty.fromExpression(_HERE))
    settings.setDataDefinedProperties(places)
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
