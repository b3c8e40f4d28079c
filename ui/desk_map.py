# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dock "Cluster check" draws: findings by severity, the chosen one, pieces of a number."""

from __future__ import annotations

from typing import Callable

from qgis.core import QgsCoordinateReferenceSystem, QgsFillSymbol, QgsGeometry
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtGui import QColor

from .canvas_map import BATCH, CanvasMap
from .desk_pieces import Piece
from .findings_records import Finding
from .labels import COLOURS
from .plan_item import SHEETS_Z, Sheet, fill
from .slices import Job

SEVERITIES = ("info", "warning", "error")  # the gravest on top
_LIVE_PAUSE_MS, _FILTER_PAUSE_MS = 1200, 60
_PIECE = "#6a3d9a"


class DeskMap(CanvasMap):
    """Findings or pieces over the map, whichever tab is seen; large lists come slice by slice."""

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        self.sheets: dict[str, Sheet] = {}
        self._mode = "pieces"
        super().__init__(canvas, parent)
        self.listed: Callable[[], list[Finding]] = list
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._show_findings)

    def all_sheets(self) -> list[Sheet]:
        """List the sheets, the gravest findings last."""
        return list(self.sheets.values())

    def load(self, crs: QgsCoordinateReferenceSystem) -> None:
        """Draw other results; what is on the sheets goes when the new shapes come."""
        if self.sheets and crs == self.crs:
            self.deselect()
            return
        self.clear()
        self.crs = crs
        looks = {"pieces": _pieces_fill()}
        looks.update({key: fill(COLOURS[key], opacity=0.45) for key in SEVERITIES})
        for place, (name, symbol) in enumerate(looks.items()):
            self.sheets[name] = Sheet(self.canvas, crs, symbol)
            self.sheets[name].setZValue(SHEETS_Z + 1 + place * 0.1)
        self.apply()

    def clear(self) -> None:
        """Take everything off the canvas."""
        super().clear()
        self.sheets = {}

    def close_down(self) -> None:
        """Let go of the canvas."""
        self._pause.stop()
        super().close_down()

    def turn_to(self, mode: str) -> None:
        """Show findings (`findings`) or pieces (`pieces`), or neither ("")."""
        if mode != self._mode:
            self._mode = mode
            self.deselect()
            self.apply()

    def apply(self) -> None:
        """Show the sheets of the tab that is seen."""
        for name, sheet in self.sheets.items():
            mode = "pieces" if name == "pieces" else "findings"
            sheet.setVisible(self._awake and mode == self._mode)
        self.later()

    def show_findings(self, live: bool = False) -> None:
        """Draw what `listed` gives, in a moment; later where edits come one after the other."""
        self._pause.start(_LIVE_PAUSE_MS if live else _FILTER_PAUSE_MS)

    def _show_findings(self) -> None:
        if self.sheets:
            self.begin("findings", self._findings(self.listed()))

    def _findings(self, findings: list[Finding]) -> Job:
        """Show the findings batch by batch; those of whole units would cover all others."""
        for severity in SEVERITIES:
            self.sheets[severity].clear()
            yield
        for severity in SEVERITIES:
            shown = [one for one in findings if one.severity == severity and one.box is not None]
            yield
            for start in range(0, len(shown), BATCH):
                batch = shown[start : start + BATCH]
                shapes = [one.geometry for one in batch if not one.whole_unit]
                self.sheets[severity].add_shapes(shapes)
                yield

    def show_pieces(self, pieces: list[Piece]) -> None:
        """Draw the pieces of a number."""
        if "pieces" in self.sheets:
            self.deselect()
            self.sheets["pieces"].clear()
            self.begin("pieces", self._pieces([piece.geometry for piece in pieces]))

    def _pieces(self, shapes: list[QgsGeometry]) -> Job:
        for start in range(0, len(shapes), BATCH):
            self.sheets["pieces"].add_shapes(shapes[start : start + BATCH])
            yield

    def busy(self) -> bool:
        """Tell whether something is still being drawn."""
        return self._pause.isActive() or super().busy()

    def select(self, one: Finding, zoom: bool, flash: bool) -> None:
        """Outline a finding; zoom to it and flash it if wanted."""
        self._outline(one.geometry, QColor(COLOURS.get(one.severity, COLOURS["info"])), zoom, flash)

    def select_piece(self, piece: Piece, zoom: bool, flash: bool) -> None:
        """Outline a piece."""
        self._outline(piece.geometry, QColor(_PIECE), zoom, flash)

    def _outline(self, shape: QgsGeometry, colour: QColor, zoom: bool, flash: bool) -> None:
        self.deselect()
        if shape.isEmpty():
            return
        self._bands.append(self.band(shape, colour, "hatch"))
        if zoom:
            self.zoom_to([shape])
        if flash:
            self.flash(shape, colour)


def _pieces_fill() -> QgsFillSymbol:
    """Make the look of pieces: many lie side by side, so their outlines stay faint."""
    colour = QColor(_PIECE)
    rgb = f"{colour.red()},{colour.green()},{colour.blue()}"
    return QgsFillSymbol.createSimple(
        {"color": f"{rgb},110", "outline_color": f"{rgb},200", "outline_width": "0.08"}
    )
