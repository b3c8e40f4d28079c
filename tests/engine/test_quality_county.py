# SPDX-License-Identifier: GPL-2.0-or-later
"""The check of data over whole counties: every seeded fault, no false alarm, broken input."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import sample_county
import shapely
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks.quality.run import check_data
from pianqu.checks.run import compute
from pianqu.layers.errors import InputError
from pianqu.layers.repair import usable
from places import ROOT
from quality_case import X0, Y0, asked, box, case_of, written
from shapes import mosaic, stars

MADE = [(500, 12), (900, 14)]
FAULTY = [(500, 12), (800, 3), (2_000, 16)]
# What faults of the sample bring with them: a parcel gone or grown is missing in, or too much for,
# its unit's sum. Parcels below the least size are in the clean county too.
BROUGHT = {"data.control_area", "data.small"}


def keys(table: pd.DataFrame) -> pd.Series:
    paired = table["rule"].isin(["data.gap", "data.overlap", "data.quotas"])
    other = np.where(paired, table["object_layer"] + table["object_id"], "")
    return table["rule"] + "|" + table["subject_layer"] + "|" + table["subject_id"] + "|" + other


@pytest.mark.parametrize(("parcels", "seed"), MADE)
@pytest.mark.parametrize("farmland", ["dossier.yaml", "dossier_blocks.yaml"])
def test_a_county_without_faults_gives_no_false_alarm(parcels, seed, farmland):
    made = sample_county.written(parcels, seed)
    results = check_data(made.folder / farmland)
    assert set(results.findings["rule"]) <= {"data.small"}
    assert set(results.checks["outcome"]) == {"passed", "not_applicable"}
    assert results.counts()["passed"] is True
    limits = {"landuse": made.layer("JQDLTB"), "plan": made.layer("GHDLTB")}
    for one in results.findings.itertuples():  # what is small is small: by the field of the area
        layer = limits[one.subject_layer].set_index("BSM")
        column = "TBMJ" if one.subject_layer == "landuse" else "GHDLMJ"
        assert layer.loc[one.subject_id, column] < one.limit


@pytest.mark.parametrize(("parcels", "seed"), FAULTY)
def test_every_seeded_fault_of_data_is_found_and_nothing_else(parcels, seed):
    made = sample_county.written(parcels, seed, True)
    results = check_data(made.dossier)
    found = pd.DataFrame(results.findings.drop(columns="geometry"))
    listed = made.faults[made.faults["rule"].str.startswith("data.")].copy()
    assert set(listed["rule"]) == {
        "data.geometry", "data.unusable", "data.code", "data.overlap", "data.gap", "data.outside",
        "data.deduction", "data.quotas",
    }  # fmt: skip
    found["key"], listed["key"] = keys(found), keys(listed)
    rest = found[~found["rule"].isin(BROUGHT)]
    assert sorted(rest["key"]) == sorted(listed["key"])
    both = listed.merge(rest, on="key", suffixes=("", "_found"))
    for name in ("severity", "level", "unit"):
        assert both[name].tolist() == both[f"{name}_found"].tolist()
    stated = pd.to_numeric(both["area_m2"])
    assert (stated - both["area_m2_found"]).abs().max() < 0.01


def test_what_a_fault_brings_with_it_is_true():
    made = sample_county.written(800, 3, True)
    results = check_data(made.dossier)
    brought = results.findings[results.findings["rule"] == "data.control_area"]
    units = made.layer("units").set_index("XZQDM")
    assert len(brought)
    for one in brought.itertuples():
        layer = made.layer("JQDLTB" if one.object_layer == "landuse" else "GHDLTB")
        column = "TBMJ" if one.object_layer == "landuse" else "GHDLMJ"
        own = layer[layer["ZLDWDM"].str.startswith(one.unit)]
        assert one.value == pytest.approx(own[column].sum(), abs=0.01)
        assert one.limit == pytest.approx(units.loc[one.unit, "JSMJ"], abs=0.01)


@pytest.mark.parametrize(("parcels", "seed"), [(800, 3)])
def test_findings_bear_the_ids_they_have_in_a_whole_run(parcels, seed):
    """So that what was accepted in one is known in the other."""
    made = sample_county.written(parcels, seed, True)
    ours = check_data(made.dossier).findings
    whole = compute(made.dossier, ("quotas",)).findings
    shared = whole[whole["rule"].isin(["data.gap", "data.overlap", "data.outside", "data.code",
                                       "data.deduction", "data.geometry", "data.unusable",
                                       "data.quotas"])]  # fmt: skip
    assert len(shared) >= 8
    assert set(shared["id"]) <= set(ours["id"])
    same = ours.set_index("id").loc[shared["id"]]
    a, b = same["area_m2"].to_numpy(), shared["area_m2"].to_numpy()
    assert np.nanmax(np.abs(a - b)) < 1e-3


def changed(tmp_path, made, change):
    """Write the dossier of a county anew, its paths absolute, changed."""
    content = yaml.safe_load(made.dossier.read_text(encoding="utf-8"))
    for one in content["layers"].values():
        one["path"] = str(made.folder / one["path"])
    content["quotas"]["path"] = str(made.folder / content["quotas"]["path"])
    content["sectors"] = []
    change(content)
    path = tmp_path / "dossier.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def outcomes(results, role):
    own = results.checks[results.checks["role"] == role]
    own = own[own["check"] != "layer_given"]  # the dossier does name it
    return own.set_index("check")["outcome"].to_dict()


@pytest.mark.parametrize("role", ["landuse", "plan", "redline", "units"])
def test_a_layer_that_is_not_there_leaves_the_rest_checked(tmp_path, role):
    made = sample_county.written(500, 12)

    def lose(content):
        content["layers"][role]["path"] = str(tmp_path / "nowhere.gpkg")

    results = check_data(changed(tmp_path, made, lose))
    told = results.findings[results.findings["rule"] == "data.layer"]
    assert told["subject_layer"].tolist() == [role]
    assert "nowhere.gpkg" in told["message"].iloc[0]
    assert results.counts()["passed"] is False
    assert set(outcomes(results, role).values()) <= {"failed", "not_checked", "not_applicable"}
    other = "plan" if role != "plan" else "landuse"
    done = outcomes(results, other)
    assert done["overlap"] == done["code_known"] == done["geometry"] == "passed"
    assert done["gap"] == ("not_checked" if role == "units" else "passed")
    reasons = results.checks[results.checks["outcome"] == "not_checked"]["reason"]
    assert (reasons != "").all()


@pytest.mark.parametrize(
    ("role", "ours", "check"),
    [("landuse", "code", "code_known"), ("landuse", "deduction", "coefficient"),
     ("plan", "id", "id_unique"), ("landuse", "settlement", "settlement")],
)  # fmt: skip
def test_a_field_that_is_not_there_leaves_the_rest_checked(tmp_path, role, ours, check):
    made = sample_county.written(500, 12)

    def lose(content):
        content["layers"][role]["fields"][ours] = "NICHTDA"

    results = check_data(changed(tmp_path, made, lose))
    told = results.findings[results.findings["rule"] == "data.field"]
    assert told[["subject_layer", "object_id"]].values.tolist() == [[role, "NICHTDA"]]
    done = outcomes(results, role)
    assert done[check] == "not_checked"
    assert done["overlap"] == done["gap"] == "passed"


def test_units_without_codes_leave_all_that_needs_no_unit(tmp_path):
    made = sample_county.written(500, 12)

    def lose(content):
        content["layers"]["units"]["fields"]["code"] = "NICHTDA"

    results = check_data(changed(tmp_path, made, lose))
    done = outcomes(results, "landuse")
    assert done["gap"] == done["outside"] == done["unit_code"] == "not_checked"
    assert done["overlap"] == done["ridges"] == done["code_name"] == "passed"


def test_a_wrong_zone_is_told_with_the_mend_and_nothing_of_the_layer_passes(tmp_path):
    made = sample_county.written(500, 12)

    def tag(content):
        content["layers"]["plan"]["crs"] = "EPSG:4490"

    results = check_data(changed(tmp_path, made, tag))
    told = results.findings[results.findings["subject_layer"] == "plan"]
    assert {"data.crs"} == set(told["rule"])
    assert (told["severity"] == "error").all()
    assert (told["remedy"] != "").all()
    assert "passed" not in outcomes(results, "plan").values()


def test_quotas_that_cannot_be_read_are_no_pass(tmp_path):
    made = sample_county.written(500, 12)

    def lose(content):
        content["quotas"]["path"] = str(tmp_path / "none.xlsx")

    results = check_data(changed(tmp_path, made, lose))
    assert results.counts()["passed"] is False
    told = results.findings[results.findings["rule"] == "data.quotas"]
    assert "none.xlsx" in told["message"].iloc[0]


def test_a_delivered_line_is_compared_from_the_dossier(tmp_path):
    made = sample_county.written(500, 12)
    red = made.layer("STBHHX")
    less = red.iloc[1:]
    less.to_file(tmp_path / "sent.gpkg", layer="sent")
    gone = red.geometry.iloc[0].difference(shapely.union_all(less.geometry.to_numpy()))

    def name(content):
        content["delivered"] = {"redline": {"path": "sent.gpkg", "layer": "sent"}}

    results = check_data(changed(tmp_path, made, name))
    told = results.findings[results.findings["rule"] == "data.delivered"]
    assert set(told["object_id"]) == {"more"}
    assert told.geometry.area.sum() == pytest.approx(gone.area, rel=1e-6)


def test_a_dossier_that_says_nonsense_is_refused_in_one_line(tmp_path):
    path = tmp_path / "dossier.yaml"
    path.write_text("dossier: 1\nlayrs: {}\n", encoding="utf-8")
    with pytest.raises(InputError, match="layers"):
        check_data(path)


def test_the_command_writes_results_workbook_and_record(tmp_path):
    made = sample_county.written(500, 12, True)
    out = tmp_path / "out"
    command = [sys.executable, "-I", "-X", "utf8", str(ROOT / "jobs" / "launch.py")]
    done = subprocess.run(
        [*command, "check", str(made.dossier), "--out", str(out), "--json", "--language", "en"],
        capture_output=True, text=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["passed"] is False
    layers = {name for name, _ in pyogrio.list_layers(out / "results.gpkg")}
    assert {"findings", "spots", "data_checks", "units", "layer_styles"} <= layers
    checks = pyogrio.read_dataframe(out / "results.gpkg", layer="data_checks")
    assert len(checks[checks["outcome"] == "not_checked"]) == result["not_checked"]
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["verdict"]["failed"] > 0
    book = openpyxl.load_workbook(out / "findings.xlsx")
    sheets = list(book.sheetnames)
    assert sheets[0] == "Checks"
    assert book[sheets[1]].max_row == result["findings"] + 1
    missing = [*command, "checkdata", str(tmp_path / "no.yaml"), "--out", str(out)]
    assert subprocess.run(missing, capture_output=True, timeout=300).returncode == 2


def test_what_was_accepted_stays_accepted(tmp_path):
    from pianqu.reports.data_results import write_data_results

    made = sample_county.written(500, 12, True)
    write_data_results(check_data(made.dossier), tmp_path, tables_only=True)
    path = tmp_path / "results.gpkg"
    found = pyogrio.read_dataframe(path, layer="findings")
    found.loc[found["rule"] == "data.overlap", ["status", "status_reason"]] = ["accepted", "测区"]
    pyogrio.write_dataframe(found, path, layer="findings", driver="GPKG", append=False)
    again = check_data(made.dossier, tmp_path).findings
    kept = again[again["status"] == "accepted"]
    assert kept["rule"].tolist() == ["data.overlap"]
    assert kept["status_reason"].tolist() == ["测区"]


# Mutations; each example spoils a mosaic's parcels all.
FUZZ, EACH = int(os.environ.get("PIANQU_FUZZ", "400")), 20
SHAPES = ("geometry", "unusable", "duplicate", "overlap", "gap", "vertex", "outside", "sliver",
          "area_field")  # fmt: skip


def mutate(shape: shapely.Polygon, rng: np.random.Generator) -> shapely.Geometry | None:
    """Spoil a valid polygon in one of the ways that files are spoilt."""
    xy = shapely.get_coordinates(shapely.get_exterior_ring(shape))
    at, other = rng.integers(0, len(xy), 2)
    how = int(rng.integers(0, 14))
    if how == 0:
        xy[at] = xy[other]
    elif how == 1:
        xy[[at, other]] = xy[[other, at]]
    elif how == 2:
        xy[at] += rng.normal(0, 10.0 ** rng.integers(-6, 7), 2)
    elif how == 3:
        xy[1 + at % (len(xy) - 2)] = rng.choice([np.nan, np.inf, -np.inf, 1e300])
    elif how == 4:
        xy = np.insert(xy, at, xy[other], axis=0)
    elif how == 5:
        xy = np.repeat(xy, 2, axis=0)
    elif how == 6:
        xy = xy[rng.permutation(len(xy))]
    elif how == 7:
        xy = np.round(xy, int(rng.integers(-3, 3)))
    elif how == 8:
        xy[:, int(rng.integers(0, 2))] = xy[at, 0]
    elif how == 9:
        return None
    elif how == 10:
        return shapely.from_wkt(rng.choice(["POLYGON EMPTY", "POINT (500000 3440000)",
                                            "LINESTRING (500000 3440000, 500001 3440000)",
                                            "GEOMETRYCOLLECTION EMPTY"]))  # fmt: skip
    elif how == 11:
        return shapely.MultiPolygon([shape, shapely.transform(shape, lambda p: p + rng.normal(0, 9,
                                     2))])  # fmt: skip
    elif how == 12:
        return shapely.Polygon(xy, [xy[::-1]])
    else:
        return shapely.GeometryCollection([shape, shapely.Point(xy[at])])
    xy[-1] = xy[0]
    return shapely.Polygon(xy)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numbers too large to be squared
@settings(max_examples=-(-FUZZ // EACH), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_spoilt_polygon_ends_in_a_traceback_or_in_silence(seed):
    rng = np.random.default_rng(seed)
    shapes = mosaic(seed % 1000, EACH) if seed % 2 else stars(seed % 1000, EACH)
    shapes = shapely.transform(shapes, lambda xy: xy + [X0, Y0])
    spoilt = np.empty(len(shapes), dtype=object)
    spoilt[:] = [mutate(one, rng) for one in shapes]
    unit = [(box(0, 0, 1000, 1000), {"XZQDM": "510799100200"})]
    parcels = [(shape, {"BSM": str(row), "DLBM": "0101"}) for row, shape in enumerate(spoilt)]
    case = case_of(units=unit, landuse=parcels)
    told = {check: asked(case, check, "landuse") for check in SHAPES}
    fixed = usable(spoilt)
    lost = [str(row) for row in fixed.unusable["row"]]
    assert sorted(told["unusable"][0]["subject_id"]) == sorted(lost)
    mended = [str(int(row)) for row in fixed.mended["row"]]
    assert sorted(told["geometry"][0]["subject_id"]) == sorted(mended)
    if lost:
        assert told["overlap"][1].outcome != "passed"
        assert told["gap"][1].outcome != "passed"


def test_a_file_of_spoilt_polygons_is_read_and_told_of_feature_by_feature(tmp_path):
    rng = np.random.default_rng(5)
    shapes = shapely.transform(mosaic(2, 150), lambda xy: xy + [X0, Y0])
    spoilt = np.array([mutate(one, rng) for one in shapes], dtype=object)
    ids = [f"{number:018d}" for number in range(len(spoilt))]
    frame = gpd.GeoDataFrame({"BSM": ids, "DLBM": "0101"}, geometry=spoilt, crs="EPSG:4544")
    unit = gpd.GeoDataFrame({"XZQDM": ["510799100200"], "XZQMC": ["村"]},
                            geometry=[box(0, 0, 1000, 1000)], crs="EPSG:4544")  # fmt: skip
    results = check_data(written(tmp_path, units=unit, landuse=frame))
    bad = results.findings[results.findings["rule"].isin(["data.unusable", "data.geometry"])]
    fixed = usable(spoilt)
    expected = {ids[row] for row in [*fixed.unusable["row"], *fixed.mended["row"]]}
    assert set(bad["subject_id"]) == expected
    assert len(expected) > 50
    assert outcomes(results, "landuse")["overlap"] in ("not_checked", "warning")
