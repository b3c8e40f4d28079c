# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run changes in the register and what a decision does, without any storage."""

from __future__ import annotations

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.errors import InputError
from pianqu.layers.words import speaking
from pianqu.register import model
from pianqu.register.merge import judge, looked_at, merge
from pianqu.register.model import Look, Outcome
from register_made import (
    FIRST,
    LATE,
    SECOND,
    THIRD,
    assert_consistent,
    conflict,
    decision,
    empty,
    facts,
    id_of,
)


class Book:
    """A register in memory, written down from what the pure functions say."""

    def __init__(self):
        self.rows = empty()
        self.history = pd.DataFrame(columns=list(model.HISTORY))

    def merge(self, rows, look):
        done = merge(self.rows, facts(*rows), look)
        table = self.rows.set_index("id", drop=False)
        for new in model.records(pd.DataFrame(done.facts[[*model.FACTS]])):
            for name, value in new.items():
                table.at[new["id"], name] = value
        for id_, marks in done.marks.iterrows():
            for name in model.MARKS:
                table.at[id_, name] = marks[name]
        new = pd.DataFrame(done.new[[*model.COLUMNS]])
        joined = pd.concat([table, new], ignore_index=True) if len(new) else table
        self.rows = model.plain(joined.reset_index(drop=True), model.COLUMNS)
        self.note(done.history)
        return done.counts

    def decide(self, one, at=SECOND):
        rows = {row["id"]: row for row in model.records(self.rows)}
        change = judge(rows.get(one.id), one, at)
        if isinstance(change, Outcome):
            return change
        at_row = self.rows.index[self.rows["id"] == one.id][0]
        for name, value in change.values.items():
            self.rows.at[at_row, name] = value
        self.note(pd.DataFrame([change.entry]))
        return Outcome(one.id, True, self.row(int(one.id, 16)))

    def note(self, entries):
        parts = [part for part in (self.history, entries) if len(part)]
        self.history = pd.concat(parts, ignore_index=True) if parts else self.history

    def row(self, number=0):
        return self.rows[self.rows["id"] == id_of(number)].iloc[0].to_dict()


@pytest.fixture
def book():
    made = Book()
    made.merge([conflict(0), conflict(1)], Look(FIRST))
    return made


def test_a_new_conflict_is_open_and_its_history_begins(book):
    row = book.row()
    assert (row["state"], row["version"], row["present"]) == ("open", 1, 1)
    assert row["first_seen"] == row["last_seen"] == row["checked"] == FIRST
    assert book.history["state_to"].tolist() == ["open", "open"]


def test_the_same_conflict_found_again_is_unchanged_but_its_facts_are_the_new_ones(book):
    counts = book.merge([conflict(0, area_m2=150.0), conflict(1)], Look(SECOND))
    assert counts == {"new": 0, "gone": 0, "unchanged": 2, "reopened": 0}
    row = book.row()
    assert (row["area_m2"], row["version"], row["last_seen"]) == (150.0, 1, SECOND)
    assert row["first_seen"] == FIRST


@pytest.mark.parametrize("state", ["open", "reopened", "agreed"])
def test_what_is_not_found_any_more_is_fixed_by_the_run(book, state):
    if state != "open":
        book.decide(decision(0, "agreed" if state == "agreed" else "fixed"), SECOND)
    if state == "reopened":
        book.merge([conflict(0), conflict(1)], Look(THIRD))
    assert book.row()["state"] == state
    counts = book.merge([conflict(1)], Look(LATE))
    assert (counts["gone"], counts["unchanged"]) == (1, 1)
    row = book.row()
    assert (row["state"], row["present"]) == ("fixed", 0)
    assert book.history.iloc[-1]["note"] != ""


def test_what_was_agreed_is_still_told_when_a_run_finds_it_fixed(book):
    book.decide(decision(0, "agreed"))
    book.merge([], Look(LATE))
    assert (book.row()["decision"], book.row()["person"]) == ("调整选址", "李")


def test_a_waiver_outlives_the_conflict_and_holds_when_it_comes_back(book):
    book.decide(decision(0))
    assert book.merge([], Look(THIRD))["gone"] == 2
    assert (book.row()["state"], book.row()["present"]) == ("waived", 0)
    assert book.merge([conflict(0)], Look(LATE))["unchanged"] == 1
    assert (book.row()["state"], book.row()["present"]) == ("waived", 1)


def test_gone_is_counted_once(book):
    assert book.merge([], Look(SECOND))["gone"] == 2
    assert book.merge([], Look(THIRD))["gone"] == 0


