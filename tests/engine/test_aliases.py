# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers are recognised by the names, fields and codes that real data have."""

from __future__ import annotations

import csv

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pianqu.jobs import alias_files
from pianqu.jobs.alias_codes import guess_table
from pianqu.jobs.alias_roles import level
from pianqu.jobs.aliases import ROLES, LayerFacts, Vocabulary, match, recognise
from pianqu.jobs.dossier_text import dossier_text
from pianqu.layers.errors import InputError
from pianqu.layers.standard import load_standard
from places import ROOT
from standard_made import put


@pytest.fixture(scope="module")
def words():
    return alias_files.read_vocabulary()


def layer(name, fields="", shape="polygon", **more):
    return LayerFacts(name, (name,), tuple(fields.split()), shape, **more)


def best(words, name, fields="", shape="polygon", **more):
    """Give the role that a single layer is taken for, and how sure."""
    found = recognise([layer(name, fields, shape, **more)], words)
    top = max(found.values(), key=lambda one: one.sure, default=None)
    return (top.role, level(top.sure)) if top else ("", "none")


NAMES = {
    "CJDCQ": ("BSM ZLDWDM ZLDWMC", "units", "sure"),
    "XZQ": ("BSM XZQDM XZQMC", "units", "likely"),
    "行政区": ("XZQDM XZQMC", "units", "likely"),
    "DLTB": ("BSM DLBM DLMC KCXS ZLDWDM", "landuse", "sure"),
    "510722DLTB2020": ("BSM DLBM DLMC ZLDWDM", "landuse", "sure"),
    "dltb": ("bsm dlbm", "landuse", "sure"),
    "JQDLTB": ("BSM JQDLBM", "landuse", "sure"),
    "现状用地": ("BSM YDYHFLDM", "landuse", "sure"),
    "GHDLTB": ("BSM GHDLBM", "plan", "sure"),
    "GHYDYH": ("BSM YDYHFLDM YDYHFLMC", "plan", "sure"),
    "某县规划用地用海": ("BSM YDYHFLDM", "plan", "sure"),
    "规划地类图斑": ("TDGHDL", "plan", "sure"),
    "YJJBNT": ("BSM", "farmland", "sure"),
    "YJJBNTTB": ("BSM KCXS", "farmland", "sure"),
    "YJJBNTBHTB": ("BSM", "farmland", "sure"),
    "JBNTTB": ("BSM", "farmland", "sure"),
    "某县永久基本农田_2023": ("BSM", "farmland", "sure"),
    "STBHHX": ("BSM", "redline", "sure"),
    "生态保护红线": ("BSM", "redline", "sure"),
    "CZKFBJ": ("BSM GHFQDM", "boundary", "sure"),
    "CSKFBJ": ("BSM", "boundary", "sure"),
    "城镇开发边界": ("BSM", "boundary", "sure"),
    "ＣＺＫＦＢＪ": ("BSM", "boundary", "sure"),
    "留白用地": ("BSM", "reserve", "sure"),
}


@pytest.mark.parametrize("name", NAMES, ids=list(NAMES))
def test_names_of_the_databases_are_known(words, name):
    fields, role, sure = NAMES[name]
    assert best(words, name, fields) == (role, sure)


@pytest.mark.parametrize(
    "name",
    [
        "YJJBNTCBQ",
        "永久基本农田储备区",
        "XZQJX",
        "DLTB注记",
        "JSYDGZQ",
        "GHFW",
        "道路中心线",
        "DEM",
    ],
)
def test_names_that_hold_anothers_are_no_such_layer(words, name):
    assert best(words, name, "BSM MJ")[1] in ("none", "doubtful")


def test_lines_and_points_are_no_areas(words):
    assert best(words, "CZKFBJ", "BSM", "line") == ("", "none")
    assert best(words, "DLTB", "DLBM", "point") == ("", "none")
    assert best(words, "CZKFBJ", "BSM", "")[0] == "boundary"


def test_land_use_without_a_field_of_codes_stays_doubtful(words):
    assert best(words, "DLTB", "BSM MJ") == ("landuse", "doubtful")
    found = match(layer("DLTB", "BSM MJ"), "landuse", words)
    assert "no_code" in [reason.key for reason in found.reasons]


def test_codes_tell_base_from_plan_where_the_name_says_nothing(words):
    survey = {"DLBM": [(code, "") for code in ("0101", "05H1", "08H2", "1104A")]}
    guide = {"YDYHFLDM": [(code, "") for code in ("0205", "060201", "0703", "1804")]}
    assert best(words, "图层1", "DLBM", samples=survey)[0] == "landuse"
    assert best(words, "图层1", "YDYHFLDM", samples=guide) == ("plan", "likely")


