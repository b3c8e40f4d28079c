# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with a YAML text, and in which line, in words of people who never heard of YAML."""

from __future__ import annotations

import re

import yaml

from .words import say

_WIDE_COLON = re.compile(r"^\s*(- *)?[\w\"'.]+\s*：")
# What PyYAML says, and our words for it; the first that fits counts.
_SAID = (
    ("\\t", "layers.yaml_tab"),
    ("could not find expected ':'", "layers.yaml_no_colon"),
    ("mapping values are not allowed", "layers.yaml_colon"),
    ("expected ',' or", "layers.yaml_bracket"),
    ("expected <block end>", "layers.yaml_indent"),
    ("found unexpected end of stream", "layers.yaml_quote"),
    ("unexpected end of stream", "layers.yaml_quote"),
    ("found unknown escape character", "layers.yaml_escape"),
    ("cannot start any token", "layers.yaml_sign"),
    ("undefined alias", "layers.yaml_sign"),
)


def fault(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Give line (from 1) and reason of a text that PyYAML refused."""
    if isinstance(error, yaml.reader.ReaderError):
        return text.count("\n", 0, error.position) + 1, say("layers.yaml_control")
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = str(getattr(error, "problem", None) or str(error).partition("\n")[0])
    context = getattr(error, "context_mark", None)
    if "could not find expected ':'" in problem and context is not None:
        line = context.line + 1  # the line without a colon, not the one after it
    lines = text.splitlines()
    for number in (line, line - 1):  # a key without a colon is noticed in the line after it
        if 0 < number <= len(lines) and _WIDE_COLON.match(lines[number - 1]):
            return number, say("layers.yaml_wide_colon")
    doing = str(getattr(error, "context", ""))
    if "quoted scalar" in doing and "end of stream" in problem and context is not None:
        line = context.line + 1  # where the quote was opened
    if doing.endswith(("an alias", "an anchor")):
        return line, say("layers.yaml_sign")
    for said, key in _SAID:
        if said in problem:
            return line, say(key)
    return line, problem
