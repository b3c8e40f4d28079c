# SPDX-License-Identifier: GPL-2.0-or-later
"""The browser of findings used as a user does: filter, step, compare, follow the pen, export."""

from __future__ import annotations

import csv
import time
from contextlib import closing

import desk_results as made
import pytest
from desk_window import Window
from qgis.core import QgsFeature, QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QGuiApplication
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from sector_desk import SHIFT, wait

pytestmark = pytest.mark.usefixtures("qgis_new_project")


@pytest.fixture(autouse=True)
def forgotten(tmp_path, monkeypatch):
    """Let no test see what another one had the dock remember or keep."""
    from pianqu.ui import findings_former

    monkeypatch.setattr(findings_former, "folder_of", lambda place: tmp_path / "kept" / "one")
    QgsSettings().remove("pianqu/sectors")
    yield
    QgsSettings().remove("pianqu/sectors")


@pytest.fixture()
def desk(tmp_path):
    with closing(Window(tmp_path / "county")) as window:
        window.turn(window.browser)
        yield window


def test_all_findings_are_listed_the_gravest_and_heaviest_first(desk):
    assert len(desk.listed()) == 12
    assert desk.browser.count.text() == "12 findings"
    first = desk.browser.list.listed()[0]
    assert first.rule == "quota.farmland"
    assert desk.browser.list.source.index(0, 2).data() == "Too little cultivated land"
    severities = [one.severity for one in desk.browser.list.listed()]
    assert severities == sorted(severities, key=("error", "warning", "info").index)


def test_every_filter_narrows_the_list_and_the_counts_follow_the_other_filters(desk):
    assert desk.counts("check") == {
        "Quotas": 1, "Control lines": 9, "Sector plans": 1, "Data quality": 1}  # fmt: skip
    assert desk.counts("cluster")["金寨片区"] == 8
    desk.tick("check", "Control lines")
    assert len(desk.listed()) == 9
    assert desk.counts("severity") == {"Error": 6, "Warning": 3}
    assert desk.counts("check")["Quotas"] == 1  # its own choice does not count
    desk.tick("severity", "Warning")
    assert len(desk.listed()) == 3
    assert desk.browser.count.text() == "3 of 12 findings"
    desk.tick("town", "清河镇")
    assert {one.town for one in desk.browser.list.listed()} == {"510799102"}
    desk.click(desk.browser.bar.clear)
    assert len(desk.listed()) == 12


def test_words_find_messages_numbers_and_units(desk):
    for text, count in (("G00003", 1), ("说明 g00007", 1), ("河口村", 3), ("no such", 0)):
        desk.browser.bar.search.clear()
        desk.type_in(desk.browser.bar.search, text)
        QTest.keyClick(desk.browser.bar.search, Qt.Key.Key_Return)
        assert len(desk.listed()) == count, text


def test_only_what_lies_in_the_maps_view_is_listed_when_wanted(desk):
    desk.dock.map.zoom_to([made.square(4, 0.3)])
    desk.click(desk.browser.bar.extent)
    assert f"{4:016x}" in desk.listed()
    assert f"{10:016x}" not in desk.listed()  # it has no place
    assert len(desk.listed()) < 6
    desk.dock.map.zoom_to([made.square(0, 0.3)])
    wait(lambda: f"{4:016x}" not in desk.listed())


def test_keys_step_and_map_and_facts_follow(desk):
    desk.press("Alt+]")
    first = desk.browser.list.current()
    desk.press("Alt+]")
    second = desk.browser.list.current()
    assert first.id != second.id
    assert second.message in desk.browser.facts.toPlainText()
    assert desk.canvas.extent().contains(second.geometry.boundingBox().center())
    desk.press("Alt+[")
    assert desk.browser.list.current().id == first.id


def test_facts_say_what_where_how_much_and_what_to_do(desk):
    desk.browser.choose("rule", ["control.redline"])
    desk.click_row(0)
    text = desk.browser.facts.toPlainText()
    facts = ("On land under the ecological red line", "Warning", "conditions", "Planned land use",
             "0703 农村宅基地", "调整用地", "片区")  # fmt: skip
    assert [fact for fact in facts if fact not in text] == []


