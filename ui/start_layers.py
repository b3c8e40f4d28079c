# SPDX-License-Identifier: GPL-2.0-or-later
"""Put the layers that a dossier names on the map, in a group of their own."""

from __future__ import annotations

from typing import Any, Mapping

from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer

from ..jobs.words import now
from .roles_words import ROLE_TITLES

ORDER = ("units", "boundary", "redline", "farmland", "reserve", "plan", "landuse")  # top first
_HIDDEN = ("landuse",)  # under the plan, which covers it


def add_layers(described: Mapping[str, Any]) -> list[QgsVectorLayer]:
    """Add the layers that the engine's task `dossier` tells of; what does not open is left out.

    What is open already is not added again. The project takes the dossier's CRS where it had no
    layers before.
    """
    project = QgsProject.instance()
    open_already = {layer.source() for layer in project.mapLayers().values()}
    was_empty = not open_already
    layers = described.get("layers") or {}
    found = {role: _opened(role, layers.get(role) or {}) for role in ORDER}
    new = {role: one for role, one in found.items() if one and one.source() not in open_already}
    if not new:
        return []
    group = project.layerTreeRoot().insertGroup(0, str(described.get("name") or "Pianqu"))
    added = []
    for role, layer in new.items():
        project.addMapLayer(layer, False)
        node = group.addLayer(layer)
        node.setExpanded(False)
        node.setItemVisibilityChecked(role not in _HIDDEN)
        added.append(layer)
    crs = QgsCoordinateReferenceSystem(str(described.get("crs") or ""))
    if was_empty and crs.isValid():
        project.setCrs(crs)
    return added


def _opened(role: str, entry: Mapping[str, Any]) -> QgsVectorLayer | None:
    path = str(entry.get("path") or "")
    if not path:
        return None
    source = f"{path}|layername={entry['layer']}" if entry.get("layer") else path
    layer = QgsVectorLayer(source, now(ROLE_TITLES[role]), "ogr")
    if not layer.isValid():
        return None
    if entry.get("filter"):
        layer.setSubsetString(str(entry["filter"]))
    return layer
