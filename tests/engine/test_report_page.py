# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import html as escaping
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import report_made
import yaml
from pianqu.layers import findings as record
from pianqu.layers.words import catalogue, speaking
from pianqu.reports import OUTPUTS, write_results
from pianqu.reports.html import write_html
from pianqu.reports.labels import half_up, hectares, signed, square_metres
from pianqu.reports.runfile import write_run
from pianqu.reports.summary import clusters, notes, tally, verdict_lines

VOID = {"meta", "br", "link", "img", "input", "hr", "col"}


class Page(HTMLParser):
    """Collects text and tags, and checks that tags close in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.texts, self.wrong = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append((tag, self.getpos()))

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def results():
    return report_made.results()


@pytest.fixture(scope="module")
def source(results, tmp_path_factory):
    path = write_html(results, tmp_path_factory.mktemp("page") / "report.html")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_the_page_is_well_formed(page):
    assert page.wrong == [] and page.open == []


def test_the_page_fetches_nothing(page, source):
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "object")
        for name in ("src", "href", "xlink:href"):
            assert re.match(r"#|data:image/png;base64,|$", attributes.get(name) or "")
    assert "@import" not in source
    assert not re.search(r"url\((?!#)", source)


def test_the_verdict_stands_before_everything_else(source):
    places = [source.index(word) for word in ("不通过", "表1", "图1", "问题清单</caption>")]
    assert places == sorted(places)


def test_the_verdict_counts_outcomes_and_conflicts(results, page):
    count = results.indicators["outcome"].value_counts()
    said = [
        ("不达标", "failed"),
        ("临界", "warning"),
        ("达标", "passed"),
        ("未检查", "not_checked"),
    ]
    assert "，".join(f"{word} {count[outcome]}" for word, outcome in said) in page.text
    found = results.findings[results.findings["rule"].str.startswith("control.")]
    assert f"新增控制线冲突 {(found['change'] == 'new').sum()} 处" in page.text
    assert f"既有问题 {(found['change'] == 'existing').sum()} 处" in page.text


def test_quotas_that_were_never_set_are_told_from_those_that_lack_data(results, page):
    unset = results.indicators["quota_ha"].isna().sum()
    assert f"{unset} 项次未下达控制数，0 项次因数据缺失" in page.text


def test_tables_and_figures_are_numbered_without_a_gap(page):
    for kind in "表图":
        numbers = [int(n) for n in re.findall(rf"{kind}(\d+)\u3000", "".join(page.texts))]
        assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 3


def test_every_cluster_has_its_map_and_there_is_one_of_the_county(page):
    maps = [a["aria-label"] for tag, a in page.tags if tag == "svg" and a.get("class") == "map"]
    assert maps == ["示例县控制线冲突分布", "柏梓片区控制线冲突", "青堤片区控制线冲突"]


def test_every_small_conflict_is_a_vertex_that_bears_a_sign_the_page_defines(results, page):
    found = results.findings
    control = found[found["rule"].str.startswith("control.")]
    signs = [attributes for tag, attributes in page.tags if "marker-mid" in attributes]
    defined = {f"url(#{attributes['id']})" for tag, attributes in page.tags if tag == "marker"}
    assert {each["marker-mid"] for each in signs} <= defined
    # The overview is drawn last and so bears the highest number.
    last = max(each["marker-mid"].split("-")[1] for each in signs)
    own = [each for each in signs if each["marker-mid"].split("-")[1] == last]
    assert sum(len(each["d"].split("L")[1].split()) - 1 for each in own) == len(control)


def test_the_page_is_english_on_wish(results, tmp_path):
    with speaking("en"):
        text = Page(write_html(results, tmp_path / "p.html").read_text(encoding="utf-8")).text
    assert "Not passed" in text and "Table 1" in text and "Figure 1" in text
    assert "检查" not in text.replace(report_made.made_run()["standard"]["name"], "")


def test_text_from_attributes_is_escaped_on_page_and_map(tmp_path):
    results = report_made.results(problems=5)
    nasty = "<script>alert('x')</script>&\"{{ 7*7 }}"
    results.findings["message"] = results.findings["subject_label"] = nasty
    finest = results.county.tree.finest
    finest["cluster_name"] = finest["town_name"] = nasty
    results.county.dossier.name = nasty
    source = write_html(results, tmp_path / "p.html").read_text(encoding="utf-8")
    assert "<script" not in source and "49" not in Page(source).text.split(nasty)[0][:50]
    assert (
        escaping.escape(nasty, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
        in source
    )
    assert Page(source).wrong == []


def test_a_long_list_says_how_much_is_left_out(tmp_path):
    results = report_made.results(problems=280, clusters=1)
    text = Page(write_html(results, tmp_path / "p.html").read_text(encoding="utf-8")).text
    assert "共 280 处，本表列前 200 处" in text and "其余 80 处见工作簿“问题图斑”表" in text


def test_a_county_without_findings_says_so_and_still_draws_its_maps(tmp_path):
    results = report_made.results(problems=1)
    results.findings = record.none(report_made.CRS)
    for name in ("problem_list", "negative_list", "ledgers", "land_balance", "transfers"):
        setattr(results, name, pd.DataFrame())
    results.indicators["outcome"] = "passed"
    page = Page(write_html(results, tmp_path / "p.html").read_text(encoding="utf-8"))
    assert "✓ 通过" in page.text and "未发现控制线冲突" in page.text
    assert page.text.count("本图范围内无冲突") == 2 * 3  # on each map and in its legend


def test_a_run_without_quotas_is_not_a_pass(tmp_path):
    results = report_made.results(problems=1)
    results.findings = record.none(report_made.CRS)
    results.indicators = results.indicators.iloc[:0]
    assert tally(results).verdict == "not_checked"
    page = Page(write_html(results, tmp_path / "p.html").read_text(encoding="utf-8"))
    assert "未能完成检查" in page.text and "没有检查指标" in page.text


def test_villages_in_no_cluster_make_no_row_of_their_own_but_keep_their_conflicts(tmp_path):
    results = report_made.results(problems=30)
    finest = results.county.tree.finest
    blank = finest["cluster"] == "P2"
    finest.loc[blank, ["cluster", "cluster_name"]] = ""
    found = results.findings
    found.loc[found["cluster"] == "P2", "cluster"] = ""
    text = Page(write_html(results, tmp_path / "p.html").read_text(encoding="utf-8")).text
    table = text[text.index("各片区检查结论") : text.index("目录")]
    assert "柏梓片区" in table and "未划入片区" not in table
    assert [code for code, _ in clusters(results)] == ["P1"]
    assert "未划入片区的村：控制线冲突明细" in text or "未划入片区的村控制线冲突明细" in text


def test_what_does_not_add_up_is_said_in_the_notes(results):
    assert not [line for line in notes(results) if "0.01 公顷" in line and "合计" in line]
    for balance, words in (
        ({"misses": 3, "settled": True}, "3 处合计"),
        ({"misses": 9, "settled": False}, "单独四舍五入"),
    ):
        told = dataclasses.replace(results, run={**results.run, "balance": balance})
        assert any(words in line for line in notes(told))


def test_the_verdict_names_what_could_not_be_checked(results):
    run = {**results.run, "unchecked_zones": {"redline": "有 2 个图斑无法读取"}}
    lines = verdict_lines(dataclasses.replace(results, run=run))
    assert any("生态保护红线" in line and "2 个图斑" in line for line in lines)


def test_decisions_that_were_not_looked_at_are_counted(results):
    kept = pd.DataFrame({"id": ["a", "b"]})
    lines = verdict_lines(dataclasses.replace(results, decisions=kept))
    assert any("2 处以往的认可" in line for line in lines)


def test_an_accepted_exception_leaves_the_counts_and_is_listed_with_its_reason(tmp_path):
    results = report_made.results(problems=6)
    before = tally(results)
    row = results.findings.index[results.findings["rule"].str.startswith("control.")][0]
    values = {"status": "accepted", "status_by": "李工", "status_reason": "国家重点项目"}
    for name, value in values.items():
        results.findings.loc[row, name] = value
    after = tally(results)
    assert after.new + after.existing == before.new + before.existing - 1
    text = Page(write_html(results, tmp_path / "p.html").read_text(encoding="utf-8")).text
    assert "李工" in text and "国家重点项目" in text


def test_a_failed_quota_or_an_error_fails_the_plan():
    results = report_made.results(problems=1)
    results.findings = record.none(report_made.CRS)
    results.indicators["outcome"] = "passed"
    assert tally(results).verdict == "passed"
    results.indicators.loc[0, "outcome"] = "failed"
    assert tally(results).verdict == "failed"


def test_clusters_add_up_to_the_county_but_for_the_countys_own_quotas(results):
    whole = tally(results)
    parts = [tally(results, code) for code in ("P1", "P2")]
    own = (results.indicators["level"] == "county").sum()
    assert sum(part.total for part in parts) + own == whole.total
    assert sum(part.new for part in parts) == whole.new
    assert sum(part.existing_m2 for part in parts) == pytest.approx(whole.existing_m2)


def test_the_same_results_make_the_same_page(results, source, tmp_path):
    assert write_html(results, tmp_path / "p.html").read_text(encoding="utf-8") == source


def test_a_run_leaves_four_files_and_says_how_far_it_is(results, tmp_path):
    seen = []
    paths = write_results(results, tmp_path, lambda *told: seen.append(told))
    assert [path.name for path in paths] == list(OUTPUTS)
    assert all(path.stat().st_size for path in paths)
    fractions = [fraction for _, fraction, _ in seen]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_run_json_is_sorted_utf8_and_plain(tmp_path):
    run = {
        "b": np.int64(3), "a": {"路径": Path("x") / "y", "nan": float("nan")}, "c": (1, 2.5),
        "d": np.array([True]),
    }  # fmt: skip
    raw = write_run(run, tmp_path / "run.json").read_bytes()
    assert raw.endswith(b"}\n") and "路径".encode() in raw
    assert json.loads(raw) == {
        "a": {"nan": None, "路径": "x/y"},
        "b": 3,
        "c": [1, 2.5],
        "d": [True],
    }
    assert raw.index(b'"a"') < raw.index(b'"b"') < raw.index(b'"c"')


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234.5, "1,234.50"), (0.285, "0.29"), (0.004, "<0.01"), (0.0, "0.00"), (-1.005, "−1.01"),
     (float("nan"), "—")],
)  # fmt: skip
def test_hectares_have_two_decimals_and_small_areas_do_not_vanish(value, shown):
    assert hectares(value) == shown


def test_figures_of_changes_and_square_metres():
    assert [signed(2.0), signed(-2.0), signed(0.0)] == ["+2.00", "−2.00", "0.00"]
    assert [square_metres(12.34), square_metres(12345.6)] == ["12.34", "12,345.60"]
    assert half_up(2.675, 2) == 2.68


def test_the_catalogue_speaks_both_languages_with_the_same_values():
    root = Path(report_made.__file__).resolve().parents[2]
    own = yaml.safe_load((root / "i18n/engine/reports.yaml").read_text(encoding="utf-8"))
    for key, words in own.items():
        assert set(words) == {"zh", "en"}, key
        fields = [set(re.findall(r"\{(\w+)\}", words[code])) for code in ("zh", "en")]
        assert fields[0] == fields[1], key
        assert not re.search(r"[\u4e00-\u9fff][,;:(]", words["zh"]), f"{key}: half-width sign"
    assert own.keys() <= catalogue().keys()
