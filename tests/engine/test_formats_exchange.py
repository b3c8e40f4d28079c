# SPDX-License-Identifier: GPL-2.0-or-later
"""VCT, drawings, GeoParquet and PostGIS read behind the one interface."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pg_server
import pytest
import shapely
from pianqu.layers.dossier import Source
from pianqu.layers.errors import InputError
from pianqu.layers.formats import postgis
from pianqu.layers.formats.vct import read_vct, vct_layers
from pianqu.layers.reading import open_source, read_features
from pianqu.layers.tables import read_tables
from pianqu.layers.texts import text_column
from pyproj import CRS
from shapely.geometry import box

EAST, NORTH = 35_500_000, 3_450_000

pytestmark = pytest.mark.english


def read(path, **source):
    return read_features(
        Source(str(path), **source), "plan", CRS("EPSG:4544"), "d.yaml", path.parent
    )


# -- VCT -------------------------------------------------------------------------------------------
HEAD = """HeadBegin
Datamark: LANDUSE-VCT
Version:3.0
CoordinateSystemType:P
Dim:2
XYUnit:M
Spheroid:CGCS2000,6378137.0,298.257222101
Projection:高斯-克吕格投影
Parameters:105,1,35500000,0,3,35
Separator:,
HeadEnd

FeatureCodeBegin
1000600100,行政区,Polygon,XZQ
2001010100,地类图斑,Polygon,DLTB
2001040000,线状地物,Line,XZDW
FeatureCodeEnd

TableStructureBegin
XZQ,2
BSM,Char,18
XZQMC,Char,100
0
DLTB,4
BSM,Char,18
DLBM,Char,5
DLMC,Char,60
KCXS,Float,6,4
0
XZDW,1
BSM,Char,18
0
TableStructureEnd

PointBegin
PointEnd

