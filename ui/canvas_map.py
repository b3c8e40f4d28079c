# SPDX-License-Identifier: GPL-2.0-or-later
"""What a dock draws on the canvas beside the project: sheets, outlines; zoom, pan and flash."""

from __future__ import annotations

from typing import Iterable

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, Qt, QTimer
from qgis.PyQt.QtGui import QColor

from .plan_item import SHEETS_Z, Sheet
from .slices import Job, Slices

LEAST_SIDE_M = 120.0
BATCH = 100  # shapes put on a sheet in one step
AT_ONCE = 2  # sheets that are drawn at the same time
_PAUSE_MS = 120
_ROOM = 1.35
_FLASHES, _FLASH_MS = 2, 350


class CanvasMap(QObject):
    """Sheets and outlines over a canvas, in `crs`; nothing of it belongs to the project.

    Who draws gives `all_sheets` and calls `later` when something has changed. What takes long is
    given to `begin` as an iterator of short steps: they are done slice by slice, between the events
    of the window, and drawn when all of them are done.
    """

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self.crs = QgsCoordinateReferenceSystem()
        self._bands: list[QgsRubberBand] = []
        self._awake = False
        self._undrawn: list[Sheet] = []
        self._slices = Slices(self)
        self._slices.ended.connect(self.later)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.draw)
        for moved in (canvas.extentsChanged, canvas.destinationCrsChanged, canvas.rotationChanged):
            moved.connect(self.later)

    def all_sheets(self) -> list[Sheet]:
        """List the sheets, whatever lies on top last."""
        return []

    def apply(self) -> None:
        """Show what is to be seen now."""

    def close_down(self) -> None:
        """Let go of the canvas: before the dock goes."""
        self._timer.stop()
        self.clear()
        canvas = self.canvas
        for moved in (canvas.extentsChanged, canvas.destinationCrsChanged, canvas.rotationChanged):
            moved.disconnect(self.later)

    def clear(self) -> None:
        """Take everything off the canvas."""
        self.deselect()
        self._slices.drop()
        self._undrawn = []
        for sheet in self.all_sheets():
            if not sip.isdeleted(sheet):
                sheet.remove()

    def wake(self, awake: bool) -> None:
        """Draw from now on, or hide everything and draw nothing."""
        if awake != self._awake:
            self._awake = awake
            self.apply()
            for band in self._bands:
                band.setVisible(awake)

    def later(self) -> None:
        """Draw in a moment, once for all that changes until then."""
        if self._awake and self.all_sheets():
            self._timer.start()

    def begin(self, name: str, job: Job) -> None:
        """Do the steps of a job from now on; a former one of the same name is given up."""
        self._slices.begin(name, job)

    def draw(self) -> None:
        """Draw every visible sheet that is not up to date, when all shapes are on the sheets."""
        if not self._slices.busy:
            self._undrawn = self.all_sheets()
            self._draw_on()

    def _draw_on(self) -> None:
        """Begin to draw as many sheets as may be drawn at once; each that is ready calls again."""
        drawing = sum(sheet.busy() for sheet in self.all_sheets())
        while self._undrawn and drawing < AT_ONCE:
            drawing += self._undrawn.pop().draw(self._draw_on)

    def busy(self) -> bool:
        """Tell whether something is still being drawn."""
        waiting = self._timer.isActive() or self._slices.busy or bool(self._undrawn)
        return waiting or any(sheet.busy() for sheet in self.all_sheets())

    def band(self, shape: QgsGeometry, colour: QColor, look: str) -> QgsRubberBand:
        """Make an outline; its look is solid, dash or hatch."""
        band = QgsRubberBand(self.canvas, Qgis.GeometryType.Polygon)
        band.setToGeometry(shape, self.crs)
        band.setStrokeColor(colour.darker(140))
        band.setSecondaryStrokeColor(QColor(255, 255, 255, 210))
        band.setWidth(3 if look != "hatch" else 2)
        band.setFillColor(QColor(Qt.GlobalColor.transparent))
        if look == "dash":
            band.setLineStyle(Qt.PenStyle.DashLine)
        if look == "hatch":
            band.setFillColor(colour)
            band.setBrushStyle(Qt.BrushStyle.BDiagPattern)
        band.setZValue(SHEETS_Z + 5)
        band.setVisible(self._awake)
        return band

    def deselect(self) -> None:
        """Take away the outlines."""
        for band in self._bands:
            if not sip.isdeleted(band) and band.scene() is not None:
                band.scene().removeItem(band)
        self._bands = []

    def flash(self, shape: QgsGeometry, colour: QColor) -> None:
        """Let a shape flash."""
        if shape.isEmpty():
            return
        bright, faint = QColor(colour), QColor(colour)
        bright.setAlpha(220)
        faint.setAlpha(0)
        self.canvas.flashGeometries([shape], self.crs, bright, faint, _FLASHES, _FLASH_MS)

    def zoom_to(self, shapes: Iterable[QgsGeometry]) -> None:
        """Show shapes whole, with room around them."""
        box = QgsRectangle()
        for shape in shapes:
            if not shape.isEmpty():
                box.combineExtentWith(shape.boundingBox())
        if box.isNull():
            return
        room = max(_ROOM, LEAST_SIDE_M / max(box.width(), box.height(), 1e-9))
        self.zoom(box.scaled(room) if box.width() or box.height() else box.buffered(60))

    def pan_to(self, shape: QgsGeometry) -> None:
        """Move the map to a shape, keeping the scale; a map that shows nothing yet zooms."""
        if self.canvas.extent().isEmpty():
            self.zoom_to([shape])
            return
        box = None if shape.isEmpty() else self.between(shape.boundingBox(), forth=True)
        if box is not None:
            self.canvas.setCenter(box.center())
            self.canvas.refresh()

    def zoom(self, box: QgsRectangle) -> None:
        """Show a rectangle of our CRS."""
        moved = self.between(box, forth=True)
        if moved is not None:
            self.canvas.setExtent(moved)
            self.canvas.refresh()

    def view(self) -> tuple[float, float, float, float] | None:
        """Give the canvas's extent in the results' CRS; None where it has none there."""
        box = self.between(self.canvas.extent(), forth=False)
        if box is None or box.isEmpty():
            return None
        return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()

    def between(self, box: QgsRectangle, forth: bool) -> QgsRectangle | None:
        """Carry a rectangle to the canvas's CRS, or back; None where that can't be done."""
        here, there = self.crs, self.canvas.mapSettings().destinationCrs()
        if not here.isValid() or not there.isValid():
            return box
        context = QgsProject.instance().transformContext()
        ends = (here, there) if forth else (there, here)
        try:
            transform = QgsCoordinateTransform(*ends, context)
            transform.setBallparkTransformsAreAppropriate(True)
            return transform.transformBoundingBox(box)
        except QgsCsException:
            return None
