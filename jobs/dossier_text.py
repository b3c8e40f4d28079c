# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a dossier as readable YAML, with remarks. Standard library only: both sides use it.

Every text is quoted, so that a code keeps its zeros and a name may hold whatever it likes. What
stands between double quotes in JSON means the same in YAML.
"""

from __future__ import annotations

import json
import re
from typing import Any, Iterator, Mapping, Sequence

VERSION = 1
ORDER = (
    "dossier", "name", "code", "crs", "base_year", "target_year", "standard", "area", "tolerance",
    "layers", "quotas", "sectors",
)  # fmt: skip
_FLOW = ("fields", "tolerance")  # short mappings of plain words stay on one line
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_TEXT = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")  # YAML's own words
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")

Remarks = Mapping[str, Sequence[str]]


def dossier_text(
    content: Mapping[str, Any], remarks: Remarks | None = None, off: Sequence[str] = ()
) -> str:
    """Give the text of a dossier's file.

    `remarks` are sentences by place (`layers.plan`; "" for the head), written above it as
    comments; what stands at a place listed in `off` is written as a comment itself.
    """
    keys = [*(key for key in ORDER if key in content), *(k for k in content if k not in ORDER)]
    lines = [f"# {line}" for line in _lines((remarks or {}).get("", ()))]
    lines += _mapping({key: content[key] for key in keys}, remarks or {}, frozenset(off), "", 0)
    return "\n".join(lines) + "\n"


def _lines(sentences: Sequence[str]) -> Iterator[str]:
    """Give sentences as lines that can stand behind a #."""
    for sentence in sentences:
        yield _UNPRINTABLE.sub(" ", " ".join(sentence.split()))


def _mapping(
    content: Mapping[str, Any], remarks: Remarks, off: frozenset[str], place: str, depth: int
) -> Iterator[str]:
    before = "  " * depth
    for key, value in content.items():
        here = f"{place}.{key}" if place else key
        for line in _lines(remarks.get(here, ())):
            yield f"{before}# {line}"
        lines = list(_entry(key, value, remarks, off, here, depth))
        yield from (f"{before}# {line[len(before) :]}" for line in lines) if here in off else lines


def _entry(
    key: str, value: Any, remarks: Remarks, off: frozenset[str], here: str, depth: int
) -> Iterator[str]:
    head = "  " * depth + f"{_key(key)}:"
    if isinstance(value, Mapping) and value and key not in _FLOW:
        yield head
        yield from _mapping(value, remarks, off, here, depth + 1)
    elif isinstance(value, (list, tuple)) and value:
        yield head
        for number, one in enumerate(value):
            yield from _item(one, remarks, off, f"{here}[{number}]", depth + 1)
    else:
        yield f"{head} {_scalar(value)}"


def _item(one: Any, remarks: Remarks, off: frozenset[str], here: str, depth: int) -> Iterator[str]:
    """Write an item of a list: its first line behind the dash, the others below."""
    before = "  " * depth
    for line in _lines(remarks.get(here, ())):
        yield f"{before}# {line}"
    if not isinstance(one, Mapping) or not one:
        lines = [f"{before}- {_scalar(one)}"]
    else:
        first, *rest = _mapping(one, remarks, off, here, depth + 1)
        lines = [f"{before}- {first.lstrip()}", *rest]
    yield from (f"{before}# {line[len(before) :]}" for line in lines) if here in off else lines


def _key(key: str) -> str:
    return key if _PLAIN.fullmatch(key) and key.lower() not in _NOT_TEXT else _quoted(key)


def _scalar(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(k))}: {_scalar(one)}" for k, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_scalar(one) for one in value)}]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else _quoted(str(value))


def _quoted(text: str) -> str:
    return _UNPRINTABLE.sub(
        lambda hit: f"\\u{ord(hit[0]):04x}", json.dumps(text, ensure_ascii=False)
    )
