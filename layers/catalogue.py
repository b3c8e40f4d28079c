# SPDX-License-Identifier: GPL-2.0-or-later
"""The catalogue of sector plans: a table with a row a plan, in place of the dossier's list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping

from .errors import InputError
from .schema import LAYOUT_FIELDS, PROJECT_FIELDS, SECTOR, checked, listed
from .sector_lists import is_total
from .sources import SectorSource, Source, sector_sources
from .tables import Table, cell_text, read_tables
from .words import say

_PLAN = {
    "id": "id 编号 标识 规划编号 规划标识 代号 代码",
    "name": "name 规划名称 专项规划 专项规划名称 名称",
    "department": "department 主管部门 部门 牵头部门 责任部门 编制部门",
    "colour": "colour color 颜色 色彩 显示颜色",
    "layout.path": "layout_file layout file 布局图文件 布局图 布局文件 文件",
    "layout.layer": "layout_layer layer 布局图图层 图层 图层名 图层名称",
    "layout.filter": "layout_filter filter 布局图筛选 筛选 筛选条件",
    "layout.width_m": "width width_m 宽度 宽度米 宽度字段 宽度或字段",
    "projects.path": "projects_file project_file projects 项目库文件 项目库 项目库文件名",
    "projects.layer": "projects_sheet project_sheet sheet projects_layer 项目库表 项目库工作表 "
    "工作表 项目库图层",
    "projects.filter": "projects_filter 项目库筛选",
    "projects.unit": "projects_unit area_unit unit 面积单位 项目库单位 项目库面积单位 用地面积单位",
}  # fmt: skip
_FIELD = {
    "project": "project 项目编号 项目代码 项目编码 编号 代码",
    "name": "name 项目名称 名称",
    "use": "use 用地代码 用地类别 用地性质 用地用海代码 用途",
    "start": "start 开工年 开工年份 开始年 开始年份 起始年 起始年份",
    "end": "end 完工年 完工年份 竣工年 竣工年份 结束年 结束年份",
    "content": "content 建设内容",
    "standard": "standard 建设标准",
    "area_ha": "area_ha area 用地面积 用地规模 面积",
}
_OF_LIST = ("项目库字段", "项目库", "projects_", "project_list_", "list_")
_OF_LAYOUT = ("布局图字段", "布局图", "layout_")
_IGNORED = ("序号", "备注", "说明", "no", "remark", "remarks", "note", "notes")
_NOTE = re.compile(r"^(注|备注|说明|note)", re.IGNORECASE)
_REMARK = re.compile(r"[(（\[【].*?[)）\]】]")
_ALIKE = 0.6  # headings alike by more than this may be a slip of the pen
_JUNK = re.compile(r"[\s_\-:：/*＊()（）\[\]【】]+")


def _bare(heading: str) -> str:
    return _JUNK.sub("", heading).lower()


def _field_words(field: str, prefixes: tuple[str, ...], alone: bool) -> Iterator[str]:
    """Give the headings of a field: 项目库字段：用地面积, use field, use_field, 用地代码字段."""
    for word in _FIELD[field].split():
        for before in prefixes:
            yield before + word
            yield f"{before}{word}字段"
            yield f"{before}{word}_field"
        if alone:
            yield f"{word}字段"
            yield f"{word}_field"


def _vocabulary() -> dict[str, tuple[str, str]]:
    """Map each heading known, bare, to the key of a plan's entry and the heading as written."""
    out: dict[str, tuple[str, str]] = {}
    for key, words in _PLAN.items():
        for word in words.split():
            out.setdefault(_bare(word), (key, word))
    for field in LAYOUT_FIELDS:
        for word in _field_words(field, _OF_LAYOUT, alone=True):
            out.setdefault(_bare(word), (f"layout.fields.{field}", word))
    for field in PROJECT_FIELDS:
        for word in _field_words(field, _OF_LIST, alone=False):
            out.setdefault(_bare(word), (f"projects.fields.{field}", word))
    return out


HEADINGS = _vocabulary()


@dataclass(frozen=True)
class _Sheet:
    """A table that is a catalogue: where its rows start, and the key of each column."""

    table: Table
    start: int
    keys: Mapping[int, str]
    remarks: tuple[tuple[str, str], ...] = ()

    @property
    def nameless(self) -> bool:
        """Tell whether plans have no ids of their own."""
        return "id" not in self.keys.values()


def read_catalogue(
    source: Source, file: str, base: Path
) -> tuple[tuple[SectorSource, ...], tuple[tuple[str, str], ...]]:
    """Read the sector plans a catalogue lists, and remarks; paths in it are relative to it.

    Those in a table of a database are relative to `base`, the dossier's folder.

    A row without an id or a value that does not fit is an InputError naming file, sheet and row. A
    blank cell counts as not given: the fields are recognised then. Rows of totals are left out. A
    column of which the heading is not known is left out and told, and so is that ids were taken
    from the names where there is no column of ids: the second value has severity and sentence.
    """
    sheet = _pick(source, read_tables(source, file))
    entries = []
    for number, cells in enumerate(sheet.table.rows[sheet.start :], sheet.start + 1):
        texts = [cell_text(cell) for cell in cells]
        if _is_plan(texts, sheet.keys):
            place = say("layers.catalogue_row", row=number)
            entry = _entry(texts, sheet.keys)
            if sheet.nameless and entry.get("name"):
                entry = {"id": entry["name"], **entry}
            entries.append((place, checked(entry, SECTOR, sheet.table.name, place)))
    if not entries:
        raise InputError("layers.catalogue_empty", source=sheet.table.name)
    base = base if source.is_connection else Path(source.path).parent
    return sector_sources(entries, base, sheet.table.name), sheet.remarks


