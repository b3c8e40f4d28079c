# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock "Cluster check": its parts and how they hear each other; the parts do the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ..jobs.words import tr
from . import findings_export
from .conflict_filters import size
from .courtesy import hold_still
from .desk_face import DeskFace
from .desk_layers import FormOpener
from .desk_live import DeskLive
from .desk_map import DeskMap
from .desk_orders import DeskOrders
from .desk_pieces import EnginePieces, Piece
from .desk_records import Desk
from .desk_store import Loader
from .dock_keys import DockKeys
from .dock_log import log
from .findings_records import Finding
from .place_memory import Places
from .places_dock import PlacesDock


class DeskDock(PlacesDock):
    """Quotas, clusters side by side, findings: of one dossier, from a run or live.

    `iface` may be None (tests, a window of one's own): then `canvas` is drawn on. Other parts
    plug in by `add_panel`, `add_bar` and `attach_live`, and hear the signals.
    """

    NAME = "PianquClusterCheck"

    unitChosen = pyqtSignal(str, str)  # noqa: N815 (as other parts hear it)
    findingChosen = pyqtSignal(object)  # noqa: N815
    resultsLoaded = pyqtSignal(object)  # noqa: N815
    dossierChanged = pyqtSignal(str)  # noqa: N815

    def __init__(
        self, iface: Any = None, canvas: QgsMapCanvas | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Cluster check"), iface, canvas, parent)
        self.results = Desk()
        self.map = DeskMap(self.canvas, self)
        self.face = DeskFace()
        self.setWidget(self.face)
        self.loader = Loader(self)
        self.forms = FormOpener(iface, self)
        self.keys = self._keys()
        self.exporter = findings_export.Exporter(self)
        self.orders = DeskOrders(self)
        self.live = DeskLive(self)
        self.asking = EnginePieces(lambda: self.places.dossier, self)
        self.face.quotas.pieces.sources = [self.asking]
        self._connect_parts()
        self.watch_world()

    def _keys(self) -> DockKeys:
        browser = self.face.findings
        rows = (
            ("desk_next", tr("Next finding"), "Alt+]", browser.next.click),
            ("desk_previous", tr("Previous finding"), "Alt+[", browser.back.click),
            ("desk_form", tr("Form of the finding's subject"), "Alt+\\", browser.open_form),
        )
        return DockKeys(self, rows)

    def _connect_parts(self) -> None:
        face = self.face
        face.head.changed.connect(self.places_changed)
        face.head.reload_wanted.connect(self.reload)
        face.tabs.currentChanged.connect(lambda _: self._turned())
        face.quotas.unit_chosen.connect(self.unitChosen)
        face.quotas.findings_wanted.connect(self.list_findings)
        face.quotas.pieces.came.connect(self.map.show_pieces)
        face.quotas.pieces.piece_chosen.connect(self._show_piece)
        face.quotas.pieces.form_wanted.connect(self.forms.open)
        face.clusters.chosen.connect(self.show_unit)
        browser = face.findings
        browser.current_changed.connect(self._show_finding)
        browser.clicked_again.connect(self._show_finding)
        browser.pan_wanted.connect(lambda one: self.map.pan_to(one.geometry))
        self.map.listed = browser.list.listed
        browser.refiltered.connect(self.map.show_findings)
        browser.changed_live.connect(self._changed_live)
        browser.extent_wanted.connect(lambda _: self.extent_changed())
        browser.form_wanted.connect(self._open_form)
        browser.export_wanted.connect(self._export)
        self.exporter.busy_changed.connect(browser.export.setDisabled)
        self.forms.failed.connect(lambda text: self.tell(text, "warning"))
        self.loader.loaded.connect(self.load)

    # What other parts plug into

    def add_panel(self, name: str, widget: QWidget, first: bool = False) -> None:
        """Put a panel of another part among the tabs."""
        self.face.add_panel(name, widget, first)

    def add_bar(self, widget: QWidget) -> None:
        """Put a line of another part under the head."""
        self.face.add_bar(widget)

    def attach_live(self, desk: Any) -> None:
        """Take in the live board (a LiveDesk): its switch, its what-if, its answers."""
        self.live.attach(desk)

    def show_unit(self, level: str, code: str, indicator: str = "") -> None:
        """Show a unit on the board and, where named, the pieces of an indicator."""
        self.face.turn_to(self.face.quotas)
        self.face.quotas.choose(level, code, indicator)

    def list_findings(self, level: str, code: str) -> None:
        """List the findings in a unit."""
        self.face.turn_to(self.face.findings)
        self.face.findings.choose("unit", [f"{level}:{code}"])

    # Where the data come from

    def given(self) -> Places:
        """Give the places that the user has put in the dock's head."""
        return self.face.head.given()

    def wants_extent(self) -> bool:
        """Tell whether only what the map shows is listed."""
        return self.face.findings.bar.extent.isChecked()

    def set_places(self, places: Places) -> None:
        """Show another dossier's results, at once or when the dock is seen again."""
        former, self.places = self.places, places
        self.face.head.set_places(places)
        if former.dossier != places.dossier:
            self.dossierChanged.emit(places.dossier)
        self.stale()

    def reload(self) -> None:
        """Read the files again."""
        self.loader.forget(self.places.results)
        self.stale()

    def load_if_seen(self) -> None:
        """Read what has changed, if anyone sees it."""
        place = self.places.results
        if self.isUserVisible() and (self._stale or self.loader.outdated(place)):
            self._stale = False
            self.loader.load(place, self.face.findings.list.source.sorting)
            if self.loader.busy and self.results.place not in ("", place):
                self._show_reading()

    def _show_reading(self) -> None:
        """Show nothing until other results are there: what is shown can be decided on."""
        self.load(Desk())
        self.face.head.title.setText(tr("Reading the results…"))

    def load(self, desk: Desk) -> None:
        """Hand results to all parts."""
        face = self.face
        self.results = desk
        self.map.load(desk.crs)
        self.forms.load(desk, self.places.dossier)
        face.quotas.load(desk)
        face.clusters.load(desk)
        face.findings.load(desk)
        self.show_counts()
        if desk.problems:
            self.tell("\n".join(desk.problems), "warning")
        elif not self.orders.just_told:
            face.say("", "info")
        self.orders.just_told = False
        QTimer.singleShot(0, lambda: hold_still(len(desk.findings)))
        self._turned()
        self.resultsLoaded.emit(desk)

    def show_counts(self) -> None:
        """Tell the board and the head how many findings there are, but for those that are gone."""
        filters = self.face.findings.filters
        there = filters.all & ~filters.sets["since"].get("gone", 0)
        units = filters.sets["unit"]
        self.face.quotas.set_counts(lambda unit: size(units.get(unit, 0) & there))
        self.face.head.show_desk(self.results, self.places.dossier, size(there))

    def _changed_live(self) -> None:
        self.show_counts()
        self.map.show_findings(live=True)

    # The map

    def _turned(self) -> None:
        """Draw what goes with the tab in front."""
        front = self.face.tabs.currentWidget()
        modes = {self.face.findings: "findings", self.face.quotas: "pieces"}
        self.map.turn_to(modes.get(front, ""))
        if front is self.face.findings:
            self.extent_changed()

    def _show_finding(self, one: Finding | None) -> None:
        browser = self.face.findings
        self.map.deselect()
        if one is not None:
            loud = not browser.quiet and self.isUserVisible()
            self.map.select(
                one, loud and browser.zoom.isChecked(), loud and browser.flash.isChecked()
            )
        self.findingChosen.emit(one)

    def _show_piece(self, piece: Piece | None) -> None:
        if piece is None:
            self.map.deselect()
        else:
            browser = self.face.findings
            self.map.select_piece(piece, browser.zoom.isChecked(), browser.flash.isChecked())

    def extent_changed(self) -> None:
        """List what the map shows, or all."""
        browser = self.face.findings
        if browser.isVisible() or not browser.bar.extent.isChecked():
            browser.within(self.map.view() if browser.bar.extent.isChecked() else None)

    def _open_form(self, layer: str, id_: str) -> None:
        one = self.face.findings.list.current()
        box = one.box if one is not None and one.subject_id == id_ else None
        self.forms.open(layer, id_, box)

    # Telling, writing

    def tell(self, text: str, level: str) -> None:
        """Say something in the dock; troubles go into QGIS's log too."""
        self.face.say(text, level)
        if level in ("error", "warning"):
            log(level, text)

    def _export(self) -> None:
        path = findings_export.ask(self)
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the findings that are shown to a file."""
        browser = self.face.findings
        listed = browser.list.listed()
        said = tr("{count} findings written: {path}").format(count=len(listed), path=path)
        table = findings_export.finding_table(listed, browser.names, browser.bar.describe())
        self.exporter.begin(
            path,
            table,
            lambda trouble: self.tell(trouble or said, "error" if trouble else "success"),
        )

    # Coming and going

    def seen(self, *_: object) -> None:
        """Wake or sleep: a hidden dock has no keys, draws nothing and reads nothing."""
        awake = not self.isHidden()
        if awake:
            self.keys.register()
        else:
            self.keys.unregister()
        self.map.wake(awake)
        self.load_if_seen()
        if self.isUserVisible():
            self.extent_changed()

    def remove(self) -> None:
        """Let go of everything: the plugin is being unloaded."""
        hold_still(0)
        self.live.remove()
        self.orders.runs.stop()
        self.loader.stop()
        self.forms.stop()
        for source in self.face.quotas.pieces.sources:
            source.stop()
        self.asking.close_down()
        self.exporter.stop()
        self.keys.unregister()
        self.map.close_down()
        self.leave_world()
