# SPDX-License-Identifier: GPL-2.0-or-later
"""What if this area had that use: the question to the resident engine, and its newest answer."""

from __future__ import annotations

from typing import Any, Sequence

from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..jobs.words import tr
from .live_roles import PLAN, Role, layers_of, roles_from
from .live_values import hex_of
from .live_watch import LiveWatch
from .resident import READY, STARTING, Resident
from .whatif_area import Area

_PAUSE_MS = 150


class WhatIf(QObject):
    """Asks what `area` with `code` would do, whenever either or the plan under it changes.

    Only the newest question counts. The engine is started on the first one; what it says is
    about the plan as it is edited where live is on, else about the plan as it is saved.
    """

    codes_came = pyqtSignal(list)
    answered = pyqtSignal(dict)
    cleared = pyqtSignal()
    working = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(self, resident: Resident, watch: LiveWatch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.resident = resident
        self.watch = watch
        self.area = Area()
        self.code = ""
        self.codes: list[dict[str, str]] = []
        self.roles: list[Role] = []
        self.dossier = ""
        self._wanted = False
        self._asked = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.ask)
        resident.ready.connect(self._ready)
        resident.progressed.connect(self._progressed)
        resident.failed.connect(self._engine_failed)
        watch.answered.connect(self._plan_changed)

    def set_dossier(self, dossier: str) -> None:
        """Ask about another dossier."""
        self.dossier = dossier
        self.codes, self.roles = [], []
        self._asked = 0
        self.codes_came.emit([])
        self.changed()

    def begin(self) -> None:
        """Have the engine ready, and the uses to choose from; called when the user turns to us."""
        if not self.dossier:
            return
        self._wanted = True
        if self.resident.state == READY:
            if not self.codes:
                self._ready({})
        elif self.resident.state != STARTING:
            self.resident.start(self.dossier)

    def set_code(self, code: str) -> None:
        """Choose the use."""
        if code != self.code:
            self.code = code
            self.changed()

    def changed(self) -> None:
        """Ask soon: area or use is another."""
        self.cleared.emit()
        if self.area.is_empty() or not self.code:
            self._pause.stop()
            self._forget()
            return
        self._pause.start()

    @property
    def crs(self) -> QgsCoordinateReferenceSystem:
        """Give the dossier's CRS; invalid before the engine told it."""
        return QgsCoordinateReferenceSystem(self.roles[0].crs if self.roles else "")

    @property
    def plan(self) -> Role | None:
        """Give the plan's role, None before the engine told it."""
        return next((role for role in self.roles if role.role == PLAN), None)

    def plan_layers(self) -> list[QgsVectorLayer]:
        """List the open layers that show the plan."""
        return layers_of(PLAN, self.roles)

    def ask(self) -> None:
        """Ask now, once the engine is there."""
        if self.area.is_empty() or not self.code or not self.dossier:
            return
        if not self.roles or self.resident.state != READY:
            self.begin()
            return
        shape = hex_of(self.area.geometry(self.crs), QgsCoordinateTransform())
        if shape is None:
            self.failed.emit(tr("The area can't be brought into the dossier's coordinates."))
            return
        self._forget()
        self.working.emit(tr("Computing"))
        self._asked = self.resident.ask(
            "whatif", self._answered, self._refused, wkb=shape, code=self.code, role=PLAN
        )

    def close_down(self) -> None:
        """Let go of engine and live board."""
        self._pause.stop()
        self.resident.ready.disconnect(self._ready)
        self.resident.progressed.disconnect(self._progressed)
        self.resident.failed.disconnect(self._engine_failed)
        self.watch.answered.disconnect(self._plan_changed)

    def _forget(self) -> None:
        if self._asked:
            self.resident.forget(self._asked)
            self._asked = 0

    def _ready(self, values: dict[str, Any]) -> None:
        self._asked = 0
        if self._wanted:
            self.resident.ask("codes", self._codes_came, self._refused)

    def _codes_came(self, reply: dict[str, Any]) -> None:
        self.codes = [{key: str(one.get(key) or "") for key in ("code", "label")}
                      for one in reply.get("codes") or ()]  # fmt: skip
        self.codes_came.emit(self.codes)
        if reply.get("roles"):
            self._roles_came(reply)
        else:
            self.resident.ask("state", self._roles_came, self._refused, **{"from": 0, "most": 0})

    def _roles_came(self, reply: dict[str, Any]) -> None:
        self.roles = roles_from(reply.get("roles") or ())
        self.working.emit("")
        self.ask()

    def _plan_changed(self) -> None:
        """Ask again quietly: what is shown was said of another plan."""
        if self._wanted and not self.area.is_empty() and self.code:
            self._pause.start()

    def _answered(self, reply: dict[str, Any]) -> None:
        self._asked = 0
        self.working.emit("")
        self.answered.emit(reply)

    def _refused(self, text: str) -> None:
        self._asked = 0
        self.working.emit("")
        self.failed.emit(text)

    def _progressed(self, percent: float, title: str) -> None:
        if self._wanted and self.resident.state == STARTING:
            self.working.emit(f"{title} {percent:.0f} %")

    def _engine_failed(self, text: str) -> None:
        if self._wanted:
            self._refused(text)


def rows_of(reply: dict[str, Any], part: str) -> Sequence[dict[str, Any]]:
    """Give one table of an answer."""
    return reply.get(part) or ()
