# SPDX-License-Identifier: GPL-2.0-or-later
"""The quotas handed down to each unit, read from the table an institute keeps them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterable, Iterator

import numpy as np
import pandas as pd

from .errors import InputError
from .headers import Header, factor_of, find_header, indicator_names
from .model import UnitTree
from .notes import Notes
from .schema import listed, nearest_first
from .sources import Source
from .tables import Table, cell_text, read_tables
from .texts import number_of
from .units import units_of
from .words import say

if TYPE_CHECKING:
    from .standard import Standard

COLUMNS = ("level", "unit", "indicator", "quota_ha", "reserve_ha")
_LEVEL_WORDS = {
    "county": ("county", "县", "县级", "区县", "区县级", "全县", "市县"),
    "cluster": ("cluster", "片区", "片区级"),
    "town": ("town", "乡镇", "镇", "乡", "乡镇级", "镇级", "镇街"),
    "village": ("village", "村", "村级", "行政村", "村庄"),
}
_TOTALS = ("合计", "总计", "小计", "总和", "total", "sum", "subtotal")
_BLANKS = ("", "-", "--", "—", "——", "/", "\\", "无", "n/a", "na")


def empty_quotas() -> pd.DataFrame:
    """Give a table of quotas without rows."""
    kinds = dict.fromkeys(COLUMNS[:3], object) | dict.fromkeys(COLUMNS[3:], float)
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


@dataclass(frozen=True)
class _Cell:
    """One quota as the table has it, before its unit is looked up."""

    row: int
    unit: list[str]
    indicator: str
    level: str
    quota: Any
    reserve: Any
    quota_factor: float
    reserve_factor: float


class UnitIndex:
    """Finds units of a tree by code or name, on one level or on all."""

    def __init__(self, tree: UnitTree) -> None:
        self.by_code: dict[str, list[tuple[str, str]]] = {}
        self.by_name: dict[str, list[tuple[str, str]]] = {}
        for level in tree.levels:
            for unit, name in units_of(tree, level)[["unit", "unit_name"]].itertuples(index=False):
                self.by_code.setdefault(unit, []).append((level, unit))
                self.by_name.setdefault(name, []).append((level, unit))

    def find(self, word: str, level: str = "") -> list[tuple[str, str]]:
        """List (level, code) for a code, else for a name."""
        for index in (self.by_code, self.by_name):
            hits = [hit for hit in index.get(word, []) if not level or hit[0] == level]
            if hits:
                return hits
        return []

    def words(self) -> list[str]:
        """List all codes and names."""
        return [*self.by_code, *self.by_name]


def read_quotas(
    source: Source,
    tree: UnitTree,
    standard: Standard,
    notes: Notes,
    file: str,
) -> pd.DataFrame:
    """Read quotas in hectares: level, unit, indicator, quota_ha, reserve_ha, in that order.

    A code that is a unit of several levels (cluster = county) counts for each, unless the table
    has a level. A row that can't be understood is a finding naming file, sheet and row, and is
    left out; rows of one unit and indicator that contradict each other are all left out.
    """
    indicators = indicator_names(standard.indicators)
    table, header = _pick(source, read_tables(source, file), indicators)
    index = UnitIndex(tree)
    _tell_unread(table, header, notes)
    rows: list[tuple[Any, ...]] = []
    for cell in _cells(table, header, indicators):
        row = _understand(cell, table, indicators, notes)
        if row:
            rows.extend((*unit, *row, cell.row) for unit in _units(cell, table, index, notes))
    return _settle(pd.DataFrame(rows, columns=[*COLUMNS, "row"]), table, tree, notes)


def _pick(source: Source, tables: list[Table], indicators: dict[str, str]) -> tuple[Table, Header]:
    """Choose the one sheet that has a quota table's header."""
    found = [(table, find_header(table, indicators, source.fields)) for table in tables]
    fit = [(table, header) for table, header in found if header is not None]
    if len(fit) == 1:
        return fit[0]
    names = listed(table.name for table, _ in fit or found)
    if fit:
        raise InputError("layers.which_sheet", source=source.label, sheets=names)
    heads = listed(
        dict.fromkeys(
            cell_text(cell) for row in tables[0].rows[:3] for cell in row if cell_text(cell)
        )
    )
    raise InputError("layers.no_header", source=names, heads=heads)