def test_a_plan_in_codes_of_the_survey_is_told(words):
    sample = {"DLBM": [(code, "") for code in ("05H1", "08H2", "1104A", "0101")]}
    plan = match(layer("规划用地", "DLBM", samples=sample), "plan", words)
    with_guide = {"DLBM": [(code, "") for code in ("0205", "060201", "0703")]}
    better = match(layer("规划用地", "DLBM", samples=with_guide), "plan", words)
    assert plan.sure < better.sure
    assert plan.codes.table == "sandiao"


def test_a_field_of_other_things_is_no_code(words):
    sample = {"DLBM": [("甲", ""), ("乙", ""), ("丙", "")]}
    found = match(layer("DLTB", "DLBM", samples=sample), "landuse", words)
    assert level(found.sure) in ("doubtful", "likely")
    assert "not_codes" in [reason.key for reason in found.reasons]


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        (("0101", "05H1", "0810A"), "sandiao"),
        (("0603", "090301", "1313", "0101"), "landuse-2020"),
        (("0205", "060201", "2206", "0101"), "landuse-2023"),
        (("0501", "0803", "0101"), "gbt21010-2017"),
    ],
)
def test_the_codes_that_one_table_alone_has_decide(words, codes, table):
    guess = guess_table([(code, "") for code in codes], words.tables, words.order("landuse"))
    assert guess.table == table
    assert guess.sure > 0.5 or table == "gbt21010-2017"  # whose codes the guide of 2023 has too


def test_where_no_code_decides_the_usual_table_is_taken_and_its_doubt_told(words):
    pairs = [("0101", ""), ("0301", "")]
    for role, usual in (("landuse", "sandiao"), ("plan", "landuse-2023")):
        guess = guess_table(pairs, words.tables, words.order(role))
        assert (guess.table, guess.own) == (usual, ())
        assert guess.sure < 0.5


def test_names_beside_the_codes_tell_the_editions_apart(words):
    both = {name: words.tables[name] for name in ("landuse-2020", "landuse-2023")}
    for name, table in both.items():
        pairs = [(code, table[code]) for code in ("0204", "060102", "2302", "2303")]
        assert guess_table(pairs, both).table == name


def test_two_editions_in_one_layer_are_told(words):
    pairs = [(code, "") for code in ("0205", "1804", "0603", "090301", "0101")]
    guess = guess_table(pairs, words.tables)
    assert guess.foreign
    assert guess.sure < 0.5


def test_a_second_layer_as_good_makes_the_first_no_longer_sure(words):
    layers = [
        LayerFacts("a", ("STBHHX",), ("BSM",)),
        LayerFacts("b", ("生态保护红线",), ("BSM",)),
        LayerFacts("c", ("CZKFBJ",), ("BSM",)),
    ]
    found = recognise(layers, words)
    assert level(found["redline"].sure) == "likely"
    assert found["redline"].rivals in (("a",), ("b",))
    assert level(found["boundary"].sure) == "sure"


def test_the_finer_units_go_first_and_parcels_are_no_units(words):
    layers = [layer("XZQ", "XZQDM XZQMC"), layer("DLTB", "DLBM ZLDWDM ZLDWMC"),
              layer("CJDCQ", "ZLDWDM ZLDWMC PQDM PQMC XZDM XZMC")]  # fmt: skip
    found = recognise(layers, words)
    assert found["units"].layer == "CJDCQ"
    assert found["units"].fields == {
        "code": "ZLDWDM", "name": "ZLDWMC", "town": "XZDM", "town_name": "XZMC",
        "cluster": "PQDM", "cluster_name": "PQMC",
    }  # fmt: skip
    assert found["landuse"].layer == "DLTB"


def test_what_lies_around_a_layer_parts_two_of_one_name(words):
    layers = [
        LayerFacts("p", ("DLTB",), ("DLBM",), context=("规划",)),
        LayerFacts("b", ("DLTB",), ("DLBM",), context=("现状",)),
    ]
    found = recognise(layers, words)
    assert (found["landuse"].layer, found["plan"].layer) == ("b", "p")
    assert level(found["plan"].sure) != "sure"


def test_field_names_cut_off_or_numbered_by_a_join_are_known(words):
    assert words.fields_of("landuse", ["DLBM_1"])["code"][0] == "DLBM_1"
    assert words.fields_of("units", ["坐落单"])["code"][0] == "坐落单"
    assert words.fields_of("units", ["行政区代码"])["code"][0] == "行政区代码"
    assert "code" not in words.fields_of("landuse", ["DLBMX", "XDLBM"])


@given(st.lists(st.tuples(st.text(max_size=12), st.lists(st.text(max_size=8))), max_size=6))
def test_any_names_give_one_layer_a_role_and_confidences_in_range(layers):
    words = alias_files.read_vocabulary()
    facts = [LayerFacts(str(i), (name,), tuple(fields)) for i, (name, fields) in enumerate(layers)]
    found = recognise(facts, words)
    assert set(found) <= set(ROLES)
    assert len({one.layer for one in found.values()}) == len(found)
    assert all(0 <= one.sure <= 1 for one in found.values())


