# SPDX-License-Identifier: GPL-2.0-or-later
"""No dock stops the window on the results of a large county: work is counted, not timed."""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import closing, contextmanager
from itertools import groupby

import desk_results
import pytest
import sector_results
from both_docks import CONFLICTS, FINDINGS, Both
from qgis.PyQt.QtCore import Qt, QThread
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_new_project", "forgotten")


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
