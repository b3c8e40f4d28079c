# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of the joint meeting's papers: frames of maps, names of sheets, layers for QGIS, words."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import meeting_made as made
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.words import speaking
from pianqu.reports import meeting_figures as figures
from pianqu.reports.meeting import write_meeting
from pianqu.reports.meeting_backdrop import Backdrop, no_backdrop, read_backdrop
from pianqu.reports.meeting_book import sheet_name
from pianqu.reports.meeting_data import read_papers
from pianqu.reports.meeting_map import Drawer
from pianqu.reports.meeting_register import typed
from pianqu.reports.meeting_scene import HEIGHT, PRINTED_M, WIDTH, Scenes, letter_spots
from pianqu.reports.meeting_sheets import Sheets
from pianqu.reports.meeting_words import (
    day,
    direction,
    distance,
    other_side,
    percent,
    project,
    years,
)


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return read_papers(made.write_results(tmp_path_factory.mktemp("results")))


@pytest.fixture(scope="module")
def scenes(papers):
    return Scenes(papers, no_backdrop())


@pytest.fixture(scope="module")
def layers(tmp_path_factory):
    folder = made.write_results(tmp_path_factory.mktemp("results"))
    out = tmp_path_factory.mktemp("papers")
    with speaking("zh"):
        write_meeting(folder, "", out)
    return out / "meeting.gpkg"


def located(papers):
    rows = papers.conflicts.to_dict("records")
    return [row for row in rows if row["geometry"] is not None]


def test_a_map_shows_the_whole_conflict_at_its_scale(papers, scenes):
    for row in located(papers):
        scene = scenes.scene(row)
        frame = scene.frame
        box = shapely.box(frame.left, frame.low, frame.right, frame.high)
        assert box.covers(row["geometry"]), row["rule"]
        wide = frame.right - frame.left
        assert wide == pytest.approx(scene.scale * PRINTED_M)
        assert (frame.high - frame.low) / wide == pytest.approx(HEIGHT / WIDTH)


def test_a_conflict_is_never_a_dot_beside_a_long_road(papers, scenes):
    row = next(row for row in located(papers) if row["object_id"] == "JY001")
    scene = scenes.scene(row)
    left, _, right, _ = row["geometry"].bounds
    assert (right - left) > (scene.frame.right - scene.frame.left) / 12
    assert scene.grounds["subject"].bounds[2] > scene.frame.right  # the road goes on


def test_letters_stand_on_their_ground_and_off_the_conflict(papers, scenes):
    for row in located(papers):
        scene = scenes.scene(row)
        for side, spot in letter_spots(scene).items():
            ground = scene.grounds[side]
            assert ground.buffer(1e-6).covers(spot)
            if not scene.conflict.buffer(1e-6).covers(ground):
                assert not scene.conflict.buffer(-1e-6).covers(spot)


def test_a_letter_does_not_stand_in_a_hair_along_the_conflict(papers, scenes):
    scene = scenes.scene(located(papers)[0])
    frame = scene.frame
    x, y = (frame.left + frame.right) / 2, (frame.low + frame.high) / 2
    step = (frame.right - frame.left) / 20
    conflict = shapely.box(x, y, x + step, y + 6 * step)
    hair = shapely.box(x - 1e-6, y, x, y + 6 * step)
    foot = shapely.box(x, y - step, x + step, y)
    ground = shapely.union_all([conflict, hair, foot, shapely.box(x - 1e-6, y - step, x, y)])
    crossed = replace(scene, conflict=conflict, grounds={"subject": ground})
    assert letter_spots(crossed)["subject"].distance(conflict) > step / 4


def test_a_site_is_drawn_or_pointed_at_never_lost(papers, scenes):
    drawer = Drawer(scenes)
    row = next(row for row in located(papers) if row["object_id"] == "JY001")
    drawing = drawer.draw(row)
    assert len(drawing.sites) + len(drawing.pointers) == 3
    (far,) = [one for one in drawing.pointers if one.label.endswith("3")]
    assert 0 <= far.x <= WIDTH and 0 <= far.y <= HEIGHT / 2  # it lies to the north-east
    assert far.x > WIDTH / 2


