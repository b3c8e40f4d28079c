# SPDX-License-Identifier: GPL-2.0-or-later
"""Zipped containers unpacked to a passing folder, with names in GBK read right, within bounds."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from ..errors import InputError
from .encodings import guess
from .scratch import draft_for, place_for, settle

_MOST_BYTES = 16 * 2**30
_MOST_FILES = 20_000
_RATIO = 200  # a real layer packs ten to one; what claims more than this above 1 GB is a bomb
_SMALL = 2**30
DATA = (
    ".shp", ".gpkg", ".geojson", ".json", ".kml", ".kmz", ".tab", ".mif", ".fgb", ".parquet",
    ".dxf", ".txt", ".vct", ".csv", ".gml", ".sqlite", ".dbf",
)  # fmt: skip


def unpacked(path: Path) -> Path:
    """Unpack an archive and give the folder; InputError where it is damaged, locked or too big."""
    place = place_for(path, "zip")
    if place.is_dir():
        return place
    draft = draft_for(place)
    try:
        with zipfile.ZipFile(path) as archive:
            _unpack(archive, path, draft)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError,
            RuntimeError) as error:  # fmt: skip
        shutil.rmtree(draft, ignore_errors=True)
        locked = isinstance(error, RuntimeError) and "encrypted" in str(error)
        key = "formats.zip_locked" if locked else "formats.zip_damaged"
        raise InputError(key, source=path.name, reason=str(error)) from None
    except InputError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return settle(draft, place)


def _unpack(archive: zipfile.ZipFile, path: Path, folder: Path) -> None:
    entries = [one for one in archive.infolist() if not one.is_dir()]
    size = sum(one.file_size for one in entries)
    packed = sum(one.compress_size for one in entries)
    bomb = size > _SMALL and size > _RATIO * max(packed, 1)
    if len(entries) > _MOST_FILES or size > _MOST_BYTES or bomb:
        raise InputError("formats.zip_big", source=path.name, files=len(entries),
                         size=round(size / 2**30, 1))  # fmt: skip
    for one, name in zip(entries, _names(entries)):
        parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts
                 if part not in ("/", ".") and not part.endswith(":")]  # fmt: skip
        if ".." in parts or not parts or stat.S_ISLNK(one.external_attr >> 16):
            raise InputError("formats.zip_path", source=path.name, name=name)
        if parts[0] == "__MACOSX":
            continue
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(one) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)


def _names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Give the entries' names: without the mark for UTF-8, they are in the packer's encoding."""
    raw = [None if one.flag_bits & 0x800 else one.filename.encode("cp437", errors="replace")
           for one in entries]  # fmt: skip
    words = [one for one in raw if one is not None and not one.isascii()]
    encoding = guess(words).encoding or "GB18030"
    return [
        one.filename if name is None else name.decode(encoding, errors="replace")
        for one, name in zip(entries, raw)
    ]


def sources_in(folder: Path) -> list[Path]:
    """List what may hold layers in a folder that was unpacked, in order of name."""
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        if any(one.suffix.lower() == ".gdb" for one in path.relative_to(folder).parents
               if one.name):  # fmt: skip
            continue
        if path.is_dir():
            if path.suffix.lower() == ".gdb" or (path / "a00000001.gdbtable").exists():
                found.append(path)
        elif path.suffix.lower() in DATA and not path.name.startswith((".", "~")):
            if path.suffix.lower() == ".dbf" and _has_sibling(path, ".shp"):
                continue
            found.append(path)
    inside = {one for one in found if one.is_dir()}
    return [one for one in found if not any(up in inside for up in one.parents)]


def _has_sibling(path: Path, suffix: str) -> bool:
    return any(path.with_suffix(one).exists() for one in (suffix, suffix.upper()))
