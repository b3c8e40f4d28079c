# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes a layer's selection as the area of a what-if; that of a whole town beside the window."""

from __future__ import annotations

from typing import Any, Iterable

from qgis.core import QgsCoordinateReferenceSystem, QgsFeatureRequest, QgsGeometry, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from . import beside
from .slices import Job, Slices
from .whatif_area import Area
from .whatif_tools import has_polygons

FEW = 100  # so many are parts of their own, which the tool "Pick" can give back
_PORTION = 20
_ALL = "selection"


class SelectionTaker(QObject):
    """Puts selected polygons into an area; `taken` when it is done, `begun` where that is later."""

    taken = pyqtSignal()
    begun = pyqtSignal()

    def __init__(self, area: Area, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._area = area
        self._slices = Slices(self)
        self._task: beside.Task | None = None

    def take(self, layers: Iterable[Any]) -> bool:
        """Take the selection of the first layer that has one; False where none has."""
        for layer in layers:
            if has_polygons(layer) and layer.selectedFeatureCount():
                self.drop()
                if layer.selectedFeatureCount() > FEW:
                    self._slices.begin(_ALL, self._reading(layer))
                    self.begun.emit()
                    return True
                features = list(layer.selectedFeatures())
                self._area.clear()
                for one in features:
                    self._area.set((layer.id(), one.id()), one.geometry(), layer.crs())
                self.taken.emit()
                return True
        return False

    @property
    def busy(self) -> bool:
        """Tell whether a selection is being taken."""
        return self._slices.busy or self._task is not None

    def drop(self) -> None:
        """Take no more: another area is wanted, or none."""
        self._slices.drop()
        if self._task is not None:
            self._task.drop()
            self._task = None

    def _reading(self, layer: QgsVectorLayer) -> Job:
        crs, shapes = QgsCoordinateReferenceSystem(layer.crs()), []
        request = QgsFeatureRequest(layer.selectedFeatureIds()).setNoAttributes()
        for number, feature in enumerate(layer.getFeatures(request)):
            shapes.append(feature.geometry())
            if number % _PORTION == 0:
                yield

        def united(error: Exception | None, whole: QgsGeometry | None = None) -> None:
            self._task = None
            self._area.clear()
            if whole is not None:
                self._area.set(_ALL, whole, crs)
            self.taken.emit()

        self._task = beside.begin(lambda task: _unite(shapes), united)


def _unite(shapes: list[QgsGeometry]) -> QgsGeometry:
    return QgsGeometry.unaryUnion(
        [one if one.isGeosValid() else one.makeValid() for one in shapes if not one.isNull()]
    )
