# SPDX-License-Identifier: GPL-2.0-or-later
"""Two plans on one ground: what excludes each other, joint use, years that contradict."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks.sectors.run import check_sectors
from sector_scene import conflicts, county, project
from shapely.geometry import LineString, Point, box

OVERLAP, SEQUENCE = "sector.overlap", "sector.sequence"


def road(coordinates, width=12.0):
    return shapely.buffer(LineString(coordinates), width / 2, cap_style="flat", join_style="mitre")


def pair(first, second, uses=("1202", "0804"), **more):
    return conflicts(
        project("a", "A1", uses[0], first), project("b", "B1", uses[1], second),
        rule=OVERLAP, **more,
    )  # fmt: skip


def test_two_plans_on_one_ground_are_one_conflict_with_the_whole_overlap():
    found = pair(box(0, 0, 100, 100), box(50, 50, 150, 150))
    assert found["area_m2"].tolist() == pytest.approx([2500.0])
    row = found.iloc[0]
    assert (row["subject_layer"], row["subject_id"]) == ("a", "A1")
    assert (row["object_layer"], row["object_id"]) == ("b", "B1")
    assert (row["subject_department"], row["object_department"]) == ("a局", "b局")
    assert row["subject_share"] == row["object_share"] == pytest.approx(0.25)
    assert row["severity"] == "error"
    assert found.geometry.iloc[0].equals(box(50, 50, 100, 100))


def test_a_contained_project_counts_as_conflict():
    assert pair(box(0, 0, 100, 100), box(20, 20, 30, 30))["area_m2"].tolist() == [100.0]


def test_projects_that_touch_are_no_conflict():
    assert not len(pair(box(0, 0, 100, 100), box(100, 0, 200, 100)))


def test_a_road_through_a_school_and_a_point_in_it_are_conflicts():
    school = box(0, 0, 100, 100)
    assert pair(road([(-50, 50), (150, 50)]), school)["area_m2"].tolist() == pytest.approx([1200])
    tower = shapely.buffer(Point(50, 50), 5)
    found = pair(tower, school, ("1307", "0804"))
    assert found["area_m2"].tolist() == pytest.approx([tower.area])


def test_an_overlap_below_the_tolerance_is_noise_and_is_counted():
    found = check_sectors(
        county(
            project("a", "A1", "1202", box(0, 0, 100, 100)),
            project("b", "B1", "0804", box(99.9, 0, 200, 100)),
        )
    )
    assert not len(found.conflicts)
    assert found.dropped[OVERLAP]["count"] == 1
    assert found.dropped[OVERLAP]["area_m2"] == pytest.approx(10.0)


@pytest.mark.parametrize(
    "uses", [("16", "0804"), ("01", "0301"), ("0101", "0602"), ("1202", "1207"), ("1701", "0502")]
)
def test_uses_that_take_each_other_are_joint_use(uses):
    found = check_sectors(
        county(
            project("a", "A1", uses[0], box(0, 0, 100, 100)),
            project("b", "B1", uses[1], box(50, 0, 150, 100)),
        )
    )
    assert not len(found.conflicts)
    assert found.joint_use["area_m2"].tolist() == pytest.approx([5000.0])
    row = found.matrix.iloc[0]
    assert (row["count"], row["joint_count"], row["joint_ha"]) == (0, 1, 0.5)


@pytest.mark.parametrize("uses", [("0101", "0703"), ("1301", "1202"), ("2301", "0301")])
def test_uses_of_other_first_level_classes_exclude_each_other(uses):
    assert len(pair(box(0, 0, 100, 100), box(50, 0, 150, 100), uses)) == 1


def test_a_project_of_several_features_is_one_conflict_and_counts_its_ground_once():
    found = conflicts(
        project("a", "A1", "1202", box(0, 0, 60, 10)),
        project("a", "A1", "1202", box(40, 0, 100, 10)),
        project("b", "B1", "0804", box(30, 0, 70, 10)),
        rule=OVERLAP,
    )
    assert found["area_m2"].tolist() == pytest.approx([400.0])


def test_projects_of_one_plan_do_not_conflict_with_each_other():
    one, other = (project("a", code, "0804", box(0, 0, 100, 100)) for code in ("A1", "A2"))
    assert not len(conflicts(one, other))


def test_a_blank_use_is_neither_conflict_nor_joint_use():
    found = check_sectors(
        county(
            project("a", "A1", "", box(0, 0, 100, 100)),
            project("b", "B1", "0804", box(0, 0, 100, 100)),
            missing={"a": "blank use"},
        )
    )
    assert not len(found.conflicts) and not len(found.joint_use)
    assert found.sectors["outcome"].tolist() == ["not_checked", "passed"]


def test_what_is_left_of_each_side_is_told():
    found = conflicts(
        project("a", "A1", "1001", box(0, 0, 100, 100), listed_ha=0.8),
        project("b", "B1", "0804", box(80, 0, 180, 100), listed_ha=0.9),
        rule=OVERLAP,
    )
    row = found.iloc[0]
    assert (row["subject_remain_m2"], row["subject_meets"]) == (pytest.approx(8000.0), "yes")
    assert (row["object_remain_m2"], row["object_meets"]) == (pytest.approx(8000.0), "no")


def test_an_id_is_the_same_whichever_plan_comes_first_and_wherever_the_conflict_lies():
    one = project("a", "A1", "1202", box(0, 0, 100, 100))
    other = project("b", "B1", "0804", box(50, 50, 150, 150))
    moved = project("b", "B1", "0804", box(60, 60, 1950, 150))
    ids = {conflicts(*order, rule=OVERLAP)["id"].iloc[0]
           for order in ((one, other), (other, one), (one, moved))}  # fmt: skip
    assert len(ids) == 1


def test_a_conflict_lies_in_the_unit_that_holds_most_of_it():
    found = pair(box(900, 0, 1300, 100), box(900, 0, 1300, 100))
    assert found["unit"].tolist() == ["v1"]


def years(first, second, uses=("0804", "0805"), plans=("a", "b")):
    ground = box(0, 0, 100, 100), box(50, 0, 150, 100)
    return conflicts(
        project(plans[0], "A1", uses[0], ground[0], first),
        project(plans[1], "B1", uses[1], ground[1], second),
        rule=SEQUENCE,
    )


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ((2026, 2028), (2028, 2030), 1),
        ((2026, 2028), (2029, 2030), 0),
        ((2029, 2030), (2026, 2028), 0),
        ((2026, 2035), (2028, 2029), 1),
        ((2026, np.nan), (2026, 2027), 1),
        ((np.nan, np.nan), (2026, 2027), 0),
    ],
)
def test_years_on_one_ground_contradict_when_a_year_is_shared(first, second, count):
    assert len(years(first, second)) == count


def test_two_phases_of_one_plan_on_one_ground_contradict():
    assert len(years((2026, 2028), (2027, 2029), plans=("a", "a"))) == 1


def test_two_phases_of_one_project_contradict_and_equal_years_are_no_phases():
    def phases(second):
        return conflicts(
            project("a", "A1", "0804", box(0, 0, 100, 100), (2026, 2028)),
            project("a", "A1", "0804", box(50, 0, 150, 100), second),
            rule=SEQUENCE,
        )

    assert phases((2027, 2029))["area_m2"].tolist() == pytest.approx([5000.0])
    assert not len(phases((2026, 2028)))


def test_farm_and_ecological_works_may_share_their_years():
    assert not len(years((2026, 2028), (2026, 2028), ("0101", "0301")))


def test_linear_works_that_only_cross_do_not_wait_for_each_other():
    def lines(second):
        return conflicts(
            project("a", "A1", "1202", road([(0, 50), (500, 50)]), (2026, 2028), kind="line"),
            project("b", "B1", "1207", second, (2027, 2029), kind="line"), rule=SEQUENCE,
        )  # fmt: skip

    assert not len(lines(road([(250, 0), (250, 400)])))
    assert len(lines(road([(100, 50), (400, 50)]))) == 1


def test_a_project_that_ends_before_it_starts_is_told():
    found = conflicts(project("a", "A1", "0804", box(0, 0, 9, 9), (2030, 2027)), rule=SEQUENCE)
    assert found["subject_id"].tolist() == ["A1"]
    assert found["object_layer"].tolist() == [""]


def test_years_of_one_plot_that_run_backwards_are_told_whatever_the_others_say():
    found = conflicts(
        project("a", "A1", "0804", box(0, 0, 9, 9), (2030, 2026)),
        project("a", "A1", "0804", box(50, 0, 59, 9), (2025, 2032)),
        rule=SEQUENCE,
    )
    assert found["subject_id"].tolist() == ["A1"] and "2030" in found["message"].iloc[0]


def test_projects_on_one_ground_without_years_are_not_passed():
    found = check_sectors(
        county(
            project("a", "A1", "0804", box(0, 0, 100, 100)),
            project("b", "B1", "0805", box(0, 0, 100, 100), (2026, 2027)),
            project("c", "C1", "0805", box(500, 0, 600, 100)),
        )
    )
    assert found.sectors["outcome"].tolist() == ["not_checked", "not_checked", "passed"]


boxes = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h),
    *(st.integers(0, 60) for _ in range(2)), *(st.integers(1, 40) for _ in range(2)),
)  # fmt: skip
USES = ("1202", "0804", "0101", "16", "0301")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(USES), boxes), max_size=14))
def test_every_pair_agrees_with_plain_intersection(drawn):
    """The oracle knows the rule by heart, and cuts pair by pair with plain shapely."""
    projects = [
        project(plan, f"P{number}", use, shape) for number, (plan, use, shape) in enumerate(drawn)
    ]
    if not projects:
        return
    found = check_sectors(county(*projects))
    green = {"0101", "0301"}
    order = list(dict.fromkeys(one["plan"] for one in projects))
    hostile, friendly = {}, {}
    for one in projects:
        for other in projects:
            if order.index(one["plan"]) >= order.index(other["plan"]):
                continue
            area = one["shape"].intersection(other["shape"]).area
            uses = {one["use"], other["use"]}
            together = len(uses) == 1 or "16" in uses or uses <= green
            if area >= 1.0:
                key = (one["project"], other["project"])
                (friendly if together else hostile)[key] = area
    rows = found.conflicts[found.conflicts["rule"] == OVERLAP]
    got = dict(zip(zip(rows["subject_id"], rows["object_id"]), rows["area_m2"]))
    assert got == pytest.approx(hostile)
    joint = found.joint_use
    got = dict(zip(zip(joint["project_a"], joint["project_b"]), joint["area_m2"]))
    assert got == pytest.approx(friendly)
    assert found.matrix["count"].sum() == len(hostile)
    assert found.matrix["joint_count"].sum() == len(friendly)
