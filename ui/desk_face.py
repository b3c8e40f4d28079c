# SPDX-License-Identifier: GPL-2.0-or-later
"""How the dock "Cluster check" is laid out: head, bars, tabs; panels of other parts come in."""

from __future__ import annotations

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from ..jobs.words import tr
from .desk_clusters import ClustersView
from .desk_head import DeskHead
from .desk_quotas import QuotasView
from .findings_browser import FindingsBrowser

_LEVELS = {
    "error": Qgis.MessageLevel.Critical,
    "warning": Qgis.MessageLevel.Warning,
    "info": Qgis.MessageLevel.Info,
    "success": Qgis.MessageLevel.Success,
}
_SECONDS = 8


class DeskFace(QWidget):
    """The widgets of the dock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = DeskHead()
        self.messages = QgsMessageBar()
        self.messages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.quotas = QuotasView()
        self.clusters = ClustersView()
        self.findings = FindingsBrowser()
        self.tabs = QTabWidget()
        self.tabs.setObjectName("pianqu_desk_tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.quotas, tr("Quotas"))
        self.tabs.addTab(self.clusters, tr("Clusters"))
        self.tabs.addTab(self.findings, tr("Findings"))
        self.bars = QVBoxLayout()
        self.bars.setContentsMargins(0, 0, 0, 0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(6, 4, 6, 6)
        whole.setSpacing(4)
        whole.addWidget(self.head)
        whole.addLayout(self.bars)
        whole.addWidget(self.messages)
        whole.addWidget(self.tabs, 1)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Want room for tree and board side by side."""
        return QSize(660, 900)

    def add_bar(self, widget: QWidget) -> None:
        """Put a line of another part under the head."""
        self.bars.addWidget(widget)

    def add_panel(self, name: str, widget: QWidget, first: bool = False) -> None:
        """Put a panel of another part among the tabs, at the end or before all."""
        self.tabs.insertTab(0 if first else self.tabs.count(), widget, name)

    def remove_panel(self, widget: QWidget) -> None:
        """Take a panel away."""
        self.tabs.removeTab(self.tabs.indexOf(widget))

    def turn_to(self, widget: QWidget) -> None:
        """Bring a tab to the front."""
        self.tabs.setCurrentWidget(widget)

    def set_busy(self, busy: bool) -> None:
        """Show that the engine works."""
        self.head.set_busy(busy)
        self.findings.accept.set_busy(busy)

    def say(self, text: str, level: str) -> None:
        """Say a sentence above the tabs; troubles stay until they are closed."""
        self.messages.clearWidgets()
        if text:
            seconds = _SECONDS if level in ("success", "info") else 0
            self.messages.pushMessage("", text, _LEVELS[level], seconds)
