# SPDX-License-Identifier: GPL-2.0-or-later
"""Sector plans recognised for a first dossier: folders, containers, archives, catalogues."""

from __future__ import annotations

import shutil
import zipfile

import openpyxl
import pytest
import real_names as made
import sample_county
import yaml
from pianqu.checks.run import compute
from pianqu.jobs.aliases import Vocabulary
from pianqu.layers.dossier import read_dossier
from pianqu.layers.formats.writing import write_layer
from pianqu.layers.new_dossier import new_dossier
from pianqu.layers.standard import load_standard

HEADS = ["项目编号", "项目名称", "用地面积（公顷）", "开工年份", "竣工年份"]


def plan_layer(prefix="JT", **drop):
    """Three projects on the squares of the made county."""
    shapes = [made.square(column, 0) for column in range(3)]
    columns = {
        "XMBH": [f"{prefix}{number:03}" for number in range(3)], "XMMC": ["甲", "乙", "丙"],
        "YDLB": ["1207", "1207", "0803"], "KSND": [2026, 2027, 2028], "JSND": [2027, 2028, 2030],
    }  # fmt: skip
    return made.frame(shapes, **{name: one for name, one in columns.items() if name not in drop})


def project_list(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, prefix in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(HEADS)
        for number in range(3):
            sheet.append([f"{prefix}{number:03}", "项目", 1.0, 2026, 2028])
    book.save(path)


@pytest.fixture
def county(tmp_path):
    """The small county under real names, without sector plans."""
    return made.shapefiles(tmp_path / "某县")


def written(place):
    found = new_dossier(place, place.parent / "dossier.yaml")
    return found, read_dossier(found.path)


def test_a_county_without_sector_plans_gets_none(county):
    found, dossier = written(county)
    assert dossier.sectors == () and "sectors" not in {**found.recognised, **found.doubtful}


def test_layers_and_lists_in_a_folder_of_sector_plans_are_paired_by_department(county):
    folder = county / "专项规划"
    folder.mkdir()
    write_layer(plan_layer("JT"), folder / "交通运输布局图.shp", encoding="GBK")
    write_layer(plan_layer("SL"), folder / "水利.gpkg", layer="水利布局")
    project_list(folder / "项目库.xlsx", {"交通": "JT", "教育": "JY"})
    found, dossier = written(county)
    plans = {one.id: one for one in dossier.sectors}
    assert set(plans) == {"transport", "water", "education"}
    assert found.recognised["sectors"] == "sure"
    roads = plans["transport"]
    assert roads.department == "交通运输局" and roads.name == "交通运输布局图"
    assert roads.layout.fields == {"project": "XMBH", "name": "XMMC", "use": "YDLB",
                                   "start": "KSND", "end": "JSND"}  # fmt: skip
    assert (roads.projects.label, plans["water"].projects) == ("项目库.xlsx/交通", None)
    assert plans["education"].layout is None
    text = found.path.read_text(encoding="utf-8")
    assert "交通运输局" in text and "%" in text
    results = compute(found.path)
    assert results.sectors is not None and results.sectors.sectors["features"].sum() == 6


def test_each_department_may_have_a_folder_of_its_own(county):
    for name in ("01交通运输局", "02水利局"):
        (county / "部门规划" / name).mkdir(parents=True)
        place = county / "部门规划" / name / "布局.shp"
        write_layer(plan_layer(), place, encoding="GBK")
    assert {one.id for one in written(county)[1].sectors} == {"transport", "water"}


def test_a_base_map_of_roads_is_no_sector_plan(county):
    write_layer(made.frame([made.square(0, 0)], NAME=["国道"], LEVEL=["二级"]), county / "交通.shp")
    assert written(county)[1].sectors == ()


def test_what_is_only_named_so_stands_as_a_comment_with_its_doubt(county):
    frame = made.frame([made.square(0, 0)], YDLB=["1207"])
    write_layer(frame, county / "交通.shp", encoding="UTF-8")
    found, dossier = written(county)
    assert dossier.sectors == () and "sectors" not in found.recognised
    assert found.doubtful["sectors"] == "doubtful"
    lines = found.path.read_text(encoding="utf-8").splitlines()
    off = next(line for line in lines if "transport" in line)
    assert off.lstrip().startswith("#")
    # Taken out of comment it is a dossier again.
    start = next(i for i, line in enumerate(lines) if line.startswith("# sectors:"))
    kept = [line[2:] if i >= start and line.startswith("# ") else line
            for i, line in enumerate(lines)]  # fmt: skip
    plain = yaml.safe_load("\n".join(kept))
    assert plain["sectors"][0]["id"] == "transport"


@pytest.mark.parametrize("suffix", [".gdb", ".gpkg", ".zip"])
def test_containers_and_archives_are_looked_through(county, suffix):
    place = county / f"专项规划{suffix}"
    if suffix == ".zip":
        parts = county.parent / "parts"
        parts.mkdir()
        write_layer(plan_layer("JY"), parts / "教育.shp", encoding="UTF-8")
        write_layer(plan_layer("SL"), parts / "水利.shp", encoding="UTF-8")
        with zipfile.ZipFile(place, "w") as archive:
            for part in sorted(parts.iterdir()):
                archive.write(part, part.name)
    else:
        for name, prefix in (("教育", "JY"), ("水利", "SL")):
            write_layer(plan_layer(prefix), place, layer=name)
    found, dossier = written(county)
    assert {one.id for one in dossier.sectors} == {"education", "water"}
    assert compute(found.path).sectors.sectors["features"].tolist() == [3, 3]


def test_the_sample_is_recognised_as_it_was_made_and_by_its_catalogue(tmp_path):
    source = sample_county.written(300, 3)
    names = {one["id"] for one in yaml.safe_load(source.dossier.read_text("utf-8"))["sectors"]}
    place = tmp_path / "county"
    shutil.copytree(source.folder, place)
    for path in [*place.glob("*.yaml"), *place.glob("*.md"), *place.glob("*.txt")]:
        path.unlink()
    catalogue = place / "sectors.xlsx"
    found, dossier = written(place)
    assert dossier.catalogue is not None and dossier.catalogue.label == "sectors.xlsx"
    assert {one.id for one in dossier.sectors} == names and found.recognised["sectors"] == "sure"
    catalogue.unlink()
    found, dossier = written(place)
    assert {one.id for one in dossier.sectors} == names
    assert all(one.layout is not None and one.projects is not None for one in dossier.sectors)


def test_the_longest_word_tells_the_plan():
    words: Vocabulary = load_standard("cn-2023").vocabulary()
    told = {
        "农村公路建设规划": "ruralroad", "交通运输局": "transport", "城镇生活污水治理": "sewage",
        "历史文化保护规划": "heritage", "WATER": "water",
    }  # fmt: skip
    assert {name: words.plan_of(name)[0].role for name in told} == told
    assert words.plan_of("基期地类图斑") == (None, 0.0)
