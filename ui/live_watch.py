# SPDX-License-Identifier: GPL-2.0-or-later
"""Live: tells the resident engine every edit and shows what it does to quotas and findings."""

from __future__ import annotations

from typing import Any, Sequence

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .live_layer import Edit
from .live_layers import FollowedLayers
from .live_models import LiveModels, Row
from .live_pace import Pace
from .live_roles import Role, roles_from
from .resident import GONE, READY, STARTING, Resident

LIVE, BUSY, BEHIND, OFF = "live", "busy", "behind", "off"
_MOST_EDITS = 150  # reading a feature takes a tenth of a millisecond, twice
_MOST_FINDINGS = 1000
_BEHIND_MS = 1000


class LiveWatch(QObject):
    """Follows the edits of plan and sector layers while it is on; answers go to `models`.

    `state` is `live`, `busy` (an answer is awaited), `behind` (for longer than a second),
    `starting`, `gone` (the engine) or `off`. `answered`: the models show something new.
    """

    state_changed = pyqtSignal(str)
    failed = pyqtSignal(str)
    answered = pyqtSignal()

    def __init__(
        self, resident: Resident, models: LiveModels, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.resident = resident
        self.models = models
        self.layers = FollowedLayers(self)
        self.pace = Pace()
        self.state = OFF
        self.residual_m2: float | None = None
        self._on = False
        self._current = False
        self._waiting = 0
        self._refusals = 0
        self._indicators: list[Row] = []
        self._findings: list[Row] = []
        self._roles: list[Role] = []
        self._turn_end = _timer(self, 0, self._flush)
        self._late = _timer(self, _BEHIND_MS, self._fall_behind)
        resident.ready.connect(self._ready)
        resident.state_changed.connect(self._judge)
        self.layers.touched.connect(self._touched)
        self.layers.saving.connect(self._hurry)
        self.layers.renamed.connect(self._rename)
        self.layers.reverted.connect(self._send)
        self.layers.astray.connect(self._astray)

    # The switch

    @property
    def on(self) -> bool:
        """Tell whether edits are followed."""
        return self._on

    @property
    def settled(self) -> bool:
        """Tell whether the models show the layers as they stand."""
        return self._current and not self._waiting and not self.layers.dirty

    def switch(self, on: bool, dossier: str = "") -> None:
        """Follow edits of a dossier's layers from now on, or follow none."""
        if on:
            self._on = True
            self._refusals = 0
            running = self.resident.state == READY and dossier == self.resident.dossier
            self.resident.start(dossier)
            if running:
                self._ready({})
        elif self._on:
            self._on = False
            self._let_go()
            self.resident.stop()  # it knows edits that are not saved; the next one must not
        self._judge()

    def read_again(self) -> None:
        """Let the engine read the files again; then tell it what is not saved."""
        if self._on:
            self._let_go()
            self.resident.restart()
            self._judge()

    def close_down(self) -> None:
        """Let go of project and engine: before the plugin goes."""
        self._on = False
        self._let_go()
        self.layers.close_down()
        self.resident.ready.disconnect(self._ready)
        self.resident.state_changed.disconnect(self._judge)

    # The engine's state

    def _ready(self, values: dict[str, Any]) -> None:
        """The engine has read the files: take over its state, then tell it what is unsaved."""
        if self._on:
            self._let_go()
            self._indicators, self._findings = [], []
            self._ask_state(0)
            self._judge()

    def _ask_state(self, first: int) -> None:
        # An engine that can gives the state by portions: one line of it must not stop the window.
        more = {"from": first, "most": _MOST_FINDINGS}
        self.resident.ask("state", self._state_came, self._refused, **more)

    def _state_came(self, reply: dict[str, Any]) -> None:
        if not self._on:
            return
        self._indicators.extend(reply.get("indicators") or ())
        self._findings.extend(reply.get("findings") or ())
        if reply.get("roles"):
            self._roles = roles_from(reply["roles"])
        if reply.get("next"):
            self._ask_state(int(reply["next"]))
            return
        self._current = True
        self.models.show_state(self._indicators, self._findings)
        self._indicators, self._findings = [], []
        self.layers.follow(self._roles)
        self.answered.emit()
        self._judge()

    def _let_go(self) -> None:
        self._current = False
        self._waiting = 0
        self.pace.clear()
        self.layers.release()
        self._turn_end.stop()
        self._late.stop()

    # Edits

    def _touched(self) -> None:
        self.pace.touch()
        self._turn_end.start()
        self._judge()

    def _flush(self) -> None:
        """Send what the last turn of the event loop changed; while an answer is awaited, wait."""
        if not self._current or self._waiting or self.resident.state != READY:
            return
        self._send(self.layers.take(_MOST_EDITS))
        if not self._waiting:
            if self.layers.dirty:
                self._turn_end.start()
            else:
                self.pace.clear()
        self._judge()

    def _send(self, edits: Sequence[Edit]) -> None:
        """Tell the engine edits, if there are any."""
        if not edits or not self._current or self.resident.state != READY:
            return
        since = self.pace.leave()
        self._waiting += 1
        self._late.start()
        self.resident.ask(
            "edit", lambda reply: self._edited(reply, since), self._refused, edits=list(edits)
        )
        if self.layers.dirty:
            self.pace.touch()

    def _edited(self, reply: dict[str, Any], since: float | None) -> None:
        if not self._current:
            return
        self._refusals = 0
        self.residual_m2 = reply.get("residual_m2")
        self._answer_came(reply)
        self.pace.arrive(since)
        self.answered.emit()

    def _answer_came(self, reply: dict[str, Any]) -> None:
        """Show what changed; with a new id a finding may change its subject too."""
        self._waiting = max(self._waiting - 1, 0)
        self.models.apply(
            reply.get("indicators") or (), reply.get("gone") or (), reply.get("findings") or ()
        )
        if self.layers.dirty:
            self._turn_end.start()
        self._judge()

    def _hurry(self) -> None:
        """Tell all at once, without waiting for answers: the features get other ids now."""
        if not self._current:
            if self._on:
                self._astray()  # whether the engine reads before or after the saving: who knows
            return
        while self.layers.dirty:
            self._send(self.layers.take(_MOST_EDITS))

    def _rename(self, role: str, keys: dict[str, str]) -> None:
        if self._current:
            self._waiting += 1
            self.resident.ask("rename", self._answer_came, self._refused, role=role, keys=keys)

    def _astray(self) -> None:
        QTimer.singleShot(0, self.read_again)

    def _refused(self, text: str) -> None:
        """Read everything again once; what is refused twice waits for the user."""
        self._let_go()
        if self.resident.state != READY or not self._on:
            self._judge()
            return  # the engine fell: it comes again, or the user is told
        self._refusals += 1
        if self._refusals == 1:
            self._astray()
            return
        self._on = False
        self.resident.stop()
        self._judge()
        self.failed.emit(text)

    # What to show

    def _fall_behind(self) -> None:
        if self._waiting or self.layers.dirty:
            self._turn(BEHIND)

    def _judge(self, *_: Any) -> None:
        engine = self.resident.state
        if not self._on:
            self._turn(OFF)
        elif engine != READY:
            self._turn(STARTING if engine == STARTING else GONE)
        elif not self._current:
            self._turn(STARTING)
        elif self.settled:
            self._late.stop()
            self._turn(LIVE)
        elif self.state != BEHIND:
            if not self._late.isActive():
                self._late.start()
            self._turn(BUSY)

    def _turn(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)


def _timer(parent: QObject, milliseconds: int, slot: Any) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
