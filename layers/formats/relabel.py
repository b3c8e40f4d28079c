# SPDX-License-Identifier: GPL-2.0-or-later
"""Text formats in another encoding than GDAL takes them for, copied so that it reads them right."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from .encodings import Guess, decode_text, guess, words_of
from .scratch import draft_for, place_for, settle

_CHARSET = re.compile(rb'(charset\s*")([^"\r\n]*)(")|(!charset\s+)([^\r\n]*)()', re.IGNORECASE)
_MAPINFO = {"GB18030": b"WindowsSimpChinese", "Big5": b"WindowsTradChinese", "UTF-8": b"UTF-8"}
_SILENT = ("neutral", "")
_XML = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9_\-]+)[\"']")
_LOOKED_AT = 4_000_000
_PARTS = (".dat", ".map", ".id", ".ind", ".dbf", ".mid")


def mapinfo(path: Path, given: str = "") -> tuple[Path, Guess]:
    """Give the MapInfo file to read, a copy where its Charset is wrong, and the encoding."""
    head = path.read_bytes()[:_LOOKED_AT]
    found = _CHARSET.search(head)
    stated = (found.group(2) or found.group(5) or b"").decode("ascii", "replace") if found else ""
    table = next((one for one in _siblings(path) if one.suffix.lower() in (".mid", ".dat")), None)
    text = table.read_bytes()[:_LOOKED_AT] if table else b""
    words = words_of(head.replace(b"\0", b" ")) + words_of(text.replace(b"\0", b" "))
    told = Guess(given, "given", given) if given else guess(
        words, "" if stated.lower() in _SILENT else stated)  # fmt: skip
    if found is None or told.why in ("ascii", "stated") or told.encoding not in _MAPINFO:
        return path, told
    place = place_for(path, "mapinfo", told.encoding)
    if not place.is_dir():
        draft = draft_for(place)
        label = _MAPINFO[told.encoding]
        whole = _CHARSET.sub(lambda m: (m[1] or m[4]) + label + (m[3] or b""), path.read_bytes())
        (draft / path.name).write_bytes(whole)
        for part in _siblings(path):
            _link(part, draft / part.name)
        settle(draft, place)
    return place / path.name, told


def _siblings(path: Path) -> list[Path]:
    names = [path.with_suffix(one) for low in _PARTS for one in (low, low.upper())]
    return [one for one in names if one.is_file()]


def _link(part: Path, target: Path) -> None:
    try:
        target.symlink_to(part.absolute())
    except OSError:  # Windows lets few users make links
        shutil.copyfile(part, target)


def as_utf8(path: Path, given: str = "") -> tuple[Path, Guess]:
    """Give a text file (CSV, GeoJSON, KML) in UTF-8: itself, or a copy, and what it was in."""
    with path.open("rb") as stream:
        head = stream.read(_LOOKED_AT)
    marked = _XML.search(head[:400])
    stated = marked.group(1).decode("ascii") if marked else ""
    if not given and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        told = guess(words_of(head), stated)
        if told.encoding in ("UTF-8", ""):
            return path, told
    place = place_for(path, "utf8", given)
    text, told = decode_text(path.read_bytes(), given, stated)
    if not place.is_dir():
        draft = draft_for(place)
        if marked:
            text = text.replace(f'encoding="{stated}"', 'encoding="UTF-8"', 1)
            text = text.replace(f"encoding='{stated}'", "encoding='UTF-8'", 1)
        (draft / path.name).write_bytes(text.encode("utf-8"))
        settle(draft, place)
    return place / path.name, told
