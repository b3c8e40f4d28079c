# SPDX-License-Identifier: GPL-2.0-or-later
"""Layouts of sector plans as they arrive, and the reserve."""

from __future__ import annotations

import geopandas as gpd
import input_county
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.county import load_county
from pianqu.layers.dossier import dossier_from
from pianqu.layers.sector_model import PLOT_COLUMNS, PROJECT_COLUMNS, SECTOR_COLUMNS
from pianqu.layers.sector_palette import colour_of
from pianqu.layers.sector_projects import unite
from pianqu.layers.standard import load_standard
from sector_input import (
    EAST,
    FIELDS,
    HEAD,
    NORTH,
    dossier,
    layer,
    patch,
    plan,
    project,
    read,
    rules,
    sheet,
    simple,
)
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

pytestmark = pytest.mark.english


def test_the_model_has_all_columns_and_types_even_without_plans(tmp_path):
    for sectors in ([], [{"id": "x"}]):
        plans, findings, _ = read(dossier(tmp_path, sectors))
        assert list(plans.sectors) == list(SECTOR_COLUMNS)
        assert list(plans.projects) == list(PROJECT_COLUMNS) and len(plans.projects) == 0
        assert list(plans.plots) == list(PLOT_COLUMNS) and len(plans.plot_shapes) == 0
        assert plans.projects["listed_m2"].dtype == float
        assert plans.projects["in_list"].dtype == bool and plans.plots["project"].dtype == int
        assert len(findings) == 0 and plans.missing == {} and plans.unread == set()


def test_features_of_one_code_are_one_project_and_its_ground_their_union(tmp_path):
    shapes = [patch(0, 0), patch(50, 0), patch(500, 0)]
    layout = simple(tmp_path, ["A", "A", "B"], shapes, XMMC=["路", "", "桥"])
    plans, findings, inputs = read(dossier(tmp_path, [plan(layout, name="交通")]))
    assert list(plans.projects["project"]) == ["A", "B"]
    assert plans.ground[0].equals(patch(0, 0, 150)) and plans.ground[1].equals(patch(500, 0))
    assert list(plans.projects["label"]) == ["路", "桥"]
    assert len(findings) == 0 and plans.missing == {}
    assert plans.sectors.iloc[0].to_dict() == {
        "sector": "t", "name": "交通", "department": "", "colour": colour_of(0),
        "layout": "sectors.gpkg/roads", "project_list": "", "features": 3,
    }  # fmt: skip
    assert [one["role"] for one in inputs] == ["sector:t"] and inputs[0]["used"] == 3


def test_features_without_a_code_are_projects_of_their_own(tmp_path):
    layout = simple(tmp_path, ["", None, "A"], XMMC=["", "亭", ""])
    plans, _, _ = read(dossier(tmp_path, [plan(layout)]))
    assert list(plans.projects["project"]) == ["", "", "A"]
    assert list(plans.projects["label"]) == [
        "project without a code (feature 1)",
        "亭",
        "A",
    ]


def test_plots_part_a_project_by_use_and_years(tmp_path):
    shapes = [patch(0, 0), patch(100, 0), patch(50, 0), patch(0, 500)]
    layout = simple(
        tmp_path, ["A"] * 4, shapes, YDLB=["1202", "1202", "1202", "0803"],
        KSND=[2026, 2026, 2030, 2026], JSND=[2028, 2028, 2031, 2028],
    )  # fmt: skip
    plans, _, _ = read(dossier(tmp_path, [plan(layout)]))
    assert plans.plots.values.tolist() == [
        [0, "1202", 2026.0, 2028.0], [0, "1202", 2030.0, 2031.0], [0, "0803", 2026.0, 2028.0],
    ]  # fmt: skip
    assert plans.plot_shapes[0].equals(patch(0, 0, 200))
    assert plans.ground[0].equals(shapely.union_all(shapes))
    one = project(plans, "A")
    assert (one["use"], one["start"], one["end"]) == ("1202", 2026, 2031)


