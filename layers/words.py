# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's words: every sentence a user reads, in Chinese and English, kept as data.

The catalogues are `i18n/engine/*.yaml`, one a room, each `key: {zh: ..., en: ...}`. One process
does one job in one language, so the language is a setting of the process.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator

import yaml

LANGUAGES = ("zh", "en")
_CATALOGUES = Path(__file__).resolve().parent.parent / "i18n" / "engine"
# libyaml's where PyYAML was built with it: ten times quicker, and as safe.
FAST_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_state = {"language": "zh"}


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """Read all catalogues; a key that stands in two of them is an error."""
    words: dict[str, dict[str, str]] = {}
    for path in sorted(_CATALOGUES.glob("*.yaml")):
        entries = yaml.load(path.read_text(encoding="utf-8"), FAST_LOADER) or {}
        twice = words.keys() & entries.keys()
        if twice:
            raise ValueError(f"{path.name}: keys defined twice: {sorted(twice)}")
        words.update(entries)
    return words


def language() -> str:
    """Tell the language in force, `zh` or `en`."""
    return _state["language"]


def set_language(code: str) -> None:
    """Speak `zh` or `en` from here on; any other code is a ValueError."""
    if code not in LANGUAGES:
        raise ValueError(f"language {code!r} is none of {LANGUAGES}")
    _state["language"] = code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak another language inside a `with` block."""
    before = language()
    set_language(code)
    try:
        yield
    finally:
        set_language(before)


def say(key: str, **values: Any) -> str:
    """Give the sentence `key` in the language in force, with `values` filled in."""
    return catalogue()[key][language()].format(**values)


def pick(zh: str, en: str) -> str:
    """Choose between two words that come from data (names of codes, rules, units)."""
    return (zh or en) if language() == "zh" else (en or zh)
