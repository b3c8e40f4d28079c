# SPDX-License-Identifier: GPL-2.0-or-later
"""The chosen roles kept in the project file: only when the user says so."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from qgis.core import QgsProject

from .roles_choice import Choice, RoleChoice

SCOPE, KEY = "Pianqu", "/roles"
VERSION = 1
_TEXTS = ("name", "code", "crs", "standard")


def save(choice: Choice, project: QgsProject) -> None:
    """Write a choice into the project; it is on disk when the user saves the project."""
    values = {**asdict(choice), "version": VERSION}
    if choice.quotas:
        values["quotas"] = project.writePath(choice.quotas)
    project.writeEntry(SCOPE, KEY, json.dumps(values, ensure_ascii=False))


def saved(project: QgsProject) -> Choice | None:
    """Read the choice that a project keeps; None where it keeps none that can be read."""
    text, found = project.readEntry(SCOPE, KEY, "")
    if not found or not text:
        return None
    try:
        return _choice(json.loads(text), project)
    except (ValueError, TypeError, AttributeError):
        return None


def _choice(values: dict[str, Any], project: QgsProject) -> Choice | None:
    if values.get("version") != VERSION:
        return None
    roles = {
        str(role): RoleChoice(
            str(one.get("layer") or ""),
            {str(ours): str(name) for ours, name in (one.get("fields") or {}).items()},
            str(one.get("codes") or ""),
        )
        for role, one in (values.get("roles") or {}).items()
    }
    quotas = str(values.get("quotas") or "")
    texts = {name: str(values.get(name) or "") for name in _TEXTS}
    return Choice(quotas=project.readPath(quotas) if quotas else "", roles=roles, **texts)
