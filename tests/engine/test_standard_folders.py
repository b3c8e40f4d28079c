# SPDX-License-Identifier: GPL-2.0-or-later
"""A user's folder replaces single rows; what is wrong in it is said in one clear line."""

from __future__ import annotations

import os

import pytest
from pianqu.layers.errors import InputError
from pianqu.layers.standard import load_standard
from pianqu.layers.words import speaking
from standard_made import put

RULES = "zone,prefix,verdict,basis\n"


@pytest.fixture
def mine(tmp_path):
    def write(files, extends="cn-2023"):
        return load_standard(put(tmp_path / "mine", files, extends))

    return write


def test_one_row_is_replaced_and_all_others_stay(mine):
    ours = mine({"control_rules.csv": RULES + "farmland,06,conditional,省规\n"})
    theirs = load_standard("cn-2023")
    before, after = (one.control_rules("farmland").rows for one in (theirs, ours))
    assert list(after.index) == list(before.index)
    changed = [p for p in before.index if list(after.loc[p]) != list(before.loc[p])]
    assert changed == ["06"]
    assert list(after.loc["06", ["verdict", "basis"]]) == ["conditional", "省规"]
    assert after.loc["06", "note_zh"] == before.loc["06", "note_zh"]
    for zone in ("redline", "outside_boundary"):
        assert ours.control_rules(zone).rows.equals(theirs.control_rules(zone).rows)


def test_a_variant_does_not_pass_for_the_standard_it_changes(mine):
    ours, theirs = (
        mine({"tolerances.csv": "name,value\nwarn_margin,0.1\n"}),
        load_standard("cn-2023"),
    )
    assert (theirs.id, ours.id) == ("cn-2023", "mine")
    assert ours.fingerprint != theirs.fingerprint and len(ours.fingerprint) == 16
    assert ours.version == theirs.version


def test_a_row_with_a_new_key_is_added(mine):
    ours = mine({"control_rules.csv": RULES + "redline,06,conditional,省规\n"})
    assert ours.control_rules("redline").match(["0601"])["verdict"][0] == "conditional"
    assert load_standard("cn-2023").control_rules("redline").match(["0601"])["verdict"][0] == ""


def test_a_row_can_be_dropped(mine):
    ours = mine({"indicators.csv": "indicator,drop\nboundary,1\n"})
    assert "boundary" not in [one.id for one in ours.indicators]


