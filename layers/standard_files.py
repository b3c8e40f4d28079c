# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading a standard's folder: settings, tables, and single rows put over those it extends."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence

import yaml

from .errors import InputError

SHIPPED = Path(__file__).resolve().parent.parent / "standards"
WHERE = "_where"  # of each row: file and line, for messages
DROP = "drop"
SETTINGS = ("id", "name_zh", "name_en", "version", "source", "extends", "base_table",
            "plan_table", "rule_table", "ellipsoid", "note")  # fmt: skip

Row = dict[str, str]


@dataclass(frozen=True)
class Schema:
    """The columns of a table.

    Those in `key` say which row a row replaces and are always filled; those in `needed` are filled
    in a row that replaces none.
    """

    key: tuple[str, ...]
    columns: tuple[str, ...]
    needed: tuple[str, ...] = ()


def _schema(key: str, columns: str, needed: str = "") -> Schema:
    keys = tuple(key.split())
    return Schema(keys, keys + tuple(columns.split()), tuple(needed.split()))


TABLES = {
    "rules": _schema("rule", "name_zh name_en remedy_zh remedy_en"),
    "tolerances": _schema("name", "value unit source confidence note", "value"),
    "classes": _schema("class", "order name_zh name_en change_group source confidence"),
    "groups": _schema(
        "group table part", "codes settlement place source confidence note", "codes"
    ),
    "indicators": _schema(
        "indicator",
        "name_zh name_en direction measure source group reserve base_fallback binding basis "
        "confidence",
        "direction measure source",
    ),
    "zones": _schema("zone", "role side rule name_zh name_en", "rule"),
    "control_rules": _schema(
        "zone prefix", "verdict note_zh note_en remedy_zh remedy_en basis confidence",
        "verdict",
    ),
    "crossings": _schema("role_a role_b", "severity basis confidence", "severity"),
    "ledgers": _schema(
        "ledger",
        "name_zh name_en from_group to_group back_groups back_name_zh back_name_en basis "
        "confidence",
        "from_group to_group",
    ),
    "sector_uses": _schema("use_a use_b", "verdict note source confidence", "verdict"),
    "sector_sequence": _schema("use_a use_b", "order note source confidence", "order"),
    "sector_rules": _schema("rule", "severity note", "severity"),
    "facilities": _schema(
        "facility", "name_zh name_en words uses radius_m per level basis confidence", "words"
    ),
    "aliases": _schema("kind role alias", "field weight source confidence", "weight"),
    "colours": _schema(
        "code", "fill pattern pattern_colour name_zh name_en source confidence", "fill"
    ),
    "qa_rules": _schema(
        "check",
        "order test rule severity roles absolute relative group codes tables most name_zh name_en "
        "basis confidence note",
        "test rule severity",
    ),
    "fields": _schema(
        "layer field",
        "role meaning kind length decimals needed values name_zh source confidence",
        "role kind",
    ),
    "settlements": _schema("tag", "name_zh name_en allowed forbidden source confidence", "allowed"),
    "boundary_points": _schema(
        "dialect",
        "order header parcel point count close label name_zh name_en note source confidence",
        "order point",
    ),
    "conversions": _schema(
        "from_table code to_table",
        "to_code relation candidates note source confidence",
        "to_code relation",
    ),
    "lines": _schema(
        "role",
        "order fill opacity line line_width line_style pattern pattern_colour name_zh name_en "
        "source confidence",
        "line",
    ),
}  # fmt: skip
CODES = _schema(
    "code", "name_zh name_en level parent class rule_code source confidence note", "class"
)


@dataclass
class StandardFiles:
    """A standard as it stands in its files, those it extends included.

    `tables` and `codes` hold rows as mappings from each column to text; each row also knows its
    file and line under WHERE.
    """

    folder: Path
    settings: dict[str, str]
    tables: dict[str, list[Row]]
    codes: dict[str, list[Row]]


def nearest(word: str, known: Iterable[str]) -> str:
    """Name what `word` may have meant, or all there is where nothing resembles it."""
    names = sorted(set(known) - {""})
    near = difflib.get_close_matches(word, names, n=3, cutoff=0.5)
    return ", ".join(near or names[:12]) or "-"


def find_folder(name_or_path: str, base: Path | None = None) -> Path:
    """Find a standard: the shipped folder of that name, else a path (relative to `base`)."""
    shipped = SHIPPED / name_or_path
    if "/" not in name_or_path and "\\" not in name_or_path and is_standard(shipped):
        return shipped
    folder = (base or Path.cwd()) / Path(name_or_path).expanduser()
    if is_standard(folder):
        return folder.resolve()
    names = sorted(path.name for path in SHIPPED.iterdir() if is_standard(path))
    if folder.is_dir():
        raise InputError("standard.no_settings", folder=folder)
    raise InputError(
        "standard.unknown",
        name=name_or_path,
        known=", ".join(names),
        nearest=nearest(name_or_path, names),
    )


def is_standard(folder: Path) -> bool:
    """Tell whether a folder holds a standard."""
    return (folder / "standard.yaml").is_file()