def test_user_text_is_no_markup(tmp_path):
    rows = [made.finding(0, message="<b>5 > 3</b>", subject_label="<i>x", status_reason="<u>y")]
    with closing(Window(tmp_path / "county", findings=rows)) as desk:
        desk.turn(desk.browser)
        desk.click_row(0)
        for text in ("<b>5 > 3</b>", "<i>x", "<u>y"):
            assert text in desk.browser.facts.toPlainText()


def test_findings_are_drawn_only_in_their_tab_and_whole_units_never(desk):
    wait(lambda: not desk.dock.map.busy())
    sheets = desk.dock.map.sheets
    assert sheets["error"].isVisible()
    assert sheets["error"]._layer.featureCount() == 7  # without the quota of a whole cluster
    desk.turn(desk.quotas)
    assert not sheets["error"].isVisible()
    desk.dock.close()
    assert not any(sheet.isVisible() for sheet in sheets.values())


def test_rows_are_copied_as_a_table(desk):
    desk.click_row(0)
    desk.click_row(2, SHIFT)
    QTest.keyClick(desk.browser.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines[1:]] == desk.listed()[:3]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_is_shown_is_written_with_the_filters(desk, tmp_path, ending):
    desk.tick("check", "Control lines")
    path = tmp_path / f"问题{ending}"
    desk.dock.export_to(path)
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["ID"] for row in rows] == desk.listed()
        assert "Check: Control lines" in rows[0]["Filters"]
    else:
        sheet = QgsVectorLayer(f"{path}|layername=Findings", "", "ogr")
        assert [row["ID"] for row in sheet.getFeatures()] == desk.listed()


def test_a_second_run_is_compared_with_the_first(desk):
    assert desk.counts("since") == {}
    made.write_run(desk.out, [*made.few()[2:], made.finding(20)], finished="2026-03-02")
    desk.dock.reload()
    desk.settle()
    new, known, gone = "New since the last run", "Found before too", "Gone since the last run"
    assert desk.counts("since") == {new: 1, known: 10, gone: 2}
    assert len(desk.listed()) == 11  # what is gone is shown when asked for
    assert "11 findings" in desk.face.head.title.text()
    desk.browser.choose("since", ["gone"])
    assert set(desk.listed()) == {f"{n:016x}" for n in (0, 1)}
    assert desk.browser.list.listed()[0].geometry.area() > 0


def test_reading_the_same_run_again_compares_with_the_same_one(desk):
    made.write_run(desk.out, made.few()[1:], finished="2026-03-02")
    for _ in range(3):
        desk.dock.reload()
        desk.settle()
        assert desk.counts("since")["Gone since the last run"] == 1


def test_another_dossiers_run_is_no_former_run(desk, tmp_path, monkeypatch):
    from pianqu.ui import findings_former
    from pianqu.ui.place_memory import Places

    monkeypatch.setattr(findings_former, "folder_of", lambda place: tmp_path / "kept" / "two")
    made.write_run(tmp_path / "other", [made.finding(1)], finished="2026-03-05")
    desk.dock.set_places(Places(str(desk.dossier), str(tmp_path / "other"), ""))
    desk.settle()
    assert desk.counts("since") == {}


# Live


def live(number, **more):
    row = made.finding(number, **more)
    shape = row.pop("geom")
    return {**row, "wkb": shape.asWkb().data().hex() if shape is not None else None}


def test_an_edit_takes_findings_away_adds_and_replaces_them(desk):
    desk.click_row(3)
    current = desk.browser.list.current().id
    grown = live(0, area_m2=99999.0)
    desk.browser.apply_delta([], [f"{1:016x}"], [grown, live(40)])
    assert f"{1:016x}" not in desk.listed()
    assert desk.listed()[:2] == [f"{0:016x}", f"{40:016x}"]  # what just came stands first
    assert len(desk.listed()) == 12
    by_id = {one.id: one for one in desk.browser.list.listed()}
    assert by_id[f"{0:016x}"].area_m2 == 99999.0
    assert by_id[f"{40:016x}"].since == "new"
    assert by_id[f"{40:016x}"].town_name == "金寨镇"
    assert desk.browser.list.current().id == current
    assert desk.counts("check")["Control lines"] == 9
    desk.tick("severity", "Warning")
    desk.browser.apply_delta([], [f"{40:016x}"], [])
    assert len(desk.listed()) == 4


