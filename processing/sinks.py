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

from ..jobs.words import later, tr


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
        target, identity = self.algorithm.parameterAsSink(
            self.parameters, sink.parameter, self.context, fields, shape_of(layer), layer.crs()
        )
        if target is None:
            raise QgsProcessingException(
                self.algorithm.invalidSinkError(self.parameters, sink.parameter)
            )
        for feature in layer.getFeatures():
            if self.feedback.isCanceled():
                break
            copy = QgsFeature(fields)
            copy.setGeometry(feature.geometry())
            copy.setAttributes([feature.attribute(index) for index in keep])
            if not target.addFeature(copy, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(
                    self.algorithm.writeFeatureError(target, self.parameters, sink.parameter)
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


def shape_of(layer: QgsVectorLayer) -> Qgis.WkbType:
    """Give the sink's geometry type: tables have none, a mixed layer counts as polygons."""
    kind = layer.wkbType()
    if not layer.isSpatial():
        return Qgis.WkbType.NoGeometry
    return (
        Qgis.WkbType.MultiPolygon if kind == Qgis.WkbType.Unknown else QgsWkbTypes.multiType(kind)
    )
