# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
import report_made
import shapely
from pianqu.reports.maps import Cartographer, path_of
from pianqu.reports.marks import Shape, in_order, runs, thin
from pianqu.reports.raster import HATCH, Frame, Rings, picture
from PIL import Image


@pytest.fixture(scope="module")
def results():
    return report_made.results()


@pytest.fixture(scope="module")
def maker(results):
    return Cartographer(results)


def image_of(map_):
    raw = base64.b64decode(map_.picture.partition(",")[2])
    return Image.open(io.BytesIO(raw))


def colour(image, x, y):
    return image.convert("RGB").getpixel((x, y))


def test_a_picture_shows_each_parcel_in_its_colour_at_its_place():
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], dtype=object)
    frame = Frame(0, 0, 20, 10, 100)
    raw = picture(
        frame, 1.0, Rings(shapes), ["#ff0000", "#0000ff"], np.array([0, 1]), np.array([True, True]),
        None, np.zeros(0, bool),
    )  # fmt: skip
    image = Image.open(io.BytesIO(raw))
    assert image.size == (100, 50)
    assert colour(image, 20, 25) == (255, 0, 0) and colour(image, 80, 25) == (0, 0, 255)


def test_what_lies_in_a_hole_is_seen_whatever_the_order():
    ring = shapely.difference(shapely.box(0, 0, 10, 10), shapely.box(4, 4, 6, 6))
    for shapes in ([ring, shapely.box(4, 4, 6, 6)], [shapely.box(4, 4, 6, 6), ring]):
        kinds = np.array([0 if shape is ring else 1 for shape in shapes])
        raw = picture(
            Frame(0, 0, 10, 10, 100), 1.0, Rings(np.array(shapes, dtype=object)),
            ["#ff0000", "#0000ff"], kinds, np.array([True, True]), None, np.zeros(0, bool),
        )  # fmt: skip
        assert colour(Image.open(io.BytesIO(raw)), 50, 50) == (0, 0, 255)


def test_what_is_not_in_the_map_is_not_drawn():
    shapes = np.array([shapely.box(0, 0, 5, 10), shapely.box(5, 0, 10, 10), None], dtype=object)
    raw = picture(
        Frame(0, 0, 10, 10, 100), 1.0, Rings(shapes), ["#ff0000"], np.zeros(3, int),
        np.array([True, False, True]), None, np.zeros(0, bool),
    )  # fmt: skip
    image = Image.open(io.BytesIO(raw))
    assert colour(image, 20, 50) == (255, 0, 0) and colour(image, 80, 50) == (255, 255, 255)


def test_farmland_is_hatched_and_not_filled():
    shapes = np.array([shapely.box(0, 0, 10, 10)], dtype=object)
    raw = picture(
        Frame(0, 0, 10, 10, 100), 1.0, Rings(shapes), ["#ff0000"], np.zeros(1, int),
        np.array([True]), Rings(shapes), np.array([True]),
    )  # fmt: skip
    pixels = np.asarray(Image.open(io.BytesIO(raw)).convert("RGB"))
    hatch = np.array([int(HATCH[i : i + 2], 16) for i in (1, 3, 5)])
    share = (pixels == hatch).all(axis=2).mean()
    assert 0.1 < share < 0.5


def test_a_cluster_map_shows_that_cluster_only(results, maker):
    drawn = maker.cluster("P1")
    found = results.findings
    own = found[(found["cluster"] == "P1") & found["rule"].str.startswith("control.")]
    assert drawn.count == len(own)
    towns = [label.text for label in drawn.labels if label.kind == "town-name"]
    assert towns == ["东镇1", "西镇1"]


def test_numbers_on_a_map_are_those_of_its_table(results, maker):
    drawn = maker.cluster("P2")
    order = maker.ordered("P2")
    frame = maker_frame(maker, "P2")
    for label in (label for label in drawn.labels if label.kind == "number"):
        middle = shapely.point_on_surface(order.geometry.iloc[int(label.text) - 1])
        x, y = frame.place(shapely.get_coordinates(middle))[0]
        assert abs(x - label.x) < 45 and abs(y - label.y) < 25


def maker_frame(maker, cluster):
    finest = maker.county.tree.finest
    rows = np.flatnonzero((finest["cluster"] == cluster).to_numpy())
    left, low, right, high = shapely.total_bounds(maker.units[rows])
    margin = 0.03 * max(right - left, high - low)
    return Frame(left - margin, low - margin, right + margin, high + margin, 1000.0)


def test_grave_new_and_large_conflicts_come_first(results):
    found = in_order(results.findings[results.findings["rule"].str.startswith("control.")])
    rank = found["severity"].map({"error": 0, "warning": 1, "info": 2})
    keys = list(zip(rank, found["change"] != "new", -found["area_m2"]))
    assert keys == sorted(keys)


