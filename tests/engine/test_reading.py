# SPDX-License-Identifier: GPL-2.0-or-later
"""Real files read: French plan, Flemish dirt, Chinese encodings."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from input_county import parcels_frame, square
from pianqu.layers.crs import bridge, project_crs
from pianqu.layers.dossier import Source
from pianqu.layers.errors import InputError
from pianqu.layers.reading import open_source, read_features
from pianqu.layers.repair import usable
from pianqu.layers.texts import clean_text, dbf_encoding, number_column, number_of, text_column
from pianqu.layers.words import set_language
from pyproj import CRS
from shapely.geometry import box

PLU = "30014_ZONE_URBA_20171013.shp"

pytestmark = pytest.mark.english


def read(path, target, near=None, **source):
    source.setdefault("fields", {})
    return read_features(
        Source(str(path), **source), "plan", CRS(target), "d.yaml", Path(path).parent, near
    )


def test_the_french_plan_is_the_same_in_both_names_of_its_crs(shared):
    path = shared / "data" / "plu_30014" / PLU
    features = read(path, "IGNF:LAMB93", fields={"code": "TYPEZONE"})
    assert len(features) == 90 and not features.provenance["transformed"]
    assert not shapely.has_z(features.shapes).any()
    oracle = gpd.read_file(path)
    assert set(features.columns["code"]) == set(oracle["TYPEZONE"])
    assert shapely.area(features.shapes).sum() == pytest.approx(oracle.area.sum(), rel=1e-12)


def test_invalid_flemish_polygons_are_repaired_and_their_areas_told(shared):
    path = shared / "data" / "geometry" / "geofileops" / "polygon-invalid.gpkg"
    features = read(path, "EPSG:31370")
    invalid = np.flatnonzero(~shapely.is_valid(features.shapes))
    result = usable(features.shapes)
    assert len(invalid) and list(result.mended["row"]) == list(invalid)
    assert shapely.is_valid(result.shapes).all() and len(result.unusable) == 0
    after = shapely.area(result.shapes[invalid])
    assert list(result.mended["after_m2"]) == pytest.approx(list(after))
    untouched = np.setdiff1d(np.arange(len(features)), invalid)
    assert (result.shapes[untouched] == features.shapes[untouched]).all()


def test_an_empty_layer_has_no_features_and_no_error(shared):
    path = shared / "data" / "geometry" / "geofileops" / "polygon-no-rows.gpkg"
    features = read(path, "EPSG:31370", fields={"name": "label_name"})
    assert len(features) == 0 and len(usable(features.shapes).shapes) == 0


def test_curves_arrive_as_polygons(shared):
    path = shared / "data" / "geometry" / "geofileops" / "curvepolygon.gpkg"
    features = read(path, "EPSG:31370")
    kinds = {shape.geom_type for shape in features.shapes}
    assert kinds <= {"Polygon", "MultiPolygon"} and shapely.area(features.shapes)[0] > 0


def test_near_a_place_only_what_meets_its_box_is_kept(shared):
    path = shared / "data" / "plu_30014" / PLU
    whole = read(path, "EPSG:2154", fields={"name": "LIBELLE"})
    spot = whole.shapes[0]
    part = read(path, "EPSG:2154", near=np.array([spot, None]), fields={"name": "LIBELLE"})
    meets = shapely.intersects(shapely.envelope(spot), shapely.envelope(whole.shapes))
    assert 0 < meets.sum() < len(whole) and part.provenance["read"] == len(whole)
    assert list(part.fids) == list(whole.fids[meets])
    assert list(part.columns["name"]) == list(whole.columns["name"][meets])


@pytest.mark.parametrize("driver", ["GPKG", "ESRI Shapefile", "GeoJSON", "OpenFileGDB"])
def test_what_has_no_place_is_near_every_place(tmp_path, driver):
    frame = parcels_frame()
    frame.loc[3, "geometry"] = None
    path = tmp_path / {"GPKG": "a.gpkg", "OpenFileGDB": "a.gdb"}.get(driver, "a.shp")
    path = path.with_suffix(".geojson") if driver == "GeoJSON" else path
    frame.to_file(path, driver=driver)
    features = read(path, "EPSG:4544", near=np.array([square(0, side=10)]), fields={"id": "BSM"})
    assert list(features.columns["id"]) == ["P0", "P3"] and features.shapes[1] is None


def test_features_come_in_order_of_their_ids_whatever_the_driver_does(tmp_path, monkeypatch):
    parcels_frame().to_file(tmp_path / "a.gpkg")
    plain = pyogrio.raw.read

    def shuffled(*args, **options):
        meta, fids, shapes, data = plain(*args, **options)
        order = np.array([2, 0, 3, 1])
        return meta, fids[order], shapes[order], [column[order] for column in data]

    monkeypatch.setattr(pyogrio.raw, "read", shuffled)
    features = read(tmp_path / "a.gpkg", "EPSG:4544", fields={"id": "BSM", "number": "fid"})
    assert list(features.fids) == list(features.columns["number"]) == [1, 2, 3, 4]
    assert list(features.columns["id"]) == ["P0", "P1", "P2", "P3"]
    assert features.shapes[3].equals(square(3))


def test_a_wrong_filter_on_a_geopackage_names_the_fields(tmp_path):
    parcels_frame().to_file(tmp_path / "a.gpkg")
    for text in ("DLMB = 1", "DLBM = '0101')--", "DLBM = "):
        with pytest.raises(InputError) as caught:
            read(tmp_path / "a.gpkg", "EPSG:4544", filter=text)
        assert caught.value.key == "layers.bad_filter" and "KCXS" in str(caught.value)


def test_a_filter_is_one_condition(tmp_path):
    parcels_frame().to_file(tmp_path / "a.gpkg")
    with pytest.raises(InputError, match="semicolon"):
        read(tmp_path / "a.gpkg", "EPSG:4544", filter="DLBM = '0101'; DROP TABLE a")


@pytest.mark.parametrize(
    ("name", "encoding", "text"),
    [
        ("chinese_poly.dbf", "GB18030", "黑龙江省"),
        ("gbk.dbf", "GB18030", "简体国语"),
        ("gb2312.dbf", "GB18030", "简体国语"),
    ],
)
def test_a_chinese_table_without_cpg_is_read_as_gbk(shared, name, encoding, text):
    path = shared / "data" / "encodings" / name
    opened = open_source(Source(str(path), fields={"name": "NAME"}), "d.yaml", spatial=False)
    assert opened.options == {"ENCODING": encoding}
    values = pyogrio.raw.read(path, columns=["NAME"], read_geometry=False, **opened.options)[3]
    assert text_column(values[0])[0] == text


def test_a_language_driver_id_is_trusted(shared):
    path = shared / "data" / "encodings" / "chinese.shp"
    raw = path.with_suffix(".dbf").read_bytes()
    expected = "" if raw[29] not in (0, 0x57) else dbf_encoding(path)
    assert dbf_encoding(path) == expected
    assert open_source(Source(str(path)), "d.yaml").info["features"] == 1


def shapefile(folder, encoding, cpg):
    frame = parcels_frame(DLMC=["水田", "乔木林地", "旱地", "村庄"])
    path = folder / "dltb.shp"
    frame.to_file(path, driver="ESRI Shapefile", encoding=encoding, engine="pyogrio")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return path


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [("GBK", ""), ("GBK", "GBK"), ("GBK", "UTF-8"), ("UTF-8", ""), ("UTF-8", "UTF-8")],
)
def test_a_shapefiles_text_and_filter_survive_any_labelling(tmp_path, encoding, cpg):
    path = shapefile(tmp_path, encoding, cpg)
    features = read(path, "EPSG:4544", fields={"name": "DLMC"}, filter="DLMC = '乔木林地'")
    assert list(features.columns["name"]) == ["乔木林地"]


def test_a_field_may_be_spelt_in_another_case(tmp_path):
    parcels_frame().to_file(tmp_path / "a.gpkg", layer="DLTB")
    features = read(tmp_path / "a.gpkg", "EPSG:4544", layer="dltb", fields={"code": "dlbm"})
    assert list(features.columns["code"])[:2] == ["0101", "0301"]


def test_the_feature_id_column_may_be_the_id(tmp_path):
    parcels_frame().to_file(tmp_path / "a.gpkg")
    features = read(tmp_path / "a.gpkg", "EPSG:4544", fields={"id": "fid"})
    assert list(features.columns["id"]) == [1, 2, 3, 4]


def test_a_container_with_several_layers_wants_one_named(tmp_path):
    parcels_frame().to_file(tmp_path / "a.gpkg", layer="one")
    parcels_frame().to_file(tmp_path / "a.gpkg", layer="two")
    with pytest.raises(InputError, match="one, two"):
        open_source(Source(str(tmp_path / "a.gpkg")), "d.yaml")


def test_a_file_of_no_known_format_is_refused(tmp_path):
    (tmp_path / "a.gpkg").write_bytes(b"nothing of the sort")
    with pytest.raises(InputError, match=r"a\.gpkg"):
        open_source(Source(str(tmp_path / "a.gpkg")), "d.yaml")


def test_a_database_without_its_driver_is_told():
    if "PostgreSQL" in pyogrio.list_drivers():
        pytest.skip("this GDAL has the PostgreSQL driver")
    with pytest.raises(InputError, match="PostgreSQL") as caught:
        open_source(Source("postgresql://me:hush@db/x", "plan.units"), "d.yaml")
    assert "hush" not in str(caught.value)


def test_an_open_filegdb_is_read(tmp_path):
    path = tmp_path / "county.gdb"
    parcels_frame().to_file(path, layer="DLTB", driver="OpenFileGDB")
    features = read(path, "EPSG:4544", layer="DLTB", fields={"code": "DLBM"})
    assert len(features) == 4 and features.provenance["bytes"] > 0


def test_two_spellings_of_one_crs_are_no_transformation():
    first, wkt = CRS("EPSG:4544"), CRS("EPSG:4544").to_wkt("WKT1_ESRI")
    area = (500_000.0, 3_400_000.0, 540_000.0, 3_440_000.0)
    assert bridge(CRS(wkt), first, area).transformer is None
    assert bridge(CRS("EPSG:4523"), first, area).transformer is not None


def test_a_crs_in_feet_is_refused():
    with pytest.raises(InputError, match="metres"):
        project_crs("EPSG:2263", "d.yaml")


@pytest.mark.filterwarnings("ignore:invalid value")
def test_shapes_that_are_hopeless_give_a_reason_each():
    flat = shapely.from_wkt("POLYGON ((0 0, 1 1, 2 2, 0 0))")
    nan = shapely.from_wkt("POLYGON ((0 0, 1 NaN, 1 1, 0 0))")
    shapes = np.array([None, shapely.Point(0, 0), shapely.Polygon(), flat, nan, box(0, 0, 1, 1)])
    result = usable(shapes)
    assert list(result.unusable["row"]) == [0, 1, 2, 3, 4]
    assert all(result.unusable["reason"]) and result.shapes[5] == shapes[5]
    assert result.marks[1] == shapes[1] and result.marks[4] is None


def test_of_a_collection_the_polygons_are_kept_and_united():
    line = shapely.LineString([(0, 0), (5, 5)])
    mixed = shapely.GeometryCollection([box(0, 0, 2, 2), line, box(1, 0, 3, 2)])
    result = usable(np.array([mixed, shapely.GeometryCollection([line])], dtype=object))
    assert result.shapes[0].area == pytest.approx(6) and result.shapes[1] is None


@pytest.mark.parametrize(
    ("wkt", "area"),
    [  # the union of two lobes that overlap; a ring there and back; a ring that touches its edge
        ("POLYGON((0 0,5 -1,10 0,11 5,10 10,0 0,-1 5,0 10,5 11,10 10,0 0))", 120.0),
        ("POLYGON((3 1,2 3,3 1,2 2,3 3,2 2,0 4,3 1))", 1 / 3),
        ("POLYGON((1 2,4 1,1 2,1 1,1 4,4 1,1 2))", 3.0),
    ],
)
def test_a_ring_that_runs_over_itself_is_repaired_not_dropped(wkt, area):
    result = usable(np.array([shapely.from_wkt(wkt)], dtype=object))
    assert len(result.unusable) == 0 and shapely.is_valid(result.shapes).all()
    assert list(result.mended["after_m2"]) == [pytest.approx(area)]


@pytest.mark.parametrize(
    ("raw", "text"),
    [(101.0, "101"), (510799, "510799"), (None, ""), (float("nan"), ""), (" ０１ａ\u3000", "01a"),
     (np.float64(0.5), "0.5"), ("甲村（东）", "甲村（东）"), (b"x", "x")],
)  # fmt: skip
def test_values_become_clean_text(raw, text):
    assert clean_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1,234.5", 1234.5),
        ("1２.５％", 0.125),
        ("3,5", 3.5),
        (" 12 ", 12.0),
        ("1,234,567", 1234567.0),
        ("0,125", 0.125),
        ("-0,5", -0.5),
        ("125,000", 125000.0),
    ],
)
def test_numbers_are_read_as_people_write_them(raw, number):
    assert number_of(raw) == pytest.approx(number)


@pytest.mark.parametrize("raw", ["inf", "-Infinity", "nan", "1e999", "1_000", "0,125,000", "1,2,3"])
def test_what_is_no_number_of_anything_is_none(raw):
    assert np.isnan(number_of(raw))


def test_a_column_of_text_gives_numbers_and_the_rows_that_are_none():
    numbers, bad = number_column(np.array(["0.1", None, "", "abc"], dtype=object))
    assert numbers[0] == 0.1 and np.isnan(numbers[1:]).all() and list(bad) == [3]


def test_a_missing_shapefile_part_does_not_hide_the_file(tmp_path):
    path = shapefile(tmp_path, "UTF-8", "")
    other = tmp_path / "copy" / "dltb.shp"
    other.parent.mkdir()
    for suffix in (".shp", ".shx", ".dbf"):
        shutil.copy(path.with_suffix(suffix), other.with_suffix(suffix))
    features = read(other, "EPSG:4544", fields={"code": "DLBM"})
    assert features.provenance["crs_assumed"] and features.notes[0][0] == "data.crs"


def test_a_filter_on_a_field_nobody_reads_still_finds_its_features(shared):
    path = shared / "data" / "plu_30014" / PLU
    names = gpd.read_file(path)["LIBELLE"]
    expected = int(names.isin(["Ap", "Abp"]).sum())
    for text in ("LIBELLE IN ('Ap','Abp')", "\"libelle\" IN ('Ap', 'Abp')"):
        assert len(read(path, "EPSG:2154", filter=text).shapes) == expected > 0


def test_long_whole_numbers_keep_their_digits_beside_a_null(tmp_path):
    numbers = pd.array([510799001000000121, None, 510799001000000123, 7], dtype="Int64")
    parcels_frame(BSM=numbers).to_file(tmp_path / "a.gpkg")
    features = read(tmp_path / "a.gpkg", "EPSG:4544", fields={"id": "BSM"}, filter="DLBM <> ''")
    texts = ["510799001000000121", "", "510799001000000123", "7"]
    assert list(text_column(features.columns["id"])) == texts


def test_a_shapefile_without_its_index_names_what_is_lost(tmp_path):
    path = shapefile(tmp_path, "UTF-8", "")
    path.with_suffix(".shx").unlink()
    with pytest.raises(InputError, match=r"dltb\.shp.*\.shx"):
        open_source(Source(str(path)), "d.yaml")


def test_a_table_is_no_layer(tmp_path):
    (tmp_path / "x.csv").write_text("DLBM,a\n0101,1\n", encoding="utf-8")
    with pytest.raises(InputError, match="without geometry"):
        open_source(Source(str(tmp_path / "x.csv")), "d.yaml")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_file_cut_short_is_never_read_as_whole(tmp_path):
    path = shapefile(tmp_path, "UTF-8", "UTF-8")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    result = usable(read(path, "EPSG:4544").shapes)
    assert len(result.unusable) > 0 and result.shapes[0] is not None


def test_the_fault_of_a_polygon_is_named_in_the_language_with_its_spot():
    tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    reason = usable(np.array([tie])).mended["reason"].item()
    assert reason == "self-intersection at 5.00, 5.00"
    set_language("zh")
    assert usable(np.array([tie])).mended["reason"].item() == "图形自相交，位置 5.00, 5.00"
