# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's layers that are followed: they come, go and change while the engine lives."""

from __future__ import annotations

from typing import Iterable, Sequence

from qgis.core import Qgis, QgsMapLayer, QgsProject, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..jobs.words import tr
from .live_layer import Edit, LayerWatch
from .live_roles import PLAN, SECTOR, Role, role_of


class FollowedLayers(QObject):
    """Watches every layer of the project that is a role; asleep until `follow` names the roles.

    `noted` lists the layers that are not followed and why; `reverted` are edits that take back
    what was not saved of a layer that goes; the other signals are those of the layers.
    """

    touched = pyqtSignal()
    saving = pyqtSignal()
    renamed = pyqtSignal(str, object)
    astray = pyqtSignal()
    reverted = pyqtSignal(object)
    noted = pyqtSignal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.roles: list[Role] = []
        self._awake = False
        self._watches: dict[str, LayerWatch] = {}
        self._heard: dict[str, QgsVectorLayer] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._match)
        project = QgsProject.instance()
        project.layersAdded.connect(self._came)
        project.layersWillBeRemoved.connect(self._go)

    def follow(self, roles: Sequence[Role]) -> None:
        """Watch from now on; what is not saved counts as not told yet."""
        self.release()
        self.roles = list(roles)
        self._awake = True
        self._match()

    def release(self) -> None:
        """Watch nothing."""
        self._awake = False
        self._later.stop()
        for layer_id in list(self._watches):
            self._unwatch(layer_id)
        for layer in self._heard.values():
            if not sip.isdeleted(layer):
                layer.editingStarted.disconnect(self._look_again)
                layer.editingStopped.disconnect(self._look_again)
        self._heard = {}

    def close_down(self) -> None:
        """Let go of the project."""
        self.release()
        project = QgsProject.instance()
        project.layersAdded.disconnect(self._came)
        project.layersWillBeRemoved.disconnect(self._go)

    @property
    def dirty(self) -> bool:
        """Tell whether features are waiting to be taken."""
        return any(watch.dirty for watch in self._watches.values())

    def take(self, most: int) -> list[Edit]:
        """Give the edits of up to `most` features and count them as told."""
        edits: list[Edit] = []
        for watch in self._watches.values():
            if len(edits) < most and not sip.isdeleted(watch.layer):
                edits += watch.take(most - len(edits))
        return edits

    def _came(self, layers: list[QgsMapLayer]) -> None:
        self._look_again()

    def _go(self, ids: list[str]) -> None:
        """Take back what was not saved of layers that go."""
        edits: list[Edit] = []
        for layer_id in ids:
            self._heard.pop(layer_id, None)
            if layer_id in self._watches:
                edits += self._watches[layer_id].revert()
                self._unwatch(layer_id)
        if edits:
            self.reverted.emit(edits)
        self._look_again()

    def _look_again(self) -> None:
        if self._awake:
            self._later.start()

    def _match(self) -> None:
        """Watch every layer that is a role and tell of those that can't be followed."""
        if not self._awake:
            return
        notes, seen = [], set()
        for layer in _vectors():
            self._hear(layer)
            role, reason = role_of(layer, self.roles)
            if role is not None and role.followed:
                seen.add(role.role)
                self._watch(layer, role)
            else:
                notes += [reason] if reason else _unfollowed(layer, role)
        self.noted.emit(_absent(self.roles, seen) + notes)

    def _hear(self, layer: QgsVectorLayer) -> None:
        """Hear when a layer comes under the pen: the user may expect that it is followed."""
        if layer.id() not in self._heard:
            self._heard[layer.id()] = layer
            layer.editingStarted.connect(self._look_again)
            layer.editingStopped.connect(self._look_again)

    def _watch(self, layer: QgsVectorLayer, role: Role) -> None:
        if layer.id() in self._watches:
            return
        watch = LayerWatch(layer, role, self)
        self._watches[layer.id()] = watch
        watch.touched.connect(self.touched)
        watch.saving.connect(self.saving)
        watch.renamed.connect(lambda keys: self.renamed.emit(role.role, keys))
        watch.astray.connect(self.astray)
        watch.replaced.connect(lambda: self._replaced(layer))
        if watch.dirty:
            self.touched.emit()

    def _unwatch(self, layer_id: str) -> None:
        watch = self._watches.pop(layer_id, None)
        if watch is not None:
            watch.close()
            watch.blockSignals(True)
            watch.deleteLater()

    def _replaced(self, layer: QgsVectorLayer) -> None:
        """Let go of a layer that shows another file now, and see what it is."""
        watch = self._watches.get(layer.id())
        edits = watch.revert() if watch is not None else []
        self._unwatch(layer.id())
        if edits:
            self.reverted.emit(edits)
        self._look_again()


def _vectors() -> list[QgsVectorLayer]:
    layers = QgsProject.instance().mapLayers().values()
    return [one for one in layers if isinstance(one, QgsVectorLayer)]


def _unfollowed(layer: QgsVectorLayer, role: Role | None) -> list[str]:
    """Tell of a layer under the pen whose edits are not followed."""
    if not layer.isEditable() or layer.geometryType() != Qgis.GeometryType.Polygon:
        return []
    if role is not None:
        said = tr("Layer '{name}': its edits count only in the next run")
    else:
        said = tr("Layer '{name}' is no layer of the dossier; its edits are not followed")
    return [said.format(name=layer.name())]


def _absent(roles: Iterable[Role], seen: set[str]) -> list[str]:
    """Tell of the plan and of sector plans that no open layer shows."""
    missing = [role for role in roles if role.followed and role.role not in seen]
    said = tr("The planned land use ({place}) is not among the open layers")
    notes = [said.format(place=role.label) for role in missing if role.role == PLAN]
    sectors = sum(role.role.startswith(SECTOR) for role in missing)
    if sectors:
        said = tr("Sector plans that are not among the open layers: {count}")
        notes.append(said.format(count=sectors))
    return notes