def test_columns_are_recognised_by_their_usual_names_and_given_names_go_first(tmp_path):
    layout = layer(
        tmp_path, "x", [patch(0, 0)], 项目编号=["A"], XMMC=["按惯例"], MC2=["按清单"],
        用地代码=["1202"], KGND=["2026年"], JGND=["2028年"],
    )  # fmt: skip
    layout["fields"] = {"name": "mc2"}
    plans, findings, inputs = read(dossier(tmp_path, [plan(layout)]))
    one = project(plans, "A")
    assert (one["name"], one["use"], one["start"], one["end"]) == ("按清单", "1202", 2026, 2028)
    assert len(findings) == 0
    assert inputs[0]["fields"] == {
        "name": "MC2", "project": "项目编号", "use": "用地代码", "start": "KGND", "end": "JGND",
    }  # fmt: skip


def test_lines_points_and_polygons_of_one_layer_are_widened_in_the_dossiers_crs(tmp_path):
    line = LineString([(EAST, NORTH), (EAST + 500, NORTH)])
    shapes = [line, Point(EAST, NORTH + 900), patch(0, 2000)]
    layout = layer(
        tmp_path, "x", shapes, crs="EPSG:4490", XMBH=["L", "P", "F"], YDLB=["1202"] * 3,
        KD=[12.0, 30.0, None],
    )  # fmt: skip
    layout["width_m"] = "KD"
    plans, findings, _ = read(dossier(tmp_path, [plan(layout)]))
    assert list(plans.projects["kind"]) == ["line", "point", "polygon"]
    assert shapely.area(plans.ground[:1])[0] == pytest.approx(6000, rel=1e-6)
    oracle = shapely.buffer(shapes[1], 15)
    assert plans.ground[1].symmetric_difference(oracle).area < 1e-3
    assert plans.ground[2].area == pytest.approx(10_000, rel=1e-6)
    assert len(findings) == 0


def test_a_project_is_of_the_highest_kind_of_its_features(tmp_path):
    line = LineString([(EAST, NORTH), (EAST + 50, NORTH)])
    shapes = [Point(EAST, NORTH), line, Point(EAST, NORTH), patch(0, 0), line]
    layout = {**simple(tmp_path, ["A", "A", "B", "C", "C"], shapes), "width_m": 4}
    plans, _, _ = read(dossier(tmp_path, [plan(layout)]))
    assert list(plans.projects["kind"]) == ["line", "point", "polygon"]


def test_a_line_without_a_width_is_told_and_all_else_is_read(tmp_path):
    line = LineString([(EAST, NORTH), (EAST + 50, NORTH)])
    layout = simple(tmp_path, ["A", "A", "B", "C"], [line, line, line, patch(0, 0)],
                    KD=["5米", "宽", "0", ""])  # fmt: skip
    layout["width_m"] = "KD"
    plans, findings, inputs = read(dossier(tmp_path, [plan(layout)]))
    bad = findings[findings["rule"] == "data.unusable"]
    assert list(bad["severity"]) == ["error", "error"] and list(bad["subject_id"]) == ["A", "B"]
    assert all(shape.geom_type.endswith("LineString") for shape in bad.geometry)
    message = bad["message"].iloc[0]
    assert "sectors.gpkg/roads" in message and "A (no. 2)" in message and "width_m" in message
    assert plans.ground[0].area == pytest.approx(250)
    assert plans.ground[1] is None and project(plans, "B")["in_layout"]
    assert plans.ground[2].equals(patch(0, 0))
    assert "2 features" in plans.missing["t"] and plans.unread == set()
    assert (inputs[0]["used"], inputs[0]["unusable"]) == (2, 2)


def test_an_invalid_polygon_is_repaired_and_told_as_in_any_layer(tmp_path):
    bow = Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    layout = simple(tmp_path, ["A", "B"], [bow, Polygon()])
    plans, findings, _ = read(dossier(tmp_path, [plan(layout)]))
    assert list(findings["rule"]) == ["data.unusable", "data.geometry"]
    assert list(findings["subject_layer"]) == ["t", "t"]
    assert plans.ground[0].is_valid and plans.ground[0].area == pytest.approx(50)
    assert plans.ground[1] is None and "t" in plans.missing


