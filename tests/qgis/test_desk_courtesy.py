# SPDX-License-Identifier: GPL-2.0-or-later
"""A thread beside the window gives way to it, and the docks' code comes by and by."""

from __future__ import annotations

import gc
import sys

import pytest
from both_docks import small
from qgis.PyQt.QtCore import QObject

pytestmark = pytest.mark.usefixtures("qgis_new_project", "forgotten")


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


def test_the_collector_passes_over_many_records_until_they_go(both, heavy, tmp_path):
    before = gc.get_freeze_count()
    both.choose(heavy)
    both.settle()
    assert gc.get_freeze_count() > before + 50000
    both.choose(small(tmp_path / "small", 30, 12))
    both.settle()
    assert gc.get_freeze_count() == 0
    both.choose(heavy)
    both.settle()
    both.desk.remove()
    assert gc.get_freeze_count() == 0
    both.desk.remove = lambda: None  # the window closes it again


def test_what_is_garbage_before_many_records_come_is_collected_all_the_same(qgis_app):
    import weakref

    from pianqu.ui.courtesy import MANY, hold_still

    class Loop:
        pass

    one = Loop()
    one.self = one
    gone = weakref.ref(one)
    del one
    hold_still(MANY)
    hold_still(0)
    gc.collect()
    assert gone() is None
