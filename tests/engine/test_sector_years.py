# SPDX-License-Identifier: GPL-2.0-or-later
"""Years as departments write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pianqu.layers.sector_years import year_columns, years_of

years = st.integers(1950, 2099)


@pytest.mark.parametrize("text", [
    "2026", "2026年", "2026.0", "2026.5", "2026-03", "2026年3月", "2026/3/1", "2026-03-01",
    "2026-03-01 00:00:00", "20260301", "202603", "２０２６", "２０２６年", " 2026 ", "2026年底前",
    "2026.12", "2026-12",
])  # fmt: skip
def test_one_year_is_read_however_it_is_written(text):
    assert years_of(text) == (2026, 2026)


@pytest.mark.parametrize("text", [
    "2026-2028", "2026—2028", "2026——2028年", "2026年～2028年", "2026至2028年", "2026年-28年",
    "2026-28", "2026—28", "２０２６－２０２８", "2026.3-2028.5", "2026-03-01至2028-12-31",
    "2026年3月到2028年5月",
])  # fmt: skip
def test_a_span_in_one_cell_gives_both_years(text):
    assert years_of(text) == (2026, 2028)


@pytest.mark.parametrize("text", ["", "-", "—", "无", "/", "0", "nan", "　"])
def test_a_blank_is_no_year_and_no_fault(text):
    assert np.isnan(years_of(text)).all()


@pytest.mark.parametrize("text", ["近期", "待定", "26", "12345", "3", "十四五", "1234", "9999年"])
def test_a_text_without_a_year_is_told(text):
    assert years_of(text) is None


@given(years, years, st.sampled_from(["-", "—", "至", "～", "/", "、"]))
def test_the_first_and_the_last_year_of_a_text_are_its_span(first, last, between):
    assert years_of(f"{first}年{between}{last}年") == (first, last)


@given(st.lists(st.tuples(st.one_of(st.none(), years), st.one_of(st.none(), years)), max_size=8))
def test_columns_of_years_come_back_as_they_were(pairs):
    texts = [["" if year is None else str(year) for year in pair] for pair in pairs]
    start, end = (np.array([one[i] for one in texts], dtype=object) for i in (0, 1))
    first, last, bad = year_columns(start, end)
    wanted = np.array(pairs, dtype=float).reshape(-1, 2)
    assert np.array_equal(np.column_stack([first, last]), wanted, equal_nan=True)
    assert not bad.any()


def test_a_span_for_the_start_gives_the_end_only_where_none_is_given():
    start = np.array(["2026—2028", "2026—2028", "", "2030", "近期"], dtype=object)
    end = np.array(["", "2027", "2025-2029", "2030—2031", "2027"], dtype=object)
    first, last, bad = year_columns(start, end)
    assert first[:4].tolist() == [2026, 2026, 2025, 2030] and np.isnan(first[4])
    assert last.tolist() == [2028, 2027, 2029, 2031, 2027]
    assert bad.tolist() == [False] * 4 + [True]


def test_numbers_and_dates_of_a_column_are_read_too():
    start = np.array(["2026-03-01", "NaT"], dtype="datetime64[ms]")
    first, last, bad = year_columns(start, np.array([2028.0, np.nan]))
    assert first[0] == 2026 and last[0] == 2028 and not bad.any()
    assert np.isnan([first[1], last[1]]).all()
