# SPDX-License-Identifier: GPL-2.0-or-later
"""How a standard has land and lines drawn: its tables colours.csv, lines.csv and codes/*.csv.

The engine checks these tables and tells what is wrong with them; here they are only read, with the
standard library, each folder over the one it extends.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

from ..jobs.alias_files import chain, folder_of

Row = dict[str, str]
_RULE_TABLE = re.compile(r"^rule_table:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


@dataclass(frozen=True)
class Look:
    """How one kind of land, or one line, is drawn; sizes in mm, "" for what it has not."""

    key: str
    name_zh: str = ""
    name_en: str = ""
    fill: str = ""
    opacity: float = 1.0
    line: str = ""
    width: float = 0.0
    style: str = "solid"
    pattern: str = ""
    pattern_colour: str = ""
    order: float = 0.0

    def name(self, language: str) -> str:
        """Name it in a language."""
        return (self.name_en if language == "en" else self.name_zh) or self.key


@dataclass(frozen=True)
class Code:
    """A code of a table: its names and what it is called in the vocabulary of the rules."""

    code: str
    name_zh: str
    name_en: str
    rule_code: str


@dataclass(frozen=True)
class Looks:
    """All that a standard says of how maps look."""

    colours: Mapping[str, Look]
    lines: Mapping[str, Look]
    tables: Mapping[str, Mapping[str, Code]]

    def land(self, table: str) -> list[tuple[Look, list[str]]]:
        """List the kinds of land of a code table in order, each with the codes drawn so.

        A code that no kind covers is left out.
        """
        kinds: dict[str, list[str]] = {}
        for code in self.tables.get(table, {}).values():
            kind = self.kind(code.rule_code)
            if kind:
                kinds.setdefault(kind, []).append(code.code)
        return [(self.colours[key], sorted(kinds[key])) for key in sorted(kinds)]

    def kind(self, rule_code: str) -> str:
        """Give the longest key of `colours` that a code of the rules begins with, "" for none."""
        ends = range(len(rule_code), 0, -1)
        return next((rule_code[:end] for end in ends if rule_code[:end] in self.colours), "")


def read_looks(standard: str) -> Looks:
    """Read a standard, a shipped one's name or a folder."""
    tables: dict[str, dict[str, Row]] = {}
    looks: dict[str, dict[str, Row]] = {"colours": {}, "lines": {}}
    own = ""
    for folder in chain(folder_of(standard)):
        found = _RULE_TABLE.search(_text(folder / "standard.yaml"))
        own = found[1] if found else own
        _put_over(looks["colours"], folder / "colours.csv", "code")
        _put_over(looks["lines"], folder / "lines.csv", "role")
        for path in sorted((folder / "codes").glob("*.csv")):
            _put_over(tables.setdefault(path.stem, {}), path, "code")
    codes = {name: _codes(rows) for name, rows in tables.items()}
    named = _names(codes, own)
    return Looks(
        {key: _look(key, row, named.get(key)) for key, row in looks["colours"].items()},
        {key: _look(key, row, None) for key, row in looks["lines"].items()},
        codes,
    )


def _names(tables: Mapping[str, Mapping[str, Code]], own: str) -> dict[str, Code]:
    """Find what names a code of the rules: their own table, where that lacks it another."""
    named: dict[str, Code] = {}
    for table in (*tables.values(), tables.get(own, {})):
        named.update({code.rule_code: code for code in table.values()})
    return named


def _codes(rows: Mapping[str, Row]) -> dict[str, Code]:
    return {
        key: Code(key, row.get("name_zh", ""), row.get("name_en", ""), row.get("rule_code") or key)
        for key, row in rows.items()
    }


def _look(key: str, row: Row, code: Code | None) -> Look:
    """Make a look of a row; what the row does not name bears the code's name."""
    return Look(
        key,
        row.get("name_zh") or (code.name_zh if code else ""),
        row.get("name_en") or (code.name_en if code else ""),
        row.get("fill", ""),
        _number(row, "opacity", 1.0),
        row.get("line", ""),
        _number(row, "line_width", 0.2),
        row.get("line_style") or "solid",
        row.get("pattern", ""),
        row.get("pattern_colour", ""),
        _number(row, "order", 99.0),
    )


def _number(row: Row, column: str, default: float) -> float:
    with contextlib.suppress(ValueError):
        return float(row.get(column) or default)
    return default


def _put_over(rows: dict[str, Row], path: Path, key: str) -> None:
    """Put a file's rows over those there are; a row with `drop` = 1 takes one away."""
    for row in _rows(path):
        name = row.get(key, "")
        if row.pop("drop", "") not in ("", "0"):
            rows.pop(name, None)
        elif name:
            rows[name] = {**rows.get(name, {}), **row}


def _rows(path: Path) -> list[Row]:
    """Read a CSV with a header; no file, no rows."""
    return [
        {str(name).strip(): str(cell or "").strip() for name, cell in row.items() if name}
        for row in csv.DictReader(io.StringIO(_text(path), newline=""))
    ]


def _text(path: Path) -> str:
    """Read a file, UTF-8 or GB18030; "" where there is none."""
    raw = path.read_bytes() if path.is_file() else b""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
