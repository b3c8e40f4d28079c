# SPDX-License-Identifier: GPL-2.0-or-later
"""Boundary points as text: dialects told apart, parcels read, written and read again."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.errors import InputError
from pianqu.layers.formats.boundary_dialects import dialect, dialects
from pianqu.layers.formats.boundary_lines import stated_hectares
from pianqu.layers.formats.boundary_points import is_boundary_text, read_boundary_points
from pianqu.layers.formats.boundary_write import TextForm, write_boundary_points
from pianqu.layers.formats.rings import northwest_rings, shape_of_rings
from pyproj import CRS
from shapely.geometry import MultiPolygon, Polygon, box

DATA = Path(__file__).resolve().parent.parent / "data" / "formats"
# The parcels of every fixture, without the zone's number: a square with a hole, and a triangle.
SQUARE = box(500000.25, 3440000.125, 500200.25, 3440200.125)
HOLE = box(500050.25, 3440050.125, 500150.25, 3440150.125)
TRIANGLE = Polygon([(500200.25, 3440200.125), (500400.25, 3440200.125), (500200.25, 3440000.125)])
FIXTURES = {  # file -> dialect, encoding, CRS
    "standard_gbk_crlf.txt": ("standard", "GB18030", "EPSG:4523"),
    "standard_utf8_lf.txt": ("standard", "UTF-8", "EPSG:4523"),
    "no_prefix_cr.txt": ("standard", "GB18030", "EPSG:4544"),
    "no_zone_stated.txt": ("standard", "GB18030", "EPSG:4523"),
    "no_header.txt": ("standard", "UTF-8", "EPSG:4523"),
    "no_labels_open.txt": ("standard", "GB18030", "EPSG:4523"),
    "full_width.txt": ("standard", "GB18030", "EPSG:4523"),
    "approval.txt": ("approval", "GB18030", "EPSG:4523"),
    "swapped.txt": ("swapped", "GB18030", "EPSG:4523"),
    "named.txt": ("named", "GB18030", "EPSG:4523"),
    "counted.txt": ("counted", "GB18030", "EPSG:4523"),
    "linked.txt": ("linked", "GB18030", "EPSG:4523"),
    "serial.txt": ("serial", "GB18030", "EPSG:4523"),
    "balance_cr.txt": ("balance", "UTF-8", ""),
    "bare_spaces.txt": ("bare", "UTF-8", "EPSG:4523"),
}
CODED = ("standard", "swapped", "linked", "serial")
WITHOUT_HOLE = ("balance_cr.txt", "bare_spaces.txt")

pytestmark = pytest.mark.english


def moved(shape, crs):
    shift = 35_000_000 if crs == "EPSG:4523" else 0
    return shapely.transform(shape, lambda points: points + [shift, 0])


@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_a_dialect_is_told_and_its_parcels_are_where_they_should_be(name):
    expected, encoding, crs = FIXTURES[name]
    held = read_boundary_points(DATA / name)
    assert (held.crs, held.encoding, held.count) == (crs, encoding, 2)
    assert dialect(expected).name in " ".join(message for _, _, message in held.notes)
    first = SQUARE if name in WITHOUT_HOLE else SQUARE.difference(HOLE)
    assert moved(first, crs).equals(held.shapes[0])
    assert moved(TRIANGLE, crs).equals(held.shapes[1])
    assert not [note for note in held.notes if note[1] in ("error", "warning")]


@pytest.mark.parametrize("name", sorted(set(FIXTURES) - set(WITHOUT_HOLE)))
def test_words_and_codes_of_a_parcel_arrive_whole(name):
    held = read_boundary_points(DATA / name)
    assert list(held.columns["DKMC"]) == ["青山镇甲地块", "绿水镇乙地块"]
    if FIXTURES[name][0] in CODED:
        assert list(held.columns["DLBM"]) == ["0703", "0101"]
        assert list(held.columns["DKBH"]) == ["DK01", "DK02"]
        assert list(held.columns["DKMJ"]) == [3.0, 2.0]


def test_there_are_dialects_enough_and_each_can_be_asked_for():
    assert len(dialects()) >= 8
    with pytest.raises(InputError, match=r"standard"):
        dialect("standart")


def test_a_dialect_that_the_dossier_names_goes_before_any_guess():
    held = read_boundary_points(DATA / "swapped.txt", name="swapped")
    assert held.shapes[0].equals(moved(SQUARE.difference(HOLE), "EPSG:4523"))


@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_boundary_points_are_told_from_tables(name):
    assert is_boundary_text((DATA / name).read_bytes())


@pytest.mark.parametrize(
    "text",
    ["DLBM,MJ\n0101,12.5\n0301,7.25\n", "", "甲,乙\n1,2\n", "编号;名称\n1;甲\n",
     "单位,指标,控制数\n510799,耕地,12.5\n"],
)  # fmt: skip
def test_tables_are_no_boundary_points(text):
    assert not is_boundary_text(text.encode("utf-8"))


def write(folder, lines, encoding="utf-8"):
    path = folder / "made.txt"
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


HEAD = ["[属性描述]", "坐标系=2000国家大地坐标系", "几度分带=3", "带号=35", "[地块坐标]"]
POINTS = [
    "J1,1,3440100.000,35500000.000", "J2,1,3440100.000,35500100.000",
    "J3,1,3440000.000,35500100.000", "J4,1,3440000.000,35500000.000",
    "J1,1,3440100.000,35500000.000",
]  # fmt: skip


def told(held, severity="warning"):
    return [message for _, level, message in held.notes if level == severity]


def test_a_stated_area_that_the_points_do_not_enclose_is_told(tmp_path):
    lines = [*HEAD, "5,1.2000,DK01,甲,面,,,0101,@", *POINTS]
    (message,) = told(read_boundary_points(write(tmp_path, lines)))
    assert "DK01" in message and "1.2000" in message and "1.0000" in message
    assert "made.txt" in message


@pytest.mark.parametrize(
    ("stated", "hint"), [("10000", "square metres"), ("15.000", "mu"), ("15.000亩", None)]
)
def test_an_area_in_another_unit_is_told_as_such(tmp_path, stated, hint):
    lines = [*HEAD, f"5,{stated},DK01,甲,面,,,0101,@", *POINTS]
    messages = told(read_boundary_points(write(tmp_path, lines)))
    assert [hint in one for one in messages] == ([True] if hint else [])


@pytest.mark.parametrize("stated", ["1.0000", "1.0", "1.0004", "1.0000公顷", "1"])
def test_an_area_that_is_right_within_its_digits_is_not_told(tmp_path, stated):
    lines = [*HEAD, f"5,{stated},DK01,甲,面,,,0101,@", *POINTS]
    assert told(read_boundary_points(write(tmp_path, lines))) == []


def test_a_point_missing_against_the_count_is_told(tmp_path):
    lines = [*HEAD, "6,1.0000,DK01,甲,面,,,0101,@", *POINTS]
    (message,) = told(read_boundary_points(write(tmp_path, lines)))
    assert "states 6 points but has 4" in message and "line 6" in message


def test_a_line_that_is_no_point_leaves_its_parcel_without_shape_and_is_named(tmp_path):
    broken = POINTS.copy()
    broken[2] = "J3,1,344O000.000,35500100.000"  # the letter O
    lines = [*HEAD, "5,1.0000,DK01,甲,面,,,0101,@", *broken]
    lines += ["5,1.0000,DK02,乙,面,,,0101,@", *POINTS]
    held = read_boundary_points(write(tmp_path, lines))
    (message,) = told(held, "error")
    assert "DK01" in message and "line 9" in message
    assert held.shapes[0] is None and held.shapes[1].area == pytest.approx(10_000)


def test_a_zone_that_the_eastings_contradict_is_told(tmp_path):
    head = [line.replace("带号=35", "带号=36") for line in HEAD]
    held = read_boundary_points(write(tmp_path, [*head, "5,1.0,DK01,甲,面,,,0101,@", *POINTS]))
    assert held.crs == "EPSG:4523" and "zone 36" in told(held)[0] and "zone 35" in told(held)[0]


@pytest.mark.parametrize(
    ("name", "width", "zone", "crs"),
    [("2000国家大地坐标系", 3, 35, "EPSG:4544"), ("1980西安坐标系", 3, 35, "EPSG:2380"),
     ("1954年北京坐标系", 6, 18, "EPSG:21458"), ("CGCS2000", 3, 105, "EPSG:4544")],
)  # fmt: skip
def test_the_header_tells_the_crs(tmp_path, name, width, zone, crs):
    head = ["[属性描述]", f"坐标系={name}", f"几度分带={width}", f"带号={zone}", "[地块坐标]"]
    points = [one.replace(",355", ",5") for one in POINTS]
    held = read_boundary_points(write(tmp_path, [*head, "5,1.0,DK01,甲,面,,,0101,@", *points]))
    assert held.crs == crs


def test_degrees_are_degrees(tmp_path):
    points = ["J1,1,31.1,105.0", "J2,1,31.1,105.1", "J3,1,31.0,105.1", "J4,1,31.0,105.0"]
    held = read_boundary_points(write(tmp_path, [*HEAD, "4,,DK01,甲,面,,,0101,@", *points]))
    assert held.crs == "EPSG:4490" and held.shapes[0].bounds == (105.0, 31.0, 105.1, 31.1)


def test_coordinates_of_a_town_of_its_own_are_read_and_the_doubt_is_told(tmp_path):
    points = ["J1,1,20100.0,51000.0", "J2,1,20100.0,51100.0", "J3,1,20000.0,51100.0"]
    held = read_boundary_points(
        write(tmp_path, [*HEAD[:1], "[地块坐标]", "3,,D,甲,面,,,,@", *points])
    )
    assert held.crs == "" and any("axes" in one for one in told(held))


def test_a_file_in_no_dialect_names_the_line(tmp_path):
    with pytest.raises(InputError, match=r"made\.txt, line 1"):
        read_boundary_points(write(tmp_path, ["这不是界址点"] * 3 + ["another line, of words"]))


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="no boundary points"):
        read_boundary_points(write(tmp_path, ["[属性描述]", "坐标系=", ""]))


# -- writing ---------------------------------------------------------------------------------------
PARCELS = [
    (SQUARE.difference(HOLE), {"id": "0001", "name": "青山镇，甲@地块", "code": "0703"}),
    (MultiPolygon([TRIANGLE, box(501000, 3441000, 501100.1234, 3441100.5678)]),
     {"id": "0002", "name": "㵲阳乙地块", "code": "0101"}),
    (MultiPolygon([box(0, 0, 90, 90).difference(box(10, 10, 80, 80)), box(30, 30, 60, 60)]), {}),
]  # fmt: skip
PARCELS[2] = (shapely.transform(PARCELS[2][0], lambda p: p + [502000, 3442000]), {"id": "0003"})
WRITABLE = [one.id for one in dialects()]


@pytest.mark.parametrize("kind", WRITABLE)
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_what_is_written_reads_back_to_the_same_coordinates(tmp_path, kind, newline):
    path = tmp_path / "out.txt"
    shapes = [shape for shape, _ in PARCELS]
    form = TextForm(dialect=kind, encoding="GB18030", newline=newline)
    assert write_boundary_points(path, shapes, [v for _, v in PARCELS], CRS(4544), form) == 3
    held = read_boundary_points(path, name=kind)
    back = shapely.transform(held.shapes, lambda points: points - [35_000_000, 0])
    whole = shapely.union_all(shapes)
    assert shapely.hausdorff_distance(shapely.union_all(back), whole) <= 0.0005
    assert held.crs == "EPSG:4523"
    assert shapely.area(back).sum() == pytest.approx(whole.area, abs=0.01)


@pytest.mark.parametrize("kind", CODED)
def test_what_is_written_keeps_codes_and_words(tmp_path, kind):
    path = tmp_path / "out.txt"
    form = TextForm(dialect=kind, encoding="UTF-8")
    write_boundary_points(path, [s for s, _ in PARCELS], [v for _, v in PARCELS], CRS(4544), form)
    held = read_boundary_points(path)
    assert list(held.columns["DKBH"]) == ["0001", "0002", "0003"]
    assert list(held.columns["DLBM"]) == ["0703", "0101", ""]
    assert list(held.columns["DKMC"]) == ["青山镇，甲@地块", "㵲阳乙地块", ""]
    assert [note for note in held.notes if note[1] == "warning"] == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(10, 5000), st.floats(0, 1)), min_size=3, max_size=40),
    st.floats(400_000, 600_000),
    st.floats(1_000_000, 5_900_000),
    st.booleans(),
)
def test_any_star_reads_back_within_half_a_millimetre(tmp_path_factory, rays, east, north, front):
    angles = np.sort([turn for _, turn in rays]) * 2 * np.pi + np.arange(len(rays)) * 1e-3
    ring = [(east + r * math.cos(a), north + r * math.sin(a)) for (r, _), a in zip(rays, angles)]
    path = tmp_path_factory.mktemp("star") / "out.txt"
    form = TextForm(prefixed=front)
    write_boundary_points(path, [Polygon(ring)], [{"id": "1"}], CRS(4544), form)
    held = read_boundary_points(path)
    shift = 35_000_000 if front else 0
    got = {(round(x - shift, 3), round(y, 3)) for x, y in shapely.get_coordinates(held.shapes)}
    far = [min(math.hypot(x - a, y - b) for a, b in got) for x, y in ring]
    assert max(far) <= 0.0005 * math.sqrt(2) + 0.0006  # rounding to 3 decimals above included
    exact = shapely.get_coordinates(held.shapes) - [shift, 0]
    near = [np.hypot(*(exact - point).T).min() for point in ring]
    assert max(near) <= 0.0005


def test_rings_begin_in_the_north_west_and_run_as_the_trade_wants(tmp_path):
    path = tmp_path / "out.txt"
    write_boundary_points(path, [SQUARE.difference(HOLE)], [{"id": "1"}], CRS(4544))
    lines = path.read_bytes().decode("gbk").split("\r\n")
    points = [line for line in lines if line.startswith("J")]
    assert points[0] == "J1,1,3440200.1250,35500000.2500"
    assert points[1] == "J2,1,3440200.1250,35500200.2500"  # clockwise: east first
    assert points[4].startswith("J1,1,") and points[5] == "J5,2,3440150.1250,35500050.2500"
    assert points[6] == "J6,2,3440050.1250,35500050.2500"  # a hole runs against it
    assert "10,3.0000,1,,面,,,,@" in lines and "带号=35" in lines


def test_the_header_can_be_filled(tmp_path):
    form = TextForm(header={"数据产生单位": "示例规划院", "数据产生日期": "2026-05-01"})
    write_boundary_points(tmp_path / "a.txt", [SQUARE], [{}], CRS(4523), form)
    text = (tmp_path / "a.txt").read_bytes().decode("gbk")
    assert "数据产生单位=示例规划院\r\n" in text and text.count("数据产生日期") == 1


@pytest.mark.parametrize(
    ("shape", "crs", "form", "match"),
    [
        (SQUARE, CRS(32648), TextForm(), "Gauss-Krueger"),
        (shapely.Point(0, 0), CRS(4544), TextForm(), "no polygon"),
        (None, CRS(4544), TextForm(), "no polygon"),
        (SQUARE, CRS(4544), TextForm(dialect="nonsense"), "no dialect"),
        (SQUARE, CRS(4544), TextForm(encoding="latin-1"), "unknown encoding"),
    ],
)
def test_what_can_not_be_written_is_refused(tmp_path, shape, crs, form, match):
    with pytest.raises(InputError, match=match):
        write_boundary_points(tmp_path / "a.txt", [shape], [{}], crs, form)
    assert not (tmp_path / "a.txt").exists()


def test_a_character_that_gbk_lacks_is_named(tmp_path):
    with pytest.raises(InputError, match="𠮷"):
        write_boundary_points(tmp_path / "a.txt", [SQUARE], [{"name": "𠮷"}], CRS(4544))


# -- rings -----------------------------------------------------------------------------------------
def test_an_island_in_a_hole_is_a_part_of_its_own():
    rings = [np.array(box(i, i, 10 - i, 10 - i).exterior.coords) for i in range(4)]
    shape = shape_of_rings(rings)
    assert shape.geom_type == "MultiPolygon" and len(shape.geoms) == 2
    assert shape.area == pytest.approx(100 - 64 + 36 - 16)


def test_rings_without_three_points_are_no_shape():
    assert shape_of_rings([np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]])]) is None


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("back", [False, True])
def test_rings_taken_apart_begin_in_the_north_west_and_run_as_the_trade_wants_it(start, back):
    ring = np.roll(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]]), start, axis=0)
    ring = ring[::-1] if back else ring
    shapes = np.array([Polygon(ring + 10), MultiPolygon([Polygon(ring * 5, [ring + [3, 3]])])])
    points, ends, owner = northwest_rings(shapes)
    assert owner.tolist() == [0, 1, 1] and ends.tolist() == [0, 4, 8, 12]
    turned = [points[a:b] for a, b in zip(ends, ends[1:])]
    assert [one[0].tolist() for one in turned] == [[10.0, 13.0], [0.0, 15.0], [3.0, 6.0]]
    assert [Polygon(one).exterior.is_ccw for one in turned] == [False, False, True]
    assert [Polygon(one).area for one in turned] == [12, 300, 12]


@pytest.mark.parametrize(
    ("text", "hectares", "half"),
    [("1.25", 1.25, 0.005), ("1.25公顷", 1.25, 0.005), ("3亩", 0.2, 1 / 30), ("", None, None),
     ("约1", None, None), ("1,250.5", 1250.5, 0.05)],
)  # fmt: skip
def test_stated_areas_are_read_with_what_their_digits_promise(text, hectares, half):
    got = stated_hectares(text)
    if hectares is None:
        assert math.isnan(got[0])
    else:
        assert got == pytest.approx((hectares, half))


def test_a_province_may_add_a_dialect_and_drop_another(tmp_path):
    (tmp_path / "standard.yaml").write_text("extends: base\n", encoding="utf-8")
    (tmp_path / "boundary_points.csv").write_text(
        "dialect,order,header,parcel,point,drop\n"
        'ours,1,any,"name,shape,id","label,ring,east,north",\nserial,10,,,"first,second",1\n',
        encoding="utf-8",
    )
    ids = [one.id for one in dialects(tmp_path)]
    assert "ours" in ids and "serial" not in ids and "standard" in ids
    swapped = [",".join(one.split(",")[:2] + one.split(",")[:1:-1]) for one in POINTS]
    held = read_boundary_points(
        write(tmp_path, [*HEAD, "甲,面,0007,@", *swapped]), folder=tmp_path
    )  # fmt: skip
    assert list(held.columns["DKBH"]) == ["0007"] and held.shapes[0].area == pytest.approx(1e4)


@pytest.mark.parametrize(
    ("row", "words"),
    [("x,1,any,name,label", "north and east"), ("x,one,any,name,\"first,second\"", "whole number"),
     ("x,1,any,nome,\"first,second\"", "name")],
)  # fmt: skip
def test_a_dialect_that_makes_no_sense_names_its_line(tmp_path, row, words):
    (tmp_path / "standard.yaml").write_text("extends: base\n", encoding="utf-8")
    table = f"dialect,order,header,parcel,point\n{row}\n"
    (tmp_path / "boundary_points.csv").write_text(table, encoding="utf-8")
    with pytest.raises(InputError, match=r"boundary_points\.csv:2.*" + words):
        dialects(tmp_path)
