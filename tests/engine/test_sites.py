# SPDX-License-Identifier: GPL-2.0-or-later
"""Other sites for a project: what counts as land for it, and in which order sites come."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from pianqu.layers.errors import InputError
from pianqu.layers.words import speaking
from shapely.affinity import translate
from sites_county import box, county, finder, plans

SCHOOL = "0804"  # allowed outside the urban boundary
HOUSES = "0701"  # not allowed there without more ado
UNITS = [box(0, 0, 1000, 1000), box(1000, 0, 1000, 1000), box(2000, 0, 1000, 1000)]
TOWNS = ["t0", "t1", "t2"]
HOME = box(500, 500)


def sites(layers, project=(HOME, SCHOOL), count=3, area=10_000.0, others=(), **more):
    found = finder(county(UNITS, TOWNS, **layers), plans([project, *others], **more))
    return found.find(0, count, area)


def test_land_planned_for_the_use_or_a_part_of_it_or_more_than_it_is_a_site():
    planned = [(box(0, 0), "080403"), (box(200, 0), "0804"), (box(400, 0), "08"),
               (box(600, 0), "0805"), (box(800, 0), "0701")]  # fmt: skip
    found = sites({"plan": planned}, count=9)
    assert sorted(found["code"]) == ["08", "0804", "080403"]
    assert set(found["kind"]) == {"plan"}
    assert found["area_m2"].tolist() == pytest.approx([10_000.0] * 3)


def test_reserved_land_is_a_site_for_the_uses_it_is_kept_for():
    kept = [(box(0, 0), "12,08"), (box(200, 0), "1207 0703"), (box(400, 0), "0804、09"),
            (box(600, 0), "080403"), (box(800, 0), "")]  # fmt: skip
    found = sites({"reserve": kept}, count=9)
    assert sorted(found["code"]) == ["0804、09", "12,08"]
    assert set(found["kind"]) == {"reserve"}


def test_a_site_on_both_is_called_by_what_most_of_it_is():
    layers = {"plan": [(box(0, 0, 100, 100), "0804")], "reserve": [(box(100, 0, 150, 100), "08")]}
    found = sites(layers)
    assert found[["kind", "code"]].values.tolist() == [["reserve", "08"]]
    assert found["area_m2"][0] == pytest.approx(25_000)


def test_the_own_town_comes_first_however_far():
    found = sites(
        {"plan": [(box(0, 0), SCHOOL), (box(1000, 500), SCHOOL)]}, (box(890, 500), SCHOOL)
    )
    assert found["town"].tolist() == ["t0", "t1"]
    assert found["same_town"].tolist() == [1, 0]
    assert found["distance_m"].tolist() == pytest.approx([math.hypot(790, 400), 10])
    assert found["town_name"].tolist() == ["镇t0", "镇t1"]
    assert found["rank"].tolist() == [1, 2]


def test_the_own_town_is_where_most_of_the_project_lies():
    layers = {"plan": [(box(0, 0), SCHOOL), (box(1800, 0), SCHOOL)]}
    assert sites(layers, (box(930, 500), SCHOOL))["town"][0] == "t0"
    assert sites(layers, (box(970, 500), SCHOOL))["town"][0] == "t1"


def test_abroad_the_nearest_comes_first_then_the_larger_then_the_western():
    planned = [(box(1200, 900), SCHOOL), (box(1200, 400, 100, 110), SCHOOL),
               (box(1200, 600), SCHOOL), (box(2400, 500), SCHOOL)]  # fmt: skip
    found = sites({"plan": planned}, (box(900, 500, 100, 110), SCHOOL), count=4)
    assert found["distance_m"].tolist() == pytest.approx([200, 200, math.hypot(200, 290), 1400])
    assert found["area_m2"].tolist() == pytest.approx([11_000, 10_000, 10_000, 10_000])
    twins = [(box(400, 700), SCHOOL), (box(600, 700), SCHOOL), (box(500, 300), SCHOOL)]
    found = sites({"plan": twins})
    assert [shape.bounds[:2] for shape in found["geometry"]] == [(400, 700), (500, 300), (600, 700)]


def test_a_project_outside_every_town_has_no_town_of_its_own():
    layers = {"plan": [(box(0, 0), SCHOOL), (box(1200, 0), SCHOOL), (box(2800, 0), SCHOOL)]}
    found = sites(layers, (box(3050, 0), SCHOOL))
    assert found["town"].tolist() == ["t2", "t1", "t0"]
    assert found["same_town"].tolist() == [0, 0, 0]


def test_a_project_without_ground_gets_what_fits_it_closest():
    layers = {
        "plan": [(box(0, 0, 300), SCHOOL), (box(1200, 0, 120), SCHOOL), (box(2200, 0, 90), SCHOOL)]
    }
    found = sites(layers, (None, SCHOOL, {"listed_m2": 10_000.0}), area=None)
    assert found["area_m2"].tolist() == pytest.approx([12_000, 30_000])
    assert found["distance_m"].isna().all()
    assert found["same_town"].tolist() == [0, 0]


def test_a_project_in_several_parts_is_as_near_as_its_nearest():
    spread = shapely.union_all([box(0, 900, 50, 50), box(700, 0, 100, 200)])
    found = sites({"plan": [(box(200, 850), SCHOOL), (box(820, 0), SCHOOL)]}, (spread, SCHOOL))
    assert found["distance_m"].tolist() == pytest.approx([20, 150])


def test_land_just_large_enough_is_a_site_and_less_is_not():
    assert len(sites({"plan": [(box(0, 0), SCHOOL)]}, area=10_000.0)) == 1
    assert len(sites({"plan": [(box(0, 0), SCHOOL)]}, area=10_000.01)) == 0


def test_neighbouring_parcels_make_one_site():
    halves = [(box(0, 0, 50, 100), "080401"), (box(50, 0, 50, 100), "080403")]
    found = sites({"plan": halves})
    assert found["area_m2"].tolist() == pytest.approx([10_000])


def test_parcels_that_overlap_count_once():
    twice = [(box(0, 0), SCHOOL), (box(0, 0), SCHOOL), (box(50, 0), SCHOOL)]
    found = sites({"plan": twice})
    assert found["area_m2"].tolist() == pytest.approx([15_000])


def test_a_hairline_between_parcels_does_not_part_them():
    for gap in (1e-9, 1e-7, 5e-4):
        halves = [(box(0, 0, 50, 100), SCHOOL), (box(50 + gap, 0, 50 - gap, 100), SCHOOL)]
        assert sites({"plan": halves})["area_m2"].tolist() == pytest.approx([10_000])
    halves = [(box(0, 0, 50, 100), SCHOOL), (box(50.01, 0, 49.99, 100), SCHOOL)]
    assert len(sites({"plan": halves})) == 0


def test_a_slit_that_drawing_left_is_no_wall():
    corners = [(0, 0), (100, 0), (100, 100), (50, 100), (50 - 1e-7, 1), (50 - 2e-7, 100), (0, 100)]
    slit = shapely.Polygon(corners)
    found = sites({"plan": [(slit, SCHOOL), (box(100, 0, 1, 100), SCHOOL)]})
    assert found["area_m2"].tolist() == pytest.approx([10_100])


def test_a_town_border_parts_land():
    found = sites({"plan": [(box(900, 0, 200, 100), SCHOOL)]}, area=10_000.0)
    assert sorted(found["town"]) == ["t0", "t1"]
    assert len(sites({"plan": [(box(900, 0, 200, 100), SCHOOL)]}, area=10_001.0)) == 0


def test_land_in_no_unit_is_no_site():
    assert len(sites({"plan": [(box(0, 1000, 500, 500), SCHOOL)]})) == 0


@pytest.mark.parametrize("role", ["farmland", "redline"])
def test_no_site_touches_farmland_or_red_line_even_where_its_use_is_allowed_there(role):
    layers = {"plan": [(box(0, 0, 200, 100), "0101")], role: [(box(100, 0, 100, 100), {})]}
    found = sites(layers, (HOME, "0101"))
    assert found["area_m2"].tolist() == pytest.approx([10_000])
    assert found["geometry"][0].equals(box(0, 0))


def test_the_urban_boundary_bars_what_is_not_allowed_outside():
    layers = {"plan": [(box(0, 0), HOUSES), (box(200, 0), HOUSES), (box(350, 0), HOUSES),
                       (box(0, 200), SCHOOL)],
              "boundary": [(box(200, -50, 100, 300), {}), (box(300, 0, 100, 100), {})]}  # fmt: skip
    found = sites(layers, (HOME, HOUSES))
    assert [shape.bounds[0] for shape in found["geometry"]] == [200]
    assert len(sites(layers, (HOME, SCHOOL))) == 1


def test_no_site_lies_on_a_project_of_any_plan_nor_on_its_own():
    layers = {"plan": [(box(400, 400, 300, 300), SCHOOL)]}
    free = sites(layers, area=30_000.0)
    assert free["area_m2"].tolist() == pytest.approx([80_000])
    assert not free["geometry"][0].covers(HOME) and free["geometry"][0].interiors
    other = (box(400, 400, 300, 50), "1207")
    assert sites(layers, area=30_000.0, others=[other])["area_m2"].tolist() == pytest.approx(
        [65_000]
    )


def test_a_site_has_no_part_narrower_than_the_share_of_its_side():
    flag = shapely.union_all([box(0, 0), box(100, 0, 400, 24)])
    found = sites({"plan": [(flag, SCHOOL)]})
    assert found["geometry"][0].symmetric_difference(box(0, 0)).area < 10
    wide = shapely.union_all([box(0, 0), box(100, 0, 400, 26)])
    assert sites({"plan": [(wide, SCHOOL)]})["area_m2"][0] == pytest.approx(20_400)


def test_two_fields_joined_by_a_lane_are_two_sites():
    barbell = shapely.union_all([box(0, 0), box(100, 40, 100, 10), box(200, 0)])
    found = sites({"plan": [(barbell, SCHOOL)]})
    bounds = np.array([shape.bounds for shape in found["geometry"]])
    assert bounds == pytest.approx(np.array([(200, 0, 300, 100), (0, 0, 100, 100)]), abs=0.4)


def test_no_more_sites_than_asked_for():
    layers = {"plan": [(box(x, 0), SCHOOL) for x in (0, 200, 400, 600, 800)]}
    assert [len(sites(layers, count=count)) for count in (1, 3, 9)] == [1, 3, 5]


def test_without_land_the_reason_is_told():
    with speaking("en"):
        nothing = sites({"plan": [(box(0, 0), "1001")]})
        assert len(nothing) == 0 and "at least 1.00 ha" in nothing.attrs["reason"]
        assert list(nothing.columns) == list(sites({"plan": [(box(0, 0), SCHOOL)]}).columns)
        assert "no land" in sites({}).attrs["reason"]
        line = (HOME, SCHOOL, {"kind": "line"})
        assert "another course" in sites({"plan": [(box(0, 0), SCHOOL)]}, line).attrs["reason"]
        unused = sites({"plan": [(box(0, 0), SCHOOL)]}, (HOME, ""))
        assert "no use" in unused.attrs["reason"] and len(unused) == 0
        unknown = sites({"plan": [(box(0, 0), SCHOOL)]}, (None, SCHOOL), area=None)
        assert "area" in unknown.attrs["reason"]


def test_what_could_not_be_looked_at_is_told():
    whole = {role: [(box(0, 900), {})] for role in ("farmland", "redline", "boundary")}
    with speaking("en"):
        layers = {"plan": [(box(0, 0), SCHOOL)], **whole}
        assert sites(layers).attrs["caveat"] == ""
        assert "education plan" in sites(layers, missing={"education": "gone"}).attrs["caveat"]
        del layers["redline"]
        assert "ecological red line" in sites(layers).attrs["caveat"]
        layers["farmland"] = [(None, {}), (box(0, 900), {})]
        assert "farmland" in sites(layers).attrs["caveat"]


def test_the_area_wanted_is_the_listed_else_the_laid_out():
    layers = {"plan": [(box(0, 0, 200, 100), SCHOOL)]}
    listed = (HOME, SCHOOL, {"listed_m2": 20_001.0})
    assert len(sites(layers, listed, area=None)) == 0
    assert len(sites(layers, area=None)) == 1


def test_a_table_of_many_projects_is_what_each_gets_alone():
    layers = {"plan": [(box(100 * x, 0, 90, 90), code) for x, code in
                       enumerate([SCHOOL, HOUSES] * 14)]}  # fmt: skip
    rng = np.random.default_rng(4)
    some = [(box(*(rng.random(2) * 900), *side), use, {"listed_m2": float(area)})
            for side, use, area in zip(rng.uniform(5, 30, (12, 2)), [SCHOOL, HOUSES] * 6,
                                       rng.uniform(100, 9000, 12))]  # fmt: skip
    one = finder(county(UNITS, TOWNS, **layers), plans(some))
    table = one.table(range(12))
    assert list(table.columns) == [
        "sector", "project", "rank", "kind", "code", "area_m2", "distance_m", "town", "town_name",
        "same_town", "geometry",
    ]  # fmt: skip
    assert table.crs == "EPSG:4544" and set(table.geom_type) == {"MultiPolygon"}
    for row in range(12):
        alone = finder(county(UNITS, TOWNS, **layers), plans(some)).find(row)
        own = table[table["project"] == f"P{row}"]
        assert own["rank"].tolist() == alone["rank"].tolist()
        assert own["area_m2"].tolist() == alone["area_m2"].tolist()
        assert own["distance_m"].tolist() == alone["distance_m"].tolist()
    assert len(one.table([])) == 0 and list(one.table([]).columns) == list(table.columns)


def test_a_county_without_towns_is_one_place():
    from dataclasses import replace

    whole = county(UNITS, TOWNS, plan=[(box(900, 0, 200, 100), SCHOOL)])
    whole.tree = replace(whole.tree, levels=("county", "cluster", "village"))
    found = finder(whole, plans([(HOME, SCHOOL)])).find(0, area_m2=20_000.0)
    assert found["area_m2"].tolist() == pytest.approx([20_000])
    assert found[["town", "town_name", "same_town"]].values.tolist() == [["", "", 0]]


def test_an_unknown_plan_or_project_is_answered_with_the_nearest():
    from pianqu.checks.sectors.sites import project_row

    some = plans([(HOME, SCHOOL), (translate(HOME, 200), SCHOOL, {"project": "", "label": "一小"})])
    assert project_row(some, "education", "P0") == 0
    assert project_row(some, "education plan", "一小") == 1
    with speaking("en"):
        with pytest.raises(InputError, match="nearest: education"):
            project_row(some, "educaton", "P0")
        with pytest.raises(InputError, match="nearest: P0"):
            project_row(some, "education", "P9")
        with pytest.raises(InputError, match="no project"):
            project_row(some, "transport", "P0")