def test_what_was_accepted_stays_so_while_live(tmp_path):
    rows = [made.finding(0, status="accepted", status_by="王工", status_reason="历史遗留")]
    with closing(Window(tmp_path / "county", findings=rows)) as desk:
        desk.browser.apply_delta([], [], [live(0, area_m2=5.0)])
        one = desk.browser.list.listed()[0]
        assert (one.area_m2, one.status, one.status_by) == (5.0, "accepted", "王工")


def test_a_whole_state_replaces_what_live_looks_at_and_leaves_sector_plans(desk):
    rows = [live(n) for n in range(3)] + [live(50)]
    desk.browser.apply_state([], rows)
    assert set(desk.listed()) == {f"{n:016x}" for n in (0, 1, 2, 50, 11)}


def test_a_long_random_run_of_edits_equals_a_list_made_anew(desk):
    truth = {one.id: one.area_m2 for one in desk.browser.list.listed()}
    for step in range(120):
        number = 100 + step * 7919 % 17
        id_ = f"{number:016x}"
        if step % 3 == 2 and id_ in truth:
            desk.browser.apply_delta([], [id_], [])
            del truth[id_]
        else:
            desk.browser.apply_delta([], [], [live(number, area_m2=float(step))])
            truth[id_] = float(step)
    assert {one.id: one.area_m2 for one in desk.browser.list.listed()} == truth
    assert sum(desk.counts("severity").values()) == len(truth)
    desk.browser.list.sortByColumn(5, Qt.SortOrder.DescendingOrder)
    assert len(desk.listed()) == len(truth)


def test_the_board_follows_an_edit_and_says_by_how_much(desk):
    desk.turn(desk.quotas)
    desk.click_unit("cluster", "P1")
    row = made.indicator(made.TREE[1], made.KINDS[0], 2884.13, 3033.94, 2890.0)
    desk.dock.live.apply_delta([row], [], [])
    one = desk.cards()["farmland"]
    assert (one.outcome, one.moved_ha) == ("warning", 34.98)
    assert desk.quotas.tree._items["cluster", "P1"].text(1) == ""
    assert desk.face.clusters.table.compared.index(1, 1).data() == "+5.87"
    assert one.key in desk.quotas.board.board.glowing
    wait(lambda: not desk.quotas.board.board.glowing)


# The feature's form


@pytest.fixture()
def county(tmp_path, desk):
    """Write the plan's file, name it in the run's record, add it to the project."""
    path = tmp_path / "county" / "plan.gpkg"
    plan = {"BSM": str, "DM": str}
    rows = [{"BSM": f"G{n:05}", "DM": "0703", "geom": made.square(n)} for n in range(12)]
    made.write(path, "plan", plan, rows, True)
    made.write_run(desk.out, county="plan.gpkg", finished="2026-03-03")
    desk.dock.reload()
    desk.settle()
    layer = QgsVectorLayer(f"{path}|layername=plan", "规划", "ogr")
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_the_form_of_the_subject_is_opened_by_the_dossiers_id_field(desk, county):
    opened = []
    desk.dock.forms.opened.connect(opened.append)
    desk.browser.choose("rule", ["control.redline"])
    desk.click_row(0)
    desk.click(desk.browser.form)
    wait(lambda: opened)
    assert isinstance(opened[0], QgsFeature)
    assert opened[0]["BSM"] == desk.browser.list.current().subject_id
    assert [one["BSM"] for one in county.selectedFeatures()] == [opened[0]["BSM"]]


def test_a_feature_or_layer_that_is_gone_is_told(desk, county):
    county.dataProvider().truncate()
    desk.browser.choose("rule", ["control.redline"])
    desk.click_row(0)
    desk.press("Alt+\\")
    wait(lambda: "any more" in desk.said())
    QgsProject.instance().removeMapLayer(county.id())
    desk.browser.open_form()
    assert "plan.gpkg" in desk.said()
    assert "not in the project" in desk.said()