def _tell_unread(table: Table, header: Header, notes: Notes) -> None:
    """Report the columns of numbers in a table of indicators whose heading is none of them."""
    if not header.wide:
        return
    known = [f"{one.name} ({one.id})" for one in notes.standard.indicators]
    for column, heading in header.unread.items():
        cells = (row[column] for row in table.rows[header.start :] if column < len(row))
        count = sum(bool(np.isfinite(number_of(cell_text(cell)))) for cell in cells)
        if count:
            near = listed(nearest_first(heading, known), 8)
            message = say("layers.quota_column", source=table.name, heading=heading, count=count,
                          known=near)  # fmt: skip
            notes.add("data.quotas", "error", "quotas", message, subject_label=heading)


def _cells(table: Table, header: Header, indicators: dict[str, str]) -> Iterator[_Cell]:
    """Walk through the quotas of a table, long (a row a quota) or wide (a row a unit)."""
    names = [*header.of("code"), *header.of("unit")]
    last: list[str] = []
    for number, raw in enumerate(table.rows[header.start :], header.start + 1):
        row = [*raw, *[None] * (max(header.columns) + 1 - len(raw))]
        if not any(cell_text(cell) for cell in row):
            continue
        unit = [text for text in (cell_text(row[index]) for index in names) if text]
        level = next((cell_text(row[index]) for index in header.of("level")), "")
        if header.wide:
            yield from _wide(number, row, unit, level, header)
            continue
        last = unit or last  # a unit written once for the rows below it
        cell = _long(number, row, last, level, header)
        if cell.indicator or cell_text(cell.quota):  # else a remark or an empty line of a form
            yield cell


def _long(number: int, row: list[Any], unit: list[str], level: str, header: Header) -> _Cell:
    indicator = next((cell_text(row[i]) for i in header.of("indicator") if cell_text(row[i])), "")
    stated = next((factor_of(row[i]) for i in header.of("measure") if factor_of(row[i])), None)
    quota = header.of("quota")[0]
    reserve = next(iter(header.of("reserve")), None)
    factors = [
        header.columns[i].factor or stated or header.factor for i in (quota, reserve or quota)
    ]
    value = None if reserve is None else row[reserve]
    return _Cell(number, unit, indicator, level, row[quota], value, factors[0], factors[1])


def _wide(
    number: int, row: list[Any], unit: list[str], level: str, header: Header
) -> Iterator[_Cell]:
    """Give the quotas of one unit's row; a reserve column belongs to the indicator beside it."""
    loose = [i for i in header.of("reserve") if not header.columns[i].indicator]
    for index, column in header.columns.items():
        if column.role != "quota" or not column.indicator:
            continue
        reserve = next(
            (i for i in header.of("reserve") if header.columns[i].indicator == column.indicator),
            index + 1 if index + 1 in loose else None,
        )
        yield _Cell(
            number, unit, column.indicator, level, row[index],
            None if reserve is None else row[reserve],
            column.factor or header.factor,
            (header.columns[reserve].factor if reserve is not None else None) or header.factor,
        )  # fmt: skip


