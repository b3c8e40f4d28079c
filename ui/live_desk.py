# SPDX-License-Identifier: GPL-2.0-or-later
"""Where pen, engine and views are tied together; the one object that the desk has to hold."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject

from ..jobs.words import tr
from .dock_log import log
from .live_bar import LiveBar
from .live_models import LiveModel, LiveModels
from .live_start import LiveStart
from .live_watch import LiveWatch
from .resident import Resident
from .whatif import WhatIf
from .whatif_panel import WhatIfPanel


class LiveDesk(QObject):
    """The live board and the what-if of one dossier.

    Put `bar` and `panel` into the dock, `add_model` each view that is to follow, `set_dossier`
    whenever another one is chosen, `remove` before the dock goes.
    """

    def __init__(
        self, canvas: QgsMapCanvas, iface: Any = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.iface = iface
        self.dossier = ""
        self.resident = Resident(self)
        self.models = LiveModels()
        self.watch = LiveWatch(self.resident, self.models, self)
        self.bar = LiveBar()
        self.whatif = WhatIf(self.resident, self.watch, self)
        self.panel = WhatIfPanel(self.whatif, canvas, self._active_layer)
        self.begin = LiveStart(lambda: self.switch(True), self)
        self._wire()
        QgsProject.instance().aboutToBeCleared.connect(self._project_goes)

    def _wire(self) -> None:
        watch, bar, resident = self.watch, self.bar, self.resident
        bar.switched.connect(self._switched)
        bar.again_wanted.connect(watch.read_again)
        watch.state_changed.connect(bar.show_state)
        watch.answered.connect(lambda: bar.show_pace(watch.pace.p95()))
        watch.failed.connect(self._troubled)
        watch.layers.noted.connect(bar.set_notes)
        resident.progressed.connect(bar.show_progress)
        resident.told.connect(log)
        resident.crashed.connect(self._troubled)
        resident.failed.connect(self._troubled)

    def add_model(self, model: LiveModel) -> None:
        """Let a view follow the edits."""
        self.models.add(model)

    def set_dossier(self, dossier: str) -> None:
        """Work on another dossier ("" none); live goes off with the one before."""
        if dossier == self.dossier:
            return
        self.switch(False)
        self.resident.stop()
        self.dossier = dossier
        self.whatif.set_dossier(dossier)
        self.begin.wake(dossier)

    def _switched(self, on: bool) -> None:
        """Do what the user wants; live that was switched off by hand stays off."""
        if not on:
            self.begin.rest()
        self.switch(on)

    def switch(self, on: bool) -> None:
        """Switch live on or off."""
        if on and not self.dossier:
            self.bar.show_state(self.watch.state)
            self.bar.show_trouble(tr("Choose a dossier first."))
            return
        self.watch.switch(on, self.dossier)

    def remove(self) -> None:
        """Let go of everything outside."""
        QgsProject.instance().aboutToBeCleared.disconnect(self._project_goes)
        self.panel.close_down()
        self.begin.close_down()
        self.watch.close_down()
        self.resident.stop(wait=True)

    def _project_goes(self) -> None:
        self.panel.discard()
        self.switch(False)
        self.resident.stop()

    def _troubled(self, text: str) -> None:
        log("error", text)
        self.bar.show_trouble(text)

    def _active_layer(self) -> QgsMapLayer | None:
        return self.iface.activeLayer() if self.iface is not None else None
