# SPDX-License-Identifier: GPL-2.0-or-later
"""A county that arrives in any format, or with wrong tags, becomes the same county."""

from __future__ import annotations

import math
import zipfile

import arrived_county as made
import pandas as pd
import pytest
import shapely
from pianqu.layers.dossier import read_dossier
from pianqu.layers.errors import InputError
from pianqu.layers.formats.writing import write_layer
from pianqu.layers.gcj02 import to_gcj02
from pianqu.layers.new_dossier import new_dossier
from pianqu.layers.words import speaking

HELD = (".gpkg", ".shp", ".gdb", ".geojson", ".kml", ".kmz", ".tab", ".mif", ".fgb", ".parquet",
        ".geoparquet", ".csv", ".vct", ".zip")  # fmt: skip


@pytest.fixture(scope="module")
def county():
    return made.layers()


@pytest.fixture(scope="module")
def wanted(county, tmp_path_factory):
    """The indicators of the county from one GeoPackage a layer."""
    folder = tmp_path_factory.mktemp("plain")
    arrive(county, folder)
    done = new_dossier(folder, folder / "dossier.yaml", code="510799", crs="EPSG:4544")
    return made.indicators(done.path, folder / "out")


def arrive(county, folder, **suffixes):
    """Write each role in its format, GeoPackages else, and the quotas."""
    for role, frame in county.items():
        made.put(frame, folder, role, suffixes.get(role, ".gpkg"))
    made.quotas(folder)


def check_same(found, wanted):
    assert found.keys() == wanted.keys() and len(wanted) > 20
    for key, values in wanted.items():
        for mine, theirs in zip(found[key][:3], values[:3]):
            same = math.isnan(mine) if math.isnan(theirs) else abs(mine - theirs) <= 0.01
            assert same, (key, found[key], values)
        assert found[key][3] == values[3], key


def test_the_plain_county_has_areas_to_compare(wanted):
    assert sum(values[1] > 1 for values in wanted.values()) > 10


@pytest.mark.parametrize("suffix", HELD)
def test_a_county_in_any_format_gives_the_same_indicators(county, wanted, tmp_path, suffix):
    folder = tmp_path / "某县"
    folder.mkdir()
    arrive(county, folder, **dict.fromkeys(made.ROLES, suffix))
    done = new_dossier(folder, folder / "dossier.yaml", crs="EPSG:4544")
    assert set(done.recognised) >= {*made.ROLES, "quotas"}
    sources = read_dossier(done.path).layers
    assert all(one.path.lower().endswith(suffix) for one in sources.values())
    check_same(made.indicators(done.path, tmp_path / "out"), wanted)


# Boundary points and drawings hold shapes and codes but no coefficient of deduction: the roles that
# need none may arrive so.
@pytest.mark.parametrize("suffix", [".txt", ".dxf"])
def test_control_lines_as_points_or_drawings_give_the_same_indicators(
    county, wanted, tmp_path, suffix
):
    folder = tmp_path / "某县"
    folder.mkdir()
    arrive(county, folder, redline=suffix, boundary=suffix)
    done = new_dossier(folder, folder / "dossier.yaml")
    sources = read_dossier(done.path).layers
    assert sources["redline"].path.endswith(suffix)
    check_same(made.indicators(done.path, tmp_path / "out"), wanted)


# -- tags that err ---------------------------------------------------------------------------------


def with_number(frame):
    """Give eastings that bear the zone's number, under the tag of those that don't."""
    return made.retag(frame.to_crs("EPSG:4523"), "EPSG:4544")


def bare(frame):
    return frame.set_crs(None, allow_override=True)


