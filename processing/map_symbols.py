# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols made of a standard's looks."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsFillSymbol,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPointPatternFillSymbolLayer,
    QgsProperty,
    QgsSymbol,
    QgsSymbolLayer,
)
from qgis.PyQt.QtGui import QColor

from .map_standard import Look

PALE = 0.35
_ANGLES = {"hatch": (45.0,), "back": (135.0,), "cross": (45.0, 135.0)}
_STEP_MM, _STROKE_MM, _DOT_MM = 2.0, 0.18, 0.5
_EDGE = 118  # per cent: how much darker than its fill a parcel's edge is
_NO_FILL = "255,255,255,0"


def land(look: Look) -> QgsFillSymbol:
    """Draw a kind of land use: a fill with an edge that parts neighbours of one kind."""
    edge = QColor(look.fill).darker(_EDGE)
    symbol = plain({"color": look.fill, "outline_color": edge.name(), "outline_width": "0.06"})
    _add_pattern(symbol, look)
    return symbol


def unknown() -> QgsFillSymbol:
    """Draw land of a code that no table knows, so that it is seen."""
    look = Look("", fill="#ffffff", pattern="cross", pattern_colour="#d0006f")
    symbol = plain({"color": look.fill, "outline_color": "#d0006f", "outline_width": "0.15"})
    _add_pattern(symbol, look)
    return symbol


def zone(look: Look, filled: bool = True) -> QgsFillSymbol:
    """Draw a control line; not `filled` it leaves the land under it its colours."""
    tint = QColor(look.fill) if look.fill and filled else QColor(255, 255, 255, 0)
    if look.fill and filled:
        tint.setAlphaF(look.opacity)
    symbol = plain(
        {
            "color": ",".join(str(part) for part in tint.getRgb()),
            "style": "solid" if look.fill and filled else "no",
            "outline_color": look.line,
            "outline_width": str(look.width),
            "outline_style": look.style,
        }
    )
    _add_pattern(symbol, look)
    return symbol


def border(look: Look) -> QgsFillSymbol:
    """Draw the border of a unit."""
    return plain(
        {
            "color": _NO_FILL,
            "style": "no",
            "outline_color": look.line,
            "outline_width": str(look.width),
            "outline_style": look.style,
        }
    )


def plain(values: dict[str, Any]) -> QgsFillSymbol:
    """Make a symbol of one simple fill."""
    return QgsFillSymbol.createSimple({"joinstyle": "round", **values})


def project(
    kind: Qgis.GeometryType, colour: str, width_m: float | None, field: str = ""
) -> QgsSymbol:
    """Draw the projects of a sector plan in its colour, lines as wide as they are on the ground.

    `field` names the one that holds each line's width in metres, where the lines differ.
    """
    edge = QColor(colour).darker(140).name()
    if kind == Qgis.GeometryType.Line:
        return _wide_line(colour, width_m, field)
    if kind == Qgis.GeometryType.Point:
        return QgsMarkerSymbol.createSimple(
            {"name": "circle", "color": colour, "size": "2.4", "outline_color": "#ffffff",
             "outline_width": "0.3"}
        )  # fmt: skip
    tint = QColor(colour)
    tint.setAlpha(120)
    return plain(
        {
            "color": ",".join(str(part) for part in tint.getRgb()),
            "outline_color": edge,
            "outline_width": "0.35",
        }
    )


def _wide_line(colour: str, width_m: float | None, field: str) -> QgsLineSymbol:
    """Draw a line as wide as it is on the ground, and never too thin to see."""
    line = QgsLineSymbol.createSimple(
        {"color": colour, "width": "0.5", "capstyle": "flat", "joinstyle": "miter"}
    )
    if width_m or field:
        wide = line.symbolLayer(0).clone()
        wide.setWidth(width_m or 0)
        wide.setWidthUnit(Qgis.RenderUnit.MetersInMapUnits)
        if field:
            metres = QgsProperty.fromField(field)
            wide.setDataDefinedProperty(QgsSymbolLayer.Property.StrokeWidth, metres)
        line.appendSymbolLayer(wide)
    return line


def _add_pattern(symbol: QgsFillSymbol, look: Look) -> None:
    """Put the look's pattern over the fill."""
    colour = look.pattern_colour or look.line or "#8c8c8c"
    for angle in _ANGLES.get(look.pattern, ()):
        lines = QgsLinePatternFillSymbolLayer()
        lines.setLineAngle(angle)
        lines.setDistance(_STEP_MM)
        stroke = {"color": colour, "width": str(_STROKE_MM)}
        lines.setSubSymbol(QgsLineSymbol.createSimple(stroke))
        symbol.appendSymbolLayer(lines)
    if look.pattern == "dots":
        dots = QgsPointPatternFillSymbolLayer()
        dots.setDistanceX(_STEP_MM)
        dots.setDistanceY(_STEP_MM)
        dots.setDisplacementX(_STEP_MM / 2)
        dot = {"name": "circle", "size": str(_DOT_MM), "color": colour, "outline_style": "no"}
        dots.setSubSymbol(QgsMarkerSymbol.createSimple(dot))
        symbol.appendSymbolLayer(dots)
