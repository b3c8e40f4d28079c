# SPDX-License-Identifier: GPL-2.0-or-later
"""Of all that is asked of the docks, what was asked for last counts."""

from __future__ import annotations

import sys
from contextlib import closing

import pytest
from both_docks import CONFLICTS, FINDINGS, Both, small
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtWidgets import QApplication
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_new_project", "forgotten")


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