WRONG = {
    "number": (with_number, {"crs": "EPSG:4523"}),
    "zone": (lambda frame: made.retag(frame, "EPSG:4545"), {"crs": "EPSG:4544"}),
    "axes": (made.turned, {"axes": "yx"}),
    "degrees": (lambda frame: made.retag(frame.to_crs("EPSG:4490"), "EPSG:4544"),
                {"crs": "EPSG:4490"}),
    "metres": (lambda frame: made.retag(frame.to_crs("EPSG:4523"), "EPSG:4326"),
               {"crs": "EPSG:4523"}),
    "none": (bare, {"crs": "EPSG:4544"}),
    "none_number": (lambda frame: bare(frame.to_crs("EPSG:4523")), {"crs": "EPSG:4523"}),
    "none_turned": (lambda frame: bare(made.turned(frame)), {"axes": "yx", "crs": "EPSG:4544"}),
}  # fmt: skip


def drafted(county, folder, spoilt, **options):
    """Write a county, some of its layers spoilt; give the new dossier, its text too."""
    folder.mkdir()
    arrive({**county, **spoilt}, folder)
    done = new_dossier(folder, folder / "dossier.yaml", **options)
    return read_dossier(done.path), done.path.read_text(encoding="utf-8")


def mends(source):
    return {key: getattr(source, key) for key in ("crs", "axes", "shift") if getattr(source, key)}


@pytest.mark.parametrize("fault", WRONG)
def test_what_the_numbers_settle_is_written_as_a_key_with_its_reason(county, tmp_path, fault):
    spoil, keys = WRONG[fault]
    dossier, text = drafted(county, tmp_path / "data", {"redline": spoil(county["redline"])})
    assert mends(dossier.layers["redline"]) == keys
    assert {role for role, one in dossier.layers.items() if mends(one)} == {"redline"}
    lines = text.splitlines()
    for key, value in keys.items():
        at = lines.index(f'    {key}: "{value}"')
        assert lines[at - 1].strip() == "# 由坐标足以确定，下面的键已启用；不对请改"
        assert "STBHHX.gpkg" in lines[at - 2]
    assert dossier.crs == "EPSG:4544"


@pytest.mark.parametrize("fault", ["number", "axes", "degrees", "none_number"])
def test_units_whose_tag_errs_are_mended_and_the_county_lies_where_it_did(
    county, wanted, tmp_path, fault
):
    spoil, keys = WRONG[fault]
    dossier, _ = drafted(county, tmp_path / "data", {"units": spoil(county["units"])},
                         crs="EPSG:4544")  # fmt: skip
    assert mends(dossier.layers["units"]) == keys
    check_same(made.indicators(dossier.path, tmp_path / "out"), wanted)


def test_units_in_a_zone_that_all_others_deny_are_the_ones_that_err(county, wanted, tmp_path):
    spoilt = {"units": made.retag(county["units"], "EPSG:4543")}
    dossier, text = drafted(county, tmp_path / "data", spoilt)
    assert dossier.crs == "EPSG:4544"
    assert {role: mends(one) for role, one in dossier.layers.items() if mends(one)} == {
        "units": {"crs": "EPSG:4544"}
    }
    assert "与其他各图层互不相接" in text
    check_same(made.indicators(dossier.path, tmp_path / "out"), wanted)


def test_of_two_layers_that_lie_apart_none_is_moved_only_told(county, tmp_path):
    two = {"units": county["units"], "plan": made.retag(county["plan"], "EPSG:4545")}
    folder = tmp_path / "data"
    folder.mkdir()
    for role, frame in two.items():
        made.put(frame, folder, role, ".gpkg")
    done = new_dossier(folder, folder / "dossier.yaml")
    assert not any(mends(one) for one in read_dossier(done.path).layers.values())
    text = done.path.read_text(encoding="utf-8")
    assert '    # crs: "EPSG:4544"' in text and "互不相接" in text


def test_an_old_datum_is_told_and_its_mend_left_to_the_user(county, tmp_path):
    spoilt = {"plan": made.retag(county["plan"], "EPSG:2380")}
    dossier, text = drafted(county, tmp_path / "data", spoilt)
    assert not mends(dossier.layers["plan"])
    assert '# crs: "EPSG:4544"' not in text and text.count("旧坐标系 Xian") == 1
    assert "不要只改坐标系标识" in text


