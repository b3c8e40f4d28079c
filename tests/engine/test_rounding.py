# SPDX-License-Identifier: GPL-2.0-or-later
"""Rounding: half up at the edge, and tables that still add up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pianqu.layers.flow import Circulation
from pianqu.layers.rounding import balanced, controlled, hectares, round_half_up

AREAS = st.floats(0, 1e5, allow_nan=False).map(lambda value: round(value, 6))
TABLES = hnp.arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=AREAS)
STEP = 0.01 + 1e-9


def whole(values):
    return np.rint(np.asarray(values) * 100).astype(np.int64)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0.005, 0.01), (1.005, 1.01), (2.675, 2.68), (0.0049, 0.0), (-0.005, -0.01), (70.035, 70.04)],
)
def test_a_half_written_in_decimals_goes_up(value, rounded):
    assert round_half_up(value) == rounded


@given(st.decimals(0, 10**6, places=4))
def test_rounding_is_that_of_decimal_arithmetic(value):
    exact = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert round_half_up(float(value)) == float(exact)


def test_fifty_square_metres_in_pieces_are_a_hundredth_of_a_hectare():
    assert hectares(np.full(500, 0.1).sum()) == 0.01
    assert hectares(49.99) == 0.0


def test_unknown_stays_unknown_and_zero_has_no_sign():
    assert np.isnan(round_half_up([np.nan]))[0]
    assert not np.signbit(round_half_up(-0.001))


@given(hnp.arrays(float, st.integers(1, 30), elements=AREAS))
def test_a_balanced_row_sums_to_its_rounded_total(values):
    rounded = balanced(values)
    assert whole(rounded).sum() == whole(round_half_up(values.sum()))
    assert np.all(np.abs(rounded - values) < STEP)


def test_the_largest_remainders_go_up():
    assert balanced([0.333, 0.334, 0.333], 1.0).tolist() == [0.33, 0.34, 0.33]


def test_a_total_out_of_reach_is_refused():
    with pytest.raises(ValueError, match="out of reach"):
        balanced([1.0, 2.0], 3.05)


@settings(deadline=None)
@given(TABLES)
def test_a_controlled_matrix_keeps_all_its_sums_within_a_step(matrix):
    rounded = controlled(matrix)
    assert rounded is not None
    assert np.all(np.abs(rounded - matrix) < STEP)
    assert np.all(np.abs(rounded.sum(0) - matrix.sum(0)) < STEP)
    assert np.all(np.abs(rounded.sum(1) - matrix.sum(1)) < STEP)
    assert abs(rounded.sum() - matrix.sum()) < STEP


@settings(deadline=None)
@given(TABLES)
def test_given_totals_are_kept_when_a_rounding_has_them(matrix):
    first = controlled(matrix)
    again = controlled(matrix, first.sum(1), first.sum(0))
    assert np.array_equal(whole(again.sum(1)), whole(first.sum(1)))
    assert np.array_equal(whole(again.sum(0)), whole(first.sum(0)))


def test_whole_entries_stay_as_they_are():
    matrix = np.array([[0.1, 0.2], [0.3, 1e5]])
    assert np.array_equal(controlled(matrix), matrix)


def test_totals_that_no_rounding_has_are_told_apart():
    assert controlled([[1.0, 0.0], [0.0, 1.0]], [1.01, 0.99], [1.0, 1.0]) is None
    # two rows that share nothing: their totals are their only entries
    assert controlled([[0.005, 0.0], [0.0, 0.005]], [0.01, 0.0], [0.0, 0.01]) is None


def test_an_empty_matrix_is_rounded_to_itself():
    assert controlled(np.zeros((0, 3))).shape == (0, 3)


def test_arcs_that_may_give_way_do_so_one_stage_after_the_other():
    ring = Circulation([0, 1], [1, 0], [1, 3], [1, 3], [1, 3])
    assert ring.settle() is None
    ring = Circulation([0, 1], [1, 0], [1, 3], [1, 3], [1, 3])
    flow = ring.settle([np.array([0]), np.array([1])])
    assert flow.tolist() == [2, 2]
