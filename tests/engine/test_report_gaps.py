# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import re

import pytest
import report_made
from pianqu.layers import findings as record
from pianqu.reports.gaps import gaps
from pianqu.reports.html import write_html
from pianqu.reports.labels import basis
from pianqu.reports.provenance import inputs, provenance, stamp
from pianqu.reports.summary import residual, verdict_lines
from pianqu.reports.tables import data_groups


def bare(problems=4, missing=(), unchecked=None, found=False):
    """Make results that lack layers; without findings unless asked."""
    made = report_made.results(problems=problems)
    for role in missing:
        made.county.layers.pop(role, None)
        made.county.missing[role] = f"没有{role}"
    made.run["unchecked_zones"] = unchecked or {}
    return made if found else dataclasses.replace(made, findings=record.none(report_made.CRS))


def shown(results, folder):
    text = write_html(results, folder / "p.html").read_text(encoding="utf-8")
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_without_a_plan_no_word_says_that_there_is_no_conflict(tmp_path):
    results = bare(missing=["plan"], unchecked={"redline": "没有规划"})
    text = shown(results, tmp_path)
    assert "控制线未检查：生态保护红线（缺规划用地图层" in text
    assert "无冲突" not in text and "未发现控制线冲突" not in text
    assert "柏梓片区：控制线未检查。" in text
    assert re.search("图2 柏梓片区控制线冲突（控制线未检查）", text)


def test_where_one_zone_is_missing_the_counts_say_so(tmp_path):
    results = bare(missing=["redline"], unchecked={"redline": "没有"}, found=True)
    told = "以下控制线未检查或未完整检查，所列处数不全：生态保护红线（缺生态保护红线图层"
    assert any(told in line for line in verdict_lines(results))
    text = shown(results, tmp_path)
    assert text.count(told) == 2  # the verdict, section 3
    counts = text[text.index("表1") : text.index("目录")]
    assert "处数不全，未检查或未完整检查的控制线：生态保护红线。" in counts


def test_what_was_checked_in_part_is_not_called_free_of_conflicts(tmp_path):
    text = shown(bare(missing=["redline"], unchecked={"redline": "没有"}), tmp_path)
    assert "已检查部分无冲突，其余未检查" in text and "本图范围内无冲突" not in text


def test_a_reason_that_is_no_missing_layer_is_told_as_it_is():
    results = bare(unchecked={"redline": "有 2 个图斑无法读取。"})
    assert gaps(results).unchecked() == "生态保护红线（有 2 个图斑无法读取）"


def test_present_use_alone_says_nothing_about_new_conflicts(tmp_path):
    results = bare()
    layers = results.county.layers
    layers["landuse"] = layers.pop("plan")
    results.county.dossier.layers = {}
    assert gaps(results).only_present
    text = shown(results, tmp_path)
    assert "规划新增冲突未检查" in text and "缺现状用地" not in text


def test_without_a_base_new_and_existing_are_not_told_apart(tmp_path):
    results = bare(found=True)  # the made county has a plan and no base
    assert "缺现状用地，未能区分新增与既有" in shown(results, tmp_path)


def test_a_run_without_control_lines_says_so(tmp_path):
    results = bare()
    results.run["checks"] = ["quotas"]
    assert "本次运行没有做控制线检查" in shown(results, tmp_path)


def test_a_whole_check_without_findings_says_that_there_is_none():
    results = bare()
    results.county.layers["landuse"] = results.county.layers["plan"]
    assert gaps(results).complete and "未发现控制线冲突。" in verdict_lines(results)


def test_areas_summed_over_rules_say_that_land_may_count_twice(tmp_path):
    text = shown(report_made.results(problems=20), tmp_path)
    assert text.count("按问题累计，同一地块可重复计") == 2


def test_the_first_table_judges_units_in_words_of_their_own(tmp_path):
    text = shown(report_made.results(problems=20), tmp_path)
    table = text[text.index("各片区检查结论") : text.index("目录")]
    assert "✗ 不通过" in table and "✗ 不达标" not in table
    assert "全县一行计县、片区、乡镇、村各级全部指标项次" in table


def test_the_reserve_is_said_to_be_in_the_planned_value(tmp_path):
    assert "城乡建设用地规模：规划值含机动指标（未落图）" in shown(bare(), tmp_path)


@pytest.mark.parametrize(
    ("stated", "confidence"),
    [("凭记忆整理（可编辑缺省值）", "high"), ("村庄规划模板实践", "high"), ("土地管理法", "low"),
     ("土地管理法", "medium"), ("", "high")],
)  # fmt: skip
def test_a_rule_of_our_own_is_no_legal_basis(stated, confidence):
    assert basis(stated, confidence) == "待核（缺省规则，可编辑）"
    assert basis("自然资发〔2022〕142号", "medium-high") == "自然资发〔2022〕142号"


def test_how_sure_a_rule_is_stays_out_of_the_page(tmp_path):
    assert "可信度" not in shown(bare(), tmp_path)


def test_the_record_of_the_run_reads_in_words_and_units():
    results = bare()
    results.run.update(
        base_year=2020, target_year=2035, units_m2=21269712.345, clusters=[],
        stamp="2026-11-23T19:39:16+00:00", checks=["quotas", "controllines", "landbalance"],
        tolerance={"min_area_m2": 1.0, "min_width_m": 0.2, "warn_margin": 0.02},
        counts={"features": {"plan": 1200, "redline": 2}, "pieces": 13, "units": {"village": 4}},
        standard={"id": "cn-2023", "fingerprint": "67c8", "version": "1", "name": "标准"},
    )  # fmt: skip
    said = dict(provenance(results))
    assert said["数据日期"] == "2026-11-23 19:39 (UTC)"
    assert (said["现状年"], said["目标年"], said["片区"]) == ("2020", "2035", "全部")
    assert said["行政单元总面积（平方米）"] == "21,269,712.35"
    assert said["容差"] == "最小面积 1 平方米、最小宽度 0.2 米、临界余量 2%"
    counted = "要素数：规划用地 1,200、生态保护红线 2；图块数：13；单元数：村 4"
    assert said["计数"] == counted
    assert said["检查项"] == "规划指标、控制线、用地结构与转移"
    assert "标准指纹 67c8" in said["标准"]


def test_empty_cells_of_the_inputs_are_dashes():
    results = bare()
    results.run["inputs"] = [{"role": "quotas", "file": "a.csv", "layer": ""}]
    assert inputs(results) == [["控制数", "a.csv", "—", "—", "—", "—"]]


def test_residuals_and_moments_have_sensible_digits():
    shown = [residual(value) for value in (0.0, -1e-5, 2e-4, 12.346)]
    assert shown == ["0.00", "0.00", "0.00", "12.35"]
    assert stamp("gestern") == "gestern" and stamp(None) == ""


def test_problems_without_an_area_show_a_dash_and_errors_come_first():
    results = report_made.results(problems=4)
    told = record.make(
        {"rule": "data.quotas", "severity": "error", "message": "x", "subject_layer": "quotas"},
        [None], report_made.CRS,
    )  # fmt: skip
    results.findings = record.join([results.findings, told], report_made.CRS)
    rows, found = data_groups(results)
    assert [row["area"] for row in rows] == ["—", "12.50"]
    assert found["severity"].tolist() == ["error", "warning"]
