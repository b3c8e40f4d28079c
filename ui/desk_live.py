# SPDX-License-Identifier: GPL-2.0-or-later
"""How the dock "Cluster check" takes in the live board: switch, what-if, and what edits change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ..jobs.words import tr
from .desk_pieces import ResidentPieces
from .desk_records import Indicator, indicator_from

if TYPE_CHECKING:
    from .desk_dock import DeskDock

_OFF = "off"


class DeskLive:
    """One of the models that follow the pen; shows it on board, table and browser."""

    def __init__(self, dock: DeskDock) -> None:
        self.dock = dock
        self.desk: Any = None
        self._live = False
        dock.dossierChanged.connect(self._dossier)
        dock.face.quotas.pieces.live_wanted.connect(self.start)

    def attach(self, desk: Any) -> None:
        """Take in a LiveDesk (ui/live_desk.py)."""
        self.desk = desk
        self.dock.add_bar(desk.bar)
        self.dock.add_panel(tr("What if"), desk.panel)
        self.dock.face.quotas.pieces.sources.insert(0, ResidentPieces(desk.resident))
        desk.add_model(self)
        desk.watch.state_changed.connect(self._state)
        desk.resident.state_changed.connect(lambda _: self._resident())
        desk.set_dossier(self.dock.places.dossier)

    def start(self) -> None:
        """Switch live on, where there is such a thing."""
        if self.desk is not None:
            self.desk.switch(True)

    def _dossier(self, dossier: str) -> None:
        if self.desk is not None:
            self.desk.set_dossier(dossier)

    def _resident(self) -> None:
        """Ask for the pieces again: whether they can be asked for has changed."""
        pieces = self.dock.face.quotas.pieces
        if pieces.indicator is not None and not pieces.pieces.pieces:
            pieces.show_for(pieces.indicator)

    def _state(self, state: str) -> None:
        """When live goes off, show again what the last run left."""
        if state == _OFF and self._live:
            self._live = False
            self.dock.reload()

    def apply_state(
        self, indicators: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
    ) -> None:
        """Show all that the engine holds."""
        self._touch()
        self._indicators(indicators)
        self.dock.face.findings.apply_state(indicators, findings)
        self.dock.show_counts()

    def apply_delta(
        self,
        indicators: Sequence[Mapping[str, Any]],
        gone: Sequence[str],
        findings: Sequence[Mapping[str, Any]],
    ) -> None:
        """Show what an edit changed."""
        self._touch()
        self._indicators(indicators)
        self.dock.face.findings.apply_delta(indicators, gone, findings)
        if not (gone or findings):  # else the browser tells when it is done
            self.dock.show_counts()

    def _touch(self) -> None:
        """What is shown is no longer what the files say."""
        self._live = True
        self.dock.loader.forget(self.dock.places.results)

    def _indicators(self, rows: Sequence[Mapping[str, Any]]) -> None:
        known = {one.key: place for place, one in enumerate(self.dock.results.indicators)}
        changed: list[Indicator] = []
        for row in rows:
            one = indicator_from(row)
            place = known.get(one.key)
            if place is None:
                self.dock.results.indicators.append(one)
                changed.append(one)
                continue
            was = self.dock.results.indicators[place]
            one.follow(was)
            self.dock.results.indicators[place] = one
            if one != was or one.moved_ha != was.moved_ha:
                changed.append(one)
        if changed:
            self.dock.face.quotas.apply(changed)
            self.dock.face.clusters.apply(changed)

    def remove(self) -> None:
        """Let go of the live board."""
        if self.desk is not None:
            self.desk.watch.state_changed.disconnect(self._state)
            self.desk.remove()
            self.desk = None
