# SPDX-License-Identifier: GPL-2.0-or-later
"""Bring layers of the engine's results.gpkg into an algorithm's sinks, styled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsFeature,
    QgsFeatureSink,
    QgsFields,
    QgsGeometry,
    QgsMapLayer,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtXml import QDomDocument

from ..jobs.words import later, now, tr


@dataclass(frozen=True)
class Sink:
    """A sink and the layer of results.gpkg that fills it; `title` is marked by `later`."""

    parameter: str
    layer: str
    title: str
    kind: Qgis.ProcessingSourceType = QgsProcessing.SourceType.TypeVector


FINDINGS = Sink(
    "FINDINGS", "findings", later("Findings"), QgsProcessing.SourceType.TypeVectorPolygon
)


class Styler(QgsProcessingLayerPostProcessorInterface):
    """Gives a loaded layer the style that the engine stored for it.

    QGIS keeps no reference, so each one stays in `alive` until it has done its work.
    """

    alive: list[Styler] = []

    def __init__(self, style: QDomDocument) -> None:
        super().__init__()
        self.style = style
        self.alive.append(self)

    def postProcessLayer(  # noqa: N802
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Set the style."""
        layer.importNamedStyle(self.style)
        layer.triggerRepaint()
        self.alive.remove(self)


class Sinks:
    """Fills the sinks of one run."""

    def __init__(
        self,
        algorithm: QgsProcessingAlgorithm,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> None:
        self.algorithm = algorithm
        self.parameters = parameters
        self.context = context
        self.feedback = feedback

    def fill(self, sinks: tuple[Sink, ...], results: Path) -> dict[str, Any]:
        """Copy each sink's layer; give the outputs by name."""
        return {sink.parameter: self._copy(sink, results) for sink in sinks}

    def _copy(self, sink: Sink, results: Path) -> str:
        """Copy one layer and give the sink's id."""
        layer = QgsVectorLayer(f"{results}|layername={sink.layer}", sink.layer, "ogr")
        if not layer.isValid():
            raise QgsProcessingException(
                tr("The engine's results lack the layer '{layer}'.").format(layer=sink.layer)
            )
        keep = [i for i, field in enumerate(layer.fields()) if field.name() != "fid"]
        fields = QgsFields()
        for index in keep:
            fields.append(layer.fields()[index])
        shape = shape_of(layer, sink)
        target, identity = self.algorithm.parameterAsSink(
            self.parameters, sink.parameter, self.context, fields, shape, layer.crs()
        )
        if target is None:
            raise QgsProcessingException(
                self.algorithm.invalidSinkError(self.parameters, sink.parameter)
            )
        bare = 0
        for feature in layer.getFeatures():
            if self.feedback.isCanceled():
                break
            copy = QgsFeature(fields)
            geometry = fitting(feature.geometry(), shape)
            bare += geometry.isNull() and not feature.geometry().isEmpty()
            copy.setGeometry(geometry)
            copy.setAttributes([feature.attribute(index) for index in keep])
            if not target.addFeature(copy, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(
                    self.algorithm.writeFeatureError(target, self.parameters, sink.parameter)
                )
        if bare:
            self.feedback.pushWarning(
                tr(
                    "{layer}: {count} rows are about lines or points; the layer takes polygons, so "
                    "they are in its table without a shape."
                ).format(layer=now(sink.title), count=bare)
            )
        target.flushBuffer()
        del target  # a file is complete only when its sink is gone
        self._style(layer, identity)
        return identity

    def _style(self, layer: QgsVectorLayer, identity: str) -> None:
        """Have the sink's layer styled where it is loaded."""
        if not self.context.willLoadLayerOnCompletion(identity):
            return
        style = QDomDocument("qgis")
        layer.exportNamedStyle(style)
        self.context.layerToLoadOnCompletionDetails(identity).setPostProcessor(Styler(style))


def shape_of(layer: QgsVectorLayer, sink: Sink) -> Qgis.WkbType:
    """Give the sink's geometry type: tables have none; what a sink says it holds is what it takes.

    A layer that mixes shapes counts as polygons.
    """
    kind = layer.wkbType()
    if not layer.isSpatial():
        return Qgis.WkbType.NoGeometry
    if sink.kind == QgsProcessing.SourceType.TypeVectorPolygon or kind == Qgis.WkbType.Unknown:
        return Qgis.WkbType.MultiPolygon
    return QgsWkbTypes.multiType(kind)


def fitting(geometry: QgsGeometry, shape: Qgis.WkbType) -> QgsGeometry:
    """Give what of a geometry a layer of this type takes, none where nothing does.

    A line is not made an area: a thin one would be measured by whoever opens the layer.
    """
    kind = QgsWkbTypes.geometryType(shape)
    if geometry.isEmpty():  # none at all counts as empty too
        return QgsGeometry()
    if geometry.type() == kind:
        return geometry
    parts = [part for part in geometry.asGeometryCollection() if part.type() == kind]
    return QgsGeometry.collectGeometry(parts) if parts else QgsGeometry()
