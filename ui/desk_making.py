# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts the dock "Cluster check" together: start, layers, quotas, findings, live, map."""

from __future__ import annotations

from typing import Any, Mapping

from qgis.PyQt.QtCore import QTimer

from ..jobs.words import tr
from .desk_dock import DeskDock
from .live_desk import LiveDesk
from .map_bar import MapBar
from .place_memory import Places
from .roles_panel import RolesPanel
from .start_panel import StartPanel


class ClusterCheck(DeskDock):
    """The dock with the panels that lead to a first verdict.

    A check begun in one of the panels shows its results at once; dossier and results are then
    remembered as if they had been chosen in the dock's head.
    """

    def __init__(self, iface: Any) -> None:
        super().__init__(iface)
        self._roles: RolesPanel | None = None
        self.start = StartPanel(iface, show_layers=self._put_on_map)
        self.map_bar = MapBar(lambda: (self.places.dossier, self.places.results), self.canvas)
        self.add_bar(self.map_bar)
        self.add_panel(tr("Start"), self.start, first=True)
        self.attach_live(LiveDesk(iface.mapCanvas(), iface, self))
        self.start.rolesWanted.connect(lambda: self.face.turn_to(self.roles))
        self.start.resultsReady.connect(self._checked)
        self.map_bar.told.connect(self.tell)
        self.dossierChanged.connect(self.map_bar.refresh)
        self.resultsLoaded.connect(self.map_bar.refresh)
        self.face.turn_to(self.face.quotas if self.places.dossier else self.start)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(lambda: self.roles)
        self._rest.start(0)

    @property
    def roles(self) -> RolesPanel:
        """Give the panel of layers; its many boxes are made when the dock is already seen."""
        if self._roles is None:
            self._roles = RolesPanel(self.iface)
            self._roles.resultsReady.connect(self._checked)
            tabs = self.face.tabs
            tabs.insertTab(tabs.indexOf(self.start) + 1, self._roles, tr("Layers"))
        return self._roles

    def _put_on_map(self, county: Mapping[str, Any]) -> None:
        self.map_bar.show_county(county)

    def _checked(self, dossier: str, folder: str) -> None:
        """Show what a check from a panel left."""
        same = dossier == self.places.dossier
        places = Places(dossier, folder, self.places.register if same else "")
        self.choose_places(places)
        self.reload()
        self.face.turn_to(self.face.quotas)

    def remove(self) -> None:
        """Let go of everything: the plugin is being unloaded."""
        self._rest.stop()
        for panel in filter(None, (self.start, self._roles)):
            panel.remove()
        self.map_bar.close_down()
        super().remove()


def make_desk(iface: Any) -> ClusterCheck:
    """Make the dock for a QGIS window."""
    return ClusterCheck(iface)
