# SPDX-License-Identifier: GPL-2.0-or-later
"""The overlay against QGIS's published intersection and difference of the New York boroughs."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pianqu.checks.overlay import cut, remainders, subtract
from pianqu.checks.partition import partition


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "overlay" / "nybb_qgis"


def table(folder: Path, name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / f"{name}.shp")


@pytest.fixture(scope="module")
def layers(folder: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    return table(folder, "polydf"), table(folder, "polydf2")


def test_each_borough_shares_with_each_circle_what_qgis_found(layers, folder):
    boroughs, circles = layers
    disjoint, _ = partition(circles.geometry.to_numpy())
    whole = circles.geometry.to_numpy()
    assert (shapely.area(disjoint) <= shapely.area(whole) + 1e-3).all()
    cuts = cut(boroughs.geometry.to_numpy(), whole, same=False)
    ours = (
        pd.DataFrame(
            {
                "borough": boroughs["BoroCode"].to_numpy()[cuts.left],
                "circle": circles["value1"].to_numpy()[cuts.right],
                "area": cuts.plane,
            }
        )
        .groupby(["borough", "circle"])["area"]
        .sum()
    )
    qgis = table(folder, "qgis-intersection")
    theirs = qgis.assign(area=qgis.area).groupby(["BoroCode", "value1"])["area"].sum()
    assert list(ours.index) == list(theirs.index)
    assert ours.to_numpy() == pytest.approx(theirs.to_numpy(), rel=1e-9)


def test_what_no_circle_covers_of_a_borough_is_what_qgis_left(layers, folder):
    boroughs, circles = layers
    shapes = boroughs.geometry.to_numpy()
    disjoint, _ = partition(circles.geometry.to_numpy())
    cuts = cut(shapes, disjoint)
    rows, blades = remainders(shapely.area(shapes), cuts)
    rest = subtract(shapes[rows], [cuts.tiles[tiles] for tiles in blades])
    ours = dict(zip(boroughs["BoroCode"].to_numpy()[rows].tolist(), shapely.area(rest)))
    qgis = table(folder, "qgis-difference")
    assert ours.keys() == set(qgis["BoroCode"])
    for code, area in zip(qgis["BoroCode"], qgis.area):
        assert ours[code] == pytest.approx(area, rel=1e-9)


def test_shared_and_left_make_the_boroughs(layers):
    boroughs, circles = layers
    shapes = boroughs.geometry.to_numpy()
    disjoint, overlaps = partition(circles.geometry.to_numpy())
    cuts = cut(shapes, disjoint)
    area = shapely.area(shapes)
    covered = np.bincount(cuts.left, weights=cuts.plane, minlength=len(shapes))
    union = shapely.intersection(shapes, shapely.union_all(circles.geometry.to_numpy()))
    assert covered == pytest.approx(shapely.area(union), rel=1e-9)
    assert (covered < area).all()
    assert len(overlaps) == len(set(zip(overlaps.first.tolist(), overlaps.second.tolist())))
