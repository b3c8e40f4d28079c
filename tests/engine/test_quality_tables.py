# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of what is asked of data: whole, as their source has them, refused where wrong."""

from __future__ import annotations

import csv

import pytest
from pianqu.checks.quality.run import TESTS
from pianqu.layers import standard_quality
from pianqu.layers.errors import InputError
from pianqu.layers.standard import load_standard
from pianqu.layers.words import LANGUAGES, catalogue, speaking


@pytest.fixture(scope="module")
def quality():
    return load_standard("cn-2023").quality


def test_every_test_has_a_check_and_every_check_a_test(quality):
    assert set(TESTS) == set(standard_quality.TESTS)
    assert {one.test for one in quality.checks} == set(TESTS)


def test_every_check_has_names_basis_and_a_rule_with_a_remedy(quality):
    standard = load_standard("cn-2023")
    for one in quality.checks:
        assert one.name_zh and one.name_en and one.basis and one.confidence, one.id
        told = standard.rule(one.rule)
        assert told.remedy_zh and told.remedy_en
        assert told.id == one.rule  # not that of data.* at large


def test_each_meaning_of_a_field_has_words():
    for meaning in standard_quality.MEANINGS:
        assert not meaning or meaning == "owner_code" or f"quality.meaning.{meaning}" in catalogue()


def test_names_are_in_the_language_in_force(quality):
    told = []
    for language in LANGUAGES:
        with speaking(language):
            told.append((quality.checks[0].name, quality.settlements[0].name))
    assert told[0] != told[1]


def test_fields_are_those_of_the_domain_research(shared, quality):
    path = shared / "domain" / "fields.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        given = {(row["layer"].replace("@村规", "_village"), row["field"]): row["required"]
                 for row in csv.DictReader(stream)}  # fmt: skip
    ours = {(one.layer, one.field): one.needed for one in quality.fields}
    assert set(ours) <= set(given)
    layers = {layer for layer, _ in ours}
    assert set(ours) == {key for key in given if key[0] in layers}
    assert all(needed == given[key].startswith("M") for key, needed in ours.items())


def test_tags_are_those_of_the_domain_research(shared, quality):
    with (shared / "domain" / "czcsxm.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["code"]: row for row in csv.DictReader(stream)}
    assert {one.tag for one in quality.settlements} == set(rows)
    for one in quality.settlements:
        forbidden = rows[one.tag]["forbidden_dlbm"]
        if forbidden != "all others":
            assert not any(one.fits(code) for code in forbidden.split())
        if rows[one.tag]["allowed_dlbm_in_tag"] != "any":
            allowed = rows[one.tag]["allowed_dlbm_in_tag"].replace(" only", "").split()
            assert all(one.fits(code) for code in allowed)
            assert not one.fits("0101")


@pytest.mark.parametrize(
    ("table", "text", "word"),
    [
        ("qa_rules", "check,severity\narea_field,grave\n", "grave"),
        ("qa_rules", "check,absolute\narea_field,-1\n", "-1"),
        ("qa_rules", "check,absolute\narea_field,much\n", "much"),
        ("qa_rules", "check,roles\narea_field,landuze\n", "landuze"),
        ("qa_rules", "check,test,rule,severity\nnew,guess,data.area,error\n", "guess"),
        ("qa_rules", "check,test,rule,severity\nnew,small,data.tiny,error\n", "data.tiny"),
        ("qa_rules", "check,group\nridges,farm\n", "farm"),
        ("fields", "layer,field,role,kind\nDLTB,NEU,landuse,blob\n", "blob"),
        ("fields", "layer,field,meaning\nDLTB,TBMJ,size\n", "size"),
        ("settlements", "tag,allowed\n206,0602-06\n", "0602-06"),
    ],
)
def test_a_row_that_cannot_stand_is_refused_with_file_and_value(tmp_path, table, text, word):
    (tmp_path / "standard.yaml").write_text("id: ours\nextends: cn-2023\n", encoding="utf-8")
    (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_standard(str(tmp_path))
    assert word in str(error.value)
    assert f"{table}.csv" in str(error.value)


def test_a_least_size_for_another_kind_of_land_is_a_row(tmp_path):
    (tmp_path / "standard.yaml").write_text("id: ours\nextends: cn-2023\n", encoding="utf-8")
    row = "check,test,rule,severity,roles,absolute,codes\nponds,small,data.small,warning,landuse,"
    (tmp_path / "qa_rules.csv").write_text(row + "150,1104\n", encoding="utf-8")
    found = {one.id: one for one in load_standard(str(tmp_path)).quality.checks}["ponds"]
    assert found.absolute == 150
    assert "1104A" in found.codes and "1101" not in found.codes
