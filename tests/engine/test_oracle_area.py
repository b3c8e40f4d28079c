# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle's own ruler and code reading, held against the domain's facts."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from oracle_area import survey_area
from oracle_codes import Codes
from pyproj import Geod

STANDARDS = Path(__file__).resolve().parents[2] / "standards"


def test_the_ruler_meets_the_surveys_test_vectors(shared):
    file = shared / "domain" / "ellipsoid_vectors.csv"
    with file.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            x, y = float(row["x0_easting"]), float(row["y0_northing"])
            box = shapely.box(x, y, x + float(row["width_m"]), y + float(row["height_m"]))
            found = survey_area(np.array([box]), f"EPSG:{row['epsg']}")[0]
            assert found == pytest.approx(
                float(row["area_m2_expected"]), abs=float(row["tolerance_m2"])
            )


def test_the_ruler_agrees_with_geographiclib_on_a_ring_with_a_hole():
    ring = shapely.Point(106.1, 31.2).buffer(0.02, quad_segs=400)
    ring = ring.difference(shapely.Point(106.1, 31.2).buffer(0.01, quad_segs=400))
    geod = Geod(a=6378137, rf=298.257222101)
    true = abs(geod.geometry_area_perimeter(ring)[0])
    found = survey_area(np.array([ring, None], dtype=object), "EPSG:4490", step=1)
    assert found == pytest.approx([true, 0.0], rel=1e-7)


@pytest.mark.parametrize(
    ("zone", "code", "verdict"),
    [
        ("farmland", "0101", "allow"),
        ("farmland", "060102", "conditional"),
        ("farmland", "060201", "forbid"),
        ("farmland", "1703", "forbid"),
        ("farmland", "1701", ""),
        ("redline", "0703", "conditional"),
        ("redline", "0701", "forbid"),
        ("outside_boundary", "0703", "allow"),
        ("outside_boundary", "100101", "conditional"),
        ("farmland", "0799", ""),
    ],
)
def test_the_longest_prefix_of_a_known_code_rules(zone, code, verdict):
    assert Codes(STANDARDS / "cn-2023").verdict(zone, "landuse-2023", code) == verdict


def test_each_code_of_a_table_is_in_one_group_of_change():
    codes = Codes(STANDARDS / "cn-2023")
    for table in ("sandiao", "landuse-2023"):
        lost = [one for one in codes.tables[table] if not codes.change_group(table, one)]
        assert lost == []
