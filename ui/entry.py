# SPDX-License-Identifier: GPL-2.0-or-later
"""A dock's place in QGIS: menu entry, toolbar button; the dock itself is made when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QAction, QIcon

from ..jobs.words import tr
from . import beside, endings
from .plan_item import end_drawings
from .warming import Warming

_PATIENCE_SECONDS = 5.0
ICONS = Path(__file__).resolve().parent.parent / "icons"


class DockEntry:
    """Adds a dock to a QGIS window and takes it away without trace."""

    def __init__(self, iface: Any, action: QAction) -> None:
        self.iface = iface
        self.dock: Any = None
        self.action = action
        self._later = QTimer(action)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)
        action.setCheckable(True)
        action.toggled.connect(self._toggle)
        iface.addPluginToVectorMenu(tr("Pianqu"), action)
        iface.addVectorToolBarIcon(action)

    def make(self) -> Any:
        """Make the dock."""
        raise NotImplementedError

    def _toggle(self, wanted: bool) -> None:
        """Make the dock the first time; then the dock and its action follow each other.

        It is shown a moment later: to make it and to lay the window out anew, both at once, is
        more than a click should take.
        """
        if not wanted or self.dock is not None:
            return
        self.dock = self.make()
        self._later.start(0)

    def _show(self) -> None:
        """Put the dock into the window."""
        right = Qt.DockWidgetArea.RightDockWidgetArea
        # QGIS shows it under the others first and then makes it a tab: it must be low until then,
        # or it pushes the window taller than the screen.
        self.dock.widget().setMinimumSize(1, 1)
        self.iface.addTabifiedDockWidget(right, self.dock, [], True)
        self.dock.setToggleVisibilityAction(self.action)
        self.dock.setUserVisible(self.action.isChecked())
        self.dock.widget().setMinimumSize(0, 0)
        self._widen()

    def _widen(self) -> None:
        """Give the dock the width it is made for, as far as the map keeps most of the window."""
        window = self.iface.mainWindow()
        wanted = min(self.dock.widget().sizeHint().width(), window.width() * 2 // 5)
        if self.dock.width() < wanted:
            window.resizeDocks([self.dock], [wanted], Qt.Orientation.Horizontal)

    def remove(self) -> None:
        """Take everything away."""
        shown = not self._later.isActive()
        self._later.stop()
        self.iface.removePluginVectorMenu(tr("Pianqu"), self.action)
        self.iface.removeVectorToolBarIcon(self.action)
        self.action.toggled.disconnect(self._toggle)
        dock, self.dock = self.dock, None
        if dock is not None and not sip.isdeleted(dock):
            dock.remove()
            if shown:
                self.iface.removeDockWidget(dock)
            dock.deleteLater()
        self.action.deleteLater()


class SectorEntry(DockEntry):
    """The dock "Sector plans"."""

    def __init__(self, iface: Any) -> None:
        action = _action(iface, "sectors.svg", "pianqu_sector_plans", tr("Sector plans"))
        action.setToolTip(tr("Conflicts of sector plans: find, argue, settle"))
        super().__init__(iface, action)

    def make(self) -> Any:
        """Make the dock."""
        from .sector_dock import SectorDock

        return SectorDock(self.iface)


class DeskEntry(DockEntry):
    """The dock "Cluster check"."""

    def __init__(self, iface: Any) -> None:
        action = _action(iface, "desk.svg", "pianqu_cluster_check", tr("Cluster check"))
        action.setToolTip(tr("Quotas and findings of clusters, live while you edit"))
        super().__init__(iface, action)
        self.warming = Warming(action)

    def make(self) -> Any:
        """Make the dock with all its panels."""
        from .desk_making import make_desk

        return make_desk(self.iface)

    def remove(self) -> None:
        """Take everything away."""
        self.warming.stop()
        super().remove()


def see_off() -> None:
    """Wait until nothing of the docks is under way any more: threads, engines, drawings.

    When QGIS quits, Python and Qt's objects go next; a process, thread or drawing that still tells
    something then takes QGIS with it.
    """
    endings.wait_for_all(_PATIENCE_SECONDS)
    beside.end_all(_PATIENCE_SECONDS)
    end_drawings()


def _action(iface: Any, icon: str, name: str, title: str) -> QAction:
    action = QAction(QIcon(str(ICONS / icon)), title, iface.mainWindow())
    action.setObjectName(name)
    return action
