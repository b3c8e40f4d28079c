# SPDX-License-Identifier: GPL-2.0-or-later
"""Moments are kept in UTC and shown in the time of the place, with its offset."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from pianqu.jobs.moments import local_time

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(("stamp", "shown"), [
    ("2026-11-25T02:30:15+00:00", "2026-11-25 10:30 +08:00"),
    ("2026-11-25T18:30:00Z", "2026-11-26 02:30 +08:00"),
    ("2026-11-25T02:30:15", "2026-11-25 10:30 +08:00"),
    ("2026-11-25T10:30:15+08:00", "2026-11-25 10:30 +08:00"),
    ("", ""), ("昨天", "昨天"),
])  # fmt: skip
def test_a_stamp_is_shown_in_the_time_of_a_place(stamp, shown):
    assert local_time(stamp, CHINA) == shown


def test_the_place_is_this_computers_where_none_is_given():
    now = datetime.now(timezone.utc).replace(microsecond=0)
    shown = local_time(now.isoformat())
    assert datetime.strptime(shown, "%Y-%m-%d %H:%M %z") == now.replace(second=0)
