# SPDX-License-Identifier: GPL-2.0-or-later
"""Map tools of the what-if: draw an area, or pick polygons of any layer."""

from __future__ import annotations

from typing import Callable, Hashable

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPointXY,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import (
    QgsMapCanvas,
    QgsMapMouseEvent,
    QgsMapTool,
    QgsRubberBand,
    QgsSnapIndicator,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeyEvent

from .whatif_area import dress

Drawn = Callable[[QgsGeometry, QgsCoordinateReferenceSystem], None]
Picked = Callable[[Hashable, QgsGeometry, QgsCoordinateReferenceSystem], None]
_CORNERS = 3


class DrawTool(QgsMapTool):
    """Draws a polygon: a left click adds a corner, a right click ends, Backspace takes one back.

    It snaps as the project says. `drawn` gets the shape in the map's CRS.
    """

    def __init__(self, canvas: QgsMapCanvas, drawn: Drawn) -> None:
        super().__init__(canvas)
        self._drawn = drawn
        self._points: list[QgsPointXY] = []
        self._band: QgsRubberBand | None = None
        self._snap = QgsSnapIndicator(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Show the polygon as it would be with a corner here."""
        here = event.snapPoint()
        self._snap.setMatch(event.mapPointMatch())
        if self._points:
            self._show([*self._points, here])

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Add a corner, or end."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._points.append(event.snapPoint())
            self._show(self._points)
        elif event.button() == Qt.MouseButton.RightButton:
            self._finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take the last corner back, or all."""
        if event.key() == Qt.Key.Key_Backspace and self._points:
            self._points.pop()
            self._show(self._points)
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
        else:
            return
        event.ignore()  # tells the canvas that the key is used up

    def deactivate(self) -> None:
        """Leave no half-drawn polygon behind."""
        self.clear()
        super().deactivate()

    def clear(self) -> None:
        """Begin anew."""
        self._points = []
        if self._band is not None:
            self.canvas().scene().removeItem(self._band)
            self._band = None

    def _finish(self) -> None:
        points = self._points
        self.clear()
        if len(points) >= _CORNERS:
            crs = self.canvas().mapSettings().destinationCrs()
            self._drawn(QgsGeometry.fromPolygonXY([points]), crs)

    def _show(self, points: list[QgsPointXY]) -> None:
        if self._band is None:
            self._band = QgsRubberBand(self.canvas(), Qgis.GeometryType.Polygon)
            dress(self._band)
        self._band.reset(Qgis.GeometryType.Polygon)
        for point in points:
            self._band.addPoint(point)


class PickTool(QgsMapTool):
    """Picks polygons by a click each, a second click gives one back; the topmost layer counts."""

    def __init__(self, canvas: QgsMapCanvas, picked: Picked) -> None:
        super().__init__(canvas)
        self._picked = picked
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Pick what lies under the mouse."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = self.toMapCoordinates(event.pos())
        for layer in self.canvas().layers():
            if has_polygons(layer):
                feature = self._at(layer, point)
                if feature is not None:
                    self._picked((layer.id(), feature.id()), feature.geometry(), layer.crs())
                    return

    def _at(self, layer: QgsVectorLayer, point: QgsPointXY) -> QgsFeature | None:
        """Give a layer's feature at a point of the map."""
        try:
            here = self.toLayerCoordinates(layer, point)
        except QgsCsException:
            return None
        request = QgsFeatureRequest().setFilterRect(QgsRectangle(here, here))
        request.setFlags(Qgis.FeatureRequestFlag.ExactIntersect)
        request.setNoAttributes()
        return next(iter(layer.getFeatures(request)), None)


def has_polygons(layer: object) -> bool:
    """Tell whether something is a layer of polygons."""
    return (
        isinstance(layer, QgsVectorLayer)
        and layer.isValid()
        and layer.geometryType() == Qgis.GeometryType.Polygon
    )