def test_a_backdrop_is_cut_to_the_frame(papers):
    town = shapely.box(made.WEST, made.SOUTH, made.WEST + 6000, made.SOUTH + 4000)
    line = shapely.box(made.WEST + 1400, made.SOUTH + 1300, made.WEST + 1700, made.SOUTH + 1600)
    borders = pd.DataFrame({"kind": ["town"], "name": ["柏梓镇"], "geometry": [town]})
    backdrop = Backdrop(borders, {"redline": np.array([line], dtype=object)})
    drawer = Drawer(Scenes(papers, backdrop))
    row = next(row for row in located(papers) if row["object_id"] == "JY001")
    drawing = drawer.draw(row)
    assert drawing.lines["redline"].startswith("M")
    assert [mark.text for mark in drawing.names] == ["柏梓镇"]
    far = next(row for row in located(papers) if row["subject_id"] == "NY001")
    assert "redline" not in drawer.draw(far).lines


def test_borders_and_lines_come_from_the_dossier(tmp_path):
    frame = gpd.GeoDataFrame(
        {"code": ["1", "2"], "town": ["T1", "T2"], "town_name": ["柏梓镇", "青堤镇"]},
        geometry=[shapely.box(500000, 3400000, 503000, 3402000),
                  shapely.box(503000, 3400000, 506000, 3402000)],
        crs=made.CRS,
    )  # fmt: skip
    frame.to_file(tmp_path / "county.gpkg", layer="units", driver="GPKG")
    frame[:1].to_file(tmp_path / "county.gpkg", layer="red", driver="GPKG")
    (tmp_path / "dossier.yaml").write_text(
        "dossier: 1\nname: 县\ncode: '510799'\ncrs: EPSG:4544\nstandard: cn-2023\nlayers:\n"
        "  units: {path: county.gpkg, layer: units, fields: {code: code, town: town, "
        "town_name: town_name}}\n  redline: {path: county.gpkg, layer: red}\n",
        encoding="utf-8",
    )
    backdrop = read_backdrop(str(tmp_path / "dossier.yaml"), made.CRS)
    assert backdrop.borders["name"].tolist() == ["柏梓镇", "青堤镇"]
    assert [shape.area for shape in backdrop.lines["redline"]] == pytest.approx([6e6])


def zoned(papers):
    """Give scenes with farmland far too fine for the maps' scales, all over the county."""
    step = 2000
    fields = [
        shapely.box(made.WEST + x, made.SOUTH + y, made.WEST + x + step - 40, made.SOUTH + y + step)
        for x in range(0, 12_000, step) for y in range(0, 8_000, step)
    ]  # fmt: skip
    far = shapely.box(made.WEST + 90_000, made.SOUTH, made.WEST + 90_100, made.SOUTH + 100)
    lines = {"farmland": np.array(fields, dtype=object), "boundary": np.array([far], dtype=object)}
    return Scenes(papers, Backdrop(no_backdrop().borders, lines))


def test_the_line_that_a_conflict_is_about_is_drawn_at_every_scale(papers, monkeypatch):
    monkeypatch.setattr("pianqu.reports.meeting_scene.PARCELS", 1)  # too coarse for any field
    scenes = zoned(papers)
    row = next(row for row in located(papers) if row["rule"] == "sector.control.farmland")
    scene = scenes.scene(row)
    assert scene.zone == "farmland" and "farmland" not in scenes.lines(scene)
    shapes = scenes.zone(scene)
    assert len(shapes) and shapely.union_all(shapes).intersects(row["geometry"])
    assert Drawer(scenes).draw(row).zone.startswith("M")
    other = next(row for row in located(papers) if row["rule"] == "sector.overlap")
    assert scenes.scene(other).zone == "" and Drawer(scenes).draw(other).zone == ""


