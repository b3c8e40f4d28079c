# SPDX-License-Identifier: GPL-2.0-or-later
"""Code prefixes: lists like `07 1301-1310 =04`, and the longest prefix of a code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Collection

_RANGE = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True)
class Selection:
    """What a list of prefixes selects: `prefixes` with all below them, `exact` codes, or all."""

    prefixes: frozenset[str]
    exact: frozenset[str]
    everything: bool = False

    def __contains__(self, code: str) -> bool:
        if self.everything or code in self.exact:
            return True
        return longest_prefix(code, self.prefixes) != ""

    def tokens(self) -> list[str]:
        """List the single prefixes and codes, sorted."""
        return sorted(self.prefixes | self.exact)


@lru_cache(maxsize=4096)
def parse(text: str) -> Selection:
    """Read a list of prefixes, parted by blanks.

    `07` is the code 07 and all that begin with it; `1301-1310` a range of such prefixes; `=04` the
    code 04 alone; `*` any code. A range of different widths, or one that runs backwards, is a
    ValueError that names the part.
    """
    prefixes: set[str] = set()
    exact: set[str] = set()
    for part in text.split():
        span = _RANGE.fullmatch(part)
        if span:
            prefixes.update(_between(part, *span.groups()))
        elif part.startswith("="):
            exact.add(part[1:])
        elif part != "*":
            prefixes.add(part)
    return Selection(frozenset(prefixes), frozenset(exact), "*" in text.split())


def _between(part: str, first: str, last: str) -> list[str]:
    if len(first) != len(last) or first > last:
        raise ValueError(part)
    return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]


def longest_prefix(code: str, prefixes: Collection[str]) -> str:
    """Give the longest of `prefixes` that `code` begins with, "" if there is none."""
    for end in range(len(code), 0, -1):
        if code[:end] in prefixes:
            return code[:end]
    return ""
