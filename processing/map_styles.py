# SPDX-License-Identifier: GPL-2.0-or-later
"""Renderers and labels for a county's layers."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsFeatureRenderer,
    QgsPalLayerSettings,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtGui import QColor, QFont

from . import map_symbols
from .layout_items import sheet_font
from .map_standard import Look, Looks

LEVELS = ("county", "cluster", "town", "village")
# Denominators between which names of units are written, and the least at which borders are drawn.
NAMED = {"cluster": (90_000, 2_000_000), "town": (12_000, 250_000), "village": (1, 30_000)}
DRAWN = {"village": 80_000, "town": 600_000}
_SIZES = {"cluster": (13.0, True), "town": (9.5, False), "village": (7.5, False)}
_INKS = {"cluster": "#1d2329", "town": "#33415c", "village": "#5a646e"}


def land_renderer(
    looks: Looks, table: str, layer: QgsVectorLayer, field: str, language: str, other: str
) -> QgsFeatureRenderer:
    """Draw land use in the standard's colours, a kind of the legend for each row of its table.

    What bears a code that the table lacks is drawn so that it is seen, and called `other`.
    """
    categories = [
        QgsRendererCategory(codes, map_symbols.land(look), f"{look.key} {look.name(language)}")
        for look, codes in looks.land(table)
    ]
    categories.append(QgsRendererCategory("", map_symbols.unknown(), other))
    return QgsCategorizedSymbolRenderer(code_expression(layer, field), categories)


def keep_present(layer: QgsVectorLayer) -> None:
    """Take the kinds of land out of a renderer that a layer has none of."""
    renderer = layer.renderer().clone()
    values, _ = QgsVectorLayerUtils.getValues(layer, renderer.classAttribute())
    there = {str(value) for value in values}
    for place in reversed(range(len(renderer.categories()))):
        value = renderer.categories()[place].value()
        codes = value if isinstance(value, list) else None
        if codes is not None and there.isdisjoint(codes):
            renderer.deleteCategory(place)
    known = {code for one in renderer.categories() if isinstance(one.value(), list)
             for code in one.value()}  # fmt: skip
    if there <= known:
        renderer.deleteCategory(len(renderer.categories()) - 1)
    layer.setRenderer(renderer)


def code_expression(layer: QgsVectorLayer, field: str) -> str:
    """Write the expression that gives a feature's code as text, `0101` not 101."""
    quoted = '"' + field.replace('"', '""') + '"'
    place = layer.fields().indexFromName(field)
    if place < 0 or not layer.fields()[place].isNumeric():
        return field
    text = f"to_string(to_int({quoted}))"
    return f"lpad({text}, 2 * ceil(length({text}) / 2.0), '0')"


def zone_renderer(look: Look, filled: bool) -> QgsFeatureRenderer:
    """Draw a control line."""
    return QgsSingleSymbolRenderer(map_symbols.zone(look, filled))


def set_unit_style(layer: QgsVectorLayer, look: Look, level: str, field: str) -> None:
    """Draw the borders of a level, with names at the scales where there is room for them."""
    layer.setRenderer(QgsSingleSymbolRenderer(map_symbols.border(look)))
    if level in DRAWN:
        layer.setScaleBasedVisibility(True)
        layer.setMinimumScale(DRAWN[level])
    if level in NAMED and field:
        set_names(layer, field, level, NAMED[level])


def set_names(
    layer: QgsVectorLayer, field: str, level: str, scales: tuple[float, float] | None = None
) -> None:
    """Write the units' names in the middle of them, with a white edge."""
    size, bold = _SIZES[level]
    settings = QgsPalLayerSettings()
    settings.fieldName, settings.isExpression = field, False
    settings.placement = Qgis.LabelPlacement.Horizontal
    settings.setFormat(text_format(sheet_font(), size, bold, _INKS[level]))
    if scales is not None:
        settings.scaleVisibility = True
        settings.maximumScale, settings.minimumScale = scales
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def text_format(font: QFont, size: float, bold: bool, colour: str) -> QgsTextFormat:
    """Make the format of a name on the map."""
    form = QgsTextFormat()
    form.setFont(font)
    form.setSize(size)
    form.setForcedBold(bold)
    form.setColor(QColor(colour))
    edge = QgsTextBufferSettings()
    edge.setEnabled(True)
    edge.setSize(0.8)
    form.setBuffer(edge)
    return form


def set_plan_style(layer: QgsVectorLayer, colour: str, width: object) -> None:
    """Draw a sector plan's layout; `width` is metres, the name of a field, or None."""
    field = str(width) if isinstance(width, str) else ""
    metres = float(width) if isinstance(width, (int, float)) else None
    symbol = map_symbols.project(layer.geometryType(), colour, metres, field)
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
