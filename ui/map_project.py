# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a ready project of a dossier: all its layers, styled, with themes, saved as a .qgz."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRectangle,
    QgsReferencedRectangle,
)

from ..jobs.words import tr
from .map_group import MapGroup

ELLIPSOID = "EPSG:1024"  # of CGCS2000


def make_project(
    county: Mapping[str, Any], file: Path, results: str = "", language: str = "zh",
    theme: str = "plan",
) -> Path:  # fmt: skip
    """Save a project of a dossier's layers; the open project is left alone. OSError if it can't be.

    `county` is the engine's description of the dossier. Paths in the project are relative to it.
    """
    project = QgsProject()
    project.setTitle(tr("{county} · Pianqu").format(county=county["name"]))
    crs = QgsCoordinateReferenceSystem(county["crs"])
    project.setCrs(crs)
    project.setEllipsoid(ELLIPSOID)
    project.setFilePathStorage(Qgis.FilePathType.Relative)
    project.setFileName(str(file))
    group = MapGroup(project)
    group.add(county, results, language)
    layers = group.layers(county["path"])
    group.themes.show(county["path"], theme, layers)
    extent = _extent([one.extent() for role, one in layers.items() if role.startswith("units:")])
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, crs))
    if not project.write(str(file)):
        reason = project.error()
        project.clear()
        raise OSError(tr("The project could not be saved: {path}").format(path=file) + " " + reason)
    project.clear()
    return file


def _extent(extents: list[QgsRectangle]) -> QgsRectangle:
    """Give the land of all units, with room around it."""
    whole = QgsRectangle()
    for one in extents:
        whole.combineExtentWith(one)
    whole.scale(1.05)
    return whole
