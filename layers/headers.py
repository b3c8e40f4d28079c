# SPDX-License-Identifier: GPL-2.0-or-later
"""The header of a quota table, as institutes write it: found, and its columns understood."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Mapping, Sequence

import numpy as np

from .errors import InputError
from .measures import HECTARES
from .schema import listed, nearest_first
from .tables import Table, cell_text
from .texts import number_of

if TYPE_CHECKING:
    from .standard import Indicator

_WORDS = {
    "code": "unit code unit_code 单位代码 行政区代码 行政区划代码 政区代码 片区代码 单元代码 "
    "乡镇代码 村代码 代码 编码",
    "unit": "name unit_name 单位 单位名称 行政区 行政区名称 政区 片区 片区名称 单元 单元名称 乡镇 "
    "镇街 乡镇名称 村 村名 村名称 行政村 地区 区域 区划 名称",
    "indicator": "indicator indicator_id 指标 指标名称 指标项 约束性指标 规划指标 指标类型 "
    "指标类别 指标代码",
    "quota": "quota_ha quota target 控制数 规划控制数 指标控制数 任务数 "
    "指标值 下达指标 下达指标值 下达值 规划指标值 规划指标 规划目标 "
    "目标值 规划目标值 约束值 指标数 规划值 指标规模 规模 面积 指标 指标面积",
    "reserve": "reserve_ha reserve 预留指标 机动指标 预留 机动 预留机动指标 留白指标 留白",
    "level": "level 层级 级别 单位层级 行政层级",
    "measure": "unit_of_measure 计量单位 面积单位",
}  # fmt: skip
ROLE_OF = {role: words.split() for role, words in _WORDS.items()}
_BESIDES = re.compile(  # columns beside the quotas: the base, shares, changes, remarks
    "现状|基期|基数|备注|说明|占比|比例|变化|增减|完成|^base|remark|^note|share|change|%"
)
_FIELD_ROLE = {"unit": "code", "indicator": "indicator", "quota_ha": "quota",
               "reserve_ha": "reserve", "level": "level"}  # fmt: skip
_MEASURE = "|".join(re.escape(name) for name in HECTARES)
_IN_BRACKETS = re.compile(rf"[(（\[【]\s*(?:单位[:：])?\s*({_MEASURE})\s*[)）\]】]", re.IGNORECASE)
_AT_END = re.compile(  # 用地面积/亩, 用地规模 公顷, 用地面积亩
    rf"(?:[_/,，、:：]\s*|\s+|(?<=[积模求]))({_MEASURE})$", re.IGNORECASE
)
_AMOUNT = re.compile(
    "(?:保护|控制|管控)?(?:面积|规模)$"
)  # what an indicator is often named without
_COUNTING = re.compile("序号|编号|顺序|^no$|^id$|人口|年")
_ANYWHERE = re.compile(rf"单位\s*[:：]\s*({_MEASURE})", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column: its role, the indicator it is of (wide tables), hectares per its unit."""

    role: str
    indicator: str = ""
    factor: float | None = None


@dataclass(frozen=True)
class Header:
    """Where the rows start, what the columns are, and hectares per unit where none is stated.

    `unread` are the headings of columns that may hold quotas but say nothing to us.
    """

    start: int
    columns: Mapping[int, Column]
    factor: float
    unread: Mapping[int, str] = field(default_factory=dict)

    def of(self, role: str) -> list[int]:
        """List the columns of a role."""
        return [index for index, column in self.columns.items() if column.role == role]

    @property
    def wide(self) -> bool:
        """Tell whether the indicators are columns, a row a unit."""
        return any(column.indicator for column in self.columns.values())

    @property
    def complete(self) -> bool:
        """Tell whether unit, indicator and quota can be had."""
        unit = self.of("code") or self.of("unit")
        return bool(unit and self.of("quota") and (self.wide or self.of("indicator")))


def indicator_names(indicators: Sequence[Indicator]) -> dict[str, str]:
    """Map ids and names in both languages, blanks and case aside, to the indicator's id.

    A name's last word for an amount may be left out (永久基本农田 for 永久基本农田保护面积), where
    what is left is no other indicator's.
    """
    names = {
        bare_heading(word): one.id
        for one in reversed(indicators)
        for word in (one.name_zh, one.name_en, one.id)
        if word
    }
    short = [(_AMOUNT.sub("", name), id_) for name, id_ in names.items()]
    meant = {stem: {id_ for other, id_ in short if other == stem} for stem, _ in short if stem}
    return {stem: next(iter(ids)) for stem, ids in meant.items() if len(ids) == 1} | names


def find_header(
    table: Table, indicators: Mapping[str, str], fields: Mapping[str, str]
) -> Header | None:
    """Find the header in the first rows: one row, or two with group headings above.

    `fields` are names the dossier gives for columns; they go before any guess.
    """
    rows = [[cell_text(cell) for cell in row] for row in table.rows[:20]]
    named = {name: _FIELD_ROLE[ours] for ours, name in fields.items() if ours in _FIELD_ROLE}
    reader = _Reader(rows, indicators, named)
    for top in range(len(rows)):
        for depth in (3, 2, 1):
            if reader.may_be_header(top, depth):
                header = reader.header(top, depth)
                if header.complete:
                    return header
    if fields and any(any(row) for row in rows):
        _check_fields(table, rows, fields)
    return None


