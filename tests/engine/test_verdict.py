# SPDX-License-Identifier: GPL-2.0-or-later
"""The one verdict: what the output PASSED says is what the report says first."""

from __future__ import annotations

import pytest
from checks_county import box, county, layer, naive_fabric
from pianqu.checks.control import check_control_lines, unchecked_zones
from pianqu.checks.indicators import check_quotas
from pianqu.checks.levels import counted_once
from pianqu.checks.results import Results, verdict
from pianqu.layers.findings import join
from pianqu.layers.words import speaking
from pianqu.reports.summary import headline, tally

UNIT = box(0, 0, 1000, 1000)
ALL = [(UNIT, {})]
KEPT = ("village", "v0", "farmland", 50.0)
BROKEN = ("village", "v0", "farmland", 150.0)
OWN = {"code": "01", "deduction": 0.1}


def judged(*quotas, checks=("quotas", "controllines"), plan=OWN, **layers):
    """Check quotas and control lines as a run does."""
    made = county([UNIT], plan=[(UNIT, plan)], quotas=quotas, **layers)
    fabric = naive_fabric(made)
    results = Results(made, fabric, made.findings)
    tables = []
    if "quotas" in checks:
        results.indicators, found = check_quotas(made, fabric)
        tables.append(found)
    if "controllines" in checks:
        tables.append(check_control_lines(made, fabric)[0])
        results.run["unchecked_zones"] = unchecked_zones(made, fabric)
    results.findings = join(tables, made.dossier.crs)
    results.run["checks"] = list(checks)
    assert tally(results).verdict == verdict(results)
    return results


def told(*quotas, **more):
    results = judged(*quotas, **more)
    return verdict(results), results.counts()["passed"]


def test_a_kept_quota_passes_though_other_units_and_indicators_have_none():
    assert told(KEPT, checks=["quotas"]) == ("passed", True)
    assert told(KEPT, redline=ALL) == ("passed", True)


def test_without_any_control_line_their_check_is_not_passed():
    assert told(KEPT) == ("not_checked", False)


def test_a_broken_quota_fails():
    assert told(BROKEN) == ("failed", False)


def test_a_quota_near_its_limit_or_an_open_conflict_passes_with_a_remark():
    assert told(("village", "v0", "farmland", 89.0), redline=ALL) == ("warning", True)
    road = {"code": "1202"}
    assert told(("village", "v0", "construction", 1.0), farmland=ALL, plan=road) == (
        "warning", True,
    )  # fmt: skip


def test_an_open_error_fails_and_an_accepted_one_does_not():
    results = judged(("village", "v0", "farmland", 0.0), farmland=ALL, plan={"code": "0703"})
    assert (verdict(results), results.counts()["passed"]) == ("failed", False)
    results.findings["status"] = "accepted"
    assert verdict(results) == tally(results).verdict == "passed"
    assert results.counts()["passed"]


def test_accepting_the_finding_of_a_broken_quota_does_not_keep_the_quota():
    results = judged(BROKEN)
    results.findings["status"] = "accepted"
    assert verdict(results) == tally(results).verdict == "failed"


def test_where_no_quota_was_judged_nothing_is_passed():
    assert told() == ("not_checked", False)
    assert told(farmland=ALL) == ("not_checked", False)


def test_a_given_quota_that_could_not_be_judged_spoils_the_verdict():
    assert told(KEPT, ("village", "v0", "redline", 1.0)) == ("not_checked", False)
    unread = layer("redline", ALL, ["图斑 7"])
    assert told(KEPT, ("village", "v0", "redline", 1.0), redline=unread)[0] == "not_checked"


def test_a_zone_of_a_layer_given_that_was_not_read_whole_spoils_the_verdict():
    assert told(KEPT, redline=layer("redline", ALL, ["图斑 7"])) == ("not_checked", False)


def test_a_code_that_no_rule_covers_spoils_the_verdict():
    quota = ("village", "v0", "construction_total", 150.0)
    assert told(quota, redline=ALL, plan={"code": "06"}) == ("not_checked", False)


def test_what_was_not_asked_is_not_missed():
    assert told(checks=("controllines",), farmland=ALL) == ("passed", True)
    assert told(KEPT, checks=("quotas",), redline=layer("redline", ALL, ["图斑 7"])) == (
        "passed", True,
    )  # fmt: skip


@pytest.mark.parametrize("checks", [("landbalance",), ("controllines",)])
def test_where_nothing_could_be_checked_nothing_is_passed(checks):
    assert told(checks=checks) == ("not_checked", False)


def test_the_headline_says_how_much_was_checked_and_keeps_the_verdict():
    few = judged(KEPT, redline=ALL)
    judged_rows = counted_once(few.indicators)["outcome"]
    open_rows = int((judged_rows == "not_checked").sum())
    assert verdict(few) == "passed" and open_rows > 0
    with speaking("zh"):
        text = headline(few)
        assert text.startswith("通过，仅就已检查的部分")
        assert f"指标已检查 {len(judged_rows) - open_rows}/{len(judged_rows)} 项次" in text
        assert "控制线已完整检查 1/3 类" in text  # farmland, red line, outside the boundary
        assert headline(judged(BROKEN, redline=ALL)).startswith("不通过（")
    with speaking("en"):
        assert headline(few).startswith("Passed, as far as was checked (1 of ")


def test_the_headline_is_the_bare_verdict_where_all_was_checked():
    whole = judged(KEPT, redline=ALL)
    whole.indicators = whole.indicators[whole.indicators["outcome"] != "not_checked"]
    whole.run["unchecked_zones"] = {}
    with speaking("zh"):
        assert headline(whole) == "通过"
