# SPDX-License-Identifier: GPL-2.0-or-later
"""Columns that are not recognised, layers that are no layout, uses and widths not there."""

from __future__ import annotations

import numpy as np
import pytest
from pianqu.checks.sectors.lists import check_projects
from sector_input import dossier, layer, patch, project, read, sheet
from sector_scene import conflicts, county
from sector_scene import project as made
from shapely.geometry import LineString, box

ZONE = [(box(0, 0, 500, 1000), {})]

pytestmark = pytest.mark.english


def plan(layout, projects=None):
    entry = {"id": "t", "name": "Roads", "layout": layout}
    return {**entry, "projects": projects} if projects else entry


def test_a_column_of_uses_that_is_not_recognised_is_told_once_and_not_of_the_department(tmp_path):
    layout = layer(tmp_path, "roads", [patch(0, 0), patch(200, 0)], XMBH=["A", "B"], LX=["12", "7"])
    rows = [["项目编号", "项目名称", "类型"], ["A", "甲", "路"], ["B", "乙", "路"]]
    plans, findings, _ = read(dossier(tmp_path, [plan(layout, sheet(tmp_path, rows))]))
    assert findings["rule"].tolist() == ["data.code"] and findings["severity"][0] == "error"
    told, remedy = findings["message"][0], findings["remedy"][0]
    assert "recognised" in told and "LX" in told and "类型" in told
    assert "layout.fields.use" in remedy and "dossier" in remedy
    assert "no column of uses" in plans.missing["t"]


def test_uses_that_the_list_has_are_enough(tmp_path):
    layout = layer(tmp_path, "roads", [patch(0, 0)], XMBH=["A"])
    rows = [["项目编号", "用地代码"], ["A", "1202"]]
    plans, findings, _ = read(dossier(tmp_path, [plan(layout, sheet(tmp_path, rows))]))
    assert not len(findings) and plans.missing == {}


def test_a_layer_that_is_no_layout_is_noticed(tmp_path):
    villages = layer(tmp_path, "villages", [patch(0, 0)], XZQDM=["510799001"], XZQMC=["东村"])
    plans, findings, _ = read(dossier(tmp_path, [plan(villages)]))
    told = findings[findings["rule"] == "data.sector"].iloc[0]
    assert "may not be the plan's layout" in told["message"] and "XZQDM" in told["message"]
    assert "XZQDM" in plans.missing["t"]


@pytest.mark.parametrize(("old", "now"), [("0603", "060202"), ("090301", "0903")])
def test_a_code_of_the_trial_guide_is_told_with_its_equivalent(tmp_path, old, now):
    layout = layer(tmp_path, "roads", [patch(0, 0)], XMBH=["A"], YDLB=[old])
    _, findings, _ = read(dossier(tmp_path, [plan(layout)]))
    told = findings["message"].tolist()
    assert len(told) == 1 and "trial guide of 2020" in told[0]
    assert old in told[0] and now in told[0]


def test_a_project_of_unknown_use_is_held_against_the_control_lines():
    for use in ("", "999"):
        found = conflicts(made("a", "A1", use, box(400, 0, 600, 100)), farmland=ZONE)
        assert found["rule"].tolist() == ["sector.control.farmland"]
        row = found.iloc[0]
        assert row["area_m2"] == pytest.approx(10_000)
        assert (row["verdict"], row["severity"]) == ("conditional", "warning")
        assert "not known" in row["message"] and "judged" in row["message"]
        assert "use" in row["remedy"]
    outside = conflicts(made("a", "A1", "", box(400, 0, 600, 100)), boundary=ZONE)
    assert outside["area_m2"].tolist() == pytest.approx([10_000])


def test_a_known_plot_outranks_one_of_unknown_use():
    found = conflicts(
        made("a", "A1", "", box(0, 0, 100, 100)),
        made("a", "A1", "1202", box(100, 0, 200, 100)),
        farmland=ZONE,
    )
    assert found["area_m2"].tolist() == pytest.approx([20_000])
    assert "not known" not in found["message"][0]


def test_a_line_without_a_width_is_one_fault_with_its_own_remedy(tmp_path):
    line = LineString([(500_000, 3_450_000), (500_100, 3_450_000)])
    layout = layer(tmp_path, "roads", [line, patch(0, 200)], XMBH=["A", "A"], YDLB=["1202"] * 2)
    rows = [["项目编号", "用地面积（公顷）"], ["A", 5]]
    plans, findings, _ = read(dossier(tmp_path, [plan(layout, sheet(tmp_path, rows))]))
    assert findings["rule"].tolist() == ["data.unusable"]
    assert "width_m" in findings["remedy"][0] and "anew" not in findings["remedy"][0]
    assert not project(plans, "A")["whole"]


def test_the_area_of_a_project_that_could_not_be_drawn_whole_is_not_compared():
    from pianqu.checks.sectors.scene import Scene

    one = county(made("a", "A1", "0804", box(0, 0, 100, 100), listed_ha=3), lists=("a",))
    assert len(check_projects(Scene.of(one))) == 1
    one.plans.projects["whole"] = np.array([False])
    assert len(check_projects(Scene.of(one))) == 0
