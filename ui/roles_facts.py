# SPDX-License-Identifier: GPL-2.0-or-later
"""What the layers of a project look like to the recognition, a layer at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable

from qgis.core import (
    Qgis,
    QgsFeatureRequest,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..jobs.aliases import LayerFacts, Match, Vocabulary, recognise

_LOCAL = ("ogr", "memory", "spatialite", "delimitedtext")  # whose features come at once
_SAMPLE = 1500
_SHAPES = {
    Qgis.GeometryType.Polygon: "polygon",
    Qgis.GeometryType.Line: "line",
    Qgis.GeometryType.Point: "point",
    Qgis.GeometryType.Null: "table",
}
_CONTAINERS = (".gpkg", ".gdb", ".sqlite", ".db")


def shape_of(layer: QgsVectorLayer) -> str:
    """Give the plain kind of a layer's geometry: polygon, line, point, table, "" for any."""
    return _SHAPES.get(QgsWkbTypes.geometryType(layer.wkbType()), "")


def facts_of(layer: QgsVectorLayer, words: Vocabulary) -> LayerFacts:
    """Describe a layer; of its codes the first rows are looked at."""
    fields = tuple(layer.fields().names())
    shape = shape_of(layer)
    names, context = _names(layer)
    wanted = words.code_fields(fields) if shape in ("polygon", "") else {}
    return LayerFacts(
        layer.id(), names, fields, shape, context, _samples(layer, wanted) if wanted else {}
    )


def _names(layer: QgsVectorLayer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names of a layer, in the legend and in its file, and those of what is around it."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    stored = str(parts.get("layerName") or parts.get("table") or "")
    path = Path(str(parts.get("path") or ""))
    around = [one for one in path.parent.parts[-2:] if path.name]
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    if node is not None and node.parent() is not None:
        around.append(node.parent().name())
    if path.suffix.lower() in _CONTAINERS:
        around.append(path.stem)
    own = "" if path.suffix.lower() in _CONTAINERS else path.stem
    names = [name for name in (layer.name(), stored, own) if name]
    return tuple(dict.fromkeys(names)), tuple(name for name in around if name)


def _samples(layer: QgsVectorLayer, wanted: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Read the codes of the first features, with the names beside them, without shapes."""
    if layer.providerType() not in _LOCAL:
        return {}
    fields = layer.fields()
    names = [name for pair in wanted.items() for name in pair if name]
    request = QgsFeatureRequest().setLimit(_SAMPLE)
    request.setFlags(Qgis.FeatureRequestFlag.NoGeometry)
    request.setSubsetOfAttributes(sorted({fields.indexOf(name) for name in names}))
    found: dict[str, set[tuple[str, str]]] = {code: set() for code in wanted}
    for feature in layer.getFeatures(request):
        for code, name in wanted.items():
            found[code].add((_text(feature[code]), _text(feature[name]) if name else ""))
    return {code: sorted(pair for pair in pairs if pair[0]) for code, pairs in found.items()}


def _text(value: object) -> str:
    """Give a cell as text; a code kept as a number has no decimals."""
    if value is None or str(value) == "NULL":
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value).strip()


class Recogniser(QObject):
    """Looks at the project's layers one after the other, between the window's own work."""

    done = pyqtSignal(dict)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: Vocabulary | None = None
        self._todo: list[str] = []
        self._facts: dict[str, LayerFacts] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    @property
    def busy(self) -> bool:
        """Tell whether it is still looking."""
        return self._timer.isActive()

    def start(self, layers: Iterable[QgsVectorLayer], words: Vocabulary) -> None:
        """Look at these layers anew; `done` gives the matches by role."""
        self._words = words
        self._facts = {}
        self._todo = [layer.id() for layer in layers]
        self._timer.start()

    def stop(self) -> None:
        """Look no further."""
        self._timer.stop()

    def samples(self, layer: str, field: str) -> list[str]:
        """Give the codes that were seen in a field of a layer."""
        facts = self._facts.get(layer)
        return [code for code, _ in facts.samples.get(field, ())] if facts else []

    def _next(self) -> None:
        if self._todo:
            layer = QgsProject.instance().mapLayer(self._todo.pop(0))
            if isinstance(layer, QgsVectorLayer) and layer.isValid() and self._words:
                self._facts[layer.id()] = facts_of(layer, self._words)
            return
        self._timer.stop()
        matches: dict[str, Match] = {}
        if self._words is not None:
            matches = recognise(list(self._facts.values()), self._words)
        self.done.emit(matches)
