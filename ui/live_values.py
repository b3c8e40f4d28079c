# SPDX-License-Identifier: GPL-2.0-or-later
"""A feature as the engine knows it: its shape in the dossier's CRS, its values by our names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Iterable, Mapping

from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProject,
    QgsUnsetAttributeValue,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate, QDateTime, Qt

from .live_roles import Role, filter_expression


@dataclass(frozen=True)
class State:
    """What a feature says: `wkb` is hex text or None."""

    wkb: str | None
    values: Mapping[str, Any]


class Reader:
    """Reads one layer's features for the engine, as they are edited or as they are saved."""

    def __init__(self, layer: QgsVectorLayer, role: Role) -> None:
        self.layer = layer
        self.role = role
        self.transform = to_crs(_crs_of(layer), role.crs)
        self._filter = filter_expression(role)
        if self._filter is not None and self._filter.hasParserError():
            self._filter = None  # the layer's own subset is the same text: the driver applies it
        self._context = QgsExpressionContext(
            QgsExpressionContextUtils.globalProjectLayerScopes(layer)
        )

    def edited(self, ids: Iterable[int]) -> dict[int, State]:
        """Give features as they stand in the edit buffer; what is not there is left out."""
        return self._read(self.layer, ids)

    def saved(self, ids: Iterable[int]) -> dict[int, State]:
        """Give features as they stand in the file."""
        return self._read(self.layer.dataProvider(), [one for one in ids if one >= 0])

    def _read(self, source: Any, ids: Iterable[int]) -> dict[int, State]:
        wanted = list(ids)
        if not wanted:
            return {}
        request = QgsFeatureRequest().setFilterFids(wanted)
        return {
            feature.id(): self._state(feature)
            for feature in source.getFeatures(request)
            if self._passes(feature)
        }

    def _clause(self, theirs: str) -> str | None:
        """Give the words for a value that the file gives by itself, None where it gives none."""
        provider = self.layer.dataProvider()
        place = provider.fields().lookupField(theirs)
        return provider.defaultValueClause(place) or None if place >= 0 else None

    def _passes(self, feature: QgsFeature) -> bool:
        """Tell whether the dossier's filter lets a feature through."""
        if self._filter is None:
            return True
        self._context.setFeature(feature)
        self._context.setFields(feature.fields())
        return bool(self._filter.evaluate(self._context) or False)

    def _state(self, feature: QgsFeature) -> State:
        fields = feature.fields()
        values = {}
        for ours, theirs in self.role.fields.items():
            place = fields.lookupField(theirs)
            value = plain(feature.attribute(place)) if place >= 0 else None
            # What the file will give on saving stands there as words ("Autogenerate") till then.
            later = feature.id() < 0 and value == self._clause(theirs)
            values[ours] = None if later else value
        return State(hex_of(feature.geometry(), self.transform), values)


def _crs_of(layer: QgsVectorLayer) -> QgsCoordinateReferenceSystem:
    """Give the CRS that the file states, for the engine reads the file; else the layer's."""
    stated = layer.dataProvider().crs()
    return stated if stated.isValid() else layer.crs()


def to_crs(source: QgsCoordinateReferenceSystem, target: str) -> QgsCoordinateTransform:
    """Make the transform into the dossier's CRS; where one is unknown, nothing is moved."""
    crs = QgsCoordinateReferenceSystem(target)
    if not crs.isValid() or not source.isValid():
        return QgsCoordinateTransform()
    transform = QgsCoordinateTransform(source, crs, QgsProject.instance().transformContext())
    transform.setBallparkTransformsAreAppropriate(True)
    return transform


def hex_of(geometry: QgsGeometry, transform: QgsCoordinateTransform) -> str | None:
    """Give a shape as plane WKB without curves, hex; None where there is none to give."""
    if geometry.isNull() or geometry.isEmpty():
        return None
    shape = QgsGeometry(geometry)
    if QgsWkbTypes.isCurvedType(shape.wkbType()):
        shape = QgsGeometry(shape.constGet().segmentize())
    if QgsWkbTypes.hasZ(shape.wkbType()) or QgsWkbTypes.hasM(shape.wkbType()):
        shape.get().dropZValue()
        shape.get().dropMValue()
    if transform.isValid() and not transform.isShortCircuited():
        try:
            shape.transform(transform)
        except QgsCsException:
            return None
    return bytes(shape.asWkb()).hex()


def plain(value: Any) -> Any:
    """Make a value of what JSON knows; no value is None."""
    # An id that the file will give on saving is none yet.
    if value is None or value == NULL or isinstance(value, QgsUnsetAttributeValue):
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (QDate, QDateTime)):
        return value.toString(Qt.DateFormat.ISODate)
    return str(value)