def test_what_was_fixed_and_is_found_again_is_reopened(book):
    book.decide(decision(0, "fixed"))
    counts = book.merge([conflict(0), conflict(1)], Look(THIRD))
    assert (counts["reopened"], counts["unchanged"]) == (1, 1)
    assert book.row()["state"] == "reopened"
    assert "已解决" in book.row()["reason"] and "李" in book.row()["reason"]


def test_a_run_that_ended_before_the_fix_does_not_reopen_it(book):
    book.decide(decision(0, "fixed"), THIRD)
    assert book.merge([conflict(0), conflict(1)], Look(SECOND))["reopened"] == 0
    assert book.row()["state"] == "fixed"


def test_the_same_results_merged_twice_change_nothing_the_second_time(book):
    before = book.rows.copy()
    counts = book.merge([conflict(0), conflict(1)], Look(FIRST))
    assert counts == {"new": 0, "gone": 0, "unchanged": 2, "reopened": 0}
    pd.testing.assert_frame_equal(book.rows, before)


def test_results_older_than_those_merged_do_not_turn_the_clock_back(book):
    book.merge([conflict(0, area_m2=80.0)], Look(THIRD))
    book.merge([conflict(0), conflict(1)], Look(SECOND))
    assert (book.row()["area_m2"], book.row(1)["present"]) == (80.0, 0)


@pytest.mark.parametrize("state", ["agreed", "waived"])
@pytest.mark.parametrize(
    ("now", "stands"),
    [
        ({"area_m2": 100.9}, True),  # less than 1 m2 more
        ({"area_m2": 101.5}, False),
        ({"area_m2": 50.0}, True),
        ({"severity": "warning"}, True),
        ({"severity": "error", "verdict": "forbid"}, False),
        ({"object_use": "1001"}, False),
    ],
)
def test_a_settled_conflict_is_reopened_when_it_grows_or_becomes_graver(state, now, stands):
    book = Book()
    book.merge([conflict(0, verdict="conditional")], Look(FIRST))
    book.decide(decision(0, state))
    counts = book.merge([conflict(0, **{"verdict": "conditional", **now})], Look(THIRD))
    assert counts["reopened"] == (not stands)
    assert book.row()["state"] == (state if stands else "reopened")


def test_one_percent_of_a_large_conflict_is_no_growth():
    book = Book()
    book.merge([conflict(0, area_m2=10_000.0)], Look(FIRST))
    book.decide(decision(0))
    assert book.merge([conflict(0, area_m2=10_099.0)], Look(SECOND))["reopened"] == 0
    assert book.merge([conflict(0, area_m2=10_101.0)], Look(THIRD))["reopened"] == 1


def test_small_steps_of_growth_add_up_since_the_decision(book):
    book.decide(decision(0))
    reopened = [
        book.merge([conflict(0, area_m2=area), conflict(1)], Look(at))["reopened"]
        for at, area in ((SECOND, 100.5), (THIRD, 100.9), (LATE, 101.1))
    ]
    assert reopened == [0, 0, 1]


def test_a_conflict_without_an_area_grows_by_what_exceeds_its_limit():
    book = Book()
    book.merge([conflict(0, area_m2=np.nan, excess=4.0)], Look(FIRST))
    book.decide(decision(0, "agreed"))
    assert book.merge([conflict(0, area_m2=np.nan, excess=4.03)], Look(SECOND))["reopened"] == 0
    assert book.merge([conflict(0, area_m2=np.nan, excess=4.1)], Look(THIRD))["reopened"] == 1


def test_a_run_of_other_rules_plans_or_clusters_leaves_a_conflict_in_peace(book):
    for look in (
        Look(SECOND, rules=("sector.plan",)),
        Look(SECOND, plans=("water",)),
        Look(SECOND, clusters=("c2",)),
        Look(SECOND, unread=("health",)),
        Look(SECOND, unchecked=("sector.overlap",)),
    ):
        assert book.merge([], look)["gone"] == 0
    assert book.row()["state"] == "open" and book.row()["checked"] == FIRST


def test_a_run_of_one_of_both_plans_looked_at_their_conflict(book):
    assert book.merge([], Look(SECOND, plans=("health",)))["gone"] == 2


def test_the_demand_of_all_plans_is_not_gone_while_one_could_not_be_read():
    rows = facts(conflict(0, rule="sector.demand", subject_layer="sectors", object_layer="quotas"))
    assert looked_at(rows, Look(FIRST)).tolist() == [True]
    assert looked_at(rows, Look(FIRST, unread=("water",))).tolist() == [False]
    assert looked_at(rows, Look(FIRST, plans=("water",))).tolist() == [False]


def test_the_demand_of_a_unit_without_a_quota_is_not_gone():
    values = {"rule": "sector.demand", "subject_layer": "sectors", "unit": "t1"}
    rows = facts(conflict(0, **values), conflict(1, **{**values, "unit": "t2"}))
    assert looked_at(rows, Look(FIRST, unmeasured=("t1",))).tolist() == [False, True]


