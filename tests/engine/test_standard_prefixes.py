# SPDX-License-Identifier: GPL-2.0-or-later
"""Prefix matching against the plainest matcher."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.prefixes import longest_prefix, parse
from pianqu.layers.rules import ControlRules
from standard_made import naive_range

digits = st.text("0123H", min_size=1, max_size=5)


@given(digits, st.sets(digits, max_size=12))
def test_the_longest_prefix_is_the_longest_string_the_code_begins_with(code, prefixes):
    naive = max((one for one in prefixes if code.startswith(one)), key=len, default="")
    assert longest_prefix(code, prefixes) == naive


@given(digits, st.sets(digits, max_size=5), st.sets(digits, max_size=5))
def test_a_selection_holds_prefixes_and_single_codes(code, prefixes, exact):
    text = " ".join([*prefixes, *("=" + one for one in exact)])
    naive = any(code.startswith(one) for one in prefixes) or code in exact
    assert (code in parse(text)) == naive


@given(st.integers(0, 990), st.integers(0, 9))
def test_a_range_is_all_the_numbers_between_with_their_zeros(first, more):
    text = f"{first:04d}-{first + more:04d}"
    assert parse(text).tokens() == naive_range(text)


@pytest.mark.parametrize("text", ["16-07", "7-16", "0701-11"])
def test_a_range_that_runs_backwards_or_changes_width_is_refused(text):
    with pytest.raises(ValueError, match=text):
        parse(text)


def test_an_asterisk_takes_every_code():
    assert "anything" in parse("*") and "anything" not in parse("")


@settings(max_examples=50)
@given(st.lists(digits, max_size=30), st.sets(digits, max_size=8))
def test_match_gives_each_code_the_row_of_its_longest_prefix(codes, prefixes):
    index = pd.Index(sorted(prefixes), dtype=object)
    texts = ("note_zh", "note_en", "remedy_zh", "remedy_en", "basis", "confidence")
    cells = {name: [f"{name} {one}" for one in index] for name in texts}
    rows = pd.DataFrame({"verdict": "forbid", **cells}, index=index, dtype=object)
    found = ControlRules("zone", rows).match(codes)
    assert list(found["prefix"]) == [longest_prefix(code, prefixes) for code in codes]
    assert list(found["verdict"]) == ["forbid" if one else "" for one in found["prefix"]]
    assert list(found["basis"]) == [f"basis {one}" if one else "" for one in found["prefix"]]
    assert list(found.index) == list(range(len(codes)))