def test_a_line_off_the_map_is_told_with_its_way(papers):
    scenes = zoned(papers)
    row = next(row for row in located(papers) if row["rule"] == "sector.control.boundary")
    scene = scenes.scene(row)
    east, _ = scenes.nearest_zone(scene)
    assert len(scenes.zone(scene)) == 0
    assert east == pytest.approx(made.WEST + 90_000 - row["geometry"].bounds[2], abs=1)
    with speaking("zh"):
        words = Sheets(scenes).words(row)
    assert any("不在图幅内，最近处在东方" in line for line in words.ways)
    inside = next(row for row in located(papers) if row["rule"] == "sector.control.farmland")
    assert scenes.nearest_zone(scenes.scene(inside)) is None


def test_a_unit_over_its_quota_is_an_outline_with_the_projects_that_ask(papers):
    unit = shapely.box(made.WEST, made.SOUTH, made.WEST + 6000, made.SOUTH + 4000)
    rows = papers.conflicts.copy()
    at = rows.index[rows["rule"] == "sector.demand"][0]
    rows.loc[[at], "geometry"] = gpd.GeoSeries([unit], index=[at], crs=rows.crs)
    projects = papers.projects.copy()
    projects["new_construction_m2"] = np.arange(len(projects), dtype=float) * 100
    changed = replace(papers, conflicts=rows, projects=projects)
    scenes = Scenes(changed, no_backdrop())
    row = rows.loc[at].to_dict()
    scene, drawing = scenes.scene(row), Drawer(scenes).draw(row)
    inside = projects[projects.geometry.notna() & projects.intersects(unit)]
    wanted = inside[inside["new_construction_m2"] > 0].sort_values("new_construction_m2")
    assert scene.asking.tolist() == wanted.index[::-1].tolist()
    assert drawing.conflict == "" and drawing.unit.startswith("M")
    assert len(drawing.asking) == len(wanted)
    assert not set(scene.near) & set(scene.asking)
    with speaking("zh"):
        words = Sheets(scenes).words(row)
    assert wanted["label"].iloc[-1] in words.ways[0]


def test_arrows_of_the_pdf_stand_where_those_of_the_page_do(papers, scenes, layers):
    ground = pyogrio.read_dataframe(layers, layer="ground")
    far = ground[ground["kind"] == "far"]
    drawer, count = Drawer(scenes), 0
    with speaking("zh"):
        for row in located(papers):
            scene = scenes.scene(row)
            mine = far[far["sheet"] == row["number"]]
            for one, arrow in zip(drawer.pointers(scene), mine.itertuples()):
                ((x, y),) = scene.frame.place(np.array([[arrow.x, arrow.y]]))
                assert abs(x - one.x) == pytest.approx(22, abs=0.1)
                assert y == pytest.approx(one.y, abs=0.1)
                assert arrow.label == f"{one.label}\u3000{one.text}"
                count += 1
    assert count == len(far) > 0


def test_without_a_dossier_a_sheet_says_that_its_line_is_not_shown(papers, layers):
    sheets = pyogrio.read_dataframe(layers, layer="sheets")
    against = papers.conflicts["rule"].str.match(r"sector\.(control|reserve)")
    told = sheets["note"].str.startswith("未给数据清单")
    assert told.tolist() == against.tolist() and told.any()


@given(st.lists(st.text(max_size=60), max_size=12))
@settings(max_examples=200, deadline=None)
def test_names_of_sheets_are_what_a_workbook_takes(names):
    taken = set()
    out = [sheet_name(name, taken) for name in names]
    assert len({name.lower() for name in out}) == len(out)
    for name in out:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'") and not name.endswith("'")


def test_the_layers_hold_a_sheet_for_each_conflict_in_order(layers):
    sheets = pyogrio.read_dataframe(layers, layer="sheets")
    assert sheets["number"].tolist() == list(range(1, len(made.CONFLICTS) + 1))
    ranks = sheets["severity"].map({"error": 0, "warning": 1, "info": 2})
    assert ranks.is_monotonic_increasing
    assert not sheets.geometry.isna().any()  # each has ground to show, if only the county
    names = sheets["names"].str.split("\n").str.len()
    for column in ("values_a", "values_b"):
        assert (sheets[column].str.split("\n").str.len() == names).all()


