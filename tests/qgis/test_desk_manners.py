# SPDX-License-Identifier: GPL-2.0-or-later
"""No dock stops the window on the results of a large county: work is counted, not timed."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from contextlib import closing, contextmanager
from itertools import groupby

import desk_results
import pytest
import sector_results
from heavy_results import write_heavy
from qgis.core import QgsApplication, QgsProject, QgsSettings
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, Qt, QThread
from qgis.PyQt.QtWidgets import QApplication, QMainWindow
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_new_project")
FINDINGS, CONFLICTS = 50000, 5000


@pytest.fixture(autouse=True)
def forgotten(tmp_path, monkeypatch):
    """Let no test see what another one had the docks remember."""
    from pianqu.ui import findings_former

    monkeypatch.setattr(findings_former, "folder_of", lambda place: tmp_path / "kept" / "one")
    QgsSettings().remove("pianqu/sectors")
    yield
    QgsSettings().remove("pianqu/sectors")


@pytest.fixture(scope="module")
def heavy(tmp_path_factory):
    """Give a folder with the results of a large county."""
    folder = tmp_path_factory.mktemp("heavy")
    write_heavy(folder, FINDINGS, CONFLICTS)
    return folder


class Both:
    """A window with both docks, as tabs of one side or one of them alone."""

    def __init__(self):
        from pianqu.ui.desk_dock import DeskDock
        from pianqu.ui.sector_dock import SectorDock

        self.window, self.canvas = QMainWindow(), QgsMapCanvas()
        self.window.setCentralWidget(self.canvas)
        self.window.resize(1500, 900)
        self.desk, self.sectors = DeskDock(canvas=self.canvas), SectorDock(canvas=self.canvas)
        for dock in (self.desk, self.sectors):
            self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.window.show()
        QApplication.processEvents()

    def choose(self, folder, dock=None):
        """Choose results in a dock's head, as its user does."""
        from pianqu.ui.place_memory import Places

        (dock or self.desk).choose_places(Places(str(folder / "dossier.yaml"), str(folder), ""))

    @property
    def busy(self):
        docks = self.desk.loader.busy or self.sectors.shelf.busy
        return docks or self.desk.map.busy() or self.sectors.map.busy()

    def settle(self):
        QApplication.processEvents()
        wait(lambda: not self.busy, 120)
        QApplication.processEvents()

    def close(self):
        for dock in (self.desk, self.sectors):
            dock.remove()
            dock.deleteLater()
        self.window.close()
        self.window.deleteLater()
        QApplication.processEvents()


@pytest.fixture()
def both():
    with closing(Both()) as docks:
        yield docks


