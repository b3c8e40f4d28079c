# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables that say how maps look: whole, drawable, and wrong ones told with their row."""

from __future__ import annotations

import re

import pytest
from pianqu.layers.errors import InputError
from pianqu.layers.standard import load_standard
from pianqu.layers.standard_files import find_folder, read_files
from pianqu.layers.standard_looks import DRAWN, bare_codes
from pianqu.layers.words import speaking
from standard_made import put, rows


@pytest.mark.parametrize("standard", ["cn-2023", "fr-plu"])
def test_every_code_of_a_shipped_standard_has_a_colour(standard):
    assert bare_codes(read_files(find_folder(standard))) == []


def test_every_survey_code_leads_to_a_colour():
    prefixes = {row["code"] for row in rows("cn-2023/colours.csv")}
    for row in rows("cn-2023/codes/sandiao.csv"):
        ends = range(1, len(row["rule_code"]) + 1)
        assert any(row["rule_code"][:end] in prefixes for end in ends), row["code"]


def test_first_level_classes_are_told_apart():
    fills = [row["fill"].lower() for row in rows("cn-2023/colours.csv") if len(row["code"]) == 2]
    assert len(fills) == 24 and len(set(fills)) == 24


def test_what_is_from_memory_says_so():
    for row in rows("cn-2023/colours.csv"):
        assert row["confidence"] in ("medium", "low")
        assert row["confidence"] == "medium" or re.search("memory|chosen here", row["source"])


@pytest.mark.parametrize("standard", ["cn-2023", "fr-plu"])
def test_every_control_line_and_border_is_drawn(standard):
    table = read_files(find_folder(standard)).tables["lines"]
    assert {row["role"] for row in table} == set(DRAWN)
    assert all(row["name_zh"] and row["name_en"] and row["line"] for row in table)
    assert len({row["order"] for row in table}) == len(DRAWN)


def test_a_user_changes_one_colour(tmp_path):
    folder = put(tmp_path / "mine", {"colours.csv": "code,fill\n0101,#112233\n"})
    assert load_standard(folder).id == "mine"
    table = {row["code"]: row for row in read_files(find_folder(folder)).tables["colours"]}
    assert table["0101"]["fill"] == "#112233" and table["0301"]["fill"] == "#68b167"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("colours.csv", "code,fill\n0101,yellow\n", "yellow"),
        ("colours.csv", "code,fill\n99,#112233\n", "99"),
        ("colours.csv", "code,fill,pattern\n0101,#112233,stripes\n", "stripes"),
        ("lines.csv", "role,line\nriver,#112233\n", "river"),
        ("lines.csv", "role,line_width\nredline,broad\n", "broad"),
        ("lines.csv", "role,line_style\nredline,wavy\n", "wavy"),
    ],
    ids=["colour", "code", "pattern", "role", "number", "style"],
)
def test_a_slip_is_told_with_file_and_row(tmp_path, name, text, said, language):
    folder = put(tmp_path / "mine", {name: text})
    with speaking(language), pytest.raises(InputError) as caught:
        load_standard(folder)
    assert f"{name}:2" in str(caught.value) and said in str(caught.value)
