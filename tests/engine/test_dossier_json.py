# SPDX-License-Identifier: GPL-2.0-or-later
"""A dossier told to the QGIS side, and its units as polygons of every level."""

from __future__ import annotations

import json
import os

import arrived_county as made
import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import sample_county
import shapely
from pianqu.layers.borders import borders, write_borders
from pianqu.layers.dossier import read_dossier
from pianqu.layers.dossier_json import describe, tell, words
from pianqu.layers.errors import InputError
from pianqu.layers.new_dossier import new_dossier
from pianqu.layers.words import speaking


@pytest.fixture(scope="module")
def county():
    return sample_county.written(800, 3)


@pytest.fixture(scope="module")
def told(county):
    return describe(county.dossier)


def test_json_holds_all_that_is_told(told):
    assert json.loads(json.dumps(told, ensure_ascii=False)) == told
    assert (told["name"], told["code"], told["crs"]) == ("示例县", "510799", "EPSG:4544")
    assert (told["base_year"], told["target_year"]) == (2020, 2035)


def test_layers_name_files_fields_and_codes(told, county):
    plan = told["layers"]["plan"]
    assert plan["path"] == str(county.folder / "county.gpkg")
    assert (plan["layer"], plan["fields"]["code"]) == ("GHDLTB", "GHDLBM")
    assert plan["codes"] == "landuse-2023" and not plan["assumed"]
    assert list(told["layers"])[:3] == ["units", "landuse", "plan"]


def test_plans_come_in_the_dossiers_order_with_their_colours(told, county):
    plans = read_dossier(county.dossier).sectors
    assert [one["id"] for one in told["sectors"]] == [one.id for one in plans]
    assert all(one["colour"].startswith("#") and one["name"] for one in told["sectors"])
    assert {type(one["width_m"]) for one in told["sectors"]} >= {float, str, type(None)}


def test_a_field_is_told_in_the_files_own_spelling(county, tmp_path):
    text = county.dossier.read_text(encoding="utf-8").replace("GHDLBM", "ghdlbm")
    path = county.folder / "spelt.yaml"
    path.write_text(text, encoding="utf-8")
    assert describe(path)["layers"]["plan"]["fields"]["code"] == "GHDLBM"


def test_a_layer_that_is_gone_is_told_with_its_reason(county):
    text = county.dossier.read_text(encoding="utf-8").replace("STBHHX", "STBHHX_2")
    path = county.folder / "gone.yaml"
    path.write_text(text, encoding="utf-8")
    told = describe(path)
    assert "redline" not in told["layers"] and "STBHHX" in told["missing"]["redline"]
    assert "plan" in told["layers"]


def test_a_dossier_that_is_none_is_refused(tmp_path):
    path = tmp_path / "none.yaml"
    path.write_text("dossier: 1\nname: x\n", encoding="utf-8")
    with pytest.raises(InputError):
        describe(path)


def test_words_come_in_the_language_in_force():
    with speaking("zh"):
        chinese = words()
    with speaking("en"):
        english = words()
    assert chinese.keys() == english.keys() and chinese["word.quota"] == "控制数"
    assert english["word.quota"] == "Quota"


def test_borders_hold_every_unit_above_the_village(county):
    table = borders(read_dossier(county.dossier))
    units = county.layer("units")
    counts = table.groupby("level").size()
    assert counts["county"] == 1
    assert counts["cluster"] == units["PQDM"].nunique()
    assert counts["town"] == units["XZDM"].nunique()
    assert set(table.geom_type) == {"MultiPolygon"}


def test_a_town_is_the_union_of_its_villages(county):
    table = borders(read_dossier(county.dossier)).set_index(["level", "unit"])
    units = county.layer("units")
    for town, villages in units.groupby("XZDM"):
        row = table.loc[("town", town)]
        assert row["unit_name"] == villages["XZMC"].iloc[0]
        assert row["cluster"] == row["parent"] == villages["PQDM"].iloc[0]
        apart = row.geometry.symmetric_difference(shapely.union_all(villages.geometry)).area
        assert apart < 0.001 * row.geometry.length  # a grid of a millimetre


def test_a_town_of_neighbours_has_no_hairs_inside(county):
    table = borders(read_dossier(county.dossier))
    town = table[table["level"] == "county"].geometry.iloc[0]
    assert len(town.geoms) == 1 and not town.geoms[0].interiors


def test_borders_are_written_for_qgis(county, tmp_path):
    count = write_borders(read_dossier(county.dossier), tmp_path / "borders.gpkg")
    read = gpd.read_file(tmp_path / "borders.gpkg", layer="units")
    assert len(read) == count and read.crs.to_epsg() == 4544
    assert list(read.columns[:-1]) == ["level", "unit", "unit_name", "cluster", "parent"]


# -- copies of what QGIS can't show ----------------------------------------------------------------

COPIED = {"landuse": ".zip", "plan": ".vct", "redline": ".txt", "boundary": ".csv",
          "farmland": ".parquet"}  # fmt: skip


@pytest.fixture()
def arrived(tmp_path):
    """A county in formats that QGIS can't open, its reserve with the northing first."""
    layers = made.layers()
    layers["reserve"] = made.turned(layers["reserve"])
    for role, frame in layers.items():
        made.put(frame, tmp_path, role, COPIED.get(role, ".gpkg"))
    return new_dossier(tmp_path, tmp_path / "dossier.yaml").path


def copy_of(values, role):
    one = values["layers"][role]
    return gpd.read_file(one["path"], layer=one["layer"], engine="pyogrio")


