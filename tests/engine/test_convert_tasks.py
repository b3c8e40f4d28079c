# SPDX-License-Identifier: GPL-2.0-or-later
"""The conversions as commands: what they leave of a layer, and what they say of a bad one."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from convert_made import ORIGIN, layer, run, written


def parcels(tmp_path, name="县.gpkg", driver="GPKG", **more):
    """Write three parcels side by side, with codes, names and numbers of every type."""
    two = shapely.MultiPolygon([shapely.box(200, 0, 250, 50), shapely.box(260, 0, 300, 50)])
    shapes = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100), two]
    columns = {
        "BSM": ["000001", "000002", "000003"], "DLBM": ["0101", "1006", "1107A"],
        "DLMC": ["水田", "农村道路", "干渠"], "KCXS": [0.1234, None, 0.05],
        "NF": pd.array([2020, None, 2022], dtype="Int64"),
        "RQ": pd.to_datetime(["2020-01-02", None, "2021-03-04"]),
    } | more  # fmt: skip
    path = tmp_path / name
    layer(shapes, **columns).to_file(path, driver=driver, layer=path.stem)
    return path


def test_a_converted_copy_keeps_every_column_type_shape_and_feature_id(tmp_path, capsys):
    path = parcels(tmp_path)
    status, result, _ = run(capsys, "convertcodes", path, tmp_path / "out")
    assert status == 0
    assert (result["converted"], result["ambiguous"], result["class_changed"]) == (3, 1, 1)
    before = pyogrio.read_dataframe(path, fid_as_index=True)
    after = written(tmp_path / "out", "convertcodes")
    pd.testing.assert_frame_equal(
        pd.DataFrame(before.drop(columns="geometry")),
        pd.DataFrame(after[[name for name in before if name != "geometry"]]),
    )
    assert shapely.to_wkb(before.geometry.to_numpy()).tolist() == shapely.to_wkb(
        after.geometry.to_numpy()).tolist()  # fmt: skip
    assert after.crs == before.crs
    assert after["YDYHFLDM"].tolist() == ["0101", "0601", "1311"]
    assert after["YDYHFLMC"].tolist() == ["水田", "农村道路", "水工设施用地"]
    told = written(tmp_path / "out", "convertcodes", "remarks")
    assert sorted(zip(told["feature"], told["kind"])) == [
        ("000002", "ambiguous"), ("000003", "class_changed")]  # fmt: skip
    assert (told.geometry.area > 0).all()


def test_modes_and_the_users_table_reach_the_copy(tmp_path, capsys):
    path = parcels(tmp_path)
    own = tmp_path / "own.csv"
    own.write_text("from,to\n1006,060102\n", encoding="utf-8")
    run(capsys, "convertcodes", path, tmp_path / "a", "--set", "mode=open")
    run(capsys, "convertcodes", path, tmp_path / "b", "--set", f"table={own}")
    assert written(tmp_path / "a", "convertcodes")["YDYHFLMC"].tolist()[1] == "待细分"
    assert written(tmp_path / "a", "convertcodes")["YDYHFLDM"].tolist()[1] == ""
    assert written(tmp_path / "b", "convertcodes")["YDYHFLDM"].tolist()[1] == "060102"


def test_a_taken_name_is_refused_where_asked_for_else_another_is_found_and_told(tmp_path, capsys):
    path = parcels(tmp_path, YDYHFLDM=["a", "b", "c"])
    status, _, texts = run(capsys, "convertcodes", path, tmp_path / "out")
    assert status == 0
    assert any("YDYHDM2023" in text for text in texts)
    assert written(tmp_path / "out", "convertcodes")["YDYHFLDM"].tolist() == ["a", "b", "c"]
    status, _, texts = run(capsys, "convertcodes", path, tmp_path / "x", "--set", "code_field=dlbm")
    assert status == 2
    assert "dlbm" in texts[-1]
    assert not (tmp_path / "x").exists()


def test_a_shapefile_in_gbk_keeps_its_chinese_and_its_zeros(tmp_path, capsys):
    path = parcels(tmp_path, "dltb.gpkg")
    frame = gpd.read_file(path).drop(columns=["RQ"])
    frame.to_file(tmp_path / "dltb.shp", encoding="GBK")
    (tmp_path / "dltb.cpg").unlink()
    status, _, _ = run(capsys, "convertcodes", tmp_path / "dltb.shp", tmp_path / "out")
    assert status == 0
    after = written(tmp_path / "out", "convertcodes")
    assert after["DLMC"].tolist() == ["水田", "农村道路", "干渠"]
    assert after["BSM"].tolist() == ["000001", "000002", "000003"]


def test_heights_stay_in_a_copy_whose_shapes_do_not_change(tmp_path, capsys):
    shape = shapely.Polygon([(0, 0, 5), (10, 0, 6), (10, 10, 7), (0, 10, 8)])
    made = gpd.GeoDataFrame({"DLBM": ["05H1"]}, geometry=[shape], crs="EPSG:4544")
    moved = shapely.transform(made.geometry.to_numpy(), lambda p: p + (*ORIGIN, 0), include_z=True)
    made.set_geometry(moved).to_file(tmp_path / "z.gpkg")
    for task in ("convertcodes", "ellipsoidalarea"):
        status, _, _ = run(capsys, task, tmp_path / "z.gpkg", tmp_path / task)
        assert status == 0
        shapes = written(tmp_path / task, task).geometry
        assert sorted(set(shapely.get_coordinates(shapes, include_z=True)[:, 2])) == [5, 6, 7, 8]
    _, _, texts = run(capsys, "mendcoverage", tmp_path / "z.gpkg", tmp_path / "m")
    assert any("heights" in text for text in texts)


@pytest.mark.parametrize("task", ["convertcodes", "ellipsoidalarea", "mendcoverage"])
def test_an_empty_layer_makes_an_empty_copy_with_all_its_fields(tmp_path, capsys, task):
    path = parcels(tmp_path)
    frame = gpd.read_file(path)
    frame[:0].to_file(tmp_path / "empty.gpkg")
    more = ("--set", "from=sandiao") if task == "convertcodes" else ()
    status, result, texts = run(capsys, task, tmp_path / "empty.gpkg", tmp_path / "out", *more)
    assert status == 0, texts
    assert result["features"] == 0
    after = written(tmp_path / "out", task)
    assert set(frame.columns) <= set(after.columns)
    assert any("empty.gpkg" in text for text in texts)


def test_a_layer_without_crs_converts_without_areas_and_is_not_measured(tmp_path, capsys):
    frame = gpd.read_file(parcels(tmp_path)).set_crs(None, allow_override=True)
    frame.to_file(tmp_path / "bare.gpkg")
    status, _, texts = run(capsys, "convertcodes", tmp_path / "bare.gpkg", tmp_path / "out")
    assert status == 0
    assert any("no CRS" in text for text in texts)
    table = written(tmp_path / "out", "convertcodes", "conversions")
    assert table["area_ha"].isna().all()
    status, _, texts = run(capsys, "ellipsoidalarea", tmp_path / "bare.gpkg", tmp_path / "out")
    assert status == 2
    assert "--crs" in texts[-1]
    status, _, _ = run(capsys, "ellipsoidalarea", tmp_path / "bare.gpkg", tmp_path / "out",
                       "--crs", "EPSG:4544")  # fmt: skip
    assert status == 0


@pytest.mark.parametrize("task, more, word", [
    ("convertcodes", ("--field", "code=NOPE"), "NOPE"),
    ("convertcodes", ("--set", "mode=best"), "best"),
    ("convertcodes", ("--set", "from=gbt"), "gbt"),
    ("convertcodes", ("--set", "mod=main"), "mode"),
    ("convertcodes", ("--layer", "nope"), "nope"),
    ("convertcodes", ("--filter", "NOPE = 1"), "NOPE"),
    ("ellipsoidalarea", ("--set", "net=TBMJ"), "TBMJ"),
    ("mendcoverage", ("--set", "tolerance=-1"), "tolerance"),
    ("mendcoverage", ("--set", "within=NOPE"), "NOPE"),
    ("boundarypoints", ("--set", "dialect=nope"), "nope"),
    ("boundarypoints", ("--set", "target_crs=EPSG:3857"), "Gauss"),
])  # fmt: skip
def test_bad_input_ends_with_one_clear_line_and_leaves_nothing(tmp_path, capsys, task, more, word):
    status, _, texts = run(capsys, task, parcels(tmp_path), tmp_path / "out", *more)
    assert status == 2
    assert word in texts[-1]
    assert not (tmp_path / "out").exists()


def test_degrees_can_not_be_mended_in_metres(tmp_path, capsys):
    path = tmp_path / "degrees.gpkg"
    gpd.read_file(parcels(tmp_path)).to_crs(4490).to_file(path)
    status, _, texts = run(capsys, "mendcoverage", path, tmp_path / "out")
    assert status == 2
    assert "Gauss-Krueger" in texts[-1]


def test_results_never_lie_over_what_was_read(tmp_path, capsys):
    path = parcels(tmp_path, "convertcodes.gpkg")
    before = path.read_bytes()
    status, _, _ = run(capsys, "convertcodes", path, tmp_path)
    assert status == 2
    assert path.read_bytes() == before


def test_the_published_vectors_come_out_to_the_last_digit_written(tmp_path, capsys, shared):
    with (shared / "domain" / "ellipsoid_vectors.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    shapes = []
    for row in rows:
        x, y = float(row["x0_easting"]), float(row["y0_northing"])
        shapes.append(shapely.box(x, y, x + float(row["width_m"]), y + float(row["height_m"])))
    frame = gpd.GeoDataFrame({"DLBM": "0301"}, index=range(len(rows)), geometry=shapes,
                             crs="EPSG:4544")  # fmt: skip
    frame.to_file(tmp_path / "v.gpkg")
    run(capsys, "ellipsoidalarea", tmp_path / "v.gpkg", tmp_path / "out")
    measured = written(tmp_path / "out", "ellipsoidalarea")["TBMJ"]
    for row, area in zip(rows, measured):
        expected = Decimal(row["area_m2_expected"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
        # The survey's pieces of 70 m and rounded degrees cost the largest its last digit.
        last = Decimal("0.01") if float(expected) > 5e8 else Decimal(0)
        assert abs(Decimal(f"{area:.2f}") - expected) <= last, row


def half_up(value):
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_net_is_gross_less_what_a_calculator_deducts(tmp_path, capsys):
    rng = np.random.default_rng(3)
    shapes = [shapely.box(x, 0, x + side, side) for x, side in
              zip(range(0, 30_000, 150), rng.uniform(20, 140, 200))]  # fmt: skip
    frame = layer(shapes, DLBM=rng.choice(["0101", "0103", "0301"], 200).tolist(),
                  KCXS=rng.uniform(0, 0.3, 200).round(4))  # fmt: skip
    frame.to_file(tmp_path / "p.gpkg")
    status, result, _ = run(capsys, "ellipsoidalarea", tmp_path / "p.gpkg", tmp_path / "out")
    assert status == 0
    total = Decimal(0)
    for row in written(tmp_path / "out", "ellipsoidalarea").itertuples():
        gross = half_up(Decimal(str(row.TBMJ)))
        share = Decimal(str(row.KCXS)) if row.DLBM in ("0101", "0103") else Decimal(0)
        deducted = half_up(gross * share)
        assert (str(row.KCMJ), row.TBDLMJ) == (str(float(deducted)), float(gross - deducted))
        total += gross
    assert result["gross_m2"] == float(total)
    sums = written(tmp_path / "out", "ellipsoidalarea", "areas").set_index("code")
    assert sums["gross_m2"].sum() == pytest.approx(float(total), abs=1e-6)
    assert sums["net_m2"].sum() + sums["ridges_m2"].sum() == pytest.approx(float(total), abs=1e-6)
    assert sums.loc["1203", "ridges_m2"] == pytest.approx(result["deducted_m2"], abs=1e-6)


def test_areas_that_can_not_be_told_are_empty_and_listed(tmp_path, capsys):
    bowtie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    shapes = [shapely.box(20, 0, 30, 10), bowtie, None, shapely.box(40, 0, 50, 10),
              shapely.box(60, 0, 70, 10)]  # fmt: skip
    codes, shares = ["0101", "0301", "0101", "0102", "0301"], ["0.1", "", "0.1", "很多", "0.2"]
    frame = layer(shapes, DLBM=codes, KCXS=shares, TBMJ=[100.0, 50.0, 1.0, 7.0, 100.0])
    frame.to_file(tmp_path / "p.gpkg")
    status, result, _ = run(capsys, "ellipsoidalarea", tmp_path / "p.gpkg", tmp_path / "out")
    assert status == 0
    after = written(tmp_path / "out", "ellipsoidalarea")
    assert np.isnan(after["TBMJ"]).tolist() == [False, False, True, False, False]
    assert np.isnan(after["TBDLMJ"]).tolist() == [False, False, True, True, False]
    assert after["KCMJ"].tolist()[4] == 0
    told = written(tmp_path / "out", "ellipsoidalarea", "remarks")
    kinds = [(2, "mended"), (3, "unmeasured"), (4, "coefficient"), (4, "stated"), (5, "idle")]
    assert sorted(zip(told["source_fid"], told["kind"])) == kinds
    assert result["unmeasured"] == 2


def test_a_mended_copy_keeps_codes_and_lists_every_change(tmp_path, capsys):
    shapes = [
        shapely.box(0, 0, 10, 10),
        shapely.box(10.004, 0, 20, 10),
        shapely.box(20, 0, 20.1, 10),
    ]
    frame = layer(shapes, BSM=["007", "008", "009"], DLBM=["0101", "0102", "0103"],
                  TBMJ=[1.0, 2.0, 3.0])  # fmt: skip
    frame.to_file(tmp_path / "p.gpkg")
    status, result, texts = run(capsys, "mendcoverage", tmp_path / "p.gpkg", tmp_path / "out",
                                "--set", "tolerance=0.01")  # fmt: skip
    assert status == 0
    after = written(tmp_path / "out", "mendcoverage")
    assert after["BSM"].tolist() == ["007", "008"]
    assert after["DLBM"].tolist() == ["0101", "0102"]
    assert after.index.tolist() == [1, 2]
    assert shapely.coverage_is_valid(after.geometry.to_numpy())
    changes = written(tmp_path / "out", "mendcoverage", "changes")
    merged = changes[changes["what"] == "merged"].iloc[0]
    assert (merged["feature"], merged["other"], merged["other_fid"]) == ("009", "008", 2)
    plane = after.geometry.area.sum() - frame.geometry.area.sum()
    assert changes["change_m2"].sum() == pytest.approx(plane, rel=1e-4)
    totals = written(tmp_path / "out", "mendcoverage", "totals").set_index("what")
    assert totals.loc["total", "change_m2"] == pytest.approx(changes["change_m2"].sum(), abs=1e-6)
    assert (result["merged"], result["grown"]) == (1, 1)
    assert any("TBMJ" in text for text in texts)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_speaks_both_languages(tmp_path, capsys, language):
    path = parcels(tmp_path)
    for task in ("convertcodes", "ellipsoidalarea", "mendcoverage", "boundarypoints"):
        status, _, _ = run(capsys, task, path, tmp_path / task, language=language)
        assert status == 0
