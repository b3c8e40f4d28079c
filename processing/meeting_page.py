# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands where on a map sheet of the joint meeting: A4 landscape, sizes in mm.

The map is 170 mm wide as in meeting.html, so both show the same ground at the same scale. All words
come from the sheet's row, which the engine wrote in the language of the papers.
"""

from __future__ import annotations

from typing import Any, Collection

from qgis.core import QgsLayoutItemMap, QgsVectorLayer
from qgis.PyQt.QtGui import QColor

from .layout_items import INK, Page
from .layout_sheets import MAP, OVERVIEW
from .meeting_symbols import LINES, backdrop, ground, here, side, zone

_LEFT, _TOP, _WIDE, _HIGH = 12.0, 21.0, 170.0, 125.8
_RIGHT, _COLUMN = 186.0, 99.0
_FACTS, _ROW = 10, 6.9
_UNDER = _TOP + _HIGH + 6.5
_BLUE, _HEAD, _RULE = "#24486b", "#eaf0f5", "#c9d0d6"


def fill_page(
    page: Page, maps: dict[str, list[Any]], kinds: Collection[str], whole: QgsVectorLayer
) -> None:
    """Put all items on the page; `kinds` are the layers that hold anything."""
    _title(page)
    map_ = _map(page, maps[MAP])
    _facts(page)
    _legend(page, kinds)
    _overview(page, maps[OVERVIEW], map_, whole)
    _way_out(page)
    _decision(page)
    foot = '[% "heading" %]　[% "county" %]'
    page.text("foot", (_LEFT, 200.5, 200, 4), foot, 6.5, colour="#5a646e")
    count = "[% @atlas_featurenumber %] / [% @atlas_totalfeatures %]"
    page.text("page", (235, 200.5, 50, 4), count, 6.5, colour="#5a646e", align="right")


def _title(page: Page) -> None:
    """Write number, kind, both sides, severity, place and size of the conflict."""
    page.text("number", (_LEFT, 10.5, 13, 7.5), '[% "number" %]', 13, True, "#ffffff", "centre",
              True, fill=_BLUE)  # fmt: skip
    page.text("rule", (27.5, 10.5, 48, 7.5), '[% "rule" %]', 10.5, True, middle=True)
    page.text("title", (76, 10.5, 106, 7.5), '[% "title" %]', 8.5, middle=True)
    words = '[% "severity_word" %]　[% "place" %]　[% "measure" %]'
    page.text("measure", (_RIGHT - 4, 10.5, _COLUMN + 4, 7.5), words, 9, True, align="right",
              middle=True)  # fmt: skip
    page.text("rule_line", (_LEFT, 18.7, 273, 0.5), "", fill=_BLUE)


def _map(page: Page, layers: list[Any]) -> QgsLayoutItemMap:
    """Put in the map, north arrow, scale bar, and the note of a conflict without a place."""
    box = (_LEFT, _TOP, _WIDE, _HIGH)
    map_ = page.map(MAP, box, layers)
    map_.setAtlasDriven(True)
    map_.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Auto)
    map_.setAtlasMargin(0.0)
    page.north("north", (_LEFT + _WIDE - 12, _TOP + 2, 10, 12), map_)
    page.bar("bar", (_LEFT + 2, _TOP + _HIGH - 11.5, 40, 10), map_, "m")
    note = page.text("note", (_LEFT + 30, _TOP + 3, 110, 6), '[% "note" %]', 9, True, "#6b6b6b",
                     "centre", True, fill="#ffffff")  # fmt: skip
    page.only_where(note, "\"note\" <> ''")
    scale = page.text("scale", (_LEFT, _TOP + _HIGH + 1, 80, 4),
                      '[% "scale" %]', 7, colour="#5a646e")  # fmt: skip
    page.only_where(scale, '"located" = 1')
    page.text("crs", (_LEFT + 80, _TOP + _HIGH + 1, _WIDE - 80, 4), '[% "crs" %]', 7,
              colour="#5a646e", align="right")  # fmt: skip
    return map_


def _facts(page: Page) -> None:
    """Write the facts of both sides beside one another, a row a fact."""
    head = 18.0
    half = (_COLUMN - head) / 2
    page.text("facts_head", (_RIGHT, _TOP, head, 5.2), "", frame=_RULE, fill=_HEAD)
    for place, letter in enumerate("ab"):
        words = f'[% left("side_{letter}", 1) %]'
        box = (_RIGHT + head + place * half, _TOP, half, 5.2)
        page.text(f"side_{letter}", box, words, 8, True, align="centre", middle=True, frame=_RULE,
                  fill=_HEAD)  # fmt: skip
    for row in range(_FACTS):
        y = _TOP + 5.2 + row * _ROW
        cells = (("names", 0.0, head), ("values_a", head, half), ("values_b", head + half, half))
        for name, x, wide in cells:
            text = f"[% array_get(string_to_array(\"{name}\", '\\n'), {row}) %]"
            item = page.text(
                f"{name}_{row + 1}", (_RIGHT + x, y, wide, _ROW), text, 6.8, name == "names",
                middle=True, frame=_RULE, fill=_HEAD if name == "names" else "#ffffff",
            )  # fmt: skip
            there = f"array_length(string_to_array(\"names\", '\\n')) > {row}"
            page.only_where(item, there)


def _legend(page: Page, kinds: Collection[str]) -> None:
    """Explain what the map draws; the two sides in their plans' colours."""
    top = _TOP + 5.2 + _FACTS * _ROW + 2.5
    keys: list[tuple[str, Any, str]] = [
        ("subject", side("subject", '"colour_a"'), '"side_a"'),
        ("object", side("object", '"colour_b"'), '"side_b"'),
    ]
    more = ("conflict", "unit", "site", "far", "near")
    keys += [(kind, ground(kind), f'"word_legend_{kind}"') for kind in more]
    keys += [("asking", side("asking", "'#e0a25a'"), '"word_legend_asking"')]
    keys += [("zone", zone('"colour_zone"'), '"word_legend_zone"')]
    lines = ("farmland", "reserve", *LINES)
    keys += [(kind, backdrop(kind), f'"word_{kind}"') for kind in lines if kind in kinds]
    shown = 'string_to_array("shown")'
    for place, (kind, symbol, words) in enumerate(keys):
        y = top + place * 4.3
        key = page.shape(f"key_{kind}", (_RIGHT + 0.5, y + 0.4, 6.5, 3.2), symbol)
        label = page.text(f"legend_{kind}", (_RIGHT + 8.5, y, 46, 4), f"[% {words} %]", 6.5,
                          middle=True)  # fmt: skip
        line = f"{top} + 4.3 * array_find({shown}, '{kind}')"
        page.slide(key, f"{line} + 0.4")
        page.slide(label, line)
        for item in (key, label):
            page.only_where(item, f"array_contains({shown}, '{kind}')")


