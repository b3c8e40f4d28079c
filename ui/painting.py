# SPDX-License-Identifier: GPL-2.0-or-later
"""Painting that ends where it should."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator

from qgis.PyQt.QtGui import QPaintDevice, QPainter


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """Paint on a widget in its paint event, or on a picture, and end that with the block.

    A painter that is left to Python ends when its last name goes. Where a debugger, or the trace of
    an error, holds the frame, that is after the event or in another thread, and Qt falls.
    """
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()
