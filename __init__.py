# SPDX-License-Identifier: GPL-2.0-or-later
"""Pianqu (片区): checks a county's plan against its quotas and control lines.

This package has two sides that never meet in one process: the QGIS side (`plugin`, `ui`,
`processing`) and the engine (`layers`, `checks`, `reports`). Importing the package loads neither.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def classFactory(iface: Any) -> Any:  # noqa: N802 (the name QGIS calls)
    """Make the plugin for QGIS; `iface` is None in `qgis_process`."""
    from .plugin import PianquPlugin

    return PianquPlugin(iface)
