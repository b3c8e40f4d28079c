# SPDX-License-Identifier: GPL-2.0-or-later
"""How the meeting's map sheets draw grounds, conflicts, sites and lines: as meeting.html does."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsFillSymbol,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsPointPatternFillSymbolLayer,
    QgsProperty,
    QgsRuleBasedRenderer,
    QgsSimpleFillSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsSymbolLayer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor, QFont

from .layout_items import INK

RED, GREEN = "#b2182b", "#1b5e20"
# Drawn from the first on; the backdrop's areas lie under the grounds, its lines over them.
AREAS = ("farmland", "reserve")
GROUNDS = ("near", "asking", "subject", "object", "site", "conflict", "unit", "zone", "far")
BORDERS = ("town", "cluster")
LINES = (*BORDERS, "redline", "boundary")
_OF_THIS_SHEET = "\"sheet\" = attribute(@atlas_feature, 'number')"
_LOCATED = "attribute(@atlas_feature, 'located') = 1"
_SHOWN = "array_contains(string_to_array(attribute(@atlas_feature, 'shown')), '{kind}')"
_ANCHOR = "if(\"anchor\" = 'Left', 'Left', if(\"anchor\" = 'Right', 'Right', 'Center'))"
_LINE = {
    "farmland": {"color": "141,135,48,0", "outline_color": "#8d8730", "outline_width": "0.15"},
    "reserve": {"color": "255,247,214,180", "outline_color": "#8a6d00", "outline_width": "0.25"},
    "town": {"outline_color": "#555555", "outline_width": "0.25", "outline_style": "dash"},
    "cluster": {"outline_color": INK, "outline_width": "0.45"},
    "redline": {"outline_color": "#00695c", "outline_width": "0.55", "outline_style": "dash dot"},
    "boundary": {"outline_color": "#6a3d9a", "outline_width": "0.55"},
}


def paint(layer: QgsVectorLayer, kind: str, font: QFont) -> None:
    """Give a layer of one kind its symbols, and letters to what the facts speak of."""
    if kind in GROUNDS:
        _draw(layer, ground(kind), _OF_THIS_SHEET)
    elif kind in BORDERS:
        layer.setRenderer(QgsSingleSymbolRenderer(backdrop(kind)))
    else:  # the engine says on which sheets a kind is of use and can be told apart
        _draw(layer, backdrop(kind), _SHOWN.format(kind=kind))
    if kind == "far":
        _write(layer, font, '"label"', GREEN, 8)
    elif kind in ("subject", "object", "site"):
        _write(layer, font, '"label"', GREEN if kind == "site" else "#111111", 13)
    elif kind == "town":
        _write(layer, font, '"name"', "#4a5560", 8)
        settings = layer.labeling().settings()
        settings.scaleVisibility, settings.minimumScale = True, 0
        settings.maximumScale = 10_000  # nearer, a town's name would lie on the conflict
        layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))


def ground(kind: str) -> QgsFillSymbol:
    """Make the symbol of a ground; both sides bear their plan's colour, the second is dashed."""
    if kind == "near":
        return _plain({"color": "124,134,142,40", "outline_color": "#7c868e",
                       "outline_width": "0.15"})  # fmt: skip
    if kind == "conflict":
        return _hatched(RED, "#ffffff", 45, 1.4, 0.55, 0.4)
    if kind == "site":
        return _dotted()
    if kind == "unit":
        return _plain({"style": "no", "outline_color": RED, "outline_width": "0.9"})
    if kind == "far":
        return _plain({"color": GREEN, "outline_color": "#ffffff", "outline_width": "0.3"})
    if kind == "zone":
        role = "attribute(@atlas_feature, 'colour_zone')"
        return zone(role)
    return side(kind, '"colour"')


def zone(colour: str) -> QgsFillSymbol:
    """Make the symbol of the line a conflict is about; `colour` is an expression."""
    symbol = _plain({"style": "no", "outline_color": "#ffffff", "outline_width": "1.5"})
    edge = QgsSimpleFillSymbolLayer.create({"style": "no", "outline_width": "0.9"})
    edge.setDataDefinedProperty(
        QgsSymbolLayer.Property.StrokeColor, QgsProperty.fromExpression(colour)
    )
    symbol.appendSymbolLayer(edge)
    return symbol


