# SPDX-License-Identifier: GPL-2.0-or-later
"""Hear of edits, filters and fields of the project's layers, as long as these are there."""

from __future__ import annotations

import contextlib
from typing import Any, Sequence

from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal


class Watch(QObject):
    """Tells `changed` whenever the state of a watched layer is another."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: set[str] = set()

    def follow(self, layers: Sequence[QgsVectorLayer]) -> None:
        """Watch these layers too."""
        for layer in layers:
            if layer.id() not in self._ids:
                for signal in _signals(layer):
                    signal.connect(self._tell)
                self._ids.add(layer.id())

    def forget(self, ids: Sequence[str]) -> None:
        """Forget layers that are gone; others may come under the same id."""
        self._ids -= set(ids)

    def stop(self, layers: Sequence[QgsVectorLayer]) -> None:
        """Watch no layer any more; those given are still there."""
        for layer in layers:
            for signal in _signals(layer) if layer.id() in self._ids else ():
                with contextlib.suppress(TypeError):  # not heard of any more
                    signal.disconnect(self._tell)
        self._ids = set()

    def _tell(self, *_: object) -> None:
        self.changed.emit()


def _signals(layer: QgsVectorLayer) -> tuple[Any, ...]:
    """Give what tells that a layer's state is another."""
    return (
        layer.layerModified, layer.afterCommitChanges, layer.afterRollBack,
        layer.subsetStringChanged, layer.crsChanged, layer.updatedFields,
    )  # fmt: skip
