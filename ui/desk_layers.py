# SPDX-License-Identifier: GPL-2.0-or-later
"""Find the feature that a finding is about in the layers of the project, and open its form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsExpression,
    QgsFeature,
    QgsFeatureRequest,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)
from qgis.gui import QgsAttributeDialog
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ..jobs.words import tr
from . import beside
from .beside import Task
from .desk_records import Desk
from .desk_words import ROLE_WORDS
from .findings_records import Box
from .labels import word
from .live_roles import Role, layers_of

_ID_FIELDS = {"units": "code"}
_SECTOR_ID = "project"
_BY_FID = Qgis.FeatureRequestFilterType.Fid


def roles_of(desk: Desk, dossier: str) -> list[Role]:
    """List the roles as the run's record names them: file, layer, filter and fields."""
    base = Path(dossier).parent if dossier else Path(desk.place).parent
    crs = str(desk.run.get("crs") or "")
    found = []
    for row in desk.run.get("inputs") or ():
        file = str(row.get("file") or "")
        if not file or row.get("driver") is None:
            continue  # a list of projects or quotas has no shapes
        found.append(
            Role(
                role=str(row.get("role") or ""),
                path=file if "://" in file else str(base / file),
                layer=str(row.get("layer") or ""),
                filter=str(row.get("filter") or ""),
                fields=dict(row.get("fields") or {}),
                crs=crs,
            )
        )
    return found


def role_of(subject_layer: str, roles: list[Role]) -> str:
    """Give the role of a finding's layer; a sector plan is named by its id alone."""
    names = {role.role for role in roles}
    sector = f"sector:{subject_layer}"
    return subject_layer if subject_layer in names or sector not in names else sector


class FormOpener(QObject):
    """Looks a feature up beside the window, then opens its form; `failed` says why not."""

    failed = pyqtSignal(str)
    opened = pyqtSignal(object)

    def __init__(self, iface: Any, parent: QWidget) -> None:
        super().__init__(parent)
        self.iface = iface
        self.roles: list[Role] = []
        self.crs = QgsCoordinateReferenceSystem()
        self._number = 0
        self._task: Task | None = None

    def load(self, desk: Desk, dossier: str) -> None:
        """Take the roles of other results."""
        self.roles = roles_of(desk, dossier)
        self.crs = desk.crs

    def open(self, subject_layer: str, subject_id: str, box: Box = None) -> None:
        """Open the form of a feature of a role; the box, in our CRS, makes the search quick."""
        name = role_of(subject_layer, self.roles)
        role = next((one for one in self.roles if one.role == name), None)
        title = word(ROLE_WORDS, subject_layer)
        if role is None or not subject_id:
            self.failed.emit(tr("There is no feature of {layer} to open.").format(layer=title))
            return
        layers = layers_of(name, self.roles)
        if not layers:
            said = tr("The layer {layer} ({file}) is not in the project.")
            self.failed.emit(said.format(layer=title, file=role.label))
            return
        self._search(layers[0], _request(role, subject_id), box, title, subject_id)

    def _search(
        self,
        layer: QgsVectorLayer,
        request: QgsFeatureRequest,
        box: Box,
        title: str,
        id_: str,
    ) -> None:
        self._number += 1
        number = self._number
        area = self._area(layer, box)
        if area is not None and request.filterType() != _BY_FID:
            request.setFilterRect(area)
        source = QgsVectorLayerFeatureSource(layer)
        key = layer.id()

        def done(error: Exception | None, feature: QgsFeature | None = None) -> None:
            if number != self._number:
                return
            self._task = None
            now = QgsProject.instance().mapLayer(key)
            if feature is None or now is None:
                said = tr("{layer} has no feature {id} any more.")
                self.failed.emit(said.format(layer=title, id=id_))
                return
            self._show(now, feature)

        self._task = beside.begin(lambda task: next(iter(source.getFeatures(request)), None), done)

    def _area(self, layer: QgsVectorLayer, box: Box) -> QgsRectangle | None:
        if box is None:
            return None
        area = QgsRectangle(*box)
        try:
            context = QgsProject.instance().transformContext()
            there = QgsCoordinateTransform(self.crs, layer.crs(), context)
            return there.transformBoundingBox(area).buffered(1e-6)
        except QgsCsException:
            return None

    def _show(self, layer: QgsVectorLayer, feature: QgsFeature) -> None:
        layer.selectByIds([feature.id()])
        if self.iface is not None:
            self.iface.openFeatureForm(layer, feature, False, False)
        else:
            dialog = QgsAttributeDialog(layer, QgsFeature(feature), False, self.parent())
            dialog.show()
        self.opened.emit(feature)

    def stop(self) -> None:
        """Open nothing any more."""
        self._number += 1


def _request(role: Role, id_: str) -> QgsFeatureRequest:
    """Ask for the feature with an id: by the dossier's field, else by the driver's number."""
    default = _SECTOR_ID if role.role.startswith("sector:") else "id"
    field = role.fields.get(_ID_FIELDS.get(role.role, default))
    request = QgsFeatureRequest()
    if field:
        request.setFilterExpression(QgsExpression.createFieldEqualityExpression(field, id_))
    elif id_.lstrip("-").isdigit():
        request.setFilterFid(int(id_))
    request.setLimit(1)
    return request
