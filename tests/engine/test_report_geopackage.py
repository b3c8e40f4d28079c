# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import sqlite3
import time

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import report_made
import shapely
from pianqu.layers import findings as record
from pianqu.layers.words import speaking
from pianqu.reports.geopackage import TABLES, write_geopackage

FINDINGS = [
    "id",
    "rule",
    "severity",
    "level",
    "unit",
    "unit_name",
    "cluster",
    "subject_layer",
    "subject_id",
    "subject_label",
    "object_layer",
    "object_id",
    "verdict",
    "change",
    "area_m2",
    "value",
    "limit",
    "excess",
    "unit_of_measure",
    "message",
    "remedy",
    "status",
    "status_by",
    "status_at",
    "status_reason",
]
FIRST = {
    "indicators": "level unit unit_name indicator name direction quota_ha base_ha plan_ha "
    "margin_ha outcome reason",
    "land_balance": "level unit class base_ha plan_ha change_ha",
    "transfers": "level unit from_class to_class area_ha",
    "sector_matrix": "sector_a sector_b count area_ha",
}


@pytest.fixture(scope="module")
def results():
    return report_made.results()


@pytest.fixture(scope="module")
def written(results, tmp_path_factory):
    return write_geopackage(results, tmp_path_factory.mktemp("gpkg") / "results.gpkg")


def test_findings_have_the_contracts_fields_in_its_order(written):
    info = pyogrio.read_info(written, layer="findings")
    assert list(info["fields"]) == FINDINGS
    assert info["geometry_type"] == "MultiPolygon"
    assert info["crs"] == report_made.CRS
    numbers = dict(zip(info["fields"], info["ogr_types"]))
    for name in ("area_m2", "value", "limit", "excess"):
        assert numbers.pop(name) == "OFTReal"
    assert set(numbers.values()) == {"OFTString"}


@pytest.mark.parametrize("layer", sorted(FIRST))
def test_tables_begin_with_the_contracts_fields(written, layer):
    fields = list(pyogrio.read_info(written, layer=layer)["fields"])
    wanted = FIRST[layer].split()
    assert fields[: len(wanted)] == wanted


def test_what_is_read_back_is_what_was_written(results, written):
    back = gpd.read_file(written, layer="findings")
    assert back["id"].tolist() == results.findings["id"].tolist()
    assert back["message"].tolist() == results.findings["message"].tolist()
    assert shapely.area(back.geometry.to_numpy()[0]) == pytest.approx(results.findings.area[0])
    table = pyogrio.read_dataframe(written, layer="indicators", read_geometry=False)
    pd.testing.assert_series_equal(
        table["quota_ha"], results.indicators["quota_ha"], check_names=False
    )
    assert table["unit"].iloc[0] == "510799"  # text, not a number


def test_same_results_make_the_same_bytes_whatever_the_clock_says(results, written, tmp_path):
    time.sleep(1.1)
    again = write_geopackage(results, tmp_path / "results.gpkg")
    assert again.read_bytes() == written.read_bytes()


def test_the_clock_of_gdal_goes_on_afterwards(written):
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_an_empty_run_keeps_every_layer_and_field(results, tmp_path):
    empty = report_made.results(problems=1)
    empty.findings = record.none(report_made.CRS)
    for name in TABLES:
        setattr(empty, name, pd.DataFrame())
    path = write_geopackage(empty, tmp_path / "results.gpkg")
    for name in TABLES:
        assert pyogrio.read_info(path, layer=name)["features"] == 0
    info = pyogrio.read_info(path, layer="findings")
    assert list(info["fields"]) == FINDINGS and info["geometry_type"] == "MultiPolygon"
    kinds = pyogrio.read_info(path, layer="sector_matrix")["ogr_types"]
    assert list(kinds) == ["OFTString", "OFTString", "OFTInteger64", "OFTReal"]


def test_a_finding_without_a_place_is_kept(results, written):
    nowhere = results.findings.geometry.isna().sum()
    assert nowhere == 1
    assert gpd.read_file(written, layer="findings").geometry.isna().sum() == nowhere


def test_a_finding_on_a_line_makes_the_layer_one_of_any_geometry(tmp_path):
    results = report_made.results(problems=3)
    line = record.make(
        {"rule": "sector.overlap"}, [shapely.box(0, 0, 1, 1).exterior], report_made.CRS
    )
    results.findings = record.join([results.findings, line], report_made.CRS)
    path = write_geopackage(results, tmp_path / "results.gpkg")
    assert pyogrio.read_info(path, layer="findings")["geometry_type"] == "Unknown"
    assert len(gpd.read_file(path, layer="findings")) == len(results.findings)


def test_each_layer_has_one_default_style_as_qgis_wants_it(written):
    with sqlite3.connect(f"file:{written}?mode=ro", uri=True) as base:
        columns = [row[1] for row in base.execute("PRAGMA table_info(layer_styles)")]
        rows = base.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, update_time FROM layer_styles"
        ).fetchall()
    assert columns[1:] == [
        "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName",
        "styleQML", "styleSLD", "useAsDefault", "description", "owner", "ui", "update_time",
    ]  # fmt: skip
    assert {row[0] for row in rows} == {*TABLES, "findings"}
    assert {row[0]: row[1] for row in rows}["findings"] == "geom"
    assert all(row[2] == 1 and row[3].startswith("2026-11-23T10:00:00") for row in rows)


@pytest.mark.parametrize(("language", "word"), [("zh", "错误·新增"), ("en", "error, new")])
def test_styles_speak_the_language_of_the_run(results, tmp_path, language, word):
    with speaking(language):
        path = write_geopackage(results, tmp_path / "results.gpkg")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        (qml,) = base.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'findings'"
        ).fetchone()
    assert word in qml
