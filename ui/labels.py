# SPDX-License-Identifier: GPL-2.0-or-later
"""Words, numbers and signs of the dock; words are looked up when they are needed."""

from __future__ import annotations

from typing import Callable

from qgis.PyQt.QtCore import QLocale, QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from ..jobs.words import tr

Words = dict[str, Callable[[], str]]
DASH = "–"

RULES: Words = {
    "sector.control.farmland": lambda: tr("On permanent basic farmland"),
    "sector.control.redline": lambda: tr("On the ecological red line"),
    "sector.control.boundary": lambda: tr("Outside the urban boundary"),
    "sector.overlap": lambda: tr("Claim the same land"),
    "sector.plan": lambda: tr("Contradicts the territorial plan"),
    "sector.projects": lambda: tr("Project list and layout differ"),
    "sector.sequence": lambda: tr("Construction years contradict each other"),
    "sector.duplicate": lambda: tr("Facility planned twice"),
    "sector.demand": lambda: tr("Need more land than is left"),
    "sector.reserve": lambda: tr("On land kept for the future"),
}
SEVERITIES: Words = {
    "error": lambda: tr("Error"),
    "warning": lambda: tr("Warning"),
    "info": lambda: tr("Note"),
}
STATES: Words = {
    "open": lambda: tr("Open"),
    "reopened": lambda: tr("Reopened"),
    "agreed": lambda: tr("Agreed"),
    "waived": lambda: tr("Waived"),
    "fixed": lambda: tr("Fixed"),
}
OBJECTS: Words = {
    "@farmland": lambda: tr("Basic farmland"),
    "@redline": lambda: tr("Red line"),
    "@boundary": lambda: tr("Urban boundary"),
    "@plan": lambda: tr("Planned land use"),
    "@reserve": lambda: tr("Reserved land"),
    "@quotas": lambda: tr("Quotas"),
    "@sectors": lambda: tr("All plans"),
}
FACETS: Words = {
    "cluster": lambda: tr("Cluster"),
    "town": lambda: tr("Town"),
    "department": lambda: tr("Department"),
    "plan": lambda: tr("Plan"),
    "rule": lambda: tr("Rule"),
    "severity": lambda: tr("Severity"),
    "state": lambda: tr("State"),
    "pair": lambda: tr("Pair"),
}
VERDICTS: Words = {
    "forbid": lambda: tr("forbidden"),
    "conditional": lambda: tr("on conditions"),
}
CHANGES: Words = {
    "new": lambda: tr("new"),
    "existing": lambda: tr("existing"),
}
KINDS: Words = {
    "reserve": lambda: tr("reserved land"),
    "plan": lambda: tr("same planned use"),
}
# Told apart by lightness and shape as well, for eyes that don't tell red from green.
COLOURS = {
    "error": "#b3261e", "warning": "#e3a008", "info": "#3b6fb6",
    "open": "#b3261e", "reopened": "#7b3fa0", "agreed": "#3b6fb6", "waived": "#6b7280",
    "fixed": "#1f8a55",
}  # fmt: skip


def word(words: Words, key: str) -> str:
    """Give the word for a key, the key itself where there is none."""
    found = words.get(key)
    return found() if found else key


def hectares(square_metres: float | None) -> str:
    """Give an area in hectares; small ones in m2, so that none reads as nothing."""
    if square_metres is None:
        return DASH
    if abs(square_metres) < 100 and square_metres:
        return tr("{number} m²").format(number=number(square_metres, 1))
    return tr("{number} ha").format(number=number(square_metres / 1e4, 2))


def exact_hectares(square_metres: float | None) -> str:
    """Give an area in hectares to the square metre, which rounded figures can't be set against."""
    if square_metres is None:
        return DASH
    return tr("{number} ha").format(number=number(square_metres / 1e4, 4))


def quantity(value: float | None, unit: str) -> str:
    """Give a value with its unit, as `unit_of_measure` of results names it (ha, m2, m, ...)."""
    if value is None:
        return DASH
    if unit in ("ha", "m2"):
        return hectares(value * (1e4 if unit == "ha" else 1.0))
    if unit == "m":
        return tr("{number} m").format(number=number(value, 0))
    return f"{number(value, 2)} {unit}".strip()