def side(kind: str, colour: str) -> QgsFillSymbol:
    """Make the symbol of one side; `colour` is an expression that gives "#rrggbb"."""
    symbol = _plain({"color": "200,200,200,107", "outline_width": "0.6"})
    fill = symbol.symbolLayer(0)
    tint = QgsProperty.fromExpression(f"set_color_part({colour}, 'alpha', 107)")
    fill.setDataDefinedProperty(QgsSymbolLayer.Property.FillColor, tint)
    fill.setDataDefinedProperty(
        QgsSymbolLayer.Property.StrokeColor, QgsProperty.fromExpression(colour)
    )
    style = "dash" if kind == "object" else "solid"
    symbol.appendSymbolLayer(
        QgsSimpleFillSymbolLayer.create(
            {"style": "no", "outline_color": INK, "outline_width": "0.22", "outline_style": style}
        )
    )
    return symbol


def backdrop(kind: str) -> QgsFillSymbol:
    """Make the symbol of a border or a control line."""
    if kind == "farmland":
        return _hatched("#a8a23c", "", 135, 1.9, 0.25, 0.15)
    return _plain({"style": "solid" if kind == "reserve" else "no", **_LINE[kind]})


def whole(layer: QgsVectorLayer) -> None:
    """Have the county drawn on those sheets only whose conflict has no place."""
    _draw(layer, county(), f"NOT ({_LOCATED})")


def _draw(layer: QgsVectorLayer, symbol: QgsFillSymbol, where: str) -> None:
    """Draw those features of a layer for which an expression is true."""
    root = QgsRuleBasedRenderer.Rule(None)
    root.appendChild(QgsRuleBasedRenderer.Rule(symbol, filterExp=where))
    layer.setRenderer(QgsRuleBasedRenderer(root))


def county() -> QgsFillSymbol:
    """Make the symbol of the county in the overview."""
    return _plain({"color": "#e3e7ea", "outline_color": "#8a949c", "outline_width": "0.15"})


def here() -> QgsFillSymbol:
    """Make the symbol of the map's frame in the overview."""
    return _plain({"color": "178,24,43,90", "outline_color": RED, "outline_width": "0.3"})


def _plain(values: dict[str, Any]) -> QgsFillSymbol:
    """Make a symbol of one simple fill."""
    return QgsFillSymbol.createSimple({"joinstyle": "miter", **values})


def _hatched(
    colour: str, ground_colour: str, angle: float, step: float, width: float, border: float
) -> QgsFillSymbol:
    """Make a hatch of lines, sizes in mm, over a pale ground where a colour is given for it."""
    veil = QColor(ground_colour) if ground_colour else QColor(255, 255, 255, 0)
    if ground_colour:
        veil.setAlpha(115)
    symbol = _plain(
        {"color": ",".join(str(part) for part in veil.getRgb()), "outline_color": colour,
         "outline_width": str(border)}
    )  # fmt: skip
    lines = QgsLinePatternFillSymbolLayer()
    lines.setLineAngle(angle)
    lines.setDistance(step)
    lines.setSubSymbol(QgsLineSymbol.createSimple({"color": colour, "width": str(width)}))
    symbol.appendSymbolLayer(lines)
    return symbol


def _dotted() -> QgsFillSymbol:
    """Make the symbol of a suggested site."""
    symbol = _plain({"color": "255,255,255,150", "outline_color": GREEN, "outline_width": "0.4"})
    dots = QgsPointPatternFillSymbolLayer()
    dots.setDistanceX(1.6)
    dots.setDistanceY(1.6)
    dots.setDisplacementX(0.8)
    dot = {"name": "circle", "size": "0.55", "color": GREEN, "outline_style": "no"}
    dots.setSubSymbol(QgsMarkerSymbol.createSimple(dot))
    symbol.appendSymbolLayer(dots)
    return symbol


def _write(layer: QgsVectorLayer, font: QFont, what: str, colour: str, size: float) -> None:
    """Label a layer inside its polygons, with a white edge."""
    settings = QgsPalLayerSettings()
    settings.fieldName, settings.isExpression = what, True
    settings.placement = Qgis.LabelPlacement.Horizontal
    settings.fitInPolygonOnly = False
    form = QgsTextFormat()
    form.setFont(font)
    form.setSize(size)
    form.setForcedBold(size > 10)
    form.setColor(QColor(colour))
    edge = QgsTextBufferSettings()
    edge.setEnabled(True)
    edge.setSize(0.7)
    form.setBuffer(edge)
    settings.setFormat(form)
    if what == '"label"':  # the engine chose a place off the conflict
        places = settings.dataDefinedProperties()
        given = {
            QgsPalLayerSettings.Property.PositionX: QgsProperty.fromField("x"),
            QgsPalLayerSettings.Property.PositionY: QgsProperty.fromField("y"),
            QgsPalLayerSettings.Property.Hali: QgsProperty.fromExpression(_ANCHOR),
            QgsPalLayerSettings.Property.Vali: QgsProperty.fromValue("Half"),
        }
        for key, value in given.items():
            places.setProperty(key, value)
        settings.setDataDefinedProperties(places)
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)
