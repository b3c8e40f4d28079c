# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock's drawing on the map canvas: plans, conflicts, the chosen conflict; zoom and flash."""

from __future__ import annotations

from typing import Iterable

from qgis.core import (
    Qgis,
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

from .labels import COLOURS
from .plan_item import SHEETS_Z, Sheet, fill
from .sector_records import Conflict, Results, Side

_PAUSE_MS = 120
_LEAST_SIDE_M = 120.0
_ROOM = 1.35
_LARGER = 4.0
_FLASHES, _FLASH_MS = 2, 350
_SITE = "#1f8a55"
_WHOLE_UNITS = ("sector.demand",)


class ConflictMap(QObject):
    """All that the dock draws; nothing of it belongs to the project."""

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self.results = Results()
        self.sheets: dict[str, Sheet] = {}
        self._conflicts: dict[str, Sheet] = {}
        self._bands: list[QgsRubberBand] = []
        self._shown: dict[str, bool] = {}
        self._opacity: dict[str, float] = {}
        self._listed: list[Conflict] | None = None
        self._only: frozenset[str] | None = None
        self._awake = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.draw)
        for moved in (canvas.extentsChanged, canvas.destinationCrsChanged, canvas.rotationChanged):
            moved.connect(self._later)

    def load(self, results: Results) -> None:
        """Draw another dossier's plans."""
        self.clear()
        self.results = results
        shapes: dict[str, list[QgsGeometry]] = {plan.sector: [] for plan in results.plans}
        for project in (*results.projects.values(), *results.unnamed):
            shapes.setdefault(project.sector, []).append(project.geometry)
        for plan in reversed(results.plans):  # the first plan lies on top
            sheet = Sheet(self.canvas, results.crs, fill(plan.colour))
            sheet.show_shapes(shapes[plan.sector])
            sheet.setOpacity(self._opacity.get(plan.sector, 1.0))
            self.sheets[plan.sector] = sheet
        for severity in ("info", "warning", "error"):
            symbol = fill(COLOURS[severity], opacity=0.45)
            self._conflicts[severity] = Sheet(self.canvas, results.crs, symbol)
            self._conflicts[severity].setZValue(SHEETS_Z + 1)
        self._apply()

    def clear(self) -> None:
        """Take everything off the canvas."""
        self.deselect()
        for sheet in (*self.sheets.values(), *self._conflicts.values()):
            if not sip.isdeleted(sheet):
                sheet.remove()
        self.sheets, self._conflicts = {}, {}
        self.results = Results()

    def close_down(self) -> None:
        """Let go of the canvas: before the dock goes."""
        self._timer.stop()
        self.clear()
        canvas = self.canvas
        for moved in (canvas.extentsChanged, canvas.destinationCrsChanged, canvas.rotationChanged):
            moved.disconnect(self._later)

    def wake(self, awake: bool) -> None:
        """Draw from now on, or hide everything and draw nothing."""
        if awake != self._awake:
            self._awake = awake
            self._apply()
            for band in self._bands:
                band.setVisible(awake)

    def set_shown(self, sector: str, shown: bool) -> None:
        """Show or hide a plan."""
        self._shown[sector] = shown
        self._apply()

    def is_shown(self, sector: str) -> bool:
        """Tell whether the user wants to see a plan."""
        return self._shown.get(sector, True)

    def set_opacity(self, sector: str, opacity: float) -> None:
        """Make a plan more or less transparent (0..1)."""
        self._opacity[sector] = opacity
        if sector in self.sheets:
            self.sheets[sector].setOpacity(opacity)

    def opacity(self, sector: str) -> float:
        """Give a plan's opacity."""
        return self._opacity.get(sector, 1.0)

    def show_only(self, sectors: Iterable[str] | None) -> None:
        """Show only some plans for a while, whatever the tree says; None: as the tree says."""
        self._only = None if sectors is None else frozenset(sectors)
        self._apply()

    def set_clip(self, sector: str, part: tuple[float, float] | None) -> None:
        """Show a plan only between two shares of the window's width."""
        if sector in self.sheets:
            self.sheets[sector].set_clip(part)

    def show_conflicts(self, conflicts: Iterable[Conflict]) -> None:
        """Draw the conflicts that the list shows."""
        self._listed = list(conflicts)
        self._later()

    def _fill(self, conflicts: list[Conflict]) -> None:
        """Put the conflicts' shapes on their sheets; those of whole counties would cover all."""
        shapes: dict[str, list[QgsGeometry]] = {severity: [] for severity in self._conflicts}
        for conflict in conflicts:
            if conflict.severity in shapes and conflict.rule not in _WHOLE_UNITS:
                shapes[conflict.severity].append(conflict.geometry)
        for severity, sheet in self._conflicts.items():
            sheet.show_shapes(shapes[severity])

    def _apply(self) -> None:
        for sector, sheet in self.sheets.items():
            wanted = sector in self._only if self._only is not None else self.is_shown(sector)
            sheet.setVisible(self._awake and wanted)
        for sheet in self._conflicts.values():
            sheet.setVisible(self._awake)
        self._later()

    def _later(self) -> None:
        if self._awake and (self.sheets or self._conflicts):
            self._timer.start()

    def draw(self) -> None:
        """Draw every visible sheet that is not up to date."""
        if self._listed is not None:
            self._fill(self._listed)
            self._listed = None
        for sheet in (*self.sheets.values(), *self._conflicts.values()):
            sheet.draw()

    def busy(self) -> bool:
        """Tell whether something is still being drawn."""
        sheets = (*self.sheets.values(), *self._conflicts.values())
        return self._timer.isActive() or any(sheet.busy() for sheet in sheets)

    def select(self, conflict: Conflict, zoom: bool = True, flash: bool = True) -> None:
        """Outline a conflict and both its projects; zoom to it and flash them if wanted."""
        self.deselect()
        shapes = [
            (self.results.shape(conflict.subject), self._colour(conflict.subject), "solid"),
            (self.results.shape(conflict.object), self._colour(conflict.object), "dash"),
            (conflict.geometry, QColor(COLOURS.get(conflict.severity, "#b3261e")), "hatch"),
        ]
        for shape, colour, look in shapes:
            if not shape.isEmpty():
                self._bands.append(self._band(shape, colour, look))
        if zoom:
            self.zoom_to(_in_view(conflict.geometry, [shape for shape, _, _ in shapes[:2]]))
        if flash:
            for shape, colour, _ in shapes[:2] if not shapes[0][0].isEmpty() else shapes[2:]:
                self.flash(shape, colour)

    def _colour(self, side: Side) -> QColor:
        plan = self.results.plan(side.layer)
        return QColor(plan.colour if plan else COLOURS["waived"])

    def _band(self, shape: QgsGeometry, colour: QColor, look: str) -> QgsRubberBand:
        band = QgsRubberBand(self.canvas, Qgis.GeometryType.Polygon)
        band.setToGeometry(shape, self.results.crs)
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

    def show_site(self, shape: QgsGeometry) -> None:
        """Outline a site that is suggested, zoom to it and flash it."""
        self._bands.append(self._band(shape, QColor(_SITE), "solid"))
        self.zoom_to([shape])
        self.flash(shape, QColor(_SITE))

    def flash(self, shape: QgsGeometry, colour: QColor) -> None:
        """Let a shape flash."""
        if shape.isEmpty():
            return
        bright, faint = QColor(colour), QColor(colour)
        bright.setAlpha(220)
        faint.setAlpha(0)
        self.canvas.flashGeometries([shape], self.results.crs, bright, faint, _FLASHES, _FLASH_MS)

    def zoom_to(self, shapes: Iterable[QgsGeometry]) -> None:
        """Show shapes whole, with room around them."""
        box = QgsRectangle()
        for shape in shapes:
            if not shape.isEmpty():
                box.combineExtentWith(shape.boundingBox())
        if box.isNull():
            return
        room = max(_ROOM, _LEAST_SIDE_M / max(box.width(), box.height(), 1e-9))
        self._zoom(box.scaled(room) if box.width() or box.height() else box.buffered(60))

    def pan_to(self, shape: QgsGeometry) -> None:
        """Move the map to a shape, keeping the scale; a map that shows nothing yet zooms."""
        if self.canvas.extent().isEmpty():
            self.zoom_to([shape])
            return
        box = None if shape.isEmpty() else self._between(shape.boundingBox(), forth=True)
        if box is not None:
            self.canvas.setCenter(box.center())
            self.canvas.refresh()

    def zoom_to_plan(self, sector: str) -> None:
        """Show all of a plan."""
        if sector in self.sheets and not self.sheets[sector].extent().isEmpty():
            self._zoom(self.sheets[sector].extent().scaled(1.1))

    def _zoom(self, box: QgsRectangle) -> None:
        moved = self._between(box, forth=True)
        if moved is not None:
            self.canvas.setExtent(moved)
            self.canvas.refresh()

    def view(self) -> tuple[float, float, float, float] | None:
        """Give the canvas's extent in the results' CRS; None where it has none there."""
        box = self._between(self.canvas.extent(), forth=False)
        if box is None or box.isEmpty():
            return None
        return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()

    def _between(self, box: QgsRectangle, forth: bool) -> QgsRectangle | None:
        here, there = self.results.crs, self.canvas.mapSettings().destinationCrs()
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


def _in_view(conflict: QgsGeometry, projects: list[QgsGeometry]) -> list[QgsGeometry]:
    """Choose what the map shows whole: the conflict, and projects that are not much larger."""
    if conflict.isEmpty():
        return projects
    most = max(_size(conflict) * _LARGER, _LEAST_SIDE_M * _LARGER)
    return [conflict, *(shape for shape in projects if _size(shape) <= most)]


def _size(shape: QgsGeometry) -> float:
    """Give the longer side of a shape's rectangle, 0 for an empty one."""
    box = shape.boundingBox()
    return 0.0 if shape.isEmpty() else max(box.width(), box.height())
