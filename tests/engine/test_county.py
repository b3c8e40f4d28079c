# SPDX-License-Identifier: GPL-2.0-or-later
"""A county in memory: layers, findings of reading, what is missing, clusters."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from input_county import (
    CRS,
    UNIT_FIELDS,
    content,
    landuse,
    parcels_frame,
    source,
    square,
    units_frame,
    write,
)  # fmt: skip
from pianqu.layers.county import load_county
from pianqu.layers.dossier import dossier_from, read_dossier
from pianqu.layers.errors import InputError
from pianqu.layers.standard import load_standard
from shapely.geometry import LineString, Polygon

pytestmark = pytest.mark.english


@pytest.fixture(scope="module")
def standard():
    return load_standard("cn-2023")


@pytest.fixture
def load(tmp_path, standard):
    def _load(given=None, clusters=(), **layers):
        given = given or content(tmp_path, **layers)
        return load_county(read_dossier(write(tmp_path, given)), standard, clusters)

    return _load


def rules(county):
    return sorted(county.findings["rule"])


def test_a_clean_county_is_read_without_a_finding(load, tmp_path):
    county = load(landuse=landuse(tmp_path))
    layer = county.layers["landuse"]
    assert list(layer.data.columns) == ["id", "code", "deduction", "settlement"]
    assert list(layer.data["code"]) == ["0101", "0301", "0101", "0301"]
    assert layer.data["deduction"].dtype == float and layer.table == "sandiao"
    assert len(county.findings) == 0 and layer.unread == []
    assert county.tree.levels == ("county", "cluster", "town", "village")
    assert shapely.area(layer.geometry).sum() == pytest.approx(4e6)


def test_a_role_not_given_is_missing_with_the_reason(load, tmp_path):
    county = load(landuse=landuse(tmp_path))
    assert set(county.missing) == {
        "plan", "farmland", "redline", "boundary", "reserve", "quotas",
    }  # fmt: skip
    assert "layers.plan" in county.missing["plan"]


def test_sector_plans_and_reserved_land_are_read_with_the_county(load, tmp_path):
    reserve = source(tmp_path, parcels_frame(), "LBYD", id="BSM")
    sectors = [{"id": "jt", "layout": {"path": "roads.gpkg", "layer": "x"}}]
    county = load({**content(tmp_path, reserve=reserve), "sectors": sectors})
    assert "reserve" in county.layers and "reserve" not in county.missing
    assert "roads.gpkg" in county.plans.missing["jt"]
    assert county.findings["rule"].eq("data.sector").any()


def test_without_an_id_field_the_feature_id_serves(load, tmp_path):
    entry = source(tmp_path, parcels_frame(), "x", code="DLBM")
    county = load(landuse={**entry, "codes": "sandiao"})
    assert list(county.layers["landuse"].data["id"]) == ["1", "2", "3", "4"]
    assert np.isnan(county.layers["landuse"].data["deduction"]).all()
    assert county.layers["landuse"].ids_are_fids
    assert not load(landuse=landuse(tmp_path)).layers["landuse"].ids_are_fids


def test_a_unit_is_called_by_its_code_also_where_it_has_two_features(load, tmp_path):
    frame = units_frame(XZQDM=["510799101001", "510799101001", "510799102001", "510799102002"])
    units = load(units=source(tmp_path, frame, "units", **UNIT_FIELDS)).units
    assert list(units.data["id"]) == list(frame["XZQDM"]) and not units.ids_are_fids


def test_a_filter_limits_what_is_read(load, tmp_path):
    county = load(landuse={**landuse(tmp_path), "filter": "DLBM = '0101'"})
    assert list(county.layers["landuse"].data["id"]) == ["P0", "P2"]


def test_a_wrong_filter_names_the_fields(load, tmp_path):
    with pytest.raises(InputError) as caught:
        load(landuse={**landuse(tmp_path), "filter": "DLMB = 1"})
    assert "DLMB = 1" in str(caught.value) and "DLBM" in str(caught.value)


def test_a_missing_layer_names_the_layers_there_are_nearest_first(load, tmp_path):
    with pytest.raises(InputError) as caught:
        load(landuse={**landuse(tmp_path), "layer": "JQDLTP"})
    text = str(caught.value)
    assert "JQDLTP" in text and text.index("JQDLTB") < text.index("units")


def test_a_missing_field_names_the_fields_there_are_nearest_first(load, tmp_path):
    entry = landuse(tmp_path)
    entry["fields"]["deduction"] = "KCXSS"
    with pytest.raises(InputError) as caught:
        load(landuse=entry)
    text = str(caught.value)
    assert "KCXSS" in text and "deduction" in text and text.index("KCXS,") < text.index("BSM")


def test_a_missing_file_names_the_files_of_its_kind(load, tmp_path):
    with pytest.raises(InputError) as caught:
        load(landuse={**landuse(tmp_path), "path": "conty.gpkg"})
    text = str(caught.value)
    assert (
        "conty.gpkg" in text and "county.gpkg" in text and "county.yaml" not in text.split(";")[1]
    )


def test_an_unknown_code_table_is_refused(load, tmp_path):
    with pytest.raises(InputError, match="landuse-2032"):
        load(landuse={**landuse(tmp_path), "codes": "landuse-2032"})


def test_land_use_without_a_code_table_is_refused(load, tmp_path):
    with pytest.raises(InputError, match="sandiao"):
        load(landuse={**landuse(tmp_path), "codes": ""})


def test_an_invalid_polygon_is_repaired_with_a_finding(load, tmp_path):
    frame = parcels_frame()
    west, south, east, north = square(0).bounds
    bow = Polygon([(west, south), (east, north), (east, south), (west, north)])
    frame.loc[0, "geometry"] = bow
    county = load(landuse=landuse(tmp_path, frame))
    row = county.findings.iloc[0]
    assert rules(county) == ["data.geometry"]
    assert (row.severity, row.subject_layer, row.subject_id) == ("warning", "landuse", "P0")
    assert "self-intersection at" in row.message and "500000.00 m2" in row.message
    assert shapely.is_valid(county.layers["landuse"].geometry[0])
    assert county.inputs[1]["repaired"] == 1 and row.remedy


def test_what_is_no_polygon_is_unusable_and_unread(load, tmp_path):
    frame = parcels_frame()
    frame.loc[1, "geometry"] = LineString(square(1).exterior.coords[:2])
    frame.loc[2, "geometry"] = None
    county = load(landuse=landuse(tmp_path, frame))
    layer = county.layers["landuse"]
    assert rules(county) == ["data.unusable"] * 2
    assert set(county.findings["subject_id"]) == {"P1", "P2"}
    assert layer.geometry[1] is None and layer.geometry[2] is None and len(layer.unread) == 2
    assert "LineString" in " ".join(county.findings["message"])
    assert county.inputs[1]["used"] == 2


def test_a_zero_lost_from_a_code_is_given_back_with_a_finding(load, tmp_path):
    county = load(landuse=landuse(tmp_path, parcels_frame(codes=(101, 301))))
    assert set(county.layers["landuse"].data["code"]) == {"0101", "0301"}
    assert rules(county) == ["data.code", "data.code"]
    assert set(county.findings["severity"]) == {"warning"}


def test_an_unknown_code_stays_as_it_is(load, tmp_path):
    county = load(landuse=landuse(tmp_path, parcels_frame(codes=("9999", "0301"))))
    assert county.layers["landuse"].data["code"][0] == "9999" and len(county.findings) == 0


def test_full_width_and_blanks_are_cleaned_from_codes(load, tmp_path):
    county = load(landuse=landuse(tmp_path, parcels_frame(codes=("　０１０１ ", "05h1"))))
    assert list(county.layers["landuse"].data["code"]) == ["0101", "05H1", "0101", "05H1"]


def test_a_deduction_may_be_text_and_what_is_no_number_is_told(load, tmp_path):
    frame = parcels_frame(KCXS=["0.1023", "10.23%", "x", None])
    county = load(landuse=landuse(tmp_path, frame))
    values = county.layers["landuse"].data["deduction"]
    assert list(values[:2]) == pytest.approx([0.1023, 0.1023]) and values[2:].isna().all()
    assert rules(county) == ["data.deduction"]
    assert county.findings["subject_id"][0] == "P2" and "'x'" in county.findings["message"][0]


def test_a_layer_in_another_crs_is_brought_over(load, tmp_path):
    county = load(landuse=landuse(tmp_path, parcels_frame().to_crs("EPSG:4490")))
    assert shapely.hausdorff_distance(county.layers["landuse"].geometry[0], square(0)) < 1e-3
    assert county.inputs[1]["transformed"] and not county.inputs[0]["transformed"]
    assert county.inputs[1]["crs"] == "EPSG:4490"


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_layer_without_crs_is_taken_as_the_dossiers_and_told(load, tmp_path):
    frame = parcels_frame()
    frame = frame.set_crs(None, allow_override=True)
    county = load(landuse=landuse(tmp_path, frame))
    assert county.inputs[1]["crs_assumed"]
    assert rules(county) == ["data.crs"] and county.findings["severity"][0] == "info"


def test_an_easting_with_the_zone_number_under_a_crs_without_is_refused(load, tmp_path):
    frame = parcels_frame()
    frame["geometry"] = frame.translate(xoff=35_000_000)
    with pytest.raises(InputError, match=r"JQDLTB.*EPSG:4544.*EPSG:4523"):
        load(landuse=landuse(tmp_path, frame))


def test_an_easting_without_the_zone_number_under_a_crs_with_it_is_refused(load, tmp_path):
    frame = parcels_frame().set_crs("EPSG:4523", allow_override=True)
    with pytest.raises(InputError, match=r"EPSG:4523.*EPSG:4544"):
        load(landuse=landuse(tmp_path, frame))


def test_degrees_under_a_projected_crs_are_refused(load, tmp_path):
    frame = parcels_frame().to_crs("EPSG:4490").set_crs(CRS, allow_override=True)
    with pytest.raises(InputError, match="degrees"):
        load(landuse=landuse(tmp_path, frame))


def test_the_same_zone_with_and_without_prefix_meet(load, tmp_path):
    county = load(landuse=landuse(tmp_path, parcels_frame().to_crs("EPSG:4523")))
    assert shapely.hausdorff_distance(county.layers["landuse"].geometry[3], square(3)) < 1e-6


def test_a_geographic_dossier_is_refused(load, tmp_path):
    given = {**content(tmp_path), "crs": "EPSG:4490"}
    with pytest.raises(InputError, match="not a projected"):
        load(given)


def test_an_unknown_crs_is_refused(load, tmp_path):
    with pytest.raises(InputError, match="EPSG:454499"):
        load({**content(tmp_path), "crs": "EPSG:454499"})


def test_the_dossiers_tolerances_go_before_the_standards(load, tmp_path, standard):
    given = {**content(tmp_path), "tolerance": {"min_area_m2": 7}}
    tolerance = load(given).dossier.tolerance
    assert tolerance.min_area_m2 == 7
    assert tolerance.warn_margin == standard.tolerance("warn_margin")


def test_an_empty_layer_is_told(load, tmp_path):
    entry = source(tmp_path, parcels_frame()[:0], "STBHHX", id="BSM")
    county = load(redline=entry)
    assert len(county.layers["redline"]) == 0 and rules(county) == ["data.empty"]


@pytest.mark.parametrize("wanted", [["P1"], ["东片区"]])
def test_of_one_cluster_only_its_land_is_read(load, tmp_path, wanted):
    county = load(clusters=wanted, landuse=landuse(tmp_path))
    assert county.tree.levels == ("cluster", "town", "village")
    assert list(county.tree.finest["name"]) == ["甲村", "乙村"]
    assert list(county.tree.feature_unit) == [0, 1, -1]  # 丙村 is a neighbour, 丁村 is far off
    kept = county.layers["landuse"]
    assert list(kept.data["id"]) == ["P0", "P1", "P2"]  # P2 touches the border, P3 is far off
    assert (county.inputs[1]["read"], county.inputs[1]["used"]) == (4, 3)


def test_an_unknown_cluster_names_the_known_ones(load, tmp_path):
    with pytest.raises(InputError, match=r"P9.*P1 东片区"):
        load(content(tmp_path), clusters=["P9"])


def test_progress_names_each_role(tmp_path, standard):
    seen = []
    dossier = dossier_from(content(tmp_path, landuse=landuse(tmp_path)), tmp_path)
    load_county(dossier, standard, progress=lambda *step: seen.append(step))
    assert [step[2] for step in seen] == ["units", "quotas", "landuse", ""]
    assert [step[1] for step in seen] == sorted(step[1] for step in seen)


def test_provenance_says_where_each_layer_came_from(load, tmp_path):
    entry = load(landuse=landuse(tmp_path)).inputs[1]
    assert (entry["role"], entry["file"], entry["layer"]) == ("landuse", "county.gpkg", "JQDLTB")
    assert (entry["driver"], entry["read"], entry["used"]) == ("GPKG", 4, 4)
    assert entry["bytes"] > 0 and entry["modified"].endswith("+00:00")


def test_a_unit_without_a_code_is_told_and_left_out(load, tmp_path):
    frame = units_frame(XZQDM=["510799101001", None, "510799102001", "510799102002"])
    county = load(units=source(tmp_path, frame, "units", **UNIT_FIELDS))
    assert len(county.tree.finest) == 3 and rules(county) == ["data.unusable"]
    assert len(county.units.unread) == 1 and (county.tree.feature_unit >= 0).all()


def test_units_that_cannot_be_used_stop_the_run(load, tmp_path):
    frame = units_frame()
    frame["geometry"] = gpd.GeoSeries([None] * 4, crs=CRS)
    with pytest.raises(InputError, match="no unit can be used"):
        load(units=source(tmp_path, frame, "units", **UNIT_FIELDS))


def test_height_and_measures_are_dropped(load, tmp_path):
    frame = parcels_frame()
    frame["geometry"] = shapely.force_3d(frame.geometry.to_numpy(), 400.0)
    assert not shapely.has_z(
        load(landuse=landuse(tmp_path, frame)).layers["landuse"].geometry
    ).any()


def test_a_layer_of_lines_is_refused_where_polygons_belong(load, tmp_path):
    frame = parcels_frame()
    frame["geometry"] = frame.boundary
    with pytest.raises(InputError, match=r"JQDLTB.*LineString"):
        load(landuse=landuse(tmp_path, frame))


def test_a_datum_shift_that_is_not_known_is_told(load, tmp_path):
    frame = parcels_frame().to_crs("EPSG:4490")
    near = load(landuse=landuse(tmp_path, frame.set_crs("EPSG:4326", allow_override=True)))
    assert rules(near) == ["data.crs"] and near.findings["severity"][0] == "info"
    far = load(landuse=landuse(tmp_path, frame.set_crs("EPSG:4610", allow_override=True)))
    assert far.findings["severity"][0] == "warning" and "Xian 1980" in far.findings["message"][0]


def test_a_town_in_two_clusters_is_a_finding_on_the_map(load, tmp_path):
    frame = units_frame(PQDM=["P1", "P2", "P2", "P2"])
    county = load(units=source(tmp_path, frame, "units", **UNIT_FIELDS))
    found = county.findings[county.findings["severity"] == "error"].iloc[0]
    assert (found.rule, found.level, found.unit) == ("data.units", "town", "510799101")
    assert found.unit_name == "青山镇" and not found.geometry.is_empty


def test_quotas_are_cut_to_the_clusters_wanted(load, tmp_path):
    rows = "unit,indicator,quota_ha\n510799,farmland,1\nP1,farmland,2\nP2,farmland,3\n"
    (tmp_path / "q.csv").write_text(rows, encoding="utf-8")
    given = {**content(tmp_path), "quotas": {"path": "q.csv"}}
    assert list(load(given).quotas["quota_ha"]) == [1, 2, 3]
    assert list(load(given, ["P2"]).quotas["quota_ha"]) == [3]
    assert "quotas" not in load(given).missing and load(given).inputs[1]["used"] == 3


@pytest.mark.parametrize("empty", [True, False])
def test_a_column_of_coefficients_without_any_is_told_once(load, tmp_path, empty):
    frame = parcels_frame(KCXS=[np.nan, np.nan, np.nan if empty else 0.1, np.nan])
    county = load(landuse=landuse(tmp_path, frame))
    told = county.findings[county.findings["rule"] == "data.deduction"]
    assert len(told) == int(empty)
    if empty:
        assert told["severity"].tolist() == ["warning"]
        assert "KCXS" in told["message"].iloc[0] and "all 2" in told["message"].iloc[0]
