# SPDX-License-Identifier: GPL-2.0-or-later
"""Hand a layer over to the engine as it stands on the map.

A clean file layer is named, never copied. What only QGIS sees (unsaved edits, a selection, an
expression, a memory or database layer, joined or virtual fields) is written out first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsFields,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProviderRegistry,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType

from .words import tr

FID = "pianqu_fid"
IDENTITY = "pianqu_id"
FILE = "handover.gpkg"


@dataclass(frozen=True)
class Plain:
    """A file the engine can open for itself, with the layer in it and an SQL where."""

    path: str
    layer: str = ""
    where: str = ""

    def source(self) -> dict[str, Any]:
        """Give the dossier's entry for it."""
        entry = {"path": self.path, "layer": self.layer, "filter": self.where}
        return {name: value for name, value in entry.items() if value}


def plain_file(value: Any, layer: QgsVectorLayer | None) -> Plain | None:
    """Name the file behind a parameter's value, or None where it has to be written out.

    Call it on the main thread: it looks at the layer's editing state.
    """
    if isinstance(value, QgsProcessingFeatureSourceDefinition) and (
        value.selectedFeaturesOnly or value.featureLimit >= 0 or value.filterExpression
    ):
        return None
    if layer is None or not layer.isValid() or layer.providerType() != "ogr":
        return None
    if layer.isModified() or _has_own_fields(layer):
        return None
    if layer.crs() != layer.dataProvider().crs():
        return None  # the user corrected the CRS in QGIS; the file still says another
    return _decode(layer)


def _has_own_fields(layer: QgsVectorLayer) -> bool:
    """Tell whether the layer has fields that its file does not have."""
    fields = layer.fields()
    from_file = Qgis.FieldOrigin.Provider
    return any(fields.fieldOrigin(index) != from_file for index in range(fields.count()))


def _decode(layer: QgsVectorLayer) -> Plain | None:
    """Take an OGR layer's source apart; None where it is more than file, layer and where."""
    parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    where = str(parts.get("subset") or "")
    path = str(parts.get("path") or "")
    if where.strip().lower().startswith("select") or parts.get("openOptions"):
        return None
    if parts.get("vsiPrefix") or parts.get("databaseName") or not Path(path).exists():
        return None
    index = parts.get("layerId")
    name = str(parts.get("layerName") or "")
    if not name and index not in (None, "", -1):
        return None
    # A batch run names files from where it stands; the dossier lies elsewhere.
    return Plain(os.path.abspath(path), name, where)  # noqa: PTH100 (links stay as given)


def written_source(
    source: QgsProcessingFeatureSource,
    folder: Path,
    role: str,
    feedback: QgsProcessingFeedback,
) -> Plain:
    """Write what a source gives into a GeoPackage of the run's own, one layer a role.

    Every feature goes over, valid or not: to judge them is the engine's task. The column
    `pianqu_id` keeps QGIS's feature ids for layers without an id field.
    """
    path = folder / FILE
    fields = QgsFields(source.fields())
    fields.append(QgsField(IDENTITY, QMetaType.Type.QString))
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = role
    options.layerOptions = [f"FID={FID}"]
    options.fileEncoding = "UTF-8"
    action = QgsVectorFileWriter.ActionOnExistingFile
    exists = path.exists()
    options.actionOnExistingFile = (
        action.CreateOrOverwriteLayer if exists else action.CreateOrOverwriteFile
    )
    writer = QgsVectorFileWriter.create(
        str(path), fields, source.wkbType(), source.sourceCrs(),
        QgsCoordinateTransformContext(), options,
    )  # fmt: skip
    _check(writer, source)
    skip_checks = Qgis.ProcessingFeatureSourceFlag.SkipGeometryValidityChecks
    for feature in source.getFeatures(QgsFeatureRequest(), skip_checks):
        if feedback.isCanceled():
            break
        copy = QgsFeature(fields)
        copy.setGeometry(feature.geometry())
        copy.setAttributes([*feature.attributes(), str(feature.id())])
        if not writer.addFeature(copy):
            _check(writer, source)
    del writer  # closes the file
    return Plain(str(path), role)


def _check(writer: QgsVectorFileWriter, source: QgsProcessingFeatureSource) -> None:
    """Raise where the writer met an error."""
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise QgsProcessingException(
            tr("Layer '{name}' could not be handed over to the engine: {error}").format(
                name=source.sourceName(), error=writer.errorMessage()
            )
        )
