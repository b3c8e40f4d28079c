# SPDX-License-Identifier: GPL-2.0-or-later
"""The problem list and the negative list of a cluster."""

from __future__ import annotations

import numpy as np
from checks_county import box, county, naive_fabric
from pianqu.checks.control import check_control_lines
from pianqu.checks.indicators import check_quotas
from pianqu.checks.lists import NEGATIVES, PROBLEMS, negative_list, problem_list
from pianqu.layers import findings

UNIT = box(0, 0, 1000, 1000)


def two_clusters():
    plan = [
        (box(0, 0), "0703"),
        (box(100, 0), "0703"),
        (box(1000, 0), "0703"),
        (box(1100, 0), "1202"),
    ]
    return county(
        [UNIT, box(1000, 0, 1000, 1000)], [("v0", "t0", "c0"), ("v1", "t1", "c1")], plan=plan,
        farmland=[(box(0, 0, 1500, 500), {})], quotas=[("county", "510799", "farmland", 5.0)],
    )  # fmt: skip


def all_findings(made):
    fabric = naive_fabric(made)
    tables = [check_control_lines(made, fabric)[0], check_quotas(made, fabric)[1]]
    return findings.join(tables, made.dossier.crs)


def test_problems_are_counted_and_summed_per_cluster():
    made = two_clusters()
    table = problem_list(all_findings(made), made)
    assert tuple(table.columns) == PROBLEMS
    got = table[["cluster", "rule", "severity", "change", "count"]].values.tolist()
    assert got == [
        ["", "quota.farmland", "error", "", 1],
        ["c0", "control.farmland", "error", "new", 2],
        ["c1", "control.farmland", "error", "new", 1],
        ["c1", "control.farmland", "warning", "new", 1],
    ]
    assert table["area_ha"].tolist()[1:] == [2.0, 1.0, 1.0] and np.isnan(table["area_ha"][0])
    assert table["cluster_name"].tolist() == ["示例县", "片区c0", "片区c1", "片区c1"]
    assert table["rule_name"].ne("").all() and table["remedy"].ne("").all()


def test_a_quota_that_is_kept_is_not_listed_as_broken():
    made = county(
        [UNIT], plan=[(box(0, 0, 505, 1000), "01")], quotas=[("county", "510799", "farmland", 50.0)]
    )
    table = problem_list(all_findings(made), made)
    assert table[["severity", "rule_name"]].values.tolist() == [
        ["warning", "耕地保有量余量偏小（临界）"]
    ]


def test_accepted_findings_and_data_quality_are_no_problems():
    made = two_clusters()
    found = all_findings(made)
    found.loc[found["cluster"] == "c0", "status"] = "accepted"
    found.loc[found["cluster"] == "c1", "rule"] = "data.gap"
    assert problem_list(found, made)["rule"].tolist() == ["quota.farmland"]


def test_no_findings_make_an_empty_list_with_columns():
    made = two_clusters()
    table = problem_list(findings.none(made.dossier.crs), made)
    assert len(table) == 0 and tuple(table.columns) == PROBLEMS


def test_the_negative_list_tells_each_cluster_what_its_zones_forbid():
    made = two_clusters()
    table = negative_list(made, naive_fabric(made))
    assert tuple(table.columns) == NEGATIVES
    assert table.groupby("cluster")["zone_ha"].first().tolist() == [50.0, 25.0]
    mine = table[table["cluster"] == "c0"]
    assert set(mine["zone"]) == {"farmland"} and set(mine["verdict"]) == {"forbid", "conditional"}
    forbidden = " ".join(mine.loc[mine["verdict"] == "forbid", "codes"]).split()
    assert {"02", "03", "04", "06", "07"} <= set(forbidden) and "01" not in forbidden
    assert mine["code_names"].str.contains("林地").any() and mine["basis"].ne("").all()


def test_a_cluster_without_land_of_a_zone_has_no_rows_for_it():
    made = two_clusters()
    made.layers["farmland"].geometry[0] = box(0, 0)
    assert set(negative_list(made, naive_fabric(made))["cluster"]) == {"c0"}
