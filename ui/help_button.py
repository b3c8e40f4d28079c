# SPDX-License-Identifier: GPL-2.0-or-later
"""The button "?" of a dock: it opens the dock's page of help in the browser, from the disk."""

from __future__ import annotations

from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QToolButton

from ..jobs.pages import page_url
from ..jobs.words import tr
from .tool_button import tool_button


def help_button(name: str) -> QToolButton:
    """Make a button that opens the page `name` in QGIS's language."""
    button = tool_button("/mActionHelpContents.svg", tr("Help"))
    button.setObjectName(f"pianqu_help_{name}")
    button.clicked.connect(lambda: open_page(name))
    return button


def open_page(name: str, part: str = "") -> bool:
    """Open a page of help, or a part of it; tell whether a program took it."""
    return QDesktopServices.openUrl(page_url(name, part))
