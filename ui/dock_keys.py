# SPDX-License-Identifier: GPL-2.0-or-later
"""A dock's keys, known to QGIS's list of shortcuts while the dock is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Sequence

from qgis.gui import QgsGui
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import QWidget

from ..jobs.words import tr

if TYPE_CHECKING:
    from .dock_face import DockFace


class DockKeys:
    """What can be done by keys, as actions whose keys the user may change.

    `wanted` has a row an action: name, text, key, what to do.
    """

    def __init__(
        self, dock: QWidget, wanted: Sequence[tuple[str, str, str, Callable[[], Any]]]
    ) -> None:
        self.actions = [_action(dock, text, name, run) for name, text, _, run in wanted]
        self._keys = [key for _, _, key, _ in wanted]
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


def sector_keys(dock: QWidget, face: DockFace) -> DockKeys:
    """Next, previous, blink: the keys of the dock of sector plans."""
    rows = (
        ("sectors_next", tr("Next conflict of sector plans"), "Alt+.", face.next.click),
        ("sectors_previous", tr("Previous conflict of sector plans"), "Alt+,", face.back.click),
        ("sectors_blink", tr("Blink two sector plans"), "Alt+/", face.compare.blink.click),
    )
    return DockKeys(dock, rows)


def _action(dock: QWidget, text: str, name: str, run: Callable[[], Any]) -> QAction:
    action = QAction(text, dock)
    action.setObjectName(f"pianqu_{name}")
    action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
    action.triggered.connect(lambda: run())
    dock.addAction(action)
    return action