def number(value: float | None, decimals: int) -> str:
    """Give a number in the user's way of writing."""
    return DASH if value is None else QLocale().toString(float(value), "f", decimals)


def percent(share: float | None) -> str:
    """Give a share (0..1) in per cent."""
    return DASH if share is None else f"{number(share * 100, 1)} %"


def years(start: float | None, end: float | None) -> str:
    """Give a period."""
    if start is None and end is None:
        return DASH
    ends = ["" if year is None else str(int(year)) for year in (start, end)]
    return ends[0] if ends[0] == ends[1] else DASH.join(ends)


def sign(key: str, side: int = 16) -> QIcon:
    """Draw the sign of a severity or a state: its colour and its shape."""
    pixmap = QPixmap(side * 2, side * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    if key in COLOURS:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(side / 16, side / 16)
        _SIGNS[key](painter, QColor(COLOURS[key]))
        painter.end()
    return QIcon(pixmap)


def chip(colour: str, side: int = 14) -> QIcon:
    """Draw a square of a plan's colour."""
    pixmap = QPixmap(side * 2, side * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(QPen(QColor(colour).darker(150), 1))
    painter.setBrush(QColor(colour))
    painter.drawRect(QRectF(1.5, 1.5, side - 3, side - 3))
    painter.end()
    return QIcon(pixmap)


def _stroke(painter: QPainter, colour: QColor | Qt.GlobalColor, width: float = 1.8) -> None:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))


def _solid(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)


def _lines(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _error(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    corners = [(5, 1), (11, 1), (15, 5), (15, 11), (11, 15), (5, 15), (1, 11), (1, 5)]
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    _stroke(painter, Qt.GlobalColor.white)
    _lines(painter, (5.5, 5.5), (10.5, 10.5))
    _lines(painter, (10.5, 5.5), (5.5, 10.5))


def _warning(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    painter.drawPolygon(QPolygonF([QPointF(8, 1), QPointF(15.5, 14.5), QPointF(0.5, 14.5)]))
    _stroke(painter, Qt.GlobalColor.black)
    _lines(painter, (8, 6), (8, 9.5))
    _lines(painter, (8, 12.2), (8, 12.3))


def _info(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    painter.drawRoundedRect(QRectF(1.5, 1.5, 13, 13), 2, 2)
    _stroke(painter, Qt.GlobalColor.white)
    _lines(painter, (8, 7.5), (8, 11.5))
    _lines(painter, (8, 4.5), (8, 4.6))


def _open(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2.2)
    painter.drawEllipse(QRectF(2.5, 2.5, 11, 11))


def _reopened(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2.2)
    painter.drawArc(QRectF(2.5, 2.5, 11, 11), 60 * 16, 280 * 16)
    _lines(painter, (9.5, 0.8), (12.2, 3.6), (8.6, 5.4))


def _agreed(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    painter.drawEllipse(QRectF(1, 1, 14, 14))
    _stroke(painter, Qt.GlobalColor.white)
    _lines(painter, (4.5, 8.2), (7, 10.8), (11.5, 5.4))


def _waived(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2.0)
    painter.drawEllipse(QRectF(2.5, 2.5, 11, 11))
    _lines(painter, (4.5, 11.5), (11.5, 4.5))


def _fixed(painter: QPainter, colour: QColor) -> None:
    _solid(painter, colour)
    painter.drawRoundedRect(QRectF(1.5, 1.5, 13, 13), 2, 2)
    _stroke(painter, Qt.GlobalColor.white)
    _lines(painter, (4.5, 8.2), (7, 10.8), (11.5, 5.4))


_SIGNS: dict[str, Callable[[QPainter, QColor], None]] = {
    "error": _error, "warning": _warning, "info": _info, "open": _open, "reopened": _reopened,
    "agreed": _agreed, "waived": _waived, "fixed": _fixed,
}  # fmt: skip
