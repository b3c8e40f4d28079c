# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground that one plan lays out twice: told, and counted once in area, demand and conflict."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks.sectors.run import check_sectors
from sector_scene import county, project
from shapely.geometry import box

HOUSE = "0703"


def checked(*projects, **more):
    return check_sectors(county(*projects, **more))


def doubles(found):
    return found.data[found.data["rule"] == "data.overlap"].reset_index(drop=True)


def test_two_projects_of_one_plan_on_one_ground_are_told_with_both_and_the_area():
    found = doubles(
        checked(
            project("a", "A1", HOUSE, box(0, 0, 100, 100)),
            project("a", "A2", "1001", box(50, 0, 150, 100)),
            project("b", "B1", "1202", box(0, 0, 10, 10)),
        )
    )
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["subject_layer"], row["subject_id"]) == ("a", "A1")
    assert (row["object_layer"], row["object_id"]) == ("a", "A2")
    assert row["area_m2"] == pytest.approx(5000) and row["severity"] == "warning"
    assert row.geometry.equals(box(50, 0, 100, 100)) and "a规划" in row["message"]


def test_uses_that_go_together_in_one_plan_are_a_hint_only():
    parts = [project("a", code, HOUSE, box(0, 0, 100, 100)) for code in ("A1", "A2")]
    assert doubles(checked(*parts))["severity"].tolist() == ["info"]


def test_plots_of_two_uses_of_one_project_are_told_and_phases_are_not():
    found = doubles(
        checked(
            project("a", "A1", HOUSE, box(0, 0, 100, 100)),
            project("a", "A1", "1001", box(0, 0, 50, 100)),
            project("a", "A2", HOUSE, box(500, 0, 600, 100), (2026, 2027)),
            project("a", "A2", HOUSE, box(500, 0, 600, 100), (2028, 2029)),
        )
    )
    assert found[["subject_id", "object_id"]].to_numpy().tolist() == [["A1", "A1"]]


def test_roads_of_one_plan_that_cross_are_no_fault():
    roads = [
        project("a", "A1", "1207", box(0, 495, 1000, 505), kind="line"),
        project("a", "A2", "1207", box(495, 0, 505, 1000), kind="line"),
    ]
    assert not len(doubles(checked(*roads)))


def test_a_run_over_another_plan_or_rule_tells_them_all_the_same():
    made = county(
        project("a", "A1", HOUSE, box(0, 0, 100, 100)),
        project("a", "A2", HOUSE, box(0, 0, 100, 100)),
        project("b", "B1", HOUSE, box(500, 0, 600, 100)),
    )
    whole = doubles(check_sectors(made))
    part = doubles(check_sectors(made, ("sector.plan",), ("b",)))
    assert part["id"].tolist() == whole["id"].tolist() and len(whole) == 1


def test_ground_drawn_twice_counts_once_in_the_plan_and_in_what_all_plans_ask_for():
    base = [(box(0, 0, 2000, 1000), "0103")]
    parts = [
        project("a", "A1", HOUSE, box(0, 0, 100, 100)),
        project("a", "A2", HOUSE, box(50, 0, 150, 100)),
        project("b", "B1", HOUSE, box(0, 0, 100, 100)),
    ]
    found = checked(*parts, landuse=base)
    table = found.sectors.set_index("sector")
    assert table.loc["a", ["area_ha", "new_construction_ha"]].tolist() == [1.5, 1.5]
    assert table.loc["b", "area_ha"] == 1.0
    county_row = found.demand[found.demand["level"] == "county"].iloc[0]
    assert county_row["demand_ha"] == 2.5  # each plan for itself, each piece of a plan once
    each = found.projects.set_index("project")["new_construction_m2"]
    assert each[["A1", "A2", "B1"]].tolist() == pytest.approx([1e4, 1e4, 1e4])


def test_ground_of_another_use_takes_nothing_from_what_a_project_asks_for():
    found = checked(
        project("a", "A1", "0101", box(0, 0, 100, 100)),
        project("a", "A2", HOUSE, box(0, 0, 100, 100)),
        landuse=[(box(0, 0, 2000, 1000), "0103")],
    )
    assert found.demand["demand_ha"].iloc[0] == 1.0


def test_land_in_two_conflicts_of_a_plan_counts_once():
    zone = [(box(0, 0, 100, 100), {})]
    found = checked(
        project("a", "A1", "1001", box(0, 0, 100, 100)),
        project("b", "B1", "0804", box(0, 0, 100, 50)),
        farmland=zone, redline=zone,
    )  # fmt: skip
    of_a = found.conflicts[found.conflicts["subject_id"] == "A1"]
    assert of_a["area_m2"].sum() == pytest.approx(25_000)  # twice in a zone, once with B1
    assert found.sectors.set_index("sector")["conflict_ha"].tolist() == [1.0, 0.5]


boxes = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.integers(0, 9), st.integers(0, 9), st.integers(1, 6),
        st.integers(1, 6),
    ),
    min_size=1, max_size=9,
)  # fmt: skip


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(boxes)
def test_sums_of_any_layout_are_those_of_its_union(given_boxes):
    parts = [
        (plan, box(50 * x, 50 * y, 50 * (x + w), 50 * (y + h))) for plan, x, y, w, h in given_boxes
    ]
    found = checked(
        *(project(plan, f"P{n}", HOUSE, shape) for n, (plan, shape) in enumerate(parts)),
        landuse=[(box(0, 0, 2000, 1000), "0103")],
    )
    want = {
        plan: shapely.union_all([shape for one, shape in parts if one == plan]).area / 1e4
        for plan in {plan for plan, _ in parts}
    }
    got = found.sectors.set_index("sector")["area_ha"].to_dict()
    assert got == pytest.approx(want, abs=1e-9)
    assert found.demand["demand_ha"].iloc[0] == pytest.approx(sum(want.values()), abs=0.01)
    pairs = {
        (f"P{i}", f"P{k}")
        for k, (plan, shape) in enumerate(parts)
        for i, (other, second) in enumerate(parts[:k])
        if plan == other and shape.intersection(second).area > 1
    }
    told = doubles(found)[["subject_id", "object_id"]].itertuples(index=False, name=None)
    assert {tuple(sorted(pair)) for pair in told} == {tuple(sorted(pair)) for pair in pairs}
    assert not np.isnan(doubles(found)["area_m2"]).any()
