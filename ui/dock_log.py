# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dock tells QGIS's log."""

from __future__ import annotations

from qgis.core import Qgis, QgsMessageLog

from ..jobs.words import tr


def log(level: str, text: str) -> None:
    """Write a sentence into QGIS's log."""
    levels = {"warning": Qgis.MessageLevel.Warning, "error": Qgis.MessageLevel.Critical}
    QgsMessageLog.logMessage(text, tr("Pianqu"), levels.get(level, Qgis.MessageLevel.Info), False)
