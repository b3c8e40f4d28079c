# SPDX-License-Identifier: GPL-2.0-or-later
"""The QGIS side's words: one translation context, looked up when the words are needed."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

CONTEXT = "Pianqu"


def tr(text: str) -> str:
    """Give a sentence in QGIS's language; English is the source."""
    return QCoreApplication.translate(CONTEXT, text)


def later(text: str) -> str:
    """Mark a sentence for the catalogue where it stands before the language is known."""
    return text


def now(marked: str) -> str:
    """Give, in QGIS's language, a sentence that `later` marked."""
    return QCoreApplication.translate(CONTEXT, marked)


def language() -> str:
    """Give the language that our translated words are in: `zh` or `en`."""
    # The dictionary itself knows which one is loaded.
    return tr("en")
