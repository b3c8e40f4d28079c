# SPDX-License-Identifier: GPL-2.0-or-later
"""A map theme for each check, so that one click shows what it looks at.

QGIS knows them as map themes of the project; switched from here they leave the user's own layers
as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, Mapping

from qgis.core import QgsMapLayer, QgsMapThemeCollection, QgsProject

from ..jobs.words import tr
from .map_parts import COLOUR, FILLED, LIGHT, OVER

ENTRY = "map_themes"
_SCOPE = "pianqu"
TITLES: dict[str, Callable[[], str]] = {
    "quotas": lambda: tr("Quotas"),
    "controllines": lambda: tr("Control lines"),
    "base": lambda: tr("Land balance: base"),
    "plan": lambda: tr("Land balance: plan"),
    "sectors": lambda: tr("Sector plans"),
    "findings": lambda: tr("Findings"),
}
# What each shows beside the units: roles (or what they begin with) and the style they wear.
_SHOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "quotas": (("boundary", OVER), ("redline", OVER), ("farmland", OVER), ("plan", COLOUR)),
    "controllines": (("boundary", FILLED), ("redline", FILLED), ("farmland", FILLED),
                     ("reserve", FILLED), ("plan", LIGHT)),
    "base": (("landuse", COLOUR),),
    "plan": (("boundary", OVER), ("plan", COLOUR)),
    "sectors": (("boundary", OVER), ("sector:", ""), ("plan", LIGHT)),
    "findings": (("results:findings", ""), ("boundary", OVER), ("plan", LIGHT)),
}  # fmt: skip
_NEEDED = {
    "controllines": ("boundary", "redline", "farmland", "reserve"),
    "base": ("landuse",),
    "plan": ("plan",),
    "sectors": ("sector:",),
    "findings": ("results:findings",),
}


class Themes:
    """The themes that belong to the dossiers on a project's map."""

    def __init__(self, project: QgsProject) -> None:
        self.project = project

    def dossiers(self) -> list[str]:
        """List the dossiers that have themes in the project."""
        return list(self._read())

    def names(self, dossier: str) -> dict[str, str]:
        """Give a dossier's themes: what they are about -> their names in QGIS."""
        kept = self._read().get(_key(dossier), {})
        known = self.project.mapThemeCollection().mapThemes()
        return {key: name for key, name in kept.items() if name in known}

    def make(self, dossier: str, county: str, layers: Mapping[str, QgsMapLayer]) -> None:
        """Make a theme for each check that has anything to show; former ones are renewed."""
        before, made = self.names(dossier), {}
        taken = set(self.project.mapThemeCollection().mapThemes()) - set(before.values())
        for key, title in TITLES.items():
            if not any(_find(layers, role) for role in _NEEDED.get(key, ("",))):
                continue
            name = before.get(key) or _free(f"{county} · {title()}", taken)
            self.project.mapThemeCollection().insert(name, _record(key, layers))
            made[key] = name
        for key, name in before.items():
            if key not in made:
                self.project.mapThemeCollection().removeMapTheme(name)
        if made != before:
            self._write({**self._read(), _key(dossier): made})

    def remove(self, dossier: str) -> None:
        """Take a dossier's themes out of the project."""
        kept = self._read()
        for name in self.names(dossier).values():
            self.project.mapThemeCollection().removeMapTheme(name)
        if kept.pop(_key(dossier), None) is not None:
            self._write(kept)

    def show(self, dossier: str, key: str, layers: Mapping[str, QgsMapLayer]) -> bool:
        """Show a theme on the dossier's own layers; others stay as they are."""
        name = self.names(dossier).get(key)
        if name is None:
            return False
        state = self.project.mapThemeCollection().mapThemeState(name)
        records = {one.layer().id(): one for one in state.layerRecords() if one.layer()}
        root = self.project.layerTreeRoot()
        for layer in layers.values():
            node = root.findLayer(layer.id())
            if node is None:
                continue
            record = records.get(layer.id())
            if record is not None and record.currentStyle:
                layer.styleManager().setCurrentStyle(record.currentStyle)
            if record is not None:
                node.setItemVisibilityCheckedParentRecursive(True)
            else:
                node.setItemVisibilityChecked(False)
        return True

    def _read(self) -> dict[str, dict[str, str]]:
        text, _ = self.project.readEntry(_SCOPE, ENTRY, "{}")
        try:
            kept = json.loads(text)
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, kept: dict[str, dict[str, str]]) -> None:
        if kept:
            self.project.writeEntry(_SCOPE, ENTRY, json.dumps(kept, ensure_ascii=False))
        else:
            self.project.removeEntry(_SCOPE, ENTRY)


def _record(key: str, layers: Mapping[str, QgsMapLayer]) -> QgsMapThemeCollection.MapThemeRecord:
    """Write down which layers a theme shows, and in which style."""
    theme = QgsMapThemeCollection.MapThemeRecord()
    for role, style in (("units:", ""), *_SHOWN[key]):
        for layer in _find(layers, role):
            one = QgsMapThemeCollection.MapThemeLayerRecord(layer)
            one.isVisible = True
            one.usingCurrentStyle = True
            one.currentStyle = style or layer.styleManager().currentStyle()
            theme.addLayerRecord(one)
    return theme


def _find(layers: Mapping[str, QgsMapLayer], role: str) -> list[QgsMapLayer]:
    """Find layers by role; a role that ends with a colon stands for all that begin so."""
    if role in layers:
        return [layers[role]]
    if role and not role.endswith(":"):
        return []
    return [layer for name, layer in layers.items() if name.startswith(role)]


def _free(name: str, taken: set[str]) -> str:
    """Give a name that no theme of the user's bears."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free


def _key(dossier: str) -> str:
    return str(Path(dossier).absolute()) if dossier else ""
