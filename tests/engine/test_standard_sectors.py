# SPDX-License-Identifier: GPL-2.0-or-later
"""What standards say of sector plans: uses that exclude each other, facilities, severities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.errors import InputError
from pianqu.layers.prefixes import parse
from pianqu.layers.sector_rules import Facility, FacilityFinder, UsePair, UseRelations
from pianqu.layers.standard import load_standard
from pianqu.layers.words import speaking
from standard_made import put, rows

SOFT = ("01", "02", "03", "04", "05", "06", "17", "23")


@pytest.fixture(scope="module")
def standard():
    return load_standard("cn-2023")


@pytest.fixture
def mine(tmp_path):
    def write(files, extends="cn-2023"):
        return load_standard(put(tmp_path / "mine", files, extends))

    return write


def pairs(standard):
    codes = np.array(standard.code_table("landuse-2023").codes.index, dtype=object)
    a, b = np.meshgrid(codes, codes)
    return a.ravel(), b.ravel()


def contract_excludes(a, b):
    """Say what CONTRACT.md says, in the plainest way."""
    if "16" in (a[:2], b[:2]):
        return False
    if all(one[:2] in SOFT and one != "2301" for one in (a, b)):
        return False
    return a[:2] != b[:2]


def test_every_pair_of_uses_is_judged_as_the_contract_says(standard):
    a, b = pairs(standard)
    wanted = [contract_excludes(*pair) for pair in zip(a, b)]
    assert standard.use_relations().exclude(a, b).tolist() == wanted


def test_which_comes_first_makes_no_difference(standard):
    a, b = pairs(standard)
    uses = standard.use_relations()
    assert np.array_equal(uses.exclude(a, b), uses.exclude(b, a))
    assert np.array_equal(uses.apart(a, b), uses.apart(b, a))


def test_blank_and_unknown_uses_exclude_none_and_always_build_apart(standard):
    uses = standard.use_relations()
    odd = np.array(["", None, "99", "803", "0803", np.nan], dtype=object)
    assert not uses.exclude(odd, np.full(6, "1202", dtype=object))[[0, 1, 2, 3, 5]].any()
    assert uses.exclude(odd, np.full(6, "1202", dtype=object))[4]
    assert uses.apart(odd, odd).all()
    assert uses.exclude([], []).tolist() == [] and uses.apart([], []).tolist() == []


def test_farm_and_ecological_uses_need_no_order_nor_do_roads_with_their_pipes(standard):
    uses = standard.use_relations()
    a, b = pairs(standard)
    soft = [
        all(one[:2] in SOFT and one != "2301" for one in pair)
        or {pair[0][:2], pair[1][:2]} == {"12", "13"}
        for pair in zip(a, b)
    ]
    assert uses.apart(a, b).tolist() == [not one for one in soft]


def test_many_pairs_are_judged_as_each_alone(standard):
    a, b = (np.random.default_rng(seed).choice(pairs(standard)[0], 2_000) for seed in (1, 2))
    relations = standard.use_relations()
    together = relations.exclude(a, b)
    for place in range(0, 2_000, 40):
        assert relations.exclude(a[place : place + 1], b[place : place + 1]) == together[place]


TABLE = "use_a,use_b,verdict\n"


def test_the_longest_pair_of_prefixes_wins(mine):
    table = "08,09,together\n0803,09,exclude\n080302,0901,together\n0804,0805,exclude\n"
    ours = mine({"sector_uses.csv": TABLE + table}).use_relations()
    found = ours.exclude(["0801", "0803", "080302", "080302", "090101", "0804", "0804"],
                         ["0901", "0901", "0901", "0902", "080302", "080501", "0806"])  # fmt: skip
    assert found.tolist() == [False, True, False, True, False, True, False]


def test_of_rows_that_name_as_much_the_stricter_counts(mine):
    ours = mine({"sector_uses.csv": TABLE + "0803,09,together\n08,0902,exclude\n"}).use_relations()
    assert ours.exclude(["0803", "0803"], ["0901", "0902"]).tolist() == [False, True]
    order = mine({"sector_sequence.csv": "use_a,use_b,order\n12,1301,any\n1202,13,apart\n"})
    assert order.use_relations().apart(["1202", "1201"], ["1301", "1301"]).tolist() == [True, False]


def test_a_row_of_a_users_folder_replaces_or_drops_the_shipped_one(mine):
    strict = mine({"sector_uses.csv": "use_a,use_b,verdict\n16,*,exclude\n"}).use_relations()
    assert strict.exclude(["16", "16"], ["08", "16"]).tolist() == [True, True]
    bare = mine({"sector_uses.csv": "use_a,use_b,drop\n16,*,1\n"}).use_relations()
    assert bare.exclude(["16", "16"], ["08", "16"]).tolist() == [True, False]
    free = mine({"sector_sequence.csv": "use_a,use_b,order\n*,*,any\n"}).use_relations()
    assert not free.apart(["07", "08"], ["07", "09"]).any()


codes = st.text("012", min_size=1, max_size=4)
lists = st.lists(codes | codes.map("={}".format) | st.just("*"), min_size=1, max_size=3)
tables = st.lists(st.tuples(lists, lists, st.booleans()), max_size=6)


def naive_length(code, tokens):
    """Give the length of the longest token that selects a code, None if none does."""
    found = [
        0 if token == "*" else len(token.lstrip("="))
        for token in tokens
        if token == "*" or token == "=" + code or (token[0] != "=" and code.startswith(token))
    ]
    return max(found, default=None)


@settings(max_examples=150, deadline=None)
@given(tables, st.lists(st.tuples(codes, codes), min_size=1, max_size=12))
def test_any_table_is_judged_like_the_plainest_loop(table, asked):
    known = {code for pair in asked for code in pair}
    roots = {code: code[0] for code in known}
    sequence = [
        UsePair(parse(" ".join(a)), parse(" ".join(b)), "apart" if strict else "any")
        for a, b, strict in table
    ]
    uses = [
        UsePair(row.a, row.b, "exclude" if row.verdict == "apart" else "together")
        for row in sequence
    ]
    relations = UseRelations(roots, uses, sequence)
    wanted = []
    for a, b in asked:
        best = None
        for left, right, strict in table:
            for one, other in ((a, b), (b, a)):
                x, y = naive_length(one, left), naive_length(other, right)
                if x is not None and y is not None:
                    best = max(best or (-1, False), (x + y, strict))
        wanted.append(best)
    left, right = zip(*asked)
    assert relations.exclude(left, right).tolist() == [
        a[0] != b[0] if best is None else best[1] for best, (a, b) in zip(wanted, asked)
    ]
    assert relations.apart(left, right).tolist() == [
        True if best is None else best[1] for best in wanted
    ]


# ---- what is wrong in a table ----


@pytest.mark.parametrize("name,text,words", [
    ("sector_uses", TABLE + "08,09,never\n", ("never", "exclude, together")),
    ("sector_uses", TABLE + "08,99,exclude\n", ("99",)),
    ("sector_uses", TABLE + "8,09,exclude\n", ("'8'",)),
    ("sector_uses", TABLE + "0803-0801,09,exclude\n", ("0803-0801",)),
    ("sector_uses", TABLE + "08,,exclude\n", ("use_b",)),
    ("sector_sequence", "use_a,use_b,order\n08,09,first\n", ("first", "any, apart")),
    ("sector_rules", "rule,severity\nsector.overlap,grave\n", ("grave", "error")),
    ("sector_rules", "rule,severity\nsector.overlaps,error\n", ("sector.overlap",)),
    ("facilities", "facility,words,radius_m\nX,站,wide\n", ("radius_m", "wide")),
    ("facilities", "facility,words,radius_m\nX,站,-5\n", ("radius_m", "-5")),
    ("facilities", "facility,words,uses\nX,站,99\n", ("99",)),
    ("facilities", "facility,words\nX,\n", ("words",)),
])  # fmt: skip
def test_a_cell_that_can_not_stand_is_named_with_its_line(mine, name, text, words):
    with speaking("en"), pytest.raises(InputError) as caught:
        mine({f"{name}.csv": text})
    said = str(caught.value)
    assert f"{name}.csv:2" in said and all(word in said for word in words)


# ---- facilities ----


def test_facilities_are_the_domains_with_its_radii_and_its_doubts(standard, shared):
    import csv

    with (shared / "domain" / "facilities.csv").open(encoding="utf-8-sig", newline="") as stream:
        domain = {row["code"]: row for row in csv.DictReader(stream)}
    ours = {one.id: one for one in standard.facilities()}
    assert list(ours) == list(domain)
    for code, one in ours.items():
        row = domain[code]
        assert (one.name_zh, one.name_en) == (row["name_zh"], row["name_en"])
        stated = float(row["service_radius_m"] or "nan")
        assert one.radius_m == stated or (math.isnan(one.radius_m) and math.isnan(stated))
        assert (one.confidence == "low") == ("low" in row["confidence"])
        assert one.uses.tokens() == sorted(row["landuse2023"].split())
        assert one.words


@pytest.mark.parametrize("name,use,facility", [
    ("青山镇中心小学", "080403", "T03"),
    ("甲村小学改扩建", "080403", "V08"),
    ("甲村小学改扩建", "", "V08"),
    ("青山镇中心幼儿园", "080404", "T04"),
    ("乙村幼儿园", "080404", "V09"),
    ("绿水镇卫生院", "080602", "T01"),
    ("丙村卫生室", "0806", "V11"),
    ("特勤消防站", "1310", "C02"),
    ("绿水镇敬老院", "080701", "C06"),
    ("区域养老服务中心", "080701", "C06"),
    ("丁村幸福院（日间照料）", "080701", "V10"),
    ("镇区农贸市场", "090102", "T08"),
    ("绿水集贸市场", "090102", "V12"),
    ("综合文化站", "0803", "T07"),
    ("县城客运站", "120801", "T09"),
    ("第二污水处理厂", "1302", "T11"),
    ("垃圾转运站", "1309", "T10"),
    ("小学旁停车场", "120803", "V17"),
    ("卫生院", "1202", ""),
    ("环城路", "1202", ""),
    ("", "0803", ""),
    (None, None, ""),
])  # fmt: skip
def test_a_facility_is_known_by_name_and_use(standard, name, use, facility):
    assert standard.facility_of([name], [use]).tolist() == [facility]


def test_the_longest_word_wins_and_the_use_must_not_contradict():
    def made(name, words, uses):
        return Facility(name, "", "", tuple(words), parse(uses), 1.0, "", "", "", "")

    find = FacilityFinder(
        [made("a", ["Station"], "12"), made("b", ["fire station"], "13"), made("c", ["site"], "")]
    ).find
    assert find(["FIRE STATION"] * 3, ["", "13", "1208"]).tolist() == ["b", "b", "a"]
    assert find(["site", "Site x"], ["07", ""]).tolist() == ["c", "c"]
    assert find(["station"], ["1"]).tolist() == ["a"]
    assert find([], []).tolist() == []


def test_a_users_folder_changes_a_single_radius(mine):
    ours = mine({"facilities.csv": "facility,radius_m\nC02,5000\n"})
    one = next(one for one in ours.facilities() if one.id == "C02")
    assert one.radius_m == 5000 and "消防站" in one.words
    assert ours.facility_of(["消防站"], ["1310"]).tolist() == ["C02"]


# ---- severities, names, tolerances ----


def test_every_sector_rule_has_a_severity_and_a_name(standard):
    names = {row["rule"] for row in rows("base/rules.csv") if row["rule"].startswith("sector.")}
    for rule in names - {"sector.*"}:
        assert standard.sector_severity(rule) in ("error", "warning", "info")
        assert standard.rule(rule).name and standard.rule(rule).remedy
    wanted = {"overlap": "error", "plan": "warning", "projects": "warning", "sequence": "warning",
              "duplicate": "warning", "demand": "error", "reserve": "error"}  # fmt: skip
    assert {one: standard.sector_severity(f"sector.{one}") for one in wanted} == wanted
    with pytest.raises(KeyError, match=r"sector\.overlap"):
        standard.sector_severity("sector.overlaps")


def test_a_users_folder_changes_a_severity(mine):
    ours = mine({"sector_rules.csv": "rule,severity\nsector.plan,error\n"})
    assert ours.sector_severity("sector.plan") == "error"
    assert ours.sector_severity("sector.overlap") == "error"


def test_sector_data_in_doubt_has_a_name_and_sites_a_least_width(standard):
    assert standard.rule("data.sector").name_zh == "专项规划数据有误"
    assert standard.tolerance("site_width_share") == 0.25
    assert standard.tolerance("project_area") == 0.05


def test_a_standard_of_another_country_has_sane_defaults():
    french = load_standard("fr-plu")
    uses = french.use_relations()
    found = uses.exclude(["A", "A", "AU", "AUc", "U", "N"], ["N", "Ah", "U", "AUs", "U", "AU"])
    assert found.tolist() == [True, False, True, False, False, True]
    assert uses.apart(["A", "U"], ["A", "N"]).all()
    assert french.facilities() == () and french.facility_of(["école"], ["U"]).tolist() == [""]
    assert french.sector_severity("sector.overlap") == "error"
