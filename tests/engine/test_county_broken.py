# SPDX-License-Identifier: GPL-2.0-or-later
"""One broken file in a county: told of once, and all else is checked as if it were not named."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import contextmanager

import geopandas as gpd
import numpy as np
import pytest
import sample_county
import yaml
from pandas.testing import assert_frame_equal
from pianqu.checks.run import compute
from pianqu.layers.errors import InputError
from pianqu.layers.words import set_language

LOCK = """
import sqlite3, sys
lock = sqlite3.connect(sys.argv[1], isolation_level=None)
lock.execute("PRAGMA locking_mode=EXCLUSIVE")
lock.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
OTHER = ("data.layer", "data.crs", "data.unusable", "data.empty", "data.text")

pytestmark = pytest.mark.english


@pytest.fixture(scope="module")
def made():
    return sample_county.written(300, 3)


def shapefile(folder, frame):
    frame.to_file(folder / "x.shp", encoding="UTF-8")
    return folder / "x.shp"


def package(folder, frame, name="x.gpkg"):
    frame.to_file(folder / name, layer="x", engine="pyogrio")
    return folder / name


def cut(path, share=0.5):
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    return path


def no_table(folder, frame):
    path = shapefile(folder, frame)
    path.with_suffix(".dbf").unlink()
    return path


def bytes_of(name, raw):
    def make(folder, frame):
        (folder / name).write_bytes(raw)
        return folder / name

    return make


WAYS = {  # how a file is broken, and what is told of it
    "no .dbf": (no_table, r"\.dbf"),
    "cut off package": (lambda folder, frame: cut(package(folder, frame)), "damaged"),
    "empty file": (lambda folder, frame: cut(shapefile(folder, frame), 0), "damaged"),
    "noise": (bytes_of("x.gpkg", np.random.default_rng(1).bytes(20_000)), "damaged"),
    "drawing": (bytes_of("x.dwg", b"AC1032" + bytes(900)), "DXF"),
    "old database": (bytes_of("x.mdb", b"\0\1\0\0Standard Jet DB\0" + bytes(4000)), "ArcGIS"),
    "other tag": (
        lambda folder, frame: package(folder, frame.set_crs(4523, allow_override=True)),
        "EPSG:4523",
    ),
    "lines": (
        lambda folder, frame: package(folder, frame.set_geometry(frame.boundary)),
        "LineString",
    ),
}  # fmt: skip


