# SPDX-License-Identifier: GPL-2.0-or-later
"""The CRS doctor: what coordinates say of their tag, and the mend it offers."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
import yaml
from input_county import UNIT_FIELDS, parcels_frame, square, units_frame
from pianqu.layers.county import load_county
from pianqu.layers.crs_doctor import Tagged, look_at
from pianqu.layers.crs_doctor_layers import constant_shift, diagnose, examine, tagged
from pianqu.layers.crs_zones import (
    Zone,
    datum_of,
    far_off,
    utm_zone,
    zone_in_easting,
    zone_of,
    zones,
)  # fmt: skip
from pianqu.layers.dossier import Source, read_dossier
from pianqu.layers.errors import InputError
from pianqu.layers.gcj02 import from_gcj02, offset, to_gcj02
from pianqu.layers.reading import read_features
from pianqu.layers.standard import load_standard
from pianqu.layers.words import set_language
from pyproj import CRS, Geod, Transformer
from shapely.geometry import Polygon, box

TARGET = CRS("EPSG:4544")

pytestmark = pytest.mark.english


@pytest.fixture(scope="module")
def outline(shared):
    """The real outline of a county in Sichuan, as published: in GCJ-02, tagged WGS 84."""
    text = (shared / "data" / "sichuan" / "outline_510722_gcj02.geojson").read_text("utf-8")
    return shapely.from_geojson(json.dumps(json.loads(text)))


@pytest.fixture(scope="module")
def true(outline):
    """The same outline without the shift, in degrees, by a search that knows no reverse."""

    def unshift(points):
        guess = points.copy()
        for _ in range(30):  # Newton with a unit slope, checked below against the forward shift
            guess += points - to_gcj02(guess)
        return guess

    found = shapely.transform(outline, unshift)
    again = shapely.transform(found, to_gcj02)
    assert np.abs(shapely.get_coordinates(again) - shapely.get_coordinates(outline)).max() < 1e-11
    return found


def to(shape, crs, source="EPSG:4490"):
    way = Transformer.from_crs(source, crs, always_xy=True)
    return shapely.transform(
        shape, lambda p: np.column_stack(way.transform(p[:, 0], p[:, 1]))
    )  # fmt: skip


def seen(shape, crs, role="plan"):
    return tagged(role, f"{role}.shp", CRS(crs) if crs else None, np.array([shape]))


# -- zones -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("datum", ["cgcs2000", "xian80", "beijing54"])
def test_every_zone_is_the_epsg_code_it_says(datum):
    for one in zones(datum):
        crs = CRS.from_epsg(one.epsg)
        found = zone_of(crs)
        assert found == one or (found.meridian == one.meridian and not one.prefixed)
        east = {p.name: p.value for p in crs.coordinate_operation.params}["False easting"]
        assert east == 500_000 + (one.number * 1_000_000 if one.prefixed else 0)
        assert datum_of(crs.name) == datum
    assert len(zones(datum)) == 64


@pytest.mark.parametrize("name", ["Longitude of natural origin", "False easting"])
def test_a_damaged_projection_is_no_zone(name):
    damaged = CRS.from_epsg(4544).to_json().replace(name, "Something else")
    assert zone_of(CRS.from_json(damaged)) is None


def test_other_crss_are_no_zone():
    for code in (32648, 4490, 2154, 25832):
        assert zone_of(CRS.from_epsg(code)) is None


@pytest.mark.parametrize(
    ("east", "number"), [(35_500_000, 35), (25_400_000, 25), (18_500_000, 18), (13_600_000, 13)]
)
def test_a_zone_is_read_from_an_easting(east, number):
    assert zone_in_easting(east).number == number


@pytest.mark.parametrize("east", [500_000, 99_500_000, 12_500_000, 35_000_001, 0, -3])
def test_other_numbers_name_no_zone(east):
    assert zone_in_easting(east) is None


# -- a layer against its tag -----------------------------------------------------------------------
CASES = [  # coordinates in, tag, kind, severity, mend
    ("EPSG:4523", "EPSG:4544", "prefix", "error", {"crs": "EPSG:4523"}),
    ("EPSG:4544", "EPSG:4523", "prefix", "error", {"crs": "EPSG:4544"}),
    ("EPSG:4523", "EPSG:4524", "zone", "error", {"crs": "EPSG:4523"}),
    ("EPSG:4490", "EPSG:4544", "degrees", "error", {"crs": "EPSG:4490"}),
    ("EPSG:4523", "EPSG:4490", "metres", "error", {"crs": "EPSG:4523"}),
    ("EPSG:4544", "EPSG:4490", "metres", "error", {"crs": "EPSG:4544"}),
    ("EPSG:4490", "", "untagged", "warning", {"crs": "EPSG:4490"}),
    ("EPSG:4523", "", "untagged", "warning", {"crs": "EPSG:4523"}),
    ("EPSG:4544", "", "untagged", "info", {"crs": "EPSG:4544"}),
    ("EPSG:4544", "EPSG:32648", "utm", "warning", {"crs": "EPSG:4544"}),
]


@pytest.mark.parametrize(("real", "tag", "kind", "severity", "mend"), CASES)
def test_a_tag_that_the_coordinates_deny_is_told_with_its_mend(
    true, real, tag, kind, severity, mend
):
    found = look_at(seen(to(true, real), tag), TARGET)
    assert (found.kind, found.severity, dict(found.mend)) == (kind, severity, mend)
    assert "plan.shp" in found.message and f"crs: {mend['crs']}" in found.remedy
    set_language("zh")
    assert "plan.shp" in look_at(seen(to(true, real), tag), TARGET).message


@pytest.mark.parametrize("code", ["EPSG:4523", "EPSG:4544", "EPSG:4490", "EPSG:4326", "EPSG:4509"])
def test_a_right_tag_is_left_alone(true, code):
    assert look_at(seen(to(true, code), code), TARGET) is None


@pytest.mark.parametrize("tag", ["EPSG:4544", "EPSG:4523", "EPSG:4490", "EPSG:4326", ""])
@pytest.mark.parametrize("real", ["EPSG:4544", "EPSG:4523", "EPSG:4490"])
def test_swapped_axes_are_told_apart_from_all_else(true, real, tag):
    turned = shapely.transform(to(true, real), lambda points: points[:, ::-1])
    found = look_at(seen(turned, tag), TARGET)
    assert found is not None and found.severity == "error"
    if CRS(real).is_geographic == CRS(tag or real).is_geographic:
        assert (found.kind, dict(found.mend)) == ("swapped", {"axes": "yx"})


def test_nothing_is_said_of_an_empty_layer_or_of_land_elsewhere():
    assert look_at(Tagged("plan", "x", TARGET, np.empty((0, 2))), TARGET) is None
    lambert = CRS("EPSG:2154")
    assert look_at(seen(box(7e5, 6.3e6, 7.1e5, 6.31e6), "EPSG:2154"), lambert) is None
    north = seen(box(15, 78, 16, 79), "EPSG:4326")  # Svalbard is no county turned on its side
    assert look_at(north, CRS("EPSG:25833")) is None


# -- layers against each other ---------------------------------------------------------------------
def test_the_real_outline_is_suspected_of_gcj02_against_the_true_one(outline, true):
    units, plan = seen(true, "EPSG:4490", "units"), seen(outline, "EPSG:4326")
    (found,) = diagnose([units, plan], TARGET)
    assert (found.kind, found.severity, dict(found.mend)) == (
        "gcj02",
        "warning",
        {"shift": "gcj02"},
    )
    middle = true.centroid
    moved = to_gcj02(np.array([[middle.x, middle.y]]))[0]
    oracle = Geod(ellps="GRS80").inv(middle.x, middle.y, *moved)[2]
    assert 300 < oracle < 700 and found.value == pytest.approx(oracle, rel=0.1)
    assert found.role == "plan"


def test_it_is_the_units_that_come_from_a_web_map_where_the_plan_lies_right(outline, true):
    units, plan = seen(outline, "EPSG:4326", "units"), seen(to(true, "EPSG:4544"), "EPSG:4544")
    (found,) = diagnose([units, plan], TARGET)
    assert found.kind == "gcj02" and found.role == "units"


def test_a_layer_inside_the_county_is_suspected_by_what_falls_outside(true):
    land = to(true, TARGET)
    inner = land.buffer(-100).boundary.segmentize(400).buffer(60).intersection(land)
    shifted = to(shapely.transform(to(inner, "EPSG:4490", TARGET), to_gcj02), TARGET)
    units = seen(land, TARGET, "units")
    assert diagnose([units, seen(inner, TARGET)], TARGET, land) == []
    found = diagnose([units, seen(shifted, TARGET)], TARGET, land)
    assert [one.kind for one in found] == ["gcj02"]


@pytest.mark.parametrize(("east", "north"), [(-80.0, 45.0), (300.0, 300.0), (0.0, -400.0)])
def test_any_other_constant_shift_is_told_as_such(true, east, north):
    land = to(true, TARGET)
    plan = shapely.transform(land, lambda points: points + [east, north])
    (found,) = diagnose([seen(land, TARGET, "units"), seen(plan, TARGET)], TARGET)
    assert found.kind == "shifted" and found.value == pytest.approx(np.hypot(east, north), abs=0.1)
    assert not found.mend


def test_layers_that_agree_or_only_cover_a_part_are_not_shifted(true):
    land = to(true, TARGET)
    west, south, east, north = land.bounds
    half = land.intersection(box(west, south, (west + east) / 2, north))
    inside = land.buffer(-3000)
    for other in (land, half, inside, land.buffer(5)):
        assert diagnose([seen(land, TARGET, "units"), seen(other, TARGET)], TARGET, land) == []


@pytest.mark.parametrize(
    ("tag", "mend"),
    [("EPSG:4545", "EPSG:4544"), ("EPSG:4543", "EPSG:4544"), ("EPSG:4509", "EPSG:4544")],
)
def test_a_wrong_zone_is_found_by_the_layers_that_do_not_meet(true, tag, mend):
    plan = Tagged("plan", "plan.shp", CRS(tag), shapely.get_coordinates(to(true, "EPSG:4544")))
    found = diagnose([seen(true, "EPSG:4490", "units"), plan], TARGET)
    zones_told = [one for one in found if one.kind == "zone"]
    assert len(zones_told) == 1 and dict(zones_told[0].mend) == {"crs": mend}
    assert "km apart" in zones_told[0].message


def test_layers_that_no_zone_brings_together_are_told_apart():
    units = seen(box(500_000, 3_450_000, 510_000, 3_460_000), TARGET, "units")
    plan = seen(box(500_000, 3_900_000, 510_000, 3_910_000), TARGET)
    (found,) = diagnose([units, plan], TARGET)
    assert found.kind == "apart" and found.severity == "error" and not found.mend
    assert found.value == pytest.approx(440_000)


def test_land_outside_china_in_a_chinese_zone_is_told():
    (found,) = diagnose([seen(box(5e5, 6.5e6, 5.1e5, 6.51e6), TARGET, "units")], TARGET)
    assert found.kind == "abroad" and "58." in found.message


@pytest.mark.parametrize("seed", range(4))
def test_the_outermost_points_are_among_those_looked_at(seed):
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 20_000, (9_000, 2)) + [500_000, 3_450_000]
    rings = spots[:, None] + rng.normal(0, 200, (9_000, 5, 2))
    shapes = np.append(shapely.convex_hull(shapely.multipoints(rings)), [None, Polygon()])
    every = shapely.get_coordinates(shapes)
    points = tagged("plan", "plan.shp", TARGET, shapes).points
    assert len(points) < 9_000 < len(every)
    for way in np.column_stack(
        [np.cos(np.arange(32) * np.pi / 16), np.sin(np.arange(32) * np.pi / 16)]
    ):
        assert (points @ way).max() == pytest.approx((every @ way).max(), abs=1e-6)


def test_the_ground_may_be_many_shapes_or_one(outline, true):
    land = to(true, TARGET)
    inner = land.buffer(-100).boundary.segmentize(400).buffer(60).intersection(land)
    shifted = to(shapely.transform(to(inner, "EPSG:4490", TARGET), to_gcj02), TARGET)
    west, south, east, north = land.bounds
    half = box(west, south, (west + east) / 2, north)
    parts = np.array([land.intersection(half), land.difference(half), None])
    told = [diagnose([seen(land, TARGET, "units"), seen(shifted, TARGET)], TARGET, ground)
            for ground in (land, parts)]  # fmt: skip
    assert told[0] == told[1] and [one.kind for one in told[0]] == ["gcj02"]


def test_no_shift_is_seen_where_there_is_none():
    points = np.random.default_rng(1).uniform(0, 1000, (500, 2))
    assert constant_shift(points, points) is None
    found = constant_shift(points + [120, -50], points)
    assert found == pytest.approx([120, -50], abs=1e-6)


# -- GCJ-02 ----------------------------------------------------------------------------------------
def test_the_shift_and_its_reverse_meet(true):
    points = shapely.get_coordinates(true)
    back = from_gcj02(to_gcj02(points))
    assert np.abs(back - points).max() < 1e-9


def test_the_shift_is_the_one_that_is_published():
    # Tian'anmen as the usual converters give it: 116.397451, 39.909187 becomes 116.4036, 39.9106.
    moved = to_gcj02(np.array([[116.391264, 39.907340]]))[0]
    assert moved == pytest.approx([116.397505, 39.908743], abs=2e-5)
    assert (np.hypot(*(offset(np.array([[104.0, 31.0]]))[0] * 1e5)) < 700).all()


# -- in reading ------------------------------------------------------------------------------------
def write(folder, shape, crs, name="plan.gpkg"):
    frame = gpd.GeoDataFrame({"BSM": ["1"]}, geometry=[shape], crs=crs)
    frame.to_file(folder / name)
    return folder / name


def read(path, **source):
    return read_features(Source(str(path), **source), "plan", TARGET, "d.yaml", path.parent)


def test_the_web_maps_outline_is_mended_by_one_key_of_the_dossier(shared, true):
    path = shared / "data" / "sichuan" / "outline_510722_gcj02.geojson"
    plain, mended = read(path), read(path, shift="gcj02")
    land = to(true, TARGET)
    assert plain.shapes[0].hausdorff_distance(land) > 300
    assert mended.shapes[0].hausdorff_distance(land) < 0.01
    assert any("GCJ-02" in message for _, _, message in mended.notes)
    assert mended.provenance["shift"] == "gcj02"


@pytest.mark.parametrize(("real", "tag", "kind", "severity", "mend"), CASES)
def test_the_mend_that_is_offered_mends(tmp_path, true, real, tag, kind, severity, mend):
    path = write(tmp_path, to(true, real), tag or None)
    if severity == "error":
        with pytest.raises(InputError, match=mend["crs"]):
            read(path)
    elif kind == "untagged":
        assert read(path).shapes[0].hausdorff_distance(to(true, TARGET)) < 0.001
        assert any("states no CRS" in message for _, _, message in read(path).notes)
    mended = read(path, **mend)
    assert mended.shapes[0].hausdorff_distance(to(true, TARGET)) < 0.001


def test_swapped_axes_are_refused_and_mended_by_the_dossier(tmp_path, true):
    turned = shapely.transform(to(true, TARGET), lambda points: points[:, ::-1])
    path = write(tmp_path, turned, TARGET)
    with pytest.raises(InputError, match="axes: yx"):
        read(path)
    assert read(path, axes="yx").shapes[0].hausdorff_distance(to(true, TARGET)) < 1e-6


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("axes", "zz", "xy"), ("shift", "bd09", "gcj02"), ("crs", "EPSG:0", "EPSG:4544")],
)
def test_a_mend_that_nobody_knows_is_refused(tmp_path, key, value, words):
    path = write(tmp_path, square(0), TARGET)
    with pytest.raises(InputError, match=words):
        read(path, **{key: value})


# -- a whole county --------------------------------------------------------------------------------
def county(folder, plan):
    units_frame().to_file(folder / "units.gpkg")
    plan.to_file(folder / "plan.gpkg")
    content = {
        "dossier": 1, "code": "510799", "crs": "EPSG:4544", "standard": "cn-2023",
        "layers": {"units": {"path": "units.gpkg", "fields": UNIT_FIELDS},
                   "landuse": {"path": "plan.gpkg", "codes": "sandiao",
                               "fields": {"code": "DLBM", "id": "BSM"}}},
    }  # fmt: skip
    (folder / "d.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    dossier = read_dossier(folder / "d.yaml")
    return load_county(dossier, load_standard("cn-2023"))


def test_a_sound_county_needs_no_doctor(tmp_path):
    assert examine(county(tmp_path, parcels_frame())) == []


def test_a_countys_layer_off_by_a_constant_is_told(tmp_path):
    plan = parcels_frame()
    plan["geometry"] = plan.translate(150, 90)
    (found,) = examine(county(tmp_path, plan))
    assert (found.kind, found.role) == ("shifted", "landuse")
    assert found.value == pytest.approx(np.hypot(150, 90))


def test_a_countys_layer_in_another_zone_is_told_with_its_mend(tmp_path):
    plan = parcels_frame().set_crs("EPSG:4545", allow_override=True)
    (found,) = examine(county(tmp_path, plan))
    assert found.kind == "zone" and dict(found.mend) == {"crs": "EPSG:4544"}


def test_a_countys_layer_with_an_old_tag_is_told(tmp_path):
    plan = parcels_frame().set_crs("EPSG:2380", allow_override=True)
    (found,) = examine(county(tmp_path, plan))
    assert (found.kind, found.severity, found.role) == ("datum", "warning", "landuse")


@pytest.mark.parametrize("tag", ["EPSG:2380", "EPSG:2432", "EPSG:4610", "EPSG:4214", "EPSG:2411"])
def test_of_an_old_datum_no_tag_is_offered_but_parameters_are_asked_for(true, tag):
    prefixed, degrees = tag == "EPSG:2411", tag in ("EPSG:4610", "EPSG:4214")
    real = "EPSG:4490" if degrees else "EPSG:4523" if prefixed else TARGET
    found = look_at(seen(to(true, real), tag), TARGET)
    assert (found.kind, found.severity, dict(found.mend)) == ("datum", "warning", {})
    assert "100 m" in found.message and "parameters" in found.remedy
    assert "crs:" not in found.remedy and "don't just change the tag" in found.remedy


def test_of_an_old_datum_in_another_zone_one_sentence_is_said(true):
    plan = seen(to(true, TARGET), "EPSG:2434")  # Beijing 1954 on the meridian of 111 degrees
    (found,) = diagnose([seen(to(true, TARGET), TARGET, "units"), plan], TARGET, to(true, TARGET))
    assert (found.kind, found.severity, dict(found.mend)) == ("datum", "error", {})
    assert "100 m" in found.message and "3-degree Gauss-Kruger CM 105E" in found.message
    assert "EPSG:24" not in found.message + found.remedy and found.value > 500_000
    assert "parameters" in found.remedy


def test_a_run_says_of_an_old_datum_one_thing_only(tmp_path):
    plan = parcels_frame().set_crs("EPSG:2434", allow_override=True)
    found = county(tmp_path, plan).findings
    told = found[(found["rule"] == "data.crs") & (found["subject_layer"] == "landuse")]
    assert len(told) == 1 and "obsolete datum" in told["message"].iloc[0]
    assert "don't just change the tag" in told["remedy"].iloc[0]


# -- UTM for a zone of Gauss-Krueger ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("tag", "likely"), [(32648, "EPSG:4544"), (32649, "EPSG:4546"), (32748, ""), (32632, "")]
)
def test_the_zone_that_utm_may_stand_for_has_its_meridian(tag, likely):
    found = utm_zone(CRS(tag))
    assert (found.name if found else "") == likely
    if found:
        assert f"{found.meridian}" in CRS(likely).name and zone_of(CRS(tag)) is None


def test_a_tag_of_utm_is_doubted_and_the_likely_zone_named(true):
    found = look_at(seen(to(true, TARGET), "EPSG:32648"), CRS("EPSG:4545"))
    assert (found.kind, dict(found.mend)) == ("utm", {"crs": "EPSG:4544"})
    north = shapely.get_coordinates(to(true, TARGET))[:, 1]
    assert found.value == pytest.approx(np.median(north) * 0.0004, rel=0.01)


@pytest.mark.parametrize("inside", [False, True])
def test_gauss_krueger_under_a_tag_of_utm_is_proved_by_what_falls_outside(true, inside):
    land = to(true, TARGET)
    units = seen(land, TARGET, "units")
    layer = land.intersection(box(*land.bounds[:2], land.bounds[2], land.centroid.y))
    plan = seen(layer if inside else land, "EPSG:32648")
    (found,) = diagnose([units, plan], TARGET, land)
    assert (found.kind, found.severity) == ("utm", "error")
    assert dict(found.mend) == {"crs": "EPSG:4544"} and "outside units.shp" in found.message


def test_a_layer_that_is_in_utm_is_not_suspected_where_the_others_bear_it_out(true):
    land = to(true, TARGET)
    plan = seen(to(true, "EPSG:32648"), "EPSG:32648")
    assert diagnose([seen(land, TARGET, "units"), plan], TARGET, land) == []


def test_a_layer_far_inside_keeps_the_doubt_of_utm_as_a_warning(true):
    land = to(true, TARGET)
    plan = seen(land.representative_point().buffer(50), "EPSG:32648")
    (found,) = diagnose([seen(land, TARGET, "units"), plan], TARGET, land)
    assert (found.kind, found.severity) == ("utm", "warning")


def test_a_county_all_in_utm_is_told(true):
    utm = CRS("EPSG:32648")
    found = diagnose([seen(to(true, TARGET), utm, "units"), seen(to(true, TARGET), utm)], utm)
    assert {one.kind for one in found} == {"utm"} and found[0].role == "units"


def test_the_keys_of_mends_are_kept_in_a_dossier(tmp_path):
    made = county(tmp_path, parcels_frame()).dossier
    source = replace(made.layers["landuse"], crs="EPSG:4544", axes="xy", encoding="GBK")
    from pianqu.layers.dossier import write_dossier

    write_dossier(replace(made, layers={**made.layers, "landuse": source}), tmp_path / "e.yaml")
    again = read_dossier(tmp_path / "e.yaml").layers["landuse"]
    assert (again.crs, again.axes, again.encoding) == ("EPSG:4544", "xy", "GBK")
    assert Zone("cgcs2000", 3, 35, False).name == again.crs


@pytest.mark.parametrize(
    ("longitude", "told"),
    [(105.2, ""), (109.2, ""), (100.9, ""), (110.1, "EPSG:4546"), (117, "EPSG:4548")],
)
def test_a_county_beyond_the_next_zone_is_told_with_a_zone_nearer(longitude, told):
    x, y = Transformer.from_crs(4490, TARGET, always_xy=True).transform(longitude, 30.5)
    found = far_off(TARGET, x, y)
    assert (found[1].name if found else "") == told
    if found:
        assert found[0] == pytest.approx(longitude - 105, abs=1e-6)
    assert far_off(CRS("EPSG:2154"), 870_000.0, 6_880_000.0) is None


def test_a_run_warns_of_a_county_far_off_the_meridian(tmp_path):
    frame = units_frame()
    away = Transformer.from_crs(4490, TARGET, always_xy=True).transform(112.0, 31.0)
    near = frame.total_bounds[:2]
    frame["geometry"] = frame.translate(away[0] - near[0], away[1] - near[1])
    frame.to_file(tmp_path / "u.gpkg", layer="units")
    content = {"dossier": 1, "code": "510799", "crs": "EPSG:4544", "layers": {
        "units": {"path": "u.gpkg", "layer": "units", "fields": UNIT_FIELDS}}}  # fmt: skip
    path = tmp_path / "d.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    county = load_county(read_dossier(path), load_standard("cn-2023"))
    rows = county.findings[county.findings["rule"] == "data.crs"]
    assert rows["severity"].tolist() == ["warning"]
    assert "7.0 degrees" in rows["message"].iloc[0] and "EPSG:4546" in rows["message"].iloc[0]


def test_a_crs_without_a_name_of_a_chinese_datum_is_no_zone():
    text = "+proj=tmerc +lon_0=105 +x_0=500000 +ellps=GRS80 +units=m +type=crs"
    assert zone_of(CRS(text)) is None
    assert far_off(CRS(text), 1_400_000.0, 3_400_000.0) is None
    assert datum_of("Hong Kong 1980") == "" and datum_of("西安80坐标系") == "xian80"


def test_a_stray_unit_moves_no_county_off_its_meridian(tmp_path):
    frame = units_frame()
    stray = frame.iloc[[0]].copy()
    stray["geometry"] = stray.translate(380_000, 0)
    for column in stray.columns.drop("geometry"):
        stray[column] = stray[column].astype(str) + "9"
    both = gpd.GeoDataFrame(np.concatenate([frame, stray]), columns=frame.columns, crs=frame.crs)
    both.to_file(tmp_path / "u.gpkg", layer="units")
    content = {"dossier": 1, "code": "510799", "crs": "EPSG:4544", "layers": {
        "units": {"path": "u.gpkg", "layer": "units", "fields": UNIT_FIELDS}}}  # fmt: skip
    (tmp_path / "d.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    county = load_county(read_dossier(tmp_path / "d.yaml"), load_standard("cn-2023"))
    assert not county.findings["message"].str.contains("off the meridian").any()
