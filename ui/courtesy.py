# SPDX-License-Identifier: GPL-2.0-or-later
"""A thread that reads beside the window gives way to it.

Python runs one thread at a time. A list that is painted asks its model a thousand times, and each
time it would have to wait for the reading thread; so that one rests while the window asks.
"""

from __future__ import annotations

import gc
import threading
import time
from contextlib import contextmanager
from typing import Iterable, Iterator, TypeVar

Row = TypeVar("Row")
MANY = 5000  # records
_EVERY = 200  # rows between two looks: about a millisecond
_QUIET_SECONDS, _NAP_SECONDS, _LONGEST_SECONDS = 0.02, 0.004, 0.3
_asked = [0.0]
_lock = threading.Lock()
_readers = [0]


def asked() -> None:
    """Note that the window asks for something right now."""
    _asked[0] = time.perf_counter()


def give_way() -> None:
    """Rest while the window asks, though not for ever; the window itself never waits."""
    if threading.current_thread() is threading.main_thread():
        return
    now = time.perf_counter()
    end = now + _LONGEST_SECONDS
    while now - _asked[0] < _QUIET_SECONDS and now < end:
        time.sleep(_NAP_SECONDS)
        now = time.perf_counter()


def politely(rows: Iterable[Row]) -> Iterator[Row]:
    """Go through rows and give way now and then."""
    for number, row in enumerate(rows):
        if number % _EVERY == 0:
            give_way()
        yield row


@contextmanager
def no_collecting() -> Iterator[None]:
    """Keep Python's collector still while much is read: it would stop all threads again and again.

    Rows that are read make no cycles, so there is nothing to collect; several may read at a time.
    """
    with _lock:
        ours = _readers[0] > 0 or gc.isenabled()  # else whoever stopped it starts it again
        if ours:
            _readers[0] += 1
            gc.disable()
    try:
        yield
    finally:
        with _lock:
            if ours:
                _readers[0] -= 1
                if not _readers[0]:
                    gc.enable()


def hold_still(count: int) -> None:
    """Spare the window the collector's rounds through many records that are there to stay.

    Each round would look at all of them again, for a tenth of a second. What is not many, or goes,
    is left to the collector as everything else; called in the window's own thread.
    """
    gc.unfreeze()
    if count >= MANY:
        gc.collect(1)  # the records are young yet, and what is garbage among them goes first
        gc.freeze()