def test_clusters_may_be_given_by_name():
    rows = facts(conflict(0, cluster_name="城东片区"))
    assert looked_at(rows, Look(FIRST, clusters=("城东片区",))).tolist() == [True]


@pytest.mark.parametrize("look", [{"rules": ("sector.plan",)}, {"plans": ("water",)}])
def test_what_results_keep_from_the_run_before_is_not_found_again(book, look):
    book.decide(decision(0, "fixed"))
    before = book.rows.copy()
    counts = book.merge([conflict(0, area_m2=900.0), conflict(1)], Look(THIRD, **look))
    assert counts == {"new": 0, "gone": 0, "unchanged": 2, "reopened": 0}
    pd.testing.assert_frame_equal(book.rows, before)


OTHER = {"rules": ("sector.plan",), "looked": {"sector.overlap": SECOND}}


def test_what_a_run_before_found_again_is_seen_at_its_time(book):
    book.merge([conflict(0, area_m2=150.0)], Look(THIRD, **OTHER))
    assert (book.row()["area_m2"], book.row()["last_seen"]) == (150.0, SECOND)
    gone = book.row(1)
    assert (gone["state"], gone["present"], gone["checked"]) == ("fixed", 0, SECOND)
    assert book.history.iloc[-1]["at"] == SECOND


def test_what_was_fixed_after_that_run_is_not_reopened_by_it(book):
    book.decide(decision(0, "fixed"), THIRD)
    counts = book.merge([conflict(0), conflict(1)], Look(LATE, **OTHER))
    assert counts["reopened"] == 0 and book.row()["state"] == "fixed"


def test_a_look_that_is_older_than_the_register_changes_nothing(book):
    book.merge([conflict(0), conflict(1)], Look(THIRD))
    before = book.rows.copy()
    assert book.merge([], Look(LATE, **OTHER))["gone"] == 0
    pd.testing.assert_frame_equal(book.rows, before)


def test_what_a_run_before_found_first_is_entered_with_its_time():
    book = Book()
    book.merge([conflict(0), conflict(1, rule="sector.plan")], Look(THIRD, **OTHER))
    assert [book.row(0)["first_seen"], book.row(1)["first_seen"]] == [SECOND, THIRD]


@pytest.mark.parametrize("state", ["open", "agreed", "fixed"])
def test_5000_conflicts_gone_or_reopened_take_less_than_a_second(state):
    rows = facts(*(conflict(number) for number in range(5000)))
    new = merge(empty(), rows, Look(FIRST)).new
    old = model.plain(pd.DataFrame(new), model.COLUMNS)
    old["state"], old["decided_area_m2"], old["decided_at"] = state, 10.0, SECOND
    for found in (rows.iloc[:0], rows):
        start = time.process_time()
        done = merge(old, found, Look(THIRD))
        assert time.process_time() - start < 1.0
        changes = len(found) != 0 if state == "fixed" else state != "open" or not len(found)
        assert len(done.history) == 5000 * changes


def test_what_results_keep_is_entered_where_the_register_does_not_know_it():
    book = Book()
    assert book.merge([conflict(0)], Look(FIRST, rules=("sector.plan",)))["new"] == 1


def test_a_run_over_some_clusters_that_sees_less_of_a_conflict_keeps_its_facts(book):
    book.merge([conflict(0, area_m2=40.0, cluster="c2")], Look(SECOND, clusters=("c2",)))
    assert (book.row()["area_m2"], book.row()["cluster"]) == (100.0, "c1")
    assert book.row()["last_seen"] == SECOND


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (decision(7), "id"),
        (decision(0, version=2), "stale"),
        (decision(0, "reopened"), "state"),
        (decision(0, "gone"), "state"),
        (decision(0, "open"), "same"),
        (decision(0, person=""), "person"),
        (decision(0, reason=""), "reason"),
        (decision(0, "agreed", decision=""), "decision"),
    ],
)
def test_a_refused_decision_says_why_and_names_the_conflict(book, given, why):
    before = book.rows.copy()
    for language in ("zh", "en"):
        with speaking(language):
            outcome = book.decide(given)
        assert (outcome.decided, outcome.why) == (False, why)
        assert given.id in outcome.text
    pd.testing.assert_frame_equal(book.rows, before)


def test_a_stale_decision_is_told_who_was_quicker_and_gets_the_newer_row(book):
    book.decide(decision(0, person="王"))
    outcome = book.decide(decision(0, version=1))
    assert (outcome.why, outcome.row["version"], outcome.row["person"]) == ("stale", 2, "王")
    assert "王" in outcome.text and "已豁免" in outcome.text


