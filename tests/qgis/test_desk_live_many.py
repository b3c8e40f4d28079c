# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole live state joins a list of tens of thousands by and by."""

from __future__ import annotations

import desk_results
import pytest
from both_docks import small
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_new_project", "forgotten")


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
