# SPDX-License-Identifier: GPL-2.0-or-later
"""A dossier's layers in the project: one group, in the right order, in the standard's styles.

Nothing happens but on the user's wish, nothing is put in twice, and with the group goes all that
came with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, Mapping

from qgis.core import QgsLayerTreeGroup, QgsLayerTreeNode, QgsMapLayer, QgsProject

from ..jobs.words import tr
from ..processing.map_layers import CountyLayers
from .map_parts import Part, parts_of
from .map_themes import Themes

DOSSIER, ROLE, RANK = "pianqu/dossier", "pianqu/role", "pianqu/rank"


class MapGroup:
    """The groups of dossiers in a project (the open one by default)."""

    def __init__(self, project: QgsProject | None = None) -> None:
        self.project = project or QgsProject.instance()
        self.themes = Themes(self.project)

    def find(self, dossier: str) -> QgsLayerTreeGroup | None:
        """Give a dossier's group, None where it is not on the map."""
        wanted = _key(dossier)
        groups = self.project.layerTreeRoot().findGroups(True)
        return next((one for one in groups if one.customProperty(DOSSIER) == wanted), None)

    def layers(self, dossier: str) -> dict[str, QgsMapLayer]:
        """Give the layers of a dossier's group by their roles."""
        group = self.find(dossier)
        nodes = [one for one in group.findLayers() if one.layer()] if group else []
        return {str(one.customProperty(ROLE)): one.layer() for one in nodes
                if one.customProperty(ROLE)}  # fmt: skip

    def add(
        self, county: Mapping[str, Any], results: str = "", language: str = "zh"
    ) -> dict[str, str]:
        """Put in what is not there yet; give why what is lacking could not be opened."""
        steps = self.adding(county, results, language)
        troubles: dict[str, str] = {}
        for _, told in steps:
            troubles = told
        return troubles

    def adding(
        self, county: Mapping[str, Any], results: str = "", language: str = "zh"
    ) -> Iterator[tuple[float, dict[str, str]]]:
        """Put in one layer at a time, so that a window need not wait: share done, and troubles."""
        maker = CountyLayers(county, language)
        key = _key(county["path"])
        parts = parts_of(maker, county, results, lambda layer: _mark(layer, key))
        there = self.layers(county["path"])
        new = [part for part in parts if part.role not in there]
        group = self.find(county["path"]) or self._group(county)
        for place, part in enumerate(new):
            self._put(group, part, county["path"])
            yield (place + 1) / (len(new) + 1), maker.troubles
        _point_to(there, parts)
        self.themes.make(_key(county["path"]), county["name"], self.layers(county["path"]))
        yield 1.0, maker.troubles

    def remove(self, dossier: str) -> None:
        """Take out a dossier's group with its layers and themes."""
        group = self.find(dossier)
        self.themes.remove(_key(dossier))
        self._remove_layers(_key(dossier))
        if group is not None:
            group.parent().removeChildNode(group)

    def tidy(self) -> list[str]:
        """Take out what is left of groups that the user removed by hand; give their dossiers."""
        gone = [one for one in self.themes.dossiers() if self.find(one) is None]
        for dossier in gone:
            self.themes.remove(dossier)
            self._remove_layers(dossier)
        return gone

    def _remove_layers(self, dossier: str) -> None:
        layers = self.project.mapLayers().items()
        ours = [key for key, one in layers if one.customProperty(DOSSIER) == dossier]
        self.project.removeMapLayers(ours)

    def _group(self, county: Mapping[str, Any]) -> QgsLayerTreeGroup:
        """Make a dossier's group at the top of the tree."""
        title = tr("{county} · Pianqu").format(county=county["name"])
        group = self.project.layerTreeRoot().insertGroup(0, title)
        group.setCustomProperty(DOSSIER, _key(county["path"]))
        return group

    def _put(self, group: QgsLayerTreeGroup, part: Part, dossier: str) -> None:
        """Open a part and put it in its place, unless it can't be opened."""
        layer = part.make()
        if layer is None:
            return
        _mark(layer, _key(dossier))
        self.project.addMapLayer(layer, False)
        home = _subgroup(group, part) if part.group else group
        node = home.insertLayer(_place(home, part.rank), layer)
        node.setCustomProperty(ROLE, part.role)
        node.setCustomProperty(RANK, part.rank)
        node.setExpanded(False)
        node.setItemVisibilityChecked(part.shown)


def _mark(layer: QgsMapLayer, dossier: str) -> None:
    """Say of a layer which dossier it came with; styles made from now on say so too."""
    layer.setCustomProperty(DOSSIER, dossier)


def _subgroup(group: QgsLayerTreeGroup, part: Part) -> QgsLayerTreeGroup:
    """Find or make the group inside the group that a part goes into."""
    for child in group.children():
        if isinstance(child, QgsLayerTreeGroup) and _rank(child) == part.group_rank:
            return child
    made = group.insertGroup(_place(group, part.group_rank), part.group)
    made.setCustomProperty(RANK, part.group_rank)
    made.setExpanded(part.open)
    return made


def _place(group: QgsLayerTreeGroup, rank: float) -> int:
    """Give the place of a rank among a group's children; what the user put in keeps its place."""
    children = group.children()
    after = [place for place, one in enumerate(children) if _rank(one) < rank]
    return after[-1] + 1 if after else 0


def _rank(node: QgsLayerTreeNode) -> float:
    value = node.customProperty(RANK)
    return float(value) if value is not None else float("inf")


def _point_to(there: Mapping[str, QgsMapLayer], parts: list[Part]) -> None:
    """Let layers that are there show the files of now: another folder of results, say."""
    for part in parts:
        layer = there.get(part.role)
        if layer is not None and part.source and layer.source() != part.source:
            layer.setDataSource(part.source, layer.name(), "ogr")


def _key(dossier: str) -> str:
    return str(Path(dossier).absolute()) if dossier else ""
