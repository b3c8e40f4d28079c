# SPDX-License-Identifier: GPL-2.0-or-later
"""What is written in any format reads back: the same shapes, the same words, codes with zeros."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pianqu.layers.dossier import Source
from pianqu.layers.errors import InputError
from pianqu.layers.formats.writing import WRITABLE, write_layer
from pianqu.layers.reading import open_source, read_features
from pianqu.layers.texts import text_column
from pianqu.layers.words import set_language
from pyproj import CRS
from shapely.geometry import MultiPolygon, Polygon, box

EAST, NORTH = 480_000.123456, 3_450_000.654321
SHAPES = [
    Polygon([(EAST, NORTH), (EAST + 100.1, NORTH), (EAST + 50, NORTH + 77.7)]),
    box(EAST + 200, NORTH, EAST + 300, NORTH + 100).difference(
        box(EAST + 220, NORTH + 20, EAST + 280, NORTH + 80)
    ),
    MultiPolygon([box(EAST + 400, NORTH, EAST + 410, NORTH + 10),
                  box(EAST + 420, NORTH, EAST + 430, NORTH + 10)]),
    box(EAST + 500, NORTH, EAST + 510.5, NORTH + 10.25),
]  # fmt: skip
CODES = ["0101", "0703", "05H1", "1107A"]
NAMES = ["水田", "农村宅基地", "青山镇（东）", 'O\'Brien, "甲"']
IDS = ["510799101001000001", "510799101001000002", "000000000000000003", "4"]
EXACT = (".gpkg", ".shp", ".fgb", ".parquet", ".csv", ".geojson", ".dxf")
NO_WORDS = (".dxf", ".txt")

pytestmark = pytest.mark.english


def frame():
    columns = {"DLBM": CODES, "DLMC": NAMES, "BSM": IDS, "KCXS": [0.1, 0.0, 0.1234, 0.05]}
    return gpd.GeoDataFrame(columns, geometry=SHAPES, crs="EPSG:4544")


def read(path, target="EPSG:4544", near=None, **source):
    return read_features(
        Source(str(path), **source), "plan", CRS(target), "d.yaml", Path(path).parent, near
    )


FIELDS = {"code": "DLBM", "name": "DLMC", "id": "BSM"}


def check_shapes(features, suffix):
    assert len(features) == 4
    if suffix in EXACT:
        assert all(a.equals(b) for a, b in zip(features.shapes, SHAPES))
        return
    # KML turns to WGS 84 and back; the others hold so many digits only.
    far = shapely.hausdorff_distance(features.shapes, np.array(SHAPES, dtype=object))
    assert far.max() <= 0.0005


@pytest.mark.parametrize("suffix", [one for one in WRITABLE if one not in NO_WORDS])
def test_a_round_trip_keeps_shapes_words_and_codes(tmp_path, suffix):
    path = tmp_path / f"地类图斑{suffix}"
    write_layer(frame(), path, layer="" if suffix == ".csv" else "DLTB")
    extra = {"crs": "EPSG:4544"} if suffix == ".csv" else {}
    features = read(path, fields=FIELDS, **extra)
    check_shapes(features, suffix)
    assert list(text_column(features.columns["code"])) == CODES
    assert list(text_column(features.columns["name"])) == NAMES
    assert list(text_column(features.columns["id"])) == IDS


@pytest.mark.parametrize("suffix", [one for one in WRITABLE if one not in NO_WORDS])
def test_a_filter_in_chinese_finds_its_features_in_any_format(tmp_path, suffix):
    path = tmp_path / f"layer{suffix}"
    write_layer(frame(), path)
    extra = {"crs": "EPSG:4544"} if suffix == ".csv" else {}
    features = read(path, fields=FIELDS, filter="DLMC = '农村宅基地'", **extra)
    assert list(text_column(features.columns["code"])) == ["0703"]
    with pytest.raises(InputError, match="KCXS"):
        read(path, fields=FIELDS, filter="NICHTS = 1 AND", **extra)


def test_boundary_points_keep_parcels_and_codes(tmp_path):
    path = tmp_path / "parcels.txt"
    made = frame().rename(columns={"BSM": "DKBH", "DLMC": "DKMC"})
    write_layer(made, path)
    features = read(path, fields={"id": "DKBH", "code": "DLBM", "name": "DKMC"})
    check_shapes(features, ".txt")
    assert list(features.columns["id"]) == IDS and list(features.columns["code"]) == CODES
    assert features.columns["name"][1] == "农村宅基地"


def test_a_drawing_keeps_shapes_and_the_names_of_its_layers(tmp_path):
    path = tmp_path / "drawing.dxf"
    write_layer(frame().assign(Layer=["水田", "村庄", "公园", "水田"]), path)
    features = read(path, fields={"name": "Layer"}, crs="EPSG:4544")
    # A drawing knows no holes and no parts: the ground is compared, each polyline an area.
    assert set(features.columns["name"]) == {"水田", "村庄", "公园"}
    whole = shapely.union_all(features.shapes)
    filled = shapely.union_all([Polygon(p.exterior) for s in SHAPES for p in shapely.get_parts(s)])
    assert whole.symmetric_difference(filled).area < 1e-6 or whole.equals(shapely.union_all(SHAPES))


@pytest.mark.parametrize("encoding", ["GBK", "GB18030", "UTF-8", "Big5"])
@pytest.mark.parametrize("cpg", ["kept", "none", "wrong"])
def test_a_shapefile_in_any_encoding_is_read_with_or_without_its_cpg(tmp_path, encoding, cpg):
    names = ["水稻", "山林", "公園", "道路"] if encoding == "Big5" else NAMES
    made = frame().assign(DLMC=names)
    path = tmp_path / "dltb.shp"
    write_layer(made, path, encoding=encoding)
    if cpg == "none":
        path.with_suffix(".cpg").unlink()
    if cpg == "wrong":
        path.with_suffix(".cpg").write_text("GBK" if encoding == "UTF-8" else "UTF-8")
    features = read(path, fields=FIELDS, filter=f"DLMC = '{names[1]}'")
    assert list(text_column(features.columns["name"])) == [names[1]]
    notes = [message for rule, _, message in features.notes if rule == "data.text"]
    assert bool(notes) == (cpg != "kept")
    if notes:
        shown = "GB18030" if encoding.startswith("GB") else encoding
        assert shown in notes[0] and "encoding" in notes[0]


def test_the_language_driver_byte_is_believed_unless_the_text_denies_it(tmp_path):
    path = tmp_path / "dltb.shp"
    for driver, encoding in ((0x4D, "GBK"), (0x4F, "Big5"), (0x4D, "UTF-8")):
        names = ["水稻", "山林", "公園", "道路"] if encoding == "Big5" else NAMES
        write_layer(frame().assign(DLMC=names), path, encoding=encoding)
        path.with_suffix(".cpg").unlink()
        table = path.with_suffix(".dbf")
        raw = bytearray(table.read_bytes())
        raw[29] = driver
        table.write_bytes(bytes(raw))
        features = read(path, fields=FIELDS)
        assert list(text_column(features.columns["name"])) == names, encoding
        warned = [message for _, level, message in features.notes if level == "warning"]
        assert bool(warned) == (encoding == "UTF-8")


def test_the_dossier_overrides_any_encoding(tmp_path):
    path = tmp_path / "dltb.shp"
    write_layer(frame().assign(DLMC=["水"] * 4), path, encoding="GBK")
    path.with_suffix(".cpg").write_text("UTF-8")
    features = read(path, fields=FIELDS, encoding="gbk")
    assert list(features.columns["name"]) == ["水"] * 4
    assert features.provenance["encoding"] == "GB18030"
    with pytest.raises(InputError, match="GBK"):
        read(path, encoding="gbk2312x")


@pytest.mark.parametrize("suffix", [".mif", ".tab"])
@pytest.mark.parametrize("encoding", ["GBK", "Big5", "UTF-8"])
def test_a_mapinfo_table_of_charset_neutral_is_read_by_its_text(tmp_path, suffix, encoding):
    names = ["水稻", "山林", "公園", "道路"] if encoding == "Big5" else NAMES[:3] + ["道路"]
    path = tmp_path / f"a{suffix}"
    write_layer(frame().assign(DLMC=names), path)
    relabel_mapinfo(path, encoding)
    features = read(path, fields=FIELDS, filter=f"DLMC = '{names[0]}'")
    assert list(features.columns["name"]) == [names[0]]
    assert list(read(path, fields=FIELDS).columns["code"]) == CODES


def relabel_mapinfo(path, encoding):
    """Turn a MapInfo table from UTF-8 to one that says Neutral in another encoding."""
    head = path.read_bytes().replace(b"UTF-8", b"Neutral")
    if path.suffix == ".mif":
        path.write_bytes(head)
        rows = path.with_suffix(".mid")
        rows.write_bytes(rows.read_bytes().decode("utf-8").encode(encoding))
        return
    path.write_bytes(head)
    rows = path.with_suffix(".dat")
    raw = rows.read_bytes()
    for name in NAMES + ["水稻", "山林", "公園", "道路"]:
        old = name.encode("utf-8")
        try:
            new = name.encode(encoding)
        except UnicodeEncodeError:
            continue
        raw = raw.replace(old, new + b"\0" * (len(old) - len(new)))
    rows.write_bytes(raw)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "big5", "utf-16"])
def test_a_csv_with_wkt_is_read_in_any_encoding(tmp_path, encoding):
    words = {"big5": "公園", "gbk": "公园"}.get(encoding, "公园")
    path = tmp_path / "parcels.csv"
    path.write_bytes(f'DLBM,DLMC,WKT\n0101,{words},"{SHAPES[0].wkt}"\n'.encode(encoding))
    features = read(path, fields={"code": "DLBM", "name": "DLMC"}, crs="EPSG:4544")
    assert list(features.columns["name"]) == [words] and list(features.columns["code"]) == ["0101"]
    assert features.shapes[0].equals(SHAPES[0])


@pytest.mark.parametrize("declared", ["GBK", "UTF-8"])
def test_a_kml_whose_text_is_gbk_is_read_whatever_it_declares(tmp_path, declared):
    path = tmp_path / "a.kml"
    ring = "105,31 105.01,31 105.01,31.01 105,31"
    path.write_bytes(
        f'<?xml version="1.0" encoding="{declared}"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>青山镇地块</name>'
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark></Document></kml>".encode("gbk")
    )
    features = read(path, fields={"name": "Name"})
    assert list(features.columns["name"]) == ["青山镇地块"]


def test_a_geojson_in_gbk_is_read(tmp_path):
    path = tmp_path / "a.geojson"
    write_layer(frame(), path)
    path.write_bytes(path.read_bytes().decode("utf-8").encode("gbk"))
    features = read(path, fields=FIELDS)
    assert list(features.columns["name"]) == NAMES


def zipped(folder, files, place, names=None, encoding=None):
    """Pack files; with an encoding, their names as a Chinese Windows packs them: without a mark."""
    path = folder / place
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, file in enumerate(files):
            name = names[number] if names else file.name
            if encoding:
                entry = zipfile.ZipInfo(name.encode(encoding).decode("cp437"))
                entry.flag_bits = 0
                archive.writestr(entry, file.read_bytes())
            else:
                archive.write(file, name)
    if encoding:  # Python marks such names as UTF-8; packers on Chinese Windows write raw bytes
        raw = path.read_bytes()
        for number in range(len(files)):
            written = names[number].encode(encoding).decode("cp437").encode("utf-8")
            raw = raw.replace(written, names[number].encode(encoding).ljust(len(written), b"_"))
        path.write_bytes(raw)
    return path


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson", ".gdb"])
def test_a_zipped_container_is_read_as_if_it_were_not(tmp_path, suffix):
    inside = tmp_path / "inside"
    inside.mkdir()
    write_layer(frame(), inside / f"DLTB{suffix}")
    path = Path(shutil.make_archive(str(tmp_path / "county"), "zip", inside))
    features = read(path, fields=FIELDS)
    check_shapes(features, suffix)
    assert list(text_column(features.columns["name"])) == NAMES
    assert features.provenance["file"] == "county.zip"


def test_of_a_zip_with_several_data_sets_the_layer_chooses(tmp_path):
    for name in ("DLTB", "GHDLTB"):
        write_layer(frame(), tmp_path / "in" / f"{name}.gpkg") if (tmp_path / "in").exists() else (
            (tmp_path / "in").mkdir(), write_layer(frame(), tmp_path / "in" / f"{name}.gpkg")
        )  # fmt: skip
    path = Path(shutil.make_archive(str(tmp_path / "county"), "zip", tmp_path / "in"))
    assert len(read(path, layer="GHDLTB", fields=FIELDS)) == 4
    with pytest.raises(InputError, match=r"DLTB\.gpkg"):
        read(path, fields=FIELDS)


def test_names_in_a_zip_packed_on_a_chinese_windows_are_read(tmp_path):
    write_layer(frame(), tmp_path / "a.gpkg")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "a.gpkg", "AAAAAAAA.gpkg")
    raw = path.read_bytes().replace(b"AAAAAAAA", "地类图斑".encode("gbk"))
    path.write_bytes(raw)
    assert len(read(path, layer="地类图斑", fields=FIELDS)) == 4


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("../out.geojson", b"{}", "formats.zip_path"),
        ("a.docx", b"x", "formats.zip_empty"),
    ],
)
def test_a_zip_that_can_not_serve_says_why(tmp_path, name, content, key):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.key == key and not (tmp_path.parent / "out.geojson").exists()


def test_a_damaged_zip_says_so(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(InputError, match=r"a\.zip is damaged"):
        read(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("plan.dwg", b"AC1032\0\0", "DXF"), ("renamed.gpkg", b"AC1027\0", "DXF"),
        ("county.mdb", b"\0\1\0\0Standard Jet DB\0", "GDB"), ("a.rar", b"Rar!\x1a\x07", "unpack"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "unpack"), ("a.mxd", b"x", "data file"),
        ("a.wp", b"x", "MapGIS"), ("a.docx", b"PK", "document"), ("a.mpk", b"x", "package"),
    ],
)  # fmt: skip
def test_a_format_that_can_not_be_read_says_how_to_convert(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    for language in ("en", "zh"):
        set_language(language)
        with pytest.raises(InputError) as caught:
            open_source(Source(str(tmp_path / name)), "d.yaml")
        assert name in str(caught.value)
        if language == "en":
            assert words in str(caught.value)


def test_a_geodatabase_under_another_name_says_how_to_name_it(tmp_path):
    write_layer(frame(), tmp_path / "county.gdb")
    (tmp_path / "county.gdb").rename(tmp_path / "county")
    with pytest.raises(InputError, match=r"\*\.gdb"):
        read(tmp_path / "county")


@pytest.mark.parametrize(
    ("columns", "encoding", "key"),
    [
        ({"一二三四": ["x"] * 4}, "UTF-8", "formats.long_names"),
        ({"DLMC": ["长" * 85] * 4}, "UTF-8", "formats.long_text"),
        ({"DLMC": ["é𠮷"] * 4}, "GBK", "formats.unwritable_text"),
    ],
)
def test_a_shapefile_is_never_written_with_words_cut_off(tmp_path, columns, encoding, key):
    with pytest.raises(InputError) as caught:
        write_layer(frame().assign(**columns), tmp_path / "a.shp", encoding=encoding)
    assert caught.value.key == key and not (tmp_path / "a.shp").exists()


def test_an_unknown_format_names_those_there_are(tmp_path):
    with pytest.raises(InputError, match=r"\.gpkg"):
        write_layer(frame(), tmp_path / "a.xyz")
