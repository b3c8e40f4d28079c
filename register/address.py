# SPDX-License-Identifier: GPL-2.0-or-later
"""The address of a register in a database: what libpq needs, our schema, and what must stay hid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

SCHEMA = "pianqu"
_HIDDEN = "***"
_WORD = r"('(?:[^'\\]|\\.)*'|[^\s&]*)"
_SCHEMA = re.compile(r"(?:^|(?<=[\s&?]))(?:active_)?schema\s*=\s*" + _WORD + r"&?", re.IGNORECASE)
_PASS = re.compile(r"((?:password|passwd|pwd)\s*=\s*)" + _WORD, re.IGNORECASE)
_USER = re.compile(r"^([a-z]+://[^:/?#@]*:)([^?#]*)@", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """Where a register's schema is; `dsn` is for libpq and holds the password, `label` does not."""

    dsn: str
    schema: str
    label: str
    hidden: tuple[str, ...]

    def clean(self, text: str) -> str:
        """Take the password out of a message, and put it on one line."""
        for part in self.hidden:
            text = text.replace(part, _HIDDEN)
        return " ".join(text.split())


def address_of(place: str) -> Address:
    """Read `postgresql://user@host:port/db?schema=name` or libpq's keywords after `PG:`."""
    text = place[3:].strip().strip('"') if place[:3].upper() == "PG:" else place
    found = _SCHEMA.search(text)
    schema = _unquoted(found.group(1)) if found else ""
    dsn = _SCHEMA.sub("", text).rstrip("?& ")
    label = _PASS.sub(rf"\g<1>{_HIDDEN}", _USER.sub(rf"\g<1>{_HIDDEN}@", place))
    return Address(dsn, schema or SCHEMA, label, _hidden(text))


def _hidden(text: str) -> tuple[str, ...]:
    """List the spellings of the password, and its pieces where an @ in it cuts it in two."""
    given = [match.group(2) for match in _PASS.finditer(text)]
    user = _USER.search(text)
    if user:
        given += [user.group(2), *user.group(2).split("@")]
    spelled = {*given, *map(unquote, given), *map(_unquoted, given)}
    return tuple(sorted(filter(None, spelled), key=len, reverse=True))


def _unquoted(value: str) -> str:
    """Give a keyword's value as libpq reads it."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return unquote(value)
