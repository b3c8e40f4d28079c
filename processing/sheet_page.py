# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of a map sheet: map on the left; quotas, legend, location and title block beside it.

Drawn for A3 and made smaller as a whole for A4. All words come from the sheet's row.
"""

from __future__ import annotations

import math
from typing import Any, Mapping, Sequence

from qgis.core import (
    Qgis,
    QgsGeometry,
    QgsLayoutFrame,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutObject,
    QgsLayoutTable,
    QgsLayoutTableColumn,
    QgsLegendPatchShape,
    QgsLegendStyle,
    QgsProperty,
    QgsRectangle,
    QgsTextFormat,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from .layout_items import INK, Box, Page
from .layout_sheets import MAP, OVERVIEW
from .map_layers import LINE_ONLY
from .map_symbols import plain
from .sheet_data import COLUMNS

PAPERS = {"A3": (420.0, 297.0), "A4": (297.0, 210.0)}
_LEFT, _TOP, _WIDE, _HIGH = 10.0, 27.0, 278.0, 254.0
_RIGHT, _COLUMN = 292.0, 118.0
_END = _TOP + _HIGH
_BLOCK, _LINE, _LINES = 62.0, 4.52, 8.4  # heights of the title block and of its rows
_INSET, _GAPS = 46.0, 15.0  # mm: the location, and what a legend needs beside its rows
_TEXT_SHARE = 1.75  # points of text to a mm of row
_QUOTA_ROW, _TWO_LINES, _CELL_MM = 6.3, 8.7, 1.35
_WIDTHS = (29.5, 17.5, 13.8, 13.8, 11.8, 14.6)
_BLUE, _HEAD, _RULE, _GREY = "#24486b", "#eaf0f5", "#b7c0c8", "#5a646e"
_FACTS = ("county", "unit", "theme", "years", "crs", "area", "standard", "data", "checked")
_HANDS = ("author", "checker", "drawn")
_LONG = ("crs", "standard")
_LEGEND_ROWS = (
    (26, 6.0, 8.5), (36, 5.5, 8.2), (48, 4.4, 7.5), (60, 3.6, 6.9), (999, 3.0, 6.0),
)  # fmt: skip
QUOTAS, LEGEND = "quotas", "legend"


class SheetPage:
    """Puts all items on a page of a paper size."""

    def __init__(self, page: Page, paper: str, rows: int, wrap: bool) -> None:
        self.page, self.rows, self.wrap = page, rows, wrap
        self.factor = PAPERS[paper][0] / PAPERS["A3"][0]

    def fill(
        self, maps: Mapping[str, Sequence[Any]], legend: Legend, quotas: QgsVectorLayer | None
    ) -> None:
        """Put in the map and what explains it."""
        self._text("title", (_LEFT, 8.5, _WIDE, 12), '[% "title" %]', 22, True, middle=True)
        self._text("head", (_RIGHT, 9.5, _COLUMN, 5.5), '[% "county" %]', 10.5, True,
                   align="right")  # fmt: skip
        self._text("span", (_RIGHT, 15.5, _COLUMN, 5), '[% "years" %]', 9, colour=_GREY,
                   align="right")  # fmt: skip
        self._text("rule_top", (_LEFT, 22.6, _WIDE + 122.0, 0.9), "", fill=_BLUE)
        item = self._map(list(maps[MAP]))
        end = self._quotas(quotas)
        self._overview(list(maps[OVERVIEW]), item)
        self._facts()
        self._legend(legend, item, end + 3.0, _END - _BLOCK - 4.0)
        words = '[% "crs" %]　　[% "area" %]'
        self._text("foot", (_LEFT, _END + 3, 250, 5), words, 7.5, colour=_GREY)
        self._text("page", (_RIGHT, _END + 3, _COLUMN, 5), '[% "page" %]', 8.5, colour=_GREY,
                   align="right")  # fmt: skip

    def _map(self, layers: list[Any]) -> QgsLayoutItemMap:
        """Put in the map at the sheet's scale, with scale, scale bar and north arrow on it."""
        item = self.page.map(MAP, self._box((_LEFT, _TOP, _WIDE, _HIGH)), layers)
        item.zoomToExtent(layers[0].extent())
        drive(item)
        self._text("plate", (_LEFT + 3, _END - 19.5, 76, 17), "", fill="#ffffff", frame=_RULE)
        words = '[% "word_scale" %]　1:[% format_number("scale", 0) %]'
        self._text("scale", (_LEFT + 5.5, _END - 18.4, 69, 5), words, 9, True)
        box = self._box((_LEFT + 4.5, _END - 13.3, 66, 8))
        bar = self.page.bar("bar", box, item, "m", 7 * self.factor)
        bar.setBackgroundEnabled(False)
        bar.setSegmentSizeMode(Qgis.ScaleBarSegmentSizeMode.Fixed)
        bar.dataDefinedProperties().setProperty(
            QgsLayoutObject.DataDefinedProperty.ScalebarSegmentWidth,
            QgsProperty.fromExpression("attribute(@atlas_feature, 'segment')"),
        )
        self._text("north_plate", (_LEFT + _WIDE - 19, _TOP + 3, 16, 20), "", fill="#ffffff",
                   frame=_RULE)  # fmt: skip
        self.page.north("north", self._box((_LEFT + _WIDE - 17, _TOP + 4, 12, 18)), item)
        return item

    def _quotas(self, quotas: QgsVectorLayer | None) -> float:
        """Put in the unit's quotas, or say why there are none; give where they end."""
        self._headline("quota_head", _TOP, '[% "word_quota_table" %]')
        top = _TOP + 6.5
        if quotas is None:
            self._text("quota_note", (_RIGHT, top, _COLUMN, 6), '[% "word_no_results" %]', 8,
                       colour=_GREY)  # fmt: skip
            return top + 6
        high = self.rows * (_TWO_LINES if self.wrap else _QUOTA_ROW) + _QUOTA_ROW + 0.6
        table = self._table(quotas)
        frame = QgsLayoutFrame(self.page.layout, table)
        self.page.place(frame, QUOTAS, self._box((_RIGHT, top, _COLUMN, high)))
        table.addFrame(frame)
        return top + high

    def _table(self, quotas: QgsVectorLayer) -> QgsLayoutItemAttributeTable:
        """Make the table of this sheet's quotas; outcomes are coloured by the layer's styles."""
        table = QgsLayoutItemAttributeTable.create(self.page.layout)
        self.page.layout.addMultiFrame(table)
        table.setVectorLayer(quotas)
        table.setMaximumNumberOfFeatures(self.rows)
        table.setDisplayOnlyVisibleFeatures(False)
        table.setFilterFeatures(True)
        table.setFeatureFilter(
            "\"code\" = attribute(@atlas_feature, 'code') AND "
            "\"level\" = attribute(@atlas_feature, 'level')"
        )
        table.setUseConditionalStyling(True)
        table.setColumns([self._column(*one, quotas) for one in zip(COLUMNS, _WIDTHS)])
        size = 7.0 if self.wrap else 8.2
        table.setContentTextFormat(self._format(size, False))
        table.setHeaderTextFormat(self._format(size, True))
        if self.wrap:
            table.setWrapBehavior(QgsLayoutTable.WrapBehavior.WrapText)
        table.setHeaderHAlignment(QgsLayoutTable.HeaderHAlignment.HeaderCenter)
        table.setCellMargin(_CELL_MM * self.factor)
        table.setGridColor(QColor(_RULE))
        table.setGridStrokeWidth(0.15)
        table.setBackgroundColor(QColor("#ffffff"))
        table.setEmptyTableBehavior(QgsLayoutTable.EmptyTableMode.HeadersOnly)
        return table

    def _column(self, name: str, wide: float, quotas: QgsVectorLayer) -> QgsLayoutTableColumn:
        place = quotas.fields().indexFromName(name)
        column = QgsLayoutTableColumn(quotas.fields()[place].alias() or name)
        column.setAttribute(name)
        column.setWidth(wide * self.factor)
        numbers = name in ("quota", "base", "plan", "margin")
        across = Qt.AlignmentFlag.AlignRight if numbers else Qt.AlignmentFlag.AlignLeft
        column.setHAlignment(across)
        column.setVAlignment(Qt.AlignmentFlag.AlignVCenter)
        return column

    def _overview(self, layers: list[Any], linked: QgsLayoutItemMap) -> None:
        """Show where in the county the sheet lies."""
        top = _END - _BLOCK
        self._headline("overview_head", top, '[% "word_overview" %]', _INSET)
        box = self._box((_RIGHT, top + 6.5, _INSET, _BLOCK - 6.5))
        item = self.page.map(OVERVIEW, box, layers)
        extent = layers[-1].extent()
        extent.scale(1.06)
        item.zoomToExtent(extent)
        item.setFrameStrokeColor(QColor(_RULE))
        item.overview().setLinkedMap(linked)
        item.overview().setFrameSymbol(
            plain({"color": "178,24,43,20", "outline_color": "#b2182b", "outline_width": "0.35"})
        )

    def _facts(self) -> None:
        """Write the title block: what the sheet shows, by what, who drew it."""
        left, head = _RIGHT + _INSET + 3.0, 18.0
        wide = _COLUMN - _INSET - 3.0 - head
        y = _END - _BLOCK
        for name in (*_FACTS, *_HANDS):
            high = _LINES if name in _LONG else _LINE
            self._text(f"head_{name}", (left, y, head, high), f'[% "word_{name}" %]', 7, True,
                       middle=True, frame=_RULE, fill=_HEAD)  # fmt: skip
            box, size = (left + head, y, wide, high), 6.2 if name in _LONG else 7.0
            self._text(f"fact_{name}", box, f'[% "{name}" %]', size, middle=True, frame=_RULE,
                       fill="#ffffff")  # fmt: skip
            y += high

    def _legend(self, legend: Legend, linked: QgsLayoutItemMap, top: float, end: float) -> None:
        """Explain what lies in the sheet's unit, and nothing else."""
        self._headline("legend_head", top, '[% "word_legend" %]')
        item = QgsLayoutItemLegend(self.page.layout)
        self.page.place(item, LEGEND, self._box((_RIGHT, top + 7.5, _COLUMN, end - top - 7.5)))
        item.setLinkedMap(linked)
        legend.fill(item)
        item.setLegendFilterByMapEnabled(True)
        item.setLegendFilterOutAtlas(True)
        item.setResizeToContents(False)
        if legend.note:
            box = (_RIGHT, end - 4.5, _COLUMN, 4.5)
            self._text("legend_note", box, legend.note, 7.5, colour=_GREY)
        self._set_legend(item, legend.rows, end - top - _GAPS)

    def _set_legend(self, item: QgsLayoutItemLegend, rows: int, room: float) -> None:
        """Size the legend's rows so that all there may be find room in so many mm."""
        high, size = next((high, size) for most, high, size in _LEGEND_ROWS if rows <= most)
        high = min(high, room / (math.ceil(rows / 2) + 2))
        size = min(size, high * _TEXT_SHARE)
        item.setColumnCount(2)
        item.setSplitLayer(True)
        item.setEqualColumnWidth(True)
        item.setColumnSpace(3 * self.factor)
        item.setSymbolWidth(7.5 * self.factor)
        item.setSymbolHeight(high * 0.68 * self.factor)
        item.setBoxSpace(0)
        for part, bold in ((QgsLegendStyle.Style.Subgroup, True),
                           (QgsLegendStyle.Style.SymbolLabel, False)):  # fmt: skip
            style = item.style(part)
            style.setTextFormat(self._format(size, bold))
            style.setMargin(QgsLegendStyle.Side.Top, high * 0.32 * self.factor)
            item.setStyle(part, style)
        symbol = item.style(QgsLegendStyle.Style.Symbol)
        symbol.setMargin(QgsLegendStyle.Side.Top, high * 0.32 * self.factor)
        item.setStyle(QgsLegendStyle.Style.Symbol, symbol)

    def _headline(self, name: str, y: float, words: str, wide: float = _COLUMN) -> None:
        """Write the heading of a part of the column."""
        self._text(name, (_RIGHT, y, wide, 5.6), words, 9, True, "#ffffff", middle=True,
                   fill=_BLUE)  # fmt: skip

    def _format(self, size: float, bold: bool) -> QgsTextFormat:
        form = QgsTextFormat()
        form.setFont(self.page.font)
        form.setSize(size * self.factor)
        form.setForcedBold(bold)
        form.setColor(QColor(INK))
        return form

    def _text(self, name: str, box: Box, text: str, size: float = 8.0, *args: Any,
              **more: Any) -> None:  # fmt: skip
        self.page.text(name, self._box(box), text, size * self.factor, *args, **more)

    def _box(self, box: Box) -> Box:
        x, y, wide, high = (value * self.factor for value in box)
        return x, y, wide, high