def _check_fields(table: Table, rows: list[list[str]], fields: Mapping[str, str]) -> None:
    cells = list(dict.fromkeys(cell for row in rows for cell in row if cell))
    for ours, wanted in fields.items():
        if wanted not in cells:
            near = listed(nearest_first(wanted, cells))
            raise InputError(
                "layers.no_field", source=table.name, field=wanted, entry=ours, fields=near
            )


@dataclass(frozen=True)
class _Reader:
    """Tries rows of cells as a header."""

    rows: list[list[str]]
    indicators: Mapping[str, str]
    named: Mapping[str, str]

    def may_be_header(self, top: int, depth: int) -> bool:
        """Tell whether these rows look like headings: known words, no numbers, no unit's name."""
        if top + depth > len(self.rows):
            return False
        for level in range(top, top + depth):
            row = self.rows[level]
            if any(not np.isnan(number_of(cell)) for cell in row):
                return False
            above = self.rows[level - 1] if level > top else []
            fresh = [cell for i, cell in enumerate(row) if cell and [cell] != above[i : i + 1]]
            units = above and any(factor_in_headings([cell]) is not None for cell in fresh)
            if not units and not any(self._known(cell) for cell in fresh):
                return False
            if above and not self._units_go_on(row, above):
                return False
        return True

    def _units_go_on(self, row: list[str], above: list[str]) -> bool:
        """Tell whether a lower row names no unit: there the first data row begins."""
        for index, cell in enumerate(row):
            head = above[index] if index < len(above) else ""
            column = _column([head], self.indicators, self.named) if head else None
            if column is None or column.role not in ("code", "unit") or column.indicator:
                continue
            if cell and cell != head and not self._known(cell):
                return False
        return True

    def _known(self, cell: str) -> bool:
        return _column([cell], self.indicators, self.named) is not None

    def header(self, top: int, depth: int) -> Header:
        """Read these rows as a header; group headings reach over the blanks to their right."""
        width = max(len(row) for row in self.rows)
        heads = [row + [""] * (width - len(row)) for row in self.rows[top : top + depth]]
        for upper, lower in zip(heads, heads[1:]):
            for index in range(1, width):
                if not upper[index] and lower[index]:
                    upper[index] = upper[index - 1]
        columns: dict[int, Column] = {}
        unread: dict[int, str] = {}
        for index in range(width):
            parts = list(dict.fromkeys(row[index] for row in heads if row[index]))
            column = _column(parts, self.indicators, self.named)
            if column is not None:
                columns[index] = column
            if parts and _may_be_quota(parts, column):
                unread[index] = " ".join(parts)
        return Header(top + depth, columns, stated_factor(self.rows[: top + depth]), unread)


def stated_factor(rows: Sequence[Sequence[str]]) -> float:
    """Give hectares per the unit that a table's title states (单位：亩); 1 where it states none."""
    found = titled_factor(rows)
    return 1.0 if found is None else found


def titled_factor(rows: Sequence[Sequence[str]]) -> float | None:
    """Give hectares per the unit that a table's title states (单位：亩); None where it has none."""
    stated = _ANYWHERE.search(" ".join(cell for row in rows for cell in row))
    return HECTARES[stated.group(1).lower()] if stated else None


def _column(
    parts: list[str], indicators: Mapping[str, str], named: Mapping[str, str]
) -> Column | None:
    """Understand a column from its headings, top down; None if it says nothing to us."""
    for part in parts:
        if part in named:
            return Column(named[part], "", factor_in_headings(parts))
    factor = factor_in_headings(parts)
    bare = [bare_heading(part) for part in parts]
    if any(_BESIDES.search(word) for word in bare[-1:]):
        return None
    found = next((indicators[word] for word in reversed(bare) if word in indicators), "")
    roles = [_role(word, factor is not None) for word in reversed(bare)]
    role = next((one for one in roles if one), "")
    if found:
        return Column("reserve" if "reserve" in roles else "quota", found, factor)
    return Column(role, "", factor) if role else None


def _may_be_quota(parts: list[str], column: Column | None) -> bool:
    """Tell whether a column of a wide table could hold quotas of an indicator we don't know."""
    if column is not None:
        return column.role == "quota" and not column.indicator
    bare = [bare_heading(part) for part in parts]
    return not (_COUNTING.search(bare[0]) or any(_BESIDES.search(one) for one in bare))


def _role(word: str, measured: bool) -> str:
    """Give a heading's role; with a unit of area behind it, it is about an amount."""
    order = ("quota", "reserve") if measured else tuple(ROLE_OF)
    return next((role for role in order if word in ROLE_OF[role]), "")


def factor_in_headings(parts: Sequence[str]) -> float | None:
    """Give hectares per unit where a heading states one, the lowest heading first; else None."""
    for part in reversed(parts):
        alone = factor_of(re.sub(r"[\s()（）\[\]【】]|单位[:：]?", "", part))
        if alone is not None:  # 亩 in a row of its own, under 用地规模
            return alone
        hit = _IN_BRACKETS.search(part) or _AT_END.search(part)
        if hit:
            return HECTARES[hit.group(1).lower()]
    return None


def bare_heading(text: str) -> str:
    """Take blanks, brackets with a unit of area and case from a heading."""
    text = _IN_BRACKETS.sub("", text)
    if text.lower() not in ROLE_OF["quota"] + ROLE_OF["reserve"]:  # quota_ha stays whole
        text = _AT_END.sub("", text)
    return re.sub(r"\s+", "", text).lower()


def factor_of(cell: Any) -> float | None:
    """Give hectares per unit for a cell that names a unit of area, else None."""
    return HECTARES.get(cell_text(cell).lower())
