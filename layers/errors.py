# SPDX-License-Identifier: GPL-2.0-or-later
"""What can go wrong with input, told to the user in one line."""

from __future__ import annotations

import re
from typing import Any

from .reasons import LOCKED, cause, told
from .words import say


class InputError(Exception):
    """Input that can't be used: one clear line naming file, layer, feature and remedy.

    A value `reason` may be a library's error, or its words: it is told in ours where known.
    """

    def __init__(self, key: str, **values: Any) -> None:
        if "reason" in values:
            values["reason"] = told(values["reason"])
        super().__init__(say(key, **values))
        self.key = key
        self.values = values


def unreadable(source: str, error: object) -> InputError:
    """Make the error for a source that a library failed to read: what is wrong, and what to do."""
    kind = cause(error)
    if kind == LOCKED:
        return InputError("layers.locked", source=source)
    found = re.search(r"'([\w-]+)' codec can't decode", str(error))
    if found:
        return InputError("layers.bad_encoding", source=source, place="", encoding=found[1].upper())
    return InputError("layers.read_failed", source=source, reason=error)
