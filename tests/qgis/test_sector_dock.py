# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock "Sector plans" used as a user uses it: see, filter, step, decide, check again."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path

import pytest
import sector_results as made
from places import ROOT
from qgis.core import QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QGuiApplication
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from sector_desk import SHIFT, Desk, wait

FAKE = ROOT / "tests" / "support" / "fake_sector_engine.py"
pytestmark = pytest.mark.usefixtures("qgis_new_project")


@pytest.fixture(autouse=True)
def forgotten():
    """Let no test see what another one had the dock remember."""
    QgsSettings().remove("pianqu/sectors")
    yield
    QgsSettings().remove("pianqu/sectors")


@pytest.fixture()
def engine(monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(FAKE))


@pytest.fixture()
def desk(tmp_path):
    desk = Desk(tmp_path / "county")
    yield desk
    desk.close()


def test_the_dock_leaves_room_for_the_rest_of_a_window_on_a_screen_of_768(desk):
    assert desk.dock.minimumSizeHint().height() <= 420


def test_however_low_the_list_is_its_filters_do_not_cover_its_tools(desk):
    splitter = desk.face.splitter
    splitter.setSizes([10_000, 1, 1])
    desk.settle()
    bar, count, rows = desk.face.bar, desk.face.count, desk.face.list
    assert bar.geometry().bottom() < count.geometry().top()
    assert count.geometry().bottom() < rows.geometry().top()
    assert rows.height() > rows.header().height()
    desk.window.resize(1366, 560)
    desk.settle()
    assert desk.window.height() == 560
    assert min(desk.face.splitter.sizes()) >= 60


def test_it_shows_plans_conflicts_and_their_numbers(desk):
    assert len(desk.listed()) == 12
    assert desk.face.count.text() == "12 conflicts"
    names = [item.text(0) for item in desk.face.tree.plans()]
    assert sorted(names) == sorted(plan[1] for plan in made.PLANS)
    by_name = {item.text(0): item for item in desk.face.tree.plans()}
    transport = by_name["交通运输专项规划"]
    assert (transport.text(4), transport.text(5)) == ("6", "6")
    # Transport and roads are one department: their conflicts add up, none counts twice.
    assert transport.parent().text(0) == "交通运输局"
    assert transport.parent().text(5) == "7"
    assert transport.parent().text(2) == "24"
    # Six of the made projects are transport's, of a quarter hectare of new construction each.
    assert transport.text(3) == "1.50"


def test_every_filter_narrows_the_list_and_the_counts_follow_the_other_filters(desk):
    assert desk.counts("severity") == {"Error": 9, "Warning": 3}
    desk.tick("rule", "Claim the same land")
    assert len(desk.listed()) == 6
    assert desk.counts("severity") == {"Error": 6, "Warning": 0}
    assert desk.counts("rule")["On permanent basic farmland"] == 3  # its own filter does not count
    desk.tick("town", "城关镇")
    assert len(desk.listed()) == 2
    assert desk.face.count.text() == "2 of 12 conflicts"
    desk.click(desk.face.bar.clear)
    assert len(desk.listed()) == 12


@pytest.mark.parametrize(
    ("facet", "name", "left"),
    [
        ("cluster", "东部片区", 4),
        ("town", "石桥镇", 4),
        ("department", "水利局", 4),
        ("plan", "教育设施", 4),
        ("rule", "On permanent basic farmland", 3),
        ("severity", "Warning", 3),
        ("state", "Open", 12),
    ],
)
def test_a_filter_shows_as_many_as_its_count_says(desk, facet, name, left):
    if facet == "state":
        desk.click(desk.face.bar.clear)
    assert desk.counts(facet)[name] == left
    desk.tick(facet, name)
    assert len(desk.listed()) == left


def test_free_text_finds_what_has_every_word(desk):
    desk.type_in(desk.face.bar.search, "项目3 石桥")
    wait(lambda: len(desk.listed()) < 12)
    found = desk.face.list.listed()
    assert found
    assert all("项目3" in one.subject.label + one.object.label for one in found)


def test_the_map_extent_filters_and_follows_the_map(desk):
    desk.dock.map.zoom_to([made.square(4, 0.3)])
    desk.click(desk.face.bar.extent)
    near = desk.listed()
    assert f"{4:016x}" in near
    assert len(near) < 12
    desk.dock.map.zoom_to([made.square(0)])
    wait(lambda: desk.listed() != near)
    assert f"{4:016x}" not in desk.listed()
    assert f"{11:016x}" not in desk.listed()  # it has no place on the map


