# SPDX-License-Identifier: GPL-2.0-or-later
"""The small buttons above the lists."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QToolButton


def tool_button(icon: str, hint: str, on: bool | None = None) -> QToolButton:
    """Make a button; `on` makes it one that stays pressed."""
    button = QToolButton()
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setToolTip(hint)
    button.setAccessibleName(hint)
    button.setAutoRaise(True)
    if on is not None:
        button.setCheckable(True)
        button.setChecked(on)
    return button
