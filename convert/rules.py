# SPDX-License-Identifier: GPL-2.0-or-later
"""What a code becomes in another table: the standard's conversions, the user's own over them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence

from ..layers.codes import CodeTable
from ..layers.errors import InputError
from ..layers.schema import listed, nearest_first
from ..layers.sources import Source
from ..layers.standard import Standard
from ..layers.standard_files import WHERE, Row, check_value, nearest, read_files
from ..layers.tables import Table, cell_text, read_tables

RELATIONS = ("1:1", "1:n")
_FROM = ("from", "from_code", "code", "sandiao_code", "code_2020", "原代码", "原编码", "源代码",
         "旧代码", "现状代码", "转换前代码")  # fmt: skip
_TO = ("to", "to_code", "new_code", "code_2023", "landuse2023", "新代码", "新编码", "目标代码",
       "转换后代码")  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What one code becomes: its usual target, and what else it may be."""

    to: str
    ambiguous: bool = False
    candidates: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Conversion:
    """The way from one code table into another."""

    source: CodeTable
    target: CodeTable
    steps: Mapping[str, Step]

    def topmost(self, code: str) -> str:
        """Give the first-level class that a code of the target belongs to."""
        parents = self.target.codes["parent"]
        seen = {code}
        while parents.get(code) and parents[code] not in seen:
            code = str(parents[code])
            seen.add(code)
        return code


@dataclass(frozen=True)
class OwnRule:
    """A line of the user's table: `code` becomes `to` where fields hold what `where` says."""

    code: str
    to: str
    where: tuple[tuple[str, str], ...]
    line: int


def conversions(standard: Standard, target: str) -> dict[str, Conversion]:
    """Give the conversions a standard knows into one of its tables, by the table they start from.

    InputError where there is none, or a row of the table can't stand.
    """
    goal = standard.code_table(target)
    steps: dict[str, dict[str, Step]] = {}
    for row in read_files(standard.folder).tables["conversions"]:
        if row["to_table"] == target:
            steps.setdefault(row["from_table"], {})[row["code"]] = _step(row, standard, goal)
    if not steps:
        raise InputError("convert.no_conversions", standard=standard.id, table=target)
    return {name: Conversion(standard.code_table(name), goal, some) for name, some in steps.items()}


def _step(row: Row, standard: Standard, goal: CodeTable) -> Step:
    check_value(row, "from_table", standard.tables)
    check_value(row, "code", standard.tables[row["from_table"]].codes.index)
    check_value(row, "to_code", goal.codes.index)
    check_value(row, "relation", RELATIONS)
    candidates = tuple(row["candidates"].split())
    for one in candidates:
        check_value({WHERE: row[WHERE], "candidates": one}, "candidates", goal.codes.index)
    return Step(row["to_code"], row["relation"] == "1:n", candidates, row["note"])


def own_rules(path: str, way: Conversion, fields: Sequence[str]) -> tuple[list[OwnRule], list[str]]:
    """Read the user's table (csv or xlsx) of codes and what they become, the strictest rules first.

    Columns besides these two that bear the name of a field of the layer are conditions; an empty
    cell asks for nothing. Also gives the columns that mean nothing here. InputError names file and
    line of a target that is no code, or of a rule that stands twice.
    """
    table = _table(path)
    header = [cell_text(cell) for cell in table.rows[0]]
    start, end = _column(header, _FROM, table), _column(header, _TO, table)
    names = {name.lower(): name for name in fields}
    conditions = {
        index: names[name.lower()]
        for index, name in enumerate(header)
        if index not in (start, end) and name.lower() in names
    }
    idle = [name for index, name in enumerate(header)
            if name and index not in (start, end, *conditions)]  # fmt: skip
    rules: dict[tuple[Any, ...], OwnRule] = {}
    for line, cells in enumerate(table.rows[1:], 2):
        texts = [cell_text(cell) for cell in cells] + [""] * (len(header) - len(cells))
        if not any(texts):
            continue
        where = tuple((name, texts[index]) for index, name in conditions.items() if texts[index])
        code = _given_back(texts[start], way.source)
        rule = OwnRule(code, _target(texts[end], way, table.name, line), where, line)
        if not rule.code:
            raise InputError("convert.table_no_code", file=table.name, line=line)
        if (rule.code, where) in rules:
            first = rules[rule.code, where].line
            raise InputError("convert.table_twice", file=table.name, line=line, first=first,
                             code=rule.code)  # fmt: skip
        rules[rule.code, where] = rule
    return sorted(rules.values(), key=lambda one: (-len(one.where), one.line)), idle


def _table(path: str) -> Table:
    tables = read_tables(Source(str(Path(path).absolute())), Path(path).name)
    filled = [one for one in tables if any(any(map(cell_text, row)) for row in one.rows)]
    if not filled:
        raise InputError("convert.table_empty", file=Path(path).name)
    table = filled[0]
    while not any(cell_text(cell) for cell in table.rows[0]):
        table.rows.pop(0)
    return table


def _column(header: Sequence[str], known: Iterable[str], table: Table) -> int:
    known = tuple(known)
    found = [index for index, name in enumerate(header) if name.lower() in known]
    if len(found) != 1:
        raise InputError("convert.table_column", file=table.name, known=listed(known),
                         columns=listed(name for name in header if name))  # fmt: skip
    return found[0]


def _target(text: str, way: Conversion, file: str, line: int) -> str:
    code = _given_back(text, way.target)
    if code not in way.target.codes.index:
        known = nearest_first(code, way.target.codes.index)[:3]
        raise InputError("convert.table_target", file=file, line=line, code=text,
                         table=way.target.name, nearest=listed(known))  # fmt: skip
    return code


def _given_back(code: str, table: CodeTable) -> str:
    """Give back what a spreadsheet took from a code: 101 is 0101, 05h1 is 05H1."""
    known = table.codes.index
    guesses = (code, code.upper(), f"0{code}", f"0{code.upper()}")
    return next((guess for guess in guesses if guess in known), code)


def restored(codes: Iterable[str], table: CodeTable) -> dict[str, str]:
    """Map codes that a spreadsheet or a numeric field spoiled to what they were."""
    pairs = ((code, _given_back(code, table)) for code in codes if code)
    return {code: whole for code, whole in pairs if whole != code}


def known_table(name: str, ways: Mapping[str, Conversion]) -> Conversion:
    """Give the conversion from a table; InputError lists those there are."""
    if name not in ways:
        raise InputError("convert.no_way", table=name, known=listed(ways),
                         nearest=nearest(name, ways))  # fmt: skip
    return ways[name]
