# SPDX-License-Identifier: GPL-2.0-or-later
"""The area of a what-if: drawn or put together of features, in whatever CRS they came."""

from __future__ import annotations

from typing import Hashable

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProject,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

_COLOUR = QColor("#7b3fa0")
_BAND_Z = 80.0


class Area:
    """Parts by a key of their own; together they are one area.

    The whole is put together once for a CRS: of a thousand parcels that takes a while.
    """

    def __init__(self) -> None:
        self.parts: dict[Hashable, tuple[QgsGeometry, QgsCoordinateReferenceSystem]] = {}
        self._whole: list[tuple[QgsCoordinateReferenceSystem, QgsGeometry]] = []

    def is_empty(self) -> bool:
        """Tell whether nothing is drawn or picked."""
        return not self.parts

    def clear(self) -> None:
        """Take all parts away."""
        self.parts, self._whole = {}, []

    def set(self, key: Hashable, shape: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> None:
        """Add or replace a part; a shape without area is none."""
        whole = polygons(shape if shape.isGeosValid() else shape.makeValid())
        self._whole = []
        if whole.isEmpty():
            self.parts.pop(key, None)
        else:
            self.parts[key] = (whole, QgsCoordinateReferenceSystem(crs))

    def toggle(self, key: Hashable, shape: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> None:
        """Add a part, or take it away where it is there."""
        if not self.take(key):
            self.set(key, shape, crs)

    def take(self, key: Hashable) -> bool:
        """Take a part away; tells whether it was there."""
        self._whole = []
        return self.parts.pop(key, None) is not None

    def geometry(self, crs: QgsCoordinateReferenceSystem) -> QgsGeometry:
        """Give the whole area in a CRS; empty where a part can't be brought there."""
        for known, whole in self._whole:
            if known == crs:
                return QgsGeometry(whole)
        whole = self._united(crs)
        self._whole.append((QgsCoordinateReferenceSystem(crs), whole))
        return QgsGeometry(whole)

    def _united(self, crs: QgsCoordinateReferenceSystem) -> QgsGeometry:
        shapes = []
        for shape, own in self.parts.values():
            moved = QgsGeometry(shape)
            try:
                moved.transform(
                    QgsCoordinateTransform(own, crs, QgsProject.instance().transformContext())
                )
            except QgsCsException:
                return QgsGeometry()
            shapes.append(moved)
        whole = shapes[0] if len(shapes) == 1 else QgsGeometry.unaryUnion(shapes)
        return polygons(whole if whole.isGeosValid() else whole.makeValid())


def polygons(shape: QgsGeometry) -> QgsGeometry:
    """Give the areas of a shape; a repaired one may also hold lines."""
    whole = QgsGeometry(shape)
    if whole.wkbType() == Qgis.WkbType.GeometryCollection:
        whole.convertGeometryCollectionToSubclass(Qgis.GeometryType.Polygon)
    return whole if whole.type() == Qgis.GeometryType.Polygon else QgsGeometry()


class AreaBand:
    """Shows the area on the map."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self.canvas = canvas
        self._band: QgsRubberBand | None = None

    def show(self, area: Area) -> None:
        """Draw an area, or nothing where it is empty."""
        self.remove()
        if area.is_empty():
            return
        band = QgsRubberBand(self.canvas, Qgis.GeometryType.Polygon)
        crs = self.canvas.mapSettings().destinationCrs()
        band.setToGeometry(area.geometry(crs), crs)
        dress(band)
        self._band = band

    def remove(self) -> None:
        """Take the drawing off the map."""
        band, self._band = self._band, None
        if band is not None and not sip.isdeleted(band) and band.scene() is not None:
            band.scene().removeItem(band)


def dress(band: QgsRubberBand) -> None:
    """Give a band the look of a what-if."""
    fill = QColor(_COLOUR)
    fill.setAlpha(50)
    band.setFillColor(fill)
    band.setStrokeColor(_COLOUR)
    band.setSecondaryStrokeColor(QColor(255, 255, 255, 210))
    band.setLineStyle(Qt.PenStyle.DashLine)
    band.setWidth(2)
    band.setZValue(_BAND_Z)