def test_a_decision_needs_no_reason_to_call_a_conflict_fixed(book):
    assert book.decide(decision(0, "fixed", reason="", decision="")).decided


def test_a_decision_can_be_amended_and_taken_back(book):
    book.decide(decision(0))
    book.decide(decision(0, reason="另一理由"))
    book.decide(decision(0, "open", reason=""))
    assert book.row()["state"] == "open"
    assert book.history[book.history["id"] == id_of(0)]["reason"].tolist() == [
        "", "现状保留", "另一理由", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [{}, {"id": ""}, "x", {"id": "a", "colour": "red"}, {"id": "a", "version": "x"},
     {"id": "a", "version": True}, {"id": "a", "version": -1}],
)  # fmt: skip
def test_a_malformed_decision_is_told_in_one_line(values):
    with pytest.raises(InputError):
        model.decision_of(values)


def test_nulls_and_spaces_in_a_decision_say_nothing():
    made = model.decision_of({"id": "a", "state": "waived", "person": " 李 ", "reason": None})
    assert (made.person, made.reason, made.version) == ("李", "", 0)


def test_moments_of_all_zones_sort_as_they_happened():
    east = model.stamp("2026-05-01T08:00:00+08:00")
    assert east == "2026-05-01T00:00:00+00:00" < model.stamp("2026-05-01T00:00:01Z")
    with pytest.raises(InputError):
        model.stamp("yesterday")


def test_results_without_a_needed_column_or_with_ids_twice_are_refused():
    with pytest.raises(InputError, match="excess"):
        model.facts_of(gpd.GeoDataFrame(facts(conflict()).drop(columns="excess")))
    with pytest.raises(InputError, match=id_of(0)):
        facts(conflict(0), conflict(0))


IDS = st.integers(0, 4)
RUNS = st.tuples(
    st.just("run"),
    st.dictionaries(IDS, st.sampled_from([50.0, 100.0, 100.5, 120.0]), max_size=5),
    st.sampled_from([{}, {"rules": ("sector.plan",)}, {"plans": ("health",)},
                     {"clusters": ("c1",)}, {"unread": ("transport",)}]),
)  # fmt: skip
WORDS = st.tuples(st.just("word"), IDS, st.sampled_from(model.STATES), st.booleans(), st.booleans())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(RUNS, WORDS), max_size=10))
def test_no_decision_is_lost_and_states_follow_whatever_happens(steps):
    book, said, ever = Book(), [], set()
    for number, (kind, *step) in enumerate(steps):
        at = f"2026-01-01T{number:02d}:00:00+00:00"
        if kind == "run":
            areas, limits = step
            before = book.rows.set_index("id")
            rows = [conflict(one, area_m2=area) for one, area in areas.items()]
            counts = book.merge(rows, Look(at, **limits))
            ids = {id_of(one) for one in areas}
            ever |= ids
            if {"rules"} & {*limits}:  # found of old: kept by the results, not looked at
                ids -= set(before.index)
            assert counts["new"] + counts["unchanged"] + counts["reopened"] == len(areas)
            _check_run(before, book.rows.set_index("id"), ids)
        else:
            one, state, stale, bare = step
            version = 99 if stale else 0
            reason = "" if bare else f"理由{number}"
            outcome = book.decide(decision(one, state, version, reason=reason), at)
            if outcome.decided:
                said.append((id_of(one), outcome.row["version"], state, reason))
            else:
                assert outcome.text
    assert set(book.rows["id"]) == ever
    assert_consistent(book.rows, book.history)
    written = set(book.history[["id", "version", "state_to", "reason"]].itertuples(index=False))
    assert {tuple(one) for one in said} <= {tuple(one) for one in written}


def _check_run(before, after, ids):
    """See that each state follows from what it was and whether the conflict was found."""
    for id_, row in after.iterrows():
        was = before.loc[id_] if id_ in before.index else None
        if was is None:
            assert (row["state"], row["present"]) == ("open", 1)
        elif id_ in ids:
            allowed = {was["state"]} if was["state"] in ("open", "reopened") else (
                {was["state"], "reopened"})  # fmt: skip
            allowed -= {"fixed"}
            assert row["state"] in allowed and row["present"] == 1
        elif row["checked"] != was["checked"]:  # looked for, and gone
            assert row["state"] == ("waived" if was["state"] == "waived" else "fixed")
            assert row["present"] == 0
        else:
            assert (row["state"], row["present"]) == (was["state"], was["present"])
        if was is not None and row["state"] == was["state"]:
            assert row["version"] == was["version"]
            for name in ("person", "reason", "decision", "decided_at"):
                assert row[name] == was[name]