def test_the_small_reader_reads_what_the_careful_one_reads():
    for name in ("cn-2023", "fr-plu", "base"):
        ours, theirs = alias_files.read_vocabulary(name), load_standard(name).vocabulary()
        assert ours.tables == theirs.tables
        assert ours._names == theirs._names
        assert ours._fields == theirs._fields
        assert {k: v for k, v in theirs.usual.items() if v} == ours.usual


def test_a_province_may_add_and_take_away_names(tmp_path):
    rows = "kind,role,field,alias,weight,drop\nrole,redline,,SC_HX,1,\nrole,redline,,STBHHX,1,1\n"
    folder = put(tmp_path / "mine", {"aliases.csv": rows}, "cn-2023")
    for words in (load_standard(folder).vocabulary(), alias_files.read_vocabulary(folder)):
        assert best(words, "SC_HX", "BSM")[0] == "redline"
        assert best(words, "STBHHX", "BSM")[1] == "none"


@pytest.mark.parametrize(
    "row",
    [
        "layer,plan,,X,1",
        "role,plans,,X,1",
        "role,plan,,X,heavy",
        "role,plan,,X,2",
        "field,plan,,X,1",
    ],
)
def test_a_wrong_row_is_refused_with_its_place(tmp_path, row):
    head = "kind,role,field,alias,weight\n"
    folder = put(tmp_path / "mine", {"aliases.csv": head + row + "\n"}, "cn-2023")
    with pytest.raises(InputError, match=r"aliases\.csv"):
        load_standard(folder)


def test_every_alias_of_ours_can_be_met():
    for path in sorted((ROOT / "standards").glob("*/aliases.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                words = alias_files.read_vocabulary(path.parent.name)
                if row["kind"] == "role":
                    assert row["role"] in words.named(row["alias"]), row
                elif row["kind"] == "sector":
                    told, _ = words.plan_of(row["alias"])
                    assert (told.role, told.field) == (row["role"], row["field"]), row
                else:
                    assert row["field"] in words.fields_of(row["role"], [row["alias"]]), row


def test_an_empty_vocabulary_recognises_nothing():
    assert recognise([layer("DLTB", "DLBM")], Vocabulary((), {})) == {}


# The dossier's text

TEXTS = st.text(max_size=20)


@given(
    st.dictionaries(
        st.sampled_from(["name", "code", "crs", "standard"]), TEXTS, min_size=1
    ),
    st.dictionaries(st.sampled_from(ROLES), st.dictionaries(
        st.sampled_from(["path", "layer", "filter"]), TEXTS, min_size=1), max_size=3),
    st.dictionaries(TEXTS, TEXTS, max_size=3),
    st.lists(TEXTS, max_size=2),
)  # fmt: skip
def test_any_content_is_read_again_as_it_was(plain, layers, fields, sentences):
    content = {"dossier": 1, **plain, "layers": {
        role: {**entry, "fields": fields} for role, entry in layers.items()}}  # fmt: skip
    places = ["", *content, *(f"layers.{role}" for role in layers)]
    text = dossier_text(content, dict.fromkeys(places, sentences))
    assert yaml.safe_load(text) == content


def test_lists_of_mappings_and_what_is_off_are_written_as_yaml():
    content = {
        "dossier": 1, "tolerance": {"min_area_m2": 1.5}, "quotas": {"path": "a.xlsx"},
        "layers": {"plan": {"path": "a", "fields": {"code": "X"}}, "units": {"path": "b"}},
        "sectors": [{"id": "a", "layout": {"path": "x", "width_m": 12}}, {"id": "b"}],
        "area": None, "flag": True,
    }  # fmt: skip
    assert yaml.safe_load(dossier_text(content)) == content
    less = yaml.safe_load(dossier_text(content, {}, ["layers.plan"]))
    assert less["layers"] == {"units": {"path": "b"}}
    assert "# plan:" in dossier_text(content, {}, ["layers.plan"])


def test_items_of_a_list_have_remarks_and_may_be_off():
    content = {"sectors": [{"id": "a", "layout": {"path": "x"}}, {"id": "b"}, "c"]}
    remarks = {"sectors[0]": ["first of all"], "sectors[1]": ["doubtful"]}
    text = dossier_text(content, remarks, ["sectors[1]"])
    assert yaml.safe_load(text) == {"sectors": [content["sectors"][0], "c"]}
    lines = text.splitlines()
    assert lines.index("  # first of all") == lines.index('  - id: "a"') - 1
    assert lines.index("  # doubtful") == lines.index('  # - id: "b"') - 1
