# SPDX-License-Identifier: GPL-2.0-or-later
"""What both docks are: they follow project, map and each other, and sleep while they are hidden."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProject
from qgis.gui import QgsDockWidget, QgsMapCanvas
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QWidget

from .place_memory import NEWS, Places, remember, remembered

_EXTENT_MS = 250


class PlacesDock(QgsDockWidget):
    """A dock that shows the results of `places`; who derives from it says how.

    `iface` may be None (tests, a window of one's own): then `canvas` is drawn on.
    """

    NAME = ""

    def __init__(
        self,
        title: str,
        iface: Any = None,
        canvas: QgsMapCanvas | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.setObjectName(self.NAME)
        self.iface = iface
        self.canvas = canvas or iface.mapCanvas()
        self.places = Places()
        self._stale = True
        self._extent = QTimer(self)
        self._extent.setSingleShot(True)
        self._extent.setInterval(_EXTENT_MS)

    def set_places(self, places: Places) -> None:
        """Show another dossier's results, at once or when the dock is seen again."""
        raise NotImplementedError

    def given(self) -> Places:
        """Give the places that the user has put in the dock's head."""
        raise NotImplementedError

    def wants_extent(self) -> bool:
        """Tell whether only what the map shows is listed."""
        raise NotImplementedError

    def load_if_seen(self) -> None:
        """Read what has changed, if anyone sees it."""
        raise NotImplementedError

    def extent_changed(self) -> None:
        """List what the map shows, or all."""
        raise NotImplementedError

    def seen(self, *_: object) -> None:
        """Wake or sleep."""
        raise NotImplementedError

    def stale(self) -> None:
        """Read anew what has changed, at once or when the dock is seen again."""
        self._stale = True
        self.load_if_seen()

    def watch_world(self) -> None:
        """Follow project, map and the other dock from now on."""
        self._extent.timeout.connect(self.extent_changed)
        self.canvas.extentsChanged.connect(self._canvas_moved)
        self.visibilityChanged.connect(self.seen)
        NEWS.changed.connect(self._follow_news)
        project = QgsProject.instance()
        project.readProject.connect(self._follow_project)
        project.cleared.connect(self._forget_project)
        project.projectSaved.connect(self._project_saved)
        self._follow_project()

    def leave_world(self) -> None:
        """Follow nothing any more: the plugin is being unloaded."""
        self._extent.stop()
        self.canvas.extentsChanged.disconnect(self._canvas_moved)
        NEWS.changed.disconnect(self._follow_news)
        project = QgsProject.instance()
        project.readProject.disconnect(self._follow_project)
        project.cleared.disconnect(self._forget_project)
        project.projectSaved.disconnect(self._project_saved)

    def choose_places(self, places: Places) -> None:
        """Show other results because the user wants to: remembered, and told to the other dock."""
        self.set_places(places)
        remember(QgsProject.instance(), places)

    def places_changed(self) -> None:
        """Take what the user has put in the head."""
        if self.given() != self.places:
            self.choose_places(self.given())

    def _follow_project(self, *_: object) -> None:
        """Take the places that go with the project that is open."""
        self.set_places(remembered(QgsProject.instance()))

    def _forget_project(self) -> None:
        """Show nothing of a project that was closed; one opened instead tells its places."""
        self.set_places(Places())

    def _follow_news(self, places: Places) -> None:
        """Take the places that the other dock has chosen."""
        if places != self.places:
            self.set_places(places)

    def _project_saved(self) -> None:
        if self.places != Places():
            remember(QgsProject.instance(), self.places)

    def _canvas_moved(self) -> None:
        if self.wants_extent() and self.isUserVisible():
            self._extent.start()
