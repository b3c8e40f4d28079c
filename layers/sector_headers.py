# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of layouts and project lists, under the names that departments give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable, Mapping

import numpy as np

from .headers import bare_heading, factor_in_headings, titled_factor
from .schema import listed, nearest_first
from .tables import Table, cell_text
from .texts import number_of
from .words import say

_WORDS = {
    "project": "project project_id project_code xmbh xmdm xmbm xmid xm_bh 项目编号 项目代码 "
    "项目编码 项目序号 项目号 编号 代码",
    "name": "name project_name xmmc xm_mc 项目名称 工程名称 建设项目名称 建设项目 项目 名称",
    "content": "content jsnr jsgm 建设内容 建设内容及规模 建设规模及内容 建设规模及主要内容 "
    "主要建设内容 建设规模",
    "standard": "standard jsbz jsdj 建设标准 标准 技术标准 建设等级 技术等级 等级",
    "area_ha": "area_ha area ydmj ydgm zdmj 用地面积 用地规模 总用地面积 项目用地面积 占地面积 "
    "用地总规模 拟用地面积 拟用地规模 用地需求 用地需求面积 用地 面积",
    "start": "start start_year ksnd ksnf kgnd kgnf kssj kgsj 开工年份 开工年度 开工年 开工时间 "
    "拟开工年份 拟开工时间 计划开工年份 计划开工时间 开始年份 开始年度 开始年 开始时间 起始年份 "
    "起始年度 起始年 起始时间 建设起年 建设起始年 建设年份 建设年限 建设时序 建设期限 建设时间 "
    "建设期 实施年限 实施时间 开工 起始 开始 起",
    "end": "end end_year jsnd jsnf jssj wgnd wgnf wgsj jgnd jgnf jgsj 完工年份 完工年度 完工年 "
    "完工时间 竣工年份 竣工年度 竣工年 竣工时间 拟竣工年份 拟完工年份 计划竣工年份 计划完工年份 "
    "计划竣工时间 计划完工时间 结束年份 结束年度 结束年 结束时间 终止年份 建成年份 建成年 "
    "建成时间 建设止年 建设结束年 竣工 完工 结束 终止 完成 止",
    "unit": "unit_of_measure 计量单位 面积单位 用地单位 单位",
    "use": "use land_use yddm ydlb ydlbdm ydfldm ydxz ghdlbm ghdldm ghyd ydyhfldm 用地代码 "
    "用地分类代码 用地类别 用地类型 用地性质 用地分类 规划用地代码 规划用途 用途 地类代码 "
    "用地用海分类代码",
}  # fmt: skip
ALIASES = {ours: words.split() for ours, words in _WORDS.items()}
_YEARS = range(1950, 2100)
_REMARK = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：]")  # 项目编号（必填）*


@dataclass(frozen=True)
class ListHeader:
    """Where the rows of a table start, the column and heading of each field.

    `factor` is hectares per unit of the column of areas, None where no heading and no title says.
    """

    start: int
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    factor: float | None


def recognised(names: Iterable[str], wanted: Iterable[str]) -> dict[str, str]:
    """Map fields to those of the names that usually mean them; the likelier name goes first."""
    bare = {_bare(name): name for name in reversed(list(names))}
    out: dict[str, str] = {}
    for ours in wanted:
        found = next((bare[word] for word in ALIASES[ours] if word in bare), "")
        if found and found not in out.values():
            out[ours] = found
    return out


def find_list_header(
    table: Table, fields: Mapping[str, str], aliases: Mapping[str, list[str]] = ALIASES
) -> tuple[ListHeader | None, list[str]]:
    """Find a table's header in its first rows, one row or up to three with group headings.

    `fields` are names given for columns, and go before any guess; a column guessed is one that
    none is given for. Also gives a sentence for each name given that no heading bears.
    """
    rows = [[cell_text(cell) for cell in row] for row in table.rows[:20]]
    best: tuple[int, ListHeader] | None = None
    for top in range(len(rows)):
        for depth in (3, 2, 1):
            heads = rows[top : top + depth]
            if len(heads) == depth and _may_be_header(heads, fields, aliases):
                header = _header(rows, top, depth, fields, aliases)
                if best is None or len(header.columns) > best[0]:
                    best = len(header.columns), header
    if best is None or best[0] < 2:
        return None, []
    header = best[1]
    lost = [ours for ours in fields if ours not in header.columns]
    heads = rows[max(0, header.start - 3) : header.start]
    names = list(dict.fromkeys(cell for row in heads for cell in row if cell))
    return header, [
        say("layers.no_field", source=table.name, field=fields[ours], entry=ours,
            fields=listed(nearest_first(fields[ours], names)))
        for ours in lost
    ]  # fmt: skip


