# SPDX-License-Identifier: GPL-2.0-or-later
"""A run over some clusters says of these what a run over the whole county says."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import report_made
import shapely
from input_county import (
    CRS,
    EAST,
    NORTH,
    UNIT_FIELDS,
    content,
    landuse,
    parcels_frame,
    source,
    square,
    units_frame,
    write,
)  # fmt: skip
from pianqu.checks.data import check_fabric_data
from pianqu.checks.fabric import build_fabric
from pianqu.checks.values import unread_reason
from pianqu.layers.county import load_county
from pianqu.layers.dossier import read_dossier
from pianqu.layers.standard import load_standard
from pianqu.reports.maps import Cartographer
from shapely.geometry import box

pytestmark = pytest.mark.english


@pytest.fixture(scope="module")
def standard():
    return load_standard("cn-2023")


@pytest.fixture
def load(tmp_path, standard):
    def _load(clusters=(), **layers):
        given = content(tmp_path, **layers)
        return load_county(read_dossier(write(tmp_path, given)), standard, clusters)

    return _load


def land(west, south, east, north):
    """A box in metres from the corner of the first village."""
    return box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def overlapping_plan():
    """A grid of fields with a homestead over each, in an order that no spatial index keeps."""
    fields = [land(x, y, x + 100, y + 100) for x in range(0, 4000, 100) for y in (0, 500)]
    homes = [land(x + 10, y + 10, x + 90, y + 90) for x in range(0, 4000, 100) for y in (0, 500)]
    shapes = np.array([*fields, *homes], dtype=object)
    codes = np.array(["0101"] * len(fields) + ["0703"] * len(homes))
    order = np.random.default_rng(20).permutation(len(shapes))
    names = [f"p{number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"BSM": names, "DLBM": codes[order]}, geometry=shapes[order], crs=CRS)


def use_by_village(county):
    """Square metres by village code and planned code, of the pieces."""
    pieces = build_fabric(county).pieces
    rows = pieces["plan"].to_numpy()
    code = np.where(rows < 0, "", county.layers["plan"].data["code"].to_numpy()[rows])
    village = county.tree.finest["code"].to_numpy()[pieces["unit"].to_numpy()]
    return pieces["gross_m2"].groupby([village, code]).sum()


def test_where_a_plan_overlaps_itself_the_same_feature_wins(load, tmp_path):
    entry = source(tmp_path, overlapping_plan(), "GHDL", id="BSM", code="DLBM")
    plan = {**entry, "codes": "landuse-2023"}
    whole = use_by_village(load(plan=plan))
    for cluster, villages in (("P1", whole.index[:6]), ("P2", whole.index[6:])):
        part = use_by_village(load([cluster], plan=plan))
        assert list(part.index) == list(villages)
        assert list(part) == pytest.approx(list(whole[villages]), rel=1e-9)


def overlapping_units(tmp_path):
    """乙村 (P1) reaches a hundred metres into 丙村 (P2)."""
    frame = units_frame()
    shapes = frame.geometry.to_numpy().copy()
    shapes[1] = land(1000, 0, 2100, 1000)
    frame["geometry"] = shapes
    return source(tmp_path, frame, "units", **UNIT_FIELDS)


def test_ground_that_two_clusters_claim_goes_to_the_same_one(load, tmp_path):
    units = overlapping_units(tmp_path)
    whole = load(units=units)
    areas = dict(zip(whole.tree.finest["code"], build_fabric(whole).unit_m2))
    for cluster in ("P1", "P2"):
        county = load([cluster], units=units)
        fabric = build_fabric(county)
        part = dict(zip(county.tree.finest["code"], fabric.unit_m2))
        assert part == pytest.approx({code: areas[code] for code in part}, rel=1e-9)
        found = check_fabric_data(county, fabric)
        told = found[found["rule"] == "data.overlap"]
        assert list(told["unit"]) == ([] if cluster == "P1" else ["510799102001"])
    full = check_fabric_data(whole, build_fabric(whole))
    assert list(full.loc[full["rule"] == "data.overlap", "id"]) == list(told["id"])


def test_a_unit_far_off_is_not_kept(load, tmp_path):
    county = load(["P1"], landuse=landuse(tmp_path))
    assert list(county.units.data["name"]) == ["甲村", "乙村", "丙村"]
    assert list(county.tree.feature_unit) == [0, 1, -1]
    assert build_fabric(county).unit_m2.sum() == pytest.approx(2e6, rel=1e-3)


def test_a_feature_without_geometry_leaves_every_cluster_unchecked(load, tmp_path):
    frame = parcels_frame()
    frame.loc[3, "geometry"] = None
    entry = source(tmp_path, frame, "YJJBNT", id="BSM")
    whole, part = load(farmland=entry), load(["P1"], farmland=entry)
    assert part.layers["farmland"].unread == whole.layers["farmland"].unread != []
    assert list(part.findings["id"]) == list(whole.findings["id"])
    assert list(part.layers["farmland"].data["id"]) == ["P0", "P1", "P2", "P3"]


def test_another_clusters_broken_polygon_is_not_told(load, tmp_path):
    frame = parcels_frame()
    bow = shapely.LinearRing([(0, 0), (100, 100), (100, 0), (0, 100)])
    shapes = frame.geometry.to_numpy().copy()
    shapes[3] = shapely.transform(shapely.Polygon(bow), lambda xy: xy + [EAST + 3500, NORTH])
    frame["geometry"] = shapes
    entry = landuse(tmp_path, frame)
    assert len(load(["P1"], landuse=entry).findings) == 0
    assert list(load(["P2"], landuse=entry).findings["subject_id"]) == ["P3"]


@pytest.mark.parametrize("clusters", [[], ["P1"]])
def test_a_layer_without_any_feature_is_not_a_layer_without_faults(load, tmp_path, clusters):
    entry = source(tmp_path, parcels_frame(), "STBHHX", id="BSM")
    county = load(clusters, redline={**entry, "filter": "BSM = 'zzz'"})
    assert list(county.findings["rule"]) == ["data.empty"]
    assert len(county.layers["redline"].unread) == 1
    assert "check layer and filter" in unread_reason(county.layers["redline"])


def test_a_layer_with_nothing_in_the_chosen_clusters_is_whole(load, tmp_path):
    entry = source(tmp_path, parcels_frame()[3:], "STBHHX", id="BSM")
    county = load(["P1"], redline=entry)
    assert len(county.layers["redline"]) == 0 and county.layers["redline"].unread == []
    assert len(county.findings) == 0


def test_a_cluster_is_read_from_a_layer_in_another_crs(load, tmp_path):
    county = load(["P2"], landuse=landuse(tmp_path, parcels_frame().to_crs("EPSG:4490")))
    assert list(county.layers["landuse"].data["id"])[-2:] == ["P2", "P3"]
    assert shapely.hausdorff_distance(county.layers["landuse"].geometry[-1], square(3)) < 1e-3


def test_no_map_shows_a_neighbour():
    made = report_made.results()
    plain = Cartographer(made)
    county, tree = made.county, made.county.tree
    far = shapely.transform(county.units.geometry[-1:], lambda points: points + 50_000)
    units = replace(
        county.units,
        geometry=np.concatenate([county.units.geometry, far]),
        data=county.units.data.iloc[[*range(len(county.units)), -1]].reset_index(drop=True),
    )
    tree = replace(tree, feature_unit=np.append(tree.feature_unit, -1))
    beside = Cartographer(replace(made, county=replace(county, units=units, tree=tree)))
    assert beside.overview() == plain.overview()
    last = tree.finest["cluster"].iloc[-1]
    assert beside.cluster(last) == plain.cluster(last)