def test_a_layout_with_no_features_is_told_and_not_compared(tmp_path):
    frame = gpd.GeoDataFrame({"XMBH": ["A"]}, geometry=[patch(0, 0)], crs="EPSG:4544")
    frame.to_file(tmp_path / "sectors.gpkg", layer="roads", driver="GPKG")
    entry = {"path": "sectors.gpkg", "layer": "roads", "filter": "XMBH = 'none'"}
    plans, findings, _ = read(dossier(tmp_path, [plan(entry)]))
    assert list(findings["rule"]) == ["data.empty"] and findings["subject_layer"].iloc[0] == "t"
    assert "t" in plans.missing and plans.unread == {"t"}


def test_what_one_plan_lacks_does_not_stop_the_others(tmp_path):
    good = simple(tmp_path, ["A"])
    book = sheet(tmp_path, [HEAD, ["A", "路", "", "", 1, 2026, 2027]])
    sectors = [
        {"id": "file", "layout": {"path": "no.gpkg"}, "projects": book},
        {"id": "layer", "layout": {"path": "sectors.gpkg", "layer": "none"}},
        {"id": "code", "layout": {**good, "fields": {"project": "ZZZ"}}},
        {"id": "width", "layout": {**good, "width_m": "ZZZ"}},
        {"id": "name", "layout": {**good, "fields": {"name": "ZZZ"}}},
        {"id": "list", "layout": good, "projects": {"path": "no.xlsx"}},
        {"id": "head", "layout": good, "projects": {**book, "fields": {"area_ha": "ZZZ"}}},
        {"id": "good", "layout": good, "projects": book},
    ]
    plans, findings, _ = read(dossier(tmp_path, sectors))
    assert set(plans.missing) == {"file", "layer", "code", "width", "name", "list", "head"}
    assert plans.unread == {"file", "layer", "code", "width", "list"}
    told = findings[findings["rule"] == "data.sector"]
    assert set(told["severity"]) == {"error"}
    assert dict(zip(told["subject_layer"], told["message"])) == plans.missing
    for name, word in (("file", "no.gpkg"), ("layer", "none"), ("code", "ZZZ"), ("head", "ZZZ")):
        assert word in plans.missing[name]
    by_plan = plans.projects.groupby("sector")["in_layout"].agg(list).to_dict()
    assert by_plan == {0: [False], 4: [True], 5: [True], 6: [True], 7: [True]}


def test_a_layout_without_any_code_field_is_not_compared_with_a_list(tmp_path):
    layout = layer(tmp_path, "x", [patch(0, 0)], YDLB=["1202"])
    book = sheet(tmp_path, [HEAD, ["A", "路", "", "", 1, 2026, 2027]])
    plans, findings, _ = read(dossier(tmp_path, [plan(layout, book)]))
    assert "fields.project" in plans.missing["t"] and plans.unread == {"t"}
    assert len(plans.projects) == 2 and rules(findings) == ["data.sector"]
    alone, findings, _ = read(dossier(tmp_path, [plan(layout)]))
    assert alone.missing == {} and len(findings) == 0


def test_uses_are_codes_again_whatever_a_spreadsheet_made_of_them(tmp_path):
    layout = simple(
        tmp_path, list("ABCDE"), YDLB=["803", "0803 文化用地", "文化用地", "0803", "1202"]
    )
    plans, findings, _ = read(dossier(tmp_path, [plan(layout)]))
    assert list(plans.projects["use"]) == ["0803"] * 4 + ["1202"]
    assert list(findings["rule"]) == ["data.code"] and findings["severity"].iloc[0] == "warning"
    assert plans.missing == {}


def test_a_numeric_column_of_uses_is_text(tmp_path):
    layout = simple(tmp_path, ["A", "B"], YDLB=[803.0, np.nan])
    plans, findings, _ = read(dossier(tmp_path, [plan(layout)]))
    assert list(plans.projects["use"]) == ["0803", ""]
    assert list(findings[findings["severity"] == "error"]["subject_id"]) == ["B"]