PRESETS = {
    "facilities are construction": (
        "landuse-2023", "060201", "construction",
        "agricultural,landuse-2023,facility,,1\nconstruction,landuse-2023,facility,06,\n",
    ),
    "other grassland is agricultural": (
        "landuse-2023", "0403", "agricultural",
        "unused,landuse-2023,grass,,1\nagricultural,landuse-2023,grass,0403,\n",
    ),
    "vacant land is unused": (
        "landuse-2023", "2301", "unused",
        "construction,landuse-2023,vacant,,1\nurban_rural_construction,landuse-2023,vacant,,1\n"
        "urban_construction,landuse-2023,vacant,,1\nvillage_construction,landuse-2023,vacant,,1\n"
        "unused,landuse-2023,vacant,2301,\n",
    ),
    "a main canal is construction": (
        "sandiao", "1107A", "construction",
        "agricultural,sandiao,main,01 02 03 =04 0401-0403 1006 1103 1104 =1107 1202 1203,\n"
        "construction,sandiao,canal,1107A,\n",
    ),
    "mining is urban and rural": (
        "landuse-2023", "1002", "urban_rural_construction",
        "urban_rural_construction,landuse-2023,mining,1002,\n"
        "village_construction,landuse-2023,mining,1002,\n"
        "other_construction,landuse-2023,main,1003 15,\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS)
def test_each_preset_is_changed_by_a_few_rows(mine, preset):
    name, code, group, rows = PRESETS[preset]
    before = load_standard("cn-2023").code_table(name)
    after = mine({"groups.csv": "group,table,part,codes,drop\n" + rows}).code_table(name)
    assert not before.in_group(group, [code])[0] and after.in_group(group, [code])[0]
    changed = before.codes["change_group"] != after.codes["change_group"]
    assert all(one.startswith(code[:2]) for one in changed[changed].index)


def test_a_folder_may_extend_a_folder(mine, tmp_path):
    put(tmp_path / "province", {"tolerances.csv": "name,value\nmin_area_m2,5\nwarn_margin,0.1\n"})
    city = mine({"tolerances.csv": "name,value\nmin_area_m2,9\n"}, extends="../province")
    assert [city.tolerance(name) for name in ("min_area_m2", "warn_margin", "min_width_m")] == [
        9.0, 0.1, 0.2,
    ]  # fmt: skip


def test_a_path_is_relative_to_the_base(tmp_path):
    put(tmp_path / "standards" / "ours", {})
    assert load_standard("standards/ours", tmp_path).folder == tmp_path / "standards" / "ours"


def test_a_table_saved_by_a_chinese_spreadsheet_is_read(tmp_path):
    folder = put(tmp_path / "mine", {})
    text = RULES + "farmland,06,conditional,省级规定\n"
    (tmp_path / "mine" / "control_rules.csv").write_bytes(text.encode("gb18030"))
    assert load_standard(folder).control_rules("farmland").rows.loc["06", "basis"] == "省级规定"


def test_a_standard_is_kept_until_one_of_its_files_changes(tmp_path):
    folder = put(tmp_path / "mine", {"tolerances.csv": "name,value\nmin_area_m2,5\n"})
    first = load_standard(folder)
    assert load_standard(folder) is first
    path = tmp_path / "mine" / "tolerances.csv"
    path.write_text("name,value\nmin_area_m2,6\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert load_standard(folder).tolerance("min_area_m2") == 6.0


WRONG = {
    "an unknown verdict": (
        {"control_rules.csv": RULES + "farmland,06,forbidden,x\n"},
        ["control_rules.csv:2", "forbidden", "forbid"],
    ),
    "an unknown zone": (
        {"control_rules.csv": RULES + "farmlands,06,forbid,x\n"},
        ["control_rules.csv:2", "farmlands", "farmland"],
    ),
    "a prefix whose leading zero was eaten": (
        {"control_rules.csv": RULES + "farmland,602,forbid,x\n"},
        ["control_rules.csv:2", "602", "0602"],
    ),
    "an unknown column": (
        {"control_rules.csv": "zone,prefix,verdikt\nfarmland,06,forbid\n"},
        ["control_rules.csv", "verdikt", "verdict"],
    ),
    "a key column that is missing": (
        {"control_rules.csv": "zone,verdict\nfarmland,forbid\n"},
        ["control_rules.csv", "prefix"],
    ),
    "a row with too many cells": (
        {"control_rules.csv": RULES + "farmland,06,forbid,a,b\n"},
        ["control_rules.csv:2", "5", "4"],
    ),
    "an empty key": (
        {"control_rules.csv": RULES + "farmland,,forbid,a\n"},
        ["control_rules.csv:2", "prefix"],
    ),
    "a new row without a verdict": (
        {"control_rules.csv": RULES + "redline,06,,a\n"},
        ["control_rules.csv:2", "verdict"],
    ),
    "one row twice": (
        {"control_rules.csv": RULES + "redline,06,allow,a\nredline,06,forbid,b\n"},
        ["control_rules.csv:3", "redline 06"],
    ),
    "a drop of what is not there": (
        {"control_rules.csv": "zone,prefix,drop\nredline,060102,1\n"},
        ["control_rules.csv:2", "redline 060102", "redline 06"],
    ),
    "a file that is no table of a standard": (
        {"control_rule.csv": RULES},
        ["control_rule.csv", "control_rules.csv"],
    ),
    "a number that is none": (
        {"tolerances.csv": "name,value\nmin_area_m2,one\n"},
        ["tolerances.csv:2", "one"],
    ),
    "a tolerance that is not a number": (
        {"tolerances.csv": "name,value\nmin_area_m2,nan\n"},
        ["tolerances.csv:2", "min_area_m2", "nan"],
    ),
    "a tolerance without end": (
        {"tolerances.csv": "name,value\nmin_width_m,inf\n"},
        ["tolerances.csv:2", "min_width_m", "inf"],
    ),
    "a tolerance below zero": (
        {"tolerances.csv": "name,value\nwarn_margin,-0.02\n"},
        ["tolerances.csv:2", "warn_margin", "-0.02"],
    ),
    "a code in no group": (
        {"codes/landuse-2023.csv": "code,class\n99,sea\n"},
        ["landuse-2023.csv:2", "99", "99"],
    ),
    "a code in two groups": (
        {"groups.csv": "group,table,part,codes\nconstruction,landuse-2023,mine,0602\n"},
        ["0602", "agricultural, construction"],
    ),
    "a class that is none": (
        {"codes/sandiao.csv": "code,class\n0101,cultivatd\n"},
        ["sandiao.csv:2", "cultivatd", "cultivated"],
    ),
    "a range backwards": (
        {"groups.csv": "group,table,part,codes\nforest,landuse-2023,main,04-03\n"},
        ["groups.csv:2", "04-03"],
    ),
    "an unknown setting": (
        {"standard.yaml": "extend: cn-2023\n"},
        ["standard.yaml", "extend", "extends"],
    ),
    "settings that are no YAML": ({"standard.yaml": "id: [\n"}, ["standard.yaml"]),
    "an unknown parent": (
        {"standard.yaml": "extends: cn-2032\n"},
        ["cn-2032", "cn-2023"],
    ),
    "a parent that is itself": ({"standard.yaml": "extends: .\n"}, ["standard.yaml", "."]),
    "a vocabulary that is no table": (
        {"standard.yaml": "extends: cn-2023\nrule_table: landuse-2032\n"},
        ["standard.yaml", "landuse-2032", "landuse-2023"],
    ),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_one_line_that_names_file_row_and_remedy(tmp_path, case, language):
    files, words = WRONG[case]
    with speaking(language), pytest.raises(InputError) as caught:
        load_standard(put(tmp_path / "mine", dict(files)))
    message = str(caught.value)
    assert "\n" not in message
    assert [word for word in words if word not in message] == []


def test_an_unknown_standard_names_the_nearest(tmp_path):
    with speaking("en"), pytest.raises(InputError, match="nearest: cn-2023"):
        load_standard("cn-2022")
    with speaking("en"), pytest.raises(InputError, match=r"has no standard\.yaml"):
        load_standard(str(tmp_path))


def test_an_unknown_table_or_group_names_the_nearest():
    standard = load_standard("cn-2023")
    with speaking("en"), pytest.raises(InputError, match="nearest: landuse-2023"):
        standard.code_table("landuse-2022")
    with speaking("en"), pytest.raises(InputError, match="nearest: construction"):
        standard.code_table("sandiao").in_group("constructions", ["01"])


def test_an_unknown_rule_or_tolerance_is_a_programmers_error():
    standard = load_standard("cn-2023")
    with pytest.raises(KeyError):
        standard.rule("nothing.like.it")
    with pytest.raises(KeyError, match="min_area_m2"):
        standard.tolerance("min_area")