def test_a_county_all_in_an_old_datum_is_left_as_it_is_and_told(county, tmp_path):
    old = {role: made.retag(frame, "EPSG:2380") for role, frame in county.items()}
    dossier, text = drafted(county, tmp_path / "data", old)
    assert dossier.crs == "EPSG:2380"
    assert not any(mends(one) for one in dossier.layers.values())
    assert text.count("旧坐标系 Xian") == len(county) and '# crs: "EPSG:4544"' not in text


def test_gauss_krueger_under_a_tag_of_utm_is_told_with_the_likely_zone(county, tmp_path):
    spoilt = {"plan": made.retag(county["plan"], "EPSG:32648")}
    dossier, text = drafted(county, tmp_path / "data", spoilt)
    assert dossier.crs == "EPSG:4544" and "UTM" in text
    assert text.count('crs: "EPSG:4544"') == 2 or mends(dossier.layers["plan"])


def test_units_under_a_tag_of_utm_give_the_dossier_no_crs(county, tmp_path):
    spoilt = {"units": made.retag(county["units"], "EPSG:32648")}
    dossier, text = drafted(county, tmp_path / "data", spoilt)
    assert dossier.crs == "EPSG:4544" and "UTM" in text


def test_the_shift_of_web_maps_is_suspected_never_taken_away_unasked(county, tmp_path):
    degrees = county["plan"].to_crs("EPSG:4490")
    moved = degrees.set_geometry(shapely.transform(degrees.geometry.to_numpy(), to_gcj02))
    spoilt = {"plan": moved.set_crs("EPSG:4490").to_crs("EPSG:4544")}
    dossier, text = drafted(county, tmp_path / "data", spoilt)
    assert not mends(dossier.layers["plan"])
    assert '    # shift: "gcj02"' in text and "GCJ-02" in text


def test_without_any_tag_or_number_the_user_must_name_a_crs(county, tmp_path):
    naked = {role: bare(frame) for role, frame in county.items()}
    with pytest.raises(InputError, match="CRS"):
        drafted(county, tmp_path / "one", naked)
    dossier, text = drafted(county, tmp_path / "two", naked, crs="EPSG:4544")
    assert dossier.crs == "EPSG:4544" and text.count('# crs: "EPSG:4544"') == len(county)


def test_right_tags_are_left_in_peace(county, tmp_path):
    dossier, text = drafted(county, tmp_path / "data", {})
    assert not any(mends(one) or one.encoding for one in dossier.layers.values())
    assert "仅为推测" not in text and "互不相接" not in text


def test_mixed_formats_with_wrong_tags_give_the_same_indicators(county, wanted, tmp_path):
    folder = tmp_path / "某县"
    folder.mkdir()
    made.put(made.retag(county["units"].to_crs("EPSG:4490"), "EPSG:4544"), folder, "units", ".shp")
    made.put(county["landuse"], folder, "landuse", ".zip", name="基期地类图斑")
    made.put(with_number(county["plan"]), folder, "plan", ".mif")
    made.put(made.retag(county["farmland"], "EPSG:4545"), folder, "farmland", ".fgb")
    made.put(county["redline"], folder, "redline", ".txt")
    made.put(bare(made.turned(county["boundary"])), folder, "boundary", ".csv")
    made.put(county["reserve"], folder, "reserve", ".kmz")
    made.quotas(folder)
    for name in ("总规.dwg", "旧库.mdb", "资料.rar", "说明.docx", "备注.txt"):
        (folder / name).write_bytes("说明".encode("gbk"))
    done = new_dossier(folder, folder / "dossier.yaml", crs="EPSG:4544")
    assert set(done.recognised) == {*made.ROLES, "quotas"}
    told = {role: mends(one) for role, one in read_dossier(done.path).layers.items()}
    assert told["units"] == {"crs": "EPSG:4490"} and told["plan"] == {"crs": "EPSG:4523"}
    assert told["farmland"] == {"crs": "EPSG:4544"} and not told["landuse"]
    assert told["boundary"] == {"axes": "yx", "crs": "EPSG:4544"} and not told["redline"]
    check_same(made.indicators(done.path, tmp_path / "out"), wanted)
    assert len(done.notes) == 3 and all(
        any(name in note for note in done.notes) for name in ("总规.dwg", "旧库.mdb", "资料.rar")
    )
    text = done.path.read_text(encoding="utf-8")
    assert "DXF" in text and "另存" in text and "说明.docx" not in text and "备注" not in text


