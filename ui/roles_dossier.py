# SPDX-License-Identifier: GPL-2.0-or-later
"""Make of the chosen layers what the engine reads: files named, other layers written out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsFeatureIterator,
    QgsFeatureRequest,
    QgsProcessingException,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)

from ..jobs.dossier_text import dossier_text
from ..jobs.handover import FILE, IDENTITY, Plain, plain_file, written_source
from ..jobs.words import tr
from .beside import Task
from .roles_choice import CODED, Choice, RoleChoice

_LAYERS = "layers"


class Snapshot:
    """A layer as it stands now, edits and filter included; may be read beside the window."""

    def __init__(self, layer: QgsVectorLayer) -> None:
        self._source = QgsVectorLayerFeatureSource(layer)
        self._fields, self._kind = layer.fields(), layer.wkbType()
        self._crs, self._name = layer.crs(), layer.name()

    def fields(self) -> Any:
        """Give the fields."""
        return self._fields

    def wkbType(self) -> Any:  # noqa: N802 (as a source of Processing)
        """Give the geometry type."""
        return self._kind

    def sourceCrs(self) -> Any:  # noqa: N802
        """Give the CRS."""
        return self._crs

    def sourceName(self) -> str:  # noqa: N802
        """Give the name."""
        return self._name

    def getFeatures(self, request: QgsFeatureRequest, flags: Any) -> QgsFeatureIterator:  # noqa: N802
        """Give the features; nothing is checked."""
        return self._source.getFeatures(request)


@dataclass
class Plan:
    """How each chosen layer goes to the engine: made on the main thread."""

    choice: Choice
    plain: dict[str, Plain] = field(default_factory=dict)
    copies: dict[str, Snapshot] = field(default_factory=dict)

    def write(self, file: Path, task: Task | None = None) -> Path:
        """Write what has no file of its own, then the dossier; gives its path.

        Runs on any thread. Paths in the dossier are relative to it where they can be.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        entries = {role: one.source() for role, one in self.plain.items()}
        if self.copies:
            folder = _fresh(file.parent / f"{file.stem}_{_LAYERS}")
            for role, copy in self.copies.items():
                entries[role] = written_source(copy, folder, role, _Cancel(task)).source()
        if task is not None and task.isCanceled():
            raise QgsProcessingException(tr("Cancelled; earlier results are untouched."))
        text = dossier_text(self._content(entries, file.parent), {"": [_head()]})
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(file)
        return file

    def _content(self, entries: dict[str, dict[str, Any]], base: Path) -> dict[str, Any]:
        choice = self.choice
        content: dict[str, Any] = {
            "dossier": 1, "name": choice.name or choice.code, "code": choice.code,
            "crs": choice.crs, "standard": choice.standard,
            "layers": {
                role: self._entry(role, one, entries[role], base)
                for role, one in choice.roles.items()
                if role in entries
            },
        }  # fmt: skip
        if choice.quotas:
            content["quotas"] = {"path": _relative(choice.quotas, base)}
        return content

    def _entry(
        self, role: str, one: RoleChoice, entry: dict[str, Any], base: Path
    ) -> dict[str, Any]:
        entry = {**entry, "path": _relative(entry["path"], base)}
        if role in CODED and one.codes:
            entry["codes"] = one.codes
        fields = {ours: name for ours, name in one.fields.items() if name}
        if role in self.copies and role != "units":
            fields.setdefault("id", IDENTITY)
        if fields:
            entry["fields"] = fields
        return entry


class _Cancel:
    """As much of a feedback as the handing over asks."""

    def __init__(self, task: Task | None) -> None:
        self._task = task

    def isCanceled(self) -> bool:  # noqa: N802 (QGIS's name)
        return self._task is not None and self._task.isCanceled()


def plan_of(choice: Choice) -> Plan:
    """Look, on the main thread, which layers are plain files and which have to be copied."""
    plan = Plan(choice)
    for role, one in choice.roles.items():
        layer = one.map_layer()
        if layer is None:
            continue
        plain = plain_file(None, layer)
        if plain is None:
            plan.copies[role] = Snapshot(layer)
        else:
            plan.plain[role] = plain
    return plan


def _fresh(folder: Path) -> Path:
    """Give a folder for copies: former copies of ours go, anything else makes it another's.

    Where a former copy is held open by another program the next folder is taken.
    """
    for number in count():
        place = folder if not number else folder.with_name(f"{folder.name}_{number}")
        if _cleared(place):
            return place
    raise OSError(str(folder))


def _cleared(place: Path) -> bool:
    """Make a folder, or empty one that holds copies of ours only; tell whether that succeeded."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        entries = list(place.iterdir())
        if any(not one.name.startswith(FILE) for one in entries):
            return False
        for one in entries:
            one.unlink()
    except OSError:
        return False
    return True


def _relative(path: str, base: Path) -> str:
    """Write a path relative to a folder, with slashes; on another drive it stays absolute."""
    try:
        return Path(os.path.relpath(path, base)).as_posix()
    except ValueError:
        return path


def _head() -> str:
    return tr("A dossier made by Pianqu of the layers open in QGIS.")
