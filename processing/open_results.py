# SPDX-License-Identifier: GPL-2.0-or-later
"""Let go of result layers that are on the map while a run replaces their file."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.core import QgsProject, QgsProviderRegistry, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal


class OpenResults(QObject):
    """The layers of a project that come from one folder's results.gpkg.

    Make it on the main thread. On Windows an open file can't be replaced, so the layers are let go
    at once; elsewhere they would go on showing the old file. Call `give_back` from any thread at
    the end: the layers are opened anew on the main one.
    """

    ended = pyqtSignal()

    def __init__(self, project: QgsProject | None, folder: Path) -> None:
        super().__init__()
        file = (folder / "results.gpkg").resolve()
        layers = project.mapLayers().values() if project else ()
        self.layers = [layer for layer in layers if _file_of(layer) == file]
        self.sources = [layer.source() for layer in self.layers]
        self.ended.connect(self._open_anew)
        if sys.platform == "win32":
            self.let_go()

    def let_go(self) -> None:
        """Close the file; the layers keep their place and style."""
        for layer in self.layers:
            layer.setDataSource("", layer.name(), "ogr")

    def give_back(self) -> None:
        """Have the layers opened anew."""
        self.ended.emit()

    def _open_anew(self) -> None:
        """Open the layers' sources again; a layer removed meanwhile is gone."""
        for layer, source in zip(self.layers, self.sources):
            try:
                layer.setDataSource(source, layer.name(), "ogr")
                layer.triggerRepaint()
            except RuntimeError:  # the user removed it during the run
                continue
        self.layers, self.sources = [], []


def _file_of(layer: object) -> Path | None:
    """Give the file of an OGR layer that is not being edited."""
    if not isinstance(layer, QgsVectorLayer) or layer.providerType() != "ogr":
        return None
    if layer.isEditable():
        return None
    path = QgsProviderRegistry.instance().decodeUri("ogr", layer.source()).get("path")
    return Path(str(path)).resolve() if path else None
