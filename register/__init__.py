# SPDX-License-Identifier: GPL-2.0-or-later
"""The register of conflicts: what was found, what was decided about it, and what became of it."""

from __future__ import annotations

from .places import open_register
from .store import Register

__all__ = ["Register", "open_register"]