def test_a_click_on_a_cell_of_the_matrix_lists_that_pair(desk):
    matrix = desk.face.matrix
    desk.click_cell("transport", "school")
    assert len(desk.listed()) == 3
    assert {(one.subject.layer, one.object.layer) for one in desk.face.list.listed()} == {
        ("transport", "school")
    }
    assert matrix.text(0, 2) == matrix.text(2, 0) == "3"
    assert desk.face.bar.pair.isVisible()
    assert desk.face.compare.pair() == ("transport", "school")
    desk.click_cell("transport", "school")  # again: the choice is taken back
    assert len(desk.listed()) == 12


def test_the_matrix_obeys_the_other_filters_and_shows_hectares(desk):
    desk.tick("town", "城关镇")
    matrix = desk.face.matrix
    desk.face.tabs.setCurrentWidget(matrix)
    keys = [head.key for head in matrix.columns]
    shown = [one for one in desk.face.list.listed() if one.object.layer == "@farmland"]
    assert matrix.text(0, keys.index("@farmland")) == str(len(shown))
    desk.face.measure.setCurrentIndex(1)
    assert matrix.text(0, keys.index("@farmland")) == "0.1"
    assert "4" in matrix.hint(0, keys.index("roads"))  # four joint uses, no conflict


def test_the_matrix_can_be_walked_by_keys(desk):
    matrix = desk.face.matrix
    desk.face.tabs.setCurrentWidget(matrix)
    matrix.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(matrix, key)
    assert desk.dock.filters.chosen["pair"] == {("transport", "school"), ("school", "transport")}


def test_keys_step_through_the_conflicts_and_map_and_facts_follow(desk):
    desk.press("Alt+.")
    first = desk.face.list.current()
    desk.press("Alt+.")
    second = desk.face.list.current()
    assert first.id != second.id
    assert second.message in desk.face.facts.toPlainText()
    place = second.geometry.boundingBox().center()
    assert desk.canvas.extent().contains(place)
    desk.press("Alt+,")
    assert desk.face.list.current().id == first.id


def test_facts_stand_side_by_side_with_sites_and_history(desk):
    desk.face.list.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    desk.click_row(0)
    conflict = desk.face.list.current()
    assert conflict.subject.id == "P0000"
    text = desk.face.facts.toPlainText()
    facts = "交通运输局 教育局 P0000 P0001 10.24 9.0 城镇道路用地 2024–2026"
    assert [fact for fact in facts.split() if fact not in text] == []
    assert text.index("1. reserved land in 城关镇") < text.index("2. reserved land")
    before = desk.canvas.extent()
    desk.face.facts.anchorClicked.emit(QUrl("site:0"))
    assert desk.canvas.extent() != before


def test_user_text_is_no_markup(tmp_path):
    rows = [made.conflict(0, "sector.overlap", 0, 2, message="<b>5 > 3</b>", subject_label="<i>x")]
    with closing(Desk(tmp_path / "county", rows)) as desk:
        desk.click_row(0)
        assert "<b>5 > 3</b>" in desk.face.facts.toPlainText()
        assert "<i>x" in desk.face.facts.toPlainText()


def waive(desk, *rows, reason="历史遗留"):
    """Select rows, say who and why, and waive."""
    desk.click_row(rows[0])
    if len(rows) > 1:
        desk.click_row(rows[-1], SHIFT)
    box = desk.face.decide
    box.state.setCurrentIndex(box.state.findData("waived"))
    box.person.clear()
    desk.type_in(box.person, "Wang")
    assert not box.button.isEnabled()
    assert box.button.text() == "A waiver needs a reason"
    desk.type_in(box.reason, reason)
    desk.click(box.button)
    desk.idle()


@pytest.mark.usefixtures("engine")
def test_two_are_waived_with_a_reason_and_stay_waived_after_the_next_run(desk):
    waive(desk, 0, 1)
    waived = {id_ for id_, state in desk.states().items() if state == "waived"}
    assert len(waived) == 2
    counts = desk.counts("state")
    assert (counts["Open"], counts["Waived"]) == (10, 2)
    assert "历史遗留" in desk.face.facts.toPlainText()
    desk.click(desk.face.source.run)
    assert desk.face.source.cancel.isVisible()
    desk.idle()
    assert [job["task"] for job in desk.jobs()] == ["decide", "sectors", "register"]
    assert {id_ for id_, state in desk.states().items() if state == "waived"} == waived
    desk.tick("state", "Open", "Reopened", "Agreed")
    assert set(desk.listed()) == waived


