# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock's keys, known to QGIS's list of shortcuts while the dock is open."""

from __future__ import annotations

from qgis.gui import QgsGui
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import QWidget

from ..jobs.words import tr
from .dock_face import DockFace


class DockKeys:
    """Next, previous, blink, decide: as actions whose keys the user may change."""

    def __init__(self, dock: QWidget, face: DockFace) -> None:
        self.actions = [
            _action(dock, tr("Next conflict of sector plans"), "next", face.next.click),
            _action(dock, tr("Previous conflict of sector plans"), "previous", face.back.click),
            _action(dock, tr("Blink two sector plans"), "blink", face.compare.blink.click),
        ]
        self._keys = ("Alt+.", "Alt+,", "Alt+/")
        self._registered = False

    def register(self) -> None:
        """Take the keys."""
        if self._registered:
            return
        self._registered = True
        manager = QgsGui.shortcutsManager()
        for action, key in zip(self.actions, self._keys):
            manager.registerAction(action, key)

    def unregister(self) -> None:
        """Give the keys back."""
        if not self._registered:
            return
        self._registered = False
        manager = QgsGui.shortcutsManager()
        for action in self.actions:
            manager.unregisterAction(action)
            action.setShortcut("")

    def key(self, place: int) -> str:
        """Give the key of an action as the user sees it."""
        return self.actions[place].shortcut().toString()


def _action(dock: QWidget, text: str, name: str, run: object) -> QAction:
    action = QAction(text, dock)
    action.setObjectName(f"pianqu_sectors_{name}")
    action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
    action.triggered.connect(lambda: run())
    dock.addAction(action)
    return action
