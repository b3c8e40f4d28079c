# SPDX-License-Identifier: GPL-2.0-or-later
"""The made county: its fabric, its codes, its zones and its quotas, judged without the engine."""

from __future__ import annotations

import csv
import hashlib

import numpy as np
import pytest
import sample_county
import shapely
import yaml
from pianqu.layers.errors import InputError
from pianqu.sample import make_county

COVERAGES = ("units", "JQDLTB", "GHDLTB", "YJJBNTPK", "STBHHX", "CZKFBJ")
LINES = {"YJJBNTTB": "farmland", "YJJBNTPK": "farmland", "STBHHX": "redline"}
URBAN = ("0701", "0702", "0901", "0902", "1001", "11")


@pytest.fixture(scope="module")
def county():
    return sample_county.written(900, 3)


@pytest.fixture(scope="module")
def larger():
    return sample_county.written(4_000, 5)


def test_has_just_as_many_parcels_as_asked_for(county, larger):
    assert len(county.layer("JQDLTB")) == 900
    assert len(larger.layer("JQDLTB")) == 4_000


@pytest.mark.parametrize("layer", COVERAGES)
def test_every_layer_is_valid_and_neighbours_share_their_edges(county, layer):
    shapes = county.layer(layer).geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)


@pytest.mark.parametrize("layer", ["JQDLTB", "GHDLTB"])
def test_land_use_and_plan_cover_the_units_to_the_last_vertex(county, layer):
    units = shapely.union_all(county.layer("units").geometry.to_numpy())
    cover = shapely.coverage_union_all(county.layer(layer).geometry.to_numpy())
    assert shapely.equals(units, cover)


def test_coordinates_stand_on_the_tenth_of_a_millimetre(county):
    xy = shapely.get_coordinates(county.layer("JQDLTB").geometry.to_numpy())
    assert np.abs(xy * 1e4 - np.rint(xy * 1e4)).max() < 0.01


def test_a_parcel_has_about_fifty_vertices_and_a_natural_size(larger):
    shapes = larger.layer("JQDLTB").geometry.to_numpy()
    assert 42 <= shapely.get_num_coordinates(shapes).mean() <= 58
    assert 6_000 <= shapely.area(shapes).mean() <= 8_800


def test_fields_and_forests_take_their_real_shares(larger):
    base = larger.layer("JQDLTB")
    share = base.geometry.area.groupby(base["DLBM"].str[:2]).sum() / base.geometry.area.sum()
    assert 0.4 < share["01"] < 0.68
    assert 0.14 < share["03"] < 0.32
    assert share["07"] < 0.14


def test_codes_are_in_the_domains_tables(county, shared):
    for layer, field, table in (
        ("JQDLTB", "DLBM", "sandiao.csv"),
        ("GHDLTB", "GHDLBM", "landuse_2023.csv"),
    ):
        with (shared / "domain" / table).open(encoding="utf-8") as lines:
            known = {row["code"]: row["name_zh"] for row in csv.DictReader(lines)}
        data = county.layer(layer)
        pairs = set(zip(data[field], data[field.replace("BM", "MC")]))
        assert pairs <= set(known.items())


def test_settlement_marks_follow_the_surveys_rules(larger):
    base = larger.layer("JQDLTB")
    built = base["DLBM"].str.match("05|0601|0701|0702|08|1004")
    assert (base["CZCSXM"].notna() == (built | base["DLBM"].isin(["09", "0602"]))).all()
    assert base.loc[base["DLBM"] == "09", "CZCSXM"].eq("205").all()


def test_identifiers_have_the_surveys_lengths_and_are_unique(county):
    for layer in ("JQDLTB", "GHDLTB", "YJJBNTTB", "STBHHX", "CZKFBJ"):
        ids = county.layer(layer)["BSM"]
        assert ids.is_unique
        assert ids.str.fullmatch(r"510799\d{12}").all()
    assert county.layer("JQDLTB")["ZLDWDM"].str.fullmatch(r"\d{19}").all()


