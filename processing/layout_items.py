# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of a print layout: labels, boxes, maps, each made in one call; sizes in mm."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsFillSymbol,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemMap,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsLayoutItemShape,
    QgsLayoutMeasurement,
    QgsLayoutObject,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsPrintLayout,
    QgsProperty,
    QgsTextFormat,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontInfo

INK = "#1d2329"
Box = tuple[float, float, float, float]  # x, y, width, height
FONTS = (
    "Source Han Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimHei",
    "WenQuanYi Micro Hei",
)  # fmt: skip
_NORTH = ":/images/north_arrows/layout_default_north_arrow.svg"
_LEFT, _CENTRE, _RIGHT = (
    Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight,
)  # fmt: skip


def sheet_font() -> QFont:
    """Give a font with Chinese characters where the machine has one."""
    return next((QFont(one) for one in FONTS if QFontInfo(QFont(one)).family() == one), QFont())


class Page:
    """A page of a print layout under work; every item gets an id by which a template finds it."""

    def __init__(self, layout: QgsPrintLayout, font: QFont) -> None:
        self.layout, self.font = layout, font

    def text(
        self, name: str, box: Box, text: str, size: float = 7.5, bold: bool = False,
        colour: str = INK, align: str = "left", middle: bool = False, frame: str = "",
        fill: str = "",
    ) -> QgsLayoutItemLabel:  # fmt: skip
        """Write a text, which may hold [% expressions %]; `frame` and `fill` are colours."""
        label = QgsLayoutItemLabel(self.layout)
        label.setText(text)
        form = QgsTextFormat()
        form.setFont(self.font)
        form.setSize(size)
        form.setForcedBold(bold)
        form.setColor(QColor(colour))
        label.setTextFormat(form)
        label.setHAlign({"left": _LEFT, "centre": _CENTRE, "right": _RIGHT}[align])
        label.setVAlign(Qt.AlignmentFlag.AlignVCenter if middle else Qt.AlignmentFlag.AlignTop)
        label.setMarginX(1.0 if frame or fill else 0.0)
        label.setMarginY(0.5 if frame or fill else 0.0)
        self.place(label, name, box, frame, fill)
        return label

    def shape(self, name: str, box: Box, symbol: QgsFillSymbol) -> QgsLayoutItemShape:
        """Draw a rectangle with a symbol, as a key of the legend."""
        item = QgsLayoutItemShape(self.layout)
        item.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
        item.setSymbol(symbol)
        self.place(item, name, box)
        return item

    def map(self, name: str, box: Box, layers: list[Any]) -> QgsLayoutItemMap:
        """Add a map of these layers, topmost first."""
        item = QgsLayoutItemMap(self.layout)
        self.place(item, name, box, INK, "#ffffff")
        item.setKeepLayerSet(True)
        item.setLayers(layers)
        return item

    def north(self, name: str, box: Box, linked: QgsLayoutItemMap) -> None:
        """Add a north arrow that turns with a map; the grid's north, as the maps say."""
        item = QgsLayoutItemPicture(self.layout)
        item.setPicturePath(_NORTH)
        item.setLinkedMap(linked)
        item.setNorthMode(QgsLayoutItemPicture.NorthMode.GridNorth)
        self.place(item, name, box)

    def bar(
        self, name: str, box: Box, linked: QgsLayoutItemMap, metre: str, size: float = 7.0
    ) -> QgsLayoutItemScaleBar:
        """Add a scale bar of a map, about as long as the box is wide."""
        item = QgsLayoutItemScaleBar(self.layout)
        item.setStyle("Single Box")
        item.setLinkedMap(linked)
        item.setUnits(Qgis.DistanceUnit.Meters)
        item.setUnitLabel(metre)
        item.setNumberOfSegments(2)
        item.setNumberOfSegmentsLeft(0)
        item.setSegmentSizeMode(Qgis.ScaleBarSegmentSizeMode.FitWidth)
        item.setMinimumBarWidth(box[2] / 2)
        item.setMaximumBarWidth(box[2])
        item.setHeight(1.4)
        form = QgsTextFormat()
        form.setFont(self.font)
        form.setSize(size)
        form.setColor(QColor(INK))
        item.setTextFormat(form)
        self.place(item, name, box, "", "#ffffff")
        item.update()
        return item

    def only_where(self, item: QgsLayoutItem, expression: str) -> None:
        """Show an item on those sheets only for which an expression is true."""
        item.dataDefinedProperties().setProperty(
            QgsLayoutObject.DataDefinedProperty.Opacity,
            QgsProperty.fromExpression(f"if({expression}, 100, 0)"),
        )

    def slide(self, item: QgsLayoutItem, y: str) -> None:
        """Let an expression choose how far from the page's upper edge an item stands."""
        item.dataDefinedProperties().setProperty(
            QgsLayoutObject.DataDefinedProperty.PositionY, QgsProperty.fromExpression(y)
        )

    def place(
        self, item: QgsLayoutItem, name: str, box: Box, frame: str = "", fill: str = ""
    ) -> None:
        """Put an item on the page; `frame` and `fill` are colours."""
        item.setId(name)
        x, y, wide, high = box
        item.attemptMove(QgsLayoutPoint(x, y, Qgis.LayoutUnit.Millimeters))
        item.attemptResize(QgsLayoutSize(wide, high, Qgis.LayoutUnit.Millimeters))
        item.setFrameEnabled(bool(frame))
        item.setBackgroundEnabled(bool(fill))
        if frame:
            item.setFrameStrokeColor(QColor(frame))
            item.setFrameStrokeWidth(QgsLayoutMeasurement(0.2, Qgis.LayoutUnit.Millimeters))
        if fill:
            item.setBackgroundColor(QColor(fill))
        self.layout.addLayoutItem(item)
