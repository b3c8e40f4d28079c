# SPDX-License-Identifier: GPL-2.0-or-later
"""A dossier told to the QGIS side, and its units as polygons of every level."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import sample_county
import shapely
from pianqu.layers.borders import borders, write_borders
from pianqu.layers.dossier import read_dossier
from pianqu.layers.dossier_json import describe, words
from pianqu.layers.errors import InputError
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