def _may_be_header(
    heads: list[list[str]], fields: Mapping[str, str], aliases: Mapping[str, list[str]]
) -> bool:
    """Tell whether these rows are headings: no numbers, and each has a known word of its own.

    Years may stand among them: 分年度投资 over 2026, 2027, 2028. A lower row may hold units alone.
    """
    above: list[str] = []
    for row in heads:
        numbers = [number_of(cell) for cell in row]
        if any(not (np.isnan(one) or one in _YEARS) for one in numbers):
            return False
        fresh = {i: cell for i, cell in enumerate(row) if cell and [cell] != above[i : i + 1]}
        known = any(_meaning([cell], fields, aliases) for cell in fresh.values())
        if not known and not _are_units(fresh, above, fields, aliases):
            return False
        above = row
    return True


def _are_units(
    cells: Mapping[int, str],
    above: list[str],
    fields: Mapping[str, str],
    aliases: Mapping[str, list[str]],
) -> bool:
    """Tell whether cells are units under headings: one of area, and none under code or name."""
    heads = {i: _meaning(above[i : i + 1], fields, aliases) for i in cells}
    under = {found[0] for found in heads.values() if found}
    measured = any(factor_in_headings([cell]) is not None for cell in cells.values())
    return bool(above) and measured and not under & {"project", "name", "unit"}


def _header(
    rows: list[list[str]],
    top: int,
    depth: int,
    fields: Mapping[str, str],
    aliases: Mapping[str, list[str]],
) -> ListHeader:
    """Read these rows as a header; group headings reach over the blanks to their right."""
    width = max(len(row) for row in rows)
    heads = [row + [""] * (width - len(row)) for row in rows[top : top + depth]]
    for upper, lower in zip(heads, heads[1:]):
        for index in range(1, width):
            if not upper[index] and lower[index]:
                upper[index] = upper[index - 1]
    found: dict[str, tuple[int, int]] = {}
    factors: dict[int, float] = {}
    texts: dict[int, str] = {}
    for index in range(width):
        parts = list(dict.fromkeys(row[index] for row in heads if row[index]))
        texts[index] = "/".join(parts)
        meaning = _meaning(parts, fields, aliases)
        if meaning and (meaning[0] not in found or meaning[1] < found[meaning[0]][0]):
            found[meaning[0]] = meaning[1], index
        stated = factor_in_headings(parts)
        if stated is not None:
            factors[index] = stated
    columns = {ours: found[ours][1] for ours in aliases if ours in found}
    factor = factors.get(columns.get("area_ha", -1), titled_factor(rows[: top + depth]))
    headings = {ours: texts[index] for ours, index in columns.items()}
    return ListHeader(top + depth, columns, headings, factor)


def _meaning(
    parts: list[str], fields: Mapping[str, str], aliases: Mapping[str, list[str]]
) -> tuple[str, int] | None:
    """Give the field that headings (top down) mean and how far the guess reaches, 0 being sure."""
    for ours, name in fields.items():
        if any(part == name or part.lower() == name.lower() for part in parts):
            return ours, 0
    whole = ["".join(parts)] if len(parts) > 1 else []  # 用地 above 代码
    for level, part in enumerate([*whole, *reversed(parts)]):
        bare = _bare(part)
        for ours, words in aliases.items():
            stated = ours == "unit" and factor_in_headings([part]) is not None  # 单位：亩
            if ours not in fields and bare in words and not stated:
                return ours, 1 + 100 * level + words.index(bare)
    return None


def _bare(heading: str) -> str:
    """Take units, remarks in brackets, stars, blanks and case from a heading."""
    return re.sub(r"\s+", "", _REMARK.sub("", bare_heading(heading))).lower()