class Legend:
    """What a legend lists: layers with their symbols; its note names those that are pale."""

    def __init__(
        self, keyed: Sequence[QgsVectorLayer], pale: Sequence[QgsVectorLayer], words: str
    ) -> None:
        self.keyed = keyed
        self.note = "\n".join(words.format(layer=layer.name()) for layer in pale)
        nodes = [len(layer.renderer().legendSymbolItems()) for layer in keyed]
        self.rows = min(sum(nodes), 60)

    def fill(self, item: QgsLayoutItemLegend) -> None:
        """Put the layers in, those of one symbol without a heading."""
        item.setAutoUpdateModel(False)
        root = item.model().rootGroup()
        root.clear()
        for layer in self.keyed:
            node = root.addLayer(layer)
            if len(layer.renderer().legendSymbolItems()) == 1:
                node.setCustomProperty("legend/title-style", "hidden")
            if layer.customProperty(LINE_ONLY):
                node.setPatchShape(_stroke())


def drive(item: QgsLayoutItemMap) -> None:
    """Let the atlas move a map, at the scale that stands in the sheet's row."""
    item.setAtlasDriven(True)
    item.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Fixed)
    item.dataDefinedProperties().setProperty(
        QgsLayoutObject.DataDefinedProperty.MapScale,
        QgsProperty.fromExpression("attribute(@atlas_feature, 'scale')"),
    )


def _stroke() -> QgsLegendPatchShape:
    """Show a border in the legend as the line it is."""
    flat = QgsGeometry.fromRect(QgsRectangle(0, 0, 1000, 1))
    return QgsLegendPatchShape(Qgis.SymbolType.Fill, flat, True)
