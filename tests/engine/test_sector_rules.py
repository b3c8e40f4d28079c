# SPDX-License-Identifier: GPL-2.0-or-later
"""Projects against control lines, plan, reserved land, their lists, each other and the quota."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pianqu.checks.sectors.run import check_sectors
from pianqu.layers.errors import InputError
from sector_scene import conflicts, county, project
from shapely.geometry import Point, box

FIELD = box(0, 0, 1000, 1000)
FARM = [(box(0, 0, 500, 1000), {})]


def control(use, shape, role="farmland", zone=None, **more):
    rule = f"sector.control.{role}"
    layers = {role: zone or FARM, **more}
    return conflicts(project("a", "A1", use, shape), rule=rule, **layers)


def test_a_use_that_farmland_forbids_is_an_error_with_its_whole_ground_there():
    found = control("1001", box(400, 0, 600, 100))
    row = found.iloc[0]
    assert found["area_m2"].tolist() == pytest.approx([10_000.0])
    assert (row["severity"], row["verdict"], row["change"]) == ("error", "forbid", "new")
    assert (row["object_layer"], row["object_id"]) == ("farmland", "")
    assert (row["subject_remain_m2"], row["subject_meets"]) == (pytest.approx(10_000.0), "no")


def test_a_road_on_farmland_is_bound_to_conditions_and_a_field_is_allowed():
    assert control("1202", box(400, 0, 600, 100))["severity"].tolist() == ["warning"]
    assert not len(control("0101", box(400, 0, 600, 100)))


def test_farmland_in_single_parcels_makes_one_conflict_of_a_project():
    strips = [(box(x, 0, x + 10, 1000), {}) for x in range(0, 500, 10)]
    found = control("1001", box(105, 0, 405, 100), zone=strips)
    assert found["area_m2"].tolist() == pytest.approx([30_000.0])
    twice = [*strips, (box(100, 0, 300, 1000), {})]
    assert control("1001", box(105, 0, 405, 100), zone=twice)["area_m2"].tolist() == (
        pytest.approx([30_000.0])
    )


def test_what_stands_already_is_milder():
    houses = [(box(0, 0, 1000, 1000), {"code": "0702", "settlement": "203"})]
    row = control("0703", box(400, 0, 500, 100), landuse=houses).iloc[0]
    assert (row["change"], row["severity"]) == ("existing", "warning")
    half = [
        (box(0, 0, 450, 1000), {"code": "0702", "settlement": "203"}),
        (box(450, 0, 1000, 1000), "0103"),
    ]
    assert control("0703", box(400, 0, 500, 100), landuse=half).iloc[0]["change"] == "new"


def test_urban_uses_outside_the_boundary_are_found_by_what_lies_outside():
    found = control("0701", box(400, 0, 600, 100), role="boundary")
    assert found["area_m2"].tolist() == pytest.approx([10_000.0])
    assert found["verdict"].tolist() == ["conditional"]
    assert not len(control("1202", box(400, 0, 600, 100), role="boundary"))
    assert not len(control("0701", box(0, 0, 500, 100), role="boundary"))


def test_plots_of_several_uses_take_the_gravest_verdict():
    found = conflicts(
        project("a", "A1", "1202", box(0, 0, 10, 10)),
        project("a", "A1", "1001", box(10, 0, 20, 10)),
        project("a", "A1", "0101", box(20, 0, 30, 10)),
        rule="sector.control.farmland", farmland=FARM,
    )  # fmt: skip
    assert found["area_m2"].tolist() == pytest.approx([200.0])
    assert found["verdict"].tolist() == ["forbid"]


def test_a_line_that_is_missing_or_partly_unread_is_not_passed():
    found = check_sectors(county(project("a", "A1", "1001", FIELD), named=("farmland",)))
    assert "sector.control.farmland" in found.unchecked
    assert found.sectors["outcome"].tolist() == ["not_checked"]


def test_a_line_that_the_dossier_does_not_name_spoils_no_plan():
    found = check_sectors(county(project("a", "A1", "0804", FIELD), plan=[(FIELD, "0804")]))
    assert found.sectors["outcome"].tolist() == ["passed"]


PLAN = [(box(0, 0, 500, 1000), "0101"), (box(500, 0, 1000, 1000), "0804")]


def test_land_planned_for_a_use_that_the_projects_excludes_is_told():
    found = conflicts(
        project("a", "A1", "080403", box(400, 0, 600, 100)), rule="sector.plan", plan=PLAN
    )
    assert found["area_m2"].tolist() == pytest.approx([10_000.0])
    row = found.iloc[0]
    assert (row["object_layer"], row["severity"]) == ("plan", "warning")
    assert "0101" in row["message"] and "0804" not in row["message"].split("：", 1)[1]


def test_reserved_blank_land_and_farm_for_farm_contradict_nothing():
    plan = [(box(0, 0, 500, 1000), "16"), (box(500, 0, 1000, 1000), "0301")]
    one = project("a", "A1", "0804", box(0, 0, 100, 100))
    other = project("a", "A2", "0101", box(600, 0, 700, 100))
    assert not len(conflicts(one, other, rule="sector.plan", plan=plan))


RESERVE = [
    (box(0, 0, 100, 100), {"allowed": "1201,1202", "name": "铁路走廊"}),
    (box(100, 0, 200, 100), {"allowed": "", "name": "临空"}),
    (box(200, 0, 300, 100), {"allowed": "08", "name": ""}),
]


def test_reserved_land_takes_only_what_its_list_allows():
    from checks_county import layer

    made = layer("reserve", RESERVE)
    for name in ("allowed", "name"):
        made.data[name] = [values[name] for _, values in RESERVE]
    found = conflicts(
        project("a", "A1", "1202", box(50, 0, 150, 100)),
        project("a", "A2", "080403", box(0, 0, 300, 50)),
        rule="sector.reserve", reserve=made,
    )  # fmt: skip
    got = set(zip(found["subject_id"], found["object_id"], found["area_m2"].round(6)))
    assert got == {("A1", "r1", 5000.0), ("A2", "r0", 5000.0), ("A2", "r1", 5000.0)}
    assert found["severity"].eq("error").all()
    assert "铁路走廊" in set(found["object_name"])


def test_list_and_layout_are_compared_project_by_project():
    found = conflicts(
        project("a", "A1", "0804", box(0, 0, 100, 100), listed_ha=1.04),
        project("a", "A2", "0804", box(200, 0, 300, 100), listed_ha=1.2),
        project("a", "A3", "0804", box(400, 0, 500, 100), listed=False),
        project("a", "A4", "0804", None, listed_ha=1.0),
        project("a", "A5", "0804", box(600, 0, 700, 100), (2026, 2027), list_years=(2026, 2028)),
        project("a", "A6", "0804", box(800, 0, 900, 100), listed_ha=0.9),
        rule="sector.projects", lists=("a",),
    )  # fmt: skip
    assert found["subject_id"].tolist() == ["A4", "A2", "A3", "A5", "A6"]
    told = found.set_index("subject_id")
    assert told.loc["A2", ["value", "limit", "excess"]].tolist() == pytest.approx([1e4, 1.2e4, 2e3])
    assert np.isnan(told.loc["A3", "value"])
    assert found["area_m2"].isna().all()  # no land is in dispute


def test_a_plan_without_a_list_or_with_an_unread_one_is_not_compared():
    one = project("a", "A1", "0804", box(0, 0, 100, 100), listed=False)
    assert not len(conflicts(one, rule="sector.projects"))
    assert not len(conflicts(one, rule="sector.projects", lists=("a",), unread=("a",)))


def test_the_same_facility_twice_within_its_radius_is_told_once():
    def school(x, name="城东小学", plan="a", use="080403"):
        return project(plan, f"{plan}{x}", use, shapely.buffer(Point(x, 500), 20), name=name)

    found = conflicts(school(100), school(600, plan="b"), rule="sector.duplicate")
    assert found["value"].tolist() == pytest.approx([500.0])
    assert found["unit_of_measure"].tolist() == ["m"]
    assert found["limit"].iloc[0] > 500
    far = [shapely.box(0, 0, 9000, 1000), shapely.box(9000, 0, 9100, 1000)]
    assert not len(conflicts(school(100), school(8000), rule="sector.duplicate", units=far))
    other = school(600, "城东幼儿园", "b", "080404")
    assert not len(conflicts(school(100), other, rule="sector.duplicate"))


UNITS = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)]
VILLAGES = [("v0", "t0", "c0"), ("v1", "t1", "c1")]
BASE = [
    (box(0, 0, 100, 1000), {"code": "0702", "settlement": "203"}),
    (box(100, 0, 1000, 1000), "0103"),
    (box(1000, 0, 2000, 1000), "0103"),
]


def demand(*projects, quotas):
    made = county(*projects, units=UNITS, villages=VILLAGES, landuse=BASE, quotas=quotas)
    return check_sectors(made)


def test_new_construction_is_what_does_not_stand_yet_and_is_held_against_the_quota_left():
    found = demand(
        project("a", "A1", "0703", box(50, 0, 250, 1000)),
        project("a", "A2", "0101", box(300, 0, 400, 1000)),
        project("b", "B1", "0804", box(900, 0, 1100, 1000)),
        quotas=[
            ("town", "t0", "construction", 30.0), ("town", "t1", "construction", 20.0),
            ("cluster", "c0", "construction", 36.0), ("county", "510799", "construction", 45.1),
        ],
    )  # fmt: skip
    table = found.demand.set_index(["level", "unit"])
    assert table.loc[("town", "t0"), "demand_ha"] == pytest.approx(25.0)
    assert table.loc[("town", "t0"), "base_ha"] == pytest.approx(10.0)
    assert table.loc[("town", "t0"), ["left_ha", "margin_ha"]].tolist() == [20.0, -5.0]
    assert table["outcome"].to_dict() == {
        ("town", "t0"): "failed", ("town", "t1"): "passed", ("cluster", "c0"): "passed",
        ("cluster", "c1"): "not_checked", ("county", "510799"): "warning",
    }  # fmt: skip
    rows = found.conflicts[found.conflicts["rule"] == "sector.demand"]
    assert set(zip(rows["unit"], rows["severity"])) == {("t0", "error"), ("510799", "warning")}
    error = rows[rows["unit"] == "t0"].iloc[0]
    assert (error["value"], error["limit"], error["excess"]) == (25.0, 20.0, 5.0)
    assert error.geometry.equals(shapely.MultiPolygon([UNITS[0]]))
    assert found.projects["new_construction_m2"].tolist() == pytest.approx([150_000, 0, 200_000])


def test_a_listed_project_without_layout_counts_for_the_county_by_its_listed_area():
    found = demand(
        project("a", "A1", "0804", None, listed_ha=3.0), project("a", "A2", "0101", None),
        quotas=[("county", "510799", "construction", 12.0)],
    )  # fmt: skip
    table = found.demand.set_index("level")
    assert table.loc["county", ["demand_ha", "left_ha", "margin_ha"]].tolist() == [3.0, 2.0, -1.0]


def test_a_run_over_some_rules_and_plans_asks_only_about_these():
    projects = [
        project("a", "A1", "1001", box(0, 0, 100, 100)),
        project("b", "B1", "0804", box(50, 0, 150, 100)),
        project("c", "C1", "0901", box(120, 0, 200, 100)),
    ]
    made = county(*projects, farmland=FARM)
    every = check_sectors(made)
    assert len(every.conflicts) == 5
    some = check_sectors(made, rules=["sector.overlap"])
    assert set(some.conflicts["rule"]) == {"sector.overlap"} and len(some.conflicts) == 2
    one = check_sectors(made, plans=["a"])
    sides = one.conflicts[["subject_layer", "object_layer"]].to_numpy()
    assert all("a" in pair for pair in sides.tolist()) and len(one.conflicts) == 2
    kept = every.conflicts[every.conflicts["id"].isin(one.conflicts["id"])]
    assert sorted(kept["id"]) == sorted(one.conflicts["id"])
    with pytest.raises(InputError, match="aa"):
        check_sectors(made, plans=["aa"])


def test_every_conflict_is_a_finding_of_the_same_id():
    from pianqu.checks.sectors.record import as_findings
    from pianqu.layers.findings import COLUMNS, join

    made = county(
        project("a", "A1", "1001", box(0, 0, 100, 100)),
        project("b", "B1", "0804", box(50, 0, 150, 100)), farmland=FARM,
    )  # fmt: skip
    found = check_sectors(made).conflicts
    rows = join([as_findings(found)], made.dossier.crs)
    assert sorted(rows["id"]) == sorted(found["id"])
    assert set(COLUMNS) <= set(rows.columns)
    assert rows["id"].is_unique


def test_a_use_that_no_rule_covers_is_told_only_where_it_lies_in_the_zone():
    def run(shape):
        made = county(project("a", "A1", "2301", shape), farmland=FARM)
        return check_sectors(made).unchecked.get("sector.control.farmland", "")

    assert "2301" in run(box(400, 0, 600, 100))
    assert run(box(600, 0, 700, 100)) == ""


def test_a_plan_that_is_called_like_a_role_is_not_charged_with_that_lines_conflicts():
    found = check_sectors(
        county(
            project("a", "A1", "1001", box(400, 0, 600, 100)),
            project("farmland", "F1", "0101", box(700, 0, 800, 100)), farmland=FARM,
        )
    )  # fmt: skip
    assert found.sectors.set_index("sector")["conflicts"].to_dict() == {"a": 1, "farmland": 0}


def test_base_parcels_that_overlap_in_a_chain_each_lose_only_what_an_earlier_one_holds():
    built = {"code": "0702", "settlement": "203"}
    chain = [(box(x, 0, x + 130, 100), built) for x in (0, 129, 258)]
    made = county(
        project("a", "A1", "0703", box(900, 0, 910, 100)), landuse=chain,
        quotas=[("county", "510799", "construction", 10.0)],
    )  # fmt: skip
    table = check_sectors(made).demand.set_index("level")
    assert table.loc["county", "base_ha"] == pytest.approx(3.88)


def test_ground_that_two_plots_share_stands_once():
    half = [
        (box(0, 0, 500, 530), {"code": "0702", "settlement": "203"}),
        (box(0, 530, 1000, 1000), "0103"), (box(500, 0, 1000, 530), "0103"),
    ]  # fmt: skip
    found = conflicts(
        project("a", "A1", "0703", box(0, 0, 100, 1000)),
        project("a", "A1", "0704", box(0, 0, 100, 1000)),
        rule="sector.control.farmland", farmland=FARM, landuse=half,
    )  # fmt: skip
    assert found["change"].tolist() == ["new"]


@pytest.mark.parametrize(
    "lost",
    [project("a", "L1", "", None, listed_ha=5000.0), project("a", "L1", "0804", None)],
)
def test_a_listed_project_of_unknown_use_or_area_leaves_the_countys_demand_unchecked(lost):
    found = demand(
        project("a", "A1", "0703", box(200, 0, 250, 100)), lost,
        quotas=[("county", "510799", "construction", 50.0)],
    )  # fmt: skip
    row = found.demand.set_index("level").loc["county"]
    assert row["outcome"] == "not_checked" and "1" in row["reason"]


def test_a_plan_without_a_layout_is_not_checked():
    made = county(project("a", "A1", "0804", None, listed_ha=1.0), lists=("a",))
    made.plans.sectors["layout"] = ""
    found = check_sectors(made)
    assert found.sectors["outcome"].tolist() == ["not_checked"]


def test_a_layout_in_the_wrong_zone_is_told_and_not_passed():
    found = check_sectors(
        county(
            project("a", "A1", "0804", box(60_000, 0, 60_100, 100)),
            project("b", "B1", "0804", box(1950, 0, 2010, 100)),
        )
    )
    rows = found.data.set_index("subject_layer")
    assert rows["rule"].eq("data.outside").all()
    assert rows["area_m2"].to_dict() == pytest.approx({"a": 10_000.0, "b": 1000.0})
    assert found.sectors["outcome"].tolist() == ["not_checked", "passed"]


def test_a_rule_that_was_never_asked_is_a_gap():
    made = county(project("a", "A1", "0804", box(0, 0, 100, 100)), plan=PLAN, farmland=FARM)
    found = check_sectors(made, rules=["sector.duplicate"])
    assert found.sectors["outcome"].tolist() == ["not_checked"]
    assert {"sector.overlap", "sector.plan", "sector.control.farmland"} <= set(found.unchecked)
    assert set(found.looked) == {"sector.duplicate"}


def test_projects_without_a_code_are_known_by_their_ground():
    def bare(*more):
        return conflicts(
            project("a", "A1", "1001", box(0, 0, 300, 100)),
            project("b", "", "0804", box(0, 0, 50, 50), name="公厕"), *more,
            rule="sector.overlap",
        )  # fmt: skip

    other = project("b", "", "0804", box(200, 0, 250, 50), name="公厕")
    alone, both = bare(), bare(other)
    assert len(both) == 2 and both["id"].is_unique
    assert alone["id"].iloc[0] in set(both["id"])
    assert both["object_id"].str.startswith("@").all()
    found = check_sectors(county(
        project("a", "A1", "1001", box(0, 0, 300, 100)),
        project("b", "", "0804", box(0, 0, 50, 50), name="公厕"), other,
    ))  # fmt: skip
    assert found.projects["conflicts"].tolist() == [2, 1, 1]


def test_facilities_of_many_parts_are_held_part_by_part():
    def toilets(plan, *spots):
        shape = shapely.union_all([shapely.buffer(Point(x, 500), 5) for x in spots])
        return project(plan, f"{plan}1", "1309", shape, name="公共厕所建设")

    far = [shapely.box(0, 0, 9000, 1000)]
    found = conflicts(toilets("a", 100, 8000), toilets("b", 300), rule="sector.duplicate",
                      units=far, villages=VILLAGES[:1])  # fmt: skip
    assert found["value"].tolist() == pytest.approx([200.0])


def test_conflicts_with_features_known_by_number_alone_have_their_findings_ids():
    from checks_county import layer
    from pianqu.checks.sectors.record import as_findings
    from pianqu.layers.findings import join

    made = layer("reserve", RESERVE)
    made.data["allowed"], made.ids_are_fids = "", True
    whole = county(project("reserve", "A1", "0804", box(0, 0, 300, 50)), reserve=made)
    found = check_sectors(whole).conflicts
    rows = join([as_findings(found)], whole.dossier.crs, ["reserve"])
    assert sorted(rows["id"]) == sorted(found["id"]) and len(rows) == 3
