# SPDX-License-Identifier: GPL-2.0-or-later
"""What can go wrong with input, told to the user in one line."""

from __future__ import annotations

from typing import Any

from .words import say


class InputError(Exception):
    """Input that can't be used: one clear line naming file, layer, feature and remedy."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(say(key, **values))
        self.key = key
        self.values = values