def test_a_use_unknown_or_blank_is_told_once_a_plot_and_stays_as_written(tmp_path):
    shapes = [patch(0, 0), patch(100, 0), patch(300, 0), patch(600, 0)]
    layout = simple(tmp_path, ["A", "A", "B", "C"], shapes, YDLB=["99", "99", "", "1202"])
    plans, findings, _ = read(dossier(tmp_path, [plan(layout)]))
    assert list(findings["rule"]) == ["data.code"] * 2
    assert list(findings["severity"]) == ["error"] * 2
    assert list(findings["subject_layer"]) == ["t", "t"]
    assert list(findings["subject_id"]) == ["A", "B"]
    assert list(findings["object_id"]) == ["99", ""]
    assert findings.geometry.iloc[0].area == pytest.approx(20_000)
    assert "2 projects" in plans.missing["t"] and "99" in plans.missing["t"]
    assert list(plans.projects["use"]) == ["99", "", "1202"]


def test_a_use_the_layout_does_not_give_is_the_lists(tmp_path):
    layout = simple(tmp_path, ["A", "B"], YDLB=["", "0803"])
    rows = [["项目编号", "用地代码"], ["A", "1202"], ["B", "1202"], ["C", 803]]
    plans, findings, _ = read(dossier(tmp_path, [plan(layout, sheet(tmp_path, rows))]))
    assert list(plans.projects["use"]) == ["1202", "0803", "0803"]
    assert list(plans.plots["use"]) == ["1202", "0803"]
    assert set(findings["severity"]) == {"warning"}


def test_reserved_land_has_a_column_of_what_it_allows(tmp_path):
    entry = {"path": "county.gpkg", "layer": "reserve", "fields": {"id": "BSM", "allowed": "YXYT"}}
    frame = gpd.GeoDataFrame({"BSM": ["R1", "R2"], "YXYT": ["1201,1202", None]},
                             geometry=[patch(0, 0), patch(200, 0)], crs="EPSG:4544")  # fmt: skip
    given = input_county.content(tmp_path)
    frame.to_file(tmp_path / "county.gpkg", layer="reserve", driver="GPKG")
    for fields, allowed in ((entry["fields"], ["1201,1202", ""]), ({"id": "BSM"}, ["", ""])):
        given["layers"]["reserve"] = {**entry, "fields": fields}
        county = load_county(dossier_from(given, tmp_path), load_standard("cn-2023"))
        assert list(county.layers["reserve"].data["allowed"]) == allowed
        assert list(county.layers["reserve"].data["id"]) == ["R1", "R2"]


cells = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), cells), max_size=12))
def test_ground_is_the_union_of_each_groups_shapes(rows):
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [patch(10 * x, 10 * y, 10 * w, 10 * h) for _, (x, y, w, h) in rows]
    groups = np.array([group for group, _ in rows], dtype=int)
    united = unite(shapes, groups, 4)
    covered = [
        {(x + i, y + j) for g, (x, y, w, h) in rows if g == group
         for i in range(w) for j in range(h)}
        for group in range(4)
    ]  # fmt: skip
    for shape, tiles in zip(united, covered):
        assert (shape is None) == (not tiles)
        assert shape is None or shape.area == pytest.approx(100 * len(tiles))
        assert shape is None or (isinstance(shape, (Polygon, MultiPolygon)) and shape.is_valid)


def test_many_features_are_joined_to_their_projects(tmp_path):
    count = 6000
    shapes = [patch(60 * (i % 80), 60 * (i // 80), 80, 80) for i in range(count)]
    layout = simple(tmp_path, [f"P{i % 1500}" for i in range(count)], shapes)
    given_dossier = dossier(tmp_path, [plan({**layout, "fields": {"project": "XMBH"}})])
    plans, _, _ = read(given_dossier)
    assert len(plans.projects) == 1500 and FIELDS["project"] == "XMBH"