@contextmanager
def steps_watched(monkeypatch, tick):
    """Count what every slice does, on a clock that goes on by `tick` seconds a look."""
    from pianqu.ui import plan_item, slices

    seen, number, clock = [], [0], [0.0]

    def look():
        clock[0] += tick
        return clock[0]

    work, add, make = slices.Slices.work, plan_item.Sheet.add_shapes, plan_item.Sheet.__init__

    def working(self):
        number[0] += 1
        work(self)
        number[0] += 1

    def adding(self, shapes):
        shapes = list(shapes)
        seen.append((number[0], "shapes", len(shapes)))
        add(self, shapes)

    def making(self, *given):
        seen.append((number[0], "sheets", 1))
        make(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(slices, "time", type("Clock", (), {"perf_counter": staticmethod(look)}))
        patch.setattr(slices.Slices, "work", working)
        patch.setattr(plan_item.Sheet, "add_shapes", adding)
        patch.setattr(plan_item.Sheet, "__init__", making)
        yield seen


def by_slice(seen, what):
    """Sum up, slice by slice, what was done; odd numbers are slices, even ones lie between."""
    rows = [(number, count) for number, kind, count in seen if kind == what]
    return {
        number: [count for _, count in group] for number, group in groupby(rows, lambda row: row[0])
    }


def test_shapes_come_a_few_at_a_time_and_all_of_them(heavy, monkeypatch):
    from pianqu.ui.canvas_map import BATCH
    from pianqu.ui.slices import SECONDS

    tick = SECONDS / 4
    with steps_watched(monkeypatch, tick) as seen, closing(Both()) as both:
        both.choose(heavy)
        both.desk.face.turn_to(both.desk.face.findings)
        both.settle()
        results = both.sectors.results
        projects = len(results.projects) + len(results.unnamed)
        on_sheets = [sheet._layer.featureCount() for sheet in both.sectors.map.sheets.values()]
    shapes = by_slice(seen, "shapes")
    assert all(number % 2 for number in shapes), "shapes were put on a sheet outside of slices"
    assert max(max(counts) for counts in shapes.values()) <= BATCH
    assert max(len(counts) for counts in shapes.values()) <= SECONDS / tick + 1
    assert sum(on_sheets) == projects > 6000
    assert sum(map(sum, shapes.values())) >= FINDINGS + CONFLICTS + projects


def test_a_slice_makes_few_sheets(heavy, monkeypatch):
    from pianqu.ui.slices import SECONDS

    with steps_watched(monkeypatch, SECONDS / 4) as seen, closing(Both()) as both:
        both.choose(heavy)
        both.settle()
    sheets = by_slice(seen, "sheets")
    inside = [len(made) for number, made in sheets.items() if number % 2]
    assert sum(inside) >= len(sector_results.PLANS) + 3  # of the plans and of three severities
    assert max(inside) <= 5


def test_no_more_than_two_sheets_are_drawn_at_once(both, heavy, monkeypatch):
    from pianqu.ui import plan_item
    from pianqu.ui.canvas_map import AT_ONCE

    at_once = []
    draw = plan_item.Sheet.draw

    def drawing(self, ready=None):
        began = draw(self, ready)
        at_once.append(sum(sheet.busy() for sheet in both.sectors.map.all_sheets()))
        return began

    monkeypatch.setattr(plan_item.Sheet, "draw", drawing)
    both.choose(heavy)
    both.settle()
    both.sectors.map.zoom_to([sector_results.square(30), sector_results.square(90)])
    both.settle()
    assert max(at_once) == AT_ONCE
    pictures = [sheet._image for sheet in both.sectors.map.all_sheets()]
    assert all(pictures)


def test_a_drawing_that_is_given_up_is_held_to_its_end_and_leaves_no_cycle(both, heavy):
    """What only the collector frees may be freed in a thread that must not touch it."""
    from pianqu.ui import plan_item
    from qgis.core import QgsMapRendererSequentialJob

    both.choose(heavy)
    both.settle()
    sheet = next(iter(both.sectors.map.sheets.values()))
    gc.collect()
    gc.disable()
    try:
        for place in range(5):
            both.sectors.map.zoom_to([sector_results.square(place * 40)])
            sheet.draw()
            assert sheet.busy()
        assert plan_item._leaving
        assert all(job.isActive() for job in plan_item._leaving)
        both.settle()
        wait(lambda: not plan_item._leaving)
        jobs = [one for one in gc.get_objects() if isinstance(one, QgsMapRendererSequentialJob)]
        assert jobs == []
    finally:
        gc.enable()


def test_files_are_read_and_prepared_beside_the_window(both, heavy, monkeypatch):
    """What grows with the results (rows, index, order) is made in another thread than ours."""
    from pianqu.ui import conflict_filters, geopackage, record_order

    main, where = QThread.currentThread(), Counter()

    def watched(name, true, many):
        def call(*given):
            if many(*given):  # a dock that waits shows nothing, and nothing is quickly shown
                where[name, QThread.currentThread() == main] += 1
            return true(*given)

        return call

    for module, name, many in (
        (geopackage.GeoPackage, "raw", lambda file, table: True),
        (conflict_filters.Index, "sets_of", lambda index, facet: index.count),
        (record_order, "ordering", lambda table, records, *_: records),
    ):
        monkeypatch.setattr(module, name, watched(name, getattr(module, name), many))
    both.choose(heavy)
    both.settle()
    assert {(name, on_main) for name, on_main in where if on_main} == set()
    assert {name for name, _ in where} == {"raw", "sets_of", "ordering"}
    assert len(both.desk.results.findings) == FINDINGS
    assert len(both.sectors.results.conflicts) == CONFLICTS


def test_a_long_list_is_sorted_a_portion_at_a_time(both, heavy):
    from pianqu.ui.findings_table import COLUMNS
    from pianqu.ui.record_order import PORTION, ordering

    both.choose(heavy)
    both.settle()
    view = both.desk.face.findings.list
    column = [one.key for one in COLUMNS].index("extent")
    asked = Counter()

    class Counted:
        columns = view.source.table.columns

        @staticmethod
        def weight(one):
            asked[step] += 1
            return view.source.table.weight(one)

    steps = ordering(Counted, view.source.records, column, Qt.SortOrder.AscendingOrder)
    step = 0
    while next(steps, steps) is not steps:
        step += 1
    assert max(asked.values()) <= PORTION
    assert sum(asked.values()) == FINDINGS
    before = view.listed()
    view.sortByColumn(column, Qt.SortOrder.DescendingOrder)
    assert view.source.busy
    assert view.listed() == before  # until the new order is whole, the former one stands
    wait(lambda: not view.source.busy)
    areas = [one.area_m2 for one in view.listed()]
    assert areas == sorted(areas, reverse=True)


def test_edits_that_come_while_a_list_is_sorted_are_not_lost(both, heavy):
    both.choose(heavy)
    both.settle()
    browser = both.desk.face.findings
    browser.list.sortByColumn(5, Qt.SortOrder.DescendingOrder)
    gone = browser.list.listed()[0].id
    row = {**desk_results.finding(77777), "area_m2": 1e9, "wkb": None}
    browser.apply_delta([], [gone], [row])
    wait(lambda: not browser.list.source.busy)
    listed = [one.id for one in browser.list.listed()]
    assert gone not in listed
    assert listed[0] == row["id"]
    assert len(listed) == FINDINGS


# What is asked for last counts


def small(folder, count, conflicts):
    write_heavy(folder, count, conflicts)
    return folder


def test_what_was_chosen_before_is_dropped_though_it_comes_later(both, heavy, tmp_path):
    """The large county is still being read when the small one is chosen."""
    other = small(tmp_path / "small", 30, 12)
    heard = []
    both.desk.resultsLoaded.connect(lambda desk: heard.append(len(desk.findings)))
    both.choose(heavy)
    assert both.desk.loader.busy
    assert both.sectors.shelf.busy
    both.choose(other)
    both.settle()
    wait(lambda: not QgsApplication.taskManager().countActiveTasks())
    both.settle()
    assert FINDINGS not in heard
    assert len(both.desk.results.findings) == 30
    assert len(both.sectors.results.conflicts) == 12


def test_a_dock_closed_and_opened_while_it_reads_reads_once(both, heavy, monkeypatch):
    from pianqu.ui import desk_store

    reads, read = [], desk_store.read
    monkeypatch.setattr(desk_store, "read", lambda *a, **k: reads.append(a) or read(*a, **k))
    both.choose(heavy)
    for _ in range(3):
        both.desk.close()
        QApplication.processEvents()
        both.desk.setUserVisible(True)
        QApplication.processEvents()
    both.settle()
    assert len(reads) == 1
    assert len(both.desk.results.findings) == FINDINGS


def test_while_others_are_read_nothing_can_be_decided_on(both, heavy, tmp_path):
    other = small(tmp_path / "small", 30, 12)
    both.choose(other)
    both.settle()
    both.sectors.face.list.go_to(0)
    both.choose(heavy)
    assert both.sectors.face.list.chosen() == []
    assert both.sectors.results.conflicts == []
    assert both.desk.face.findings.list.listed() == []
    both.settle()
    assert len(both.sectors.results.conflicts) == CONFLICTS


@pytest.mark.parametrize("how", ["project", "unload"])
def test_what_ends_while_results_are_read_ends_in_peace(heavy, tmp_path, how, monkeypatch):
    troubles = []
    monkeypatch.setattr(sys, "excepthook", lambda *trouble: troubles.append(trouble))
    project = QgsProject.instance()
    project.write(str(tmp_path / "one.qgz"))
    with closing(Both()) as docks:
        docks.choose(heavy)
        if how == "project":
            QgsProject().write(str(tmp_path / "two.qgz"))
            project.read(str(tmp_path / "two.qgz"))
            docks.settle()
            assert docks.desk.results.findings == []
            assert docks.sectors.results.conflicts == []
    wait(lambda: not QgsApplication.taskManager().countActiveTasks())
    QApplication.processEvents()
    assert troubles == []


def test_a_locked_file_is_told_in_a_sentence_and_read_when_it_is_free(both, tmp_path, monkeypatch):
    import sqlite3

    from pianqu.ui import geopackage

    monkeypatch.setattr(geopackage, "_WAIT_SECONDS", 0.1)
    folder = small(tmp_path / "small", 30, 12)
    lock = sqlite3.connect(str(folder / "results.gpkg"), isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    both.choose(folder)
    both.settle()
    for dock in (both.desk, both.sectors):
        assert "results.gpkg can't be read: database is locked" in (
            dock.face.messages.currentItem().text()
        )
    lock.execute("ROLLBACK")
    lock.close()
    both.desk.reload()
    both.sectors.reload()
    both.settle()
    assert len(both.desk.results.findings) == 30
    assert len(both.sectors.results.conflicts) == 12


# Two docks, one choice


def test_either_dock_takes_over_what_the_other_one_chooses(both, tmp_path):
    one, two = small(tmp_path / "one", 30, 12), small(tmp_path / "two", 20, 6)
    both.choose(one, both.sectors)
    both.settle()
    assert both.desk.places == both.sectors.places
    assert len(both.desk.results.findings) == 30
    both.choose(two, both.desk)
    both.settle()
    assert both.sectors.places.results == str(two)
    assert len(both.sectors.results.conflicts) == 6


def test_a_register_chosen_among_the_sector_plans_outlives_the_other_docks_choice(both, tmp_path):
    from dataclasses import replace

    folder = small(tmp_path / "one", 30, 12)
    both.choose(folder, both.sectors)
    both.sectors.choose_places(replace(both.sectors.places, register="D:/register.gpkg"))
    assert both.desk.places.register == "D:/register.gpkg"
    both.desk.face.head.results.setFilePath(str(tmp_path / "two"))
    assert both.sectors.places.results == str(tmp_path / "two")
    assert both.sectors.places.register == "D:/register.gpkg"
    both.settle()


def test_a_choice_is_told_once_and_does_not_go_round(both, tmp_path):
    from pianqu.ui.place_memory import NEWS

    told = []
    NEWS.changed.connect(told.append)
    both.choose(small(tmp_path / "one", 30, 12), both.sectors)
    both.settle()
    NEWS.changed.disconnect(told.append)
    assert len(told) == 1


def test_a_dock_that_is_gone_hears_of_no_choice(tmp_path):
    from pianqu.ui.place_memory import NEWS

    before = NEWS.receivers(NEWS.changed)
    with closing(Both()):
        assert NEWS.receivers(NEWS.changed) == before + 2
    assert NEWS.receivers(NEWS.changed) == before


# Before the first click


def test_the_docks_code_is_read_in_one_module_at_a_time():
    from pianqu.ui import warming

    owner = QObject()
    warm = warming.Warming(owner)
    names = warming.modules()
    assert "desk_making" in names
    assert "__init__" not in names
    for name in names:
        warm.step()
        assert f"pianqu.ui.{name}" in sys.modules
    warm.step()
    assert not warm.timer.isActive()


# A thread beside the window


class FakeTime:
    """A clock that goes on only when someone sleeps; the window may ask meanwhile."""

    def __init__(self, asks=0):
        self.now, self.slept, self.asks = 100.0, [], asks

    def perf_counter(self):
        return self.now

    def sleep(self, seconds):
        from pianqu.ui import courtesy

        self.now += seconds
        self.slept.append(seconds)
        if len(self.slept) <= self.asks:
            courtesy.asked()


def in_thread(work):
    import threading

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.parametrize(("asks", "seconds"), [(0, 0.02), (5, 0.04), (10**6, 0.3)])
def test_a_reader_rests_while_the_window_asks_but_not_for_ever(monkeypatch, asks, seconds):
    from pianqu.ui import courtesy

    clock = FakeTime(asks)
    monkeypatch.setattr(courtesy, "time", clock)
    courtesy.asked()
    in_thread(courtesy.give_way)
    assert sum(clock.slept) == pytest.approx(seconds, abs=0.005)
    clock.slept.clear()
    clock.now += 1
    in_thread(courtesy.give_way)
    assert clock.slept == []  # no one has asked for long


def test_the_window_itself_never_rests(monkeypatch):
    from pianqu.ui import courtesy

    clock = FakeTime()
    monkeypatch.setattr(courtesy, "time", clock)
    courtesy.asked()
    assert list(courtesy.politely(range(1000))) == list(range(1000))
    assert clock.slept == []


def test_a_painted_list_is_what_a_reader_gives_way_to(both, tmp_path, monkeypatch):
    from pianqu.ui import courtesy

    both.choose(small(tmp_path / "small", 30, 12))
    both.settle()
    clock = FakeTime()
    monkeypatch.setattr(courtesy, "time", clock)
    monkeypatch.setattr(courtesy, "_asked", [0.0])
    both.sectors.face.list.source.index(0, 1).data()
    assert courtesy._asked == [clock.now]


# Live


def live_row(number, **more):
    return {**desk_results.finding(number, **more), "wkb": None}


def test_a_whole_live_state_is_taken_over_by_and_by_and_edits_wait_their_turn(both, heavy):
    from pianqu.ui.findings_live import PORTION

    both.choose(heavy)
    both.settle()
    browser, sizes = both.desk.face.findings, []
    change = browser.change
    browser.change = lambda gone, came: sizes.append(len(came)) or change(gone, came)
    kept = [one.id for one in browser.list.listed()[:10]]
    state = [live_row(100000 + n) for n in range(1000)]
    state += [live_row(int(id_, 16), area_m2=-1.0) for id_ in kept]
    browser.apply_state([], state)
    assert browser.live.busy
    browser.apply_delta([], [state[0]["id"]], [live_row(200000)])  # an edit right behind it
    wait(lambda: not browser.live.busy, 60)
    there = {one.id: one for one in browser.list.listed()}
    expected = {row["id"] for row in state[1:]} | {live_row(200000)["id"]}
    assert there.keys() == expected
    assert {there[id_].area_m2 for id_ in kept} == {-1.0}
    assert {there[id_].since for id_ in kept} <= {"", "unchanged", "new"}
    assert max(sizes) <= PORTION
    assert str(len(expected)) in browser.count.text().replace(",", "")


def test_other_results_end_a_state_that_is_being_taken_over(both, heavy, tmp_path):
    both.choose(heavy)
    both.settle()
    browser = both.desk.face.findings
    browser.apply_state([], [live_row(100000 + n) for n in range(1000)])
    both.choose(small(tmp_path / "small", 30, 12))
    both.settle()
    assert not browser.live.busy
    assert len(browser.list.listed()) == 30


def test_many_records_join_the_filters_as_they_would_one_by_one():
    from pianqu.ui.conflict_filters import Filters
    from pianqu.ui.findings_records import COLUMNS, Finding
    from pianqu.ui.findings_table import FINDINGS as KIND

    def found(first, last):
        rows = [
            desk_results.finding(n, severity=("error", "info")[n % 2]) for n in range(first, last)
        ]
        return [Finding([row.get(name) for name in COLUMNS], None) for row in rows]

    at_once, joined = Filters(found(0, 90), KIND), Filters(found(0, 40), KIND)
    for filters in (at_once, joined):
        filters.search("7")
        filters.choose("severity", ["info"])
    assert list(joined.add(found(40, 90))) == list(range(40, 90))
    assert joined.rows() == at_once.rows() != []
    assert joined.sets == at_once.sets
    joined.drop([row for row in joined.rows() if row % 3])
    assert joined.rows() == [row for row in at_once.rows() if row % 3 == 0]


def test_the_collector_rests_while_anyone_reads_and_no_longer():
    from pianqu.ui.courtesy import no_collecting

    assert gc.isenabled()
    first, second = no_collecting(), no_collecting()
    first.__enter__()
    second.__enter__()
    assert not gc.isenabled()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off_and_a_failed_reading_starts_it_again():
    from pianqu.ui.courtesy import no_collecting

    with pytest.raises(OSError, match="gone"), no_collecting():
        raise OSError("gone")
    assert gc.isenabled()
    gc.disable()
    with no_collecting():
        assert not gc.isenabled()
    assert not gc.isenabled()
    gc.enable()


# Painting


def test_the_matrix_measures_its_titles_once_and_not_for_every_cell(monkeypatch):
    from pianqu.ui import matrix_view
    from pianqu.ui.heat import Head
    from qgis.PyQt.QtGui import QFontMetricsF

    measured = []

    class Metrics(QFontMetricsF):
        def horizontalAdvance(self, text):
            measured.append(text)
            return super().horizontalAdvance(text)

    view = matrix_view.MatrixView()
    plans = [Head(f"p{n}", f"专项规划{n}", "#808080") for n in range(21)]
    pairs = {(one.key, other.key): (7, 1.5) for one in plans for other in plans}
    monkeypatch.setattr(matrix_view, "QFontMetricsF", Metrics)
    view.set_heads(plans, plans)
    view.set_cells(pairs, {})
    view.resize(900, 700)
    assert len(measured) == 2 * len(plans)
    measured.clear()
    view.grab()
    assert {text for text in measured if not text.isdigit()} == set()  # numbers: do they fit?
    assert len(measured) <= len(plans) ** 2
    narrow, font = view.cell_rect(0, 0).left(), view.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    view.setFont(font)
    assert view.cell_rect(0, 0).left() > narrow
    view.close()
