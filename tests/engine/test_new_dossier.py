# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder, GDB or GeoPackage under real-life names becomes a dossier that loads and runs."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import real_names as made
import yaml
from pianqu.checks.run import compute
from pianqu.layers.dossier import read_dossier
from pianqu.layers.errors import InputError
from pianqu.layers.new_dossier import new_dossier
from pianqu.layers.new_dossier_task import make
from pianqu.layers.words import speaking

ALL = {"units", "landuse", "plan", "farmland", "redline", "boundary"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made.shapefiles(tmp_path_factory.mktemp("data") / "某县")


@pytest.fixture(scope="module")
def shp(folder):
    """The dossier of a folder of GBK Shapefiles."""
    return new_dossier(folder, folder / "dossier.yaml")


def indicators(path, tmp_path):
    """Run a dossier and give its indicators by unit and id."""
    results = compute(str(path), ("quotas",), (), tmp_path / "out", lambda *_: None)
    return {(row.unit, row.indicator): row for row in results.indicators.itertuples()}


def test_shapefiles_with_chinese_names_are_recognised(shp):
    assert set(shp.recognised) == ALL | {"quotas"}
    assert set(shp.recognised.values()) <= {"sure", "likely"}
    dossier = read_dossier(shp.path)
    names = {role: source.label for role, source in dossier.layers.items()}
    assert names == {
        "units": "CJDCQ.shp", "landuse": "510722DLTB.shp", "plan": "规划用地用海.shp",
        "farmland": "永久基本农田.shp", "redline": "生态保护红线.shp",
        "boundary": "城镇开发边界.shp",
    }  # fmt: skip
    assert dossier.layers["units"].fields == {"code": "ZLDWDM", "name": "ZLDWMC"}
    assert dossier.layers["landuse"].codes == "sandiao"
    assert dossier.layers["plan"].codes == "landuse-2023"
    assert (dossier.code, dossier.crs, dossier.name) == ("510722", "EPSG:4544", "某县")
    assert dossier.quotas is not None and dossier.quotas.label == "指标分解表.xlsx"


def test_what_was_written_runs(shp, tmp_path):
    found = indicators(shp.path, tmp_path)
    farmland = found["5107221002010000000", "basic_farmland"]
    assert farmland.plan_ha == pytest.approx(0.9, abs=0.01)
    assert found["5107221002010000000", "farmland"].quota_ha == 2.0


def test_paths_are_relative_to_the_dossier(shp):
    content = yaml.safe_load(shp.path.read_text(encoding="utf-8"))
    assert content["layers"]["units"]["path"] == "现状数据/CJDCQ.shp"


def test_comments_say_how_sure_and_why(shp):
    text = shp.path.read_text(encoding="utf-8")
    assert "# 永久基本农田：有把握" in text
    assert "# 名称中有“DLTB”" in text
    assert "只见于代码表 sandiao" in text


@pytest.mark.parametrize(("name", "driver"), [("县库.gdb", "OpenFileGDB"), ("县库.gpkg", "GPKG")])
def test_a_container_is_recognised(tmp_path, name, driver):
    place = made.container(tmp_path / name, driver)
    with speaking("en"):
        done = new_dossier(place, tmp_path / "d.yaml")
    assert set(done.recognised) == ALL
    assert done.missing == ("quotas",)
    dossier = read_dossier(done.path)
    assert {role: source.layer for role, source in dossier.layers.items()} == {
        "units": "CJDCQ", "landuse": "JQDLTB", "plan": "GHDLTB", "farmland": "YJJBNTTB",
        "redline": "STBHHX", "boundary": "CSKFBJ",
    }  # fmt: skip
    assert "# units: sure" in done.path.read_text(encoding="utf-8")
    assert indicators(done.path, tmp_path)["510722", "redline"].plan_ha == pytest.approx(
        1, abs=0.01
    )


def test_a_gdb_inside_a_folder_is_one_container(tmp_path):
    (tmp_path / "data").mkdir()
    made.container(tmp_path / "data" / "县库.gdb", "OpenFileGDB")
    done = new_dossier(tmp_path / "data", tmp_path / "data" / "dossier.yaml")
    assert read_dossier(done.path).layers["units"].path.endswith("县库.gdb")


def test_given_name_code_and_crs_go_before_what_is_guessed(folder, tmp_path):
    done = new_dossier(folder, tmp_path / "d.yaml", name="测试县", code="510799", crs="EPSG:4545")
    dossier = read_dossier(done.path)
    assert (dossier.name, dossier.code, dossier.crs) == ("测试县", "510799", "EPSG:4545")


def test_degrees_get_the_zone_they_lie_in(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    made.put(made.villages().to_crs("EPSG:4490"), data / "CJDCQ.gpkg")
    done = new_dossier(data, tmp_path / "d.yaml")
    assert read_dossier(done.path).crs == "EPSG:4544"
    assert "三度带" in done.path.read_text(encoding="utf-8")


def test_a_doubtful_layer_is_proposed_but_not_used(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    made.put(made.villages(), data / "CJDCQ.gpkg")
    made.put(made.parcels(["甲", "乙"], "YDXZ"), data / "规划.gpkg")
    done = new_dossier(data, tmp_path / "d.yaml")
    assert set(read_dossier(done.path).layers) == {"units"}
    assert done.doubtful["plan"] == "doubtful"
    assert "  # plan:\n  #   path:" in done.path.read_text(encoding="utf-8")
    without = done.path.read_text(encoding="utf-8").replace("  # plan:", "  plan:")
    for key in ("path", "codes", "fields"):
        without = without.replace(f"  #   {key}:", f"    {key}:")
    assert set(yaml.safe_load(without)["layers"]) == {"units", "plan"}


def test_two_layers_as_good_are_told_as_rivals(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    made.put(made.villages(), data / "CJDCQ.gpkg")
    for name in ("STBHHX", "生态保护红线"):
        made.put(made.zone((0, 0)), data / f"{name}.gpkg")
    done = new_dossier(data, tmp_path / "d.yaml")
    assert done.recognised["redline"] == "likely"
    assert "同样可能的还有" in done.path.read_text(encoding="utf-8")


def test_units_by_their_fields_alone_stand_with_their_doubt(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    made.put(made.villages("XZQDM", "XZQMC"), data / "图层1.gpkg")
    done = new_dossier(data, tmp_path / "d.yaml")
    assert done.doubtful == {"units": "doubtful"}
    assert read_dossier(done.path).layers["units"].fields["code"] == "XZQDM"


def test_without_units_one_line_says_what_there_is(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    made.put(made.zone((0, 0)), data / "STBHHX.gpkg")
    with pytest.raises(InputError, match="STBHHX") as caught:
        new_dossier(data, tmp_path / "d.yaml")
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "d.yaml").exists()
    assert list(tmp_path.glob(".*.yaml")) == []


def test_an_empty_folder_and_a_missing_one_are_told(tmp_path):
    with pytest.raises(InputError, match="没有可读取的图层"):
        new_dossier(tmp_path, tmp_path / "d.yaml")
    with pytest.raises(InputError, match="找不到"):
        new_dossier(tmp_path / "none", tmp_path / "d.yaml")


def test_a_broken_file_is_told_and_the_others_are_read(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    made.put(made.villages(), data / "CJDCQ.gpkg")
    (data / "坏.gpkg").write_bytes(b"not a GeoPackage")
    done = new_dossier(data, tmp_path / "d.yaml")
    assert any("坏.gpkg" in note for note in done.notes)
    assert "坏.gpkg" in done.path.read_text(encoding="utf-8")


def test_results_of_ours_are_passed_over(tmp_path):
    data = tmp_path / "data"
    (data / "results").mkdir(parents=True)
    made.put(made.villages(), data / "CJDCQ.gpkg")
    made.put(made.zone((0, 0)), data / "results" / "STBHHX.gpkg")
    (data / "results" / "run.json").write_text("{}")
    done = new_dossier(data, tmp_path / "d.yaml")
    assert set(done.recognised) == {"units"}


def test_a_folder_where_a_file_should_be_written_is_refused(folder, tmp_path):
    job = SimpleNamespace(
        place=str(folder), out=str(tmp_path), name="", code="", crs="", standard=""
    )
    with pytest.raises(InputError):
        make(job, None)


def test_the_task_tells_what_to_check(folder, tmp_path):
    told = []
    voice = SimpleNamespace(
        progress=lambda *_: None, note=lambda level, text: told.append((level, text))
    )
    job = SimpleNamespace(
        place=str(folder), out=str(tmp_path / "d.yaml"), name="", code="", crs="", standard=""
    )
    values = make(job, voice)
    assert json.loads(json.dumps(values)) == values
    assert values["recognised"] == len(values["roles"]) == 7
    assert ("info", "行政单元：有把握") in told