def _understand(
    cell: _Cell, table: Table, indicators: dict[str, str], notes: Notes
) -> tuple[str, float, float] | None:
    """Give indicator, quota and reserve in hectares, or None with a finding that says why."""
    place = {"source": table.name, "row": cell.row}
    indicator = indicators.get("".join(cell.indicator.split()).lower())
    if indicator is None:
        names = [f"{one.name} ({one.id})" for one in notes.standard.indicators]
        near = listed(nearest_first(cell.indicator, names), 8)
        _tell(notes, cell, say("layers.quota_indicator", **place, word=cell.indicator, known=near))
        return None
    amounts = []
    for value, factor in ((cell.quota, cell.quota_factor), (cell.reserve, cell.reserve_factor)):
        text = cell_text(value)
        number = number_of(text)
        number *= factor
        if (not np.isfinite(number) and text.lower() not in _BLANKS) or number < 0:
            _tell(notes, cell, say("layers.quota_number", **place, value=text))
            return None
        amounts.append(number)
    if np.isnan(amounts).all():
        return None
    return indicator, amounts[0], amounts[1]


def _units(cell: _Cell, table: Table, index: UnitIndex, notes: Notes) -> list[tuple[str, str]]:
    """Find the unit of a row by code or name; more than one, none or two at odds is a finding."""
    place = {"source": table.name, "row": cell.row}
    level = next((key for key, words in _LEVEL_WORDS.items() if cell.level.lower() in words), "")
    if cell.level and not level:
        known = listed(_LEVEL_WORDS)
        _tell(notes, cell, say("layers.quota_level", **place, word=cell.level, known=known))
        return []
    found = {word: hits for word in cell.unit if (hits := index.find(word, level))}
    if found:
        word, hits = next(iter(found.items()))
        common = set.intersection(*({unit for _, unit in each} for each in found.values()))
        if len(common) == 1:
            return [hit for hit in hits if hit[1] in common]
        if common:
            message = say("layers.quota_ambiguous", **place, word=word, units=_named(hits))
        else:
            every = dict.fromkeys(hit for each in found.values() for hit in each)
            message = say("layers.quota_at_odds", **place, units=_named(every))
        _tell(notes, cell, message)
        return []
    word = " ".join(cell.unit)
    if word.lower() in _TOTALS:
        notes.add("data.quotas", "info", "quotas", say("layers.quota_total", **place, word=word),
                  subject_id=str(cell.row))  # fmt: skip
        return []
    near = listed(nearest_first(word, index.words()), 5)
    _tell(notes, cell, say("layers.quota_unit", **place, word=word, known=near))
    return []


def _named(hits: Iterable[tuple[str, str]]) -> str:
    return listed(f"{unit} ({say(f'layers.level_{one}')})" for one, unit in hits)


def _tell(notes: Notes, cell: _Cell, message: str) -> None:
    notes.add("data.quotas", "error", "quotas", message, subject_id=str(cell.row),
              subject_label=" ".join(cell.unit), object_id=cell.indicator)  # fmt: skip


def _settle(rows: pd.DataFrame, table: Table, tree: UnitTree, notes: Notes) -> pd.DataFrame:
    """Drop repetitions, tell contradictions, order by level, unit and indicator."""
    if rows.empty:
        return empty_quotas()
    key = list(COLUMNS[:3])
    rows = rows.drop_duplicates(list(COLUMNS))
    twice = rows.duplicated(key, keep=False)
    for (level, unit, indicator), group in rows[twice].groupby(key, sort=True):
        values = listed(f"{value:g}" for value in group["quota_ha"])
        lines = listed(str(one) for one in group["row"])
        message = say("layers.quota_twice", source=table.name, rows=lines, unit=unit,
                      indicator=indicator, values=values)  # fmt: skip
        notes.add("data.quotas", "error", "quotas", message, level=level, unit=unit,
                  subject_id=lines, object_id=indicator)  # fmt: skip
    rank = {level: number for number, level in enumerate(tree.levels)}
    rows = rows[~twice]
    rows = rows.assign(rank=rows["level"].map(rank))
    out = rows.sort_values(["rank", "unit", "indicator"], kind="stable")[list(COLUMNS)]
    return out.astype(dict.fromkeys(key, object)).reset_index(drop=True)