def _entry(texts: list[str], keys: Mapping[int, str]) -> dict[str, Any]:
    """Make of a row what the dossier's list would hold."""
    out: dict[str, Any] = {}
    for index, key in keys.items():
        if index >= len(texts) or not texts[index]:
            continue
        inner = out
        *above, last = key.split(".")
        for part in above:
            inner = inner.setdefault(part, {})
        inner[last] = texts[index]
    return out


def _pick(source: Source, tables: list[Table]) -> _Sheet:
    """Choose the one sheet that has a catalogue's headings."""
    found = [sheet for sheet in map(_sheet, tables) if sheet]
    found = [sheet for sheet in found if not sheet.nameless] or found
    if len(found) == 1:
        return found[0]
    if found:
        names = listed(sheet.table.name for sheet in found)
        raise InputError("layers.catalogue_which", source=source.label, sheets=names)
    heads = dict.fromkeys(
        cell_text(cell) for row in tables[0].rows[:3] for cell in row if cell_text(cell)
    )
    names = listed(table.name for table in tables)
    raise InputError("layers.catalogue_header", source=names, heads=listed(heads))


def _sheet(table: Table) -> _Sheet | None:
    """Find the headings, in one row or under group headings; None where there are none.

    A catalogue has a column for ids, or else for names, and one for a file.
    """
    rows = [[cell_text(cell) for cell in row] for row in table.rows[:10]]
    for top in range(len(rows)):
        if not any(_key([cell]) for cell in rows[top]):  # a title
            continue
        for depth in (1, 2):
            heads = rows[top : top + depth]
            keys = [_key(parts) for parts in zip_longest(*heads, fillvalue="")]
            if {"id", "name"} & set(keys) and ("layout.path" in keys or "projects.path" in keys):
                if depth == 1 and top + 1 < len(rows) and _go_on(rows[top], rows[top + 1]):
                    continue
                return _Sheet(table, top + depth, *_columns(table, top + depth, heads))
    return None


def _go_on(upper: list[str], lower: list[str]) -> bool:
    """Tell whether a row is more headings: all it says anew are words of the catalogue."""
    pairs = zip_longest(upper, lower, fillvalue="")
    fresh = [(head, cell) for head, cell in pairs if cell and cell != head]
    known = [{_bare(cell), _bare(head + cell)} & HEADINGS.keys() for head, cell in fresh]
    return bool(fresh) and all(known)


def _key(parts: Iterable[str]) -> str:
    """Give the key that a column's headings, top down, stand for; "" where they are not known."""
    texts = list(dict.fromkeys(part for part in parts if part))
    for text in ("".join(texts), *reversed(texts)):
        for bare in (_bare(text), _bare(_REMARK.sub("", text))):
            if bare in HEADINGS:
                return HEADINGS[bare][0]
    return ""


def _columns(
    table: Table, row: int, heads: list[list[str]]
) -> tuple[dict[int, str], tuple[tuple[str, str], ...]]:
    """Give each column its key, and remarks; a heading that stands twice is an InputError."""
    keys: dict[int, str] = {}
    remarks: list[tuple[str, str]] = []
    for index, parts in enumerate(zip_longest(*heads, fillvalue="")):
        text = "/".join(dict.fromkeys(part for part in parts if part))
        key = _key(parts)
        if not text or any(_bare(part) in _IGNORED for part in parts):
            continue
        if not key:
            remarks.append(_left_out(table, row, text))
            continue
        if key in keys.values():
            raise InputError(
                "layers.catalogue_twice", source=table.name, row=row, heading=text, entry=key
            )
        keys[index] = key
    if "id" not in keys.values():
        remarks.append(("info", say("layers.catalogue_no_id", source=table.name)))
    return keys, tuple(remarks)


def _left_out(table: Table, row: int, text: str) -> tuple[str, str]:
    """Say that a column is left out; a warning where it may be one of ours, spelt otherwise."""
    close = get_close_matches(_bare(text), HEADINGS, n=1, cutoff=_ALIKE)
    told = {"source": table.name, "row": row, "heading": text}
    if close:
        near = HEADINGS[close[0]][1]
        return "warning", say("layers.catalogue_heading", near=near, **told)
    return "info", say("layers.catalogue_extra", **told)


def _is_plan(texts: list[str], keys: Mapping[int, str]) -> bool:
    """Tell whether a row is a plan: not blank, no total, no note that runs over all columns."""
    filled = [text for text in texts if text]
    mine = {key: texts[index] for index, key in keys.items() if index < len(texts)}
    if not any(mine.values()):
        return False
    if any(is_total(text) for text in (filled[0], mine.get("id", ""), mine.get("name", ""))):
        return False
    return not (len(set(filled)) == 1 and (len(filled) > 2 or _NOTE.match(filled[0])))