# -- containers, encodings, names ------------------------------------------------------------------


def test_layers_of_one_drawing_are_told_apart_by_their_names(county, wanted, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    lines = {"redline": "生态保护红线", "boundary": "城镇开发边界"}
    parts = [county[role].explode()[["geometry"]].assign(Layer=name)
             for role, name in lines.items()]  # fmt: skip
    write_layer(pd.concat(parts), folder / "三区三线.dxf")
    arrive({role: one for role, one in county.items() if role not in lines}, folder)
    done = new_dossier(folder, folder / "dossier.yaml")
    sources = read_dossier(done.path).layers
    assert {role: sources[role].label for role in lines} == {
        role: f"三区三线.dxf/{name}" for role, name in lines.items()
    }
    check_same(made.indicators(done.path, tmp_path / "out"), wanted)


def test_an_archive_of_several_layers_names_each(county, wanted, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    inner = tmp_path / "inner"
    (inner / "成果").mkdir(parents=True)
    arrive(county, inner / "成果", landuse=".shp", redline=".vct")
    with zipfile.ZipFile(folder / "某县成果.zip", "w") as archive:
        for path in sorted(inner.rglob("*")):
            if path.suffix != ".xlsx":
                archive.write(path, path.relative_to(inner))
    made.quotas(folder)
    done = new_dossier(folder, folder / "dossier.yaml")
    labels = {role: one.label for role, one in read_dossier(done.path).layers.items()}
    assert labels == {role: f"某县成果.zip/{name}" for role, name in made.NAMES.items()}
    check_same(made.indicators(done.path, tmp_path / "out"), wanted)


def test_an_encoding_told_by_the_text_is_offered_and_a_wrong_one_told(county, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    arrive(county, folder)
    for role, encoding, stated in (("redline", "GBK", ""), ("boundary", "UTF-8", "GBK")):
        (folder / f"{made.NAMES[role]}.gpkg").unlink()
        write_layer(county[role], folder / f"{made.NAMES[role]}.shp", encoding=encoding)
        page = folder / f"{made.NAMES[role]}.cpg"
        page.write_text(stated) if stated else page.unlink()
    with speaking("en"):
        done = new_dossier(folder, folder / "dossier.yaml")
    text = done.path.read_text(encoding="utf-8")
    sources = read_dossier(done.path).layers
    assert sources["redline"].encoding == "" and '    # encoding: "GB18030"' in text
    assert sources["boundary"].encoding == "UTF-8" and "states the encoding GBK" in text


def test_chinese_names_of_fields_are_recognised_in_a_table_of_shapes(county, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    arrive(county, folder)
    (folder / "JQDLTB.gpkg").unlink()
    names = {"DLBM": "地类编码", "KCXS": "扣除系数"}
    path = folder / "基期地类图斑.csv"
    write_layer(county["landuse"].rename(columns=names), path)
    rows = path.read_text(encoding="utf-8-sig").replace("WKT,", "图形,", 1)
    path.write_bytes(rows.encode("gb18030"))
    done = new_dossier(folder, folder / "dossier.yaml")
    source = read_dossier(done.path).layers["landuse"]
    assert source.label == "基期地类图斑.csv" and source.fields["code"] == "地类编码"
    assert source.fields["deduction"] == "扣除系数"


def test_a_folder_of_drawings_alone_says_how_to_convert(tmp_path):
    (tmp_path / "总规.dwg").write_bytes(b"AC1027")
    with pytest.raises(InputError, match="DXF"):
        new_dossier(tmp_path, tmp_path / "d.yaml")