def test_the_layers_hold_the_shapes_of_each_sheet(layers):
    ground = pyogrio.read_dataframe(layers, layer="ground")
    conflicts = made.conflicts()
    drawn = ground[ground["kind"] == "conflict"]
    assert len(drawn) == int((~conflicts.geometry.isna()).sum())
    assert drawn.area.sum() == pytest.approx(conflicts.geometry.area.sum())
    assert set(ground["kind"]) == {"near", "subject", "object", "site", "far", "conflict"}
    sides = ground[ground["kind"] == "subject"]
    assert sides["colour"].str.fullmatch("#[0-9a-f]{6}").all()
    assert sides["x"].notna().all()


def test_an_unknown_plan_colour_and_missing_columns_do_no_harm(tmp_path):
    folder = made.write_results(
        tmp_path / "results", edit=lambda found: found.drop(columns=["basis", "object_meets"])
    )
    file = folder / "results.gpkg"
    plans = pyogrio.read_dataframe(file, layer="sectors", read_geometry=False).assign(colour="")
    pyogrio.write_dataframe(plans, file, layer="sectors", driver="GPKG")
    (folder / "run.json").unlink()
    out = tmp_path / "papers"
    out.mkdir()
    assert len(write_meeting(folder, "", out)) == 3


def test_a_plan_that_is_called_like_a_control_line_is_not_taken_for_it(tmp_path):
    folder = made.write_results(tmp_path / "results")
    file = folder / "results.gpkg"
    plans = pyogrio.read_dataframe(file, layer="sectors", read_geometry=False)
    plans["sector"] = plans["sector"].replace("fire", "farmland")
    pyogrio.write_dataframe(plans, file, layer="sectors", driver="GPKG")
    papers = read_papers(folder)
    on_farmland = papers.conflicts[papers.conflicts["object_layer"] == "farmland"]
    assert len(on_farmland) == 1 and set(on_farmland["object_plan"]) == {""}
    _, rows = figures.plan_table(papers)
    (row,) = [row for row in rows if row["sector"] == "farmland"]
    assert row["tally"].count == 0


def test_a_table_gets_the_types_it_should_have():
    table = typed(pd.DataFrame({"a": [None, 1], "n": ["2.5", ""]}), "a b | n m")
    assert table["a"].tolist() == ["", "1.0"] and table["b"].tolist() == ["", ""]
    assert table["n"].tolist()[0] == 2.5 and table[["n", "m"]].isna().sum().sum() == 3


def test_shades_grow_with_the_count(papers):
    cells = [cell for row in figures.matrix(papers) for cell in row if cell.kind == "conflict"]
    pairs = sorted((cell.count, cell.shade) for cell in cells)
    assert pairs == sorted(pairs, key=lambda pair: pair[1])
    assert all(1 <= shade <= figures.SHADES for _, shade in pairs)


def test_a_place_that_stands_for_a_code_is_not_written_on_paper():
    row = {"s_label": "消防站", "s_id": "@500123,3400456", "s_department": "消防救援大队",
           "s_name": "消防专项规划", "s_layer": "fire"}  # fmt: skip
    with speaking("zh"):
        assert project(row, "s") == "消防站"
        assert project({**row, "s_id": "XF001"}, "s") == "消防站（XF001）"
        assert "@" not in other_side({**row, "s_label": ""}, "s")
        assert "XF001" in other_side({**row, "s_label": "", "s_id": "XF001"}, "s")


def test_words_for_years_places_and_sizes():
    nan = math.nan
    with speaking("zh"):
        assert years(2024, 2024) == "2024" and years(2024, 2027) == "2024–2027"
        assert years(2024, nan) == "2024 年起" and years(nan, 2027) == "至 2027 年"
        assert years(nan, nan) == "—"
        assert distance(999.4) == "999 米" and distance(1250) == "1.3 千米"
        assert percent(0.12345) == "12.3%" and percent(0.0001) == "<0.1%" and percent(0) == "0.0%"
        assert [direction(1, 0), direction(1, 1), direction(0, -1)] == ["东", "东北", "南"]
    assert day("2025-02-20T09:30:00Z") == "2025-02-20" and day("二月") == "二月"