@contextmanager
def dossier(made, folder, role, path, layer=""):
    """Write a dossier beside a copy of the county in which a role is named, or not named at all."""
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    content = yaml.safe_load(made.dossier.read_text(encoding="utf-8"))
    if path is None:
        del content["layers"][role]
    else:
        entry = content["layers"][role]
        entry.pop("layer", None)
        entry.update({"path": str(path), **({"layer": layer} if layer else {})})
    (folder / "broken.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    yield folder / "broken.yaml"


def run(made, folder, role, path, layer=""):
    with dossier(made, folder, role, path, layer) as file:
        return compute(file)


def outcomes(results):
    columns = ["indicator", "level", "unit", "outcome", "value", "base"]
    return results.indicators[[name for name in columns if name in results.indicators]]


def planned(results):
    """Give the indicators that count planned land."""
    names = [one.id for one in results.county.standard.indicators if one.source == "plan"]
    own = results.indicators[results.indicators["indicator"].isin(names)]
    assert 0 < len(own) < len(results.indicators)
    return own


@pytest.fixture(scope="module")
def unnamed(made, tmp_path_factory):
    """The county whose dossier does not name the plan, or the farmland: what is sound without."""
    set_language("en")
    return {role: run(made, tmp_path_factory.mktemp(role), role, None) for role in ("farmland",)}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_plan_that_cannot_be_read_leaves_nothing_passed_that_needs_it(made, tmp_path, way):
    make, words = WAYS[way]
    path = make(tmp_path, made.layer("GHDLTB"))
    results = run(made, tmp_path, "plan", path, "x" if path.suffix == ".gpkg" else "")
    (finding,) = results.findings.itertuples()
    assert finding.severity == "error" and finding.subject_layer == "plan"
    assert finding.rule == ("data.crs" if way == "other tag" else "data.layer")
    assert finding.message == results.run["missing"]["plan"] and finding.remedy
    assert re.search(words, finding.message)
    assert results.run["verdict"]["passed"] is False
    assert set(planned(results)["outcome"]) == {"not_checked"}
    zones = {zone.id for zone in results.county.standard.zones() if zone.role}
    assert zones and set(results.run["unchecked_zones"]) == zones
    assert all(results.run["unchecked_zones"].values())


@pytest.mark.parametrize("way", sorted(WAYS))
def test_farmland_that_cannot_be_read_changes_nothing_else(made, tmp_path, unnamed, way):
    make, _ = WAYS[way]
    path = make(tmp_path, made.layer("YJJBNTTB"))
    results = run(made, tmp_path, "farmland", path, "x" if path.suffix == ".gpkg" else "")
    without = unnamed["farmland"]
    assert_frame_equal(outcomes(results), outcomes(without))
    told = results.findings[~results.findings["rule"].isin(OTHER)]
    expected = without.findings[~without.findings["rule"].isin(OTHER)]
    assert sorted(told["id"]) == sorted(expected["id"])
    assert results.run["verdict"]["passed"] is False and "farmland" in results.run["missing"]
    assert set(results.indicators["outcome"]) > {"not_checked"}  # the sound part was checked


def test_a_locked_package_is_told_as_such(made, tmp_path):
    path = package(tmp_path, made.layer("YJJBNTTB"))
    holder = subprocess.Popen(
        [sys.executable, "-c", LOCK, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline().strip() == b"held"
        results = run(made, tmp_path, "farmland", path, "x")
    finally:
        holder.communicate(b"")
    assert "held by another program" in results.run["missing"]["farmland"]
    assert results.run["verdict"]["passed"] is False


@pytest.mark.parametrize("how", ["empty", "no shapes", "half a Shapefile", "other zone"])
def test_a_plan_read_in_part_or_lying_elsewhere_passes_nothing(made, tmp_path, how):
    frame = made.layer("GHDLTB")
    if how == "empty":
        path = package(tmp_path, frame.iloc[:0])
    elif how == "no shapes":
        path = package(tmp_path, frame.set_geometry(gpd.GeoSeries([None] * len(frame), crs=4544)))
    elif how == "other zone":
        path = package(tmp_path, frame.set_crs(4545, allow_override=True))
    else:
        path = cut(shapefile(tmp_path, frame))
    results = run(made, tmp_path, "plan", path, "" if path.suffix == ".shp" else "x")
    assert results.run["verdict"]["passed"] is False
    assert set(planned(results)["outcome"]) == {"not_checked"}
    rules = {"empty": "data.empty", "other zone": "data.crs"}
    assert rules.get(how, "data.unusable") in set(results.findings["rule"])


def test_a_shift_of_web_maps_is_told_in_a_run_too(made, tmp_path):
    """The doctor's round over all layers is part of a run, not of the check of data alone."""
    frame = made.layer("GHDLTB")
    frame.geometry = frame.translate(-350, -200)
    results = run(made, tmp_path, "plan", package(tmp_path, frame), "x")
    told = results.findings[results.findings["rule"] == "data.crs"]
    assert told["subject_layer"].tolist() == ["plan"]
    assert told["value"].isna().all() or told["value"].between(300, 500).all()
    clean = compute(made.dossier)
    assert "data.crs" not in set(clean.findings["rule"])


@pytest.mark.parametrize("role", ["units", None])
def test_without_units_or_any_layer_there_is_nothing_to_check(made, tmp_path, role):
    content = yaml.safe_load(made.dossier.read_text(encoding="utf-8"))
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    content = {key: value for key, value in content.items() if key != "sectors"}
    for each in content["layers"] if role is None else [role]:
        if role or each != "units":
            content["layers"][each]["layer"] = "nothing"
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError, match="no layer nothing"):
        compute(tmp_path / "broken.yaml")


def test_quotas_that_cannot_be_read_leave_the_control_lines_checked(made, tmp_path):
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "quotas.xlsx").write_bytes(b"PK\3\4 no workbook")
    results = compute(tmp_path / made.dossier.name)
    (finding,) = results.findings.itertuples()
    assert finding.subject_layer == "quotas" and "quotas.xlsx" in finding.message
    assert results.run["missing"]["quotas"] == finding.message
    assert set(results.indicators["outcome"]) == {"not_checked"}
    assert results.run["unchecked_zones"] == {} and results.run["verdict"]["passed"] is False


def test_a_name_that_nothing_bears_is_a_slip_in_the_dossier_and_ends_the_run(made, tmp_path):
    frame = gpd.read_file(made.folder / "county.gpkg", layer="GHDLTB")
    there = package(tmp_path, frame.drop(columns="GHDLBM"))
    for path, layer, told in (
        (tmp_path / "none.gpkg", "", "none.gpkg"), (there, "y", "y"), (there, "x", "GHDLBM"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=told):
            run(made, tmp_path / "county", "plan", path, layer)
