# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the pages of help lie: files of the plugin, which open without a network."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QUrl

from .words import language

HELP = Path(__file__).resolve().parent.parent / "help"


def page(name: str, spoken: str = "") -> Path:
    """Give the page of an algorithm, a dock or of all ("index"), in QGIS's language."""
    return HELP / "pages" / f"{name}.{spoken or language()}.html"


def page_url(name: str, part: str = "") -> QUrl:
    """Give the address of a page, or of a part of it, for a browser."""
    url = QUrl.fromLocalFile(str(page(name)))
    if part:
        url.setFragment(part)
    return url
