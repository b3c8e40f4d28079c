# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock's place in QGIS: menu entry, toolbar button; the dock itself is made when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QAction, QIcon

from ..jobs.words import tr

ICON = Path(__file__).resolve().parent.parent / "icons" / "sectors.svg"


class SectorEntry:
    """Adds the dock "Sector plans" to a QGIS window and takes it away without trace."""

    def __init__(self, iface: Any) -> None:
        self.iface = iface
        self.dock: Any = None
        self.action = QAction(QIcon(str(ICON)), tr("Sector plans"), iface.mainWindow())
        self.action.setObjectName("pianqu_sector_plans")
        self.action.setToolTip(tr("Conflicts of sector plans: find, argue, settle"))
        self.action.setCheckable(True)
        self.action.toggled.connect(self._toggle)
        iface.addPluginToVectorMenu(tr("Pianqu"), self.action)
        iface.addVectorToolBarIcon(self.action)

    def _toggle(self, wanted: bool) -> None:
        """Make the dock the first time; then the dock and its action follow each other."""
        if not wanted or self.dock is not None:
            return
        from .sector_dock import SectorDock

        self.dock = SectorDock(self.iface)
        self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.setToggleVisibilityAction(self.action)
        self.dock.setUserVisible(True)

    def remove(self) -> None:
        """Take everything away."""
        self.iface.removePluginVectorMenu(tr("Pianqu"), self.action)
        self.iface.removeVectorToolBarIcon(self.action)
        self.action.toggled.disconnect(self._toggle)
        dock, self.dock = self.dock, None
        if dock is not None and not sip.isdeleted(dock):
            dock.remove()
            self.iface.removeDockWidget(dock)
            dock.deleteLater()
        self.action.deleteLater()
