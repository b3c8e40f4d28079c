# SPDX-License-Identifier: GPL-2.0-or-later
"""Switches live on by itself when a layer of the dossier comes under the pen, where so wished."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from qgis.core import QgsMapLayer, QgsProject, QgsProviderRegistry, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject

from .settings_store import load_settings


class LiveStart(QObject):
    """Hears every layer of the project; calls `begin` when a dossier's layer is to be edited.

    A user who switches live off is not overruled: `rest` keeps it off until `wake` (another
    dossier). Which layers a dossier names is told by its text: the engine, which could read it,
    does not run yet.
    """

    def __init__(self, begin: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.begin = begin
        self.dossier = ""
        self.resting = False
        self._heard: dict[str, QgsVectorLayer] = {}
        project = QgsProject.instance()
        project.layersAdded.connect(self._came)
        project.layersWillBeRemoved.connect(self._go)
        self._came(list(project.mapLayers().values()))

    def wake(self, dossier: str) -> None:
        """Begin anew with another dossier; one of its layers may be under the pen already."""
        self.dossier, self.resting = dossier, False
        for layer in list(self._heard.values()):
            if layer.isEditable():
                self._edited(layer)

    def rest(self) -> None:
        """Leave live off: the user wants it so."""
        self.resting = True

    def close_down(self) -> None:
        """Let go of the project."""
        project = QgsProject.instance()
        project.layersAdded.disconnect(self._came)
        project.layersWillBeRemoved.disconnect(self._go)
        self._go(list(self._heard))

    def _came(self, layers: list[QgsMapLayer]) -> None:
        for layer in layers:
            if isinstance(layer, QgsVectorLayer) and layer.id() not in self._heard:
                self._heard[layer.id()] = layer
                layer.editingStarted.connect(self._look)

    def _go(self, ids: list[str]) -> None:
        for key in ids:
            layer = self._heard.pop(key, None)
            if layer is not None and not sip.isdeleted(layer):
                layer.editingStarted.disconnect(self._look)

    def _look(self) -> None:
        layer = self.sender()
        if isinstance(layer, QgsVectorLayer):
            self._edited(layer)

    def _edited(self, layer: QgsVectorLayer) -> None:
        if self.dossier and not self.resting and load_settings().live and self._named(layer):
            self.begin()

    def _named(self, layer: QgsVectorLayer) -> bool:
        """Tell whether the dossier's text names the layer's file."""
        parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
        name = Path(str(parts.get("path") or "")).name
        try:
            text = Path(self.dossier).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return bool(name) and name in text