@pytest.mark.usefixtures("engine")
def test_a_decision_that_came_too_late_is_refused_and_the_other_one_shown(desk):
    place = desk.out / "register.gpkg"
    stale = desk.dock.results.conflicts[0]
    newer = [
        made.registered(row, **({"state": "agreed", "person": "李工", "version": 7}
                                if row["id"] == stale.id else {}))
        for row in desk.rows
    ]  # fmt: skip
    made.write_register(desk.out, newer)
    assert place.is_file()
    row = desk.listed().index(stale.id)
    waive(desk, row)
    assert stale.state == "agreed"
    assert (stale.person, stale.version) == ("李工", 7)
    assert "李工" in desk.said()


def test_an_agreement_needs_its_text_and_a_person(desk):
    box = desk.face.decide
    assert box.missing() == "Choose conflicts in the list"
    desk.click_row(0)
    assert box.missing() == "Say who decides"
    box.person.setText("王工")
    assert box.missing() == "An agreement needs its text"
    box.decision.setText("道路改线")
    assert box.missing() == ""
    assert box.button.text() == "Decide for 1 conflict"


@pytest.mark.usefixtures("engine")
def test_the_first_run_makes_results_and_register(tmp_path):
    with closing(Desk(tmp_path / "county", ready=False)) as desk:
        assert "press Run" in desk.said()
        assert desk.listed() == []
        desk.click(desk.face.source.run)
        desk.idle()
        assert len(desk.listed()) == 12
        assert desk.dock.results.registered
        assert "New: 12" in desk.said()


@pytest.mark.usefixtures("engine")
def test_one_rule_or_one_plan_is_checked_again_into_the_same_results(desk):
    """The engine keeps what the results say of the rest; the register hears of them as a whole."""
    desk.dock.desk.recheck(rules=["sector.overlap"])
    desk.idle()
    desk.face.tree.rerun_wanted.emit(["water"])
    desk.idle()
    again = [job for job in desk.jobs() if job["task"] == "sectors"]
    assert [job["rules"] for job in again] == [["sector.overlap"], []]
    assert [job["plans"] for job in again] == [[], ["water"]]
    told = [job for job in desk.jobs() if job["task"] == "register"]
    assert {job["out"] for job in again} == {job["results"] for job in told} == {str(desk.out)}
    assert len(desk.listed()) == 12


@pytest.mark.usefixtures("engine")
def test_the_history_shows_the_step_just_taken(desk):
    desk.click(desk.face.bar.clear)
    waive(desk, 0)
    conflict = desk.face.list.current()
    assert [event.state_to for event in desk.dock.results.history[conflict.id]] == ["waived"]
    assert "Open → Waived" in desk.face.facts.toPlainText()
    desk.dock.reload()
    desk.settle()
    assert [event.state_to for event in desk.dock.results.history[conflict.id]] == ["waived"]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("late", [False, True])
def test_what_a_colleague_decided_since_the_last_read_shows_after_a_decision(desk, late):
    desk.click(desk.face.bar.clear)
    mine, other = desk.listed()[:2]
    newer = [
        made.registered(row, **({"state": "agreed", "person": "李工", "version": 2}
                                if row["id"] == other else {}))
        for row in desk.rows
    ]  # fmt: skip
    if not late:
        made.write_register(desk.out, newer)
    waive(desk, 0)
    if late:  # and what is written right after it, when one reads again
        made.write_register(desk.out, newer)
        desk.dock.reload()
        desk.settle()
    else:
        assert desk.states()[mine] == "waived"
    assert desk.states()[other] == "agreed"


def versions(desk):
    """Give the versions that the last order to decide was made on."""
    (*_, last) = [job for job in desk.jobs() if job["task"] == "decide"]
    assert not any(one.get("force") for one in last["decisions"])
    return [one["version"] for one in last["decisions"]]


@pytest.mark.usefixtures("engine")
def test_without_a_register_a_decision_is_made_on_what_is_first_entered(tmp_path):
    with closing(Desk(tmp_path / "county", ready=False)) as desk:
        (desk.out / "results.gpkg").write_bytes((desk.home / "made/results.gpkg").read_bytes())
        desk.dock.reload()
        desk.settle()
        assert not desk.dock.results.registered
        waive(desk, 0)
        assert [job["task"] for job in desk.jobs()] == ["register", "decide"]
        assert versions(desk) == [1]
        assert list(desk.states().values()).count("waived") == 1


