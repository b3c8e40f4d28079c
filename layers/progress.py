# SPDX-License-Identifier: GPL-2.0-or-later
"""How a long computation says where it is."""

from __future__ import annotations

from typing import Callable

Progress = Callable[[str, float, str], None]
"""Takes a stage's key, the fraction of it that is done (0 to 1) and a detail for the reader."""


def silent(stage: str, fraction: float, detail: str = "") -> None:
    """Say nothing: the progress of those who do not ask."""