def test_ridges_are_taken_off_fields_only(county):
    base = county.layer("JQDLTB")
    tilled = base["DLBM"].str.startswith("01")
    assert (base["KCXS"].notna() == tilled).all()
    assert base.loc[tilled, "KCXS"].between(0.05, 0.15).all()
    assert np.allclose(base["TBDLMJ"] + base["KCMJ"].fillna(0), base["TBMJ"], atol=0.011)
    assert (base.loc[tilled].groupby("ZLDWDM")["KCXS"].nunique() == 1).all()


def test_stated_areas_are_those_on_the_ellipsoid(county):
    import pyproj

    base = county.layer("JQDLTB").head(40)
    dense = shapely.segmentize(base.geometry.to_numpy(), 20.0)
    back = pyproj.Transformer.from_crs(4544, 4490, always_xy=True)
    geod = pyproj.Geod(ellps="GRS80")
    for shape, stated in zip(dense, base["TBMJ"]):
        rings = [np.array(back.transform(*shapely.get_coordinates(ring).T)) for ring in
                 (shape.exterior, *shape.interiors)]  # fmt: skip
        sizes = [abs(geod.polygon_area_perimeter(*ring)[0]) for ring in rings]
        assert sizes[0] - sum(sizes[1:]) == pytest.approx(stated, abs=0.02)


@pytest.mark.parametrize(("parcels", "villages"), [(500, (8, 14)), (4_000, (35, 60))])
def test_villages_stand_in_towns_and_towns_in_clusters(parcels, villages):
    units = sample_county.written(parcels, 5).layer("units")
    assert villages[0] <= len(units) <= villages[1]
    assert units["XZQDM"].str.fullmatch(r"510799\d{6}").all()
    assert (units["XZQDM"].str[:9] == units["XZDM"]).all()
    assert units.groupby("XZDM")["PQDM"].nunique().eq(1).all()
    assert units["PQDM"].nunique() == 2
    assert units["XZQDM"].is_unique
    assert units.groupby("XZDM")["XZMC"].nunique().eq(1).all()


def test_each_parcel_lies_in_the_village_it_names(county):
    units = county.layer("units").set_index("XZQDM").geometry
    for layer in ("JQDLTB", "GHDLTB"):
        data = county.layer(layer)
        homes = units.loc[data["ZLDWDM"].str[:12]].to_numpy()
        assert shapely.covers(homes, data.geometry.representative_point().to_numpy()).all()


def test_plan_merges_some_parcels_and_splits_others(larger):
    base, plan = (larger.layer(name).geometry.to_numpy() for name in ("JQDLTB", "GHDLTB"))
    keys = [{shapely.to_wkb(shapely.normalize(shape)) for shape in layer} for layer in (base, plan)]
    same = len(keys[0] & keys[1]) / len(plan)
    assert 0.8 < same < 0.98
    within = shapely.STRtree(plan).query(shapely.point_on_surface(base), predicate="within")
    assert np.bincount(within[1]).max() >= 2  # merged
    inside = shapely.STRtree(base).query(shapely.point_on_surface(plan), predicate="within")
    assert np.bincount(inside[1]).max() == 2  # split


def test_moved_farmland_lies_a_third_to_four_fifths_of_a_metre_off(larger):
    base = larger.layer("JQDLTB").geometry.to_numpy()
    farm = larger.layer("YJJBNTTB").geometry.to_numpy()
    corner = {tuple(row) for row in np.round(shapely.get_coordinates(base), 4)}
    first = np.round(
        shapely.get_coordinates(shapely.get_point(shapely.get_exterior_ring(farm), 0)), 4
    )
    moved = np.array([tuple(row) not in corner for row in first])
    assert 0.005 < moved.mean() < 0.12
    nodes = np.array(sorted(corner))
    tree = shapely.STRtree(shapely.points(nodes))
    away = np.hypot(*(first[moved] - nodes[tree.nearest(shapely.points(first[moved]))]).T)
    assert away.max() <= 0.8
    assert np.median(away) >= 0.3


def test_farmland_takes_most_suitable_fields_and_never_overlaps_itself(larger):
    base, farm = larger.layer("JQDLTB"), larger.layer("YJJBNTTB").geometry.to_numpy()
    tilled = base[base["DLBM"].str.startswith("01")].geometry.area.sum()
    assert 0.5 < shapely.area(farm).sum() / tilled < 0.9
    one, two = shapely.STRtree(farm).query(farm, predicate="intersects")
    apart = one < two
    assert shapely.area(shapely.intersection(farm[one[apart]], farm[two[apart]])).max() < 1e-6