@pytest.mark.usefixtures("engine")
def test_a_conflict_that_the_register_lacks_is_entered_before_it_is_decided(desk):
    lacking = desk.listed()[0]
    kept = [made.registered(row) for row in desk.rows if row["id"] != lacking]
    made.write_register(desk.out, kept)
    desk.dock.reload()
    desk.settle()
    assert {one.id for one in desk.dock.results.conflicts if not one.version} == {lacking}
    waive(desk, desk.listed().index(lacking))
    assert [job["task"] for job in desk.jobs()] == ["register", "decide"]
    assert versions(desk) == [1]


SERVER = "postgresql://planner@host/db"


@pytest.fixture()
def server(desk, engine, monkeypatch):
    """Give a function that turns the dock to a register on a server, with these rows."""
    from pianqu.ui.place_memory import Places

    monkeypatch.setenv("PIANQU_FAKE_HOME", str(desk.home))
    (desk.out / "register.gpkg").unlink()

    def turn(rows):
        if rows:
            made.write_register(desk.home, rows, name="server.gpkg")
        desk.dock.set_places(Places(str(desk.dossier), str(desk.out), SERVER))
        desk.settle()

    return turn


def test_a_register_on_a_server_is_copied_before_its_conflicts_are_shown(desk, server):
    server([made.registered(row, state="agreed", version=4) for row in desk.rows])
    assert desk.dock.results.conflicts == []
    assert "being read" in desk.said()
    wait(lambda: desk.dock.results.conflicts)
    assert set(desk.states().values()) == {"agreed"}
    assert {one.version for one in desk.dock.results.conflicts} == {4}
    desk.dock.stale()
    desk.settle()
    assert [job["task"] for job in desk.jobs()] == ["snapshot"]  # once


def test_without_a_server_the_results_are_shown_and_the_trouble_told(desk, server):
    server([])
    wait(lambda: desk.dock.results.conflicts)
    assert "不能连接" in desk.said()
    assert set(desk.states().values()) == {"open"}


def test_a_decision_on_a_server_renews_the_copy_and_stays_told(desk, server):
    rows = [made.registered(row) for row in desk.rows]
    server(rows)
    wait(lambda: desk.dock.results.conflicts)
    mine, other = desk.listed()[:2]
    rows = [{**row, **({"state": "fixed", "version": 2} if row["id"] == other else {})}
            for row in rows]  # fmt: skip
    made.write_register(desk.home, rows, name="server.gpkg")
    waive(desk, 0)
    wait(lambda: desk.states()[other] == "fixed")
    assert desk.states()[mine] == "waived"
    assert [job["task"] for job in desk.jobs()] == ["snapshot", "decide", "snapshot"]
    assert "Decided: 1" in desk.said()


@pytest.mark.usefixtures("engine")
def test_a_run_can_be_cancelled_and_the_dock_is_ready_again(desk):
    desk.dossier.write_text("hang", encoding="utf-8")
    desk.click(desk.face.source.run)
    wait(lambda: desk.face.source.progress.value() > 0)
    desk.click(desk.face.source.cancel)
    desk.idle()
    assert "Cancelled" in desk.said()
    assert desk.face.source.run.isEnabled()
    assert len(desk.listed()) == 12


@pytest.mark.usefixtures("engine")
def test_what_the_engine_cannot_use_is_said_in_its_one_line(desk):
    desk.dossier.write_text("refuse", encoding="utf-8")
    desk.click(desk.face.source.run)
    desk.idle()
    assert desk.said() == "county.gpkg 没有图层 JQDLTB"


def test_no_engine_is_said_with_the_remedy(desk, monkeypatch):
    from pianqu.jobs import engine

    engine.forget()
    monkeypatch.setattr(engine, "candidates", lambda setting="": iter(()))
    desk.click(desk.face.source.run)
    desk.idle()
    assert "setupengine" in desk.said()


def test_written_areas_have_the_decimals_of_the_reports(qgis_app, tmp_path):
    from pianqu.ui.export import Exporter, Table

    path = tmp_path / "areas.csv"
    columns = [("Area", lambda one: one), ("Name", lambda one: "1.23456")]
    table, told = Table("Areas", columns, [1234.567890123, 2.0, None], ""), []
    Exporter().begin(path, table, told.append)
    assert told == [""]
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["Area"] and float(row["Area"]) for row in rows] == [1234.57, 2.0, ""]
    assert {row["Name"] for row in rows} == {"1.23456"}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_is_shown_is_written_with_the_filters(desk, tmp_path, ending):
    desk.tick("rule", "On permanent basic farmland")
    path = tmp_path / f"冲突{ending}"
    desk.dock.export_to(path)
    if ending == ".csv":
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["Rule"] for row in rows} == {"On permanent basic farmland"}
        assert "Rule: On permanent basic farmland" in rows[0]["Filters"]
        assert [row["ID"] for row in rows] == desk.listed()
    else:
        sheet = QgsVectorLayer(f"{path}|layername=Conflicts", "", "ogr")
        assert [row["ID"] for row in sheet.getFeatures()] == desk.listed()
        facts = QgsVectorLayer(f"{path}|layername=Filters", "", "ogr")
        told = " ".join(str(row.attributes()) for row in facts.getFeatures())
        assert "On permanent basic farmland" in told