def _overview(page: Page, layers: list[Any], map_: QgsLayoutItemMap, whole: QgsVectorLayer) -> None:
    """Show where in the county the map lies."""
    item = page.map(OVERVIEW, (_RIGHT + 56, _TOP + 5.2 + _FACTS * _ROW + 2.5, 43, 31.8), layers)
    extent = whole.extent()
    extent.scale(1.08)
    item.zoomToExtent(extent)
    item.setFrameStrokeColor(QColor(_RULE))
    item.overview().setLinkedMap(map_)
    item.overview().setFrameSymbol(here())
    page.only_where(item, '"located" = 1')  # the map itself shows the county then


def _way_out(page: Page) -> None:
    """Say what is wrong and what can be done."""
    box = (_LEFT, _UNDER, _WIDE, 198 - _UNDER)
    page.text("way_box", box, "", frame=_RULE)
    page.text("way_head", (box[0] + 2, box[1] + 1, 60, 4.5), '[% "word_way" %]', 8, True, _BLUE)
    words = "[% array_to_string(array_filter(array(\"message\", \"way\", \"basis\"), " \
        "@element <> ''), '\\n') %]"  # fmt: skip
    page.text("way", (box[0] + 2, box[1] + 6, _WIDE - 4, box[3] - 7), words, 7.5)


def _decision(page: Page) -> None:
    """Leave room for what the meeting decides; say what was decided so far."""
    box = (_RIGHT, _UNDER, _COLUMN, 198 - _UNDER)
    page.text("decision_box", box, "", frame=INK)
    page.text("decision_head", (box[0] + 2, box[1] + 1, 60, 4.5), '[% "word_decision" %]', 8, True,
              _BLUE)  # fmt: skip
    page.text("so_far", (box[0] + 2, box[1] + 6, _COLUMN - 4, 10.5), '[% "so_far" %]', 7)
    page.text("choices", (box[0] + 2, box[1] + 17, _COLUMN - 4, 10), '[% "choices" %]', 7.5)
    y = box[1] + box[3] - 6
    for place, name in enumerate(("sign", "day")):
        x = box[0] + 2 + place * 49
        page.text(f"{name}_line", (x, y, 46, 0.2), "", fill=INK)
        page.text(name, (x, y + 0.8, 46, 4), f'[% "word_{name}" %]', 6.5, colour="#5a646e")
