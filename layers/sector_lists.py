# SPDX-License-Identifier: GPL-2.0-or-later
"""Project lists: a department's table of what it will build, where, how large and when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .errors import InputError
from .measures import HECTARES, unit_name
from .schema import listed
from .sector_headers import ListHeader, find_list_header
from .sector_years import year_columns
from .sources import Source
from .tables import Table, cell_text, read_tables
from .texts import number_of
from .words import say

TEXTS = ("project", "name", "content", "standard", "use")
_TOTAL = re.compile(
    r"[(（]?(合计|小计|总计|共计|总和|累计|汇总|total|subtotal|sum)([)）(（:：,，\s\d].*)?"
    r"|.*(合计|小计|总计)",
    re.IGNORECASE,
)
_SECTION = re.compile(r"^([一二三四五六七八九十]+[、.．,，]|[(（][一二三四五六七八九十]+[)）])")
_FOOT = re.compile(r"^(注|备注|说明|填表|填报|制表|编制|审核|单位|联系|日期|note)[^a-z0-9]", re.I)
_NUMERAL = re.compile(r"[(（]?[一二三四五六七八九十]+[)）]?")
_MEASURES = "|".join(sorted(map(re.escape, HECTARES), key=len, reverse=True))
_MEASURED = re.compile(rf"([+-]?[\d.,，]+)\s*({_MEASURES})", re.IGNORECASE)
_BLANKS = ("", "-", "--", "—", "——", "/", "\\", "无", "n/a", "na")


@dataclass
class ProjectList:
    """A plan's project list as read.

    `rows` has the columns of TEXTS as text, listed_m2, start, end (floats, NaN unknown) and `row`,
    the line of the table. `doubts` are (project, label, sentence) on single rows; `lost` says
    which columns asked for are not there; `fields` maps ours to the headings found. `unit` is the
    unit that areas were taken in, and `assumed` says so where nothing states it. `heads` are all
    headings of the table.
    """

    rows: pd.DataFrame
    name: str
    doubts: list[tuple[str, str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    assumed: str = ""
    heads: str = ""


def read_list(source: Source, file: str, unit: str = "") -> ProjectList:
    """Read a project list; InputError where the file, its table or its project codes are not there.

    `unit` is the unit of its areas where the dossier gives it (a key of HECTARES): it goes before
    what headings or title say; what a single cell or a column of units says goes before all.

    Total rows, headings of sections and blank rows are left out. Of rows with one code the first
    counts, and the others are told: their areas are never added up silently.
    """
    table, header, lost = _pick(source, read_tables(source, file))
    if "project" not in header.columns:
        heads = _heads(table, header)
        reason = lost[0] if lost else say("layers.list_no_code", source=table.name, heads=heads)
        raise InputError("layers.sector_reason", reason=reason)
    rows = _rows(table, header)
    fields = dict(header.headings)
    out = ProjectList(rows, table.name, lost=lost, fields=fields, heads=_heads(table, header))
    _measure(out, header.factor, HECTARES.get(unit.lower()))
    _date(out)
    _single(out)
    return out


def _pick(source: Source, tables: list[Table]) -> tuple[Table, ListHeader, list[str]]:
    """Choose the one sheet that has a project list's header."""
    found = [(table, *find_list_header(table, source.fields)) for table in tables]
    fit = [(table, header, lost) for table, header, lost in found if header is not None]
    if len(fit) > 1:  # of several lists the one that has the columns asked for
        fit = [one for one in fit if not one[2]] or fit
    if len(fit) == 1:
        return fit[0]
    if fit:
        names = listed(table.name for table, *_ in fit)
        raise InputError("layers.list_which_sheet", source=source.label, sheets=names)
    heads = dict.fromkeys(
        cell_text(cell) for row in tables[0].rows[:3] for cell in row if cell_text(cell)
    )
    names = listed(table.name for table in tables)
    raise InputError("layers.list_no_header", source=names, heads=listed(heads))


def _heads(table: Table, header: ListHeader) -> str:
    cells = (cell_text(cell) for cell in table.rows[header.start - 1])
    return listed(dict.fromkeys(cell for cell in cells if cell))


def _rows(table: Table, header: ListHeader) -> pd.DataFrame:
    """Take the rows of projects out of a table, cells as they are."""
    kept: list[dict[str, Any]] = []
    head = {part for text in header.headings.values() for part in text.split("/")}
    for number, raw in enumerate(table.rows[header.start :], header.start + 1):
        texts = [cell_text(cell) for cell in raw]
        row = {
            ours: raw[index] if index < len(raw) else None for ours, index in header.columns.items()
        }
        if _is_project(texts, row, head):
            kept.append({**row, "row": number})
    columns = [*TEXTS, "area_ha", "unit", "start", "end", "row"]
    frame = pd.DataFrame(kept, columns=columns, dtype=object)
    for name in (*TEXTS, "unit"):
        frame[name] = pd.Series([cell_text(cell) for cell in frame[name]], dtype=object)
    return frame