def test_blocks_are_the_fields_dissolved(county):
    blocks = county.layer("YJJBNTPK").geometry.area.sum()
    assert blocks == pytest.approx(county.layer("YJJBNTTB").geometry.area.sum(), rel=1e-6)


def _shares(one, two):
    """Pairs of rows whose interiors meet on more than a square decimetre, and the area."""
    first, second = shapely.STRtree(two).query(one, predicate="intersects")
    area = shapely.area(shapely.intersection(one[first], two[second]))
    real = area > 0.01
    return first[real], second[real]


@pytest.mark.parametrize("seed", [1, 2, 8])
def test_no_plan_breaks_a_line_and_no_line_crosses_another(seed):
    county = sample_county.written(700, seed)
    plan = county.layer("GHDLTB")
    shapes, code = plan.geometry.to_numpy(), plan["GHDLBM"].to_numpy(dtype=str)
    lines = {name: county.layer(name).geometry.to_numpy() for name in (*LINES, "CZKFBJ")}
    allowed = {"farmland": ("01",), "redline": ("01", "02", "03", "04", "05", "17", "23")}
    for name, zone in LINES.items():
        rows, _ = _shares(shapes, lines[name])
        met = {one for one in code[rows] if not one.startswith(allowed[zone])}
        assert not met, (name, met)
    for one, two in (("YJJBNTTB", "STBHHX"), ("YJJBNTTB", "CZKFBJ"), ("STBHHX", "CZKFBJ")):
        assert len(_shares(lines[one], lines[two])[0]) == 0
    boundary = shapely.union_all(lines["CZKFBJ"])
    urban = np.array([one.startswith(URBAN) for one in code])
    assert urban.any()
    assert shapely.area(shapely.difference(shapes[urban], boundary)).max() < 1e-6


def test_quotas_add_up_to_the_hundredth_of_a_hectare(county):
    quotas, units = county.quotas, county.layer("units")
    above = dict(zip(units["XZQDM"], units["XZDM"])) | dict(zip(units["XZDM"], units["PQDM"]))
    above |= dict.fromkeys(units["PQDM"], "510799")
    table = quotas.set_index("unit").drop(columns=["name", "level"])
    assert len(table.columns) == 8
    sums = table[table.index != "510799"].groupby(lambda unit: above[unit]).sum()
    assert (sums == table.loc[sums.index]).all().all()


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    prints = []
    for name in ("one", "two"):
        make_county(400, 9, True, tmp_path / name)
        files = sorted((tmp_path / name).iterdir())
        prints.append([(f.name, hashlib.blake2b(f.read_bytes()).hexdigest()) for f in files])
    assert prints[0] == prints[1]
    make_county(400, 10, True, tmp_path / "one")
    other = hashlib.blake2b((tmp_path / "one" / "county.gpkg").read_bytes()).hexdigest()
    assert other != dict(prints[0])["county.gpkg"]


def test_the_folder_says_that_nothing_in_it_is_real(county):
    assert "示例" in (county.folder / "README.txt").read_text(encoding="utf-8")
    assert not (county.folder / "faults.csv").exists()


def test_dossiers_name_what_the_container_holds(county):
    import pyogrio

    held = {name for name, _ in pyogrio.list_layers(county.folder / "county.gpkg")}
    for name in ("dossier.yaml", "dossier_blocks.yaml"):
        content = yaml.safe_load((county.folder / name).read_text(encoding="utf-8"))
        assert content["crs"] == "EPSG:4544"
        assert list(content["layers"])[:3] == ["units", "landuse", "plan"]
        for source in content["layers"].values():
            assert source["layer"] in held
            fields = set(county.layer(source["layer"]).columns)
            assert set(source["fields"].values()) <= fields


@pytest.mark.parametrize("parcels", [10, 10_000_000])
def test_an_unreasonable_number_of_parcels_is_refused(tmp_path, parcels):
    with pytest.raises(InputError):
        make_county(parcels, 1, False, tmp_path)
