# SPDX-License-Identifier: GPL-2.0-or-later
"""What the user chose: the county, its layers by role; and what is wrong with that."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, Mapping

from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer

from ..jobs.handover import plain_file
from ..jobs.words import now, tr
from .roles_facts import shape_of
from .roles_words import FIELD_TITLES, ROLE_TITLES

ROLE_FIELDS = {
    "units": ("code", "name", "town", "town_name", "cluster", "cluster_name"),
    "landuse": ("code", "id", "deduction", "settlement"),
    "plan": ("code", "id", "deduction"),
    "farmland": ("id", "deduction"),
    "redline": ("id",),
    "boundary": ("id",),
    "reserve": ("id", "name", "allowed"),
}
NEEDED = {"units": ("code",), "landuse": ("code",), "plan": ("code",)}
CODED = ("landuse", "plan")


@dataclass(frozen=True)
class RoleChoice:
    """A layer of the project in a role, the fields by our names, the code table."""

    layer: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    codes: str = ""

    def map_layer(self) -> QgsVectorLayer | None:
        """Give the layer; None where it is gone."""
        found = QgsProject.instance().mapLayer(self.layer) if self.layer else None
        return found if isinstance(found, QgsVectorLayer) else None


@dataclass(frozen=True)
class Choice:
    """The county and its layers as the panel shows them."""

    name: str = ""
    code: str = ""
    crs: str = ""
    standard: str = ""
    quotas: str = ""
    roles: Mapping[str, RoleChoice] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Something to know before a check: `role` ("" the whole), `level` error, warning or info."""

    role: str
    level: str
    text: str


def problems(choice: Choice) -> list[Problem]:
    """List what is wrong with a choice, or good to know, role by role."""
    found = [*_of_county(choice)]
    seen: dict[str, str] = {}
    for role, one in choice.roles.items():
        layer = one.map_layer()
        if layer is None:
            continue
        found += _of_layer(role, one, layer)
        if one.layer in seen:
            other = now(ROLE_TITLES[seen[one.layer]])
            text = tr("The same layer also is '{role}'.").format(role=other)
            found.append(Problem(role, "warning", text))
        seen.setdefault(one.layer, role)
    return found


def _of_county(choice: Choice) -> Iterator[Problem]:
    given = {role for role, one in choice.roles.items() if one.map_layer() is not None}
    if "units" not in given:
        yield Problem("units", "error", tr("Choose the layer of units."))
    if not given - {"units"}:
        yield Problem("", "error", tr("Choose at least one layer besides the units."))
    crs = QgsCoordinateReferenceSystem(choice.crs)
    if not crs.isValid():
        yield Problem("", "error", tr("Choose the CRS of the checks."))
    elif crs.isGeographic() or crs.mapUnits() != Qgis.DistanceUnit.Meters:
        text = tr("The CRS of the checks must be projected, in metres; {crs} is not.")
        yield Problem("", "error", text.format(crs=crs.userFriendlyIdentifier()))
    if not choice.code.strip():
        yield Problem("", "error", tr("Give the county's code."))
    if not choice.quotas:
        yield Problem("", "info", tr("No table of quotas: no indicator can be judged."))
    elif not Path(choice.quotas).exists():
        text = tr("There is no {path}.").format(path=choice.quotas)
        yield Problem("", "error", text)


def _of_layer(role: str, one: RoleChoice, layer: QgsVectorLayer) -> Iterator[Problem]:
    if not layer.isValid():
        yield Problem(role, "error", tr("The layer's data can't be read."))
        return
    if shape_of(layer) not in ("polygon", ""):
        yield Problem(role, "error", tr("The layer has no polygons."))
    names = layer.fields().names()
    for ours in NEEDED.get(role, ()):
        if one.fields.get(ours, "") not in names:
            title = now(FIELD_TITLES[ours])
            yield Problem(role, "error", tr("Choose the field: {field}").format(field=title))
    for ours, name in one.fields.items():
        if name and name not in names and ours not in NEEDED.get(role, ()):
            yield Problem(
                role, "warning", tr("The layer has no field '{field}'.").format(field=name)
            )
    if not layer.crs().isValid():
        text = tr("The layer has no CRS; it is taken to be in that of the checks.")
        yield Problem(role, "warning", text)
    yield from _of_state(role, layer)


def _of_state(role: str, layer: QgsVectorLayer) -> Iterator[Problem]:
    """Tell how the layer will reach the engine, where that is not plainly as its file."""
    if layer.isModified():
        text = tr("It has unsaved edits: it is handed over as it stands on the map.")
        yield Problem(role, "info", text)
    elif layer.providerType() == "memory":
        text = tr("It is in memory only: a copy is handed over.")
        yield Problem(role, "info", text)
    elif plain_file(None, layer) is None:
        text = tr("It is no plain file: a copy is handed over.")
        yield Problem(role, "info", text)
    if layer.subsetString():
        text = tr("A filter is set: only what passes it is checked.")
        yield Problem(role, "info", text)
