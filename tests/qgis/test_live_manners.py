# SPDX-License-Identifier: GPL-2.0-or-later
"""Live in bad company: engines that fall, refuse or lag; layers and projects that go; reloads."""

from __future__ import annotations

import gc
import sqlite3
import time
from pathlib import Path

import pytest
from live_county import FAKE_RESIDENT, LiveCounty, feature, square
from qgis.core import QgsProject, QgsVectorLayer, QgsVectorLayerUtils
from qgis.PyQt.QtCore import QEvent, QProcess
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_new_project")


@pytest.fixture(autouse=True)
def resident(monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(FAKE_RESIDENT))


@pytest.fixture()
def county(tmp_path):
    county = LiveCounty(tmp_path)
    yield county
    county.close()


def under_the_pen(county):
    layer = county.open()
    layer.startEditing()
    return layer


def recode(layer, fid, code="9999"):
    layer.changeAttributeValue(fid, layer.fields().lookupField("GHDLBM"), code)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def pids(county):
    return [int(line) for line in (county.home / "starts.txt").read_text().split()]


def test_an_engine_that_falls_is_started_again_and_told_what_is_not_saved(county):
    county.manner(crash="edit")
    layer = under_the_pen(county)
    told = []
    county.desk.resident.crashed.connect(told.append)
    county.live()
    recode(layer, 3)
    wait(lambda: county.starts() == 2)
    wait(lambda: county.desk.watch.state == "live")
    county.agrees(layer)
    assert county.view.findings.keys() == {"plan/3"}
    assert "signal 11" in told[0]
    assert str(county.home / "engine-home") in told[0]
    layer.rollBack()


def test_an_engine_that_falls_again_and_again_is_left_alone_until_the_user_asks(county):
    county.manner(crash="edit", crashes=99)
    layer = under_the_pen(county)
    county.live()
    recode(layer, 3)
    wait(lambda: county.desk.watch.state == "gone")
    assert county.starts() == 3
    assert "signal 11" in county.desk.bar.sign.toolTip()
    county.manner()
    county.desk.bar.again.click()
    wait(lambda: county.desk.watch.state == "live")
    county.agrees(layer)
    layer.rollBack()


def test_an_unusable_dossier_is_told_in_the_engines_words(county):
    county.manner(unusable=True)
    county.desk.bar.switch.setChecked(True)
    wait(lambda: county.desk.watch.state == "gone")
    assert county.desk.bar.text.text() == "county.gpkg 没有图层 GHDLTB"
    assert county.starts() == 1


def test_an_engine_without_a_python_is_told(county, monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(county.home / "nothing"))
    county.desk.bar.switch.setChecked(True)
    wait(lambda: county.desk.watch.state == "gone")
    assert "setupengine" in county.desk.bar.sign.toolTip()


def test_an_edit_refused_twice_ends_live_and_is_told(county):
    county.manner(refuse=True)
    layer = under_the_pen(county)
    county.live()
    recode(layer, 3)
    wait(lambda: county.desk.watch.state == "off")
    assert county.starts() == 2
    assert "不受理" in county.desk.bar.text.text()
    assert not county.desk.bar.switch.isChecked()
    layer.rollBack()


def test_chatter_of_libraries_on_the_output_is_no_harm(county):
    county.manner(garbage=True)
    layer = under_the_pen(county)
    county.live()
    recode(layer, 3)
    county.agrees(layer)
    layer.rollBack()


def test_edits_that_come_faster_than_answers_fall_together(county):
    county.manner(slow=0.4)
    layer = under_the_pen(county)
    county.live()
    before = len(county.requests("edit"))
    for number in range(40):
        recode(layer, 1 + number % 16, ("0101", "0703", "9999")[number % 3])
        QTest.qWait(15)
    county.agrees(layer)
    assert len(county.requests("edit")) - before <= 4
    layer.rollBack()


def test_the_sign_says_when_the_board_is_behind_and_when_it_is_not(county):
    county.manner(slow=1.5)
    layer = under_the_pen(county)
    county.live()
    states = []
    county.desk.watch.state_changed.connect(states.append)
    recode(layer, 3)
    county.settle()
    assert states == ["busy", "behind", "live"]
    assert "within 1" in county.desk.bar.sign.toolTip()  # the 95th percentile, 1.5 s and a bit
    layer.rollBack()


