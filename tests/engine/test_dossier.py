# SPDX-License-Identifier: GPL-2.0-or-later
"""The dossier: what it may say, what it must say, and how a slip is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from input_county import content, landuse, write
from pianqu.layers.dossier import (
    Source,
    Tolerance,
    dossier_from,
    read_dossier,
    write_dossier,
)  # fmt: skip
from pianqu.layers.errors import InputError

BARE = {
    "dossier": 1,
    "code": "510799",
    "crs": "EPSG:4544",
    "layers": {"units": {"path": "a.gpkg", "fields": {"code": "XZQDM"}}},
}

pytestmark = pytest.mark.english


def changed(**more):
    return {**BARE, **more}


def refusal(given) -> str:
    with pytest.raises(InputError) as caught:
        dossier_from(given, Path("/nowhere"))
    return str(caught.value)


def test_what_is_not_given_has_the_contracts_defaults():
    dossier = dossier_from(BARE, Path("/data"))
    assert (dossier.standard, dossier.area, dossier.name) == ("cn-2023", "ellipsoidal", "510799")
    assert dossier.tolerance == Tolerance()
    assert dossier.quotas is None and dossier.sectors == ()


def test_paths_are_relative_to_the_file(tmp_path):
    path = tmp_path / "sub" / "county.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(BARE), encoding="utf-8")
    assert read_dossier(path).layers["units"].path == str(tmp_path / "sub" / "a.gpkg")


def test_a_windows_path_is_found_elsewhere(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.gpkg").write_bytes(b"")
    units = {"path": r"data\a.gpkg", "fields": {"code": "c"}}
    dossier = dossier_from(changed(layers={"units": units}), tmp_path)
    assert dossier.layers["units"].path == str(tmp_path / "data" / "a.gpkg")


def test_a_connection_string_stays_as_it_is_and_hides_its_password():
    units = {
        "path": "postgresql://me:hush@db/county", "layer": "plan.units",
        "fields": {"code": "xzqdm"},
    }  # fmt: skip
    source = dossier_from(changed(layers={"units": units}), Path("/data")).layers["units"]
    assert source.path == "postgresql://me:hush@db/county"
    assert source.is_connection
    assert "hush" not in source.label and source.label.endswith("plan.units")
    assert "hush" not in Source("PG:dbname=x password=hush").label


@pytest.mark.parametrize("code", ["510799", "010799", "012345", "0101", "1_000", "1e3", "12:30"])
def test_an_unquoted_code_stays_as_written(tmp_path, code):
    path = tmp_path / "d.yaml"
    text = yaml.safe_dump({**BARE, "code": "@"}).replace("'@'", code)
    path.write_text(text, encoding="utf-8")
    assert read_dossier(path).code == code


def test_a_number_where_a_text_belongs_becomes_text():
    assert dossier_from(changed(code=510799), Path("/d")).code == "510799"


def test_years_and_tolerances_become_numbers(tmp_path):
    given = changed(base_year="2020", target_year=2035, tolerance={"min_area_m2": "2.5"})
    dossier = dossier_from(given, tmp_path)
    assert (dossier.base_year, dossier.target_year) == (2020, 2035)
    assert dossier.tolerance.min_area_m2 == 2.5 and dossier.tolerance.given == ("min_area_m2",)


def test_a_gbk_file_is_read(tmp_path):
    path = write(tmp_path, {**BARE, "name": "绵竹县"}, encoding="gbk")
    assert read_dossier(path).name == "绵竹县"


def test_a_byte_order_mark_is_no_harm(tmp_path):
    path = write(tmp_path, BARE, encoding="utf-8-sig")
    assert read_dossier(path).code == "510799"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (changed(standart="x"), ["standart", "did you mean standard?"]),
        (changed(layers={**BARE["layers"], "landuze": {}}), ["layers.landuze", "mean landuse"]),
        (changed(layers={"units": {"path": "a", "fields": {"codes": "x"}}}),
         ["layers.units.fields.codes", "mean code?"]),
        (changed(tolerance={"min_area": 1}), ["tolerance.min_area", "min_area_m2"]),
        (changed(sectors=[{"id": "t", "layuot": {}}]), ["sectors[1].layuot", "layout"]),
        (changed(sectors=[{"id": "t", "layout": {"path": "a", "fields": {"projekt": "x"}}}]),
         ["sectors[1].layout.fields.projekt", "project"]),
    ],
)  # fmt: skip
def test_an_unknown_key_names_the_nearest_known_one(given, named):
    text = refusal(given)
    for word in named:
        assert word in text


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({key: value for key, value in BARE.items() if key != "crs"}, "crs is missing"),
        ({key: value for key, value in BARE.items() if key != "dossier"}, "dossier is missing"),
        (changed(dossier=2), "version 2"),
        (changed(layers={"plan": {"path": "a", "fields": {"code": "x"}}}), "layers.units"),
        (changed(layers={"units": {"path": "a"}}), "layers.units.fields.code"),
        (changed(layers={**BARE["layers"], "plan": {"path": "a"}}), "layers.plan.fields.code"),
        (changed(layers={"units": {"fields": {"code": "x"}}}), "layers.units.path"),
        (changed(area="flat"), "area"),
        (changed(base_year="soon"), "soon"),
        (changed(tolerance={"min_area_m2": "nan"}), "tolerance.min_area_m2"),
        (changed(tolerance={"min_width_m": float("inf")}), "finite"),
        (changed(tolerance={"warn_margin": -0.1}), "zero or more"),
        (changed(sectors={"id": "x"}), "sectors"),
        (changed(sectors=[{"name": "x"}]), "sectors[1].id"),
        (changed(sectors=[{"id": "x"}, {"id": "x"}]), "two sector plans"),
        (changed(layers=["units"]), "mapping"),
        (changed(name={"zh": "x"}), "single value"),
        ([], "mapping"),
    ],
)  # fmt: skip
def test_what_is_missing_or_of_the_wrong_kind_is_named(given, named):
    assert named in refusal(given)


def test_a_key_given_twice_is_refused_with_its_line(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text("dossier: 1\ncode: 1\ncode: 2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 3.*code"):
        read_dossier(path)


def test_broken_yaml_is_told_with_its_line(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text('dossier: 1\nname: "D:\\data"\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_dossier(path)


def test_a_missing_dossier_names_those_of_its_folder(tmp_path):
    write(tmp_path, BARE)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_dossier(tmp_path / "conty.yaml")
    assert "conty.yaml" in str(caught.value) and "county.yaml" in str(caught.value)
    assert "notes.txt" not in str(caught.value)


def test_yaml_cannot_make_objects(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text("dossier: !!python/object/apply:os.getcwd []\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_dossier(path)


def test_writing_and_reading_gives_the_same(tmp_path):
    given = content(tmp_path, landuse=landuse(tmp_path))
    given.update(
        base_year=2020, tolerance={"min_width_m": 0.5},
        quotas={"path": "../q.xlsx", "layer": "表1"},
        sectors=[{"id": "t", "name": "交通", "layout": {"path": "s.gpkg", "width_m": 12}}],
    )  # fmt: skip
    given["layers"]["landuse"]["filter"] = "DLBM <> '1201'"
    first = read_dossier(write(tmp_path, given))
    (tmp_path / "copy").mkdir()
    write_dossier(first, tmp_path / "copy" / "b.yaml")
    second = read_dossier(tmp_path / "copy" / "b.yaml")
    assert second.layers == first.layers
    assert second.quotas == first.quotas and second.tolerance == first.tolerance
    assert second.sectors == first.sectors and second.sectors[0].width_m == 12
    assert "path: ../county.gpkg" in (tmp_path / "copy" / "b.yaml").read_text(encoding="utf-8")


def test_a_sectors_width_may_be_a_field():
    layout = {"path": "s.gpkg", "width_m": "KD"}
    dossier = dossier_from(changed(sectors=[{"id": "t", "layout": layout}]), Path("/data"))
    assert dossier.sectors[0].width_m == "KD"
    assert dossier.sectors[0].layout.path == "/data/s.gpkg"


def test_an_empty_key_counts_as_not_given(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(yaml.safe_dump(BARE) + "quotas:\nsectors:\n", encoding="utf-8")
    assert read_dossier(path).quotas is None


def test_a_dossier_may_be_written_as_json(tmp_path):
    path = tmp_path / "d.json"
    given = {**BARE, "name": "示例县", "quotas": None, "base_year": 2020}
    path.write_text(json.dumps(given, ensure_ascii=False, indent=1), encoding="utf-8")
    assert read_dossier(path) == replace(
        dossier_from(given, tmp_path), path=path, name="示例县", quotas=None
    )