# Manners


def test_the_project_stays_clean_whatever_the_dock_does(desk):
    project = QgsProject.instance()
    project.setDirty(False)
    desk.click_row(0)
    desk.tick("check", "Control lines")
    desk.browser.apply_delta([], [], [live(40)])
    desk.dock.close()
    desk.dock.setUserVisible(True)
    QApplication.processEvents()
    assert not project.isDirty()
    assert project.mapLayers() == {}


def test_no_file_stays_open_and_none_is_added(desk):
    from pathlib import Path

    wait(lambda: not desk.dock.map.busy())
    links = [one for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
    held = [str(one.readlink()) for one in links if one.is_symlink()]
    assert not [one for one in held if str(desk.out) in one]
    assert {path.name for path in desk.out.iterdir()} == {"results.gpkg", "run.json"}


def test_shortcuts_live_only_while_the_dock_is_open(desk):
    from qgis.gui import QgsGui

    def ours():
        return {
            one.shortcut().toString()
            for one in QgsGui.shortcutsManager().listActions() if "pianqu" in one.objectName()
        }  # fmt: skip

    assert ours() == {"Alt+]", "Alt+[", "Alt+\\"}
    desk.dock.close()
    assert ours() == set()


class Pulse:
    """Measures the longest pause of the event loop."""

    def __init__(self):
        from qgis.PyQt.QtCore import QTimer

        self.longest, self.last = 0.0, time.perf_counter()
        self.timer = QTimer()
        self.timer.setInterval(2)
        self.timer.timeout.connect(self._beat)
        self.timer.start()

    def _beat(self):
        now = time.perf_counter()
        self.longest, self.last = max(self.longest, now - self.last), now


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_sorting_in_steps_gives_the_order_of_sorting_at_once(order):
    from pianqu.ui.findings_records import COLUMNS, Finding
    from pianqu.ui.findings_table import FINDING_TABLE
    from pianqu.ui.record_order import ordered

    rows = [made.finding(n, severity=("error", "info")[n % 2], area_m2=float(n * 7919 % 101))
            for n in range(9000)]  # fmt: skip
    found = [Finding([row.get(name) for name in COLUMNS], None) for row in rows]
    for column in (0, 4, 5):
        heavy = sorted(range(9000), key=lambda n: FINDING_TABLE.weight(found[n]), reverse=True)
        key, down = FINDING_TABLE.columns[column].order, order == Qt.SortOrder.DescendingOrder
        at_once = sorted(heavy, key=lambda n: key(found[n]), reverse=down)
        assert ordered(FINDING_TABLE, found, column, order) == at_once


def test_fifty_thousand_findings_do_not_stutter(tmp_path, record_property):
    """The times are kept with the test's record; the bounds are loose, for slow machines."""
    made.write_many(tmp_path / "county" / "results")
    with closing(Window(tmp_path / "county", ready=False)) as desk:
        desk.turn(desk.browser)
        assert len(desk.listed()) == 53000
        wait(lambda: not desk.dock.map.busy(), 60)
        browser, times = desk.browser, {}
        changes = {
            "rule": lambda: browser.choose("rule", ["control.redline"]),
            "severity": lambda: browser.choose("severity", ["error"]),
            "clear": lambda: desk.click(browser.bar.clear),
            "text": lambda: browser.filters.search("G00042") or browser.bar.told(),
            "clear again": lambda: desk.click(browser.bar.clear),
            "counts": lambda: desk.counts("rule"),
            "delta": lambda: browser.apply_delta([], [f"{5:016x}"], [live(6), live(90000)]),
        }
        for name, change in changes.items():
            start = time.perf_counter()
            change()
            times[name] = time.perf_counter() - start
        pulse = Pulse()
        desk.dock.reload()
        desk.settle()
        wait(lambda: not desk.dock.map.busy(), 60)
        times["pause while loading"] = pulse.longest
        pulse.timer.stop()
    for name, seconds in times.items():
        record_property(f"{name}_ms", round(seconds * 1000))
    print({name: round(seconds * 1000) for name, seconds in times.items()})
    assert max(times.values()) < 1