def test_nothing_blocks_the_window_while_the_engine_works(county):
    county.manner(slow=1.0, slow_start=1.0)
    layer = under_the_pen(county)
    longest = [0.0]
    start = time.monotonic()
    county.desk.bar.switch.setChecked(True)
    wait_measured(longest, lambda: county.desk.watch.state == "live")
    recode(layer, 3)
    wait_measured(longest, lambda: county.desk.watch.settled)
    assert time.monotonic() - start > 2
    assert longest[0] < 0.1
    layer.rollBack()


def wait_measured(longest, until):
    while not until():
        before = time.monotonic()
        QApplication.processEvents()
        longest[0] = max(longest[0], time.monotonic() - before)
        time.sleep(0.002)


def test_a_large_state_comes_in_portions(county):
    layer = county.open()
    layer.startEditing()
    rows = [feature(layer.fields(), square(i % 50, 10 + i // 50), {"GHDLBM": "9999"})
            for i in range(2300)]  # fmt: skip
    layer.addFeatures(rows)
    layer.commitChanges()
    county.live()
    assert len(county.view.findings) == 2300
    assert [one["from"] for one in county.requests("state")] == [0, 1000, 2000]


def test_switching_off_ends_the_engine_and_lets_go_of_the_layer(county):
    layer = under_the_pen(county)
    county.live()
    county.desk.bar.switch.setChecked(False)
    assert county.desk.watch.state == "off"
    wait(lambda: not any(alive(pid) for pid in pids(county)))
    before = len(county.requests())
    recode(layer, 3)
    QTest.qWait(50)
    assert len(county.requests()) == before
    county.live()
    county.agrees(layer)
    layer.rollBack()


def test_a_removed_layer_takes_its_unsaved_edits_along(county):
    layer = under_the_pen(county)
    county.live()
    recode(layer, 3)
    layer.addFeature(feature(layer.fields(), square(9, 9), {}))
    layer.deleteFeature(5)
    county.agrees(layer)
    before = county.open(add=False)
    QgsProject.instance().removeMapLayer(layer.id())
    county.agrees(before)
    assert county.view.count() == 16
    assert any("planned land use" in line for line in notes(county))
    again = under_the_pen(county)
    county.settle()
    assert notes(county) == ["Sector plans that are not among the open layers: 1"]
    recode(again, 4)
    county.agrees(again)
    again.rollBack()


def notes(county):
    return county.desk.bar.notes.toolTip().splitlines()


def test_a_layer_that_comes_later_is_followed(county):
    county.live()
    layer = under_the_pen(county)
    recode(layer, 2)
    county.agrees(layer)
    layer.rollBack()


def test_a_layer_that_turns_to_another_file_is_let_go(county):
    layer = county.open()
    county.live()
    other = QgsVectorLayer("Polygon?crs=EPSG:4544&field=GHDLBM:string", "x", "memory")
    layer.setDataSource(other.source(), "x", "memory")
    county.settle()
    assert any("planned land use" in line for line in notes(county))
    layer.startEditing()
    before = len(county.requests("edit"))
    layer.addFeature(feature(layer.fields(), square(0, 0), {"GHDLBM": "9999"}))
    county.settle()
    assert len(county.requests("edit")) == before
    assert any("no layer of the dossier" in line for line in notes(county))
    layer.rollBack()


def test_two_layers_of_one_file_are_both_followed(county):
    first, second = under_the_pen(county), under_the_pen(county)
    county.live()
    recode(first, 3)
    county.settle()
    recode(second, 4, "0703")
    county.settle()
    held = county.held()
    assert held["plan", "3"]["values"]["code"] == "9999"
    assert held["plan", "4"]["values"]["code"] == "0703"
    first.rollBack()
    second.rollBack()


def test_the_dossiers_filter_decides_what_the_engine_knows(county):
    county.manner(filter="GHDLBM <> '0304'")
    layer = under_the_pen(county)
    county.live()
    assert county.view.count() == 16
    recode(layer, 3, "0304")
    county.settle()
    assert county.requests("edit")[-1]["edits"] == [{"role": "plan", "key": "3", "op": "remove"}]
    recode(layer, 3, "0703")
    county.settle()
    assert county.requests("edit")[-1]["edits"][0]["op"] == "add"
    assert county.view.count() == 16
    layer.rollBack()


def test_an_id_that_the_file_gives_on_saving_is_none_till_then(county):
    county.manner(fields={"id": "fid", "code": "GHDLBM"})
    layer = under_the_pen(county)
    county.live()
    made = QgsVectorLayerUtils.createFeature(layer, square(9, 9), {})
    layer.addFeature(made)
    county.settle()
    (edit,) = county.requests("edit")[-1]["edits"]
    assert edit["values"] == {"id": None, "code": None}
    assert layer.commitChanges(False)
    county.settle()
    (edit,) = county.requests("edit")[-1]["edits"]
    assert edit == {"role": "plan", "key": "17", "op": "set", "values": {"id": 17}}
    layer.rollBack()


def test_a_filter_that_qgis_cant_read_is_told(county):
    county.manner(filter="GHDLBM GLOB '0*'")
    county.open()
    county.live()
    assert any("filter" in line for line in notes(county))


def test_a_save_while_the_engine_reads_is_not_lost(county):
    county.manner(slow_start=0.5)
    layer = under_the_pen(county)
    county.desk.bar.switch.setChecked(True)
    wait(lambda: (county.home / "starts.txt").exists())
    QTest.qWait(100)
    recode(layer, 3)
    layer.addFeature(feature(layer.fields(), square(9, 9), {}))
    assert layer.commitChanges(False)
    wait(lambda: county.desk.watch.state == "live")
    county.agrees(layer)
    layer.rollBack()


def test_a_save_that_fails_half_way_keeps_engine_and_layer_together(county):
    with sqlite3.connect(county.file) as file:
        file.execute("CREATE UNIQUE INDEX one_id ON GHDLTB (BSM)")
    layer = under_the_pen(county)
    county.live()
    layer.addFeature(feature(layer.fields(), square(9, 9), {"BSM": "P1", "GHDLBM": "9999"}))
    layer.deleteFeature(5)
    recode(layer, 2)
    county.agrees(layer)
    assert not layer.commitChanges(False)
    county.agrees(layer)
    assert county.starts() == 1
    recode(layer, 3)
    county.agrees(layer)
    layer.rollBack()
    county.agrees(layer)


def test_closing_the_project_ends_live(county):
    layer = under_the_pen(county)
    county.live()
    recode(layer, 3)
    layer.rollBack()
    QgsProject.instance().clear()
    QApplication.processEvents()
    assert county.desk.watch.state == "off"
    wait(lambda: not any(alive(pid) for pid in pids(county)))


def test_live_never_makes_the_project_dirty(county):
    county.open()
    QgsProject.instance().setDirty(False)
    county.live()
    county.settle()
    county.desk.bar.switch.setChecked(False)
    assert not QgsProject.instance().isDirty()


def test_another_dossier_ends_live_on_the_one_before(county):
    county.live()
    county.desk.set_dossier(str(county.home / "other.yaml"))
    assert county.desk.watch.state == "off"
    assert county.desk.resident.state == "off"


def test_switching_on_without_a_dossier_says_so(county):
    county.desk.set_dossier("")
    county.desk.bar.switch.setChecked(True)
    assert not county.desk.bar.switch.isChecked()
    assert county.desk.bar.text.text() == "Choose a dossier first."


def test_ten_reloads_leave_no_engine_and_no_listener(tmp_path):
    home = LiveCounty(tmp_path)
    layer = under_the_pen(home)
    home.close()
    for _ in range(10):
        county = LiveCounty(tmp_path / "again", layer_file=home.file)
        county.live()
        recode(layer, 1, "9999")
        county.settle()
        county.close()
        del county
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert not any(alive(int(one)) for one in
                   (tmp_path / "again" / "starts.txt").read_text().split())  # fmt: skip
    assert layer.receivers(layer.featureAdded) == listeners(home)
    left = [one for one in QApplication.instance().children() if isinstance(one, QProcess)]
    assert not left
    layer.rollBack()


def listeners(home):
    """Count who hears a fresh layer: QGIS itself."""
    fresh = home.open(add=False)
    return fresh.receivers(fresh.featureAdded)


def test_a_request_without_an_engine_fails_in_words(county):
    said = []
    county.desk.resident.ask("state", None, said.append)
    wait(lambda: said)
    assert said == ["The computing engine does not run."]


def test_an_answer_that_is_not_wanted_any_more_is_dropped(county):
    county.manner(slow=0.2)
    county.live()
    got = []
    resident = county.desk.resident
    first = resident.ask("edit", lambda _: got.append("first"), edits=[])
    second = resident.ask("edit", lambda _: got.append("second"), edits=[])
    resident.ask("edit", lambda _: got.append("third"), edits=[])
    resident.forget(first)
    resident.forget(second)
    wait(lambda: got)
    assert got == ["third"]
    assert [one["id"] for one in county.requests("edit")].count(second) == 0