def test_what_qgis_can_not_show_is_told_as_a_copy_in_the_right_place(arrived):
    values = tell(arrived, arrived.parent / "maps")
    file = arrived.parent / "maps" / "dossier_layers.gpkg"
    truth = made.layers()
    for role in (*COPIED, "reserve"):
        one = values["layers"][role]
        assert one["path"] == str(file) and one["layer"] == role and one["filter"] == ""
        assert one["copy_of"].endswith(COPIED.get(role, ".gpkg"))
        copy = copy_of(values, role)
        assert copy.crs.to_epsg() == 4544 and len(copy) == len(truth[role])
        apart = [a.symmetric_difference(b).area
                 for a, b in zip(copy.geometry, truth[role].geometry)]  # fmt: skip
        assert max(apart) < 0.5, role  # boundary points are written to the millimetre
        assert set(one["fields"].values()) <= set(copy.columns)
    assert copy_of(values, "plan")["GHDLBM"].tolist() == truth["plan"]["GHDLBM"].tolist()
    assert set(copy_of(values, "landuse").columns) >= {"TBBH", "DLMC"}  # all fields, for the map
    units = values["layers"]["units"]
    assert units["path"].endswith("CJDCQ.gpkg") and "copy_of" not in units
    assert values["missing"] == {} and json.loads(json.dumps(values)) == values


def test_copies_stay_until_their_source_or_what_is_said_of_it_changes(arrived):
    folder = arrived.parent / "maps"
    file = folder / "dossier_layers.gpkg"

    def written():
        tell(arrived, folder)
        return file.stat().st_mtime_ns

    first = written()
    assert written() == first
    source = arrived.parent / "STBHHX.txt"
    text = source.read_bytes()
    source.write_bytes(text.replace(b"J1,1", b"J01,1", 1))
    os.utime(source, (1, 1))  # an older copy put in its place is a change too
    second = written()
    assert second != first
    said = arrived.read_text(encoding="utf-8")
    arrived.write_text(said.replace('    axes: "yx"\n', ""), encoding="utf-8")
    values = tell(arrived, folder)
    assert "copy_of" not in values["layers"]["reserve"]
    assert file.stat().st_mtime_ns != second
    assert "reserve" not in pyogrio.list_layers(file)[:, 0]


def test_without_a_folder_for_copies_such_layers_are_missing_with_the_reason(arrived):
    values = tell(arrived)
    assert set(values["missing"]) == {*COPIED, "reserve"}
    assert "STBHHX.txt" in values["missing"]["redline"]
    assert set(values["layers"]) == {"units"}


def test_a_copy_that_can_not_be_made_is_missing_and_the_others_are_there(arrived):
    said = arrived.read_text(encoding="utf-8")
    arrived.write_text(said.replace('path: "CZKFBJ.csv"', 'path: "CZKFBJ.csv"\n    axes: "yx"'),
                       encoding="utf-8")  # fmt: skip
    values = tell(arrived, arrived.parent / "maps")
    assert set(values["missing"]) == {"boundary"} and "boundary" not in values["layers"]
    assert "redline" in values["layers"]


def test_a_copy_keeps_fields_whose_names_a_geopackage_takes_for_one(tmp_path):
    truth = made.layers()
    made.put(truth["units"], tmp_path, "units", ".gpkg")
    made.put(truth["plan"].assign(ghdlmc="y", FID="x"), tmp_path, "plan", ".parquet")
    copy = copy_of(tell(new_dossier(tmp_path, tmp_path / "dossier.yaml").path, tmp_path), "plan")
    assert set(copy["ghdlmc_1"]) == {"y"} and set(copy["FID_1"]) == {"x"}
    assert copy["GHDLMC"].tolist() == truth["plan"]["GHDLMC"].tolist()


def test_a_copy_holds_what_the_dossiers_filter_leaves(tmp_path):
    truth = made.layers()
    made.put(truth["units"], tmp_path, "units", ".gpkg")
    plan = truth["plan"].assign(fid="x")
    made.put(plan, tmp_path, "plan", ".parquet")
    path = new_dossier(tmp_path, tmp_path / "dossier.yaml").path
    said = path.read_text(encoding="utf-8").replace(
        "    codes:", "    filter: \"GHDLBM LIKE '01%'\"\n    codes:", 1
    )
    path.write_text(said, encoding="utf-8")
    values = tell(path, tmp_path)
    copy = copy_of(values, "plan")
    wanted = truth["plan"][truth["plan"]["GHDLBM"].str.startswith("01")]
    assert 0 < len(wanted) < len(plan) and copy["BSM"].tolist() == wanted["BSM"].tolist()
    assert set(copy["fid_1"]) == {"x"}
    assert shapely.get_type_id(np.array(copy.geometry)).tolist() == [6] * len(copy)


def test_a_layer_without_a_tag_is_told_with_the_crs_its_numbers_show(tmp_path):
    truth = made.layers()
    made.put(truth["units"], tmp_path, "units", ".gpkg")
    naked = truth["redline"].to_crs("EPSG:4523").set_crs(None, allow_override=True)
    made.put(naked, tmp_path, "redline", ".shp")
    path = new_dossier(tmp_path, tmp_path / "dossier.yaml").path
    assert describe(path)["layers"]["redline"]["crs"] == "EPSG:4523"
    said = path.read_text(encoding="utf-8").replace('    crs: "EPSG:4523"\n', "")
    path.write_text(said, encoding="utf-8")
    told = describe(path)["layers"]["redline"]
    assert told["crs"] == "EPSG:4523" and told["assumed"] and not told["copied"]
