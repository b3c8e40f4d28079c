# SPDX-License-Identifier: GPL-2.0-or-later
"""The encoding of a Shapefile's table: its .cpg, its language-driver byte, and its own text."""

from __future__ import annotations

from pathlib import Path

from .encodings import Guess, guess

# Language-driver bytes that matter here (others are GDAL's affair); 0 and 0x57 say nothing.
_DRIVERS = {0x4D: "CP936", 0x4F: "CP950", 0x78: "CP950", 0x7A: "CP936"}
_SILENT = (0x00, 0x57)
_HEAD, _TAIL = 4_000_000, 1_000_000
_MOST = 20_000


def table_of(shapefile: Path) -> Path | None:
    """Find the table that belongs to a Shapefile, however its suffix is written."""
    names = (shapefile.with_suffix(".dbf"), shapefile.with_suffix(".DBF"))
    return next((one for one in names if one.exists()), None)


def table_encoding(shapefile: Path) -> Guess:
    """Tell the encoding of a Shapefile's table from what is stated and from its text."""
    table = table_of(shapefile)
    if table is None:
        return Guess("UTF-8", "ascii")
    raw, records, width = _sample(table)
    driver = raw[29] if len(raw) > 29 else 0
    stated = code_page(shapefile) or ("" if driver in _SILENT else _DRIVERS.get(driver, ""))
    if not stated and driver not in _SILENT:
        return Guess("", "stated", f"LDID {driver:#04x}")  # GDAL knows the western ones
    return guess(_words(raw, records, width), stated)


def code_page(shapefile: Path) -> str:
    """Give what the .cpg states; "" where there is none."""
    for suffix in (".cpg", ".CPG"):
        file = shapefile.with_suffix(suffix)
        if file.is_file():
            return file.read_bytes()[:64].decode("ascii", errors="replace").strip("\x00\ufeff \r\n")
    return ""


def _sample(table: Path) -> tuple[bytes, list[bytes], int]:
    """Read a table's header, records from its beginning and its end, and a record's width."""
    with table.open("rb") as stream:
        head = stream.read(32)
        start, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
        raw = head + stream.read(max(0, start - 32))
        if width < 2:
            return raw, [], width
        blocks = [stream.read(_HEAD // width * width)]
        rest = (table.stat().st_size - start) // width - _HEAD // width
        if rest > 0:
            skipped = max(0, rest - _TAIL // width)
            stream.seek(start + (_HEAD // width + skipped) * width)
            blocks.append(stream.read(_TAIL))
    records = [one[at : at + width] for one in blocks for at in range(0, len(one), width)]
    return raw, records, width


def _words(raw: bytes, records: list[bytes], width: int) -> list[bytes]:
    """List the cells of text columns, and the field names, that are not ASCII."""
    names, columns, offset = [], [], 1
    for at in range(32, len(raw) - 31, 32):
        if raw[at : at + 1] == b"\r":
            break
        names.append(raw[at : at + 11].split(b"\0")[0])
        length = raw[at + 16]
        if raw[at + 11 : at + 12] in (b"C", b"c"):
            columns.append((offset, offset + length))
        offset += length
    words = dict.fromkeys(name for name in names if not name.isascii())
    for record in records:
        if record.isascii():
            continue
        for low, high in columns:
            cell = record[low:high].split(b"\0")[0].strip()
            if cell and not cell.isascii():
                words[cell] = None
        if len(words) > _MOST:
            break
    return list(words)
