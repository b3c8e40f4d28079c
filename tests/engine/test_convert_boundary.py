# SPDX-License-Identifier: GPL-2.0-or-later
"""Boundary points as text, out of a layer and back, and their stated areas."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from convert_made import layer, run, written
from pianqu.layers.formats.boundary_points import read_boundary_points

DIALECTS = ("standard", "approval", "swapped", "unlabelled", "named", "counted", "linked", "serial")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_boundary_points_written_read_back_to_the_same_ground(tmp_path, capsys, dialect):
    hole = shapely.Polygon(shapely.box(0, 0, 100, 100).exterior,
                           [shapely.box(20, 20, 40, 40).exterior])  # fmt: skip
    two = shapely.MultiPolygon([shapely.box(200, 0, 250, 50), shapely.box(260, 0, 300, 50)])
    frame = layer([hole, two], DKBH=["D-01", "D-02"], DKMC=["一号地块", "二号地块"],
                  DLBM=["0101", "0702"], ZMJ=[1.2, 0.5])  # fmt: skip
    frame.to_file(tmp_path / "p.gpkg")
    status, result, _ = run(
        capsys, "boundarypoints", tmp_path / "p.gpkg", tmp_path / "out", "--set",
        f"dialect={dialect}", "--set", "area_field=ZMJ",
    )  # fmt: skip
    assert status == 0
    assert result["written"] == 2
    assert result["differing"] == 2  # both state more than they enclose
    status, result, _ = run(capsys, "boundarypoints", tmp_path / "out" / "boundarypoints.txt",
                            tmp_path / "back")  # fmt: skip
    assert status == 0
    back = written(tmp_path / "back", "boundarypoints")
    prefix = np.array([35_000_000.0, 0.0])
    for before, after in zip(frame.geometry, back.geometry):
        moved = shapely.transform(after, lambda points: points - prefix)
        assert shapely.hausdorff_distance(before, moved) < 0.0005
        assert moved.area == pytest.approx(before.area, abs=0.1)
    if dialect not in ("named", "counted"):
        assert back["DKMJ"].tolist() == [1.2, 0.5]
        assert result["differing"] == 2
    if dialect != "counted":
        assert back["DKBH"].tolist() == ["D-01", "D-02"]
    assert back["DKMC"].tolist() == ["一号地块", "二号地块"]


def test_stated_areas_in_other_units_are_told_with_a_guess(tmp_path, capsys):
    frame = layer([shapely.box(0, 0, 100, 100)], DKBH=["1"], MU=[15.0])
    frame.to_file(tmp_path / "p.gpkg")
    run(capsys, "boundarypoints", tmp_path / "p.gpkg", tmp_path / "out", "--set", "area_field=MU")
    told = written(tmp_path / "out", "boundarypoints", "remarks")
    assert "mu" in told["message"].iloc[0]
    assert told["stated_ha"].tolist() == [15.0]
    assert told["area_ha"].iloc[0] == pytest.approx(1, rel=1e-3)


def test_degrees_are_brought_into_the_zone_asked_for(tmp_path, capsys):
    frame = layer([shapely.box(0, 0, 100, 100)], DKBH=["1"])
    frame.to_crs(4490).to_file(tmp_path / "p.gpkg")
    status, _, texts = run(capsys, "boundarypoints", tmp_path / "p.gpkg", tmp_path / "a")
    assert status == 2
    assert "EPSG:4544" in texts[-1]
    status, _, _ = run(capsys, "boundarypoints", tmp_path / "p.gpkg", tmp_path / "b",
                       "--set", "target_crs=EPSG:4544", "--set", "prefixed=false")  # fmt: skip
    assert status == 0
    text = tmp_path / "b" / "boundarypoints.txt"
    assert "35500" not in text.read_text(encoding="gbk")  # the header alone names the zone
    held = read_boundary_points(text)
    moved = shapely.transform(held.shapes[0], lambda points: points % (1_000_000, 1e8))
    assert shapely.hausdorff_distance(moved, frame.geometry[0]) < 0.0005
