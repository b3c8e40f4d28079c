# SPDX-License-Identifier: GPL-2.0-or-later
"""Put an area of a what-if into the plan: one command of the edit buffer, undone by one Undo."""

from __future__ import annotations

from typing import Any, Iterable

from qgis.core import (
    Qgis,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsVectorLayer,
    QgsVectorLayerUtils,
    QgsWkbTypes,
)

from ..jobs.words import tr
from .live_roles import Role
from .whatif_area import Area, polygons

# What is smaller than this (m2) is the noise of the arithmetic, not land.
_NOTHING_M2 = 1e-6


class PutError(Exception):
    """Why nothing was put, in a sentence for the user."""


def hindrance(layers: list[QgsVectorLayer], role: Role | None) -> str:
    """Say why nothing can be put into the plan now, "" where it can."""
    if role is None or not layers:
        return tr("The plan layer is not open in the project.")
    shut = [layer.name() for layer in layers if not layer.isEditable()]
    if len(shut) == len(layers):
        return tr("Switch on editing of the layer '{name}' first.").format(name=shut[0])
    return ""


def put(layers: list[QgsVectorLayer], role: Role, area: Area, code: str) -> int:
    """Cut an area out of the planned parcels it covers and give it a use; count what was cut.

    It is all or nothing: what fails is taken back before PutError says why.
    """
    target = next((layer for layer in layers if layer.isEditable()), None)
    if target is None:
        raise PutError(hindrance(layers, role))
    shapes = {layer.id(): _shape_for(area, layer) for layer in layers}
    cuts = {layer.id(): _cuts(layer, shapes[layer.id()]) for layer in layers}
    for layer in layers:
        if cuts[layer.id()] and not layer.isEditable():
            raise PutError(hindrance([layer], role))
    opened = [layer for layer in layers if cuts[layer.id()] or layer is target]
    title = tr("What if: {code}").format(code=code)
    for layer in opened:
        layer.beginEditCommand(title)
    try:
        for layer in opened:
            for feature, rest in cuts[layer.id()]:
                _cut(layer, role, feature, rest)
        _add(target, shapes[target.id()], {_field(target, role, "code"): code})
    except PutError:
        for layer in opened:
            layer.destroyEditCommand()
        raise
    for layer in opened:
        layer.endEditCommand()
        layer.triggerRepaint()
    return sum(len(found) for found in cuts.values())


def _shape_for(area: Area, layer: QgsVectorLayer) -> QgsGeometry:
    """Give the area in a layer's CRS, the one its file states (see Reader)."""
    stated = layer.dataProvider().crs()
    shape = area.geometry(stated if stated.isValid() else layer.crs())
    if shape.isEmpty():
        raise PutError(tr("The area can't be brought into the layer's coordinates."))
    return shape


def _cuts(layer: QgsVectorLayer, shape: QgsGeometry) -> list[tuple[QgsFeature, QgsGeometry]]:
    """Find the features that an area covers in part or whole, each with what is left of it."""
    request = QgsFeatureRequest().setFilterRect(shape.boundingBox())
    engine = QgsGeometry.createGeometryEngine(shape.constGet())
    engine.prepareGeometry()  # of most features it tells at once that they are out or all in
    found = []
    for feature in layer.getFeatures(request):
        ground = feature.geometry()
        if not engine.intersects(ground.constGet()):
            continue
        if engine.contains(ground.constGet()):
            found.append((feature, QgsGeometry()))
            continue
        if not ground.isGeosValid():
            ground = ground.makeValid()
        if polygons(ground.intersection(shape)).area() <= _NOTHING_M2:
            continue
        rest = ground.difference(shape)
        if rest.isNull():
            said = tr("Feature {id} can't be cut: {error}")
            raise PutError(said.format(id=feature.id(), error=ground.lastError()))
        found.append((feature, polygons(rest)))
    return found


def _cut(layer: QgsVectorLayer, role: Role, feature: QgsFeature, rest: QgsGeometry) -> None:
    """Leave a feature what is left of it; further parts of a single-part layer are new ones."""
    parts = [one for one in _parts(layer, rest) if one.area() > _NOTHING_M2]
    parts.sort(key=lambda one: one.area(), reverse=True)
    if not parts:
        _must(layer, layer.deleteFeature(feature.id()))
        return
    _must(layer, layer.changeGeometry(feature.id(), parts[0]))
    if len(parts) > 1:
        own = {*layer.primaryKeyAttributes(), _field(layer, role, "id", needed=False)}
        values = {
            index: value for index, value in enumerate(feature.attributes()) if index not in own
        }
        for part in parts[1:]:
            _add(layer, part, values)


def _add(layer: QgsVectorLayer, shape: QgsGeometry, values: dict[int, Any]) -> None:
    for part in _parts(layer, shape):
        context = layer.createExpressionContext()
        made = QgsVectorLayerUtils.createFeature(layer, part, values, context)
        _must(layer, layer.addFeature(made))


def _parts(layer: QgsVectorLayer, shape: QgsGeometry) -> Iterable[QgsGeometry]:
    """Give a shape as the layer can hold it: whole, or part by part."""
    if shape.isEmpty():
        return []
    if QgsWkbTypes.isSingleType(layer.wkbType()):
        return shape.asGeometryCollection()
    whole = QgsGeometry(shape)
    if layer.wkbType() != Qgis.WkbType.Unknown:
        whole.convertToMultiType()
    return [whole]


def _field(layer: QgsVectorLayer, role: Role, ours: str, needed: bool = True) -> int:
    place = layer.fields().lookupField(role.fields.get(ours, ""))
    if place < 0 and needed:
        said = tr("Layer '{name}': the dossier's field {field} is not there")
        raise PutError(said.format(name=layer.name(), field=role.fields.get(ours, ours)))
    return place


def _must(layer: QgsVectorLayer, done: bool) -> None:
    if not done:
        raise PutError(tr("Layer '{name}' does not take the change.").format(name=layer.name()))
