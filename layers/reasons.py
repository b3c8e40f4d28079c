# SPDX-License-Identifier: GPL-2.0-or-later
"""What libraries say when something fails, in the user's language.

SQLite, GDAL, codecs and the system speak English only. What of it users meet is known here by its
pattern; anything else stays as the library put it, since a foreign word is better than none.
"""

from __future__ import annotations

import re

from .words import say

LOCKED = "locked"
_KNOWN = tuple(
    (name, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for name, pattern in (
        (LOCKED, r"database (table )?is locked|being used by another process|database is busy"),
        ("readonly", r"readonly database|read-only file"),
        ("cant_open", r"unable to open database file"),
        ("no_database", r"not a database|file is encrypted"),
        ("malformed", r"disk image is malformed|database corrupt"),
        ("full", r"disk is full|no space left"),
        ("denied", r"permission denied|access is denied"),
        ("gone", r"no such file"),
        ("codec", r"'(?P<encoding>[\w-]+)' codec can't decode"),
        ("column", r"no such column: (?P<name>[^\s;)]+)"),
        ("near", r'near "(?P<name>[^"]*)": syntax error'),
        ("incomplete", r"incomplete input"),
        ("unclosed", r'unrecognized token: "(?P<name>[^\n]*)"'),
        ("not_zip", r"not a zip file|bad magic number"),
        ("json", r"expecting .* line (?P<line>\d+) column|extra data: line (?P<line2>\d+)"),
        ("folder", r"is a directory"),
        ("memory", r"cannot allocate memory|unable to allocate"),
    )
)


def cause(error: object) -> str:
    """Name what an error's words are known as, "" where they are not."""
    return _found(_one_line(error))[0]


def told(error: object) -> str:
    """Give an error's words in one line, in the language in force where they are known."""
    text = _one_line(error)
    name, values = _found(text)
    if name:
        return say(f"layers.reason.{name}", **values)
    return text or type(error).__name__


def _found(text: str) -> tuple[str, dict[str, str]]:
    for name, pattern in _KNOWN:
        found = pattern.search(text)
        if found:
            values = {key.rstrip("2"): value for key, value in found.groupdict().items() if value}
            return name, values
    return "", {}


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
