# SPDX-License-Identifier: GPL-2.0-or-later
"""What is under way when QGIS quits or the plugin goes: engines, threads, drawings."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import threading
import time

import pytest
from places import ROOT
from qgis.core import QgsApplication
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QProcess
from qgis.PyQt.QtTest import QTest

sys.path.append(str(ROOT / "tools" / "shots"))
import desktop

SCRIPT = ROOT / "tests" / "support" / "quit.py"
RUNNING = QProcess.ProcessState.Running
STUBBORN = "import signal,sys\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsys.stdin.read()"
WAYS = ("live", "starting", "checking", "reading", "drawing", "unloaded")


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Give a small county and its results."""
    folder = tmp_path_factory.mktemp("quit") / "county"
    launch = [str(desktop.ENGINE), str(ROOT / "jobs" / "launch.py")]
    options = ["--parcels", "600", "--seed", "1", "--faults", "--out", str(folder)]
    subprocess.run([*launch, "sample", *options], check=True, capture_output=True)
    order = [*launch, "run", str(folder / "dossier.yaml"), "--out", str(folder / "results")]
    subprocess.run(order, capture_output=True)
    assert (folder / "results" / "results.gpkg").is_file()
    return folder


def running(parent=None):
    process = QProcess(parent)
    process.start(sys.executable, ["-c", STUBBORN])
    assert process.waitForStarted()
    return process


def until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        QTest.qWait(10)


def test_a_process_told_to_end_outlives_its_owner_and_goes_by_itself(qgis_app):
    from pianqu.ui import endings

    owner = QObject()
    process = running(owner)
    endings.let_end(process)
    sip.delete(owner)
    assert not sip.isdeleted(process)
    assert process in endings._ending
    until(lambda: process not in endings._ending)
    assert process.state() != RUNNING


def test_who_waits_for_ending_processes_sees_them_all_ended_and_hears_no_more(qgis_app):
    from pianqu.ui import endings

    processes = [running() for _ in range(3)]
    for process in processes:
        endings.let_end(process)
    assert endings.wait_for_all(10)
    assert not endings._ending
    assert [one for one in processes if one.state() == RUNNING] == []
    assert [one.receivers(one.finished) for one in processes] == [0, 0, 0]


def test_a_process_that_qt_took_away_first_is_passed_over(qgis_app):
    from pianqu.ui import endings

    process = running()
    endings.let_end(process)
    sip.delete(process)
    assert endings.wait_for_all(1)
    assert not endings._ending


def test_work_beside_the_window_is_none_of_qgiss_tasks_and_told_in_the_windows_thread(qgis_app):
    from pianqu.ui import beside

    told, threads, gate = [], [], threading.Event()

    def work(task):
        threads.append(threading.get_ident())
        return gate.wait(10)

    def done(*found):
        told.append((found, threading.get_ident()))

    beside.begin(work, done)
    until(lambda: threads)
    assert QgsApplication.taskManager().countActiveTasks() == 0
    gate.set()
    until(lambda: told)
    main = threading.get_ident()
    assert told == [((None, True), main)]
    assert threads != [main]
    assert not beside._working


def test_no_work_beside_the_window_has_pythons_collector_run(qgis_app):
    from pianqu.ui import beside

    told = []
    beside.begin(lambda task: [gc.isenabled()], lambda *found: told.append(found))
    until(lambda: told)
    assert told == [(None, [False])]
    assert gc.isenabled()


def test_an_error_and_a_missing_answer_are_told(qgis_app):
    from pianqu.ui import beside

    told = []
    for work in (lambda task: 1 / 0, lambda task: None, lambda task: [], lambda task: 7):
        beside.begin(work, lambda *found: told.append(found))
        count = len(told)
        until(lambda count=count: len(told) > count)
    assert isinstance(told[0][0], ZeroDivisionError)
    assert told[1:] == [(None,), (None, []), (None, 7)]


def test_work_that_is_given_up_can_see_it_and_its_asker_is_told(qgis_app):
    from pianqu.ui import beside

    told, begun = [], threading.Event()

    def work(task):
        begun.set()
        while not task.isCanceled():
            time.sleep(0.01)
        return "half"

    task = beside.begin(work, lambda *found: told.append(found))
    until(begun.is_set)
    task.cancel()
    until(lambda: told)
    ((error,),) = told
    assert "cancelled" in str(error)


def test_waiting_for_work_lets_it_go_on_and_starts_none_that_is_still_to_begin(qgis_app):
    from pianqu.ui import beside

    begun, done, told, gate = [], [], [], threading.Event()

    def work(task):
        begun.append(task)
        gate.wait(0.3)
        done.append(task)

    tasks = [beside.begin(work, lambda *found: told.append(found)) for _ in range(20)]
    until(lambda: begun)
    assert beside.end_all(20)
    many = len(begun)
    assert len(done) == many
    assert 0 < many < len(tasks)
    QTest.qWait(400)
    assert len(begun) == many
    assert len(told) < len(tasks)
    assert not (beside._waiting or beside._working)


def test_waiting_for_work_without_end_ends_at_the_time_that_is_given(qgis_app):
    from pianqu.ui import beside

    gate, begun = threading.Event(), threading.Event()

    def work(task):
        begun.set()
        gate.wait(30)

    beside.begin(work, lambda *_: None)
    until(begun.is_set)
    start = time.monotonic()
    assert not beside.end_all(0.2)
    assert time.monotonic() - start < 2
    gate.set()
    assert beside.end_all(10)


def test_words_outlive_the_file_they_were_read_from(qgis_app, tmp_path, monkeypatch):
    from pianqu import plugin as front

    (tmp_path / "i18n").mkdir()
    file = tmp_path / "i18n" / "pianqu_zh.qm"
    shutil.copyfile(ROOT / "i18n" / "pianqu_zh.qm", file)
    monkeypatch.setattr(front, "HERE", tmp_path)
    monkeypatch.setattr(front, "plugin_language", lambda: "zh")
    plugin = front.PianquPlugin(None)
    plugin._translate()
    try:
        assert QgsApplication.translate("Pianqu", "Cluster check") == "片区检查"
        file.write_bytes(b"")  # as an update writes it anew
        assert QgsApplication.translate("Pianqu", "Cluster check") == "片区检查"
        assert QgsApplication.translate("Pianqu", "Sector plans") == "专项规划"
    finally:
        plugin.unload()
    assert QgsApplication.translate("Pianqu", "Cluster check") == "Cluster check"


@pytest.mark.skipif(bool(desktop.missing()), reason="no desktop")
@pytest.mark.skipif(not desktop.ENGINE.is_file(), reason="no engine: run make setup")
@pytest.mark.parametrize("way", WAYS)
def test_qgis_quits_at_once_whatever_is_under_way(way, county, tmp_path):
    task = {"way": way, "county": str(county)}
    facts = desktop.run(SCRIPT, task, tmp_path, "zh", seconds=120)
    assert "broken" not in facts, facts["broken"]
    assert facts["status"] == 0, facts["stderr"][-2000:]
    assert facts["under_way"]
    assert "Traceback" not in facts["stderr"]
    assert "QProcess: Destroyed" not in facts["stderr"]
