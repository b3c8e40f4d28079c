# SPDX-License-Identifier: GPL-2.0-or-later
"""The parser of the engine's command line; help and complaints are in the user's language."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import NoReturn

_ENGLISH = ("LC_ALL", "LC_MESSAGES", "LANG")
# What argparse says, in every Python from 3.9 on, and our words for it.
_SAID = tuple(
    (key, re.compile(pattern, re.DOTALL))
    for key, pattern in (
        ("required", r"the following arguments are required: (?P<names>.+)"),
        ("choice", r"argument (?P<name>[^:]+): invalid choice: (?P<value>.+?) "
                   r"\(choose from (?P<known>.+)\)"),
        ("number", r"argument (?P<name>[^:]+): invalid (?:int|float) value: (?P<value>.+)"),
        ("unknown", r"unrecognized arguments: (?P<names>.+)"),
        ("value", r"argument (?P<name>[^:]+): expected (?:one|at least one) argument"),
        ("ambiguous", r"ambiguous option: (?P<value>\S+) could match (?P<known>.+)"),
    )
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """A parser that speaks the language asked for, else that of the locale.

    Its texts of help are keys of the catalogue of sentences.
    """

    def format_help(self) -> str:
        """Give the help in the user's language; argparse's own headings too."""
        from .layers.words import say, speaking

        with speaking(spoken(sys.argv[1:])):
            self._positionals.title = say("engine.help.positional")
            self._optionals.title = say("engine.help.options")
            self.description = _worded(self.description)
            for action in self._actions:
                action.help = _worded(action.help)
                for choice in getattr(action, "_choices_actions", ()):
                    choice.help = _worded(choice.help)
            text = super().format_help()
            # Its headings end with a colon: in Chinese the sentences have one of their own.
            return say("engine.help.usage") + text.partition(": ")[2].replace("：:\n", "：\n")

    def error(self, message: str) -> NoReturn:
        """Print usage and one line that says what is wrong; end with status 2."""
        from .layers.words import say, speaking

        with speaking(spoken(sys.argv[1:])):
            usage = self.format_usage().partition(":")[2].strip()
            text = say("engine.usage", usage=usage, reason=complaint(message), prog=self.prog)
        self.exit(2, f"{text}\n")


def _worded(text: str | None) -> str | None:
    """Give the sentence of a key; what is no key stays."""
    from .jobs.schema import CHECKS
    from .layers.words import say

    if text == "show this help message and exit":  # what argparse says of -h
        text = "engine.help.help"
    if text is None or not text.startswith("engine.help."):
        return text
    return say(text, checks=", ".join(CHECKS))


def complaint(message: str) -> str:
    """Say in the language in force what argparse says in English; what is not known stays."""
    from .layers.schema import listed, nearest_first
    from .layers.words import say

    for key, pattern in _SAID:
        found = pattern.fullmatch(message)
        if found is None:
            continue
        values = {name: text.strip("'\"") for name, text in found.groupdict().items()}
        if "known" in values:
            known = [part.strip(" '\"") for part in found["known"].split(",")]
            values["known"] = listed(nearest_first(values["value"], known))
        return say(f"engine.usage.{key}", **values)
    return message


def spoken(arguments: list[str]) -> str:
    """Give the language that a command line asks for, else the locale's: `en`, or `zh`."""
    for place, one in enumerate(arguments):
        name, _, value = one.partition("=")
        if name == "--language":
            wanted = value or "".join(arguments[place + 1 : place + 2])
            return "en" if wanted == "en" else "zh"
    locale = next((os.environ[name] for name in _ENGLISH if os.environ.get(name)), "")
    return "en" if locale.startswith("en") else "zh"
