# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock "Sector plans": its parts and how they hear each other; the parts do the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtWidgets import QWidget

from ..jobs.words import tr
from . import export
from .conflict_filters import SETTLED, Filters, bits_to_flags, plans_of
from .conflict_map import ConflictMap
from .dock_face import DockFace
from .dock_keys import sector_keys
from .dock_log import log
from .engine_desk import EngineDesk
from .place_memory import Places
from .places_dock import PlacesDock
from .sector_names import Names, cells, counts, departments, heads
from .sector_records import STATES, Conflict, Results
from .sector_store import Shelf, is_server


class SectorDock(PlacesDock):
    """Conflicts of sector plans: found, argued, settled.

    `iface` may be None (tests, a window of one's own): then `canvas` is drawn on.
    """

    NAME = "PianquSectorPlans"

    def __init__(
        self, iface: Any = None, canvas: QgsMapCanvas | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Sector plans"), iface, canvas, parent)
        self.results = Results()
        self.filters = Filters()
        self.filters.choose("state", [state for state in STATES if state not in SETTLED])
        self.names = Names()
        self.shelf = Shelf(self)
        self.map = ConflictMap(self.canvas, self)
        self.face = DockFace(self.map, self.filters, self.names)
        self.setWidget(self.face)
        self.keys = sector_keys(self, self.face)
        self.exporter = export.Exporter(self)
        self.desk = EngineDesk(self)
        self.runs = self.desk.runs
        self._stale, self._unfiltered, self._just_told = True, False, False
        self._shown = Places()
        self._connect_parts()
        self.watch_world()

    def _connect_parts(self) -> None:
        face = self.face
        face.source.changed.connect(self.places_changed)
        face.source.reload_wanted.connect(self.reload)
        face.tree.shown_changed.connect(self.map.set_shown)
        face.tree.opacity_changed.connect(self.map.set_opacity)
        face.tree.zoom_wanted.connect(self.map.zoom_to_plan)
        face.tree.filter_wanted.connect(lambda plans: self.choose("plan", plans))
        face.matrix.chosen.connect(self._choose_pair)
        face.bar.changed.connect(self.refilter)
        face.bar.extent_wanted.connect(lambda _: self.extent_changed())
        face.list.current_changed.connect(self._show_conflict)
        face.list.clicked_again.connect(self._show_conflict)
        face.list.pan_wanted.connect(lambda one: self.map.pan_to(one.geometry))
        face.list.chosen_changed.connect(lambda: face.decide.show_for(face.list.chosen()))
        face.facts.site_wanted.connect(lambda site: self.map.show_site(site.geometry))
        face.solo.toggled.connect(lambda _: self._show_solo())
        face.export.clicked.connect(self._export)
        self.exporter.busy_changed.connect(face.export.setDisabled)
        self.shelf.loaded.connect(self.load)

    # Where the data come from

    def given(self) -> Places:
        """Give the places that the user has put in the dock's head."""
        return self.face.source.given()

    def wants_extent(self) -> bool:
        """Tell whether only what the map shows is listed."""
        return self.face.bar.extent.isChecked()

    def set_places(self, places: Places) -> None:
        """Show another dossier's results, at once or when the dock is seen again."""
        self.places = places
        self.face.source.set_places(places)
        self.stale()

    def reload(self) -> None:
        """Read the files again; a register on a server is copied first."""
        if is_server(self.places.register) and not self.runs.busy:
            self.runs.refresh(self.places)
            return
        self.stale()

    def load_if_seen(self) -> None:
        """Read what has changed, if anyone sees it."""
        places = self.places
        key = places.results, places.register
        if self.isUserVisible() and (self._stale or self.shelf.outdated(key)):
            self._stale = False
            self.shelf.load(*key, self.face.list.source.sorting)
            if self.shelf.busy and places != self._shown:
                self._show_reading()

    def _show_reading(self) -> None:
        """Show nothing until other results are there: what is shown can be decided on."""
        self.load(Results())
        self.face.source.title.setText(tr("Reading the results…"))

    def load(self, results: Results) -> None:
        """Hand results to all parts."""
        face, former = self.face, self.face.list.current()
        self.results, self._shown = results, self.places
        self.names.load(results)
        self.filters.load(results.conflicts, results.index)
        self.map.load(results)
        face.compare.load(results)
        shown = {plan.sector: self.map.is_shown(plan.sector) for plan in results.plans}
        opacity = {plan.sector: self.map.opacity(plan.sector) for plan in results.plans}
        face.tree.load(results, shown, opacity)
        face.matrix.set_heads(*heads(results, self.names))
        face.decide.offer(departments(results))
        sorted_so = results.sorting == face.list.source.sorting
        face.list.load(results.conflicts, results.order if sorted_so else None)
        face.source.show_summary(results, self.places.dossier)
        if results.problems or not self._just_told:
            face.say("\n".join(results.problems), "warning")
        self._just_told = self._just_told and self.shelf.busy
        face.bar.show_choice()
        self.refilter()
        self._return_to(former)

    def _return_to(self, former: Conflict | None) -> None:
        """Make the conflict current that was before, without moving the map."""
        self.face.facts.show_nothing()
        self.map.deselect()
        if former is None:
            return
        self.face.quiet = True
        for row, one in enumerate(self.face.list.listed()):
            if one.id == former.id:
                self.face.list.go_to(row)
        self.face.quiet = False

    # Filters

    def choose(self, facet: str, values: list[Any]) -> None:
        """Filter by some values of a facet."""
        self.filters.choose(facet, values)
        self.face.bar.told()

    def _choose_pair(self, pair: tuple[str, str] | None) -> None:
        self.filters.choose("pair", {pair, pair[::-1]} if pair else ())
        self.face.bar.told()
        if pair:
            self.face.compare.choose(*pair)

    def refilter(self) -> None:
        """Show what passes the filters; while hidden only remember to do so."""
        if not self.isUserVisible():
            self._unfiltered = True
            return
        self._unfiltered = False
        face, filters = self.face, self.filters
        bits = filters.passing()
        face.list.show_flags(bits_to_flags(bits, filters.count))
        listed = [self.results.conflicts[row] for row in filters.rows()]
        self.map.show_conflicts(listed)
        others = (self.results.conflicts[row] for row in filters.rows(but="pair"))
        face.matrix.set_cells(cells(others), self.results.joint)
        face.matrix.set_pair(next(iter(filters.chosen.get("pair", ())), None))
        face.tree.show_counts(counts(filters, "plan"), counts(filters, "department"))
        face.show_count(len(listed), filters.count)
        face.decide.show_for(face.list.chosen())

    def extent_changed(self) -> None:
        """List what the map shows, or all."""
        wanted = self.face.bar.extent.isChecked()
        place = self.map.view() if wanted else None
        if place != self.filters.place:
            self.filters.within(place)
            self.face.bar.told()

    # The current conflict

    def _show_conflict(self, conflict: Conflict | None) -> None:
        if conflict is None:
            self.face.facts.show_nothing()
            self.map.deselect()
            return
        self.face.facts.show_conflict(conflict, self.results)
        plans = plans_of(conflict)
        if len(plans) == 2:
            self.face.compare.choose(*plans)
        self._show_solo()
        loud = not self.face.quiet and self.isUserVisible()
        self.map.select(
            conflict,
            zoom=loud and self.face.zoom.isChecked(),
            flash=loud and self.face.flash.isChecked(),
        )

    def _show_solo(self) -> None:
        """Show only the current conflict's plans, where that is wanted."""
        compare = self.face.compare
        if compare.blink.isChecked() or compare.swipe.isChecked():
            return
        current = self.face.list.current()
        solo = self.face.solo.isChecked() and current is not None
        self.map.show_only(plans_of(current) if solo and current else None)

    # Telling, writing

    def tell(self, text: str, level: str) -> None:
        """Say something in the dock, and in QGIS's log; results on their way don't wipe it out."""
        self.face.say(text, level)
        self._just_told = self.shelf.busy
        if level in ("error", "warning"):
            log(level, text)

    def _export(self) -> None:
        path = export.ask(self)
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write what is shown to a file."""
        listed = self.face.list.listed()
        said = tr("{count} conflicts written: {path}").format(count=len(listed), path=path)
        self.exporter.begin(
            path,
            export.conflict_table(listed, self.face.bar.describe()),
            lambda trouble: self.tell(trouble or said, "error" if trouble else "success"),
        )

    # Coming and going

    def seen(self, *_: object) -> None:
        """Wake or sleep: a hidden dock has no keys, draws nothing and computes nothing.

        A dock behind another one's tab keeps its drawing, but computes nothing either.
        """
        awake = not self.isHidden()
        if awake:
            self.keys.register()
        else:
            self.keys.unregister()
            self.face.compare.stop()
        self.map.wake(awake)
        if self.isUserVisible():
            self.load_if_seen()
            if self._unfiltered:
                self.refilter()
            self.extent_changed()

    def remove(self) -> None:
        """Let go of everything: the plugin is being unloaded."""
        self.runs.stop()
        self.shelf.stop()
        self.exporter.stop()
        self.keys.unregister()
        self.face.compare.close_down()
        self.map.close_down()
        self.leave_world()
