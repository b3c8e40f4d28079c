# SPDX-License-Identifier: GPL-2.0-or-later
"""The made county's sector plans: their files, their size, their peace and the conflicts sown."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import sample_county
import shapely
import yaml
from openpyxl import load_workbook
from oracle_plans import Relations
from oracle_sectors import SectorOracle
from pianqu.layers.errors import InputError
from pianqu.sample import bench_plans, make_county, refuse_strangers
from pianqu.sample.county import make
from pianqu.sample.sector_kinds import KINDS

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
RULES = {
    "sector.overlap": 5, "sector.plan": 4, "sector.projects": 4, "sector.sequence": 3,
    "sector.control.farmland": 2, "sector.control.redline": 2, "sector.control.boundary": 2,
    "sector.reserve": 1, "sector.duplicate": 1, "sector.demand": 1,
}  # fmt: skip
KEYS = [
    "rule", "severity", "level", "unit", "subject_layer", "subject_id", "object_layer",
    "object_id", "verdict", "change",
]  # fmt: skip
HEADINGS = [
    "项目编号",
    "项目名称",
    "建设内容",
    "建设标准",
    "用地面积（公顷）",
    "开工年份",
    "完工年份",
]


@pytest.fixture(scope="module")
def county():
    return sample_county.written(900, 3)


@pytest.fixture(scope="module")
def faulty():
    return sample_county.written(800, 3, True)


@pytest.fixture(scope="module")
def entries(county):
    return yaml.safe_load(county.dossier.read_text(encoding="utf-8"))["sectors"]


@pytest.fixture(scope="module")
def laid(county, entries):
    """Each plan's oracle: all projects as they were read back."""
    return SectorOracle(county.dossier, STANDARDS)


# --- the files ---------------------------------------------------------------------------------


def test_there_are_21_plans_each_with_department_and_colour_of_its_own(entries):
    assert len(entries) == 21
    for name in ("id", "name", "department", "colour"):
        assert len({entry[name] for entry in entries}) == 21, name
    assert all(len(entry["colour"]) == 7 for entry in entries)


def test_every_layout_has_the_layer_and_fields_that_the_dossier_names(county, entries):
    held = dict(pyogrio.list_layers(county.folder / "sectors.gpkg").tolist())
    assert list(held) == [entry["layout"]["layer"] for entry in entries]
    for entry in entries:
        source = entry["layout"]
        frame = gpd.read_file(county.folder / source["path"], layer=source["layer"])
        assert set(source["fields"].values()) <= set(frame.columns)
        assert frame["YDLB"].str.fullmatch(r"\d{4,6}").all()
        if isinstance(source.get("width_m"), str):
            assert frame[source["width_m"]].gt(0).all()


def test_layouts_are_drawn_as_polygons_lines_and_points_with_widths_both_ways(county, entries):
    held = dict(pyogrio.list_layers(county.folder / "sectors.gpkg").tolist())
    ways = {(held[entry["id"]], type(entry["layout"].get("width_m"))) for entry in entries}
    assert ways == {("Polygon", type(None)), ("LineString", float), ("LineString", str),
                    ("Point", float), ("Point", str)}  # fmt: skip


def test_lists_have_two_header_rows_with_merged_cells(county, entries):
    book = load_workbook(county.folder / "projects.xlsx")
    assert book.sheetnames == [entry["projects"]["layer"] for entry in entries]
    for sheet in book:
        merged = {str(one) for one in sheet.merged_cells.ranges}
        assert {"A1:A2", "F1:G1"} <= merged
        first, second = ([cell.value for cell in row] for row in sheet.iter_rows(max_row=2))
        heads = [above if below is None else below for above, below in zip(first, second)]
        assert heads == HEADINGS


def test_project_codes_are_text_in_list_and_layout_even_where_they_are_digits(county):
    sheet = load_workbook(county.folder / "projects.xlsx")["电力"]
    codes = [row[0].value for row in sheet.iter_rows(min_row=3)]
    assert codes
    assert all(isinstance(code, str) and code.startswith("01") for code in codes)
    laid = gpd.read_file(county.folder / "sectors.gpkg", layer="power")
    assert set(laid["XMBH"]) == set(codes)