def chain(folder: Path) -> list[Path]:
    """List the folders a standard is made of, the one that all others extend first."""
    folders = [folder]
    while True:
        parent = read_settings(folders[0]).get("extends", "")
        if not parent:
            return folders
        found = find_folder(parent, folders[0])
        if found in folders:
            raise InputError("standard.circle", file=folders[0] / "standard.yaml", name=parent)
        folders.insert(0, found)


def content_files(folder: Path) -> list[Path]:
    """List every file a standard is read from, those of the folders it extends included."""
    patterns = ("standard.yaml", "*.csv", "codes/*.csv")
    return [path for part in chain(folder) for name in patterns for path in sorted(part.glob(name))]


def fingerprint(folder: Path) -> str:
    """Give 16 hex digits that change when anything the standard says changes."""
    digest = hashlib.blake2b(digest_size=8)
    for path in content_files(folder):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_settings(folder: Path) -> dict[str, str]:
    """Read `standard.yaml`; an unknown key is an error that names the nearest."""
    path = folder / "standard.yaml"
    try:
        content = yaml.safe_load(_text(path)) or {}
    except yaml.YAMLError as error:
        raise InputError("standard.yaml", file=path, reason=" ".join(str(error).split())) from error
    if not isinstance(content, dict):
        raise InputError("standard.yaml", file=path, reason="not a mapping")
    for key in content:
        if key not in SETTINGS:
            raise InputError(
                "standard.setting", file=path, name=key, nearest=nearest(str(key), SETTINGS)
            )
    return {key: "" if value is None else str(value) for key, value in content.items()}


def read_files(folder: Path) -> StandardFiles:
    """Read a standard's folder on top of those it extends.

    A row with the key of an earlier one replaces what its file has columns for; the others are
    added; a row with `drop` = 1 takes the earlier one away.
    """
    settings: dict[str, str] = {}
    tables: dict[str, dict[tuple[str, ...], Row]] = {name: {} for name in TABLES}
    codes: dict[str, dict[tuple[str, ...], Row]] = {}
    for part in chain(folder):
        # A variant without an id of its own must not pass for the standard it changes.
        settings.update({"id": part.name, **read_settings(part)})
        for path in sorted(part.glob("*.csv")):
            if path.stem not in TABLES:
                names = [f"{name}.csv" for name in TABLES]
                raise InputError("standard.table", file=path, nearest=nearest(path.name, names))
            _put_over(tables[path.stem], path, TABLES[path.stem])
        for path in sorted((part / "codes").glob("*.csv")):
            _put_over(codes.setdefault(path.stem, {}), path, CODES)
    return StandardFiles(
        folder,
        settings,
        {name: list(rows.values()) for name, rows in tables.items()},
        {name: list(rows.values()) for name, rows in codes.items()},
    )


def _put_over(rows: dict[tuple[str, ...], Row], path: Path, schema: Schema) -> None:
    seen: set[tuple[str, ...]] = set()
    for row in read_rows(path, schema):
        _ask_for(row, schema.key)
        key = tuple(row[name] for name in schema.key)
        if key in seen:
            raise InputError("standard.twice", where=row[WHERE], name=" ".join(key))
        seen.add(key)
        if row.pop(DROP, "") not in ("", "0"):
            _drop(rows, key, row)
            continue
        before = rows.get(key)
        rows[key] = {**(before or dict.fromkeys(schema.columns, "")), **row}
        _ask_for(rows[key], schema.needed)


def _drop(rows: dict[tuple[str, ...], Row], key: tuple[str, ...], row: Row) -> None:
    if key not in rows:
        names = [" ".join(known) for known in rows]
        raise InputError(
            "standard.drop", where=row[WHERE], name=" ".join(key),
            nearest=nearest(" ".join(key), names),
        )  # fmt: skip
    del rows[key]


def _ask_for(row: Row, columns: Sequence[str]) -> None:
    for column in columns:
        if not row.get(column, ""):
            raise InputError("standard.empty", where=row[WHERE], column=column)


def read_rows(path: Path, schema: Schema) -> list[Row]:
    """Read a CSV with a header; UTF-8, or GB18030 as a Chinese spreadsheet saves it."""
    lines = csv.reader(io.StringIO(_text(path), newline=""))
    header = [name.strip() for name in next(lines, [])]
    known = (*schema.columns, DROP)
    for name in header:
        if name not in known:
            raise InputError(
                "standard.column", file=path, column=name, nearest=nearest(name, known)
            )
    for name in schema.key:
        if name not in header:
            raise InputError("standard.no_column", file=path, column=name)
    rows = []
    for cells in lines:
        where = f"{path}:{lines.line_num}"
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise InputError("standard.width", where=where, cells=len(cells), columns=len(header))
        rows.append({**dict(zip(header, (cell.strip() for cell in cells))), WHERE: where})
    return rows


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise InputError("standard.encoding", file=path) from error


def check_value(row: Mapping[str, Any], column: str, known: Iterable[str]) -> None:
    """Raise InputError, naming file, line and nearest value, where a cell is none of `known`."""
    known = set(known)
    if row[column] not in known:
        raise InputError(
            "standard.value", where=row[WHERE], column=column, value=row[column],
            nearest=nearest(row[column], known),
        )  # fmt: skip