def test_a_file_of_another_kind_is_refused_in_a_sentence(desk, tmp_path):
    desk.dock.export_to(tmp_path / "x.docx")
    assert "csv" in desk.said()


def test_rows_are_copied_as_a_table(desk):
    desk.click_row(0)
    desk.click_row(2, SHIFT)
    QTest.keyClick(desk.face.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 4
    assert lines[0].split("\t")[:3] == ["ID", "Severity", "State"]
    assert [line.split("\t")[0] for line in lines[1:]] == desk.listed()[:3]


def test_hidden_it_computes_nothing_and_catches_up_when_seen(desk, monkeypatch):
    from pianqu.ui import sector_store

    reads = []
    read = sector_store.read
    monkeypatch.setattr(sector_store, "read", lambda *a: reads.append(a) or read(*a))
    desk.dock.close()
    QApplication.processEvents()
    made.write_register(desk.out, [made.registered(row) for row in desk.rows[:3]])
    desk.dock.reload()
    desk.settle()
    desk.dock.choose("rule", ["sector.overlap"])
    assert reads == []
    assert len(desk.listed()) == 12
    desk.dock.setUserVisible(True)
    desk.settle()
    assert len(reads) == 1
    assert len(desk.listed()) == 6


def test_shortcuts_live_only_while_the_dock_is_open(desk):
    from qgis.gui import QgsGui

    manager = QgsGui.shortcutsManager()

    def ours():
        return [one for one in manager.listActions() if "pianqu" in one.objectName()]

    assert len(ours()) == 3
    assert {one.shortcut().toString() for one in ours()} == {"Alt+.", "Alt+,", "Alt+/"}
    desk.dock.close()
    assert ours() == []
    desk.dock.setUserVisible(True)
    assert len(ours()) == 3


def test_results_are_remembered_per_project_and_the_project_stays_clean(desk, tmp_path):
    from pianqu.ui.place_memory import Places

    project = QgsProject.instance()
    project.write(str(tmp_path / "one.qgz"))
    desk.dock.set_places(Places(str(desk.dossier), str(desk.out), ""))
    desk.face.source.register.setText("D:/register.gpkg")
    desk.face.source.register.editingFinished.emit()
    assert not project.isDirty()
    unrelated = QgsProject()
    unrelated.write(str(tmp_path / "two.qgz"))
    project.read(str(tmp_path / "two.qgz"))
    desk.settle()
    assert desk.dock.places == Places()
    assert desk.listed() == []
    project.read(str(tmp_path / "one.qgz"))
    assert desk.dock.places.register == "D:/register.gpkg"


def test_former_results_come_from_memory(desk, tmp_path):
    from pianqu.ui.place_memory import Places

    first = desk.dock.results
    desk.dock.set_places(Places(str(desk.dossier), str(tmp_path / "none"), ""))
    desk.settle()
    assert desk.listed() == []
    assert str(tmp_path / "none") in desk.face.source.title.text()
    desk.dock.set_places(Places(str(desk.dossier), str(desk.out), ""))
    assert desk.dock.results is first


@pytest.mark.parametrize("how", ["missing", "empty", "garbage", "no_layer"])
def test_files_that_cannot_be_read_are_told_and_harm_nothing(desk, how):
    path = desk.out / "results.gpkg"
    (desk.out / "register.gpkg").unlink()
    path.unlink()
    if how == "empty":
        path.write_bytes(b"")
    elif how == "garbage":
        path.write_bytes(b"no database " * 1000)
    elif how == "no_layer":
        made.write(path, "sectors", made.SECTORS, [], False)
    desk.dock.reload()
    desk.settle()
    assert desk.listed() == []
    assert desk.said()


def test_no_file_stays_open_and_none_is_added(desk):
    wait(lambda: not desk.dock.map.busy())
    links = [one for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
    held = [str(one.readlink()) for one in links if one.is_symlink()]
    assert not [one for one in held if str(desk.out) in one]
    assert {path.name for path in desk.out.iterdir()} == {"results.gpkg", "register.gpkg"}
