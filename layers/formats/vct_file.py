# SPDX-License-Identifier: GPL-2.0-or-later
"""VCT 3.0, the exchange format of the land survey, taken apart: sections, tables, records."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Iterator

from ..errors import InputError

_HEAD = re.compile(r"^([A-Za-z]+)\s*[:：]\s*(.*)$")
NUMBERS = ("int", "integer", "float", "double", "numeric", "long")


@dataclass
class Table:
    """An attribute table: its fields with their kinds, and its rows by feature id."""

    name: str
    fields: list[tuple[str, str]]
    rows: dict[str, list[str]] = field(default_factory=dict)
    twice: int = 0


@dataclass
class VctFile:
    """A file taken apart. `kinds` maps a feature code to its name, geometry and table."""

    label: str
    header: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    sections: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    @property
    def separator(self) -> str:
        """Give what parts the values of a line; the header may name another than a comma."""
        return self.header.get("separator", ",") or ","


def take_apart(text: str, label: str) -> VctFile:
    """Split a file into its sections; InputError where it is none or is cut short."""
    file = VctFile(label)
    lines = re.split(r"\r\n|\r|\n", text)
    name, start = "", 0
    for number, raw in enumerate(lines):
        if not raw[:1].isalpha() and not raw[:1].isspace():  # nearly all lines are numbers
            continue
        line = raw.strip()
        if line.lower().endswith("begin"):
            if not name and line[:-5].isalpha():
                name, start = line[:-5].lower(), number + 1
        elif name and line.lower() == f"{name}end":
            file.sections[name] = (start + 1, lines[start:number])
            name = ""
    if name or "head" not in file.sections:
        raise InputError("formats.vct_cut", source=label, section=name or "Head")
    for _, line in lines_of(file, "head"):
        pair = _HEAD.match(line)
        if pair:
            file.header[pair.group(1).lower()] = pair.group(2).strip()
    if "vct" not in file.header.get("datamark", "").lower():
        raise InputError("formats.vct_mark", source=label, mark=file.header.get("datamark", ""))
    _kinds(file)
    _structures(file)
    _attributes(file)
    return file


def lines_of(file: VctFile, section: str) -> Iterator[tuple[int, str]]:
    """Walk through a section's lines that are not blank, with their numbers in the file."""
    start, lines = file.sections.get(section, (0, []))
    for number, raw in enumerate(lines, start):
        line = raw.strip()
        if line:
            yield number, line


def _kinds(file: VctFile) -> None:
    """Read code, name, geometry and table (the last word) of each kind of feature."""
    for number, line in lines_of(file, "featurecode"):
        parts = [one.strip() for one in line.split(file.separator)]
        if len(parts) >= 4:
            file.kinds[parts[0]] = (parts[1], parts[2].lower(), parts[-1])
        elif parts != ["0"]:
            raise bad(file, number, line)


def _structures(file: VctFile) -> None:
    """Read each table's fields: a line with name and number of fields, then a line a field."""
    lines = lines_of(file, "tablestructure")
    for number, line in lines:
        if line == "0":
            continue
        parts = [one.strip() for one in line.split(file.separator)]
        if len(parts) < 2 or not parts[1].isdecimal() or int(parts[1]) > 10_000:
            raise bad(file, number, line)
        fields = []
        for _ in range(int(parts[1])):
            at, text = next(lines, (number, ""))
            cells = [one.strip() for one in text.split(file.separator)]
            if len(cells) < 2:
                raise bad(file, at, text)
            fields.append((cells[0], cells[1].lower()))
        file.tables[parts[0]] = Table(parts[0], fields)


def _attributes(file: VctFile) -> None:
    """Read each table's rows: its name, lines of id and values, then TableEnd."""
    table: Table | None = None
    for number, line in lines_of(file, "attribute"):
        if line.lower() == "tableend":
            table = None
        elif table is None:
            found = line.split(file.separator)[0].strip()
            if found not in file.tables:
                raise bad(file, number, line)
            table = file.tables[found]
        else:
            key, _, rest = line.partition(file.separator)
            cells = [one.strip() for one in rest.split(file.separator)]
            if len(cells) != len(table.fields):
                raise InputError("formats.vct_row", source=file.label, line=number,
                                 table=table.name, found=len(cells),
                                 wanted=len(table.fields))  # fmt: skip
            table.twice += key.strip() in table.rows
            table.rows[key.strip()] = cells


def bad(file: VctFile, number: int, line: str) -> InputError:
    """Make the error for a line that can't be read."""
    return InputError("formats.vct_line", source=file.label, line=number, text=line[:60])