def test_a_small_conflict_gets_a_sign_and_a_large_one_its_shape(maker):
    shapes = [shape for shape in maker.cluster("P1").shapes if shape.severity]
    assert any(shape.sign and not shape.path for shape in shapes)
    assert any(shape.path and not shape.sign for shape in shapes)


def test_the_overview_marks_every_conflict(results, maker):
    drawn = maker.overview()
    signs = [shape for shape in drawn.shapes if shape.sign]
    assert len(signs) == drawn.count == results.findings["rule"].str.startswith("control.").sum()


def test_conflicts_that_look_alike_are_put_together_in_the_order_they_are_drawn():
    drawn = [
        Shape("", "new", "info", (1.0, 2.5)), Shape("", "new", "info", (3.0, 4.0)),
        Shape("M0,0", "new", "info"), Shape("M1,1", "new", "info"),
        Shape("", "new", "info", (5.0, 6.0)), Shape("", "new", "error", (7.0, 8.0)),
    ]  # fmt: skip
    assert [(run.severity, run.spots, run.paths) for run in runs(drawn)] == [
        ("info", "1,2.5 3,4", []), ("info", "", ["M0,0", "M1,1"]), ("info", "5,6", []),
        ("error", "7,8", []),
    ]  # fmt: skip


def test_runs_hold_every_conflict_of_a_map(maker):
    for drawn in (maker.overview(), maker.cluster("P1")):
        held = sum(len(run.spots.split()) + len(run.paths) for run in drawn.runs)
        assert held == drawn.count


def test_a_line_is_thinned_but_no_part_of_it_vanishes():
    shapes = np.array(
        [
            shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.Point(500, 0).buffer(100, 64)]),
            shapely.box(900, 0, 902, 1),
            None,
        ],
        dtype=object,
    )
    simple = thin(shapes, 10.0)
    assert len(simple) == 3 and not shapely.is_empty(simple).any()
    assert shapely.get_num_coordinates(simple).sum() < 40
    assert shapely.hausdorff_distance(simple[1], shapely.get_parts(shapes)[1]) < 10


def test_units_that_overlap_still_unite_to_their_outline(results):
    made = report_made.results(problems=4)
    whole = Cartographer(made).borders[0]["geometry"]
    made.county.units.geometry[0] = shapely.buffer(made.county.units.geometry[0], 50)
    units = made.county.units.geometry
    first = (made.county.tree.finest["cluster"] == "P1").to_numpy()
    outline = Cartographer(made).borders[0]["geometry"].iloc[0]
    assert outline.equals(shapely.union_all(units[first])) and outline.area > whole.iloc[0].area


def test_an_empty_polygon_and_one_with_a_hole_are_drawn_without_trouble():
    ring = shapely.difference(shapely.box(0, 0, 10, 10), shapely.box(4, 4, 6, 6))
    shapes = np.array([ring, shapely.Polygon(), shapely.box(10, 0, 20, 10)], dtype=object)
    raw = picture(
        Frame(0, 0, 20, 10, 100), 1.0, Rings(shapes), ["#ff0000", "#0000ff"], np.array([0, 0, 1]),
        np.ones(3, bool), None, np.zeros(0, bool),
    )  # fmt: skip
    image = Image.open(io.BytesIO(raw))
    assert colour(image, 5, 5) == (255, 0, 0) and colour(image, 95, 45) == (0, 0, 255)


def test_the_scale_bar_is_round_and_true(maker):
    bar = maker.cluster("P1").bar
    frame = maker_frame(maker, "P1")
    length, unit = bar["labels"][2].split()
    metres = float(length) * {"千米": 1000, "米": 1}[unit]
    assert bar["length"] == pytest.approx(metres * frame.scale, abs=0.06)
    assert float(f"{metres:e}".split("e")[0]) in (1, 2, 5)


def test_a_path_has_holes_and_closes(maker):
    ring = shapely.difference(shapely.box(0, 0, 10, 10), shapely.box(4, 4, 6, 6))
    path = path_of(Frame(0, 0, 10, 10, 100), np.array([ring], dtype=object))
    assert path.count("M") == 2
    points = re.findall(r"[ML]([\d.]+),([\d.]+)", path)
    assert points[0] == points[4]


def test_a_picture_has_a_palette_and_stays_small(maker):
    image = image_of(maker.overview())
    assert image.mode == "P" and len(maker.overview().picture) < 1_000_000


def test_a_county_without_land_use_still_has_its_map(results):
    bare = report_made.results(problems=4)
    bare.county.layers = {}
    bare.fabric.pieces = bare.fabric.pieces[["unit", "gross_m2"]]
    drawn = Cartographer(bare).cluster("P1")
    assert drawn.legend == [] and not drawn.hatch and drawn.outline
