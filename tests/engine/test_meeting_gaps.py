# SPDX-License-Identifier: GPL-2.0-or-later
"""What could not be checked is never called free of conflict in the meeting's papers."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import meeting_made as made
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pianqu.layers.words import speaking
from pianqu.reports.meeting import write_meeting
from pianqu.reports.meeting_data import read_papers
from pianqu.reports.meeting_gaps import Gaps, find_gaps
from pianqu.reports.meeting_land import land

WHY = "fire.gpkg 中没有图层（表）xf；有：a、b、c"
LINE = "图层“生态保护红线”有 1 个图斑无法读取"


def results(folder, plans=None, rules=None, specs=made.CONFLICTS, table=True):
    """Make results with gaps: plan or rule -> reason, as a run writes them."""
    plans, rules = plans or {}, rules or {}
    place = made.write_results(folder, specs)
    file = place / "results.gpkg"
    rows = pyogrio.read_dataframe(file, layer="sectors", read_geometry=False)
    said = [" ".join(filter(None, [plans.get(one, ""), *rules.values()])) for one in rows["sector"]]
    rows["reason"] = said
    rows.loc[(rows["reason"] != "") & (rows["outcome"] == "passed"), "outcome"] = "not_checked"
    rows.loc[rows["sector"].isin(list(plans)), "features"] = 0
    pyogrio.write_dataframe(rows, file, layer="sectors", driver="GPKG")
    asked = pyogrio.read_dataframe(file, layer="sector_demand", read_geometry=False)
    asked["reason"] = " ".join(f"{plan}: {why}" for plan, why in plans.items())
    pyogrio.write_dataframe(asked, file, layer="sector_demand", driver="GPKG")
    if table:
        told = {**plans, **rules}
        gaps = pd.DataFrame({"subject": [*told], "reason": [*told.values()]}, dtype=object)
        pyogrio.write_dataframe(gaps, file, layer="sector_gaps", driver="GPKG", append=True)
    return place


def papers_of(place, folder):
    folder.mkdir()
    with speaking("zh"):
        write_meeting(place, "", folder)
    page = (folder / "meeting.html").read_text(encoding="utf-8")
    return page, load_workbook(folder / "meeting.xlsx")


def plain(markup):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def values(sheet):
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.fixture(scope="module")
def unread(tmp_path_factory):
    """Make the papers of results in which the fire plan could not be read."""
    base = tmp_path_factory.mktemp("unread")
    return papers_of(results(base / "results", {"fire": WHY}), base / "papers")


def test_a_department_whose_plan_was_not_read_is_not_said_to_have_no_conflict(unread):
    page, book = unread
    words = plain(page)
    assert "消防救援大队 消防专项规划 无冲突" not in words
    assert f"消防专项规划未检查：{WHY}" in words
    assert "1 个规划未检查：消防专项规划。" in words
    shown = values(book["消防救援大队"])
    assert "无冲突。" not in shown
    assert any(WHY in str(one) for one in shown)
    quiet = re.search(r"没有冲突的部门：([^<]*)", page)
    assert not (quiet and "消防" in quiet.group(1))


def test_a_cell_of_a_plan_that_was_not_read_is_not_blank_in_the_matrix(unread):
    page, book = unread
    at = [plan[0] for plan in made.PLANS].index("fire")
    body = page[page.index('<table class="cross">') :]
    rows = re.findall(r"<tr>(.*?)</tr>", body[: body.index("</table>")], re.DOTALL)[1:]
    cells = [re.findall(r'<td class="(\w+)[^"]*"', row) for row in rows]
    transport = [plan[0] for plan in made.PLANS].index("transport")
    for other in range(len(made.PLANS)):
        if other != at:
            wanted = "joint" if other == transport else "unknown"
            assert cells[max(at, other)][min(at, other)] == wanted
            assert cells[min(at, other)][max(at, other)] == "unknown"
    assert sum(line.count("unknown") for line in cells) == 2 * (len(made.PLANS) - 1) - 1
    sheet = book.worksheets[0]
    row = next(row for row in sheet.iter_rows() if str(row[0].value).endswith("消防专项规划"))
    assert [cell.value for cell in row[1 : at + 1]].count("未查") == at - 1
    assert "未查" in plain(page)


def test_the_reason_stands_once_in_the_table_of_demand_by_the_plans_name(unread):
    page, _ = unread
    start = page.index('<h2 id="demand"')
    part = plain(page[start : page.index("<h2 id=", start + 1)])
    assert WHY not in part and "fire:" not in part
    assert part.count("不含未检查或未完整检查的消防专项规划") == 1
    assert part.count("见注 1") == 7 and part.count("注 1：不含") == 1


def test_nothing_found_is_told_with_what_was_not_checked(tmp_path):
    place = results(tmp_path / "results", {"fire": WHY}, specs=())
    page, _ = papers_of(place, tmp_path / "papers")
    words = plain(page)
    assert "本次检查未发现专项规划冲突" not in words
    assert "已检查的部分未发现专项规划冲突。" in words
    assert "b-passed" not in page[page.index('<div class="top">') : page.index("<nav>")]


def test_a_rule_that_was_not_asked_whole_is_told_once_and_not_of_each_plan(tmp_path):
    place = results(tmp_path / "results", rules={"sector.control.redline": LINE})
    page, book = papers_of(place, tmp_path / "papers")
    words = plain(page)
    assert words.count(LINE) == 1
    assert "未完整检查的冲突类型：占用生态保护红线。" in words
    assert "消防救援大队 消防专项规划 已检查的部分无冲突" in words
    assert "未查" not in plain(page[page.index('<table class="cross">') : page.index("</table>")])
    assert not read_papers(place).gaps.plans
    assert LINE in values(book["未检查内容"])


def test_whole_results_speak_of_no_gaps(tmp_path):
    page, book = papers_of(results(tmp_path / "results"), tmp_path / "papers")
    assert "未查" not in plain(page) and "未检查内容" not in book.sheetnames
    assert "消防救援大队 消防专项规划 无冲突。" in plain(page)


@pytest.mark.parametrize("stated", [True, False])
def test_results_without_the_table_of_gaps_are_taken_at_their_reasons(tmp_path, stated):
    place = results(tmp_path / "results", {"fire": WHY}, table=stated)
    found = read_papers(place).gaps
    assert found.plans == {"fire": WHY} and found.blank == {"fire"}


def test_what_a_dossier_does_not_name_is_no_gap():
    plans = pd.DataFrame({"sector": ["a"], "name": ["A"], "features": [3.0], "reason": [""],
                          "outcome": ["passed"]})  # fmt: skip
    told = pd.DataFrame({"subject": ["sector.reserve"], "reason": ["no layer"]})
    assert not find_gaps(plans, told, {})


def test_a_limited_run_leaves_pairs_of_others_unknown():
    gaps = Gaps(rules={"sector.overlap": "asked of some"}, asked=frozenset({"a"}))
    assert gaps.unknown("b", "c") and not gaps.unknown("a", "c")
    assert not Gaps(rules={"sector.plan": "x"}).unknown("b", "c")


words = st.text("甲乙丙 .：:", min_size=1, max_size=8).map(str.strip).filter(bool)


@given(st.dictionaries(st.sampled_from("abcd"), words, min_size=1), st.sampled_from(["：", ": "]))
@settings(deadline=None)
def test_a_shortened_reason_names_each_plan_once_and_keeps_the_rest(reasons, mark):
    gaps = Gaps(plans=reasons, names={key: f"<{key}>" for key in reasons})
    reason = " ".join(f"{key}{mark}{why}" for key, why in reasons.items())
    with speaking("zh"):
        short = gaps.shorter(f"{reason} END")
    assert short.endswith("END")
    for key in reasons:
        assert short.count(f"<{key}>") == 1
    assert gaps.shorter("其他原因") == "其他原因"


def test_ground_in_two_conflicts_counts_once(tmp_path):
    papers = read_papers(made.write_results(tmp_path / "results"))
    rows = papers.conflicts[
        papers.conflicts["rule"].str.match(r"sector\.(control|overlap|plan|res)")
    ]
    twice = replace(papers, conflicts=pd.concat([papers.conflicts, rows], ignore_index=True))
    shapes = [one for one in rows.geometry if one is not None]
    union = shapely.union_all(shapes).area
    assert land(papers) == pytest.approx(union, rel=2e-3)  # the plane's scale is near 1 here
    assert land(twice) == pytest.approx(land(papers), rel=1e-12)
    assert land(replace(papers, conflicts=papers.conflicts.iloc[:0])) == 0.0
    plane = replace(papers, run={"area_method": "planar"})
    assert land(plane) == pytest.approx(union, rel=1e-12)


def test_the_headline_is_ground_and_the_tables_are_called_sums(tmp_path):
    place = made.write_results(tmp_path / "results")
    page, _ = papers_of(place, tmp_path / "papers")
    ground = land(read_papers(place)) / 1e4
    assert f"占地 {ground:.2f} 公顷" in plain(page)
    assert "面积合计（公顷）" in plain(page)


def test_whoever_writes_the_papers_is_warned_of_what_they_lack(tmp_path):
    place = results(tmp_path / "results", {"fire": WHY, "water": WHY})
    (tmp_path / "papers").mkdir()
    told: list[str] = []
    with speaking("zh"):
        write_meeting(place, "", tmp_path / "papers", notes=told)
    assert told[0] == "2 个规划未检查：水利发展专项规划、消防专项规划"
    assert len(told) == 2 and "数据清单" in told[1]  # no dossier: no lines on the maps