def test_the_catalogue_names_the_same_sources_as_the_dossier(county, entries):
    table = pd.read_excel(county.folder / "sectors.xlsx", dtype=object).set_index("编号")
    assert table.index.tolist() == [entry["id"] for entry in entries]
    for entry in entries:
        row, layout = table.loc[entry["id"]], entry["layout"]
        assert (row["规划名称"], row["主管部门"]) == (entry["name"], entry["department"])
        assert (row["文件"], row["图层"]) == (layout["path"], layout["layer"])
        assert (row["项目库文件"], row["项目库表"]) == (
            entry["projects"]["path"], entry["projects"]["layer"])  # fmt: skip
        assert row["颜色"] == entry["colour"]
        assert pd.isna(row["宽度"]) if "width_m" not in layout else row["宽度"] == layout["width_m"]
        fields = row[["项目编号字段", "名称字段", "用地代码字段", "开工年字段", "完工年字段"]]
        assert fields.tolist() == list(layout["fields"].values())


def test_reserves_say_what_they_are_kept_for(county):
    kept = county.layer("YLYD")
    assert len(kept) >= 4
    assert kept["BSM"].is_unique
    assert kept.geometry.is_valid.all()
    codes = {code for text in kept["YXYT"] for code in text.split(",")}
    known = pd.read_csv(STANDARDS / "cn-2023" / "codes" / "landuse-2023.csv", dtype=str)["code"]
    assert codes <= set(known)
    units = shapely.union_all(county.layer("units").geometry.to_numpy())
    assert shapely.covers(units, kept.geometry.to_numpy()).all()


def test_all_files_are_known_to_be_replaced_by_the_next_county(tmp_path):
    for name in ("sectors.gpkg", "projects.xlsx", "sectors.xlsx"):
        place = tmp_path / name.split(".")[0] / name.split(".")[1]
        place.mkdir(parents=True)
        (place / name).write_bytes(b"a stranger's")
        with pytest.raises(InputError):
            refuse_strangers(place)


def test_a_county_without_faults_leaves_no_list_of_conflicts_of_one_that_had(tmp_path):
    make_county(400, 9, True, tmp_path)
    assert (tmp_path / "sector_conflicts.csv").exists()
    make_county(400, 9, False, tmp_path)
    assert not (tmp_path / "sector_conflicts.csv").exists()


# --- their size --------------------------------------------------------------------------------


def test_a_county_of_20_000_parcels_wants_30_to_400_features_of_each_plan():
    assert all(30 <= kind.wanted(20_000) <= 400 for kind in KINDS)
    assert all(kind.wanted(300) >= 3 for kind in KINDS)
    assert max(kind.wanted(1_500_000) for kind in KINDS) <= 400 / 1.06  # guests come on top


def test_a_county_of_100_000_parcels_wants_about_6_000_features():
    assert 5_600 <= sum(kind.wanted(100_000) for kind in KINDS) <= 6_400


def test_plans_get_the_features_they_want():
    _, plans = bench_plans(4_000, 5)
    for plan in plans.values():
        assert len(plan.features) >= plan.kind.wanted(4_000), plan.kind.id


def test_some_projects_have_several_features_and_all_are_within_their_village(laid):
    assert max(len(one.plots) for one in laid.projects) >= 2
    assert min(len(one.plots) for one in laid.projects) == 1


def test_sector_plans_leave_the_other_layers_as_they_were(county):
    alone = make(900, np.random.default_rng(3)).tables
    for role, layer in (("landuse", "JQDLTB"), ("plan", "GHDLTB"), ("redline", "STBHHX")):
        written = county.layer(layer)
        assert shapely.equals_exact(written.geometry.to_numpy(), alone[role].geometry).all()
    assert county.layer("GHDLTB")["GHDLBM"].tolist() == alone["plan"].data["code"].tolist()


# --- their peace -------------------------------------------------------------------------------


def test_listed_areas_are_those_laid_out_to_a_square_metre(laid):
    for one in laid.projects:
        assert float(one.listed["area_ha"]) * 1e4 == pytest.approx(laid.area(one.ground), abs=1)


def test_several_projects_share_ground_in_peace(laid):
    shared = [
        (one, two)
        for one, two in laid._neighbours()
        if one.plan != two.plan and shapely.intersection(one.ground, two.ground).area > 10
    ]
    assert len(shared) >= 4
    assert not any(laid.relations.exclude(one.use, two.use) for one, two in shared)


