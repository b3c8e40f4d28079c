# SPDX-License-Identifier: GPL-2.0-or-later
"""Which layer of the project is which role of the dossier: told by file, layer name and filter."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Iterable, Mapping

from qgis.core import QgsExpression, QgsProject, QgsProviderRegistry, QgsVectorLayer

from ..jobs.words import tr

PLAN = "plan"
SECTOR = "sector:"


@dataclass(frozen=True)
class Role:
    """A layer as the dossier names it; `fields` maps our names to the layer's.

    `crs` is the dossier's: geometries go to the engine in it. `followed`: the engine takes edits.
    """

    role: str
    path: str
    layer: str = ""
    filter: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    crs: str = ""
    followed: bool = True

    @cached_property
    def place(self) -> str:
        """Give the path as one file has it only once."""
        return _normal(self.path)

    @property
    def label(self) -> str:
        """Name file and layer for the user."""
        name = os.path.basename(self.path)  # noqa: PTH119 (may be a Windows path elsewhere)
        return f"{name}/{self.layer}" if self.layer else name


def roles_from(rows: Iterable[Mapping[str, Any]]) -> list[Role]:
    """Make roles of the engine's list."""
    names = ("role", "path", "layer", "filter", "crs")
    return [
        Role(
            **{key: str(row.get(key) or "") for key in names},
            fields={ours: str(theirs) for ours, theirs in (row.get("fields") or {}).items()},
            followed=bool(row.get("followed", _pen(str(row.get("role"))))),
        )
        for row in rows
    ]


def _pen(role: str) -> bool:
    """Tell whether a role is one that planners edit."""
    return role == PLAN or role.startswith(SECTOR)


def role_of(layer: QgsVectorLayer, roles: Iterable[Role]) -> tuple[Role | None, str]:
    """Give a layer's role, or None and, where it almost has one, why it can't be followed."""
    place = _place(layer)
    if place is None:
        return None, ""
    path = _normal(place[0])
    for role in roles:
        if not _same_place(role, path, place[1]):
            continue
        reason = _hindrance(layer, role, place[2])
        return (None, reason) if reason else (role, "")
    return None, ""


def layers_of(role: str, roles: Iterable[Role]) -> list[QgsVectorLayer]:
    """List the project's layers that are a role, as its tree has them."""
    known = list(roles)
    project = QgsProject.instance()
    order = [node.layerId() for node in project.layerTreeRoot().findLayers()]
    found = []
    for layer in project.mapLayers().values():
        if isinstance(layer, QgsVectorLayer):
            match = role_of(layer, known)[0]
            if match is not None and match.role == role:
                found.append(layer)
    return sorted(found, key=lambda one: order.index(one.id()) if one.id() in order else 0)


def filter_expression(role: Role) -> QgsExpression | None:
    """Give the dossier's filter as an expression of QGIS, None where it filters nothing."""
    return QgsExpression(role.filter) if role.filter.strip() else None


def _place(layer: QgsVectorLayer) -> tuple[str, str, str] | None:
    """Give a file layer's path, layer name and subset; None for other layers."""
    if not layer.isValid() or layer.providerType() != "ogr":
        return None
    parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    path = str(parts.get("path") or "")
    if not path or parts.get("databaseName"):
        return None
    name = str(parts.get("layerName") or "")
    return f"{parts.get('vsiPrefix') or ''}{path}", name, str(layer.subsetString())


def _same_place(role: Role, path: str, name: str) -> bool:
    if role.place != path:
        return False
    stem = os.path.splitext(os.path.basename(path))[0]  # noqa: PTH119, PTH122
    names = {one.casefold() for one in (role.layer, name) if one}
    # A file of one layer is often named without it; its layer then bears the file's name.
    return len(names) < 2 or (len(names) == 2 and not role.layer) or names == {stem.casefold()}


def _normal(path: str) -> str:
    """Write a path so that two names of one file are the same text."""
    return os.path.normcase(os.path.realpath(path)) if not path.startswith("/vsi") else path


def _hindrance(layer: QgsVectorLayer, role: Role, subset: str) -> str:
    """Say why a layer of the right file can't be followed, "" where it can."""
    if not role.followed:
        return ""
    expression = filter_expression(role)
    if expression is not None and expression.hasParserError() and subset != role.filter:
        said = tr("Layer '{name}': the dossier's filter is beyond QGIS, edits can't be followed")
        return said.format(name=layer.name())
    gone = [one for one in role.fields.values() if layer.fields().lookupField(one) < 0]
    if gone:
        said = tr("Layer '{name}': the dossier's field {field} is not there")
        return said.format(name=layer.name(), field=gone[0])
    return ""
