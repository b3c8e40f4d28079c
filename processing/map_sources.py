# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers of QGIS for what a dossier names, as the engine reads it."""

from __future__ import annotations

from typing import Any, Mapping
from urllib.parse import unquote, urlsplit

from qgis.core import QgsCoordinateReferenceSystem, QgsDataSourceUri, QgsVectorLayer

from ..jobs.addresses import is_server

Source = Mapping[str, Any]


def open_layer(source: Source, name: str, crs: str) -> QgsVectorLayer:
    """Open a source of the engine's description; one without a CRS is taken to be in `crs`.

    A source's own `crs` goes before what its file says. Whether it could be opened `isValid` tells.
    """
    layer = _postgres(source, name) if is_server(source["path"]) else _ogr(source, name)
    stated = str(source.get("crs") or "")
    if layer.isValid() and (stated or source.get("assumed") or not layer.crs().isValid()):
        layer.setCrs(QgsCoordinateReferenceSystem(stated or crs))
    return layer


def _ogr(source: Source, name: str) -> QgsVectorLayer:
    parts = [source["path"]]
    if source.get("layer"):
        parts.append(f"layername={source['layer']}")
    if source.get("filter"):
        parts.append(f"subset={source['filter']}")
    layer = QgsVectorLayer("|".join(parts), name, "ogr", _options())
    if source.get("encoding") and layer.isValid():
        layer.setProviderEncoding(source["encoding"])
    return layer


def _options() -> QgsVectorLayer.LayerOptions:
    """Leave a file's own style aside: we bring one."""
    options = QgsVectorLayer.LayerOptions()
    options.loadDefaultStyle = False
    return options


def _postgres(source: Source, name: str) -> QgsVectorLayer:
    place = urlsplit(source["path"])
    uri = QgsDataSourceUri()
    uri.setConnection(
        place.hostname or "", str(place.port or 5432), unquote(place.path.lstrip("/")),
        unquote(place.username or ""), unquote(place.password or ""),
    )  # fmt: skip
    schema, _, table = str(source.get("layer", "")).rpartition(".")
    uri.setDataSource(schema or "public", table, "geom", source.get("filter", ""))
    found = QgsVectorLayer(uri.uri(False), name, "postgres", _options())
    if found.isValid():
        return found
    # the geometry may bear another name: GDAL asks the database for it
    return _ogr({**source, "path": f"PG:{uri.connectionInfo(True)}"}, name)