@pytest.mark.parametrize(("parcels", "seed"), [(300, 5), (900, 3), (1_500, 15)])
def test_projects_of_a_county_without_faults_conflict_with_nothing(parcels, seed):
    found = SectorOracle(sample_county.written(parcels, seed).dossier, STANDARDS).findings
    assert found["rule"].tolist() == []


# --- the conflicts sown ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_even_a_small_county_has_conflicts_of_every_kind(seed):
    rules = sample_county.written(800, seed, True).conflicts["rule"].value_counts()
    for rule, least in RULES.items():
        assert rules.get(rule, 0) >= least, rule


@pytest.mark.parametrize(("parcels", "seed"), [(500, 12), (800, 3), (2_000, 16)])
def test_the_projects_conflict_in_just_the_listed_ways(parcels, seed):
    county = sample_county.written(parcels, seed, True)
    found, listed = SectorOracle(county.dossier, STANDARDS).findings, county.conflicts
    assert sorted(found[KEYS].agg("|".join, axis=1)) == sorted(listed[KEYS].agg("|".join, axis=1))
    both = listed.merge(found, on=KEYS, suffixes=("", "_found"))
    stated = pd.to_numeric(both["area_m2"])
    assert stated.notna().sum() > len(both) / 2
    assert (stated - both["area_m2_found"]).abs().max() < 0.01


def test_larger_counties_have_more_of_each():
    rules = sample_county.written(2_000, 16, True).conflicts["rule"].value_counts()
    for rule in RULES.keys() - {"sector.demand"}:
        assert rules[rule] >= 2 * RULES[rule]


def test_conflicts_keep_clear_of_the_other_faults(faulty):
    plan = faulty.layer("GHDLTB").set_index("BSM").geometry
    faults = faulty.faults
    own = faults[faults["rule"].str.startswith("control.") & (faults["subject_layer"] == "plan")]
    spoiled = shapely.union_all(plan.loc[own["subject_id"]].to_numpy())
    for name, _ in pyogrio.list_layers(faulty.folder / "sectors.gpkg"):
        shapes = gpd.read_file(faulty.folder / "sectors.gpkg", layer=name).geometry.to_numpy()
        assert not shapely.intersects(shapes, spoiled).any()


def test_some_overlaps_are_contained_some_partial_some_with_lines_and_points(faulty):
    oracle = SectorOracle(faulty.dossier, STANDARDS)
    by_code = {(one.plan, one.code): one for one in oracle.projects}
    kinds, contained = set(), 0
    form = {kind.id: kind.form for kind in KINDS}
    rows = faulty.conflicts[faulty.conflicts["rule"] == "sector.overlap"]
    for row in rows.itertuples():
        one = by_code[row.subject_layer, row.subject_id].ground
        two = by_code[row.object_layer, row.object_id].ground
        kinds.add(frozenset({form[row.subject_layer], form[row.object_layer]}))
        contained += bool(shapely.covers(one, two))
    assert kinds == {frozenset({"polygon"}), frozenset({"polygon", "line"}),
                     frozenset({"polygon", "point"})}  # fmt: skip
    assert 1 <= contained < len(rows)


# --- the oracle itself -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def relations():
    return Relations(STANDARDS / "cn-2023")


@pytest.mark.parametrize(
    ("one", "two", "exclude"),
    [("080403", "1302", True), ("16", "1001", False), ("0103", "0301", False),
     ("0304", "1701", False), ("0803", "080403", False), ("2301", "0101", True),
     ("1202", "1303", True), ("0103", "0703", True)],
)  # fmt: skip
def test_the_oracle_knows_which_uses_exclude_each_other(relations, one, two, exclude):
    assert relations.exclude(one, two) is exclude
    assert relations.exclude(two, one) is exclude


@pytest.mark.parametrize(
    ("one", "two", "apart"),
    [("0103", "0304", False), ("1202", "1303", False), ("0803", "080403", True),
     ("0703", "0703", True)],
)  # fmt: skip
def test_the_oracle_knows_which_uses_build_one_after_the_other(relations, one, two, apart):
    assert relations.apart(one, two) is apart


def test_the_oracle_takes_the_longest_word_of_a_name_whose_use_fits(relations):
    assert relations.facility("石桥村中心小学", "080403")[0] == "T03"
    assert relations.facility("石桥村小学", "080403")[0] == "V08"
    assert relations.facility("石桥村小学", "0704")[0] == ""