def _is_project(texts: list[str], row: dict[str, Any], heads: set[str]) -> bool:
    """Tell whether a row is a project: not blank, no total, no heading once more, no footer."""
    filled = [text for text in texts if text]
    code, name = (cell_text(row.get(ours)) for ours in ("project", "name"))
    if not filled or not (code or name) or code in heads:
        return False
    if _FOOT.match(code or name) and len(set(filled)) == 1:
        return False
    told = [code] if code else [filled[0], name]
    if any(is_total(text) for text in told):
        return False
    return not _is_section(filled, code, name, row)


def is_total(text: str) -> bool:
    """Tell whether a cell says that its row is a sum: 合计, 小计, total."""
    return bool(_TOTAL.fullmatch("".join(text.split())))


def _is_section(filled: list[str], code: str, name: str, row: dict[str, Any]) -> bool:
    """Tell whether a row is a heading over others: 一、续建项目, alone or merged over columns."""
    said = {cell_text(row.get(ours)) for ours in ("area_ha", "start", "end")} - {"", code, name}
    if said or (code and name and code != name):
        return False
    merged = filled.count(code or name) > 2
    numbered = _NUMERAL.fullmatch(filled[0]) and (not code or code == name)
    return bool(merged or numbered or _SECTION.match(code or name))


def _measure(out: ProjectList, stated: float | None, given: float | None) -> None:
    """Turn areas into m2; what is no amount is told, and in which unit amounts were taken."""
    areas = np.full(len(out.rows), np.nan)
    general = given or stated
    factor, bare = general or 1.0, 0
    for index, (code, name, cell, unit, number) in enumerate(
        out.rows[["project", "name", "area_ha", "unit", "row"]].itertuples(index=False)
    ):
        text = cell_text(cell)
        own = HECTARES.get(unit.lower())
        amount = _amount(text, own or factor)
        if amount is not None:
            areas[index] = amount * 10_000
            bare += own is None and not _MEASURED.fullmatch(text.replace(" ", ""))
        elif text.lower() not in _BLANKS:
            message = say("layers.list_area", source=out.name, row=number, value=text)
            out.doubts.append((code, name, message))
    out.rows["listed_m2"] = areas
    out.rows = out.rows.drop(columns="unit")
    _tell_unit(out, stated, given, bare)


def _tell_unit(out: ProjectList, stated: float | None, given: float | None, bare: int) -> None:
    """Say which unit areas were taken in where no heading says, or says another than the dossier.

    `bare` counts the amounts that state no unit of their own.
    """
    out.unit = unit_name(given or stated or 1.0)
    heading = out.fields.get("area_ha", "")
    if bare and given is None and stated is None:
        out.assumed = say("layers.list_unit_assumed", source=out.name, heading=heading,
                          unit=out.unit, count=bare)  # fmt: skip
    if given is not None and stated is not None and given != stated:
        message = say("layers.list_unit_differs", source=out.name, heading=heading,
                      unit=out.unit, other=unit_name(stated))  # fmt: skip
        out.doubts.append(("", "", message))


def _amount(text: str, factor: float) -> float | None:
    """Read an amount in hectares, by the unit in the cell or else `factor`; None if it is none."""
    measured = _MEASURED.fullmatch(text.replace(" ", ""))
    if measured:
        text, factor = measured.group(1), HECTARES[measured.group(2).lower()]
    number = number_of(text)
    return number * factor if number >= 0 and not text.endswith("%") else None


def _date(out: ProjectList) -> None:
    start, end = (out.rows[name].to_numpy(dtype=object) for name in ("start", "end"))
    first, last, bad = year_columns(start, end)
    for index in np.flatnonzero(bad):
        code, name, number = out.rows[["project", "name", "row"]].iloc[index]
        value = listed(text for text in map(cell_text, (start[index], end[index])) if text)
        message = say("layers.list_year", source=out.name, row=number, value=value)
        out.doubts.append((code, name, message))
    out.rows["start"], out.rows["end"] = first, last


def _single(out: ProjectList) -> None:
    """Keep the first of the rows with one code; rows without a code stay, and are told."""
    codes = out.rows["project"]
    for code, name, number in out.rows.loc[codes == "", ["project", "name", "row"]].itertuples(
        index=False
    ):
        message = say("layers.list_code_blank", source=out.name, row=number)
        out.doubts.append((code, name, message))
    again = codes.duplicated() & (codes != "")
    for code in dict.fromkeys(codes[again]):
        group = out.rows[codes == code]
        lines = listed(str(number) for number in group["row"])
        message = say("layers.list_twice", source=out.name, code=code, rows=lines)
        out.doubts.append((code, str(group["name"].iloc[0]), message))
    out.rows = out.rows[~again].reset_index(drop=True)