LineBegin
"""


def line(key, points):
    rows = [str(key), "2001010100", "unknown", "1", "1", "11", str(len(points))]
    return "\n".join([*rows, *(f"{EAST + x},{NORTH + y}" for x, y in points), "0", ""])


def area(key, code, names, kind="21"):
    rows = [str(key), code, "unknown", "100", f"{EAST + 1},{NORTH + 1}", kind, str(len(names))]
    texts = [str(name) for name in names]
    ids = [",".join(texts[start : start + 8]) for start in range(0, len(texts), 8)]
    return "\n".join([*rows, *ids, "0", ""])


# Two squares beside each other that share line 2; the left one has a hole (line 5), cut in two.
LINES = {
    1: [(0, 100), (0, 0), (100, 0)], 2: [(100, 0), (100, 100)], 3: [(100, 100), (0, 100)],
    4: [(100, 0), (200, 0), (200, 100), (100, 100)], 5: [(20, 20), (40, 20), (40, 40), (20, 20)],
}  # fmt: skip
LEFT, RIGHT = [1, 2, 3, 0, 5], [4, -2]
ROWS = "DLTB\n11,000000000000000011,0101,水田,0.1234\n12,000000000000000012,0703,农村宅基地,0\n"


def vct(lines=LINES, areas=((11, LEFT), (12, RIGHT)), rows=ROWS, extra=""):
    text = HEAD + "\n".join(line(key, points) for key, points in lines.items()) + "LineEnd\n\n"
    text += "PolygonBegin\n" + "\n".join(area(key, "2001010100", names) for key, names in areas)
    text += extra + "PolygonEnd\n\nAnnotationBegin\nAnnotationEnd\n\nAttributeBegin\n"
    return text + rows + "TableEnd\nAttributeEnd\n"


def vct_file(folder, encoding="gb2312", newline="\r\n", **parts):
    path = folder / "county.vct"
    path.write_bytes(vct(**parts).replace("\n", newline).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["gb2312", "utf-8"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_a_vct_file_gives_polygons_out_of_shared_lines(tmp_path, encoding, newline):
    path = vct_file(tmp_path, encoding, newline)
    features = read(path, layer="DLTB", fields={"id": "BSM", "code": "DLBM", "name": "DLMC",
                                                "deduction": "KCXS"})  # fmt: skip
    hole = shapely.Polygon([(20, 20), (40, 20), (40, 40)])
    left = shapely.transform(box(0, 0, 100, 100).difference(hole), lambda p: p + [500_000, NORTH])
    right = shapely.transform(box(100, 0, 200, 100), lambda p: p + [500_000, NORTH])
    assert features.provenance["crs"] == "EPSG:4523" and features.provenance["driver"] == "VCT"
    far = shapely.hausdorff_distance(features.shapes, np.array([left, right]))
    assert far.max() < 1e-5 and shapely.area(features.shapes) == pytest.approx([9800, 10_000])
    assert list(features.columns["id"]) == ["000000000000000011", "000000000000000012"]
    assert list(features.columns["code"]) == ["0101", "0703"]
    assert list(features.columns["name"]) == ["水田", "农村宅基地"]
    assert list(features.columns["deduction"]) == [0.1234, 0.0]


def test_a_vct_layer_is_found_by_its_features_name_or_left_to_be_named(tmp_path):
    path = vct_file(tmp_path)
    assert vct_layers(path) == [("XZQ", "polygon"), ("DLTB", "polygon"), ("XZDW", "line")]
    assert read_vct(path, "地类图斑").count == 2
    with pytest.raises(InputError, match="XZQ"):
        read_vct(path)
    with pytest.raises(InputError, match="DLTB"):
        read_vct(path, "DLTP")


def test_a_filter_on_a_vct_file_is_sql_like_any_other(tmp_path):
    features = read(vct_file(tmp_path), layer="DLTB", fields={"id": "BSM"}, filter="DLMC = '水田'")
    assert list(features.columns["id"]) == ["000000000000000011"]


def test_rings_need_no_zero_between_them(tmp_path):
    path = vct_file(tmp_path, areas=((11, [1, 2, 3, 5]), (12, RIGHT)))
    assert shapely.area(read_vct(path, "DLTB").shapes) == pytest.approx([9800, 10_000])


def test_polygons_with_points_of_their_own_are_read(tmp_path):
    corners = [(300, 0), (400, 0), (400, 100), (300, 100), (300, 0)]
    points = "\n".join(f"{EAST + x},{NORTH + y}" for x, y in corners)
    head = f"13\n2001010100\nunknown\n100\n{EAST},{NORTH}\n11\n"
    for middle in (f"1\n5\n{points}\n0\n", f"5\n{points}\n0\n"):
        rows = ROWS + "13,000000000000000013,0101,水田,0\n"
        path = vct_file(tmp_path, extra=head + middle, rows=rows)
        assert read_vct(path, "DLTB").shapes[2].area == pytest.approx(10_000)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"areas": ((11, LEFT), (12, [4, -99]))}, "line 99 is not there"),
        ({"areas": ((11, LEFT), (12, [4]))}, "does not close"),
        ({"rows": ROWS.split("12,")[0]}, "no attributes: 12"),
        ({"areas": ((11, LEFT),)}, "no shape: 12"),
        ({"rows": ROWS + ROWS.split("\n")[1] + "\n"}, "repeat an id"),
    ],
)
def test_what_does_not_fit_together_in_a_vct_file_is_told(tmp_path, parts, words):
    held = read_vct(vct_file(tmp_path, **parts), "DLTB")
    errors = [message for _, severity, message in held.notes if severity == "error"]
    assert any(words in one and "county.vct" in one for one in errors)
    assert held.count == 2  # nothing is dropped


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text[: len(text) // 2], "cut short"),
        (lambda text: text.replace("LANDUSE-VCT", "SOMETHING"), "DataMark"),
        (lambda text: text.replace("0.1234", "0.1234,9"), "wants 4 values, there are 5"),
        (lambda text: text.replace("\n11\n3\n", "\n12\n3\n", 1), "no polyline"),
        (lambda text: text.replace("DLTB,4", "DLTB,x"), "line"),
        (lambda text: text.replace("\n11\n3\n", "\n11\n999999999\n", 1), "is not VCT"),
    ],
)
def test_a_vct_file_that_can_not_be_read_names_line_or_part(tmp_path, spoil, words):
    path = tmp_path / "a.vct"
    path.write_bytes(spoil(vct()).encode("gb2312"))
    with pytest.raises(InputError, match=words):
        read_vct(path, "DLTB")


# -- drawings --------------------------------------------------------------------------------------
def pairs(*values):
    return [str(value) for value in values]


def polyline(layer, points, closed):
    rows = pairs(0, "LWPOLYLINE", 8, layer, 90, len(points), 70, int(closed))
    for x, y in points:
        rows += pairs(10, x, 20, y)
    return rows


def hatch(layer, points):
    rows = pairs(0, "HATCH", 8, layer, 10, 0, 20, 0, 30, 0, 210, 0, 220, 0, 230, 1, 2, "SOLID")
    rows += pairs(70, 1, 71, 0, 91, 1, 92, 2, 72, 0, 73, 1, 93, len(points))
    for x, y in points:
        rows += pairs(10, x, 20, y)
    return rows + pairs(97, 0, 75, 0, 76, 1, 98, 0)


def drawing(folder, encoding, version, entities, blocks=(), page="ANSI_936"):
    rows = pairs(0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, version, 9, "$DWGCODEPAGE", 3, page,
                 0, "ENDSEC", 0, "SECTION", 2, "BLOCKS")  # fmt: skip
    rows += [*blocks, *pairs(0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"), *entities]
    path = folder / "图.dxf"
    path.write_bytes("\n".join([*rows, *pairs(0, "ENDSEC", 0, "EOF"), ""]).encode(encoding))
    return path


SQUARE = [(500_000, NORTH), (500_100, NORTH), (500_100, NORTH + 100), (500_000, NORTH + 100)]


def turned(points, by=200):
    return [(x + by, y) for x, y in points]


@pytest.mark.parametrize(
    ("encoding", "version", "page"),
    [("gbk", "AC1015", "ANSI_936"), ("gbk", "AC1015", "ANSI_1252"), ("utf-8", "AC1021", "ANSI_936"),
     ("big5", "AC1015", "ANSI_950")],
)  # fmt: skip
def test_closed_polylines_hatches_and_blocks_become_areas(tmp_path, encoding, version, page):
    block = [*pairs(0, "BLOCK", 8, "0", 2, "B1", 70, 0, 10, 0, 20, 0),
             *polyline("塊" if encoding == "big5" else "块内", [(0, 0), (10, 0), (10, 10), (0, 10)],
                       True), *pairs(0, "ENDBLK", 8, "0")]  # fmt: skip
    back = [*turned(SQUARE, 400), turned(SQUARE, 400)[0]]  # ends where it began, not said closed
    entities = [
        *polyline("水田", SQUARE, True), *hatch("村庄", turned(SQUARE)),
        *polyline("道路", back, False), *polyline("道路", turned(SQUARE, 600), False),
        *pairs(0, "INSERT", 8, "公共", 2, "B1", 10, 501_000, 20, NORTH),
        *pairs(0, "TEXT", 8, "注记", 10, 500_000, 20, NORTH, 40, 2, 1, "说明"),
    ]  # fmt: skip
    entities = [
        w.replace("庄", "莊").replace("说明", "標注") if encoding == "big5" else w for w in entities
    ]
    if encoding == "big5":
        entities = [word.replace("注记", "注記") for word in entities]
    features = read(drawing(tmp_path, encoding, version, entities, block, page),
                    fields={"name": "Layer"})  # fmt: skip
    inner = "塊" if encoding == "big5" else "块内"
    village = "村莊" if encoding == "big5" else "村庄"
    assert sorted(features.columns["name"]) == sorted(["水田", village, "道路", inner])
    assert sorted(shapely.area(features.shapes)) == pytest.approx([100, 1e4, 1e4, 1e4])
    (warning,) = [m for _, severity, m in features.notes if severity == "warning"]
    assert "道路 (1)" in warning and "500600.000" in warning
    assert any("1 points, texts" in message for _, _, message in features.notes)
    assert features.provenance["crs_assumed"]


def test_one_layer_of_a_drawing_can_be_named(tmp_path):
    entities = [*polyline("A", SQUARE, True), *polyline("B", turned(SQUARE), True)]
    path = drawing(tmp_path, "utf-8", "AC1021", entities)
    assert len(read(path, layer="b", fields={"name": "Layer"})) == 1
    with pytest.raises(InputError, match="A, B"):
        read(path, layer="C")


def test_a_drawing_without_areas_is_an_empty_layer_with_its_reason(tmp_path):
    path = drawing(tmp_path, "utf-8", "AC1021", polyline("A", SQUARE, False))
    features = read(path, fields={"name": "Layer"})
    assert len(features) == 0 and any("open lines" in message for _, _, message in features.notes)


# -- GeoParquet ------------------------------------------------------------------------------------
def test_a_geoparquet_without_crs_is_in_degrees_and_one_that_says_null_has_none(tmp_path):
    frame = gpd.GeoDataFrame({"DLBM": ["0101"]}, geometry=[box(105, 31, 105.01, 31.01)])
    path = tmp_path / "a.parquet"
    frame.to_parquet(path)
    assert read(path, fields={"code": "DLBM"}).provenance["crs_assumed"]
    frame.set_crs("OGC:CRS84").to_parquet(path)
    features = read(path, fields={"code": "DLBM"})
    assert not features.provenance["crs_assumed"] and features.shapes[0].area > 1e5


def test_a_parquet_without_shapes_is_a_table(tmp_path):
    import pandas as pd

    pd.DataFrame({"code": ["0101", None], "ha": [1.5, None]}).to_parquet(tmp_path / "a.parquet")
    (table,) = read_tables(Source(str(tmp_path / "a.parquet")), "d.yaml")
    assert table.rows[0] == ["code", "ha"] and table.rows[1] == ["0101", 1.5]
    with pytest.raises(InputError, match="without geometry"):
        open_source(Source(str(tmp_path / "a.parquet")), "d.yaml")


# -- PostGIS ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def server():
    home, reason = pg_server.binaries()
    if home is None:
        pytest.skip(reason)
    pytest.importorskip("psycopg2")
    one = pg_server.Server(home)
    one.execute(
        "CREATE EXTENSION postgis",
        'CREATE SCHEMA plan; CREATE TABLE plan."DLTB" (gid serial PRIMARY KEY, "BSM" varchar(18), '
        '"DLBM" text, "KCXS" double precision, "BH" bigint, "MJ" numeric(15,2), '
        "geom geometry(MultiPolygon, 4544))",
        "CREATE TABLE plan.nokey (a text); INSERT INTO plan.nokey VALUES ('x'), (NULL)",
        'INSERT INTO plan."DLTB" ("BSM", "DLBM", "KCXS", "BH", "MJ", geom) '
        "SELECT lpad(n::text, 18, '0'), CASE n % 2 WHEN 0 THEN '0101' ELSE '水田' END, "
        "CASE WHEN n = 3 THEN NULL ELSE 0.1 END, "
        "CASE WHEN n = 2 THEN NULL ELSE 510799001000000120 + n END, n + 0.25, "
        "CASE WHEN n = 4 THEN NULL ELSE "
        "ST_Multi(ST_MakeEnvelope(500000 + n, 3450000, 500001 + n, 3450001, 4544)) END "
        "FROM generate_series(1, 5) n",
    )
    yield one
    one.remove()


def database(server, **source):
    return read_features(
        Source(server.place(), **source), "plan", CRS("EPSG:4544"), "d.yaml", pg_server.Path()
    )


FIELDS = {"id": "BSM", "code": "dlbm", "deduction": "KCXS", "name": "BH"}


@pytest.mark.parametrize("layer", ["plan.DLTB", "DLTB", "plan.dltb"])
def test_a_table_of_postgis_is_read_with_or_without_gdals_driver(server, layer):
    features = database(server, layer=layer, fields=FIELDS)
    assert list(features.columns["id"]) == [f"{n:018d}" for n in range(1, 6)]
    assert list(features.columns["code"]) == ["水田", "0101", "水田", "0101", "水田"]
    assert np.isnan(features.columns["deduction"].astype(float)[2])
    numbers = list(text_column(features.columns["name"]))
    assert numbers[0] == "510799001000000121" and numbers[1] == ""
    assert features.shapes[3] is None and features.shapes[0].area == pytest.approx(1)
    assert features.provenance["crs"] == "EPSG:4544" and list(features.fids) == [1, 2, 3, 4, 5]


def test_a_filter_runs_in_the_database(server):
    some = database(
        server, layer="plan.DLTB", fields=FIELDS, filter="\"DLBM\" = '水田' AND gid > 1"
    )
    assert list(some.fids) == [3, 5]
    with pytest.raises(InputError) as caught:
        database(server, layer="plan.DLTB", fields=FIELDS, filter="nichts = 1")
    assert caught.value.key == "layers.bad_filter" and "BSM" in str(caught.value)


def test_a_database_is_never_written_to(server):
    evil = 'gid IN (SELECT 1) AND (WITH x AS (DELETE FROM plan."DLTB" RETURNING 1) SELECT true)'
    with pytest.raises(InputError):
        database(server, layer="plan.DLTB", fields=FIELDS, filter=evil)
    assert server.execute('SELECT count(*) FROM plan."DLTB"') == [(5,)]


def test_what_is_not_in_the_database_is_named_without_the_password(server):
    with pytest.raises(InputError, match=r"plan\.DLTB") as caught:
        database(server, layer="plan.DLTP")
    assert pg_server.ESCAPED not in str(caught.value)
    wrong = server.place().replace(pg_server.ESCAPED, "wrong")
    with pytest.raises(InputError, match="PostgreSQL") as caught:
        read_features(Source(wrong, "plan.DLTB"), "plan", CRS(4544), "d.yaml", pg_server.Path())
    assert not re.search("wrong|" + pg_server.ESCAPED, str(caught.value))


@pytest.mark.parametrize("where", ["", "\"DLBM\" = '水田'"])
def test_a_database_sends_what_is_near_and_what_lies_nowhere(server, monkeypatch, where):
    near = np.array([shapely.box(500000.5, 3450000, 500002.5, 3450001)])

    def look():
        source = Source(server.place(), "plan.DLTB", fields=FIELDS, filter=where)
        return read_features(source, "plan", CRS(4544), "d.yaml", pg_server.Path(), near)

    sent = []
    taken = postgis.PostgisReader.read
    monkeypatch.setattr(
        postgis.PostgisReader, "read",
        lambda self, *a, **k: [table := taken(self, *a, **k), sent.append(len(table[1]))][0],
    )  # fmt: skip
    narrow = look()
    monkeypatch.setattr(postgis.PostgisReader, "can_narrow", False)
    wide = look()
    assert sent[0] < sent[1] == narrow.provenance["read"] == wide.provenance["read"]
    assert narrow.fids.tolist() == wide.fids.tolist()
    assert (4 in narrow.fids) == (not where)  # that one has no shape
    for name in FIELDS:
        assert list(text_column(narrow.columns[name])) == list(text_column(wide.columns[name]))
    assert all(shapely.equals(narrow.shapes, wide.shapes) | shapely.is_missing(narrow.shapes))


def test_a_wrong_filter_is_told_where_only_what_is_near_is_asked_for(server):
    near = np.array([shapely.box(500000, 3450000, 500002, 3450001)])
    source = Source(server.place(), "plan.DLTB", fields=FIELDS, filter="nichts = 1")
    with pytest.raises(InputError) as caught:
        read_features(source, "plan", CRS(4544), "d.yaml", pg_server.Path(), near)
    assert caught.value.key == "layers.bad_filter"


def test_arcs_and_heights_come_flat(server):
    server.execute(
        "CREATE TABLE plan.arcs (gid serial PRIMARY KEY, geom geometry(Geometry, 4544))",
        "INSERT INTO plan.arcs (geom) VALUES ('SRID=4544;CURVEPOLYGON(CIRCULARSTRING("
        "500000 3450000, 500002 3450000, 500000 3450000))')",
        "CREATE TABLE plan.high (gid serial PRIMARY KEY, geom geometry(PolygonZ, 4544))",
        "INSERT INTO plan.high (geom) VALUES ('SRID=4544;POLYGON Z((500000 3450000 5, "
        "500001 3450000 6, 500001 3450001 7, 500000 3450000 5))')",
    )
    circle = database(server, layer="plan.arcs").shapes[0]
    assert circle.area == pytest.approx(np.pi, rel=1e-2)
    high = database(server, layer="plan.high").shapes[0]
    assert not high.has_z and high.area == pytest.approx(0.5)


def test_a_table_without_shapes_serves_as_a_table(server):
    (table,) = read_tables(Source(server.place(), "plan.nokey"), "d.yaml")
    assert table.rows == [["a"], ["x"], [None]]
